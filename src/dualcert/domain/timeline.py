"""The timeline of one scheme of one lab: its periods, suspensions and ends, and where it stands on a day.

A certificate is valid from its grant through `valid_until` inclusive, less suspended days, until it is
cancelled or revoked; on the days after, only a new grant helps. `certificate` has the facts that change it.
"""

from __future__ import annotations

from datetime import date

import msgspec
from msgspec.structs import replace

from dualcert.values.days import ONE_DAY, Days
from dualcert.values.terms import State


class Period(msgspec.Struct, frozen=True, gc=False):
    """The days that one grant or renewal covers: `first` through `last`, cut short by an end.

    `version` is that of the fact in its stream.
    """

    first: date
    last: date
    number: str
    valid_until: date
    version: int


Interval = tuple[date, date | None]
"""From a day (in) until a day (out), or open."""


Change = tuple[date, int, int]
"""A suspension, reinstatement or end: its day, how many periods were there before it, the fact's version."""

Stage = tuple[date, int, State]
"""A day, the rank of the fact, and the state of the application after it."""

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
    stages: tuple[Stage, ...] = ()
    renumbered: tuple[tuple[date, str], ...] = ()
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

    def suspended(self, day: date) -> bool:
        """Return whether *day* lies in a suspension."""
        return _inside(day, self.suspensions, self.suspended_since)

    def suspended_from(self, day: date) -> date | None:
        """Return since when the certificate is suspended on *day*, or None."""
        closed = [a for a, b in self.suspensions if a <= day and (b is None or day < b)]
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
        undecided = (*self.renewals_undecided, *([(self.renewal_since, None)] if self.renewal_since else []))
        return any(a <= period.valid_until and a <= day and (b is None or day < b) for a, b in undecided)

    def valid_days(self) -> Days:
        """Return every day on which the certificate is valid."""
        open_end = [(self.suspended_since, date.max)] if self.suspended_since else []
        closed = [(a, b - ONE_DAY) for a, b in self.suspensions if b is not None]
        return Days.of((p.first, p.last) for p in self.periods) - Days.of([*closed, *open_end])

    def period_of(self, day: date) -> Period | None:
        """Return the period covering *day*, else the one begun last before it, else None."""
        begun = [p for p in self.periods if p.first <= day]
        eligible = [p for p in begun if day <= p.last] or begun
        if len(eligible) > 1:
            return max(eligible, key=lambda p: (p.first, p.valid_until, p.number))
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

    def number_of(self, period: Period, day: date) -> str:
        """Return the number of *period*'s certificate on *day*: the last amended one, or the one it was granted with."""
        if not self.renumbered:
            return period.number
        amended = [number for on, number in self.renumbered if period.first <= on <= day]
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

    def _stage(self, day: date) -> State:
        """Return the state of the application on *day*; of two assessments of one day the better counts."""
        by_then = (stage for stage in self.stages if stage[0] <= day)
        latest = max(by_then, key=lambda s: (s[0], s[1], _FURTHEST[s[2]]), default=None)
        return latest[2] if latest else State.NONE


def _inside(day: date, intervals: tuple[Interval, ...], open_since: date | None) -> bool:
    if open_since is not None and day >= open_since:
        return True
    return bool(intervals) and any(a <= day and (b is None or day < b) for a, b in intervals)
