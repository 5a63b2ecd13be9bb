"""The facts of a certificate, in the past participles of the field (ISO/IEC 17011), and their three tables.

They change the `Timeline` of one scheme. Expiry is not a fact: nobody records it, it follows from the date.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from attrs import frozen
from msgspec.structs import replace

from dualcert import errors
from dualcert.domain.aggregate import Effects, Ranks, Rules, on
from dualcert.domain.entry import Entry, Name
from dualcert.domain.timeline import Change, Period, Timeline
from dualcert.errors import Refused
from dualcert.values.days import ONE_DAY
from dualcert.values.terms import Scheme, State


@frozen
class CertificateGranted:
    """颁发: a certificate, valid from `granted_on` through `valid_until`, both inclusive."""

    scheme: Scheme
    number: str
    granted_on: date
    valid_until: date
    scope_parameters: tuple[str, ...] | None = None


@frozen
class CertificateRenewed:
    """延续 (CMA), 复审 (CATL): days covered by either certificate count; a gap between them does not."""

    scheme: Scheme
    number: str
    granted_on: date
    valid_until: date
    scope_parameters: tuple[str, ...] | None = None


@frozen
class CertificateAmended:
    """变更: change the number or holder of a certificate."""

    scheme: Scheme
    reason: str
    number: str | None = None
    holder: str | None = None


@frozen
class ScopeChanged:
    """扩项, 取消项目: parameters added to the scope and taken from it."""

    scheme: Scheme
    extended: tuple[str, ...] = ()
    reduced: tuple[str, ...] = ()


@frozen
class CertificateSuspended:
    """暂停: the certificate is not valid from this day on."""

    scheme: Scheme
    reason: str


@frozen
class CertificateReinstated:
    """恢复: the suspended certificate is valid again from this day on."""

    scheme: Scheme
    reason: str


@frozen
class CertificateCancelled:
    """注销: ended by the issuer or the holder; from this day no earlier certificate counts."""

    scheme: Scheme
    reason: str


@frozen
class CertificateRevoked:
    """撤销, 吊销: taken away by the issuer; for the days after it has the same effect as a cancellation."""

    scheme: Scheme
    reason: str


EndingFact = CertificateCancelled | CertificateRevoked
"""A fact that ends a certificate."""
CertificateFact = (
    EndingFact
    | CertificateGranted
    | CertificateRenewed
    | CertificateAmended
    | ScopeChanged
    | CertificateSuspended
    | CertificateReinstated
)
"""A fact of a certificate."""

NAMES = {
    "lab.certificate-granted": Name(CertificateGranted),
    "lab.certificate-renewed": Name(CertificateRenewed),
    "lab.certificate-amended": Name(CertificateAmended),
    "lab.scope-changed": Name(ScopeChanged),
    "lab.certificate-suspended": Name(CertificateSuspended),
    "lab.certificate-reinstated": Name(CertificateReinstated),
    "lab.certificate-cancelled": Name(CertificateCancelled),
    "lab.certificate-revoked": Name(CertificateRevoked),
}
"""Stored name -> fact."""


# --- effects: how each fact changes the timeline; they never raise, whatever was accepted before ---------


def _granted(t: Timeline, e: Entry[CertificateGranted]) -> Timeline:
    """A new grant starts afresh: it ends a suspension."""
    if t.suspended_since or t.renewal_since:
        t = t.lifted(e.on).renewal_decided(e.on)
    until = e.fact.valid_until
    return _covered(t, e, max(t.until, until) if t.open else until)


def _renewed(t: Timeline, e: Entry[CertificateRenewed]) -> Timeline:
    """A renewal does not lift a suspension, and after an end only a new grant helps."""
    if not t.open:
        return t
    if t.renewal_since:
        t = t.renewal_decided(e.on)
    return _covered(t, e, max(t.until, e.fact.valid_until))


def _covered(t: Timeline, e: Entry[CertificateGranted | CertificateRenewed], until: date) -> Timeline:
    """Add the period of a grant or renewal, and the scope where it states one."""
    fact = e.fact
    period = Period(fact.granted_on, fact.valid_until, fact.number, fact.valid_until, e.version)
    scope = t.scope if fact.scope_parameters is None else frozenset(fact.scope_parameters)
    return replace(t, open=True, until=until, periods=(*t.periods, period), scope=scope)


def _ended(state: State) -> Callable[[Timeline, Entry[EndingFact]], Timeline]:
    def ended(t: Timeline, e: Entry[EndingFact]) -> Timeline:
        last = e.on - ONE_DAY
        periods = tuple(p if p.last <= last else replace(p, last=last) for p in t.periods)
        t = t.lifted(e.on).renewal_decided(e.on)
        ends = (*t.ends, (e.on, state))
        return replace(t, open=False, until=date.min, periods=periods, changes=_changed(t, e), ends=ends)

    return ended


def _suspended(t: Timeline, e: Entry[CertificateSuspended]) -> Timeline:
    """A suspension of a certificate that ended on the same day has nothing left to suspend."""
    if t.suspended_since or not t.open:
        return t
    return replace(t, suspended_since=e.on, changes=_changed(t, e))


def _reinstated(t: Timeline, e: Entry[CertificateReinstated]) -> Timeline:
    return replace(t.lifted(e.on), changes=_changed(t, e)) if t.suspended_since else t


def _changed(t: Timeline, e: Entry[CertificateFact]) -> tuple[Change, ...]:
    return (*t.changes, (e.on, len(t.periods), e.version))


def _amended(t: Timeline, e: Entry[CertificateAmended]) -> Timeline:
    number = e.fact.number
    return replace(t, renumbered=(*t.renumbered, (e.on, number, e.version))) if number else t


def _scope_changed(t: Timeline, e: Entry[ScopeChanged]) -> Timeline:
    scope = t.scope if t.scope is not None else frozenset()
    return replace(t, scope=(scope | set(e.fact.extended)) - set(e.fact.reduced))


EFFECTS: Effects[Timeline] = dict(
    (
        on(CertificateCancelled, _ended(State.CANCELLED)),
        on(CertificateRevoked, _ended(State.REVOKED)),
        on(CertificateGranted, _granted),
        on(CertificateRenewed, _renewed),
        on(CertificateSuspended, _suspended),
        on(CertificateReinstated, _reinstated),
        on(CertificateAmended, _amended),
        on(ScopeChanged, _scope_changed),
    )
)


# --- rules: what each fact requires of the timeline on its day ------------------------------------------


def _not_held(t: Timeline, e: Entry[CertificateGranted]) -> Refused | None:
    if not (t.open and e.on <= t.until):
        return None
    return errors.CertificateAlreadyHeld(
        lab=e.stream,
        scheme=e.fact.scheme,
        number=t.periods[-1].number,
        on=e.on,
        valid_until=t.until,
    )


def _grant_not_ended(t: Timeline, e: Entry[CertificateFact]) -> Refused | None:
    if t.open:
        return None
    return errors.CertificateNotGranted(lab=e.stream, scheme=e.fact.scheme, on=e.on)


def _held_and_not_suspended(t: Timeline, e: Entry[CertificateSuspended]) -> Refused | None:
    scheme = e.fact.scheme
    if not (t.open and e.on <= t.until) and not t.ended_while_valid(e.on):
        return errors.CertificateNotHeld(lab=e.stream, scheme=scheme, on=e.on)
    if t.suspended_since:
        return errors.CertificateAlreadySuspended(lab=e.stream, scheme=scheme, since=t.suspended_since)
    return None


def _is_suspended(t: Timeline, e: Entry[CertificateReinstated]) -> Refused | None:
    if t.suspended_since:
        return None
    return errors.CertificateNotSuspended(lab=e.stream, scheme=e.fact.scheme, on=e.on)


def _scope_differs(t: Timeline, e: Entry[ScopeChanged]) -> Refused | None:
    ungranted = _grant_not_ended(t, e)
    if ungranted or t.scope is None:
        return ungranted
    changed = (t.scope | set(e.fact.extended)) - set(e.fact.reduced) != t.scope
    return None if changed else errors.NothingChanges(stream=e.stream, on=e.on)


RULES: Rules[Timeline] = dict(
    (
        on(CertificateCancelled, _grant_not_ended),
        on(CertificateRevoked, _grant_not_ended),
        on(CertificateGranted, _not_held),
        on(CertificateRenewed, _grant_not_ended),
        on(CertificateSuspended, _held_and_not_suspended),
        on(CertificateReinstated, _is_suspended),
        on(CertificateAmended, _grant_not_ended),
        on(ScopeChanged, _scope_differs),
    )
)

RANK: Ranks = {
    CertificateCancelled: 20,
    CertificateRevoked: 20,
    CertificateGranted: 21,
    CertificateRenewed: 22,
    CertificateSuspended: 23,
    CertificateReinstated: 24,
    CertificateAmended: 25,
    ScopeChanged: 26,
}
"""An end comes before the other facts of its day, so that a new grant may follow it."""
