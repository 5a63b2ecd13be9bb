"""What the sheets of a city's monthly work have in common: whose it is, its month, and the days that a mark states."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from attrs import frozen

from dualcert.divisions import Division
from dualcert.domain.campaign import Campaign
from dualcert.domain.entry import AnyEntry, effective
from dualcert.errors import N_, BadValue, DayNotStated, Refused, shown
from dualcert.policy import Policy
from dualcert.projections.view import View
from dualcert.roster.cells import YES_NO, as_day, as_text
from dualcert.roster.columns import Column
from dualcert.roster.kinds.shared import CITY, CITY_FORM, CODE
from dualcert.roster.layout import SheetRow
from dualcert.roster.planning import Planned, Planner
from dualcert.roster.reading.pages import Cell
from dualcert.roster.rows import Reader
from dualcert.units import plain
from dualcert.values.dates import month_of, parse_month
from dualcert.values.text import NOTE_LIMIT

DONE = frozenset({"已召开", "已开展", "已完成", "已报送", "已上报", "已报", "召开", "完成", "开展"})
NOT_DONE = frozenset({"未召开", "未开展", "未完成", "未报送", "未上报", "未报"})
FIGURES = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")

_MONTH = re.compile(r"(?:(\d{4})(?:年|[-./]))?(\d{1,2}|[一二三四五六七八九十]{1,2})(?:月份?)?")
_OF_MONTH = re.compile(r"(?:(?:(\d{4})[年.\-/])?(\d{1,2})[月.\-/])?(\d{1,2})[日号]?")
_DAY_FIRST = re.compile(
    r"((?:\d{4}年)?\d{1,2}月\d{1,2}[日号]|\d{4}[-./]\d{1,2}[-./]\d{1,2})[:：,，;；、。\s]*(.*)", re.DOTALL
)
_BETWEEN = re.compile(r"[、,，;；\s]+|和|及")


def city_columns() -> tuple[Column, ...]:
    """Return the columns that name a city, or another unit that reports to the province, or the province itself."""
    return (
        Column("division", "行政区划代码", CODE,
               about=N_("The unit's code; may be left out where its names are there")),
        Column("city", "市", (*CITY, "单位", "报送单位", "填报单位", "召开单位"), form=CITY_FORM, needed=True,
               about=N_("The city; 省级 for the province itself")),
    )  # fmt: skip


def city_of(planner: Planner, row: SheetRow) -> Division | None:
    """Return the unit that a row is about; None with a finding."""
    unit = planner.reader.unit(row)
    if unit is None and planner.reader.sound(row):
        planner.reader.missing(row, "city")
    return unit


def campaign_of(view: View, day: date) -> tuple[str, Campaign] | None:
    """Return the campaign whose work is exported: the one that figures of *day* are about; None where there is none."""
    if not view.campaigns(day):
        return None
    found = view.in_force(day)
    return found.campaign, found.state


def facts_of(view: View, campaign: str, kind: type, day: date) -> Iterator[AnyEntry]:
    """Yield the effective facts of a campaign of one class, up to *day*, oldest first."""
    found = [entry for entry in effective(view.entries(campaign)) if type(entry.fact) is kind and entry.on <= day]
    yield from sorted(found, key=lambda entry: entry.on)


def month_in(policy: Policy, text: str) -> str | None:
    """Return the month YYYY-MM that *text* names, without a year only where the campaign has one such month; None where it names none."""
    found = _MONTH.fullmatch(plain(text))
    if not found:
        return None
    number = int(found[2]) if found[2].isdecimal() else FIGURES.index(found[2]) + 1 if found[2] in FIGURES else 0
    if found[1]:
        month = f"{found[1]}-{number:02}"
        return month if parse_month(month) else None
    months = [month for month, _ in policy.months if int(month[5:]) == number]
    return months[0] if len(months) == 1 else None


def month_stated(planner: Planner, row: SheetRow, field_: str) -> str | None:
    """Return the month in a cell: 2023-04, 2023年4月, 4月, or a day of it; None where it is empty or has a finding."""
    reader = planner.reader
    cell = reader.cell(row, field_)
    if isinstance(cell, date | datetime):
        return month_of(cell)
    text = reader.text(row, field_)
    if text is None:
        return None
    month = month_in(planner.policy, text)
    if month is None:
        expected = N_("a month YYYY-MM, or one that the campaign has once, such as 4月")
        reader.find(row, field_, BadValue(field=field_, value=shown(text), expected=expected))
    return month


@frozen
class MatrixMark:
    """What a cell of a matrix states: a day and perhaps words, or only that it was done, without its day."""

    on: date | None
    note: str | None = None


def marks(reader: Reader, row: SheetRow, field_: str, month: str | None) -> tuple[MatrixMark, ...]:
    """Return what a cell states of what was done in *month*: one or more days, a day with words, √; nothing for × and empty ones.

    A day without its month and year is one of *month*. Anything else is a finding.
    """
    cell = reader.cell(row, field_)
    try:
        return tuple(_marks(cell, reader.table.page.epoch, month))
    except Refused as problem:
        reader.find(row, field_, problem)
    return ()


def _marks(cell: Cell, epoch: int, month: str | None) -> Iterator[MatrixMark]:
    text = as_text(cell, NOTE_LIMIT) if isinstance(cell, str | bool) else None
    word = plain(text) if text else ""
    if cell is None or word in NOT_DONE or (word and YES_NO.get(word) is False):
        return
    if word in DONE or YES_NO.get(word):
        yield MatrixMark(None)
    elif text is None:
        yield MatrixMark(as_day(cell, epoch)[0])
    else:
        yield from _days_in(text, month)


def _days_in(text: str, month: str | None) -> Iterator[MatrixMark]:
    parts = [each for each in _BETWEEN.split(text) if each]
    days = [_day_of(each, month) for each in parts]
    if days and None not in days:
        yield from (MatrixMark(day) for day in days)
        return
    found = _DAY_FIRST.fullmatch(text)
    day = _day_of(found[1], month) if found else None
    if found is None or day is None or _DAY_FIRST.search(found[2]):
        raise BadValue(field="", value=shown(text), expected=N_("√, a day, or a day and words"))
    yield MatrixMark(day, found[2].strip() or None)


def _day_of(text: str, month: str | None) -> date | None:
    """Return a day that is written with its year, or without it as one of *month* or of its year; None where it is not a day."""
    found = _OF_MONTH.fullmatch(plain(text))
    if not found:
        return None
    year = int(found[1] or (month or "0")[:4])
    number = int(found[2] or (month[5:] if month else 0))
    try:
        return date(year, number, int(found[3]))
    except ValueError:
        return None


def dated(planner: Planner, row: SheetRow, field_: str, day: date | None) -> date | None:
    """Return *day*, or that of `--on` where a cell states none; None with a finding where neither is given."""
    if day is None and not planner.day_given:
        planner.reader.find(row, field_, DayNotStated())
        return None
    return day or planner.on


def words(*groups: tuple[Iterable[str], Any]) -> Mapping[str, Any]:
    """Return plain word -> value."""
    return {plain(word): value for spellings, value in groups for word in spellings}


def by_day(planned: Iterable[Planned]) -> Iterator[Planned]:
    """Yield planned rows by the day of their first command: facts that come in order are decided without a look back at all others."""
    yield from sorted(planned, key=lambda each: each.commands[0].on if each.commands else date.min)
