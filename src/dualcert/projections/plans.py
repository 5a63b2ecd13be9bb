"""Tackling plans 攻坚方案: which are missing, late, or not carried out in time (rule 4 of the notice)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from dualcert.domain.plan import Plan
from dualcert.errors import N_
from dualcert.projections import evidence
from dualcert.projections.counties import CountyOnDay
from dualcert.projections.finding import Finding, Severity, pressing
from dualcert.projections.situation import Situation


def plan_findings(situation: Situation) -> Iterator[Finding]:
    """Yield what every county that does not pass still owes: a plan, its handing in, its measures."""
    rule = situation.policy.plan
    if rule is None:
        return
    for county in situation.counties.values():
        if county.passes is not False:
            continue
        plan = county.read.plan(situation.day)
        if plan is None:
            yield _finding(situation, county, "plan-missing", rule.due, template=MISSING)
            continue
        if plan.submitted_on is None or plan.submitted_on > situation.day:
            yield _finding(situation, county, "plan-late", rule.due, plan, template=LATE)
        if plan.issuer != rule.issuer:
            more = {"issuer": plan.issuer, "expected": rule.issuer}
            yield _finding(situation, county, "plan-issuer", None, plan, template=ISSUER, **more)
        yield from _measures(situation, county, plan)


MISSING = N_("{name} does not pass and has no tackling plan, due on {due}")
LATE = N_("the tackling plan of {name} is not handed in, due on {due}")
ISSUER = N_("the tackling plan of {name} is issued by {issuer}, not in the name that the policy asks for: {expected}")
MEASURE = N_("{name}: item {item} of the plan is {days} days late: {measure}")


def _measures(situation: Situation, county: CountyOnDay, plan: Plan) -> Iterator[Finding]:
    for number, item in plan.open_items(situation.day):
        if item.due < situation.day:
            more = {"item": number, "measure": item.measure, "responsible": item.responsible}
            yield _finding(situation, county, "measure-late", item.due, plan, template=MEASURE, **more)


def _finding(
    situation: Situation,
    county: CountyOnDay,
    kind: str,
    due: date | None,
    plan: Plan | None = None,
    *,
    template: str,
    **more: Any,
) -> Finding:
    days_left = (due - situation.day).days if due else None
    rests_on = evidence.of_county(county, situation.day)
    return Finding(
        kind=kind,
        subject=county.county,
        division=county.code,
        name=county.name,
        due=due,
        days_left=days_left,
        severity=Severity.MEDIUM if days_left is None else pressing(situation.policy, days_left),
        template=template,
        evidence=(f"{county.county}@{plan.version}",) if plan else rests_on,
        more=more,
    )
