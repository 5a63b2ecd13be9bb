"""What a sheet says of a certificate's life, or a lab's: it becomes a fact, is compared with the books, or is a finding."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dualcert import Registry, import_roster
from dualcert.domain.commands import GrantCertificate, RegisterLab
from dualcert.errors import LifeUnread, WhichScheme
from dualcert.roster.kinds import KINDS
from dualcert.roster.templates import write_books
from dualcert.testing import Clock
from examples import found

pytestmark = pytest.mark.usefixtures("read_here")

LAB = "lab-140521-1"
HEAD = "市,县（市、区）,机构名称,CMA证书编号,CMA发证日期,CMA有效期至"
HELD = "晋城市,沁水县,沁水县站,210404090038,2021-06-15,2027-06-14"
BOTH = f"{HEAD},CATL证书编号,CATL发证日期,CATL有效期至"
BOTH_HELD = f"{HELD},[2021]农质检核（晋）字第0038号,2021-07-15,2027-07-14"
UNIT = "晋城市,沁水县,沁水县站"
LIST = "市,县,机构名称,证书编号"
LISTED = f"{UNIT},210404090038"
CANCELLED = [("granted", "2021-06-15"), ("cancelled", "2023-05-06")]
ENTERED = [("granted", "2021-06-15")]


@pytest.fixture
def books():
    with Registry.open(":memory:", policy="shanxi-2023", clock=Clock(datetime(2023, 10, 1, tzinfo=UTC))) as registry:
        yield registry


@pytest.fixture
def take(books, tmp_path):
    def importing(*lines, **said):
        sheet = tmp_path / "labs.csv"
        sheet.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return import_roster(books, sheet, **said)

    return importing


def lived(books, lab=LAB):
    """Return the facts of a lab after its registration, each with its day."""
    facts = [(row.fact.removeprefix("lab.").removeprefix("certificate-"), str(row.on)) for row in books.history(lab)]
    return [each for each in facts if each[0] != "registered"]


def codes(done):
    return [(column, code) for _, column, code in found(done)]


# --- columns of states -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    ["状态", "证书状态", "资质状态", "CMA状态", "CMA证书状态", "处理决定", "处理结果", "变更类型", "备注", "说明"],
)
@pytest.mark.parametrize(
    ("cell", "facts"),
    [
        ("注销（2023-05-06）", CANCELLED),
        ("已注销（2023.5.6）", CANCELLED),
        ("2023年5月6日注销", CANCELLED),
        ("因单位搬迁于2023年5月6日注销", CANCELLED),
        ("注销（未按期复评审，2023年5月6日）", CANCELLED),
        ("2023年5月6日撤销", [*ENTERED, ("revoked", "2023-05-06")]),
        ("吊销，2023.5.6", [*ENTERED, ("revoked", "2023-05-06")]),
        ("自2023年5月6日起暂停", [*ENTERED, ("suspended", "2023-05-06")]),
        ("2023-05-06至2023-12-31暂停", [*ENTERED, ("suspended", "2023-05-06")]),
        ("2023年3月1日暂停，2023年6月1日恢复", [*ENTERED, ("suspended", "2023-03-01"), ("reinstated", "2023-06-01")]),
        ("机构已撤并（2023-05-06）", [*ENTERED, ("closed", "2023-05-06")]),
        ("机构已注销，2023-05-06", [*ENTERED, ("closed", "2023-05-06")]),
    ],
)  # fmt: skip
def test_a_certificate_that_is_stated_with_its_end_is_granted_and_ended_and_once_only(books, take, header, cell, facts):
    lines = f"{HEAD},{header}", f'{HELD},"{cell}"'

    assert found(take(*lines)) == []
    assert lived(books) == facts
    assert take(*lines).unchanged == 1
    assert lived(books) == facts


@pytest.mark.parametrize(
    ("cell", "code"),
    [("注销", "needs-date"), ("已撤销", "needs-date"), ("暂停", "needs-date"), ("暂停至2023-12-31", "needs-date"),
     ("机构已撤并", "needs-date"), ("停用", "life-unclear"), ("拟注销", "life-unclear"), ("注销公示", "life-unclear"),
     ("注销办理中", "life-unclear"), ("注销（部分参数）", "life-unclear"), ("作废", "life-unclear"), ("待定", "life-unclear"),
     ("2023年2月30日注销", "bad-value"), ("2023年5月注销", "life-unclear"), ("已过期", "claim-contradicted"),
     ("2024年6月14日到期", "claim-contradicted"), ("否", "claim-contradicted")],
)  # fmt: skip
def test_what_is_not_understood_or_not_so_is_a_finding_at_its_cell(books, take, cell, code):
    assert codes(take(f"{HEAD},状态", f'{HELD},"{cell}"')) == [("状态", code)]
    assert list(books.view().labs()) == []


@pytest.mark.parametrize(
    "cell", ["有效", "正常", "在有效期内", "即将到期", "是", "未注销", "2027年6月14日到期", "/", "—", "", "已换证"]
)
def test_what_is_so_already_records_nothing_more(books, take, cell):
    assert found(take(f"{HEAD},状态", f"{HELD},{cell}")) == []
    assert lived(books) == ENTERED


def test_the_day_of_a_state_may_be_given_for_the_whole_sheet(books, take):
    assert found(take(f"{HEAD},状态", f"{HELD},注销", on=date(2023, 5, 6))) == []
    assert lived(books) == CANCELLED
    assert take(f"{HEAD},状态", f"{HELD},注销").unchanged == 1


@pytest.mark.parametrize(
    ("columns", "cells", "facts"),
    [
        ("状态,注销日期", "注销,2023-05-06", CANCELLED),
        ("状态,注销日期", ",2023-05-06", CANCELLED),
        ("状态,处理日期,处理原因", "注销,2023.5.6,自愿", CANCELLED),
        ("状态,变更日期", "注销,2023.5.6", CANCELLED),
        ("CMA撤销日期", "2023-05-06", [*ENTERED, ("revoked", "2023-05-06")]),
        ("暂停日期,恢复日期", "2023-03-01,2023-06-01", [*ENTERED, ("suspended", "2023-03-01"), ("reinstated", "2023-06-01")]),
        ("机构状态,变更日期", "已注销,2023-05-06", [*ENTERED, ("closed", "2023-05-06")]),
    ],
)  # fmt: skip
def test_the_day_of_a_state_may_have_its_own_column(books, take, columns, cells, facts):
    assert found(take(f"{HEAD},{columns}", f"{HELD},{cells}")) == []
    assert lived(books) == facts


def test_a_remark_that_says_nothing_of_a_life_is_reported_as_unread(books, take):
    assert take(f"{HEAD},备注", f"{HELD},新办公楼").chosen.unread == ("备注",)
    assert codes(take(f"{HEAD},备注", f"{HELD},拟注销")) == [("备注", "life-unclear")]


@pytest.mark.parametrize("header", ["其他", "处理", ""])
def test_a_column_that_is_not_read_may_not_speak_of_a_certificates_life(books, take, header):
    with pytest.raises(LifeUnread, match="已注销"):
        take(f"{HEAD},{header}", f"{HELD},已注销")
    assert list(books.view().labs()) == []


def test_such_a_column_is_mapped_or_declared_unread(books, take):
    assert found(take(f"{HEAD},其他", f"{HELD},已注销", columns={"其他": ""})) == []
    assert found(take(f"{HEAD},其他", f"{HELD},2023.5.6注销", columns={"其他": "state"})) == []
    assert lived(books) == CANCELLED


# --- of which certificate --------------------------------------------------------------------------


def test_of_two_certificates_a_state_says_which(books, take):
    assert codes(take(f"{BOTH},状态", f"{BOTH_HELD},注销（2023-05-06）")) == [("状态", "which-certificate")]
    assert found(take(f"{BOTH},状态", f"{BOTH_HELD},有效")) == []
    assert found(take(f"{BOTH},状态", f'{BOTH_HELD},"CMA证书2023年5月6日注销，CATL证书有效"')) == []
    assert not books.view().lab(LAB).cma.valid(date(2023, 5, 6))
    assert books.view().lab(LAB).catl.valid(date(2023, 5, 6))


def test_a_row_with_one_certificate_can_only_mean_that_one(books, take):
    assert found(take(f"{BOTH},状态", f"{HELD},,,,注销（2023-05-06）")) == []
    assert lived(books) == CANCELLED


@pytest.mark.parametrize(
    "columns", ["证书编号,发证日期,有效期至", "CMA证书编号,发证日期,有效日期", "CMA编号,发证日期,截止日期"]
)
def test_columns_without_a_scheme_are_of_the_one_that_the_sheet_is_about(books, take, columns):
    assert found(take(f"市,县,机构名称,{columns}", HELD)) == []
    assert lived(books) == ENTERED


def test_columns_without_a_scheme_are_refused_where_either_could_be_meant(take):
    with pytest.raises(WhichScheme, match='"发证日期" = "cma_granted_on"'):
        take("市,县,机构名称,CMA证书编号,CATL证书编号,发证日期", f"{UNIT},210404090038,x,2021-06-15")


# --- lists of ends ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "columns", "cells", "facts"),
    [
        ("检验检测机构资质认定证书注销名单", "注销日期,注销原因", "2023-05-06,自愿申请", CANCELLED),
        ("关于撤销资质认定证书的公告", "撤销日期,撤销原因", "2023-05-06,出具虚假报告", [*ENTERED, ("revoked", "2023-05-06")]),
        ("资质认定证书暂停公告", "暂停期限,暂停原因", "2023-03-01至2023-08-31,整改", [*ENTERED, ("suspended", "2023-03-01")]),
    ],
)  # fmt: skip
def test_a_list_of_ends_ends_what_the_books_know(books, take, title, columns, cells, facts):
    take(HEAD, HELD)
    lines = title, f"{LIST},{columns}", f"{LISTED},{cells}"

    assert found(take(*lines)) == []
    assert lived(books) == facts
    assert take(*lines).unchanged == 1
    assert found(take(HEAD, HELD)) == []
    assert lived(books) == facts


def test_a_list_of_ends_without_a_day_asks_for_it(books, take):
    take(HEAD, HELD)

    assert codes(take("资质认定证书注销名单", LIST, LISTED)) == [("机构名称", "needs-date")]
    assert found(take("资质认定证书注销名单", LIST, LISTED, on=date(2023, 5, 6))) == []
    assert lived(books) == CANCELLED


def test_an_end_of_what_the_books_do_not_know_is_a_finding(books, take):
    listed = take("资质认定证书注销名单", f"{LIST},注销日期", f"{LISTED},2023-05-06")

    assert {code for _, code in codes(listed)} == {"missing-cell"}
    assert codes(take("市,县,机构名称,机构状态", f"{UNIT},已撤并（2023-05-06）")) == [("机构名称", "no-such-lab")]
    assert list(books.view().labs()) == []


def test_the_reason_of_an_end_that_is_the_labs_own_is_remarked(books, take):
    take(HEAD, HELD)
    done = take("资质认定证书注销名单", f"{LIST},注销日期,注销原因", f"{LISTED},2023-05-06,机构撤并")

    assert [(r["column"], r["code"]) for r in done.to_dict()["remarks"]] == [("注销原因", "lab-perhaps-closed")]


def test_a_state_against_the_books_is_a_finding(books, take):
    take(f"{HEAD},状态", f"{HELD},注销（2023-05-06）")

    assert codes(take(f"{HEAD},状态", f"{HELD},撤销（2023-05-06）")) == [("状态", "claim-contradicted")]
    assert codes(take(f"{HEAD},状态", f"{HELD},注销（2023-05-07）")) == [("状态", "day-differs")]
    assert found(take(f"{HEAD},状态", f"{HELD},注销（2023-05-07）", correct=True)) == []
    assert books.view().lab(LAB).cma.ends[0][0] == date(2023, 5, 7)
    late = "台账（截至2023年9月30日）", f"{HEAD},状态", f"{HELD},有效"
    assert codes(take(*late)) == [("状态", "claim-contradicted")]
    assert found(take("台账（截至2023年4月30日）", *late[1:])) == []


def test_the_end_of_an_earlier_certificate_leaves_a_later_grant_and_contradicts_a_renewal(books, take):
    earlier = f"{UNIT},150404090038,2015-06-15,2018-06-14"
    ended = f"{HEAD},状态", f"{earlier},注销（2017-01-01）"
    take(HEAD, earlier)
    take(HEAD, HELD)

    assert codes(take(*ended)) == [("状态", "contradicts-later-fact")]
    with Registry.open(":memory:", policy="shanxi-2023", clock=books._clock) as other:
        other.execute(RegisterLab(lab=LAB, name="沁水县站", level="county", division="140521", on="2015-01-01"))
        for number, first, last in (
            ("150404090038", "2015-06-15", "2018-06-14"),
            ("210404090038", "2021-06-15", "2027-06-14"),
        ):
            other.execute(GrantCertificate(lab=LAB, scheme="CMA", number=number, granted_on=first, valid_until=last))
        assert found(import_roster(other, Path(take(*ended).file))) == []
        assert not other.view().lab(LAB).cma.valid(date(2017, 1, 1))
        assert other.view().lab(LAB).cma.valid(date(2023, 1, 1))


def test_an_older_certificate_is_told_of_beside_the_later_one(books, take):
    take(HEAD, HELD)

    assert found(take(f"{HEAD},状态", f"{UNIT},150404090038,2015-06-15,2018-06-14,过期")) == []
    assert found(take(f"{HEAD},状态", f"{UNIT},150404090038,2015-06-15,2018-06-14,已换证")) == []
    assert [p.first.year for p in books.view().lab(LAB).cma.periods] == [2015, 2021]


@pytest.mark.parametrize(
    ("name", "number", "column"),
    [("沁水县站（已撤并）", "210404090038", "机构名称"), ("沁水县站", "210404090038（已注销）", "CMA证书编号"),
     ("沁水县站", "已注销", "CMA证书编号")],
)  # fmt: skip
def test_a_name_or_a_number_that_speaks_of_a_life_is_a_finding(take, name, number, column):
    assert codes(take(HEAD, f"晋城市,沁水县,{name},{number},2021-06-15,2027-06-14")) == [(column, "life-unclear")]


def test_a_term_without_days_is_kept_with_the_reason(books, take):
    take(HEAD, HELD)
    done = take("资质认定证书暂停公告", f"{LIST},暂停日期,暂停期限,暂停原因", f"{LISTED},2023-03-01,6个月,整改")

    assert (found(done), lived(books)) == ([], [*ENTERED, ("suspended", "2023-03-01")])


def test_a_list_of_merged_labs_closes_them(books, take):
    take(HEAD, HELD)

    assert found(take("撤并机构名单", "市,县,机构名称,撤并日期", f"{UNIT},2023-03-01")) == []
    assert lived(books) == [*ENTERED, ("closed", "2023-03-01")]


def test_a_lab_at_work_may_have_no_certificate(books, take):
    assert found(take("市,县,机构名称,状态", f"{UNIT},正常")) == []
    assert codes(take("市,县,机构名称,状态", f"{UNIT},有效")) == [("状态", "claim-contradicted")] * 1
    assert codes(take("市,县,机构名称,资质状态", f"{UNIT},正常")) == [("资质状态", "claim-contradicted")]
    assert codes(take("市,县,机构名称,变更类型", f"{UNIT},名称变更")) == [("变更类型", "life-unclear")]


def test_a_reason_of_nothing_and_second_remarks_are_reported_as_unread(take):
    done = take(f"{HEAD},原因,备注,说明,情况说明", f"{HELD},搬迁,a,b,c")

    assert done.chosen.unread == ("原因", "备注", "说明", "情况说明")


# --- issued anew -----------------------------------------------------------------------------------

ANEW = f"{UNIT},210404090038,2023-03-01,2027-06-14"


def test_a_certificate_issued_anew_is_a_change_on_that_day_and_the_years_before_stay(books, take):
    take(HEAD, HELD)

    assert found(take(HEAD, ANEW)) == []
    assert lived(books) == [*ENTERED, ("amended", "2023-03-01")]
    assert books.view().lab(LAB).cma.valid(date(2022, 1, 1))
    assert take(HEAD, ANEW).unchanged == take(HEAD, HELD).unchanged == 1


def test_a_grant_before_the_one_of_the_books_is_a_finding_and_correcting_it_keeps_both_days(books, take):
    take(HEAD, ANEW)

    assert codes(take(HEAD, HELD)) == [("CMA发证日期", "granted-earlier")]
    assert found(take(HEAD, HELD, correct=True)) == []
    assert books.view().lab(LAB).cma.valid(date(2022, 1, 1))
    assert take(HEAD, ANEW).unchanged == take(HEAD, HELD).unchanged == 1


def test_a_later_certificate_of_the_same_number_is_a_renewal(books, take):
    take(HEAD, f"{UNIT},170404090038,2017-06-11,2023-06-10")

    assert found(take(HEAD, f"{UNIT},170404090038,2023-05-20,2029-05-19")) == []
    assert lived(books) == [("granted", "2017-06-11"), ("renewed", "2023-05-20")]


# --- claims ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "cells", "wrong"),
    [
        ("是否双认证", "是", []),
        ("是否双认证", "否", ["是否双认证"]),
        ("CMA证书（有/无）,CATL证书（有/无）", "有,有", []),
        ("CMA证书（有/无）,CATL证书（有/无）", "有,无", ["CATL证书（有/无）"]),
        ("是否取得CMA", "否", ["是否取得CMA"]),
        ("CMA,CATL,双认证", "√,√,√", []),
        ("CMA,CATL,双认证", "√,,", ["CATL"]),
        ("CMA,CATL,双认证", "×,√,×", ["是否双认证", "CMA"]),
    ],
)  # fmt: skip
def test_claims_are_compared_with_the_books_on_the_sheets_day(books, take, columns, cells, wrong):
    take(BOTH, BOTH_HELD)
    lines = (
        f"市,县,机构名称,{columns}",
        f"{UNIT},{cells}",
        "晋城市,市本级,中心" + (",√,√,√" if columns.startswith("CMA,") else ""),
    )
    wrong = [each if each != "是否双认证" or "是否双认证" in columns else "双认证" for each in wrong]

    for title, said in (("台账（截至2023年9月30日）", {}), ("台账", {"on": date(2023, 9, 30)})):
        done = take(title, *lines, accept_valid=True, dry_run=True, **said)
        assert [column for row, column, _ in found(done) if row == 3] == wrong
    assert not [row for row, *_ in found(take("台账", *lines, dry_run=True)) if row == 3]


def test_a_claim_that_is_not_so_any_more_is_remarked_where_the_sheet_has_no_day(books, take):
    take(BOTH, BOTH_HELD)
    done = take("市,县,机构名称,是否双认证", f"{UNIT},否")

    assert (found(done), [r["code"] for r in done.to_dict()["remarks"]]) == ([], ["claim-undated"])
    assert codes(take("市,县,机构名称,是否双认证", f"{UNIT},否", "注：数据截至2023年9月底,,,")) == [
        ("是否双认证", "dual-contradicted")
    ]


def test_a_header_of_two_lines_may_be_a_claim(books, take):
    take(BOTH, BOTH_HELD)
    done = take(
        "市,县,机构名称,CMA（资质认定）,CATL（机构考核）", ",,,有/无,有/无", f"{UNIT},有,无", on=date(2023, 9, 30)
    )

    assert found(done) == [(3, "CATL（机构考核） 有/无", "claim-contradicted")]


def test_nobody_is_dual_by_a_claim_that_no_day_makes_true(books, take):
    take(HEAD, HELD)

    assert codes(take("市,县,机构名称,是否双认证", f"{UNIT},是")) == [("是否双认证", "dual-contradicted")]


@pytest.mark.parametrize(
    ("line", "differing"),
    [("合计,1,家,1", []), ("合计,,2家,1", ["机构"]), ("合计,,1家,2", ["CMA"]), ("合计1家，其中CMA 1家,,,", []), ("合计,13家,,11,,,69.2%", ["机构", "CMA", "双认证率"]),
     ("合计3家，双认证2家，双认证率66.7%,,,", ["机构", "双认证", "双认证率"])],
)  # fmt: skip
def test_the_sheets_own_totals_are_compared_with_its_rows(take, line, differing):
    head, row = f"{HEAD},是否双认证", f"{HELD},否"
    done = take(head, row, line.replace("，", "；") if line.count(",") == 3 and "家，" in line else line)

    assert done.chosen.table.skipped == [(3, "total")]
    assert [remark.problem.of for remark in done.reader.remarks if remark.problem.code == "total-differs"] == differing


# --- names -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("unseen", ["\u200b", "\ufeff", "\u00ad", "\u2060", "\ufe0f", "\u200d"])
def test_characters_that_nobody_sees_make_no_other_number_name_or_header(books, take, unseen):
    head = HEAD.replace("CMA证书", f"CMA{unseen}证书").replace("机构", f"机{unseen}构")
    done = take(head, f"晋城市,沁{unseen}水县,沁水{unseen}县站,21040409{unseen}0038,2021-06-15,2027-06-14",
                "晋城市,阳城县,阳城县站,210404090038,2021-06-15,2027-06-14", accept_valid=True)  # fmt: skip

    assert found(done) == [(3, "CMA证书编号", "number-shared")]
    assert books.view().lab(LAB).details[-1][1].name == "沁水县站"
    assert books.view().lab(LAB).cma.periods[0].number == "210404090038"


@pytest.mark.parametrize(
    "columns", ["变更前机构名称,变更后机构名称", "变更前名称,变更后名称", "原机构名称,机构名称", "机构名称,更名为"]
)
def test_a_sheet_of_changes_renames(books, take, columns):
    take(HEAD, HELD)

    assert found(take(f"市,县,{columns},变更日期", "晋城市,沁水县,沁水县站,沁水县中心,2023-03-01")) == []
    assert [details.name for _, details in books.view().lab(LAB).details] == ["沁水县站", "沁水县中心"]


def test_two_labs_of_one_name_with_ids_of_their_own_are_two(books, take):
    lines = "市,县,机构编号,机构名称", "晋城市,沁水县,lab-140521-1,站", "晋城市,沁水县,lab-140521-2,站"

    assert found(take(*lines)) == []
    assert [lab for lab, _ in books.view().labs()] == ["lab-140521-1", "lab-140521-2"]
    assert take(*lines).unchanged == 2


def test_several_cities_in_one_cell_are_a_finding(take):
    assert codes(take("市,县,机构名称", "晋城市、长治市,沁水县,站")) == [("市", "several-units")]


# --- exports ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "state"),
    [("有效", "有效"), ("2023.5.6暂停", "暂停"), ("2023.5.6注销", "注销（2023-05-06）"), ("2023.5.6撤销", "撤销（2023-05-06）")],
)  # fmt: skip
def test_an_export_has_the_state_and_imports_as_it_is(books, take, tmp_path, cell, state):
    take(f"{HEAD},状态", f"{HELD},{cell}")
    (row,) = KINDS["labs"].rows(books.view(), date(2023, 10, 1))
    write_books(books.view(), date(2023, 10, 1), tmp_path / "books.xlsx")

    assert row["cma_state"] == state
    assert import_roster(books, tmp_path / "books.xlsx", kind="labs").unchanged == 1
    with Registry.open(":memory:", policy="shanxi-2023", clock=books._clock) as other:
        assert found(import_roster(other, tmp_path / "books.xlsx", kind="labs")) == []
        assert other.view().lab(LAB).cma.state(date(2023, 10, 1)) is books.view().lab(LAB).cma.state(date(2023, 10, 1))
