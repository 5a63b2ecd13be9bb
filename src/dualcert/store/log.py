"""The log: one `eventsourcing` application, opened by URL, appended to whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from attrs import evolve, frozen
from eventsourcing.application import Application
from eventsourcing.persistence import (
    ConnectionPoolClosedError,
    InfrastructureFactory,
    IntegrityError,
    Mapper,
    PersistenceError,
    StoredEvent,
)
from eventsourcing.utils import Environment, EnvType
from typing_extensions import override

from dualcert import errors
from dualcert.domain.entry import LOG_STREAM, AnyEntry, Entry, LogOpened
from dualcert.files import written
from dualcert.store import sqlite, sqlite_file
from dualcert.store.codec import Codec, codec
from dualcert.store.library import sqlite3
from dualcert.store.rows import AppendRaced, NamingRecorder, Row, RowSpan
from dualcert.store.url import Store, StoreUrl, parse_url
from dualcert.telemetry import logger
from dualcert.values.dates import civil_day
from dualcert.values.ids import kind_of

FORMAT = 1
"""The version of the stored form; a log of a higher one was written by a newer dualcert."""
HASH = "sha256"
PAGE = 2_000
"""Rows fetched whole: few enough to stay in the processor's cache, where 5,000 take a tenth longer."""
READ_AGAIN = 3
"""How often a read is tried if its connection breaks; each try has a new connection."""

MAKE_AGAIN = 6
"""How often making the tables is tried while others make them: the losers of this race get various errors."""

NOT_COMMITTED = (errors.StoreBusy, errors.StoreReadOnly, errors.StoreFull, errors.StoreClosed, errors.StoreMoved)
"""The errors which mean that the database committed nothing."""

LOG = logger("store")
T = TypeVar("T")


@frozen
class Bookmark:
    """How far a log was read: `position` facts, the last of them at the store's private id `row`."""

    position: int = 0
    row: int = 0


class EntryMapper(Mapper[str]):
    """Converts entries to stored events and back by the closed list of names; stored names import nothing."""

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

    It is configured by its URL alone. The process's environment is not read, so a stray PERSISTENCE_MODULE in a
    host service cannot move the store.
    """

    name = "dualcert"

    store: Store
    """The store's place and id, known once the log was opened."""

    def __init__(self, url: StoreUrl, *, create: bool) -> None:
        self.url = url
        self.codec = codec()
        self._closed = False
        super().__init__({"CREATE_TABLE": "y" if create else "n"})
        self._naming = isinstance(self.recorder, NamingRecorder)

    @override
    def close(self) -> None:
        self._closed = True
        super().close()

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
    def construct_mapper(self) -> Mapper[str]:
        return EntryMapper(self.codec)

    def append(self, entries: Sequence[AnyEntry], after: int | None = None) -> RowSpan | None:
        """Append *entries*, recorded at one instant, in one transaction; return their rows, if they are known.

        A commit whose answer was lost counts as done if the very bytes are in the log. Raises AppendRaced where
        a version is taken, a later instant is recorded already, or the newest row is another than *after*; StoreUnusable
        where the store fails and nothing was recorded, and StoreOutcomeUnknown where that cannot be found out.
        """
        try:
            with self._typed():
                recorder: Any = self.recorder
                span: RowSpan = recorder.insert_pages(self._pages_of(entries), entries[0].recorded_at, after)
                return span
        except IntegrityError:
            if not self._are_stored(entries):
                raise AppendRaced from None
        except errors.StoreUnusable as error:
            if not self._arrived(partial(self._are_stored, entries), error):
                raise
        return None

    def _pages_of(self, entries: Sequence[AnyEntry]) -> Iterator[list[StoredEvent]]:
        """Yield *entries* in their stored form, page by page, because all at once would double the memory."""
        events: Sequence[Any] = entries  # entries are events by the mapper alone
        for start in range(0, len(events), PAGE):
            yield [self.mapper.to_stored_event(event) for event in events[start : start + PAGE]]

    def _arrived(self, stored: Callable[[], bool], failure: errors.StoreUnusable) -> bool:
        """Return whether a transaction was committed although the store reported *failure*; *stored* looks for its facts."""
        if isinstance(failure, NOT_COMMITTED):
            return False
        try:
            recorder: Any = self.recorder
            self._read(recorder.settle)
            return stored()
        except errors.StoreUnusable:
            raise errors.StoreOutcomeUnknown(store=self.url.shown, problem=failure.problem or failure.code) from failure

    def _are_stored(self, entries: Sequence[AnyEntry]) -> bool:
        """Return whether the log has exactly these bytes."""
        return all(self._stored(e) == self.codec.encode(e) for e in entries)

    def _stored(self, entry: AnyEntry) -> tuple[str, bytes] | None:
        select = partial(self.recorder.select_events, entry.stream, gt=entry.version - 1, lte=entry.version)
        found = self._read(select)
        return (found[0].topic, bytes(found[0].state)) if found else None

    def pages(self, after: Bookmark) -> Iterator[tuple[Bookmark, list[AnyEntry]]]:
        """Yield the log after a bookmark, page by page, with the bookmark behind each page.

        Raises UnknownFactName, WrittenByNewer or StoreDamaged where a row cannot be read.
        """
        for behind, rows in self.rows(after):
            yield behind, self.decoded(rows, behind)

    def rows(self, after: Bookmark, limit: int | None = None) -> Iterator[tuple[Bookmark, list[Row]]]:
        """Yield the stored rows after a bookmark, page by page of up to *limit*, with the bookmark behind each page."""
        while rows := self._rows(after.row, limit or PAGE):
            after = Bookmark(after.position + len(rows), rows[-1][0])
            yield after, rows

    def decoded(self, rows: Sequence[Row], behind: Bookmark) -> list[AnyEntry]:
        """Return the entries of a page of *rows*, which ends at the bookmark; raises the errors of `pages`."""
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
                if topic[:3] != stream[:3]:
                    _check_kind(topic, stream)
        except MemoryError:
            raise
        except Exception as error:  # damaged bytes can make a decoder raise any error
            raise self.codec.refusal(error, self.url.shown, f"{stream}@{version}", topic) from error
        return entries

    def head(self) -> int | None:
        """Return how many facts there are, if single streams can be read here (the store's ids are positions); else None."""
        recorder: Any = self.recorder
        return self._read(recorder.length) if self._naming else None

    def guarded(self) -> int | None:
        """Return the number of the guard against changes, another one after it was removed; None without one, or without `head`."""
        return self._read(self.recorder.guarded) if isinstance(self.recorder, NamingRecorder) else None

    def stream(self, stream: str, until: int) -> list[AnyEntry]:
        """Return the entries of one stream up to a position; only where `head` is known. Raises the errors of `pages`."""
        recorder: Any = self.recorder
        rows: list[Row] = self._read(partial(recorder.stream, stream, until))
        return [self.decoded([row], Bookmark(row[0], row[0]))[0] for row in rows]

    def streams(self, kind: str) -> list[str]:
        """Return the ids of the streams of *kind*, in order; only where `head` is known."""
        recorder: Any = self.recorder
        return self._read(partial(recorder.streams, kind))

    def recorded_at(self, position: int) -> datetime:
        """Return when the fact at *position* was recorded; only where `head` is known."""
        rows = self._rows(position - 1, 1)
        return self.decoded(rows, Bookmark(position, rows[0][0]))[0].recorded_at

    def _rows(self, after: int, limit: int) -> list[Row]:
        recorder: Any = self.recorder
        return self._read(partial(recorder.page, after, limit))

    def _read(self, question: Callable[[], T]) -> T:
        """Return the answer to *question*; if its connection breaks, ask again, because reading changes nothing."""
        for _ in range(READ_AGAIN - 1):
            try:
                with self._typed():
                    return question()
            except errors.StoreUnusable as error:
                if not self._lost(error):
                    raise
                LOG.warning("the connection to %s was lost; reading again", self.url.shown)
        with self._typed():
            return question()

    def _lost(self, error: errors.StoreUnusable) -> bool:
        if self.url.kind != "postgresql" or error.__cause__ is None:
            return False
        from dualcert.store import postgres_server

        return postgres_server.lost(error.__cause__)

    def fill(self, pages: Iterable[Sequence[Row]]) -> None:
        """Write a whole log into this empty one, in one transaction; raises StoreExists if it is not empty.

        A commit whose answer was lost counts as done if the log is there.
        """
        if self.opening() is not None:
            raise errors.StoreExists(store=self.url.shown)
        recorder: Any = self.recorder
        try:
            with self._typed():
                recorder.insert_pages(
                    [StoredEvent(stream, version, topic, bytes(state)) for _, stream, version, topic, state in rows]
                    for rows in pages
                )
        except IntegrityError:  # another process filled it, or began to record, meanwhile
            raise errors.StoreExists(store=self.url.shown) from None
        except errors.StoreUnusable as error:
            if not self._arrived(lambda: self.opening() is not None, error):
                raise

    def length(self) -> int:
        """Return about how many facts there are: the newest private id, which may have gaps."""
        return self._read(self.recorder.max_notification_id) or 0

    def opening(self) -> AnyEntry | None:
        """Return the opening fact of the log, or None where the log is empty."""
        first = self._read(partial(self.recorder.select_notifications, None, 1))
        if not first:
            return None
        n = first[0]
        return self.codec.decode(str(n.originator_id), n.originator_version, n.topic, n.state, position=1)

    def identity(self) -> Store:
        """Return the place and id of this log; raises a subclass of StoreUnusable if it is not a log of dualcert."""
        exists = getattr(self.recorder, "exists", None)
        if exists and not self._read(exists):
            raise errors.StoreMissing(store=self.url.shown)
        first = self.opening()
        if first is None and exists:  # an empty table, left by an interrupted `create`, which can be repeated
            raise errors.StoreMissing(store=self.url.shown)
        if first is None:
            raise errors.StoreEmpty(store=self.url.shown)
        if not isinstance(first.fact, LogOpened):
            raise errors.StoreForeign(store=self.url.shown, problem="its first row opens no log")
        if first.fact.format > FORMAT:
            raise errors.WrittenByNewer(store=self.url.shown, name=f"log format {first.fact.format}")
        if (first.fact.format, first.fact.hash) != (FORMAT, HASH):
            problem = f"its opening fact says format {first.fact.format}, hash {first.fact.hash}"
            raise errors.StoreDamaged(store=self.url.shown, problem=problem)
        return Store(self.url, first.fact.store_id)

    @contextmanager
    def placed(self) -> Iterator[None]:
        """Add the name of this log to errors about damaged rows."""
        try:
            yield
        except errors.StoreDamaged as damaged:
            raise errors.StoreDamaged(store=self.url.shown, problem=damaged.problem) from damaged

    @contextmanager
    def _typed(self) -> Iterator[None]:
        """Convert errors of databases into the typed errors of this library; raises StoreClosed if the log was closed."""
        if self._closed:
            raise errors.StoreClosed(store=self.url.shown)
        try:
            yield
        except IntegrityError:
            raise
        except ConnectionPoolClosedError:
            raise errors.StoreClosed(store=self.url.shown) from None
        except (PersistenceError, sqlite3.Error, UnicodeDecodeError) as error:
            raise store_error(self.url, error) from error


def store_error(url: StoreUrl, error: BaseException) -> errors.StoreUnusable:
    """Return the typed error for an error of the database at *url*."""
    if url.kind != "postgresql":
        return sqlite_file.store_error(url.shown, error)
    from dualcert.store import postgres_server

    return postgres_server.store_error(url, error)


def _check_kind(topic: str, stream: str) -> None:
    """Raise ValueError if a fact is in a stream of another kind."""
    kind = topic.partition(".")[0]
    if kind not in {"fact", kind_of(stream)}:
        raise ValueError(f"{topic} does not belong into this stream")


def open_log(url: str | Path) -> EventLog:
    """Return the log at *url*; raises a subclass of StoreUnusable if there is none."""
    return existing_log(parse_url(url))


def existing_log(place: StoreUrl) -> EventLog:
    """Return the log at *place*; raises a subclass of StoreUnusable if there is none."""
    if place.kind == "memory":
        raise errors.StoreMissing(store=place.shown)
    if place.kind == "sqlite":
        sqlite.check_log_file(place)
    return _checked(_application(place, create=False))


def create_log(place: StoreUrl, begin: Callable[[EventLog], None]) -> EventLog:
    """Return the new log that *begin* wrote to, in one transaction, at *place*: whole, or there is none.

    A file is written beside its place and moved there. Raises StoreExists, and other subclasses of StoreUnusable.
    """
    if place.kind != "sqlite":
        return _begun(place, begin)
    if place.read_only:
        raise errors.StoreReadOnly(store=place.shown)
    try:
        with written(place.path, mode=0o600) as part:
            _begun(_in_the_making(place, part), begin).close()
    except errors.FileExists:
        raise errors.StoreExists(store=place.shown) from None
    except errors.FileUnwritable as error:
        raise errors.StoreUnusable(store=place.shown, problem=error.problem) from error
    try:
        return existing_log(place)
    except errors.StoreUnusable as error:
        raise errors.StoreLostAfterwards(store=place.shown, problem=error.problem or error.code) from error


def _in_the_making(place: StoreUrl, part: Path) -> StoreUrl:
    """Return where a new store is written: with a rollback journal, so that no part of it is in a file beside."""
    return evolve(place, path=part, options={**place.options, "journal": "rollback"})


def _begun(place: StoreUrl, begin: Callable[[EventLog], None]) -> EventLog:
    log = _with_tables(place)
    try:
        begin(log)
    except BaseException:
        log.close()
        raise
    return _checked(log)


def _with_tables(place: StoreUrl) -> EventLog:
    """Return an application whose tables are there; if several processes create them at once, some are refused and try again."""
    for _ in range(MAKE_AGAIN - 1):
        try:
            return _application(place, create=True)
        except errors.StoreUnusable as error:
            if place.kind != "postgresql" or error.__cause__ is None:
                raise
    return _application(place, create=True)


def _application(place: StoreUrl, *, create: bool) -> EventLog:
    try:
        return EventLog(place, create=create)
    except (PersistenceError, sqlite3.Error) as error:
        raise store_error(place, error) from error


def opening_entry(now: datetime) -> AnyEntry:
    """Return the fact that begins a log, with a new random id of the store."""
    return Entry(
        on=civil_day(now),
        by="system",
        source="",
        command_id=None,
        recorded_at=now,
        fact=LogOpened(store_id=uuid4().hex, format=FORMAT, hash=HASH),
        stream=LOG_STREAM,
        version=1,
    )


def begin_log(url: str | Path, entries: Sequence[AnyEntry]) -> EventLog:
    """Return a new log at *url* that begins with *entries*, the first of them an opening fact.

    All of it is written in one transaction. Raises StoreExists, and other subclasses of StoreUnusable.
    """

    def begin(log: EventLog) -> None:
        if log.opening() is not None:
            raise errors.StoreExists(store=log.url.shown)
        try:
            log.append(entries)
        except AppendRaced:
            raise errors.StoreExists(store=log.url.shown) from None

    return create_log(parse_url(url), begin)


def _checked(log: EventLog) -> EventLog:
    """Return *log* if it begins with an opening fact that this program understands."""
    try:
        log.store = log.identity()
    except BaseException:
        log.close()
        raise
    LOG.info("opened %s", log.url.shown)
    return log
