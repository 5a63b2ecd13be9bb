"""Measure dualcert, the floor below it and its peers: `python bench/run.py` prints one table."""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

from attrs import frozen

from commands import recording_lines
from dualcert.store.library import sqlite3
from imports import import_lines
from lines import Line, medians, table
from measures import Campaign, Stores
from memory import memory_lines
from peers import peer_lines
from questions import SIZES, cold_lines, start_lines, warm_lines
from servers import server_lines

FACTS, RUNS = 200_000, 5
VERIFYING = 1 / 200_000
"""Seconds in which a fact is to be verified."""


@frozen
class Asked:
    """How much is measured: facts of the log, runs of each measure, sizes of the log for cold questions, rows of a sheet."""

    facts: int
    runs: int
    sizes: tuple[int, ...]
    rows: int


def recording(folder: Path, asked: Asked) -> Iterator[Line]:
    """Yield the lines of recording, and of other libraries that are installed."""
    lines = list(recording_lines(folder, asked.runs))
    yield from lines
    ours = {line.what: line.ours for line in lines}
    yield from peer_lines(folder, ours["one durable command, wal"], ours["one of 30,000 commands together"])


def reading(folder: Path, asked: Asked) -> Iterator[Line]:
    """Yield the lines of reading the whole log."""
    stores = Stores.made(folder, asked.facts)
    stores.check()
    campaign = Campaign.made(asked.facts)
    read: list[float] = []

    def fold() -> float:
        seconds, reading = stores.fold_and_reading()
        read.append(reading)
        return seconds

    found = medians({
        "fold": fold, "stock": stores.stock_fold, "replay": stores.replay, "scan": stores.scan, "verify": stores.verify,
        "findings": campaign.findings,
    }, asked.runs)  # fmt: skip
    timelines = sorted(read)[len(read) // 2]
    stores.close()
    campaign.close()
    facts = f"{asked.facts:,} facts"
    yield Line(f"fold, {facts}", found["fold"], "stock's fold", found["stock"], at_least=4.0)
    yield Line(
        "fold and reading every timeline",
        found["fold"] + timelines,
        "stock's fold, and it",
        found["stock"] + timelines,
        at_least=2.0,
    )
    yield Line(
        "replay in the shell, less --help", found["replay"], "scan of three columns", found["scan"], at_least=0.2
    )
    one = f"verifying one of {asked.facts:,} facts"
    yield Line(one, found["verify"] / asked.facts, "folding one", found["fold"] / asked.facts, within=VERIFYING)
    yield Line("all findings of a day, warm", found["findings"], "stock's fold", found["stock"], at_least=2.0)


GROUPS: dict[str, Callable[[Path, Asked], Iterator[Line]]] = {
    "recording": recording,
    "import": lambda folder, asked: import_lines(folder, asked.rows),
    "reading": reading,
    "cold": lambda folder, asked: cold_lines(folder, asked.runs, asked.sizes),
    "warm": lambda _, asked: warm_lines(asked.facts, asked.runs),
    "start": lambda folder, asked: start_lines(folder, asked.runs),
    "memory": lambda _, asked: memory_lines(asked.facts),
    "postgresql": lambda folder, asked: server_lines(folder, asked.runs),
}
"""The parts of the table, in its order."""


def head(asked: Asked) -> str:
    """Return where and with what the figures were measured."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    ).stdout.strip()
    return (
        f"Commit {commit}, medians of {asked.runs} interleaved runs; {platform.machine()}, {os.cpu_count()} cores, "
        f"{platform.system()}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"eventsourcing {version('eventsourcing')}, msgspec {version('msgspec')}."
    )


def main() -> None:
    """Measure and print; a figure is printed, never asserted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=int, default=FACTS, help="how many facts; default %(default)s")
    parser.add_argument("--runs", type=int, default=RUNS, help="how many runs; default %(default)s")
    parser.add_argument("--rows", type=int, default=100_000, help="rows of the imported sheet; default %(default)s")
    parser.add_argument(
        "--largest", type=int, default=SIZES[-1], help="facts of the largest log asked cold; default %(default)s"
    )
    parser.add_argument("--only", action="append", choices=GROUPS, help="only this part; may be given several times")
    given = parser.parse_args()
    sizes = tuple(size for size in SIZES if size <= given.largest)
    asked, lines = Asked(given.facts, given.runs, sizes, given.rows), []
    for name in given.only or GROUPS:
        print(f"{name} …", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="dualcert-bench-") as folder:
            for line in GROUPS[name](Path(folder), asked):
                print(f"  {' | '.join(line.cells())}", file=sys.stderr, flush=True)
                lines.append(line)
    print(head(asked), table(lines), sep="\n\n")


if __name__ == "__main__":
    main()
