"""Sealing a store, and judging it against its tree, seals and codes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from pathlib import Path

from attrs import frozen

from dualcert import errors
from dualcert.errors import N_, Phrase, SealUnusable
from dualcert.files import is_a_file
from dualcert.integrity.checkpoint import Checkpoint, canonical, size_in
from dualcert.integrity.keys import KeyFolder, chained, trusted
from dualcert.integrity.merkle import is_consistent
from dualcert.integrity.notes import SIGNED, Note, PublicKey
from dualcert.integrity.treetable import TreeTable
from dualcert.integrity.verifying import Looked, LookProgress, look_through
from dualcert.projections.answers import Answer
from dualcert.store import sqlite_file
from dualcert.store.library import sqlite3
from dualcert.store.log import EventLog
from dualcert.store.url import StoreUrl


@frozen
class Sealed:
    """A seal: the signed checkpoint, and the text of its note."""

    checkpoint: Checkpoint
    note: Note


@frozen
class Compared(Answer):
    """How a seal or a code compares with the store: `what` was given, up to which position, and what is wrong."""

    what: str
    size: int
    signed_by: tuple[str, ...]
    sound: bool
    problem: str = ""


@frozen
class Verdict(Answer):
    """What `verify` found; `position` and `fact` are the first that is wrong, `compared` how many were compared with the tree."""

    store: str
    sound: bool
    facts: int
    root: str
    code: str
    compared: int
    position: int | None = None
    fact: str | None = None
    problem: str | None = None
    rows: tuple[Compared, ...] = ()


@frozen
class Given:
    """What a store is judged against: files with seals, codes, and the keys that have to have signed."""

    seals: Sequence[Path] = ()
    codes: Sequence[str] = ()
    keys: Sequence[PublicKey] = ()
    witnesses: Sequence[PublicKey] = ()


def looked(log: EventLog, progress: LookProgress | None = None) -> Looked:
    """Return what a look through *log* finds, compared with the tree beside it.

    Raises:
        StoreUnusable: the log cannot be read; StoreDamaged, if the tree beside it was changed.
    """
    with TreeTable.open(log.store) as table:
        try:
            return look_through(log, table.tree(), progress)
        except ValueError as error:
            raise errors.StoreDamaged(store=table.place, problem=str(error)) from None


def seal(log: EventLog, keys: KeyFolder, progress: LookProgress | None = None) -> Sealed:
    """Return the signed checkpoint of a log that is sound, and keep its tree beside it.

    Raises:
        NotSound: a fact is not what it was.
        SealUnusable: the key cannot be used.
        StoreUnusable: the store cannot be read, or the tree not written.
    """
    tree = looked(log, progress).sound(log.url.shown)
    key = keys.private(log.store.id)
    checkpoint = Checkpoint.of(log.store.id, tree)
    note = Note(checkpoint.text).signed(key, log.store.id)
    with TreeTable.open(log.store) as table:
        table.keep(tree)
    return Sealed(checkpoint, note)


def judge(log: EventLog, given: Given, progress: LookProgress | None = None) -> Verdict:
    """Return whether *log* is sound, and agrees with all that is *given*; nothing is changed.

    Raises SealUnusable where a file holds no seal of this store, or was not signed as it has to be; StoreUnusable.
    """
    seals = [(str(path), *opened(path, log.store.id, given)) for path in given.seals]
    codes = [(canonical(code), _size_in(code)) for code in given.codes]
    with ThreadPoolExecutor(1) as beside:  # the database looks at its pages without holding Python up
        pages_wrong = beside.submit(_pages, log.url)
        found = looked(log, progress)
    rows = (
        *(_compared(what, sealed.text, sealed.size, by, found, log) for what, sealed, by in seals),
        *(_compared(code, code, size, (), found, log) for code, size in codes),
    )
    fault, head = found.fault, Checkpoint.of(log.store.id, found.tree)
    problem = fault.problem if fault else pages_wrong.result() or None
    return Verdict(
        store=log.url.shown,
        sound=problem is None and all(row.sound for row in rows),
        facts=head.size,
        root=head.root.hex(),
        code=head.code,
        compared=found.compared,
        position=fault.position if fault else None,
        fact=fault.fact if fault else None,
        problem=problem,
        rows=rows,
    )


def _compared(what: str, expected: str, size: int, by: tuple[str, ...], found: Looked, log: EventLog) -> Compared:
    """Compare a seal's text, or a code, with the first *size* facts."""
    if size > found.tree.size:
        problem = Phrase(N_("it is over {size} facts, and only {n} are sound here"), size=size, n=found.tree.size)
        return Compared(what, size, by, sound=False, problem=problem)
    here = Checkpoint.of(log.store.id, found.tree, size)
    same = expected in {here.text, here.code}
    return Compared(what, size, by, sound=same, problem="" if same else N_("these are not the facts that were sealed"))


def _size_in(code: str) -> int:
    try:
        return size_in(code)
    except ValueError as error:
        raise errors.BadValue(field="code", value=errors.shown(code), expected=str(error)) from None


def text_of(path: Path) -> str:
    """Return the text of a seal's file; raises SealUnusable."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise SealUnusable(store=str(path), problem=str(error)) from None


def opened(path: Path, origin: str, given: Given) -> tuple[Checkpoint, tuple[str, ...]]:
    """Return the checkpoint of the seal at *path*, and who signed it; raises SealUnusable."""
    try:
        note = Note.read(text_of(path))
        checkpoint = Checkpoint.read(note.text)
        if checkpoint.origin != origin:
            problem = Phrase(N_("it is the seal of another store, {store}"), store=checkpoint.origin)
            raise SealUnusable(store=str(path), problem=problem)
        return checkpoint, tuple(_signers(note, given))
    except ValueError as error:
        raise SealUnusable(store=str(path), problem=str(error)) from None


def _signers(note: Note, given: Given) -> Iterator[str]:
    """Yield who signed; raises ValueError if none of the keys did, or a witness did not."""
    signed = [key for key in given.keys if note.signed_by(key)]
    if not signed:
        raise ValueError("none of the known keys signed it: give the store's public key with --key")
    yield from (f"{key.name} {key.id.hex()}" for key in signed)
    for key in given.witnesses:
        at = note.signed_by(key)
        if not at:
            raise ValueError(f"the witness {key.name} did not sign it")
        yield f"{key.name} {key.id.hex()} {at.isoformat() if isinstance(at, datetime) else ''}".strip()


def keys_given(given: Sequence[str], keys: KeyFolder, origin: str, kind: int = SIGNED) -> tuple[PublicKey, ...]:
    """Return the keys of a *kind* that are meant by texts `NAME+ID+BASE64` or files of them; without any those of this machine.

    Raises SealUnusable, also for a key of the other kind: a store is no witness of its own seals.
    """
    listed = keys.public(origin)
    found: list[PublicKey] = []
    for each in given:
        try:
            is_file = "+" not in each or is_a_file(Path(each))
            read = chained(Path(each).read_text(encoding="utf-8")) if is_file else (PublicKey.read(each),)
        except (OSError, ValueError) as error:
            raise SealUnusable(store=errors.shown(each), problem=str(error)) from None
        if any(key.kind != kind for key in read):
            wrong = N_("it is a witness's key") if kind == SIGNED else N_("it is no witness's key")
            raise SealUnusable(store=errors.shown(each), problem=wrong)
        found += [key for first in read for key in trusted(first, listed)]
    return tuple(dict.fromkeys(found)) if given else listed


def cosign(
    path: Path, keys: KeyFolder, name: str, signers: Sequence[PublicKey], proof: Sequence[bytes], now: datetime
) -> Note:
    """Return the seal at *path* with the cosignature of this machine as the witness *name*, and remember its checkpoint.

    A witness cosigns only what a store's key signed, and what begins with the facts that it cosigned before, which
    *proof* shows (`prove --since`).

    Raises SealUnusable, FileUnwritable.
    """
    try:
        note = Note.read(text_of(path))
        checkpoint = Checkpoint.read(note.text)
        signed = any(note.signed_by(key) for key in signers)
    except (OSError, ValueError) as error:
        raise SealUnusable(store=str(path), problem=str(error)) from None
    if not signed:
        raise SealUnusable(store=str(path), problem=N_("the given key did not sign it"))
    with keys.alone():
        _check_continues(path, keys, checkpoint, proof)
        cosigned = note.cosigned(keys.witness(), name, now)
        keys.remember(checkpoint.origin, cosigned.text)
    return cosigned


def _check_continues(path: Path, keys: KeyFolder, checkpoint: Checkpoint, proof: Sequence[bytes]) -> None:
    """Raise SealUnusable where the seal at *path* does not begin, by *proof*, with what this machine cosigned last."""
    try:
        before = keys.witnessed(checkpoint.origin)
    except (OSError, ValueError) as error:
        raise SealUnusable(store=str(path), problem=str(error)) from None
    if before and not is_consistent(before.size, before.root, checkpoint.size, checkpoint.root, proof):
        problem = Phrase(N_("it is not proved that it begins with the {size} facts that were cosigned before: give what 'dualcert prove --since' prints for that seal"), size=before.size)  # fmt: skip
        raise SealUnusable(store=str(path), problem=problem)


def _pages(url: StoreUrl) -> str:
    """Return what the database says against its own pages and indexes; nothing if they are sound."""
    if url.kind != "sqlite":
        return ""
    try:
        with closing(
            sqlite3.connect(sqlite_file.uri_of(url), uri=True, timeout=sqlite_file.BUSY_TIMEOUT)
        ) as connection:
            result = str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
    except sqlite3.Error as error:
        result = str(error)
    return "" if result == "ok" else result
