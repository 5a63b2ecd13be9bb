"""Campaigns side by side: a year's campaign does not end the year before; policies ahead, stages of targets."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from campaign import ID, YANGCHENG, ZEZHOU, policy
from dualcert.domain import commands as c
from dualcert.errors import UnknownCampaign
from dualcert.policy import policy_of

NEXT = "campaign-shanxi-2024"


def of_2024(**changes):
    """Return next year's policy: 90 %, a gate in September."""
    document = msgspec.to_builtins(policy())
    document |= {"name": "shanxi-2024", "from": "2024-01-01", "to": "2024-12-31", "summary": []}
    document["target"] |= {"percent": 90}
    document["plan"] |= {"due": "2024-04-30"}
    document["gate"] = [
        {"name": "standing", "on": "2024-09-30", "applies": [{}], "consequence": {"named": "delist-county"}}
    ]
    return policy_of({**document, **changes})


@pytest.fixture
def both(campaign):
    """Shanxi's campaign of 2023, not closed, and that of 2024 beside it."""
    campaign.lab(YANGCHENG)
    campaign.enrol(YANGCHENG, "candidate", batch=5)
    campaign.lab(ZEZHOU)
    campaign.enrol(ZEZHOU)
    campaign.do(c.OpenCampaign(campaign=NEXT, policy=of_2024(), on="2024-01-01"))
    return campaign


def gates(books, day, **how):
    return {(row["campaign"], row["gate"], row["subject"]) for row in books.found(day, "gate", **how)}


def test_the_deadlines_of_last_year_stay_until_its_campaign_is_closed(both):
    """A7: the overdue batch-5 was gone exactly when it became overdue."""
    assert gates(both, "2024-01-05") == {
        (ID, "batch-5", "county-140522"),
        (ID, "standing", "county-140525"),
        (NEXT, "standing", "county-140522"),
        (NEXT, "standing", "county-140525"),
    }
    assert {row["month"] for row in both.found("2024-01-05", "cycle-missing")} > {"2023-12", "2024-01"}
    both.do(c.CloseCampaign(campaign=ID, on="2024-01-31"))
    assert {each[0] for each in gates(both, "2024-01-31")} == {NEXT}


def test_a_gate_of_last_year_is_applied_beside_next_years(both):
    (receipt,) = both.books.apply_gate("standing", on=date(2024, 1, 5))

    assert receipt.command.evidence[0] == f"{ID}@1"
    assert (ID, "standing", "county-140525") not in gates(both, "2024-01-05")
    assert both.books.apply_gate("standing", on=date(2024, 1, 5)) == []


@pytest.fixture
def delisted_before(both):
    """Last year's gate delisted Zezhou; this year's of the same name is on 10 February."""
    gate = {"name": "standing", "on": "2024-02-10", "applies": [{}], "consequence": {"named": "delist-county"}}
    both.do(c.AmendPolicy(campaign=NEXT, policy=of_2024(gate=[gate]), on="2024-01-02"))
    both.books.apply_gate("standing", on=date(2023, 10, 8))
    return both


@pytest.mark.parametrize(("on", "judged"), [("2024-02-10", True), ("2024-02-11", False)])
def test_to_this_years_gate_a_decision_of_last_years_is_how_the_county_stood(delisted_before, on, judged):
    """A county that was enrolled again by its last day is judged by it, one that was delisted on it is not."""
    again = c.EnrolCounty(county="county-140525", programme="provincial", batch=6, standing="named", on=on)
    delisted_before.do(again)

    assert ((NEXT, "standing", "county-140525") in gates(delisted_before, "2024-02-12")) is judged
    receipts = delisted_before.books.apply_gate("standing", on=date(2024, 2, 12))
    assert [(each.command.county, each.command.evidence[0]) for each in receipts] == (
        [("county-140525", f"{NEXT}@2")] if judged else []
    )


@pytest.mark.parametrize(("evidence", "of"), [((f"{ID}@1",), ID), ((f"{NEXT}@1",), NEXT), ((), NEXT)])
def test_a_contradicted_decision_is_listed_once_by_its_own_campaign_or_the_one_that_leads(both, evidence, of):
    delisted = c.DelistCounty(
        county="county-140525", programme="provincial", reason="文件", gate="nosuch", evidence=evidence, on="2024-01-02"
    )
    both.do(delisted)

    assert [row["campaign"] for row in both.found("2024-01-05", "decision-contradicted")] == [of]


def test_a_question_takes_a_campaign(both):
    assert {each[0] for each in gates(both, "2024-01-05", campaign=ID)} == {ID}
    assert {each[0] for each in gates(both, "2024-01-05", campaign=NEXT)} == {NEXT}
    assert both.books.ratio(as_of=date(2024, 1, 5), campaign=ID).target_percent == 85
    with pytest.raises(UnknownCampaign):
        both.books.due(as_of=date(2024, 1, 5), campaign="campaign-shanxi-2025")


def test_figures_are_those_of_the_campaign_whose_days_cover_the_day(both):
    def asked(day):
        answer = both.books.ratio(as_of=date.fromisoformat(day))
        return answer.campaign, answer.target_percent

    assert asked("2022-06-01") == asked("2023-12-31") == (ID, 85)
    assert asked("2024-01-01") == asked("2025-06-01") == (NEXT, 90)


def test_what_belongs_to_no_campaign_is_listed_once(both):
    """Visits, renewals and problems are not asked for by each campaign again."""
    rows = both.books.due(as_of=date(2024, 1, 5)).to_dict()["rows"]
    uncovered = [row["subject"] for row in rows if row["kind"] == "uncovered"]
    assert len(uncovered) == len(set(uncovered))
    assert {row["campaign"] for row in rows if row["kind"] == "uncovered"} == {NEXT}


def test_what_if_under_another_policy_reads_the_same_campaigns_facts(both):
    """A7: «no dispatch in 2023-04», although it was held."""
    both.do(c.HoldMeeting(campaign=ID, city="140500", kind="dispatch", month="2023-04", on="2023-04-20"))
    rows = both.found("2024-01-05", "cycle-missing", policy="shanxi-2023")

    (april,) = [row for row in rows if (row["subject"], row["month"]) == ("140500", "2023-04")]
    assert april["meetings"] == ["consultation", "guidance"]
    assert april["campaign"] == ID


def test_a_policy_is_recorded_ahead_of_the_day_from_which_it_is_in_force(campaign):
    ahead = policy(target={"percent": 95}, in_force_from="2023-07-01")
    campaign.do(c.AmendPolicy(campaign=ID, policy=ahead, on="2023-06-01"))

    def percent(day, **known):
        return campaign.books.ratio(as_of=date.fromisoformat(day), **known).target_percent

    assert (percent("2023-06-30"), percent("2023-07-01")) == (85, 95)
    assert percent("2023-07-01", known_at=2) == 85


def test_a_target_has_stages_and_levels(campaign):
    campaign.lab(YANGCHENG, dual_from="2022-01-01")
    stages = policy(target_stage=[
        {"by": "2023-06-30", "percent": 60},
        {"by": "2023-09-30", "percent": 75},
        {"by": "2023-09-30", "percent": 100, "level": "city"},
    ])  # fmt: skip

    def target(day):
        return campaign.books.ratio(as_of=date.fromisoformat(day), policy=stages).target_percent

    assert [target(day) for day in ("2023-06-30", "2023-07-01", "2023-10-01")] == [60, 75, 85]
    assert stages.target_on(date(2023, 7, 1), None) == 75


def test_a_series_has_the_policy_of_each_day_and_rows_add_up(campaign):
    """A13: points were by the policy of as-of, and a closed city lab was in no row."""
    campaign.do(c.RegisterLab(lab="lab-140500-1", name="市站", level="city", division="140500", on="2019-01-01"))
    campaign.lab(YANGCHENG)
    campaign.lab(ZEZHOU)
    campaign.do(
        c.CloseLab(lab="lab-140500-1", reason="x", on="2023-08-01"),
        c.AmendPolicy(campaign=ID, policy=policy(target={"basis": ["county"]}), on="2023-07-01"),
    )
    days = [date(2023, 5, 31), date(2023, 7, 31)]
    answer = campaign.books.ratio("county", as_of=date(2023, 12, 31), series=days)

    assert [point.labs for point in answer.points] == [3, 2]
    assert [sum(row.points[n].labs for row in answer.rows) for n in (0, 1)] == [3, 2]
    for point in answer.points:
        alone = campaign.books.ratio(as_of=point.as_of).total
        assert (point.labs, point.dual, point.percent) == (alone.labs, alone.dual, alone.percent)


def test_the_ratio_says_how_many_labs_are_missing_to_the_target(campaign):
    for n in range(1, 7):
        id_ = campaign.lab(YANGCHENG, nth=n, dual_from="2022-01-01" if n < 6 else None)
    total = campaign.books.ratio(as_of=date(2023, 5, 1)).total

    assert (total.percent, total.met, total.missing) == ("83.3", False, 1)
    campaign.certify(id_, "2023-06-01")
    assert campaign.books.ratio(as_of=date(2023, 6, 1)).total.missing == 0


def test_a_decision_is_of_the_gate_of_its_own_campaign_whatever_campaign_is_in_force_that_day(both):
    both.books.apply_gate("standing", on=date(2024, 1, 5))
    books = both.books.books("2024-02-01")
    (decision,) = books.facts("county.delisted")

    assert books.gate_of(decision).last_day == date(2023, 9, 30)
    assert books.policy(decision.on).gate[0].last_day == date(2024, 9, 30)


def delisted(both, on, **how):
    both.do(c.DelistCounty(county="county-140525", programme="provincial", reason="x", on=on, **how))


def gate_of_the_decision(both):
    books = both.books.books("2024-02-01")
    (decision,) = books.facts("county.delisted")
    found = books.gate_of(decision)
    return found and found.last_day


@pytest.mark.parametrize(
    ("gate", "last_day"),
    [("standing", date(2023, 9, 30)), ("batch-5", date(2023, 12, 31)), ("none-of-the-name", None), (None, None)],
)
def test_a_decision_that_names_no_campaign_is_of_the_gate_in_force(both, gate, last_day):
    delisted(both, "2023-12-01", gate=gate)

    assert gate_of_the_decision(both) == last_day


def test_so_is_a_decision_of_a_campaign_that_was_opened_in_error(both):
    delisted(both, "2024-01-05", gate="standing", evidence=[f"{NEXT}@1"])
    assert gate_of_the_decision(both) == date(2024, 9, 30)

    both.do(c.RetractFact(stream=NEXT, version=1, reason="录入错误", on="2024-01-06"))

    assert gate_of_the_decision(both) == date(2023, 9, 30)


@pytest.mark.parametrize("closed", [(ID,), (ID, NEXT)])
def test_a_decision_that_nothing_supports_any_more_is_found_also_when_its_campaign_is_closed(both, closed):
    """The next campaign neither hides it nor takes it over."""
    both.books.apply_gate("standing", on=date(2024, 1, 5))
    both.do(*(c.CloseCampaign(campaign=each, on="2024-01-31") for each in closed))
    both.certify("lab-140525-1", "2023-09-28")

    assert [(row["campaign"], row["subject"]) for row in both.found("2024-02-01", "decision-contradicted")] == [
        (ID, "county-140525")
    ]
