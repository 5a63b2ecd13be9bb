"""The fold of the log: every stream's facts in order of version.

Three laws hold (tests/properties). *Resume*: folding on from any cut equals folding at once.
*Partition*: for any split of the log by stream, merging the parts' folds equals folding the whole;
merging is associative and commutative with the empty fold as unit. *Question*: an answer that
relates streams is a pure function of the merged fold.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from operator import attrgetter

from attrs import define, field

from dualcert.domain.entry import AnyEntry
from dualcert.errors import StoreDamaged
from dualcert.values.ids import kind_of

_position = attrgetter("position")
_first = attrgetter("first")
_instant = attrgetter("instant")


@define
class Moment:
    """An instant of recording, with the first and the last position of the facts that were recorded then."""

    instant: datetime
    first: int
    last: int


@define
class Streams:
    """Stream id -> its entries; `position` is that of the newest fact folded.

    A stream's list only grows, so a thread may read it up to a position while others add to it.
    """

    by_id: dict[str, list[AnyEntry]] = field(factory=dict)
    position: int = 0
    _kinds: dict[str, list[str]] = field(factory=dict, eq=False, repr=False)
    _moments: list[Moment] = field(factory=list, eq=False, repr=False)
    """In order of position, and so of time: instants never decrease along the log."""

    def extend(self, entries: Iterable[AnyEntry]) -> None:
        """Fold *entries* on, in order of position.

        Raises:
            StoreDamaged: a version is missing.
        """
        by_id, before = self.by_id, None
        entry = None
        for entry in entries:
            if before is not None:
                _share(before, entry)
            before = entry
            self._remember(entry)
            stream = by_id.get(entry.stream)
            if stream is None:
                by_id[entry.stream] = stream = []
                self._kinds.setdefault(kind_of(entry.stream), []).append(entry.stream)
            else:
                entry.stream = stream[0].stream
            stream.append(entry)
            if entry.version != len(stream):
                problem = f"{entry.id} follows version {len(stream) - 1}"
                raise StoreDamaged(store="log", problem=problem)
        if entry is not None:
            self.position = entry.position

    def _remember(self, entry: AnyEntry) -> None:
        moments = self._moments
        if moments and moments[-1].instant == entry.recorded_at:
            moments[-1].last = entry.position
        else:
            moments.append(Moment(entry.recorded_at, entry.position, entry.position))

    def known(self, stream: str, position: int) -> Sequence[AnyEntry]:
        """Return the entries of *stream* up to *position* of the log."""
        entries = self.by_id.get(stream)
        return entries[: self.count(stream, position)] if entries else ()

    def count(self, stream: str, position: int) -> int:
        """Return how many entries *stream* has up to *position* of the log."""
        entries = self.by_id.get(stream)
        if not entries:
            return 0
        length = len(entries)  # once: others may add meanwhile
        whole = entries[length - 1].position <= position
        return length if whole else bisect_right(entries, position, 0, length, key=_position)

    def position_at(self, instant: datetime) -> int:
        """Return how many facts were recorded up to *instant*, one of that very instant included."""
        place = bisect_right(self._moments, instant, key=_instant)
        return self._moments[place - 1].last if place else 0

    def recorded_at(self, position: int) -> datetime | None:
        """Return when the fact at *position* was recorded; None at position 0."""
        place = bisect_right(self._moments, position, key=_first)
        return self._moments[place - 1].instant if place else None

    def of_kind(self, kind: str) -> Iterator[str]:
        """Return the ids of the streams of *kind*, in order."""
        return iter(sorted(self._kinds.get(kind, ())))


def _share(before: AnyEntry, entry: AnyEntry) -> None:
    """Keep one copy of what two entries have alike: facts of one row come from one source, at one instant."""
    if entry.recorded_at == before.recorded_at:
        entry.recorded_at = before.recorded_at
    if entry.source == before.source:
        entry.source = before.source
    if entry.by == before.by:
        entry.by = before.by
    if entry.on == before.on:
        entry.on = before.on


def fold(entries: Iterable[AnyEntry]) -> Streams:
    """Return the fold of *entries*, given in order of position."""
    streams = Streams()
    streams.extend(entries)
    return streams


def merge(one: Streams, other: Streams) -> Streams:
    """Return the disjoint union of two folds; a stream on both sides is a ValueError."""
    shared = one.by_id.keys() & other.by_id.keys()
    if shared:
        raise ValueError(f"both sides have {min(shared)}")
    kinds = {k: [*one._kinds.get(k, ()), *other._kinds.get(k, ())] for k in {**one._kinds, **other._kinds}}  # noqa: SLF001  its own class
    moments = sorted([*one._moments, *other._moments], key=lambda moment: (moment.first, moment.last))  # noqa: SLF001  as above
    return Streams({**one.by_id, **other.by_id}, max(one.position, other.position), kinds, moments)
