"""Handing a sheet back: as it came, what is wrong marked in its cells, told beside them and in a list."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

from attrs import frozen

from dualcert.errors import N_, BadConfiguration, Phrase, Refused, Translate
from dualcert.roster.cells import as_day
from dualcert.roster.columns import plain
from dualcert.roster.importing import Imported
from dualcert.roster.layout import HANDED_BACK, Table
from dualcert.roster.reading.messages import Place, Range
from dualcert.roster.reading.pages import Cell
from dualcert.roster.rows import Finding
from dualcert.roster.writing import DAY, sheet_name, workbook, write

LIST = "问题清单"
"""The sheet that lists what is wrong."""
MARK = "#FFEB9C"
"""The colour of a cell that something is wrong with."""


def hand_back(done: Imported, path: Path, translate: Translate = str) -> None:
    """Write the sheet that was imported to *path* (.xlsx), with what is wrong with it.

    The cells stand where they stood and say what they said, so a corrected copy can be imported as it is:
    the added column and the list are known and left alone. A day's number comes back as the day that was
    understood, a cell without a value as what it shows. A merged range with something wrong in it comes back
    unmerged and filled, so that one row of it can be mended. Raises BadConfiguration.
    """
    check_path(path, Path(done.file))
    with workbook(path) as book:
        writer = _Writer(book, done.chosen.table, done.chosen.kind.columns.dated, done.findings, translate)
        writer.sheet()
        writer.list()


def check_path(path: Path, file: Path) -> None:
    """Raise BadConfiguration where *file* cannot be handed back at *path*."""
    if path.suffix.lower() != ".xlsx" or path.absolute() == file.absolute() or path.is_dir():
        raise BadConfiguration(problem=Phrase(N_("{path}: give a new file that ends in .xlsx"), path=str(path)))
    if not path.absolute().parent.is_dir():
        raise BadConfiguration(problem=Phrase(N_("{path}: there is no such folder"), path=str(path)))


@frozen
class _Writer:
    book: Any
    table: Table
    dated: frozenset[str]
    findings: list[Finding]
    translate: Translate

    def sheet(self) -> None:
        """Write the sheet with its marks, comments and the column of findings."""
        page, width = self.book.add_worksheet(sheet_name(self.table.page.name)), self._told_in()
        told: dict[int, list[str]] = defaultdict(list)
        wrong: dict[Place, list[str]] = defaultdict(list)
        for finding in self.findings:
            message = finding.problem.render(self.translate)
            told[finding.row - 1].append(f"{finding.column}：{message}")
            column = next((c for c, header in self.table.headers.items() if header == finding.column), None)
            if column is not None:
                wrong[finding.row - 1, column].append(message)
        self._cells(page, wrong)
        for (row, column), messages in wrong.items():
            page.write_comment(row, column, "\n".join(messages), {"x_scale": 2})
        page.write_string(self.table.first, width, HANDED_BACK, self.book.add_format({"bold": True}))
        for row, messages in told.items():
            page.write_string(row, width, "；".join(messages))
        page.set_column(0, self._width(), 14)
        page.set_column(width, width, 60)
        page.freeze_panes(self.table.first + self.table.lines, 0)

    def _width(self) -> int:
        return max((len(row) for row in self.table.page.rows), default=0)

    def _told_in(self) -> int:
        """Return the column in which findings are told: that of an earlier hand-back, or a new one."""
        known = (column for column, header in self.table.headers.items() if plain(header) == plain(HANDED_BACK))
        return next(known, self._width())

    def _cells(self, page: Any, wrong: dict[Place, list[str]]) -> None:
        formats = {
            (marked, day): self.book.add_format(
                ({"bg_color": MARK, "border": 1} if marked else {}) | ({"num_format": DAY} if day else {})
            )
            for marked in (True, False)
            for day in (True, False)
        }
        filled, told_in, below = self._merge(page, wrong), self._told_in(), self.table.first + self.table.lines
        days = {self.table.columns[field_] for field_ in self.dated if field_ in self.table.columns}
        for row, cells in enumerate(self.table.page.rows):
            for column, cell in enumerate(cells):
                value = filled.get((row, column), cell)
                if row >= below and column == told_in:
                    value = None
                elif row >= below and column in days and isinstance(value, int | float):
                    value = _as_day(value, self.table.page.epoch)
                marked = (row, column) in wrong
                if value is not None or marked:
                    write(page, row, column, value, formats[marked, isinstance(value, date)])

    def _merge(self, page: Any, wrong: dict[Place, list[str]]) -> dict[Place, Any]:
        """Merge what was merged, but for ranges with something wrong in them: their cells are filled instead."""
        filled: dict[Place, Any] = {}
        taken: set[Place] = set()
        for top, left, bottom, right in self.table.page.merged:
            places = _places((top, left, bottom, right), len(self.table.page.rows))
            value = next((c for c in self.table.page.rows[top][left : left + 1]), None) if places else None
            if any(place in wrong for place in places):
                filled |= dict.fromkeys([place for place in places if place[1] == left], value)
            elif len(places) > 1 and taken.isdisjoint(places):
                taken.update(places)
                page.merge_range(top, left, places[-1][0], right, "")
        return filled

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
                page.write_string(row, column, text)
        page.set_column(1, 3, 18)
        page.set_column(4, 4, 80)


def _as_day(number: float, epoch: int) -> Cell:
    """Return a number as the day that was understood, or as text where it was none, so that it becomes none."""
    if isinstance(number, bool):
        return number
    try:
        return as_day(number, epoch)[0]
    except Refused:
        return str(int(number)) if number == int(number) else str(number)


def _places(merged: Range, rows: int) -> list[Place]:
    top, left, bottom, right = merged
    return [(row, column) for row in range(top, min(bottom + 1, rows)) for column in range(left, right + 1)]
