"""Every rule of the notice of 2023-04-13 (山西省农业农村厅办公室), in its order, as `domain.md` of the docs lists them.

What stands in 「」 is the notice's wording; each test shows the command, finding or report that answers the rule.
"""

from __future__ import annotations

from datetime import date

import pytest

from campaign import ID, LINGCHUAN, QINSHUI, YANGCHENG, ZEZHOU, policy
from dualcert.domain import commands as c
from dualcert.errors import QuotaReached, UnknownMilestone

JINCHENG = "140500"
KINDS = ("dispatch", "consultation", "guidance")


def test_rule_1_the_provinces_share_of_dual_certified_labs_is_85_percent(campaign):
    """「“双认证”比例达到85%」: judged on the integers; 84.96 % prints as 85.0 and has not met 85."""
    for n in range(1, 21):
        lab = f"lab-{YANGCHENG}-{n}"
        campaign.do(c.RegisterLab(lab=lab, name=f"{n}站", level="county", division=YANGCHENG, on="2019-01-01"))
        if n <= 17:
            campaign.certify(lab, "2022-01-01")

    met = campaign.books.ratio(as_of=date(2023, 12, 31)).total
    assert (met.percent, met.met) == ("85.0", True)
    campaign.do(c.SuspendCertificate(lab=f"lab-{YANGCHENG}-1", scheme="CMA", reason="飞行检查", on="2023-12-31"))
    missed = campaign.books.ratio(as_of=date(2023, 12, 31)).total
    assert (missed.percent, missed.met) == ("80.0", False)


def test_rule_2_counties_not_dual_certified_by_30_september_lose_their_standing(campaign):
    """「农产品质量安全县(含创建县)」 by 「9月30日」: named 「全部摘牌」, candidates 「取消创建资格」."""
    for code, standing in ((YANGCHENG, "named"), (ZEZHOU, "candidate")):
        campaign.lab(code)
        campaign.enrol(code, standing)

    assert {r["subject"]: r["consequence"] for r in campaign.found("2023-10-01", "gate")} == {
        "county-140522": "delist-county",
        "county-140525": "cancel-candidacy",
    }
    campaign.books.apply_gate("standing", on=date(2023, 10, 8))
    rows = campaign.books.status("county-140522", "county-140525", as_of=date(2023, 10, 8)).rows
    assert [row.programmes[0].standing.value for row in rows] == ["delisted", "candidacy-cancelled"]


def test_rule_3_provincial_candidates_of_batch_5_have_until_the_years_end_without_a_penalty(campaign):
    """「第五批省级农产品质量安全创建县」 by 「年底之前」; the specific rule beats rule 2."""
    campaign.lab(YANGCHENG)
    campaign.enrol(YANGCHENG, "candidate", "provincial", batch=5)

    assert campaign.books.apply_gate("standing", on=date(2023, 10, 8)) == []
    (row,) = campaign.found("2024-01-01", "gate")
    assert (row["gate"], row["due"], row["consequence"]) == ("batch-5", "2023-12-31", None)
    assert campaign.books.apply_gate("batch-5", on=date(2024, 1, 1)) == []


def test_rule_4_each_county_not_yet_passed_has_a_plan_with_measures_handed_in_by_30_april(campaign):
    """「攻坚方案」: 问题短板, 逐项举措, 责任人, 完成时间; 「以县政府名义」; handed in by the city by 4-30."""
    campaign.lab(YANGCHENG)
    campaign.lab(ZEZHOU, dual_from="2022-01-01")
    assert campaign.subjects("2023-05-01", "plan-missing") == ["county-140522"], "a county that passes owes none"

    item = {"problem": "仪器不足", "measure": "购置设备", "responsible": "person-7", "due": "2023-06-30"}
    plan = c.IssuePlan(county="county-140522", issuer="county-government", items=[item], on="2023-04-20")
    campaign.do(plan)
    assert campaign.subjects("2023-05-01", "plan-missing") == []
    assert campaign.found("2023-05-01", "plan-late")[0]["days_left"] == -1

    campaign.do(c.SubmitPlan(county="county-140522", on="2023-05-02"))
    assert campaign.subjects("2023-05-02", "plan-late") == []
    (late,) = campaign.found("2023-07-01", "measure-late")
    assert (late["item"], late["responsible"]["id"], late["days_left"]) == (1, "person-7", -1)
    campaign.do(c.CompleteMeasure(county="county-140522", item=1, on="2023-07-02"))
    assert campaign.found("2023-07-02", "measure-late") == []


def test_rule_4_a_plan_is_issued_in_the_county_governments_name(campaign):
    """「以县政府名义」."""
    campaign.lab(YANGCHENG)
    item = {"problem": "仪器不足", "measure": "购置设备", "responsible": "person-7", "due": "2023-06-30"}
    campaign.do(c.IssuePlan(county="county-140522", issuer="阳城县农业农村局", items=[item], on="2023-04-20"))

    assert campaign.found("2023-04-21", "plan-issuer")[0]["issuer"] == "阳城县农业农村局"


def test_rule_5_every_city_has_a_provincial_lead_and_every_county_not_passed_a_city_lead_and_labs_a_helper(campaign):
    """「省包市」, 「包联干部」, 「机构帮扶」: cities, counties that do not pass, labs that do not."""
    helper = campaign.lab(ZEZHOU, dual_from="2022-01-01")
    lab = campaign.lab(YANGCHENG)

    uncovered = campaign.subjects("2023-05-01", "uncovered")
    assert len(uncovered) == 11 + 1 + 1
    assert {JINCHENG, "county-140522", lab} <= set(uncovered)

    campaign.do(
        c.AssignPairing(kind="province-city", supporter="person-1", target=JINCHENG, on="2023-04-20"),
        c.AssignPairing(kind="city-county", supporter="person-2", target="county-140522", on="2023-04-20"),
        c.AssignPairing(kind="lab-lab", supporter=helper, target=lab, on="2023-04-20"),
    )
    assert not {JINCHENG, "county-140522", lab} & set(campaign.subjects("2023-05-01", "uncovered"))
    assert len(campaign.subjects("2023-05-20", "unvisited")) == 0
    assert len(campaign.subjects("2023-05-21", "unvisited")) == 3, "visits: a default of 30 days, not the notice's"


def test_rule_6_a_citys_score_includes_dual_certification(campaign):
    """「食品安全考核评议」: no points are given in the notice; the weights are the policy's."""
    campaign.lab(ZEZHOU, dual_from="2022-01-01")
    campaign.lab(YANGCHENG)

    rows = {row.division: row for row in campaign.books.score(as_of=date(2023, 4, 20)).rows}
    ratio = rows[JINCHENG].components[0]
    assert (ratio.name, ratio.weight, ratio.part, ratio.whole, str(ratio.exact)) == ("ratio", 60, 1, 2, "30")
    only = policy(score={"ratio": 100, "plans": 0, "cycle": 0, "visits": 0, "summaries": 0})
    best = {row.division: row for row in campaign.books.score(as_of=date(2023, 4, 20), policy=only).rows}
    assert best[JINCHENG].to_dict()["score"] == "50.0"


def test_rule_7_the_cities_progress_is_circulated_in_the_name_of_the_provincial_office(campaign):
    """「以省委农办名义」 to the governments of all levels: recorded, and shown with the campaign."""
    campaign.do(c.IssueBulletin(campaign=ID, month="2023-05", issuer="省委农办", on="2023-06-05"))

    (row,) = campaign.books.status(ID, as_of=date(2023, 6, 5)).rows
    assert [(b.month, b.issuer) for b in row.bulletins] == [("2023-05", "省委农办")]


def test_rule_8_ten_counties_are_examples(campaign):
    """「示范典型」: ten, chosen among those that pass, ranked by the same means as the cities."""
    for code in (ZEZHOU, QINSHUI):
        campaign.lab(code, dual_from="2022-01-01" if code == ZEZHOU else "2021-01-01")
    campaign.lab(YANGCHENG)

    assert campaign.found("2023-11-30", "exemplars-missing")[0]["selected"] == 0
    candidates = campaign.books.score("county", as_of=date(2023, 4, 20)).rows
    assert [row.county for row in candidates] == ["county-140521", "county-140525"], "certified longer, first"
    codes = [d.code for d in campaign.books.view().divisions.within("140000", "county")]
    for code in codes[:10]:
        campaign.lab(code, dual_from="2022-01-01")
        campaign.do(c.SelectExemplar(campaign=ID, county=f"county-{code}", reason="示范", on="2023-12-01"))
    assert campaign.found("2023-12-01", "exemplars-missing") == []
    campaign.lab(codes[10], dual_from="2022-01-01")
    with pytest.raises(QuotaReached):
        campaign.do(c.SelectExemplar(campaign=ID, county=f"county-{codes[10]}", reason="示范", on="2023-12-02"))


def test_rule_9_every_month_every_city_has_a_dispatch_a_consultation_and_a_guidance(campaign):
    """「一月一调度、一月一会商、一月一指导」, from April to December."""
    (april,) = [r for r in campaign.found("2023-04-30", "cycle-missing") if r["subject"] == JINCHENG]
    assert (april["month"], april["due"], april["meetings"]) == ("2023-04", "2023-04-30", list(KINDS))

    for kind in KINDS[:2]:
        campaign.do(c.HoldMeeting(campaign=ID, city=JINCHENG, kind=kind, month="2023-04", on="2023-04-25"))
    (april,) = [
        r for r in campaign.found("2023-05-01", "cycle-missing") if r["month"] == "2023-04" and r["subject"] == JINCHENG
    ]
    assert (april["meetings"], april["days_left"]) == (["guidance"], -1)
    assert len(campaign.found("2023-12-31", "cycle-missing")) == 9 * 11
    assert len(campaign.found("2024-02-01", "cycle-missing")) == 9 * 11


def test_rule_10_every_city_hands_in_summaries_by_30_june_and_1_december(campaign):
    """「攻坚行动总结」 by 6-30 and 12-01."""
    campaign.do(c.SubmitSummary(campaign=ID, city=JINCHENG, milestone="mid-year", on="2023-06-29"))

    rows = campaign.found("2023-07-01", "summary-missing")
    assert {(r["milestone"], r["due"]) for r in rows} == {("mid-year", "2023-06-30"), ("year-end", "2023-12-01")}
    assert [r["milestone"] for r in rows if r["subject"] == JINCHENG] == ["year-end"]
    assert [r["severity"] for r in rows if r["subject"] == "140100"] == ["high", "low"]
    with pytest.raises(UnknownMilestone):
        campaign.do(c.SubmitSummary(campaign=ID, city=JINCHENG, milestone="spring", on="2023-07-01"))


def test_rule_11_difficulties_are_reported_at_any_time_and_get_an_answer(campaign):
    """「难以解决的问题」 are reported at once, and 亮点 in time."""
    campaign.do(
        c.ReportHighlight(campaign=ID, city=JINCHENG, note="一站式帮扶", on="2023-06-12"),
        c.ReportDifficulty(campaign=ID, city=JINCHENG, note="编制不足", on="2023-05-18", item="staff"),
    )
    assert campaign.subjects("2023-05-18", "difficulty-open") == ["staff"]
    assert campaign.subjects("2023-05-17", "difficulty-open") == []

    campaign.do(c.AnswerDifficulty(campaign=ID, item="staff", answer="统筹解决", on="2023-06-02"))
    assert campaign.subjects("2023-06-02", "difficulty-open") == []
    assert campaign.subjects("2023-06-01", "difficulty-open") == ["staff"]
    (row,) = campaign.books.status(ID, as_of=date(2023, 6, 12)).rows
    assert (row.highlights[0].note, row.difficulties[0].answered_on) == ("一站式帮扶", date(2023, 6, 2))


def test_a_county_without_a_designated_lab_is_listed_apart_and_owes_no_plan_and_no_lead(campaign):
    """Rules 4 and 5 cover every county that does not pass; one without a lab neither passes nor fails."""
    apart = campaign.subjects("2023-05-01", "none-designated")

    assert len(apart) == 117
    assert campaign.subjects("2023-05-01", "plan-missing") == []
    assert not any(s.startswith("county-") for s in campaign.subjects("2023-05-01", "uncovered"))
    campaign.lab(LINGCHUAN)
    assert len(campaign.subjects("2023-05-01", "none-designated")) == 116
