"""A PDF says what its .docx says, in the same layout, to be kept for good (PDF/A-2b); hostile names are text in it."""

from __future__ import annotations

import re
import subprocess
import zlib
from collections import Counter

import pytest
from attrs import evolve
from dualcert_notice import PDF, Bulletin, CityReminder, GateNotice, NoticeConfig
from dualcert_notice.composing import Desk
from dualcert_notice.pdf import as_pdf
from dualcert_notice.reminders import REMINDED
from notice_docx import part, rows, text
from notice_papers import WALL, everywhere

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


def unnumbered(pdf, folder):
    """Return the text of a PDF without its spaces and the numbers of its pages."""
    return "".join(re.sub(r"—\d+—$", "", page) for page in words(pdf, folder))


def squeezed(said):
    return "".join(said.split())


@pytest.fixture(scope="module")
def made(year):
    return {each.name: year.made(each, AS_PDF, subject=subject) for each, subject in ASKED.items()}


@pytest.fixture(scope="module")
def bulletin(made):
    return made["bulletin"]["通报-2023-12.pdf"]


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


@pytest.mark.parametrize("reporter", [each.name for each in ASKED])
def test_its_text_can_be_read_out_and_is_that_of_the_docx(made, tmp_path, reporter):
    docx, pdf = made[reporter].values()
    told = "".join(page.removesuffix(f"—{n}—") for n, page in enumerate(words(pdf, tmp_path), 1))
    shown, written = Counter(told), Counter(squeezed(text(part(docx))))

    assert written - shown == Counter()
    if reporter != "bulletin":  # a table of two pages shows its header twice
        assert shown - written == Counter()
    for cell in (cell for row in rows(docx) for cell in row):
        assert squeezed(cell) in told


def test_the_same_question_gives_the_same_bytes(made, year):
    for reporter, subject in ASKED.items():
        assert year.made_again(reporter, AS_PDF, subject=subject) == made[reporter.name]


def test_where_none_of_the_fonts_is_there_the_docx_is_made_and_the_fonts_are_named(small_books):
    config = evolve(AS_PDF, pdf_fonts=("No Such Font", "Nor This"))
    request, books = small_books.asked(config)

    assert [each.filename for each in Bulletin().render(request, books)] == ["通报-2023-10.docx"]
    assert list(Bulletin().remarks(request))[1:] == [
        "没有生成PDF：本机没有所配置的字体（pdf_fonts）：No Such Font、Nor This；.docx 已生成"
    ]
    with pytest.raises(RuntimeError, match="none of the fonts is on this machine: No Such Font"):
        as_pdf(WALL, config)


def test_a_font_that_is_not_there_is_named_where_another_stands_in_for_it(small_books):
    request, books = small_books.asked(evolve(AS_PDF, pdf_fonts=("No Such Font", "Noto Serif CJK SC")))

    assert len(list(Bulletin().render(request, books))) == 2
    assert list(Bulletin().remarks(request))[1:] == ["PDF以其他字体代替，本机没有：No Such Font（pdf_fonts）"]


def test_a_character_without_a_glyph_is_refused_by_its_name():
    with pytest.raises(RuntimeError, match="𪛖"):
        as_pdf(evolve(WALL, signature="𪛖"), AS_PDF)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hostile_name_is_text_and_nothing_else(payload, tmp_path):
    config = evolve(AS_PDF, issuer=payload, number=payload, contact=payload, copies=(payload,))
    request, views = small_books(lambda _: payload).asked(config, subject=CITY)

    _, document = CityReminder().render(request, views)

    told = unnumbered(document.content, tmp_path)
    assert not ACTIVE.search(inflated(document.content))
    assert told.startswith(squeezed(payload) * 2), "the head of the letter, and its number"
    owed = [each for each in views.due().rows if each.kind in REMINDED and each.responsible != views.policy().province]
    items = [Desk(request, views).told("item", each) for each in owed if views.city_of(each.division) == CITY]
    named = [each for each in items if payload in each]
    assert len(named) > 3
    for said in named:
        assert squeezed(said) in told, said


def test_every_place_of_a_paper_holds_text(tmp_path):
    paper, places = everywhere(SYNTAX)
    content = as_pdf(paper, AS_PDF)

    assert unnumbered(content, tmp_path).count(squeezed(SYNTAX)) == places
    assert not ACTIVE.search(inflated(content))


def test_a_name_of_200_characters_is_printed_whole(tmp_path):
    name = "国" * 190 + "县农产品检测中心站"
    config = evolve(AS_PDF, copies=(name,), contact=name)
    request, views = small_books(lambda _: name).asked(config, subject=CITY)
    docx, pdf = CityReminder().render(request, views)

    told = unnumbered(pdf.content, tmp_path)
    assert told.count(name[-9:]) == text(part(docx.content)).count(name[-9:]) > 5
