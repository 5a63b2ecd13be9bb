"""Where on a page the table is: title rows, a header of one or two lines, data, subtotals, footers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from attrs import define, field, frozen

from dualcert.roster.columns import Columns, plain
from dualcert.roster.reading.messages import Place
from dualcert.roster.reading.pages import Cell, Page

HEADER_WITHIN = 30
"""Rows in which the header is looked for."""

LEAST = 2
"""Columns that a header has at least: one that stands alone is a word of an explanation."""

NUMBERING = frozenset({"序号", "编号", "no", "no.", "#"})
"""The column that numbers the rows says nothing."""
HANDED_BACK = "导入问题"
"""The column in which findings are handed back; a corrected copy may keep it."""

SUBTOTAL = re.compile(r"(合计|小计|总计|共计|累计|subtotal|total)")
FOOTER = re.compile(
    r"((联系人|联系电话|电话|填表人?|填报人?|填报单位|填报时间|填报日期|报送单位|报送时间|制表人?|审核人?|"
    r"负责人|单位负责人|分管领导|日期|盖章|\(盖章\)|备注|说明|附注|填表说明|note)(\(.*\))?:|注[:1-9\s]|注$|说明$)"
)
EXAMPLE = re.compile(r"(例|示例|样例|example)$")

Why = Literal["subtotal", "footer", "example"]


@frozen
class Row:
    """One row of data: its number as the spreadsheet shows it, and its cells, merged ones filled."""

    number: int
    cells: tuple[Cell, ...]


@define
class Table:
    """The table of a page.

    `columns` maps a field to its column (from 0), `headers` a column to its header as the sheet writes it.
    `title` is the text above the header; `skipped` are rows that are no data, and why.
    """

    page: Page
    first: int
    lines: int
    columns: Mapping[str, int]
    headers: Mapping[int, str]
    title: str
    rows: list[Row] = field(factory=list)
    skipped: list[tuple[int, Why]] = field(factory=list)
    repeated: tuple[str, ...] = ()

    def unread(self) -> tuple[str, ...]:
        """Return the headers of columns of no known field that say something."""
        known = set(self.columns.values())
        return tuple(
            header
            for column, header in self.headers.items()
            if column not in known
            and plain(header) not in NUMBERING
            and plain(header) != plain(HANDED_BACK)
            and any(column < len(row.cells) and row.cells[column] is not None for row in self.rows)
        )


def find_table(page: Page, columns: Columns, mapping: Mapping[str, str]) -> Table | None:
    """Return the table of *page*: the header that says most, if it says all that is needed; rows still to be read."""
    best: Table | None = None
    filled = _filled(page, range(min(HEADER_WITHIN + 1, len(page.rows))))
    for first in range(min(HEADER_WITHIN, len(page.rows))):
        for lines in (1, 2):
            found = _header(page, filled, first, lines, columns, mapping)
            if found and (best is None or _says_more(found, best)):
                best = found
    return best


def _says_more(one: Table, other: Table) -> bool:
    """Return whether *one* knows more columns, or as many in fewer lines: then the other's first line is a title."""
    return (len(one.columns), -one.lines) > (len(other.columns), -other.lines)


def _header(
    page: Page,
    filled: Mapping[int, tuple[Cell, ...]],
    first: int,
    lines: int,
    columns: Columns,
    mapping: Mapping[str, str],
) -> Table | None:
    """Return the table under a header of *lines* lines from row *first* on, or None where that is none."""
    if first + lines > len(page.rows):
        return None
    upper = filled[first]
    lower = filled[first + 1] if lines == 2 else upper
    if lines == 2 and not any(type(cell) is str for cell in lower):
        return None
    found: dict[str, int] = {}
    headers: dict[int, str] = {}
    repeated: list[str] = []
    for column, said in enumerate(_said(upper, lower, lines)):
        if not said:
            continue
        headers[column] = " ".join(" ".join(line.split()) for line in said)
        field_ = columns.field_of(said, mapping)
        if field_ in found:
            repeated += [headers[found[field_]], headers[column]]
        elif field_:
            found[field_] = column
    if not columns.needed <= found.keys() or len(found) < LEAST:
        return None
    if any(top <= first + lines - 1 < bottom and left in found.values() for top, left, bottom, _ in page.merged):
        return None  # a header's cell goes on below: the header has a line more
    title = " ".join(str(cell) for row in page.rows[:first] for cell in row if cell is not None)
    return Table(page, first, lines, found, headers, title, repeated=tuple(dict.fromkeys(repeated)))


def _said(upper: Sequence[Cell], lower: Sequence[Cell], lines: int) -> Iterator[tuple[str, ...]]:
    """Yield what stands over each column; a group's name goes on over the blank cells beside it."""
    group = ""
    for column in range(max(len(upper), len(lower))):
        above, below = _text(upper, column), _text(lower, column)
        if lines == 1:
            yield (above,) if above else ()
            continue
        group = above or (group if below else "")
        yield tuple(dict.fromkeys(each for each in ((group, below) if below else (above,)) if each))


def _text(row: Sequence[Cell], column: int) -> str:
    cell = row[column] if column < len(row) else None
    return cell.strip() if isinstance(cell, str) else ""


def _filled(page: Page, rows: range) -> dict[int, tuple[Cell, ...]]:
    """Return rows with merged ranges filled in both directions, as headers are read."""
    cells: dict[int, list[Cell]] = {row: list(page.rows[row]) for row in rows}
    for top, left, bottom, right in page.merged:
        value = _at(page, top, left)
        for row in range(top, bottom + 1):
            if row in cells:
                for column in range(left, min(right + 1, len(cells[row]))):
                    cells[row][column] = value
    return {row: tuple(each) for row, each in cells.items()}


def _at(page: Page, row: int, column: int) -> Cell:
    cells = page.rows[row] if row < len(page.rows) else ()
    return cells[column] if column < len(cells) else None


def read_rows(table: Table) -> None:
    """Read the rows of data below the header: blank ones left out, merged cells filled downwards."""
    down = _downward(table.page)
    for index in range(table.first + table.lines, len(table.page.rows)):
        cells = table.page.rows[index]
        if index in down:
            cells = _with(cells, down[index])
        said = [str(cell) for column, cell in enumerate(cells) if cell is not None and str(cell).strip()]
        why = _why(said)
        if why:
            table.skipped.append((index + 1, why))
        elif _says_something(table, cells):
            table.rows.append(Row(index + 1, cells))


def _downward(page: Page) -> dict[int, dict[int, Cell]]:
    """Return row -> column -> value of the cells below the first of a merged range."""
    down: dict[int, dict[int, Cell]] = {}
    for top, left, bottom, _ in page.merged:
        value = _at(page, top, left)
        if value is not None:
            for row in range(top + 1, min(bottom + 1, len(page.rows))):
                down.setdefault(row, {})[left] = value
    return down


def _with(cells: tuple[Cell, ...], values: Mapping[int, Cell]) -> tuple[Cell, ...]:
    changed = list(cells) + [None] * (max(values) + 1 - len(cells))
    for column, value in values.items():
        changed[column] = value
    return tuple(changed)


def _why(said: Sequence[str]) -> Why | None:
    """Return why a row is no data, by what stands in it first; None where it is, or is blank."""
    first = plain(said[0]) if said else ""
    if EXAMPLE.match(first):
        return "example"
    if SUBTOTAL.match(first):
        return "subtotal"
    return "footer" if FOOTER.match(first) else None


def _says_something(table: Table, cells: Sequence[Cell]) -> bool:
    """Return whether a row says more than its number: in a known column, or in one with a header."""
    return any(
        cell is not None and str(cell).strip() and plain(table.headers.get(column, "")) not in NUMBERING
        for column, cell in enumerate(cells)
    )


def place_of(row: Row, column: int) -> Place:
    """Return where a cell stands on its page, from 0."""
    return row.number - 1, column
