"""Meetings, summaries, highlights and difficulties of cities, one a row or as a matrix; counties as a matrix of √."""

from __future__ import annotations

from datetime import date

import pytest

from dualcert.roster import import_roster
from dualcert.roster.templates import write_books
from dualcert.values.terms import Meeting
from examples import found

pytestmark = pytest.mark.usefixtures("read_here")

CAMPAIGN = "campaign-shanxi-2023"
MEETINGS = ["市", "月份", "会议类型", "召开日期", "会议内容"]
MAY = date(2023, 5, 12)


@pytest.fixture
def take(books, book):
    def importing(rows, title="表", merged=(), **said):
        return import_roster(books, book({title: rows}, merged=merged), **said)

    return importing


def meetings(books):
    return [(m.city, m.kind.value, m.month, m.on.isoformat(), m.note) for m in books.view().campaign(CAMPAIGN).meetings]


# --- meetings, one a row ---------------------------------------------------------------------------


@pytest.mark.parametrize("month", ["2023-05", "2023年5月", "2023.5", "5月", "5月份", "五月", 5, date(2023, 5, 1)])
@pytest.mark.parametrize("kind", ["调度", "调度会", "调度会议"])
def test_a_meeting_of_a_row_is_recorded_and_known_the_second_time(books, take, month, kind):
    rows = [MEETINGS, ["晋城市", month, kind, "2023.5.12", "研究仪器采购"]]

    assert found(take(rows)) == []
    assert meetings(books) == [("140500", "dispatch", "2023-05", "2023-05-12", "研究仪器采购")]
    assert take(rows).unchanged == 1


@pytest.mark.parametrize("city", ["省级", "省本级", "山西省"])
def test_the_province_holds_meetings_of_its_own(books, take, city):
    assert found(take([MEETINGS, [city, "5月", "会商", MAY, None]])) == []
    assert meetings(books) == [("140000", "consultation", "2023-05", "2023-05-12", None)]


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (["晋城市", "13月", "调度", MAY, None], "月份", "bad-value"),
        (["晋城市", "2月", "调度", MAY, None], "月份", "bad-value"),
        (["晋城市", None, "调度", MAY, None], "月份", "missing-cell"),
        (["晋城市", "5月", None, MAY, None], "会议类型", "missing-cell"),
        (["晋城市", "5月", "例会", MAY, None], "会议类型", "bad-value"),
        (["晋城市", "5月", "调度", None, None], "召开日期", "day-not-stated"),
        (["晋城市", "6月", "调度", MAY, None], "月份", "bad-value"),
        (["没有市", "5月", "调度", MAY, None], "市", "unknown-unit"),
        ([None, "5月", "调度", MAY, None], "市", "missing-cell"),
    ],
)
def test_a_meeting_that_is_stated_by_half_is_a_finding(take, row, column, code):
    assert found(take([MEETINGS, row])) == [(2, column, code)]


def test_a_meeting_without_its_day_is_on_the_day_that_is_given(books, take):
    assert found(take([MEETINGS, ["晋城市", "5月", "调度", None, None]], on=MAY)) == []
    assert meetings(books)[0][3] == "2023-05-12"


def test_another_day_is_a_finding_unless_the_sheet_has_both(books, take):
    first, second = (["晋城市", "5月", "调度", day, None] for day in (MAY, date(2023, 5, 26)))
    take([MEETINGS, first])

    assert found(take([MEETINGS, second])) == [(2, "召开日期", "day-differs")]
    assert (take([MEETINGS, first, second]).recorded, len(meetings(books))) == (1, 2)


def test_another_day_and_other_words_replace_those_of_the_books_only_as_a_correction(books, take):
    take([MEETINGS, ["晋城市", "5月", "调度", MAY, "甲"]])
    other_words, other_day = ["晋城市", "5月", "调度", MAY, "乙"], ["晋城市", "5月", "调度", date(2023, 5, 13), "乙"]

    assert found(take([MEETINGS, other_words])) == [(2, "会议内容", "note-differs")]
    for row in (other_words, other_day):
        assert found(take([MEETINGS, row], correct=True)) == []
        assert take([MEETINGS, row]).unchanged == 1
    assert [each[3:] for each in meetings(books)] == [("2023-05-13", "乙")]


def test_the_same_meeting_twice_on_a_sheet_is_a_finding(take):
    row = ["晋城市", "5月", "调度", MAY, None]

    assert found(take([MEETINGS, row, row])) == [(3, "召开日期", "row-repeated")]


# --- meetings as a matrix --------------------------------------------------------------------------


def test_months_as_columns_and_kinds_as_rows(books, take):
    done = take(
        [
            ["各市会议开展情况"],
            ["市", "会议类型", "4月", "5月份"],
            ["晋城市", "调度", "2023-04-25", "12日"],
            ["晋城市", "会商", "/", "×"],
        ]
    )

    assert (found(done), done.rows, done.recorded, done.unchanged) == ([], 2, 1, 1)
    assert [each[1:4] for each in meetings(books)] == [
        ("dispatch", "2023-04", "2023-04-25"), ("dispatch", "2023-05", "2023-05-12"),
    ]  # fmt: skip


def test_kinds_as_columns_and_months_as_rows(books, take):
    done = take(
        [
            ["市", "月份", "调度", "会商", "指导"],
            ["晋城市", "5月", "5月12日", "5月12日、5月26日", "5月15日：到阳城县指导"],
        ]
    )

    assert found(done) == []
    assert sorted(each[1:] for each in meetings(books)) == [
        ("consultation", "2023-05", "2023-05-12", None), ("consultation", "2023-05", "2023-05-26", None),
        ("dispatch", "2023-05", "2023-05-12", None), ("guidance", "2023-05", "2023-05-15", "到阳城县指导"),
    ]  # fmt: skip


@pytest.mark.parametrize("swapped", [False, True])
def test_kinds_above_months_or_months_above_kinds(books, take, swapped):
    upper, lower = ["市", "调度", "", "会商", ""], ["", "4月", "5月", "4月", "5月"]
    row = ["晋城市", "25日", "12日", "26日", "13日"]
    if swapped:
        upper, lower = ["市", "2023年4月", "", "2023年5月", ""], ["", "调度", "会商", "调度", "会商"]
        row = ["晋城市", "25日", "26日", "12日", "13日"]

    done = take([upper, lower, row], merged=[(0, 0, 1, 0), (0, 1, 0, 2), (0, 3, 0, 4)])

    assert found(done) == []
    assert sorted(each[1:4] for each in meetings(books)) == [
        ("consultation", "2023-04", "2023-04-26"), ("consultation", "2023-05", "2023-05-13"),
        ("dispatch", "2023-04", "2023-04-25"), ("dispatch", "2023-05", "2023-05-12"),
    ]  # fmt: skip


def test_months_alone_are_of_the_kind_that_the_title_names(books, take):
    assert found(take([["各市调度会议一览表"], ["市", "4月", "5月"], ["晋城市", None, "2023-05-12"]])) == []
    assert meetings(books)[0][1] == "dispatch"
    assert found(take([["各市调度、会商会议"], ["市", "4月", "5月"], ["晋城市", None, "2023-05-12"]])) == [
        (3, "会议类型", "missing-cell")
    ]


@pytest.mark.parametrize("mark", ["√", "已召开", "是", True])
def test_a_mark_without_its_day_is_a_finding_that_asks_for_it_or_dated_by_on(books, take, mark):
    rows = [["市", "会议类型", "4月", "5月"], ["晋城市", "调度", None, mark]]

    assert found(take(rows)) == [(2, "5月", "day-not-stated")]
    assert found(take(rows, on=date(2023, 5, 31))) == []
    assert meetings(books)[0][2:4] == ("2023-05", "2023-05-31")
    assert take(rows).unchanged == 1  # the books know the day


@pytest.mark.parametrize("words", ["推迟", "5月", "31日", "12日 5月"])
def test_words_without_a_day_are_a_finding(take, words):
    rows = [["市", "会议类型", "3月", "4月"], ["晋城市", "调度", None, words]]

    assert found(take(rows, on=MAY)) == [(2, "4月", "bad-value")]


def test_a_sheet_of_labs_with_columns_of_months_is_one_of_labs(books, take):
    done = take(
        [["市", "县", "机构名称", *(f"{n}月" for n in range(1, 13))], ["晋城市", "泽州县", "泽州站", *["√"] * 12]]
    )

    assert done.chosen.kind.name == "labs"


# --- summaries, highlights, difficulties -----------------------------------------------------------


@pytest.mark.parametrize("name", ["半年总结", "年中总结", "上半年工作总结", "mid-year"])
def test_a_summary_goes_by_its_title_or_name(books, take, name):
    rows = [["市", "总结类型", "报送时间"], ["晋城市", name, "2023-06-28"]]

    assert found(take(rows)) == []
    assert [(s.city, s.milestone, s.on) for s in books.view().campaign(CAMPAIGN).summaries] == [
        ("140500", "mid-year", date(2023, 6, 28))
    ]
    assert take(rows).unchanged == 1
    rows[1][2] = "2023-06-29"
    assert found(take(rows)) == [(2, "报送时间", "day-differs")]
    assert found(take(rows, correct=True)) == []


def test_summaries_as_a_matrix(books, take):
    done = take([["市", "半年总结", "年终总结"], ["晋城市", "2023-06-28", "×"], ["长治市", "√", None]])

    assert found(done) == [(3, "半年总结", "day-not-stated")]


def test_a_summary_that_the_policy_does_not_ask_for_is_a_finding(take):
    assert found(take([["市", "总结类型", "报送日期"], ["晋城市", "季度总结", "2023-06-28"]])) == [
        (2, "总结类型", "bad-value")
    ]


def test_highlights_are_known_by_their_words(books, take):
    rows = [["市", "亮点做法", "报送日期"], ["晋城市", "统一采购", "2023-05-31"], ["长治市", "统一采购", "2023-05-31"]]

    assert (take(rows).recorded, take(rows).unchanged) == (2, 2)
    assert len(books.view().campaign(CAMPAIGN).highlights) == 2
    assert found(take([["市", "亮点"], ["晋城市", "又一个"]])) == [(2, "亮点", "day-not-stated")]
    assert found(take([*rows[:2], rows[1]])) == [(3, "亮点做法", "row-repeated")]


def test_a_difficulty_gets_its_answer_when_a_sheet_has_it(books, take):
    head = ["市", "难点", "上报日期", "答复意见", "答复日期"]
    row = ["晋城市", "无编制", "2023-05-31"]

    assert take([head, [*row, None, None]]).recorded == 1
    (open_,) = books.view().campaign(CAMPAIGN).difficulties
    assert open_.answered_on is None
    assert take([head, [*row, "增加编制", "2023-06-15"]]).recorded == 1
    assert books.view().campaign(CAMPAIGN).difficulties[0].answered_on == date(2023, 6, 15)
    assert take([head, [*row, "增加编制", None]]).unchanged == 1
    assert found(take([head, [*row, "另行研究", None]])) == [(2, "答复意见", "note-differs")]
    assert found(take([head, [*row, "另行研究", None]], correct=True)) == []
    assert found(take([head, [*row, None, "2023-06-16"]])) == [(2, "答复意见", "missing-cell")]


def test_a_difficulty_with_its_answer_in_one_row(books, take):
    done = take(
        [["市", "难题", "报送日期", "答复", "答复日期"], ["晋城市", "无编制", "2023-05-31", "增加编制", "2023-06-15"]]
    )

    assert (found(done), done.facts) == ([], 2)


def test_a_difficulty_goes_by_its_id_too_and_its_words_are_corrected_only_if_asked(books, take):
    take([["市", "难题", "报送日期"], ["晋城市", "无编制", "2023-05-31"]])
    item = books.view().campaign(CAMPAIGN).difficulties[0].item
    rows = [["市", "难题编号", "难题"], ["晋城市", item, "编制不足"]]

    assert found(take(rows)) == [(2, "难题", "note-differs")]
    assert found(take(rows, correct=True)) == []
    assert [d.note for d in books.view().campaign(CAMPAIGN).difficulties] == ["编制不足"]


def test_what_cities_reported_goes_out_and_comes_back(books, take, tmp_path):
    from dualcert import Registry
    from dualcert.roster import import_rosters

    take([MEETINGS, ["晋城市", "5月", "调度", MAY, "甲"], ["省级", "5月", "会商", MAY, None]])
    take([["市", "总结类型", "报送日期"], ["晋城市", "半年总结", "2023-06-28"]])
    take([["市", "亮点", "报送日期"], ["晋城市", "统一采购", "2023-05-31"]])
    take([["市", "难题", "报送日期", "答复", "答复日期"], ["晋城市", "无编制", "2023-05-31", "增加编制", "2023-06-15"]])
    rows = write_books(books.view(), date(2023, 12, 31), tmp_path / "out.xlsx")
    assert {kind: n for kind, n in rows.items() if n} == {
        "meetings": 2, "summaries": 1, "highlights": 1, "difficulties": 1,
    }  # fmt: skip

    with Registry.open(":memory:", policy="shanxi-2023") as other:
        done = import_rosters(other, [tmp_path / "out.xlsx"])
        assert (done.refused, done.to_dict()["total"]["facts"]) == (0, 6)
        own, copied = (each.view().campaign(CAMPAIGN) for each in (books, other))
        assert copied.meetings == own.meetings
        assert (copied.summaries, copied.highlights) == (own.summaries, own.highlights)
        assert [(d.item, d.answered_on) for d in copied.difficulties] == [
            (d.item, d.answered_on) for d in own.difficulties
        ]
    assert import_rosters(books, [tmp_path / "out.xlsx"]).to_dict()["total"]["unchanged"] == 5


def test_every_kind_of_meeting_has_a_word():
    from dualcert.roster.kinds.meetings import CALLED

    assert set(CALLED) == set(Meeting)


# --- counties as a matrix --------------------------------------------------------------------------

UPPER, LOWER = ["市", "县", "国家级", "", "省级", "", "批次"], ["", "", "已命名", "创建", "已命名", "创建", ""]
MERGED = [(0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 0, 3), (0, 4, 0, 5), (0, 6, 1, 6)]


def standings(books, county="county-140525"):
    return sorted(
        (e.programme.value, e.standing.value, e.batch) for e in books.view().county(county).enrolled(date(2023, 12, 31))
    )


def test_a_mark_is_a_standing_with_the_batch_of_the_row(books, take):
    rows = [
        UPPER,
        LOWER,
        ["晋城市", "泽州县", None, None, None, "√", "第五批"],
        ["晋城市", "阳城县", "", "", "", "", ""],
    ]

    done = take(rows, merged=MERGED)

    assert (found(done), standings(books)) == ([], [("provincial", "candidate", 5)])
    assert take(rows, merged=MERGED).recorded == 0


def test_a_batch_in_place_of_the_mark(books, take):
    done = take([UPPER, LOWER, ["晋城市", "泽州县", "第三批", None, None, "5", None]], merged=MERGED)

    assert (found(done), standings(books)) == ([], [("national", "named", 3), ("provincial", "candidate", 5)])


@pytest.mark.parametrize(
    ("row", "findings"),
    [
        (["√", None, None, "√", "5"], [(3, "批次", "bad-value")]),
        (["√", "√", None, None, "5"], [(3, "国家级 已命名", "bad-value")]),
        (["√", None, None, None, None], [(3, "批次", "missing-cell")]),
        (["有望", None, None, None, "5"], [(3, "国家级 已命名", "bad-value")]),
        (["4", None, None, None, "5"], [(3, "国家级 已命名", "bad-value")]),
    ],
)
def test_marks_that_can_be_read_in_two_ways_are_findings(take, row, findings):
    assert found(take([UPPER, LOWER, ["晋城市", "泽州县", *row]], merged=MERGED)) == findings
