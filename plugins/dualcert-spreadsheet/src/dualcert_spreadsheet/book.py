"""A workbook with typed cells: text is text, days are days, figures are figures."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter
from attrs import define, field

CREATED = datetime(2000, 1, 1)  # noqa: DTZ001  the format knows no zones; a real time would change the bytes
FONT, SIZE = "宋体", 11
NARROW = 20.0
"""The width up to which a column has its words in the middle."""
LINE, TALLEST = 15.0, 409.0
"""The height of a line in points, and the most that a row may have."""


@define
class Book:
    """A workbook in memory; the same calls give the same bytes. `day` is how days are shown, as Excel writes formats."""

    day: str = "yyyy-mm-dd"
    _buffer: io.BytesIO = field(factory=io.BytesIO)
    book: Any = field(init=False)
    formats: dict[str, Any] = field(init=False)
    _names: set[str] = field(factory=set)

    def __attrs_post_init__(self) -> None:
        # No name becomes a formula, a link or a number.
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_format_properties": {"font_name": FONT, "font_size": SIZE},
        }
        self.book = xlsxwriter.Workbook(self._buffer, options)
        self.book.set_properties({"created": CREATED, "author": "dualcert"})
        wrapped = {"text_wrap": True, "valign": "vcenter", "border": 1, "border_color": "#7F7F7F"}
        middle = {**wrapped, "align": "center"}
        looks: dict[str, dict[str, Any]] = {
            "title": {"bold": True, "font_size": 16, "align": "center", "valign": "vcenter", "text_wrap": True},
            "basis": {"font_color": "#404040", "align": "center", "valign": "vcenter", "text_wrap": True},
            "said": {"text_wrap": True, "valign": "vcenter"},
            "part": {"bold": True, "font_size": 12, "valign": "vcenter"},
            "header": {**middle, "bold": True, "bg_color": "#DDEBF7"},
            "text": {**wrapped, "num_format": "@"},
            "word": {**middle, "num_format": "@"},
            "day": {**middle, "num_format": self.day},
            "number": {**middle, "num_format": "0"},
            "share": {**middle, "num_format": "0.0%"},
            "total": {**middle, "bold": True, "num_format": "0"},
            "total share": {**middle, "bold": True, "num_format": "0.0%"},
            "bad": {"bg_color": "#FFC7CE", "font_color": "#9C0006"},
            "good": {"bg_color": "#C6EFCE", "font_color": "#006100"},
        }
        self.formats = {name: self.book.add_format(look) for name, look in looks.items()}

    def sheet(self, name: str) -> Any:
        """Add a sheet; its name is made valid for a sheet, and unique."""
        plain = re.sub(r"[\[\]:*?/\\']", " ", name).strip()[:28] or "Sheet"
        chosen, nth = plain, 1
        while chosen.casefold() in self._names:
            nth += 1
            chosen = f"{plain}{nth}"
        self._names.add(chosen.casefold())
        return self.book.add_worksheet(chosen)

    def write(self, page: Any, row: int, column: int, value: object, format_: str | None = None) -> None:
        """Write one cell in the type of its value."""
        if value is None or value == "":
            page.write_blank(row, column, None, self.formats[format_ or "text"])
        elif isinstance(value, bool):
            raise TypeError("say yes or no in words")
        elif isinstance(value, int | float):
            page.write_number(row, column, value, self.formats[format_ or "number"])
        elif isinstance(value, date):
            page.write_datetime(row, column, value, self.formats[format_ or "day"])
        else:
            page.write_string(row, column, str(value), self.formats[format_ or "text"])

    def across(self, page: Any, row: int, columns: tuple[int, int], width: float, text: str, format_: str) -> None:
        """Write a text across the columns from the first to the last, *width* wide in all, in a row that is as high as it needs."""
        page.merge_range(row, columns[0], row, columns[1], "", self.formats[format_])
        page.write_string(row, columns[0], text, self.formats[format_])
        page.set_row(row, height([(text, width)]) + (12 if format_ == "title" else 3))

    def rows(self, page: Any, top: int, widths: Sequence[float], rows: Sequence[Sequence[object]]) -> int:
        """Write rows from *top* on, each as high as its longest text needs; return the row behind."""
        for number, row in enumerate(rows, start=top):
            self.cells(page, number, row, widths)
            page.set_row(number, height(zip(row, widths, strict=True)) + 3)
        return top + len(rows)

    def cells(self, page: Any, number: int, row: Sequence[object], widths: Sequence[float]) -> None:
        """Write the cells of a row; words in narrow columns stand in the middle."""
        for column, (value, width) in enumerate(zip(row, widths, strict=False)):
            self.write(page, number, column, value, "word" if isinstance(value, str) and width <= NARROW else None)

    def table(self, page: Any, top: int, headers: Sequence[tuple[str, float]], rows: Sequence[Sequence[object]]) -> int:
        """Write a header (name and width of each column), frozen, filtered and on every page, and its rows.

        Returns the row behind.
        """
        for column, (header, width) in enumerate(headers):
            page.write_string(top, column, header, self.formats["header"])
            page.set_column(column, column, width)
        page.set_row(top, height(headers) + 6)
        end = self.rows(page, top + 1, [width for _, width in headers], rows)
        page.autofilter(top, 0, top + max(1, len(rows)), len(headers) - 1)
        page.freeze_panes(top + 1, 0)
        page.set_landscape()
        page.set_paper(9)  # A4
        page.fit_to_pages(1, 0)
        page.repeat_rows(top)
        page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        page.center_horizontally()
        page.set_footer("&C— &P / &N —")
        return end

    def head(self, page: Any, title: str, rests: str, widths: Sequence[float]) -> None:
        """Write the title of a sheet across its columns, and below it where its figures come from."""
        self.across(page, 0, (0, len(widths) - 1), sum(widths) * SIZE / 16, title, "title")
        self.across(page, 1, (0, len(widths) - 1), sum(widths), rests, "basis")

    def origin(self, basis: str) -> None:
        """Write into the file's properties from what day, instant and position of the log it was made."""
        self.book.set_properties({"created": CREATED, "author": "dualcert", "comments": basis})

    def content(self) -> bytes:
        """Close the workbook and return its bytes."""
        self.book.close()
        return self._buffer.getvalue()


def height(cells: Any) -> float:
    """Return how high a row is in points, so that none of its texts, each with the width of its cell, is cut off."""
    lines = max((_lines(text, width) for text, width in cells if isinstance(text, str)), default=1)
    return min(TALLEST - 12, lines * LINE)


def _lines(text: str, width: float) -> int:
    """Return about how many lines a text has in a cell: a Chinese character is as wide as two digits."""
    room = max(1.0, width - 1.5)
    return sum(max(1, math.ceil(sum(1 if ord(c) < 0x2000 else 2 for c in line) / room)) for line in text.split("\n"))
