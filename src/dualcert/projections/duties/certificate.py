"""The duties of a lab's certificates: to apply for renewal in time, to rectify, and to take the next step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from operator import attrgetter
from typing import NamedTuple

from dualcert.domain.timeline import Application, Period, Timeline
from dualcert.errors import N_
from dualcert.projections import evidence
from dualcert.projections.certificates import counting
from dualcert.projections.duties.duty import Duty
from dualcert.projections.labs import LabOnDay
from dualcert.projections.situation import Situation
from dualcert.values.dates import days_after
from dualcert.values.terms import SCHEMES, DutyKind, FindingKind, Outcome, Purpose, Scheme, State

EXPIRING = N_(
    "the {scheme} certificate {number} of {name} expires on {valid_until}; its renewal is to be applied for by {due}"
)
NOT_APPLIED = N_(
    "the {scheme} certificate {number} of {name} expires on {valid_until}; its renewal was to be applied for by {due}"
)
EXPIRED = N_("the {scheme} certificate {number} of {name} expired on {due}")
RECTIFY = N_("{name}: what the assessment for {scheme} found is to be rectified")
STEP = N_("{name}: the application for {scheme} is {application} since {since}; the next step is to follow")

RENEWS = frozenset({Purpose.FIRST, Purpose.RENEWAL})
"""The purposes of an application after which nobody has to apply for renewal."""

_valid_until = attrgetter("valid_until")


def certificates(situation: Situation) -> Iterator[Duty]:
    """Yield the duties of every active lab of the province, those of each scheme."""
    policy = situation.policy
    before = max((rule.apply_before_days for rule in policy.certificate_rule), default=0)
    longest = days_after(situation.day, before + max(policy.expiring_days, default=0))
    for lab in situation.labs.values():
        for scheme in SCHEMES:
            timeline = lab.state.timeline(scheme)
            if not timeline.periods and not timeline.stages:
                continue
            application = timeline.application(situation.day)
            if application:
                yield from _of_application(situation, lab, scheme, application)
            asked = _to_renew(situation, scheme, timeline, longest)
            if asked:
                yield from _renewal(situation, lab, scheme, timeline, asked)


class _ToRenew(NamedTuple):
    """The certificate that is to be renewed, the last day to apply, the duty's day, and how it is reported."""

    period: Period
    apply_by: date
    due: date
    finding: FindingKind
    template: str


def _to_renew(situation: Situation, scheme: Scheme, timeline: Timeline, longest: date) -> _ToRenew | None:
    """Return what a lab has to renew: the certificate that covers the day, or one that has run out and is wanted anew.

    A certificate that is valid beyond *longest* is not asked for yet, whatever rule it is under.
    """
    day = situation.day
    covering = [period for period in timeline.periods if period.first <= day <= period.last]
    if covering:
        period = max(covering, key=_valid_until)
        if period.valid_until > longest:
            return None
        apply_by = _apply_by(situation, scheme, period)
        return _ToRenew(period, apply_by, apply_by, FindingKind.EXPIRING, NOT_APPLIED if day > apply_by else EXPIRING)
    if timeline.state(day) is State.EXPIRED and counting(timeline, day, situation.policy.target) is None:
        past = timeline.period_of(day)
        assert past is not None  # what has expired had a period
        return _ToRenew(past, _apply_by(situation, scheme, past), past.valid_until, FindingKind.EXPIRED, EXPIRED)
    return None


def _renewal(
    situation: Situation, lab: LabOnDay, scheme: Scheme, timeline: Timeline, asked: _ToRenew
) -> Iterator[Duty]:
    """Yield the duty to apply for the renewal of a certificate, from the longest reminder on; an accepted application fulfils it."""
    day, policy, period = situation.day, situation.policy, asked.period
    owed_from = days_after(asked.apply_by, -max(policy.expiring_days, default=0))
    if owed_from > day:
        return
    application = timeline.application(day)
    applied = application if application and application.purpose in RENEWS else None
    yield Duty(
        kind=DutyKind.RENEWAL,
        campaign=situation.campaign_id,
        day=day,
        subject=lab.lab,
        home=lab.home,
        owed_from=max(owed_from, period.first),
        due=asked.due,
        done_on=applied.accepted_on if applied else None,
        pressing=policy.pressing_days(None),
        finding=asked.finding,
        responsible=lab.lab,
        template=asked.template,
        evidence=evidence.of_number(lab.lab, timeline, period, day),
        more={
            "scheme": scheme,
            "number": timeline.number_of(period, day),
            "valid_until": period.valid_until,
            "apply_by": asked.apply_by,
        },
    )


def _apply_by(situation: Situation, scheme: Scheme, period: Period) -> date:
    rule = situation.policy.rule_of(scheme, period.first)
    return days_after(period.valid_until, -rule.apply_before_days if rule else 0)


def _of_application(situation: Situation, lab: LabOnDay, scheme: Scheme, application: Application) -> Iterator[Duty]:
    """Yield what an application under way waits for: that the lab rectifies, or that the issuer takes the next step."""
    step, stages = application.step, situation.policy.stages
    rectify = step.outcome is Outcome.RECTIFY
    within = stages.within(step.state) if stages else None
    due = step.rectify_by if rectify else days_after(step.on, within) if within else None
    late = due is not None and situation.day > due
    facts = [step.version] if application.accepted_on is None else [*_accepted(lab, scheme, application), step.version]
    yield Duty(
        kind=DutyKind.RECTIFICATION if rectify else DutyKind.NEXT_STEP,
        campaign=situation.campaign_id,
        day=situation.day,
        subject=lab.lab,
        home=lab.home,
        owed_from=step.on,
        due=due,
        finding=FindingKind.RECTIFICATION_DUE if rectify else FindingKind.STALLED if late else None,
        pressing=situation.policy.pressing_days(stages),
        responsible=lab.lab,
        template=RECTIFY if rectify else STEP,
        evidence=evidence.distinct(f"{lab.lab}@{version}" for version in facts),
        more={"scheme": scheme, "application": step.state, "since": step.on},
    )


def _accepted(lab: LabOnDay, scheme: Scheme, application: Application) -> list[int]:
    stages = lab.state.timeline(scheme).stages
    return [s.version for s in stages if s.on == application.accepted_on and s.purpose][-1:]


OF_PROVINCE = (certificates,)
