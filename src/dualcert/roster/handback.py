"""Handing a sheet back as it came, with its findings marked in the cells, in a column beside them and in a list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from attrs import define, field

from dualcert.errors import N_, BadConfiguration, Phrase, Refused, Translate
from dualcert.files import check_free, same_file
from dualcert.roster.cells import as_day
from dualcert.roster.layout import HANDED_BACK, SheetTable, downwards
from dualcert.roster.outcome import Imported
from dualcert.roster.reading.messages import Range
from dualcert.roster.reading.pages import Cell
from dualcert.roster.reading.text import MAX_CELL
from dualcert.roster.rows import CellProblem
from dualcert.roster.writing import DAY, sheet_name, workbook, write
from dualcert.units import plain

LIST = "问题清单"
"""The sheet that lists the findings."""
MARK = "#FFEB9C"
"""The colour of a cell with a finding."""
COMMENTED = 2_000
"""The number of cells that carry a comment; spreadsheet programs cannot open a file with very many of them."""


def hand_back(done: Imported, path: Path, translate: Translate = str, *, replace: bool = False) -> None:
    """Write the sheet that was imported to *path* (.xlsx), with its findings.

    Every cell keeps its place and its content, so a corrected copy can be imported as it is: the added column and the
    list are recognised and not read. A day's number is written as the day that was understood, and a cell without a
    value as what it shows. A merged range with a finding in it is written unmerged and filled, so that one of its rows
    can be mended. Only the first cells with findings carry a comment; the others are coloured, and their findings are
    in the column and the list. Rows are written one by one, so that the memory needed does not grow with their number.

    Raises BadConfiguration, FileExists (without *replace*), FileUnwritable.
    """
    check_path(path, Path(done.file), replace=replace)
    with workbook(path, replace=replace) as book:
        writer = _Writer(book, done.chosen.table, done.chosen.kind.columns.dated, done.findings, translate)
        writer.sheet()
        writer.list()


def check_path(path: Path, file: Path, *, replace: bool = False) -> None:
    """Raise where *file* cannot be handed back at *path*: BadConfiguration, or FileExists without *replace*."""
    if path.suffix.lower() != ".xlsx" or path.is_dir():
        raise BadConfiguration(problem=Phrase(N_("{path}: give a new file that ends in .xlsx"), path=str(path)))
    if same_file(path, file):
        raise BadConfiguration(
            problem=Phrase(N_("{path}: it is the sheet that is read; give a new file"), path=str(path))
        )
    if not path.absolute().parent.is_dir():
        raise BadConfiguration(problem=Phrase(N_("{path}: there is no such folder"), path=str(path)))
    check_free(path, replace=replace)


@define
class _Writer:
    book: Any
    table: SheetTable
    dated: frozenset[str]
    findings: list[CellProblem]
    translate: Translate
    commented: int = 0

    @cached_property
    def _width(self) -> int:
        return max((len(row) for row in self.table.page.rows), default=0)

    @cached_property
    def _problem_column(self) -> int:
        """The column in which findings are written: that of an earlier hand-back, or a new one."""
        known = (column for column, header in self.table.headers.items() if plain(header) == plain(HANDED_BACK))
        return next(known, self._width)

    @cached_property
    def _column_of(self) -> dict[str, int]:
        """Header -> its first column."""
        return {header: column for column, header in sorted(self.table.headers.items(), reverse=True)}

    @cached_property
    def _formats(self) -> dict[tuple[bool, bool], Any]:
        """Whether a cell is marked, and holds a day -> its format."""
        return {
            (marked, day): self.book.add_format(
                ({"bg_color": MARK, "border": 1} if marked else {}) | ({"num_format": DAY} if day else {})
            )
            for marked in (True, False)
            for day in (True, False)
        }

    def sheet(self) -> None:
        """Write the sheet with its marks, comments and the column of findings."""
        page, merged = self.book.add_worksheet(sheet_name(self.table.page.name)), self.table.page.merged
        wrong = _Wrong.of(self.findings, self._column_of)
        broken = wrong.broken(merged, self._width)
        rows = zip(self.table.page.rows, downwards(self.table.page, broken), strict=True)
        for row, (cells, filled) in enumerate(rows):
            self._row(page, row, cells, filled, wrong.by_row.get(row, {}))
            if row == self.table.first:
                page.write_string(row, self._problem_column, HANDED_BACK, self.book.add_format({"bold": True}))
            elif row in wrong.all_of_row:
                messages = (f"{each.column}：{each.problem.render(self.translate)}" for each in wrong.all_of_row[row])
                page.write_string(row, self._problem_column, "；".join(messages)[:MAX_CELL])
        page.merge += [list(each) for each in merged if each not in broken]  # merge_range writes each cell of a range
        page.set_column(0, self._width, 14)
        page.set_column(self._problem_column, self._problem_column, 60)
        page.freeze_panes(self.table.first + self.table.lines, 0)

    def _row(
        self,
        page: Any,
        row: int,
        cells: Sequence[Cell],
        filled: Mapping[int, Cell],
        wrong: Mapping[int, Sequence[CellProblem]],
    ) -> None:
        data = row >= self.table.first + self.table.lines
        for column in range(max(len(cells), max((*filled, *wrong), default=-1) + 1)):
            value = filled[column] if column in filled else cells[column] if column < len(cells) else None
            if data and column == self._problem_column:
                continue
            if data and column in self._days and isinstance(value, int | float):
                value = _as_day(value, self.table.page.epoch)
            if value is not None or column in wrong:
                write(page, row, column, value, self._formats[column in wrong, isinstance(value, date)])
            if column in wrong and self.commented < COMMENTED:
                comment = "\n".join(each.problem.render(self.translate) for each in wrong[column])
                page.write_comment(row, column, comment[:MAX_CELL], {"x_scale": 2})
                self.commented += 1

    @cached_property
    def _days(self) -> frozenset[int]:
        return frozenset(self.table.columns[field_] for field_ in self.dated if field_ in self.table.columns)

    def _list_name(self) -> str:
        return LIST if sheet_name(self.table.page.name) != LIST else f"{LIST}2"

    def list(self) -> None:
        """Write the list of all findings on a sheet of its own."""
        page, bold = self.book.add_worksheet(self._list_name()), self.book.add_format({"bold": True})
        for column, header in enumerate((N_("row"), N_("column"), N_("cell"), N_("code"), N_("message"))):
            page.write_string(0, column, self.translate(header), bold)
        for row, each in enumerate(self.findings, start=1):
            page.write_number(row, 0, each.row)
            message = each.problem.render(self.translate)
            for column, text in enumerate((each.column, each.cell or "", each.problem.code, message), start=1):
                page.write_string(row, column, text[:MAX_CELL])
        page.set_column(1, 3, 18)
        page.set_column(4, 4, 80)


def _as_day(number: float, epoch: int) -> Cell:
    """Return a number as the day that was understood, or as text where it is no day, so that it does not become one."""
    if isinstance(number, bool):
        return number
    try:
        return as_day(number, epoch)[0]
    except Refused:
        return str(int(number)) if number == int(number) else str(number)


@define
class _Wrong:
    """The findings by row, from 0: all of a row, and those of each of its cells."""

    all_of_row: dict[int, list[CellProblem]] = field(factory=dict)
    by_row: dict[int, dict[int, list[CellProblem]]] = field(factory=dict)

    @classmethod
    def of(cls, findings: Iterable[CellProblem], columns: Mapping[str, int]) -> Self:
        """Return *findings* by their places; *columns* maps a header to its column."""
        wrong = cls()
        for finding in findings:
            row, column = finding.row - 1, columns.get(finding.column)
            wrong.all_of_row.setdefault(row, []).append(finding)
            if column is not None:
                wrong.by_row.setdefault(row, {}).setdefault(column, []).append(finding)
        return wrong

    def broken(self, merged: Iterable[Range], width: int) -> set[Range]:
        """Return those of the *merged* ranges that have a finding; the ranges are in order of row and do not overlap."""
        broken: set[Range] = set()
        over: list[Range | None] = [None] * width
        ranges = iter(merged)
        following = next(ranges, None)
        for row in sorted(self.by_row):
            while following is not None and following[0] <= row:
                _, left, _, right = following
                over[left : right + 1] = [following] * (right + 1 - left)
                following = next(ranges, None)
            found = (over[column] for column in self.by_row[row] if column < width)
            broken.update(each for each in found if each is not None and each[2] >= row)
        return broken
