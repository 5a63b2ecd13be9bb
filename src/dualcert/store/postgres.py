"""PostgreSQL through eventsourcing's recorder: one transaction an append, never a blind retry.

The library retries an insert whose connection broke, also after the server committed it, and sends
large inserts through a pipeline that can hang. Here an append runs once, in statements of at most
1,000 facts; after a broken connection the log is read to see whether they arrived (docs/adr/0004).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from datetime import datetime
from typing import Any

import psycopg
from eventsourcing.persistence import InfrastructureFactory, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore, PostgresFactory
from eventsourcing.utils import Environment
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Composed, Identifier
from typing_extensions import override

from dualcert.store import postgres_server
from dualcert.store.rows import Row, RowSpan, check_newest
from dualcert.store.url import StoreUrl

STATEMENT_LIMIT = 1_000
TABLE = "dualcert_events"


GUARD, GUARD_FUNCTION = "dualcert_events_never_change", "dualcert_facts_never_change"
"""The trigger that refuses to change a fact, and the function that it calls (docs/adr/0053)."""


def guarding(schema: str, table: str) -> list[Composed]:
    """Return the statements that make the trigger, and take the rights to change facts from everybody but the owner."""
    names = {
        "function": Identifier(schema, GUARD_FUNCTION), "table": Identifier(schema, table), "guard": Identifier(GUARD),
    }  # fmt: skip
    return [
        SQL(each).format(**names)
        for each in (
            (
                "CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS "
                "$$BEGIN RAISE EXCEPTION 'facts never change'; END$$"
            ),
            (
                "CREATE OR REPLACE TRIGGER {guard} BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
            ),
            "REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM PUBLIC",
        )
    ]


def guard(url: StoreUrl) -> None:
    """Make the trigger where it is missing; raises a subclass of StoreUnusable."""
    with closing(postgres_server.connect(url)) as connection:
        try:
            with connection.transaction():
                for statement in guarding("public", TABLE):
                    connection.execute(statement)
        except psycopg.Error as error:
            raise postgres_server.store_error(url, error) from error


def is_guarded(url: StoreUrl) -> bool:
    """Return whether the log's table has the trigger, and it is on; raises a subclass of StoreUnusable."""
    query = (
        "SELECT count(*) FROM pg_trigger WHERE tgrelid = to_regclass(%s) AND tgname = %s AND tgenabled IN ('O', 'A') "
        "AND tgfoid = to_regproc(%s)"
    )
    with closing(postgres_server.connect(url)) as connection:
        try:
            row = connection.execute(query, (f"public.{TABLE}", GUARD, f"public.{GUARD_FUNCTION}")).fetchone()
        except psycopg.Error as error:
            raise postgres_server.store_error(url, error) from error
    return row is not None and row[0] == 1


class DurablePostgres(PostgresDatastore):
    """The library's datastore, configured by a URL, over connections from `postgres_server`."""

    def __init__(self, url: StoreUrl) -> None:
        self.url = url
        asked = postgres_server.parameters(url)
        super().__init__(
            dbname=str(asked.pop("dbname", "postgres")),
            host=str(asked.pop("host", "")),
            port=str(asked.pop("port", "")),
            user=str(asked.pop("user", "")),
            password=str(asked.pop("password", "")),
            connect_timeout=postgres_server.CONNECT_TIMEOUT,
            idle_in_transaction_session_timeout=30,
            pool_size=1,
            max_overflow=9,
            pre_ping=True,
            lock_timeout=postgres_server.LOCK_TIMEOUT,
            originator_id_type="text",
        )
        assert isinstance(self.pool.kwargs, dict)
        self.pool.kwargs = {k: v for k, v in self.pool.kwargs.items() if v != ""} | asked

    @override
    def after_connect_func(self) -> Callable[[psycopg.Connection[Any]], None]:
        configure, url = super().after_connect_func(), self.url

        def after_connect(connection: psycopg.Connection[Any]) -> None:
            configure(connection)
            postgres_server.make_durable(connection, url)

        return after_connect


class LogRecorder(PostgresApplicationRecorder):
    """The library's recorder, which appends in one transaction under the table's lock."""

    def __init__(self, datastore: PostgresDatastore, *, events_table_name: str = "stored_events") -> None:
        super().__init__(datastore, events_table_name=events_table_name)
        if events_table_name == TABLE:
            self.sql_create_statements += guarding(datastore.schema, events_table_name)

    def exists(self) -> bool:
        """Return whether the log's table is there."""
        name = f"{self.datastore.schema}.{self.events_table_name}"
        with self.datastore.get_connection() as connection:
            row = connection.execute("SELECT to_regclass(%s) AS found", [name]).fetchone()
        return row is not None and row["found"] is not None

    @override
    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int] | None:
        """Insert in one transaction."""
        ids: list[int] = []
        with (
            self.datastore.get_connection() as connection,
            connection.transaction(),
            connection.cursor() as cursor,
        ):
            self._lock_table(cursor)
            for start in range(0, len(stored_events), STATEMENT_LIMIT):
                self._insert_stored_events(cursor, stored_events[start : start + STATEMENT_LIMIT])
                ids += [row["notification_id"] for row in cursor.fetchall()]
        return ids

    def insert_pages(
        self, pages: Iterable[Sequence[StoredEvent]], recorded_at: datetime | None = None, after: int | None = None
    ) -> RowSpan:
        """Insert page by page in one transaction; return the ids before and behind what was inserted.

        With *recorded_at*, refuse to go behind the newest fact; with *after*, refuse where that is not the newest row's id.
        """
        with (
            self.datastore.get_connection() as connection,
            connection.transaction(),
            connection.cursor() as cursor,
        ):
            self._lock_table(cursor)
            last = self._last_state(connection)
            check_newest(last, recorded_at, after)
            behind = last[1] if last else 0
            for page in pages:
                for start in range(0, len(page), STATEMENT_LIMIT):
                    self._insert_stored_events(cursor, page[start : start + STATEMENT_LIMIT])
                    behind = cursor.fetchall()[-1]["notification_id"]
            return RowSpan(last[1] if last else 0, behind)

    def settle(self) -> None:
        """Wait until no connection is writing: an append whose connection broke may still be under way."""
        with self.datastore.get_connection() as connection, connection.transaction():
            connection.execute(SQL("LOCK TABLE {}.{} IN SHARE MODE").format(*self._table()))

    def _last_state(self, connection: psycopg.Connection[Any]) -> tuple[bytes, int] | None:
        query = SQL("SELECT state, notification_id FROM {}.{} ORDER BY notification_id DESC LIMIT 1")
        with connection.cursor(row_factory=tuple_row) as cursor:
            return cursor.execute(query.format(*self._table())).fetchone()

    def page(self, after: int, limit: int) -> list[Row]:
        """Return up to *limit* rows with an id above *after*."""
        query = SQL(
            "SELECT notification_id, originator_id, originator_version, topic, state FROM {}.{} "
            "WHERE notification_id > %s ORDER BY notification_id LIMIT %s"
        )
        with (
            self.datastore.get_connection() as connection,
            connection.cursor(row_factory=tuple_row, binary=True) as cursor,
        ):
            return cursor.execute(query.format(*self._table()), (after, limit)).fetchall()

    def _table(self) -> tuple[Identifier, Identifier]:
        return Identifier(self.datastore.schema), Identifier(self.events_table_name)


class LogFactory(PostgresFactory):
    """The library's factory over our datastore and recorder."""

    application_recorder_class = LogRecorder

    def __init__(self, env: Environment, url: StoreUrl) -> None:
        InfrastructureFactory.__init__(self, env)
        postgres_server.connect(url).close()  # its error has the reason; the pool's only has a timeout
        self.datastore = DurablePostgres(url)
