"""Quality-and-safety counties with their standing and batch 农安县名单."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import product

from attrs import evolve, frozen

from dualcert.divisions import wrong_level
from dualcert.domain.commands import Command, EnrolCounty, NameCounty
from dualcert.domain.programme import LIVE, CountyEnrolled, Enrolment, latest
from dualcert.errors import (
    N_,
    BadRoster,
    BadValue,
    Phrase,
    Refused,
    RowRepeated,
    StandingDiffers,
    shown,
)
from dualcert.projections.view import View
from dualcert.roster.cells import NONE, YES_NO
from dualcert.roster.columns import Column, Columns, Form
from dualcert.roster.kinds.shared import UNIT_LIKE, check_ends, unit_columns, unit_fields
from dualcert.roster.layout import SheetRow, SheetTable
from dualcert.roster.planning import Planned, Planner
from dualcert.roster.rows import Reader
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

MARKED = tuple((f"{PROGRAMMES[programme].value}_{STANDINGS[standing].value}", programme, standing)
               for programme, standing in product(PROGRAMMES, STANDINGS))  # fmt: skip
"""The columns of a matrix of √: field, programme, standing."""


def _of(programme: str) -> str:
    """Return the form of a programme's name in front of a header."""
    return f"{programme.removesuffix('级')}级?(?:农安县|农产品质量安全县)?"


def _marked(programme: str, standing: str) -> re.Pattern[str]:
    return re.compile(f"{_of(programme)}已?{standing}(?:县|单位)?")


COLUMNS = Columns(
    (
        *unit_columns(county_needed=True),
        Column("class", "农安县类别", ("农安县", "农安县级别", "类别", "农产品质量安全县", "农产品质量安全县类别", "创建命名情况"),
               choices=tuple(WORDS.values()), about=N_("The programme, and whether candidate or named")),
        Column("batch", "批次", ("创建批次", "命名批次", "农安县批次"), width=10,
               about=N_("The batch: 5, 第5批 or 第五批")),
        Column("since", "认定日期", ("命名日期", "创建日期", "公布日期", "日期"), dated=True,
               about=N_("Since when it stands so; empty: --on, or the campaign's first day")),
        *(Column(field_, f"{programme}/已{standing}", form=_marked(programme, standing), offered=False)
          for field_, programme, standing in MARKED),
        *(Column(f"{each.value}_batch", f"{programme}/批次", form=re.compile(f"{_of(programme)}批次"), offered=False)
          for programme, each in PROGRAMMES.items()),
    ),
    UNIT_LIKE,
    forms=(Form(frozenset({"class", "batch"})), *(Form(frozenset({field_})) for field_, *_ in MARKED)),
)  # fmt: skip

LOST = re.compile("摘牌|取消|撤销|除名|退出")
"""Words of a standing that was lost."""
_KEPT = re.compile("(?:[不未](?:含|包括|包含)|除|剔除|未|拟)(?:已|被)*(?:摘牌|取消|撤销|除名|退出)")
"""Matches what a title leaves out, or only foresees."""


def check_lost(file: str, table: SheetTable) -> None:
    """Refuse a sheet whose title, or a column that is not read, says that standings were lost: they would be recorded as ones that stand.

    Raises BadRoster for the title, EndUnread for columns.
    """
    title = f"{table.title} {table.page.name}"
    if LOST.search(_KEPT.sub("", plain(title))):
        problem = N_(
            "its title says that standings were lost ({title}): record that with delist-county or cancel-candidacy"
        )
        raise BadRoster(file=file, problem=Phrase(problem, title=title.strip()))
    check_ends(file, table, "counties", LOST, ("delist-county", "cancel-candidacy"))


EXAMPLE: Mapping[str, object] = {
    "city": "晋城市", "county": "泽州县", "class": "省级创建", "batch": "第五批", "since": date(2022, 12, 31),
}  # fmt: skip


class Counties:
    """Counties in the programmes of quality-and-safety counties."""

    name = N_("counties")
    title = "农安县名单"
    columns = evolve(COLUMNS, settle=check_lost)
    example = EXAMPLE
    dated: Mapping[type[Command], str] = {EnrolCounty: "since", NameCounty: "since"}

    def plan(self, planner: Planner) -> Iterator[Planned]:
        """Yield the rows with their commands; a row without a class and a batch states nothing, and has no commands."""
        first: dict[tuple[str, Programme], int] = {}
        for row in planner.table.rows:
            commands: list[Command] = []
            for found in list(_read_row(planner, row)):
                number = first.setdefault((found.county, found.programme), row.number)
                if number != row.number:
                    planner.reader.find(row, found.field, RowRepeated(first=number))
                else:
                    commands += planner.made(row, found.field, _commands(planner, row, found))
            if planner.reader.sound(row):
                yield Planned((row.number,), tuple(commands))

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


@frozen
class Stated:
    """The standing of a county that a row states, and the field that states it."""

    county: str
    programme: Programme
    standing: Standing
    batch: int
    since: date | None
    field: str


def _read_row(planner: Planner, row: SheetRow) -> Iterator[Stated]:
    """Yield the standings that a row states, none where it has findings."""
    reader = planner.reader
    unit, since = reader.unit(row), reader.day(row, "since")
    stated = [*_class_of(reader, row), *_marked_in(reader, row)]
    if not stated or not reader.sound(row):
        return
    if unit is None:
        reader.missing(row, "county")
    elif not reader.units.divisions.seats(Level.COUNTY, unit.code):
        reader.find(row, "county", wrong_level(unit, "county"))
    if unit is not None and reader.sound(row):
        for (programme, standing), batch, field_ in stated:
            yield Stated(f"county-{unit.code}", programme, standing, batch, since, field_)


_Class = tuple[tuple[Programme, Standing], int, str]


def _class_of(reader: Reader, row: SheetRow) -> Iterator[_Class]:
    """Yield the standing in the column of classes, with its batch."""
    if not reader.has("class"):
        return
    class_ = reader.word(row, "class", CLASSES, N_("one of 国家级创建, 国家级命名, 省级创建, 省级命名"))
    batch = reader.batch(row, "batch")
    if not reader.sound(row) or (class_ is None and batch is None):
        return
    if class_ is None:
        reader.missing(row, "class")
    if batch is None:
        reader.missing(row, "batch")
    if class_ and batch:
        yield class_, batch, "class"


def _marked_in(reader: Reader, row: SheetRow) -> Iterator[_Class]:
    """Yield the standings of a matrix: √ with the batch of its programme or of the row, or a batch in place of √."""
    found: dict[Programme, str] = {}
    for field_, programme_, standing in MARKED:
        text, programme = reader.text(row, field_), PROGRAMMES[programme_]
        if text is None or YES_NO.get(plain(text)) is False or plain(text) in NONE:
            continue
        if programme in found:
            reader.find(
                row, field_, BadValue(field=field_, value=shown(text), expected=N_("one standing in a programme"))
            )
        found[programme] = field_
        own = f"{programme.value}_batch"
        column = own if reader.has(own) else "batch"
        batch = reader.batch(row, column) if reader.has(column) else None
        if YES_NO.get(plain(text)) is None:
            batch = _batch_in(reader, row, field_, text, batch)
        elif batch is None:
            reader.missing(row, column)
        if batch:
            yield (programme, STANDINGS[standing]), batch, field_
    if len(found) > 1 and reader.cell(row, "batch") is not None:
        value = str(reader.text(row, "batch"))
        expected = N_("the batch of one programme: write each programme's batch in place of its √")
        reader.find(row, "batch", BadValue(field="batch", value=shown(value), expected=expected))


def _batch_in(reader: Reader, row: SheetRow, field_: str, text: str, other: int | None) -> int | None:
    """Return the batch that stands in place of √; None with a finding, also where the row's *other* one contradicts it."""
    batch = reader.batch(row, field_)
    if batch is None or other in (None, batch):
        return batch
    reader.find(row, field_, BadValue(field=field_, value=shown(text), expected=N_("√, ×, or the batch")))
    return None


def _commands(planner: Planner, row: SheetRow, stated: Stated) -> Iterator[Command]:
    """Yield what a row adds: an enrolment, the naming of a candidate of the batch, or nothing where the books agree.

    The same standing since another day is a finding or a correction; another standing or batch is a finding.
    """
    county, programme, standing, since = stated.county, stated.programme, stated.standing, stated.since
    now = latest(planner.view.county(county).enrolments, programme, date.max)
    on, origin = since or planner.on, planner.origin(row)
    enrolment = EnrolCounty(county=county, programme=programme, batch=stated.batch, standing=standing, on=on, **origin)
    naming = NameCounty(county=county, programme=programme, reason="名单载明", on=on, **origin)
    if now is None:
        yield enrolment
    elif (now.batch, now.standing) == (stated.batch, standing):
        if since not in (None, now.since):
            enrolled = type(planner.view.entries(county)[now.version - 1].fact) is CountyEnrolled
            anew = enrolment if enrolled else naming
            yield from planner.dated_otherwise(row, "since", county, now.version, anew)
    elif (now.batch, now.standing, standing) == (stated.batch, Standing.CANDIDATE, Standing.NAMED):
        yield naming
    else:
        planner.reader.find(row, stated.field, _differs(now, programme, standing, stated.batch))


def _differs(now: Enrolment, programme: Programme, standing: Standing, batch: int) -> Refused:
    words = {Standing.DELISTED: "摘牌", Standing.CANDIDACY_CANCELLED: "取消创建资格"}
    known = words.get(now.standing) or WORDS[programme, now.standing]
    return StandingDiffers(
        known=f"{known} 第{now.batch}批 {now.since}", stated=f"{WORDS[programme, standing]} 第{batch}批"
    )


KINDS = (Counties(),)
