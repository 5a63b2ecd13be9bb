"""Runs of dualcert, each a process of its own that can be struck at a chosen call."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path

from attrs import asdict, field, frozen
from typing_extensions import override

HERE = Path(__file__).parent
NOW = 1_700_000_000
"""The instant (seconds since 1970) at which runs take place: two that say the same record the same bytes."""

WRITE, SYNC, CUT, OPEN, CREATE, NAME, UNLINK, READ = (1 << n for n in range(8))
CHANGES = WRITE | SYNC | CUT | OPEN | CREATE | NAME | UNLINK
"""Every call by which a file, or a folder's names, change; and opening one."""
GROWS = WRITE | SYNC | CREATE | NAME
"""The calls that a full disk refuses."""
COUNT, KILL, KILL_MIDWAY, FAIL = range(4)


@frozen
class Strike:
    """At which call of which classes a run is struck, and how; by default the calls are only counted."""

    classes: int = CHANGES
    at: int = 0
    how: int = COUNT
    error: int = 0
    for_good: bool = False

    def __str__(self) -> str:
        if self.how in {KILL, KILL_MIDWAY}:
            return f"killed {'midway ' if self.how == KILL_MIDWAY else ''}at call {self.at}"
        kind = "read" if self.classes == READ else "call"
        return f"{errno.errorcode.get(self.error)} {'from' if self.for_good else 'at'} {kind} {self.at}"


@frozen
class Run:
    """One command: its words, the folder in which it runs, and what is to befall it."""

    folder: Path
    arguments: tuple[str, ...] = ()
    strike: Strike | None = None
    broken: str | None = None
    """A build with a fault put back (`broken.BUILDS`)."""
    stdin: str = os.devnull
    seconds: float = 60.0
    """After which it counts as hung."""
    after: float = 0.0
    """Seconds after the others of the same instant."""
    call: tuple | None = None
    """A function (`module:name`) and its arguments instead of a command; what it returns is written as JSON."""
    instant: int = NOW
    """0: whenever it is."""
    env: dict[str, str] = field(factory=dict)
    trace: str = ""
    """The file in which the calls on the folder's files are written down; see `power`."""


@frozen
class Ran:
    """How a run ended: its exit status (None: it hung; negative: the signal), what it wrote, how often it was struck."""

    status: int | None
    out: str
    err: str
    seen: int
    struck: int

    @property
    def code(self) -> str:
        """The code of the error on the last line of stderr."""
        lines = self.err.splitlines()
        return lines[-1].partition(":")[0] if lines and self.status else ""


class Launcher(AbstractContextManager):
    """A process that forks runs; *path* is where it finds modules."""

    def __init__(self, work: Path, path: str) -> None:
        env = {
            **os.environ,
            "LD_PRELOAD": str(shim(work)),
            "PYTHONPATH": path,
            "LC_ALL": "C.UTF-8",
            "TMPDIR": str(work),
        }
        self._process = subprocess.Popen(
            [sys.executable, HERE / "launcher.py"], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    @override
    def __exit__(self, *_) -> None:
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()

    def run(self, run: Run) -> Ran:
        """Run one command to its end."""
        return self.together([run])[0]

    def together(self, runs: list[Run]) -> list[Ran]:
        """Run several commands that begin at one instant."""
        asked = [asdict(run) | {"folder": str(run.folder)} for run in runs]
        self._process.stdin.write(json.dumps(asked).encode() + b"\n")
        self._process.stdin.flush()
        return [Ran(**answer) for answer in json.loads(self._process.stdout.readline())]

    def look(self, folder: Path, store: str) -> dict:
        """Return the books of *store*; see `looking.look`."""
        ran = self.run(Run(folder, call=("faults.looking:look", store)))
        return json.loads(ran.out) if ran.status == 0 else {"error": f"{ran.status}: {ran.err}"}


def shim(work: Path) -> Path:
    """Return the built `shim.c`."""
    built = work / "shim.so"
    if not built.exists():
        making = work / f"shim-{os.getpid()}.so"
        subprocess.run(["gcc", "-O1", "-shared", "-fPIC", "-o", making, HERE / "shim.c", "-ldl"], check=True)
        making.replace(built)
    return built
