"""Civil dates of China, and the instants at which facts are recorded."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
"""The civil calendar of every date in these books."""

EARLIEST = date(1985, 1, 1)
"""The Metrology Law of 1985 is the root of laboratory accreditation in China: nothing is older."""
LATEST = date(2099, 12, 31)
"""No certificate runs longer; a later date is a stand-in for «for ever» or a slip."""

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def parse_date(text: str) -> date | None:
    """Return the date that *text* writes as YYYY-MM-DD, or None: no other form is guessed."""
    if not _ISO_DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def parse_moment(text: str) -> datetime | date | int | None:
    """Return the moment of knowing that *text* writes: a position `@15`, a date, or a time; None where it is none.

    A time without an offset is one of Asia/Shanghai.
    """
    if text.startswith("@") and text[1:].isascii() and text[1:].isdecimal() and len(text) < 20:
        return int(text[1:])
    day = parse_date(text)
    if day is not None:
        return day
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo else instant.replace(tzinfo=SHANGHAI)


def on_the_clock(instant: datetime) -> str:
    """Return an instant as the clocks of China show it, to the second: the form that `parse_moment` reads."""
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M:%S")


def plausible(day: date) -> bool:
    """Return whether *day* lies in the years that these books can be about."""
    return EARLIEST <= day <= LATEST


def civil_day(instant: datetime) -> date:
    """Return the date of *instant* (aware) in Asia/Shanghai."""
    return instant.astimezone(SHANGHAI).date()


def end_of(day: date) -> datetime:
    """Return the last microsecond of *day* in Asia/Shanghai, as UTC."""
    next_midnight = datetime.combine(day + timedelta(days=1), time(), SHANGHAI)
    return next_midnight.astimezone(UTC) - timedelta(microseconds=1)


def parse_month(text: str) -> date | None:
    """Return the first day of the month that *text* writes as YYYY-MM, or None."""
    return parse_date(f"{text}-01")


def month_of(day: date) -> str:
    """Return the month of *day* as it is written: YYYY-MM."""
    return f"{day:%Y-%m}"


def months_after(day: date, months: int) -> date:
    """Return the same day so many months later, or that month's last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def months_between(first: date, last: date) -> tuple[tuple[str, date], ...]:
    """Return every month from that of *first* to that of *last*, as YYYY-MM with its last day."""
    next_month = (last.replace(day=1) + timedelta(days=31)).replace(day=1)
    return tuple((month_of(end), end) for end in month_ends(first, next_month - timedelta(days=1)))


def month_ends(first: date, last: date) -> tuple[date, ...]:
    """Return the last day of every month from that of *first* to that of *last*, cut at *last*."""
    ends = []
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        ends.append(min(date(year, month, 1) - timedelta(days=1), last))
    return tuple(ends)
