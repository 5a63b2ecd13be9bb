"""Backups of everything that a store consists of, and restoring them: the log, the directory of people, the outbox.

A backup is a folder: the log in SQLite, the tables beside it, and a manifest with the SHA-256 of each file. It is
made while others write, and is checked before it is at its place. The keys of people are not in it, but beside it, in one
file for all backups of the store there.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Container, Mapping, Sequence
from contextlib import closing, suppress
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
from attrs import frozen

from dualcert import errors
from dualcert.documents import json_of
from dualcert.errors import N_, BackupUnusable, Phrase
from dualcert.files import is_there, open_file, sync_folder, write_whole, written_folder
from dualcert.integrity.checkpoint import Checkpoint
from dualcert.integrity.merkle import EMPTY, Tree
from dualcert.integrity.sealing import looked
from dualcert.integrity.treetable import TreeTable
from dualcert.integrity.verifying import look_through
from dualcert.people import Directory
from dualcert.projections.answers import Answer
from dualcert.registry import Registry
from dualcert.reporting.outbox import KeptMessage, Outbox
from dualcert.reporting.quarantine import Quarantine
from dualcert.reporting.sidetables import KEYED, SAVED
from dualcert.rights import Rights
from dualcert.store import sidetable, sqlite_file
from dualcert.store.copying import Copied, CopyProgress, contents_of, copy_log
from dualcert.store.keyfile import file_beside, read_keys, update_keys
from dualcert.store.keys import KeyedTable, Keys, PersonKey
from dualcert.store.log import FORMAT as LOG_FORMAT
from dualcert.store.log import existing_log, open_log
from dualcert.store.sidetable import SideTable
from dualcert.store.url import Store, StoreUrl, parse_url

FORMAT = 1
"""The version of the form of backups."""
LOG, MANIFEST = "books.db", "manifest.json"
MADE: tuple[type[SideTable], ...] = (*SAVED, Keys)
"""The tables that restoring makes."""
CHUNK = 1 << 20

Row = Sequence[Any]


class File(msgspec.Struct, forbid_unknown_fields=True):
    """A file of a backup."""

    sha256: str
    size: int


class Manifest(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a backup has: the facts up to `position` with the root of their tree, how many rows are beside them, and its files."""

    format: int
    store_id: str
    made_at: datetime
    dualcert: str
    log_format: int
    beside_format: int
    position: int
    root: str
    code: str
    digest: str
    people: int
    messages: int
    files: dict[str, File]


class _Version(msgspec.Struct):
    """What every version of a manifest has."""

    format: int


@frozen
class Saved(Answer):
    """The result of a backup or of restoring one: where it is, what it has, where the keys are, how many people they do not show."""

    place: str
    facts: int
    people: int
    messages: int
    digest: str
    code: str
    keys: str | None
    unreadable: int


# --- making ------------------------------------------------------------------------------------------


def back_up(store: str | Path, folder: Path, now: datetime, progress: CopyProgress | None = None) -> Saved:
    """Copy the store with its people and its outbox into the new *folder*, check the copy, and say what it has.

    Others may write meanwhile: the log is copied as it is at one instant, everybody whom it names is in the
    directory, and every message that it still has to send is in the outbox. The keys of people go to a file beside the folder
    (`store/keyfile.py`), before the folder is at its place.

    Raises:
        KeysUnusable: the file of keys beside *folder* is damaged.
        NotSound: a fact is not what it was; `copy` copies such a log all the same.
        FileExists: there is something at *folder*.
        StoreUnusable: the store cannot be read. FileUnwritable: the folder cannot be written.
    """
    if all(os.path.lexists(folder.parent / name) for name in (MANIFEST, LOG)):
        raise errors.FileUnwritable(
            path=str(folder), problem=N_("the folder that it is to be in is a backup, which nothing else may be in")
        )
    with closing(open_log(store)) as log:
        source = log.store
    keys = file_beside(folder, source.id)
    known = read_keys(keys, source.id) if os.path.lexists(keys) else []
    encrypt(source)
    with written_folder(folder, mode=0o700) as part:
        with Outbox.open(source) as outbox:
            before = outbox.kept()
        log_copy = _log_in(part, "journal=rollback")
        place = Store(parse_url(log_copy), source.id)
        copied, tree = _copied(store, log_copy, source, progress)
        beside = _beside(source, place, before, known)
        for each in part.glob("*-journal"):  # SQLite leaves empty ones
            each.unlink()
        checkpoint = Checkpoint.of(source.id, tree)
        _write_manifest(part, checkpoint, copied, beside, now)
        if beside.keys:
            update_keys(keys, source.id, beside.keys)
    sync_folder(folder.parent)
    return Saved(
        str(folder), copied.facts, beside.people, beside.messages, copied.digest, checkpoint.code,
        str(keys) if beside.keys else None, beside.unreadable,
    )  # fmt: skip


def _write_manifest(part: Path, checkpoint: Checkpoint, copied: Copied, beside: _Beside, now: datetime) -> None:
    """Write the manifest of a backup whose other files are in *part*."""
    manifest = Manifest(
        format=FORMAT, store_id=checkpoint.origin, made_at=now, dualcert=version("dualcert"), log_format=LOG_FORMAT,
        beside_format=sidetable.FORMAT, position=copied.facts, root=checkpoint.root.hex(), code=checkpoint.code,
        digest=copied.digest, people=beside.people, messages=beside.messages,
        files={each.name: _file(each) for each in sorted(part.iterdir())},
    )  # fmt: skip
    write_whole(part / MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)) + b"\n", mode=0o600)
    sync_folder(part)


def encrypt(store: Store) -> None:
    """Encrypt what an older dualcert has left beside *store* in plain text, as far as this user may write there now."""
    for kind in KEYED:
        with kind.open(store) as table, suppress(errors.StoreReadOnly, errors.StoreBusy):
            if table.in_plain_text():
                table.encrypt()


def _copied(store: str | Path, log_copy: str, source: Store, progress: CopyProgress | None) -> tuple[Copied, Tree]:
    """Copy the log to the URL *log_copy*; return what was copied, and its tree, which agrees with the tree beside the source.

    The tree beside the source is read before the log is copied, so that it is never of more facts than the copy. Raises
    StoreDamaged, and NotSound where the copy is not sound.
    """
    with TreeTable.open(source) as table:
        try:
            before = table.tree()
            copied = copy_log(store, log_copy, progress)
            with closing(existing_log(parse_url(log_copy))) as log:
                tree = look_through(log, before).sound(source.url.shown)
        except ValueError as error:
            raise errors.StoreDamaged(store=table.place, problem=str(error)) from None
        with suppress(errors.StoreReadOnly, errors.StoreBusy):  # it is a copy of what the log gives
            table.keep(tree)
        return copied, tree


@frozen
class _Beside:
    """What of a backup is not its log: how many messages and people, how many of these cannot be read, and the keys."""

    messages: int
    people: int
    unreadable: int
    keys: list[PersonKey]


def _beside(source: Store, copy: Store, before: Sequence[KeptMessage], known: Sequence[PersonKey]) -> _Beside:
    """Copy the outbox and the directory, which may change meanwhile; the keys are the store's, and those *known* that it lacks.

    A message that was taken out while the log was copied may be one that the copied log has yet to send, so those that
    were there before count, too; but not those of people who were erased meanwhile.
    """
    with Outbox.open(source) as outbox:
        after = outbox.kept()
    with Directory.open(source) as directory:
        people = directory.raw()
        erased = {person.person for person in directory.all() if person.erased_on}
    there = {(each.dispatch, each.sha256) for each in after}
    gone = [each for each in before if (each.dispatch, each.sha256) not in there and each.to not in erased]
    with Registry.open(_log_in(copy.url.path.parent), accept_clock=True) as registry:
        states = dict(registry.view().dispatches())
    needed = [each for each in gone if (known_as := states.get(each.dispatch)) and not known_as.settled]
    messages = [(each.dispatch, each.sha256, each.stored) for each in (*after, *needed)]
    with Rights.open(source) as rights:
        _fill(Rights, copy, rights.raw())
    with Keys.open(source) as keys, Keys(Store(parse_url(":memory:"), source.id)) as memory:
        memory.merge((*keys.all().values(),))  # read after the rows: a key is written before its row
        memory.merge(known)
        _fill_encrypted(Outbox(copy, memory), messages)
        unreadable = _fill_encrypted(Directory(copy, memory), people)
        return _Beside(len(messages), len(people), unreadable, [*memory.all().values()])


def _fill_encrypted(table: KeyedTable, rows: Sequence[Row]) -> int:
    """Write *rows*, of which nothing stays in plain text, and return how many people cannot be read."""
    with table:
        if rows:
            table.fill(rows)
        if table.in_plain_text():
            table.encrypt()
        return _unreadable(table) if isinstance(table, Directory) else 0


def _unreadable(directory: Directory) -> int:
    return sum(person.unreadable is not None for person in directory.all())


def _fill(kind: type[SideTable], store: Store, rows: Sequence[Row]) -> None:
    """Write *rows* beside *store*; without rows no table is made."""
    if rows:
        with kind.open(store) as table:
            table.fill(rows)


def _file(path: Path) -> File:
    hashed = hashlib.sha256()
    with open_file(path) as file:
        while chunk := file.read(CHUNK):
            hashed.update(chunk)
    return File(hashed.hexdigest(), path.stat().st_size)


# --- restoring ---------------------------------------------------------------------------------------


def restore(
    folder: Path,
    store: str | Path,
    quarantine: Quarantine,
    progress: CopyProgress | None = None,
    keys: Path | None = None,
) -> Saved:
    """Make the store of the backup in *folder* at the new place *store*, check it, and say what it has.

    It sends nothing until somebody allows it ('dispatch resume'). Interrupted, it can be repeated. People are read by the file
    *keys*, by default that beside the folder, if it is there; nothing of those whom it shows as erased is restored.

    Raises:
        BackupUnusable: the backup is not whole, or was changed. KeysUnusable: the file of keys is not, or is of another store.
        StoreExists: there is something at *store*. WrittenByNewer: the backup is of a newer dualcert.
        StoreUnusable, FileUnwritable: the store cannot be written.
    """
    manifest, tree = check_backup(folder)
    url = parse_url(store)
    target = Store(url, manifest.store_id)
    beside = keys or file_beside(folder, manifest.store_id)
    given = read_keys(beside, manifest.store_id) if keys or os.path.lexists(beside) else []
    rows = {kind: _rows(kind, folder, manifest) for kind in SAVED}
    if (len(rows[Directory]), len(rows[Outbox])) != (manifest.people, manifest.messages):
        raise BackupUnusable(store=str(folder), problem=N_("the manifest is not that of these people and messages"))
    _check_free(url, {kind for kind in MADE if rows.get(kind, given)})
    _fill_all(target, given, rows, tree)
    quarantine.hold(target, str(folder))
    copied = copy_log(_log_in(folder), store, progress)
    try:
        with closing(open_log(store)) as log:
            looked(log).sound(log.url.shown)
        encrypt(target)
        unreadable = unreadable_in(target)
    except errors.StoreUnusable as error:  # the store is made, and can be opened again
        raise errors.StoreLostAfterwards(store=url.shown, problem=error.problem or error.code) from error
    people, messages, used = len(rows[Directory]), len(rows[Outbox]), str(beside) if given else None
    return Saved(url.shown, copied.facts, people, messages, copied.digest, manifest.code, used, unreadable)


def _fill_all(
    target: Store, keys: Sequence[PersonKey], rows: Mapping[type[SideTable], Sequence[Row]], tree: Tree
) -> None:
    """Write the tables beside the store; whatever is refused is refused before anything is made."""
    with TreeTable.open(target) as table:
        if table.exists() and table.tree().root() not in {tree.root(), EMPTY}:
            raise errors.StoreExists(store=table.place)
        for kind in SAVED:
            kind.open(target).close()
        with Keys.open(target) as table_of_keys:
            table_of_keys.merge(keys)
        for kind in SAVED:
            _fill(kind, target, rows[kind])
        table.keep(tree)


def unreadable_in(store: Store) -> int:
    """Return how many people in the directory of *store* cannot be read."""
    with Directory.open(store) as directory:
        return _unreadable(directory)


def check_backup(folder: Path) -> tuple[Manifest, Tree]:
    """Return the manifest of the backup in *folder*, whose files are as it says, and the tree of its log.

    Raises BackupUnusable, WrittenByNewer.
    """
    manifest = _manifest(folder)
    there = {each.name for each in folder.iterdir() if each.name != MANIFEST}
    if there != set(manifest.files):
        names = tuple(sorted(there ^ set(manifest.files)))
        raise BackupUnusable(
            store=str(folder), problem=Phrase(N_("missing, or not of this backup: {names}"), names=names)
        )
    for name, file in manifest.files.items():
        try:
            same = _file(folder / name) == file
        except OSError as error:
            raise BackupUnusable(store=str(folder / name), problem=error.strerror or str(error)) from None
        if not same:
            raise BackupUnusable(store=str(folder / name), problem=N_("it is not the file that was written"))
    with closing(open_log(_log_in(folder))) as log:
        tree = look_through(log).sound(log.url.shown)
        here, digest = Checkpoint.of(log.store.id, tree), contents_of(log).digest
    told = (manifest.store_id, manifest.position, manifest.root, manifest.code, manifest.digest, manifest.log_format)
    if told != (here.origin, here.size, here.root.hex(), here.code, digest, LOG_FORMAT):
        raise BackupUnusable(store=str(folder), problem=N_("the manifest is not that of these facts"))
    return manifest, tree


def _manifest(folder: Path) -> Manifest:
    path = folder / MANIFEST
    try:
        with open_file(path) as file:
            content = file.read()
        form = json_of(content, _Version).format
        if form > FORMAT:
            raise errors.WrittenByNewer(store=str(path), name=f"backup format {form}")
        found = json_of(content, Manifest)
        if found.beside_format > sidetable.FORMAT:
            raise errors.WrittenByNewer(
                store=str(path), name=f"format {found.beside_format} of the tables beside the log"
            )
    except OSError as error:
        raise BackupUnusable(store=str(path), problem=error.strerror or str(error)) from None
    except ValueError as error:
        raise BackupUnusable(store=str(path), problem=str(error)) from None
    if form < FORMAT:
        raise BackupUnusable(store=str(path), problem=Phrase(N_("no dualcert writes the format {format}"), format=form))
    return found


def _log_in(folder: Path, option: str = "mode=ro") -> str:
    """Return the URL of a backup's log: to be read only, or to be written without files beside it."""
    return f"sqlite:///{quote(os.fspath(folder / LOG))}?{option}"


def _rows(kind: type[SideTable], folder: Path, manifest: Manifest) -> list[Row]:
    """Return the rows of a table beside the backup's log."""
    with kind.open(Store(parse_url(_log_in(folder)), manifest.store_id)) as table:
        return table.raw()


def _check_free(url: StoreUrl, filled: Container[type[SideTable]]) -> None:
    """Raise StoreExists if there is a store at *url*, or a file beside it that is not from an interrupted restoring.

    That may have written the tables that are to be *filled*.
    """
    if url.kind == "memory":
        raise errors.BadStoreUrl(store=url.shown, problem="a backup is restored to a file or a database")
    if url.kind == "sqlite" and os.path.lexists(url.path):
        raise errors.StoreExists(store=url.shown)
    if url.kind == "sqlite":
        _check_left(url)
        for suffix in (kind.suffix for kind in MADE if kind not in filled):
            beside = sqlite_file.beside(url.path, suffix)
            if os.path.lexists(beside):
                raise errors.StoreExists(store=str(beside))
        return
    try:
        open_log(url.dsn).close()
    except errors.StoreMissing:
        return
    raise errors.StoreExists(store=url.shown)


def _check_left(url: StoreUrl) -> None:
    """Raise StoreJournalLeft if a file is left that SQLite would apply to the restored one."""
    for of in (url.path, *(sqlite_file.beside(url.path, kind.suffix) for kind in MADE)):
        for left in (of.with_name(f"{of.name}{suffix}") for suffix in ("-journal", "-wal")):
            if is_there(left) and left.stat().st_size and not is_there(of):
                raise errors.StoreJournalLeft(store=url.shown, journal=str(left))
