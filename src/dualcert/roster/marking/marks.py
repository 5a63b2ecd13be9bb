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
        places: set[Place] = set()
        for mark in marks:
            if mark.place is None:
                continue
            places.add(mark.place)
            if mark.place in marks.comments or len(marks.comments) < COMMENTED:
                marks.comments.setdefault(mark.place, []).append(mark.message)
        marks.areas = runs(places)[:COLOURED]
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


def runs(places: Iterable[Place]) -> list[Area]:
    """Return *places* as areas of cells below each other, in order of their first rows."""
    found: list[Area] = []
    for row, column in sorted(places, key=lambda place: (place[1], place[0])):
        if found and found[-1][0] == column and found[-1][2] == row - 1:
            found[-1] = column, found[-1][1], row
        else:
            found.append((column, row, row))
    return sorted(found, key=lambda each: (each[1], each[0]))
