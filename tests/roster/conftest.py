from __future__ import annotations

from datetime import date, datetime

import pytest
import xlsxwriter

from examples import ROSTERS


@pytest.fixture
def rosters():
    """The folder of rosters as offices send them."""
    return ROSTERS


@pytest.fixture
def book(tmp_path):
    """Write a workbook: sheet name -> rows; merged ranges, hidden sheets and options beside it."""

    def write(sheets, *, name="book.xlsx", merged=(), hidden=(), **options):
        path = tmp_path / name
        with xlsxwriter.Workbook(path, options) as made:
            day = made.add_format({"num_format": "yyyy-mm-dd"})
            for title, rows in sheets.items():
                page = made.add_worksheet(title)
                for r, row in enumerate(rows):
                    for c, cell in enumerate(row):
                        if isinstance(cell, date | datetime):
                            page.write_datetime(r, c, cell, day)
                        elif cell is not None:
                            page.write(r, c, cell)
                for area in (area for area in merged if area[0] < len(rows)):
                    page.merge_range(*area, rows[area[0]][area[1]])
                if title in hidden:
                    page.hide()
        return path

    return write
