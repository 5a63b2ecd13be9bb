"""An entry of the log: one fact with what is known about its entering; and which entries stand.

Facts are plain frozen attrs classes without a base. The envelope around them is one msgspec Struct,
because every fold makes one for each fact: decoded and grouped this way, 200,000 facts take two
thirds of the time that a frozen attrs envelope takes (docs/adr/0006).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Generic, TypeVar

import msgspec
from attrs import frozen

FactT_co = TypeVar("FactT_co", covariant=True)


class Entry(msgspec.Struct, Generic[FactT_co], kw_only=True, gc=False, rename={"fact": "data"}):
    """One fact as it stands in the log. Never changed once it is read or recorded.

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


AnyEntry = Entry[Any]


LOG_STREAM = "log-1"
"""The stream of the log itself; it has one fact, the first of all."""


@frozen
class LogOpened:
    """The log begins: which store this is, in which format, hashed how."""

    store_id: str
    format: int
    hash: str


@frozen
class FactRetracted:
    """更正: fact *version* of this stream was entered in error; `replaced_by` is its correction."""

    version: int
    reason: str
    replaced_by: int | None = None


def standing(entries: Sequence[AnyEntry]) -> Sequence[AnyEntry]:
    """Return the entries that were not retracted, in their order, without the retractions."""
    gone = {e.fact.version for e in entries if type(e.fact) is FactRetracted}
    if not gone:
        return entries
    return [e for e in entries if e.version not in gone and type(e.fact) is not FactRetracted]
