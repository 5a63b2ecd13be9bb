"""The marks to put into a workbook: where, and the words; sent to the process as lines of JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import IO

import msgspec
from attrs import define, field

from dualcert.roster.reading.messages import Place

Area = tuple[int, int, int]
"""A column, and the first and last of some rows."""
COMMENTED = 2_000
"""The number of cells that carry a comment; spreadsheet programs cannot open a file with very many of them."""
COLOURED = 20_000
"""The number of areas that are coloured, an area being cells of a column below each other."""
ONE_RULE = 500
"""The number of areas of one rule."""


class Task(msgspec.Struct, kw_only=True):
    """The sheet to mark; rows and columns count from 0.

    `header` is the row of the table's header, `header_column` a column of it, `column` the column of the findings, and
    `known` whether it is that of an earlier hand-back. `heading` is its header, by which all marks are known again;
    `lists` are the names of sheets that list the findings of an earlier hand-back. `list_name` and `list_header` are
    the name and the header of such a list.
    """

    sheet: str
    header: int
    header_column: int
    column: int
    known: bool
    heading: str
    list_name: str
    list_header: list[str]
    lists: list[str]


class Mark(msgspec.Struct, array_like=True):
    """One finding: its row, the cell to mark if there is one, and the words: of the row, of the cell, of the list."""

    row: int
    place: Place | None
    said: str
    message: str
    listed: list[str]


@define
class Marks:
    """The task and its marks in order of row, read again from *stream* each time, since they may be very many."""

    task: Task
    stream: IO[bytes]
    begin: int
    areas: list[Area] = field(factory=list)
    comments: dict[Place, list[str]] = field(factory=dict)

    @classmethod
    def read(cls, stream: IO[bytes]) -> Marks:
        """Return the marks whose task and lines follow in *stream*."""
        task = msgspec.json.decode(stream.readline(), type=Task)
        marks = cls(task, stream, stream.tell())
        marks.comments, marks.areas = marked_cells(marks)
        return marks

    def __iter__(self) -> Iterator[Mark]:
        self.stream.seek(self.begin)
        decode = msgspec.json.Decoder(Mark).decode
        for line in self.stream:
            yield decode(line)

    def by_row(self) -> Iterator[tuple[int, str]]:
        """Yield each row that has a finding, with the words about it."""
        for row, marks in groupby(self, key=lambda mark: mark.row):
            yield row, "；".join(mark.said for mark in marks)


def marked_cells(marks: Iterable[Mark]) -> tuple[dict[Place, list[str]], list[Area]]:
    """Return the messages of the first cells with marks, by cell, and the first areas of such cells, in order of their rows.

    The *marks* are in order of row, and a cell's mark is that of the first cell of its merged range; they are passed once.
    """
    comments: dict[Place, list[str]] = {}
    areas: list[Area] = []
    last: dict[int, int] = {}  # column -> the place of its last area in the list
    for mark in marks:
        if mark.place is None:
            continue
        row, column = mark.place
        if mark.place in comments or len(comments) < COMMENTED:
            comments.setdefault(mark.place, []).append(mark.message)
        nth = last.get(column)
        if nth is not None and areas[nth][2] in {row - 1, row}:
            areas[nth] = column, areas[nth][1], row
        elif len(areas) < COLOURED:
            last[column] = len(areas)
            areas.append((column, row, row))
    return comments, sorted(areas, key=lambda each: (each[1], each[0]))
