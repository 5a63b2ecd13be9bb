"""Streams that are read one by one, for questions that name them: they cost what they ask for, however long the log is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from typing_extensions import override

from dualcert.domain.entry import AnyEntry
from dualcert.projections.streams import Streams

LISTED = frozenset({"campaign"})
"""The kinds of streams of which there are few, so that all of them are read by name, too."""


class StreamSource(Protocol):
    """Where named streams come from: a log, up to its position of a moment."""

    def stream(self, stream: str) -> Streams | None:
        """Return the fold of one stream; None if so many were read that the whole log is the better choice."""

    def ids(self, kind: str) -> Sequence[str]:
        """Return the ids of the streams of *kind*, in order."""

    def recorded_at(self, position: int) -> datetime | None:
        """Return when the fact at *position* was recorded; None at position 0."""

    def position_at(self, instant: datetime) -> int:
        """Return how many facts were recorded up to *instant*."""

    def whole(self) -> Streams:
        """Return the fold of the whole log."""


class NamedStreams(Streams):
    """The fold of a log of which a stream is read when it is asked about; whoever asks for more gets the whole fold.

    The answers are those of the whole fold (tests/properties). One thread at a time may ask.
    """

    __slots__ = ("_part", "_source", "_whole")

    def __init__(self, source: StreamSource, position: int) -> None:
        self._source = source
        self._part: dict[str, Streams] = {}
        self._whole: Streams | None = None
        self.position = position

    @property
    @override
    def by_id(self) -> dict[str, list[AnyEntry]]:  # type: ignore[override]  # read, never assigned
        """All streams: this reads the whole log."""
        return self._all().by_id

    @override
    def known(self, stream: str, position: int) -> Sequence[AnyEntry]:
        return self._holding(stream).known(stream, position)

    @override
    def count(self, stream: str, position: int) -> int:
        return self._holding(stream).count(stream, position)

    @override
    def position_at(self, instant: datetime) -> int:
        return self._source.position_at(instant)

    @override
    def recorded_at(self, position: int) -> datetime | None:
        return self._source.recorded_at(position)

    @override
    def of_kind(self, kind: str) -> Iterator[str]:
        if kind in LISTED and self._whole is None:
            return iter(self._source.ids(kind))
        return self._all().of_kind(kind)

    def _holding(self, stream: str) -> Streams:
        """Return a fold that has *stream*, if there is such a stream."""
        if self._whole is not None:
            return self._whole
        found = self._part.get(stream) or self._source.stream(stream)
        if found is None:
            return self._all()
        self._part[stream] = found
        return found

    def _all(self) -> Streams:
        if self._whole is None:
            self._whole = self._source.whole()
        return self._whole
