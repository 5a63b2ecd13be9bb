"""Commands whose output is full or closed: what is recorded is recorded all the same, and said where it can be."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

from attrs import frozen

from faults.cases import BY_NAME, CASES, Bench, Case, Place
from faults.runs import NOW, shim

WAYS = (
    ">/dev/full",
    ">&-",
    "2>/dev/full",
    "2>&-",
    "<&-",
    ">/dev/full 2>/dev/full",
    ">&- 2>&-",
    ">&- 2>&- <&-",
    "| true",
)
"""What a shell does to the streams of a command."""

ASKING = (
    Case("status", "counties", ("status", "--format", "json")),
    Case("ratio", "counties", ("ratio", "--by", "county")),
    Case("replay", "counties", ("replay",)),
    Case("due", "counties", ("due", "--on", "2023-10-01")),
    Case("history", "counties", ("history", "lab-140525-1")),
    Case("people show", "office", ("people", "show")),
    Case("dispatch list", "planned", ("dispatch", "list")),
    Case("report run", "counties", ("report", "run", "dispatch-table", "--as-of", "2023-02-28")),
    Case("export", "counties", ("export", "out.xlsx", "--kind", "labs")),
    Case("plugins list", "nothing", ("plugins", "list")),
    Case("help", "nothing", ("--help",)),
    Case("refused", "counties", ("status", "lab-140525-9")),
    Case("apply from stdin", "campaign", ("apply", "-")),
)
"""Commands that record nothing, or nothing without their input."""
ALL = {case.name: case for case in (*(case for case in CASES if not case.options), *ASKING)}


@frozen
class OutputPoint:
    """A command, and what becomes of its streams."""

    case: str
    way: str

    def __str__(self) -> str:
        return f"{self.case} {self.way}"


def points() -> list[OutputPoint]:
    """Return every command with every way."""
    return [OutputPoint(name, way) for name in ALL for way in WAYS]


def tried(bench: Bench, point: OutputPoint) -> list[str]:
    """Run the command as a shell does, and return what is wrong."""
    case = ALL[point.case]
    place = bench.fresh(case)
    ran = _in_a_shell(bench, place, case, point.way)
    wrong = [*_wrong(bench, place, case, point.way, ran)]
    bench.remove(place)
    return wrong


def _in_a_shell(bench: Bench, place: Place, case: Case, way: str) -> subprocess.CompletedProcess:
    run = bench.asked(place, case.arguments)
    build = f"from faults.broken import BUILDS; BUILDS[{bench.broken!r}](); " if bench.broken else ""
    program = f"{build}from dualcert.cli import main; main()"
    clock = {"LD_PRELOAD": str(shim(bench.work)), "FAULTS_INSTANT": str(NOW)}
    env = {**os.environ, **run.env, **clock, "PYTHONPATH": bench.path, "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        ["bash", "-c", f'set -o pipefail; "$@" {way}', "bash", sys.executable, "-c", program, *run.arguments],
        cwd=place.folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip


def _wrong(bench: Bench, place: Place, case: Case, way: str, ran: subprocess.CompletedProcess) -> Iterator[str]:
    code = ran.stderr.splitlines()[-1].partition(":")[0] if ran.stderr else ""
    if ran.returncode not in {0, 2, 3, 4, 5}:
        yield f"ended with {ran.returncode}: {ran.stderr[-200:]!r}"
    if "Traceback" in ran.stderr or "Exception ignored" in ran.stderr:
        yield f"shows a traceback: {ran.stderr[-200:]!r}"
    if case.name not in BY_NAME:
        return
    known = bench.undisturbed(case)
    found = bench.look(place)
    if any(len(found.get(key, ())) != len(known.after[key]) for key in ("trail", "outbox")) or (
        found.get("people") != known.after["people"]
    ):
        yield "what is recorded is not what the command records"
    elif ran.returncode and "2>" not in way and code != "output-lost":
        yield f"recorded, and said to have failed: {ran.stderr[-200:]!r}"
    if way == ">/dev/full" and known.ran.out and ran.returncode == 0:
        yield "lost its output without a word"
