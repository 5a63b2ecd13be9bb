"""Gates: which counties fail a deadline, its consequence, and which decisions are contradicted by present knowledge.

A gate judges standing and labs as of its own date with all that is known; before that date, as of the day
asked about (rules 2 and 3 of the notice).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from attrs import frozen

from dualcert.domain.commands import CancelCandidacy, DelistCounty
from dualcert.domain.county import County
from dualcert.domain.programme import LIVE, Enrolment, StandingLost, deciding_campaign, latest
from dualcert.errors import N_, GateNotDue, UnknownGate, shown
from dualcert.policy import Consequence, Gate
from dualcert.projections import evidence
from dualcert.projections.counties import CountyOnDay, county_on
from dualcert.projections.finding import Finding, finding
from dualcert.projections.situation import Situation
from dualcert.projections.view import CampaignOnDay, View
from dualcert.values.terms import FindingKind, Programme, Standing

CONSEQUENCES: dict[Standing, Consequence] = {
    Standing.DELISTED: "delist-county",
    Standing.CANDIDACY_CANCELLED: "cancel-candidacy",
}
"""The standing after a decision -> the command that recorded the decision."""


@frozen
class Judgement:
    """A county that a gate concerns and that does not pass it, with the consequence, if there is one now.

    `county` and `enrolment` are as of the day that was judged.
    """

    gate: Gate
    county: CountyOnDay
    enrolment: Enrolment
    judged_on: date
    consequence: Consequence | None

    def evidence(self) -> tuple[str, ...]:
        """Return the facts that the judgement rests on: enrolment, designations, the labs' certificates."""
        enrolled = f"{self.county.county}@{self.enrolment.version}"
        return (enrolled, *evidence.of_county(self.county, self.judged_on))

    def overtaken(self, day: date) -> bool:
        """Return whether the county's standing in the programme changed after *day*."""
        programme = self.enrolment.programme
        return any(e.programme is programme and e.since > day for e in self.county.state.enrolments)


def judgements(situation: Situation) -> Iterator[Judgement]:
    """Yield counties that fail a gate and have no decision yet, ordered by gate, county, programme."""
    view, day, policy = situation.view, situation.day, situation.policy
    for gate in policy.gate:
        for id_, today in situation.counties.items():
            judged_on = min(day, gate.last_day)
            undecided = list(_undecided(today.state, situation.campaign_id, gate, judged_on, day))
            if not undecided:
                continue
            county = today if judged_on == day else county_on(view, id_, judged_on, policy.target)
            if county.passes:
                continue
            for enrolment, now in undecided:
                same = now.standing is enrolment.standing and county.passes is False
                follows = gate.follows(enrolment.standing) if same else None
                yield Judgement(gate, county, enrolment, judged_on, follows)


def _undecided(
    county: County, campaign: str, gate: Gate, judged_on: date, day: date
) -> Iterator[tuple[Enrolment, Enrolment]]:
    """Yield each standing that the gate judges and has no decision about, with the standing on *day*."""
    for programme in Programme if county.enrolments else ():
        judged, now = _concerned(county, gate, programme, judged_on), latest(county.enrolments, programme, day)
        if not judged or not now or decided(county, campaign, gate, programme, day):
            continue
        if {judged.standing, now.standing} <= LIVE:
            yield judged, now


def _concerned(county: County, gate: Gate, programme: Programme, judged_on: date) -> Enrolment | None:
    """Return the standing that the gate judges, without its own decisions; None if the gate does not concern it."""
    others = tuple(e for e in county.enrolments if e.gate != gate.name or e.since < gate.last_day)
    found = latest(others, programme, judged_on)
    concerned = found and gate.concerns(found.standing, found.programme, found.batch)
    return found if concerned else None


def decided(county: County, campaign: str, gate: Gate, programme: Programme, day: date) -> bool:
    """Return whether the campaign's gate has a decision about the county by *day*: a county gets no second one."""
    return any(
        e.gate == gate.name
        and e.campaign in {None, campaign}
        and e.programme is programme
        and gate.last_day <= e.since <= day
        for e in county.enrolments
    )


DECISIONS: dict[Consequence, type[DelistCounty | CancelCandidacy]] = {
    "delist-county": DelistCounty,
    "cancel-candidacy": CancelCandidacy,
}


def decisions(
    view: View, name: str, day: date, *, by: str = "system", source: str = ""
) -> list[DelistCounty | CancelCandidacy]:
    """Return the commands that carry out a gate on *day*, each with its evidence.

    Of several campaigns with a gate of that name, those whose gate's last day is over are carried out. A county with a
    decision gets no second one, and a county whose standing changed after *day* gets none: it would contradict the
    recorded change.

    Raises:
        UnknownGate: no campaign that is open has a gate of that name.
        GateNotDue: the gate's last day is not over on *day*.
        NoCampaign: no campaign is known.
        UnknownCampaign: the view names a campaign that was not opened.
    """
    situations = Situation.all_open(view, day)
    named = [(situation, gate) for situation in situations for gate in situation.policy.gate if gate.name == name]
    if not named:
        known = tuple(gate.name for situation in situations for gate in situation.policy.gate)
        raise UnknownGate(gate=shown(name), known=known)
    over = [(situation, gate) for situation, gate in named if gate.last_day < day]
    if not over:
        raise GateNotDue(gate=name, due=named[0][1].last_day, on=day)
    found: dict[tuple[str, Programme], DelistCounty | CancelCandidacy] = {}
    for situation, gate in over:
        for judgement in judgements(situation):
            if judgement.gate is gate and judgement.consequence and not judgement.overtaken(day):
                decision = _decision(situation, judgement, judgement.consequence, by, source)
                found.setdefault((decision.county, decision.programme), decision)
    return list(found.values())


def _decision(
    situation: Situation, judgement: Judgement, consequence: Consequence, by: str, source: str
) -> DelistCounty | CancelCandidacy:
    return DECISIONS[consequence](
        county=judgement.county.county,
        programme=judgement.enrolment.programme,
        reason=f"截至{judgement.gate.last_day}未取得“双认证”",
        gate=judgement.gate.name,
        evidence=(*situation.policy_fact(), *judgement.evidence()),
        position=situation.view.position,
        on=situation.day,
        by=by,
        source=source,
    )


def gate_of(view: View, decision: StandingLost, on: date) -> Gate | None:
    """Return the gate that decided on the day *on*, by its campaign's policy then; None where that has none of the name.

    A decision that names no campaign, or one that was opened in error, is one of the campaign whose policy is in force on that day.
    """
    campaign = deciding_campaign(decision)
    if campaign is None or not view.campaign(campaign).policies:
        running = view.in_force(on)
    else:
        running = CampaignOnDay.of(campaign, view.campaign(campaign), on)
    return next((gate for gate in running.policy.gate if gate.name == decision.gate), None)


def contradicted(situation: Situation) -> Iterator[Finding]:
    """Yield a finding for each decision of the campaign's gates that present knowledge no longer supports."""
    for county in situation.counties.values():
        for enrolment in county.state.enrolments:
            own = enrolment.campaign == situation.campaign_id or (enrolment.campaign is None and situation.leads)
            if enrolment.gate and own and enrolment.since <= situation.day:
                yield from _contradiction(situation, county, enrolment)


def _contradiction(situation: Situation, county: CountyOnDay, decision: Enrolment) -> Iterator[Finding]:
    view, state = situation.view, situation.campaign
    running = CampaignOnDay.of(situation.campaign_id, state, decision.since) if state.policies else situation.running
    policy = situation.policy if view.assumed else running.policy
    gate = next((g for g in policy.gate if g.name == decision.gate), None)
    judged_on = min(decision.since, gate.last_day) if gate else decision.since
    judged = county_on(view, county.county, judged_on, policy.target)
    concerned = _concerned(county.state, gate, decision.programme, judged_on) if gate else None
    follows = gate.follows(concerned.standing) if gate and concerned else None
    if gate and decision.since >= gate.on and judged.passes is False and follows == CONSEQUENCES[decision.standing]:
        return
    yield finding(
        situation.running,
        FindingKind.DECISION_CONTRADICTED,
        county.county,
        home=county.home,
        template=CONTRADICTED,
        evidence=evidence.distinct(
            [
                f"{county.county}@{decision.version}",
                *([] if view.assumed else running.policy_fact()),
                *([f"{county.county}@{concerned.version}"] if concerned else []),
                *evidence.of_county(judged, judged_on),
            ]
        ),
        more={
            "gate": decision.gate,
            "programme": decision.programme,
            "batch": decision.batch,
            "standing": decision.standing,
            "decided_on": decision.since,
            "gate_title": (gate and gate.title) or decision.gate,
        },
    )


CONTRADICTED = N_("{name}: what is known now does not lead to the decision of {decided_on} ({standing}, gate {gate})")
