"""Words of clerks that are neither content nor silence: titles that leave out, 同上, "in process", columns of one name."""

from __future__ import annotations

from datetime import date

import pytest

from dualcert.errors import BadRoster, ColumnRepeated, ColumnUnknown, EndUnread
from dualcert.roster import import_roster
from dualcert.roster.kinds.lab_life import Life
from dualcert.roster.kinds.lab_sheet import _said
from dualcert.units import plain
from dualcert.values.terms import State
from examples import found

pytestmark = pytest.mark.usefixtures("read_here")

HEADERS = [
    "市",
    "县",
    "机构名称",
    "CMA证书编号",
    "CMA发证日期",
    "CMA有效期至",
    "CATL证书编号",
    "CATL发证日期",
    "CATL有效期至",
]
ROW = [
    "朔州市",
    "应县",
    "应县站",
    "210404090301",
    "2021-01-05",
    "2027-01-04",
    "[2021]农质检核（晋）字第0301号",
    "2021-02-05",
    "2027-02-04",
]
SEPTEMBER = date(2023, 9, 1)


def row(**cells):
    names = dict(
        zip(
            ["city", "county", "name", "cma", "cma_on", "cma_until", "catl", "catl_on", "catl_until"],
            range(9),
            strict=True,
        )
    )
    made = list(ROW)
    for name, value in cells.items():
        made[names[name]] = value
    return made


@pytest.fixture
def take(books, book):
    def importing(headers, *rows, above=(), **how):
        return import_roster(books, book({"表": [*above, headers, *rows]}), **how)

    return importing


def cma(books):
    return books.status("lab-140622-1", as_of=SEPTEMBER).rows[0].cma


# --- what a title says happened ---------------------------------------------------------------------

LEFT_OUT = [
    "{0}获证机构名单（不含暂停、注销机构）", "{0}机构名单（不包括已注销、已撤销的）", "{0}机构名单（注销、撤销机构除外）",
    "{0}有效机构名单（剔除已注销和撤销机构）", "未注销{0}机构名单", "{0}机构名单（除已注销以外）", "未暂停或撤销的{0}机构",
    "{0}机构名单（注销的不计）", "{0}机构名单（已注销、撤销的不再列入）", "{0}机构名单（暂停机构未统计在内）", "{0}机构名单（注销不纳入）",
]  # fmt: skip
FORESEEN = ["拟注销{0}机构名单", "{0}机构注销前名单", "{0}机构名单（含暂停、注销）", "建议撤销{0}机构名单", "{0}机构待注销名单",
            "{0}注销、撤销名单", "{0}机构名单（包含已注销）"]  # fmt: skip
SAID = {"{0}注销名单": Life.CANCELLED, "关于撤销{0}的公告": Life.REVOKED, "{0}暂停机构一览表": Life.SUSPENDED,
        "{0}解除暂停名单": Life.REINSTATED, "{0}恢复名单（不含注销）": Life.REINSTATED}  # fmt: skip


@pytest.mark.parametrize("title", LEFT_OUT)
def test_a_title_that_leaves_ends_out_says_nothing_of_its_rows(title):
    assert _said(plain(title.format("CMA"))) == (frozenset(), False)


@pytest.mark.parametrize("title", FORESEEN)
def test_a_title_of_some_ends_or_of_ends_to_come_is_unclear(title):
    assert _said(plain(title.format("CMA")))[1]


@pytest.mark.parametrize(("title", "life"), SAID.items())
def test_a_title_of_one_end_says_it(title, life):
    assert _said(plain(title.format("CMA"))) == ({life}, False)


@pytest.mark.parametrize(
    ("title", "code"), [(LEFT_OUT[0], None), (FORESEEN[0], "life-misplaced"), (FORESEEN[2], "life-misplaced")]
)
def test_no_certificate_ends_by_such_a_title(books, take, title, code):
    done = take(HEADERS[:6], row()[:6], above=[[title.format("CMA")]], on=SEPTEMBER)

    assert [each[2] for each in found(done)] == ([code] if code else [])
    assert code or cma(books).state is State.VALID


# --- words where a content belongs ------------------------------------------------------------------


@pytest.mark.parametrize("ditto", ["同上", " 同 上", "〃", "同左", "″"])
def test_what_refers_to_another_cell_is_written_out(take, ditto):
    other = row(county="怀仁市", name="怀仁市站", cma="210404090302", catl="[2021]农质检核（晋）字第0302号")
    rows = [[*other[:column], ditto, *other[column + 1 :]] for column in range(len(HEADERS))]

    done = take(HEADERS, row(), *rows)

    assert {(n, HEADERS[n - 3], "bad-value") for n in range(3, len(rows) + 3)} <= set(found(done))
    assert done.recorded == 0


def test_a_highlight_is_never_ditto(take):
    done = take(["市", "亮点做法", "报送日期"], ["朔州市", "“四个一”", "2023-07-01"], ["晋城市", "同上", "2023-07-02"])

    assert found(done) == [(3, "亮点做法", "bad-value")]


@pytest.mark.parametrize("words", ["正在办理", "待发证", "申请中", "CATL"])
@pytest.mark.parametrize("days", [("2021-02-05", "2027-02-04"), (None, None)])
def test_words_are_no_certificates_number_and_the_cell_of_the_words_is_named(take, words, days):
    done = take(HEADERS, row(catl=words, catl_on=days[0], catl_until=days[1]))

    assert found(done) == [(2, "CATL证书编号", "bad-value")]
    assert take(HEADERS, row(catl=None, catl_on=None, catl_until=None)).recorded == 1  # what the finding advises


def test_a_number_in_chinese_figures_is_one(take):
    assert found(take(HEADERS, row(catl="晋农质检核字第三十一号"))) == []


@pytest.mark.parametrize(
    ("none", "code"), [("未取得", "claim-contradicted"), ("无", "claim-contradicted"), ("/", None), (None, None)]
)
def test_a_word_that_a_certificate_is_lacked_is_compared_with_the_books(take, none, code):
    take(HEADERS, row())

    done = take(HEADERS, row(cma=none, cma_on=None, cma_until=None))

    assert [each[2] for each in found(done)] == ([code] if code else [])


# --- columns, rows and labs that are told apart -----------------------------------------------------

BESIDE = [
    "市",
    "县",
    "机构名称",
    "资质认定证书编号",
    "发证日期",
    "有效期截止",
    "考核证书编号",
    "发证日期",
    "有效期截止",
]


def test_columns_of_one_name_are_of_the_certificate_to_their_left(books, take):
    assert found(take(BESIDE, row())) == []

    status = books.status("lab-140622-1", as_of=SEPTEMBER).rows[0]
    assert [(c.granted_on, c.valid_until) for c in (status.cma, status.catl)] == [
        (date(2021, 1, 5), date(2027, 1, 4)), (date(2021, 2, 5), date(2027, 2, 4)),
    ]  # fmt: skip


def test_a_finding_of_such_a_column_is_at_its_own_cell(take):
    done = take(BESIDE, row(catl_on="2021-02-30"))

    assert [(f["column"], f["cell"]) for f in done.to_dict()["findings"]] == [("CATL 发证日期", "H2")]


@pytest.mark.parametrize("headers", [
    ["县", "机构名称", "CMA证书编号", "CATL证书编号", "发证日期", "发证日期"],
    ["县", "机构名称", "CMA证书编号", "发证日期", "联系人", "发证日期"],
])  # fmt: skip
def test_columns_of_one_name_that_nothing_tells_apart_are_named_by_their_letters(take, headers):
    with pytest.raises(ColumnRepeated, match="different headers") as refused:
        take(headers, ["应县", "应县站", None, None, None, None])

    assert [each.split()[1] for each in refused.value.columns] == ["发证日期"] * 2


def test_the_example_of_a_mapping_is_the_column_that_is_written_most_alike(take):
    with pytest.raises(ColumnUnknown) as refused:
        take([*HEADERS[:5], "CMA证书有效期限截止时间点", *HEADERS[6:]], row())

    assert refused.value.example == '"CMA证书有效期限截止时间点" = "CMA有效期至"'


def test_a_second_row_of_a_lab_is_told_where_it_may_go(books, take):
    newer = row(cma="230404090301", cma_on="2023-01-05", cma_until="2029-01-04")

    done = take(HEADERS, row(), newer)

    assert found(done) == [(3, "机构名称", "row-repeated")]
    assert "imported after this one" in done.to_dict()["findings"][0]["message"]
    assert (take(HEADERS, row()).recorded, take(HEADERS, newer).recorded) == (1, 1)


def test_a_lab_that_moved_is_told_to_give_its_id(books, take):
    take(HEADERS, row())
    moved = row(county="山阴县")

    first = take([*HEADERS, "变更日期"], [*moved, "2023-05-01"]).to_dict()["findings"][0]
    assert "lab-140622-1 in a column 机构编号" in first["message"]
    assert found(take([*HEADERS, "变更日期", "机构编号"], [*moved, "2023-05-01", "lab-140622-1"])) == []
    assert books.status("lab-140622-1", as_of=SEPTEMBER).rows[0].division == "140621"


@pytest.mark.parametrize(
    "said",
    [
        "已并入朔州中心（2023.5.1）",
        "已合并至朔州中心（2023年5月1日起）",
        "2023年5月1日并入朔州中心",
        "自2023-05-01并入朔州中心",
    ],
)
def test_into_which_lab_one_was_merged_ends_before_the_day(books, take, said):
    centre = row(city="朔州市", county=None, name="朔州中心", cma="210404090305", catl="[2021]农质检核（晋）字第0305号")
    take(HEADERS, row(), centre)

    assert found(take([*HEADERS, "机构状态"], [*row(), said])) == []
    assert books.view().lab("lab-140622-1").closed_on == date(2023, 5, 1)


def test_a_merger_that_is_not_understood_is_at_the_cell_that_says_it(take):
    take(HEADERS, row())

    done = take([*HEADERS, "机构状态"], [*row(), "已并入某中心（2023.5.1）"])

    assert [(f["cell"], f["code"]) for f in done.to_dict()["findings"]] == [("J2", "no-such-lab")]


def test_the_day_of_a_served_county_may_say_from_then_on(books, take):
    assert found(take([*HEADERS, "承担县"], [*row(), "右玉县（2023年6月1日起）"])) == []
    (served,) = books.view().county("county-140623").designations
    assert served.since == date(2023, 6, 1)


# --- what was lost, and what there is not ------------------------------------------------------------


@pytest.mark.parametrize("words", ["2023年10月已摘牌", "取消创建资格", "已撤销命名", "已退出"])
def test_a_standing_that_a_column_beside_it_says_was_lost_is_not_recorded_as_one_that_stands(books, take, words):
    sheet = (
        ["市", "县", "农安县类别", "批次", "处理情况"],
        ["朔州市", "应县", "省级命名", 3, words],
        ["晋城市", "泽州县", "省级创建", 5, None],
    )
    with pytest.raises(EndUnread, match=words) as refused:
        take(*sheet)

    assert refused.value.lines == ('"处理情况" = ""',)
    assert take(*sheet, columns={"处理情况": ""}).recorded == 2  # as the refusal advises, when the loss is recorded


@pytest.mark.parametrize(("title", "taken"), [
    ("2023年摘牌县名单", False), ("取消创建资格名单", False), ("农安县名单（不含已摘牌）", True), ("未摘牌的农安县", True),
])  # fmt: skip
def test_a_list_of_counties_that_lost_their_standing_is_no_list_of_those_that_have_it(take, title, taken):
    sheet = (["市", "县", "农安县类别", "批次"], ["朔州市", "应县", "省级命名", 3])
    if taken:
        assert take(*sheet, above=[[title]]).recorded == 1
    else:
        with pytest.raises(BadRoster, match=title):
            take(*sheet, above=[[title]])


@pytest.mark.parametrize("none", ["无", "暂无", "/", "—"])
@pytest.mark.parametrize(("header", "stream"), [("工作亮点", "highlights"), ("存在困难", "difficulties")])
def test_nothing_to_report_is_no_report(books, take, header, stream, none):
    done = take(["市", header, "报送日期"], ["朔州市", none, "2023-07-01"], ["晋城市", "市级统一采购", "2023-07-02"])

    assert (found(done), done.recorded, done.unchanged) == ([], 1, 1)
    assert [each.city for each in getattr(books.view().campaign("campaign-shanxi-2023"), stream)] == ["140500"]


@pytest.mark.parametrize(
    ("header", "cell"),
    [("备注", "已调整，不再包联"), ("结束日期", date(2023, 6, 1)), ("包联截止时间", "2023.6.1"), ("情况", "已调离")],
)
def test_a_pairing_that_a_column_beside_it_says_is_over_is_not_recorded_as_one_that_goes_on(take, header, cell):
    sheet = (
        ["市", "县", "包联干部", "包联日期", header],
        ["朔州市", "应县", "person-1", "2023-04-25", cell],
        ["晋城市", "泽州县", "person-2", "2023-04-25", "/"],
    )
    with pytest.raises(EndUnread, match="end-pairing") as refused:
        take(*sheet)

    assert [each.split()[0] for each in refused.value.cells] == ["E2"]
    assert take(*sheet, columns={header: ""}).recorded == 2


def test_a_remark_that_ends_no_pairing_is_only_left_unread(take):
    done = take(
        ["市", "县", "包联干部", "包联日期", "备注"],
        ["朔州市", "应县", "person-1", "2023-04-25", "接替上一任，培训已结束"],
    )

    assert (done.recorded, done.to_dict()["unread"]) == (1, ["备注"])
