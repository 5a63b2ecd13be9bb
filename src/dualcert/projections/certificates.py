"""Certificates: the status of labs on a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from attrs import frozen

from dualcert.domain.lab import Lab
from dualcert.domain.timeline import Timeline
from dualcert.errors import BeforeRegistration
from dualcert.policy import Target
from dualcert.projections.answers import Answer
from dualcert.projections.view import View
from dualcert.values.terms import Level, Scheme, State


@frozen
class CertificateStatus(Answer):
    """One scheme of one lab on one day; number and dates of the period that covers it, or began last."""

    state: State
    number: str | None
    granted_on: date | None
    valid_until: date | None


@frozen
class LabStatus(Answer):
    """A lab on one day; `dual_since` is the first day of the unbroken run of dual certification."""

    lab: str
    name: str
    level: Level
    division: str
    cma: CertificateStatus
    catl: CertificateStatus
    dual: bool
    dual_since: date | None


def counts(timeline: Timeline, day: date, target: Target) -> bool:
    """Return whether a certificate counts on *day* by the policy's switches.

    A valid one always does; a suspended one, and one past its date while its renewal is undecided,
    only where the policy says so.
    """
    if timeline.held(day):
        return target.suspended_counts or not timeline.suspended(day)
    return target.pending_renewal_counts and timeline.awaiting_renewal(day)


def lab_status(view: View, lab: str, as_of: date) -> LabStatus:
    """Return the status of *lab* on a day.

    Raises:
        UnknownLab: no lab of that id is registered.
        BeforeRegistration: it is registered later than *as_of*.
    """
    found = view.lab(lab)
    if found.details_on(as_of) is None:
        raise BeforeRegistration(lab=lab, on=as_of)
    return _lab_status(lab, found, as_of)


def lab_statuses(view: View, as_of: date, division: str | None = None) -> Iterator[LabStatus]:
    """Yield every lab that is active on *as_of* and at home in *division*, in order of id."""
    for lab, found in view.labs():
        details = found.details_on(as_of)
        if details is None or not found.active(as_of):
            continue
        if division is None or view.divisions.contains(division, details.division):
            yield _lab_status(lab, found, as_of)


def _lab_status(lab: str, found: Lab, day: date) -> LabStatus:
    details = found.details_on(day)
    assert details is not None
    return LabStatus(
        lab=lab,
        name=details.name,
        level=details.level,
        division=details.division,
        cma=_certificate_status(found.timeline(Scheme.CMA), day),
        catl=_certificate_status(found.timeline(Scheme.CATL), day),
        dual=found.dual(day),
        dual_since=found.dual_since(day),
    )


def _certificate_status(timeline: Timeline, day: date) -> CertificateStatus:
    period = timeline.period_of(day)
    if period is None:
        return CertificateStatus(timeline.state(day), None, None, None)
    number = timeline.number_of(period, day)
    return CertificateStatus(timeline.state(day), number, period.first, period.valid_until)
