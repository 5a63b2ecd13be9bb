"""Duties: what is owed, by whom, since when and until when; nobody is late for what was not owed."""

from __future__ import annotations

from datetime import date

import pytest

from campaign import ID, LINGCHUAN, YANGCHENG, ZEZHOU, policy
from dualcert.domain import commands as c
from dualcert.errors import GateNotDue

COUNTY, JINCHENG = "county-140522", "140500"
ITEM = {"problem": "仪器不足", "measure": "购置设备", "responsible": "person-7", "due": "2023-06-30"}


def plan(on, *items, county=COUNTY):
    return c.IssuePlan(county=county, issuer="county-government", items=list(items) or [ITEM], on=on)


def agenda(campaign, day, duty, **how):
    rows = campaign.books.agenda(as_of=date.fromisoformat(day), **how).to_dict()["rows"]
    return [row for row in rows if row["duty"] == duty]


# --- plans


def test_a_county_that_begins_to_fail_later_owes_its_plan_from_that_day(campaign):
    """A3, officer A4: a county that was dual on 30 April was 245 days late on 31 December."""
    campaign.lab(YANGCHENG, dual_from="2022-01-01", until="2023-06-10")

    assert campaign.found("2023-06-10", "plan-missing") == []
    (row,) = campaign.found("2023-06-11", "plan-missing")
    assert (row["owed_from"], row["due"], row["days_left"], row["state"]) == ("2023-06-11", "2023-07-11", 30, "open")
    assert [r["days_left"] for r in campaign.found("2023-07-12", "plan-missing")] == [-1]


def test_a_county_that_fails_from_the_beginning_owes_its_plan_by_the_notices_day(campaign):
    campaign.lab(YANGCHENG)

    assert [(r["owed_from"], r["due"]) for r in campaign.found("2023-04-13", "plan-missing")] == [
        ("2023-04-13", "2023-04-30")
    ]


def test_a_revised_plan_is_a_revision_and_reopens_nothing(campaign):
    campaign.lab(YANGCHENG)
    campaign.do(
        plan("2023-04-20"),
        c.SubmitPlan(county=COUNTY, on="2023-04-25"),
        plan("2023-07-20", ITEM, {**ITEM, "measure": "培训"}),
    )

    assert campaign.found("2023-07-21", "plan-late") == campaign.found("2023-07-21", "plan-missing") == []


def test_whoever_passes_owes_no_plan_and_no_measure_any_more(campaign):
    lab = campaign.lab(YANGCHENG)
    campaign.do(plan("2023-04-20"))
    campaign.certify(lab, "2023-05-10")

    assert campaign.subjects("2023-05-09", "plan-late") == [COUNTY]
    assert campaign.subjects("2023-05-10", "plan-late") == []
    assert campaign.found("2023-07-01", "measure-late") == []


def test_the_policys_days_for_a_plan_are_a_value(campaign):
    campaign.lab(YANGCHENG, dual_from="2022-01-01", until="2023-06-10")

    (row,) = campaign.found("2023-06-11", "plan-missing", policy=policy(plan={"within_days": 10}))
    assert row["due"] == "2023-06-21"


def test_plans_that_are_handed_in_later_do_not_count_earlier(campaign):
    """A5: the score of 15 April counted a plan of 28 April."""
    campaign.lab(YANGCHENG)
    campaign.do(plan("2023-04-20"), c.SubmitPlan(county=COUNTY, on="2023-04-28"))

    def plans(day):
        (row,) = [r for r in campaign.books.score(as_of=date.fromisoformat(day)).rows if r.division == JINCHENG]
        return next((each.part, each.whole) for each in row.components if each.name == "plans")

    assert (plans("2023-04-15"), plans("2023-04-28")) == ((0, 0), (1, 1))


def test_the_plans_of_a_city_are_counted(campaign):
    """One summary a city: n of m issued, handed in, carried out."""
    for code in (YANGCHENG, ZEZHOU, LINGCHUAN):
        campaign.lab(code)
    campaign.do(
        plan("2023-04-20", ITEM, {**ITEM, "due": "2023-12-31"}),
        c.SubmitPlan(county=COUNTY, on="2023-04-25"),
        c.CompleteMeasure(county=COUNTY, item=1, on="2023-07-02"),
        plan("2023-05-10", county="county-140525"),
        c.SubmitPlan(county="county-140525", on="2023-05-20"),
    )
    (row,) = [r for r in campaign.books.books(date(2023, 7, 10)).plans().rows if r.division == JINCHENG]

    assert (row.owed, row.handed_in, row.in_time, row.overdue) == (3, 2, 1, 1)
    assert (row.measures, row.measures_done, row.measures_overdue) == (3, 1, 1)


# --- measures ahead, and whoever is responsible


def test_the_agenda_has_duties_ahead_as_well_as_overdue_ones(campaign):
    """Questions 3 and 5 of the review: what must be done this week, and by whom."""
    campaign.lab(YANGCHENG)
    campaign.do(plan("2023-04-20"))

    (row,) = agenda(campaign, "2023-06-25", "measure", within=7)
    assert (row["state"], row["days_left"], row["responsible"]) == ("open", 5, {"id": "person-7", "name": "person-7"})
    assert campaign.found("2023-06-25", "measure-late") == []
    assert agenda(campaign, "2023-06-01", "measure", within=7) == []
    assert [r["duty"] for r in agenda(campaign, "2023-06-25", "measure", responsible="person-7")] == ["measure"]
    assert agenda(campaign, "2023-06-25", "measure", responsible="person-8") == []


def test_due_and_agenda_can_be_asked_about_one_division(campaign):
    campaign.lab(YANGCHENG)
    campaign.lab("140121")

    rows = campaign.books.due(as_of=date(2023, 5, 1), division=JINCHENG).rows
    assert {row.division[:4] for row in rows} == {"1405"}
    assert {row.division[:4] for row in campaign.books.agenda(as_of=date(2023, 5, 1), division="140100").rows} == {
        "1401"
    }


# --- gates


def test_a_gate_whose_consequence_is_a_loss_of_standing_comes_first(campaign):
    """A9, officer A5: it was low, below a hundred undated rows."""
    campaign.lab(YANGCHENG)
    campaign.enrol(YANGCHENG)

    first = campaign.books.due(as_of=date(2023, 9, 20)).rows[0]
    assert (first.kind, first.subject, first.severity.value) == ("gate", COUNTY, "high")
    shorter = policy(gate=[{"name": "standing", "on": "2023-09-30", "applies": [{}], "remind_days": [7],
                            "consequence": {"named": "delist-county"}}])  # fmt: skip
    assert campaign.found("2023-09-20", "gate", policy=shorter)[0]["severity"] == "low"
    assert campaign.found("2023-09-23", "gate", policy=shorter)[0]["severity"] == "high"


def test_a_gate_is_not_applied_before_its_last_day_is_over(campaign):
    """A10: on the day itself a certificate may still be granted."""
    campaign.lab(YANGCHENG)
    campaign.enrol(YANGCHENG)

    with pytest.raises(GateNotDue):
        campaign.books.apply_gate("standing", on=date(2023, 9, 30))
    assert len(campaign.books.apply_gate("standing", on=date(2023, 10, 1))) == 1


def test_risk_shows_who_will_miss_a_gate_and_what_is_still_possible(campaign):
    """Question 1: per county the step of each certificate, for how many days, open measures, the lead."""
    near, far = campaign.lab(YANGCHENG), campaign.lab(ZEZHOU)
    for code in (YANGCHENG, ZEZHOU, LINGCHUAN):
        campaign.enrol(code)
    campaign.certify(near, "2022-01-01", schemes=("CATL",))
    campaign.do(
        c.AcceptApplication(lab=near, scheme="CMA", route="joint", purpose="first", on="2023-06-01"),
        c.RecordAssessment(lab=near, scheme="CMA", outcome="passed", on="2023-08-01"),
        plan("2023-04-20"),
        c.AssignPairing(kind="city-county", supporter="person-2", target=COUNTY, on="2023-04-20"),
    )

    rows = campaign.books.books(date(2023, 9, 10)).risk("standing").to_dict()["rows"]
    assert [row["county"] for row in rows] == [COUNTY, "county-140525", "county-140524"]
    first = rows[0]
    assert (first["days_left"], first["open_measures"], first["lead"]) == (20, 1, "person-2")
    assert first["missing"] == [
        {"lab": near, "name": "140522站", "scheme": "CMA", "state": "assessed", "application": "assessed",
         "since": "2023-08-01", "days": 40}
    ]  # fmt: skip
    assert [(each["lab"], each["application"]) for each in rows[1]["missing"]] == [(far, None), (far, None)]
    assert rows[2]["missing"] == [], "no lab is designated"


# --- support


def test_visits_are_not_asked_for_while_the_target_passes(campaign):
    """A12: 22 of 35 were for targets that pass."""
    lab = campaign.lab(YANGCHENG)
    campaign.do(c.AssignPairing(kind="city-county", supporter="person-2", target=COUNTY, on="2023-04-20"))
    assert campaign.found("2023-05-21", "unvisited")[0]["days_left"] == -1

    campaign.certify(lab, "2023-06-01", until="2023-08-31")
    assert campaign.found("2023-06-01", "unvisited") == []
    (row,) = campaign.found("2023-10-05", "unvisited")
    assert (row["owed_from"], row["due"], row["days_left"]) == ("2023-09-01", "2023-10-01", -4)


def test_progress_reports_and_problems_are_duties_where_the_policy_sets_their_days(campaign):
    campaign.lab(YANGCHENG)
    pairing = c.AssignPairing(kind="city-county", supporter="person-2", target=COUNTY, on="2023-04-20")
    campaign.do(pairing, c.IdentifyProblem(pairing=pairing.pairing, problem="p", note="无色谱仪", on="2023-05-01"))
    rules = policy(pairing={"visit_every_days": 30, "report_every_days": 15, "resolve_within_days": 10})

    assert campaign.found("2023-05-06", "unreported", policy=rules)[0]["days_left"] == -1
    assert campaign.found("2023-05-06", "unreported") == []
    assert campaign.found("2023-05-12", "problem-open", policy=rules)[0]["days_left"] == -1
    (row,) = campaign.found("2023-05-12", "problem-open")
    assert (row["due"], row["severity"], row["note"]) == (None, "medium", "无色谱仪")
    campaign.do(
        c.ReportProgress(pairing=pairing.pairing, note="在办", on="2023-05-10"),
        c.ResolveProblem(pairing=pairing.pairing, problem="p", resolution="已购", on="2023-05-11"),
    )
    assert campaign.found("2023-05-12", "unreported", policy=rules) == []
    assert campaign.found("2023-05-12", "problem-open") == []


def test_a_pairing_that_ended_asks_for_nothing(campaign):
    campaign.lab(YANGCHENG)
    pairing = c.AssignPairing(kind="city-county", supporter="person-2", target=COUNTY, on="2023-04-20")
    campaign.do(pairing, c.EndPairing(pairing=pairing.pairing, reason="调整", on="2023-06-01"))

    assert campaign.subjects("2023-05-31", "unvisited") == [pairing.pairing]
    assert campaign.subjects("2023-06-01", "unvisited") == []


def test_a_helper_lab_that_is_not_certified_itself_is_a_finding(campaign):
    helper, lab = campaign.lab(ZEZHOU, dual_from="2022-01-01", until="2023-05-31"), campaign.lab(YANGCHENG)
    pairing = c.AssignPairing(kind="lab-lab", supporter=helper, target=lab, on="2023-04-20")
    campaign.do(pairing)

    assert campaign.found("2023-05-31", "helper-not-dual") == []
    (row,) = campaign.found("2023-06-01", "helper-not-dual")
    assert (row["subject"], row["lab"], row["duty"]) == (pairing.pairing, helper, None)


def test_evidence_of_a_corrected_pairing_names_the_fact_that_stands(campaign):
    """A11: it named the retracted assignment."""
    campaign.lab(YANGCHENG)
    id_ = "pairing-city-county-person-2-county-140522-1"

    def assigned(on):
        return c.AssignPairing(kind="city-county", supporter="person-2", target=COUNTY, pairing=id_, on=on)

    campaign.do(
        assigned("2023-04-21"),
        c.CorrectFact(stream=id_, version=1, reason="笔误", on="2023-05-01", replacement=assigned("2023-04-20")),
    )
    (row,) = campaign.found("2023-06-01", "unvisited")
    assert f"{id_}@3" in row["evidence"]
    assert f"{id_}@1" not in row["evidence"]


# --- applications


def test_nobody_lies_approved_and_not_granted_without_a_finding(campaign):
    """「具备认证条件之后第一时间帮助协调」."""
    lab = campaign.lab(YANGCHENG)
    campaign.do(
        c.AcceptApplication(lab=lab, scheme="CMA", route="joint", purpose="first", on="2023-05-01"),
        c.RecordAssessment(lab=lab, scheme="CMA", outcome="passed", on="2023-06-01"),
        c.RecordApproval(lab=lab, scheme="CMA", on="2023-06-10"),
    )
    steps = policy(stages={"accepted": 60, "approved": 20})

    assert campaign.found("2023-06-30", "stalled", policy=steps) == []
    (row,) = campaign.found("2023-07-01", "stalled", policy=steps)
    assert (row["days_left"], row["application"], row["since"]) == (-1, "approved", "2023-06-10")
    assert [r["due"] for r in agenda(campaign, "2023-07-01", "next-step")] == [None], "without days it has no date"
    campaign.certify(lab, "2023-07-02", schemes=("CMA",))
    assert agenda(campaign, "2023-07-02", "next-step") == []


def test_a_rectification_is_due_until_the_next_step(campaign):
    lab = campaign.lab(YANGCHENG)
    campaign.do(
        c.AcceptApplication(lab=lab, scheme="CMA", route="joint", purpose="first", on="2023-05-01"),
        c.RecordAssessment(lab=lab, scheme="CMA", outcome="rectify", rectify_by="2023-06-30", on="2023-06-01"),
    )

    assert [r["days_left"] for r in campaign.found("2023-06-25", "rectification-due")] == [5]
    assert [r["severity"] for r in campaign.found("2023-07-01", "rectification-due")] == ["high"]
    campaign.do(c.RecordAssessment(lab=lab, scheme="CMA", outcome="passed", on="2023-07-05"))
    assert campaign.found("2023-07-05", "rectification-due") == []


# --- cities and the province


def test_the_summary_of_the_year_is_not_asked_for_before_that_of_the_half_year_is_over(campaign):
    """Officer A13: «未报送年终总结» was listed in June."""
    assert {row["milestone"] for row in campaign.found("2023-06-30", "summary-missing")} == {"mid-year"}
    assert {row["milestone"] for row in campaign.found("2023-07-01", "summary-missing")} == {"mid-year", "year-end"}


def test_the_provinces_own_meetings_are_asked_for_where_the_policy_says_so(campaign):
    """「省厅定期召开攻坚行动调度会」: the city of such a meeting is the province itself."""
    rules = policy(cycle={"monthly": ["dispatch"], "province": ["dispatch"]})
    assert "140000" in campaign.subjects("2023-04-30", "cycle-missing", policy=rules)
    assert "140000" not in campaign.subjects("2023-04-30", "cycle-missing")

    campaign.do(
        c.HoldMeeting(campaign=ID, city="140000", kind="dispatch", month="2023-04", note="厅长主持", on="2023-04-20")
    )
    assert "140000" not in campaign.subjects("2023-04-30", "cycle-missing", policy=rules)
    (held,) = campaign.books.status(ID, as_of=date(2023, 4, 30)).rows[0].meetings
    assert held.note == "厅长主持"


def test_a_month_without_a_bulletin_is_a_finding_where_the_policy_asks_for_one(campaign):
    rules = policy(bulletin={"due_day": 10, "issuer": "省委农办", "recipients": ["各市人民政府"]})

    assert campaign.found("2023-05-01", "bulletin-missing") == []
    assert [(r["month"], r["due"]) for r in campaign.found("2023-05-01", "bulletin-missing", policy=rules)] == [
        ("2023-04", "2023-05-10")
    ]
    campaign.do(c.IssueBulletin(campaign=ID, month="2023-04", issuer="某某科", on="2023-05-08"))
    assert campaign.found("2023-05-09", "bulletin-missing", policy=rules) == []
    (row,) = campaign.found("2023-05-09", "bulletin-issuer", policy=rules)
    assert (row["issuer"], row["expected"]) == ("某某科", "省委农办")


def test_difficulties_and_highlights_have_the_policys_days(campaign):
    rules = policy(difficulties={"answer_within_days": 10}, highlights={"due": "2023-06-30"})
    campaign.do(c.ReportDifficulty(campaign=ID, city=JINCHENG, note="无场地", item="d1", on="2023-05-01"))

    assert [r["days_left"] for r in campaign.found("2023-05-12", "difficulty-open", policy=rules)] == [-1]
    assert [r["days_left"] for r in campaign.found("2023-05-12", "difficulty-open")] == [None]
    assert len(campaign.found("2023-07-01", "highlight-missing", policy=rules)) == 11
    campaign.do(c.ReportHighlight(campaign=ID, city=JINCHENG, note="一站式", on="2023-06-12"))
    assert JINCHENG not in campaign.subjects("2023-07-01", "highlight-missing", policy=rules)
    assert campaign.found("2023-07-01", "highlight-missing") == []


def test_an_exemplary_county_that_fails_or_is_delisted_is_a_finding(campaign):
    """A4: it stayed an example without a word."""
    campaign.lab(YANGCHENG, dual_from="2022-01-01", until="2023-08-31")
    campaign.enrol(YANGCHENG)
    campaign.do(c.SelectExemplar(campaign=ID, county=COUNTY, reason="样板", on="2023-08-01"))

    assert campaign.found("2023-08-31", "exemplar-unfit") == []
    assert campaign.subjects("2023-09-01", "exemplar-unfit") == [COUNTY]


# --- the end


def test_a_closed_campaign_asks_for_nothing_more(campaign):
    """A12: 130 findings on 1 March after its closing."""
    campaign.lab(YANGCHENG)
    campaign.enrol(YANGCHENG, "candidate", batch=5)
    campaign.do(c.CloseCampaign(campaign=ID, on="2024-01-31"))

    assert {row["duty"] for row in campaign.books.due(as_of=date(2024, 1, 30)).to_dict()["rows"]} > {"gate", "plan"}
    after = campaign.books.due(as_of=date(2024, 1, 31)).to_dict()["rows"]
    assert {(row["duty"], row["kind"]) for row in after} == {(None, "none-designated")}
    assert campaign.books.agenda(as_of=date(2024, 1, 31)).rows == ()


def test_the_score_of_a_closed_campaign_stays(campaign):
    campaign.lab(YANGCHENG, dual_from="2022-01-01")
    campaign.do(c.CloseCampaign(campaign=ID, on="2024-01-31"))

    def components(day):
        return campaign.books.score(as_of=date.fromisoformat(day)).rows[0].components

    assert components("2024-01-30") == components("2024-02-20")
    assert components("2024-02-20")[2].whole > 0
