"""Types and checks that the recorders of logs share: rows, the order of instants, and the contracts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol, runtime_checkable

from dualcert.store.codec import recorded_at_of

Row = tuple[int, str, int, str, bytes]
"""Private id (ascending), stream, version, topic, state."""


class RowSpan(NamedTuple):
    """The private ids of the rows before and at the end of what was inserted."""

    before: int
    behind: int


@runtime_checkable
class NamingRecorder(Protocol):
    """A recorder that reads single streams, and whose private ids can be the positions."""

    def length(self) -> int | None:
        """Return how many rows there are, if the private id of each is its position; else None."""

    def guarded(self) -> int | None:
        """Return the number of the guard against changes, another one after it was removed; None where there is none."""

    def stream(self, stream: str, until: int) -> list[Row]:
        """Return the rows of a stream with an id up to *until*, in order of version."""

    def streams(self, kind: str) -> list[str]:
        """Return the ids of the streams that begin with *kind* and a hyphen, in order."""


class AppendRaced(Exception):
    """Another writer was first; `newest` is the newest instant of recording, if that is known."""

    def __init__(self, newest: datetime | None = None) -> None:
        super().__init__()
        self.newest = newest


def check_newest(last: Sequence[Any] | None, recorded_at: datetime | None, after: int | None) -> None:
    """Raise AppendRaced where the *last* row was recorded after *recorded_at*, or is not the one with the id *after*.

    What is None is not checked: the instant, where a whole log is copied; the id, where facts were decided on fewer rows.
    """
    if last is not None and (recorded_at is not None or after is not None):
        newest = recorded_at_of(bytes(last[0])).recorded_at
        if (recorded_at is not None and newest > recorded_at) or (after is not None and last[1] != after):
            raise AppendRaced(newest)
