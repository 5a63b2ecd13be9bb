"""A paper: all that an official document says, without its layout."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

from attrs import frozen

Form = Literal["document", "letter"]
"""文件格式, and 信函格式 for a 函."""


@frozen
class Heading:
    """A heading of the first level 一、 or the second （一）, its number in its text."""

    text: str
    level: int = 1


@frozen
class Paragraph:
    """A paragraph of the body; `lead`, its first words, is a heading of the second level within the line."""

    text: str
    lead: str = ""


@frozen
class Rows:
    """A table with its caption 表题; `widths` are parts of the type area's width, `total` tells a sum in the last row."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    caption: str = ""
    total: bool = False


Block = Heading | Paragraph | Rows


@frozen
class Annex:
    """An annex 附件 on pages of its own: its label, its title, its content."""

    label: str
    title: str
    blocks: tuple[Block, ...]


@frozen(kw_only=True)
class Paper:
    """A document, element by element as GB/T 9704-2012 names them, each as it is printed.

    The title's lines end where its words do, none within one (7.3.1). `placeholders` are the texts that stand for
    what is not configured; wherever they occur they are marked. `origin` tells from what the paper was made, for its
    properties.
    """

    language: str
    form: Form
    mark: str
    """发文机关标志."""
    number: str
    """发文字号."""
    signer: tuple[str, str] | None
    """签发人: the word, and the name; only of a paper that goes upward."""
    title: str
    addressee: str
    """主送机关, with its colon."""
    blocks: Sequence[Block]
    enclosures: tuple[str, ...]
    """附件说明: a line for each annex; `enclosed` stands before the first."""
    enclosed: str
    signature: str
    """发文机关署名."""
    day: date
    dated: str
    """成文日期."""
    notes: tuple[str, ...]
    """附注, in brackets."""
    annexes: tuple[Annex, ...]
    copies: str
    """抄送机关, with its word and its full stop; empty where there are none."""
    office: str
    """印发机关."""
    printed: str
    """印发日期, with its word."""
    origin: str
    placeholders: tuple[str, ...]

    @property
    def name(self) -> str:
        """The title as one line."""
        return self.title.replace("\n", "" if self.language == "zh" else " ")

    def parts(self, text: str) -> list[tuple[str, bool]]:
        """Return *text* cut at its placeholders, each part with whether it is one."""
        found = [(text, False)]
        for placeholder in self.placeholders:
            found = [
                cut for part, is_one in found for cut in (_cut(part, placeholder) if not is_one else [(part, True)])
            ]
        return found or [(text, False)]


def _cut(text: str, placeholder: str) -> list[tuple[str, bool]]:
    between = [(placeholder, True)]
    cut = [piece for part in text.split(placeholder) for piece in ((part, False), *between)][:-1]
    return [(part, is_one) for part, is_one in cut if part]


def ems(text: str) -> float:
    """Return about how wide *text* is, in characters: a Chinese one is one wide, a digit or letter half."""
    return sum(0.5 if ord(character) < 0x2000 else 1.0 for character in text)
