"""Cells into workbooks: text as text, days as days, figures as figures; nothing becomes a formula or a link."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from dualcert.errors import N_, BadConfiguration, Phrase

DAY = "yyyy-mm-dd"
"""How days are shown."""


@contextmanager
def workbook(path: Path) -> Iterator[Any]:
    """Yield a new workbook to be written at *path*; raises BadConfiguration where it cannot be.

    Formulas, links and numbers are never made of text; the time of making is left out, so that the same
    content gives the same bytes.
    """
    try:
        import xlsxwriter
    except ImportError as error:
        problem = Phrase(N_("spreadsheets need pip install 'dualcert[roster]' ({error})"), error=str(error))
        raise BadConfiguration(problem=problem) from None
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    book = xlsxwriter.Workbook(path, options)
    book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001  the format knows no zones
    try:
        yield book
    finally:
        try:
            book.close()
        except (OSError, xlsxwriter.exceptions.XlsxWriterException) as error:
            raise BadConfiguration(problem=f"{path}: {error}") from None


def write(page: Any, row: int, column: int, value: object, format_: Any) -> None:
    """Write one cell; *format_* of a day has to show days."""
    if value is None:
        page.write_blank(row, column, None, format_)
    elif isinstance(value, bool):
        page.write_boolean(row, column, value, format_)
    elif isinstance(value, int | float):
        page.write_number(row, column, value, format_)
    elif isinstance(value, date):
        page.write_datetime(row, column, value, format_)
    else:
        page.write_string(row, column, str(value), format_)


def sheet_name(name: str) -> str:
    """Return *name* as a sheet can be called."""
    return re.sub(r"[\[\]:*?/\\']", " ", name)[:31].strip() or "Sheet1"
