"""Visits on pairings 走访台账."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from dualcert.domain.commands import Command, RecordVisit
from dualcert.errors import N_, NotPaired
from dualcert.projections.view import View
from dualcert.roster.columns import Column, Columns
from dualcert.roster.kinds.shared import SUPPORTER, UNIT_LIKE, lab_named, means_county, unit_columns, unit_fields
from dualcert.roster.layout import SheetRow
from dualcert.roster.planning import Planned, Planner
from dualcert.values.terms import Support

COLUMNS = Columns(
    (
        *unit_columns(),
        Column("target", "被帮扶机构", ("受援机构", "被帮扶单位", "走访机构"), width=34,
               about=N_("Only for a helper lab's visit: the lab that was visited, by name or id")),
        SUPPORTER,
        Column("visited_on", "走访日期", ("走访时间", "实地走访日期", "实地走访时间"), needed=True, dated=True,
               about=N_("When")),
        Column("note", "走访情况", ("走访内容", "走访记录", "工作情况", "发现问题"), needed=True, width=40,
               about=N_("What came of it")),
    ),
    UNIT_LIKE,
)  # fmt: skip

EXAMPLE: Mapping[str, object] = {
    "city": "晋城市", "county": "阳城县", "supporter": "张三", "visited_on": date(2023, 5, 10),
    "note": "现场察看实验室改造进度",
}  # fmt: skip


class Visits:
    """Visits of those who are responsible."""

    name = N_("visits")
    title = "走访台账"
    columns = COLUMNS
    example = EXAMPLE
    dated: Mapping[type[Command], str] = {RecordVisit: "visited_on"}

    def plan(self, planner: Planner) -> Iterator[Planned]:
        """Yield the visit of each row whose supporter and target are paired on its day; known visits have no command."""
        for row in planner.table.rows:
            visit = _read_row(planner, row)
            if visit:
                known = any(each.on == visit.on and getattr(each.fact, "note", None) == visit.note
                            for each in planner.view.entries(visit.pairing))  # fmt: skip
                yield Planned((row.number,), () if known else (visit,))

    def rows(self, view: View, day: date) -> Iterator[dict[str, object]]:
        """Yield every visit up to *day* on the pairings that are active then."""
        for id_, pairing in view.pairings():
            if not pairing.active(day):
                continue
            if pairing.kind is Support.LAB_LAB:
                where: Mapping[str, object] = {"target": pairing.target}
            else:
                county = pairing.kind is Support.CITY_COUNTY
                where = unit_fields(view, pairing.target.removeprefix("county-"), county=county)
            notes = {entry.version: entry.fact.note for entry in view.entries(id_) if hasattr(entry.fact, "note")}
            for on, version in pairing.visits:
                if on <= day:
                    yield {**where, "supporter": pairing.supporter, "visited_on": on, "note": notes[version]}


def _read_row(planner: Planner, row: SheetRow) -> RecordVisit | None:
    reader = planner.reader
    unit, on, note = reader.unit(row), reader.day(row, "visited_on"), reader.note(row, "note")
    if on is None:
        reader.missing(row, "visited_on")
    if note is None:
        reader.missing(row, "note")
    lab = lab_named(planner, row, "target", unit) if reader.text(row, "target") else None
    supporter = lab_named(planner, row, "supporter", None) if lab else planner.person(row, "supporter")
    if supporter is None:
        reader.missing(row, "supporter")
    if unit is None and lab is None and reader.sound(row):
        reader.missing(row, "city")
    if on is None or note is None or supporter is None or not reader.sound(row):
        return None
    if lab:
        kind, target = Support.LAB_LAB, lab
    else:
        assert unit is not None
        county = means_county(planner, row, unit)
        kind, target = (Support.CITY_COUNTY, f"county-{unit.code}") if county else (Support.PROVINCE_CITY, unit.code)
    pairings = planner.pairings_with.get((kind, target), ())
    pairing = next((id_ for id_, each in pairings if each.supporter == supporter and each.active(on)), None)
    if pairing is None:
        reader.find(row, "supporter", NotPaired(supporter=supporter, target=target, on=on))
        return None
    return RecordVisit(pairing=pairing, note=note, on=on, **planner.origin(row))


KINDS = (Visits(),)
