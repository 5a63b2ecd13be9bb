"""The two rosters as offices send them, read as a careful clerk would."""

from __future__ import annotations

from datetime import date

import openpyxl
import pytest
from openpyxl.worksheet.cell_range import MultiCellRange

from dualcert.roster import import_roster
from dualcert.roster.handback import hand_back
from dualcert.values.numbers import canonical_number
from examples import EXAMPLES, found

pytestmark = pytest.mark.usefixtures("read_here")

FEBRUARY = date(2023, 2, 16)
DATONG = [
    (4, "CMA有效期至", "bad-period"),
    (5, "CMA证书编号", "number-shared"),
    (6, "CMA发证日期", "bad-value"),
    (7, "县（市、区）", "unknown-unit"),
    (8, "是否双认证", "dual-contradicted"),
]


def jincheng(books):
    """Return the labs of Jincheng, numbers as they are compared, and the city's percentage."""
    rows = books.status(division="140500", as_of=FEBRUARY).rows
    labs = [
        (row.lab, row.name, row.level, *[(c.number and canonical_number(c.number), c.granted_on, c.valid_until)
                                         for c in (row.cma, row.catl)])
        for row in rows
    ]  # fmt: skip
    ratio = next(r for r in books.ratio("city", as_of=FEBRUARY).rows if r.division == "140500")
    return labs, (ratio.dual, ratio.labs, ratio.percent)


def test_jinchengs_sheet_gives_the_same_six_labs_and_the_same_figure_as_the_clean_roster(books, rosters):
    from dualcert import Registry

    done = import_roster(books, rosters / "jincheng-2023-02.xlsx")
    with Registry.open(":memory:", policy="shanxi-2023", clock=books._clock) as clean:
        import_roster(clean, EXAMPLES / "shanxi-2023" / "shanxi-2023.xlsx")

        assert jincheng(books) == jincheng(clean)
    assert jincheng(books)[1] == (5, 6, "83.3")
    document = done.to_dict()
    assert (document["rows"], document["skipped"], document["unread"], document["remarks"]) == (
        6, [{"row": 11, "why": "total"}, {"row": 55, "why": "footer"}], [], [],
    )  # fmt: skip
    assert document["left_alone"] == [{"sheet": "填表说明", "why": "no table"}]


def test_jinchengs_sheet_after_the_clean_roster_records_nothing_new(books, rosters):
    import_roster(books, EXAMPLES / "shanxi-2023" / "shanxi-2023.xlsx")
    head = books.catch_up()

    done = import_roster(books, rosters / "jincheng-2023-02.xlsx")

    assert (done.recorded, done.unchanged, done.refused, done.position) == (0, 6, 0, head)


def test_datongs_file_reports_exactly_its_five_defects_and_records_nothing(books, rosters):
    head = books.catch_up()

    done = import_roster(books, rosters / "datong-gb18030.csv")

    assert found(done) == DATONG
    assert [f["cell"] for f in done.to_dict()["findings"]] == ["H4", "F5", "G6", "C7", "L8"]
    assert (done.recorded, done.refused, books.catch_up()) == (0, 5, head)


def test_datongs_two_sound_rows_are_taken_where_that_is_said(books, rosters):
    done = import_roster(books, rosters / "datong-gb18030.csv", accept_valid=True)

    assert (done.recorded, done.refused) == (2, 5)
    assert [lab for lab, _ in books.view().labs()] == ["lab-140200-1", "lab-140221-1"]


@pytest.mark.parametrize("accept_valid", [False, True])
def test_datongs_file_handed_back_and_mended_imports_as_it_is(books, rosters, tmp_path, accept_valid):
    done = import_roster(books, rosters / "datong-gb18030.csv", accept_valid=accept_valid)
    hand_back(done, tmp_path / "back.xlsx")
    back = openpyxl.load_workbook(tmp_path / "back.xlsx")
    page = back["csv"]
    assert {cell.coordinate for row in page for cell in row if cell.comment} == {"H4", "F5", "G6", "C7", "L8"}
    assert page["H4"].comment.text.startswith("导入问题：valid_until 2019-05-02")
    assert {area.sqref for area in page.conditional_formatting} == {MultiCellRange("F5 G6 C7 H4 L8")}
    assert (page["P1"].value, page["P2"].value) == ("导入问题", None)
    assert page["P7"].value == "县（市、区）：there is no 左云旗 in 大同市"
    assert [row[0].value for row in back["问题清单"]][1:] == [4, 5, 6, 7, 8]

    for cell, mended in {
        "H4": "2026-05-02",
        "F5": "200404090204",
        "G6": "2020-02-29",
        "C7": "浑源县",
        "L8": "是",
    }.items():
        page[cell] = mended
    back.save(tmp_path / "mended.xlsx")
    again = import_roster(books, tmp_path / "mended.xlsx")

    assert (again.findings, again.refused, again.recorded) == ([], 0, 5 if accept_valid else 7)
    assert again.to_dict()["unread"] == []
    assert books.ratio("city", as_of=date(2023, 1, 1)).rows[1].dual == 7
