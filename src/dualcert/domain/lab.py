"""A lab: its details, from its registration to its closing, and its two certificates."""

from __future__ import annotations

from datetime import date

import msgspec
from attrs import frozen
from msgspec.structs import replace

from dualcert import errors
from dualcert.domain import application, certificate
from dualcert.domain.aggregate import Aggregate, Effects, Ranks, Rules, on
from dualcert.domain.application import ApplicationFact
from dualcert.domain.certificate import (
    CertificateCancelled,
    CertificateFact,
    CertificateRevoked,
    CertificateSuspended,
)
from dualcert.domain.entry import Entry, Name
from dualcert.domain.timeline import Timeline
from dualcert.errors import Refused
from dualcert.values.days import NO_DAYS, ONE_DAY, Days
from dualcert.values.terms import Level, Scheme

CMA = Scheme.CMA  # an enum's member is looked up anew at each use otherwise


@frozen
class LabRegistered:
    """The books have the lab from this day on."""

    name: str
    level: Level
    division: str
    credit_code: str | None = None
    counted: bool = True


@frozen
class LabAmended:
    """变更 of the lab itself; a field that is None stays as it was."""

    name: str | None = None
    level: Level | None = None
    division: str | None = None
    credit_code: str | None = None
    counted: bool | None = None


@frozen
class LabClosed:
    """The lab is counted nowhere from this day on."""

    reason: str
    merged_into: str | None = None


class Details(msgspec.Struct, frozen=True, gc=False):
    """The details of a lab from one day on."""

    name: str
    level: Level
    division: str
    credit_code: str | None
    counted: bool


class Lab(msgspec.Struct, frozen=True, kw_only=True):
    """The state of a lab's stream, for every day; `registration` and `closing` are versions of facts."""

    registered_on: date | None = None
    registration: int = 0
    closed_on: date | None = None
    closing: int = 0
    merged_into: str | None = None
    details: tuple[tuple[date, Details], ...] = ()
    details_versions: tuple[int, ...] = ()
    """The version of the fact that brought each of `details`."""
    cma: Timeline = Timeline()
    catl: Timeline = Timeline()

    def active(self, day: date) -> bool:
        """Return whether the lab is registered and not closed on *day*."""
        return (
            self.registered_on is not None
            and self.registered_on <= day
            and (self.closed_on is None or day < self.closed_on)
        )

    def active_days(self, since: date = date.min, until: date | None = None) -> Days:
        """Return every day from *since* (in) until *until* (out) on which the lab is registered and not closed."""
        if self.registered_on is None:
            return NO_DAYS
        last = until - ONE_DAY if until else date.max
        if self.closed_on:
            last = min(last, self.closed_on - ONE_DAY)
        return Days.span(max(self.registered_on, since), last)

    def details_on(self, day: date) -> Details | None:
        """Return the lab's details on *day*, or None before its registration."""
        return next((details for on, details in reversed(self.details) if on <= day), None)

    def details_by_day(self) -> dict[date, tuple[int, Details]]:
        """Return each day from which other details hold, with these and the version of the last fact of that day."""
        changes = zip(self.details, self.details_versions, strict=True)
        return {on: (version, details) for (on, details), version in changes}

    def timeline(self, scheme: Scheme) -> Timeline:
        """Return the certificate timeline of *scheme*."""
        return self.cma if scheme is CMA else self.catl


LabFact = LabRegistered | LabAmended | LabClosed
"""A fact of the lab itself."""
SchemeFact = ApplicationFact | CertificateFact
"""A fact of one scheme of a lab."""

NAMES = {
    "lab.registered": Name(LabRegistered),
    "lab.amended": Name(LabAmended),
    "lab.closed": Name(LabClosed),
    **application.NAMES,
    **certificate.NAMES,
}
"""Stored name -> fact."""

_ON_TIMELINE = {**application.EFFECTS, **certificate.EFFECTS}


def _registered(lab: Lab, e: Entry[LabRegistered]) -> Lab:
    f = e.fact
    details = Details(f.name, f.level, f.division, f.credit_code, f.counted)
    lab = lab if lab.registered_on else replace(lab, registered_on=e.on, registration=e.version)
    return _detailed(lab, e, details)


def _amended(lab: Lab, e: Entry[LabAmended]) -> Lab:
    if not lab.details:
        return lab
    return _detailed(lab, e, _with(lab.details[-1][1], e.fact))


def _detailed(lab: Lab, e: Entry[LabRegistered | LabAmended], details: Details) -> Lab:
    return replace(lab, details=(*lab.details, (e.on, details)), details_versions=(*lab.details_versions, e.version))


def _with(details: Details, fact: LabAmended) -> Details:
    """Return *details* with the fields that *fact* changes."""
    return Details(
        name=details.name if fact.name is None else fact.name,
        level=details.level if fact.level is None else fact.level,
        division=details.division if fact.division is None else fact.division,
        credit_code=details.credit_code if fact.credit_code is None else fact.credit_code,
        counted=details.counted if fact.counted is None else fact.counted,
    )


def _closed(lab: Lab, e: Entry[LabClosed]) -> Lab:
    return lab if lab.closed_on else replace(lab, closed_on=e.on, closing=e.version, merged_into=e.fact.merged_into)


def _on_timeline(lab: Lab, e: Entry[SchemeFact]) -> Lab:
    effect = _ON_TIMELINE[type(e.fact)]
    if e.fact.scheme is CMA:
        return replace(lab, cma=effect(lab.cma, e))
    return replace(lab, catl=effect(lab.catl, e))


EFFECTS: Effects[Lab] = {
    **dict((on(LabRegistered, _registered), on(LabAmended, _amended), on(LabClosed, _closed))),
    **dict.fromkeys(_ON_TIMELINE, _on_timeline),
}

AFTER_CLOSING = frozenset({CertificateSuspended, CertificateCancelled, CertificateRevoked})


def _not_registered(lab: Lab, e: Entry[LabRegistered]) -> Refused | None:
    return errors.LabAlreadyRegistered(lab=e.stream) if lab.registered_on else None


def _open(lab: Lab, e: Entry[LabFact | SchemeFact]) -> Refused | None:
    """An unregistered lab accepts no facts; a closed one only suspension, cancellation and revocation."""
    if lab.registered_on is None:
        return errors.BeforeRegistration(lab=e.stream, on=e.on)
    if lab.closed_on is not None and type(e.fact) not in AFTER_CLOSING:
        return errors.LabIsClosed(lab=e.stream, closed_on=lab.closed_on)
    return None


def _changes(lab: Lab, e: Entry[LabAmended]) -> Refused | None:
    if refusal := _open(lab, e):
        return refusal
    now = lab.details[-1][1]
    return errors.NothingChanges(stream=e.stream, on=e.on) if now == _with(now, e.fact) else None


def _certificate_rule(lab: Lab, e: Entry[CertificateFact]) -> Refused | None:
    return _open(lab, e) or certificate.RULES[type(e.fact)](lab.timeline(e.fact.scheme), e)


RULES: Rules[Lab] = {
    **dict((on(LabRegistered, _not_registered), on(LabAmended, _changes), on(LabClosed, _open))),
    **dict.fromkeys(application.EFFECTS, _open),
    **dict.fromkeys(certificate.RULES, _certificate_rule),
}

RANK: Ranks = {LabRegistered: 0, LabClosed: 1, LabAmended: 2, **application.RANK, **certificate.RANK}
"""A closing comes before the other facts of its day: on and after it they are refused."""

LAB = Aggregate(
    kind="lab",
    initial=Lab(),
    effects=EFFECTS,
    rules=RULES,
    rank=RANK,
    missing=lambda stream: errors.UnknownLab(lab=stream),
)
