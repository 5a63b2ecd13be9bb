"""Quality-and-safety counties with their standing and batch 农安县名单."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import product

from dualcert.divisions import Division, wrong_level
from dualcert.domain.commands import Command, EnrolCounty, NameCounty
from dualcert.domain.programme import LIVE, CountyEnrolled, Enrolment, latest
from dualcert.errors import N_, Refused, RowRepeated, StandingDiffers
from dualcert.projections.view import View
from dualcert.roster.columns import Column, Columns
from dualcert.roster.kinds.shared import UNIT_LIKE, unit_columns, unit_fields
from dualcert.roster.layout import SheetRow
from dualcert.roster.planning import Planned, Planner
from dualcert.units import plain
from dualcert.values.terms import Level, Programme, Standing

PROGRAMMES = {"国家级": Programme.NATIONAL, "省级": Programme.PROVINCIAL}
STANDINGS = {"创建": Standing.CANDIDATE, "命名": Standing.NAMED}

CLASSES: Mapping[str, tuple[Programme, Standing]] = {
    plain(words): (PROGRAMMES[programme], STANDINGS[standing])
    for programme, standing in product(PROGRAMMES, STANDINGS)
    for words in (
        f"{programme}{standing}", f"{programme}{standing}县", f"{programme.removesuffix('级')}{standing}",
        f"{programme}已{standing}", f"{programme}({standing})", f"{programme}农安县({standing})",
    )
}  # fmt: skip
"""The text of a cell -> programme and standing."""

WORDS = {(programme, standing): f"{a}{b}" for a, programme in PROGRAMMES.items() for b, standing in STANDINGS.items()}

COLUMNS = Columns(
    (
        *unit_columns(county_needed=True),
        Column("class", "农安县类别", ("农安县", "农安县级别", "类别", "农产品质量安全县", "农产品质量安全县类别", "创建命名情况"),
               needed=True, choices=tuple(WORDS.values()), about=N_("The programme, and whether candidate or named")),
        Column("batch", "批次", ("创建批次", "命名批次", "农安县批次"), needed=True, width=10,
               about=N_("The batch: 5, 第5批 or 第五批")),
        Column("since", "认定日期", ("命名日期", "创建日期", "公布日期", "日期"), dated=True,
               about=N_("Since when it stands so; empty: --on, or the campaign's first day")),
    ),
    UNIT_LIKE,
)  # fmt: skip

EXAMPLE: Mapping[str, object] = {
    "city": "晋城市", "county": "泽州县", "class": "省级创建", "batch": "第五批", "since": date(2022, 12, 31),
}  # fmt: skip


class Counties:
    """Counties in the programmes of quality-and-safety counties."""

    name = N_("counties")
    title = "农安县名单"
    columns = COLUMNS
    example = EXAMPLE
    dated: Mapping[type[Command], str] = {EnrolCounty: "since", NameCounty: "since"}

    def plan(self, planner: Planner) -> Iterator[Planned]:
        """Yield the rows with their commands; a row without a class and a batch states nothing, and has no commands."""
        first: dict[tuple[str, Programme], int] = {}
        for row in planner.table.rows:
            found = _read_row(planner, row)
            if found is None:
                if planner.reader.sound(row):
                    yield Planned((row.number,), ())
                continue
            unit, (programme, standing), batch, since = found
            if (unit.code, programme) in first:
                planner.reader.find(row, "class", RowRepeated(first=first[unit.code, programme]))
                continue
            first[unit.code, programme] = row.number
            commands = planner.made(row, "class", _commands(planner, row, unit, programme, standing, batch, since))
            if planner.reader.sound(row):
                yield Planned((row.number,), commands)

    def rows(self, view: View, day: date) -> Iterator[dict[str, object]]:
        """Yield the standing of every county on *day* in each programme, unless it has ended."""
        for county in view.counties():
            for standing in view.county(county).enrolled(day):
                if standing.standing in LIVE:
                    yield {
                        **unit_fields(view, county.removeprefix("county-"), county=True),
                        "class": WORDS[standing.programme, standing.standing],
                        "batch": standing.batch,
                        "since": standing.since,
                    }


Found = tuple[Division, tuple[Programme, Standing], int, date | None]


def _read_row(planner: Planner, row: SheetRow) -> Found | None:
    reader = planner.reader
    unit, batch, since = reader.unit(row), reader.batch(row, "batch"), reader.day(row, "since")
    class_ = reader.word(row, "class", CLASSES, N_("one of 国家级创建, 国家级命名, 省级创建, 省级命名"))
    if not reader.sound(row) or (class_ is None and batch is None):
        return None
    if class_ is None:
        reader.missing(row, "class")
    if batch is None:
        reader.missing(row, "batch")
    if unit is None:
        reader.missing(row, "county")
    elif not reader.units.divisions.seats(Level.COUNTY, unit.code):
        reader.find(row, "county", wrong_level(unit, "county"))
    if unit is None or class_ is None or batch is None or not reader.sound(row):
        return None
    return unit, class_, batch, since


def _commands(
    planner: Planner,
    row: SheetRow,
    unit: Division,
    programme: Programme,
    standing: Standing,
    batch: int,
    since: date | None,
) -> Iterator[Command]:
    """Yield what a row adds: an enrolment, the naming of a candidate of the batch, or nothing where the books agree.

    The same standing since another day is a finding or a correction; another standing or batch is a finding.
    """
    county = f"county-{unit.code}"
    now = latest(planner.view.county(county).enrolments, programme, date.max)
    on, origin = since or planner.on, planner.origin(row)
    enrolment = EnrolCounty(county=county, programme=programme, batch=batch, standing=standing, on=on, **origin)
    naming = NameCounty(county=county, programme=programme, reason="名单载明", on=on, **origin)
    if now is None:
        yield enrolment
    elif (now.batch, now.standing) == (batch, standing):
        if since not in (None, now.since):
            enrolled = type(planner.view.entries(county)[now.version - 1].fact) is CountyEnrolled
            anew = enrolment if enrolled else naming
            yield from planner.dated_otherwise(row, "since", county, now.version, anew)
    elif (now.batch, now.standing, standing) == (batch, Standing.CANDIDATE, Standing.NAMED):
        yield naming
    else:
        planner.reader.find(row, "class", _differs(now, programme, standing, batch))


def _differs(now: Enrolment, programme: Programme, standing: Standing, batch: int) -> Refused:
    words = {Standing.DELISTED: "摘牌", Standing.CANDIDACY_CANCELLED: "取消创建资格"}
    known = words.get(now.standing) or WORDS[programme, now.standing]
    return StandingDiffers(
        known=f"{known} 第{now.batch}批 {now.since}", stated=f"{WORDS[programme, standing]} 第{batch}批"
    )
