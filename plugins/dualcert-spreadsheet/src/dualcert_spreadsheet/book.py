"""A workbook with typed cells: text is text, days are days, figures are figures."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter
from attrs import define, field

CREATED = datetime(2000, 1, 1)  # noqa: DTZ001  the format knows no zones; a real time would change the bytes


@define
class Book:
    """A workbook in memory; the same calls give the same bytes."""

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
        }
        self.book = xlsxwriter.Workbook(self._buffer, options)
        self.book.set_properties({"created": CREATED, "author": "dualcert"})
        wrapped = {"text_wrap": True, "valign": "vcenter", "border": 1, "border_color": "#7F7F7F"}
        middle = {**wrapped, "align": "center"}
        self.formats = {
            "title": self.book.add_format({"bold": True, "font_size": 16}),
            "basis": self.book.add_format({"font_color": "#595959"}),
            "said": self.book.add_format({"text_wrap": True, "valign": "vcenter"}),
            "header": self.book.add_format(
                {
                    "bold": True,
                    "bg_color": "#DDEBF7",
                    "border": 1,
                    "text_wrap": True,
                    "align": "center",
                    "valign": "vcenter",
                }
            ),
            "text": self.book.add_format({**wrapped, "num_format": "@"}),
            "day": self.book.add_format({**middle, "num_format": "yyyy-mm-dd"}),
            "number": self.book.add_format({**middle, "num_format": "0"}),
            "share": self.book.add_format({**middle, "num_format": "0.0%"}),
            "total": self.book.add_format({**middle, "bold": True, "num_format": "0"}),
            "total share": self.book.add_format({**middle, "bold": True, "num_format": "0.0%"}),
            "bad": self.book.add_format({"bg_color": "#FFC7CE", "font_color": "#9C0006"}),
            "good": self.book.add_format({"bg_color": "#C6EFCE", "font_color": "#006100"}),
        }

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

    def table(self, page: Any, top: int, headers: Sequence[tuple[str, float]], rows: Sequence[Sequence[object]]) -> int:
        """Write a header (name and width of each column), frozen, filtered and on every page, and its rows.

        Returns the row behind.
        """
        for column, (header, width) in enumerate(headers):
            page.write_string(top, column, header, self.formats["header"])
            page.set_column(column, column, width)
        for number, row in enumerate(rows, start=top + 1):
            for column, value in enumerate(row):
                self.write(page, number, column, value)
        page.autofilter(top, 0, top + max(1, len(rows)), len(headers) - 1)
        page.freeze_panes(top + 1, 0)
        page.set_landscape()
        page.set_paper(9)  # A4
        page.fit_to_pages(1, 0)
        page.repeat_rows(top)
        page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        page.center_horizontally()
        page.set_footer("&C— &P / &N —")
        return top + 1 + len(rows)

    def head(self, page: Any, title: str, rests: str) -> None:
        """Write the title of a sheet, and below it where its figures come from."""
        page.write_string(0, 0, title, self.formats["title"])
        page.set_row(0, 26)
        page.write_string(1, 0, rests, self.formats["basis"])

    def origin(self, basis: str) -> None:
        """Write into the file's properties from what day, instant and position of the log it was made."""
        self.book.set_properties({"created": CREATED, "author": "dualcert", "comments": basis})

    def content(self) -> bytes:
        """Close the workbook and return its bytes."""
        self.book.close()
        return self._buffer.getvalue()
