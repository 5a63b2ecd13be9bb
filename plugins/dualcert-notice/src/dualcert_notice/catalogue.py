"""The words of all papers, one catalogue for each language; an office may override the Chinese ones."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from string import Formatter

from attrs import frozen

NUMERALS = "一二三四五六七八九"
HAN = r"[\u3400-\u9fff“”‘’（），。；：、《》〔〕]"


@cache
def shipped(language: str) -> Mapping[str, str]:
    """Return the catalogue of a language as it ships."""
    text = (files("dualcert_notice") / f"words-{language}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def fields(template: str) -> frozenset[str]:
    """Return the names of the fields of a template; raises ValueError if it has a stray brace."""
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name is not None)


def check_words(words: Mapping[str, str]) -> None:
    """Raise ValueError for words that are in no catalogue, or that have fields which theirs does not fill."""
    known = shipped("zh")
    for key, template in words.items():
        if key not in known:
            raise ValueError(f"words: there is no {key}")
        more = fields(template) - fields(known[key])
        if more:
            raise ValueError(f"words: {key} has no field {', '.join(sorted(more))}")


@frozen
class Words:
    """The words of one paper: the catalogue of its language, with the office's own."""

    language: str
    own: Mapping[str, str]

    def has(self, key: str) -> bool:
        """Return whether the catalogue has a key."""
        return key in shipped(self.language)

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the words of a key, with its fields filled in."""
        own = self.own.get(key) if self.language == "zh" else None
        return (shipped(self.language)[key] if own is None else own).format(**values)

    def columns(self, key: str) -> tuple[str, ...]:
        """Return the headers of a table."""
        return tuple(self(key).split("|"))

    def day(self, day: date) -> str:
        """Return a day as official documents write it."""
        return f"{day.year}年{day.month}月{day.day}日" if self.language == "zh" else day.isoformat()

    def month(self, month: str) -> str:
        """Return a month, given as YYYY-MM."""
        year, _, number = month.partition("-")
        return f"{year}年{int(number)}月" if self.language == "zh" else month

    def number(self, number: int) -> str:
        """Return a number below a hundred as headings and batches have it: 四, 十二."""
        if self.language != "zh":
            return str(number)
        tens, ones = divmod(number, 10)
        return f"{NUMERALS[tens - 1] if tens > 1 else ''}{'十' if tens else ''}{NUMERALS[ones - 1] if ones else ''}"

    def first(self, nth: int, text: str) -> str:
        """Return the heading of the *nth* part of the first level."""
        return self("first-level", nth=self.number(nth), text=text)

    def second(self, nth: int, text: str) -> str:
        """Return the heading of the *nth* part of the second level."""
        return self("second-level", nth=self.number(nth), text=text)

    def listed(self, names: Iterable[str]) -> str:
        """Return names as a list."""
        return self("list").join(names)

    def cities(self, names: Iterable[str]) -> str:
        """Return several cities, as 长治、晋中2市 where each is a 市; one by its whole name."""
        given, suffix = tuple(names), self("city-suffix")
        if suffix and len(given) > 1 and all(name.endswith(suffix) and len(name) > 2 for name in given):
            return f"{self.listed(name.removesuffix(suffix) for name in given)}{len(given)}{suffix}"
        return self.listed(given)

    def percent(self, percent: str | None) -> str:
        """Return a share, or a dash where there is none."""
        return self("none") if percent is None else self("percent", percent=percent)

    def time(self, days_left: int | None, *, told: bool = False) -> str:
        """Return how late something is, or how many days are left; nothing without a day, or where *told* already."""
        if days_left is None or told:
            return ""
        if days_left < 0:
            return self("late", days=-days_left)
        return self("left", days=days_left) if days_left else self("today")

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
    """Return the last day of the month before that of *day*."""
    return day.replace(day=1) - timedelta(days=1)
