"""Pairings 包联帮扶: who has nobody, and who was not visited (rule 5 of the notice)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from dualcert.domain.pairing import Pairing
from dualcert.errors import N_
from dualcert.projections import evidence
from dualcert.projections.finding import Finding, Severity, pressing
from dualcert.projections.situation import Situation
from dualcert.values.terms import Support

NOBODY = {
    Support.PROVINCE_CITY: N_("{name} has no provincial lead"),
    Support.CITY_COUNTY: N_("{name} does not pass and has no city lead"),
    Support.LAB_LAB: N_("{name} is not dual-certified and has no helper lab"),
}


def uncovered(situation: Situation) -> Iterator[Finding]:
    """Yield cities, counties that do not pass and labs that are not dual-certified without a pairing."""
    for kind, template in NOBODY.items():
        for target in situation.unsupported(kind):
            division, name = situation.home_of(target)
            yield Finding(
                kind="uncovered",
                subject=target,
                division=division,
                name=name,
                due=None,
                days_left=None,
                severity=Severity.MEDIUM,
                template=template,
                evidence=_evidence(situation, target),
                more={"pairing_kind": kind},
            )


def _evidence(situation: Situation, target: str) -> tuple[str, ...]:
    if target in situation.labs:
        lab = situation.labs[target]
        return evidence.of_lab(target, lab.read, lab.lacking, situation.day)
    if target in situation.counties:
        return evidence.of_county(situation.counties[target], situation.day)
    return situation.policy_fact()


def visit_due(situation: Situation, pairing: Pairing) -> date | None:
    """Return until when a pairing is to be visited (again), or None where the policy does not say."""
    rule = situation.policy.pairing
    if rule is None or pairing.since is None:
        return None
    last = pairing.last_visit(situation.day)
    return (last[0] if last else pairing.since) + timedelta(days=rule.visit_every_days)


def unvisited(situation: Situation) -> Iterator[Finding]:
    """Yield the pairings whose last visit (or beginning) is longer ago than the policy allows."""
    for id_, pairing in situation.pairings.items():
        due = visit_due(situation, pairing)
        if due is None or due >= situation.day:
            continue
        division, name = situation.home_of(pairing.target)
        last = pairing.last_visit(situation.day)
        yield Finding(
            kind="unvisited",
            subject=id_,
            division=division,
            name=name,
            due=due,
            days_left=(due - situation.day).days,
            severity=pressing(situation.policy, (due - situation.day).days),
            template=N_("{name} was not visited by {supporter} since {since}"),
            evidence=(f"{id_}@{last[1] if last else 1}",),
            more={"supporter": pairing.supporter, "since": last[0] if last else pairing.since},
        )


def none_designated(situation: Situation) -> Iterator[Finding]:
    """Yield the counties without a designated lab: they neither pass nor fail and are listed apart."""
    for county in situation.counties.values():
        if county.passes is None:
            yield Finding(
                kind="none-designated",
                subject=county.county,
                division=county.code,
                name=county.name,
                due=None,
                days_left=None,
                severity=Severity.LOW,
                template=N_("{name} has no designated lab: it neither passes nor fails"),
            )
