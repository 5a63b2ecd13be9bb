"""SQLite through eventsourcing's recorder: immediate transactions, ids that never come back, fsync.

The library leaves `synchronous` to the build, forces WAL and opens anything as an empty store; here
durability is set on every connection and read back, and a file is checked before it is opened
(docs/adr/0004, 0005).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from functools import partial
from operator import attrgetter
from types import TracebackType
from typing import Any

from eventsourcing import persistence
from eventsourcing.persistence import (
    InfrastructureFactory,
    InterfaceError,
    OperationalError,
    PersistenceError,
    StoredEvent,
)
from eventsourcing.sqlite import (
    SQLiteApplicationRecorder,
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
    SQLiteFactory,
    SQLiteTransaction,
)
from eventsourcing.utils import Environment
from typing_extensions import override

from dualcert import errors
from dualcert.domain.entry import LOG_STREAM
from dualcert.store import sqlite_file
from dualcert.store.library import sqlite3
from dualcert.store.rows import Row, RowSpan, check_newest
from dualcert.store.url import StoreUrl

TABLE = "stored_events"
_values = attrgetter("originator_id", "originator_version", "topic", "state")
COLUMNS = ["rowid", "originator_id", "originator_version", "topic", "state"]
GUARDS = {
    f"{TABLE}_never_{what.lower()}": f"BEFORE {what} ON {TABLE} BEGIN SELECT RAISE(ABORT, 'facts never change'); END"
    for what in ("UPDATE", "DELETE")
}
"""The triggers that refuse to change a fact, by name: a slip in a shell of the database costs nothing (docs/adr/0053)."""


def guard(url: StoreUrl) -> None:
    """Add the triggers that are missing in the log's file; raises a subclass of StoreUnusable."""
    check_log_file(url)
    try:
        with closing(
            sqlite3.connect(sqlite_file.uri_of(url), uri=True, timeout=sqlite_file.BUSY_TIMEOUT)
        ) as connection:
            sqlite_file.make_durable(connection.cursor(), url)
            with connection:
                for statement in guarding():
                    connection.execute(statement)
    except sqlite3.Error as error:
        raise sqlite_file.store_error(url.shown, error) from error


def is_guarded(url: StoreUrl) -> bool:
    """Return whether the log's file has the triggers, as they have to be; raises a subclass of StoreUnusable."""
    found: dict[str, str] = {}

    def look(connection: sqlite3.Connection) -> None:
        triggers = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?"
        found.update(connection.execute(triggers, (TABLE,)))

    sqlite_file.check_file(url, look)
    return all_guards(found)


def all_guards(triggers: Mapping[str, str]) -> bool:
    """Return whether *triggers*, name -> statement, are those that refuse to change a fact."""
    return all(triggers.get(name, "").endswith(body) for name, body in GUARDS.items())


def guarding() -> list[str]:
    """Return the statements that make the triggers."""
    return [f"CREATE TRIGGER IF NOT EXISTS {name} {body}" for name, body in GUARDS.items()]


def check_log_file(url: StoreUrl) -> None:
    """Refuse a file that is not a log of dualcert; raises a subclass of StoreUnusable."""
    sqlite_file.check_file(url, partial(_check_table, url))


def _check_table(url: StoreUrl, connection: sqlite3.Connection) -> None:
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({TABLE})")]
    if columns != COLUMNS:
        raise errors.StoreForeign(store=url.shown, problem="it has no log")
    first = connection.execute(f"SELECT originator_id FROM {TABLE} ORDER BY rowid LIMIT 1").fetchone()  # noqa: S608  the table's name is ours
    if first is None:
        raise errors.StoreEmpty(store=url.shown)
    if first[0] != LOG_STREAM:
        raise errors.StoreForeign(store=url.shown, problem="its first row opens no log")


class DurablePool(SQLiteConnectionPool):
    """Durable connections: journal and `synchronous` are set, and read back."""

    def __init__(self, url: StoreUrl, **kwargs: Any) -> None:
        self.url = url
        super().__init__(db_name=sqlite_file.uri_of(url), **kwargs)

    @override
    def _create_connection(self) -> SQLiteConnection:
        try:
            connection = sqlite3.connect(
                self.db_name,
                uri=True,
                check_same_thread=False,  # the pool lends a connection to one thread at a time
                isolation_level=None,
                timeout=sqlite_file.BUSY_TIMEOUT,
            )
        except sqlite3.Error as error:
            raise InterfaceError(error) from error
        connection.row_factory = sqlite3.Row
        if not self.is_sqlite_memory_mode and not self.url.read_only:
            sqlite_file.make_durable(connection.cursor(), self.url)
        return SQLiteConnection(connection, max_age=self.max_age)


class ImmediateTransaction(SQLiteTransaction):
    """A writing transaction takes its lock at once: the default one fails when it has read before."""

    def __enter__(self) -> SQLiteCursor:
        cursor = self.connection.cursor()
        try:
            cursor.execute("BEGIN IMMEDIATE" if self.commit else "BEGIN")
        except sqlite3.OperationalError as error:
            raise OperationalError(error) from error
        return cursor

    @override
    def __exit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None:
        try:
            super().__exit__(exc_type, exc_val, exc_tb)
        except sqlite3.Error as error:  # of another library than that which the recorder knows
            raise getattr(persistence, type(error).__name__, PersistenceError)(error) from error


class DurableDatastore(SQLiteDatastore):
    """The library's datastore over durable connections and immediate transactions, as long as its file is at its place."""

    def __init__(self, url: StoreUrl) -> None:
        self.pool = DurablePool(url)
        self.place = sqlite_file.Place.of(url)
        self.single_row_tracking = True
        self.originator_id_type = "text"

    @override
    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[SQLiteCursor]:
        with (
            self.get_connection(commit=commit) as connection,
            ImmediateTransaction(connection, commit=commit) as cursor,
            cursor,
        ):
            self.place.check()
            yield cursor


class LogRecorder(SQLiteApplicationRecorder):
    """The library's recorder over a table whose ids are never given twice."""

    def __init__(self, datastore: SQLiteDatastore, events_table_name: str = TABLE) -> None:
        super().__init__(datastore, events_table_name)
        self.insert_events_statement = (
            f"INSERT INTO {events_table_name} (originator_id, originator_version, topic, state) "  # noqa: S608  the table's name is ours
            "VALUES (?,?,?,?)"
        )

    @override
    def construct_create_table_statements(self) -> list[str]:
        columns = (
            "rowid INTEGER PRIMARY KEY AUTOINCREMENT",
            "originator_id TEXT NOT NULL",
            "originator_version INTEGER NOT NULL",
            "topic TEXT NOT NULL",
            "state BLOB NOT NULL",
            "UNIQUE (originator_id, originator_version)",
        )
        table = f"CREATE TABLE IF NOT EXISTS {self.events_table_name} ({', '.join(columns)})"
        return [table, *(guarding() if self.events_table_name == TABLE else [])]

    def insert_pages(
        self, pages: Iterable[Sequence[StoredEvent]], recorded_at: datetime | None = None, after: int | None = None
    ) -> RowSpan:
        """Insert page by page in one transaction; return the ids before and behind what was inserted.

        With *recorded_at*, refuse to go behind the newest fact; with *after*, refuse where that is not the newest row's id.
        """
        with self.datastore.transaction(commit=True) as cursor:
            cursor.execute(f"SELECT state, rowid FROM {self.events_table_name} ORDER BY rowid DESC LIMIT 1")  # noqa: S608  the table's name is ours
            last = cursor.fetchone()
            check_newest(last, recorded_at, after)
            for page in pages:
                cursor.executemany(self.insert_events_statement, map(_values, page))
            cursor.execute(f"SELECT max(rowid) FROM {self.events_table_name}")  # noqa: S608  the table's name is ours
            return RowSpan(last[1] if last else 0, cursor.fetchone()[0] or 0)

    def settle(self) -> None:
        """Make sure that a commit which was reported as failed is not in the log after the next opening.

        In WAL mode, if only the sync failed, all pages of the commit are in the file beside the log, and the next opening would
        take them into the log. Another commit is written over them.
        """
        if self._rows("PRAGMA journal_mode")[0][0] == "wal":
            ((version,),) = self._rows("PRAGMA user_version")
            with self.datastore.transaction(commit=True) as cursor:
                cursor.execute(f"PRAGMA user_version = {version}")  # the same value: this commit changes nothing else

    def page(self, after: int, limit: int) -> list[Row]:
        """Return up to *limit* rows with an id above *after*, whole: no cursor stays open."""
        return self._rows(
            f"SELECT {', '.join(COLUMNS)} FROM {self.events_table_name} WHERE rowid > ? ORDER BY rowid LIMIT ?",  # noqa: S608  the table's name is ours
            after,
            limit,
        )

    def length(self) -> int | None:
        """Return how many rows there are, if the id of each is its position; None if ids were left out."""
        ((rows,),) = self._rows(f"SELECT count(*) FROM {self.events_table_name}")  # noqa: S608  the table's name is ours
        ((last,),) = self._rows(f"SELECT max(rowid) FROM {self.events_table_name}")  # noqa: S608  as above
        return rows if rows == last else None

    def guarded(self) -> int | None:
        """Return the number of the triggers, another one after one was removed; None where one is missing."""
        found = self._rows("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", TABLE)
        ((cookie,),) = self._rows("PRAGMA schema_version")
        return int(cookie) if all_guards(dict(found)) else None

    def stream(self, stream: str, until: int) -> list[Row]:
        """Return the rows of a stream with an id up to *until*, in order of version."""
        return self._rows(
            f"SELECT {', '.join(COLUMNS)} FROM {self.events_table_name} "  # noqa: S608  the table's name is ours
            "WHERE originator_id = ? AND rowid <= ? ORDER BY originator_version",
            stream,
            until,
        )

    def streams(self, kind: str) -> list[str]:
        """Return the ids of the streams that begin with *kind* and a hyphen, in order."""
        found = self._rows(
            f"SELECT DISTINCT originator_id FROM {self.events_table_name} "  # noqa: S608  the table's name is ours
            "WHERE originator_id >= ? AND originator_id < ? ORDER BY originator_id",
            f"{kind}-",
            f"{kind}.",  # what sorts next after a hyphen
        )
        return [stream for (stream,) in found]

    def _rows(self, statement: str, *values: object) -> list[Any]:
        with self.datastore.transaction(commit=False) as cursor:
            plain = cursor.sqlite_cursor
            plain.row_factory = None
            plain.execute(statement, values)
            return plain.fetchall()


class LogFactory(SQLiteFactory):
    """The library's factory over our datastore and recorder."""

    application_recorder_class = LogRecorder

    def __init__(self, env: Environment, url: StoreUrl) -> None:
        InfrastructureFactory.__init__(self, env)
        self.datastore = DurableDatastore(url)
