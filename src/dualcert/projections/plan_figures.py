"""The tackling plans of each city: how many counties owe one, have handed it in, and carried out its measures (rule 4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from attrs import frozen

from dualcert.projections.answers import Answer, Table
from dualcert.projections.duties import Duty
from dualcert.projections.duties.plan import measures, plans
from dualcert.projections.situation import Situation
from dualcert.projections.view import View
from dualcert.values.terms import DutyState


@frozen
class PlanFigures(Answer):
    """The plans of one city's counties: `owed` in all, of them `handed_in`, of these `in_time`; `overdue` are missing.

    The measures are those of the plans in force of the counties that do not pass.
    """

    division: str
    name: str
    owed: int
    handed_in: int
    in_time: int
    overdue: int
    measures: int
    measures_done: int
    measures_overdue: int


def plan_figures(view: View, day: date) -> Table[PlanFigures]:
    """Return the plans by city, in order of code; raises NoCampaign, UnknownCampaign."""
    situation = Situation.of(view, day)
    of_plans, of_measures = _by_city(situation, plans(situation)), _by_city(situation, measures(situation))
    rows = (_figures(c.code, c.name, of_plans.get(c.code, []), of_measures.get(c.code, [])) for c in situation.cities)
    return Table.of(view, day, rows)


def _by_city(situation: Situation, found: Iterable[Duty]) -> dict[str, list[DutyState]]:
    states: dict[str, list[DutyState]] = {}
    for duty in found:
        if duty.state is not DutyState.LAPSED:
            states.setdefault(situation.city_of(duty.home[0]), []).append(duty.state)
    return states


def _figures(code: str, name: str, of_plans: list[DutyState], of_measures: list[DutyState]) -> PlanFigures:
    late, in_time = of_plans.count(DutyState.DONE_LATE), of_plans.count(DutyState.DONE_IN_TIME)
    done = of_measures.count(DutyState.DONE_LATE) + of_measures.count(DutyState.DONE_IN_TIME)
    return PlanFigures(
        division=code,
        name=name,
        owed=len(of_plans),
        handed_in=late + in_time,
        in_time=in_time,
        overdue=of_plans.count(DutyState.OVERDUE),
        measures=len(of_measures),
        measures_done=done,
        measures_overdue=of_measures.count(DutyState.OVERDUE),
    )
