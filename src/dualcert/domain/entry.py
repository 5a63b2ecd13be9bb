"""An entry of the log: one fact with who recorded it, when and from what; and which entries are effective.

Facts are plain frozen attrs classes without a base. The envelope around them is one msgspec Struct,
because every fold makes one for each fact: decoded and grouped this way, 200,000 facts take two
thirds of the time that a frozen attrs envelope takes (docs/adr/0006).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, Generic, TypeVar

import msgspec
from attrs import frozen

FactT_co = TypeVar("FactT_co", covariant=True)


class Entry(msgspec.Struct, Generic[FactT_co], kw_only=True, gc=False, rename={"fact": "data"}):
    """One recorded fact. It is never changed after it was decoded or recorded.

    `on` is the civil day (Asia/Shanghai) from which the fact is true; `recorded_at` the instant (UTC)
    at which it was entered; `version` counts from 1 in its stream, `position` from 1 in the log
    (0: not recorded yet). `by` is an opaque id, `source` names the document.
    """

    on: date
    by: str
    source: str
    command_id: str | None
    recorded_at: datetime
    fact: FactT_co
    stream: str = ""
    version: int = 0
    position: int = 0

    @property
    def id(self) -> str:
        """The id of the fact: `stream@version`."""
        return f"{self.stream}@{self.version}"


AnyEntry = Entry[object]
"""An entry whose fact may be of any class: only a check of its class gives access to the fact's fields."""

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
"""Turns the JSON of one version of a fact into that of the next version."""


@frozen
class Name:
    """A fact's class under its stored name; `upcasters` lead from version 1 to 2, 2 to 3, and so on.

    `added` are optional fields, the last of the class, that the newest version has and the one before has not: a fact
    that leaves them all out is written as that version, so its bytes are what they always were (ADR 57).
    """

    fact: type
    upcasters: tuple[Upcaster, ...] = ()
    added: tuple[str, ...] = ()

    @property
    def version(self) -> int:
        """The schema version that is written today."""
        return len(self.upcasters) + 1


LOG_STREAM = "log-1"
"""The stream of the log itself; its one fact is the first fact of the log."""


@frozen
class LogOpened:
    """The first fact of a log: the store's id, the format's version, the hash algorithm."""

    store_id: str
    format: int
    hash: str


@frozen
class FactRetracted:
    """更正: fact *version* of this stream was entered in error; `replaced_by` is its correction."""

    version: int
    reason: str
    replaced_by: int | None = None


NAMES = {
    "log.opened": Name(LogOpened),
    "fact.retracted": Name(FactRetracted),
}
"""Stored name -> fact of any stream."""


def effective(entries: Sequence[AnyEntry]) -> Sequence[AnyEntry]:
    """Return the entries that were not retracted, in their order, without the retractions."""
    retracted = {e.fact.version for e in entries if isinstance(e.fact, FactRetracted)}
    if not retracted:
        return entries
    return [e for e in entries if e.version not in retracted and type(e.fact) is not FactRetracted]
