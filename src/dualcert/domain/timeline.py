"""The timeline of one scheme of one lab: the step that reads its facts, and what a day asks of it.

A certificate is valid from its grant through `valid_until` inclusive, less suspended days, until it is
cancelled or revoked; on the days after, only a new grant helps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import msgspec
from msgspec.structs import replace

from dualcert import errors
from dualcert.domain.certificate import (
    ApplicationAccepted,
    ApplicationRefused,
    ApprovalRecorded,
    AssessmentRecorded,
    CertificateAmended,
    CertificateCancelled,
    CertificateGranted,
    CertificateReinstated,
    CertificateRenewed,
    CertificateRevoked,
    CertificateSuspended,
    ScopeChanged,
)
from dualcert.domain.entry import AnyEntry
from dualcert.errors import Refused
from dualcert.values.days import ONE_DAY, Days
from dualcert.values.terms import Outcome, Purpose, State


class Period(msgspec.Struct, frozen=True, gc=False):
    """What one grant or renewal covers: `first` through `last`, cut short where an end came.

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
"""A day, the rank of the fact, and how far the application had come by it."""

_FURTHEST = {state: n for n, state in enumerate(State)}


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """What the facts of one scheme say, for every day.

    `open` and `until` serve the step: whether a grant is not ended, and the last day it covers.
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
        """Return the versions of the facts that say where the certificate stands on *day*.

        The last grant or renewal by then, and the last thing that came upon it; nothing where nothing was
        granted.
        """
        begun = len([p for p in self.periods if p.first <= day])
        if not begun:
            return ()
        since = [version for on, after, version in self.changes if after == begun and on <= day]
        return (self.periods[begun - 1].version, *since[-1:])

    def number_of(self, period: Period, day: date) -> str:
        """Return the number that *period*'s certificate bore on *day*."""
        if not self.renumbered:
            return period.number
        amended = [number for on, number in self.renumbered if period.first <= on <= day]
        return amended[-1] if amended else period.number

    def state(self, day: date) -> State:
        """Return where the scheme stands on *day*; a certificate's state wins over an application's."""
        period = self.period_of(day)
        if period is None:
            return self._stage(day)
        if day <= period.last:
            return State.SUSPENDED if self.suspended(day) else State.VALID
        ends = [state for on, state in self.ends if period.first < on <= day]
        return ends[-1] if ends else State.EXPIRED

    def _stage(self, day: date) -> State:
        """Return how far an application had come; of two assessments of one day the better counts."""
        by_then = (stage for stage in self.stages if stage[0] <= day)
        latest = max(by_then, key=lambda s: (s[0], s[1], _FURTHEST[s[2]]), default=None)
        return latest[2] if latest else State.NONE


def _inside(day: date, intervals: tuple[Interval, ...], open_since: date | None) -> bool:
    if open_since is not None and day >= open_since:
        return True
    return bool(intervals) and any(a <= day and (b is None or day < b) for a, b in intervals)


# --- effects: what each fact does to the timeline; total, whatever was accepted before --------------


def _granted(t: Timeline, e: AnyEntry) -> Timeline:
    """A new grant starts afresh: it ends a suspension."""
    if t.suspended_since or t.renewal_since:
        t = _renewal_decided(_lifted(t, e.on), e.on)
    until = e.fact.valid_until
    return _covered(t, e, max(t.until, until) if t.open else until)


def _renewed(t: Timeline, e: AnyEntry) -> Timeline:
    """A renewal does not lift a suspension, and after an end only a new grant helps."""
    if not t.open:
        return t
    if t.renewal_since:
        t = _renewal_decided(t, e.on)
    return _covered(t, e, max(t.until, e.fact.valid_until))


def _covered(t: Timeline, e: AnyEntry, until: date) -> Timeline:
    """Add the period of a grant or renewal, and the scope where it states one."""
    fact = e.fact
    period = Period(fact.granted_on, fact.valid_until, fact.number, fact.valid_until, e.version)
    scope = t.scope if fact.scope_parameters is None else frozenset(fact.scope_parameters)
    return replace(t, open=True, until=until, periods=(*t.periods, period), scope=scope)


def _lifted(t: Timeline, on: date) -> Timeline:
    since = t.suspended_since
    return replace(t, suspended_since=None, suspensions=(*t.suspensions, (since, on))) if since else t


def _renewal_decided(t: Timeline, on: date) -> Timeline:
    since = t.renewal_since
    return replace(t, renewal_since=None, renewals_undecided=(*t.renewals_undecided, (since, on))) if since else t


def _ended(state: State) -> Callable[[Timeline, AnyEntry], Timeline]:
    def ended(t: Timeline, e: AnyEntry) -> Timeline:
        last = e.on - ONE_DAY
        periods = tuple(p if p.last <= last else replace(p, last=last) for p in t.periods)
        t = _renewal_decided(_lifted(t, e.on), e.on)
        ends = (*t.ends, (e.on, state))
        return replace(t, open=False, until=date.min, periods=periods, changes=_changed(t, e), ends=ends)

    return ended


def _suspended(t: Timeline, e: AnyEntry) -> Timeline:
    return t if t.suspended_since else replace(t, suspended_since=e.on, changes=_changed(t, e))


def _reinstated(t: Timeline, e: AnyEntry) -> Timeline:
    since = t.suspended_since
    if not since:
        return t
    return replace(t, suspended_since=None, suspensions=(*t.suspensions, (since, e.on)), changes=_changed(t, e))


def _changed(t: Timeline, e: AnyEntry) -> tuple[Change, ...]:
    return (*t.changes, (e.on, len(t.periods), e.version))


def _accepted(t: Timeline, e: AnyEntry) -> Timeline:
    t = _staged(t, e, State.APPLIED)
    renewal = e.fact.purpose is Purpose.RENEWAL and not t.renewal_since
    return replace(t, renewal_since=e.on) if renewal else t


def _application_refused(t: Timeline, e: AnyEntry) -> Timeline:
    return _staged(_renewal_decided(t, e.on), e, State.NONE)


def _assessed(t: Timeline, e: AnyEntry) -> Timeline:
    stage = {Outcome.PASSED: State.ASSESSED, Outcome.RECTIFY: State.APPLIED, Outcome.FAILED: State.NONE}
    return _staged(t, e, stage[e.fact.outcome])


def _approved(t: Timeline, e: AnyEntry) -> Timeline:
    return _staged(t, e, State.APPROVED)


def _staged(t: Timeline, e: AnyEntry, state: State) -> Timeline:
    return replace(t, stages=(*t.stages, (e.on, RANK[type(e.fact)], state)))


def _amended(t: Timeline, e: AnyEntry) -> Timeline:
    number = e.fact.number
    return replace(t, renumbered=(*t.renumbered, (e.on, number))) if number else t


def _scope_changed(t: Timeline, e: AnyEntry) -> Timeline:
    scope = t.scope if t.scope is not None else frozenset()
    return replace(t, scope=(scope | set(e.fact.extended)) - set(e.fact.reduced))


EFFECTS: Mapping[type, Callable[[Timeline, AnyEntry], Timeline]] = {
    ApplicationAccepted: _accepted,
    ApplicationRefused: _application_refused,
    AssessmentRecorded: _assessed,
    ApprovalRecorded: _approved,
    CertificateCancelled: _ended(State.CANCELLED),
    CertificateRevoked: _ended(State.REVOKED),
    CertificateGranted: _granted,
    CertificateRenewed: _renewed,
    CertificateSuspended: _suspended,
    CertificateReinstated: _reinstated,
    CertificateAmended: _amended,
    ScopeChanged: _scope_changed,
}


# --- rules: what each fact needs of the timeline as it stands on its day ---------------------------


def _not_held(t: Timeline, e: AnyEntry) -> Refused | None:
    if not (t.open and e.on <= t.until):
        return None
    return errors.CertificateAlreadyHeld(
        lab=e.stream,
        scheme=e.fact.scheme.value,
        number=t.periods[-1].number,
        on=e.on.isoformat(),
        valid_until=t.until.isoformat(),
    )


def _grant_not_ended(t: Timeline, e: AnyEntry) -> Refused | None:
    if t.open:
        return None
    return errors.CertificateNotGranted(lab=e.stream, scheme=e.fact.scheme.value, on=e.on.isoformat())


def _held_and_not_suspended(t: Timeline, e: AnyEntry) -> Refused | None:
    scheme = e.fact.scheme.value
    if not (t.open and e.on <= t.until):
        return errors.CertificateNotHeld(lab=e.stream, scheme=scheme, on=e.on.isoformat())
    if t.suspended_since:
        since = t.suspended_since.isoformat()
        return errors.CertificateAlreadySuspended(lab=e.stream, scheme=scheme, since=since)
    return None


def _is_suspended(t: Timeline, e: AnyEntry) -> Refused | None:
    if t.suspended_since:
        return None
    return errors.CertificateNotSuspended(lab=e.stream, scheme=e.fact.scheme.value, on=e.on.isoformat())


def _scope_differs(t: Timeline, e: AnyEntry) -> Refused | None:
    ungranted = _grant_not_ended(t, e)
    if ungranted or t.scope is None:
        return ungranted
    changed = (t.scope | set(e.fact.extended)) - set(e.fact.reduced) != t.scope
    return None if changed else errors.NothingChanges(stream=e.stream, on=e.on.isoformat())


RULES: dict[type, Callable[[Timeline, AnyEntry], Refused | None]] = {
    CertificateCancelled: _grant_not_ended,
    CertificateRevoked: _grant_not_ended,
    CertificateGranted: _not_held,
    CertificateRenewed: _grant_not_ended,
    CertificateSuspended: _held_and_not_suspended,
    CertificateReinstated: _is_suspended,
    CertificateAmended: _grant_not_ended,
    ScopeChanged: _scope_differs,
}
"""Fact -> its rule; an application, an assessment and an approval may come at any time."""

RANK = {
    ApplicationAccepted: 10,
    ApplicationRefused: 11,
    AssessmentRecorded: 12,
    ApprovalRecorded: 13,
    CertificateCancelled: 20,
    CertificateRevoked: 20,
    CertificateGranted: 21,
    CertificateRenewed: 22,
    CertificateSuspended: 23,
    CertificateReinstated: 24,
    CertificateAmended: 25,
    ScopeChanged: 26,
}
"""The order of facts of one day: an end comes first, so that a new grant may follow it."""


def step(timeline: Timeline, entry: AnyEntry) -> tuple[Timeline, Refused | None]:
    """Return the timeline with *entry*, and what is wrong with it, if anything."""
    kind = type(entry.fact)
    rule = RULES.get(kind)
    return EFFECTS[kind](timeline, entry), rule(timeline, entry) if rule else None
