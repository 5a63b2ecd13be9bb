"""A PDF says what its .docx says, in the same layout, to be kept for good (PDF/A-2b); hostile names are text in it."""

from __future__ import annotations

import re
import subprocess
import zlib
from collections import Counter
from itertools import pairwise

import pytest
from attrs import evolve
from dualcert_notice import PDF, Bulletin, CityReminder, GateNotice, NoticeConfig
from dualcert_notice.pdf import as_pdf
from notice_docx import part, rows, text
from notice_papers import OTHER, WALL, everywhere
from notice_printed import MM, pages

from dualcert.reporting.configuration import Configuration
from dualcert.reporting.plugins import load_plugins
from dualcert.reporting.rendering import render
from dualcert.testing.books import CITY, small_books
from dualcert.testing.hostile import PAYLOADS

AS_PDF = NoticeConfig(pdf=True)
ASKED = {Bulletin(): None, GateNotice(): "140932", CityReminder(): "140400"}
SYNTAX = r"""#set page(width: 1pt) $x^2$ *b* _e_ = h <l> @r [c] `r` \u{41} -- ... ~ ' " https://example.invalid/x // x /* x */"""
"""What typst reads as markup, as a link or not at all."""
ACTIVE = re.compile(rb"/(Annots|URI|JavaScript|JS|Launch|GoToR|SubmitForm|AcroForm|EmbeddedFile)\b")
"""What a PDF does rather than says: links, scripts, forms, files."""


def inflated(pdf):
    """Return the bytes of a PDF with its streams unpacked."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    return b"\n".join([pdf, *(zlib.decompressobj().decompress(each) for each in streams if each[:1] == b"x")])


def words(pdf, folder):
    """Return the text of a PDF without its spaces, page by page, as it is read out of it."""
    path = folder / "read.pdf"
    path.write_bytes(pdf)
    told = subprocess.run(["pdftotext", "-raw", path, "-"], check=True, capture_output=True).stdout.decode()
    return ["".join(page.split()) for page in told.split("\f")][:-1]


def squeezed(said):
    return "".join(said.split())


@pytest.fixture(scope="module")
def made(year):
    return {each.name: year.made(each, AS_PDF, subject=subject) for each, subject in ASKED.items()}


@pytest.fixture(scope="module")
def bulletin(made):
    return made["bulletin"]["通报-2023-12.pdf"]


@pytest.fixture(scope="module")
def printed(tmp_path_factory, bulletin):
    folder = tmp_path_factory.mktemp("pdf")
    documents = {
        "wall": as_pdf(WALL, NoticeConfig()),
        "other": as_pdf(WALL, OTHER),
        "bulletin": bulletin,
    }
    for name, content in documents.items():
        (folder / f"{name}.pdf").write_bytes(content)
    return {name: pages(folder / f"{name}.pdf") for name in documents}


def test_each_document_is_made_twice_where_a_pdf_is_asked_for(made, year):
    assert list(made["bulletin"]) == ["通报-2023-12.docx", "通报-2023-12.pdf"]
    for reporter, subject in ASKED.items():
        plain = year.made(reporter, subject=subject)
        assert {**plain, **made[reporter.name]} == made[reporter.name]
        assert len(made[reporter.name]) == 2 * len(plain)


def test_it_is_a_pdf_a_2b(bulletin, small_books):
    assert b"<pdfaid:part>2</pdfaid:part>" in inflated(bulletin)
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in inflated(bulletin)
    _, document = Bulletin().render(*small_books.asked(AS_PDF))
    assert (document.media_type, document.content[:5]) == (PDF, b"%PDF-")


def test_its_pages_are_a4(printed):
    for page in printed["bulletin"]:
        assert (page.width / MM, page.height / MM) == pytest.approx((210, 297), abs=0.1)


def test_a_full_line_holds_28_characters_and_a_full_page_22_lines(printed):
    full = printed["wall"][2]

    assert [len(each) for each in full.texts[:-1]] == [28] * 22
    tops = [line[0].top for line in full.lines[:-1]]
    assert [b - a for a, b in pairwise(tops)] == pytest.approx([28.95] * 21, abs=0.1)
    lefts, rights = ([getattr(word, side) for line in full.lines[:-1] for word in line] for side in ("left", "right"))
    assert (min(lefts) / MM, max(rights) / MM) == pytest.approx((28, 28 + 156), abs=0.5)


def test_lines_and_characters_that_are_set_otherwise_are_printed_so(printed):
    assert [len(each) for each in printed["other"][2].texts[:-1]] == [25] * 20


def test_its_pages_are_numbered_between_dashes_outside(printed):
    for number, page in enumerate(printed["wall"], start=1):
        assert page.texts[-1] == f"—{number}—"
        middle = (page.lines[-1][0].left + page.lines[-1][-1].right) / 2
        assert (middle > page.width / 2) == bool(number % 2)


@pytest.mark.parametrize("reporter", [each.name for each in ASKED])
def test_its_text_can_be_read_out_and_is_that_of_the_docx(made, tmp_path, reporter):
    docx, pdf = made[reporter].values()
    told = "".join(page.removesuffix(f"—{n}—") for n, page in enumerate(words(pdf, tmp_path), 1))

    assert Counter(told) == Counter(squeezed(text(part(docx))))
    for cell in (cell for row in rows(docx) for cell in row):
        assert squeezed(cell) in told


def test_the_same_question_gives_the_same_bytes(made, year):
    for reporter, subject in ASKED.items():
        assert year.made_again(reporter, AS_PDF, subject=subject) == made[reporter.name]


def test_where_none_of_the_fonts_is_there_no_document_is_made(small_books):
    configuration = Configuration(reporter={"bulletin": {"pdf": True, "pdf_fonts": ["No Such Font"]}})
    done = render(load_plugins(configuration), "bulletin", *small_books.asked(None))

    assert (done.trouble.code, done.artifacts) == ("plugin-broken", ())
    assert "none of the fonts is on this machine: No Such Font" in done.trouble.detail


def test_a_character_without_a_glyph_is_refused_by_its_name():
    with pytest.raises(RuntimeError, match="𪛖"):
        as_pdf(WALL, evolve(AS_PDF, issuer="𪛖"))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hostile_name_is_text_and_nothing_else(payload, tmp_path):
    config = evolve(AS_PDF, issuer=payload, number=payload)
    request, views = small_books(lambda _: payload).asked(config, subject=CITY)

    _, document = CityReminder().render(request, views)

    told = "".join(re.sub(r"—\d+—$", "", page) for page in words(document.content, tmp_path))
    assert not ACTIVE.search(inflated(document.content))
    assert told.startswith(squeezed(payload)), "the document's number"
    owed = [each for each in views.due().rows if each.responsible != views.policy().province]
    messages = [request.said(each, views) for each in owed if views.city_of(each.division) == CITY]
    named = [each for each in messages if payload in each]
    assert len(named) > 3
    for message in named:
        assert squeezed(message) in told, message


def test_every_place_of_a_paper_holds_text(tmp_path):
    content = as_pdf(everywhere(SYNTAX), evolve(AS_PDF, issuer=SYNTAX, number=SYNTAX))

    assert "".join(words(content, tmp_path)).count(squeezed(SYNTAX)) == 10
    assert not ACTIVE.search(inflated(content))
