"""SQLite through eventsourcing's recorder: immediate transactions, ids that never come back, fsync.

The library leaves `synchronous` to the build, forces WAL and opens anything as an empty store; here
durability is set on every connection and read back, and a file is looked at before it is opened
(docs/adr/0004, 0005).
"""

from __future__ import annotations

import itertools
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import quote

from eventsourcing.persistence import InfrastructureFactory, OperationalError, StoredEvent
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
from dualcert.store.rows import Row, check_order
from dualcert.store.url import StoreUrl

TABLE = "stored_events"
HEADER = b"SQLite format 3\0"
FULL, EXTRA = 2, 3

_MEMORY_NUMBERS = itertools.count(1)


def can_lose_wal(version: tuple[int, ...]) -> bool:
    """Return whether SQLite *version* can corrupt a WAL file when two connections checkpoint at once.

    3.7.0 to 3.51.2 can; the fix is in 3.51.3 and went back to 3.50.7 and 3.44.6.
    """
    fixed_branch = (version[:2] == (3, 44) and version >= (3, 44, 6)) or (
        version[:2] == (3, 50) and version >= (3, 50, 7)
    )
    return (3, 7, 0) <= version < (3, 51, 3) and not fixed_branch


def journal_of(url: StoreUrl, version: tuple[int, ...] = sqlite3.sqlite_version_info) -> tuple[str, int]:
    """Return the journal mode and the `synchronous` level to use: WAL where it is safe or asked for."""
    asked = url.options.get("journal")
    wal = asked == "wal" or (asked is None and not can_lose_wal(version))
    return ("wal", FULL) if wal else ("truncate", EXTRA)


def create_file(url: StoreUrl) -> None:
    """Make the empty file of a new store, readable by its owner only; raises StoreExists."""
    try:
        os.close(os.open(url.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        raise errors.StoreExists(store=url.shown) from None
    except OSError as error:
        raise errors.StoreUnusable(store=url.shown, problem=str(error.strerror)) from error


def check_file(url: StoreUrl) -> None:
    """Refuse a file that is no store of ours, before anything in it is touched."""
    try:
        with url.path.open("rb") as file:
            head = file.read(len(HEADER))
    except FileNotFoundError:
        raise errors.StoreMissing(store=url.shown) from None
    except OSError as error:
        raise errors.StoreForeign(store=url.shown, problem=str(error.strerror)) from None
    if not head:
        raise errors.StoreEmpty(store=url.shown)
    if head != HEADER:
        raise errors.StoreForeign(store=url.shown, problem="not an SQLite file")
    try:
        with closing(sqlite3.connect(_uri(url), uri=True)) as connection:
            _check_table(url, connection)
    except sqlite3.DatabaseError as error:
        raise trouble(url.shown, error) from error


def _check_table(url: StoreUrl, connection: sqlite3.Connection) -> None:
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({TABLE})")]
    if columns != ["rowid", "originator_id", "originator_version", "topic", "state"]:
        raise errors.StoreForeign(store=url.shown, problem="it has no log")
    first = connection.execute(f"SELECT originator_id FROM {TABLE} ORDER BY rowid LIMIT 1").fetchone()  # noqa: S608  the table's name is ours
    if first is None:
        raise errors.StoreEmpty(store=url.shown)
    if first[0] != LOG_STREAM:
        raise errors.StoreForeign(store=url.shown, problem="its first row opens no log")


def trouble(store: str, error: Exception) -> errors.StoreUnusable:
    """Return the typed error for what SQLite said."""
    said = str(error)
    if "locked" in said or "busy" in said:
        return errors.StoreBusy(store=store, problem=said)
    if "readonly" in said:
        return errors.StoreReadOnly(store=store)
    if "malformed" in said or "not a database" in said:
        return errors.StoreDamaged(store=store, problem=said)
    return errors.StoreUnusable(store=store, problem=said)


def _uri(url: StoreUrl) -> str:
    if url.kind == "memory":
        return f"file:dualcert-{next(_MEMORY_NUMBERS)}?mode=memory&cache=shared"
    return f"file:{quote(str(url.path))}?mode={url.options.get('mode', 'rw')}"


class DurablePool(SQLiteConnectionPool):
    """Connections that keep what they acknowledge: journal and `synchronous` set, and read back."""

    def __init__(self, url: StoreUrl, **kwargs: Any) -> None:
        self.url = url
        super().__init__(db_name=_uri(url), **kwargs)
        self.is_journal_mode_wal = True  # the library would switch every file to WAL

    @override
    def _create_connection(self) -> SQLiteConnection:
        connection = super()._create_connection()
        if not self.is_sqlite_memory_mode and self.url.options.get("mode") != "ro":
            self._make_durable(connection.cursor().sqlite_cursor)
        return connection

    def _make_durable(self, cursor: sqlite3.Cursor) -> None:
        journal, synchronous = journal_of(self.url)
        found = cursor.execute(f"PRAGMA journal_mode={journal}").fetchone()[0]
        cursor.execute(f"PRAGMA synchronous={synchronous}")
        cursor.execute("PRAGMA fullfsync=ON")
        cursor.execute("PRAGMA checkpoint_fullfsync=ON")
        level = cursor.execute("PRAGMA synchronous").fetchone()[0]
        if (found, level) != (journal, synchronous):
            problem = f"journal {found}, synchronous {level} where {journal}, {synchronous} was set"
            raise errors.StoreNotDurable(store=self.url.shown, problem=problem)


class ImmediateTransaction(SQLiteTransaction):
    """A writing transaction takes its lock at once: the default one fails when it has read before."""

    def __enter__(self) -> SQLiteCursor:
        cursor = self.connection.cursor()
        try:
            cursor.execute("BEGIN IMMEDIATE" if self.commit else "BEGIN")
        except sqlite3.OperationalError as error:
            raise OperationalError(error) from error
        return cursor


class DurableDatastore(SQLiteDatastore):
    """The library's datastore over durable connections and immediate transactions."""

    def __init__(self, url: StoreUrl) -> None:
        self.pool = DurablePool(url)
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
        return [f"CREATE TABLE IF NOT EXISTS {self.events_table_name} ({', '.join(columns)})"]

    @override
    def insert_events(
        self, stored_events: Sequence[StoredEvent], *, recorded_at: datetime | None = None, **kwargs: Any
    ) -> Sequence[int] | None:
        """Insert in one transaction; with *recorded_at*, refuse to go behind the newest fact."""
        with self.datastore.transaction(commit=True) as cursor:
            if recorded_at is not None:
                cursor.execute(f"SELECT state FROM {self.events_table_name} ORDER BY rowid DESC LIMIT 1")  # noqa: S608  the table's name is ours
                check_order(cursor.fetchone(), recorded_at)
            return self._insert_events(cursor, stored_events, **kwargs)

    def insert_pages(self, pages: Iterable[Sequence[StoredEvent]]) -> None:
        """Insert a whole log in one transaction."""
        with self.datastore.transaction(commit=True) as cursor:
            for page in pages:
                self._insert_events(cursor, page)

    def page(self, after: int, limit: int) -> list[Row]:
        """Return up to *limit* rows with an id above *after*, whole: no cursor stays open."""
        with self.datastore.transaction(commit=False) as cursor:
            plain = cursor.sqlite_cursor
            plain.row_factory = None
            plain.execute(
                "SELECT rowid, originator_id, originator_version, topic, state "  # noqa: S608  the table's name is ours
                f"FROM {self.events_table_name} WHERE rowid > ? ORDER BY rowid LIMIT ?",
                (after, limit),
            )
            return plain.fetchall()


class LogFactory(SQLiteFactory):
    """The library's factory over our datastore and recorder."""

    application_recorder_class = LogRecorder

    def __init__(self, env: Environment, url: StoreUrl) -> None:
        InfrastructureFactory.__init__(self, env)
        self.datastore = DurableDatastore(url)
