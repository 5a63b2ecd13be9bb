"""Printed, by LibreOffice and by typst alike, each element stands where GB/T 9704-2012 has it, within a millimetre."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from itertools import combinations, pairwise

import pytest
from attrs import evolve, frozen
from dualcert_notice import Bulletin, CityReminder, GateNotice, NoticeConfig
from dualcert_notice.docx import as_docx
from dualcert_notice.paper import ems
from dualcert_notice.pdf import as_pdf
from notice_docx import part, text
from notice_papers import COMPLETE, OTHER, WALL
from notice_printed import MM, bands, pages, to_pdf

from dualcert.reporting import Books
from dualcert.testing.books import CITY, small_books
from dualcert.testing.hostile import PAYLOADS

BOTH = evolve(COMPLETE, pdf=True)
PITCH, SIZE, TITLE = 225 / 22, 16 / MM, 22 / MM
"""A line, and a character of the text and of the title, in millimetres."""
MARK = 44 / MM
"""山西省农业农村厅文件 fits with characters of 44 points."""
SQUEEZED = 9
"""Points that two words may share: a full stop at the end of one is set in half of its width."""
FOOT = 0.2 * PITCH - 0.1 * SIZE
"""How far a line goes on below its characters."""
WITH_NUMBER = ("bulletin", "notice")
LETTERS = ("one page", "three pages")


@frozen
class Many(Books):
    """Books in which one city has so many findings."""

    count: int = 60

    def due(self, **more):
        found = super().due(**more)
        of_one = [each for each in found.rows if self.city_of(each.division) == "140400"]
        return evolve(found, rows=tuple((of_one * 60)[: self.count]))


def letter(year, count):
    """Return a letter about so many findings, as .docx and as .pdf."""
    request, books = year.asked(CityReminder(), BOTH)
    made = CityReminder().render(request, Many(books.view, books.as_of, count))
    return tuple(each.content for each in made)


def strange():
    """Return papers of what is hardly ever so: names of 200 characters, hostile ones, and a city that has no lab and met in no month."""
    name = "国" * 190 + "县农产品检测中心站"
    everywhere = dict.fromkeys(("issuer", "number", "office", "contact", "basis"), name)
    long = evolve(BOTH, **everywhere, copies=(name,), addressees=(name,))
    hostile = (each for _ in range(99) for each in PAYLOADS)
    asked = {
        "long letter": (CityReminder(), small_books(lambda _: name), long, CITY),
        "long document": (Bulletin(), small_books(lambda _: name), long, None),
        "long notice": (GateNotice(), small_books(lambda _: name), long, None),
        "hostile letter": (CityReminder(), small_books(lambda _: next(hostile)), BOTH, CITY),
        "hostile document": (Bulletin(), small_books(lambda _: next(hostile)), BOTH, None),
        "without labs": (CityReminder(), small_books(), BOTH, "140100"),
    }
    return {
        title: tuple(
            each.content for each in reporter.render(*books.asked(config, subject=subject, as_of=date(2023, 12, 31)))
        )[:2]
        for title, (reporter, books, config, subject) in asked.items()
    }


STRANGE = ("long letter", "long document", "long notice", "hostile letter", "hostile document", "without labs")


@pytest.fixture(scope="module")
def papers(year):
    """The papers, each as .docx and as .pdf."""
    return {
        "bulletin": tuple(year.made(Bulletin(), BOTH).values()),
        "notice": tuple(year.made(GateNotice(), BOTH, subject="140932").values()),
        "one page": letter(year, 1),
        "three pages": letter(year, 20),
        "sixty": letter(year, 60),
        **strange(),
        "wall": (as_docx(WALL, NoticeConfig()), as_pdf(WALL, NoticeConfig())),
        "other": (as_docx(WALL, OTHER), as_pdf(WALL, OTHER)),
    }


@pytest.fixture(scope="module")
def files(tmp_path_factory, papers):
    folder = tmp_path_factory.mktemp("printed")
    made = to_pdf({name: docx for name, (docx, _) in papers.items()}, folder)
    for name, (_, pdf) in papers.items():
        (folder / f"{name}-typst.pdf").write_bytes(pdf)
    return {"docx": made, "pdf": {name: folder / f"{name}-typst.pdf" for name in papers}}


@pytest.fixture(scope="module", params=["docx", "pdf"])
def file(request, files):
    return files[request.param]


@pytest.fixture(scope="module")
def printed(file):
    return {name: pages(path) for name, path in file.items()}


@pytest.fixture(scope="module")
def first(file):
    """The ink of the first pages."""
    return {name: bands(file[name], 1) for name in (*WITH_NUMBER, *LETTERS)}


@pytest.fixture(scope="module")
def last(file, printed):
    """The ink of the last pages."""
    return {name: bands(file[name], len(printed[name])) for name in (*WITH_NUMBER, *LETTERS)}


def near(expected):
    return pytest.approx(expected, abs=1)


# The type area


def test_pages_are_a4(printed):
    for page in (page for name in printed for page in printed[name]):
        assert (page.width / MM, page.height / MM) == pytest.approx((210, 297), abs=0.1)


def test_a_full_line_holds_28_characters_and_a_full_page_22_lines_28_95_points_apart(printed):
    full = printed["wall"][1]

    assert [len(each) for each in full.texts[:-1]] == [28] * 22
    assert full.texts[-1] == "—2—"
    tops = [line[0].top for line in full.lines[:-1]]
    assert [b - a for a, b in pairwise(tops)] == pytest.approx([28.95] * 21, abs=0.1)


def test_lines_and_characters_that_are_set_otherwise_are_printed_so(printed):
    assert [len(each) for each in printed["other"][1].texts[:-1]] == [25] * 20


@pytest.mark.parametrize(("name", "left", "top", "width"), [("wall", 28, 37, 156), ("other", 30, 40, 150)])
def test_what_is_printed_stays_in_the_type_area(file, name, left, top, width):
    *lines, _ = bands(file[name], 2)

    assert min(each.left for each in lines) == near(left)
    assert left + width - SIZE <= max(each.right for each in lines) <= left + width + 0.2
    assert top - 0.5 <= lines[0].top <= top + 225 / 20 - SIZE
    assert lines[-1].bottom <= top + 225


# 文件格式


@pytest.mark.parametrize("name", WITH_NUMBER)
def test_the_mark_stands_35_mm_below_the_type_area_in_the_middle(first, name):
    mark = first[name][0]

    assert (mark.top, mark.middle) == (near(37 + 35), near(28 + 78))
    assert mark.right - mark.left <= 156


@pytest.mark.parametrize("name", WITH_NUMBER)
def test_the_number_stands_two_lines_below_the_mark_and_the_red_line_4_mm_below_it(first, name):
    mark, number, line = first[name][:3]

    assert number.bottom - mark.top == near(MARK + 3 * PITCH - FOOT)
    assert number.middle == near(28 + 78)
    assert line.top - number.bottom == near(4)
    assert (line.left, line.right) == (near(28), near(28 + 156))


@pytest.mark.parametrize("name", WITH_NUMBER)
def test_the_title_stands_two_lines_below_the_red_line_the_addressee_one_below_the_title(first, name):
    _, _, line, upper, lower, addressee, text = first[name][:7]

    assert upper.bottom - line.bottom == near(3 * PITCH - FOOT)
    assert lower.bottom - upper.bottom == near(PITCH)
    assert (upper.middle, lower.middle) == (near(28 + 78), near(28 + 78))
    assert addressee.bottom - lower.bottom == near(2 * PITCH)
    assert (addressee.left, text.left) == (near(28), near(28 + 2 * SIZE))
    assert text.bottom - addressee.bottom == near(PITCH)


def test_the_title_is_broken_at_a_word(printed):
    texts = printed["bulletin"][0].texts

    assert "关于2023年12月农产品质检机构" in texts
    assert "“双认证”工作进展情况的通报" in texts


@pytest.mark.parametrize("name", WITH_NUMBER)
def test_the_imprint_ends_with_the_type_area_of_the_last_page(last, name):
    *_, upper, copies, middle, office, lower, _ = last[name]

    assert lower.bottom == near(37 + 225)
    for rule in (upper, middle, lower):
        assert (rule.left, rule.right) == (near(28), near(28 + 156))
    assert copies.left == near(28 + 14 / MM)
    assert (office.left, office.right) == (near(28 + 14 / MM), near(28 + 156 - 14 / MM))


def signed(printed, name):
    """Return the lines of signature and date, and the line before them, of the first page that has them."""
    for page in printed[name]:
        texts = page.texts
        if ("山西省农业农村厅" in texts[1:] and page is not printed[name][-1]) or name in LETTERS:
            at = texts.index("山西省农业农村厅", 1) if "山西省农业农村厅" in texts[1:] else 0
            if at:
                return page.lines[at - 1 : at + 2]
    raise AssertionError(name)


@pytest.mark.parametrize("name", [*WITH_NUMBER, *LETTERS])
def test_the_signature_stands_in_the_middle_over_the_date_which_ends_four_characters_from_the_right(printed, name):
    text, signature, date = signed(printed, name)
    middles = [(line[0].left + line[-1].right) / 2 / MM for line in (signature, date)]
    dated = "".join(word.text for word in date)

    assert middles == [near(28 + 156 - (4 + ems(dated) / 2) * 156 / 28)] * 2
    assert (date[0].bottom - signature[0].bottom) / MM == near(PITCH)
    assert (signature[0].bottom - text[0].bottom) / MM == near(3 * PITCH), "two lines for the seal"


@pytest.mark.parametrize("name", WITH_NUMBER)
def test_an_annex_begins_a_page_with_its_label_and_its_title_on_the_third_line(file, printed, name):
    number = next(n for n, page in enumerate(printed[name], 1) if page.texts[0] == "附件")
    label, title, *_ = bands(file[name], number)

    assert (label.left, title.middle) == (near(28), near(28 + 78))
    assert title.bottom - label.bottom == near(2 * PITCH)


@pytest.mark.parametrize("name", ["bulletin", "notice", "three pages"])
def test_the_page_number_stands_7_mm_below_the_text_one_character_in_right_on_odd_pages(file, printed, name):
    for number, page in enumerate(printed[name], start=1):
        if name in LETTERS and number == 1:
            continue
        assert page.texts[-1] == f"—{number}—"
        dashes = bands(file[name], number)[-1]
        assert (dashes.top + dashes.bottom) / 2 == near(37 + 225 + 7)
        side = dashes.right if number % 2 else dashes.left
        assert side == near(28 + 156 - 14 / MM if number % 2 else 28 + 14 / MM)


# 信函格式


@pytest.mark.parametrize("name", LETTERS)
def test_the_head_of_a_letter_stands_30_mm_below_the_edge_and_4_mm_above_a_double_line_of_170_mm(first, name):
    mark, thick, thin = first[name][:3]

    assert (mark.top, mark.middle) == (near(30), near(105))
    assert thick.top - mark.top == near(48 / MM + 4)
    assert thick.bottom - thick.top > thin.bottom - thin.top
    for line in (thick, thin):
        assert (line.left, line.right) == (near(20), near(190))


@pytest.mark.parametrize("name", LETTERS)
def test_its_second_double_line_stands_20_mm_above_the_edge_and_no_number_below_it(first, name):
    *_, thin, thick = first[name]

    assert thick.bottom == near(297 - 20)
    assert thick.bottom - thick.top > thin.bottom - thin.top
    assert (thick.left, thick.right) == (near(20), near(190))


@pytest.mark.parametrize("name", LETTERS)
def test_its_number_stands_at_the_right_below_the_line_and_two_lines_above_the_title(first, name):
    _, _, line, number, upper, lower, addressee, *_ = first[name]

    assert number.top - line.bottom == near(7 / 8 * SIZE)
    assert number.right == near(28 + 156)
    assert upper.bottom - number.bottom == near(3 * PITCH)
    assert (upper.middle, lower.middle) == (near(28 + 78), near(28 + 78))
    assert addressee.bottom - lower.bottom == near(2 * PITCH)


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_says_to_whom_copies_go_at_the_foot_of_its_last_page(printed, last, name):
    texts = printed[name][-1].texts
    (at,) = (n for n, said in enumerate(texts) if said.startswith("抄送："))
    rest = len(texts) - 1 - at

    assert rest == (0 if len(printed[name]) == 1 else 1)
    copies = last[name][-3 if len(printed[name]) == 1 else -2]
    assert copies.bottom == pytest.approx(37 + 225, abs=2.5)


def test_one_letter_has_one_page_and_one_has_three(printed):
    assert (len(printed["one page"]), len(printed["three pages"])) == (1, 3)


# Page by page


@pytest.mark.parametrize("name", [*WITH_NUMBER, *LETTERS, "sixty"])
def test_no_page_ends_with_a_heading(printed, name):
    for page in printed[name]:
        body = [said for said in page.texts if not said.startswith("—")]
        assert not body[-1].startswith(("一、", "二、", "三、", "四、", "五、", "六、", "七、")), body[-1]


@pytest.mark.parametrize("name", [*WITH_NUMBER, *LETTERS, "sixty"])
def test_nothing_is_printed_over_something_else(printed, name):
    for page in printed[name]:
        for a, b in (pair for line in page.lines for pair in pairwise(line)):
            assert a.right <= b.left + SQUEEZED or abs(a.top - b.top) > 2, (a, b)


def squeezed(said):
    return "".join(said.split())


@pytest.mark.parametrize("name", [*WITH_NUMBER, *LETTERS, *STRANGE])
def test_a_paper_is_printed_whole(papers, printed, name):
    """Every character is there, and within the page."""
    told = Counter("".join(re.sub(r"—\d+—$", "", said) for page in printed[name] for said in page.texts))
    written = Counter(squeezed(text(part(papers[name][0]))))

    assert written - told == Counter()
    for page in printed[name]:
        assert min(word.left for word in page.words) >= 20 * MM
        assert max(word.right for word in page.words) <= 190 * MM
        assert max(word.bottom for word in page.words) <= (297 - 20) * MM


@pytest.mark.parametrize("name", STRANGE)
def test_nothing_lies_over_anything_in_a_strange_paper(printed, name):
    for page in printed[name]:
        for a, b in combinations(page.words, 2):
            wide = min(a.right, b.right) - max(a.left, b.left)
            high = min(a.bottom, b.bottom) - max(a.top, b.top)
            assert wide <= SQUEEZED or high <= 0.45 * min(a.bottom - a.top, b.bottom - b.top), (a, b)
