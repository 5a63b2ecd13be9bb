"""Rosters of labs: found by their headers, all or nothing, and the same again records nothing."""

from __future__ import annotations

from datetime import date
from hashlib import sha256

import pytest
import xlsxwriter

from dualcert.domain.commands import RevokeCertificate
from dualcert.errors import BadRoster, NoCampaign
from dualcert.registry import Registry
from dualcert.roster.importing import import_roster
from dualcert.values.terms import State

pytestmark = pytest.mark.usefixtures("read_here")

HEADERS = ["市", "县（市、区）", "机构名称", "机构级别", "CMA证书编号", "CMA发证日期", "CMA有效期至",
           "CATL证书编号", "CATL发证日期", "CATL有效期至", "是否双认证", "备注"]  # fmt: skip
ZEZHOU = ["晋城市", "泽州县", "泽州县站", "县级", "210404090041", "2021-06-15", "2027-06-14",
          "[2021]农质检核（晋）字第0041号", "2021-07-15", "2027-07-14", "是", ""]  # fmt: skip
YANGCHENG = ["晋城市", "阳城县", "阳城县站", "县级", "", "", "", "", "", "", "否", ""]
CITY = ["晋城市", "", "晋城市中心", "市级", "", "", "", "", "", "", "否", ""]


def changed(row, **cells):
    names = dict(zip(["city", "county", "name", "level", "cma", "cma_on", "cma_until", "catl", "catl_on", "catl_until",
                      "dual", "note"], range(12), strict=True))  # fmt: skip
    row = list(row)
    for name, value in cells.items():
        row[names[name]] = value
    return row


@pytest.fixture
def sheet(tmp_path):
    def write(*rows, headers=HEADERS, hidden_first=False):
        path = tmp_path / "roster.xlsx"
        with xlsxwriter.Workbook(path) as book:
            if hidden_first:
                book.add_worksheet("隐藏").hide()
            page = book.add_worksheet("台账")
            if hidden_first:
                page.activate()
                page.set_first_sheet()
            for r, row in enumerate([headers, *rows]):
                for c, cell in enumerate(row):
                    if isinstance(cell, date):
                        page.write_datetime(r, c, cell, book.add_format({"num_format": "yyyy-mm-dd"}))
                    elif cell != "":
                        page.write(r, c, cell)
        return path

    return write


def found(done):
    return [(f["row"], f["column"], f["code"]) for f in done.to_dict()["findings"]]


def test_a_countys_row_may_leave_its_city_out_where_the_county_is_unique(books, sheet):
    import_roster(books, sheet(changed(ZEZHOU, city="")))

    assert books.view().lab("lab-140525-1")


def test_a_row_becomes_a_lab_its_certificates_and_its_countys_designation(books, sheet):
    done = import_roster(books, sheet(ZEZHOU, YANGCHENG, CITY))

    assert done.to_dict() == {
        "file": done.file, "sheet": "台账", "kind": "labs", "rows": 3, "recorded": 3, "facts": 7, "unchanged": 0, "refused": 0,
        "held_back": 0,
        "unread": [], "partly_read": [], "also": {}, "skipped": [], "left_alone": [], "hidden_rows": [], "hidden_columns": [], "untold": [], "findings": [],
        "remarks": [],
        "people": [], "position": 9,
    }  # fmt: skip
    assert books.status("lab-140525-1", as_of=date(2023, 1, 1)).rows[0].dual
    assert books.status("county-140525", as_of=date(2023, 1, 1)).rows[0].passes
    assert books.status("lab-140500-1", as_of=date(2023, 1, 1)).rows[0].level.value == "city"


def test_what_the_sheet_does_not_date_is_dated_by_its_earliest_grant(books, sheet):
    import_roster(books, sheet(ZEZHOU, YANGCHENG))

    assert books.view().lab("lab-140522-1").registered_on == date(2021, 6, 15)


def test_a_sheet_without_dates_is_dated_by_the_campaign_never_by_today(books, sheet):
    import_roster(books, sheet(YANGCHENG))

    assert books.view().lab("lab-140522-1").registered_on == date(2023, 4, 13)


def test_on_may_be_said(books, sheet):
    import_roster(books, sheet(YANGCHENG), on=date(2020, 1, 1))

    assert books.view().lab("lab-140522-1").registered_on == date(2020, 1, 1)


def test_the_same_sheet_again_records_nothing_on_any_day(books, sheet, clock):
    path = sheet(ZEZHOU, YANGCHENG, CITY)
    import_roster(books, path)
    clock.on("2025-01-01")

    again = import_roster(books, path, on=date(2024, 1, 1))

    assert (again.recorded, again.unchanged, again.commands) == (0, 3, [])


def test_dates_come_as_dates_or_in_one_written_form(books, sheet):
    import_roster(books, sheet(changed(ZEZHOU, cma_on=date(2021, 6, 15), cma_until=date(2027, 6, 14))))

    assert books.status("lab-140525-1", as_of=date(2023, 1, 1)).rows[0].cma.granted_on == date(2021, 6, 15)


def test_a_later_certificate_renews_one_not_ended(books, sheet):
    import_roster(books, sheet(ZEZHOU))
    import_roster(
        books,
        sheet(changed(ZEZHOU, cma="270404090041", cma_on="2027-05-01", cma_until="2033-04-30")),
        accept_valid=True,
    )
    import_roster(books, sheet(changed(ZEZHOU, cma="230404090041", cma_on="2023-05-01", cma_until="2029-04-30")))

    assert [row.fact for row in books.history("lab-140525-1")][-1] == "lab.certificate-renewed"


def test_after_an_end_a_later_certificate_is_a_grant(books, sheet):
    import_roster(books, sheet(ZEZHOU))
    books.execute(RevokeCertificate(lab="lab-140525-1", scheme="CMA", on="2022-01-01", reason="r"))

    import_roster(books, sheet(changed(ZEZHOU, cma="230404090041", cma_on="2023-05-01", cma_until="2029-04-30")))

    assert books.status("lab-140525-1", as_of=date(2023, 6, 1)).rows[0].cma.state is State.VALID


def test_an_empty_cell_states_nothing(books, sheet):
    import_roster(books, sheet(ZEZHOU))

    again = import_roster(books, sheet(changed(ZEZHOU, catl="", catl_on="", catl_until="", dual="否")))

    assert again.commands == []


UNSOUND = {
    "no such city": (changed(ZEZHOU, city="晋阳市"), "市", "unknown-unit"),
    "no such county there": (changed(ZEZHOU, county="左云县"), "县（市、区）", "unknown-unit"),
    "no unit": (changed(ZEZHOU, city="", county=""), "市", "missing-cell"),
    "城区 without its city": (changed(ZEZHOU, city="", county="城区"), "县（市、区）", "ambiguous-unit"),
    "no name": (changed(ZEZHOU, name=""), "机构名称", "missing-cell"),
    "another level": (changed(ZEZHOU, level="乡级"), "机构级别", "bad-value"),
    "30 February": (changed(ZEZHOU, cma_on="2021-02-30"), "CMA发证日期", "bad-value"),
    "an ambiguous date": (changed(ZEZHOU, cma_on="1/2/2021"), "CMA发证日期", "ambiguous-date"),
    "end before start": (changed(ZEZHOU, cma_until="2020-06-14"), "CMA有效期至", "bad-period"),
    "a certificate without its end": (changed(ZEZHOU, catl_until=""), "CATL有效期至", "missing-cell"),
    "a number of the row before": (changed(ZEZHOU, county="阳城县", name="阳城县站"), "CMA证书编号", "number-shared"),
    "dual said and not so": (changed(YANGCHENG, dual="是"), "是否双认证", "dual-contradicted"),
    "dual said wrongly": (changed(YANGCHENG, dual="也许"), "是否双认证", "bad-value"),
    "the same lab again": (ZEZHOU, "机构名称", "row-repeated"),
    "a city where a county's level is said": (changed(CITY, level="县级"), "机构级别", "wrong-level"),
    "a control character": (changed(YANGCHENG, name="阳城\x0b县站"), "机构名称", "bad-text"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNSOUND)
def test_an_unsound_row_is_told_by_row_and_column_and_keeps_the_sheet_out(books, sheet, name):
    row, column, code = UNSOUND[name]
    head = books.catch_up()

    done = import_roster(books, sheet(ZEZHOU, row))

    assert (3, column, code) in found(done)
    assert {f[0] for f in found(done)} == {3}
    assert (done.recorded, done.refused, done.position) == (0, 1, head)


def test_accept_valid_takes_the_sound_rows(books, sheet):
    done = import_roster(books, sheet(ZEZHOU, changed(YANGCHENG, dual="是")), accept_valid=True)

    assert (done.recorded, done.refused) == (1, 1)
    assert books.view().lab("lab-140525-1")


def test_a_dry_run_plans_and_records_nothing(books, sheet):
    head = books.catch_up()

    done = import_roster(books, sheet(ZEZHOU), dry_run=True)

    assert len(done.commands) == 4
    assert books.catch_up() == head


def test_a_lab_registered_under_another_name_is_never_guessed(books, sheet):
    import_roster(books, sheet(ZEZHOU))

    done = import_roster(books, sheet(changed(ZEZHOU, name="泽州县综合检验检测中心")))

    assert found(done) == [(2, "机构名称", "other-name")]


def test_the_books_know_another_certificate_of_that_number(books, sheet):
    import_roster(books, sheet(ZEZHOU))

    done = import_roster(books, sheet(changed(ZEZHOU, cma_until="2028-06-14")))

    assert found(done) == [(2, "CMA有效期至", "certificate-differs")]


def test_columns_of_no_known_name_are_told_where_they_say_something(books, sheet):
    done = import_roster(books, sheet(changed(YANGCHENG, note="撤并中")))

    assert done.to_dict()["unread"] == ["备注"]


def test_a_hidden_sheet_is_left_alone(books, sheet):
    assert import_roster(books, sheet(YANGCHENG, hidden_first=True)).chosen.table.page.name == "台账"


def test_the_source_of_a_fact_is_file_sheet_and_row(books, sheet):
    path = sheet(ZEZHOU, YANGCHENG)
    import_roster(books, path)

    sources = {row.source for row in books.history("lab-140522-1")}
    assert sources == {f"sha256:{sha256(path.read_bytes()).hexdigest()} 台账!3"}


def test_what_is_no_roster_is_refused(books, sheet, tmp_path):
    (tmp_path / "text.xlsx").write_text("市", encoding="utf-8")
    for path in (tmp_path / "text.xlsx", tmp_path / "none.xlsx", sheet(["a"], headers=["x"])):
        with pytest.raises(BadRoster):
            import_roster(books, path)


def test_without_a_campaign_nothing_says_which_province_is_meant(sheet):
    with Registry.open(":memory:") as registry, pytest.raises(NoCampaign):
        import_roster(registry, sheet(ZEZHOU))
