"""Gates: who is judged, by which standing, on which day, as known when."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from campaign import ID, LINGCHUAN, QINSHUI, YANGCHENG, ZEZHOU, policy
from dualcert.domain import commands as c
from dualcert.domain.county import County
from dualcert.domain.programme import Enrolment
from dualcert.errors import GateNotDue, UnknownFact, UnknownGate, UnknownPosition
from dualcert.projections.gates import decided
from dualcert.values.terms import Programme, Standing

APPLIED = date(2023, 10, 8)


def standing(campaign, county, day="2023-12-01", known_at=None):
    rows = campaign.books.status(county, as_of=date.fromisoformat(day), known_at=known_at).rows
    return [p.standing.value for p in rows[0].programmes]


def test_a_county_that_misses_the_gate_is_decided_by_its_standing(campaign):
    for code, standing_ in ((YANGCHENG, "named"), (ZEZHOU, "candidate")):
        campaign.lab(code)
        campaign.enrol(code, standing_)
    campaign.lab(QINSHUI, dual_from="2023-05-01")
    campaign.enrol(QINSHUI)

    receipts = campaign.books.apply_gate("standing", on=APPLIED)

    assert [(type(r.command).__name__, r.command.county) for r in receipts] == [
        ("DelistCounty", "county-140522"),
        ("CancelCandidacy", "county-140525"),
    ]
    assert standing(campaign, "county-140522") == ["delisted"]
    assert standing(campaign, "county-140525") == ["candidacy-cancelled"]
    assert standing(campaign, "county-140521") == ["named"]


def test_a_decision_names_the_facts_and_the_position_that_it_rests_on(campaign):
    campaign.lab(YANGCHENG)
    campaign.certify("lab-140522-1", "2020-01-01", "2023-06-30", schemes=("CMA",))
    campaign.enrol(YANGCHENG)
    head = campaign.books.catch_up()

    (receipt,) = campaign.books.apply_gate("standing", on=APPLIED)

    assert receipt.command.position == head
    assert receipt.command.evidence == (
        "campaign-shanxi-2023@1",
        "county-140522@2",
        "county-140522@1",
        "lab-140522-1@2",
        "lab-140522-1@1",
    )
    facts = {row.fact for id_ in receipt.command.evidence for row in campaign.books.history(id_.partition("@")[0])}
    assert {"lab.certificate-granted", "county.enrolled", "campaign.opened"} <= facts


def test_a_gate_is_applied_twice_and_decides_once(campaign):
    campaign.lab(YANGCHENG)
    campaign.enrol(YANGCHENG)
    campaign.books.apply_gate("standing", on=APPLIED)
    head = campaign.books.catch_up()

    assert campaign.books.apply_gate("standing", on=date(2023, 10, 9)) == []
    assert campaign.books.catch_up() == head


def test_a_dry_run_decides_and_records_nothing(campaign):
    campaign.lab(YANGCHENG)
    campaign.enrol(YANGCHENG)
    head = campaign.books.catch_up()

    assert len(campaign.books.apply_gate("standing", on=APPLIED, dry_run=True)) == 1
    assert campaign.books.catch_up() == head


def test_a_gate_is_not_applied_before_its_date_nor_one_that_is_not_there(campaign):
    with pytest.raises(GateNotDue):
        campaign.books.apply_gate("standing", on=date(2023, 9, 29))
    with pytest.raises(UnknownGate, match="batch-5"):
        campaign.books.apply_gate("spring", on=APPLIED)


def test_the_deadline_day_itself_still_counts_unless_the_gate_is_not_inclusive(campaign):
    campaign.lab(YANGCHENG, dual_from="2023-09-30")
    campaign.enrol(YANGCHENG)
    exclusive = policy(gate=[{"name": "standing", "on": "2023-09-30", "inclusive": False, "applies": [{}]}])

    assert campaign.subjects("2023-10-01", "gate") == []
    assert campaign.subjects("2023-10-01", "gate", policy=exclusive) == ["county-140522"]


def test_a_certificate_that_was_granted_after_the_deadline_came_too_late(campaign):
    campaign.lab(YANGCHENG, dual_from="2023-10-01")
    campaign.enrol(YANGCHENG)

    assert campaign.subjects("2023-10-08", "gate") == ["county-140522"]
    assert campaign.subjects("2023-12-08", "gate") == ["county-140522"]


def test_asked_about_earlier_a_gate_looks_ahead(campaign):
    campaign.lab(YANGCHENG, dual_from="2023-09-01")
    campaign.enrol(YANGCHENG)

    (ahead,) = campaign.found("2023-08-31", "gate")
    assert (ahead["days_left"], ahead["severity"], ahead["gate"]) == (30, "high", "standing")
    assert campaign.found("2023-09-01", "gate") == []
    campaign.lab(ZEZHOU)
    campaign.enrol(ZEZHOU)
    assert [row["severity"] for row in campaign.found("2023-09-25", "gate")] == ["high"]
    assert [row["severity"] for row in campaign.found("2023-10-01", "gate")] == ["high"]


def test_the_specific_gate_beats_the_general(campaign):
    """第五批省级创建县 has until the year's end, the named county of batch 5 has not."""
    for code, standing_, programme in (
        (YANGCHENG, "candidate", "provincial"),
        (ZEZHOU, "named", "provincial"),
        (LINGCHUAN, "candidate", "national"),
    ):
        campaign.lab(code)
        campaign.enrol(code, standing_, programme, batch=5)

    gates = {row["subject"]: row["gate"] for row in campaign.found("2023-10-01", "gate")}
    assert gates == {"county-140522": "batch-5", "county-140525": "standing", "county-140524": "standing"}
    assert [r.command.county for r in campaign.books.apply_gate("standing", on=APPLIED)] == [
        "county-140524",
        "county-140525",
    ]
    assert campaign.books.apply_gate("batch-5", on=date(2024, 1, 2)) == []
    assert campaign.subjects("2024-01-02", "gate") == ["county-140522"]


def test_a_county_without_a_designated_lab_is_shown_and_not_decided(campaign):
    campaign.enrol("140502")

    (row,) = campaign.found("2023-10-01", "gate")

    assert (row["standing_of_lab"], row["consequence"]) == ("none-designated", None)
    assert campaign.books.apply_gate("standing", on=APPLIED) == []


def test_a_standing_that_was_lost_otherwise_is_not_lost_again(campaign):
    campaign.lab(YANGCHENG)
    county = campaign.enrol(YANGCHENG)
    campaign.do(c.DelistCounty(county=county, programme="provincial", reason="其他原因", on="2023-10-02"))

    assert campaign.subjects("2023-10-08", "gate") == []
    assert campaign.books.apply_gate("standing", on=APPLIED) == []


def test_a_candidate_that_was_named_after_the_deadline_gets_a_finding_and_no_decision(campaign):
    campaign.lab(YANGCHENG)
    county = campaign.enrol(YANGCHENG, "candidate")
    campaign.do(c.NameCounty(county=county, programme="provincial", reason="验收", on="2023-10-02"))

    assert [row["consequence"] for row in campaign.found("2023-10-08", "gate")] == [None]
    assert campaign.books.apply_gate("standing", on=APPLIED) == []


def test_a_decision_that_what_is_known_now_contradicts_is_a_finding_until_it_is_mended(campaign):
    lab = campaign.lab(YANGCHENG)
    county = campaign.enrol(YANGCHENG, "candidate")
    campaign.books.apply_gate("standing", on=APPLIED)
    assert campaign.subjects("2023-10-12", "decision-contradicted") == []

    before = campaign.books.catch_up()
    campaign.certify(lab, "2023-09-27")

    (row,) = campaign.found("2023-10-12", "decision-contradicted")
    assert row["evidence"] == [
        "county-140522@3",  # the decision
        "campaign-shanxi-2023@1",  # by this policy
        "county-140522@2",  # about this standing
        "county-140522@1",  # for want of this lab's certificates
        "lab-140522-1@2",
        "lab-140522-1@3",
    ]
    assert campaign.subjects("2023-10-12", "decision-contradicted", known_at=before) == []
    assert standing(campaign, county) == ["candidacy-cancelled"], "nothing undoes a decision by itself"

    decided = campaign.books.catch_up()
    campaign.do(c.RetractFact(stream=county, version=3, reason="证书已颁发", on="2023-10-16"))
    assert campaign.subjects("2023-10-17", "decision-contradicted") == []
    assert standing(campaign, county) == ["candidate"]
    assert standing(campaign, county, known_at=decided) == ["candidacy-cancelled"]
    assert standing(campaign, county, day="2023-10-01", known_at=decided) == ["candidate"]


def test_a_mended_decision_may_be_taken_again_where_it_was_right_after_all(campaign):
    campaign.lab(YANGCHENG)
    county = campaign.enrol(YANGCHENG)
    campaign.books.apply_gate("standing", on=APPLIED)
    campaign.do(c.RetractFact(stream=county, version=3, reason="误", on="2023-10-09"))

    assert campaign.subjects("2023-10-10", "gate") == [county]
    assert len(campaign.books.apply_gate("standing", on=date(2023, 10, 10))) == 1


def test_a_decision_of_the_wrong_programme_is_corrected_in_one_step(campaign):
    campaign.lab(YANGCHENG)
    county = campaign.enrol(YANGCHENG)
    campaign.do(
        c.DelistCounty(county=county, programme="provincial", reason="文件", on="2023-10-08"),
        c.CorrectFact(
            stream=county,
            version=3,
            reason="日期有误",
            on="2023-10-12",
            replacement={
                "do": "delist-county",
                "county": county,
                "programme": "provincial",
                "reason": "文件",
                "on": "2023-10-10",
            },
        ),
    )

    assert [standing(campaign, county, day) for day in ("2023-10-09", "2023-10-10")] == [["named"], ["delisted"]]


def test_evidence_never_blocks_a_retraction(campaign):
    lab = campaign.lab(YANGCHENG)
    campaign.certify(lab, "2020-01-01", "2023-06-30", schemes=("CMA",))
    campaign.enrol(YANGCHENG)
    campaign.books.apply_gate("standing", on=APPLIED)

    assert campaign.books.execute(c.RetractFact(stream=lab, version=2, reason="误录", on="2023-10-09")).recorded


def test_a_decision_under_another_policy_is_contradicted_by_a_later_deadline(campaign):
    """What if: nothing is recorded, and the decision of October does not follow from a gate of December."""
    campaign.lab(YANGCHENG)
    county = campaign.enrol(YANGCHENG)
    campaign.books.apply_gate("standing", on=APPLIED)
    head = campaign.books.catch_up()
    later = policy(gate=[{"name": "standing", "on": "2023-12-31", "applies": [{}]}])

    assert campaign.subjects("2023-10-12", "decision-contradicted", policy=later) == [county]
    assert campaign.books.catch_up() == head


def test_a_county_that_is_decided_gets_no_second_decision_on_an_earlier_day_either(campaign):
    campaign.lab(YANGCHENG)
    campaign.enrol(YANGCHENG)
    assert len(campaign.books.apply_gate("standing", on=APPLIED)) == 1

    assert campaign.books.apply_gate("standing", on=date(2023, 10, 1)) == []


def test_a_standing_that_changed_later_stops_no_decision_about_others(campaign):
    for code in (YANGCHENG, ZEZHOU):
        campaign.lab(code)
        campaign.enrol(code)
    delist = c.DelistCounty(county="county-140522", programme="provincial", reason="另案", on="2023-10-20")
    campaign.do(delist)

    receipts = campaign.books.apply_gate("standing", on=APPLIED)

    assert [receipt.command.county for receipt in receipts] == ["county-140525"]
    assert standing(campaign, "county-140522", "2023-10-19") == ["named"]


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"evidence": ("lab-140522-1@99",)}, UnknownFact),
        ({"evidence": ("lab-140522-9@1",)}, UnknownFact),
        ({"position": 999}, UnknownPosition),
    ],
)
def test_a_decision_rests_on_facts_that_are_there(campaign, wrong, error):
    campaign.lab(YANGCHENG)
    county = campaign.enrol(YANGCHENG)

    with pytest.raises(error):
        campaign.do(c.DelistCounty(county=county, programme="provincial", reason="x", on=APPLIED, **wrong))


def delisted_by(county, on, gate="standing"):
    return c.DelistCounty(county=county, programme="provincial", reason="未通过", gate=gate, on=on)


def test_another_programmes_change_stops_no_decision(campaign):
    campaign.lab(YANGCHENG)
    county = campaign.enrol(YANGCHENG)
    campaign.do(c.EnrolCounty(county=county, programme="national", batch=4, standing="candidate", on="2023-11-01"))

    receipts = campaign.books.apply_gate("standing", on=APPLIED)

    assert [receipt.command.programme.value for receipt in receipts] == ["provincial"]


def test_a_county_that_is_enrolled_again_after_the_gates_decision_gets_no_second_one(campaign):
    campaign.lab(YANGCHENG)
    county = campaign.enrol(YANGCHENG)
    campaign.books.apply_gate("standing", on=APPLIED)
    campaign.do(c.EnrolCounty(county=county, programme="provincial", batch=6, standing="candidate", on="2023-10-20"))

    assert campaign.books.apply_gate("standing", on=date(2023, 10, 20)) == []
    assert campaign.books.apply_gate("standing", on=date(2023, 11, 1)) == []


def test_a_county_that_lost_its_standing_before_the_gate_is_not_judged_by_what_it_gained_after(campaign):
    campaign.lab(YANGCHENG)
    county = campaign.enrol(YANGCHENG)
    campaign.do(delisted_by(county, "2023-06-01"))
    campaign.do(c.EnrolCounty(county=county, programme="provincial", batch=6, standing="candidate", on="2023-10-01"))

    assert campaign.books.apply_gate("standing", on=APPLIED) == []


def test_a_standing_of_the_deadline_day_itself_is_judged(campaign):
    campaign.lab(YANGCHENG)
    campaign.do(
        c.EnrolCounty(county="county-140522", programme="provincial", batch=3, standing="named", on="2023-09-30")
    )

    assert len(campaign.books.apply_gate("standing", on=APPLIED)) == 1


@pytest.mark.parametrize(("on", "contradicted"), [("2023-09-29", True), ("2023-09-30", False), ("2023-10-08", False)])
def test_a_decision_before_the_gates_day_does_not_follow_from_it(campaign, on, contradicted):
    campaign.lab(YANGCHENG)
    county = campaign.enrol(YANGCHENG)
    campaign.do(delisted_by(county, on))

    assert bool(campaign.subjects("2023-10-12", "decision-contradicted")) is contradicted


@pytest.mark.parametrize(("on", "contradicted"), [("2023-09-29", True), ("2023-09-30", False)])
def test_a_decision_on_the_last_day_of_a_gate_that_is_not_inclusive_does_not_follow_from_it(campaign, on, contradicted):
    consequence = {"named": "delist-county"}
    gate = {"name": "standing", "on": "2023-09-30", "inclusive": False, "applies": [{}], "consequence": consequence}
    campaign.do(c.AmendPolicy(campaign=ID, policy=policy(gate=[gate]), on="2023-05-01"))
    campaign.lab(YANGCHENG)
    campaign.do(delisted_by(campaign.enrol(YANGCHENG), on))

    assert bool(campaign.subjects("2023-10-12", "decision-contradicted")) is contradicted


def test_a_certificate_that_came_between_deadline_and_decision_does_not_contradict_it(campaign):
    campaign.lab(YANGCHENG, dual_from="2023-10-01")
    campaign.do(delisted_by(campaign.enrol(YANGCHENG), "2023-10-08"))

    assert campaign.subjects("2023-10-12", "decision-contradicted") == []


def test_a_decision_is_judged_by_the_policy_of_its_own_day(campaign):
    campaign.lab(YANGCHENG)
    campaign.do(delisted_by(campaign.enrol(YANGCHENG), "2023-10-08"))
    later = [{"name": "standing", "on": "2023-12-31", "applies": [{}], "consequence": {"named": "delist-county"}}]
    campaign.do(c.AmendPolicy(campaign=ID, policy=policy(gate=later), on="2023-11-01"))

    assert campaign.subjects("2023-11-02", "decision-contradicted") == []


def test_a_contradiction_shows_from_the_day_of_the_decision_on(campaign):
    campaign.lab(YANGCHENG, dual_from="2022-01-01")
    campaign.do(delisted_by(campaign.enrol(YANGCHENG), "2023-10-08"))

    assert campaign.found("2023-10-07", "decision-contradicted") == []
    (row,) = campaign.found("2023-10-08", "decision-contradicted")
    assert row["gate_title"] == "农产品质量安全县时限"


@pytest.mark.parametrize(("gate", "title"), [("nosuch", "nosuch"), ("batch-5", "第五批创建县时限")])
def test_a_decision_by_a_gate_that_is_none_or_does_not_concern_the_county_is_contradicted(campaign, gate, title):
    campaign.lab(YANGCHENG)
    campaign.do(delisted_by(campaign.enrol(YANGCHENG), "2024-01-10", gate))

    (row,) = campaign.found("2024-01-12", "decision-contradicted")
    assert row["gate_title"] == title


def test_a_gate_decides_only_those_whom_it_concerns_itself(campaign):
    """Both gates have days behind them, and each its own county."""
    whom = {"programme": "provincial", "batch": 5, "standing": "candidate"}
    gates = [
        {"name": "standing", "on": "2023-09-30", "applies": [{}], "except": [whom], "consequence": {"named": "delist-county"}},
        {"name": "batch-5", "on": "2023-09-30", "applies": [whom], "consequence": {"candidate": "cancel-candidacy"}},
    ]  # fmt: skip
    campaign.do(c.AmendPolicy(campaign="campaign-shanxi-2023", policy=policy(gate=gates), on="2023-05-01"))
    campaign.lab(YANGCHENG)
    campaign.lab(ZEZHOU)
    campaign.enrol(YANGCHENG)
    campaign.enrol(ZEZHOU, "candidate", batch=5)

    assert [each.command.county for each in campaign.books.apply_gate("standing", on=APPLIED)] == [
        f"county-{YANGCHENG}"
    ]
    assert [each.command.county for each in campaign.books.apply_gate("batch-5", on=APPLIED)] == [f"county-{ZEZHOU}"]


NAMED = Enrolment(date(2020, 1, 1), Programme.PROVINCIAL, 3, Standing.NAMED, 1)
DELISTED = Enrolment(date(2023, 10, 1), Programme.PROVINCIAL, 3, Standing.DELISTED, 2, "standing", ID)


@pytest.mark.parametrize(
    ("decision", "is_its_own"),
    [
        ({}, True),
        ({"gate": "batch-5"}, False), ({"gate": None}, False),
        ({"campaign": None}, True), ({"campaign": "campaign-shanxi-2024"}, False),
        ({"programme": Programme.NATIONAL}, False),
        ({"since": date(2023, 9, 29)}, False), ({"since": date(2023, 9, 30)}, True),
        ({"since": date(2023, 10, 8)}, True), ({"since": date(2023, 10, 9)}, False),
    ],
)  # fmt: skip
def test_a_gates_own_decision_has_its_name_campaign_and_programme_from_its_last_day_through_the_day(
    decision, is_its_own
):
    county = County(enrolments=(NAMED, replace(DELISTED, **decision)))
    (gate,) = [each for each in policy().gate if each.name == "standing"]

    assert decided(county, ID, gate, Programme.PROVINCIAL, APPLIED) is is_its_own


def enrolled_again(county, on, standing_="named"):
    return c.EnrolCounty(county=county, programme="provincial", batch=6, standing=standing_, on=on)


@pytest.mark.parametrize("standing_", ["candidate", "named"])
def test_a_county_that_is_enrolled_again_after_the_gates_decision_is_no_finding_any_more(campaign, standing_):
    campaign.lab(YANGCHENG)
    county = campaign.enrol(YANGCHENG)
    campaign.books.apply_gate("standing", on=APPLIED)
    campaign.do(enrolled_again(county, "2023-10-20", standing_))

    assert campaign.subjects("2023-10-20", "gate") == campaign.subjects("2023-11-01", "gate") == []
    assert campaign.books.apply_gate("standing", on=date(2023, 11, 1)) == []


def test_a_county_that_had_no_standing_on_the_gates_day_is_not_judged_whomever_the_gate_concerns(campaign):
    campaign.lab(YANGCHENG)
    county = campaign.enrol(YANGCHENG)
    delisted = c.DelistCounty(county=county, programme="provincial", reason="另案", on="2023-09-30")
    campaign.do(delisted, enrolled_again(county, "2023-10-01"))
    everybody = policy(gate=[{"name": "standing", "on": "2023-09-30", "applies": [{}]}])

    assert campaign.subjects("2023-10-08", "gate", policy=everybody) == []
    assert campaign.subjects("2023-09-29", "gate", policy=everybody) == [county]


def test_a_standing_that_changed_on_the_day_itself_stops_no_decision(campaign):
    campaign.lab(YANGCHENG)
    county = campaign.enrol(YANGCHENG)
    delisted = c.DelistCounty(county=county, programme="provincial", reason="另案", on="2023-10-02")
    campaign.do(delisted, enrolled_again(county, "2023-10-08"))

    assert campaign.books.apply_gate("standing", on=date(2023, 10, 7)) == []
    assert len(campaign.books.apply_gate("standing", on=APPLIED)) == 1
