"""The facts of an application for a certificate, up to the decision to grant it, and their tables.

They change the `Timeline` of one scheme. None of them is a certificate, and none has a rule: they may come at
any time.
"""

from __future__ import annotations

from datetime import date

from attrs import frozen
from msgspec.structs import replace

from dualcert.domain.aggregate import Effects, Ranks, on
from dualcert.domain.entry import Entry, Name
from dualcert.domain.timeline import ApplicationStep, Timeline
from dualcert.values.terms import Outcome, Purpose, Route, Scheme, State


@frozen
class ApplicationAccepted:
    """受理: the issuer accepted the application."""

    scheme: Scheme
    route: Route
    purpose: Purpose


@frozen
class ApplicationRefused:
    """不予受理: the issuer did not accept the application."""

    scheme: Scheme
    reason: str


@frozen
class AssessmentRecorded:
    """评审 (CMA), 考核 (CATL): the outcome of the on-site assessment; it is not yet a certificate."""

    scheme: Scheme
    outcome: Outcome
    rectify_by: date | None = None


@frozen
class ApprovalRecorded:
    """审核通过: the issuer decided to grant; it is not yet a certificate."""

    scheme: Scheme


ApplicationFact = ApplicationAccepted | ApplicationRefused | AssessmentRecorded | ApprovalRecorded
"""A fact that comes before a certificate."""

NAMES = {
    "lab.application-accepted": Name(ApplicationAccepted),
    "lab.application-refused": Name(ApplicationRefused),
    "lab.assessment-recorded": Name(AssessmentRecorded),
    "lab.approval-recorded": Name(ApprovalRecorded),
}
"""Stored name -> fact."""


def _accepted(t: Timeline, e: Entry[ApplicationAccepted]) -> Timeline:
    t = _with(t, replace(_step(e, State.APPLIED), purpose=e.fact.purpose, route=e.fact.route))
    renewal = e.fact.purpose is Purpose.RENEWAL and not t.renewal_since
    return replace(t, renewal_since=e.on) if renewal else t


def _application_refused(t: Timeline, e: Entry[ApplicationRefused]) -> Timeline:
    return _with(t.renewal_decided(e.on), _step(e, State.NONE))


def _assessed(t: Timeline, e: Entry[AssessmentRecorded]) -> Timeline:
    outcome = e.fact.outcome
    state = {Outcome.PASSED: State.ASSESSED, Outcome.RECTIFY: State.APPLIED, Outcome.FAILED: State.NONE}[outcome]
    return _with(t, replace(_step(e, state), outcome=outcome, rectify_by=e.fact.rectify_by))


def _approved(t: Timeline, e: Entry[ApprovalRecorded]) -> Timeline:
    return _with(t, _step(e, State.APPROVED))


def _step(e: Entry[ApplicationFact], state: State) -> ApplicationStep:
    return ApplicationStep(e.on, RANK[type(e.fact)], state, e.version)


def _with(t: Timeline, step: ApplicationStep) -> Timeline:
    return replace(t, stages=(*t.stages, step))


EFFECTS: Effects[Timeline] = dict(
    (
        on(ApplicationAccepted, _accepted),
        on(ApplicationRefused, _application_refused),
        on(AssessmentRecorded, _assessed),
        on(ApprovalRecorded, _approved),
    )
)

RANK: Ranks = {ApplicationAccepted: 10, ApplicationRefused: 11, AssessmentRecorded: 12, ApprovalRecorded: 13}
