"""Breaches of rules across streams: no single stream can keep such a rule, so a finding shows where it is broken."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from unicodedata import normalize

from dualcert.domain.programme import LIVE, Enrolment
from dualcert.errors import N_
from dualcert.projections import evidence
from dualcert.projections.finding import Finding, Severity, finding
from dualcert.projections.labs import LabOnDay, lacking
from dualcert.projections.situation import Situation
from dualcert.values.dates import months_after
from dualcert.values.numbers import canonical_number
from dualcert.values.terms import SCHEMES, FindingKind, Programme, Scheme, Standing, Support

UNDESIGNATED = N_("{name} has no designated lab: it neither passes nor fails")
PLAN_ISSUER = N_("the tackling plan of {name} was issued by {issuer}; the policy requires {expected}")
BULLETIN_ISSUER = N_("the bulletin of {month} was issued by {issuer}; the policy requires {expected}")
HELPER = N_("{lab} helps {name} and is not dual-certified itself")
UNFIT = N_("{name} is an exemplary county and does not pass")
UNFIT_STANDING = N_("{name} is an exemplary county and has lost its standing")
SHARED = N_("{count} labs have the {scheme} number {number}: {labs}")
TWICE = N_("{count} open labs are called {name} and are at home in the same place: {labs}")
EARLY = N_("{name} ({programme}) was delisted on {delisted_on} and enrolled again on {since}, before {allowed_from}")
GONE = N_("{name} relies on {lab}, which is closed or not registered")


def number_shared(situation: Situation) -> Iterator[Finding]:
    """Yield the certificate numbers that more than one active lab of the province has."""
    for scheme in SCHEMES:
        for borne in _holders(situation, scheme).values():
            if len(borne) > 1:
                yield _shared(situation, scheme, borne[0][0], [lab for _, lab in borne])


def _holders(situation: Situation, scheme: Scheme) -> dict[str, list[tuple[str, LabOnDay]]]:
    """Return, by the number as it is compared, the numbers as they are written and the labs that have them."""
    holders: dict[str, list[tuple[str, LabOnDay]]] = defaultdict(list)
    for lab in situation.labs.values():
        timeline = lab.state.timeline(scheme)
        period = timeline.period_of(situation.day)
        if period:
            number = timeline.number_of(period, situation.day)
            holders[canonical_number(number)].append((number, lab))
    return holders


def _shared(situation: Situation, scheme: Scheme, number: str, labs: list[LabOnDay]) -> Finding:
    ids = tuple(lab.lab for lab in labs)
    day = situation.day
    timelines = [
        (lab.lab, timeline, timeline.period_of(day)) for lab in labs for timeline in (lab.state.timeline(scheme),)
    ]
    facts = (
        id_ for lab, timeline, period in timelines if period for id_ in evidence.of_number(lab, timeline, period, day)
    )
    return finding(
        situation.running,
        FindingKind.NUMBER_SHARED,
        ids[0],
        home=labs[0].home,
        template=SHARED,
        evidence=evidence.distinct(facts),
        more={"scheme": scheme, "number": number, "labs": ids, "count": len(ids)},
    )


def lab_twice(situation: Situation) -> Iterator[Finding]:
    """Yield the active labs of one name in one place: each of them is counted, and there may be only one."""
    called: dict[tuple[str, str], list[LabOnDay]] = defaultdict(list)
    for lab in situation.labs.values():
        called[lab.details.division, "".join(normalize("NFKC", lab.details.name).split())].append(lab)
    for labs in called.values():
        if len(labs) > 1:
            ids = tuple(lab.lab for lab in labs)
            yield finding(
                situation.running,
                FindingKind.LAB_TWICE,
                ids[0],
                home=labs[0].home,
                template=TWICE,
                evidence=tuple(id_ for lab in labs for id_ in _details(lab, situation.day)),
                more={"labs": ids, "count": len(ids)},
            )


def _details(lab: LabOnDay, day: date) -> Iterator[str]:
    """Yield the facts that gave a lab its names and divisions up to *day*."""
    for (on, _), version in zip(lab.state.details, lab.state.details_versions, strict=True):
        if on <= day:
            yield f"{lab.lab}@{version}"


def enrolled_too_early(situation: Situation) -> Iterator[Finding]:
    """Yield the counties that are in a programme again although the policy's years since their delisting are not over."""
    rule = situation.policy.programme
    for county in situation.counties.values() if rule else ():
        for programme in Programme:
            run = [e for e in county.state.enrolments if e.programme is programme and e.since <= situation.day]
            found = _early(run, rule.bar_years) if rule else None
            if found and run[-1].standing in LIVE:
                delisted, again, allowed_from = found
                versions = [e.version for e in run[: run.index(again) + 1]]
                yield finding(
                    situation.running,
                    FindingKind.ENROLLED_TOO_EARLY,
                    county.county,
                    home=county.home,
                    template=EARLY,
                    evidence=(*situation.policy_fact(), *(f"{county.county}@{version}" for version in versions)),
                    more={
                        "programme": programme,
                        "delisted_on": delisted.since,
                        "since": again.since,
                        "allowed_from": allowed_from,
                    },
                )


def _early(run: list[Enrolment], years: int) -> tuple[Enrolment, Enrolment, date] | None:
    """Return the last delisting that was followed by an enrolment too early, this enrolment, and the day to wait for."""
    for before, after in reversed(list(pairwise(run))):
        allowed_from = months_after(before.since, 12 * years)
        if before.standing is Standing.DELISTED:
            return (before, after, allowed_from) if after.since < allowed_from else None
    return None


def lab_gone(situation: Situation) -> Iterator[Finding]:
    """Yield counties and pairings that name a lab which is closed or not registered."""
    for county in situation.counties.values():
        for designation in county.state.designations:
            if designation.covers(situation.day) and designation.lab not in county.labs:
                facts = (f"{county.county}@{designation.version}", *_closings(situation, designation.lab))
                yield _gone(situation, county.county, county.home, designation.lab, facts)
    for id_, pairing in situation.pairings.items():
        for lab in (pairing.supporter, pairing.target):
            if lab.startswith("lab-") and not _is_active(situation, lab):
                facts = (f"{id_}@{pairing.version}", *_closings(situation, lab))
                yield _gone(situation, id_, situation.home_of(pairing.target), lab, facts)


def _is_active(situation: Situation, lab: str) -> bool:
    found = situation.view.find_lab(lab)
    return found is not None and found.active(situation.day)


def _closings(situation: Situation, lab: str) -> Iterator[str]:
    """Yield the fact by which a lab is closed, if there is one that is effective."""
    found = situation.view.find_lab(lab)
    if found and found.closing:
        yield f"{lab}@{found.closing}"


def _gone(situation: Situation, subject: str, home: tuple[str, str], lab: str, facts: tuple[str, ...]) -> Finding:
    return finding(
        situation.running,
        FindingKind.LAB_GONE,
        subject,
        home=home,
        template=GONE,
        evidence=facts,
        more={"lab": lab},
    )


def none_designated(situation: Situation) -> Iterator[Finding]:
    """Yield the counties without a designated lab: they neither pass nor fail."""
    for county in situation.counties.values():
        if county.passes is None:
            yield finding(
                situation.running,
                FindingKind.NONE_DESIGNATED,
                county.county,
                home=county.home,
                severity=Severity.LOW,
                template=UNDESIGNATED,
            )


def plan_issuer(situation: Situation) -> Iterator[Finding]:
    """Yield the counties that do not pass whose plan is not issued in the name that the policy asks for (rule 4)."""
    rule = situation.policy.plan
    for county in situation.counties.values() if rule else ():
        plan = county.state.plan(situation.day)
        if rule and plan and county.passes is False and plan.issuer != rule.issuer:
            yield finding(
                situation.running,
                FindingKind.PLAN_ISSUER,
                county.county,
                home=county.home,
                severity=Severity.MEDIUM,
                template=PLAN_ISSUER,
                evidence=(f"{county.county}@{plan.version}", *evidence.of_county(county, situation.day)),
                more={"issuer": plan.issuer, "expected": rule.issuer},
            )


def bulletin_issuer(situation: Situation) -> Iterator[Finding]:
    """Yield the bulletins that were not issued in the name that the policy asks for (rule 7)."""
    rule = situation.policy.bulletin
    for bulletin in situation.campaign.bulletins if rule and rule.issuer else ():
        if rule and bulletin.on <= situation.day and bulletin.issuer != rule.issuer:
            yield finding(
                situation.running,
                FindingKind.BULLETIN_ISSUER,
                situation.campaign_id,
                home=situation.home_of(situation.policy.province),
                severity=Severity.MEDIUM,
                template=BULLETIN_ISSUER,
                evidence=(f"{situation.campaign_id}@{bulletin.version}",),
                more={"month": bulletin.month, "issuer": bulletin.issuer, "expected": rule.issuer},
            )


def helper_not_dual(situation: Situation) -> Iterator[Finding]:
    """Yield the pairings whose helper lab is not dual-certified itself (rule 5)."""
    for id_, pairing in situation.pairings.items():
        helper = situation.view.find_lab(pairing.supporter) if pairing.kind is Support.LAB_LAB else None
        lacks = (
            lacking(helper, situation.day, situation.policy.target) if helper and helper.active(situation.day) else ()
        )
        if helper and lacks:
            yield finding(
                situation.running,
                FindingKind.HELPER_NOT_DUAL,
                id_,
                home=situation.home_of(pairing.target),
                severity=Severity.MEDIUM,
                template=HELPER,
                evidence=(
                    f"{id_}@{pairing.version}",
                    *evidence.of_lab(pairing.supporter, helper, lacks, situation.day),
                ),
                more={"lab": pairing.supporter},
            )


def exemplar_unfit(situation: Situation) -> Iterator[Finding]:
    """Yield the exemplary counties that do not pass, or have lost their standing (rule 8)."""
    chosen = {each.county: each for each in situation.campaign.exemplars if each.covers(situation.day)}
    for id_, exemplar in chosen.items():
        county = situation.counties.get(id_)
        if county is None:
            continue
        lost = [each for each in county.state.enrolled(situation.day) if each.standing not in LIVE]
        if county.passes and not lost:
            continue
        yield finding(
            situation.running,
            FindingKind.EXEMPLAR_UNFIT,
            id_,
            home=county.home,
            template=UNFIT_STANDING if county.passes else UNFIT,
            evidence=(
                f"{situation.campaign_id}@{exemplar.version}",
                *(f"{id_}@{each.version}" for each in lost),
                *evidence.of_county(county, situation.day),
            ),
        )


OF_CAMPAIGN = (bulletin_issuer, exemplar_unfit, plan_issuer)
"""Contradictions within one campaign."""
OF_PROVINCE = (number_shared, lab_twice, lab_gone, enrolled_too_early, none_designated, helper_not_dual)
"""Contradictions that belong to no campaign: they are found once in a province."""
