"""The duty to pass a gate by its last day; a decision settles it (rules 2 and 3 of the notice)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from dualcert.errors import N_
from dualcert.projections import evidence
from dualcert.projections.duties.duty import Duty
from dualcert.projections.gates import Judgement, judgements
from dualcert.projections.situation import Situation
from dualcert.values.terms import DutyKind, FindingKind

AHEAD = N_("{name} ({programme}, batch {batch}, {standing}) is not dual-certified; gate {gate} is due on {due}")
PAST = N_("{name} ({programme}, batch {batch}, {standing}) was not dual-certified at gate {gate} of {due}")
UNDESIGNATED = N_("{name} ({programme}, batch {batch}, {standing}) has no designated lab; gate {gate} is due on {due}")


def gates(situation: Situation) -> Iterator[Duty]:
    """Yield a duty for every county that a gate concerns, that does not pass it, and about which nothing is decided."""
    for judgement in judgements(situation):
        gate, county, enrolment = judgement.gate, judgement.county, judgement.enrolment
        alarm = situation.policy.alarming_days(gate) if judgement.consequence else None
        yield Duty(
            kind=DutyKind.GATE,
            campaign=situation.campaign_id,
            day=situation.day,
            subject=county.county,
            home=county.home,
            owed_from=max(situation.policy.from_, enrolment.since),
            due=gate.last_day,
            finding=FindingKind.GATE,
            pressing=situation.policy.pressing_days(gate),
            alarm=alarm,
            responsible=situation.leaders.get(county.county),
            template=_template(judgement, situation.day),
            evidence=evidence.distinct([*situation.policy_fact(), *judgement.evidence()]),
            more={
                "gate": gate.name,
                "programme": enrolment.programme,
                "batch": enrolment.batch,
                "standing": enrolment.standing,
                "consequence": judgement.consequence,
                "gate_title": gate.title or gate.name,
                **({"standing_of_lab": "none-designated"} if county.passes is None else {}),
            },
        )


def _template(judgement: Judgement, day: date) -> str:
    if judgement.county.passes is None:
        return UNDESIGNATED
    return AHEAD if day <= judgement.gate.last_day else PAST


OF_CAMPAIGN = (gates,)
