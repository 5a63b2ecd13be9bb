"""What lies beside a log: tables that may be erased, outside the facts.

Beside an SQLite store `books.db` it is a file `books.db.SUFFIX`, its owner's alone; beside a log in
PostgreSQL tables of the same database; beside one in memory it is in memory, too.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, Self

from attrs import frozen

from dualcert.store.url import StoreUrl, parse_url


class Connection(Protocol):
    """What both databases have."""

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> Any:
        """Run a statement."""

    def close(self) -> None:
        """Close."""


@frozen
class Beside:
    """Tables beside a log. Statements mark values with `?`, whichever database it is."""

    _connection: Connection
    _mark: str
    _forget: str

    @classmethod
    def open(cls, store: str | Path, suffix: str, table: str, columns: str) -> Self:
        """Open the *table* of these *columns* beside the store at this URL or path; it is made when it is first needed.

        *columns* are those of SQLite. Raises BadStoreUrl.
        """
        url, create = parse_url(store), f"CREATE TABLE IF NOT EXISTS {table} ({columns})"
        if url.kind == "postgresql":
            beside = cls(_postgres(url), "%s", "VACUUM FULL {table}")
            # Of two that create a table at once the second fails, though it says IF NOT EXISTS.
            lock = f"SELECT pg_advisory_xact_lock(hashtext('{table}'))"
            create = f"{lock}; {create.replace('BLOB', 'BYTEA')}"
        else:
            beside = cls(_sqlite(url, suffix), "?", "VACUUM")
        try:
            beside._connection.execute(create)
        except BaseException:
            beside.close()
            raise
        return beside

    @classmethod
    def exists(cls, store: str | Path, suffix: str, table: str) -> bool:
        """Return whether there is such a table beside the store; makes none."""
        url = parse_url(store)
        if url.kind == "postgresql":
            connection: Any = _postgres(url)
            with connection:
                found = connection.execute("SELECT to_regclass(%s)", (table,)).fetchone()
                return bool(found[0])
        return url.kind != "memory" and _path(url, suffix).exists()

    def execute(self, statement: str, values: Sequence[Any] = ()) -> Any:
        """Run a statement and return its cursor."""
        return self._connection.execute(statement.replace("?", self._mark), values)

    def forget(self, table: str) -> None:
        """Overwrite what was deleted from *table*."""
        self._connection.execute(self._forget.format(table=table))

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


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
