"""The messages of the reading process, which are sent as JSON lines."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any

import msgspec

from dualcert.errors import N_

Place = tuple[int, int]
"""Row and column, from 0."""
Range = tuple[int, int, int, int]
"""First row, first column, last row, last column, from 0; the last ones belong to it."""
LineSpan = tuple[int, int]
"""The first and the last row, or column, from 0."""


class Opened(msgspec.Struct, tag="opened"):
    """The file's bytes were read: their SHA-256, and what they are (xlsx, xls, ods, csv)."""

    sha256: str
    format: str


class SheetBegun(msgspec.Struct, tag="sheet", kw_only=True):
    """A sheet begins; its rows follow.

    `unseen` is empty for a visible sheet, else "hidden" or "very hidden". `epoch` is the year of day 0: 1900 or 1904.
    `untold` are codes of what the file does not tell of the sheet: "text" (what is hidden, formulas
    without a value), "formulas" (whether some that show 0 or nothing have a value).
    """

    name: str
    unseen: str = ""
    hidden_rows: list[LineSpan] = []
    hidden_columns: list[LineSpan] = []
    untold: list[str] = []
    epoch: int = 1900


class MoreRows(msgspec.Struct, tag="rows"):
    """Some more rows of the sheet, cells as `to_plain` makes them."""

    rows: list[list[Any]]


class Merged(msgspec.Struct, tag="merged"):
    """The merged ranges of the sheet whose rows were read: within its cells, none over another."""

    ranges: list[Range]


class Refusal(msgspec.Struct, tag="refused"):
    """The file cannot be read: the name of the class of `dualcert.errors` and its fields."""

    error: str
    fields: dict[str, Any]


class Ended(msgspec.Struct, tag="ended"):
    """Everything was read."""


ReaderMessage = Opened | SheetBegun | MoreRows | Merged | Refusal | Ended


class Odd(str):
    """The text of a cell that holds neither text, number nor day: a time of day, a duration, an error."""

    __slots__ = ()


class Hollow(Odd):
    """The text that a spreadsheet shows for a formula that no program has computed."""

    __slots__ = ()


class Broken(Odd):
    """The text that a spreadsheet shows for an error, such as #N/A."""

    __slots__ = ()


VALUELESS = "#VALUE!"
"""The text of a formula without a value in a sheet that is handed back."""


def to_plain(cell: Any) -> Any:
    """Return *cell* as JSON; a day or an Odd becomes a pair of a tag and a text."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, Odd):
        return [TAGS[type(cell)], str(cell)]
    if isinstance(cell, float):
        return cell if math.isfinite(cell) else ["odd", str(cell)]
    if isinstance(cell, str | bool | int):
        return cell
    if isinstance(cell, datetime):
        midnight = cell.time() == time.min
        return ["day", cell.date().isoformat()] if midnight else ["odd", cell.isoformat(" ")]
    return ["day" if isinstance(cell, date) else "odd", str(cell)]


def from_plain(cell: Any) -> Any:
    """Return the cell that `to_plain` made: text, number, bool, date, Odd, or None."""
    if type(cell) is list:
        tag, text = cell
        return FROM_TAGGED[tag](text)
    return cell


TAGS: Mapping[type[Odd], str] = {Odd: "odd", Hollow: "hollow", Broken: "error"}
FROM_TAGGED: Mapping[str, Callable[[str], Any]] = {
    "day": date.fromisoformat,
    **{tag: kind for kind, tag in TAGS.items()},
}


def trouble_of(error: OSError) -> str:
    """Return in plain words why a file cannot be opened."""
    if isinstance(error, FileNotFoundError):
        return N_("there is no such file")
    if isinstance(error, PermissionError):
        return N_("it may not be read")
    return str(error.strerror or error)
