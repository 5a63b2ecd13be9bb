"""Counties, pairings, helpers, plans and visits: what the sheet says against what the books know."""

from __future__ import annotations

from datetime import date

import pytest
from attrs import define, field

from dualcert.domain.commands import AssignPairing, DelistCounty, EndPairing, RegisterLab
from dualcert.people import Directory, Person
from dualcert.roster import import_roster
from dualcert.values.terms import Standing
from examples import EXAMPLES, found

pytestmark = pytest.mark.usefixtures("read_here")

APRIL = date(2023, 4, 20)
ZEZHOU, YANGCHENG = ["晋城市", "泽州县"], ["晋城市", "阳城县"]


@define
class People:
    """A directory of people in a dict, as an import needs it."""

    names: dict[str, str] = field(factory=dict)
    phones: dict[str, str | None] = field(factory=dict)

    def called(self, name):
        return [person for person, called in self.names.items() if called == name]

    def free_id(self, taken):
        return f"person-{len(self.names) + len(taken) + 1}"

    def claim(self, people):
        for each in people:
            self.names[each.person], self.phones[each.person] = each.name, each.phone


@pytest.fixture
def take(books, book):
    def importing(headers, *rows, **said):
        return import_roster(books, book({"表": [headers, *rows]}), **said)

    return importing


def rows(books, kind):
    return [row.to_dict() for row in books.status(kind=kind, as_of=date(2023, 12, 31)).rows]


# --- counties --------------------------------------------------------------------------------------

COUNTIES = ["市", "县", "农安县类别", "批次", "命名日期"]


@pytest.mark.parametrize(
    ("words", "batch", "standing"),
    [("国家级命名", "第三批", ("national", 3, "named")), ("省级创建", 5, ("provincial", 5, "candidate")),
     ("国家级创建县", "第二批", ("national", 2, "candidate")), ("省级(命名)", "1", ("provincial", 1, "named"))],
)  # fmt: skip
def test_a_county_is_enrolled_with_its_standing_and_batch(books, take, words, batch, standing):
    assert found(take(COUNTIES, [*ZEZHOU, words, batch, "2022.12.31"])) == []

    (programme,) = books.status("county-140525", as_of=date(2022, 12, 31)).rows[0].programmes
    assert (programme.programme.value, programme.batch, programme.standing.value) == standing
    assert take(COUNTIES, [*ZEZHOU, words, batch, "2022.12.31"]).unchanged == 1


def test_a_candidate_who_is_named_now_is_named_since_the_day_of_the_sheet(books, take):
    take(COUNTIES, [*ZEZHOU, "省级创建", 3, "2020-01-01"])

    assert found(take(COUNTIES, [*ZEZHOU, "省级命名", 3, "2022-06-01"])) == []
    (enrolment,) = books.view().county("county-140525").enrolled(date(2022, 6, 1))
    assert (enrolment.standing, enrolment.since) == (Standing.NAMED, date(2022, 6, 1))


@pytest.mark.parametrize("row", [["省级命名", 4], ["省级创建", 3]], ids=["another batch", "a lesser standing"])
def test_a_standing_that_the_books_have_otherwise_is_a_finding(take, row):
    take(COUNTIES, [*ZEZHOU, "省级命名", 3, "2020-01-01"])

    assert found(take(COUNTIES, [*ZEZHOU, *row, None])) == [(2, "农安县类别", "standing-differs")]


def test_a_standing_that_was_lost_is_not_given_back_by_a_sheet(books, take):
    take(COUNTIES, [*ZEZHOU, "省级命名", 3, "2020-01-01"])
    books.execute(DelistCounty(county="county-140525", programme="provincial", reason="r", on="2023-10-08"))

    done = take(COUNTIES, [*ZEZHOU, "省级命名", 3, None])

    assert "摘牌" in done.to_dict()["findings"][0]["message"]


def test_a_county_in_both_programmes_has_two_rows_and_no_more(take):
    done = take(
        COUNTIES, [*ZEZHOU, "省级命名", 3, None], [*ZEZHOU, "国家级创建", 2, None], [*ZEZHOU, "省级创建", 5, None]
    )

    assert found(done) == [(4, "农安县类别", "row-repeated")]


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [([*ZEZHOU, "省级", 3], "农安县类别", "bad-value"), ([*ZEZHOU, "省级创建", None], "批次", "missing-cell"),
     ([*ZEZHOU, None, 3], "农安县类别", "missing-cell"), (["晋城市", None, "省级创建", 3], "县", "wrong-level")],
)  # fmt: skip
def test_a_county_that_is_said_by_half_is_a_finding(take, row, column, code):
    assert found(take(COUNTIES, row)) == [(2, column, code)]


def test_the_roster_of_labs_has_its_counties_too(books):
    done = import_roster(books, EXAMPLES / "shanxi-2023" / "shanxi-2023.xlsx", kind="counties", on=date(2022, 12, 31))

    assert (done.refused, done.recorded, done.unchanged) == (0, 42, 80)
    assert len([1 for county in books.view().counties() if books.view().county(county).enrolments]) == 42


def test_a_standing_since_another_day_is_a_finding_and_corrected_only_where_that_is_said(books, take):
    take(COUNTIES, [*ZEZHOU, "省级创建", 3, "2020-01-01"])
    take(COUNTIES, [*ZEZHOU, "省级命名", 3, "2022-06-01"])
    row = [*ZEZHOU, "省级命名", 3, "2022-07-01"]

    assert found(take(COUNTIES, row)) == [(2, "命名日期", "day-differs")]
    assert found(take(COUNTIES, row, correct=True)) == []
    assert [e.since for e in books.view().county("county-140525").enrolments] == [date(2020, 1, 1), date(2022, 7, 1)]
    take(COUNTIES, [*YANGCHENG, "省级创建", 3, "2020-01-01"])
    assert found(take(COUNTIES, [*YANGCHENG, "省级创建", 3, "2020-02-01"], correct=True)) == []
    assert take(COUNTIES, row, [*YANGCHENG, "省级创建", 3, "2020-02-01"]).unchanged == 2


# --- pairings --------------------------------------------------------------------------------------

PAIRINGS = ["市", "县", "包联干部", "联系电话", "包联日期"]


def test_a_row_of_a_county_is_a_city_leads_and_one_of_a_city_a_provincial_leads(books, take):
    done = take(PAIRINGS, ["晋城市", None, "person-1", None, "2023.4.20"], [*YANGCHENG, "person-2", None, "2023.4.21"])

    assert found(done) == []
    assert [(r["kind"], r["supporter"], r["target"], r["since"]) for r in rows(books, "pairing")] == [
        ("city-county", "person-2", "county-140522", "2023-04-21"), ("province-city", "person-1", "140500", "2023-04-20"),
    ]  # fmt: skip
    assert take(PAIRINGS, ["晋城市", None, "person-1", None, None], [*YANGCHENG, "person-2", None, None]).unchanged == 2


def test_a_name_is_looked_up_in_the_directory(books, take):
    people = People({"person-8": "张三"})

    assert found(take(PAIRINGS, [*YANGCHENG, "张三", None, None], people=people, on=APRIL)) == []
    assert rows(books, "pairing")[0]["supporter"] == "person-8"


def test_a_name_that_nobody_or_two_have_is_a_finding(take):
    people = People({"person-8": "张三", "person-9": "张三"})

    done = take(PAIRINGS, [*YANGCHENG, "张三", None, None], [*ZEZHOU, "李四", None, None], people=people)

    assert found(done) == [(2, "包联干部", "ambiguous-person"), (3, "包联干部", "nobody-called")]
    assert len(people.names) == 2


def test_names_are_added_to_the_directory_where_that_is_said_and_stand_in_no_fact(books, take):
    people = People()
    table = (
        PAIRINGS,
        [*YANGCHENG, "李四", "0356-1", None],
        [*ZEZHOU, "李四", "0356-1", None],
        ["晋城市", None, "王五", None, None],
    )

    dry = take(*table, people=people, add_people=True, dry_run=True)
    assert (len(dry.newcomers), people.names) == (2, {})
    done = take(*table, people=people, add_people=True, on=APRIL)

    assert (found(done), people.names) == ([], {"person-1": "李四", "person-2": "王五"})
    assert people.phones["person-1"] == "0356-1"
    assert "李四" not in str([row.to_dict() for stream in books.view().streams.by_id for row in books.history(stream)])
    assert take(*table, people=people, add_people=True).unchanged == 3


def test_somebody_elses_pairing_stays_and_is_remarked_upon(books, take):
    books.execute(AssignPairing(kind="city-county", supporter="person-1", target="county-140522", on=APRIL))

    done = take(PAIRINGS, [*YANGCHENG, "person-2", None, "2023.8.1"])

    assert [(r["code"], r["row"]) for r in done.to_dict()["remarks"]] == [("also-paired", 2)]
    assert len(rows(books, "pairing")) == 2


def test_a_pairing_since_another_day_is_a_finding_and_corrected_only_where_that_is_said(books, take):
    take(PAIRINGS, [*YANGCHENG, "person-2", None, "2023.4.20"])
    row = [*YANGCHENG, "person-2", None, "2023.5.1"]

    assert found(take(PAIRINGS, row)) == [(2, "包联日期", "day-differs")]
    assert found(take(PAIRINGS, row, correct=True)) == []
    assert [(r["supporter"], r["since"]) for r in rows(books, "pairing")] == [("person-2", "2023-05-01")]
    assert take(PAIRINGS, row).unchanged == 1


def test_a_pairing_that_ended_is_nothing_new_and_no_other(books, take):
    take(PAIRINGS, [*YANGCHENG, "person-2", None, "2023.4.20"])
    (old,) = rows(books, "pairing")
    books.execute(EndPairing(pairing=old["pairing"], reason="调整", on="2023-08-01"))

    assert take(PAIRINGS, [*YANGCHENG, "person-2", None, "2023.4.20"]).unchanged == 1
    assert take(PAIRINGS, [*YANGCHENG, "person-2", None, "2023.9.1"]).recorded == 1


def test_the_same_pairing_stands_in_a_sheet_once(take):
    done = take(
        PAIRINGS, [*YANGCHENG, "person-2", None, "2023.4.20"], [*YANGCHENG, "person-2", None, "2023.5.1"],
        [*ZEZHOU, "person-2", None, None],
    )  # fmt: skip

    assert found(done) == [(3, "包联干部", "row-repeated")]


def test_a_chinese_name_is_the_same_with_and_without_blanks(take):
    people = People({"person-8": "张三"})

    done = take(
        PAIRINGS, [*YANGCHENG, "张　三", None, None], [*ZEZHOU, "李 四", None, None], ["晋城市", None, "李四", None, None],
        people=people, add_people=True,
    )  # fmt: skip

    assert (found(done), people.names) == ([], {"person-8": "张三", "person-2": "李四"})


def test_who_is_added_by_another_import_meanwhile_gets_no_second_id(books, take):
    class Busy(Directory):
        def free_id(self, taken=()):
            if not self.all():
                self.claim([Person("person-1", "张三")])  # as another import does between this one's two questions
            return super().free_id(taken)

    with Busy.open(books.store) as people:
        take(PAIRINGS, [*YANGCHENG, "张三", None, "2023.4.20"], people=people, add_people=True)

        assert [(each.person, each.name) for each in people.all()] == [("person-1", "张三")]
    assert [each["supporter"] for each in rows(books, "pairing")] == ["person-1"]


@pytest.mark.parametrize("name", ["李四、王五", "李四，王五", "李四/王五", "person-1；person-2"])
def test_several_people_in_one_cell_are_a_finding(take, name):
    people = People()

    assert found(take(PAIRINGS, [*YANGCHENG, name, None, None], people=people, add_people=True)) == [
        (2, "包联干部", "several-people")
    ]
    assert people.names == {}


# --- helpers ---------------------------------------------------------------------------------------

HELPERS = ["市", "县", "被帮扶机构", "帮扶机构", "帮扶日期"]


@pytest.fixture
def labs(books):
    for lab, name in (("lab-140522-1", "阳城站"), ("lab-140525-1", "泽州站"), ("lab-140500-1", "市中心")):
        level = "city" if lab == "lab-140500-1" else "county"
        books.execute(RegisterLab(lab=lab, name=name, level=level, division=lab[4:10], on="2019-01-01"))


def test_labs_are_paired_by_name_or_id(books, take, labs):
    done = take(
        HELPERS,
        [*YANGCHENG, "阳城站", "市中心", "2023.4.24"],
        [None, None, "lab-140525-1", "lab-140500-1", "2023.4.24"],
    )

    assert found(done) == []
    assert [(r["supporter"], r["target"]) for r in rows(books, "pairing")] == [
        ("lab-140500-1", "lab-140522-1"), ("lab-140500-1", "lab-140525-1")
    ]  # fmt: skip


def test_a_lab_that_is_not_there_is_a_finding(take, labs):
    done = take(
        HELPERS,
        [*ZEZHOU, "阳城站", "市中心", None],
        [*YANGCHENG, "阳城站", "省中心", None],
        [*ZEZHOU, None, "市中心", None],
    )

    assert found(done) == [
        (2, "被帮扶机构", "no-such-lab"), (3, "帮扶机构", "no-such-lab"), (4, "被帮扶机构", "missing-cell")
    ]  # fmt: skip


def test_a_lab_does_not_help_itself(take, labs):
    assert found(take(HELPERS, [*ZEZHOU, "泽州站", "泽州站", None])) == [(2, "被帮扶机构", "bad-value")]


# --- plans -----------------------------------------------------------------------------------------

PLANS = ["市", "县", "问题短板", "攻坚举措", "责任人", "完成时限", "完成日期", "印发单位", "印发日期", "报送日期"]
ITEM = ["仪器不足", "购置设备", "person-7", "2023.6.30", None]
STAFF = ["人员不足", "招聘两人", "person-8", "2023.8.31", None]
WHOLE = ["阳城县人民政府", "2023.4.20", "2023.4.28"]


def plan(books):
    return books.view().county("county-140522").plan(date(2023, 12, 31))


def test_the_rows_of_a_county_are_one_plan(books, take):
    done = take(PLANS, [*YANGCHENG, *ITEM, *WHOLE], [*YANGCHENG, *STAFF, None, None, None])

    assert (found(done), done.recorded) == ([], 2)
    assert (plan(books).issuer, plan(books).issued_on, plan(books).submitted_on) == (
        "county-government", APRIL, date(2023, 4, 28)
    )  # fmt: skip
    assert [(i.problem, i.responsible, i.due) for i in plan(books).items] == [
        ("仪器不足", "person-7", date(2023, 6, 30)), ("人员不足", "person-8", date(2023, 8, 31)),
    ]  # fmt: skip
    assert take(PLANS, [*YANGCHENG, *ITEM, *WHOLE], [*YANGCHENG, *STAFF, None, None, None]).unchanged == 2


def test_what_was_done_meanwhile_is_recorded_and_nothing_else(books, take):
    take(PLANS, [*YANGCHENG, *ITEM, *WHOLE])

    done = take(PLANS, [*YANGCHENG, *ITEM[:4], "2023.6.15", *WHOLE])

    assert (done.facts, dict(plan(books).completed)) == (1, {1: date(2023, 6, 15)})


def test_a_plan_is_taken_whole_or_not_at_all(books, take):
    done = take(
        PLANS, [*YANGCHENG, *ITEM, *WHOLE], [*YANGCHENG, "问题", None, "person-7", "2023.6.30", None, *WHOLE],
        [*ZEZHOU, *ITEM, *WHOLE], accept_valid=True,
    )  # fmt: skip

    assert found(done) == [(3, "攻坚举措", "missing-cell")]
    assert (plan(books), done.recorded) == (None, 1)


def test_rows_of_one_plan_that_contradict_each_other_are_a_finding(take):
    done = take(PLANS, [*YANGCHENG, *ITEM, *WHOLE], [*YANGCHENG, *STAFF, WHOLE[0], "2023.4.21", None])

    assert found(done) == [(3, "印发日期", "rows-differ")]


def test_a_newer_plan_replaces_one_and_another_of_the_same_day_is_corrected_only_where_that_is_said(books, take):
    take(PLANS, [*YANGCHENG, *ITEM, *WHOLE])

    assert found(take(PLANS, [*YANGCHENG, *STAFF, *WHOLE])) == [(2, "问题短板", "plan-differs")]
    assert found(take(PLANS, [*YANGCHENG, *STAFF, *WHOLE], correct=True)) == []
    assert [i.problem for i in plan(books).items] == ["人员不足"]
    assert found(take(PLANS, [*YANGCHENG, *ITEM, WHOLE[0], "2023.5.10", None])) == []
    assert plan(books).issued_on == date(2023, 5, 10)


def test_a_plan_of_other_days_is_a_finding_and_corrected_only_where_that_is_said(books, take):
    take(PLANS, [*YANGCHENG, *ITEM[:4], "2023.6.1", *WHOLE])
    row = [*YANGCHENG, *ITEM[:4], "2023.6.5", WHOLE[0], "2023.4.25", "2023.4.30"]

    assert found(take(PLANS, row)) == [(2, column, "day-differs") for column in ("印发日期", "报送日期", "完成日期")]
    assert found(take(PLANS, row, correct=True)) == []
    assert (plan(books).issued_on, plan(books).submitted_on, dict(plan(books).completed)) == (
        date(2023, 4, 25), date(2023, 4, 30), {1: date(2023, 6, 5)},
    )  # fmt: skip
    assert take(PLANS, row).unchanged == 1


def test_an_older_plan_that_the_books_know_and_one_that_says_less_are_nothing(books, take):
    old, new = [*YANGCHENG, *ITEM, *WHOLE], [*YANGCHENG, *STAFF, "市政府办公室", "2023.5.10", None]
    take(PLANS, old)
    take(PLANS, new)

    assert take(PLANS, old).unchanged == 1
    assert take(PLANS, [*new[:-3], None, None, None]).unchanged == 1


# --- visits ----------------------------------------------------------------------------------------

VISITS = ["市", "县", "走访机构", "包联干部", "走访日期", "走访情况"]


def test_a_visit_is_recorded_on_the_pairing_that_was_active_on_its_day(books, take):
    books.execute(AssignPairing(kind="city-county", supporter="person-2", target="county-140522", on=APRIL))
    (old,) = rows(books, "pairing")
    books.execute(EndPairing(pairing=old["pairing"], reason="调整", on="2023-08-01"))
    books.execute(AssignPairing(kind="city-county", supporter="person-2", target="county-140522", on="2023-09-01"))

    visit = [*YANGCHENG, None, "person-2"]
    done = take(VISITS, [*visit, "2023.5.10", "现场\n察看"], [*visit, "2023.9.10", "回访"])

    assert found(done) == []
    assert [r["visits"] for r in rows(books, "pairing")] == [1]
    assert books.view().pairing(old["pairing"]).visits == ((date(2023, 5, 10), 3),)
    assert take(VISITS, [*visit, "2023.5.10", "现场 察看"], [*visit, "2023.9.10", "回访"]).unchanged == 2


def test_a_visit_without_a_pairing_on_its_day_is_a_finding(books, take):
    books.execute(AssignPairing(kind="city-county", supporter="person-2", target="county-140522", on=APRIL))

    done = take(
        VISITS, [*YANGCHENG, None, "person-2", "2023.4.19", "x"], [*YANGCHENG, None, "person-3", "2023.5.1", "x"]
    )

    assert [f[2] for f in found(done)] == ["not-paired", "not-paired"]


def test_a_visit_in_the_future_is_a_finding_at_its_day(books, take):
    books.execute(AssignPairing(kind="city-county", supporter="person-2", target="county-140522", on=APRIL))

    assert found(take(VISITS, [*YANGCHENG, None, "person-2", "2090.4.19", "x"])) == [(2, "走访日期", "in-the-future")]


def test_a_helper_labs_visit_names_the_labs(books, take, labs):
    books.execute(AssignPairing(kind="lab-lab", supporter="lab-140500-1", target="lab-140522-1", on=APRIL))

    done = take(VISITS, [*YANGCHENG, "阳城站", "市中心", "2023.5.1", "指导"])

    assert (found(done), rows(books, "pairing")[0]["visits"]) == ([], 1)
