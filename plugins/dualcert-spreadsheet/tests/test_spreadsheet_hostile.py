"""Whatever a name or a note says, it is text in a cell: no formula, link, number or sheet comes of it."""

from __future__ import annotations

import re
import subprocess
from itertools import chain
from xml.etree import ElementTree as ET

import pytest
from attrs import evolve
from dualcert_spreadsheet import DispatchTable, Ledger, TableConfig
from dualcert_spreadsheet.book import Book
from dualcert_spreadsheet.words import Words
from spreadsheet_reading import S, converted, due_of, parts, sheets, workbook

from dualcert.reporting import Books
from dualcert.testing.books import CITY, small_books
from dualcert.testing.hostile import PAYLOADS

REPORTERS = (DispatchTable(), Ledger())
TEXTS = "xl/sharedStrings.xml"
MORE = ("_x0041_", " =1+1", "1e5", "00123", "2023-10-10", "TRUE", "#REF!", "\u200b=1+1", "x" * 200)
"""What spreadsheets take for something else, besides."""


def books(said):
    """Return books in which every name and note is *said*."""
    return small_books(lambda _: said)


def made(books):
    return {each.name: next(iter(each.render(*books.asked(each.Config())))) for each in REPORTERS}


def skeleton(content):
    """Return what a workbook is without its texts, and without how high their rows are: every part but them, whole."""
    return {
        name: re.sub(rb' ht="[\d.]+" customHeight="1"', b"", member)
        for name, member in parts(content).items()
        if name != TEXTS
    }


@pytest.fixture(scope="module", params=PAYLOADS)
def payload(request):
    return request.param


@pytest.fixture(scope="module")
def hostile_books(payload):
    return books(payload)


@pytest.fixture(scope="module")
def hostile(hostile_books):
    return made(hostile_books)


@pytest.fixture(scope="module")
def harmless():
    return made(books("沁水"))


def test_a_hostile_name_makes_the_workbook_that_a_harmless_one_makes(harmless, hostile):
    for name, document in hostile.items():
        assert document.filename == harmless[name].filename
        assert skeleton(document.content) == skeleton(harmless[name].content)


def test_no_cell_is_a_formula_or_a_link(hostile):
    for document in hostile.values():
        for name, member in parts(document.content).items():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                tags = {each.tag.removeprefix(S) for each in ET.fromstring(member).iter()}
                assert not tags & {"f", "hyperlink", "hyperlinks", "oleObject", "is"}, name
            if name.endswith(".rels"):
                assert b"External" not in member
                assert b"hyperlink" not in member
            assert "externalLink" not in name
            assert "vba" not in name.lower()


def test_a_hostile_name_is_read_as_it_was_written(payload, hostile):
    labs = {"dispatch-table": ("晋城市", 3), "ledger": ("检测机构", 3)}
    for name, (sheet, header) in labs.items():
        rows = sheets(hostile[name].content)[sheet]
        column, number = rows[header].index("机构名称"), rows[header].index("CMA证书编号")
        assert [row[column] for row in rows[header + 1 : header + 6]] == [payload] * 5
        assert {row[number] for row in rows[header + 1 : header + 6]} == {payload, ""}


def test_what_is_due_is_read_as_it_was_written(payload, hostile_books, hostile):
    request, views = hostile_books.asked(None)
    messages = [Words("zh").finding("item", each, request, views) for each in views.due().rows]
    named = [each for each in messages if payload in each]
    assert len(named) > 4

    for name, sheet in (("dispatch-table", "晋城市"), ("ledger", "待办事项")):
        told = set(chain.from_iterable(sheets(hostile[name].content)[sheet]))
        assert set(named) <= told, name


def test_people_are_called_as_the_directory_says(payload, hostile):
    rows = sheets(hostile["ledger"].content)["包联帮扶"]

    assert [row[2] for row in rows[4:]] == [payload] * 2


@pytest.fixture(scope="module")
def everything():
    """A workbook with all the texts in it."""
    book = Book()
    book.table(book.sheet("all"), 0, [("text", 20)], [[each] for each in (*PAYLOADS, *MORE)])
    return book.content()


def test_libreoffice_takes_no_text_for_anything_else(everything, tmp_path):
    ods = converted(everything, "ods", tmp_path)

    assert [row[0] for row in sheets(ods)["all"][1:]] == [*PAYLOADS, *MORE]
    document = parts(ods)["content.xml"]
    for wrong in (b"table:formula", b"xlink:href", b'office:value-type="float"', b'office:value-type="date"'):
        assert wrong not in document


def test_every_text_is_read_as_it_was_written_by_other_readers(everything):
    cells = [row[0] for row in workbook(everything)["all"].iter_rows(min_row=2)]

    assert [row[0] for row in sheets(everything)["all"][1:]] == [*PAYLOADS, *MORE]
    assert {cell.data_type for cell in cells} == {"s"}


def test_sheets_have_names_that_sheets_can_have():
    book = Book()
    wanted = (*PAYLOADS, *MORE, *PAYLOADS, "", "'", "[]", "all", "All")
    for each in wanted:
        book.sheet(each)
    names = workbook(book.content()).sheetnames

    assert len(names) == len(wanted)
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert 0 < len(name) <= 31
        assert not set(name) & set("[]:*?/\\")
        assert not name.startswith("'")
        assert not name.endswith("'")


NAME = "国" * 190 + "县农产品检测中心站"


class Many(Books):
    """Books in which one city has sixty findings."""

    def due(self, **more):
        found = super().due(**more)
        of_one = [each for each in found.rows if self.city_of(each.division) == CITY]
        return evolve(found, rows=tuple((of_one * 60)[:60]))


def test_names_of_200_characters_and_sixty_findings_are_printed_whole(tmp_path):
    request, views = books(NAME).asked(TableConfig(), subject=CITY)
    (made,) = DispatchTable().render(request, Many(views.view, views.as_of))
    pages = words(converted(made.content, "pdf", tmp_path), tmp_path)
    printed = "".join(said for page in pages for _, _, _, _, said in page)

    rows = sheets(made.content)
    cells = [cell for page in rows.values() for row in page for cell in row if isinstance(cell, str)]
    assert [row["序号"] for row in due_of(rows["晋城市"])][-1] == 60
    assert sum(cell == NAME for cell in cells) == 12, "five labs, seven certificates"
    assert printed.count("国") == sum(cell.count("国") for cell in cells), (
        "nothing is cut off, however many lines it takes"
    )
    assert printed.count("逾期") == sum(cell.count("逾期") for cell in cells)
    assert [(one, other) for page in pages for one, other in overlapping(page)] == [], "each row is high enough"


def words(pdf, folder):
    """Return the words of each page of a PDF: their upper, left, lower and right edge in points, and their text."""
    (folder / "printed.pdf").write_bytes(pdf)
    told = subprocess.run(["pdftotext", "-bbox", folder / "printed.pdf", "-"], check=True, capture_output=True)
    word = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>')
    return [
        sorted((float(y), float(x), float(low), float(right), said) for x, y, right, low, said in word.findall(page))
        for page in told.stdout.decode().split("<page ")[1:]
    ]


def overlapping(page):
    """Yield the pairs of words of which more than a third lies over each other."""
    for nth, one in enumerate(page):
        for other in page[nth + 1 :]:
            high = one[2] - other[0]
            if high <= (one[2] - one[0]) / 3:
                break
            if min(one[3], other[3]) - max(one[1], other[1]) > 1:
                yield one, other
