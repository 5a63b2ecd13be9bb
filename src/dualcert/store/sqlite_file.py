"""How every SQLite file is opened: checked before it is opened, durable, with typed errors.

The log and the tables beside it are opened alike: reading makes no file, and a file that is missing, empty,
foreign, damaged or newer is refused before SQLite touches it.
"""

from __future__ import annotations

import itertools
import os
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from attrs import frozen

from dualcert import errors
from dualcert.store import journal
from dualcert.store.causes import cause_of
from dualcert.store.library import sqlite3
from dualcert.store.url import StoreUrl

HEADER = b"SQLite format 3\0"
FULL, EXTRA = 2, 3
BUSY_TIMEOUT = 5.0
"""Seconds to wait for other connections."""

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


def uri_of(url: StoreUrl) -> str:
    """Return the URI by which SQLite opens *url*; each of a store in memory is another store."""
    if url.kind == "memory":
        return f"file:dualcert-{next(_MEMORY_NUMBERS)}?mode=memory&cache=shared"
    return f"file:{quote(os.fsencode(url.path))}?mode={'ro' if url.read_only else 'rw'}"


def make_durable(cursor: sqlite3.Cursor, url: StoreUrl) -> None:
    """Set journal and `synchronous` of a connection and read them back; raises StoreNotDurable."""
    journal_mode, synchronous = journal_of(url)
    found = cursor.execute(f"PRAGMA journal_mode={journal_mode}").fetchone()[0]
    cursor.execute(f"PRAGMA synchronous={synchronous}")
    cursor.execute("PRAGMA fullfsync=ON")
    cursor.execute("PRAGMA checkpoint_fullfsync=ON")
    level = cursor.execute("PRAGMA synchronous").fetchone()[0]
    if (found, level) != (journal_mode, synchronous):
        problem = f"journal {found}, synchronous {level} where {journal_mode}, {synchronous} was set"
        raise errors.StoreNotDurable(store=url.shown, problem=problem)


def check_file(url: StoreUrl, check: Callable[[sqlite3.Connection], None]) -> None:
    """Refuse a file that is not ours before anything in it is touched; *check* looks at its tables.

    Raises StoreMissing, StoreEmpty, StoreForeign, StoreJournalLeft, and what *check* raises.
    """
    check_head(url)
    journal.check_journal(url.path, url.shown)
    try:
        with closing(sqlite3.connect(uri_of(url), uri=True, timeout=BUSY_TIMEOUT)) as connection:
            check(connection)
    except sqlite3.Error as error:
        raise store_error(url.shown, error) from error


def check_head(url: StoreUrl) -> None:
    """Refuse what is not an SQLite file, by its kind and its first bytes; a pipe or a device is refused at once."""
    try:
        if not stat.S_ISREG(url.path.stat().st_mode):
            raise errors.StoreForeign(store=url.shown, problem="not a file")
        with url.path.open("rb") as file:
            head = file.read(len(HEADER))
    except FileNotFoundError:
        if url.path.is_symlink():  # what it leads to may be on a disk that is not mounted, and is not to be made anew
            raise errors.StoreUnusable(store=url.shown, problem="a link to nothing") from None
        raise errors.StoreMissing(store=url.shown) from None
    except OSError as error:
        raise errors.StoreUnusable(store=url.shown, problem=error.strerror or str(error)) from None
    if not head:
        raise errors.StoreEmpty(store=url.shown)
    if head != HEADER:
        raise errors.StoreForeign(store=url.shown, problem="not an SQLite file")


@frozen
class Place:
    """The file at the place of a store, as it was when it was opened; another one may lie there later."""

    url: StoreUrl
    file: tuple[int, int] | None
    """Device and number; None for a store in memory."""

    @classmethod
    def of(cls, url: StoreUrl) -> Place:
        """Return the place of *url* with the file that is there now."""
        return cls(url, None if url.kind == "memory" else _number(url.path))

    def check(self) -> None:
        """Raise StoreMoved if the file at the place is another one by now: what is recorded would be lost with the old one."""
        if self.file is not None and _number(self.url.path) != self.file:
            raise errors.StoreMoved(store=self.url.shown)


def _number(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def beside(path: Path, suffix: str) -> Path:
    """Return the path of a file beside the store at *path*, such as `books.db.people`."""
    return path.with_name(f"{path.name}.{suffix}")


def store_error(store: str, error: BaseException) -> errors.StoreUnusable:
    """Return the typed error for an error of SQLite."""
    cause = _of_sqlite(error)
    name, message = getattr(cause, "sqlite_errorname", ""), str(cause)
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")) or "locked" in message:
        return errors.StoreBusy(store=store, problem=f"waited {BUSY_TIMEOUT:g} s: {message}")
    if name.startswith("SQLITE_READONLY"):
        return errors.StoreReadOnly(store=store)
    if name.startswith("SQLITE_FULL"):
        return errors.StoreFull(store=store, problem=message)
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")) or "decode" in message:
        return errors.StoreDamaged(store=store, problem=message)
    return errors.StoreUnusable(store=store, problem=message)


def _of_sqlite(error: BaseException) -> BaseException:
    """Return the error of SQLite inside *error*; eventsourcing wraps them."""
    return cause_of(error, sqlite3.Error, UnicodeDecodeError)
