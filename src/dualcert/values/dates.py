"""Civil dates of China, and the instants at which facts are recorded."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

Day = date | str
"""How callers may name a day: a date, a text YYYY-MM-DD, or a datetime, which is a date; see `day_of`."""

SHANGHAI = ZoneInfo("Asia/Shanghai")
"""The civil calendar of every date in these books."""

EARLIEST = date(1985, 1, 1)
"""The Metrology Law of 1985 is the root of laboratory accreditation in China: nothing is older."""
LATEST = date(2099, 12, 31)
"""No certificate is valid for longer; a later date is a slip, or means «for ever»."""

FIRST_INSTANT = datetime(1, 1, 2, tzinfo=UTC)
"""The first instant that the clocks of all time zones can show."""
LAST_INSTANT = datetime(9999, 12, 30, 23, 59, 59, 999_999, tzinfo=UTC)
"""The last instant that the clocks of all time zones can show."""

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def parse_date(text: str) -> date | None:
    """Return the date that *text* writes as YYYY-MM-DD, or None: no other form is guessed.

    >>> parse_date("2023-09-30"), parse_date("30.9.2023")
    (datetime.date(2023, 9, 30), None)
    """
    if not _ISO_DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def day_of(value: object) -> date | None:
    """Return the day that *value* is: a date, a text YYYY-MM-DD, or a datetime; None for anything else.

    A datetime with an offset is its civil day in Asia/Shanghai; one without is a day with a time on that clock, as pandas has
    days.
    """
    if type(value) is date:
        return value
    if isinstance(value, str):
        return parse_date(value)
    if not isinstance(value, datetime) or value != value:  # noqa: PLR0124  pandas' NaT is a datetime and no day
        return None
    return date(value.year, value.month, value.day) if value.tzinfo is None else civil_day(instant_of(value))


def parse_moment(text: str) -> datetime | date | int | None:
    """Return the position `@15`, the date or the time that *text* states, as a moment of knowledge; None for any other text.

    A time without an offset is one of Asia/Shanghai. The date of a time is written as `parse_date` reads it, so that no other
    spelling of a date is taken for its first midnight.

    >>> parse_moment("@15"), parse_moment("2023-10-08T12:00").isoformat()
    (15, '2023-10-08T12:00:00+08:00')
    """
    if text.startswith("@") and text[1:].isascii() and text[1:].isdecimal() and len(text) < 20:
        return int(text[1:])
    day = parse_date(text[:10])
    if day is None or not text[10:]:
        return day
    if text[10] not in "T ":
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo else instant.replace(tzinfo=SHANGHAI)


def on_the_clock(instant: datetime) -> str:
    """Return an instant as the clocks of China show it, to the second: the form that `parse_moment` reads."""
    return instant.astimezone(SHANGHAI).replace(tzinfo=None).isoformat(timespec="seconds")


def plausible(day: date) -> bool:
    """Return whether *day* is in the years that facts can be about."""
    return EARLIEST <= day <= LATEST


def civil_day(instant: datetime) -> date:
    """Return the date of *instant* (aware) in Asia/Shanghai."""
    return instant.astimezone(SHANGHAI).date()


def instant_of(moment: datetime) -> datetime:
    """Return *moment* (aware) in UTC; at the calendar's ends the first or last instant that every clock can show."""
    try:
        instant = moment.astimezone(UTC)
    except OverflowError:
        instant = moment.replace(tzinfo=UTC)
    return min(max(instant, FIRST_INSTANT), LAST_INSTANT)


def end_of(day: date) -> datetime:
    """Return the last microsecond of *day* in Asia/Shanghai, as UTC; see `instant_of` for the calendar's ends."""
    next_midnight = datetime.combine(days_after(day, 1), time(), SHANGHAI)
    return instant_of(next_midnight) - timedelta(microseconds=1)


def days_after(day: date, days: int) -> date:
    """Return the day so many days later, or earlier if that is negative; the calendar's last or first where it ends."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min


def parse_month(text: str) -> date | None:
    """Return the first day of the month that *text* writes as YYYY-MM, or None."""
    return parse_date(f"{text}-01")


def month_of(day: date) -> str:
    """Return the month of *day* as YYYY-MM."""
    return day.isoformat()[:7]


def month_end(year: int, month: int) -> date:
    """Return the last day of a month."""
    return date(year, month, monthrange(year, month)[1])


def months_after(day: date, months: int) -> date:
    """Return the same day so many months later, or the last day of a shorter month.

    If the calendar ends before, it is the calendar's last day, or its first.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        return date.max if months > 0 else date.min
    return date(year, month + 1, min(day.day, month_end(year, month + 1).day))


@lru_cache(maxsize=64)
def months_between(first: date, last: date) -> tuple[tuple[str, date], ...]:
    """Return every month from that of *first* to that of *last*, as YYYY-MM with its last day."""
    return tuple((month_of(end), end) for end in month_ends(first, month_end(last.year, last.month)))


def month_ends(first: date, last: date) -> tuple[date, ...]:
    """Return the last day of every month from that of *first* to that of *last*, cut at *last*."""
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return tuple(min(month_end(n // 12, n % 12 + 1), last) for n in months)
