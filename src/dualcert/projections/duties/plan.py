"""The duties of the tackling plan 攻坚方案: to issue and hand it in, and to carry out its measures (rule 4 of the notice)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from dualcert.errors import N_
from dualcert.policy import PlanRule
from dualcert.projections import evidence
from dualcert.projections.counties import CountyOnDay
from dualcert.projections.duties.duty import Duty
from dualcert.projections.situation import Situation
from dualcert.values.dates import days_after
from dualcert.values.days import Span
from dualcert.values.terms import DutyKind, FindingKind

MISSING = N_("{name} does not pass and has no tackling plan, due on {due}")
LATE = N_("the tackling plan of {name} is not handed in, due on {due}")
MEASURE = N_("{name}: item {item} of the plan is due on {due}: {measure}")
MEASURE_LATE = N_("{name}: item {item} of the plan is {days} days late: {measure}")


def plans(situation: Situation) -> Iterator[Duty]:
    """Yield the duty of each county to have a plan, once for every time that it began not to pass.

    A plan that was handed in is never asked for again: a revised one is a revision, and reopens nothing.
    """
    rule, policy = situation.policy.plan, situation.policy
    for county in situation.counties.values() if rule else ():
        for run in situation.failing_days(county.county).spans:
            owed_from = max(policy.from_, run[0])
            if run[1] < policy.from_ or owed_from > min(policy.to, situation.day):
                continue
            assert rule
            found = _plan(situation, county, rule, run, owed_from)
            yield found
            if found.done_on:
                break


def _plan(situation: Situation, county: CountyOnDay, rule: PlanRule, run: Span, owed_from: date) -> Duty:
    day, policy = situation.day, situation.policy
    plan = county.state.plan(day)
    handed_in = [p.submitted_on for p in county.state.plans if p.submitted_on and p.submitted_on <= min(day, run[1])]
    begins_later = owed_from > policy.from_
    due = max(rule.due, days_after(owed_from, rule.days)) if begins_later else rule.due
    issued = [f"{county.county}@{plan.version}"] if plan else []
    failing = evidence.of_failing_county(
        situation.find_lab, county.county, county.state, owed_from, min(day, run[1]), policy.target
    )
    return Duty(
        kind=DutyKind.PLAN,
        campaign=situation.campaign_id,
        day=situation.day,
        subject=county.county,
        home=county.home,
        owed_from=owed_from,
        due=due,
        done_on=min(handed_in, default=None),
        lapsed=run[1] < day,
        finding=FindingKind.PLAN_LATE if plan else FindingKind.PLAN_MISSING,
        pressing=situation.policy.pressing_days(rule),
        responsible=situation.leaders.get(county.county),
        template=LATE if plan else MISSING,
        evidence=evidence.distinct([*situation.policy_fact(), *issued, *failing]),
    )


def measures(situation: Situation) -> Iterator[Duty]:
    """Yield the duty to carry out each item of the plan in force; it lapses when the county passes."""
    day = situation.day
    for county in situation.counties.values():
        plan = county.state.plan(day)
        if plan is None:
            continue
        done = dict(plan.completed)
        for number, item in enumerate(plan.items, start=1):
            late = day > item.due
            yield Duty(
                kind=DutyKind.MEASURE,
                campaign=situation.campaign_id,
                day=situation.day,
                subject=county.county,
                home=county.home,
                owed_from=plan.issued_on,
                due=item.due,
                done_on=done.get(number),
                lapsed=county.passes is not False,
                finding=FindingKind.MEASURE_LATE if late else None,
                pressing=situation.policy.pressing_days(situation.policy.plan),
                responsible=item.responsible,
                template=MEASURE_LATE if late else MEASURE,
                evidence=(f"{county.county}@{plan.version}", *evidence.of_county(county, day)) if late else (),
                more={"item": number, "measure": item.measure},
            )


OF_CAMPAIGN = (plans,)
OF_PROVINCE = (measures,)
