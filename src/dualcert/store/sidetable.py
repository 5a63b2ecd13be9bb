"""A table that lies beside a log: what may be erased, outside the facts, kept with the care of the log.

Beside an SQLite store `books.db` it is a file `books.db.SUFFIX`, its owner's alone; beside a log in PostgreSQL a
table of the same database; beside one in memory it is in memory, too. A question makes nothing: the table is
made whole by the first writing. It names the store that it belongs to and the version of its form, so that the
table of another store, or of a newer dualcert, is refused as the log's is.
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

FORMAT = 1
"""The version of the form of the tables beside a log."""

T = TypeVar("T")


class SideTable:
    """One table beside a log; a class for each says which. Closes as a context manager; threads may share it."""

    suffix: ClassVar[str]
    """Of the file, beside an SQLite store."""
    table: ClassVar[str]
    columns: ClassVar[tuple[str, ...]]
    """Names, in their order."""
    declared: ClassVar[str]
    """Columns and constraints as SQLite has them."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._lock = threading.RLock()
        self._process = os.getpid()
        self._owned = True
        self._database = self._new_database()

    @classmethod
    def open(cls, store: Store) -> Self:
        """Open what lies beside *store*; nothing is made before something is written.

        Raises a subclass of StoreUnusable where what is there is empty, foreign, damaged, newer, or cannot be read.
        """
        table = cls(store)
        try:
            table.exists()
        except BaseException:
            table.close()
            raise
        return table

    def exists(self) -> bool:
        """Return whether the table was made; raises as `open` does."""
        with self._lock:
            return self._found()

    @property
    def place(self) -> str:
        """Where it is, fit for messages."""
        return self._database.shown

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _select(self, statement: str, values: Sequence[Any], read: Callable[[Sequence[Any]], T]) -> list[T]:
        """Return what *read* makes of each row of a question; none where nothing was ever written.

        Raises StoreDamaged where *read* cannot make anything of a row (TypeError or ValueError).
        """
        with self._lock:
            rows = self._database.again(lambda: self._database.rows(statement, values)) if self._found() else []
        with self._sound():
            return [read(row) for row in rows]

    def _write(self, work: Callable[[Execute], T]) -> T:
        """Return what *work* does in one transaction that excludes other writers; the table is made where it is not.

        *work* is run again where the connection was lost: doing it twice has to come to the same. Raises
        StoreReadOnly, and other subclasses of StoreUnusable.
        """
        with self._lock:
            if self.store.url.read_only:
                raise errors.StoreReadOnly(store=self.place)
            if not self._found():
                self._database.make()
            whole = work if self._owned else self._adopting(work)
            with self._sound():
                return self._database.again(lambda: self._database.transaction(whole))

    @contextmanager
    def _sound(self) -> Iterator[None]:
        """Name this table where a row holds what no row of it can."""
        try:
            yield
        except (TypeError, ValueError) as error:
            raise errors.StoreDamaged(store=self.place, problem=str(error)) from error

    def _overwrite_deleted(self) -> None:
        """Overwrite the bytes of what was deleted; raises StoreBusy where others keep them readable."""
        with self._lock:
            if self._found():
                self._database.overwrite_deleted()

    def _found(self) -> bool:
        if self._process != os.getpid():  # forked: the connection is the parent's
            self._process, self._database = os.getpid(), self._new_database()
        return self._database.found(self._check)

    def _new_database(self) -> Database:
        table = TableForm(self.table, self.columns, self.declared, self.store.id, FORMAT)
        if self.store.url.kind == "postgresql":
            return PostgresTable(self.store.url, table)
        return SqliteTable(self.store.url, self.suffix, table)

    def _check(self, columns: Sequence[str], owners: Rows | None) -> None:
        """Refuse a table of other columns, of another store, or of a newer form; an old one names no store yet."""
        if tuple(columns) != self.columns:
            raise errors.StoreForeign(store=self.place, problem=f"its columns are {', '.join(columns) or 'none'}")
        self._owned = bool(owners)
        for owner, version in owners or ():
            if type(version) is not int:
                raise errors.StoreDamaged(store=self.place, problem=f"{self.table} names no version of its form")
            if version > FORMAT:
                raise errors.WrittenByNewer(store=self.place, name=f"{self.table}, format {version}")
            if owner != self.store.id:
                raise errors.StoreForeign(store=self.place, problem=f"it belongs to the store {owner}")

    def _adopting(self, work: Callable[[Execute], T]) -> Callable[[Execute], T]:
        """Return *work* after a table of before there were owners was given to this store."""

        def adopt(execute: Execute) -> T:
            for statement, values in self._database.table.adopt():
                execute(statement, values)
            self._owned = True
            return work(execute)

        return adopt
