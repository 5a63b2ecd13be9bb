"""The log of one store, folded in memory and kept up to date; questions and decisions read from it."""

from __future__ import annotations

import os
import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from dualcert import errors
from dualcert.collector import paused_collector
from dualcert.divisions import Divisions
from dualcert.domain.entry import AnyEntry
from dualcert.projections.named import NamedStreams
from dualcert.projections.streams import Streams, fold
from dualcert.projections.view import View
from dualcert.store.log import Bookmark, EventLog, existing_log
from dualcert.store.rows import RowSpan
from dualcert.telemetry import logger
from dualcert.values.dates import end_of, instant_of, parse_moment

KnownAt = datetime | date | int | str | None
"""An instant, a day (its end in Asia/Shanghai), a position of the log, each also as text, or None: the log's head."""

if TYPE_CHECKING:
    from dualcert.integrity.checkpoint import Checkpoint
    from dualcert.integrity.merkle import Tree
    from dualcert.store.digest import Digest

LOG = logger("store")
GLANCE = 0.2
"""Seconds between two looks whether following is to end."""
SHORT = 5_000
"""Facts that are folded as fast as a few of them are looked up."""
MOST = 32
"""Streams that are read by name; whoever asks for more is better served by the fold."""
_OF_THE_PARENT: list[EventLog] = []
"""Logs whose connections belong to the parent process of a fork: they are kept here, so that nothing closes them."""


class LogFold:
    """The fold of a log up to `position`; `lock` is held while it grows. Threads may share it."""

    def __init__(self, log: EventLog, divisions: Divisions) -> None:
        self.log, self.divisions = log, divisions
        self.lock = threading.RLock()
        self._process = os.getpid()
        self._closed = threading.Event()
        self.streams: Streams
        self.newest: datetime | None
        """The instant of recording of the newest known fact."""
        self.head: View
        self._bookmark: Bookmark
        self._tree: Tree | None = None
        self._hashed = Bookmark()
        self.named = 0
        """How many streams were read by name."""
        self.forget()

    @property
    def position(self) -> int:
        """How many facts are folded."""
        return self._bookmark.position

    @property
    def row(self) -> int:
        """The private id of the newest row that is folded."""
        return self._bookmark.row

    def forget(self) -> None:
        """Start again with an empty fold; existing views keep the old one."""
        self.streams, self._bookmark, self.newest = Streams(), Bookmark(), None
        self.head = View(self.streams, self.divisions, 0, None)

    def catch_up(self, progress: Callable[[int], None] | None = None) -> int:
        """Fold the facts that others recorded meanwhile, and return the head's position."""
        self.check_process()
        with self.lock, paused_collector():
            self.read_on(progress)
            return self.position

    def read_on(
        self, progress: Callable[[int], None] | None, until: int | None = None, digest: Digest | None = None
    ) -> None:
        """Fold the rest of the log; *digest* gets the rows up to position *until*."""
        for behind, rows in self.log.rows(self._bookmark):
            with self.log.placed():
                if digest:
                    digest.add(rows if until is None else rows[: max(0, until - self.position)])
                entries = self.log.decoded(rows, behind)
                self.streams.extend(entries)
            self._bookmark, self.newest = behind, entries[-1].recorded_at
            if progress:
                progress(len(entries))
        if self.head.position != self.position:
            self.head = self.head.at(self.position, self.newest)

    def add_own(self, entries: list[AnyEntry], span: RowSpan | None) -> bool:
        """Fold *entries*, which were just recorded; return whether that was possible without reading them back.

        It is, unless another writer recorded facts between the folded ones and these. If nothing was folded, because the
        command only glanced at the log, nothing is folded now: the ids of the rows are the positions.
        """
        if span is not None and not self.position and self.named:
            for position, entry in enumerate(entries, start=span.before + 1):
                entry.position = position
            return True
        if span is None or span.before != self._bookmark.row:
            self.catch_up()
            return False
        with self.lock, paused_collector():
            for position, entry in enumerate(entries, start=self.position + 1):
                entry.position = position
            self.streams.extend(entries)
            self._bookmark, self.newest = Bookmark(self.position + len(entries), span.behind), entries[-1].recorded_at
            self.head = self.head.at(self.position, self.newest)
            return True

    def unchanged_since(self, after: int | None) -> bool:
        """Fold what others recorded after the row *after*, and return whether there was nothing; True without a row."""
        if after is not None:
            self.catch_up()
        return after in {None, self.row}

    def glance(self) -> View:
        """Return a view of the head for one question about named streams: it reads these alone, while that is less.

        It is valid while the log is open, and for one thread. Once the log was folded, or is short, it is the fold's own.
        """
        self.check_process()
        with self.lock:
            head = None if self.position or self.named >= MOST else self.log.head()
            if head is None or head <= SHORT:
                self.catch_up()
                return self.head
            self.newest = self.log.recorded_at(head)
            return View(NamedStreams(LogSource(self, head), head), self.divisions, head, self.newest)

    def known(self, known_at: KnownAt, head: View | None = None) -> View:
        """Return the view of what was known at an instant, a day's end or a position; raises UnknownPosition, BadValue."""
        head = head or self.head
        if known_at is None:
            return head
        if isinstance(known_at, str):
            known_at = _moment(known_at)
        if type(known_at) is int:
            if not 0 <= known_at <= head.position:
                raise errors.UnknownPosition(position=known_at, head=head.position)
            position, instant = known_at, head.streams.recorded_at(known_at)
        else:
            instant = _instant(known_at)
            position = min(head.streams.position_at(instant), head.position)
        return evolve(head, position=position, known_at=instant)

    def checkpoint(self, position: int) -> Checkpoint:
        """Return the checkpoint of the first *position* facts; the tree of hashes is made on the first call, and grows then."""
        from dualcert.integrity.checkpoint import Checkpoint
        from dualcert.integrity.merkle import Tree
        from dualcert.integrity.verifying import leaf_hashes

        with self.lock:
            self._tree = self._tree or Tree()
            for behind, rows in self.log.rows(self._hashed):
                with self.log.placed():
                    self._tree.extend(leaf_hashes(rows, self._hashed.position))
                self._hashed = behind
            return Checkpoint.of(self.log.store.id, self._tree, position)

    def follow(self, after: int, every: float, stop: threading.Event) -> Iterator[AnyEntry]:
        """Yield the facts after position *after*, then wait for more, reading the log every *every* seconds.

        It ends when *stop* is set, or the log is closed.
        """
        for entry in self.following(after):
            if stop.is_set():
                return
            if entry is not None:
                yield entry
                continue
            until = time.monotonic() + every
            while (left := until - time.monotonic()) > 0 and not (stop.is_set() or self._closed.is_set()):
                stop.wait(min(left, GLANCE))

    def following(self, after: int) -> Iterator[AnyEntry | None]:
        """Yield the facts after position *after*, and None whenever there are no more for now; it ends when the log is closed."""
        bookmark = Bookmark()
        while not self._closed.is_set():
            pages = self.log.pages(bookmark)
            while page := self._next(pages):
                bookmark, entries = page
                yield from (entry for entry in entries if entry.position > after)
            yield None

    def _next(self, pages: Iterator[tuple[Bookmark, list[AnyEntry]]]) -> tuple[Bookmark, list[AnyEntry]] | None:
        """Return the next page, or None; the log is not closed meanwhile, which would end the process."""
        with self.lock:
            return None if self._closed.is_set() else next(pages, None)

    def close(self) -> None:
        """Close the log, when nobody reads it; a parent process's is left to the parent."""
        if self._process != os.getpid():
            _OF_THE_PARENT.append(self.log)
            return
        with self.lock:
            self._closed.set()
            self.log.close()

    def check_process(self) -> None:
        """Open the store again in a forked process, because two processes cannot share a connection.

        The parent's connections are not closed, because closing them here would end them in the parent.
        """
        if self._process == os.getpid() or self.log.url.kind == "memory":
            return
        LOG.info("the process was forked; opening %s again", self.log.url.shown)
        _OF_THE_PARENT.append(self.log)
        self.lock = threading.RLock()  # the parent's may be held by a thread that is not here
        self.log, self._process = existing_log(self.log.url), os.getpid()


@frozen
class LogSource:
    """The streams of a log up to a position, one by one; see `NamedStreams`."""

    fold: LogFold
    position: int

    def stream(self, stream: str) -> Streams | None:
        """Return the fold of one stream; None once too many were read."""
        with self.fold.lock:
            if self.fold.named >= MOST:
                return None
            self.fold.named += 1
            log = self.fold.log
            with log.placed():
                return fold(log.stream(stream, self.position))

    def ids(self, kind: str) -> Sequence[str]:
        """Return the ids of the streams of *kind*, in order."""
        return self.fold.log.streams(kind)

    def recorded_at(self, position: int) -> datetime | None:
        """Return when the fact at *position* was recorded; None at position 0."""
        return self.fold.log.recorded_at(position) if position else None

    def position_at(self, instant: datetime) -> int:
        """Return how many facts were recorded up to *instant*: instants never decrease along the log."""
        return bisect_right(range(1, self.position + 1), instant, key=self.fold.log.recorded_at)

    def whole(self) -> Streams:
        """Return the fold of the whole log."""
        self.fold.catch_up()
        return self.fold.streams


def _moment(text: str) -> datetime | date | int:
    moment = parse_moment(text)
    if moment is None:
        expected = errors.N_("@POSITION, a date or a time")
        raise errors.BadValue(field="known_at", value=errors.shown(text), expected=expected)
    return moment


def _instant(known_at: object) -> datetime:
    """Return the instant of *known_at*: a day's end in Asia/Shanghai, or a time with an offset."""
    if isinstance(known_at, date) and not isinstance(known_at, datetime):
        return end_of(known_at)
    if not isinstance(known_at, datetime) or known_at.tzinfo is None:
        raise errors.BadValue(field="known_at", value=str(known_at), expected="a time with its offset from UTC")
    return instant_of(known_at)
