"""Official documents for dualcert in the layout of GB/T 9704-2012."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING

from dualcert.reporting import Books, Document, Reporter, Request, hookimpl
from dualcert_notice.config import NoticeConfig

if TYPE_CHECKING:
    from dualcert_notice.paper import Paper

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"


def _documents(papers: Iterator[tuple[str, Paper]], request: Request) -> Iterator[Document]:
    """Yield each paper as .docx and, if configured, as .pdf where typst and one of the fonts are there."""
    from dualcert_notice.docx import as_docx

    as_well = request.config.pdf and _typeset() and len(_fontless(request.config)) < len(request.config.pdf_fonts)
    for name, paper in papers:
        yield Document(f"{name}.docx", DOCX, as_docx(paper, request.config))
        if as_well:
            from dualcert_notice.pdf import as_pdf

            yield Document(f"{name}.pdf", PDF, as_pdf(paper, request.config))


def _typeset() -> bool:
    """Return whether the library that makes PDFs is installed."""
    return find_spec("typst") is not None


def _fontless(config: NoticeConfig) -> tuple[str, ...]:
    from dualcert_notice.pdf import missing_fonts

    return missing_fonts(config)


class _Notice:
    """A reporter of official documents."""

    name: str
    Config = NoticeConfig
    needs: tuple[str, ...] = ()
    """What a paper of this kind needs of its configuration, besides issuer and number."""
    papers: Callable[[Request, Books], Iterator[tuple[str, Paper]]]

    def render(self, request: Request, books: Books) -> Iterable[Document]:
        """Return the documents."""
        return _documents(type(self).papers(request, books), request)

    def remarks(self, request: Request) -> Iterable[str]:
        """Yield what is left open in the papers, and why there is no PDF."""
        from dualcert_notice.catalogue import Words

        words = Words(request.language, request.config.words)
        keys = [key for key in ("issuer", "number", *self.needs) if getattr(request.config, key) in {"", None}]
        if keys:
            items = (words("remark-item", what=words(f"remark-{key}"), key=key) for key in keys)
            yield words("remark", what=words.listed(items))
        if request.config.pdf and not _typeset():
            yield words("remark-pdf")
        elif request.config.pdf and (fonts := _fontless(request.config)):
            none = len(fonts) == len(request.config.pdf_fonts)
            yield words("remark-fontless" if none else "remark-fonts", fonts=words.listed(fonts))


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
    needs = ("basis", "objection_days")
    papers = staticmethod(_gate_notices)


class CityReminder(_Notice):
    """A reminder 提醒函 to each city with open tasks; `subject` may be a city's code."""

    name = "city-reminder"
    summary = "提醒函: one for each city with what is due there (.docx, GB/T 9704)"
    triggers = ()  # it makes documents, no messages
    needs = ("reply_days",)
    papers = staticmethod(_city_reminders)


@hookimpl
def dualcert_reporters() -> Iterable[Reporter]:
    """Give the three reporters."""
    return [Bulletin(), GateNotice(), CityReminder()]
