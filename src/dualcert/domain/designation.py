"""Which labs carry a county's place: a dated relation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec
from attrs import frozen
from msgspec.structs import replace

from dualcert import errors
from dualcert.domain.entry import AnyEntry
from dualcert.errors import Refused


@frozen
class LabDesignated:
    """指定机构: from this day the lab carries the county's place."""

    lab: str


@frozen
class LabReleased:
    """解除: from this day it does not."""

    lab: str


class Designation(msgspec.Struct, frozen=True, gc=False):
    """A lab's place in a county: from `since` (in) until `until` (out), or open; `version` is the fact's."""

    lab: str
    since: date
    version: int
    until: date | None = None

    def covers(self, day: date) -> bool:
        """Return whether the lab carries the county's place on *day*."""
        return self.since <= day and (self.until is None or day < self.until)


Designations = tuple[Designation, ...]

RANK: Mapping[type, int] = {LabReleased: 0, LabDesignated: 1}


def step(designations: Designations, entry: AnyEntry) -> tuple[Designations, Refused | None]:
    """Return the designations with *entry*, and what is wrong with it, if anything."""
    lab, on = entry.fact.lab, entry.on
    current = next((d for d in designations if d.lab == lab and d.until is None), None)
    if type(entry.fact) is LabDesignated:
        if current:
            since = current.since.isoformat()
            return designations, errors.LabAlreadyDesignated(county=entry.stream, lab=lab, since=since)
        return (*designations, Designation(lab, on, entry.version)), None
    if not current:
        return designations, errors.LabNotDesignated(county=entry.stream, lab=lab, on=on.isoformat())
    return tuple(replace(d, until=on) if d is current else d for d in designations), None
