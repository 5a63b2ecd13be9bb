"""Writes a sheet anew as a workbook, with its findings marked: for files into which no marks can be put."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from attrs import define, field

from dualcert.errors import Refused
from dualcert.roster.cells import as_day
from dualcert.roster.marking.marks import ONE_RULE, Area, Mark, Task, marked_cells
from dualcert.roster.marking.sheet import WIDTH, always, area
from dualcert.roster.outcome import Imported
from dualcert.roster.reading.pages import Cell
from dualcert.roster.reading.text import MAX_CELL
from dualcert.roster.writing import DAY, sheet_name, workbook, write

MARK = "#FFEB9C"
"""The colour of a cell with a finding."""


def write_anew(
    done: Imported, path: Path, task: Task, marks: Callable[[], Iterable[Mark]], *, replace: bool = False
) -> None:
    """Write the sheet that was imported to *path* (.xlsx), with the marks that *marks* makes each time.

    A day's number is written as the day that was understood, and a cell without a value as what it shows. Rows are
    written one by one, so that the memory needed does not grow with their number.

    Raises BadConfiguration, FileExists (without *replace*), FileUnwritable.
    """
    with workbook(path, replace=replace) as book:
        writer = _Writer(book, done, task, _Marked(marks))
        writer.sheet()
        writer.list()


@define
class _Marked:
    """The marks in order of row, made again each time, since they may be very many; and the cells that they are in."""

    made: Callable[[], Iterable[Mark]]
    comments: dict[int, dict[int, list[str]]] = field(init=False, factory=dict)
    """The messages of cells, by row and column."""
    areas: list[Area] = field(init=False)

    def __attrs_post_init__(self) -> None:
        comments, self.areas = marked_cells(self.made())
        for (row, column), messages in comments.items():
            self.comments.setdefault(row, {})[column] = messages

    def said(self) -> Iterator[tuple[int, str]]:
        """Yield each row that has findings with what is said of it."""
        for row, marks in groupby(self.made(), key=lambda mark: mark.row):
            yield row, "；".join(mark.said for mark in marks)[:MAX_CELL]


@define
class _Writer:
    book: Any
    done: Imported
    task: Task
    marked: _Marked

    def sheet(self) -> None:
        """Write the sheet with its marks, comments and the column of findings."""
        table, column = self.done.chosen.table, self.task.column
        page = self.book.add_worksheet(sheet_name(table.page.name))
        day, begin = self.book.add_format({"num_format": DAY}), table.first + table.lines
        dated = self.done.chosen.kind.columns.dated
        days = frozenset(table.columns[field_] for field_ in dated if field_ in table.columns)
        said = self.marked.said()
        following = next(said, None)
        for row, cells in enumerate(table.page.rows):
            self._row(page, row, cells, days if row >= begin else frozenset(), day)
            if row == table.first:
                page.write_string(row, column, self.task.heading, self.book.add_format({"bold": True}))
            if following is not None and following[0] == row:
                if row != table.first:
                    page.write_string(row, column, following[1])
                following = next(said, None)
        page.merge += [list(each) for each in table.page.merged]  # merge_range writes each cell of a range
        page.set_column(0, max(column - 1, 0), 14)
        page.set_column(column, column, WIDTH)
        page.freeze_panes(begin, 0)
        self._colour(page)

    def _row(self, page: Any, row: int, cells: Sequence[Cell], days: frozenset[int], day: Any) -> None:
        comments = self.marked.comments.get(row, {})
        for column, value in enumerate(cells):
            if column == self.task.column and row >= self.task.header:
                continue
            if column in days and isinstance(value, int | float):
                value = _as_day(value, self.done.chosen.table.page.epoch)  # noqa: PLW2901  it is written as that
            if value is not None:
                write(page, row, column, value, day if isinstance(value, date) else None)
        for column, messages in comments.items():
            said = f"{self.task.heading}：" + "\n".join(messages)
            page.write_comment(row, column, said[:MAX_CELL], {"x_scale": 2, "author": self.task.heading})

    def _colour(self, page: Any) -> None:
        colour = self.book.add_format({"bg_color": MARK, "border": 1})
        rule = {"type": "formula", "criteria": f"={always(self.task.heading)}", "format": colour}
        areas = self.marked.areas
        for at in range(0, len(areas), ONE_RULE):
            some = " ".join(area(*each) for each in areas[at : at + ONE_RULE])
            column, top, _ = areas[at]
            page.conditional_format(top, column, top, column, rule | {"multi_range": some})

    def list(self) -> None:
        """Write the list of all findings on a sheet of its own."""
        name = self.task.list_name
        taken = sheet_name(self.done.chosen.table.page.name) == name
        page, bold = self.book.add_worksheet(f"{name}2" if taken else name), self.book.add_format({"bold": True})
        page.write_row(0, 0, self.task.list_header, bold)
        for row, mark in enumerate(self.marked.made(), start=1):
            for column, said in enumerate((mark.row + 1, *mark.listed)):
                write(page, row, column, said[:MAX_CELL] if isinstance(said, str) else said, None)
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
