"""Tackling plans 攻坚方案: which are missing, late, or not carried out in time (rule 4 of the notice)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from dualcert.domain.plan import Plan
from dualcert.errors import N_
from dualcert.projections import evidence
from dualcert.projections.counties import CountyOnDay
from dualcert.projections.finding import Finding, finding
from dualcert.projections.situation import Situation
from dualcert.values.terms import FindingKind


def plan_findings(situation: Situation) -> Iterator[Finding]:
    """Yield missing and late plans, and late measures, of every county that does not pass."""
    rule = situation.policy.plan
    if rule is None:
        return
    for county in situation.counties.values():
        if county.passes is not False:
            continue
        plan = county.state.plan(situation.day)
        if plan is None:
            yield _finding(situation, county, FindingKind.PLAN_MISSING, rule.due, template=MISSING)
            continue
        if plan.submitted_on is None or plan.submitted_on > situation.day:
            yield _finding(situation, county, FindingKind.PLAN_LATE, rule.due, plan, template=LATE)
        if plan.issuer != rule.issuer:
            kind, more = FindingKind.PLAN_ISSUER, {"issuer": plan.issuer, "expected": rule.issuer}
            yield _finding(situation, county, kind, None, plan, template=ISSUER, more=more)
        yield from _measures(situation, county, plan)


MISSING = N_("{name} does not pass and has no tackling plan, due on {due}")
LATE = N_("the tackling plan of {name} is not handed in, due on {due}")
ISSUER = N_("the tackling plan of {name} was issued by {issuer}; the policy requires {expected}")
MEASURE = N_("{name}: item {item} of the plan is {days} days late: {measure}")


def _measures(situation: Situation, county: CountyOnDay, plan: Plan) -> Iterator[Finding]:
    for number, item in plan.open_items(situation.day):
        if item.due < situation.day:
            yield _finding(
                situation,
                county,
                FindingKind.MEASURE_LATE,
                item.due,
                plan,
                template=MEASURE,
                more={"item": number, "measure": item.measure, "responsible": item.responsible},
            )


def _finding(
    situation: Situation,
    county: CountyOnDay,
    kind: FindingKind,
    due: date | None,
    plan: Plan | None = None,
    *,
    template: str,
    more: Mapping[str, object] | None = None,
) -> Finding:
    issued = (f"{county.county}@{plan.version}",) if plan else None
    rests_on = issued or evidence.of_county(county, situation.day)
    return finding(
        situation, kind, county.county, home=county.home, due=due, template=template, evidence=rests_on, more=more
    )


SOURCES = (plan_findings,)
