"""The calendar of figures: how many labs count, and with which certificates, as step functions of days.

What a lab adds to the figures changes on few days of its life. A calendar holds the sums of these steps for each
division and level, so that a figure as of any day is a look-up, and a series one sweep. It is brought up to date lab
by lab when the log grows.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import accumulate
from operator import add
from typing import NamedTuple, Self

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

Step = tuple[Seat, date, int, int]
"""Seat, day, which of the counts, and by how much it changes on that day."""


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


@frozen
class Line:
    """The counts of one seat: from each of `days` on, those at its place in `counts`."""

    days: Sequence[date]
    counts: Sequence[Counts]

    def at(self, day: date) -> Counts:
        """Return the counts on *day*."""
        place = bisect_right(self.days, day)
        return self.counts[place - 1] if place else NOTHING


@define
class Calendar:
    """The figures of every day, by the switches of *policy*, as known at `position`."""

    policy: Policy
    position: int = 0
    _steps: dict[str, tuple[Step, ...]] = field(init=False, factory=dict)
    """Lab -> the steps that it adds."""
    _sums: dict[Seat, dict[date, list[int]]] = field(init=False, factory=dict)
    """Seat -> day -> by how much each of the counts changes."""
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

    def _replace(self, lab: str, steps: tuple[Step, ...]) -> None:
        for seat, day, which, change in self._steps.get(lab, ()):
            self._add(seat, day, which, -change)
        for seat, day, which, change in steps:
            self._add(seat, day, which, change)
        self._steps[lab] = steps

    def _add(self, seat: Seat, day: date, which: int, change: int) -> None:
        days = self._sums.get(seat)
        if days is None:
            days = self._sums[seat] = {}
        counts = days.get(day)
        if counts is None:
            counts = days[day] = [0] * len(NOTHING)
        counts[which] += change

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


def _line(changes: Mapping[date, Sequence[int]]) -> Line:
    days = sorted(day for day, counts in changes.items() if any(counts))
    return Line(days, tuple(accumulate((Counts(*changes[day]) for day in days), Counts.plus)))


def steps_of(lab: Lab, policy: Policy, view: View) -> Iterator[Step]:
    """Yield what *lab* adds to the figures, and takes away again."""
    target = policy.target
    active = lab.active_days()
    cma, catl = counting_days(lab.cma, target), counting_days(lab.catl, target)
    dual = cma & catl
    for details, span in _settled(lab):
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


def _settled(lab: Lab) -> Iterator[tuple[Details, Days]]:
    """Yield the details of a lab, each with the days on which they are in force; none where its registration was retracted."""
    settled = sorted((day, details) for day, (_, details) in lab.settled().items())
    ends = [*(day - ONE_DAY for day, _ in settled[1:]), date.max]
    for (since, details), last in zip(settled, ends, strict=False):
        yield details, Days.span(since, last)


@define
class Calendars:
    """The calendars of one log; threads may share them. The newest of each policy's switches is kept, and a few others."""

    _lock: threading.Lock = field(init=False, factory=threading.Lock)
    _newest: dict[Switches, Calendar] = field(init=False, factory=dict)
    _past: OrderedDict[tuple[Switches, int], Calendar] = field(init=False, factory=OrderedDict)
    _asked: dict[tuple[Switches, int], int] = field(init=False, factory=dict)

    @classmethod
    def of(cls, view: View) -> Self:
        """Return the calendars of the log of *view*."""
        kept: Self = view.kept.setdefault(cls, cls())
        return kept

    def lines(
        self, view: View, policy: Policy, days: int, split: str, unit_of: Callable[[Seat], str]
    ) -> Mapping[str, Line] | None:
        """Return unit -> its step function; None where it does not pay to make a calendar for so many *days* yet."""
        with self._lock:
            calendar = self._calendar(view, policy, days)
            return None if calendar is None else calendar.lines(split, unit_of)

    def _calendar(self, view: View, policy: Policy, days: int) -> Calendar | None:
        switches = Switches.of(policy)
        newest = self._newest.get(switches)
        if newest and newest.position <= view.position:
            newest.update(view)
            return newest
        key = switches, view.position
        if key in self._past:
            self._past.move_to_end(key)
            return self._past[key]
        self._asked = {key: self._asked.get(key, 0) + days}
        if self._asked[key] < WORTH:
            return None
        made = Calendar(policy)
        made.update(view)
        if newest is None:
            self._newest[switches] = made
        else:
            self._past[key] = made
            if len(self._past) > KEPT:
                self._past.popitem(last=False)
        return made
