"""How a paper is set up: who issues it, what it says of itself, and the figures of GB/T 9704-2012."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from attrs import field, frozen

TWIPS, PER_MM = 20, 1440 / 25.4
"""Twips, the unit of Word: twentieths of a point."""


def _words(_: object, __: Any, value: Mapping[str, str]) -> None:
    from dualcert_notice.catalogue import Words

    Words.check(value)


@frozen(kw_only=True)
class NoticeConfig:
    """How a paper is set up; lengths are in mm, sizes in points, with the standard's figures as default."""

    issuer: str = ""
    """发文机关: of the red head, and of the signature where none is given."""
    mark: str = ""
    """发文机关标志; left out, the issuer, with 文件 in the form of a document."""
    signature: str = ""
    """发文机关署名; left out, the issuer."""
    number: str = ""
    """发文字号, with 〔year〕."""
    signer: str = ""
    """签发人, of a paper that goes upward."""
    addressees: tuple[str, ...] = ()
    """主送机关 instead of those that the paper finds."""
    copies: tuple[str, ...] = ()
    """抄送机关."""
    office: str = ""
    """印发机关; left out, the issuer."""
    printed_on: date | None = None
    """印发日期; left out, the day of the paper."""
    contact: str = ""
    """附注: whom to ask, printed in brackets under the date."""
    basis: str = ""
    """The document that a gate's decisions rest on: its title in 《》, and its number."""
    reply_days: int | None = None
    """Days after a reminder within which the city answers."""
    objection_days: int | None = None
    """Working days within which a county may object to a decision."""
    origin_line: bool = False
    """Whether a line under the date says until when the data goes, and what is counted."""
    form: Literal["document", "letter"] | None = None
    """文件格式 or 信函格式; left out, a letter for a reminder, a document otherwise."""
    words: Mapping[str, str] = field(factory=dict, hash=False, validator=_words)
    """Words that the office prefers, by the keys of words-zh.toml."""

    top_mm: float = 37.0
    """天头."""
    left_mm: float = 28.0
    """订口."""
    width_mm: float = 156.0
    height_mm: float = 225.0
    """版心, without the page number."""
    lines: int = 22
    characters: int = 28
    body_pt: float = 16.0
    """3号."""
    title_pt: float = 22.0
    """2号."""
    small_pt: float = 14.0
    """4号: the 版记."""
    table_pt: float = 12.0
    """小四, for tables, of which the standard says nothing."""
    page_number_pt: float = 14.0
    """4号."""
    page_number_mm: float = 7.0
    """From the type area down to the dash beside the page number."""
    line_pt: float | None = None
    """The pitch of lines; left out, the height of the type area by its lines (28.95)."""
    mark_mm: float = 35.0
    """From the type area down to the 发文机关标志."""
    mark_pt: float = 48.0
    """The size of the 发文机关标志, smaller where the type area is too narrow for it."""
    rule_mm: float = 4.0
    """From the 发文字号 to the red line, in a letter from the 发文机关标志 to the double line."""
    letter_mark_mm: float = 30.0
    """From the edge of the page down to the 发文机关标志 of a letter."""
    letter_rule_mm: float = 170.0
    """The length of a letter's double lines."""
    letter_foot_mm: float = 20.0
    """From the second double line of a letter to the edge of the page."""
    seal_lines: int = 2
    """Empty lines between text and signature, for the upper part of the seal."""
    red: str = "FF0000"
    body_font: str = "仿宋_GB2312"
    title_font: str = "方正小标宋简体"
    heading_font: str = "黑体"
    subheading_font: str = "楷体_GB2312"
    number_font: str = "宋体"
    latin_font: str = "Times New Roman"
    pdf: bool = False
    """Whether a PDF/A of the same is made, too."""
    pdf_fonts: tuple[str, ...] = ("Noto Serif CJK SC",)
    pdf_font_paths: tuple[str, ...] = ()

    @property
    def pitch(self) -> float:
        """The pitch of lines in points, rounded down: one line more never fits, one less never has to do."""
        return self.line_pt or math.floor(self.height_mm * PER_MM / self.lines) / TWIPS

    @property
    def tracking(self) -> float:
        """What each character of the body is set wider, in points; negative: closer."""
        return math.floor(self.width_mm * PER_MM / self.characters - self.body_pt * TWIPS) / TWIPS

    @property
    def width_pt(self) -> float:
        """The width of the type area in points."""
        return self.width_mm * PER_MM / TWIPS
