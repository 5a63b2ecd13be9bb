"""Errors, formulas without a value and what is hidden are found in every format, however a program spells it."""

from __future__ import annotations

import pytest
import xlwt
from spellings import HIDDEN_COLUMN, HIDDEN_ROWS, ODS, ROWS, SHEETS, XLSX, xls
from test_reading import rewritten

from dualcert.roster import import_roster
from dualcert.roster.reading import pages
from dualcert.roster.reading.messages import Broken, Hollow
from examples import found

pytestmark = pytest.mark.usefixtures("read_here")

KINDS = {"=": Hollow("#VALUE!")}
CELLS = [[KINDS.get(said, Broken(said) if said.startswith("#") else said) for said in row] for row in ROWS]
FINDINGS = [(2, "CMA证书编号", "error-value"), (3, "CMA证书编号", "formula-without-value")]


def shown(page):
    return [[(type(cell), cell) for cell in row] for row in page.rows]


def read(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    return pages.read(path).pages


FILES = {**{f"{name}.xlsx": made for name, made in XLSX.items()}, **{f"{name}.ods": made for name, made in ODS.items()}}


@pytest.mark.parametrize("name", FILES)
def test_every_spelling_gives_the_same_cells_and_tells_the_same_hidden_parts(tmp_path, name):
    page, *others = read(tmp_path, name, FILES[name]())

    assert shown(page) == [[(type(cell), cell) for cell in row] for row in CELLS]
    assert page.hidden_rows == (HIDDEN_ROWS,)
    assert page.hidden_columns == ((HIDDEN_COLUMN, HIDDEN_COLUMN),)
    unseen = {page.name: page.unseen, **{each.name: each.unseen for each in others}}
    assert unseen == (SHEETS if name.endswith(".xlsx") else {**SHEETS, "深": "hidden"})
    assert page.untold == ()


def test_an_old_workbook_tells_all_but_which_formulas_were_never_computed(tmp_path):
    page, *others = read(tmp_path, "old.xls", xls())

    assert [[cell for cell in row if cell is not None] for row in page.rows] == [
        [said for said in row if said != "="] for row in ROWS
    ]
    assert (type(page.rows[1][3]), page.untold) == (Broken, ("formulas",))
    assert (page.hidden_rows, page.hidden_columns) == ((HIDDEN_ROWS,), ((HIDDEN_COLUMN, HIDDEN_COLUMN),))
    assert {each.name: each.unseen for each in [page, *others]} == SHEETS


def test_an_empty_text_that_libreoffice_computed_is_no_formula_without_a_value(tmp_path):
    name = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    meta = 'xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0"'
    (tmp_path / "a.ods").write_bytes(ODS["libreoffice"]())
    path = rewritten(
        tmp_path / "a.ods",
        {
            "meta.xml": f"<office:document-meta {name} {meta}><meta:generator>LibreOffice/7</meta:generator></office:document-meta>"
        },
    )

    page = pages.read(path).pages[0]

    assert [type(cell) for cell in page.rows[1]] == [str, str, str, Broken, str]
    assert not any(isinstance(cell, Hollow) for row in page.rows for cell in row)


def test_an_old_workbook_without_formulas_tells_everything(tmp_path):
    book = xlwt.Workbook()
    book.add_sheet("台账").write(0, 0, "市")
    book.save(str(tmp_path / "old.xls"))

    (page,) = pages.read(tmp_path / "old.xls").pages

    assert page.untold == ()


@pytest.mark.parametrize("name", FILES)
def test_every_spelling_is_imported_with_the_same_findings_and_notices(books, tmp_path, name):
    (tmp_path / name).write_bytes(FILES[name]())

    done = import_roster(books, tmp_path / name, kind="labs")

    document = done.to_dict()
    assert [each for each in found(done) if each[0] in {2, 3}] == FINDINGS
    assert {row for row, *_ in found(done)} == {2, 3, 4, 5, 6}
    assert (document["hidden_rows"], document["hidden_columns"]) == ([3, 4], ["备注"])


def test_a_hidden_column_that_is_not_read_is_not_named(books, tmp_path):
    (tmp_path / "a.ods").write_bytes(ODS["libreoffice"]())

    done = import_roster(books, tmp_path / "a.ods", kind="labs", columns={"备注": ""})

    assert done.to_dict()["hidden_columns"] == []


def test_a_text_says_what_it_cannot_tell_and_its_errors_are_found(books, tmp_path):
    (tmp_path / "a.csv").write_text("市,县,机构名称\n晋城市,#N/A,站\n晋城市,错误:502,站\n", encoding="utf-8")

    done = import_roster(books, tmp_path / "a.csv")

    assert found(done) == [(2, "县", "error-value"), (3, "县", "error-value")]
    assert [each["code"] for each in done.to_dict()["untold"]] == ["text"]
