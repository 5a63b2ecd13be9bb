"""The old .xls, read with xlrd: values, errors, merged cells, what is hidden, and the epoch."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from io import StringIO
from typing import Any, TypeVar

from attrs import define

from dualcert.roster.reading.messages import Broken, Odd
from dualcert.roster.reading.scanned import Scanned, Unseen

T = TypeVar("T")

STATES: tuple[Unseen, ...] = ("", "hidden", "very hidden")
FORMULAS = frozenset({0x0006, 0x0206, 0x0406})
"""The numbers of the records of formulas."""
ZERO, EMPTY = bytes(8), b"\x03\0\0\0\0\0\xff\xff"
"""The values of formulas that gave 0 or an empty text; programs also write them for formulas that were not computed."""


class Unsound(Exception):
    """The library cannot read the file, for the reason that is the text."""


class Locked(Exception):
    """The file has a password."""


@define
class XlsSheet:
    """A sheet as the library has read it."""

    scanned: Scanned
    epoch: int
    read: Any

    def rows(self) -> Iterator[list[Any]]:
        """Yield the cells of each row: text, number, flag, time, Broken, Odd, or None."""
        datemode = 1 if self.epoch == 1904 else 0
        for row in range(self.read.nrows):
            kinds, values = self.read.row_types(row), self.read.row_values(row)
            yield [_cell(kind, value, datemode) for kind, value in zip(kinds, values, strict=True)]


def sheets(content: bytes) -> Iterator[XlsSheet]:
    """Yield the sheets of the workbook *content*; raises Unsound or Locked."""
    import xlrd

    book = _guarded(
        lambda: xlrd.open_workbook(
            file_contents=content,
            formatting_info=True,
            on_demand=True,
            ragged_rows=True,
            ignore_workbook_corruption=True,
            logfile=StringIO(),
        )
    )
    epoch = 1904 if book.datemode == 1 else 1900
    for index, name in enumerate(book.sheet_names()):
        read = _guarded(lambda index=index: book.sheet_by_index(index))  # type: ignore[misc]
        yield XlsSheet(_guarded(lambda name=name, read=read: _scanned(name, read)), epoch, read)  # type: ignore[misc]
        book.unload_sheet(index)


def _guarded(read: Callable[[], T]) -> T:
    """Return what *read* returns; the library raises whatever its code meets in a damaged file."""
    try:
        return read()
    except (MemoryError, RecursionError):
        raise
    except Exception as error:  # noqa: BLE001  whatever it is, the file is damaged
        if "encrypted" in str(error):
            raise Locked from None
        raise Unsound(str(error) or type(error).__name__) from None


def _scanned(name: str, read: Any) -> Scanned:
    merged = [(top, left, bottom - 1, right - 1) for top, bottom, left, right in read.merged_cells]
    found = Scanned(name, STATES[read.visibility] if read.visibility in {1, 2} else "", merged=merged)
    for row in _hidden(read.rowinfo_map):
        found.hide_rows(row, row)
    found.hidden_columns = [(column, column) for column in _hidden(read.colinfo_map)]
    return found


def _hidden(infos: dict[int, Any]) -> Iterable[int]:
    return sorted(number for number, info in infos.items() if info.hidden)


def _cell(kind: int, value: Any, datemode: int) -> Any:
    import xlrd

    match kind:
        case xlrd.XL_CELL_TEXT | xlrd.XL_CELL_NUMBER:
            return value
        case xlrd.XL_CELL_DATE:
            return _day(value, datemode)
        case xlrd.XL_CELL_BOOLEAN:
            return bool(value)
        case xlrd.XL_CELL_ERROR:
            return Broken(xlrd.error_text_from_code.get(value, "#VALUE!"))
    return None


def _day(value: float, datemode: int) -> datetime | Odd:
    import xlrd

    try:
        found: datetime = xlrd.xldate_as_datetime(value, datemode)
    except (ValueError, OverflowError):
        return Odd(str(value))
    return found if value >= 1 else Odd(found.time().isoformat())


def has_doubtful_formulas(content: bytes) -> bool:
    """Return whether a formula of the workbook shows 0 or nothing, so that nobody can tell whether it was computed.

    Raises Unsound.
    """
    return _guarded(lambda: _has_doubtful_formulas(content))


def _has_doubtful_formulas(content: bytes) -> bool:
    from xlrd.compdoc import CompDoc

    document = CompDoc(content, logfile=StringIO(), ignore_workbook_corruption=True)
    for name in ("Workbook", "Book"):
        stream, place, length = document.locate_named_stream(name)
        if stream:
            return any(
                kind in FORMULAS and stream[at + 6 : at + 14] in {ZERO, EMPTY}
                for kind, at in _records(stream, place, length)
            )
    return False


def _records(stream: bytes, place: int, length: int) -> Iterator[tuple[int, int]]:
    """Yield the kind of each record, and where its content begins."""
    end = min(place + length, len(stream))
    while place + 4 <= end:
        kind, size = struct.unpack_from("<HH", stream, place)
        yield kind, place + 4
        place += 4 + size
