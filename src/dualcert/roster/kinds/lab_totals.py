"""The sheet's own totals (合计 13家，CMA 11家，双认证率69.2%), compared with what its rows say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from dualcert.errors import TotalDiffers
from dualcert.roster.cells import NONE
from dualcert.roster.kinds.lab_life import HAS, Life, is_filled
from dualcert.roster.layout import SheetRow, SheetTable
from dualcert.roster.reading.pages import Cell
from dualcert.roster.rows import Reader
from dualcert.units import plain

SUMS = ("total", "subtotal", "footer")
"""The rows that are no data and may have totals."""
LABS, CMA, CATL, DUAL, SHARE = "机构", "CMA", "CATL", "双认证", "双认证率"
_FIELDS = {LABS: ("name",), CMA: ("cma_claim", "cma_number"), CATL: ("catl_claim", "catl_number"), DUAL: ("dual",)}
"""What is counted -> the columns that have it, the first that the sheet has."""
_WORDS = {
    LABS: re.compile(r"(?:合计|总计|共计|小计|共有?|机构(?:数|总数)?):?(\d{1,6})(?:家|个|所)"),
    CMA: re.compile(r"(?:cma|资质认定)[^\d;。,、%]{0,12}?(\d{1,6})(?=家|个|所|[,;。、]|$)"),
    CATL: re.compile(r"(?:catl|机构考核)[^\d;。,、%]{0,12}?(\d{1,6})(?=家|个|所|[,;。、]|$)"),
    DUAL: re.compile(r"双认证(?!率)[^\d;。,、%率]{0,12}?(\d{1,6})(?=家|个|所|[,;。、(]|$)"),
    SHARE: re.compile(r"双认证(?:率|占比|比例)?[^\d;。,、]{0,8}?(\d{1,3}(?:\.\d{1,4})?)%"),
}
_COUNT = re.compile(r"(\d{1,6})(?:家|个|所)?(?:\((\d{1,3}(?:\.\d+)?)%\))?")
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d+)?)%")


def compare_totals(reader: Reader) -> None:
    """Remark every total of the sheet that is neither that of all its rows nor that of the rows since the total before."""
    table = reader.table
    sums = [(number, why) for number, why in table.skipped if why in SUMS]
    if not sums:
        return
    marks = {row.number: _marks(table, row) for row in table.rows}
    begin = 0
    for number, why in sums:
        cells = table.page.rows[number - 1]
        everything = _counted(list(marks.values()))
        part = _counted([found for row, found in marks.items() if begin < row < number])
        for of, stated, column in dict.fromkeys(_stated(table, cells, words_only=why == "footer")):
            if not any(_agrees(of, stated, each) for each in (everything, part)):
                found = _shown(of, part if why == "subtotal" else everything)
                if found:
                    reader.remark(
                        SheetRow(number, cells),
                        _field(table, of, column),
                        TotalDiffers(of=of, stated=stated, found=found),
                    )
        begin = begin if why == "footer" else number


def _marks(table: SheetTable, row: SheetRow) -> Mapping[str, bool]:
    """Return what a row says it has."""
    found = {LABS: True}
    for of, fields in _FIELDS.items():
        field_ = next((each for each in fields if each in table.columns), None)
        if of != LABS and field_:
            column = table.columns[field_]
            cell = row.cells[column] if column < len(row.cells) else None
            text = plain(cell) if is_filled(cell) else ""
            found[of] = HAS.get(text) is Life.HELD if field_ in ("dual", fields[0]) else text not in ("", *HAS, *NONE)
    if DUAL not in found and CMA in found and CATL in found:
        found[DUAL] = found[CMA] and found[CATL]
    return found


def _counted(marks: list[Mapping[str, bool]]) -> Mapping[str, int]:
    return {of: sum(each.get(of, False) for each in marks) for of in (marks[0] if marks else ())}


Stated = tuple[str, str, int]
"""What a total counts, its figure as it is written, and its column."""


def _stated(table: SheetTable, cells: tuple[Cell, ...], *, words_only: bool) -> Iterator[Stated]:
    """Yield what a row states in words and, unless it is a footer, by the columns of its figures."""
    for column, cell in enumerate(cells):
        text = plain(cell) if isinstance(cell, str) else ""
        for of, form in _WORDS.items():
            for found in form.finditer(text):
                yield of, found[1] + ("%" if of == SHARE else ""), column
    if not words_only:
        counted = {
            table.columns[each]: of for of, fields in _FIELDS.items() for each in fields if each in table.columns
        }
        for column, cell in enumerate(cells):
            if cell is not None and not isinstance(cell, bool):
                yield from _figures(cell, counted.get(column), column)


def _figures(cell: Cell, of: str | None, column: int) -> Iterator[Stated]:
    """Yield what a cell states with a figure alone: 11, 13家, 69.2%, 9（69.2%）, 0.692."""
    if isinstance(cell, float) and 0 < cell < 1:
        cell = f"{cell:.2%}"
    text = str(int(cell)) if isinstance(cell, int | float) and cell == int(cell) else plain(cell)
    count, percent = _COUNT.fullmatch(text), _PERCENT.fullmatch(text)
    if count and (of or not text.isdecimal()):
        yield of or LABS, count[1], column
    share = percent[1] if percent else count[2] if count else None
    if share and of == DUAL:
        yield SHARE, f"{share}%", column


def _agrees(of: str, stated: str, counted: Mapping[str, int]) -> bool:
    if of != SHARE:
        return counted.get(of) == int(stated)
    if not counted.get(LABS) or DUAL not in counted:
        return False
    share, decimals = stated.removesuffix("%"), len(stated.removesuffix("%").partition(".")[2])
    exact = 100 * int("1" + "0" * decimals) * counted[DUAL]
    written = int(share.replace(".", ""))
    return abs(exact - written * counted[LABS]) <= counted[LABS]


def _shown(of: str, counted: Mapping[str, int]) -> str:
    """Return a count of the rows, or nothing where they do not have it."""
    if of == SHARE:
        return f"{counted[DUAL]}/{counted[LABS]}" if counted.get(LABS) and DUAL in counted else ""
    return str(counted[of]) if of in counted else ""


def _field(table: SheetTable, of: str, column: int) -> str:
    """Return the field of the column in which a total stands, else that of what it counts, else the names'."""
    own = next((field_ for field_, at in table.columns.items() if at == column), None)
    return own or next((each for each in _FIELDS.get(of, ()) if each in table.columns), "name")
