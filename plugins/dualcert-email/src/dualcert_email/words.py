"""The Chinese words of digests: one catalogue, which an office may override; and findings as sentences to a person."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from enum import Enum
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any

from attrs import frozen

from dualcert.reporting import Books, Request


@cache
def shipped() -> Mapping[str, str]:
    """Return the catalogue as it ships."""
    return tomllib.loads((files("dualcert_email") / "words-zh.toml").read_text(encoding="utf-8"))


def fields(template: str) -> frozenset[str]:
    """Return the names of the fields of a template; raises ValueError if it has a stray brace."""
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name is not None)


def check_words(words: Mapping[str, str]) -> None:
    """Raise ValueError for words that are not in the catalogue, or that have fields which its own do not have."""
    for key, template in words.items():
        if key not in shipped():
            raise ValueError(f"words: there is no {key}")
        more = fields(template) - fields(shipped()[key])
        if more:
            raise ValueError(f"words: {key} has no field {', '.join(sorted(more))}")


@frozen
class Letter:
    """The words of one digest: to whom it goes, and what was asked."""

    recipient: str
    request: Request
    books: Books

    def words(self, key: str, /, **values: object) -> str:
        """Return the words of a key, with its fields filled in."""
        own = self.request.config.words.get(key)
        return (shipped()[key] if own is None else own).format(**values)

    def heading(self, finding: Any) -> str:
        """Return the heading that a finding stands under."""
        return self.words(_key("heading", finding))

    def item(self, finding: Any) -> str:
        """Return a finding as a sentence; who is written to is called 您."""
        more = {key: self._said(key, value) for key, value in finding.more.items()}
        due = written(finding.due) if finding.due else ""
        values = {**more, "name": finding.name, "due": due, "time": self._time(finding.days_left)}
        return self.words(_key("item", finding), **values)

    def rests(self) -> str:
        """Return until when the data goes and what is counted."""
        levels = [self.words(f"level-{level.value}") for level in self.books.policy().target.basis]
        return self.words("rests", as_of=written(self.books.as_of), levels=self.words("list").join(levels))

    def _time(self, days_left: int | None) -> str:
        if days_left is None:
            return ""
        if days_left < 0:
            return self.words("late", days=-days_left)
        return self.words("left", days=days_left) if days_left else self.words("today")

    def _said(self, key: str, value: Any) -> str:
        if isinstance(value, tuple):
            return self.words("list").join(self._said(key, each) for each in value)
        if isinstance(value, date):
            return written(value)
        if key in {"supporter", "lab", "labs"}:
            return self._named(str(value))
        if key == "month":
            year, _, number = str(value).partition("-")
            return f"{year}年{int(number)}月"
        return self.request.word(value.value) if isinstance(value, Enum) else str(value)

    def _named(self, id_: str) -> str:
        """Return what a lab or person is called: 您 who is written to, by the role who has no name there."""
        if id_ == self.recipient:
            return self.words("you")
        lab = id_.startswith("lab-")
        name = self.books.lab_name(id_) if lab else self.request.name(id_)
        return name if name != id_ else self.words("helper" if lab else "lead")


def written(day: date) -> str:
    """Return a day as official documents write it."""
    return f"{day.year}年{day.month}月{day.day}日"


def _key(part: str, finding: Any) -> str:
    key = f"{part}-{finding.kind.value}"
    ahead = finding.days_left is not None and finding.days_left >= 0
    return f"{key}-ahead" if ahead and f"{key}-ahead" in shipped() else key
