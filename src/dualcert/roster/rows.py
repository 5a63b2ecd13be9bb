"""Reads the cells of a row as values by field, and collects findings and remarks by row and column."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeVar

from attrs import define, field, frozen

from dualcert.divisions import Division
from dualcert.errors import (
    N_,
    DualcertError,
    MissingCell,
    Phrase,
    Refused,
    Remark,
    SeveralUnits,
    UnitContradicted,
)
from dualcert.roster import cells
from dualcert.roster.columns import Columns
from dualcert.roster.layout import SheetRow, SheetTable, column_name
from dualcert.roster.reading.pages import Cell
from dualcert.roster.units import CITYS_OWN, Units
from dualcert.units import plain
from dualcert.values.text import NAME_LIMIT, NOTE_LIMIT

W = TypeVar("W")

_SEPARATED = re.compile("[、,，;；]")
"""Separates several names in one cell."""


@frozen
class CellProblem:
    """A finding or a remark at a row and a column.

    `column` is the header as the sheet writes it. `cell` is the name of the cell in spreadsheet programs (E5), or None
    where the sheet lacks the column.
    """

    row: int
    column: str
    cell: str | None
    problem: DualcertError


@define
class Reader:
    """Reads the cells of one table, and collects what is wrong (`findings`) and what is odd (`remarks`)."""

    table: SheetTable
    columns: Columns
    units: Units
    findings: list[CellProblem] = field(factory=list)
    remarks: list[CellProblem] = field(factory=list)
    unsound: set[int] = field(factory=set)
    """The numbers of rows with a finding."""
    _remarked: set[tuple[int, str, str]] = field(init=False, factory=set)
    _found: dict[tuple[int, str], tuple[Refused, ...]] = field(init=False, factory=dict)

    def find(self, row: SheetRow, field_: str, problem: Refused) -> None:
        """Add a finding at *row* and the column of *field_*, once even if the cell is read twice."""
        problem.__traceback__ = problem.__context__ = None  # they would keep all that was at hand when it was raised
        finding, found = self._at(row, field_, problem), self._found.get((row.number, field_), ())
        self.unsound.add(row.number)
        if str(problem) not in map(str, found):
            self.findings.append(finding)
            self._found[row.number, field_] = (*found, problem)

    def remark(self, row: SheetRow, field_: str, remark: Remark) -> None:
        """Add a remark, which does not refuse the row, once even if the cell is read twice."""
        key = row.number, field_, str(remark)
        if key not in self._remarked:
            self._remarked.add(key)
            self.remarks.append(self._at(row, field_, remark))

    def _at(self, row: SheetRow, field_: str, problem: DualcertError) -> CellProblem:
        header, column = self.header(field_), self.table.columns.get(field_)
        if hasattr(problem, "field"):  # clerks know the header, not our word for it
            problem.field = header
        return CellProblem(row.number, header, None if column is None else cell_name(row.number, column), problem)

    def header(self, field_: str) -> str:
        """Return the header of a field as the sheet writes it, or as templates do."""
        column = self.table.columns.get(field_)
        return self.columns.header_of(field_) if column is None else self.table.headers[column]

    def has(self, field_: str) -> bool:
        """Return whether the sheet has a column of that field."""
        return field_ in self.table.columns

    def cell(self, row: SheetRow, field_: str) -> Cell:
        """Return the content of a cell; None if it is empty, or says "none" (/, 无) in a column that may be empty."""
        column = self.table.columns.get(field_)
        found = None if column is None or column >= len(row.cells) else row.cells[column]
        return None if field_ in self.columns.optional and cells.states_none(found) else found

    def missing(self, row: SheetRow, field_: str) -> None:
        """Add a finding that a needed cell is empty, unless the cell has a finding already."""
        if (row.number, field_) not in self._found:
            hint = "" if self.has(field_) else Phrase(N_("; where another column has it, name that one with --columns"))
            self.find(row, field_, MissingCell(needed=self.header(field_), hint=hint))

    def _noted(self, row: SheetRow, field_: str, read: Callable[[], W | None]) -> W | None:
        """Return the result of *read*, or None with a finding where it is refused."""
        try:
            return read()
        except Refused as problem:
            self.find(row, field_, problem)
            return None

    def text(self, row: SheetRow, field_: str) -> str | None:
        """Return the text of a cell; None where it is empty or has a finding."""
        cell = self.cell(row, field_)
        return None if cell is None else self._noted(row, field_, lambda: cells.as_text(cell, NAME_LIMIT))

    def note(self, row: SheetRow, field_: str) -> str | None:
        """Return the text of a cell for longer texts, on one line."""
        cell = self.cell(row, field_)
        return None if cell is None else self._noted(row, field_, lambda: cells.as_note(cell, NOTE_LIMIT))

    def day(self, row: SheetRow, field_: str) -> date | None:
        """Return the day in a cell; a day's number gets a remark."""
        return self.as_day(row, field_, self.cell(row, field_))

    def as_day(self, row: SheetRow, field_: str, cell: Cell) -> date | None:
        """Return the day in *cell*, which is of the column of *field_*."""
        if cell is None:
            return None
        found = self._noted(row, field_, lambda: cells.as_day(cell, self.table.page.epoch))
        if found and found[1]:
            self.remark(row, field_, found[1])
        return found[0] if found else None

    def word(self, row: SheetRow, field_: str, words: Mapping[str, W], expected: str) -> W | None:
        """Return the value of the word in a cell; *words* maps plain words to values."""
        text = self.text(row, field_)
        return None if text is None else self._noted(row, field_, lambda: cells.as_word(text, words, expected))

    def flag(self, row: SheetRow, field_: str) -> bool | None:
        """Return the value of 是, 否, √ or × in a cell."""
        return self.word(row, field_, cells.YES_NO, N_("是 or 否"))

    def batch(self, row: SheetRow, field_: str) -> int | None:
        """Return the number of the batch in a cell."""
        text = self.text(row, field_)
        return None if text is None else self._noted(row, field_, lambda: cells.as_batch(text))

    def unit(
        self, row: SheetRow, city: str = "city", county: str = "county", code: str = "division"
    ) -> Division | None:
        """Return the unit of a row: its county, or its city where it names no county; None without a unit, or with a finding."""
        before = len(self.findings)
        coded = self._division(row, code, self.units.coded)
        home = self._division(row, city, self.units.city)
        named = self._county(row, county, home) if len(self.findings) == before else None
        if coded and named and coded != named and not self._within(row, county, coded, named):
            self.find(row, code, UnitContradicted(unit=coded.code, found=coded.name, stated=named.name))
        return coded or named or (self.units.home if self.sound(row) else None)

    def _within(self, row: SheetRow, county: str, coded: Division, home: Division) -> bool:
        """Return whether a row names a city and no county, and its code is that of a unit of the city."""
        return self.cell(row, county) is None and self.units.divisions.contains(home.code, coded.code)

    def _division(self, row: SheetRow, field_: str, look_up: Callable[[str], Division]) -> Division | None:
        text = self.text(row, field_)
        if text is not None and len(_SEPARATED.split(text)) > 1:
            self.find(row, field_, SeveralUnits(name=text))
            return None
        return None if text is None else self._noted(row, field_, lambda: look_up(text))

    def _county(self, row: SheetRow, field_: str, home: Division | None) -> Division | None:
        text = self.text(row, field_)
        if text is None or plain(text) in CITYS_OWN:
            return home
        if home and home.level == "province":
            home = None
        if len(_SEPARATED.split(text)) > 1:
            self.find(row, field_, SeveralUnits(name=text))
            return None
        within = home
        return self._noted(row, field_, lambda: self.units.county(text, within))

    def names_county(self, row: SheetRow, field_: str = "county") -> bool:
        """Return whether a row names a county, and not the city's own level in its place."""
        text = self.text(row, field_)
        return text is not None and plain(text) not in CITYS_OWN

    def sound(self, row: SheetRow) -> bool:
        """Return whether a row has no finding so far."""
        return row.number not in self.unsound


def cell_name(row: int, column: int) -> str:
    """Return the name of a cell in spreadsheet programs; rows count from 1, columns from 0."""
    return f"{column_name(column)}{row}"
