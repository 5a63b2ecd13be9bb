"""Which labs are designated for a county, from when until when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec
from attrs import frozen
from msgspec.structs import replace

from dualcert import errors
from dualcert.domain.aggregate import Effects, Ranks, Rules, on
from dualcert.domain.entry import Entry, Name
from dualcert.errors import Refused


@frozen
class LabDesignated:
    """指定机构: the lab is designated for the county from this day on."""

    lab: str


@frozen
class LabReleased:
    """解除: the lab is not designated for the county from this day on."""

    lab: str


class Designation(msgspec.Struct, frozen=True, gc=False):
    """A lab's designation, from `since` (inclusive) until `until` (exclusive), or open.

    `version` is that of its fact, `release` that of its end, 0 while it is open.
    """

    lab: str
    since: date
    version: int
    until: date | None = None
    release: int = 0

    def covers(self, day: date) -> bool:
        """Return whether the lab is designated on *day*."""
        return self.since <= day and (self.until is None or day < self.until)


Designations = Mapping[str, tuple[Designation, ...]]
"""Lab -> its designations for the county, in order of time."""

NAMES = {
    "county.lab-designated": Name(LabDesignated),
    "county.lab-released": Name(LabReleased),
}
"""Stored name -> fact."""


def _current(designations: Designations, lab: str) -> Designation | None:
    """Return the designation of *lab* that is not released, or None."""
    known = designations.get(lab)
    return known[-1] if known and known[-1].until is None else None


def _designated(designations: Designations, e: Entry[LabDesignated]) -> Designations:
    lab = e.fact.lab
    if _current(designations, lab):
        return designations
    return {**designations, lab: (*designations.get(lab, ()), Designation(lab, e.on, e.version))}


def _released(designations: Designations, e: Entry[LabReleased]) -> Designations:
    lab = e.fact.lab
    current = _current(designations, lab)
    if current is None:
        return designations
    return {**designations, lab: (*designations[lab][:-1], replace(current, until=e.on, release=e.version))}


EFFECTS: Effects[Designations] = dict((on(LabDesignated, _designated), on(LabReleased, _released)))


def _not_designated(designations: Designations, e: Entry[LabDesignated]) -> Refused | None:
    current = _current(designations, e.fact.lab)
    since = current.since if current else None
    return errors.LabAlreadyDesignated(county=e.stream, lab=e.fact.lab, since=since) if since else None


def _is_designated(designations: Designations, e: Entry[LabReleased]) -> Refused | None:
    lab = e.fact.lab
    return None if _current(designations, lab) else errors.LabNotDesignated(county=e.stream, lab=lab, on=e.on)


RULES: Rules[Designations] = dict((on(LabDesignated, _not_designated), on(LabReleased, _is_designated)))

RANK: Ranks = {LabReleased: 0, LabDesignated: 1}
