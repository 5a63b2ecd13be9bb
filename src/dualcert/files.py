"""Writing files whole or not at all: each is written beside its place first, then moved there in one step."""

from __future__ import annotations

import errno
import os
import re
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from dualcert.errors import N_, FileExists, FileUnwritable

STORE = b"SQLite format 3\0"
"""The first bytes of an SQLite store: no other file ever replaces a store."""
PATIENCE, PAUSE = 30.0, 0.01
"""How many seconds to wait for a folder that another process has locked, and how many between two tries."""


@contextmanager
def written(path: Path, *, replace: bool = False, mode: int | None = None) -> Iterator[Path]:
    """Yield a path beside *path* to write to; when the block ends, the file is moved to *path*, whole.

    If the block raises, or the process dies, *path* is unchanged. The content is on disk before the name is.

    Args:
        path: where the file is to be.
        replace: replace an existing file, but never a store, and nothing that is no file, such as a device; a link
            itself is replaced, not its target. Without it, anything at *path* is kept, also a dangling link.
        mode: the file's permissions; by default those of the umask.

    Raises:
        FileExists: *path* may not be written.
        FileUnwritable: the system refused to write, with its reason.
    """
    check_free(path, replace=replace)
    try:
        with _part_of(path, 0o666 if mode is None else mode) as part:
            yield part
            _check_finished(part)
            _sync(part)
            _move(part, path, replace=replace)
            sync_folder(path.parent)
    except OSError as error:
        raise FileUnwritable(path=str(path), problem=error.strerror or str(error)) from error


@contextmanager
def written_folder(path: Path, mode: int = 0o777) -> Iterator[Path]:
    """Yield a folder beside *path* to fill; when the block ends it is moved to *path*, and if it raises, removed.

    The folder of a process that died is removed by the next writing. Raises FileExists if anything is at *path*, FileUnwritable.
    """
    check_free(path)
    try:
        make_folder(path.parent)
        sweep(path)
        part, handle = _new_folder(path, mode)
        try:
            yield part
            check_free(path)
            part.rename(path)
        finally:
            shutil.rmtree(part, ignore_errors=True)
            if handle is not None:
                os.close(handle)
    except OSError as error:
        raise FileUnwritable(path=str(path), problem=error.strerror or str(error)) from error


@contextmanager
def alone(folder: Path, mode: int = 0o777) -> Iterator[None]:
    """Make *folder* if it is missing, and run the block while no other block of this kind runs for it, in any process.

    Code that rewrites a file from its own content reads it in such a block (docs/adr/0066). A process that dies lets the others
    go on. Where the system cannot lock folders (Windows), the block just runs.

    Raises FileUnwritable, also where another process keeps the folder for longer than PATIENCE.
    """
    make_folder(folder, mode)
    handle = None
    try:
        with suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
        if handle is not None and _lock(handle, PATIENCE) is False:
            raise FileUnwritable(path=str(folder), problem=N_("another process keeps it locked"))
        yield
    finally:
        if handle is not None:
            os.close(handle)


def sync_folder(path: Path) -> None:
    """Sync the names in a folder to disk, where the system can."""
    with suppress(OSError):
        _sync(path, os.O_RDONLY)


def write_whole(path: Path, content: bytes, *, replace: bool = False, mode: int | None = None) -> None:
    """Write *content* to *path*, unless the file already has this content; raises the errors of `written`."""
    if holds(path, content):
        return
    with written(path, replace=replace, mode=mode) as part:
        part.write_bytes(content)


def can_be_a_file(path: Path | str) -> bool:
    """Return whether a file can have this path: one with NUL or half a character in it names none."""
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


def is_there(path: Path) -> bool:
    """Return whether something is at *path*, or where it leads; unlike `Path.exists`, False for a name of 256 bytes."""
    return os.path.exists(path)  # noqa: PTH110


def is_a_file(path: Path) -> bool:
    """Return whether *path* leads to a file; unlike `Path.is_file`, False for a name of 256 bytes."""
    return os.path.isfile(path)  # noqa: PTH113


def is_a_folder(path: Path) -> bool:
    """Return whether *path* leads to a folder; unlike `Path.is_dir`, False for a name of 256 bytes."""
    return os.path.isdir(path)  # noqa: PTH112


def _check_name(path: Path) -> None:
    if not can_be_a_file(path):
        raise FileUnwritable(path=ascii(str(path)), problem=N_("it names no file"))


def check_free(path: Path, *, replace: bool = False) -> None:
    """Raise FileExists if *path* may not be written, FileUnwritable if it names no file.

    Call it before long work, so that no work is wasted.
    """
    _check_name(path)
    if os.path.lexists(path) and not (replace and _is_replaceable(path)):
        raise FileExists(path=str(path))


def holds(path: Path, content: bytes) -> bool:
    """Return whether the file at *path* has exactly this content."""
    with suppress(OSError):
        return is_a_file(path) and path.stat().st_size == len(content) and path.read_bytes() == content
    return False


def open_file(path: Path) -> IO[bytes]:
    """Return the file at *path*, open for reading; raises OSError.

    A pipe or a device is refused at once, without waiting for a writer.
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, N_("it is no file"))
    return os.fdopen(handle, "rb")


def make_folder(path: Path, mode: int = 0o777) -> None:
    """Make the folder *path* and its missing parents; raises FileUnwritable."""
    _check_name(path)
    try:
        path.mkdir(parents=True, exist_ok=True, mode=mode)
    except OSError as error:
        raise FileUnwritable(path=str(path), problem=error.strerror or str(error)) from error


def same_file(one: Path, other: Path) -> bool:
    """Return whether two paths lead to the same file, also by links or other spellings."""
    with suppress(OSError):
        return one.samefile(other)
    return False


def sweep(path: Path) -> None:
    """Remove the unfinished files beside *path* that dead processes left."""
    for left in unfinished(path):
        with suppress(OSError):
            handle = os.open(left, os.O_RDONLY if is_a_folder(left) else os.O_RDWR)
            try:
                if _lock(handle):
                    shutil.rmtree(left) if is_a_folder(left) else remove(left)
            finally:
                os.close(handle)


def unfinished(path: Path) -> list[Path]:
    """Return the unfinished files beside *path*, whose writers are at work or died."""
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
    """Yield a new empty file beside *path*, which is locked while it is written."""
    sweep(path)
    part, handle = _new_part(path, mode)
    try:
        yield part
    finally:
        with suppress(OSError):  # a part that is left is removed by the next writing
            remove(part)
        os.close(handle)


def _new_part(path: Path, mode: int) -> tuple[Path, int]:
    """Return a new part and the handle that locks it; if it was swept before it was locked, make another one."""
    while True:
        part = path.with_name(f".{path.name}.{os.urandom(8).hex()}.part")
        handle = os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, mode)
        _lock(handle, PATIENCE)
        if is_there(part):
            return part, handle
        os.close(handle)


def _new_folder(path: Path, mode: int) -> tuple[Path, int | None]:
    """Return a new folder beside *path* and the handle that locks it, where the system opens folders."""
    while True:
        part = path.with_name(f".{path.name}.{os.urandom(8).hex()}.part")
        part.mkdir(mode=mode)
        try:
            handle = os.open(part, os.O_RDONLY)
        except FileNotFoundError:
            continue  # it was swept before it was opened
        except OSError:
            return part, None
        _lock(handle, PATIENCE)
        if is_there(part):
            return part, handle
        os.close(handle)  # it was swept before it was locked


def _lock(handle: int, patience: float = 0.0) -> bool | None:
    """Lock a file or folder until its handle is closed or its process dies.

    Returns False where another process keeps it for more than *patience* seconds, None where the system cannot lock it: on
    Windows nobody knows whether a writer is alive, so nothing is swept.
    """
    try:
        import fcntl
    except ImportError:
        return None
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(PAUSE)
        except OSError:
            return None
        else:
            return True


def _check_finished(part: Path) -> None:
    """Raise OSError if SQLite left a journal beside a part, because then the part itself is incomplete."""
    for left in (part.with_name(f"{part.name}{suffix}") for suffix in ("-journal", "-wal")):
        if is_there(left) and left.stat().st_size:
            raise OSError(errno.EIO, "it could not be written to its end")


def _sync(path: Path, how: int = os.O_RDWR) -> None:
    """Sync a file, or the names in a folder, to disk."""
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


def _is_replaceable(path: Path) -> bool:
    """Return whether there is a file that is no store, or a link to one or to nothing."""
    return not is_there(path) or (is_a_file(path) and not _is_store(path))


def _is_store(path: Path) -> bool:
    with suppress(OSError), path.open("rb") as file:
        return file.read(len(STORE)) == STORE
    return False
