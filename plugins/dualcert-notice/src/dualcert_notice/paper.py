"""A paper: the content of an official document, without its layout."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from attrs import frozen


@frozen
class Heading:
    """A heading: of the first level 一、 or the second （一）, its number in its text."""

    text: str
    level: int = 1


@frozen
class Paragraph:
    """A paragraph of the body."""

    text: str


@frozen
class Rows:
    """A table; `widths` are parts of the type area's width."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]


Block = Heading | Paragraph | Rows


@frozen(kw_only=True)
class Paper:
    """A document: 发文字号, 标题, 主送机关, 正文, 发文机关署名 and 成文日期, and a note on what it rests on.

    The title's lines end where its words do, none within one (GB/T 9704-2012, 7.3.1).
    """

    language: str
    title: str
    addressee: str
    blocks: Sequence[Block]
    day: date
    note: str

    @property
    def name(self) -> str:
        """The title as one line."""
        return self.title.replace("\n", "" if self.language == "zh" else " ")

    @property
    def dated(self) -> str:
        """The date as such documents write it."""
        return written(self.language, self.day)

    @property
    def noted(self) -> str:
        """The note, in brackets."""
        return f"（{self.note}）" if self.language == "zh" else f"({self.note})"


def written(language: str, day: date) -> str:
    """Return a date as official documents write it."""
    return f"{day.year}年{day.month}月{day.day}日" if language == "zh" else day.isoformat()


NUMERALS = "一二三四五六七八九"


def numbered(language: str, nth: int, text: str) -> str:
    """Return the heading of the *nth* part, counted from 1, below a hundred."""
    return f"{_numeral(nth)}、{text}" if language == "zh" else f"{nth}. {text}"


def _numeral(number: int) -> str:
    tens, ones = divmod(number, 10)
    return f"{NUMERALS[tens - 1] if tens > 1 else ''}{'十' if tens else ''}{NUMERALS[ones - 1] if ones else ''}"
