"""Exemplary counties 典型样板: chosen by the campaign, no more than its policy's quota."""

from __future__ import annotations

from datetime import date

import msgspec
from attrs import frozen


@frozen
class ExemplarSelected:
    """The county is an example for the others from this day on."""

    county: str
    reason: str


@frozen
class ExemplarWithdrawn:
    """From this day it is not."""

    county: str
    reason: str


class Exemplar(msgspec.Struct, frozen=True, gc=False):
    """A county's time as an example: from `since` (in) until `until` (out), or open."""

    county: str
    since: date
    until: date | None = None

    def covers(self, day: date) -> bool:
        """Return whether the county is an example on *day*."""
        return self.since <= day and (self.until is None or day < self.until)
