"""Recording: one durable command, threads, many at once, against SQLite itself, stock eventsourcing and other libraries."""

from __future__ import annotations

import itertools
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from attrs import define, field

from dualcert import Registry
from dualcert.divisions import china
from dualcert.domain.commands import AmendLab, Command, RegisterLab
from dualcert.domain.entry import AnyEntry
from lines import Line, medians
from stock import Stock
from workload import batches

T = TypeVar("T")

ONE, BULK = 1_000, 30_000
"""Commands one by one, so many that SQLite takes its write-ahead log into the file meanwhile, also for bare inserts; and together."""
THREADS = 8
JOURNALS = {"wal": ("wal", "FULL"), "rollback": ("truncate", "EXTRA")}
"""What is asked of a store -> SQLite's journal, and how much it syncs."""


@define
class Recording:
    """Stores of every kind in *folder*; each measure records further facts."""

    folder: Path
    journal: str
    _numbers: Iterator[int] = field(factory=lambda: itertools.count(1))
    _entries: list[AnyEntry] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self._entries = list(itertools.chain.from_iterable(batches(BULK)))

    def _books(self) -> Registry:
        path = self.folder / f"{self.journal}.db"
        place = f"sqlite:///{path}?journal={self.journal}"
        return Registry.open(place) if path.exists() else Registry.open(place, policy="shanxi-2023")

    def one(self) -> float:
        """Return the seconds of one durable command."""
        with self._books() as books:
            return each_of(self.amendments(books, ONE), books.execute)

    def in_memory(self) -> float:
        """Return the same without a file."""
        with Registry.open(":memory:", policy="shanxi-2023") as books:
            return each_of(self.amendments(books, ONE), books.execute)

    def threads(self) -> float:
        """Return the same, of eight threads that share one registry."""
        with self._books() as books, ThreadPoolExecutor(THREADS) as pool:
            commands = self.amendments(books, ONE)
            shares = [commands[nth::THREADS] for nth in range(THREADS)]
            started = time.perf_counter()
            list(pool.map(lambda share: [books.execute(command) for command in share], shares))
            return (time.perf_counter() - started) / ONE

    def bulk(self) -> float:
        """Return the seconds of one of many commands that are recorded together."""
        with self._books() as books:
            books.catch_up()  # with what earlier runs recorded
            commands = self.registrations(BULK)
            started = time.perf_counter()
            books.execute_many(commands)
            return (time.perf_counter() - started) / BULK

    def raw(self) -> float:
        """Return the seconds of a bare insert and commit of a row like ours."""
        with closing(self._connection()) as connection:

            def insert(_: int) -> None:
                connection.execute(INSERT, self._row())
                connection.commit()

            return each_of(range(ONE), insert)

    def raw_bulk(self) -> float:
        """Return the seconds of one of many bare inserts in one transaction."""
        with closing(self._connection()) as connection:
            rows = [self._row() for _ in range(BULK)]
            started = time.perf_counter()
            connection.executemany(INSERT, rows)
            connection.commit()
            return (time.perf_counter() - started) / BULK

    def stock(self) -> float:
        """Return the seconds in which the library as it comes maps and records one event."""
        with closing(self._stock()) as stock:
            return each_of(self._entries[:ONE], lambda entry: stock.write([entry]))

    def stock_bulk(self) -> float:
        """Return the seconds of one of many events that the library records in one transaction."""
        with closing(self._stock()) as stock:
            started = time.perf_counter()
            stock.write(self._entries)
            return (time.perf_counter() - started) / BULK

    def _stock(self) -> Stock:
        return Stock(self.folder / f"stock-{next(self._numbers)}.db")

    def _connection(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.folder / f"raw-{self.journal}-{next(self._numbers)}.db")
        mode, synchronous = JOURNALS[self.journal]
        connection.execute(f"PRAGMA journal_mode={mode}")
        connection.execute(f"PRAGMA synchronous={synchronous}")
        connection.execute(TABLE)
        return connection

    def _row(self) -> tuple[object, ...]:
        return f"lab-140521-{next(self._numbers)}", 1, "lab-amended", STATE

    def registrations(self, number: int) -> list[Command]:
        """Return commands that register so many new labs."""
        counties = china().within("140000", "county")
        return [
            RegisterLab(
                lab=f"lab-{county.code}-{nth}",
                name=f"{county.name}第{nth}站",
                level="county",
                division=county.code,
                on="2018-01-01",
            )
            for nth in itertools.islice(self._numbers, number)
            for county in (counties[nth % len(counties)],)
        ]

    def amendments(self, books: Registry, number: int) -> Sequence[Command]:
        """Return commands each of which changes a lab of these books, which is registered for it."""
        labs = self.registrations(number)
        books.execute_many(labs)
        return [AmendLab(lab=lab.stream, name=f"新站 {lab.stream}", on="2018-02-01") for lab in labs]


STATE = b'{"on":"2018-02-01","by":"person-registrar","source":"","command_id":null,"name":"a lab of a county, by its new name"}'
TABLE = "CREATE TABLE facts (position INTEGER PRIMARY KEY, stream TEXT, version INTEGER, name TEXT, state BLOB, UNIQUE (stream, version))"
INSERT = "INSERT INTO facts (stream, version, name, state) VALUES (?, ?, ?, ?)"


def each_of(over: Sequence[T], act: Callable[[T], object]) -> float:
    """Return the seconds of *act* on each of *over*, in their mean."""
    started = time.perf_counter()
    for each in over:
        act(each)
    return (time.perf_counter() - started) / len(over)


def recording_lines(folder: Path, runs: int) -> Iterator[Line]:
    """Yield the lines of recording."""
    for journal, marks in {"wal": (0.7, 1.4), "rollback": (0.8, None)}.items():
        at = Recording(folder / journal, journal)
        found = medians(
            {"one": at.one, "raw": at.raw, "stock": at.stock, "threads": at.threads, "memory": at.in_memory}, runs
        )
        yield Line(f"one durable command, {journal}", found["one"], "bare insert", found["raw"], at_least=marks[0])
        if marks[1]:
            yield Line("the same", found["one"], "stock eventsourcing, WAL", found["stock"], at_least=marks[1])
        yield Line(f"the same, {THREADS} threads", found["threads"], "one thread", found["one"], at_least=1.0)
        yield Line("the same, in memory", found["memory"])
    at = Recording(folder / "together", "wal")
    found = medians({"ours": at.bulk, "stock": at.stock_bulk, "raw": at.raw_bulk}, runs)
    yield Line("one of 30,000 commands together", found["ours"], "stock's bulk", found["stock"], at_least=1.5)
    yield Line("the same", found["ours"], "bare insert", found["raw"])
