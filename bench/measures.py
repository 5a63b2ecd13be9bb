"""What is timed: every method of `Stores` that returns a float returns the seconds of one run."""

from __future__ import annotations

import gc
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Self

from attrs import frozen

from dualcert.collector import paused_collector
from dualcert.domain.entry import LOG_STREAM, AnyEntry
from dualcert.domain.lab import LAB
from dualcert.integrity.verifying import look_through
from dualcert.policy import load_policy
from dualcert.projections.streams import Streams
from dualcert.registry import Registry
from dualcert.store.library import sqlite3
from dualcert.store.log import Bookmark, EventLog, begin_log, opening_entry
from stock import Stock
from workload import START, batches, campaign

_SHELL = (str(Path(sys.executable).parent / "dualcert"),)
_THREE_COLUMNS = "SELECT originator_id, topic, state FROM stored_events"


@frozen
class Stores:
    """The same facts in a log of dualcert and in one of the library as it comes."""

    path: Path
    log: EventLog
    stock: Stock

    @classmethod
    def made(cls, folder: Path, facts: int) -> Self:
        """Return stores in *folder* with *facts* facts each."""
        path = folder / "dualcert.db"
        stores = cls(path, begin_log(path, [opening_entry(START)]), Stock(folder / "stock.db"))
        for batch in batches(facts):
            stores.log.append(batch)
            stores.stock.write(batch)
        return stores

    def close(self) -> None:
        """Close both."""
        self.log.close()
        self.stock.close()

    def check(self) -> None:
        """Fail where both do not hold the same, or where the domain has a complaint about a fact."""
        streams = _folded(self.log)
        ours = {stream: [e.on for e in entries] for stream, entries in streams.items()}
        assert ours == {stream: [e.on for e in events] for stream, events in self.stock.fold().items()}
        complaints = [c for entries in streams.values() for c in LAB.replay(entries).complaints.values()]
        assert not complaints, complaints[0]

    def fold_and_reading(self) -> tuple[float, float]:
        """Return the seconds of decoding and grouping the log, and those of reading every timeline of it."""
        gc.collect()
        with paused_collector():
            started = time.perf_counter()
            streams = _folded(self.log)
            folded = time.perf_counter()
            _read(streams.values())
            return folded - started, time.perf_counter() - folded

    def stock_fold(self) -> float:
        """Return the seconds in which the library decodes its events and they are grouped.

        The collector runs as it does for whoever uses the library; pausing it is part of our fold.
        """
        gc.collect()
        started = time.perf_counter()
        streams = self.stock.fold()
        seconds = time.perf_counter() - started
        assert streams
        return seconds

    def scan(self) -> float:
        """Return the seconds of reading three columns of every row and doing nothing with them."""
        started = time.perf_counter()
        with closing(sqlite3.connect(self.path)) as connection:
            for _ in connection.execute(_THREE_COLUMNS):
                pass
        return time.perf_counter() - started

    def verify(self) -> float:
        """Return the seconds of looking through the log as `dualcert verify` does: every link, version, name and hash."""
        started = time.perf_counter()
        looked = look_through(self.log)
        seconds = time.perf_counter() - started
        assert looked.fault is None
        return seconds

    def replay(self) -> float:
        """Return the seconds of a whole process that replays the log, less those of one that shows its help."""
        start_up = _process("--help")
        return _process("--store", str(self.path), "replay") - start_up


@frozen
class Campaign:
    """A campaign with every one of the labs in one province, the views warm."""

    registry: Registry
    day: date

    @classmethod
    def made(cls, facts: int) -> Self:
        """Return books in memory with *facts* facts about labs, asked on the day after the last gate's."""
        policy = load_policy("shanxi-2023")
        log = begin_log(":memory:", [opening_entry(START)])
        for batch in campaign(facts, policy):
            log.append(batch)
        books = cls(Registry(log), policy.gate[-1].on + timedelta(days=1))
        books.findings()
        return books

    def close(self) -> None:
        """Close the books."""
        self.registry.close()

    def findings(self) -> float:
        """Return the seconds of all findings of a day, each with its evidence; they are as many as the labs."""
        gc.collect()
        started = time.perf_counter()
        found = self.registry.due(as_of=self.day).rows
        seconds = time.perf_counter() - started
        assert len(found) >= sum(1 for _ in self.registry.view().labs())
        return seconds


def _folded(log: EventLog) -> dict[str, list[AnyEntry]]:
    """Return the entries of *log* by stream, folded as `Registry.catch_up` does; less the log's own."""
    streams = Streams()
    for _, entries in log.pages(Bookmark()):
        streams.extend(entries)
    del streams.by_id[LOG_STREAM]
    return streams.by_id


def _read(streams: Iterable[list[AnyEntry]]) -> None:
    """Read every timeline and keep what was read, as a replay does."""
    read = [LAB.replay(entries) for entries in streams]
    assert read


def _process(*arguments: str) -> float:
    started = time.perf_counter()
    subprocess.run([*_SHELL, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started
