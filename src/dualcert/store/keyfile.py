"""The keys of people in a file beside backups: one for all backups of a store in a folder, which each backup brings up to date.

Backups have what is encrypted, the file has the keys. So backups can be kept for long, and whoever is erased is unreadable in
all of them as soon as the next backup was made.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

import msgspec

from dualcert.documents import json_of
from dualcert.errors import N_, KeysUnusable, Phrase, WrittenByNewer
from dualcert.files import alone, open_file, write_whole
from dualcert.store.keys import PersonKey

FORMAT = 1
"""The version of the form of the file."""


class _Key(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    secret: bytes | None = None
    erased_on: date | None = None


class _Version(msgspec.Struct):
    format: int


class _File(msgspec.Struct, forbid_unknown_fields=True):
    format: int
    store_id: str
    keys: dict[str, _Key]


def file_beside(backup: Path, store_id: str) -> Path:
    """Return the place of the keys for the backups of a store that are in the same folder as *backup*."""
    named = backup if backup.name not in {"", ".."} else Path(os.path.realpath(backup))
    return named.parent / f"people-{store_id[:8]}.keys"


def read_keys(path: Path, store_id: str) -> list[PersonKey]:
    """Return the keys of a store in the file at *path*.

    Raises KeysUnusable if the file is missing, is no file of keys, or is of another store; WrittenByNewer.
    """
    try:
        with open_file(path) as file:
            content = file.read()
        if json_of(content, _Version).format > FORMAT:
            raise WrittenByNewer(store=str(path), name=str(path))
        found = json_of(content, _File)
    except OSError as error:
        raise KeysUnusable(store=str(path), problem=error.strerror or str(error)) from None
    except ValueError as error:
        raise KeysUnusable(store=str(path), problem=str(error)) from None
    if found.store_id != store_id:
        problem = Phrase(N_("it has the keys of the store {id}"), id=found.store_id)
        raise KeysUnusable(store=str(path), problem=problem)
    return [PersonKey(person, key.secret, key.erased_on) for person, key in found.keys.items()]


def update_keys(path: Path, store_id: str, keys: Iterable[PersonKey]) -> None:
    """Add the keys of a store to the file at *path*, which another backup may have written meanwhile.

    Whoever is erased in *keys* or in the file is erased in the file. Raises KeysUnusable, FileExists if something else is there,
    FileUnwritable.
    """
    with alone(path.absolute().parent):
        known = {key.person: key for key in (read_keys(path, store_id) if os.path.lexists(path) else ())}
        gone = {person for person, key in known.items() if key.erased_on}
        known.update({key.person: key for key in keys if key.person not in gone})
        write_keys(path, store_id, known.values())


def write_keys(path: Path, store_id: str, keys: Iterable[PersonKey]) -> None:
    """Write the keys of a store to *path*, whole, readable by their owner only, and overwrite the file that was there.

    Raises FileExists if something else is there, FileUnwritable.
    """
    stored = {key.person: _Key(key.secret, key.erased_on) for key in sorted(keys, key=lambda key: key.person)}
    content = msgspec.json.format(msgspec.json.encode(_File(FORMAT, store_id, stored)))
    with _overwritten(path):
        write_whole(path, content + b"\n", replace=True, mode=0o600)


@contextmanager
def _overwritten(path: Path) -> Iterator[None]:
    """Overwrite the bytes of the file at *path* if the block replaces it, and no other name leads to it."""
    try:
        old = os.open(path, os.O_RDWR | os.O_NOFOLLOW) if os.name == "posix" else None
    except OSError:
        old = None
    try:
        yield
        if old is not None and os.fstat(old).st_nlink == 0:
            with suppress(OSError):
                os.pwrite(old, bytes(os.fstat(old).st_size), 0)
                os.fsync(old)
    finally:
        if old is not None:
            os.close(old)
