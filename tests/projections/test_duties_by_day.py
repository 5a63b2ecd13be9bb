"""Duties at the edges of their rules: the day before, the day, the day after; once, twice; with and without the policy's figure."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from attrs import evolve

from campaign import ID, QINSHUI, YANGCHENG, ZEZHOU, policy
from dualcert.domain import commands as c
from dualcert.projections.duties import Duty, duties
from dualcert.projections.duties.cycle import together
from dualcert.projections.finding import Severity
from dualcert.projections.situation import Situation
from dualcert.values.terms import DutyKind, DutyState

COUNTY, JINCHENG, TAIYUAN = "county-140522", "140500", "140100"


def owed(campaign, day, kind, subject=None, **how):
    """Return the duties of one kind, perhaps of one subject, that there are on a day."""
    day = date.fromisoformat(day)
    view = campaign.books.view(**how)
    found = [each for situation in Situation.all_open(view, day) for each in duties(situation)]
    return [each for each in found if each.kind.value == kind and subject in {None, each.subject}]


def days(duty):
    """Return from when it is owed, until when, and when it was done, as month and day."""
    return tuple(day and f"{day:%m-%d}" for day in (duty.owed_from, duty.due, duty.done_on))


def amended(campaign, on="2023-04-13", **tables):
    return campaign.do(c.AmendPolicy(campaign=ID, policy=policy(**tables), on=on))


# --- every duty

DUE = date(2023, 5, 10)
DUTY = Duty(
    kind=DutyKind.PLAN, campaign=ID, day=DUE, subject=COUNTY, home=("140522", "阳城县"), responsible=None,
    owed_from=date(2023, 5, 1), due=DUE, pressing=7, finding=None, template="",
)  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "state"),
    [
        ({"day": date(2023, 4, 30)}, "not-yet-owed"), ({"day": date(2023, 5, 1)}, "open"),
        ({"day": DUE}, "open"), ({"day": date(2023, 5, 11)}, "overdue"),
        ({"day": date(2023, 5, 11), "due": None}, "open"),
        ({"lapsed": True}, "lapsed"), ({"lapsed": True, "day": date(2023, 5, 11)}, "lapsed"),
        ({"done_on": DUE}, "done-in-time"), ({"done_on": date(2023, 5, 11)}, "done-late"),
        ({"done_on": date(2023, 5, 11), "due": None}, "done-in-time"), ({"done_on": DUE, "lapsed": True}, "done-in-time"),
    ],
)  # fmt: skip
def test_a_duty_is_owed_from_its_day_on_open_through_the_day_on_which_it_is_due_and_overdue_after_it(changed, state):
    duty = evolve(DUTY, **changed)

    assert duty.state is DutyState(state)
    assert duty.pending is (state in {"open", "overdue"})


@pytest.mark.parametrize(
    ("left", "alarm", "severity"),
    [
        (None, None, "medium"), (-1, None, "high"), (0, None, "medium"), (7, None, "medium"), (8, None, "low"),
        (31, 30, "low"), (30, 30, "high"), (0, 0, "high"), (1, 0, "medium"),
    ],
)  # fmt: skip
def test_a_duty_is_high_when_overdue_or_where_standing_is_soon_lost_medium_within_its_reminder(left, alarm, severity):
    due = None if left is None else DUE + timedelta(days=left)
    duty = evolve(DUTY, due=due, alarm=alarm)

    assert (duty.days_left, duty.severity) == (left, Severity(severity))


# --- the cities' and the province's


def test_of_two_meetings_of_one_kind_and_month_the_first_fulfils_the_duty_from_its_day_on(campaign):
    for on in ("2023-05-20", "2023-05-11", "2023-05-15"):
        campaign.do(c.HoldMeeting(campaign=ID, city=JINCHENG, kind="dispatch", month="2023-05", on=on))

    def held(day, month, kind="dispatch", city=JINCHENG):
        found = [each for each in owed(campaign, day, "meeting", city) if each.more["month"] == month]
        return [days(each) for each in found if each.more["meetings"][0].value == kind]

    assert held("2023-05-10", "2023-05") == [("05-01", "05-31", None)]
    assert held("2023-05-11", "2023-05") == held("2023-05-31", "2023-05") == [("05-01", "05-31", "05-11")]
    assert held("2023-05-31", "2023-04") == [("04-13", "04-30", None)], "owed since the campaign begins"
    assert held("2023-05-31", "2023-05", "guidance") == held("2023-05-31", "2023-05", city=TAIYUAN)
    assert held("2023-05-31", "2023-06") == []
    assert held("2023-06-01", "2023-06") == [("06-01", "06-30", None)]


def test_what_one_unit_owes_for_one_month_is_told_as_one(campaign):
    campaign.do(c.HoldMeeting(campaign=ID, city=JINCHENG, kind="dispatch", month="2023-04", on="2023-04-20"))
    pending = [each for each in owed(campaign, "2023-05-01", "meeting") if each.pending]
    found = {
        (each.subject, each.more["month"]): each for each in together([DUTY, *pending]) if each.kind is DutyKind.MEETING
    }

    assert len(found) == 22
    assert [kind.value for kind in found[JINCHENG, "2023-04"].more["meetings"]] == ["consultation", "guidance"]
    assert len(found[JINCHENG, "2023-05"].more["meetings"]) == 3
    assert next(iter(together([*pending, DUTY]))) is DUTY


def test_a_summary_is_owed_from_the_day_after_the_one_before_it_was_due(campaign):
    campaign.do(
        c.SubmitSummary(campaign=ID, city=JINCHENG, milestone="mid-year", on="2023-06-20"),
        c.SubmitSummary(campaign=ID, city=JINCHENG, milestone="year-end", on="2023-12-02"),
    )

    def handed_in(day, city=JINCHENG):
        return [(each.more["milestone_title"], *days(each)) for each in owed(campaign, day, "summary", city)]

    mid_year, year_end = ("半年总结", "04-13", "06-30"), ("年终总结", "07-01", "12-01")
    assert handed_in("2023-04-12") == []
    assert handed_in("2023-04-13") == handed_in("2023-06-19") == [(*mid_year, None)]
    assert handed_in("2023-06-20") == handed_in("2023-06-30") == [(*mid_year, "06-20")]
    assert handed_in("2023-12-01") == [(*mid_year, "06-20"), (*year_end, None)]
    assert handed_in("2023-12-02") == [(*mid_year, "06-20"), (*year_end, "12-02")]
    assert handed_in("2023-12-02", TAIYUAN) == [(*mid_year, None), (*year_end, None)]


def test_summaries_are_asked_for_in_the_order_of_their_days_and_none_before_the_campaign(campaign):
    amended(campaign, summary=[
        {"name": "second", "due": "2023-06-30"}, {"name": "first", "due": "2023-05-31"}, {"name": "before", "due": "2023-04-01"},
    ])  # fmt: skip

    found = owed(campaign, "2023-07-01", "summary", JINCHENG)
    assert [(each.more["milestone_title"], *days(each)[:2]) for each in found] == [
        ("before", "04-13", "04-01"), ("first", "04-13", "05-31"), ("second", "06-01", "06-30"),
    ]  # fmt: skip


def test_the_first_highlight_fulfils_the_duty_from_its_day_on(campaign):
    amended(campaign, highlights={"due": "2023-06-30", "remind_days": [3]})
    for on in ("2023-06-12", "2023-07-02"):
        campaign.do(c.ReportHighlight(campaign=ID, city=JINCHENG, note=f"一站式{on}", on=on))

    def reported(day, city=JINCHENG):
        return [(*days(each), each.pressing) for each in owed(campaign, day, "highlight", city)]

    assert reported("2023-06-11") == [("04-13", "06-30", None, 3)]
    assert reported("2023-06-12") == reported("2023-07-02") == [("04-13", "06-30", "06-12", 3)]
    assert reported("2023-07-02", TAIYUAN) == [("04-13", "06-30", None, 3)]
    assert len(owed(campaign, "2023-07-02", "highlight")) == 11


def test_a_bulletin_is_owed_when_its_month_is_over_or_it_was_issued(campaign):
    amended(campaign, bulletin={"due_day": 10, "issuer": "省委农办", "recipients": ["各市人民政府"]})
    for month, on in (("2023-04", "2023-05-12"), ("2023-04", "2023-05-20"), ("2023-05", "2023-05-30")):
        campaign.do(c.IssueBulletin(campaign=ID, month=month, issuer="省委农办", on=on))

    def issued(day):
        return [(each.subject, each.more["month"][-2:], *days(each)) for each in owed(campaign, day, "bulletin")]

    assert issued("2023-04-30") == []
    assert issued("2023-05-01") == issued("2023-05-11") == [("140000", "04", "05-01", "05-10", None)]
    assert issued("2023-05-29") == [("140000", "04", "05-01", "05-10", "05-12")]
    both = [("140000", "04", "05-01", "05-10", "05-12"), ("140000", "05", "06-01", "06-10", "05-30")]
    assert issued("2023-05-30") == issued("2023-06-30") == both
    assert [each[1] for each in issued("2023-07-01")] == ["04", "05", "06"]


def test_a_difficulty_is_owed_an_answer_from_its_day_on_until_it_has_one(campaign):
    amended(campaign, difficulties={"answer_within_days": 10, "remind_days": [2]})
    campaign.do(
        c.ReportDifficulty(campaign=ID, city=JINCHENG, note="无场地", item="d1", on="2023-05-01"),
        c.AnswerDifficulty(campaign=ID, item="d1", answer="协调", on="2023-05-11"),
    )

    def answered(day):
        return [(each.home[0], *days(each), each.pressing, each.evidence) for each in owed(campaign, day, "difficulty")]

    waiting = (JINCHENG, "05-01", "05-11", None, 2, (f"{ID}@3",))
    assert answered("2023-04-30") == []
    assert answered("2023-05-01") == answered("2023-05-10") == [waiting]
    assert answered("2023-05-11") == [(JINCHENG, "05-01", "05-11", "05-11", 2, (f"{ID}@3",))]


def test_the_province_owes_examples_until_it_has_as_many_as_the_policy_asks_for(campaign):
    amended(campaign, exemplars={"quota": 2})
    for code, on in ((YANGCHENG, "2023-05-01"), (QINSHUI, "2023-06-01")):
        campaign.lab(code, dual_from="2022-01-01")
        campaign.do(c.SelectExemplar(campaign=ID, county=f"county-{code}", reason="样板", on=on))

    def asked(day):
        return [(each.subject, *days(each), each.more["selected"]) for each in owed(campaign, day, "exemplars")]

    assert asked("2023-04-12") == []
    assert asked("2023-04-13") == [(ID, "04-13", "12-31", None, 0)]
    assert asked("2023-05-31") == [(ID, "04-13", "12-31", None, 1)]
    assert asked("2023-06-01") == []


# --- gates


def test_a_gate_is_owed_since_the_county_is_enrolled_and_alarms_where_standing_may_be_lost(campaign):
    campaign.lab(YANGCHENG)
    campaign.enrol(YANGCHENG)
    campaign.lab(ZEZHOU)
    enrolled = {"programme": "provincial", "batch": 5, "standing": "candidate", "on": "2023-05-01"}
    campaign.do(c.EnrolCounty(county="county-140525", **enrolled))
    campaign.enrol("140502")

    def found(day):
        return {
            each.subject: (*days(each)[:2], each.alarm, each.more["consequence"], each.template.rpartition("; ")[0] or each.template)
            for each in owed(campaign, day, "gate")
        }  # fmt: skip

    name = "{name} ({programme}, batch {batch}, {standing})"
    on_the_day, after = found("2023-09-30"), found("2023-10-01")
    assert on_the_day == {
        COUNTY: ("04-13", "09-30", 90, "delist-county", f"{name} is not dual-certified"),
        "county-140525": ("05-01", "12-31", None, None, f"{name} is not dual-certified"),
        "county-140502": ("04-13", "09-30", None, None, f"{name} has no designated lab"),
    }
    assert after[COUNTY][-1] == f"{name} was not dual-certified at gate {{gate}} of {{due}}"
    assert after["county-140502"] == on_the_day["county-140502"]
    untitled = policy(gate=[{"name": "spring", "on": "2023-10-31", "applies": [{}]}])
    assert owed(campaign, "2023-10-01", "gate", COUNTY)[0].more["gate_title"] == "农产品质量安全县时限"
    assert owed(campaign, "2023-10-01", "gate", COUNTY, policy=untitled)[0].more["gate_title"] == "spring"


# --- plans

ITEMS = [
    {"problem": "仪器", "measure": "购置", "responsible": "person-7", "due": "2023-06-30"},
    {"problem": "人员", "measure": "培训", "responsible": "person-8", "due": "2023-07-31"},
]


def planned(on, *, county=COUNTY, items=ITEMS):
    return c.IssuePlan(county=county, issuer="county-government", items=items, on=on)


def plans(campaign, day, county=COUNTY):
    return [
        (*days(each), each.state.value, each.finding.value if each.finding else None)
        for each in owed(campaign, day, "plan", county)
    ]


def test_a_plan_is_owed_once_for_every_time_that_a_county_begins_not_to_pass(campaign):
    lab = campaign.lab(YANGCHENG, dual_from="2022-01-01", until="2023-06-10")
    campaign.certify(lab, "2023-06-21", until="2023-08-31")

    assert plans(campaign, "2023-06-10") == []
    assert (
        plans(campaign, "2023-06-11")
        == plans(campaign, "2023-06-20")
        == [("06-11", "07-11", None, "open", "plan-missing")]
    )
    lapsed = ("06-11", "07-11", None, "lapsed", "plan-missing")
    assert plans(campaign, "2023-06-21") == plans(campaign, "2023-08-31") == [lapsed]
    assert plans(campaign, "2023-09-01") == [lapsed, ("09-01", "10-01", None, "open", "plan-missing")]
    assert plans(campaign, "2023-10-02")[1][3] == "overdue"


def test_no_plan_is_owed_for_days_before_the_campaign_or_after_it(campaign):
    campaign.lab(YANGCHENG, dual_from="2023-04-13", until="2023-12-31")
    campaign.lab(ZEZHOU, dual_from="2023-04-14", until="2023-12-30")
    campaign.lab(QINSHUI)

    assert plans(campaign, "2024-01-05") == []
    assert [each[:2] for each in plans(campaign, "2024-01-05", "county-140525")] == [
        ("04-13", "04-30"),
        ("12-31", "01-30"),
    ]
    assert plans(campaign, "2023-04-12", "county-140521") == []
    assert [each[:2] for each in plans(campaign, "2023-04-13", "county-140521")] == [("04-13", "04-30")]


def test_a_plan_that_is_owed_later_is_due_no_sooner_than_the_notices_day(campaign):
    campaign.lab(YANGCHENG, dual_from="2022-01-01", until="2023-04-13")
    amended(campaign, plan={"within_days": 5})

    assert plans(campaign, "2023-04-14")[0][:2] == ("04-14", "04-30")
    amended(campaign, on="2023-04-15", plan={"within_days": 20})
    assert plans(campaign, "2023-04-15")[0][:2] == ("04-14", "05-04")


def test_a_plan_is_handed_in_on_its_day_while_the_county_does_not_pass_and_then_asked_for_no_more(campaign):
    lab = campaign.lab(YANGCHENG)
    campaign.do(planned("2023-04-20"), c.SubmitPlan(county=COUNTY, on="2023-05-02"))
    campaign.certify(lab, "2023-06-01", until="2023-08-31")

    assert plans(campaign, "2023-04-19") == [("04-13", "04-30", None, "open", "plan-missing")]
    assert plans(campaign, "2023-04-20") == [("04-13", "04-30", None, "open", "plan-late")]
    assert plans(campaign, "2023-05-01") == [("04-13", "04-30", None, "overdue", "plan-late")]
    done = [("04-13", "04-30", "05-02", "done-late", "plan-late")]
    assert plans(campaign, "2023-05-02") == plans(campaign, "2023-06-01") == plans(campaign, "2023-10-01") == done


def test_of_two_plans_that_were_handed_in_the_first_fulfils_the_duty(campaign):
    campaign.lab(YANGCHENG)
    campaign.do(
        planned("2023-04-20"), c.SubmitPlan(county=COUNTY, on="2023-04-25"),
        planned("2023-07-20", items=ITEMS[:1]), c.SubmitPlan(county=COUNTY, on="2023-07-25"),
    )  # fmt: skip

    assert [each[2:4] for each in plans(campaign, "2023-08-01")] == [("04-25", "done-in-time")]


def test_a_missing_plan_rests_on_no_fact_of_a_later_day(campaign):
    lab = campaign.lab(YANGCHENG)
    campaign.certify(lab, "2023-05-15", schemes=("CMA",))
    campaign.certify(lab, "2023-06-01", schemes=("CATL",))

    def evidence(day):
        (found,) = owed(campaign, day, "plan", COUNTY)
        return found.evidence[1:]

    assert evidence("2023-05-14") == (f"{COUNTY}@1", f"{lab}@1")
    assert evidence("2023-05-15") == evidence("2023-06-02") == (f"{COUNTY}@1", f"{lab}@2")


def test_a_plan_that_was_handed_in_after_the_county_passed_fulfils_the_next_duty_only(campaign):
    lab = campaign.lab(YANGCHENG)
    campaign.certify(lab, "2023-05-01", until="2023-05-31")
    campaign.do(planned("2023-05-10"), c.SubmitPlan(county=COUNTY, on="2023-05-20"))

    assert [each[2:4] for each in plans(campaign, "2023-06-05")] == [(None, "lapsed"), ("05-20", "done-in-time")]


@pytest.mark.parametrize(("on", "done"), [("2023-05-14", "05-14"), ("2023-05-15", None)])
def test_a_plan_of_the_last_failing_day_counts_one_of_the_next_does_not(campaign, on, done):
    lab = campaign.lab(YANGCHENG)
    campaign.certify(lab, "2023-05-15")
    campaign.do(planned("2023-05-10"), c.SubmitPlan(county=COUNTY, on=on))

    assert [each[2] for each in plans(campaign, "2023-05-20")] == [done]


def test_a_measure_is_late_from_the_day_after_it_is_due_until_it_is_carried_out_or_the_county_passes(campaign):
    lab = campaign.lab(YANGCHENG)
    campaign.do(planned("2023-04-20"), c.CompleteMeasure(county=COUNTY, item=2, on="2023-07-02"))
    campaign.certify(lab, "2023-08-01")

    def measures(day):
        return [
            (each.more["item"], *days(each), each.state.value, each.finding and each.finding.value, len(each.evidence))
            for each in owed(campaign, day, "measure", COUNTY)
        ]

    assert measures("2023-04-19") == []
    assert measures("2023-06-30") == [
        (1, "04-20", "06-30", None, "open", None, 0), (2, "04-20", "07-31", None, "open", None, 0),
    ]  # fmt: skip
    assert measures("2023-07-02") == [
        (1, "04-20", "06-30", None, "overdue", "measure-late", 3), (2, "04-20", "07-31", "07-02", "done-in-time", None, 0),
    ]  # fmt: skip
    assert [each[4] for each in measures("2023-08-01")] == ["lapsed", "done-in-time"]
    assert [each.template.endswith("days late: {measure}") for each in owed(campaign, "2023-07-02", "measure")] == [
        True, False,
    ]  # fmt: skip


# --- support


def paired(kind, supporter, target, on):
    return c.AssignPairing(kind=kind, supporter=supporter, target=target, on=on)


def test_support_is_owed_from_the_campaigns_beginning_or_since_the_county_does_not_pass(campaign):
    campaign.lab(YANGCHENG)
    campaign.lab(ZEZHOU, dual_from="2022-01-01", until="2023-06-10")
    campaign.do(
        paired("city-county", "person-1", COUNTY, "2023-04-01"),
        paired("city-county", "person-2", COUNTY, "2023-05-02"),
        paired("city-county", "person-3", "county-140525", "2023-06-15"),
    )

    def covers(day):
        found = [each for each in owed(campaign, day, "cover") if each.more["pairing_kind"].value == "city-county"]
        return {each.subject: (*days(each), each.responsible, bool(each.evidence)) for each in found}

    assert covers("2023-04-12") == {}
    assert covers("2023-06-10") == {COUNTY: ("04-13", None, "04-13", JINCHENG, False)}
    assert covers("2023-06-11")["county-140525"] == ("06-11", None, None, JINCHENG, True)
    assert covers("2023-06-15")["county-140525"] == ("06-11", None, "06-15", JINCHENG, False)
    late = policy(pairing={"visit_every_days": 30, "within_days": 7})
    assert owed(campaign, "2023-06-15", "cover", "county-140525", policy=late)[0].due == date(2023, 6, 18)


def test_who_begins_to_fail_after_the_campaigns_end_is_owed_no_support(campaign):
    campaign.lab(YANGCHENG, dual_from="2022-01-01", until="2023-12-30")
    campaign.lab(ZEZHOU, dual_from="2022-01-01", until="2023-12-31")

    found = {each.subject: days(each)[0] for each in owed(campaign, "2024-01-05", "cover")}
    assert found[COUNTY] == found["lab-140522-1"] == "12-31"
    assert found[JINCHENG] == "04-13"
    assert {"county-140525", "lab-140525-1"}.isdisjoint(found)


def test_the_province_sees_to_the_cities_support_and_the_city_to_that_of_its_counties_and_labs(campaign):
    lab = campaign.lab(YANGCHENG)

    found = {each.subject: each for each in owed(campaign, "2023-05-01", "cover")}
    assert {subject: found[subject].responsible for subject in (TAIYUAN, JINCHENG, COUNTY, lab)} == {
        TAIYUAN: "140000", JINCHENG: "140000", COUNTY: JINCHENG, lab: JINCHENG,
    }  # fmt: skip
    assert {subject: found[subject].evidence for subject in (JINCHENG, COUNTY, lab)} == {
        JINCHENG: (f"{ID}@1",), COUNTY: ("county-140522@1", f"{lab}@1"), lab: (f"{lab}@1",),
    }  # fmt: skip


def test_a_pairing_covers_its_own_target_since_the_first_of_its_kind(campaign):
    lab = campaign.lab(YANGCHENG)
    for code, on in ((QINSHUI, "2023-05-02"), (ZEZHOU, "2023-05-01")):
        campaign.do(paired("lab-lab", campaign.lab(code, dual_from="2022-01-01"), lab, on))

    found = {each.subject: each.done_on for each in owed(campaign, "2023-05-10", "cover")}
    assert (found[lab], found[COUNTY], found[JINCHENG]) == (date(2023, 5, 1), None, None)


def visits(campaign, day, kind="visit", **how):
    return [
        (*days(each), each.state.value, each.finding.value if each.finding else None, each.evidence)
        for each in owed(campaign, day, kind, **how)
    ]


def test_a_visit_is_owed_from_the_assignment_or_the_last_visit_as_often_as_the_policy_says(campaign):
    lab = campaign.lab(YANGCHENG)
    assigned = paired("city-county", "person-2", COUNTY, "2023-04-20")
    id_ = assigned.pairing
    campaign.do(assigned, c.RecordVisit(pairing=id_, note="一", on="2023-05-25"))

    assert visits(campaign, "2023-04-19") == []
    assert (
        visits(campaign, "2023-04-20") == visits(campaign, "2023-05-20") == [("04-20", "05-20", None, "open", None, ())]
    )
    evidence = (f"{id_}@1", f"{COUNTY}@1", f"{lab}@1")
    assert visits(campaign, "2023-05-21") == [("04-20", "05-20", None, "overdue", "unvisited", evidence)]
    done = ("04-20", "05-20", "05-25", "done-late", None, ())
    assert (
        visits(campaign, "2023-05-25")
        == visits(campaign, "2023-06-24")
        == [done, ("05-25", "06-24", None, "open", None, ())]
    )
    late = ("05-25", "06-24", None, "overdue", "unvisited", (f"{id_}@1", f"{id_}@2", f"{COUNTY}@1", f"{lab}@1"))
    assert visits(campaign, "2023-06-25") == [done, late]
    assert [each.template for day in ("2023-06-24", "2023-06-25") for each in owed(campaign, day, "visit")[1:]] == [
        "{name} is to be visited by {supporter} by {due}", "{name} was not visited by {supporter} since {since}",
    ]  # fmt: skip
    assert [each.more["since"] for each in owed(campaign, "2023-06-25", "visit")] == [
        date(2023, 4, 20),
        date(2023, 5, 25),
    ]


def test_a_visit_is_owed_for_every_time_that_the_target_does_not_pass(campaign):
    """Before the visit it passed: that run lapses; the visit fulfils the run in which it was made, its last day included."""
    lab = campaign.lab(YANGCHENG)
    assigned = paired("city-county", "person-2", COUNTY, "2023-04-01")
    campaign.do(assigned)
    campaign.certify(lab, "2023-05-01", until="2023-05-31")

    first = ("04-13", "05-13", None, "lapsed", None, ())
    assert visits(campaign, "2023-04-30") == [("04-13", "05-13", None, "open", None, ())]
    assert visits(campaign, "2023-05-01") == [first]
    assert visits(campaign, "2023-05-14") == [("04-13", "05-13", None, "lapsed", "unvisited", ())]
    assert [each[:4] for each in visits(campaign, "2023-06-01")][1:] == [("06-01", "07-01", None, "open")]
    campaign.do(c.RecordVisit(pairing=assigned.pairing, note="一", on="2023-04-30"))
    assert [each[:4] for each in visits(campaign, "2023-06-01")] == [
        ("04-13", "05-13", "04-30", "done-in-time"), ("04-30", "05-30", None, "lapsed"), ("06-01", "07-01", None, "open"),
    ]  # fmt: skip


def test_an_overdue_visit_rests_on_its_facts_through_the_last_day_on_which_the_target_does_not_pass(campaign):
    lab = campaign.lab(YANGCHENG)
    campaign.do(paired("city-county", "person-2", COUNTY, "2023-04-20"))
    campaign.certify(lab, "2023-06-01")

    (day_before,), (day_after,) = visits(campaign, "2023-05-31"), visits(campaign, "2023-06-01")
    assert (day_before[3], len(day_before[-1])) == ("overdue", 3)
    assert (day_after[3], day_after[-1]) == ("lapsed", ())


def test_a_visit_while_the_target_passes_ends_the_time_before_and_fulfils_nothing(campaign):
    lab = campaign.lab(YANGCHENG)
    assigned = paired("city-county", "person-2", COUNTY, "2023-04-20")
    campaign.do(assigned, c.RecordVisit(pairing=assigned.pairing, note="一", on="2023-05-01"))
    campaign.certify(lab, "2023-05-01", until="2023-05-31")

    assert [each[:4] for each in visits(campaign, "2023-06-02")] == [
        ("04-20", "05-20", None, "lapsed"), ("06-01", "07-01", None, "open"),
    ]  # fmt: skip


def test_no_visit_is_owed_for_days_after_the_campaign(campaign):
    campaign.lab(YANGCHENG, dual_from="2022-01-01", until="2023-12-30")
    campaign.lab(ZEZHOU, dual_from="2022-01-01", until="2023-12-31")
    for county in (COUNTY, "county-140525"):
        campaign.do(paired("city-county", "person-2", county, "2023-04-20"))

    assert [each[:3] for each in visits(campaign, "2024-01-05")] == [("12-31", "01-30", None)]


def test_a_report_on_progress_is_owed_from_one_report_to_the_next(campaign):
    campaign.lab(YANGCHENG)
    assigned = paired("city-county", "person-2", COUNTY, "2023-04-20")
    campaign.do(assigned, c.ReportProgress(pairing=assigned.pairing, note="在办", on="2023-05-01"))
    rules = policy(pairing={"visit_every_days": 30, "report_every_days": 15})

    found = visits(campaign, "2023-05-17", "progress-report", policy=rules)
    assert [each[:5] for each in found] == [
        ("04-20", "05-05", "05-01", "done-in-time", None), ("05-01", "05-16", None, "overdue", "unreported"),
    ]  # fmt: skip
    assert visits(campaign, "2023-05-17", "progress-report") == []
    assert visits(campaign, "2023-05-17", policy=policy(pairing=None)) == []


def test_a_city_needs_no_visit_while_all_its_counted_labs_are_dual_certified(campaign):
    campaign.do(paired("province-city", "person-1", JINCHENG, "2023-04-20"))
    campaign.do(paired("province-city", "person-1", TAIYUAN, "2023-04-20"))

    def states(day):
        return {each.more["since"] and each.home[0]: each.state.value for each in owed(campaign, day, "visit")}

    campaign.lab("140121")
    assert states("2023-05-01") == {JINCHENG: "open", TAIYUAN: "open"}, "nobody knows a lab there"
    campaign.lab(YANGCHENG, dual_from="2022-01-01")
    assert states("2023-05-01") == {JINCHENG: "lapsed", TAIYUAN: "open"}
    campaign.do(
        c.RegisterLab(
            lab="lab-140525-9", name="不计站", level="county", division=ZEZHOU, counted=False, on="2010-01-01"
        )
    )
    assert states("2023-05-01") == {JINCHENG: "lapsed", TAIYUAN: "open"}
    campaign.lab(ZEZHOU)
    assert states("2023-05-01") == {JINCHENG: "open", TAIYUAN: "open"}


def test_a_problem_is_owed_from_its_day_on_until_it_is_resolved(campaign):
    campaign.lab(YANGCHENG)
    assigned = paired("city-county", "person-2", COUNTY, "2023-04-20")
    id_ = assigned.pairing
    campaign.do(
        assigned,
        c.IdentifyProblem(pairing=id_, problem="p", note="无色谱仪", on="2023-05-01"),
        c.ResolveProblem(pairing=id_, problem="p", resolution="已购", on="2023-05-12"),
    )
    rules = policy(pairing={"visit_every_days": 30, "resolve_within_days": 10, "remind_days": [4]})

    def problems(day):
        found = owed(campaign, day, "problem", policy=rules)
        return [(*days(each), each.state.value, each.pressing, each.evidence) for each in found]

    evidence = (f"{id_}@1", f"{id_}@2")
    assert problems("2023-04-30") == []
    assert problems("2023-05-01") == problems("2023-05-11") == [("05-01", "05-11", None, "open", 4, evidence)]
    assert problems("2023-05-12") == [("05-01", "05-11", "05-12", "done-late", 4, evidence)]
    (without,) = owed(campaign, "2023-05-02", "problem", policy=policy(pairing=None))
    assert (without.due, without.pressing) == (None, 7)


# --- certificates

CMA = {"scheme": "CMA", "number": "1"}


def granted(lab, on, until, **more):
    return c.GrantCertificate(lab=lab, granted_on=on, valid_until=until, **{**CMA, **more})


def renewals(campaign, day, subject=None, **how):
    return [
        (each.more["scheme"].value, each.more["number"], *days(each), each.finding.value, each.state.value)
        for each in owed(campaign, day, "renewal", subject, **how)
    ]


def test_a_renewal_is_owed_from_the_longest_reminder_before_the_day_by_which_it_is_to_be_applied_for(campaign):
    """A certificate of six years: 90 days before it expires, and 90 days of reminders before that."""
    lab = campaign.lab(YANGCHENG)
    campaign.do(granted(lab, "2017-09-11", "2023-09-10"))

    assert renewals(campaign, "2023-03-13") == []
    ahead = [("CMA", "1", "03-14", "06-12", None, "expiring", "open")]
    assert renewals(campaign, "2023-03-14") == renewals(campaign, "2023-06-12") == ahead
    assert renewals(campaign, "2023-06-13") == renewals(campaign, "2023-09-10") == [(*ahead[0][:-1], "overdue")]
    assert renewals(campaign, "2023-09-11") == [("CMA", "1", "03-14", "09-10", None, "expired", "overdue")]
    assert [each.template.rpartition("; ")[2] for day in ("2023-06-12", "2023-06-13") for each in owed(campaign, day, "renewal")] == [
        "its renewal is to be applied for by {due}", "its renewal was to be applied for by {due}",
    ]  # fmt: skip


def test_without_a_rule_or_reminders_a_renewal_is_owed_on_the_last_day(campaign):
    lab = campaign.lab(YANGCHENG)
    campaign.do(granted(lab, "2017-09-11", "2023-09-10"))
    bare = policy(certificate_rule=[], reminders=None)

    assert renewals(campaign, "2023-09-09", policy=bare) == []
    assert renewals(campaign, "2023-09-10", policy=bare) == [("CMA", "1", "09-10", "09-10", None, "expiring", "open")]
    rule = policy(reminders=None)
    assert renewals(campaign, "2023-06-11", policy=rule) == []
    assert renewals(campaign, "2023-06-12", policy=rule) == [("CMA", "1", "06-12", "06-12", None, "expiring", "open")]


def test_a_certificate_granted_for_a_short_time_is_not_to_be_renewed_before_its_grant(campaign):
    lab = campaign.lab(YANGCHENG)
    campaign.do(granted(lab, "2023-05-01", "2023-06-30"))

    assert renewals(campaign, "2023-05-01") == [("CMA", "1", "05-01", "04-01", None, "expiring", "overdue")]


def test_of_two_certificates_of_a_day_the_longer_one_is_to_be_renewed(campaign):
    lab = campaign.lab(YANGCHENG)
    campaign.do(granted(lab, "2017-09-11", "2023-09-10"))
    campaign.do(
        c.RenewCertificate(lab=lab, scheme="CMA", number="2", granted_on="2023-05-01", valid_until="2023-08-31")
    )

    assert renewals(campaign, "2023-05-02") == [("CMA", "1", "03-14", "06-12", None, "expiring", "open")]
    assert renewals(campaign, "2023-09-11") == [("CMA", "2", "05-01", "08-31", None, "expired", "overdue")]


@pytest.mark.parametrize(
    ("purpose", "on", "done"),
    [("renewal", "2023-06-12", "06-12"), ("first", "2023-06-12", "06-12"), ("scope", "2023-06-12", None),
     ("renewal", "2023-06-14", None)],
)  # fmt: skip
def test_an_application_for_the_certificate_itself_fulfils_the_duty_to_renew_it(campaign, purpose, on, done):
    lab = campaign.lab(YANGCHENG)
    campaign.do(
        granted(lab, "2017-09-11", "2023-09-10"),
        c.AcceptApplication(lab=lab, scheme="CMA", route="joint", purpose=purpose, on=on),
    )

    assert [each[4] for each in renewals(campaign, "2023-06-13")] == [done]


def test_what_counts_although_it_has_expired_is_not_to_be_replaced(campaign):
    lab = campaign.lab(YANGCHENG)
    campaign.do(
        granted(lab, "2017-09-11", "2023-09-10"),
        c.AcceptApplication(lab=lab, scheme="CMA", route="joint", purpose="renewal", on="2023-06-01"),
    )

    assert [each[4:] for each in renewals(campaign, "2023-09-11")] == [("06-01", "expired", "done-in-time")]
    assert renewals(campaign, "2023-09-11", policy=policy(target={"pending_renewal_counts": True})) == []


def steps(campaign, day, **how):
    return [
        (each.kind.value, *days(each)[:2], each.finding and each.finding.value, each.pressing, each.evidence)
        for kind in ("rectification", "next-step")
        for each in owed(campaign, day, kind, **how)
    ]


def test_each_step_of_an_application_waits_for_the_next_for_as_long_as_the_policy_says(campaign):
    lab = campaign.lab(YANGCHENG)
    campaign.do(
        c.AcceptApplication(lab=lab, scheme="CMA", route="joint", purpose="first", on="2023-05-01"),
        c.RecordAssessment(lab=lab, scheme="CMA", outcome="rectify", rectify_by="2023-06-30", on="2023-06-01"),
        c.RecordAssessment(lab=lab, scheme="CMA", outcome="passed", on="2023-07-01"),
        c.RecordApproval(lab=lab, scheme="CMA", on="2023-08-01"),
    )
    rules = policy(stages={"accepted": 20, "assessed": 15, "approved": 10, "remind_days": [5]})

    def on(day, **how):
        (found,) = steps(campaign, day, policy=rules, **how)
        return found

    assert steps(campaign, "2023-04-30", policy=rules) == []
    assert on("2023-05-01") == on("2023-05-21") == ("next-step", "05-01", "05-21", None, 5, (f"{lab}@2",))
    assert on("2023-05-22") == ("next-step", "05-01", "05-21", "stalled", 5, (f"{lab}@2",))
    rectify = ("rectification", "06-01", "06-30", "rectification-due", 5, (f"{lab}@2", f"{lab}@3"))
    assert on("2023-06-01") == on("2023-06-30") == rectify
    assert on("2023-07-16") == ("next-step", "07-01", "07-16", None, 5, (f"{lab}@2", f"{lab}@4"))
    assert on("2023-07-17")[3] == "stalled"
    assert on("2023-08-11")[1:4] == ("08-01", "08-11", None)
    assert on("2023-08-12")[3] == "stalled"
    assert [each[2] for each in steps(campaign, "2023-05-22")] == [None], "a policy without stages sets no day"
    assert steps(campaign, "2023-05-22", policy=policy(stages={"approved": 10}))[0][2:4] == (None, None)


def test_a_rectification_without_a_day_has_none(campaign):
    lab = campaign.lab(YANGCHENG)
    campaign.do(
        c.AcceptApplication(lab=lab, scheme="CMA", route="joint", purpose="first", on="2023-05-01"),
        c.RecordAssessment(lab=lab, scheme="CMA", outcome="rectify", on="2023-06-01"),
    )

    rules = policy(stages={"accepted": 20, "assessed": 15})
    assert [each[:4] for each in steps(campaign, "2023-08-01", policy=rules)] == [
        ("rectification", "06-01", None, "rectification-due")
    ]
    assert owed(campaign, "2023-08-01", "rectification", policy=rules)[0].template.endswith("is to be rectified")


def test_an_application_of_which_no_acceptance_is_recorded_rests_on_its_step_alone(campaign):
    lab = campaign.lab(YANGCHENG)
    campaign.do(c.RecordAssessment(lab=lab, scheme="CMA", outcome="passed", on="2023-06-01"))

    assert [each[-1] for each in steps(campaign, "2023-08-01")] == [(f"{lab}@2",)]


def test_an_application_rests_on_no_acceptance_before_or_after_its_own(campaign):
    lab = campaign.lab(YANGCHENG)
    for purpose, on in (("renewal", "2023-05-01"), ("first", "2023-05-01"), ("scope", "2023-06-01")):
        campaign.do(c.AcceptApplication(lab=lab, scheme="CMA", route="joint", purpose=purpose, on=on))
    campaign.do(c.RecordAssessment(lab=lab, scheme="CMA", outcome="passed", on="2023-05-02"))

    assert [each[-1] for each in steps(campaign, "2023-05-31")] == [(f"{lab}@3", f"{lab}@5")]
    assert [each[-1] for each in steps(campaign, "2023-06-01")] == [(f"{lab}@4",)]


def test_an_application_rests_on_its_last_acceptance(campaign):
    lab = campaign.lab(YANGCHENG)
    accepted = {"lab": lab, "scheme": "CMA", "on": "2023-05-01"}
    campaign.do(
        c.AcceptApplication(**accepted, route="joint", purpose="first"),
        c.RecordAssessment(lab=lab, scheme="CMA", outcome="failed", on="2023-05-01"),
        c.AcceptApplication(lab=lab, scheme="CMA", route="joint", purpose="scope", on="2023-05-03"),
        c.RecordAssessment(lab=lab, scheme="CMA", outcome="passed", on="2023-05-03"),
    )

    assert [each[-1] for each in steps(campaign, "2023-08-01")] == [(f"{lab}@4", f"{lab}@5")]
