"""The courses of all seats as bytes, and back: what a keeper of figures writes beside the log and reads again.

The bytes name all that the courses depend on: the store, the position of the log and the row there, and the version of
this projection. Whatever differs, or is damaged, is not read.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from itertools import accumulate

import msgspec
from attrs import frozen

from dualcert.projections.calendar import NOTHING, Counts, Course, Seat, Switches
from dualcert.values.terms import Level

PROJECTION = 1
"""The version of what is kept: a change of what counts, of the calendar or of the form below makes it a higher one."""
DIGEST = 32
"""Bytes of the SHA-256 with which a file begins, of all that follows."""


class Basis(msgspec.Struct, frozen=True, array_like=True):
    """What kept figures are of: they are read for this store, log and program alone."""

    made_by: str
    """The versions of the program and of the projection."""
    store: str
    """The store's id."""
    guarded: int
    """The number of the log's guard against changes of facts, which is another one after the guard was removed."""
    position: int
    """The position of the log as known at which they are."""
    row: bytes
    """The digest of the log's row there."""


class SeatFigures(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The course of a seat: from each of `ordinals` (proleptic, of days) on, the counts at its place."""

    division: str
    level: Level
    ordinals: list[int]
    labs: list[int]
    cma: list[int]
    catl: list[int]
    dual: list[int]

    @classmethod
    def of(cls, seat: Seat, course: Course) -> SeatFigures:
        """Return the *course* of a seat."""
        if isinstance(course, SeatFigures):
            return course
        days = course.days
        return cls(*seat, [day.toordinal() for day in days], *_columns([course.at(day) for day in days]))

    @classmethod
    def summed(cls, seat: Seat, changes: Mapping[date, Sequence[int]]) -> SeatFigures:
        """Return the course of a seat whose counts change by *changes*."""
        days = sorted(day for day, counts in changes.items() if any(counts))
        columns = _columns([changes[day] for day in days])
        return cls(*seat, [day.toordinal() for day in days], *(list(accumulate(column)) for column in columns))

    @property
    def days(self) -> Sequence[date]:
        """The days on which the counts change."""
        return [date.fromordinal(ordinal) for ordinal in self.ordinals]

    def at(self, day: date) -> Counts:
        """Return the counts on *day*."""
        place = bisect_right(self.ordinals, day.toordinal()) - 1
        return Counts(self.labs[place], self.cma[place], self.catl[place], self.dual[place]) if place >= 0 else NOTHING


class _Part(msgspec.Struct, frozen=True, array_like=True):
    """The courses by one policy's switches."""

    province: str
    basis: list[Level]
    suspended_counts: bool
    pending_renewal_counts: bool
    seats: msgspec.Raw

    def switches(self) -> Switches:
        return Switches(self.province, frozenset(self.basis), self.suspended_counts, self.pending_renewal_counts)


class _File(msgspec.Struct, frozen=True, array_like=True):
    basis: Basis
    parts: list[_Part]


@frozen
class KeptFigures:
    """The courses as known at one position of one log, by the switches of several policies, each in its stored form."""

    basis: Basis
    parts: Mapping[Switches, msgspec.Raw]

    def courses(self, switches: Switches) -> Mapping[Seat, Course] | None:
        """Return seat -> its course, by *switches*; None where they were not kept; raises MsgspecError, ValueError."""
        if switches not in self.parts:
            return None
        seats = msgspec.msgpack.decode(self.parts[switches], type=list[SeatFigures])
        return {(each.division, each.level): each for each in seats}

    def having(self, switches: Switches, courses: Mapping[Seat, Course], most: int) -> KeptFigures:
        """Return these and the *courses* by *switches*: those of *most* policies, the newest at the end."""
        seats = [SeatFigures.of(seat, course) for seat, course in courses.items()]
        others = [(known, raw) for known, raw in self.parts.items() if known != switches]
        new = switches, msgspec.Raw(msgspec.msgpack.encode(seats))
        return KeptFigures(self.basis, dict([*others, new][-most:]))

    def to_bytes(self) -> bytes:
        """Return the stored form."""
        parts = [
            _Part(
                each.province,
                sorted(each.basis, key=lambda level: level.value),
                each.suspended_counts,
                each.pending_renewal_counts,
                seats,
            )
            for each, seats in self.parts.items()
        ]
        content = msgspec.msgpack.encode(_File(self.basis, parts))
        return sha256(content).digest() + content

    @classmethod
    def from_bytes(cls, stored: bytes) -> KeptFigures | None:
        """Return what was stored; None where a byte of it was changed, or it is of another form."""
        content = memoryview(stored)[DIGEST:]
        if sha256(content).digest() != stored[:DIGEST]:
            return None
        try:
            file = msgspec.msgpack.decode(content, type=_File)
        except msgspec.MsgspecError:  # written by another version
            return None
        return cls(file.basis, {part.switches(): part.seats.copy() for part in file.parts})


def _columns(counts: Sequence[Sequence[int]]) -> list[list[int]]:
    return [list(column) for column in zip(*counts, strict=True)] or [[] for _ in NOTHING]
