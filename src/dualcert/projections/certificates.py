"""Certificates: whether and why each counts on a day, and the status of labs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from attrs import frozen

from dualcert.domain.lab import Lab
from dualcert.domain.timeline import Application, Timeline
from dualcert.errors import BeforeRegistration
from dualcert.policy import Target
from dualcert.projections.answers import Answer
from dualcert.projections.view import View
from dualcert.values.days import NO_DAYS, Days
from dualcert.values.terms import SCHEMES, Counting, Level, Purpose, Route, State


@frozen
class ApplicationStatus(Answer):
    """An application under way: its state since a day, and for how many days; None what no acceptance states."""

    state: State
    purpose: Purpose | None
    route: Route | None
    since: date
    days: int


@frozen
class CertificateStatus(Answer):
    """One scheme of one lab on one day; number and dates of the period that covers it, or began last.

    `state` is the legal state. `counts` says whether it counts in the campaign, `by` why it does.
    """

    state: State
    number: str | None
    granted_on: date | None
    valid_until: date | None
    counts: bool
    by: Counting | None
    application: ApplicationStatus | None


@frozen
class LabStatus(Answer):
    """A lab on one day; `dual` is what the ratio counts, `dual_since` the first day of its unbroken run."""

    lab: str
    name: str
    level: Level
    division: str
    cma: CertificateStatus
    catl: CertificateStatus
    dual: bool
    dual_since: date | None
    active: bool
    closed_on: date | None
    counted: bool


def counting(timeline: Timeline, day: date, target: Target) -> Counting | None:
    """Return why a certificate counts on *day* by the policy's switches, or None where it does not.

    A valid one always counts; a suspended one, and one past its date while its renewal is undecided, only where the
    policy says so. Whoever asks whether something is dual-certified asks this.
    """
    suspended = timeline.suspended(day)
    if suspended and not target.suspended_counts:
        return None
    if timeline.held(day):
        return Counting.SUSPENDED if suspended else Counting.VALID
    if target.pending_renewal_counts and timeline.awaiting_renewal(day):
        return Counting.PENDING_RENEWAL
    return None


def counting_days(timeline: Timeline, target: Target) -> Days:
    """Return every day on which a certificate counts: those for which `counting` has a reason."""
    days = timeline.held_days()
    if target.pending_renewal_counts:
        days |= timeline.awaiting_renewal_days()
    never_suspended = timeline.suspended_since is None and not timeline.suspensions
    return days if target.suspended_counts or never_suspended else days - timeline.suspended_days()


def dual_days(lab: Lab, target: Target) -> Days:
    """Return every day on which both certificates of *lab* count."""
    if not lab.cma.periods or not lab.catl.periods:
        return NO_DAYS
    return counting_days(lab.cma, target) & counting_days(lab.catl, target)


def dual_since(lab: Lab, day: date, target: Target) -> date | None:
    """Return the first day of the unbroken run of dual certification around *day*, or None."""
    run = dual_days(lab, target).run(day)
    return run[0] if run else None


def lab_status(view: View, lab: str, as_of: date) -> LabStatus:
    """Return the status of *lab* on a day.

    Raises:
        UnknownLab: no lab of that id is registered.
        BeforeRegistration: it is registered later than *as_of*.
    """
    found = view.lab(lab)
    if found.details_on(as_of) is None:
        raise BeforeRegistration(lab=lab, on=as_of)
    return _lab_status(lab, found, as_of, view.target(as_of))


def lab_statuses(view: View, as_of: date, division: str | None = None) -> Iterator[LabStatus]:
    """Yield every lab that is active on *as_of* and at home in *division*, in order of id."""
    target = view.target(as_of)
    for lab, found in view.labs():
        details = found.details_on(as_of)
        if details is None or not found.active(as_of):
            continue
        if division is None or view.divisions.contains(division, details.division):
            yield _lab_status(lab, found, as_of, target)


def _lab_status(lab: str, found: Lab, day: date, target: Target) -> LabStatus:
    details = found.details_on(day)
    assert details is not None
    cma, catl = (_certificate_status(found.timeline(scheme), day, target) for scheme in SCHEMES)
    return LabStatus(
        lab=lab,
        name=details.name,
        level=details.level,
        division=details.division,
        active=found.active(day),
        closed_on=found.closed_on if found.closed_on and found.closed_on <= day else None,
        counted=details.counted,
        cma=cma,
        catl=catl,
        dual=cma.counts and catl.counts,
        dual_since=dual_since(found, day, target) if cma.counts and catl.counts else None,
    )


def _certificate_status(timeline: Timeline, day: date, target: Target) -> CertificateStatus:
    period, by = timeline.period_of(day), counting(timeline, day, target)
    return CertificateStatus(
        state=timeline.state(day),
        number=timeline.number_of(period, day) if period else None,
        granted_on=period.first if period else None,
        valid_until=period.valid_until if period else None,
        counts=by is not None,
        by=by,
        application=_application_status(timeline.application(day), day),
    )


def _application_status(application: Application | None, day: date) -> ApplicationStatus | None:
    if application is None:
        return None
    step = application.step
    return ApplicationStatus(step.state, application.purpose, application.route, step.on, (day - step.on).days)
