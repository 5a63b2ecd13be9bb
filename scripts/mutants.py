"""Change one thing after another in the modules on which deadlines rest, and list the changes that no test finds.

    python scripts/mutants.py timeline duties gates           # every mutant
    python scripts/mutants.py gates --sample 50 --seed 7      # some of them
    python scripts/mutants.py gates --only 12                 # one, with what the tests print

A mutant is a module with one comparison, operator, condition, number or word turned. Each is run in a fork of this process that
imports the package anew; the first test that fails, or the time limit, ends it. 1 where fewer are found than FLOOR.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib.abc
import importlib.machinery
import importlib.util
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "dualcert"
FLOOR = 95
"""Per cent of the mutants that have to be found."""
SECONDS = 60
"""Of a processor, after which a mutant that hangs is taken as found."""
PARTS = {
    "timeline": (
        ["domain/timeline.py"],
        [
            "tests/domain/test_timeline.py",
            "tests/domain/test_lab.py",
            "tests/projections",
            "tests/properties/test_laws.py",
        ],
    ),
    "duties": (
        sorted(str(path.relative_to(SOURCE)) for path in SOURCE.glob("projections/duties/*.py")),
        ["tests/projections/test_duties.py", "tests/projections", "tests/properties/test_duties_model.py"],
    ),
    "gates": (
        ["projections/gates.py"],
        ["tests/projections/test_gates.py", "tests/projections", "tests/rules/test_notice.py"],
    ),
}
"""Part -> its modules, and the tests that have to find its mutants, those that find most first."""

COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
}  # fmt: skip
COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
WORDS = {"min": "max", "max": "min", "any": "all", "all": "any"}

Change = Callable[[], object]


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


def mutants(module: str) -> Iterator[tuple[str, ast.Module]]:
    """Yield each mutant of *module*: where it differs and how, and its tree."""
    tree = ast.parse((SOURCE / module).read_text(encoding="utf-8"))
    for at, node in enumerate(nodes(tree)):
        for which in range(len(changes(node))):
            changed = copy.deepcopy(tree)
            there = next(each for n, each in enumerate(nodes(changed)) if n == at)
            before = _told(there)
            changes(there)[which]()
            line = getattr(node, "lineno", 0) or node.target.lineno  # type: ignore[attr-defined]  # of a comprehension
            yield f"{module}:{line}: {before}  ->  {_told(there)}", ast.fix_missing_locations(changed)


def _told(node: ast.AST) -> str:
    """Return the text of a node; of a statement only its condition."""
    return ast.unparse(node.test if isinstance(node, ast.If | ast.While) else node)


class Mutated(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module of the package as its mutant."""

    def __init__(self, module: str, tree: ast.Module) -> None:
        self.name = "dualcert." + module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        self.path, self.tree = SOURCE / module, tree

    def find_spec(
        self, name: str, _path: object = None, _target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find only that module."""
        if name != self.name:
            return None
        inside = [str(self.path.parent)] if self.path.name == "__init__.py" else None
        return importlib.util.spec_from_file_location(name, self.path, loader=self, submodule_search_locations=inside)

    def exec_module(self, module: ModuleType) -> None:
        """Run the mutant."""
        exec(compile(self.tree, str(self.path), "exec"), module.__dict__)


def found(module: str, tree: ast.Module, tests: list[str], *, shown: bool = False) -> bool:
    """Return whether *tests* find the mutant, in a process of its own."""
    child = os.fork()
    if not child:
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        sys.meta_path.insert(0, Mutated(module, tree))
        if not shown:
            for stream in (1, 2):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
        status = 1
        try:
            import pytest

            quiet = ["-x", "-q", "-n0", "-p", "no:cacheprovider", "--no-header"]
            status = int(pytest.main([*quiet, *tests]))
        finally:
            os._exit(status != 0)
    return os.waitpid(child, 0)[1] != 0


def main() -> int:
    """Run the mutants that the arguments name; 1 where fewer than FLOOR per cent are found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], default=list(PARTS))
    parser.add_argument("--sample", type=int, help="so many of each part, at random")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="the mutant of that number, with what the tests print")
    asked = parser.parse_args()
    os.chdir(ROOT)
    os.environ["HYPOTHESIS_PROFILE"] = "quick"
    import pytest  # noqa: F401  what the package does not own is imported once

    least = 100.0
    for part in asked.parts:
        modules, tests = PARTS[part]
        every = [(n, module, *mutant) for module in modules for n, mutant in enumerate(mutants(module))]
        every = [(n, *rest) for n, (_, *rest) in enumerate(every)]
        if asked.only is not None:
            every = [every[asked.only]]
        elif asked.sample and asked.sample < len(every):
            every = sorted(random.Random(asked.seed).sample(every, asked.sample), key=lambda each: each[0])
        least = min(least, run(part, every, tests, shown=asked.only is not None))
    return int(least < FLOOR)


def run(part: str, every: list[tuple[int, str, str, ast.Module]], tests: list[str], *, shown: bool) -> float:
    """Run mutants, print those that no test finds, and return how many per cent are found."""
    begun, survived = time.monotonic(), 0
    _, module, _, _ = every[0]
    if found(module, ast.parse((SOURCE / module).read_text(encoding="utf-8")), tests, shown=shown):
        sys.exit(f"{part}: the tests fail without any change")
    for number, module, how, tree in every:
        if not found(module, tree, tests, shown=shown):
            survived += 1
            print(f"{part} {number}: {how}", flush=True)
    share = 100 * (1 - survived / len(every))
    print(
        f"{part}: {len(every)} mutants, {len(every) - survived} found ({share:.1f} %), {time.monotonic() - begun:.0f} s",
        flush=True,
    )
    return share


if __name__ == "__main__":
    sys.exit(main())
