"""Findings: certificates that run out, breaches across streams, and how findings are told."""

from __future__ import annotations

from datetime import date

import pytest

from campaign import YANGCHENG, ZEZHOU, policy
from dualcert.domain import commands as c
from dualcert.errors import NoScore
from dualcert.projections.due import findings
from dualcert.projections.scores import decimal


def granted(lab, scheme, on, until, number="210404090041"):
    return c.GrantCertificate(lab=lab, scheme=scheme, number=number, granted_on=on, valid_until=until)


def test_a_certificate_expires_by_the_calendar_alone(campaign):
    lab = campaign.lab(YANGCHENG)
    campaign.do(granted(lab, "CMA", "2017-09-11", "2023-09-10"))

    (ahead,) = campaign.found("2023-06-01", "expiring")
    assert (ahead["due"], ahead["days_left"], ahead["scheme"], ahead["valid_until"]) == (
        "2023-06-12",
        11,
        "CMA",
        "2023-09-10",
    )
    assert (ahead["severity"], ahead["evidence"]) == ("low", [f"{lab}@2"])
    assert campaign.found("2023-03-13", "expiring") == [], "90 days before it is due: the longest reminder"
    assert campaign.subjects("2023-03-14", "expiring") == [lab]
    assert [(r["days_left"], r["severity"]) for r in campaign.found("2023-09-10", "expiring")] == [(-90, "high")]
    assert campaign.found("2023-09-10", "expired") == []
    assert [r["days_left"] for r in campaign.found("2023-09-11", "expired")] == [-1]


def test_an_older_certificate_is_reminded_of_as_early_as_its_rule_says(campaign):
    """Certificates of three years: 复查 is applied for six months ahead."""
    lab = campaign.lab(YANGCHENG)
    campaign.do(granted(lab, "CMA", "2014-03-01", "2023-09-10"))

    assert [r["due"] for r in campaign.found("2022-12-14", "expiring")] == ["2023-03-14"]
    assert campaign.subjects("2022-12-13", "expiring") == []


def test_an_accepted_application_for_renewal_ends_the_reminders(campaign):
    lab = campaign.lab(YANGCHENG)
    campaign.do(
        granted(lab, "CMA", "2017-09-11", "2023-09-10"),
        c.AcceptApplication(lab=lab, scheme="CMA", route="joint", purpose="renewal", on="2023-06-01"),
    )

    assert campaign.subjects("2023-05-31", "expiring") == [lab]
    assert campaign.subjects("2023-06-01", "expiring") == []
    assert campaign.subjects("2023-09-11", "expired") == []
    campaign.do(c.RefuseApplication(lab=lab, scheme="CMA", reason="材料不全", on="2023-07-01"))
    assert [r["days_left"] for r in campaign.found("2023-07-01", "expiring")] == [-19]
    assert campaign.subjects("2023-09-11", "expired") == [lab]


def test_an_application_to_extend_the_scope_renews_nothing(campaign):
    lab = campaign.lab(YANGCHENG)
    campaign.do(
        granted(lab, "CMA", "2017-09-11", "2023-09-10"),
        c.AcceptApplication(lab=lab, scheme="CMA", route="joint", purpose="scope", on="2023-06-01"),
    )

    assert campaign.subjects("2023-06-02", "expiring") == [lab]


def test_a_renewal_ends_both_findings_from_its_own_day_on(campaign):
    lab = campaign.lab(YANGCHENG)
    campaign.do(
        granted(lab, "CMA", "2017-09-11", "2023-09-10"),
        c.RenewCertificate(lab=lab, scheme="CMA", number="2", granted_on="2023-09-01", valid_until="2029-08-31"),
    )

    assert campaign.subjects("2023-08-31", "expiring") == [lab]
    assert campaign.subjects("2023-09-01", "expiring") == []
    assert campaign.subjects("2023-10-01", "expired") == []


def test_a_cancelled_certificate_does_not_expire(campaign):
    lab = campaign.lab(YANGCHENG)
    campaign.do(
        granted(lab, "CMA", "2017-09-11", "2023-09-10"),
        c.CancelCertificate(lab=lab, scheme="CMA", reason="机构申请", on="2023-08-01"),
    )

    assert campaign.found("2023-09-11", "expired") == []
    assert campaign.found("2023-08-01", "expiring") == []


def test_a_number_at_two_open_labs_is_a_breach_until_one_is_mended(campaign):
    """No rule across streams can refuse it: a finding shows it, brackets and blanks aside."""
    one, other = campaign.lab(YANGCHENG), campaign.lab(ZEZHOU)
    campaign.do(
        granted(one, "CATL", "2021-01-01", "2026-12-31", "[2021]农质检核（晋）字第0041号"),
        granted(other, "CATL", "2021-02-01", "2026-12-31", "〔2021〕农质检核(晋)字第0041号"),
    )

    (row,) = campaign.found("2023-05-01", "number-shared")
    assert (row["labs"], row["severity"], row["evidence"]) == ([one, other], "high", [f"{one}@2", f"{other}@2"])
    assert campaign.found("2021-01-15", "number-shared") == []
    campaign.do(c.CloseLab(lab=other, reason="撤销", on="2023-06-01"))
    assert campaign.found("2023-06-01", "number-shared") == []


def test_whoever_relies_on_a_closed_lab_is_told(campaign):
    helper, lab = campaign.lab(ZEZHOU), campaign.lab(YANGCHENG)
    pairing = c.AssignPairing(kind="lab-lab", supporter=helper, target=lab, on="2023-04-20")
    campaign.do(pairing, c.CloseLab(lab=helper, reason="并入", on="2023-06-01"))

    assert campaign.found("2023-05-31", "lab-gone") == []
    assert {row["subject"]: row["evidence"] for row in campaign.found("2023-06-01", "lab-gone")} == {
        "county-140525": ["county-140525@1", f"{helper}@2"],
        pairing.pairing: [f"{pairing.pairing}@1", f"{helper}@2"],
    }


def test_a_designated_lab_whose_registration_was_retracted_breaks_no_question(campaign):
    """The registration is the lab's own stream's; the county still names it, and a finding says so."""
    lab = campaign.lab(YANGCHENG)
    campaign.do(c.RetractFact(stream=lab, version=1, reason="误录", on="2023-05-01"))

    assert campaign.subjects("2023-05-02", "lab-gone") == ["county-140522"]
    (row,) = campaign.books.status("county-140522", as_of=date(2023, 5, 2)).rows
    assert (row.passes, row.labs) == (None, ())


def test_findings_come_by_urgency_and_within_leaves_out_what_is_far(campaign):
    campaign.lab(YANGCHENG)
    campaign.enrol(YANGCHENG)
    rows = campaign.books.due(as_of=date(2023, 9, 28)).rows

    assert [r.severity.value for r in rows] == sorted(
        (r.severity.value for r in rows), key=["high", "medium", "low"].index
    )
    near = campaign.books.due(as_of=date(2023, 9, 28), within=2).rows
    assert {r.days_left for r in near if r.days_left is not None and r.days_left >= 0} == {2}
    assert len(near) < len(rows)


def test_an_adjusted_pairing_is_an_end_and_a_new_one(campaign):
    campaign.lab(YANGCHENG)
    first = c.AssignPairing(kind="city-county", supporter="person-1", target="county-140522", on="2023-04-20")
    campaign.do(first, c.EndPairing(pairing=first.pairing, reason="调整", on="2023-08-01"))
    assert "county-140522" in campaign.subjects("2023-08-01", "uncovered")

    campaign.do(c.AssignPairing(kind="city-county", supporter="person-2", target="county-140522", on="2023-08-01"))

    assert "county-140522" not in campaign.subjects("2023-08-01", "uncovered")
    rows = campaign.books.status(kind="pairing", as_of=date(2023, 8, 1)).rows
    assert [row.supporter for row in rows] == ["person-2"]
    rows = campaign.books.status(kind="pairing", as_of=date(2023, 7, 31)).rows
    assert [row.supporter for row in rows] == ["person-1"]


def test_what_if_asks_the_same_history_under_another_policy(campaign):
    campaign.lab(YANGCHENG, dual_from="2023-10-20")
    campaign.enrol(YANGCHENG)
    head = campaign.books.catch_up()
    later = policy(gate=[{"name": "standing", "on": "2023-10-31", "applies": [{}]}])

    assert campaign.subjects("2023-11-01", "gate") == ["county-140522"]
    assert campaign.subjects("2023-11-01", "gate", policy=later) == []
    total = campaign.books.ratio(as_of=date(2023, 11, 1), policy=policy(target={"basis": ["city"]})).total
    assert (total.labs, total.percent) == (0, None)
    assert campaign.books.catch_up() == head


def test_another_provinces_campaign_runs_on_the_same_code(campaign):
    """Nothing is Shanxi's only: 江苏, without pairings, plans by another day, an exclusive gate."""
    campaign.do(
        c.RegisterLab(lab="lab-320111-1", name="浦口站", level="county", division="320111", on="2020-01-01"),
        c.DesignateLab(county="county-320111", lab="lab-320111-1", on="2020-01-01"),
        c.EnrolCounty(county="county-320111", programme="national", batch=1, standing="named", on="2020-01-01"),
    )
    campaign.certify("lab-320111-1", "2024-01-15", "2030-01-14", schemes=("CMA",))

    rows = campaign.books.due(as_of=date(2024, 3, 1), policy="jiangsu-2024").to_dict()["rows"]
    assert {r["kind"] for r in rows} == {
        "gate", "plan-missing", "cycle-missing", "summary-missing", "uncovered", "none-designated",
    }  # fmt: skip
    assert [(r["gate"], r["due"]) for r in rows if r["kind"] == "gate"] == [("national", "2024-11-30")]


def test_scores_are_exact_and_equal_ones_share_a_place(campaign):
    campaign.lab(YANGCHENG, dual_from="2022-01-01")
    campaign.lab("140623", dual_from="2022-01-01")
    campaign.lab("140121")
    rows = campaign.books.score(as_of=date(2023, 4, 13)).rows

    scored = {row.division: (row.place, row.to_dict()["score"]) for row in rows[:3]}
    # Of the provincial lead nobody has any, so of 60 and 10 points the first two have 60, the third none.
    assert scored == {"140500": (1, "85.7"), "140600": (1, "85.7"), "140100": (3, "0.0")}


def test_a_city_that_sent_nothing_has_neither_score_nor_place_and_comes_last(campaign):
    """Officer A3: the ten cities without any lab had 70 points and the first place."""
    campaign.lab(YANGCHENG)
    rows = campaign.books.score(as_of=date(2023, 4, 13)).to_dict()["rows"]

    assert [row["division"] for row in rows if row["score"] is not None] == ["140500"]
    assert rows[0]["place"] == 1
    assert {(row["score"], row["place"]) for row in rows[1:]} == {(None, None)}


def test_what_was_not_owed_is_left_out_of_the_score_and_the_others_are_scaled_up(campaign):
    campaign.lab(YANGCHENG, dual_from="2022-01-01")
    campaign.do(c.AssignPairing(kind="province-city", supporter="person-1", target="140500", on="2023-04-13"))
    row = campaign.books.score(as_of=date(2023, 4, 20)).to_dict()["rows"][0]

    assert {part["name"]: part["points"] for part in row["components"]} == {
        "ratio": "60.0", "plans": None, "cycle": None, "visits": "10.0", "summaries": None,
    }  # fmt: skip
    assert row["score"] == "100.0"


def test_points_are_rounded_half_up_only_when_printed():
    from fractions import Fraction

    assert [decimal(Fraction(n, 1000)) for n in (50, 49, 84_950, 84_949, 100_000)] == [
        "0.1", "0.0", "85.0", "84.9", "100.0",
    ]  # fmt: skip


def test_a_policy_without_weights_ranks_nobody(campaign):
    with pytest.raises(NoScore):
        campaign.books.score(policy=policy(score=None))


def test_findings_are_a_pure_function_of_the_view(campaign):
    campaign.lab(YANGCHENG)
    view = campaign.books.view()

    assert findings(view, date(2023, 5, 1)) == findings(view, date(2023, 5, 1))


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("140522站 is not dual-certified and has no helper lab", "uncovered"),
        ("阳城县 does not pass and has no tackling plan, due on 2023-04-30", "plan-missing"),
        ("晋城市: no dispatch, consultation, guidance in 2023-04", "cycle-missing"),
    ],
)
def test_a_finding_says_in_words_what_it_is(campaign, message, kind):
    campaign.lab(YANGCHENG)

    assert message in {row["message"] for row in campaign.found("2023-04-20", kind)}
