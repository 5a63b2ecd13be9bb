"""Who will miss a gate, and what can still be done: the stage of both certificates of every lab in question."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from attrs import frozen

from dualcert.domain.lab import Lab
from dualcert.domain.timeline import Timeline
from dualcert.errors import UnknownGate, shown
from dualcert.projections.answers import Answer, Table
from dualcert.projections.certificates import counting
from dualcert.projections.gates import Judgement, judgements
from dualcert.projections.situation import Situation
from dualcert.projections.view import View
from dualcert.values.terms import SCHEMES, Programme, Scheme, Standing, State

STAGES = (State.APPROVED, State.ASSESSED, State.APPLIED)
"""The states of an application, the furthest first."""


@frozen
class Missing(Answer):
    """A certificate that a lab lacks: its legal state, and the application under way, for how many days in its state."""

    lab: str
    name: str
    scheme: Scheme
    state: State
    application: State | None
    since: date | None
    days: int | None


@frozen
class Risk(Answer):
    """A county that does not pass a gate as things are; `missing` is what its labs lack, `lead` who leads there."""

    county: str
    name: str
    campaign: str
    gate: str
    due: date
    days_left: int
    programme: Programme
    batch: int
    standing: Standing
    consequence: str | None
    missing: tuple[Missing, ...]
    open_measures: int
    lead: str | None


def risks(view: View, day: date, gate: str) -> Table[Risk]:
    """Return the counties that *gate* concerns and that do not pass it, those for which most is still possible first.

    Raises:
        UnknownGate: no campaign that is open has a gate of that name.
        NoCampaign: no campaign is known, and no policy is assumed.
        UnknownCampaign: the view names a campaign that was not opened.
    """
    situations = Situation.all_open(view, day)
    known = tuple(each.name for situation in situations for each in situation.policy.gate)
    if gate not in known:
        raise UnknownGate(gate=shown(gate), known=known)
    found = [
        _risk(situation, judgement)
        for situation in situations
        for judgement in judgements(situation)
        if judgement.gate.name == gate
    ]
    return Table.of(view, day, sorted(found, key=_still_possible))


def _risk(situation: Situation, judgement: Judgement) -> Risk:
    county, gate, enrolment, day = judgement.county, judgement.gate, judgement.enrolment, situation.day
    plan = county.state.plan(day)
    missing = (each for id_, lab in county.labs.items() for each in _missing(situation, id_, lab))
    return Risk(
        county=county.county,
        name=county.name,
        campaign=situation.campaign_id,
        gate=gate.name,
        due=gate.last_day,
        days_left=(gate.last_day - day).days,
        programme=enrolment.programme,
        batch=enrolment.batch,
        standing=enrolment.standing,
        consequence=judgement.consequence,
        missing=tuple(missing),
        open_measures=len(plan.open_items(day)) if plan else 0,
        lead=situation.leaders.get(county.county),
    )


def _missing(situation: Situation, id_: str, lab: Lab) -> Iterator[Missing]:
    details = lab.details_on(situation.day)
    for scheme in SCHEMES:
        timeline = lab.timeline(scheme)
        if counting(timeline, situation.day, situation.policy.target) is None:
            yield _lacked(id_, details.name if details else id_, scheme, timeline, situation.day)


def _lacked(lab: str, name: str, scheme: Scheme, timeline: Timeline, day: date) -> Missing:
    application = timeline.application(day)
    if application is None:
        return Missing(lab, name, scheme, timeline.state(day), None, None, None)
    step = application.step
    return Missing(lab, name, scheme, timeline.state(day), step.state, step.on, (day - step.on).days)


def _still_possible(risk: Risk) -> tuple[bool, int, int, str]:
    """Return by what counties are ordered: those with a lab first, then the furthest at their slowest certificate."""
    stages = [STAGES.index(each.application) if each.application else len(STAGES) for each in risk.missing]
    return not risk.missing, max(stages, default=0), len(risk.missing), risk.county
