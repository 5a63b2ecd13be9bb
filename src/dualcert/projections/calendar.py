"""The calendar of figures: how many labs count, and with which certificates, as step functions of days.

What a lab adds to the figures changes on few days of its life. A calendar holds the sums of these steps for each
division and level, so that a figure as of any day is a look-up, and a series one sweep. It is brought up to date lab
by lab when the log grows. A keeper can hold the sums of one position between two processes.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property, reduce
from itertools import accumulate
from operator import add
from typing import NamedTuple, Protocol, Self

from attrs import define, field, frozen

from dualcert.domain.lab import Details, Lab
from dualcert.policy import Policy
from dualcert.projections.certificates import counting_days
from dualcert.projections.view import View
from dualcert.values.days import ONE_DAY, Days
from dualcert.values.terms import Level

Seat = tuple[str, Level]
"""The division and the level of labs."""

KEPT = 4
"""Calendars of past positions, or of other switches, that are kept for the next question."""
WORTH = 3
"""From how many days on a calendar is made for a view: it takes about as long as looking at all labs on so many days."""


class Counts(NamedTuple):
    """How many labs are counted, and how many of them hold which certificate."""

    labs: int = 0
    cma: int = 0
    catl: int = 0
    dual: int = 0

    def plus(self, other: Counts) -> Counts:
        """Return the sums."""
        return Counts(*map(add, self, other))


NOTHING = Counts()
FIELDS = range(len(NOTHING))

CountStep = tuple[Seat, date, int, int]
"""Seat, day, which of the counts, and by how much it changes on that day."""
Sums = dict[Seat, dict[date, list[int]]]
"""Seat -> day -> by how much each of the counts changes."""


@frozen
class Switches:
    """What of a policy decides which labs count, and which certificates."""

    province: str
    basis: frozenset[Level]
    suspended_counts: bool
    pending_renewal_counts: bool

    @classmethod
    def of(cls, policy: Policy) -> Switches:
        """Return the switches of *policy*."""
        target = policy.target
        return cls(policy.province, frozenset(target.basis), target.suspended_counts, target.pending_renewal_counts)


class Course(Protocol):
    """The counts of a seat or a unit on every day; they change on `days` alone."""

    @property
    def days(self) -> Sequence[date]:
        """The days on which they change, in order."""

    def at(self, day: date) -> Counts:
        """Return the counts on *day*."""


@frozen
class Line:
    """The counts of one seat: from each of `days` on, those at its place in `counts`."""

    days: Sequence[date]
    counts: Sequence[Counts]

    def at(self, day: date) -> Counts:
        """Return the counts on *day*."""
        place = bisect_right(self.days, day)
        return self.counts[place - 1] if place else NOTHING


@frozen
class Joint:
    """The sums of several courses."""

    parts: Sequence[Course]

    @cached_property
    def days(self) -> Sequence[date]:
        """The days on which the sums change: not those on which one part gains what another loses."""
        days = sorted({day for part in self.parts for day in part.days})
        counts = [NOTHING, *map(self.at, days)]
        return [day for day, before, after in zip(days, counts, counts[1:], strict=False) if before != after]

    def at(self, day: date) -> Counts:
        """Return the sums on *day*."""
        return reduce(Counts.plus, [part.at(day) for part in self.parts], NOTHING)


@frozen
class Seats:
    """The courses of all seats, as known at one position; nothing in it is brought up to date."""

    courses: Mapping[Seat, Course]

    def lines(self, _split: str, unit_of: Callable[[Seat], str]) -> Mapping[str, Course]:
        """Return unit -> its course, for the split whose unit of a seat *unit_of* returns."""
        units: dict[str, list[Course]] = {}
        for seat, course in self.courses.items():
            units.setdefault(unit_of(seat), []).append(course)
        return {unit: Joint(parts) for unit, parts in units.items()}


class Keeper(Protocol):
    """Who keeps the courses of all seats from one process to the next."""

    @property
    def position(self) -> int:
        """The position of the log whose courses are worth keeping."""

    def find(self, view: View, switches: Switches, policy: Policy) -> Seats | None:
        """Return the courses by the switches of *policy* as *view* knows them; None where they have to be computed."""

    def keep(self, switches: Switches, sums: Sums) -> Seats:
        """Keep the courses as they are at `position`, where the counts change by *sums*, and return them."""


@define
class Calendar:
    """The figures of every day, by the switches of *policy*, as known at `position`."""

    policy: Policy
    position: int = 0
    _steps: dict[str, tuple[CountStep, ...]] = field(init=False, factory=dict)
    """Lab -> the steps that it adds."""
    _sums: Sums = field(init=False, factory=dict)
    _lines: dict[str, Mapping[str, Line]] = field(init=False, factory=dict)
    """Split -> unit -> its step function."""

    def update(self, view: View) -> None:
        """Take in what *view* knows beyond `position`."""
        if self.position == view.position:
            return
        known, now = self.position, view.position
        for stream in view.streams.of_kind("lab"):
            if not known or view.streams.count(stream, known) < view.streams.count(stream, now):
                lab = view.find_lab(stream)
                self._replace(stream, tuple(steps_of(lab, self.policy, view)) if lab else ())
        self.position = now
        self._lines.clear()

    def _replace(self, lab: str, steps: tuple[CountStep, ...]) -> None:
        _replace(self._sums, self._steps.get(lab, ()), steps)
        self._steps[lab] = steps

    @property
    def sums(self) -> Sums:
        """Seat -> day -> by how much each of the counts changes."""
        return self._sums

    def lines(self, split: str, unit_of: Callable[[Seat], str]) -> Mapping[str, Line]:
        """Return unit -> its step function, for the *split* whose unit of a seat *unit_of* returns."""
        if split not in self._lines:
            sums: dict[str, dict[date, list[int]]] = {}
            for seat, days in self._sums.items():
                unit = sums.setdefault(unit_of(seat), {})
                for day, counts in days.items():
                    unit[day] = list(map(add, unit[day], counts)) if day in unit else counts
            self._lines[split] = {unit: _line(days) for unit, days in sums.items()}
        return self._lines[split]


def difference(before: Iterable[CountStep], after: Iterable[CountStep]) -> Mapping[Seat, Line]:
    """Return by how much the counts of every seat differ where the steps *after* take the place of those *before*."""
    sums: Sums = {}
    _replace(sums, before, after)
    return {seat: _line(days) for seat, days in sums.items()}


def _replace(sums: Sums, before: Iterable[CountStep], after: Iterable[CountStep]) -> None:
    """Take the steps *before* out of *sums*, and add those *after*."""
    seat: Seat | None = None
    days: dict[date, list[int]] = {}
    for steps, sign in ((before, -1), (after, 1)):
        for where, day, which, change in steps:
            if where is not seat:  # the steps of one seat follow each other
                seat, days = where, sums.setdefault(where, {})
            counts = days.get(day)
            if counts is None:
                counts = days[day] = [0] * len(NOTHING)
            counts[which] += sign * change


def _line(changes: Mapping[date, Sequence[int]]) -> Line:
    days = sorted(day for day, counts in changes.items() if any(counts))
    return Line(days, tuple(accumulate((Counts(*changes[day]) for day in days), Counts.plus)))


def steps_of(lab: Lab, policy: Policy, view: View) -> Iterator[CountStep]:
    """Yield what *lab* adds to the figures, and takes away again."""
    target = policy.target
    active = lab.active_days()
    cma, catl = counting_days(lab.cma, target), counting_days(lab.catl, target)
    dual = cma & catl
    for details, span in _details_in_force(lab):
        if not details.counted or details.level not in target.basis:
            continue
        if not view.divisions.contains(policy.province, details.division):
            continue
        seat, days = (details.division, details.level), active & span
        for which, of_days in zip(FIELDS, (days, days & cma, days & catl, days & dual), strict=True):
            for first, last in of_days.spans:
                yield seat, first, which, 1
                if last < date.max:
                    yield seat, last + ONE_DAY, which, -1


def _details_in_force(lab: Lab) -> Iterator[tuple[Details, Days]]:
    """Yield the details of a lab, each with the days on which they are in force; none where its registration was retracted."""
    changes = sorted((day, details) for day, (_, details) in lab.details_by_day().items())
    ends = [*(day - ONE_DAY for day, _ in changes[1:]), date.max]
    for (since, details), last in zip(changes, ends, strict=False):
        yield details, Days.span(since, last)


@define
class Calendars:
    """The calendars of one log; threads may share them. The newest of each policy's switches is kept, and a few others."""

    keeper: Keeper | None = None
    _lock: threading.Lock = field(init=False, factory=threading.Lock)
    _newest: dict[Switches, Calendar] = field(init=False, factory=dict)
    _past: OrderedDict[tuple[Switches, int], Calendar | Seats] = field(init=False, factory=OrderedDict)
    _asked: dict[tuple[Switches, int], int] = field(init=False, factory=dict)

    @classmethod
    def of(cls, view: View) -> Self:
        """Return the calendars of the log of *view*."""
        kept: Self = view.kept.setdefault(cls, cls())
        return kept

    def lines(
        self, view: View, policy: Policy, days: int, split: str, unit_of: Callable[[Seat], str]
    ) -> Mapping[str, Course] | None:
        """Return unit -> its step function; None where it does not pay to make a calendar for so many *days* yet."""
        with self._lock:
            calendar = self._calendar(view, policy, days)
            return None if calendar is None else calendar.lines(split, unit_of)

    def _calendar(self, view: View, policy: Policy, days: int) -> Calendar | Seats | None:
        switches = Switches.of(policy)
        newest = self._newest.get(switches)
        if newest and newest.position <= view.position:
            newest.update(view)
            return newest
        key = switches, view.position
        if key in self._past:
            self._past.move_to_end(key)
            return self._past[key]
        found: Calendar | Seats | None = self.keeper.find(view, switches, policy) if self.keeper else None
        if found is None:
            found = self._made(view, switches, policy, days)
        if found is not None and self._newest.get(switches) is not found:
            self._past[key] = found
            if len(self._past) > KEPT:
                self._past.popitem(last=False)
        return found

    def _made(self, view: View, switches: Switches, policy: Policy, days: int) -> Calendar | Seats | None:
        keeper = self.keeper if self.keeper and self.keeper.position == view.position else None
        key = switches, view.position
        self._asked = {key: self._asked.get(key, 0) + days}
        if self._asked[key] < WORTH and not keeper:
            return None
        made = Calendar(policy)
        made.update(view)
        if keeper:
            return keeper.keep(switches, made.sums)
        if switches not in self._newest:
            self._newest[switches] = made
        return made
