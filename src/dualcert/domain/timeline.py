"""The timeline of one scheme of one lab: its periods, suspensions and ends, and its state on a day.

A certificate is valid from its grant through `valid_until` inclusive, less suspended days, until it is
cancelled or revoked; on the days after, only a new grant helps. `certificate` has the facts that change it.
"""

from __future__ import annotations

from datetime import date

import msgspec
from msgspec.structs import replace

from dualcert.values.days import ONE_DAY, Days
from dualcert.values.terms import Outcome, Purpose, Route, State


class Period(msgspec.Struct, frozen=True, gc=False):
    """The days that one grant or renewal covers: `first` through `last`, cut short by an end.

    `version` is that of the fact in its stream.
    """

    first: date
    last: date
    number: str
    valid_until: date
    version: int


Interval = tuple[date, date]
"""From a day (in) until a day (out)."""

Change = tuple[date, int, int]
"""A suspension, reinstatement or end: its day, how many periods were there before it, the fact's version."""


class ApplicationStep(msgspec.Struct, frozen=True, gc=False):
    """A step of an application, and the state after it; `rank` and `version` are those of its fact.

    An acceptance has purpose and route, an assessment its outcome, and perhaps the day until which to rectify.
    """

    on: date
    rank: int
    state: State
    version: int
    purpose: Purpose | None = None
    route: Route | None = None
    outcome: Outcome | None = None
    rectify_by: date | None = None


class Application(msgspec.Struct, frozen=True, gc=False):
    """An application under way: what it is for, and the step that it has come to.

    Purpose and route are None where no acceptance is recorded.
    """

    purpose: Purpose | None
    route: Route | None
    accepted_on: date | None
    step: ApplicationStep


_FURTHEST = {state: n for n, state in enumerate(State)}


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """The state of one scheme's facts, for every day.

    `open` and `until` serve effects and rules: whether a grant is not ended, and the last day it covers.
    """

    open: bool = False
    until: date = date.min
    periods: tuple[Period, ...] = ()
    changes: tuple[Change, ...] = ()
    ends: tuple[tuple[date, State], ...] = ()
    suspended_since: date | None = None
    suspensions: tuple[Interval, ...] = ()
    stages: tuple[ApplicationStep, ...] = ()
    renumbered: tuple[tuple[date, str, int], ...] = ()
    """Day, number and version of each amendment."""
    renewal_since: date | None = None
    renewals_undecided: tuple[Interval, ...] = ()
    scope: frozenset[str] | None = None

    def lifted(self, on: date) -> Timeline:
        """Return the timeline with its suspension ended on that day."""
        since, past = self.suspended_since, self.suspensions
        return replace(self, suspended_since=None, suspensions=(*past, (since, on))) if since else self

    def renewal_decided(self, on: date) -> Timeline:
        """Return the timeline with its application for renewal decided on that day."""
        since, past = self.renewal_since, self.renewals_undecided
        return replace(self, renewal_since=None, renewals_undecided=(*past, (since, on))) if since else self

    def held(self, day: date) -> bool:
        """Return whether a period covers *day*; a suspended certificate is held."""
        for p in self.periods:  # noqa: SIM110  asked of every lab and day; any() takes three times as long
            if p.first <= day <= p.last:
                return True
        return False

    def ended_while_valid(self, day: date) -> bool:
        """Return whether the certificate was cancelled or revoked on *day*, and would be valid on it otherwise."""
        if not self.ends or self.ends[-1][0] != day or self.open:
            return False
        covered = any(p.last == day - ONE_DAY and day <= p.valid_until for p in self.periods)
        return covered and all(lifted != day for _, lifted in self.suspensions)

    def suspended(self, day: date) -> bool:
        """Return whether *day* lies in a suspension."""
        return _inside(day, self.suspensions, self.suspended_since)

    def suspended_from(self, day: date) -> date | None:
        """Return since when the certificate is suspended on *day*, or None."""
        closed = [a for a, b in self.suspensions if a <= day < b]
        since = self.suspended_since
        return since if since is not None and since <= day else next(iter(closed), None)

    def valid(self, day: date) -> bool:
        """Return whether the certificate is valid on *day*."""
        return self.held(day) and not self.suspended(day)

    def awaiting_renewal(self, day: date) -> bool:
        """Return whether on *day* it is past its date while a renewal, applied for by then, is undecided."""
        period = self.period_of(day)
        if period is None or day <= period.last or period.last < period.valid_until:
            return False
        return any(a <= period.valid_until and (b is None or day < b) for a, b in self._undecided())

    def _undecided(self) -> tuple[tuple[date, date | None], ...]:
        """Return from when until when an application for renewal was undecided; the last one may be so still."""
        return (*self.renewals_undecided, *(((self.renewal_since, None),) if self.renewal_since else ()))

    def held_days(self) -> Days:
        """Return every day that a period covers."""
        if len(self.periods) == 1:
            return Days.span(self.periods[0].first, self.periods[0].last)
        return Days.of((p.first, p.last) for p in self.periods)

    def suspended_days(self) -> Days:
        """Return every day that lies in a suspension."""
        open_end = [(self.suspended_since, date.max)] if self.suspended_since else []
        closed = [(a, b - ONE_DAY) for a, b in self.suspensions]
        return Days.of([*closed, *open_end])

    def awaiting_renewal_days(self) -> Days:
        """Return every day for which `awaiting_renewal` holds."""
        undecided = self._undecided()
        if not undecided:
            return Days()
        begun = sorted(self.periods, key=_begun)
        spans = []
        for nth, period in enumerate(begun):
            if period.last < period.valid_until or period.valid_until == date.max:
                continue
            next_begins = begun[nth + 1].first if nth + 1 < len(begun) else None
            for since, until in undecided:
                if since <= period.valid_until:
                    last = min((day - ONE_DAY for day in (until, next_begins) if day is not None), default=date.max)
                    spans.append((period.valid_until + ONE_DAY, last))
        return Days.of(spans) - self.held_days()

    def period_of(self, day: date) -> Period | None:
        """Return the period covering *day*, else the one begun last before it, else None."""
        begun = [p for p in self.periods if p.first <= day]
        eligible = [p for p in begun if day <= p.last] or begun
        if len(eligible) > 1:
            return max(eligible, key=_begun)
        return eligible[0] if eligible else None

    def decisive(self, day: date) -> tuple[int, ...]:
        """Return the versions of the facts that decide the certificate's state on *day*.

        They are the last grant or renewal by then and the last suspension, reinstatement or end of it; empty if
        nothing was granted.
        """
        begun = len([p for p in self.periods if p.first <= day])
        if not begun:
            return ()
        since = [version for on, after, version in self.changes if after == begun and on <= day]
        return (self.periods[begun - 1].version, *since[-1:])

    def deciding(self, day: date) -> list[int]:
        """Return the versions of the grants, renewals, suspensions, reinstatements and ends by *day*.

        They decide on which days up to then the certificate is valid.
        """
        begun = [p.version for p in self.periods if p.first <= day]
        if self.changes:
            begun += [version for on, _, version in self.changes if on <= day]
        return begun

    @property
    def numbers(self) -> tuple[str, ...]:
        """Every number that a certificate was granted, renewed or amended with."""
        return (*(period.number for period in self.periods), *(number for _, number, _ in self.renumbered))

    def number_of(self, period: Period, day: date) -> str:
        """Return the number of *period*'s certificate on *day*: the last amended one, or the one it was granted with."""
        if not self.renumbered:
            return period.number
        amended = [number for on, number, _ in self.renumbered if period.first <= on <= day]
        return amended[-1] if amended else period.number

    def state(self, day: date) -> State:
        """Return the state of the scheme on *day*: that of its certificate, before any certificate its application's."""
        period = self.period_of(day)
        if period is None:
            return self._stage(day)
        if day <= period.last:
            return State.SUSPENDED if self.suspended(day) else State.VALID
        ends = [state for on, state in self.ends if period.first < on <= day]
        return ends[-1] if ends else State.EXPIRED

    def application(self, day: date) -> Application | None:
        """Return the application that is under way on *day*, also beside a certificate; None where there is none.

        A grant, a renewal, an end, a refusal and a failed assessment settle the applications before them.
        """
        if not self.stages:
            return None
        settled = max([p.first for p in self.periods if p.first <= day] + [on for on, _ in self.ends if on <= day],
                      default=date.min)  # fmt: skip
        steps = [step for step in self.stages if settled < step.on <= day]
        latest = max(steps, key=_furthest, default=None)
        if latest is None or latest.state is State.NONE:
            return None
        accepted = next((step for step in reversed(steps) if step.purpose), None)
        if accepted is None:
            return Application(None, None, None, latest)
        return Application(accepted.purpose, accepted.route, accepted.on, latest)

    def _stage(self, day: date) -> State:
        """Return the state of the application on *day*."""
        latest = max((step for step in self.stages if step.on <= day), key=_furthest, default=None)
        return latest.state if latest else State.NONE


def _begun(period: Period) -> tuple[date, date, str]:
    return period.first, period.valid_until, period.number


def _furthest(step: ApplicationStep) -> tuple[date, int, int]:
    """Return by what the last step is found; of two assessments of one day the better counts."""
    return step.on, step.rank, _FURTHEST[step.state]


def _inside(day: date, intervals: tuple[Interval, ...], open_since: date | None) -> bool:
    if open_since is not None and day >= open_since:
        return True
    return bool(intervals) and any(a <= day < b for a, b in intervals)
