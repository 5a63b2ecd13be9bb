"""Writes cells into workbooks: text as text, days as days, numbers as numbers, and nothing as a formula or a link."""

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
    """Yield a new workbook, which is written whole to *path* when the block ends; its cells are written in order of rows.

    Text never becomes a formula, a link or a number. The time of creation is fixed, so that the same content gives the
    same bytes. Raises BadConfiguration where the library is missing, FileExists (without
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
    """Return the message of the system's error that the library wrapped."""
    inner = error.args[0] if error.args else error
    return str(getattr(inner, "strerror", None) or error)


def write(page: Any, row: int, column: int, value: object, format_: Any) -> None:
    """Write one cell; for a day, *format_* must be a format of days."""
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
    """Return *name* without the characters that a sheet's name cannot have, cut to its length."""
    return re.sub(r"[\[\]:*?/\\']", " ", name)[:31].strip() or "Sheet1"
