"""Files into pages: every format that offices send, and every file that is none is refused by name."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import P

from dualcert.errors import (
    BadRoster,
    RosterDamaged,
    RosterEncrypted,
    RosterMislabelled,
    RosterTooLarge,
)
from dualcert.roster.reading import pages
from dualcert.roster.reading.messages import Broken, Hollow, Odd

pytestmark = pytest.mark.usefixtures("read_here")

ROWS = [
    ["市", "县", "机构名称", "发证日期"],
    ["晋城市", "泽州县", "泽州站", date(2021, 6, 15)],
    ["晋城市", "", "中心", 44362],
]


def read(path):
    return pages.read(path).pages


def as_xls(path, *, date1904=False):
    made = xlwt.Workbook()
    made.dates_1904 = date1904
    page = made.add_sheet("台账")
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for r, row in enumerate(ROWS):
        for c, cell in enumerate(row):
            page.write(r, c, cell, *([day] if isinstance(cell, date) else []))
    made.add_sheet("隐").visibility = 1
    made.save(path)
    return path


def as_ods(path, *, merged_rows=1, formula=None):
    made = OpenDocumentSpreadsheet()
    table = Table(name="台账")
    for r, row in enumerate(ROWS):
        line = TableRow()
        for c, cell in enumerate(row):
            if c == 0 and 1 <= r < 1 + merged_rows and merged_rows > 1:
                each = TableCell(numberrowsspanned=merged_rows, valuetype="string") if r == 1 else CoveredTableCell()
            elif formula and (r, c) == (2, 3):
                each = TableCell(formula=formula)
            elif isinstance(cell, date):
                each = TableCell(valuetype="date", datevalue=cell.isoformat())
            elif isinstance(cell, int):
                each = TableCell(valuetype="float", value=cell)
            else:
                each = TableCell(valuetype="string")
            if not (merged_rows > 1 and c == 0 and r > 1):
                each.addElement(P(text=str(cell)))
            line.addElement(each)
        table.addElement(line)
    made.spreadsheet.addElement(table)
    made.save(path)
    return path


# --- what is read ----------------------------------------------------------------------------------


@pytest.mark.parametrize("date1904", [False, True])
def test_an_xlsx_gives_text_figures_and_days_and_its_epoch(book, date1904):
    (page,) = read(book({"台账": ROWS}, date_1904=date1904))

    assert page.rows[1] == ("晋城市", "泽州县", "泽州站", date(2021, 6, 15))
    assert page.rows[2] == ("晋城市", None, "中心", 44362)
    assert page.epoch == (1904 if date1904 else 1900)


@pytest.mark.parametrize("date1904", [False, True])
def test_an_old_xls_gives_days_figures_and_its_epoch(tmp_path, date1904):
    page, hidden = read(as_xls(tmp_path / "old.xls", date1904=date1904))

    assert page.rows[1][3] == date(2021, 6, 15)
    assert (page.rows[2][3], page.epoch) == (44362, 1904 if date1904 else 1900)
    assert (hidden.visible, hidden.rows) == (False, [])


def test_an_ods_gives_days_and_merged_cells(tmp_path):
    (page,) = read(as_ods(tmp_path / "open.ods", merged_rows=2))

    assert page.rows[1][3] == date(2021, 6, 15)
    assert page.merged == ((1, 0, 2, 0),)


def test_merged_cells_and_hidden_sheets_are_told(book):
    page, hidden = read(book({"台账": ROWS, "隐": [["x"]]}, merged=[(1, 0, 2, 0)], hidden=["隐"]))

    assert (page.merged, page.unseen, hidden.unseen) == (((1, 0, 2, 0),), "", "hidden")


def test_a_formula_without_a_value_and_an_error_are_told_by_their_place(tmp_path):
    made = openpyxl.Workbook()
    page = made.active
    page["A1"], page["B1"], page["C1"], page["D2"] = "市", "=1+1", "#N/A", "x"
    page["C1"].data_type = "e"
    made.save(tmp_path / "made.xlsx")

    (found,) = read(tmp_path / "made.xlsx")

    assert [(type(cell), cell) for cell in found.rows[0][1:3]] == [(Hollow, "#VALUE!"), (Broken, "#N/A")]


def test_a_formula_that_gave_an_empty_text_has_its_value(book):
    path = book({"台账": [["x"]]})
    sheet = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml")
    cell = b'<c r="B1" t="str"><f>IF(A1=1,1,"")</f><v></v></c></row>'

    (found,) = read(rewritten(path, {"xl/worksheets/sheet1.xml": sheet.replace(b"</row>", cell, 1)}))

    assert not any(isinstance(cell, Hollow) for row in found.rows for cell in row)


def test_a_formula_of_an_ods_without_a_value_is_told(tmp_path):
    (page,) = read(as_ods(tmp_path / "open.ods", formula="of:=1+1"))

    assert [(r, c) for r, row in enumerate(page.rows) for c, cell in enumerate(row) if isinstance(cell, Hollow)] == [
        (2, 3)
    ]


TEXT = "市,县,机构名称\r\n晋城市,泽州县,泽州站\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_a_text_table_in_any_encoding_with_or_without_its_mark(tmp_path, encoding, separator):
    path = tmp_path / "roster.csv"
    path.write_bytes(TEXT.replace(",", separator).encode(encoding))

    (page,) = read(path)

    assert page.rows == [("市", "县", "机构名称"), ("晋城市", "泽州县", "泽州站")]


def test_a_time_of_day_is_kept_as_something_odd(book):
    (page,) = read(book({"台账": [[datetime(2023, 9, 30, 8, 30)]]}))  # noqa: DTZ001

    assert isinstance(page.rows[0][0], Odd)


# --- what is refused -------------------------------------------------------------------------------


def rewritten(path, parts):
    """Return a copy of the zip file at *path* with other *parts*."""
    out = path.with_name("rewritten" + path.suffix)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name, old.read(name)))
        for name in parts.keys() - set(old.namelist()):
            new.writestr(name, parts[name])
    return out


def test_a_workbook_with_a_password_is_refused(tmp_path):
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le") + bytes(500)
    (tmp_path / "locked.xlsx").write_bytes(content)

    with pytest.raises(RosterEncrypted, match="password"):
        read(tmp_path / "locked.xlsx")


def test_what_is_not_what_its_ending_says_is_refused(tmp_path, book):
    xlsx, xls = book({"台账": ROWS}), as_xls(tmp_path / "old.xls")
    files = {
        "xls.xlsx": (xls.read_bytes(), "xls"),
        "xlsx.xls": (xlsx.read_bytes(), "xlsx"),
        "xlsx.csv": (xlsx.read_bytes(), "xlsx"),
        "page.xls": (b"<html><table><tr><td>x</td></tr></table></html>", "a web page or XML"),
        "text.xlsx": (TEXT.encode(), "csv"),
        "paper.csv": (b"%PDF-1.7 x", "PDF"),
        "archive.xlsx": (zipped({"a.txt": b"x"}), "a zip file"),
        "roster.docx": (TEXT.encode(), "csv"),
    }
    for name, (content, says) in files.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(RosterMislabelled) as refused:
            read(tmp_path / name)
        assert refused.value.found == says, name


def zipped(parts):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def test_an_empty_file_and_one_that_is_not_there_are_refused(tmp_path):
    (tmp_path / "empty.csv").write_bytes(b"")
    with pytest.raises(RosterDamaged):
        read(tmp_path / "empty.csv")
    for nothing in (tmp_path / "none.xlsx", tmp_path):
        with pytest.raises(BadRoster):
            read(nothing)


def test_bytes_that_are_no_text_are_refused_with_their_place(tmp_path):
    (tmp_path / "bytes.csv").write_bytes(TEXT.encode("gb18030") + b"\xff\xff\xff")

    with pytest.raises(RosterDamaged, match="byte 3"):
        read(tmp_path / "bytes.csv")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(book):
    path = book({"台账": ROWS})

    with pytest.raises(RosterTooLarge, match="unpacked"):
        read(rewritten(path, {"xl/worksheets/sheet9.xml": bytes(64 << 20)}))
    with pytest.raises(RosterTooLarge, match="zip of"):
        read(rewritten(path, {f"x/{n}": b"" for n in range(1_001)}))


def test_entities_are_refused(book):
    path = book({"台账": ROWS})
    for part in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
        text = zipfile.ZipFile(path).read(part)
        bomb = text.replace(b"?>", b'?><!DOCTYPE x [<!ENTITY a "aaaa">]>', 1)
        with pytest.raises(RosterDamaged, match="DOCTYPE"):
            read(rewritten(path, {part: bomb}))


def test_a_cell_of_a_megabyte_is_refused(tmp_path, book):
    (tmp_path / "long.csv").write_text("市,县\r\n" + "x" * (1 << 20) + ",y\r\n", encoding="utf-8")
    with pytest.raises(RosterTooLarge, match="characters"):
        read(tmp_path / "long.csv")

    path = book({"台账": [["市", "@"]]})
    shared = zipfile.ZipFile(path).read("xl/sharedStrings.xml")
    with pytest.raises(RosterTooLarge, match="row 1"):
        read(rewritten(path, {"xl/sharedStrings.xml": shared.replace(b"@", b"x" * (1 << 20))}))


def test_too_many_rows_or_columns_are_refused(tmp_path):
    (tmp_path / "rows.csv").write_text("a\n" * 200_001, encoding="utf-8")
    (tmp_path / "columns.csv").write_text(",".join("a" * 300) + "\n", encoding="utf-8")
    with pytest.raises(RosterTooLarge, match="200000 rows"):
        read(tmp_path / "rows.csv")
    with pytest.raises(RosterTooLarge, match="300 columns"):
        read(tmp_path / "columns.csv")
