"""What lies beside a log: tables that may be erased, outside the facts.

Beside an SQLite store `books.db` it is a file `books.db.SUFFIX`, its owner's alone; beside a log in
PostgreSQL a table of the same database; beside one in memory it is in memory, too.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self

from dualcert.store.url import StoreUrl, parse_url


class Connection(Protocol):
    """What both databases have."""

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> Any:
        """Run a statement."""

    def close(self) -> None:
        """Close."""


class Beside:
    """One table beside a log; a class for each says which. Closes as a context manager."""

    suffix: ClassVar[str]
    """Of the file, beside an SQLite store."""
    table: ClassVar[str]
    columns: ClassVar[str]
    """As SQLite has them."""

    def __init__(self, connection: Connection, *, postgres: bool) -> None:
        self._connection, self._postgres = connection, postgres

    @classmethod
    def open(cls, store: str | Path) -> Self:
        """Open what lies beside the store at this URL or path; it is made when it is first needed.

        Raises BadStoreUrl.
        """
        url, create = parse_url(store), f"CREATE TABLE IF NOT EXISTS {cls.table} ({cls.columns})"
        postgres = url.kind == "postgresql"
        if postgres:
            # Of two that create a table at once the second fails, though it says IF NOT EXISTS.
            lock = f"SELECT pg_advisory_xact_lock(hashtext('{cls.table}'))"
            create = f"{lock}; {create.replace('BLOB', 'BYTEA')}"
        beside = cls(_postgres(url) if postgres else _sqlite(url, cls.suffix), postgres=postgres)
        try:
            beside._connection.execute(create)
        except BaseException:
            beside.close()
            raise
        return beside

    @classmethod
    def exists(cls, store: str | Path) -> bool:
        """Return whether it is there beside the store at this URL or path; makes none."""
        url = parse_url(store)
        if url.kind == "postgresql":
            connection: Any = _postgres(url)
            with connection:
                found = connection.execute("SELECT to_regclass(%s)", (cls.table,)).fetchone()
                return bool(found[0])
        return url.kind != "memory" and _path(url, cls.suffix).exists()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _execute(self, statement: str, values: Sequence[Any] = ()) -> Any:
        """Run a statement, whose values are marked with `?`, and return its cursor."""
        return self._connection.execute(statement.replace("?", "%s") if self._postgres else statement, values)

    def _forget(self) -> None:
        """Overwrite what was deleted."""
        self._connection.execute(f"VACUUM FULL {self.table}" if self._postgres else "VACUUM")


def _sqlite(url: StoreUrl, suffix: str) -> Connection:
    """Return a connection that overwrites what it deletes; the file is its owner's alone."""
    if url.kind != "memory" and not _path(url, suffix).exists():
        os.close(os.open(_path(url, suffix), os.O_CREAT | os.O_WRONLY, 0o600))
    place = ":memory:" if url.kind == "memory" else _path(url, suffix)
    connection = sqlite3.connect(place, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA secure_delete = ON")
    return connection


def _path(url: StoreUrl, suffix: str) -> Path:
    return url.path.with_name(f"{url.path.name}.{suffix}")


def _postgres(url: StoreUrl) -> Connection:
    import psycopg

    connection: Any = psycopg.connect(url.dsn, autocommit=True)
    return connection  # type: ignore[no-any-return]  # its execute takes literal strings only
