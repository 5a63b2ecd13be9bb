"""Change one thing after another in the modules on which deadlines rest, and list the changes that no test finds.

    python scripts/mutants.py timeline duties gates           # every mutant
    python scripts/mutants.py gates --sample 50 --seed 7      # some of them
    python scripts/mutants.py gates --only 12                 # one, with what the tests print

A mutant is a function with one comparison, operator, condition, number or word turned. The tests are collected once, and run
once without any change to see which of them pass through which line. Each mutant gets a fork of that process, in which the
function's code is exchanged and the tests that pass through the change are run, the quickest first, until one fails or the
time limit ends it. 1 where fewer are found than FLOOR; those in EQUIVALENT are not counted.
"""

from __future__ import annotations

import argparse
import ast
import copy
import gc
import inspect
import os
import pickle
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, TypeVar

import coverage
import pytest
from _pytest.runner import runtestprotocol
from attrs import frozen

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "dualcert"
FLOOR = 95
"""Per cent of the mutants that have to be found."""
PARTS = {
    "timeline": (
        ["domain/timeline.py"],
        [
            "tests/domain/test_timeline.py",
            "tests/domain/test_lab.py",
            "tests/projections",
            "tests/properties/test_duties_model.py",
        ],
    ),
    "duties": (
        sorted(str(path.relative_to(SOURCE)) for path in SOURCE.glob("projections/duties/*.py")),
        ["tests/projections", "tests/rules/test_notice.py", "tests/properties/test_duties_model.py"],
    ),
    "gates": (["projections/gates.py"], ["tests/projections", "tests/rules/test_notice.py"]),
}
"""Part -> its modules, and the tests that have to find its mutants."""
EQUIVALENT = {
    "certificates: 0  ->  1": "where no figure is set, a day more is looked at, on which nothing is owed yet",
    "_recurring: True  ->  False": "the two are of one length, and `zip` would say otherwise",
    "_undecided: not judged or not now or decided(county, campaign, gate, programme, day)  ->  "
    "not judged or False or decided(county, campaign, gate, programme, day)": "who had a standing on the gate's day has one now",
    "Timeline.period_of: len(eligible) > 1  ->  len(eligible) >= 1": "the greatest of one is itself",
    "_inside: bool(intervals) and any((a <= day < b for a, b in intervals))  ->  "
    "True and any((a <= day < b for a, b in intervals))": "none of nothing",
    "_contradiction: gate and concerned  ->  True and concerned": "without a gate nothing is concerned",
}
"""What a mutant says of itself, without the line -> why no test can find it."""

COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
}  # fmt: skip
COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult,
}  # fmt: skip
WORDS = {"min": "max", "max": "min", "any": "all", "all": "any"}

Change = Callable[[], object]
T = TypeVar("T")


def _comparison(node: ast.Compare) -> Iterator[Change]:
    for nth, operator in enumerate(node.ops):
        for other in COMPARED.get(type(operator), ()):
            yield partial(node.ops.__setitem__, nth, other())


def _and_or(node: ast.BoolOp) -> Iterator[Change]:
    both = isinstance(node.op, ast.And)
    yield partial(setattr, node, "op", ast.Or() if both else ast.And())
    for nth in range(len(node.values)):
        yield partial(node.values.__setitem__, nth, ast.Constant(both))


def _computation(node: ast.BinOp) -> Iterator[Change]:
    if type(node.op) in COMPUTED:
        yield partial(setattr, node, "op", COMPUTED[type(node.op)]())


def _negation(node: ast.UnaryOp) -> Iterator[Change]:
    if isinstance(node.op, ast.Not):
        yield partial(setattr, node, "operand", ast.UnaryOp(ast.Not(), node.operand))
    if isinstance(node.op, ast.USub):
        yield partial(setattr, node, "op", ast.UAdd())


def _condition(node: ast.If | ast.IfExp | ast.While) -> Iterator[Change]:
    if not isinstance(node.test, ast.Compare | ast.BoolOp | ast.UnaryOp):  # whose own changes say as much
        yield partial(setattr, node, "test", ast.UnaryOp(ast.Not(), node.test))


def _filter(node: ast.comprehension) -> Iterator[Change]:
    for nth in range(len(node.ifs)):
        yield partial(node.ifs.pop, nth)


def _constant(node: ast.Constant) -> Iterator[Change]:
    if isinstance(node.value, int):
        yield partial(setattr, node, "value", not node.value if isinstance(node.value, bool) else node.value + 1)


def _word(node: ast.Name) -> Iterator[Change]:
    if node.id in WORDS:
        yield partial(setattr, node, "id", WORDS[node.id])


CHANGES: dict[type[ast.AST], Callable[[Any], Iterator[Change]]] = {
    ast.Compare: _comparison,
    ast.BoolOp: _and_or,
    ast.BinOp: _computation,
    ast.UnaryOp: _negation,
    ast.If: _condition,
    ast.IfExp: _condition,
    ast.While: _condition,
    ast.comprehension: _filter,
    ast.Constant: _constant,
    ast.Name: _word,
}
"""Kind of node -> what can be changed at one of it."""


def changes(node: ast.AST) -> list[Change]:
    """Return what can be changed at *node*, each to be done on a copy of its own."""
    return list(CHANGES[type(node)](node)) if type(node) in CHANGES else []


def nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that decide something: no annotations, no decorators, and not how a class is made."""
    for name, value in ast.iter_fields(tree):
        if name in {"annotation", "returns", "decorator_list"} or (
            isinstance(tree, ast.ClassDef) and name == "keywords"
        ):
            continue
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, ast.AST):
                yield each
                yield from nodes(each)


@frozen
class Mutant:
    """A changed function: where and how it differs, the lines of the change, and the code."""

    module: str
    lines: range
    how: str
    key: tuple[str, int]
    code: CodeType

    def __str__(self) -> str:
        return f"{self.module}:{self.lines[0]}: {self.how}"


def mutants(module: str) -> Iterator[Mutant]:
    """Yield each mutant of *module*."""
    tree = ast.parse((SOURCE / module).read_text(encoding="utf-8"))
    before = functions(compile(tree, module, "exec"))
    for at, node in enumerate(nodes(tree)):
        for which in range(len(changes(node))):
            changed = copy.deepcopy(tree)
            there = next(each for n, each in enumerate(nodes(changed)) if n == at)
            was = _told(there)
            changes(there)[which]()
            after = functions(compile(ast.fix_missing_locations(changed), module, "exec"))
            place: Any = node.target if isinstance(node, ast.comprehension) else node
            lines = range(place.lineno, place.end_lineno + 1)
            for key in [
                each for each in before if after[each] != before[each]
            ]:  # none of a default, which is no function
                yield Mutant(module, lines, f"{key[0]}: {was}  ->  {_told(there)}", key, after[key])


def functions(code: CodeType) -> dict[tuple[str, int], CodeType]:
    """Return name and line -> code, of the functions of a module and of its classes."""
    found: dict[tuple[str, int], CodeType] = {}
    for each in code.co_consts:
        if isinstance(each, CodeType) and not each.co_name.startswith("<"):
            is_function = each.co_flags & inspect.CO_OPTIMIZED
            found |= {(each.co_qualname, each.co_firstlineno): each} if is_function else functions(each)
    return found


def _told(node: ast.AST) -> str:
    """Return the text of a node; of a statement only its condition."""
    return ast.unparse(node.test if isinstance(node, ast.If | ast.While) else node)


def forked(work: Callable[[], T], seconds: float, *, shown: bool) -> T | None:
    """Return what *work* returns in a fork of this process; None where it ends otherwise, or needs more of a processor."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        signal.setitimer(signal.ITIMER_PROF, seconds)
        if not shown:
            for stream in (1, 2):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
        status = 1
        try:
            with os.fdopen(writing, "wb") as out:
                pickle.dump(work(), out)
            status = 0
        except BaseException:  # noqa: BLE001  a fork must not go on as its parent
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as back:
        said = back.read()
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) > 0:
        raise ChildProcessError
    return pickle.loads(said) if said else None


class Trial:
    """Runs mutants on the tests of a session of pytest, instead of the tests as they are."""

    def __init__(self, part: str, every: list[tuple[int, Mutant]], *, shown: bool) -> None:
        self.part, self.every, self.shown = part, every, shown
        self.survived = 0

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the tests once as they are, and then those that pass through it on every mutant."""
        items = {item.nodeid: item for item in session.items}
        paths = {mutant.module: str(SOURCE / mutant.module) for _, mutant in self.every}
        passed = forked(partial(self.measured, items, list(paths.values())), 3600, shown=False)
        if isinstance(passed, str) or passed is None:
            session.shouldfail = f"{self.part}: a test fails without any change: {passed}"
            raise session.Failed(session.shouldfail)
        live = {
            (each.__code__.co_filename, each.__code__.co_qualname, each.__code__.co_firstlineno): each
            for each in gc.get_objects()
            if isinstance(each, FunctionType) and each.__code__.co_filename in paths.values()
        }
        gc.freeze()
        for number, mutant in self.every:
            path = paths[mutant.module]
            ran = {
                name: seconds for name, (seconds, lines) in passed.items() if not lines[path].isdisjoint(mutant.lines)
            }
            quickest = [items[name] for name in sorted(ran, key=lambda name: ran[name])]
            run = partial(self.fails, quickest, live[path, *mutant.key], mutant.code)
            if forked(run, 10 + 5 * sum(ran.values()), shown=self.shown) is False:
                self.survived += 1
                print(f"{self.part} {number}: {mutant}  ({len(ran)} tests)", flush=True)
        return True

    def measured(self, items: dict[str, Any], paths: list[str]) -> object:
        """Return test -> its seconds, and the lines that it runs of each module; a test's name where it fails."""
        cover = coverage.Coverage(data_file=None, include=paths, config_file=False)
        cover.start()
        seconds = {}
        for name, item in items.items():
            cover.switch_context(name)
            begun = time.process_time()
            if self.fails([item]):
                return name
            seconds[name] = time.process_time() - begun
        cover.stop()
        ran: dict[str, dict[str, set[int]]] = {name: {path: set() for path in paths} for name in items}
        for path in paths:
            for line, names in cover.get_data().contexts_by_lineno(path).items():
                for name in names:
                    ran[name][path].add(line)
        return {name: (seconds[name], ran[name]) for name in items}

    def fails(self, items: list[Any], function: FunctionType | None = None, code: CodeType | None = None) -> bool:
        """Return whether one of the tests fails, with the code of a function exchanged."""
        if function and code:
            function.__code__ = code
        for item, following in zip(items, [*items[1:], None], strict=False):
            failed = [each for each in runtestprotocol(item, log=False, nextitem=following) if each.failed]
            if failed and self.shown:
                print(failed[0].nodeid, failed[0].longreprtext, sep="\n\n", flush=True)
            if failed:
                return True
        return False


def run(part: str, asked: argparse.Namespace) -> float:
    """Run mutants, print those that no test finds, and return how many per cent are found."""
    begun, shown = time.monotonic(), asked.only is not None
    modules, tests = PARTS[part]
    numbered = enumerate(mutant for module in modules for mutant in mutants(module))
    every = [(number, mutant) for number, mutant in numbered if mutant.how not in EQUIVALENT]
    if shown:
        every = [each for each in every if each[0] == asked.only]
    elif asked.sample and asked.sample < len(every):
        every = sorted(random.Random(asked.seed).sample(every, asked.sample), key=lambda each: each[0])
    trial = Trial(part, every, shown=shown)
    if pytest.main(["-q", "-n0", "-p", "no:cacheprovider", "--no-header", *tests], plugins=[trial]):
        return 0
    found, seconds = len(every) - trial.survived, time.monotonic() - begun
    share = 100 * found / len(every)
    print(f"{part}: {len(every)} mutants, {found} found ({share:.1f} %), {seconds:.0f} s", flush=True)
    return share


def main() -> int:
    """Run the mutants that the arguments name; 1 where fewer than FLOOR per cent are found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "parts", nargs="*", choices=[*PARTS, []], default=[], metavar="PART", help=f"{', '.join(PARTS)}; by default all"
    )
    parser.add_argument("--sample", type=int, help="so many of each part, at random")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="the mutant of that number, with what the tests print")
    asked = parser.parse_args()
    os.chdir(ROOT)
    os.environ["HYPOTHESIS_PROFILE"] = "alike"
    shares = [forked(partial(run, part, asked), float(10**9), shown=True) for part in asked.parts or PARTS]
    return int(min(share or 0 for share in shares) < FLOOR)


if __name__ == "__main__":
    sys.exit(main())
