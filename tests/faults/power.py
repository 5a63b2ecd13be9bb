"""The power goes in the middle of a command: what the disk may have then, and what of it is lost.

`shim.c` writes down what a command does to the files of its folder. A state of the disk is made of that: everything up
to some call was asked for; of what was not synced yet, any part may be there. Of a file, each sector of each write
and each cut may be there or not, in whatever order; of names (given, changed, taken away), those that were changed
first. A name is safe once its folder was synced, contents once their file was.
"""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from attrs import Factory, define, evolve, frozen

from faults.cases import BY_NAME, CASES, Bench, Case, Place
from faults.judging import judged
from faults.runs import CHANGES, Ran, Strike

SECTOR = 512
AGAIN = 5
"""In every so-manieth state of a case the command is run again."""
FORGOTTEN = "-shm"
"""The end of the name of a file that nobody reads after the machine was started again."""


@frozen
class Call:
    """What a process did: one line of the trace."""

    kind: str
    inode: int
    offset: int
    data: bytes
    more: bytes

    @property
    def path(self) -> str:
        """The path that it is about."""
        return os.fsdecode(self.data)

    @property
    def other(self) -> str:
        """The new name."""
        return os.fsdecode(self.more)


def calls(trace: bytes) -> Iterator[Call]:
    """Yield what a trace has."""
    while trace:
        head, _, rest = trace.partition(b"\n")
        kind, inode, offset, length, more = head.split()
        first, end = int(length), int(length) + int(more)
        yield Call(kind.decode(), int(inode), int(offset), rest[:first], rest[first:end])
        trace = rest[end:]


@define(eq=False)
class File:
    """A file's contents on the disk, and what was asked for since they were synced."""

    content: bytearray = Factory(bytearray)
    pending: list[Call] = Factory(list)

    def sync(self) -> None:
        """Take all that was asked for to the disk."""
        self.content = bytearray(self.left(lambda: True))
        self.pending.clear()

    def left(self, kept: Callable[[], bool]) -> bytes:
        """Return the contents with what is *kept* of that which was not synced."""
        content = bytearray(self.content)
        for call in self.pending:
            if call.kind == "t":
                if kept():
                    del content[call.offset :]
                    content.extend(bytes(call.offset - len(content)))
                continue
            begin, end = call.offset, call.offset + len(call.data)
            while begin < end:
                behind = min(end, (begin // SECTOR + 1) * SECTOR)
                if kept():
                    content.extend(bytes(max(0, behind - len(content))))
                    content[begin:behind] = call.data[begin - call.offset : behind - call.offset]
                begin = behind
        return bytes(content)


Start = tuple[str, int, bytes]
"""Path, inode and contents of a file before the first call."""
Names = dict[str, File | None]
"""Path -> the file that is there now; None where none is any more."""


@define
class Disk:
    """The disk under one folder, after some calls."""

    names: Names
    """As they are on the disk."""
    files: dict[int, File]
    """Inode -> file."""
    pending: list[Names] = Factory(list)
    """Changes of names whose folder was not synced since."""

    @classmethod
    def of(cls, start: Sequence[Start]) -> Disk:
        """Return the disk with all files of the *start*, synced."""
        found = [(path, inode, File(bytearray(content))) for path, inode, content in start]
        return cls({path: file for path, _, file in found}, {inode: file for _, inode, file in found})

    def do(self, call: Call) -> None:
        """Take one call in."""
        file = self.files.get(call.inode)
        match call.kind:
            case "w" | "t" if file:
                file.pending.append(call)
            case "s" if file:
                file.sync()
            case "d":
                synced = [
                    change for change in self.pending if any(str(Path(path).parent) == call.path for path in change)
                ]
                for change in synced:
                    self.names |= change
                    self.pending.remove(change)
            case "n":
                self.files[call.inode] = made = File()
                self.pending.append({call.path: made})
            case "u":
                self.pending.append({call.path: None})
            case "r" | "l":
                there = self._now(call.path)
                self.pending.append({call.other: there, call.path: None if call.kind == "r" else there})

    def _now(self, path: str) -> File | None:
        return next((change[path] for change in reversed(self.pending) if path in change), self.names.get(path))

    def left(self, chance: random.Random) -> dict[str, bytes]:
        """Return what may be there once the power is back: path -> contents."""
        names = dict(self.names)
        for change in self.pending[: chance.choice((0, len(self.pending), chance.randint(0, len(self.pending))))]:
            names |= change
        found = {}
        for path, file in sorted(names.items()):
            if file and not path.endswith(FORGOTTEN):
                share = chance.choice((0.0, 1.0, chance.random()))
                found[path] = file.left(lambda share=share: chance.random() < share)
        return found


@frozen
class Outage:
    """A state that the disk may have when the power goes in a case; the number is that of the draw."""

    case: str
    number: int

    def __str__(self) -> str:
        return f"{self.case}, state {self.number}"


@frozen
class Trace:
    """What a case does to the files of its folder when nothing befalls it."""

    place: Place
    start: tuple[Start, ...]
    calls: tuple[Call, ...]
    ran: Ran

    @classmethod
    def of(cls, bench: Bench, case: Case) -> Trace:
        """Run a case, and return what it did."""
        place = bench.fresh(case)
        start = [(str(p), p.stat().st_ino, p.read_bytes()) for p in place.folder.rglob("*") if p.is_file()]
        path = bench.work / f"trace-{place.folder.name}"
        ran = bench.launcher.run(evolve(bench.asked(place, case.arguments, Strike(CHANGES)), trace=str(path)))
        assert ran.status == 0, ran
        return cls(place, tuple(start), tuple(calls(path.read_bytes())), ran)

    @property
    def said(self) -> int:
        """After how many calls all of the output was written."""
        return max(number for number, call in enumerate(self.calls, start=1) if call.kind == "a")

    def left(self, until: int, chance: random.Random) -> dict[Path, bytes]:
        """Return what may be there, by its path in the folder, where the power goes after so many calls."""
        disk = Disk.of(self.start)
        for call in self.calls[:until]:
            disk.do(call)
        return {Path(path).relative_to(self.place.folder): content for path, content in disk.left(chance).items()}


TRACES: dict[tuple[Path, str | None, Case], Trace] = {}


def outages(each: int) -> Iterator[Outage]:
    """Yield so many states of each case."""
    yield from (Outage(case.name, number) for number in range(1, each + 1) for case in CASES)


def tried(bench: Bench, outage: Outage) -> list[str]:
    """Return what is lost in a state."""
    case, chance = BY_NAME[outage.case], random.Random(str(outage))
    trace = TRACES.get((bench.work, bench.broken, case)) or TRACES.setdefault(
        (bench.work, bench.broken, case), Trace.of(bench, case)
    )
    until = chance.choice((chance.randint(0, len(trace.calls)), trace.said, len(trace.calls)))
    _put(trace.place.folder, trace.left(until, chance))
    ran = evolve(trace.ran, status=-signal.SIGKILL, **({} if until >= trace.said else {"out": "", "err": ""}))
    again = outage.number % AGAIN == 0  # which takes several times as long as a look
    return judged(
        bench, case, trace.place, ran, killed=True, look_first=not again or outage.number % 2 == 0, again=again
    )


def _put(folder: Path, files: dict[Path, bytes]) -> None:
    """Make *folder* as the disk has it; a file that is there stays the same file, as a machine would know it again."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_file() and path.relative_to(folder) not in files:
            path.unlink()
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).touch(0o600)
        (folder / path).write_bytes(content)
