"""Tackling plans of counties, a row for each shortcoming 攻坚方案台账."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from attrs import frozen

from dualcert.domain.commands import Command, CompleteMeasure, CorrectFact, IssuePlan, SubmitPlan
from dualcert.domain.plan import Plan, PlanItem
from dualcert.errors import N_, PlanDiffers, RowsDiffer, WrongLevel
from dualcert.projections.view import View
from dualcert.roster.columns import Column, Columns, plain
from dualcert.roster.kinds.shared import UNIT_LIKE, unit_columns, unit_fields
from dualcert.roster.layout import Row
from dualcert.roster.planning import Planned, Planner

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
"""How plans say that they are issued in the name of the county's government."""


@frozen
class PlanRow:
    """A sound row: one item, and what the row says of the whole plan."""

    row: Row
    county: str
    item: PlanItem
    completed_on: date | None
    issuer: str | None
    issued_on: date | None
    submitted_on: date | None


WHOLE = ("issuer", "issued_on", "submitted_on")
"""What rows of one plan say alike, or leave to another row."""


class Plans:
    """Counties' tackling plans."""

    name = "plans"
    title = "攻坚方案台账"
    columns = COLUMNS

    def plan(self, planner: Planner) -> Iterator[Planned]:
        """Yield a plan for each county all of whose rows are sound: a plan is taken whole."""
        unsound: set[str] = set()
        counties: dict[str, list[PlanRow]] = {}
        for row in planner.table.rows:
            county, found = _read(planner, row)
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
                    **unit_fields(view, county.removeprefix("county-")),
                    "problem": item.problem,
                    "measure": item.measure,
                    "responsible": item.responsible,
                    "due": item.due,
                    "completed_on": dict(plan.completed).get(number),
                    "issuer": "县政府" if plan.issuer == GOVERNMENT else plan.issuer,
                    "issued_on": plan.issued_on,
                    "submitted_on": plan.submitted_on,
                }


def _read(planner: Planner, row: Row) -> tuple[str | None, PlanRow | None]:
    """Return the county that a row is about, if it says so, and the row where it is sound."""
    reader = planner.reader
    unit = reader.unit(row)
    if unit is None and reader.sound(row):
        reader.missing(row, "county")
    if unit is not None and unit.level != "county":
        wrong = WrongLevel(field="", division=unit.code, name=unit.name, level=unit.level, expected="county")
        reader.find(row, "county", wrong)
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


def _whole(planner: Planner, rows: list[PlanRow]) -> dict[str, object] | None:
    """Return what the rows of a plan say of all of it; None where they contradict each other."""
    whole: dict[str, object] = {}
    first: dict[str, int] = {}
    sound = True
    for each in rows:
        for name in WHOLE:
            value = getattr(each, name)
            if value is not None and whole.setdefault(name, value) != value:
                planner.reader.find(each.row, name, RowsDiffer(first=first[name], said=str(whole[name])))
                sound = False
            elif value is not None:
                first.setdefault(name, each.row.number)
    return whole if sound else None


def _commands(planner: Planner, county: str, rows: list[PlanRow], whole: dict[str, object]) -> Iterator[Command]:
    """A plan that the books do not have: issue it; one of the same day otherwise: a finding, or a correction."""
    said = {"by": planner.by, "source": planner.source(rows[0].row)}
    issued_on = whole.get("issued_on") or planner.on
    items = tuple(each.item for each in rows)
    plan = IssuePlan(county=county, issuer=whole.get("issuer") or _asked(planner), items=items, on=issued_on, **said)  # type: ignore[arg-type]
    known = planner.view.county(county).plan(date.max)
    same = known is not None and (known.issuer, known.items) == (plan.issuer, plan.items)
    if known is None or (not same and known.issued_on < plan.on):
        known, same = None, False
        yield plan
    elif not same and planner.correct and known.issued_on == plan.on:
        yield CorrectFact(
            stream=county, version=known.version, reason="按台账更正", on=plan.on, replacement=plan, **said
        )
    elif not same:
        planner.reader.find(rows[0].row, "problem", PlanDiffers(on=known.issued_on.isoformat()))
        return
    yield from _progress(county, rows, whole, known, said)


def _asked(planner: Planner) -> str:
    """Return in whose name a plan is issued where no row says so: as the policy asks."""
    rule = planner.policy.plan
    return rule.issuer if rule else GOVERNMENT


def _progress(
    county: str, rows: list[PlanRow], whole: dict[str, object], known: Plan | None, said: dict[str, str]
) -> Iterator[Command]:
    """The handing in and the measures done that the books do not have yet."""
    if whole.get("submitted_on") and not (known and known.submitted_on):
        yield SubmitPlan(county=county, on=whole["submitted_on"], **said)  # type: ignore[arg-type]
    done = dict(known.completed) if known else {}
    for number, each in enumerate(rows, start=1):
        if each.completed_on and number not in done:
            yield CompleteMeasure(county=county, item=number, on=each.completed_on, **said)
