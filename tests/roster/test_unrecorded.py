"""What a row says and the books do not take up is told at its cell; what contradicts itself in a row is a finding."""

from __future__ import annotations

from datetime import date

import pytest

from dualcert.domain.commands import RegisterLab
from dualcert.errors import ColumnUnknown, LifeUnread
from dualcert.roster import import_roster
from examples import found

pytestmark = pytest.mark.usefixtures("read_here")

HEAD = ["市", "县", "机构名称", "CMA证书编号", "CMA发证日期", "CMA有效期至"]
ROW = ["晋城市", "泽州县", "泽州站", "210404090041", "2021-06-15", "2027-06-14"]
LAB = "lab-140525-1"


@pytest.fixture
def take(books, book):
    """Import a row of a lab with these columns beside its certificate."""

    def importing(columns, *cells):
        return import_roster(books, book({"台账": [[*HEAD, *columns], [*ROW, *cells]]}))

    return importing


def remarks(done):
    return [(f["row"], f["column"], f["code"]) for f in done.to_dict()["remarks"]]


def names(books):
    return [(day, details.name) for day, details in books.view().lab(LAB).details]


@pytest.mark.parametrize("columns", [["原名称", "变更日期"], ["曾用名", "更名日期"]])
def test_a_new_lab_has_its_former_name_until_the_day_of_the_change(books, take, columns):
    done = take(columns, "老站", "2023.3.1")

    assert (found(done), remarks(done)) == ([], [])
    assert names(books) == [(date(2021, 6, 15), "老站"), (date(2023, 3, 1), "泽州站")]
    assert take(columns, "老站", "2023.3.1").unchanged == 1


def test_a_new_lab_is_called_by_its_new_name_from_the_day_that_the_row_says(books, take):
    done = take(["更名为", "更名日期"], "新站", "2023.3.1")

    assert (found(done), remarks(done)) == ([], [])
    assert names(books) == [(date(2021, 6, 15), "泽州站"), (date(2023, 3, 1), "新站")]


def test_a_name_from_before_the_books_have_the_lab_is_told_and_not_recorded(books, take):
    columns = ["原名称", "变更日期"]

    done = take(columns, "老站", "2015.3.1")

    assert remarks(done) == [(2, "原名称", "not-recorded"), (2, "变更日期", "not-recorded")]
    assert names(books) == [(date(2021, 6, 15), "泽州站")]
    assert remarks(take(columns, "老站", "2015.3.1")) == remarks(done)


def test_a_former_name_without_a_day_is_told(books, take):
    books.execute(RegisterLab(lab=LAB, name="泽州站", level="county", division="140525", on="2019-01-01"))

    assert remarks(take(["曾用名"], "老站")) == [(2, "曾用名", "not-recorded")]


@pytest.mark.parametrize("state", ["有效", "正常", None])
def test_the_day_of_a_state_on_which_nothing_happened_is_told(take, state):
    assert remarks(take(["状态", "状态日期"], state, "2023-03-01")) == [(2, "状态日期", "not-recorded")]


def test_two_days_of_one_end_are_a_finding(take):
    done = take(["状态", "注销日期"], "注销（2023-05-06）", "2023-06-01")

    assert found(done) == [(2, "注销日期", "claim-contradicted")]


def test_a_certificate_that_stands_again_and_has_a_day_of_its_end_is_a_finding(take):
    assert found(take(["状态", "注销日期"], "恢复", "2023-06-01")) == [(2, "状态", "claim-contradicted")]


def test_the_day_of_a_certificates_end_is_not_that_of_its_labs(books, take):
    done = take(["CMA状态", "CMA状态变更日期", "机构状态", "变更日期"], "注销", "2023-03-01", "已撤并", "2023-05-01")

    assert found(done) == []
    assert books.view().lab(LAB).closed_on == date(2023, 5, 1)


def test_a_column_without_a_header_is_told_by_its_letters(take):
    assert take([None], "2023-06-01").chosen.unread == ("G:G",)


def test_a_column_without_a_header_is_mapped_by_the_name_that_is_told(books, book):
    path = book({"台账": [HEAD, [*ROW, None, "2023-05-06", "已注销"]]})

    with pytest.raises(LifeUnread) as refused:
        import_roster(books, path)
    assert refused.value.columns == ("I:I",)
    assert import_roster(books, path, columns={"i:i": ""}, dry_run=True).chosen.unread == ("H:H",)
    assert found(import_roster(books, path, columns={"i:i": "cma_state", "h:h": "cma_cancelled_on"})) == []
    assert books.view().lab(LAB).cma.valid(date(2023, 5, 5))
    assert not books.view().lab(LAB).cma.valid(date(2023, 5, 6))


@pytest.mark.parametrize("header", ["结对时间", "签订日期"])
def test_a_pairing_gets_no_day_by_default_where_a_column_may_hold_it(books, book, header):
    rows = [["市", "包联干部", header], ["晋城市", "person-1", "2023-04-25"]]

    with pytest.raises(ColumnUnknown, match=header):
        import_roster(books, book({"包联表": rows}))
