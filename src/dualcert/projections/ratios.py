"""Ratios: how many labs are dual-certified, by any split, on a day, as known at an instant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import reduce
from typing import Any, Literal, TypedDict

from attrs import frozen
from typing_extensions import override

from dualcert.divisions import Division
from dualcert.policy import Policy
from dualcert.projections.answers import Answer, Table, check_choice
from dualcert.projections.calendar import WORTH, Calendars, Counts, Course, Seat, Switches
from dualcert.projections.labs import CATL, CMA, labs_on
from dualcert.projections.view import View
from dualcert.values.ratio import Ratio
from dualcert.values.terms import Level, State

Split = Literal["province", "city", "county", "level"]


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


@frozen(kw_only=True, repr=False)
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
    days = (as_of, *series)
    on_day, *history = _summed(view, policy, days, by)
    lacking = _lacking(view, policy, as_of, by) if explain else None
    found = {key for sums in (on_day, *history) for key in sums}
    rows = [
        _figures(
            on_day[key],
            policy.target_on(as_of, unit.get("level")),
            unit,
            tuple(lacking[key]) if lacking is not None else None,
            _points(days[1:], [sums[key] for sums in history]),
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
        points=_points(days[1:], [_all(sums) for sums in history]),
    )


UnitCounts = dict[str, Counts]
"""Unit of the split -> its labs; a unit without labs has none."""


def _summed(view: View, policy: Policy, days: Sequence[date], by: Split) -> list[UnitCounts]:
    """Return the figures of each of *days*, the first by *policy*, the others by the policy of their day."""
    policies = [policy, *(view.policy(day) for day in days[1:])]
    alike: dict[Switches, list[int]] = defaultdict(list)
    for place, each in enumerate(policies):
        alike[Switches.of(each)].append(place)
    found: dict[int, UnitCounts] = {}
    for places in alike.values():
        asked = policies[places[0]]
        lines = Calendars.of(view).lines(view, asked, len(places), by, lambda seat: _key(view, seat, by))
        for place in places:
            day = days[place]
            found[place] = _on(lines, day) if lines is not None else _counted(view, policies[place], day, by)
    return [found[place] for place in range(len(days))]


def change_days(view: View, first: date, last: date, by: Split) -> tuple[date, ...]:
    """Return *first* and every later day until *last* on which a figure of the split changes; raises NoCampaign, BadValue."""
    check_choice("by", by, Split)
    calendars, changed, switches = Calendars.of(view), {first}, None
    for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
        policy = view.policy(day)
        if Switches.of(policy) != switches:
            changed.add(day)
            switches = Switches.of(policy)
            lines = calendars.lines(view, policy, WORTH, by, lambda seat: _key(view, seat, by))
            starts = {start for line in (lines or {}).values() for start in line.days}
        if day in starts:
            changed.add(day)
    return tuple(sorted(changed))


def _on(lines: Mapping[str, Course], day: date) -> UnitCounts:
    counts = ((unit, line.at(day)) for unit, line in lines.items())
    return defaultdict(Counts, {unit: each for unit, each in counts if each.labs})


def _counted(view: View, policy: Policy, day: date, by: Split) -> UnitCounts:
    """Return the figures of *day* by looking at every lab."""
    sums: UnitCounts = defaultdict(Counts)
    for each in labs_on(view, day, policy):
        if each.counted:
            key = _key(view, (each.details.division, each.details.level), by)
            holds = (True, CMA not in each.lacking, CATL not in each.lacking, each.dual)
            sums[key] = sums[key].plus(Counts(*map(int, holds)))
    return sums


def _all(sums: UnitCounts) -> Counts:
    return reduce(Counts.plus, sums.values(), Counts())


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
        yield code, {"division": code, "name": view.divisions.name_of(code)}


def _divisions(view: View, province: str, by: Split) -> Iterable[Division]:
    match by:
        case "city":
            return view.divisions.units(province)
        case "county":
            return view.divisions.counties(province)
    return view.divisions.within(province, by)


def _key(view: View, seat: Seat, by: Split) -> str:
    code, level = seat
    if by == "level":
        return level.value
    table = view.divisions
    unit = table.reporting_unit(code) if by == "city" else table.above(code, by)
    return unit.code if unit else code


def _figures(
    counts: Counts,
    percent: int,
    unit: Unit | None = None,
    lacking: tuple[Lacking, ...] | None = None,
    points: tuple[Point, ...] | None = None,
) -> Figures:
    ratio = Ratio(counts.dual, counts.labs)
    return Figures(
        labs=counts.labs,
        cma=counts.cma,
        catl=counts.catl,
        dual=counts.dual,
        percent=ratio.percent,
        met=ratio.meets(percent),
        missing=ratio.missing(percent),
        lacking=lacking,
        points=points,
        **(unit or {}),
    )


def _lacking(view: View, policy: Policy, day: date, by: Split) -> dict[str, list[Lacking]]:
    """Return the labs that lack a certificate on *day*, by unit of the split."""
    found: dict[str, list[Lacking]] = defaultdict(list)
    for each in labs_on(view, day, policy):
        if each.counted and not each.dual:
            key = _key(view, (each.details.division, each.details.level), by)
            states = (timeline.state(day) for timeline in (each.state.cma, each.state.catl))
            found[key].append(Lacking(each.lab, each.details.name, *states))
    return found


def _points(days: Sequence[date], counts: Sequence[Counts]) -> tuple[Point, ...] | None:
    ratios = ((day, Ratio(each.dual, each.labs)) for day, each in zip(days, counts, strict=True))
    return tuple(Point(day, ratio.whole, ratio.part, ratio.percent) for day, ratio in ratios) or None
