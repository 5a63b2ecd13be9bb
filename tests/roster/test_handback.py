"""A sheet handed back says what it said: unmended, it is refused for the same and records nothing else."""

from __future__ import annotations

import zipfile
from datetime import date

import openpyxl
import pytest
import xlwt
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from dualcert.errors import BadConfiguration, FileExists
from dualcert.roster import import_roster
from dualcert.roster.handback import check_path, hand_back
from examples import found

pytestmark = pytest.mark.usefixtures("read_here")

HEADERS = ["市", "县", "机构名称", "CMA证书编号", "CMA发证日期", "CMA有效期至"]
ZEZHOU = ["晋城市", "泽州县", "泽州站", "210404090012"]
NOWHERE = ["晋城市", "没有县", "站", None, None, None]


@pytest.fixture
def back(books, tmp_path):
    """Hand a sheet back and import the copy as it is: what was found and would be recorded, before and after."""

    def handing(path):
        done = [import_roster(books, path, accept_valid=True, dry_run=True)]
        hand_back(done[0], tmp_path / "back.xlsx")
        done.append(import_roster(books, tmp_path / "back.xlsx", accept_valid=True, dry_run=True))
        return [(found(each), [{**row, "source": ""} for row in each.plan()]) for each in done]

    return handing


def test_the_days_numbers_of_a_workbook_that_counts_from_1904_stay_the_days_that_they_are(back, tmp_path):
    made = openpyxl.Workbook()
    made.epoch = CALENDAR_MAC_1904
    for row in (HEADERS, [*ZEZHOU, 42900, 45090], NOWHERE):
        made.active.append(row)
    made.save(tmp_path / "a.xlsx")

    before, after = back(tmp_path / "a.xlsx")

    assert before == after
    assert openpyxl.load_workbook(tmp_path / "back.xlsx").active["E2"].value == 42900


@pytest.mark.parametrize(("date1904", "granted"), [(False, 44362), (True, 42900)])
def test_a_days_number_of_an_old_workbook_comes_back_as_the_day(back, tmp_path, date1904, granted):
    made = xlwt.Workbook()
    made.dates_1904 = date1904
    page = made.add_sheet("S")
    for r, row in enumerate([HEADERS, [*ZEZHOU, granted, granted + 2190], NOWHERE]):
        for c, cell in enumerate(row):
            page.write(r, c, cell)
    made.save(str(tmp_path / "a.xls"))

    before, after = back(tmp_path / "a.xls")

    assert before == after
    assert openpyxl.load_workbook(tmp_path / "back.xlsx").active["E2"].value.date() == date(2021, 6, 15)


def test_cells_without_a_value_come_back_as_what_they_show(back, tmp_path):
    made = openpyxl.Workbook()
    for row in (
        HEADERS,
        ["晋城市", "=x!A1", "甲站"],
        ["晋城市", "#N/A", "乙站"],
        ["#REF!", "城区", "丙站"],
        [None, "泽州县", "丁站"],
    ):
        made.active.append(row)
    made.active["B3"].data_type = made.active["A4"].data_type = "e"
    made.active.merge_cells("A4:A5")
    made.save(tmp_path / "a.xlsx")

    before, after = back(tmp_path / "a.xlsx")

    assert [(row, column) for row, column, _ in before[0]] == [(2, "县"), (3, "县"), (4, "市"), (5, "市")]
    assert [(row, column) for row, column, _ in after[0]] == [(2, "县"), (3, "县"), (4, "市"), (5, "市")]
    assert before[1] == after[1] == []


def test_a_second_hand_back_says_what_is_wrong_now(books, book, tmp_path):
    wrong = [*ZEZHOU, "2021-02-30", "2027-06-14"]
    hand_back(import_roster(books, book({"S": [HEADERS, wrong, NOWHERE]})), tmp_path / "one.xlsx")
    mended = openpyxl.load_workbook(tmp_path / "one.xlsx")
    mended.active["E2"] = "2021-02-28"
    mended.save(tmp_path / "mended.xlsx")

    hand_back(import_roster(books, tmp_path / "mended.xlsx"), tmp_path / "two.xlsx")

    rows = list(openpyxl.load_workbook(tmp_path / "two.xlsx").active.iter_rows(values_only=True))
    assert [row[6:] for row in rows] == [("导入问题",), (None,), ("县：there is no 没有县 in 晋城市",)]


@pytest.mark.parametrize("name", ["问题清单", "History", "a'b"])
def test_a_sheet_of_any_name_is_handed_back(back, book, name):
    before, after = back(book({name: [HEADERS, [*ZEZHOU, "2021-06-15", "2027-06-14"], NOWHERE]}))

    assert before == after


def test_ranges_that_overlap_are_handed_back(back, book, tmp_path):
    path = book({"S": [HEADERS, [*ZEZHOU, "2021-06-15", "2027-06-14"], NOWHERE]})
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "over.xlsx", "w") as new:
        for each in old.namelist():
            ranges = b'<mergeCells count="2"><mergeCell ref="K2:L3"/><mergeCell ref="L3:M4"/></mergeCells><pageMargins'
            new.writestr(each, old.read(each).replace(b"<pageMargins", ranges))

    before, after = back(tmp_path / "over.xlsx")

    assert before == after


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("out.xls", BadConfiguration),
        ("none/out.xlsx", BadConfiguration),
        (".", BadConfiguration),
        ("b.xlsx", FileExists),
    ],
)
def test_where_it_cannot_be_handed_back_is_known_beforehand(tmp_path, name, refused):
    (tmp_path / "b.xlsx").touch()

    with pytest.raises(refused):
        check_path(tmp_path / name, tmp_path / "a.xlsx")


@pytest.mark.parametrize("name", ["a.xlsx", "sub/../a.xlsx", "link.xlsx", "twin.xlsx"])
def test_a_sheet_is_never_handed_back_over_itself_whatever_its_name(tmp_path, name):
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.xlsx").touch()
    (tmp_path / "link.xlsx").symlink_to(tmp_path / "a.xlsx")
    (tmp_path / "twin.xlsx").hardlink_to(tmp_path / "a.xlsx")

    with pytest.raises(BadConfiguration, match="sheet that is read"):
        check_path(tmp_path / name, tmp_path / "a.xlsx", replace=True)
