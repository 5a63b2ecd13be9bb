"""Ratios: how many labs are dual-certified, by any split, on a day, as known at an instant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Literal, TypedDict

import attrs
from attrs import frozen
from typing_extensions import override

from dualcert.divisions import Division
from dualcert.domain.lab import Details
from dualcert.policy import Policy
from dualcert.projections.answers import Answer, Table, check_choice
from dualcert.projections.labs import LabOnDay, labs_on
from dualcert.projections.view import View
from dualcert.values.ratio import Ratio
from dualcert.values.terms import Level, Scheme, State

Split = Literal["province", "city", "county", "level"]
SPLITS: tuple[Split, ...] = ("province", "city", "county", "level")


@frozen
class Lacking(Answer):
    """A lab that counts and is not dual-certified, with the state of each of its certificates."""

    lab: str
    name: str
    cma: State
    catl: State


@frozen
class Point(Answer):
    """The figures of one day in a series."""

    as_of: date
    labs: int
    dual: int
    percent: str | None


@frozen
class Figures(Answer):
    """The labs of one unit: how many, and how many hold which certificate.

    `percent` has one decimal, half up; `met` is judged on the integers; `missing` is how many labs more the target needs.
    All three are None if there are no labs.
    """

    labs: int
    cma: int
    catl: int
    dual: int
    percent: str | None
    met: bool | None
    missing: int | None
    division: str | None = None
    name: str | None = None
    level: Level | None = None
    lacking: tuple[Lacking, ...] | None = None
    points: tuple[Point, ...] | None = None

    @override
    def to_dict(self) -> dict[str, Any]:
        unit = ("division", "name", "level")
        document = super().to_dict()
        named = {key: document[key] for key in unit if document[key] is not None}
        figures = {key: document[key] for key in ("labs", "cma", "catl", "dual", "percent", "met", "missing")}
        asked = {key: document[key] for key in ("lacking", "points") if document[key] is not None}
        return {**named, **figures, **asked}


@frozen(kw_only=True)
class Ratios(Table[Figures]):
    """The figures of a campaign with their basis, target, day and position of the log."""

    campaign: str
    basis: tuple[Level, ...]
    target_percent: int
    total: Figures
    points: tuple[Point, ...] | None = None

    @override
    def to_dict(self) -> dict[str, Any]:
        table = super().to_dict()
        rows = table.pop("rows")
        basis = [level.value for level in self.basis]
        document = {**table, "basis": basis, "target_percent": self.target_percent, "rows": rows}
        document["total"] = self.total.to_dict()
        if self.points is not None:
            document["points"] = [point.to_dict() for point in self.points]
        document["campaign"] = self.campaign
        return document


def ratios(
    view: View, as_of: date, by: Split = "province", *, explain: bool = False, series: Iterable[date] = ()
) -> Ratios:
    """Return the figures on *as_of*, split by *by*.

    Every active lab of the policy's province is counted, by its home division, if its level is in the policy's
    basis and it is marked as counted.

    Args:
        view: the books.
        as_of: the day.
        by: how the province is split.
        explain: whether each row lists the labs that lack a certificate.
        series: days whose figures each row has, too.

    Raises:
        NoCampaign: no campaign is known, and no policy is assumed.
        BadValue: a word is not one of its choices.
    """
    check_choice("by", by, Split)
    running = view.in_force(as_of)
    policy = running.policy
    on_day = _grouped(view, policy, as_of, by)
    history = [(day, _grouped(view, view.policy(day), day, by)) for day in series]
    found = {key for groups in (on_day, *(groups for _, groups in history)) for key in groups}
    rows = [
        attrs.evolve(
            _figures(on_day[key], policy.target_on(as_of, unit.get("level"))),
            **unit,
            lacking=_lacking(on_day[key], as_of) if explain else None,
            points=tuple(_point(day, groups[key]) for day, groups in history) if history else None,
        )
        for key, unit in _units(view, policy, found, by)
    ]
    return Ratios(
        as_of=as_of,
        known_at=view.known_at,
        position=view.position,
        rows=tuple(rows),
        campaign=running.campaign,
        basis=policy.target.basis,
        target_percent=policy.target_on(as_of),
        total=_figures(_all(on_day), policy.target_on(as_of)),
        points=tuple(_point(day, _all(groups)) for day, groups in history) if history else None,
    )


Groups = dict[str, list[LabOnDay]]
"""Unit of the split -> the labs that count there; a unit without labs has none."""


def _grouped(view: View, policy: Policy, day: date, by: Split) -> Groups:
    groups: Groups = defaultdict(list)
    for each in labs_on(view, day, policy):
        if each.counted:
            groups[_key(view, each.details, by)].append(each)
    return groups


def _all(groups: Groups) -> list[LabOnDay]:
    return [each for members in groups.values() for each in members]


class Unit(TypedDict, total=False):
    """The naming of a row: division and name, or the level."""

    division: str
    name: str
    level: Level


def _units(view: View, policy: Policy, found: Iterable[str], by: Split) -> Iterator[tuple[str, Unit]]:
    """Yield key and naming of every unit of the split, in order of code, also those without labs.

    A lab above the split (a city lab by county) has a row of its own division.
    """
    if by == "level":
        levels = {level.value for level in policy.target.basis} | set(found)
        for level in Level:
            if level.value in levels:
                yield level.value, {"level": level}
        return
    units = {division.code for division in _divisions(view, policy.province, by)}
    for code in sorted(units | set(found)):
        division = view.divisions.get(code)
        yield code, {"division": code, "name": division.name if division else code}


def _divisions(view: View, province: str, by: Split) -> Iterable[Division]:
    match by:
        case "city":
            return view.divisions.units(province)
        case "county":
            return view.divisions.counties(province)
    return view.divisions.within(province, by)


def _key(view: View, details: Details, by: Split) -> str:
    if by == "level":
        return details.level.value
    table = view.divisions
    unit = table.reporting_unit(details.division) if by == "city" else table.above(details.division, by)
    return unit.code if unit else details.division


def _figures(members: list[LabOnDay], percent: int) -> Figures:
    ratio = Ratio(sum(each.dual for each in members), len(members))
    return Figures(
        labs=ratio.whole,
        cma=sum(Scheme.CMA not in each.lacking for each in members),
        catl=sum(Scheme.CATL not in each.lacking for each in members),
        dual=ratio.part,
        percent=ratio.percent,
        met=ratio.meets(percent),
        missing=ratio.missing(percent),
    )


def _lacking(members: list[LabOnDay], day: date) -> tuple[Lacking, ...]:
    return tuple(
        Lacking(each.lab, each.details.name, each.state.cma.state(day), each.state.catl.state(day))
        for each in members
        if not each.dual
    )


def _point(day: date, members: list[LabOnDay]) -> Point:
    ratio = Ratio(sum(each.dual for each in members), len(members))
    return Point(day, ratio.whole, ratio.part, ratio.percent)
