"""The log: one `eventsourcing` application, opened by URL, appended to whole or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
from attrs import frozen
from eventsourcing.application import Application
from eventsourcing.persistence import (
    InfrastructureFactory,
    IntegrityError,
    Mapper,
    PersistenceError,
    StoredEvent,
    Transcoder,
)
from eventsourcing.utils import Environment, EnvType
from typing_extensions import override

from dualcert import errors
from dualcert.domain.entry import LOG_STREAM, AnyEntry, Entry, LogOpened
from dualcert.store import sqlite
from dualcert.store.codec import Codec, codec
from dualcert.store.rows import BehindLogError, PagedRecorder, Row
from dualcert.store.url import StoreUrl, parse_url
from dualcert.values.dates import civil_day

FORMAT = 1
"""The version of the stored form; a log of a higher one was written by a newer dualcert."""
HASH = "sha256"
PAGE = 2_000
"""Rows fetched whole: few enough to stay in the processor's cache, where 5,000 take a tenth longer."""


@frozen
class Bookmark:
    """How far a log was read: `position` facts, the last of them at the store's private id `row`."""

    position: int = 0
    row: int = 0


class AppendRaced(Exception):
    """Somebody else wrote first; `newest` is the newest instant of recording, where that is why."""

    def __init__(self, newest: datetime | None = None) -> None:
        super().__init__()
        self.newest = newest


class EntryMapper(Mapper[str]):
    """Entries to stored events and back through the closed list of names; nothing is imported."""

    def __init__(self, codec: Codec) -> None:
        self.codec = codec

    @override
    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        topic, state = self.codec.encode(domain_event)
        return StoredEvent(domain_event.stream, domain_event.version, topic, state)

    @override
    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        e = stored_event
        return self.codec.decode(str(e.originator_id), e.originator_version, e.topic, e.state)


class EventLog(Application[str]):
    """The append-only log of one store.

    Configured by its URL alone: nothing of the process's environment is read, so a stray
    PERSISTENCE_MODULE in a host service cannot move the store.
    """

    name = "dualcert"

    def __init__(self, url: StoreUrl, *, create: bool) -> None:
        self.url = url
        self.codec = codec()
        super().__init__({"CREATE_TABLE": "y" if create else "n"})

    @override
    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:
        return Environment(name, dict(env or {}))

    @override
    def construct_factory(self, env: Environment) -> InfrastructureFactory[Any]:
        if self.url.kind != "postgresql":
            return sqlite.LogFactory(env, self.url)
        try:
            from dualcert.store import postgres
        except ImportError as error:
            problem = f"PostgreSQL needs pip install 'dualcert[postgres]' ({error})"
            raise errors.StoreUnusable(store=self.url.shown, problem=problem) from None
        return postgres.LogFactory(env, self.url)

    @override
    def construct_transcoder(self) -> Transcoder:
        return None  # type: ignore[return-value]  # the mapper encodes; there is nothing to transcode

    @override
    def construct_mapper(self) -> Mapper[str]:
        return EntryMapper(self.codec)

    def append(self, entries: Sequence[AnyEntry]) -> None:
        """Append *entries*, recorded at one instant, in one transaction.

        Raises AppendRaced where a version is taken or a later instant is recorded already, and
        StoreUnusable where the store fails. A commit whose answer was lost counts as done if the very
        bytes stand in the log.
        """
        try:
            with self._told():
                events: Sequence[Any] = entries  # entries are events by the mapper alone
                self.events.put(events, recorded_at=entries[0].recorded_at)
        except BehindLogError as behind:
            raise AppendRaced(behind.newest) from None
        except IntegrityError:
            if not self._stand(entries):
                raise AppendRaced from None
        except errors.StoreUnusable:
            if not self._stand(entries):
                raise

    def _stand(self, entries: Sequence[AnyEntry]) -> bool:
        """Return whether exactly these bytes are in the log; False where that cannot be found out."""
        try:
            return all(self._stored(e) == self.codec.encode(e) for e in entries)
        except PersistenceError:
            return False

    def _stored(self, entry: AnyEntry) -> tuple[str, bytes] | None:
        found = self.recorder.select_events(entry.stream, gt=entry.version - 1, lte=entry.version)
        return (found[0].topic, bytes(found[0].state)) if found else None

    def pages(self, after: Bookmark) -> Iterator[tuple[Bookmark, list[AnyEntry]]]:
        """Yield the log after a bookmark, page by page, with the bookmark behind each page.

        Raises UnknownFactName, WrittenByNewer or StoreDamaged where a row cannot be read.
        """
        for behind, rows in self.rows(after):
            yield behind, self.decoded(rows, behind)

    def rows(self, after: Bookmark) -> Iterator[tuple[Bookmark, list[Row]]]:
        """Yield the stored rows after a bookmark, page by page, with the bookmark behind each page."""
        while rows := self._rows(after.row):
            after = Bookmark(after.position + len(rows), rows[-1][0])
            yield after, rows

    def decoded(self, rows: Sequence[Row], behind: Bookmark) -> list[AnyEntry]:
        """Return the entries of a page of *rows*, with the bookmark behind it; raises as `pages` does."""
        decoders = self.codec.decoders
        position = behind.position - len(rows)
        entries: list[AnyEntry] = []
        append = entries.append
        topic = stream = ""
        version = 0
        try:
            for _, stream, version, topic, state in rows:
                position += 1
                entry = decoders[topic](state)
                entry.stream = stream
                entry.version = version
                entry.position = position
                append(entry)
        except (KeyError, msgspec.MsgspecError) as error:
            raise self.codec.refusal(error, self.url.shown, f"{stream}@{version}", topic) from error
        return entries

    def _rows(self, after: int) -> list[Row]:
        with self._told():
            if isinstance(self.recorder, PagedRecorder):
                return self.recorder.page(after, PAGE)
            found = self.recorder.select_notifications(after, PAGE, inclusive_of_start=False)
            return [(n.id, str(n.originator_id), n.originator_version, n.topic, n.state) for n in found]

    def fill(self, pages: Iterable[Sequence[Row]]) -> None:
        """Write a whole log into this empty one, in one transaction; raises StoreExists where it is not empty."""
        if self.opening() is not None:
            raise errors.StoreExists(store=self.url.shown)
        recorder: Any = self.recorder
        with self._told():
            recorder.insert_pages(
                [StoredEvent(stream, version, topic, bytes(state)) for _, stream, version, topic, state in rows]
                for rows in pages
            )

    def length(self) -> int:
        """Return about how many facts there are: the newest private id, which may have gaps."""
        with self._told():
            return self.recorder.max_notification_id() or 0

    def opening(self) -> AnyEntry | None:
        """Return the opening fact of the log, or None where the log is empty."""
        with self._told():
            first = self.recorder.select_notifications(None, 1)
        if not first:
            return None
        n = first[0]
        return self.codec.decode(str(n.originator_id), n.originator_version, n.topic, n.state, position=1)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what databases raise into the typed errors of this library."""
        try:
            yield
        except IntegrityError:
            raise
        except (PersistenceError, sqlite3.Error) as error:
            raise self._trouble(error) from error

    def _trouble(self, error: Exception) -> errors.StoreUnusable:
        if self.url.kind != "postgresql":
            return sqlite.trouble(self.url.shown, error)
        from dualcert.store import postgres

        return postgres.trouble(self.url.shown, error)


def open_log(url: str | Path, *, create: bool, now: datetime) -> EventLog:
    """Return the log at *url*; only with *create* is one made, and never over one that is there.

    `:memory:` is always made. Raises a subclass of StoreUnusable.
    """
    place = parse_url(url)
    if place.kind == "memory" or create:
        return create_log(place, partial(_begin, now=now))
    return existing_log(place)


def existing_log(place: StoreUrl) -> EventLog:
    """Return the log at *place*; raises a subclass of StoreUnusable where there is none."""
    if place.kind == "memory":
        raise errors.StoreMissing(store=place.shown)
    if place.kind == "sqlite":
        sqlite.check_file(place)
    return _checked(EventLog(place, create=False))


def create_log(place: StoreUrl, begin: Callable[[EventLog], None]) -> EventLog:
    """Return a new log that *begin* wrote to; a file whose making failed is not left behind."""
    if place.kind == "sqlite":
        sqlite.create_file(place)
    try:
        log = _with_tables(place)
        try:
            begin(log)
        except BaseException:
            log.close()
            raise
        return _checked(log)
    except BaseException:
        if place.kind == "sqlite":
            place.path.unlink(missing_ok=True)
        raise


def _with_tables(place: StoreUrl) -> EventLog:
    try:
        return EventLog(place, create=True)
    except (PersistenceError, sqlite3.Error) as error:
        raise errors.StoreUnusable(store=place.shown, problem=str(error).strip()) from error


def _begin(log: EventLog, now: datetime) -> None:
    opened = LogOpened(store_id=uuid4().hex, format=FORMAT, hash=HASH)
    first = Entry(
        on=civil_day(now),
        by="system",
        source="",
        command_id=None,
        recorded_at=now,
        fact=opened,
        stream=LOG_STREAM,
        version=1,
    )
    if log.opening() is not None:
        raise errors.StoreExists(store=log.url.shown)
    try:
        log.append([first])
    except AppendRaced:
        raise errors.StoreExists(store=log.url.shown) from None


def _checked(log: EventLog) -> EventLog:
    """Return *log* if it begins with an opening fact that this program understands."""
    try:
        _check_opening(log)
    except BaseException:
        log.close()
        raise
    return log


def _check_opening(log: EventLog) -> None:
    exists = getattr(log.recorder, "exists", None)
    if exists and not exists():
        raise errors.StoreMissing(store=log.url.shown)
    first = log.opening()
    if first is None:
        raise errors.StoreEmpty(store=log.url.shown)
    if not isinstance(first.fact, LogOpened):
        raise errors.StoreForeign(store=log.url.shown, problem="its first row opens no log")
    if first.fact.format > FORMAT:
        raise errors.WrittenByNewer(store=log.url.shown, name=f"log format {first.fact.format}")
