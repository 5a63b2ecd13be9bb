"""Measure dualcert against stock eventsourcing and against SQLite itself: `python bench/run.py`."""

from __future__ import annotations

import argparse
import os
import platform
import sqlite3
import sys
import tempfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from statistics import median

from attrs import define, field, frozen

from imports import import_shares
from measures import Campaign, Stores
from memory import memory_of
from workload import FACTS_PER_LAB

FACTS, RUNS = 200_000, 5
MEMORY: Mapping[str, tuple[int, tuple[str, ...]]] = {
    "90,000 new labs": (90_000, ()),
    "90,000 new labs, handed back": (90_000, ("--errors",)),
    "200,000 rows, nothing sound": (199_990, ("--wrong",)),
    "200,000 rows, handed back": (199_990, ("--wrong", "--errors")),
}
"""As much as an import takes by default: what has more rows is refused, or what more comes of."""
BOUND = 600
"""Megabytes that the importing and the reading process may each take."""


@define
class Seconds:
    """What every run took."""

    fold: list[float] = field(factory=list)
    reading: list[float] = field(factory=list)
    stock: list[float] = field(factory=list)
    replay: list[float] = field(factory=list)
    scan: list[float] = field(factory=list)
    findings: list[float] = field(factory=list)

    def add(self, stores: Stores, campaign: Campaign) -> None:
        """Run everything once, ours and the others in turn, so that a slow minute slows both."""
        fold, reading = stores.fold_and_reading()
        self.fold.append(fold)
        self.reading.append(reading)
        self.stock.append(stores.stock_fold())
        self.replay.append(stores.replay())
        self.scan.append(stores.scan())
        self.findings.append(campaign.findings())


@frozen
class Line:
    """One measure: our seconds, those of the other, and the least ratio between them that we want."""

    what: str
    ours: float
    other: float
    target: float

    def __str__(self) -> str:
        ratio = self.other / self.ours
        met = "yes" if ratio >= self.target else "no"
        return f"{self.what:<42}{self.ours:>8.3f} s{self.other:>8.3f} s{ratio:>8.3f}{self.target:>8.1f}  {met}"


def lines(seconds: Seconds) -> list[Line]:
    """Return the measures: medians of the runs, and their ratios."""
    fold, reading, stock = median(seconds.fold), median(seconds.reading), median(seconds.stock)
    return [
        Line("fold : stock fold", fold, stock, 4.0),
        Line("fold and reading : stock fold and reading", fold + reading, stock + reading, 2.0),
        Line("replay in the shell : scan of three columns", median(seconds.replay), median(seconds.scan), 0.1),
        Line("findings of all labs : stock fold", median(seconds.findings), stock, 2.0),
    ]


def head(facts: int, runs: int) -> str:
    """Return where and with what the figures were measured."""
    return (
        f"{facts:,} facts, medians of {runs} runs; {platform.machine()}, {os.cpu_count()} cores, {platform.system()}\n"
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"eventsourcing {version('eventsourcing')}, msgspec {version('msgspec')}"
    )


def main() -> None:
    """Measure and print; a figure is printed, never asserted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=int, default=FACTS, help="how many facts; default %(default)s")
    parser.add_argument("--runs", type=int, default=RUNS, help="how many runs; default %(default)s")
    asked = parser.parse_args()
    seconds = Seconds()
    with tempfile.TemporaryDirectory() as folder:
        _say("writing both stores")
        stores = Stores.made(Path(folder), asked.facts)
        stores.check()
        campaign = Campaign.made(asked.facts)
        for run in range(asked.runs):
            _say(f"run {run + 1} of {asked.runs}")
            seconds.add(stores, campaign)
        stores.close()
        campaign.close()
        _say("importing a roster")
        shares = import_shares(Path(folder), asked.facts // 2)
        _say("importing for the memory it takes")
        memory = {f"{how:<32}": memory_of(rows, *options) for how, (rows, options) in MEMORY.items()}
    _say("")
    print(head(asked.facts, asked.runs), end="\n\n")
    print(f"{'':<42}{'ours':>10}{'other':>10}{'ratio':>8}{'target':>8}  met")
    print(*lines(seconds), sep="\n")
    labs = asked.facts // FACTS_PER_LAB
    rate = asked.facts / median(seconds.replay)
    print(f"\nreading alone {median(seconds.reading):.3f} s; the replay handles {rate:,.0f} facts/s")
    print(f"findings of {labs:,} labs, none of them dual-certified: {median(seconds.findings):.3f} s")
    _print_shares(asked.facts // 2, shares)
    print(f"\nmemory of an import, at most {BOUND} MB wanted:")
    for how, taken in memory.items():
        said = ", ".join(f"{who} {megabytes:,} MB" for who, megabytes in taken.items())
        print(f"{how}{said}  {'yes' if max(taken.values()) <= BOUND else 'no'}")


def _print_shares(rows: int, shares: Mapping[str, float]) -> None:
    whole = sum(shares.values())
    said = ", ".join(f"{phase} {seconds:.1f} s ({seconds / whole:.0%})" for phase, seconds in shares.items())
    print(f"import of {rows:,} rows: {whole:.1f} s: {said}")


def _say(progress: str) -> None:
    """Show *progress* on one line of stderr, over what stood there."""
    print(f"\r{progress:<40}", end="" if progress else "\r", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
