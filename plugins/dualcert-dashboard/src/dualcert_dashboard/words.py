"""The words of the pages, one catalogue for each language."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from zoneinfo import ZoneInfo

from attrs import frozen

from dualcert.reporting import Books, Request
from dualcert_dashboard.markup import shipped

SHANGHAI = ZoneInfo("Asia/Shanghai")


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return the catalogue of a language."""
    return tomllib.loads(shipped(f"words-{language}.toml"))


@frozen
class Words:
    """The words of one page."""

    language: str

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the words of a key, with its fields filled in."""
        found = catalogue(self.language)[key]
        return found.format(**values) if values else found

    def day(self, day: date | None) -> str:
        """Return a day as people write it, or a dash."""
        if day is None:
            return "—"
        return f"{day.year}年{day.month}月{day.day}日" if self.language == "zh" else day.isoformat()

    def time(self, days_left: int | None) -> str:
        """Return how late something is, or how many days are left."""
        if days_left is None:
            return ""
        return self("late" if days_left < 0 else "left" if days_left else "today", days=abs(days_left))

    def of_script(self, kind: str) -> dict[str, str]:
        """Return the words that a script puts into the page: those whose keys begin with *kind*."""
        return {key.removeprefix(kind): word for key, word in catalogue(self.language).items() if key.startswith(kind)}

    def command(self, name: str, word: Callable[[str], str]) -> str:
        """Return what a command does; *word* has those that no roster gives."""
        return catalogue(self.language).get(f"do {name}") or word(name)


@frozen
class Asked:
    """What a page is made from: the request, its books, and the words."""

    request: Request
    books: Books
    words: Words

    @classmethod
    def of(cls, request: Request, books: Books) -> Asked:
        """Return what the page of a request is made from."""
        return cls(request, books, Words(request.language))

    def who(self, id_: str | None) -> str:
        """Return what people call a person, a lab, a county or a division."""
        if id_ is None:
            return "—"
        if id_.startswith("lab-"):
            return self.books.lab_name(id_)
        found = self.books.division(id_.removeprefix("county-"))
        return found.name if found else self.request.name(id_)

    def city(self, code: str) -> str:
        """Return the name of the city that a division lies in; of the province, its own."""
        return self.who(self.books.city_of(code))

    def rests(self) -> str:
        """Return in words until when the data goes, and what is counted."""
        target = self.books.policy().target
        known = self.books.known_at.astimezone(SHANGHAI) if self.books.known_at else None
        levels = [self.request.word(level.value) for level in target.basis]
        return self.words(
            "rests",
            as_of=self.words.day(self.books.as_of),
            known_at=f"{self.words.day(known.date())} {known:%H:%M}" if known else "—",
            levels=self.words("list").join(levels),
            position=self.books.position,
        )
