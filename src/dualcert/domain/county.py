"""A county: which labs are designated for it, and since when."""

from __future__ import annotations

from datetime import date

import msgspec
from attrs import frozen
from msgspec.structs import replace

from dualcert import errors
from dualcert.domain import commands
from dualcert.domain.entry import AnyEntry
from dualcert.domain.reading import Aggregate
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
    """A lab's place in a county: from `since` (in) until `until` (out), or open."""

    lab: str
    since: date
    until: date | None = None


class County(msgspec.Struct, frozen=True):
    """What a county's stream says, for every day."""

    designations: tuple[Designation, ...] = ()

    def labs(self, day: date) -> tuple[str, ...]:
        """Return the ids of the labs designated on *day*, in order of id."""
        on_day = (d.lab for d in self.designations if d.since <= day and (d.until is None or day < d.until))
        return tuple(sorted(on_day))


def step(county: County, entry: AnyEntry) -> tuple[County, Refused | None]:
    """Return the county with *entry*, and what is wrong with it, if anything."""
    lab, on = entry.fact.lab, entry.on
    current = next((d for d in county.designations if d.lab == lab and d.until is None), None)
    if type(entry.fact) is LabDesignated:
        if current:
            since = current.since.isoformat()
            return county, errors.LabAlreadyDesignated(county=entry.stream, lab=lab, since=since)
        return County((*county.designations, Designation(lab, on))), None
    if not current:
        return county, errors.LabNotDesignated(county=entry.stream, lab=lab, on=on.isoformat())
    released = (replace(d, until=on) if d is current else d for d in county.designations)
    return County(tuple(released)), None


COUNTY = Aggregate(
    kind="county",
    initial=County(),
    step=step,
    rank={LabReleased: 0, LabDesignated: 1},
    facts={commands.DesignateLab: LabDesignated, commands.ReleaseLab: LabReleased},
    begins=frozenset({commands.DesignateLab, commands.ReleaseLab}),
    missing=lambda stream: errors.UnknownStream(stream=stream),
)
