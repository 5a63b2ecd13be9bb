"""Checks of this machine and of a store, one by one, which change nothing; and the mending of what can be mended safely."""

from __future__ import annotations

import os
import platform
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from attrs import frozen

from dualcert import processes
from dualcert.errors import N_, DualcertError, FileUnwritable, Phrase, SendingOff, StoreMissing
from dualcert.files import is_a_file, is_a_folder, is_there, unfinished
from dualcert.integrity.treetable import TreeTable
from dualcert.people import Directory
from dualcert.projections.answers import Answer
from dualcert.projections.kept_figures import KeptFigures
from dualcert.projections.people import people_named
from dualcert.recording import CLOCK_TOLERANCE
from dualcert.registry import Registry
from dualcert.reporting.outbox import Outbox
from dualcert.reporting.quarantine import Quarantine
from dualcert.reporting.sidetables import ALL, KEYED
from dualcert.rights import Rights
from dualcert.store import figures_file, journal, mounts, sqlite, sqlite_file
from dualcert.store.keys import KeyedTable
from dualcert.store.library import BUNDLED, sqlite3
from dualcert.store.log import open_log
from dualcert.store.url import Store, StoreUrl, parse_url

CheckState = Literal["ok", "note", "wrong"]

LIBRARIES = (
    "dualcert", "eventsourcing", "msgspec", "cryptography", "psycopg", "python-calamine", "xlrd", "xlsxwriter",
)  # fmt: skip
SHOWN = 5
"""How many ids or files of one kind are named."""


@frozen
class Checked(Answer):
    """The result of one check: `ok`, `note` (worth knowing) or `wrong` (to be repaired)."""

    check: str
    state: CheckState
    detail: str


def examine(store: str | Path, *, quarantine: Quarantine, now: datetime) -> Iterator[Checked]:
    """Yield the results of all checks of this machine, and of the store at this URL or path.

    Args:
        store: where the store is; if it is missing or cannot be opened, that is a result, too.
        quarantine: this machine's memory of the stores that it sent from.
        now: this machine's instant, compared with that of the newest fact.
    """
    yield Checked("versions", "ok", ", ".join(_versions()))
    yield from _isolation()
    url = parse_url(store)
    if url.kind == "sqlite":
        yield from _file(url)
    try:
        registry = Registry.open(store, accept_clock=True)
    except StoreMissing as error:
        yield Checked("store", "note", _sentence(error))
        return
    except DualcertError as error:
        yield Checked("store", "wrong", _sentence(error))
        return
    with registry:
        yield from _opened(registry, quarantine, now)


def mend(store: str | Path) -> None:
    """Mend what costs no fact: permissions, a log without its guard against changes, what is stored of people in plain text.

    Raises a subclass of StoreUnusable where the log's guard cannot be made or people cannot be encrypted, FileUnwritable.
    """
    url = parse_url(store)
    if url.kind == "postgresql":
        from dualcert.store import postgres

        _encrypt(store)
        postgres.guard(url)
    elif url.kind == "sqlite" and is_there(url.path):
        _encrypt(store)  # so what is no store of ours is refused, and keeps its permissions
        if not sqlite.is_guarded(url):
            sqlite.guard(url)
        _close_to_others(url)


def _encrypt(store: str | Path) -> None:
    """Encrypt what is stored of people in plain text, and overwrite its bytes; raises the errors of opening the log."""
    with closing(open_log(store)) as log:
        for kind in KEYED:
            with kind.open(log.store) as table:
                table.encrypt()


def _close_to_others(url: StoreUrl) -> None:
    for path in filter(_open_to_others, _files(url)):
        try:
            path.chmod(0o600)
        except OSError as error:
            raise FileUnwritable(path=str(path), problem=error.strerror or str(error)) from error


def _open_to_others(path: Path) -> bool:
    """Return whether others may read or write a file; never of what is no file, such as a device or a folder."""
    return os.name == "posix" and is_a_file(path) and bool(path.stat().st_mode & 0o077)


def _files(url: StoreUrl) -> tuple[Path, ...]:
    """Return the places of the log's file and of those beside it."""
    return (url.path, *(sqlite_file.beside(url.path, table.suffix) for table in ALL))


def _opened(registry: Registry, quarantine: Quarantine, now: datetime) -> Iterator[Checked]:
    """Yield the results of the checks of a store that could be opened."""
    checks: tuple[tuple[str, Callable[[], Iterator[Checked]]], ...] = (
        ("facts", lambda: _facts(registry)),
        ("clock", lambda: _clock(registry, now)),
        ("integrity", lambda: _integrity(registry.store.url)),
        ("integrity", lambda: _tree(registry.store)),
        ("append-only", lambda: _append_only(registry.store.url)),
        ("people", lambda: _people(registry)),
        ("rights", lambda: _rights(registry)),
        ("outbox", lambda: _outbox(registry)),
        ("sending", lambda: _sending(registry, quarantine)),
        ("figures", lambda: _figures(registry.store)),
    )
    for name, check in checks:
        try:
            yield from check()
        except DualcertError as error:
            yield Checked(name, "wrong", _sentence(error))


def _sentence(error: DualcertError) -> Phrase:
    return Phrase("{code}: {problem}", code=error.code, problem=error)


def _versions() -> Iterator[str]:
    yield f"Python {platform.python_version()}"
    yield f"SQLite {sqlite3.sqlite_version}{' of dualcert[sqlite]' if BUNDLED else ''}"
    for name in LIBRARIES:
        with suppress(PackageNotFoundError):
            yield f"{name} {version(name)}"


def _isolation() -> Iterator[Checked]:
    """Yield how strongly this system isolates the processes that read rosters and run isolated reporters."""
    for strength in processes.strength():
        runs = Phrase(N_("what reads rosters and runs isolated reporters {what}"), what=strength.what)
        not_ = Phrase(N_("on this system it does not hold that what reads rosters and runs isolated reporters {what}: {why}"), what=strength.what, why=strength.why)  # fmt: skip
        yield Checked("isolation", "ok" if strength.holds else "note", runs if strength.holds else not_)


def _file(url: StoreUrl) -> Iterator[Checked]:
    """Yield the checks of a file that come before SQLite opens it and applies a journal."""
    where = mounts.network_mount(url.path)
    if where:
        detail = Phrase(N_("{path} is on {where}: SQLite cannot be trusted there; use PostgreSQL"), path=url.shown, where=where)  # fmt: skip
        yield Checked("file", "wrong", detail)
    for path in _files(url):
        if not is_there(path):
            continue
        try:
            journal.check_journal(path, str(path))
        except DualcertError as error:
            yield Checked("file", "wrong", _sentence(error))
        if _open_to_others(path):
            mode = f"{stat.S_IMODE(path.stat().st_mode):o}"
            others = Phrase(N_("{path} can be read by others (mode {mode}): chmod 600"), path=str(path), mode=mode)
            yield Checked("permissions", "wrong", others)
        for part in unfinished(path):
            left = Phrase(N_("{path} is being written, or was left by a process that died; the next writing removes it"), path=str(part))  # fmt: skip
            yield Checked("file", "note", left)
    mode_, synchronous = sqlite_file.journal_of(url)
    level = {sqlite_file.FULL: "FULL", sqlite_file.EXTRA: "EXTRA"}[synchronous]
    risky = mode_ == "wal" and sqlite_file.can_lose_wal(sqlite3.sqlite_version_info)
    yield Checked(
        "journal", "wrong" if risky else "ok", f"{mode_}, synchronous {level}, SQLite {sqlite3.sqlite_version}"
    )


def _facts(registry: Registry) -> Iterator[Checked]:
    """Yield whether every fact can be read."""
    replay = registry.replay()
    detail = Phrase(N_("{facts} facts in {streams} streams can be read"), facts=replay.facts, streams=replay.streams)
    yield Checked("facts", "ok", detail)


def _clock(registry: Registry, now: datetime) -> Iterator[Checked]:
    newest = registry.view().known_at
    behind = newest is not None and newest - now > CLOCK_TOLERANCE
    detail = Phrase(N_("it is {now}, the newest fact is of {newest}"), now=_shown(now), newest=_shown(newest))
    yield Checked("clock", "wrong" if behind else "ok", detail)


def _shown(instant: datetime | None) -> str:
    return instant.astimezone(UTC).isoformat(timespec="seconds") if instant else "-"


def _integrity(url: StoreUrl) -> Iterator[Checked]:
    """Yield the results of the databases' own checks of their pages."""
    if url.kind == "postgresql":
        yield from _server(url)
        return
    for path in (each for each in _files(url) if is_a_file(each)):  # SQLite would wait for a pipe
        try:
            with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
                result = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        except sqlite3.Error as error:
            result = str(error)
        yield Checked("integrity", "ok" if result == "ok" else "wrong", f"{path}: {result}")


def _tree(store: Store) -> Iterator[Checked]:
    """Yield nothing where the tree beside the log can be read, or there is none; raises the error of whoever reads it."""
    with TreeTable.open(store) as table:
        table.exists()
    yield from ()


def _append_only(url: StoreUrl) -> Iterator[Checked]:
    """Yield whether the database refuses to change and to delete facts."""
    if url.kind == "postgresql":
        from dualcert.store import postgres

        guarded = postgres.is_guarded(url)
    else:
        guarded = sqlite.is_guarded(url)
    refuses = N_("the database refuses to change or delete facts")
    allows = N_("the database would let facts be changed or deleted: doctor --fix")
    yield Checked("append-only", "ok" if guarded else "wrong", refuses if guarded else allows)


def _server(url: StoreUrl) -> Iterator[Checked]:
    from dualcert.store import postgres_server

    with closing(postgres_server.connect(url)) as connection:
        rows = "SELECT current_setting('server_version'), current_setting('data_checksums')"
        server, checksums = connection.execute(rows).fetchone() or ("?", "?")
    detail = f"PostgreSQL {server}, data_checksums {checksums}"
    yield Checked("integrity", "ok" if checksums == "on" else "note", detail)


def _people(registry: Registry) -> Iterator[Checked]:
    """Yield whether the directory can be read, and which ids of the log it does not have."""
    with Directory.open(registry.store) as directory:
        people = directory.all()
        known = {person.person for person in people}
        yield from _in_plain_text("people", directory)
        there = Phrase(N_("{n} people in {place}"), n=len(known), place=directory.place)
        nobody = Phrase(N_("there is no directory {place}"), place=directory.place)
        yield Checked("people", "ok", there if directory.exists() else nobody)
    unreadable = [person.person for person in people if person.unreadable]
    if unreadable:
        lost = Phrase(N_("{n} people cannot be read: {ids}; put the keys back with 'people keys FILE'"), n=len(unreadable), ids=_some(unreadable))  # fmt: skip
        yield Checked("people", "wrong", lost)
    missing = sorted(people_named(registry.view()) - known)
    if missing and known:
        lost = Phrase(N_("{n} ids of the log are not in the directory: {ids}"), n=len(missing), ids=_some(missing))
        yield Checked("people", "note", lost)


def _in_plain_text(check: str, table: KeyedTable) -> Iterator[Checked]:
    """Yield whether an older dualcert left something of people in plain text."""
    plain = table.in_plain_text()
    if plain:
        left = Phrase(N_("{n} rows of {place} are in plain text: doctor --fix"), n=plain, place=table.place)
        yield Checked(check, "wrong", left)


def _rights(registry: Registry) -> Iterator[Checked]:
    """Yield whether rights are on, and for how many people."""
    with Rights.open(registry.store) as rights:
        people = {each.person for each in rights.all()}
    on, off = Phrase(N_("{n} people have rights"), n=len(people)), Phrase(N_("everybody may record everything"))
    yield Checked("rights", "ok", on if people else off)


def _outbox(registry: Registry) -> Iterator[Checked]:
    """Yield how many messages wait in the outbox, and which of them were changed or belong to no dispatch."""
    planned = {id_ for id_, _ in registry.view().dispatches()}
    with Outbox.open(registry.store) as outbox:
        kept = outbox.kept()
        yield from _in_plain_text("outbox", outbox)
    damaged = [each.dispatch for each in kept if not each.sound]
    stray = [each.dispatch for each in kept if each.dispatch not in planned]
    yield Checked("outbox", "ok", Phrase(N_("{n} messages wait"), n=len(kept) - len(stray)))
    if damaged:
        yield Checked(
            "outbox", "wrong", Phrase(N_("messages were changed, and are not sent: {ids}"), ids=_some(damaged))
        )
    if stray:
        left = Phrase(N_("{n} messages belong to no planned dispatch; planning was interrupted: plan again, and send: {ids}"), n=len(stray), ids=_some(stray))  # fmt: skip
        yield Checked("outbox", "note", left)


def _figures(store: Store) -> Iterator[Checked]:
    """Yield whether figures are kept beside the log, if there are any; they may be deleted at any time."""
    stored = figures_file.read(store.url)
    if stored is None:
        return
    kept, place = KeptFigures.from_bytes(stored), str(figures_file.place_of(store.url))
    if kept and kept.basis.store == store.id:
        told = N_("figures as known at position {position} are kept in {path}")
        yield Checked("figures", "ok", Phrase(told, position=kept.basis.position, path=place))
    else:
        not_used = N_("{path} is damaged or of another store, and is not used; it may be deleted")
        yield Checked("figures", "note", Phrase(not_used, path=place))


def _some(ids: list[str]) -> str:
    return ", ".join(ids[:SHOWN]) + (" …" if len(ids) > SHOWN else "")


def _sending(registry: Registry, quarantine: Quarantine) -> Iterator[Checked]:
    """Yield whether this store may send from this machine, and whether the machine can record its sending."""
    above = next(
        (each for each in (quarantine.folder, *quarantine.folder.parents) if is_there(each)), quarantine.folder
    )
    if not is_a_folder(above) or not os.access(above, os.W_OK):
        cannot = Phrase(
            N_("{folder} cannot be written, so nothing can be sent from here"), folder=str(quarantine.folder)
        )
        yield Checked("sending", "wrong", cannot)
    try:
        quarantine.check(registry.store, registry.view)
    except SendingOff as off:
        yield Checked("sending", "note", _sentence(off))
    else:
        yield Checked("sending", "ok", Phrase(N_("the store sends from here; {folder}"), folder=str(quarantine.folder)))
