"""Writing files whole or not at all: beside their place first, then moved there in one step."""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from dualcert.errors import N_, FileExists, FileUnwritable

STORE = b"SQLite format 3\0"
"""How a store begins: no file of ours ever takes the place of one."""


@contextmanager
def written(path: Path, *, replace: bool = False, mode: int | None = None) -> Iterator[Path]:
    """Yield a path beside *path* to write to; when the block ends, what was written there is at *path*, whole.

    Where the block raises, or the process dies, *path* is as it was. Without *replace*, whatever is at *path*
    stays, a dangling link too; with it, what is there is replaced itself, never what a link leads to, and
    never a store. *mode* is the file's permissions; by default those that the umask leaves. The content is on
    disk before the name is. Raises FileExists, FileUnwritable.
    """
    check_free(path, replace=replace)
    try:
        with _part_of(path, 0o666 if mode is None else mode) as part:
            yield part
            _check_finished(part)
            _sync(part)
            _move(part, path, replace=replace)
            with suppress(OSError):  # not every system opens a folder
                _sync(path.parent, os.O_RDONLY)
    except OSError as error:
        raise FileUnwritable(path=str(path), problem=error.strerror or str(error)) from error


@contextmanager
def written_folder(path: Path) -> Iterator[Path]:
    """Yield a folder beside *path* to fill; when the block ends it is at *path*, whole, and where it raises, gone.

    Raises FileExists where anything is at *path*, FileUnwritable.
    """
    check_free(path)
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    try:
        make_folder(path.parent)
        part.mkdir()
        try:
            yield part
            check_free(path)
            part.rename(path)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    except OSError as error:
        raise FileUnwritable(path=str(path), problem=error.strerror or str(error)) from error


def write_whole(path: Path, content: bytes, *, replace: bool = False, mode: int | None = None) -> None:
    """Write *content* to *path*, unless it is what is there already; raises as `written` does."""
    if holds(path, content):
        return
    with written(path, replace=replace, mode=mode) as part:
        part.write_bytes(content)


def check_free(path: Path, *, replace: bool = False) -> None:
    """Raise FileExists where *path* may not be written; to be asked before work is done in vain."""
    if os.path.lexists(path) and (not replace or path.is_dir() or _is_store(path)):
        raise FileExists(path=str(path))


def holds(path: Path, content: bytes) -> bool:
    """Return whether the file at *path* has just this content: then there is nothing to write."""
    with suppress(OSError):
        return path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content
    return False


def open_file(path: Path) -> IO[bytes]:
    """Return the file at *path*, open for reading; raises OSError.

    What is no file, a pipe or a device, is refused without waiting for whoever might write to it.
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, N_("it is no file"))
    return os.fdopen(handle, "rb")


def make_folder(path: Path, mode: int = 0o777) -> None:
    """Make the folder *path* and those above it, where they are missing; raises FileUnwritable."""
    try:
        path.mkdir(parents=True, exist_ok=True, mode=mode)
    except OSError as error:
        raise FileUnwritable(path=str(path), problem=error.strerror or str(error)) from error


def same_file(one: Path, other: Path) -> bool:
    """Return whether two paths lead to one file, by whatever links and spellings."""
    with suppress(OSError):
        return one.samefile(other)
    return False


def sweep(path: Path) -> None:
    """Remove what processes that died left beside *path* while they were writing it."""
    for left in unfinished(path):
        with suppress(OSError):
            handle = os.open(left, os.O_RDWR)
            try:
                if _lock(handle, wait=False):
                    remove(left)
            finally:
                os.close(handle)


def unfinished(path: Path) -> list[Path]:
    """Return what is beside *path* of writings that have not ended."""
    name = re.compile(rf"\.{re.escape(path.name)}\.[0-9a-f]{{16}}\.part")
    with suppress(OSError):
        return sorted(each for each in path.absolute().parent.iterdir() if name.fullmatch(each.name))
    return []


def remove(part: Path) -> None:
    """Remove a part, and the journal that SQLite keeps beside one."""
    for suffix in ("", "-journal", "-wal", "-shm"):
        part.with_name(part.name + suffix).unlink(missing_ok=True)


@contextmanager
def _part_of(path: Path, mode: int) -> Iterator[Path]:
    """Yield a new empty file beside *path*, locked as long as it is written."""
    sweep(path)
    part, handle = _new_part(path, mode)
    try:
        yield part
    finally:
        with suppress(OSError):  # what is left is swept by the next writing
            remove(part)
        os.close(handle)


def _new_part(path: Path, mode: int) -> tuple[Path, int]:
    """Return a new part and the handle that locks it; one that was swept before it was locked is given up."""
    while True:
        part = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
        handle = os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, mode)
        _lock(handle, wait=True)
        if part.exists():
            return part, handle
        os.close(handle)


def _lock(handle: int, *, wait: bool) -> bool:
    """Lock a file until its handle is closed or its process dies; return whether that could be done."""
    try:
        import fcntl
    except ImportError:  # Windows: nobody can tell whether a writer lives, so nothing is swept
        return False
    with suppress(OSError):
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        return True
    return False


def _check_finished(part: Path) -> None:
    """Raise OSError where SQLite left a journal beside a part: what was written is not all in the part itself."""
    for left in (part.with_name(f"{part.name}{suffix}") for suffix in ("-journal", "-wal")):
        if left.exists() and left.stat().st_size:
            raise OSError(errno.EIO, "it could not be written to its end")


def _sync(path: Path, how: int = os.O_RDWR) -> None:
    """Bring a file, or the names of a folder, to disk."""
    handle = os.open(path, how)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _move(part: Path, path: Path, *, replace: bool) -> None:
    if replace:
        part.replace(path)
        return
    try:
        os.link(part, path)
    except FileExistsError:
        raise FileExists(path=str(path)) from None
    except (OSError, NotImplementedError):  # a file system without links: its place is taken first
        _take(path)
        part.replace(path)


def _take(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        raise FileExists(path=str(path)) from None


def _is_store(path: Path) -> bool:
    with suppress(OSError), path.open("rb") as file:
        return file.read(len(STORE)) == STORE
    return False
