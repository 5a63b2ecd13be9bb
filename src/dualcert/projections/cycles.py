"""The campaign's rhythm: meetings of each month, summaries, examples, difficulties (rules 8 to 11 of the notice)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from dualcert.errors import N_
from dualcert.projections.finding import Finding, Severity, pressing
from dualcert.projections.situation import Situation
from dualcert.values.dates import month_of


def cycle_missing(situation: Situation) -> Iterator[Finding]:
    """Yield each city's months that began by the day and lack a meeting of the cycle."""
    rule = situation.policy.cycle
    if rule is None:
        return
    held = {(m.city, m.month, m.kind) for m in situation.campaign.meetings if m.on <= situation.day}
    for month, due in situation.policy.months:
        if month > month_of(situation.day):
            break
        for city in situation.cities:
            missing = tuple(kind for kind in rule.monthly if (city.code, month, kind) not in held)
            if missing:
                yield _of_city(
                    situation, "cycle-missing", city.code, due, template=MEETINGS, month=month, meetings=missing
                )


def summary_missing(situation: Situation) -> Iterator[Finding]:
    """Yield the summaries that cities still owe."""
    submitted = {(s.city, s.milestone) for s in situation.campaign.summaries if s.on <= situation.day}
    for summary in situation.policy.summary:
        for city in situation.cities:
            if (city.code, summary.name) not in submitted:
                yield _of_city(
                    situation,
                    "summary-missing",
                    city.code,
                    summary.due,
                    template=SUMMARY,
                    milestone=summary.name,
                    milestone_title=summary.title or summary.name,
                )


def difficulty_open(situation: Situation) -> Iterator[Finding]:
    """Yield the difficulties that have no answer yet."""
    for difficulty in situation.campaign.difficulties:
        if difficulty.open(situation.day):
            yield Finding(
                kind="difficulty-open",
                subject=difficulty.item,
                division=difficulty.city,
                name=situation.view.name_of(difficulty.city),
                due=None,
                days_left=None,
                severity=Severity.MEDIUM,
                template=N_("{name} waits since {since} for an answer: {note}"),
                evidence=(f"{situation.campaign_id}@{difficulty.version}",),
                more={"since": difficulty.since, "note": difficulty.note},
            )


def exemplars_missing(situation: Situation) -> Iterator[Finding]:
    """Yield that fewer counties are examples than the policy asks for."""
    rule, province = situation.policy.exemplars, situation.policy.province
    selected = len(situation.campaign.exemplary(situation.day))
    if rule and selected < rule.quota:
        days_left = (situation.policy.to - situation.day).days
        yield Finding(
            kind="exemplars-missing",
            subject=situation.campaign_id,
            division=province,
            name=situation.view.name_of(province),
            due=situation.policy.to,
            days_left=days_left,
            severity=pressing(situation.policy, days_left),
            template=N_("{selected} of {quota} exemplary counties are chosen, by {due}"),
            evidence=situation.policy_fact(),
            more={"selected": selected, "quota": rule.quota},
        )


MEETINGS = N_("{name}: no {meetings} in {month}")
SUMMARY = N_("{name} has not handed in the summary {milestone}, due on {due}")


def _of_city(situation: Situation, kind: str, city: str, due: date, *, template: str, **more: Any) -> Finding:
    days_left = (due - situation.day).days
    return Finding(
        kind=kind,
        subject=city,
        division=city,
        name=situation.view.name_of(city),
        due=due,
        days_left=days_left,
        severity=pressing(situation.policy, days_left),
        template=template,
        evidence=situation.policy_fact(),
        more=more,
    )
