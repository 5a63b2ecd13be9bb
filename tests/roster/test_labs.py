"""From rows to commands, labs: what the sheet says against what the books know."""

from __future__ import annotations

from datetime import date

import pytest

from dualcert.domain.commands import (
    AmendCertificate,
    AmendLab,
    CloseLab,
    CorrectFact,
    RegisterLab,
    SuspendCertificate,
)
from dualcert.errors import Conflict
from dualcert.roster import import_roster
from dualcert.roster.outcome import Silent
from examples import found

pytestmark = pytest.mark.usefixtures("read_here")

HEAD = ["市", "县", "机构名称"]
CMA = ["CMA证书编号", "CMA发证日期", "CMA有效期至"]
ZEZHOU = ["晋城市", "泽州县", "泽州站"]
HELD = ["210404090041", "2021-06-15", "2027-06-14"]
LAB = "lab-140525-1"


@pytest.fixture
def take(books, book):
    """Import a sheet of labs with these columns beside unit and name."""

    def importing(columns, *rows, **said):
        return import_roster(books, book({"台账": [[*HEAD, *columns], *rows]}), **said)

    return importing


def facts(books, lab=LAB):
    return [row.fact.removeprefix("lab.") for row in books.history(lab)]


def register(books, lab, name, **more):
    books.execute(RegisterLab(lab=lab, name=name, level="county", division="140525", on="2019-01-01", **more))


# --- which lab a row is about ----------------------------------------------------------------------


def test_a_lab_is_found_by_its_id(books, take):
    register(books, "lab-140525-7", "泽州站")

    assert take(["机构编号", *CMA], [*ZEZHOU, "lab-140525-7", *HELD]).recorded == 1
    assert facts(books, "lab-140525-7") == ["registered", "certificate-granted"]


def test_a_lab_is_found_by_its_credit_code(books, take):
    register(books, LAB, "泽州站", credit_code="91140000MA0GTLAY6B")

    done = take(["信用代码", *CMA], [*ZEZHOU, "91140000MA0GTLAY6B", *HELD])

    assert (found(done), facts(books)) == ([], ["registered", "certificate-granted"])


def test_several_labs_of_one_unit_and_level_are_told_apart_by_name(books, take):
    register(books, "lab-140525-1", "甲站")
    register(books, "lab-140525-2", "乙站")

    assert found(take(CMA, [*ZEZHOU[:2], "乙站", *HELD])) == []
    assert facts(books, "lab-140525-2")[-1] == "certificate-granted"
    assert found(take(CMA, [*ZEZHOU[:2], "丙站", "", "", ""])) == [(2, "机构名称", "ambiguous-lab")]


def test_one_under_another_name_is_a_finding_and_a_new_id_makes_it_another_lab(books, take):
    register(books, LAB, "甲站")

    assert found(take([], [*ZEZHOU[:2], "乙站"])) == [(2, "机构名称", "other-name")]
    assert found(take(["机构编号"], [*ZEZHOU[:2], "乙站", "lab-140525-2"])) == []
    assert [lab for lab, _ in books.view().labs()] == [LAB, "lab-140525-2"]


def test_known_labs_are_found_first_whatever_the_order_of_the_rows(books, take):
    register(books, LAB, "甲站")

    done = take([], [*ZEZHOU[:2], "乙站"], [*ZEZHOU[:2], "甲站"])

    assert found(done) == []
    assert {read.details[0][1].name: lab for lab, read in books.view().labs()} == {"甲站": LAB, "乙站": "lab-140525-2"}


def test_new_ids_are_the_next_free_numbers(books, take):
    register(books, "lab-140525-2", "甲站")

    take([], [*ZEZHOU[:2], "甲站"], [*ZEZHOU[:2], "乙站"], [*ZEZHOU[:2], "丙站"])

    assert {read.details[0][1].name: lab for lab, read in books.view().labs()} == {
        "甲站": "lab-140525-2", "乙站": "lab-140525-1", "丙站": "lab-140525-3",
    }  # fmt: skip


@pytest.mark.parametrize("id_", ["lab-140522-1", "lab-1", "泽州"])
def test_an_id_of_another_unit_or_form_is_a_finding(take, id_):
    assert found(take(["机构编号"], [*ZEZHOU, id_])) == [(2, "机构编号", "bad-id")]


def test_a_name_that_a_lab_had_before_still_means_it(books, take):
    register(books, LAB, "旧站")
    books.execute(AmendLab(lab=LAB, name="新站", on="2023-01-01"))

    assert found(take(CMA, [*ZEZHOU[:2], "旧站", *HELD])) == []
    assert facts(books) == ["registered", "amended", "certificate-granted"]


def test_a_closed_lab_does_not_stand_in_the_way_of_its_successor(books, take):
    register(books, LAB, "旧站")
    books.execute(CloseLab(lab=LAB, reason="合并", on="2023-01-01"))

    assert found(take([], [*ZEZHOU[:2], "综合中心"])) == []
    assert [lab for lab, _ in books.view().labs()] == [LAB, "lab-140525-2"]


CODE, CODED = "91140000MA0GTLAY6B", ["机构编号", "信用代码"]


@pytest.mark.parametrize(
    ("id_", "name", "code", "finding"),
    [("lab-140525-2", "泽州站", "", ("机构编号", "other-id")), ("lab-140525-2", "泽州站", CODE, ("机构编号", "other-id")),
     ("lab-140525-7", "新站", CODE, ("信用代码", "credit-code-shared")),
     ("lab-140525-3", "另站", CODE, ("信用代码", "credit-code-shared"))],
    ids=["an unknown id of a known name", "and of its code", "an unknown id of a known code", "a known id, another's code"],
)  # fmt: skip
def test_an_id_that_the_rest_of_its_row_contradicts_is_a_finding(books, take, id_, name, code, finding):
    register(books, LAB, "泽州站", credit_code=CODE)
    register(books, "lab-140525-3", "另站")

    assert found(take(CODED, [*ZEZHOU[:2], name, id_, code], on=date(2023, 1, 1))) == [(2, *finding)]


def test_two_rows_with_one_credit_code_are_a_finding(take):
    done = take(["信用代码"], [*ZEZHOU, CODE], ["晋城市", "阳城县", "阳城站", CODE])

    assert (found(done), done.recorded) == ([(3, "信用代码", "credit-code-shared")], 0)
    assert "row 2" in done.to_dict()["findings"][0]["message"]


def test_the_code_of_a_closed_lab_may_be_its_successors(books, take):
    register(books, LAB, "旧站", credit_code=CODE)
    books.execute(CloseLab(lab=LAB, reason="合并", on="2023-01-01"))

    assert found(take(["信用代码"], [*ZEZHOU[:2], "综合中心", CODE])) == []
    assert books.view().lab("lab-140525-2").details[-1][1].credit_code == CODE


# --- since when it is in the books -----------------------------------------------------------------


def test_a_registration_that_no_sheet_dated_gives_way_to_an_older_certificate(books, take):
    take([], ZEZHOU)

    assert found(take(CMA, [*ZEZHOU, *HELD])) == []
    assert books.view().lab(LAB).registered_on == date(2021, 6, 15)
    assert books.view().county("county-140525").labs(date(2021, 6, 15)) == (LAB,)
    catl = ["CATL证书编号", "CATL发证日期", "CATL有效期至"]
    assert found(take(catl, [*ZEZHOU, "[2020]农质检核（晋）字第0041号", "2020-07-15", "2026-07-14"])) == []
    assert books.view().lab(LAB).registered_on == date(2020, 7, 15)
    assert take([], ZEZHOU).unchanged == 1


@pytest.mark.parametrize("by_sheet", [True, False])
def test_a_registration_that_was_dated_is_moved_only_where_that_is_said(books, take, by_sheet):
    if by_sheet:
        take(["建档日期"], [*ZEZHOU, "2022-01-01"])
    else:
        register(books, LAB, "泽州站")
        books.execute(CorrectFact(stream=LAB, version=1, reason="r", on="2022-01-01", replacement=RegisterLab(
            lab=LAB, name="泽州站", level="county", division="140525", on="2022-01-01")))  # fmt: skip

    refused = take(CMA, [*ZEZHOU, *HELD])
    assert found(refused) == [(2, "CMA发证日期", "registered-later")]
    assert found(take(CMA, [*ZEZHOU, *HELD], correct=True)) == []
    assert books.view().lab(LAB).registered_on == date(2021, 6, 15)


def test_another_day_of_registration_is_a_finding_and_corrected_only_where_that_is_said(books, take):
    take(["登记日期"], [*ZEZHOU, "2019-01-01"])

    for day in ("2018-01-01", "2020-01-01"):
        assert found(take(["登记日期"], [*ZEZHOU, day])) == [(2, "登记日期", "day-differs")]
    assert found(take(["登记日期"], [*ZEZHOU, "2018-01-01"], correct=True)) == []
    assert books.view().lab(LAB).registered_on == date(2018, 1, 1)


def test_a_change_before_a_registration_that_no_sheet_dated_moves_it(books, take):
    take([], ZEZHOU, ["晋城市", None, "市中心"])
    columns = ["原名称", "并入机构", "变更日期"]

    renamed, merged = (
        [*ZEZHOU[:2], "新站", "泽州站", None, "2022.1.1"],
        ["晋城市", None, "市中心", None, "新站", "2022.5.1"],
    )
    assert found(take(columns, renamed)) == []
    assert found(take(["机构编号", "并入机构", "变更日期"], [*merged[:3], "", LAB, "2022.5.1"])) == []
    assert books.view().lab(LAB).registered_on == date(2022, 1, 1)
    assert take(columns, renamed).unchanged == 1


def test_a_change_that_the_books_know_moves_nothing(books, take):
    register(books, LAB, "泽州站")

    assert found(take(["曾用名", "变更日期"], [*ZEZHOU, "老站", "2015.1.1"])) == []
    assert facts(books) == ["registered"]


def test_a_lab_that_on_dates_is_there_since_its_first_certificate_at_the_latest(books, take):
    assert found(take(CMA, [*ZEZHOU, *HELD], on=date(2023, 4, 13))) == []
    assert books.view().lab(LAB).registered_on == date(2021, 6, 15)


# --- what changed ----------------------------------------------------------------------------------


def test_a_renamed_lab_is_recognised_where_the_sheet_says_so_and_since_when(books, take):
    register(books, LAB, "旧站")
    columns = ["原名称", "变更日期"]

    assert found(take(columns, [*ZEZHOU[:2], "新站", "旧站", None])) == [(2, "机构名称", "needs-date")]
    assert found(take(columns, [*ZEZHOU[:2], "新站", "旧站", "2023.5.1"])) == []
    assert books.view().lab(LAB).details_on(date(2023, 5, 1)).name == "新站"
    assert books.view().lab(LAB).details_on(date(2023, 4, 30)).name == "旧站"
    assert take(columns, [*ZEZHOU[:2], "新站", "旧站", "2023.5.1"]).unchanged == 1


def test_a_lab_named_by_its_id_is_renamed_since_the_day_that_is_said(books, take):
    register(books, LAB, "旧站")

    done = take(["机构编号"], [*ZEZHOU[:2], "新站", LAB], on=date(2023, 6, 1))

    assert found(done) == []
    assert books.view().lab(LAB).details[-1][0] == date(2023, 6, 1)


def test_a_credit_code_that_was_not_known_is_the_labs_from_its_registration_on(books, take):
    register(books, LAB, "泽州站")

    assert found(take(["信用代码"], [*ZEZHOU, "91140000MA0GTLAY6B"])) == []
    assert books.view().lab(LAB).details_on(date(2019, 1, 1)).credit_code == "91140000MA0GTLAY6B"


def test_a_wrong_check_digit_is_a_finding(take):
    assert found(take(["信用代码"], [*ZEZHOU, "91140000MA0GTLAY6X"])) == [(2, "信用代码", "bad-credit-code")]


def test_a_lab_that_is_no_longer_counted_needs_its_day(books, take):
    register(books, LAB, "泽州站")

    assert found(take(["是否纳入统计"], [*ZEZHOU, "否"])) == [(2, "是否纳入统计", "needs-date")]
    take(["是否纳入统计"], [*ZEZHOU, "否"], on=date(2023, 1, 1))
    assert not books.view().lab(LAB).details_on(date(2023, 1, 1)).counted


def test_a_merged_lab_is_recognised_only_where_the_sheet_says_so(books, take):
    register(books, LAB, "泽州站")
    columns = ["并入机构", "合并日期"]

    done = take(columns, [*ZEZHOU[:2], "综合中心", None, None], [*ZEZHOU, "综合中心", "2023.6.1"])

    assert found(done) == []
    read = books.view().lab(LAB)
    assert (read.closed_on, read.merged_into) == (date(2023, 6, 1), "lab-140525-2")


def test_a_successor_that_nobody_knows_is_a_finding(books, take):
    register(books, LAB, "泽州站")

    assert found(take(["并入机构", "合并日期"], [*ZEZHOU, "综合中心", "2023.6.1"])) == [(2, "并入机构", "no-such-lab")]


@pytest.mark.parametrize("order", [1, -1])
def test_a_lab_may_be_merged_into_one_that_the_sheet_brings_whatever_their_order(books, take, order):
    register(books, LAB, "泽州站")
    rows = [[*ZEZHOU, "综合中心", "2023.3.1"], ["晋城市", None, "综合中心", None, None]]

    assert found(take(["并入机构", "合并日期"], *rows[::order])) == []
    assert books.view().lab(LAB).merged_into == "lab-140500-1"


def test_a_merged_labs_number_may_be_its_successors(books, take):
    take(CMA, [*ZEZHOU, *HELD], ["晋城市", None, "综合中心", None, None, None])
    columns = [*CMA, "并入机构", "合并日期"]

    merged = [*ZEZHOU, *HELD, "综合中心", "2023.3.1"], ["晋城市", None, "综合中心", *HELD[:1], "2023-03-01", HELD[2]]
    assert found(take(columns, *merged)) == []
    assert found(take(CMA, merged[1])) == []


# --- certificates ----------------------------------------------------------------------------------


def test_an_equal_certificate_is_nothing_whatever_its_brackets(books, take):
    columns = ["CATL证书编号", "CATL发证日期", "CATL有效期至"]
    take(columns, [*ZEZHOU, "[2021]农质检核（晋）字第0041号", "2021-07-15", "2027-07-14"])

    again = take(columns, [*ZEZHOU, "〔２０２１〕农质检核 (晋) 字第0041号", "2021.7.15", "20270714"])

    assert (found(again), again.unchanged) == ([], 1)


def test_a_validity_may_say_both_days_and_must_agree_with_the_day_of_granting(books, take):
    assert found(take([CMA[0], CMA[2]], [*ZEZHOU, HELD[0], "2021.6.15-2027.6.14"])) == []
    assert books.view().lab(LAB).cma.periods[0].first == date(2021, 6, 15)
    assert found(take(CMA, [*ZEZHOU, HELD[0], "2021.6.16", "2021.6.15-2027.6.14"])) == [
        (2, "CMA有效期至", "validity-differs")
    ]


def test_what_the_books_have_otherwise_is_a_finding_and_corrected_only_where_that_is_said(books, take):
    take(CMA, [*ZEZHOU, *HELD], on=date(2018, 1, 1))
    row = [HELD[0], HELD[1], "2028-06-14"]

    assert found(take(CMA, [*ZEZHOU, *row])) == [(2, "CMA有效期至", "certificate-differs")]
    assert facts(books) == ["registered", "certificate-granted"]
    assert found(take(CMA, [*ZEZHOU, *row], correct=True)) == []
    assert facts(books) == ["registered", "certificate-granted", "fact.retracted", "certificate-granted"]
    assert [p.valid_until for p in books.view().lab(LAB).cma.periods] == [date(2028, 6, 14)]
    assert take(CMA, [*ZEZHOU, *row], correct=True).unchanged == 1


def test_an_older_certificate_takes_nothing_away_from_a_later_one(books, take):
    take(CMA, [*ZEZHOU, *HELD], on=date(2010, 1, 1))
    overlapping = ["180404090041", "2018-06-15", "2024-06-14"]
    before = ["120404090041", "2012-06-15", "2015-06-14"]

    assert found(take(CMA, [*ZEZHOU, *overlapping])) == [(2, "CMA证书编号", "certificate-older")]
    assert found(take(CMA, [*ZEZHOU, *overlapping], correct=True)) == []
    assert found(take(CMA, [*ZEZHOU, *before])) == []
    assert [p.number for p in books.view().lab(LAB).cma.periods] == [before[0], overlapping[0], HELD[0]]
    assert all(take(CMA, [*ZEZHOU, *row]).unchanged for row in (HELD, overlapping, before))


def test_an_earlier_certificate_that_the_books_know_is_nothing(books, take):
    take(CMA, [*ZEZHOU, *HELD])
    take(CMA, [*ZEZHOU, "220404090041", "2022-06-15", "2028-06-14"])

    assert take(CMA, [*ZEZHOU, *HELD]).unchanged == 1


def test_a_suspension_is_recorded_once(books, take):
    columns = [*CMA, "CMA暂停自"]

    assert found(take(columns, [*ZEZHOU, *HELD, "2023.3.1"])) == []
    assert books.view().lab(LAB).cma.suspended(date(2023, 3, 1))
    assert take(columns, [*ZEZHOU, *HELD, "2023.3.1"]).unchanged == 1


def test_a_suspension_of_another_day_is_a_finding_and_corrected_only_where_that_is_said(books, take):
    columns = [*CMA, "CMA暂停自"]
    take(columns, [*ZEZHOU, *HELD, "2023.3.1"])

    for day in ("2023.2.1", "2023.4.1"):
        assert found(take(columns, [*ZEZHOU, *HELD, day])) == [(2, "CMA暂停自", "day-differs")]
        assert found(take(columns, [*ZEZHOU, *HELD, day], correct=True)) == []
    assert books.view().lab(LAB).cma.suspended_since == date(2023, 4, 1)


def test_a_suspension_without_its_certificate_is_a_finding(take):
    assert {f[2] for f in found(take([*CMA, "CMA暂停自"], [*ZEZHOU, "", "", "", "2023.3.1"]))} == {"missing-cell"}


def test_a_certificate_has_the_number_that_it_was_given_last(books, take):
    take(CMA, [*ZEZHOU, *HELD])
    books.execute(AmendCertificate(lab=LAB, scheme="CMA", number="210404090099", reason="r", on="2022-01-01"))
    anew = ["210404090099", *HELD[1:]]

    assert take(CMA, [*ZEZHOU, *anew]).unchanged == 1
    assert found(take(CMA, [*ZEZHOU, *HELD])) == [(2, "CMA证书编号", "certificate-differs")]
    assert found(take(CMA, ["晋城市", "阳城县", "阳城站", *anew])) == [(2, "CMA证书编号", "number-shared")]
    assert found(take(CMA, [*ZEZHOU, *anew[:2], "2027-06-15"], correct=True)) == []
    assert take(CMA, [*ZEZHOU, *anew[:2], "2027-06-15"]).unchanged == 1


def test_a_sheet_that_does_not_say_so_reinstates_nothing(books, take):
    take(CMA, [*ZEZHOU, *HELD])
    books.execute(SuspendCertificate(lab=LAB, scheme="CMA", on="2023-01-01", reason="r"))

    assert take(CMA, [*ZEZHOU, *HELD]).unchanged == 1


def test_a_certificate_from_the_future_is_a_finding_and_the_other_rows_are_sound(books, take):
    done = take(
        CMA, [*ZEZHOU, "1", "2090-01-01", "2095-12-31"], ["晋城市", "阳城县", "阳城站", *HELD], accept_valid=True
    )

    assert found(done) == [(2, "CMA发证日期", "in-the-future")]
    assert (done.recorded, done.refused) == (1, 1)
    assert [lab for lab, _ in books.view().labs()] == ["lab-140522-1"]


def test_what_the_books_find_odd_is_told_once_where_the_row_says_it(books, take):
    row = [*ZEZHOU, "晋字1号", "2021-06-15", "2023-06-14"]

    for dry in (True, False):
        remarks = take(CMA, row, dry_run=dry).to_dict()["remarks"]
        assert [(r["cell"], r["column"], r["code"]) for r in remarks] == [
            ("D2", "CMA证书编号", "odd-number"), ("F2", "CMA有效期至", "unusual-validity"),
        ]  # fmt: skip
    assert take(CMA, row).to_dict()["remarks"] == []


def test_a_certificate_before_its_labs_day_is_a_finding_at_its_own(take):
    columns = [*CMA, "登记日期"]

    assert found(take(columns, [*ZEZHOU, *HELD, "2022-01-01"])) == [(2, "CMA发证日期", "before-registration")]


def test_a_county_lab_that_is_not_designated_is_not(books, take):
    take(["是否指定机构"], [*ZEZHOU, "否"])

    assert books.view().county("county-140525").designations == ()


def test_a_lab_that_no_longer_carries_its_countys_place_needs_its_day(books, take):
    take([], ZEZHOU)
    columns = ["是否指定机构", "变更日期"]

    assert found(take(columns, [*ZEZHOU, "否", None])) == [(2, "是否指定机构", "needs-date")]
    assert found(take(columns, [*ZEZHOU, "否", "2023.6.1"])) == []
    assert books.view().county("county-140525").labs(date(2023, 6, 1)) == ()
    assert take(columns, [*ZEZHOU, "否", "2023.6.1"]).unchanged == 1


def test_a_lab_may_carry_the_places_of_other_counties_each_since_its_day(books, take):
    row = ["晋城市", None, "市中心", "阳城县（2023-07-01）、140521"]

    assert found(take(["承担县", "登记日期"], [*row, "2019-01-01"])) == []
    places = {c: books.view().county(c).designations[0].since for c in books.view().counties()}
    assert places == {"county-140522": date(2023, 7, 1), "county-140521": date(2019, 1, 1)}
    assert take(["承担县"], row).unchanged == 1
    assert found(take(["承担县"], [*row[:3], "阳城县（2023-08-01）"])) == [(2, "承担县", "day-differs")]
    assert found(take(["承担县"], [*row[:3], "阳城县（2023-08-01）"], correct=True)) == []
    assert found(take(["承担县"], [*row[:3], "阳县、140500"])) == [
        (2, "承担县", "unknown-unit"),
        (2, "承担县", "wrong-level"),
    ]


def test_a_registration_is_dated_by_the_sheet_where_it_has_a_date(books, take):
    take(["登记日期"], [*ZEZHOU, "2019.3.1"])

    assert books.view().lab(LAB).registered_on == date(2019, 3, 1)
    assert books.view().county("county-140525").designations[0].since == date(2019, 3, 1)


def test_an_interrupted_import_is_finished_by_running_it_again(books, take, monkeypatch):
    rows = [[*ZEZHOU, *HELD], ["晋城市", "阳城县", "阳城站", "210404090042", "2021-06-15", "2027-06-14"]]
    monkeypatch.setattr(books._fold.log, "append", _interrupted)
    with pytest.raises(KeyboardInterrupt):
        take(CMA, *rows)
    monkeypatch.undo()
    assert list(books.view().labs()) == []

    assert take(CMA, *rows).recorded == 2
    assert take(CMA, *rows).unchanged == 2


def _interrupted(*_):
    raise KeyboardInterrupt


# --- others who record at the same time ------------------------------------------------------------


class Meanwhile(Silent):
    """The progress of an import, in which others act each time before the import records."""

    def __init__(self, *acts):
        self.acts = list(acts)

    def begin(self, what, total):
        if what == "recording" and self.acts:
            self.acts.pop(0)()


def test_a_lab_that_another_registers_meanwhile_gets_no_second_id(books, take):
    done = take(CMA, [*ZEZHOU, *HELD], progress=Meanwhile(lambda: register(books, "lab-140525-7", "泽州站")))

    assert (found(done), done.recorded) == ([], 1)
    assert facts(books, "lab-140525-7") == ["registered", "certificate-granted"]
    assert [lab for lab, _ in books.view().labs()] == ["lab-140525-7"]


def test_sound_rows_are_planned_again_where_a_new_id_was_given_away(books, take):
    """Another has given the first free id to the lab of the second row."""
    rows = [[*ZEZHOU[:2], "甲站", 1], [*ZEZHOU[:2], "乙站", 2]]

    done = take(["序号"], *rows, accept_valid=True, progress=Meanwhile(lambda: register(books, LAB, "乙站")))

    assert found(done) == []
    assert {lab: state.details[-1][1].name for lab, state in books.view().labs()} == {
        LAB: "乙站",
        "lab-140525-2": "甲站",
    }


def test_facts_of_other_units_do_not_disturb_a_plan(books, take):
    views = []
    other = RegisterLab(lab="lab-140521-1", name="沁水站", level="county", division="140521", on="2019-01-01")

    def another():
        views.append(books.view())
        books.execute(other)

    assert take(CMA, [*ZEZHOU, *HELD], progress=Meanwhile(another, another)).recorded == 1
    assert len(views) == 1


def test_an_import_that_others_outrun_each_time_is_refused(books, take):
    acts = [lambda n=n: register(books, f"lab-140525-{n}", f"站{n}") for n in range(11, 16)]

    with pytest.raises(Conflict, match="lab-140525-15"):
        take(["机构编号"], [*ZEZHOU, LAB], progress=Meanwhile(*acts))
    assert facts(books, "lab-140525-15") == ["registered"]
