"""Columns that several kinds of rosters have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from dualcert.divisions import Division
from dualcert.errors import N_, AmbiguousLab, EndUnread, NoSuchLab
from dualcert.projections.view import View
from dualcert.roster.cells import states_none
from dualcert.roster.columns import Column, line_of, spelled
from dualcert.roster.layout import HANDED_BACK, SheetRow, SheetTable
from dualcert.roster.planning import Planner
from dualcert.roster.rows import cell_name
from dualcert.units import plain
from dualcert.values.terms import Level

CITY = ("地市", "地级市", "所属市", "所在市", "市别", "设区市", "市州")
COUNTY = ("县区", "区县", "县", "县市区", "县级单位", "所属县", "所在县", "旗县")
PAIRED_CITY, PAIRED_COUNTY = ("包联市",), ("包联县", "包联县（市、区）", "被包联县")
CODE = ("区划代码", "行政区划", "行政区划名称", "行政区域", "division code")

_OF = "(?:所在地?|所属|隶属)?"
_NAME = "(?:名称?|别)?"
CITY_FORM = re.compile(
    f"{_OF}(?:地|地级|设区的?|省辖|城)?市(?:州|州盟|盟|地州)?{_NAME}|{_OF}(?:州市|地州市|地市州盟?|盟市?){_NAME}|市级|city|cityname|prefecture"
)
"""The form of headers of cities, without blanks and signs."""
COUNTY_FORM = re.compile(
    f"{_OF}(?:[县区旗][县市区旗]{{0,3}}|市县区)(?:级|级单位)?{_NAME}|(?:county|district|countydistrict)(?:name)?"
)
"""The form of headers of counties, without blanks and signs."""
UNIT_LIKE = {
    "county": re.compile(
        f"{_OF}(?=[^县区旗市州盟]*[县区旗市州盟])[县区旗市州盟地及和或]{{1,8}}(?:级|级单位)?{_NAME}|{_OF}行政区.*|{_OF}区域{_NAME}"
        "|(?:nameof)?(?:county|district|city|prefecture|region).*"
    )
}
"""The form of headers of units: none of them may stay unread while the sheet has no known column of the county."""

DAY_LIKE = re.compile(
    "(?!.*(?:走访|最近|填报|报送|更新|出生|截[至止]|结束|到期|完成|证|cma|catl|资质|考核|变更|登记|暂停|[注撤吊]销|处理)).+(?:日期|时间)"
)
"""The form of headers that could be the first day of what a row states: else that day would be a default."""


def unit_columns(*, county_needed: bool = False) -> tuple[Column, ...]:
    """Return the columns that name a unit: its code, its city, its county."""
    return (
        Column("division", "行政区划代码", CODE,
               about=N_("The unit's code; may be left out where its names are there")),
        Column("city", "市", CITY + PAIRED_CITY, form=CITY_FORM, about=N_("The city")),
        Column("county", "县（市、区）", COUNTY + PAIRED_COUNTY, needed=county_needed, optional=True, form=COUNTY_FORM,
               about=N_("The county")),
    )  # fmt: skip


SUPPORTER = Column(
    "supporter", "包联干部",
    ("包联领导", "包联人员", "包联人", "包联责任人", "包联厅领导", "省级包联领导", "市级包联领导", "联系领导", "走访人"),
    needed=True, about=N_("Who is responsible: a name of the directory, or an id such as person-17"),
)  # fmt: skip


def lab_named(planner: Planner, row: SheetRow, field_: str, unit: Division | None) -> str | None:
    """Return the open lab of the books that a cell names by name, within *unit* if one is given, or any lab by its id.

    None with a finding if there is no such lab, or several.
    """
    text = planner.reader.text(row, field_)
    if text is None:
        planner.reader.missing(row, field_)
        return None
    view, divisions = planner.view, planner.view.divisions
    if view.find_lab(text):
        return text
    found = [
        lab
        for lab in planner.labs_called.get(plain(text), ())
        if unit is None or divisions.contains(unit.code, view.lab(lab).details[-1][1].division)
    ]
    if len(found) == 1:
        return found[0]
    within = planner.reader.units.divisions.name_of(unit.code if unit else planner.policy.province)
    problem = AmbiguousLab(labs=tuple(found)) if found else NoSuchLab(name=text, within=within)
    planner.reader.find(row, field_, problem)
    return None


def unit_fields(view: View, code: str, *, county: bool | None = None) -> Mapping[str, object]:
    """Return the fields of `unit_columns` that name the unit *code*.

    What reports to the province and is of the county level too (仙桃市, 东莞市) is named as a *county* or not; by default
    as what the table of divisions has it for.
    """
    unit, city = view.divisions.by_code[code], view.divisions.reporting_unit(code)
    named = unit.level == "county" if county is None else county
    return {"division": code, "city": city.name if city else None, "county": unit.name if named else None}


def means_county(planner: Planner, row: SheetRow, unit: Division) -> bool:
    """Return whether a row is about the county-level unit *unit*, and not about one that reports to the province."""
    divisions, named = planner.view.divisions, planner.reader.names_county(row)
    return divisions.seats(Level.COUNTY, unit.code) and (named or divisions.reporting_unit(unit.code) is not unit)


SHOWN = 5
"""How many cells a refusal shows."""
PAIRING_ENDED = re.compile(
    "不再(?:包联|帮扶|担任|承担)|(?:包联|帮扶|结对)(?:关系)?已?(?:结束|终止|解除|调整)|已调整|调离|离任|退休|已?解除(?:包联|帮扶)"
)
"""Words of a pairing that is over."""
_END_LIKE = re.compile("(?:包联|帮扶)?(?:结束|终止|解除|截止|到期|离任|调离)(?:日期|时间|日)?")


def check_ends(file: str, table: SheetTable, kind: str, words: re.Pattern[str], commands: tuple[str, ...]) -> None:
    """Raise EndUnread for columns that are not read and say by a word, or as days of an end, that what the rows record is over."""
    found = unread(table, words, _END_LIKE)
    if found:
        columns, cells, lines = found
        raise EndUnread(
            file=file, kind=kind, columns=columns, cells=cells, example=lines[0], lines=lines, commands=commands
        )


def check_pairings(file: str, table: SheetTable, kind: str) -> None:
    """Raise EndUnread where a sheet of pairings says in an unread column that one is over."""
    check_ends(file, table, kind, PAIRING_ENDED, ("end-pairing",))


class Unread(NamedTuple):
    """What a refusal shows of unread columns: their headers, SHOWN of their cells, and the lines that leave the columns unread."""

    columns: tuple[str, ...]
    cells: tuple[str, ...]
    lines: tuple[str, ...]


def unread(table: SheetTable, words: re.Pattern[str], headed: re.Pattern[str] | None = None) -> Unread | None:
    """Return what a refusal shows of `unread_cells`; None where there are none."""
    found = list(islice(unread_cells(table, words, headed), SHOWN + 1))
    if not found:
        return None
    columns = tuple(dict.fromkeys(header for header, _, _ in found))
    cells = tuple(f"{cell} {text}" for _, cell, text in found[:SHOWN]) + (("…",) if len(found) > SHOWN else ())
    return Unread(columns, cells, tuple(line_of(header, "") for header in columns))


def unread_cells(
    table: SheetTable, words: re.Pattern[str], headed: re.Pattern[str] | None = None
) -> Iterator[tuple[str, str, str]]:
    """Yield the cells of unread columns that have one of *words*, or are under a header of the form *headed*: header, name and text."""
    known = {*table.columns.values(), *table.ignored, *table.numbering}
    known |= {column for column, header in table.headers.items() if plain(header) == plain(HANDED_BACK)}
    for row in table.rows:
        for column, cell in enumerate(row.cells):
            if column in known or cell is None or states_none(cell) or not str(cell).strip():
                continue
            header = table.called(column)
            if (isinstance(cell, str) and words.search(plain(cell))) or (headed and headed.fullmatch(spelled(header))):
                yield header, cell_name(row.number, column), str(cell).strip()
