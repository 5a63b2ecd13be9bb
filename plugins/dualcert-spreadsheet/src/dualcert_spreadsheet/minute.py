"""What a leader reads of a dispatch table in a minute: the share, who is short, what is overdue and what comes next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from dualcert.reporting import Books
from dualcert_spreadsheet.words import Words

SOON = 30
"""The days ahead that are looked at."""


def in_a_minute(words: Words, books: Books, city: Any, labs: Sequence[Any]) -> list[str]:
    """Return the lines, about the province, or about *city*, whose labs are *labs*."""
    figures = books.ratio("city")
    row = next((each for each in figures.rows if city and each.division == city.code), figures.total)
    return [_whole(words, books, figures, row, city), *_short(words, figures, city, labs), _overdue(words, books, city)]


def _whole(words: Words, books: Books, figures: Any, row: Any, city: Any) -> str:
    if not row.labs:
        return words("whole-nothing")
    said = {
        "labs": row.labs,
        "dual": row.dual,
        "percent": row.percent,
        "change": _change(words, books, row),
        "verdict": words(
            "verdict-met" if row.met else "verdict-short", target=figures.target_percent, missing=row.missing
        ),
    }
    if city is None:
        return words("whole", **said)
    return words("whole-city", **said, city=city.name, place=_place(figures.rows, row))


def _place(rows: Any, row: Any) -> int:
    """Return the place of a city by its share; equal shares share a place."""
    return 1 + len([each for each in rows if each.labs and each.dual * row.labs > row.dual * each.labs])


def _change(words: Words, books: Books, row: Any) -> str:
    """Return how the share changed since the end of the month before, by the figures as they are printed."""
    day = max(books.as_of.replace(day=1), date.min + timedelta(days=1)) - timedelta(days=1)
    if not books.campaigns(as_of=day) or books.policy().from_ > day:
        return ""
    figures = books.ratio("city", as_of=day)
    before = next((each for each in figures.rows if each.division == row.division), figures.total)
    if before.percent is None:
        return ""
    change = Decimal(row.percent) - Decimal(before.percent)
    key = "change-up" if change > 0 else "change-down" if change < 0 else "change-none"
    return words(key, points=abs(change))


def _short(words: Words, figures: Any, city: Any, labs: Sequence[Any]) -> Iterator[str]:
    """Yield which cities are short of the target, or which labs of the city are not dual-certified."""
    if city is None:
        short = [row.name for row in figures.rows if row.met is False]
        if short or figures.total.labs:
            yield words("short", count=len(short), cities=words.listed(short)) if short else words("none-short")
    elif labs:
        lacking = [lab.name for lab in labs if not lab.dual]
        yield (words("lacking", count=len(lacking), labs=words.listed(lacking)) if lacking else words("none-lacking"))


def _overdue(words: Words, books: Books, city: Any) -> str:
    late: Counter[str] = Counter()
    soon = 0
    for finding in books.due(within=SOON).rows:
        home = books.city_of(finding.division)
        if finding.days_left is not None and (city is None or home == city.code):
            late[home] += finding.days_left < 0
            soon += finding.days_left >= 0
    if not late.total():
        return words("none-overdue", soon=soon)
    if city:
        return words("overdue-city", count=late.total(), soon=soon)
    ((code, most),) = late.most_common(1)
    most_of = books.division(code)
    return words("overdue", count=late.total(), city=most_of.name if most_of else code, most=most, soon=soon)
