"""The two databases in which tables beside a log are kept, opened and written alike."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import evolve, frozen
from typing_extensions import override

from dualcert import errors
from dualcert.files import written
from dualcert.store import sqlite_file
from dualcert.store.library import sqlite3
from dualcert.store.url import StoreUrl

if TYPE_CHECKING:
    import psycopg

T = TypeVar("T")
Rows = list[tuple[Any, ...]]
Execute = Callable[..., Rows]
"""Run one statement, whose values are marked with `?`, and return its rows."""
Check = Callable[[Sequence[str], Rows | None], None]
"""Checks the columns of an existing table, and its owners: pairs of a store's id and the form's version."""

READ_AGAIN = 3
"""How often a statement is run if its connection breaks."""
ERASING, ERASING_TRIES = "100ms", 30
"""How long one attempt to overwrite waits for other connections, which wait for it as long; and the number of attempts."""
ERASING_PAUSE = 0.1
"""Seconds between two attempts."""
STILL_THERE = "others have the table open, so the bytes of what was deleted are still in it"


@frozen
class TableForm:
    """The definition of a table beside a log: name, columns, and the store that it belongs to."""

    name: str
    columns: tuple[str, ...]
    declared: str
    store_id: str
    version: int

    @property
    def owner(self) -> str:
        """The table that names the store."""
        return f"{self.name}_owner"

    def create(self) -> Iterator[tuple[str, Sequence[Any]]]:
        """Yield the statements that make the table."""
        yield f"CREATE TABLE IF NOT EXISTS {self.name} ({self.declared})", ()
        yield from self.adopt()

    def adopt(self) -> Iterator[tuple[str, Sequence[Any]]]:
        """Yield the statements that name the store, where none is named yet."""
        one = "nth INTEGER PRIMARY KEY CHECK (nth = 1)"
        yield f"CREATE TABLE IF NOT EXISTS {self.owner} ({one}, store_id TEXT NOT NULL, format INTEGER NOT NULL)", ()
        insert = f"INSERT INTO {self.owner} VALUES (1, ?, ?) ON CONFLICT DO NOTHING"  # noqa: S608  constants
        yield insert, (self.store_id, self.version)


class Database(ABC):
    """Where one table is kept."""

    shown: str
    table: TableForm

    @abstractmethod
    def found(self, check: Check) -> bool:
        """Return whether the table is there, and open it; *check* judges one that is opened."""

    @abstractmethod
    def make(self) -> None:
        """Create the table, whole or not at all; another process may have created it meanwhile, so it is opened by `found`."""

    @abstractmethod
    def rows(self, statement: str, values: Sequence[Any] = ()) -> Rows:
        """Return the rows of a statement."""

    @abstractmethod
    def transaction(self, work: Callable[[Execute], T]) -> T:
        """Run *work* in one transaction that excludes other writers, and return its result."""

    @abstractmethod
    def state(self) -> object:
        """Return what is another after every change of the table, by this connection or by others."""

    @abstractmethod
    def overwrite_deleted(self) -> None:
        """Overwrite the bytes of deleted rows."""

    @abstractmethod
    def close(self) -> None:
        """Close the connection."""

    def again(self, work: Callable[[], T]) -> T:
        """Run *work*, again if the connection broke, and return its result."""
        return work()


class SqliteTable(Database):
    """A table in a file of its own, or in memory."""

    def __init__(self, url: StoreUrl, suffix: str, table: TableForm) -> None:
        memory = url.kind == "memory"
        path = url.path if memory else sqlite_file.beside(url.path, suffix)
        self.shown = url.shown if memory else f"{url.shown}.{suffix}"
        self.url, self.table = evolve(url, path=path, shown=self.shown), table
        self._connection: sqlite3.Connection | None = None
        self._place = sqlite_file.Place(self.url, None)

    @override
    def found(self, check: Check) -> bool:
        if self._connection is not None:
            self._place.check()
            return True
        if self.url.kind == "memory":
            return False
        try:
            sqlite_file.check_file(self.url, partial(self._judge, check))
        except errors.StoreMissing:
            return False
        self._place = sqlite_file.Place.of(self.url)
        self._connection = self._connected(self.url)
        return True

    def _judge(self, check: Check, connection: sqlite3.Connection) -> None:
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({self.table.name})")]
        owned = connection.execute(f"PRAGMA table_info({self.table.owner})").fetchone()
        owners = connection.execute(f"SELECT store_id, format FROM {self.table.owner}").fetchall() if owned else None  # noqa: S608  constants
        check(columns, owners)

    @override
    def make(self) -> None:
        if self.url.kind == "memory":
            self._connection = self._filled(self.url)
            return
        try:
            with written(self.url.path, mode=0o600) as part:
                self._filled(evolve(self.url, path=part, options={"journal": "rollback"})).close()
        except errors.FileExists:
            pass  # another process was faster; the table is checked when it is opened
        except errors.FileUnwritable as error:
            raise errors.StoreUnusable(store=self.shown, problem=error.problem) from error

    def _filled(self, url: StoreUrl) -> sqlite3.Connection:
        with self._typed():
            connection = self._connected(url)
            for statement, values in self.table.create():
                connection.execute(statement, values)
            return connection

    def _connected(self, url: StoreUrl) -> sqlite3.Connection:
        """Return a connection that overwrites what it deletes."""
        with self._typed():
            uri = sqlite_file.uri_of(url)
            connection = sqlite3.connect(
                uri, uri=True, isolation_level=None, check_same_thread=False, timeout=sqlite_file.BUSY_TIMEOUT
            )
            try:
                connection.execute("PRAGMA secure_delete = ON")
                if url.kind != "memory" and not url.read_only:
                    sqlite_file.make_durable(connection.cursor(), url)
            except BaseException:
                connection.close()
                raise
            return connection

    @override
    def rows(self, statement: str, values: Sequence[Any] = ()) -> Rows:
        with self._typed(), closing(self._open().execute(statement, values)) as cursor:
            return cursor.fetchall()

    @override
    def transaction(self, work: Callable[[Execute], T]) -> T:
        connection = self._open()
        with self._typed():
            connection.execute("BEGIN IMMEDIATE")
            try:
                done = work(self.rows)
                self._commit(connection)
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            return done

    def _commit(self, connection: sqlite3.Connection) -> None:
        """Commit; raise StoreOutcomeUnknown if SQLite fails and has ended the transaction, one way or the other."""
        try:
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            typed = sqlite_file.store_error(self.shown, error)
            if connection.in_transaction or isinstance(typed, errors.StoreFull):
                raise
            raise errors.StoreOutcomeUnknown(store=self.shown, problem=str(error)) from error

    @override
    def state(self) -> object:
        changed = self.rows("PRAGMA data_version")
        return self._connection, self._open().total_changes, changed

    @override
    def overwrite_deleted(self) -> None:
        """Rewrite the file, also in WAL mode, in which the new pages would stay beside it while others have it open."""
        with self._typed():
            self._open().execute("VACUUM")
            busy = self._open().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if busy:
            raise errors.StoreBusy(store=self.shown, problem=STILL_THERE)

    @override
    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def _open(self) -> sqlite3.Connection:
        assert self._connection is not None
        return self._connection

    @contextmanager
    def _typed(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.ProgrammingError as error:  # the error of sqlite3 for a closed connection
            raise errors.StoreClosed(store=self.shown) from error
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise sqlite_file.store_error(self.shown, error) from error


class PostgresTable(Database):
    """A table in the database of the log."""

    def __init__(self, url: StoreUrl, table: TableForm) -> None:
        self.url, self.table = url, table
        self.shown = f"{url.shown} ({table.name})"
        self._connection: psycopg.Connection[Any] | None = None
        self._there = False

    @override
    def found(self, check: Check) -> bool:
        if not self._there and self.again(partial(self._is_there, self.table.name)):
            columns = "SELECT column_name FROM information_schema.columns WHERE table_name = ? AND table_schema = ?"
            order = f"{columns} ORDER BY ordinal_position"
            found = [row[0] for row in self.rows(order, (self.table.name, "public"))]
            owners = f"SELECT store_id, format FROM {self.table.owner}"  # noqa: S608  constants
            check(found, self.rows(owners) if self._is_there(self.table.owner) else None)
            self._there = True
        return self._there

    def _is_there(self, name: str) -> bool:
        return self.rows("SELECT to_regclass(?)", (f"public.{name}",))[0][0] is not None

    @override
    def make(self) -> None:
        self.again(partial(self._locked, self._create))

    def _create(self, execute: Execute) -> None:
        for statement, values in self.table.create():
            execute(statement.replace("BLOB", "BYTEA"), values)

    @override
    def rows(self, statement: str, values: Sequence[Any] = ()) -> Rows:
        with self._typed():
            cursor = self._open().execute(statement.replace("?", "%s").encode(), values)
            return cursor.fetchall() if cursor.description else []

    @override
    def transaction(self, work: Callable[[Execute], T]) -> T:
        return self._locked(work)

    def _locked(self, work: Callable[[Execute], T]) -> T:
        with self._typed(), self._open().transaction():
            self.rows("SELECT pg_advisory_xact_lock(hashtext(?))", (self.table.name,))
            return work(self.rows)

    @override
    def state(self) -> object:
        return self.rows("SELECT CAST(pg_current_snapshot() AS TEXT)")

    @override
    def overwrite_deleted(self) -> None:
        """Rewrite the table in short attempts, so that readers never wait long."""
        for again in reversed(range(ERASING_TRIES)):  # pragma: no branch  the last try returns or raises
            try:
                self.rows(f"SET lock_timeout = '{ERASING}'")
                self.rows(f"VACUUM FULL {self.table.name}")
            except errors.StoreBusy as busy:
                if not again:
                    raise errors.StoreBusy(store=self.shown, problem=STILL_THERE) from busy
                time.sleep(ERASING_PAUSE)
            else:
                return
            finally:
                self.close()  # with the limit of time that was set for the tries
                self._connection = None

    @override
    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    @override
    def again(self, work: Callable[[], T]) -> T:
        for _ in range(READ_AGAIN - 1):
            try:
                return work()
            except errors.StoreUnusable as error:
                if not self._was_lost(error):
                    raise
                self.close()
                self._connection = None
        return work()

    def _was_lost(self, error: errors.StoreUnusable) -> bool:
        from dualcert.store import postgres_server

        return error.__cause__ is not None and postgres_server.lost(error.__cause__)

    def _open(self) -> psycopg.Connection[Any]:
        from dualcert.store import postgres_server

        if self._connection is None:
            self._connection = postgres_server.connect(self.url)
        return self._connection

    @contextmanager
    def _typed(self) -> Iterator[None]:
        import psycopg

        from dualcert.store import postgres_server

        try:
            yield
        except psycopg.Error as error:
            raise postgres_server.store_error(evolve(self.url, shown=self.shown), error) from error
