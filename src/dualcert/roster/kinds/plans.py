"""Tackling plans of counties, a row for each shortcoming 攻坚方案台账."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from attrs import frozen

from dualcert.divisions import wrong_level
from dualcert.domain.commands import Command, CompleteMeasure, IssuePlan, SubmitPlan
from dualcert.domain.plan import MeasureCompleted, Plan, PlanItem, PlanSubmitted
from dualcert.errors import N_, DayDiffers, PlanDiffers, RowsDiffer
from dualcert.projections.view import View
from dualcert.roster.columns import Column, Columns
from dualcert.roster.kinds.shared import UNIT_LIKE, unit_columns, unit_fields
from dualcert.roster.layout import SheetRow
from dualcert.roster.planning import Planned, Planner
from dualcert.units import plain
from dualcert.values.terms import Level

COLUMNS = Columns(
    (
        *unit_columns(county_needed=True),
        Column("problem", "问题短板", ("存在问题", "短板弱项", "问题", "主要问题", "存在的问题"), needed=True, width=34,
               about=N_("One shortcoming a row; a county's rows are one plan")),
        Column("measure", "攻坚举措", ("整改措施", "工作举措", "举措", "措施", "逐项举措", "解决措施"), needed=True, width=34,
               about=N_("The measure for it")),
        Column("responsible", "责任人", ("责任人员", "负责人"), needed=True,
               about=N_("A name of the directory, or an id such as person-17")),
        Column("due", "完成时限", ("完成时间", "整改时限", "计划完成时间", "时限"), needed=True, dated=True,
               about=N_("Until when it is to be done")),
        Column("completed_on", "完成日期", ("实际完成时间", "实际完成日期", "销号日期"), dated=True,
               about=N_("Only where it is done: when")),
        Column("issuer", "印发单位", ("发文单位", "印发机关", "发文机关"), width=20,
               about=N_("In whose name the plan is issued; 县政府 and XX县人民政府 are the county's government")),
        Column("issued_on", "印发日期", ("发文日期", "印发时间"), dated=True,
               about=N_("Empty: --on, or the campaign's first day")),
        Column("submitted_on", "报送日期", ("上报日期", "报送时间", "上报时间"), dated=True,
               about=N_("Only where the city has handed it in: when")),
    ),
    UNIT_LIKE,
)  # fmt: skip

GOVERNMENT = "county-government"
"""The issuer of plans that are issued in the name of the county's government."""


@frozen
class PlanRow:
    """A sound row: one item, and the fields of the whole plan."""

    row: SheetRow
    county: str
    item: PlanItem
    completed_on: date | None
    issuer: str | None
    issued_on: date | None
    submitted_on: date | None


WHOLE = ("issuer", "issued_on", "submitted_on")
"""The fields of the whole plan, which rows of one plan must not give differently."""

EXAMPLE: Mapping[str, object] = {
    "city": "晋城市", "county": "阳城县", "problem": "检测仪器不足", "measure": "购置气相色谱仪", "responsible": "张三",
    "due": date(2023, 6, 30), "issuer": "县政府", "issued_on": date(2023, 4, 20), "submitted_on": date(2023, 4, 28),
}  # fmt: skip


class Plans:
    """Counties' tackling plans."""

    name = N_("plans")
    title = "攻坚方案台账"
    columns = COLUMNS
    example = EXAMPLE
    dated: Mapping[type[Command], str] = {
        IssuePlan: "issued_on",
        SubmitPlan: "submitted_on",
        CompleteMeasure: "completed_on",
    }

    def plan(self, planner: Planner) -> Iterator[Planned]:
        """Yield a plan for each county whose rows are all sound, since a plan is taken whole or not at all."""
        unsound: set[str] = set()
        counties: dict[str, list[PlanRow]] = {}
        for row in planner.table.rows:
            county, found = _read_row(planner, row)
            if found:
                counties.setdefault(found.county, []).append(found)
            elif county:
                unsound.add(county)
        for county, rows in counties.items():
            whole = _whole(planner, rows)
            if whole is None or county in unsound:
                continue
            commands = planner.made(rows[0].row, "problem", _commands(planner, county, rows, whole))
            if all(planner.reader.sound(each.row) for each in rows):
                yield Planned(tuple(each.row.number for each in rows), commands)

    def rows(self, view: View, day: date) -> Iterator[dict[str, object]]:
        """Yield the items of every plan that is in force on *day*."""
        for county in view.counties():
            plan = view.county(county).plan(day)
            for number, item in enumerate(plan.items if plan else (), start=1):
                assert plan is not None
                yield {
                    **unit_fields(view, county.removeprefix("county-"), county=True),
                    "problem": item.problem,
                    "measure": item.measure,
                    "responsible": item.responsible,
                    "due": item.due,
                    "completed_on": dict(plan.completed).get(number),
                    "issuer": "县政府" if plan.issuer == GOVERNMENT else plan.issuer,
                    "issued_on": plan.issued_on,
                    "submitted_on": plan.submitted_on,
                }


def _read_row(planner: Planner, row: SheetRow) -> tuple[str | None, PlanRow | None]:
    """Return the county of a row, or None if it names none, and the row, or None if it has a finding."""
    reader = planner.reader
    unit = reader.unit(row)
    if unit is None and reader.sound(row):
        reader.missing(row, "county")
    if unit is not None and not reader.units.divisions.seats(Level.COUNTY, unit.code):
        reader.find(row, "county", wrong_level(unit, "county"))
    notes = {name: reader.note(row, name) for name in ("problem", "measure")}
    responsible, due = planner.person(row, "responsible"), reader.day(row, "due")
    for name, value in {**notes, "responsible": responsible, "due": due}.items():
        if value is None:
            reader.missing(row, name)
    whole = {
        "issuer": _issuer(reader.text(row, "issuer")),
        "issued_on": reader.day(row, "issued_on"),
        "submitted_on": reader.day(row, "submitted_on"),
    }
    completed_on = reader.day(row, "completed_on")
    county = f"county-{unit.code}" if unit else None
    if county is None or due is None or responsible is None or not reader.sound(row):
        return county, None
    item = PlanItem(notes["problem"] or "", notes["measure"] or "", responsible, due)
    return county, PlanRow(row, county, item, completed_on, **whole)  # type: ignore[arg-type]  # by name


def _issuer(text: str | None) -> str | None:
    own = text is not None and plain(text).endswith(("人民政府", "县政府", "区政府", "市政府"))
    return GOVERNMENT if own else text


def _whole(planner: Planner, rows: list[PlanRow]) -> dict[str, Any] | None:
    """Return the fields of the whole plan from its rows; None with findings if the rows contradict each other."""
    whole: dict[str, Any] = {}
    first: dict[str, int] = {}
    sound = True
    for each in rows:
        for name in WHOLE:
            value = getattr(each, name)
            if value is not None and whole.setdefault(name, value) != value:
                planner.reader.find(each.row, name, RowsDiffer(first=first[name], stated=str(whole[name])))
                sound = False
            elif value is not None:
                first.setdefault(name, each.row.number)
    return whole if sound else None


def _commands(planner: Planner, county: str, rows: list[PlanRow], whole: dict[str, Any]) -> Iterator[Command]:
    """Yield the plan if the books lack it; a differing plan that is not older is a finding or a correction."""
    plans = planner.view.county(county).plans
    known = plans[-1] if plans else None
    issuer, issued_on = whole.get("issuer"), whole.get("issued_on")
    plan = IssuePlan(
        county=county,
        issuer=issuer or (known.issuer if known else _required_issuer(planner)),
        items=tuple(each.item for each in rows),
        on=issued_on or (known.issued_on if known and not planner.day_given else planner.on),
        **planner.origin(rows[0].row),
    )
    alike = [each for each in plans if each.items == plan.items and issuer in (None, each.issuer)]
    same = next((each for each in reversed(alike) if issued_on in (None, each.issued_on)), None)
    if same:
        known = same
    elif known is None or (known not in alike and known.issued_on < plan.on):
        known = None
        yield plan
    elif planner.correct and (known in alike or known.issued_on == plan.on):
        yield planner.correction(rows[0].row, county, known.version, plan)
    elif known in alike:
        differs = DayDiffers(known=known.issued_on, stated=plan.on)
        planner.reader.find(_row_with(rows, "issued_on"), "issued_on", differs)
    else:
        planner.reader.find(rows[0].row, "problem", PlanDiffers(on=known.issued_on))
        return
    yield from _submission(planner, county, rows, whole.get("submitted_on"), known)
    yield from _completions(planner, county, rows, known)


def _required_issuer(planner: Planner) -> str:
    """Return in whose name the policy requires plans to be issued, for a plan whose rows name no issuer."""
    rule = planner.policy.plan
    return rule.issuer if rule else GOVERNMENT


def _row_with(rows: list[PlanRow], field_: str) -> SheetRow:
    """Return the first row with a value of *field_*, which is one of the whole plan."""
    return next(each.row for each in rows if getattr(each, field_) is not None)


def _submission(
    planner: Planner, county: str, rows: list[PlanRow], on: date | None, known: Plan | None
) -> Iterator[Command]:
    """Yield the submission that the books lack; another day of it is a finding or a correction."""
    before = known.submitted_on if known else None
    if on is None or before == on:
        return
    row = _row_with(rows, "submitted_on")
    submission = SubmitPlan(county=county, on=on, **planner.origin(row))
    if before is None:
        yield submission
    else:
        version = planner.version_of(county, PlanSubmitted, before)
        yield from planner.dated_otherwise(row, "submitted_on", county, version, submission)


def _completions(planner: Planner, county: str, rows: list[PlanRow], known: Plan | None) -> Iterator[Command]:
    """Yield the completed measures that the books lack; another day of one is a finding or a correction."""
    done = dict(known.completed) if known else {}
    for number, each in enumerate(rows, start=1):
        on = each.completed_on
        if on is None or done.get(number) == on:
            continue
        completion = CompleteMeasure(county=county, item=number, on=on, **planner.origin(each.row))
        if number not in done:
            yield completion
        else:
            version = planner.version_of(county, MeasureCompleted, done[number], item=number)
            yield from planner.dated_otherwise(each.row, "completed_on", county, version, completion)


KINDS = (Plans(),)
