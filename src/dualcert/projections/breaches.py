"""Breaches of rules across streams: no single stream can keep such a rule, so a finding shows where it is broken."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from dualcert.errors import N_
from dualcert.projections import evidence
from dualcert.projections.finding import Finding, Severity, finding
from dualcert.projections.labs import LabOnDay
from dualcert.projections.situation import Situation
from dualcert.values.numbers import canonical_number
from dualcert.values.terms import SCHEMES, FindingKind, Scheme

SHARED = N_("{count} labs have the {scheme} number {number}: {labs}")
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
    facts = (id_ for lab in labs for id_ in evidence.of_certificate(lab.lab, lab.state, scheme, situation.day))
    return finding(
        situation,
        FindingKind.NUMBER_SHARED,
        ids[0],
        home=labs[0].home,
        severity=Severity.HIGH,
        template=SHARED,
        evidence=evidence.distinct(facts),
        more={"scheme": scheme, "number": number, "labs": ids, "count": len(ids)},
    )


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
                facts = (f"{id_}@1", *_closings(situation, lab))
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
        situation,
        FindingKind.LAB_GONE,
        subject,
        home=home,
        severity=Severity.HIGH,
        template=GONE,
        evidence=facts,
        more={"lab": lab},
    )


SOURCES = (number_shared, lab_gone)
