"""Certificates that expire soon, and those that have expired. Expiry is not a fact: it follows from the date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from operator import attrgetter

from dualcert.domain.timeline import Period, Timeline
from dualcert.errors import N_
from dualcert.projections import evidence
from dualcert.projections.certificates import counts
from dualcert.projections.finding import Finding, finding
from dualcert.projections.labs import LabOnDay
from dualcert.projections.situation import Situation
from dualcert.values.terms import SCHEMES, FindingKind, Scheme, State

_valid_until = attrgetter("valid_until")

EXPIRING = N_("the {scheme} certificate {number} of {name} expires on {due}; apply for its renewal by {apply_by}")
EXPIRED = N_("the {scheme} certificate {number} of {name} expired on {due}")


def expiry_findings(situation: Situation) -> Iterator[Finding]:
    """Yield certificates of active labs that expire within the policy's leads, and those that have expired.

    A certificate past its date that still counts (renewal pending) is not reported.
    """
    day, policy = situation.day, situation.policy
    leads = max(policy.reminders.expiring_days if policy.reminders else (), default=0)
    longest = timedelta(days=max([leads, *(rule.apply_before_days for rule in policy.certificate_rule)]))
    for lab in situation.labs.values():
        for scheme in SCHEMES:
            timeline = lab.state.timeline(scheme)
            covering = [p for p in timeline.periods if p.first <= day <= p.last]
            if covering:
                last = max(covering, key=_valid_until)
                if last.valid_until > day + longest:
                    continue
                if last.valid_until <= day + timedelta(days=max(leads, _apply_before(situation, scheme, last))):
                    yield _finding(situation, lab, scheme, last, timeline, kind=FindingKind.EXPIRING)
            elif timeline.state(day) is State.EXPIRED and not counts(timeline, day, policy.target):
                past = timeline.period_of(day)
                assert past is not None  # what has expired had a period
                yield _finding(situation, lab, scheme, past, timeline, kind=FindingKind.EXPIRED)


def _apply_before(situation: Situation, scheme: Scheme, period: Period) -> int:
    rule = situation.policy.rule_of(scheme, period.first)
    return rule.apply_before_days if rule else 0


def _finding(
    situation: Situation, lab: LabOnDay, scheme: Scheme, period: Period, timeline: Timeline, *, kind: FindingKind
) -> Finding:
    due = period.valid_until
    apply_by = due - timedelta(days=_apply_before(situation, scheme, period))
    return finding(
        situation,
        kind,
        lab.lab,
        home=lab.home,
        due=due,
        template=EXPIRING if kind is FindingKind.EXPIRING else EXPIRED,
        evidence=evidence.of_certificate(lab.lab, lab.state, scheme, situation.day),
        more={"scheme": scheme, "number": timeline.number_of(period, situation.day), "apply_by": apply_by},
    )


SOURCES = (expiry_findings,)
