"""A table beside a log for data that may be erased, stored as durably as the log.

Beside an SQLite store `books.db` it is a file `books.db.SUFFIX`, readable by its owner only; beside a log in
PostgreSQL a table of the same database; beside one in memory it is in memory, too. Reading makes no table: the
first write makes it, whole. It has the id of its store and the version of its form, so the table of another
store, or of a newer dualcert, is refused.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, Self, TypeVar

from dualcert import errors
from dualcert.store.tables import Database, Execute, PostgresTable, Rows, SqliteTable, TableForm
from dualcert.store.url import Store

FORMAT = 2
"""The version of the form of the tables beside a log; in the first one, what they have of people was plain text."""

T = TypeVar("T")


class SideTable:
    """One table beside a log, defined by a subclass. Closes as a context manager; threads may share it."""

    suffix: ClassVar[str]
    """The suffix of the file beside an SQLite store."""
    table: ClassVar[str]
    columns: ClassVar[tuple[str, ...]]
    """Names, in their order."""
    declared: ClassVar[str]
    """Columns and constraints as SQLite has them."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._lock = threading.RLock()
        self._process = os.getpid()
        self._current = True
        self._closed = False
        self._database = self._new_database()

    @classmethod
    def open(cls, store: Store) -> Self:
        """Open the table beside *store*; it is made by the first write.

        Raises a subclass of StoreUnusable if it is empty, foreign, damaged, newer, or cannot be read.
        """
        table = cls(store)
        try:
            table.exists()
        except BaseException:
            table.close()
            raise
        return table

    def exists(self) -> bool:
        """Return whether the table was made; raises the errors of `open`."""
        with self._lock:
            return self._found()

    @property
    def place(self) -> str:
        """The place of the table, as messages show it."""
        return self._database.shown

    def close(self) -> None:
        """Close the connection; what is asked of the table afterwards raises StoreClosed."""
        with self._lock:
            self._closed = True
            self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def raw(self) -> list[Sequence[Any]]:
        """Return all rows as they are stored, in order of their first two columns; none if nothing was ever written."""
        return self._select(f"SELECT {', '.join(self.columns)} FROM {self.table} ORDER BY 1, 2", (), tuple)  # noqa: S608  constants

    def fill(self, rows: Sequence[Sequence[Any]]) -> None:
        """Write a whole table; raises StoreExists if there are other rows than these, StoreUnusable."""

        def work(execute: Execute) -> None:
            check(execute(f"SELECT {names} FROM {self.table}"))  # noqa: S608  constants
            for row in rows:
                execute(insert, row)

        def check(found: Sequence[Sequence[Any]]) -> None:
            if not known.issuperset(tuple(_plain(each) for each in row) for row in found):
                raise errors.StoreExists(store=self.place)

        known = {tuple(_plain(each) for each in row) for row in rows}
        check(self.raw())  # before a table is made
        names, marks = ", ".join(self.columns), ", ".join("?" * len(self.columns))
        insert = f"INSERT INTO {self.table} ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING"  # noqa: S608  constants
        self._write(work)

    def _select(self, statement: str, values: Sequence[Any], read: Callable[[Sequence[Any]], T]) -> list[T]:
        """Return the result of *read* for each row of a statement; none if nothing was ever written.

        Raises StoreDamaged if *read* raises TypeError or ValueError.
        """
        with self._lock:
            rows = self._database.again(lambda: self._database.rows(statement, values)) if self._found() else []
        with self._sound():
            return [read(row) for row in rows]

    def _write(self, work: Callable[[Execute], T]) -> T:
        """Run *work* in one transaction that excludes other writers, making the table if needed; return its result.

        *work* is run again if the connection was lost, so running it twice must have the same effect as once.
        Raises StoreReadOnly, and other subclasses of StoreUnusable.
        """
        with self._lock:
            if self.store.url.read_only:
                raise errors.StoreReadOnly(store=self.place)
            if not self._found():
                self._database.make()
                self._found()
            current = self._current
            whole = work if current else self._renewing(work)
            with self._sound():
                done = self._database.again(lambda: self._database.transaction(whole))
            if not current:
                self._current = True
                self._after_renewal()
            return done

    @contextmanager
    def _sound(self) -> Iterator[None]:
        """Raise StoreDamaged with the name of this table if a row cannot be read."""
        try:
            yield
        except (TypeError, ValueError) as error:
            raise errors.StoreDamaged(store=self.place, problem=str(error)) from error

    def _state(self) -> object:
        """Return what changes with every change of the table, by whomever; compare it with an earlier one."""
        with self._lock:
            return self._database.again(self._database.state) if self._found() else None

    def _overwrite_deleted(self) -> None:
        """Overwrite the bytes of deleted rows; raises StoreBusy while other connections keep them readable."""
        with self._lock:
            if self._found():
                self._database.overwrite_deleted()

    def _found(self) -> bool:
        if self._closed:
            raise errors.StoreClosed(store=self.place)
        if self._process != os.getpid():  # forked: the connection is the parent's
            self._process, self._database = os.getpid(), self._new_database()
        return self._database.found(self._check)

    def _new_database(self) -> Database:
        table = TableForm(self.table, self.columns, self.declared, self.store.id, FORMAT)
        if self.store.url.kind == "postgresql":
            return PostgresTable(self.store.url, table)
        return SqliteTable(self.store.url, self.suffix, table)

    def _check(self, columns: Sequence[str], owners: Rows | None) -> None:
        """Refuse a table with other columns, of another store, or of a newer form; an old table has no store id yet."""
        if tuple(columns) != self.columns:
            raise errors.StoreForeign(store=self.place, problem=f"its columns are {', '.join(columns) or 'none'}")
        self._current = bool(owners) and all(version == FORMAT for _, version in owners or ())
        for owner, version in owners or ():
            if type(version) is not int:
                raise errors.StoreDamaged(store=self.place, problem=f"{self.table} names no version of its form")
            if version > FORMAT:
                raise errors.WrittenByNewer(store=self.place, name=f"{self.table}, format {version}")
            if owner != self.store.id:
                raise errors.StoreForeign(store=self.place, problem=f"it belongs to the store {owner}")

    def _renewing(self, work: Callable[[Execute], T]) -> Callable[[Execute], T]:
        """Return *work*, preceded by what brings an older table to the present form and gives it to this store."""

        def renewed(execute: Execute) -> T:
            for statement, values in self._database.table.adopt():
                execute(statement, values)
            self._renew(execute)
            execute(f"UPDATE {self._database.table.owner} SET format = ?", (FORMAT,))  # noqa: S608  constants
            return work(execute)

        return renewed

    def _renew(self, execute: Execute) -> None:
        """Bring rows of an older form to the present one; rows of the present form stay as they are."""

    def _after_renewal(self) -> None:
        """Do what is left when the rows of an older form were brought to the present one."""


def _plain(value: object) -> object:
    """Return *value* in the form in which values of two databases are compared."""
    return bytes(value) if isinstance(value, memoryview | bytearray) else value
