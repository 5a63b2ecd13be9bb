"""As LibreOffice prints it, a document has the lines, characters and page numbers of GB/T 9704-2012."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from dualcert_notice import Bulletin, NoticeConfig
from dualcert_notice.docx import as_docx
from notice_docx import part, rows, text
from notice_papers import OTHER, WALL
from notice_printed import MM, pages, to_pdf


@pytest.fixture(scope="module")
def bulletin(year):
    config = NoticeConfig(issuer="省委农办", number="晋农组办〔2023〕8号")
    (content,) = year.made(Bulletin(), config).values()
    return content


@pytest.fixture(scope="module")
def printed(tmp_path_factory, bulletin):
    documents = {"wall": as_docx(WALL, NoticeConfig()), "other": as_docx(WALL, OTHER), "bulletin": bulletin}
    made = to_pdf(documents, tmp_path_factory.mktemp("printed"))
    return {name: pages(pdf) for name, pdf in made.items()}


def test_a_full_line_holds_28_characters_and_a_full_page_22_lines(printed):
    full = printed["wall"][1]

    assert [len(each) for each in full.texts[:-1]] == [28] * 22
    assert full.texts[-1] == "—2—"


def test_the_first_line_of_a_paragraph_holds_two_characters_less(printed):
    (first,) = (each for each in printed["wall"][0].texts if each.startswith("国") and len(each) < 28)

    assert len(first) == 26


def test_lines_and_characters_that_are_set_otherwise_are_printed_so(printed):
    assert [len(each) for each in printed["other"][1].texts[:-1]] == [25] * 20


@pytest.mark.parametrize(("name", "left", "top", "width"), [("wall", 28, 37, 156), ("other", 30, 40, 150)])
def test_what_is_printed_stays_in_the_type_area(printed, name, left, top, width):
    full = printed[name][1]
    words = [word for line in full.lines[:-1] for word in line]

    assert (full.width / MM, full.height / MM) == pytest.approx((210, 297), abs=0.1)
    assert min(word.left for word in words) / MM == pytest.approx(left, abs=0.2)
    assert max(word.right for word in words) / MM <= left + width + 0.2
    assert min(word.top for word in words) / MM >= top
    assert max(word.bottom for word in words) / MM <= top + 225 + 0.2


def test_lines_are_28_95_points_apart(printed):
    tops = [line[0].top for line in printed["wall"][1].lines[:-1]]

    assert [b - a for a, b in pairwise(tops)] == pytest.approx([28.95] * 21, abs=0.1)


def test_a_title_of_two_lines_has_that_pitch_too(printed):
    first = printed["bulletin"][0]
    (nth,) = (n for n, said in enumerate(first.texts) if said.startswith("关于"))
    upper, lower = (max(word.bottom for word in first.lines[n]) for n in (nth, nth + 1))

    assert first.texts[nth : nth + 2] == ["关于2023年12月农产品质检机构", "“双认证”工作进展情况的通报"], (
        "no word is torn"
    )
    assert lower - upper == pytest.approx(28.95, abs=0.5)


def test_the_page_number_stands_7_mm_below_the_text_one_character_in_right_on_odd_pages(printed):
    for number, page in enumerate(printed["bulletin"], start=1):
        line = page.lines[-1]
        assert "".join(word.text for word in line) == f"—{number}—"
        middle = (line[0].top + line[0].bottom) / 2
        assert middle / MM == pytest.approx(37 + 225 + 7, abs=1)
        if number % 2:
            assert line[-1].right == pytest.approx((28 + 156) * MM - 14, abs=1)
        else:
            assert line[0].left == pytest.approx(28 * MM + 14, abs=1)


def test_what_libreoffice_prints_is_what_the_document_says(printed, bulletin):
    shown = Counter("".join(said for page in printed["bulletin"] for said in page.texts[:-1]))
    told = Counter("".join(text(part(bulletin)).split()))

    header = Counter("".join(rows(bulletin)[0]))
    assert shown - told in (Counter(), header), "a header is repeated on a page that its table reaches"
    assert told - shown == Counter()
