"""The monthly work of the cities: meetings, summaries, difficulties; and exemplary counties (rules 8 to 11)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from dualcert.errors import N_
from dualcert.projections.finding import Finding, finding
from dualcert.projections.situation import Situation
from dualcert.values.dates import month_of
from dualcert.values.terms import FindingKind


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
                    situation,
                    FindingKind.CYCLE_MISSING,
                    city.code,
                    due,
                    template=MEETINGS,
                    more={"month": month, "meetings": missing},
                )


def summary_missing(situation: Situation) -> Iterator[Finding]:
    """Yield the summaries that cities have not submitted."""
    submitted = {(s.city, s.milestone) for s in situation.campaign.summaries if s.on <= situation.day}
    for summary in situation.policy.summary:
        for city in situation.cities:
            if (city.code, summary.name) not in submitted:
                yield _of_city(
                    situation,
                    FindingKind.SUMMARY_MISSING,
                    city.code,
                    summary.due,
                    template=SUMMARY,
                    more={"milestone": summary.name, "milestone_title": summary.title or summary.name},
                )


def difficulty_open(situation: Situation) -> Iterator[Finding]:
    """Yield the difficulties that have no answer yet."""
    for difficulty in situation.campaign.difficulties:
        if difficulty.open(situation.day):
            yield finding(
                situation,
                FindingKind.DIFFICULTY_OPEN,
                difficulty.item,
                home=situation.home_of(difficulty.city),
                template=N_("{name} has waited for an answer since {since}: {note}"),
                evidence=(f"{situation.campaign_id}@{difficulty.version}",),
                more={"since": difficulty.since, "note": difficulty.note},
            )


def exemplars_missing(situation: Situation) -> Iterator[Finding]:
    """Yield one finding if fewer counties are exemplary than the policy asks for."""
    rule, province = situation.policy.exemplars, situation.policy.province
    selected = len(situation.campaign.exemplary(situation.day))
    if rule and selected < rule.quota:
        yield finding(
            situation,
            FindingKind.EXEMPLARS_MISSING,
            situation.campaign_id,
            home=situation.home_of(province),
            due=situation.policy.to,
            template=N_("{selected} of {quota} exemplary counties are chosen, by {due}"),
            evidence=situation.policy_fact(),
            more={"selected": selected, "quota": rule.quota},
        )


MEETINGS = N_("{name}: no {meetings} in {month}")
SUMMARY = N_("{name} has not handed in the summary {milestone}, due on {due}")


def _of_city(
    situation: Situation, kind: FindingKind, city: str, due: date, *, template: str, more: Mapping[str, object]
) -> Finding:
    home, fact = situation.home_of(city), situation.policy_fact()
    return finding(situation, kind, city, home=home, due=due, template=template, evidence=fact, more=more)


SOURCES = (cycle_missing, summary_missing, difficulty_open, exemplars_missing)
