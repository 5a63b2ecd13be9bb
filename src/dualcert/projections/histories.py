"""Histories: the recorded facts of one stream, retracted ones included."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from attrs import frozen

from dualcert.domain.entry import AnyEntry, effective
from dualcert.domain.names import stored_name
from dualcert.errors import UnknownStream
from dualcert.projections.answers import Answer
from dualcert.projections.view import View


@frozen
class HistoryRow(Answer):
    """One fact; `fact` is its stored name, `data` the fact itself, whose class follows from the name."""

    position: int
    stream: str
    version: int
    fact: str
    on: date
    recorded_at: datetime
    by: str
    source: str
    data: Any


def history(view: View, stream: str) -> tuple[HistoryRow, ...]:
    """Return the facts of *stream*, oldest first.

    Raises:
        UnknownStream: the stream has no facts.
    """
    entries = view.entries(stream)
    if not entries:
        raise UnknownStream(stream=stream)
    return tuple(_row(e) for e in entries)


def facts_named(view: View, names: frozenset[str]) -> tuple[HistoryRow, ...]:
    """Return the facts of these stored names that are not retracted, in order of position."""
    streams = (stream for kind in {name.partition(".")[0] for name in names} for stream in view.streams.of_kind(kind))
    rows = [_row(e) for stream in streams for e in effective(view.entries(stream)) if stored_name(e.fact) in names]
    return tuple(sorted(rows, key=lambda row: row.position))


def _row(e: AnyEntry) -> HistoryRow:
    return HistoryRow(
        position=e.position,
        stream=e.stream,
        version=e.version,
        fact=stored_name(e.fact),
        on=e.on,
        recorded_at=e.recorded_at,
        by=e.by,
        source=e.source,
        data=e.fact,
    )
