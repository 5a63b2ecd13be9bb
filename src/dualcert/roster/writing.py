"""Cells into workbooks: text as text, days as days, figures as figures; nothing becomes a formula or a link."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dualcert.errors import N_, BadConfiguration, FileUnwritable, Phrase
from dualcert.files import written

OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "constant_memory": True,
}
DAY = "yyyy-mm-dd"
"""How days are shown."""


@contextmanager
def workbook(path: Path, *, replace: bool = False) -> Iterator[Any]:
    """Yield a new workbook that is at *path* when the block ends, whole; its cells are written in order of rows.

    Formulas, links and numbers are never made of text; the time of making is left out, so that the same
    content gives the same bytes. Raises BadConfiguration where the library is missing, FileExists (without
    *replace*), FileUnwritable.
    """
    try:
        import xlsxwriter
    except ImportError as error:
        problem = Phrase(N_("spreadsheets need pip install 'dualcert[roster]' ({error})"), error=str(error))
        raise BadConfiguration(problem=problem) from None
    with written(path, replace=replace) as part, TemporaryDirectory(prefix="dualcert-") as rows:
        book = xlsxwriter.Workbook(part, {**OPTIONS, "tmpdir": rows})
        book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001  the format knows no zones
        try:
            yield book
        except BaseException:
            with suppress(Exception):
                book.close()  # what is left open is closed; the part is thrown away
            raise
        try:
            book.close()
        except xlsxwriter.exceptions.FileCreateError as error:
            raise FileUnwritable(path=str(path), problem=_trouble_of(error)) from None


def _trouble_of(error: Exception) -> str:
    """Return what the system said, where the library wrapped it."""
    inner = error.args[0] if error.args else error
    return str(getattr(inner, "strerror", None) or error)


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
