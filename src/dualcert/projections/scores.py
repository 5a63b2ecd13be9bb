"""Scores: cities, and candidates for exemplary counties, ranked by the policy's weights (rules 6 and 8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction
from typing import Any, Literal

from attrs import evolve, frozen
from typing_extensions import override

from dualcert.domain.pairing import Pairing
from dualcert.errors import NoScore
from dualcert.projections.answers import Answer, Table, check_choice
from dualcert.projections.counties import CountyOnDay, county_on
from dualcert.projections.coverage import visit_due
from dualcert.projections.situation import Situation
from dualcert.projections.view import View
from dualcert.values.ratio import Ratio
from dualcert.values.terms import Support

Ranked = Literal["city", "county"]
"""What can be ranked."""


@frozen
class Component(Answer):
    """One part of a score: *part* of *whole* fulfilled, worth `weight` points; if nothing was due, all of them."""

    name: str
    weight: int
    part: int
    whole: int

    @property
    def exact(self) -> Fraction:
        """The points, exactly."""
        return Fraction(self.weight * self.part, self.whole) if self.whole else Fraction(self.weight)

    @override
    def to_dict(self) -> dict[str, Any]:
        return {**super().to_dict(), "points": decimal(self.exact)}


@frozen
class Score(Answer):
    """A unit's place and points; units of equal points share a place.

    Of a county, `dual_since` is the day since which all its labs are dual-certified, and `selected` says
    whether it is an example already.
    """

    division: str
    name: str
    components: tuple[Component, ...]
    rank: int = 0
    county: str | None = None
    dual_since: date | None = None
    selected: bool | None = None

    @property
    def exact(self) -> Fraction:
        """The sum of the components, exactly."""
        return sum((c.exact for c in self.components), Fraction())

    @override
    def to_dict(self) -> dict[str, Any]:
        document = super().to_dict()
        row = {"rank": self.rank, "division": self.division, "name": self.name, "score": decimal(self.exact)}
        if self.county:
            row |= {key: document[key] for key in ("county", "dual_since", "selected")}
        return {**row, "components": document["components"]}


def decimal(points: Fraction) -> str:
    """Return *points* with one decimal, half up, for people to read."""
    tenths = (20 * points.numerator + points.denominator) // (2 * points.denominator)
    return f"{tenths // 10}.{tenths % 10}"


def scores(view: View, day: date, of: Ranked = "city") -> Table[Score]:
    """Return the cities, or the counties that pass, best first.

    Raises:
        NoCampaign: no campaign is known, and no policy is assumed.
        NoScore: the policy has no weights.
        BadValue: a word is not one of its choices.
    """
    check_choice("of", of, Ranked)
    return city_scores(view, day) if of == "city" else county_scores(view, day)


def city_scores(view: View, day: date) -> Table[Score]:
    """Return the cities of the province, best first.

    Raises:
        NoCampaign: no campaign is known, and no policy is assumed.
        NoScore: the policy has no weights.
    """
    situation = Situation.of(view, day)
    scores = (Score(c.code, c.name, _components(situation, c.code, None)) for c in situation.cities)
    return Table.of(view, day, _ranked(scores))


def county_scores(view: View, day: date) -> Table[Score]:
    """Return the counties that pass, best first: the candidates for exemplary counties (rule 8).

    The cycle and the summaries are those of their cities.

    Raises:
        NoCampaign: no campaign is known, and no policy is assumed.
        NoScore: the policy has no weights.
    """
    situation = Situation.of(view, day)
    chosen = situation.campaign.exemplary(day)
    scores = (
        Score(
            county.code,
            county.name,
            _components(situation, situation.city_of(county.code), county),
            county=county.county,
            dual_since=max((since for lab in county.labs.values() if (since := lab.dual_since(day))), default=None),
            selected=county.county in chosen,
        )
        for county in situation.counties.values()
        if county.passes
    )
    return Table.of(view, day, _ranked(scores))


def _ranked(scores: Iterable[Score]) -> Iterator[Score]:
    """Yield *scores* by points; of equal points, whoever is dual-certified longer comes first, then by code."""
    ordered = sorted(scores, key=lambda score: (-score.exact, score.dual_since or date.max, score.division))
    rank = 0
    for nth, score in enumerate(ordered, start=1):
        rank = rank if nth > 1 and score.exact == ordered[nth - 2].exact else nth
        yield evolve(score, rank=rank)


def _components(situation: Situation, city: str, county: CountyOnDay | None) -> tuple[Component, ...]:
    """Return the components of a city, or those of one county of it."""
    rule = situation.policy.score
    if rule is None:
        raise NoScore(policy=situation.policy.name)
    shares = {
        "ratio": _ratio(situation, city, county),
        "plans": _plans(situation, city, county),
        "cycle": _cycle(situation, city),
        "visits": _visits(situation, city, county),
        "summaries": _summaries(situation, city),
    }
    return tuple(
        Component(name, weight, shares[name].part, shares[name].whole) for name, weight in rule.weights.items()
    )


def _share(fulfilled: Iterable[bool]) -> Ratio:
    each = list(fulfilled)
    return Ratio(sum(each), len(each))


def _ratio(situation: Situation, city: str, county: CountyOnDay | None) -> Ratio:
    """The labs that are dual-certified, of those that count."""
    labs = situation.labs.items()
    if county:
        return _share(lab.dual for id_, lab in labs if id_ in county.labs)
    return _share(lab.dual for _, lab in labs if lab.counted and situation.city_of(lab.details.division) == city)


def _plans(situation: Situation, city: str, county: CountyOnDay | None) -> Ratio:
    """The plans handed in by their date, of the counties that did not pass on it (or do not yet)."""
    rule = situation.policy.plan
    if rule is None:
        return Ratio(0, 0)
    day = min(rule.due, situation.day)
    counties = [county] if county else [c for c in situation.counties.values() if situation.city_of(c.code) == city]
    asked = (county_on(situation.view, c.county, day, situation.policy.target) for c in counties)
    return _share(_in_time(c, rule.due) for c in asked if c.passes is False)


def _in_time(county: CountyOnDay, due: date) -> bool:
    return any(plan.submitted_on is not None and plan.submitted_on <= due for plan in county.state.plans)


def _cycle(situation: Situation, city: str) -> Ratio:
    """The meetings held by their month's end, of those of the months that have ended."""
    rule = situation.policy.cycle
    ended = [(month, end) for month, end in situation.policy.months if end <= situation.day]
    held = {
        (m.month, m.kind)
        for m in situation.campaign.meetings
        for month, end in ended
        if m.city == city and m.month == month and m.on <= end
    }
    return _share((month, kind) in held for month, _ in ended for kind in (rule.monthly if rule else ()))


def _visits(situation: Situation, city: str, county: CountyOnDay | None) -> Ratio:
    """The pairings visited in time, of those there are and ought to be."""

    def inside(target: str) -> bool:
        if county:
            return target == county.county or target in county.labs
        return situation.city_of(situation.home_of(target)[0]) == city

    there_are = [_visited(situation, p) for p in situation.pairings.values() if inside(p.target)]
    lacking = [False for kind in Support for target in situation.unsupported(kind) if inside(target)]
    return _share([*there_are, *lacking])


def _visited(situation: Situation, pairing: Pairing) -> bool:
    due = visit_due(situation, pairing)
    return due is None or due >= situation.day


def _summaries(situation: Situation, city: str) -> Ratio:
    """The summaries handed in by their date, of those whose date has come."""
    handed_in = {s.milestone: s.on for s in situation.campaign.summaries if s.city == city}
    past = [s for s in situation.policy.summary if s.due <= situation.day]
    return _share(s.name in handed_in and handed_in[s.name] <= s.due for s in past)
