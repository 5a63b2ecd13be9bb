"""A workbook is handed back as it came: only marks are put into it, and they are taken out again by the next hand-back."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import openpyxl
import pytest
import xlsxwriter
from openpyxl.worksheet.cell_range import MultiCellRange
from spellings import MAIN, XLSX
from test_reading import rewritten

from dualcert.roster import import_roster
from dualcert.roster.handback import hand_back
from dualcert.roster.marking.editing import Editor, text

pytestmark = pytest.mark.usefixtures("read_here")

HEADERS = ["市", "县（市、区）", "机构名称", "CMA证书编号", "CMA发证日期", "CMA有效期至", "是否双认证"]
ROWS = [
    ["晋城市", "泽州县", "泽州县检测站", "210404090012", "2021-02-30", "2027-06-14", "否"],
    ["晋城市", "没有县", "站", "210404090013", "2021-06-15", "2027-06-14", "否"],
    ["晋城市", "高平市", "高平站", "210404090014", "2021-06-15", "2020-06-14", "否"],
    ["晋城市", "阳城县", "阳城站", "210404090015", "2021-06-15", "2027-06-14", "否"],
]
SHEET = "xl/worksheets/sheet1.xml"
TOUCHED = {
    "[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", SHEET,
    "xl/worksheets/_rels/sheet1.xml.rels", "xl/comments1.xml", "xl/drawings/vmlDrawing1.vml",
}  # fmt: skip


def picture():
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    size = chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0))
    return io.BytesIO(
        b"\x89PNG\r\n\x1a\n" + size + chunk(b"IDAT", zlib.compress(b"\0" + b"\xff" * 12)) + chunk(b"IEND", b"")
    )


@pytest.fixture
def office(tmp_path):
    """A workbook as an office keeps it, with all that a library would lose."""
    path = tmp_path / "office.xlsx"
    with xlsxwriter.Workbook(path) as made:
        page = made.add_worksheet("台账")
        boxed = made.add_format({"border": 1, "align": "center", "font_color": "#0000AA", "bg_color": "#DDEEFF"})
        page.merge_range(0, 0, 0, 6, "晋城市检测机构台账", made.add_format({"bold": True, "font_size": 18}))
        page.write_row(1, 0, HEADERS, boxed)
        for row, cells in enumerate(ROWS, start=2):
            page.write_row(row, 0, [None, *cells[1:6]], boxed)
            page.write_formula(row, 6, f'=IF(D{row + 1}="","是","否")', boxed, cells[6])
        page.merge_range(2, 0, 5, 0, "晋城市", boxed)
        page.set_column(3, 5, 16)
        page.set_column(7, 30, None, None, {"hidden": True})
        page.set_row(5, None, None, {"hidden": True})
        page.data_validation(2, 6, 50, 6, {"validate": "list", "source": ["是", "否"]})
        rule = {"type": "text", "criteria": "containing", "value": "13", "format": made.add_format({"bold": True})}
        page.conditional_format(2, 3, 5, 3, rule)
        page.write_comment(4, 5, "请核对", {"author": "张三"})
        page.insert_image(8, 1, "x.png", {"image_data": picture()})
        chart = made.add_chart({"type": "column"})
        chart.add_series({"values": "=统计!$A$1:$A$2"})
        page.insert_chart(8, 3, chart)
        page.autofilter(1, 0, 5, 6)
        page.set_landscape()
        page.print_area(0, 0, 6, 6)
        sums = made.add_worksheet("统计")
        sums.write_formula(0, 0, "=COUNTA(台账!C3:C6)", None, 4)
        made.add_worksheet("深藏").very_hidden()
        made.define_name("全部", "=台账!$A$1:$G$6")
    return path


def handed(books, path, to):
    """Hand *path* back at *to*; return what was found, and the copy as openpyxl reads it."""
    done = import_roster(books, path, dry_run=True)
    back = hand_back(done, to)
    assert back.as_it_came
    return [(f.row, f.column, str(f.problem)) for f in done.findings], openpyxl.load_workbook(to)


def parts(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def looks(cell):
    return [repr(each) for each in (cell.font, cell.fill, cell.border, cell.alignment)]


def marked(page):
    return {f"{area.sqref}" for area in page.conditional_formatting if always(area)}


def always(area):
    return any(rule.formula == ['"导入问题"="导入问题"'] for rule in area.rules)


def test_everything_but_the_marks_is_as_it_came(books, office, tmp_path):
    handed(books, office, tmp_path / "back.xlsx")

    before, after = parts(office), parts(tmp_path / "back.xlsx")
    assert {name for name in after if before.get(name) != after[name]} <= TOUCHED | {"xl/worksheets/dualcert1.xml"}
    assert before.keys() - after.keys() == set()
    old, new = openpyxl.load_workbook(office), openpyxl.load_workbook(tmp_path / "back.xlsx")
    assert new.sheetnames == [*old.sheetnames, "问题清单"]
    for cells in old["台账"].iter_rows():
        for cell in cells:
            same = new["台账"][cell.coordinate]
            assert (same.value, same.number_format, looks(same)) == (cell.value, cell.number_format, looks(cell))
    assert new["台账"].merged_cells.ranges == old["台账"].merged_cells.ranges
    assert new["台账"].data_validations.dataValidation == old["台账"].data_validations.dataValidation
    assert new["台账"].column_dimensions["D"].width == old["台账"].column_dimensions["D"].width
    assert new["台账"].row_dimensions[6].hidden
    assert new["台账"]["F5"].comment.text == old["台账"]["F5"].comment.text
    values = openpyxl.load_workbook(tmp_path / "back.xlsx", data_only=True)
    assert (values["台账"]["G3"].value, values["统计"]["A1"].value) == ("否", 4)


def test_the_marks_are_a_rule_a_column_comments_and_a_list(books, office, tmp_path):
    _, book = handed(books, office, tmp_path / "back.xlsx")

    page = book["台账"]
    assert {MultiCellRange(each) for each in marked(page)} == {MultiCellRange("E3 B4 F5")}
    assert [page.cell(row, 8).value for row in range(1, 7)] == [
        None, "导入问题", "CMA发证日期: '2021-02-30' is not a day of the calendar",
        "县（市、区）：there is no 没有县 in 晋城市",
        "CMA有效期至：valid_until 2020-06-14 is before granted_on 2021-06-15", None,
    ]  # fmt: skip
    assert page["E3"].comment.text.startswith("导入问题：CMA发证日期")
    assert not page.column_dimensions["H"].hidden
    assert page.column_dimensions["I"].hidden
    assert [row[2].value for row in book["问题清单"]] == ["cell", "E3", "B4", "F5"]


def test_a_second_hand_back_takes_the_first_ones_marks_out(books, office, tmp_path):
    first, _ = handed(books, office, tmp_path / "one.xlsx")
    second, again = handed(books, tmp_path / "one.xlsx", tmp_path / "two.xlsx")
    texts = parts(tmp_path / "two.xlsx")["xl/sharedStrings.xml"].replace(b"2021-02-30", b"2021-02-28")
    copy = rewritten(tmp_path / "two.xlsx", {"xl/sharedStrings.xml": texts})
    third, mended = handed(books, copy, tmp_path / "three.xlsx")

    assert first == second
    assert again.sheetnames == mended.sheetnames == ["台账", "统计", "深藏", "问题清单"]
    assert {MultiCellRange(each) for each in marked(again["台账"])} == {MultiCellRange("E3 B4 F5")}
    assert third == first[1:]
    assert parts(tmp_path / "two.xlsx")["xl/styles.xml"] == parts(tmp_path / "one.xlsx")["xl/styles.xml"]
    assert {MultiCellRange(each) for each in marked(mended["台账"])} == {MultiCellRange("B4 F5")}
    assert mended["台账"]["H3"].value is None
    assert {c.coordinate for row in mended["台账"] for c in row if c.comment} == {"B4", "F5"}
    assert mended["台账"]["F5"].comment.text == "请核对"
    assert [row[2].value for row in mended["问题清单"]] == ["cell", "B4", "F5"]


def test_the_list_of_findings_is_not_taken_for_a_sheet_without_a_table(books, office, tmp_path):
    handed(books, office, tmp_path / "back.xlsx")

    done = import_roster(books, tmp_path / "back.xlsx", dry_run=True)

    left = {each.sheet: each.why for each in done.chosen.left_alone}
    assert left["问题清单"] == "findings of a sheet handed back"
    assert done.to_dict()["unread"] == []


def test_a_finding_in_a_merged_range_marks_the_range(books, book, tmp_path):
    path = book({"S": [HEADERS[:3], ["晋城市", "没有县", "甲"], ["晋城市", None, "乙"]]}, merged=[(1, 1, 2, 1)])

    _, made = handed(books, path, tmp_path / "back.xlsx")

    assert marked(made["S"]) == {"B2"}
    assert [str(each) for each in made["S"].merged_cells.ranges] == ["B2:B3"]
    assert [made["S"].cell(row, 4).value is None for row in (2, 3)] == [False, False]


@pytest.mark.parametrize("name", XLSX)
def test_a_workbook_of_any_spelling_is_marked_and_read_again(books, tmp_path, name):
    path = tmp_path / "a.xlsx"
    path.write_bytes(XLSX[name]())
    styles = f'<styleSheet xmlns="{MAIN}"/>'
    relations = parts(path)["xl/_rels/workbook.xml.rels"].decode()
    kind = relations.partition('Type="')[2].partition("/worksheet")[0]
    related = f'<Relationship Id="s" Type="{kind}/styles" Target="styles.xml"/></Relationships>'
    new = {"xl/styles.xml": styles, "xl/_rels/workbook.xml.rels": relations.replace("</Relationships>", related)}
    path = rewritten(path, new)
    before = import_roster(books, path, kind="labs", dry_run=True)

    back = hand_back(before, tmp_path / "back.xlsx")
    after = import_roster(books, tmp_path / "back.xlsx", kind="labs", dry_run=True)

    assert back.notes == ()
    assert [(f.cell, str(f.problem)) for f in after.findings] == [(f.cell, str(f.problem)) for f in before.findings]
    assert after.to_dict()["hidden_rows"] == before.to_dict()["hidden_rows"]


def test_what_cannot_be_marked_is_written_anew_and_that_is_told(books, tmp_path):
    (tmp_path / "a.xlsx").write_bytes(XLSX["plain"]())  # it has no styles

    back = hand_back(import_roster(books, tmp_path / "a.xlsx", kind="labs"), tmp_path / "back.xlsx")

    assert (back.notes, back.as_it_came) == (("unmarkable", "anew"), False)
    assert import_roster(books, tmp_path / "back.xlsx", kind="labs").refused == 5


def test_a_file_that_was_changed_since_it_was_read_is_not_marked(books, office, tmp_path):
    done = import_roster(books, office)
    office.write_bytes(office.read_bytes() + b"\0")

    assert hand_back(done, tmp_path / "back.xlsx").notes == ("unmarkable", "anew")


def test_nothing_wrong_writes_nothing(books, book, tmp_path):
    done = import_roster(books, book({"S": [HEADERS[:3], ["晋城市", "泽州县", "甲"]]}), dry_run=True)

    assert hand_back(done, tmp_path / "back.xlsx") is None
    assert not (tmp_path / "back.xlsx").exists()


def test_the_marks_of_a_process_are_those_of_this_one(books, office, tmp_path, monkeypatch):
    handed(books, office, tmp_path / "here.xlsx")
    monkeypatch.undo()

    done = import_roster(books, office, dry_run=True)
    hand_back(done, tmp_path / "apart.xlsx")

    assert parts(tmp_path / "apart.xlsx") == parts(tmp_path / "here.xlsx")


def test_a_document_that_is_not_changed_is_copied_byte_by_byte():
    content = parts_of_any()
    for chunk in (1, 7, 1 << 20):
        out = io.BytesIO()
        Editor(out, lambda *_: None, lambda *_: None).copy(Slow(content, chunk))
        assert out.getvalue() == content


class Slow(io.BytesIO):
    def __init__(self, content, chunk):
        super().__init__(content)
        self.chunk = chunk

    def read(self, _size=-1):
        return super().read(self.chunk)


def parts_of_any():
    return "<?xml version='1.0'?>\n<a x='>' y=\"'\"><!-- c --><b/>文<![CDATA[<]]>&#10;<c >\r\n</c ></a>\n".encode()


def test_characters_that_xml_cannot_hold_are_written_as_workbooks_write_them():
    assert text("a\x07<_x0041_") == "a_x0007_&lt;_x005F_x0041_"
