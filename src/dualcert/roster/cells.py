"""Cells into values; a cell that can be read in two ways or in none is refused."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import TypeVar

from dualcert.errors import (
    N_,
    AmbiguousDate,
    BadText,
    BadValue,
    DigitsLost,
    ErrorValue,
    FormulaWithoutValue,
    ImplausibleDate,
    SerialDate,
    shown,
)
from dualcert.roster.reading.messages import Broken, Hollow, Odd
from dualcert.roster.reading.pages import Cell
from dualcert.units import plain
from dualcert.values.dates import EARLIEST, LATEST, plausible
from dualcert.values.text import BIDI, text_problem, tidy, visible

W = TypeVar("W")

EXACT = 10**15
"""From this number on, spreadsheets do not keep every digit."""

SERIALS = range(20_000, 80_000)
"""Numbers that can be days of a spreadsheet: 1954 to 2119, or four years later."""
EPOCHS = {1900: date(1899, 12, 30), 1904: date(1904, 1, 1)}
"""Epoch -> the day with number 0; Excel's year 1900 has a 29 February, so it is 30 and not 31 December 1899."""

NONE = frozenset(
    {
        "/",
        "\\",
        "-",
        "--",
        "—",
        "——",
        "–",
        "−",
        "无",
        "暂无",
        "没有",
        "未取得",
        "未获得",
        "未获证",
        "未办理",
        "none",
        "n/a",
    }
)
"""Words that state that there is nothing to enter."""

ERRORS = frozenset(
    {"#n/a", "#ref!", "#value!", "#name?", "#div/0!", "#num!", "#null!", "#spill!", "#calc!", "#getting_data"}
)

DITTO = frozenset(
    map(
        plain,
        (
            "同上",
            "同上行",
            "同上栏",
            "同前",
            "同左",
            "同右",
            "同下",
            "〃",
            "″",
            "々",
            "“",
            "”",
            '"',
            "''",
            "ditto",
            "do.",
        ),
    )
)
"""Words and signs that refer to another cell: which of its parts they repeat, nobody can tell."""

_DATE = re.compile(r"(\d{4})(?:([.\-/])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})[日号]?|(\d\d)(\d\d))\.?")
_MIDNIGHT = re.compile(r"(?<=[\d日号])(?:\s+|[Tt])0?0:00(?::00(?:\.0+)?)?(?![\d:.])")
_PARTED = re.compile(r"\d\s+\d")
_RANGE = re.compile(r"(.+?\d日?)(?:至|到|~|-{1,2}|—{1,2}|–)(\d{4}.+)")
_SHORT = re.compile(r"\d{1,2}[./-]\d{1,2}[./-](\d{2}|\d{4})")
_WRAPPED = re.compile(r"""\s*(?:="([^"]*)"|'\s*(\S.*))\s*""", re.DOTALL)
_BREAK = re.compile(r"[^\S\r\n]*[\r\n]+\s*")
_LATIN_BREAK = re.compile(r"(?<=[A-Za-z])[^\S\r\n]*[\r\n]+\s*(?=[A-Za-z])")
_WIDE = re.compile("[０-９Ａ-Ｚａ-ｚ]")
_SCIENTIFIC = re.compile(r"[\d.]+e\+?\d+", re.IGNORECASE)


def as_text(cell: Cell, limit: int) -> str | None:
    """Return the text of a cell, composed and without blanks around it; None where it is empty.

    Characters that nobody sees are left out; controls of the direction of writing are refused. Full-width figures become
    plain ones, a whole number is written out, and lines that are broken within the cell are joined. Raises DigitsLost,
    ErrorValue, FormulaWithoutValue, or BadText, whose field the caller sets.
    """
    if type(cell) is str:
        return _text(cell, limit)
    if cell is None:
        return None
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, int | float):
        return _written_out(cell)
    _sound(cell)
    return _text(str(cell), limit)


@lru_cache(4_096)
def _text(cell: str, limit: int) -> str | None:
    """Return the text of a cell that holds text; it is cached, since a sheet repeats the same words."""
    _sound(cell)
    text = tidy(_plain_figures(_joined(unwrapped(visible(cell, keep=BIDI)))))
    if not text:
        return None
    if _SCIENTIFIC.fullmatch(text):
        raise DigitsLost(value=text)
    problem = text_problem(text, limit)
    if problem:
        raise BadText(field="", problem=problem)
    return text


def _sound(cell: Cell) -> None:
    """Raise FormulaWithoutValue, ErrorValue or BadValue if a cell has a formula without a value, an error, or 同上."""
    if isinstance(cell, Hollow):
        raise FormulaWithoutValue
    text = plain(cell)
    if isinstance(cell, Broken) or text in ERRORS or text.startswith(("err:", "错误:")):
        raise ErrorValue(value=str(cell).strip())
    if text in DITTO:
        raise BadValue(
            field="", value=shown(str(cell)), expected=N_("a content of its own; write out what it refers to")
        )


def unwrapped(text: str) -> str:
    """Return *text* without the wrapping that makes a number text in spreadsheet programs: ="…", or an apostrophe."""
    found = _WRAPPED.fullmatch(text)
    return (found[1] or found[2]) if found else text


def _joined(text: str) -> str:
    """Return *text* on one line; where a line was broken, a blank is inserted between Latin words only."""
    return _BREAK.sub("", _LATIN_BREAK.sub(" ", text))


def states_none(cell: Cell) -> bool:
    """Return whether a cell states that there is nothing to enter: /, — or 无."""
    return isinstance(cell, str) and plain(cell) in NONE


def _written_out(number: float) -> str:
    if abs(number) >= EXACT:
        raise DigitsLost(value=str(number))
    return str(int(number)) if number == int(number) else str(number)


def _plain_figures(text: str) -> str:
    """Return *text* with plain figures and letters for full-width ones; brackets and signs are kept."""
    return _WIDE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)


def as_note(cell: Cell, limit: int) -> str | None:
    """Return a longer text on one line; lines that are broken within the cell are joined by a blank."""
    return as_text(" ".join(cell.split()) if isinstance(cell, str) and not isinstance(cell, Odd) else cell, limit)


def as_day(cell: Cell, epoch: int) -> tuple[date | None, SerialDate | None]:
    """Return the day in a cell, and a remark if the cell holds a day's number.

    A day may be a date, 2023-09-30, 2023.9.30, 2023/9/30, 2023年9月30日, 20230930 or, if *epoch* is known, a day's
    number. No time of day may follow it but midnight.
    Raises AmbiguousDate, BadValue, ImplausibleDate, ErrorValue, FormulaWithoutValue.
    """
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None, None
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _numbered(cell, epoch)
    if type(cell) is str:
        return _day_in(cell), None
    return _plausible(cell if type(cell) is date else _written(cell)), None


@lru_cache(4_096)
def _day_in(text: str) -> date:
    """Return the day in a text; it is cached, since a sheet repeats the same days."""
    return _plausible(_written(text))


def _numbered(number: float, epoch: int) -> tuple[date, SerialDate | None]:
    if number == int(number) and 19_000_101 <= number <= 21_001_231:
        return _plausible(_written(str(int(number)))), None
    if number != int(number) or int(number) not in SERIALS or epoch not in EPOCHS:
        raise BadValue(field="", value=shown(number), expected=N_("a date YYYY-MM-DD"))
    day = EPOCHS[epoch] + timedelta(days=int(number))
    return _plausible(day), SerialDate(value=str(int(number)), date=day.isoformat())


def _written(cell: Cell) -> date:
    _sound(cell)
    spaced = _at_midnight(unwrapped(visible(str(cell))))
    text = plain(spaced)
    found = _DATE.fullmatch(text)
    if found and not isinstance(cell, Odd) and not _PARTED.search(spaced):
        year, *rest = (int(group) for group in found.groups() if group and group not in ".-/")
        try:
            return date(year, *rest)
        except ValueError:
            raise BadValue(field="", value=shown(str(cell)), expected=N_("a day of the calendar")) from None
    if _SHORT.fullmatch(text):
        raise AmbiguousDate(value=shown(str(cell)))
    raise BadValue(field="", value=shown(str(cell)), expected=N_("a date YYYY-MM-DD"))


def _at_midnight(text: str) -> str:
    """Return *text* in plain width, without midnights after its days."""
    return _MIDNIGHT.sub("", unicodedata.normalize("NFKC", text))


def _plausible(day: date) -> date:
    if not plausible(day):
        raise ImplausibleDate(field="", value=day, earliest=EARLIEST, latest=LATEST)
    return day


def as_range(cell: Cell) -> tuple[Cell, Cell]:
    """Return the two sides of a text such as 2021.6.15-2027.6.14; the first is None if there is one date only."""
    spaced = _at_midnight(cell) if isinstance(cell, str) else ""
    found = None if _PARTED.search(spaced) else _RANGE.fullmatch(plain(spaced))
    return (found[1], found[2]) if found else (None, cell)


def as_word(text: str, words: Mapping[str, W], expected: str) -> W:
    """Return the value of *text* in *words*, whose keys are plain; raises BadValue."""
    found = words.get(plain(text))
    if found is None:
        raise BadValue(field="", value=shown(text), expected=expected)
    return found


YES_NO: Mapping[str, bool] = {
    **dict.fromkeys(("是", "√", "✓", "✔", "有", "y", "yes", "true", "1"), True),
    **dict.fromkeys(("否", "×", "✗", "✘", "x", "无", "n", "no", "false", "0"), False),
}

_ORDINAL = re.compile(r"第?([一二三四五六七八九十]{1,3}|\d{1,2})批?次?")
_FIGURES = "零一二三四五六七八九十"


def as_batch(text: str) -> int:
    """Return the number of a batch: 5, 第5批, 第五批; raises BadValue."""
    found = _ORDINAL.fullmatch(plain(text))
    number = _counted(found[1]) if found else None
    if not number:
        raise BadValue(field="", value=shown(text), expected=N_("a batch, counted from 1"))
    return number


def _counted(figures: str) -> int | None:
    """Return the number, up to 99, of Chinese or plain figures; None for other text."""
    if figures.isdecimal():
        return int(figures)
    tens, ten, ones = figures.rpartition("十")
    if not ten:
        return _FIGURES.index(figures) if len(figures) == 1 else None
    if len(tens) > 1 or len(ones) > 1:
        return None
    return (_FIGURES.index(tens) if tens else 1) * 10 + (_FIGURES.index(ones) if ones else 0)
