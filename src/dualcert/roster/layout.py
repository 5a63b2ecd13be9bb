"""Finds the table on a page: title rows, a header of one or two lines, data, subtotals, footers."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import takewhile
from typing import Literal

from attrs import define, field, frozen

from dualcert.errors import N_, ColumnRepeated, Phrase
from dualcert.roster.columns import IGNORED, Columns, line_of, spelled
from dualcert.roster.reading.messages import Range
from dualcert.roster.reading.pages import Cell, Page
from dualcert.units import plain
from dualcert.values.text import visible

HEADER_WITHIN = 30
"""Rows in which the header is looked for."""

TITLE = 200
"""Characters of one cell above the header that count as a title."""
LEAST = 2
"""The least number of columns of a header; a single known word is part of an explanation."""

NUMBERING = frozenset({"序号", "编号", "no", "no.", "#"})
"""Headers of the column that only numbers the rows."""
HANDED_BACK = "导入问题"
"""Header of the column in which findings are handed back; a corrected copy may keep it."""

SUBTOTAL = re.compile(r"(合计|小计|总计|共计|累计|subtotal|total)")
"""How a row of sums begins."""
SUM = re.compile(r"(合计|小计|总计|共计|累计).*|.*(合计|小计|总计|共计|累计):?|(sub|grand)?total:?")
"""Matches a word of totals in a cell that usually names a unit or a lab."""
PART = re.compile("小计|累计|subtotal")
"""Words of totals of a part of the rows."""
SUMMED = ("division", "city", "county", "name")

FOOTER = re.compile(
    r"[*※]?(联系人|联系电话|联系方式|电话|填表人?|填表单位|填表日期|填报人?|填报单位|填报时间|填报日期|报送单位|报送时间|报送日期|"
    r"制表人?|制表单位|制表日期|制表时间|经办人?|审核人?|复核人?|审签人?|签发人?|负责人|单位负责人|分管领导|主要领导|主管领导|单位|"
    r"日期|盖章|\(盖章\)|备注|说明|附注|填表说明|note)\d*(\(.*\))?:.*"
    r"|[*※]?注([:1-9\s].*)?|说明|.{0,12}(签字|签名|签章|盖章)\)?:?"
)
"""How a footer begins: it names who made the sheet, or explains how to read it."""
LONE = re.compile(
    r"(\(?(?:本表)?(?:数据|统计)?(?:截[至止]|(?:数据|统计)(?:日期|时间)).*|\d{1,2}[.、,)].*\D.*|\(\d{1,2}\).+|\d{4}年\d{1,2}月(\d{1,2}日)?|\d{4}([./-])\d{1,2}\3\d{1,2})"
)
"""A footer if it is alone in its row: a numbered note, a date."""
SECTION = re.compile(r"\(?[一二三四五六七八九十]{1,3}(\)|[、.,:)]).*")
"""The heading of a section if it is alone in its row."""
_WHOLE_COLUMN = re.compile(r"([a-z]{1,3}):?\1")
"""The name of a column without a header, as headers are compared."""
EXAMPLE = re.compile(r"(例|示例|样例|example)$")

Why = Literal["total", "subtotal", "footer", "example", "section", "repeated header"]


@frozen
class SheetRow:
    """One row of data: its number as the spreadsheet shows it, and its cells, merged ones filled."""

    number: int
    cells: tuple[Cell, ...]


@define
class SheetTable:
    """The table of a page.

    `columns` maps a field to its column (from 0), `headers` a column to its header as the sheet writes it.
    `skipped` are the rows that are not data, each with the reason. `repeated` maps a field that several columns mean to them. `ignored` are
    the columns that a mapping leaves unread, `partly` the fields of which some cells are not read. `joined` counts the headers that only both their lines together give.
    """

    page: Page
    first: int
    lines: int
    columns: Mapping[str, int]
    headers: Mapping[int, str]
    rows: list[SheetRow] = field(factory=list)
    skipped: list[tuple[int, Why]] = field(factory=list)
    repeated: Mapping[str, Sequence[int]] = field(factory=dict)
    ignored: frozenset[int] = frozenset()
    partly: frozenset[str] = frozenset()
    joined: int = 0

    @cached_property
    def title(self) -> str:
        """The text above the header."""
        above = self.page.rows[: self.first]
        return " ".join(str(cell)[:TITLE] for row in above for cell in row if cell is not None)

    @cached_property
    def numbering(self) -> frozenset[int]:
        """The columns that only number the rows."""
        return frozenset(column for column, header in self.headers.items() if plain(header) in NUMBERING)

    @cached_property
    def header_lines(self) -> tuple[frozenset[tuple[int, str]], ...]:
        """The cells of each line of the header, by column, as headers are compared."""
        lines = self.page.rows[self.first : self.first + self.lines]
        return tuple(frozenset((column, plain(line[column])) for column in _not_blank(line)) for line in lines)

    def hidden_rows(self) -> tuple[int, ...]:
        """Return the numbers of the rows of data that are hidden."""
        spans = iter(self.page.hidden_rows)
        span, hidden = next(spans, None), []
        for row in self.rows:
            while span is not None and span[1] < row.number - 1:
                span = next(spans, None)
            if span is not None and span[0] <= row.number - 1:
                hidden.append(row.number)
        return tuple(hidden)

    def hidden_columns(self) -> tuple[str, ...]:
        """Return the headers of the columns that are hidden and read."""
        read = sorted({*self.columns.values()} - self.ignored)
        return tuple(
            self.headers[column]
            for column in read
            if any(first <= column <= last for first, last in self.page.hidden_columns)
        )

    def unread(self) -> tuple[str, ...]:
        """Return the headers of columns that have data and no known field."""
        read = {column for field_, column in self.columns.items() if field_ not in self.partly}
        known = {*read, *self.ignored, *self.numbering}
        known |= {column for column, header in self.headers.items() if plain(header) == plain(HANDED_BACK)}
        width = max((len(row.cells) for row in self.rows), default=0)
        left = [column for column in range(width) if column not in known]
        return tuple(
            self.called(each) for each in left if any(_not_blank(row.cells[each : each + 1]) for row in self.rows)
        )

    def called(self, column: int) -> str:
        """Return the header of a column; one without a header is called H:H."""
        return self.headers.get(column) or whole_column(column)


def find_table(page: Page, columns: Columns, mapping: Mapping[str, str]) -> SheetTable | None:
    """Return the table of *page* under its best header, its rows not read yet; None without a header of the kind."""
    return _best(_headers(page, columns, mapping), columns.loose)


def nearest_table(page: Page, columns: Columns, mapping: Mapping[str, str]) -> SheetTable | None:
    """Return the table under the header with most known columns, although it lacks needed ones; None where none is known."""
    found = (each for each in _headers(page, columns, mapping, whole=False) if each.columns)
    return _best(found, columns.loose)


def _best(tables: Iterable[SheetTable], loose: Container[str]) -> SheetTable | None:
    best: SheetTable | None = None
    for found in tables:
        if best is None or _is_better(found, best, loose):
            best = found
    return best


def tables_above(table: SheetTable, columns: Columns, mapping: Mapping[str, str]) -> Iterator[int]:
    """Yield the last row, from 1, of each header above *table* that has data of its own below it."""
    for other in _headers(table.page, columns, mapping):
        rows = [
            _at(table.page, row, other.columns[field_])
            for row in range(other.first + other.lines, table.first)
            for field_ in columns.needed
        ]
        if _not_blank(rows):
            yield other.first + other.lines


def _headers(page: Page, columns: Columns, mapping: Mapping[str, str], *, whole: bool = True) -> Iterator[SheetTable]:
    """Yield the table under each possible header; only those with all needed columns, if it must be *whole*."""
    filled = _filled(page)
    for first in range(min(HEADER_WITHIN, len(page.rows))):
        for lines in (1, 2):
            found = _header(page, filled, first, lines, columns, mapping)
            if found and (not whole or _is_whole(found, columns)):
                yield found


def _is_whole(table: SheetTable, columns: Columns) -> bool:
    """Return whether a table has the needed columns, and its header no further line."""
    if len(table.columns) < LEAST or columns.lacking(table.columns, f"{table.title} {table.page.name}"):
        return False
    last = table.first + table.lines - 1
    return not any(
        top <= last < bottom and left in table.columns.values() for top, left, bottom, _ in _near(table.page)
    )


def _is_better(one: SheetTable, other: SheetTable, loose: Container[str]) -> bool:
    """Return whether *one* has more known columns, or as many under a header that is whole, or in fewer lines.

    A column whose header fits many sheets, such as 证书编号 without its scheme, counts half. Of two headers with as many
    columns in fewer lines, the other begins with a title.
    """
    return _goodness(one, loose) > _goodness(other, loose)


def _goodness(table: SheetTable, loose: Container[str]) -> tuple[int, bool, int, int]:
    cut = any(
        top < table.first <= bottom and left in table.columns.values() for top, left, bottom, _ in _near(table.page)
    )
    return sum(1 if each in loose else 2 for each in table.columns), not cut, table.joined, -table.lines


def _header(
    page: Page,
    filled: Sequence[tuple[Cell, ...]],
    first: int,
    lines: int,
    columns: Columns,
    mapping: Mapping[str, str],
) -> SheetTable | None:
    """Return the table under a header of *lines* lines from row *first* on, or None where there is no header."""
    if first + lines > len(page.rows):
        return None
    upper = filled[first]
    lower = filled[first + 1] if lines == 2 else upper
    if lines == 2 and not any(type(cell) is str for cell in lower):
        return None
    found: dict[str, int] = {}
    headers: dict[int, str] = {}
    repeated: dict[str, list[int]] = {}
    ignored: set[int] = set()
    joined = 0
    for column, texts in _stacked_and_mapped(upper, lower, lines, mapping):
        if not texts:
            continue
        headers[column] = " ".join(" ".join(visible(line).split()) for line in texts)
        field_ = columns.field_of(texts, mapping)
        if field_ == IGNORED:
            ignored.add(column)
        elif field_ in found:
            if field_ not in columns.spare:
                repeated.setdefault(field_, [found[field_]]).append(column)
        elif field_:
            found[field_] = column
            joined += len(texts) > 1 and columns.field_of(texts[1:], mapping) != field_
    return SheetTable(
        page, first, lines, found, headers,
        repeated=repeated, ignored=frozenset(ignored), joined=joined,
    )  # fmt: skip


def _stacked_and_mapped(
    upper: Sequence[Cell], lower: Sequence[Cell], lines: int, mapping: Mapping[str, str]
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield each column with its header; one without a header that the mapping names is called H:H."""
    stacked = dict(enumerate(_stacked_headers(upper, lower, lines)))
    for found in filter(None, map(_WHOLE_COLUMN.fullmatch, mapping)):
        column = column_of(found[1].upper())
        stacked[column] = stacked.get(column) or (whole_column(column),)
    return iter(sorted(stacked.items()))


def _stacked_headers(upper: Sequence[Cell], lower: Sequence[Cell], lines: int) -> Iterator[tuple[str, ...]]:
    """Yield the header of each column as its lines; a group's name also covers the blank cells to its right."""
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


def _near(page: Page) -> Iterator[Range]:
    """Return the merged ranges that begin in the rows of a header; the ranges are in order of row."""
    return takewhile(lambda merged: merged[0] <= HEADER_WITHIN, page.merged)


def _filled(page: Page) -> list[tuple[Cell, ...]]:
    """Return the rows that may hold a header, with merged ranges filled in both directions."""
    cells = [list(row) for row in page.rows[: HEADER_WITHIN + 1]]
    for top, left, bottom, right in _near(page):
        value = _at(page, top, left)
        for row in cells[top : bottom + 1]:
            row.extend([None] * (right + 1 - len(row)))
            row[left : right + 1] = [value] * (right + 1 - left)
    return [tuple(each) for each in cells]


def _at(page: Page, row: int, column: int) -> Cell:
    cells = page.rows[row] if row < len(page.rows) else ()
    return cells[column] if column < len(cells) else None


def read_rows(table: SheetTable) -> None:
    """Read the rows of data below the header into *table*; blank rows are left out, merged cells filled downwards."""
    begin = table.first + table.lines
    for index, (own, down) in enumerate(zip(table.page.rows, downwards(table.page), strict=True)):
        if index < begin:
            continue
        cells = _with(own, down) if down else own
        filled = _not_blank(cells)
        if not filled:
            continue
        why = _why(table, own, [cells[column] for column in filled])
        if why:
            table.skipped.append((index + 1, why))
        elif not table.numbering.issuperset(filled):
            table.rows.append(SheetRow(index + 1, cells))


def downwards(page: Page, only: Container[Range] | None = None) -> Iterator[dict[int, Cell]]:
    """Yield, row by row, column -> value of the cells below the first of a merged range, of *only* these or of all."""
    ranges = iter(page.merged)
    following = next(ranges, None)
    going: dict[int, tuple[int, Cell]] = {}
    for row in range(len(page.rows)):
        if going:
            going = {left: each for left, each in going.items() if each[0] >= row}
        yield {left: value for left, (_, value) in going.items()}
        while following is not None and following[0] == row:
            _, left, bottom, _ = following
            value = _at(page, row, left)
            if value is not None and (only is None or following in only):
                going[left] = bottom, value
            following = next(ranges, None)


def _with(cells: tuple[Cell, ...], values: Mapping[int, Cell]) -> tuple[Cell, ...]:
    changed = list(cells) + [None] * (max(values) + 1 - len(cells))
    for column, value in values.items():
        changed[column] = value
    return tuple(changed)


def _why(table: SheetTable, own: Sequence[Cell], filled: Sequence[Cell]) -> Why | None:
    """Return why a row is not data, or None; *filled* are its cells that are not blank, *own* those that are not merged."""
    first, alone = plain(filled[0]), len(filled) == 1
    if EXAMPLE.match(first):
        return "example"
    summed = [word for word in (first, *map(plain, _summed(table, own))) if SUM.fullmatch(word) or SUBTOTAL.match(word)]
    if summed:
        return "subtotal" if all(PART.search(word) for word in summed) else "total"
    if FOOTER.fullmatch(first) or (alone and LONE.fullmatch(first)):
        return "footer"
    if alone and SECTION.fullmatch(first):
        return "section"
    return "repeated header" if _repeats_header(table, own) else None


def _summed(table: SheetTable, own: Sequence[Cell]) -> Iterator[Cell]:
    """Yield the cells of a row that usually name a unit or a lab, or hold the number of the row."""
    for column in (*(table.columns[each] for each in SUMMED if each in table.columns), *table.numbering):
        if column < len(own) and isinstance(own[column], str):
            yield own[column]


def _repeats_header(table: SheetTable, own: Sequence[Cell]) -> bool:
    """Return whether every filled cell of a row repeats the header above it."""
    filled = _not_blank(own)
    return len(filled) >= LEAST and any(
        all((column, plain(own[column])) in line for column in filled) for line in table.header_lines
    )


def _not_blank(cells: Sequence[Cell]) -> list[int]:
    """Return which of *cells* are not blank."""
    return [
        number
        for number, cell in enumerate(cells)
        if cell is not None and not (isinstance(cell, str) and (not cell or cell.isspace()))
    ]


def column_name(column: int) -> str:
    """Return the letters of a column in spreadsheet programs; columns count from 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_of(letters: str) -> int:
    """Return the column of its letters, from 0."""
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column - 1


def whole_column(column: int) -> str:
    """Return what spreadsheet programs call a whole column: H:H."""
    return f"{column_name(column)}:{column_name(column)}"


def check_repeated(file: str, table: SheetTable, columns: Sequence[int]) -> None:
    """Raise ColumnRepeated for *columns*, which mean the same, with the lines of a mapping where their headers differ."""
    headers = [table.headers[column] for column in columns]
    _, *others = {spelled(header): header for header in reversed(headers)}.values()
    problem = (
        Phrase(
            N_("leave the others unread, with lines in the file of --columns such as {line}"),
            line=line_of(others[0], ""),
        )
        if others
        else Phrase(N_("give them different headers in the sheet"))
    )
    lines = tuple(line_of(header, "") for header in others)
    named = headers if others else [f"{whole_column(column)} {table.headers[column]}" for column in columns]
    raise ColumnRepeated(file=file, columns=tuple(dict.fromkeys(named)), problem=problem, lines=lines)
