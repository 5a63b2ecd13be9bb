"""Official documents for dualcert in the layout of GB/T 9704-2012."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from attrs import frozen

from dualcert.reporting import Books, Document, Reporter, Request, hookimpl

if TYPE_CHECKING:
    from dualcert_notice.paper import Paper

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"

TWIPS, PER_MM = 20, 1440 / 25.4
"""Twips, the unit of Word: twentieths of a point."""


@frozen(kw_only=True)
class NoticeConfig:
    """How a document is set up: who issues it, and the figures of GB/T 9704-2012 (lengths in mm, sizes in points)."""

    issuer: str = ""
    """发文机关; left empty the line for it is."""
    number: str = ""
    """发文字号, with 〔year〕."""
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
    page_number_pt: float = 14.0
    """4号."""
    page_number_mm: float = 7.0
    """From the type area down to the dash beside the page number."""
    line_pt: float | None = None
    """The pitch of lines; left out, the height of the type area by its lines (28.95)."""
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


def _documents(papers: Iterator[tuple[str, Paper]], request: Request) -> Iterator[Document]:
    """Yield each paper as .docx and, if configured, as .pdf."""
    from dualcert_notice.docx import as_docx

    for name, paper in papers:
        yield Document(f"{name}.docx", DOCX, as_docx(paper, request.config))
        if request.config.pdf:
            from dualcert_notice.pdf import as_pdf

            yield Document(f"{name}.pdf", PDF, as_pdf(paper, request.config))


class _Notice:
    """A reporter of official documents."""

    Config = NoticeConfig
    papers: Callable[[Request, Books], Iterator[tuple[str, Paper]]]

    def render(self, request: Request, books: Books) -> Iterable[Document]:
        """Return the documents."""
        return _documents(type(self).papers(request, books), request)


def _bulletins(request: Request, books: Books) -> Iterator[tuple[str, Paper]]:
    from dualcert_notice.bulletin import bulletins

    return bulletins(request, books)


def _gate_notices(request: Request, books: Books) -> Iterator[tuple[str, Paper]]:
    from dualcert_notice.gates import gate_notices

    return gate_notices(request, books)


def _city_reminders(request: Request, books: Books) -> Iterator[tuple[str, Paper]]:
    from dualcert_notice.reminders import city_reminders

    return city_reminders(request, books)


class Bulletin(_Notice):
    """The monthly bulletin 通报: the province's figures, the cities ranked, what is missing."""

    name = "bulletin"
    summary = "通报: the month's figures and the cities ranked (.docx, GB/T 9704)"
    triggers = ()  # it makes documents, no messages
    papers = staticmethod(_bulletins)


class GateNotice(_Notice):
    """A notice 通知 for each decision of a gate that was not retracted; `subject` may be a county."""

    name = "gate-notice"
    summary = "通知: one for each decision of a gate, with what it rests on (.docx, GB/T 9704)"
    triggers = ()  # it makes documents, no messages
    papers = staticmethod(_gate_notices)


class CityReminder(_Notice):
    """A reminder 提醒函 to each city with open tasks; `subject` may be a city's code."""

    name = "city-reminder"
    summary = "提醒函: one for each city with what is due there (.docx, GB/T 9704)"
    triggers = ()  # it makes documents, no messages
    papers = staticmethod(_city_reminders)


@hookimpl
def dualcert_reporters() -> Iterable[Reporter]:
    """Give the three reporters."""
    return [Bulletin(), GateNotice(), CityReminder()]
