"""The words of a plugin's papers: a catalogue for each language, of which an office may override the Chinese one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import Enum
from functools import cache
from typing import ClassVar

from attrs import field, frozen

from dualcert.projections.books import Books
from dualcert.projections.finding import CODED, NAMED, Finding
from dualcert.reporting.reporters import Language, Request
from dualcert.values.dates import SHANGHAI
from dualcert.values.ids import kind_of

NUMERALS = "一二三四五六七八九"


@frozen
class Words:
    """The words of one paper: the catalogue of its language, with the office's own in Chinese.

    A plugin's class names its `package`, beside whose modules the catalogues are: `words-zh.toml` and `words-en.toml`,
    of flat keys and templates. A finding of a kind has a sentence `item-KIND`, and `item-KIND-ahead` for while there
    are days left, so that what is due is never written of as missing; `heading-KIND` likewise.
    """

    package: ClassVar[str]
    language: Language
    own: Mapping[str, str] = field(factory=dict)

    @classmethod
    def shipped(cls, language: Language) -> Mapping[str, str]:
        """Return the catalogue of a language as it ships."""
        return _catalogue(cls.package, language)

    @classmethod
    def check(cls, words: Mapping[str, str]) -> None:
        """Raise ValueError for words that are not in the catalogue, or that have fields which nothing fills."""
        known = cls.shipped("zh")
        for key, template in words.items():
            if key not in known:
                raise ValueError(f"words: there is no {key}")
            more = fields_of(template) - fields_of(known[key])
            if more:
                raise ValueError(f"words: {key} has no field {', '.join(sorted(more))}")

    def has(self, key: str) -> bool:
        """Return whether the catalogue has a key."""
        return key in self.shipped(self.language)

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the words of a key, with its fields filled in."""
        own = self.own.get(key) if self.language == "zh" else None
        return (self.shipped(self.language)[key] if own is None else own).format(**values)

    def day(self, day: date) -> str:
        """Return a day as official documents write it: 2023年9月30日."""
        return f"{day.year}年{day.month}月{day.day}日" if self.language == "zh" else day.isoformat()

    def month(self, month: str) -> str:
        """Return a month, given as YYYY-MM: 2023年9月."""
        year, _, number = month.partition("-")
        return f"{year}年{int(number)}月" if self.language == "zh" else month

    def number(self, number: int) -> str:
        """Return a number below a hundred as headings and batches have it: 四, 十二."""
        if self.language != "zh" or not 0 < number < 100:
            return str(number)
        tens, ones = divmod(number, 10)
        return f"{NUMERALS[tens - 1] if tens > 1 else ''}{'十' if tens else ''}{NUMERALS[ones - 1] if ones else ''}"

    def listed(self, names: Iterable[str]) -> str:
        """Return names as a list."""
        return self("list").join(names)

    def time(self, days_left: int | None) -> str:
        """Return how late something is, or how many days are left; nothing where there is no day."""
        if days_left is None:
            return ""
        if days_left < 0:
            return self("late", days=-days_left)
        return self("left", days=days_left) if days_left else self("today")

    def origin(self, key: str, books: Books) -> str:
        """Return until when the data goes, when it was read, what is counted, and the target."""
        target, at = books.policy().target, books.known_at.astimezone(SHANGHAI) if books.known_at else None
        hour = "" if at is None else f"{at.hour}时" if self.language == "zh" else f" {at:%H}:00"
        return self(
            key,
            as_of=self.day(books.as_of),
            known_at=f"{self.day(at.date())}{hour}" if at else self("none"),
            levels=self.listed(self(f"level-{level.value}") for level in target.basis),
            target=target.percent,
        )

    def finding(self, part: str, finding: Finding, request: Request, books: Books, *, to: str | None = None) -> str:
        """Return the *part* of a finding, `item` or `heading`, as a sentence; who is written *to* is `you`."""
        ahead = f"{part}-{finding.kind.value}-ahead"
        past = finding.days_left is None or finding.days_left < 0
        key = f"{part}-{finding.kind.value}" if past or not self.has(ahead) else ahead
        said = _Said(self, request, books, to)
        more = {name: said.value(name, value) for name, value in finding.more.items()}
        if "pairing_kind" in finding.more:
            more["who"] = self(f"who-{getattr(finding.more['pairing_kind'], 'value', '')}")
        due = self.day(finding.due) if finding.due else self("none")
        return self(key, **{**more, "name": finding.name, "due": due, "time": self.time(finding.days_left)})

    def named(self, id_: str, request: Request, books: Books) -> str:
        """Return what a person, lab or place is called; who has no name there is called by the role."""
        return _Said(self, request, books, None).named("", id_)


@frozen
class _Said:
    """What a finding's values are in a sentence: days and months written out, codes as words, ids as names."""

    words: Words
    request: Request
    books: Books
    to: str | None

    def value(self, key: str, value: object) -> str:
        if isinstance(value, tuple):
            return self.words.listed(self.value(key, each) for each in value)
        if isinstance(value, date):
            return self.words.day(value)
        if key in NAMED:
            return self.named(key, str(value))
        if isinstance(value, Enum) or key in CODED:
            return self.request.word(str(getattr(value, "value", value)))
        written = {"batch": self.words.number, "month": self.words.month}.get(key, str)
        return written(value)  # type: ignore[operator]  # a batch is a number, a month a text

    def named(self, key: str, id_: str) -> str:
        if id_ == self.to:
            return self.words("you")
        kind = kind_of(id_)
        lab = kind == "lab"
        division = None if lab else self.books.division(id_.removeprefix("county-"))
        name = division.name if division else self.books.lab_name(id_) if lab else self.request.name(id_)
        if name != id_:
            return name
        return self.words("helper" if lab or key in {"lab", "labs"} else "lead")


@cache
def _catalogue(package: str, language: Language) -> Mapping[str, str]:
    import tomllib
    from importlib.resources import files

    return tomllib.loads((files(package) / f"words-{language}.toml").read_text(encoding="utf-8"))


def fields_of(template: str) -> frozenset[str]:
    """Return the names of the fields of a template; raises ValueError if it has a stray brace."""
    from string import Formatter

    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name is not None)
