"""One fault at one call of one command, and what was lost by it: nothing, says a sound build."""

from __future__ import annotations

import errno
import re
import signal
from collections.abc import Iterator

from attrs import evolve, frozen

from faults.cases import BY_NAME, CANARY, ERASED, Bench, Case, Place
from faults.runs import CHANGES, FAIL, GROWS, KILL, KILL_MIDWAY, READ, Ran, Strike

EXISTS = (4, "store-exists")
FAILED = {2, 3, 4, 5}
"""The statuses with which a command says that it failed, and why."""
WAITS = 6
"""The status of `dispatch send` where a message waits for a person: its outcome is unknown."""
SAID = re.compile(r"[1-9]\d* facts were recorded|^store-(lost-afterwards|outcome-unknown): ", re.MULTILINE)
"""So a command that failed says what was recorded all the same, or that it cannot know."""
PART = re.compile(r"\..+\.[0-9a-f]{16}\.part(-journal|-wal|-shm)?")
KEYS = re.compile(r"people-[0-9a-f]{8}\.keys")
"""The keys beside a backup."""
BESIDE = ("-journal", "-wal", "-shm")

KILLS = (Strike(CHANGES, how=KILL), Strike(CHANGES, how=KILL_MIDWAY))
"""kill -9 before a call, and half-way through it."""
ERRORS = (
    Strike(GROWS, how=FAIL, error=errno.ENOSPC),
    Strike(GROWS, how=FAIL, error=errno.ENOSPC, for_good=True),
    Strike(CHANGES, how=FAIL, error=errno.EIO),
    Strike(CHANGES, how=FAIL, error=errno.EIO, for_good=True),
    Strike(READ, how=FAIL, error=errno.EIO),
)
"""A full disk and a broken one, at one call and from then on."""


@frozen
class Point:
    """A call of a command at which a fault strikes."""

    case: str
    strike: Strike

    def __str__(self) -> str:
        return f"{self.case}, {self.strike}"


def points(bench: Bench, strikes: tuple[Strike, ...], case: Case) -> list[Point]:
    """Return every point at which these strikes can befall a case."""
    counts = {classes: bench.count(case, classes) for classes in {strike.classes for strike in strikes}}
    return [
        Point(case.name, evolve(strike, at=at)) for strike in strikes for at in range(1, counts[strike.classes] + 1)
    ]


def sample(found: list, number: int) -> list:
    """Return so many of the points, evenly spread."""
    stride = max(1, len(found) // number)
    return found[stride // 2 :: stride][:number]


def tried(bench: Bench, point: Point) -> list[str] | None:
    """Let a fault strike and return what was lost; None where the run never came to that call."""
    case = BY_NAME[point.case]
    place = bench.fresh(case)
    ran = bench.run(place, case.arguments, point.strike)
    killed = point.strike.how != FAIL
    # Whoever comes next may be a reader or a writer: each mends what a dead process left.
    look_first = not killed or point.strike.at % 2 == 0
    lost = judged(bench, case, place, ran, killed=killed, look_first=look_first) if ran.struck else None
    bench.remove(place)
    return lost


def judged(
    bench: Bench, case: Case, place: Place, ran: Ran, *, killed: bool, look_first: bool = True, again: bool = True
) -> list[str]:
    """Return what was lost at a place where a fault befell a run; *again* runs the command again."""
    lost = [*(_killed if killed else _failed)(bench, case, place, ran)]
    if look_first:
        lost += _stored(bench, case, bench.look(place), ran, killed=killed)
    return [*lost, *(_again(bench, case, place) if again else ())]


def _killed(bench: Bench, case: Case, place: Place, ran: Ran) -> Iterator[str]:
    if ran.status != -signal.SIGKILL:
        yield f"was not killed: {ran}"
    if case.name == "people erase" and "(erased)" in ran.out:
        yield from _canaries(bench, case, place)


def _failed(bench: Bench, case: Case, place: Place, ran: Ran) -> Iterator[str]:
    said = ran.err.splitlines()[-1:]
    if ran.status not in {0, WAITS if case.name == "dispatch send" else 0} | FAILED:
        yield f"ended with {ran.status}: {said}"
    if "Traceback" in ran.err:
        yield "shows a traceback"
    if ran.status in FAILED and not re.match(r"[a-z-]+: \S", "".join(said)):
        yield f"does not say what failed: {said}"
    if case.name == "people erase" and "(erased)" in ran.out:
        yield from _canaries(bench, case, place)


def _stored(bench: Bench, case: Case, found: dict, ran: Ran, *, killed: bool) -> Iterator[str]:
    """What is there after the fault, as the next reader finds it."""
    known = bench.undisturbed(case)
    if "error" in found:
        yield f"the next reader is told {found['error']}"
        return
    trail, before, after = (books.get("trail", []) for books in (found, known.before, known.after))
    cut = len(trail)
    allowed = {
        "whole": {len(before), len(after)},
        "chunks": known.cuts,
        "each": range(len(before), len(after) + 1),
    }[case.stored]
    if cut not in allowed:
        yield f"half is there: {cut} facts of {len(before)} to {len(after)}"
    if case.same_facts and trail != after[:cut]:
        yield "other facts are there"
    acknowledged = ran.status == 0 or (killed and (ran.out + ran.err) == (known.ran.out + known.ran.err) != "")
    if acknowledged and case.name != "dispatch send" and (cut < len(after) or not _people_are(found, known.after)):
        yield f"acknowledged and not stored: {cut} facts of {len(after)}"
    recorded = len(before) < cut == len(after) and case.stored != "each"
    added = case.name == "people add" and _people_are(found, known.after)
    if ran.status in FAILED and (recorded or added) and not SAID.search(ran.err):
        yield f"recorded, and said to have failed: {ran.err.splitlines()[-1:]}"
    if case.name == "dispatch send":
        yield from _sent(found, known.after)


def _people_are(found: dict, expected: dict) -> bool:
    return found.get("people", []) == expected.get("people", [])


def _sent(found: dict, expected: dict) -> Iterator[str]:
    if [each[0] for each in found["dispatches"]] != [each[0] for each in expected["dispatches"]]:
        yield "other dispatches are there"
    kept = set(found["outbox"])
    yield from (f"{id_} is {state} and its message is gone" for id_, state, _ in found["dispatches"]
                if state in {"planned", "sending", "failed", "unknown"} and id_ not in kept)  # fmt: skip


def _again(bench: Bench, case: Case, place: Place) -> Iterator[str]:
    """Run the same command again: the books are as if nothing had befallen it."""
    known, ran = bench.undisturbed(case), bench.run(place, case.arguments)
    waits = case.name == "dispatch send" and ran.status == WAITS
    if ran.status and not waits and (ran.status, ran.code) not in {EXISTS if case.makes else None, case.refuses}:
        yield f"again, it ends with {ran.status}: {ran.err.splitlines()[-1:]}"
        return
    found = bench.look(place)
    if "error" in found or "missing" in found:
        yield f"again, the books are {found}"
        return
    if case.name == "dispatch send":
        yield from _sent_again(place, found, known.after)
    elif case.same_facts and found["digest"] != known.after["digest"]:
        yield f"again, other facts are there: {len(found['trail'])}, not {len(known.after['trail'])}"
    elif found["dispatches"] != known.after["dispatches"]:
        yield "again, other dispatches are there"
    if not _people_are(found, known.after):
        yield f"again, other people are there: {found['people']}"
    if case.name != "dispatch send" and found["outbox"] != known.after["outbox"]:
        yield f"again, the outbox has {len(found['outbox'])} messages, not {len(known.after['outbox'])}"
    if case.name == "people erase":
        yield from _canaries(bench, case, place)
    yield from _left(bench, case, place)


def _sent_again(place: Place, found: dict, expected: dict) -> Iterator[str]:
    """All went out, each once; of at most one nobody can tell, and it was tried once."""
    yield from _sent(found, expected)
    states = [state for _, state, _ in found["dispatches"]]
    if set(states) - {"delivered", "sending", "unknown", "failed"} or states.count("delivered") < len(states) - 1:
        yield f"again, the dispatches are {states}"
    files = {path.stem for path in (place.folder / "outgoing").glob("*.eml")} if place.folder.exists() else set()
    yield from (f"{id_} is delivered and was not" for id_, state, _ in found["dispatches"]
                if state == "delivered" and id_ not in files)  # fmt: skip


def _canaries(bench: Bench, case: Case, place: Place) -> Iterator[str]:
    """The key and the name of an erased person, wherever they still are, once the person is said to be erased."""
    private = {"key": bench.secret(case), "name": CANARY.encode()}
    for path in (each for each in sorted(place.folder.rglob("*")) if each.is_file()):
        content = path.read_bytes()
        for what, text in private.items():
            if text and text in content:
                yield f"{ERASED} is erased, and the {what} is in {path.name}"


def _left(bench: Bench, case: Case, place: Place) -> Iterator[str]:
    """Files that nobody would know what to do with."""
    ours = {
        "books.db",
        "books.db.people",
        "books.db.outbox",
        "books.db.keys",
        "books.db.tree",
        "books.seal",
        "backup",
        "state",
        "outgoing",
    }
    ours |= {name + suffix for name in ours for suffix in BESIDE}
    for path in sorted(place.folder.iterdir()):
        if path.name not in ours and not PART.fullmatch(path.name) and not KEYS.fullmatch(path.name):
            yield f"{path.name} is left behind"
