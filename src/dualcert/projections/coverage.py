"""Pairings 包联帮扶: who has no supporter, and who was not visited (rule 5 of the notice)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from dualcert.domain.pairing import Pairing
from dualcert.errors import N_
from dualcert.projections import evidence
from dualcert.projections.finding import Finding, Severity, finding
from dualcert.projections.situation import Situation
from dualcert.values.terms import FindingKind, Support

NOBODY = {
    Support.PROVINCE_CITY: N_("{name} has no provincial lead"),
    Support.CITY_COUNTY: N_("{name} does not pass and has no city lead"),
    Support.LAB_LAB: N_("{name} is not dual-certified and has no helper lab"),
}


def uncovered(situation: Situation) -> Iterator[Finding]:
    """Yield cities, counties that do not pass and labs that are not dual-certified, if they have no supporter."""
    for kind, template in NOBODY.items():
        for target in situation.unsupported(kind):
            yield finding(
                situation,
                FindingKind.UNCOVERED,
                target,
                home=situation.home_of(target),
                template=template,
                evidence=_evidence(situation, target),
                more={"pairing_kind": kind},
            )


def _evidence(situation: Situation, target: str) -> tuple[str, ...]:
    if target in situation.labs:
        lab = situation.labs[target]
        return evidence.of_lab(target, lab.state, lab.lacking, situation.day)
    if target in situation.counties:
        return evidence.of_county(situation.counties[target], situation.day)
    return situation.policy_fact()


def visit_due(situation: Situation, pairing: Pairing) -> date | None:
    """Return the date by which a pairing is to be visited, or None if the policy has no rule for visits."""
    rule = situation.policy.pairing
    if rule is None or pairing.since is None:
        return None
    last = pairing.last_visit(situation.day)
    return (last[0] if last else pairing.since) + timedelta(days=rule.visit_every_days)


def unvisited(situation: Situation) -> Iterator[Finding]:
    """Yield the pairings whose last visit (or assignment, if there was none) is longer ago than the policy allows."""
    for id_, pairing in situation.pairings.items():
        due = visit_due(situation, pairing)
        if due is None or due >= situation.day:
            continue
        last = pairing.last_visit(situation.day)
        yield finding(
            situation,
            FindingKind.UNVISITED,
            id_,
            home=situation.home_of(pairing.target),
            due=due,
            template=N_("{name} was not visited by {supporter} since {since}"),
            evidence=(f"{id_}@{last[1] if last else 1}",),
            more={"supporter": pairing.supporter, "since": last[0] if last else pairing.since},
        )


def none_designated(situation: Situation) -> Iterator[Finding]:
    """Yield the counties without a designated lab: they neither pass nor fail."""
    for county in situation.counties.values():
        if county.passes is None:
            yield finding(
                situation,
                FindingKind.NONE_DESIGNATED,
                county.county,
                home=county.home,
                severity=Severity.LOW,
                template=N_("{name} has no designated lab: it neither passes nor fails"),
            )


SOURCES = (uncovered, none_designated, unvisited)
