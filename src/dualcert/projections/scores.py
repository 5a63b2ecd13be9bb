"""Scores: cities, and candidates for exemplary counties, ranked by the policy's weights (rules 6 and 8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from attrs import evolve, frozen
from typing_extensions import override

from dualcert.errors import NoScore
from dualcert.policy import POINTS
from dualcert.projections.answers import Answer, Table, check_choice
from dualcert.projections.certificates import dual_since
from dualcert.projections.counties import CountyOnDay
from dualcert.projections.duties import duties
from dualcert.projections.situation import Situation
from dualcert.projections.view import View
from dualcert.values.days import ONE_DAY
from dualcert.values.terms import DutyKind, DutyState

Ranked = Literal["city", "county"]
"""What can be ranked."""

OF_DUTIES: Mapping[str, frozenset[DutyKind]] = {
    "plans": frozenset({DutyKind.PLAN}),
    "cycle": frozenset({DutyKind.MEETING}),
    "visits": frozenset({DutyKind.COVER, DutyKind.VISIT}),
    "summaries": frozenset({DutyKind.SUMMARY}),
}
"""Component of a score -> the duties that it is made up of; the ratio is made up of labs."""

JUDGED = frozenset({DutyState.DONE_IN_TIME, DutyState.DONE_LATE, DutyState.OVERDUE})
"""The states in which a duty with a date is judged; without a date it is judged as soon as it is owed."""


@frozen
class Component(Answer):
    """One part of a score: *part* of *whole* fulfilled, worth up to `weight` points; None points where nothing was owed."""

    name: str
    weight: int
    part: int
    whole: int

    @property
    def exact(self) -> Fraction | None:
        """The points, exactly; None where nothing was owed."""
        return Fraction(self.weight * self.part, self.whole) if self.whole else None

    @override
    def to_dict(self) -> dict[str, Any]:
        return {**super().to_dict(), "points": None if self.exact is None else decimal(self.exact)}


@frozen
class Score(Answer):
    """A unit's place and points; units of equal points share a place, and one of which no lab is counted has neither.

    Of a county, `dual_since` is the day since which all its labs are dual-certified, and `selected` says
    whether it is an example already.
    """

    division: str
    name: str
    components: tuple[Component, ...]
    place: int | None = None
    county: str | None = None
    dual_since: date | None = None
    selected: bool | None = None

    @property
    def exact(self) -> Fraction | None:
        """The points of 100, exactly: what was not owed is left out, and the rest is scaled up.

        None where no lab is counted.
        """
        owed = [(each.exact, each.weight) for each in self.components if each.exact is not None]
        counted = any(each.name == "ratio" and each.whole for each in self.components)
        weights = sum(weight for _, weight in owed)
        if not counted or not weights:
            return None
        return sum((points for points, _ in owed), Fraction()) * POINTS / weights

    @override
    def to_dict(self) -> dict[str, Any]:
        document, exact = super().to_dict(), self.exact
        points = None if exact is None else decimal(exact)
        row = {"place": self.place, "division": self.division, "name": self.name, "score": points}
        if self.county:
            row |= {key: document[key] for key in ("county", "dual_since", "selected")}
        return {**row, "components": document["components"]}

    @override
    def to_record(self) -> dict[str, Any]:
        """Return the score as one flat row; `score` are the points of 100 with one decimal."""
        exact = self.exact
        return {**super().to_record(), "score": None if exact is None else Decimal(decimal(exact))}


def decimal(points: Fraction) -> str:
    """Return *points* with one decimal, half up, for people to read."""
    tenths = (20 * points.numerator + points.denominator) // (2 * points.denominator)
    return f"{tenths // 10}.{tenths % 10}"


def scores(view: View, day: date, of: Ranked = "city") -> Table[Score]:
    """Return the cities, or the counties that pass (the candidates for exemplary counties, rule 8), best first.

    The cycle and the summaries of a county are those of its city.

    Raises:
        NoCampaign: no campaign is known, and no policy is assumed.
        UnknownCampaign: the view names a campaign that was not opened.
        NoScore: the policy has no weights.
        BadValue: a word is not one of its choices.
    """
    check_choice("of", of, Ranked)
    situation = Situation.of(view, day)
    if situation.policy.score is None:
        raise NoScore(policy=situation.policy.name)
    judged = _judged(_while_open(situation))
    found = _cities(situation, judged) if of == "city" else _counties(situation, judged)
    return Table.of(view, day, _ranked(found))


Judged = Mapping[str, list[tuple[DutyKind, bool]]]
"""Code of a city, of the province or of a county -> the judged duties there: kind, and whether it was done in time."""


def _while_open(situation: Situation) -> Situation:
    """Return the situation on the last day on which the campaign asked for something: its score stays when it is closed."""
    closed_on = situation.campaign.closed_on
    return evolve(situation, day=closed_on - ONE_DAY) if situation.closed and closed_on else situation


def _judged(situation: Situation) -> Judged:
    """Return the duties that are judged on the day, each under the unit that it is about and under the city around it."""
    found: dict[str, list[tuple[DutyKind, bool]]] = {}
    for duty in duties(situation):
        if duty.state in JUDGED or (duty.state is DutyState.OPEN and duty.due is None):
            outcome = (duty.kind, duty.state is DutyState.DONE_IN_TIME)
            for unit in {duty.home[0], situation.city_of(duty.home[0])}:
                found.setdefault(unit, []).append(outcome)
    return found


def _cities(situation: Situation, judged: Judged) -> Iterator[Score]:
    labs: dict[str, list[bool]] = {}
    for lab in situation.labs.values():
        if lab.counted:
            labs.setdefault(situation.city_of(lab.details.division), []).append(lab.dual)
    for city in situation.cities:
        outcomes = judged.get(city.code, ())
        yield Score(city.code, city.name, _components(situation, labs.get(city.code, ()), outcomes))


def _counties(situation: Situation, judged: Judged) -> Iterator[Score]:
    chosen, target = situation.campaign.exemplary(situation.day), situation.policy.target
    for county in situation.counties.values():
        if county.passes:
            labs = [lab.dual for id_ in county.labs if (lab := situation.labs.get(id_))]
            since = [first for lab in county.labs.values() if (first := dual_since(lab, situation.day, target))]
            yield Score(
                county.code,
                county.name,
                _components(situation, labs, _of_county(situation, county, judged)),
                county=county.county,
                dual_since=max(since, default=None),
                selected=county.county in chosen,
            )


def _of_county(situation: Situation, county: CountyOnDay, judged: Judged) -> list[tuple[DutyKind, bool]]:
    """Return the judged duties of a county, and its city's meetings and summaries."""
    shared = OF_DUTIES["cycle"] | OF_DUTIES["summaries"]
    of_city = judged.get(situation.city_of(county.code), ())
    return [*judged.get(county.code, ()), *(each for each in of_city if each[0] in shared)]


def _ranked(scores: Iterable[Score]) -> Iterator[Score]:
    """Yield *scores* by points, those without at the end.

    Of equal points, whoever is dual-certified longer comes first, then by code.
    """
    every = list(scores)
    scored = [each for each in every if each.exact is not None]
    ordered = sorted(scored, key=lambda each: (-(each.exact or 0), each.dual_since or date.max, each.division))
    place = 0
    for nth, score in enumerate(ordered, start=1):
        place = place if nth > 1 and score.exact == ordered[nth - 2].exact else nth
        yield evolve(score, place=place)
    yield from sorted((each for each in every if each.exact is None), key=lambda each: each.division)


def _components(
    situation: Situation, labs: Iterable[bool], outcomes: Iterable[tuple[DutyKind, bool]]
) -> tuple[Component, ...]:
    """Return the components of a unit from its counted labs and its judged duties."""
    rule = situation.policy.score
    assert rule is not None  # `scores` has looked
    fulfilled = {"ratio": list(labs)}
    for name, kinds in OF_DUTIES.items():
        fulfilled[name] = [in_time for kind, in_time in outcomes if kind in kinds]
    return tuple(
        Component(name, weight, sum(fulfilled[name]), len(fulfilled[name])) for name, weight in rule.weights.items()
    )
