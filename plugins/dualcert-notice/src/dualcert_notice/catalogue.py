"""The words of all papers, one catalogue for each language; an office may override the Chinese ones."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import ClassVar

from attrs import frozen

from dualcert import reporting

HAN = r"[\u3400-\u9fff“”‘’（），。；：、《》〔〕]"


@frozen
class Words(reporting.Words):
    """The words of one paper: the catalogue of its language, with the office's own."""

    package: ClassVar[str] = "dualcert_notice"

    def columns(self, key: str) -> tuple[str, ...]:
        """Return the headers of a table."""
        return tuple(self(key).split("|"))

    def first(self, nth: int, text: str) -> str:
        """Return the heading of the *nth* part of the first level."""
        return self("first-level", nth=self.number(nth), text=text)

    def second(self, nth: int, text: str) -> str:
        """Return the heading of the *nth* part of the second level."""
        return self("second-level", nth=self.number(nth), text=text)

    def cities(self, names: Iterable[str]) -> str:
        """Return several cities, as 长治、晋中2市 where each is a 市; one by its whole name."""
        given, suffix = tuple(names), self("city-suffix")
        if suffix and len(given) > 1 and all(name.endswith(suffix) and len(name) > 2 for name in given):
            return f"{self.listed(name.removesuffix(suffix) for name in given)}{len(given)}{suffix}"
        return self.listed(given)

    def percent(self, percent: str | None) -> str:
        """Return a share, or a dash where there is none."""
        return self("none") if percent is None else self("percent", percent=percent)

    def missing(self, what: str) -> str:
        """Return the placeholder of something that is not configured."""
        return self("placeholder", what=self(f"missing-{what}"))


def official(text: str) -> str:
    """Return Chinese text of a policy in the punctuation of documents: “ ”, （ ）, 2023年9月30日, no blanks within."""
    for old, new in zip("「」『』", "“”‘’", strict=True):
        text = text.replace(old, new)
    text = re.sub(r"“([^“”]*)“([^“”]*)”([^“”]*)”", r"“\1‘\2’\3”", text)
    text = re.sub(r"\(([^()]*)\)", r"（\1）", text)
    text = re.sub(r"(\d{4})-(\d\d)-(\d\d)", lambda m: f"{m[1]}年{int(m[2])}月{int(m[3])}日", text)
    return re.sub(rf"(?<={HAN})[ \u3000]+(?=[\w“（])|(?<=\w)[ \u3000]+(?={HAN})", "", text)


def points(one: str, other: str) -> Decimal:
    """Return how many points one printed percentage is above another, so that a reader's subtraction gives the same."""
    return Decimal(one) - Decimal(other)


def month_before(day: date) -> date:
    """Return the last day of the month before that of *day*; of the calendar's first month, its first day."""
    return max(day.replace(day=1), date.min + timedelta(days=1)) - timedelta(days=1)
