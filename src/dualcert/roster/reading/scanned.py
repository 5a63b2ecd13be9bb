"""What was found in a sheet besides the values of its cells."""

from __future__ import annotations

from typing import Literal

from attrs import define, field

from dualcert.roster.reading.messages import LineSpan, Odd, Range

Unseen = Literal["", "hidden", "very hidden"]
"""Whether a sheet is hidden: an empty text, or how."""
MAX_SPANS = 200_000
"""The most parts of hidden rows, or columns: more than there are among the rows and columns of a roster."""
MAX_SHOWN = 4_000_000
"""Cells without a value that one sheet may have; more than a sheet may have cells are not noted."""


@define
class Scanned:
    """The name of a sheet, whether it is hidden, what its cells without a value show, and its hidden rows and columns.

    `merged` is None where the library that reads the cells tells the merged ranges.
    """

    name: str
    unseen: Unseen = ""
    shown: dict[int, dict[int, Odd]] = field(factory=dict)
    hidden_rows: list[LineSpan] = field(factory=list)
    hidden_columns: list[LineSpan] = field(factory=list)
    merged: list[Range] | None = None
    count: int = 0

    def show(self, row: int, column: int, cell: Odd) -> None:
        """Note what a cell without a value shows."""
        if self.count < MAX_SHOWN and row >= 0:
            self.shown.setdefault(row, {}).setdefault(column, cell)
            self.count += 1

    def show_all(self, area: Range, cell: Odd) -> None:
        """Note what the cells of *area* without a value show."""
        top, left, bottom, right = area
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                if self.count >= MAX_SHOWN:
                    return
                self.show(row, column, cell)

    def hide_rows(self, first: int, last: int) -> None:
        """Note that the rows from *first* to *last* are hidden."""
        if self.hidden_rows and self.hidden_rows[-1][1] == first - 1:
            first, _ = self.hidden_rows.pop()
        if len(self.hidden_rows) < MAX_SPANS:
            self.hidden_rows.append((first, last))

    def hide_columns(self, first: int, last: int) -> None:
        """Note that the columns from *first* to *last* are hidden."""
        if len(self.hidden_columns) < MAX_SPANS:
            self.hidden_columns.append((first, last))
