from __future__ import annotations

from datetime import date

import msgspec
import pytest
from attrs import evolve

from dualcert.domain import commands as c
from dualcert.domain.campaign import CampaignClosed, PolicyAmended
from dualcert.domain.commands import AmendPolicy, CloseCampaign, OpenCampaign
from dualcert.domain.cycle import DifficultyAnswered, DifficultyReported, MeetingHeld, SummarySubmitted
from dualcert.domain.exemplar import ExemplarSelected, ExemplarWithdrawn
from dualcert.errors import BadPolicy, BadValue, DualcertError
from dualcert.policy import load_policy, parse_policy, policy_of
from dualcert.testing import given
from dualcert.values.terms import Level, Scheme

CAMPAIGN = "campaign-shanxi-2023"
POLICY = load_policy("shanxi-2023")


def amended(percent):
    document = msgspec.to_builtins(POLICY)
    document["target"]["percent"] = percent
    return policy_of(document)


def opened():
    return OpenCampaign(campaign=CAMPAIGN, policy=POLICY, on="2023-04-13")


def test_a_campaign_is_opened_once():
    given(opened()).when(opened()).then_unchanged()
    other = OpenCampaign(campaign=CAMPAIGN, policy=amended(90), on="2023-04-13")
    given(opened()).when(other).then_refused("campaign-already-open")


def test_a_policy_is_amended_from_a_day_on():
    scenario = given(opened())

    scenario.when(AmendPolicy(campaign=CAMPAIGN, policy=amended(90), on="2023-09-01")).then(PolicyAmended)

    assert [each.policy.target.percent for each in scenario.state.policies] == [85, 90]
    scenario.when(AmendPolicy(campaign=CAMPAIGN, policy=amended(90), on="2023-10-01")).then_refused("nothing-changes")


def test_a_closed_campaign_takes_no_amendment():
    scenario = given(opened()).when(CloseCampaign(campaign=CAMPAIGN, on="2023-12-31")).then(CampaignClosed)

    scenario.when(AmendPolicy(campaign=CAMPAIGN, policy=amended(90), on="2024-01-01")).then_refused("campaign-not-open")
    given().when(AmendPolicy(campaign=CAMPAIGN, policy=POLICY, on="2023-05-01")).then_refused("unknown-campaign")


def test_the_shipped_policy_carries_the_notices_values():
    """Notice of 2023-04-13: 85 %, gates on 30 September and 31 December, plans by 30 April, ten exemplars."""
    assert POLICY.target.percent == 85
    assert [(g.name, g.on) for g in POLICY.gate] == [
        ("standing", date(2023, 9, 30)),
        ("batch-5", date(2023, 12, 31)),
    ]
    assert POLICY.plan.due == date(2023, 4, 30)
    assert POLICY.exemplars.quota == 10
    assert [s.due for s in POLICY.summary] == [date(2023, 6, 30), date(2023, 12, 1)]


def test_years_of_a_certificate_follow_the_rule_of_its_day():
    assert POLICY.years_of(Scheme.CMA, date(2015, 7, 31)) == (3,)
    assert POLICY.years_of(Scheme.CMA, date(2015, 8, 1)) == (6,)
    assert POLICY.years_of(Scheme.CATL, date(2020, 1, 1)) == (3, 6)


MINIMAL = """
name = "x"
title = "t"
province = "140000"
from = 2023-01-01
to = 2023-12-31
[target]
percent = 85
basis = ["city"]
"""


def test_only_the_top_keys_and_the_target_are_required():
    assert parse_policy(MINIMAL).gate == ()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (MINIMAL.replace("percent = 85", "percent = 0"), "target.percent"),
        (MINIMAL.replace("percent = 85", "percent = 101"), "target.percent"),
        (MINIMAL.replace("percent = 85", "percent = 84.5"), "target.percent"),
        (MINIMAL + "colour = 1", "target"),
        ("colour = 1" + MINIMAL, "top"),
        (MINIMAL + '[[gate]]\nname = "g"\napplies = []', "gate[0]"),
        (MINIMAL + "[score]\nratio = 60", "score"),
        (MINIMAL + "[score]\nratio = 100\nplans = -10", "score.plans"),
        (MINIMAL + "[exemplars]\nquota = 0", "exemplars.quota"),
        (MINIMAL + "[pairing]\nvisit_every_days = 0", "pairing.visit_every_days"),
        (MINIMAL.replace("140000", "140500"), "province"),
        (MINIMAL.replace("2023-12-31", "2022-12-31"), "to"),
        (MINIMAL.replace('"city"', '"town"'), "target.basis[0]"),
        (MINIMAL.replace('["city"]', "[]"), "target.basis"),
        (MINIMAL + '[[summary]]\nname = "s"\ndue = 2023-06-30\n' * 2, "summary"),
        ("name = ", "file"),
    ],
)
def test_an_impossible_policy_is_refused_with_the_place(text, place):
    with pytest.raises(BadPolicy) as refused:
        parse_policy(text)

    assert refused.value.place == place


def test_a_campaign_keeps_the_name_and_the_province_of_its_policy():
    """A policy of another campaign would make its cities foreign, even for what happened before."""
    other, moved = load_policy("jiangsu-2024"), policy_of(msgspec.to_builtins(POLICY) | {"province": "320000"})

    for policy in (other, moved):
        amendment = AmendPolicy(campaign=CAMPAIGN, policy=policy, on="2023-09-01")
        given(opened()).when(amendment).then_refused("policy-of-another-campaign")
    given().when(OpenCampaign(campaign="campaign-x", policy=POLICY, on="2023-04-13")).then_refused(
        "policy-of-another-campaign"
    )


def test_a_policy_that_is_not_there_names_those_that_ship():
    with pytest.raises(BadPolicy) as refused:
        load_policy("shanxi-2032")

    assert "shanxi-2023" in str(refused.value)


# --- what happens in a campaign ----------------------------------------------------------------------


def selected(county, on="2023-06-01"):
    return c.SelectExemplar(campaign=CAMPAIGN, county=county, reason="示范典型", on=on)


def withdrawn(county, on="2023-07-01"):
    return c.WithdrawExemplar(campaign=CAMPAIGN, county=county, reason="证书过期", on=on)


TEN = [f"county-1405{n}" for n in range(21, 31)]


def test_no_more_counties_are_examples_than_the_quota():
    full = given(opened(), *map(selected, TEN))

    full.when(selected("county-140581")).then_refused("quota-reached")
    full.when(withdrawn(TEN[0])).then(ExemplarWithdrawn)
    full.when(selected("county-140581", "2023-07-01")).then(ExemplarSelected)
    full.when(selected("county-140582", "2023-06-15")).then_refused("quota-reached")
    assert len(full.state.exemplary(date(2023, 7, 1))) == 10


def test_a_late_choice_must_leave_the_quota_to_those_of_later_days():
    given(opened(), *(selected(county, "2023-08-01") for county in TEN)).when(selected("county-140581")).then_refused(
        "contradicts-later-fact"
    )


def test_a_county_is_an_example_once_and_only_examples_are_withdrawn():
    given(opened(), selected(TEN[0])).when(selected(TEN[0], "2023-06-02")).then_refused("already-exemplary")
    given(opened()).when(withdrawn(TEN[0])).then_refused("not-exemplary")


def met(on="2023-05-28", month="2023-05", kind="dispatch"):
    return c.HoldMeeting(campaign=CAMPAIGN, city="140500", kind=kind, month=month, on=on)


def test_a_meeting_is_held_for_a_month_that_has_begun():
    scenario = given(opened()).when(met()).then(MeetingHeld).when(met("2023-06-02")).then(MeetingHeld)

    assert [(m.on, m.month) for m in scenario.state.meetings] == [
        (date(2023, 5, 28), "2023-05"),
        (date(2023, 6, 2), "2023-05"),
    ]
    for wrong in ({"month": "2023-06"}, {"month": "2023-13"}, {"month": "5月"}, {"kind": "party"}):
        with pytest.raises(BadValue):
            met(**wrong)


def summarised(milestone="mid-year", on="2023-06-28"):
    return c.SubmitSummary(campaign=CAMPAIGN, city="140500", milestone=milestone, on=on)


def test_a_summary_is_one_that_the_policy_asks_for_and_is_handed_in_once():
    given(opened()).when(summarised()).then(SummarySubmitted)
    given(opened()).when(summarised("spring")).then_refused("unknown-milestone")
    given(opened(), summarised()).when(summarised(on="2023-06-29")).then_refused("nothing-changes")


def test_a_difficulty_is_reported_and_answered():
    reported = c.ReportDifficulty(campaign=CAMPAIGN, city="140500", note="编制不足", on="2023-05-18")
    scenario = given(opened()).when(reported).then(DifficultyReported)
    answered = c.AnswerDifficulty(campaign=CAMPAIGN, item=reported.item, answer="统筹解决", on="2023-06-02")

    scenario.when(answered).then(DifficultyAnswered)

    difficulty = scenario.state.difficulties[0]
    assert [difficulty.open(day) for day in (date(2023, 5, 17), date(2023, 5, 18), date(2023, 6, 2))] == [
        False,
        True,
        False,
    ]
    scenario.when(evolve(answered, on=date(2023, 6, 3))).then_refused("difficulty-not-open")
    scenario.when(evolve(reported, on=date(2023, 6, 3))).then_refused("difficulty-already-reported")


SENT = {"number": "晋农办发〔2023〕9号", "recipients": ("各市人民政府",), "sha256": "0" * 64}


def test_highlights_and_bulletins_are_kept():
    state = given(
        opened(),
        c.ReportHighlight(campaign=CAMPAIGN, city="140500", note="一站式帮扶", on="2023-06-12"),
        c.IssueBulletin(campaign=CAMPAIGN, month="2023-05", issuer="省委农办", on="2023-06-05"),
        c.IssueBulletin(campaign=CAMPAIGN, month="2023-06", issuer="省委农办", on="2023-07-05", **SENT),
    ).state

    assert [(h.on, h.city, h.note) for h in state.highlights] == [(date(2023, 6, 12), "140500", "一站式帮扶")]
    assert [(b.on, b.month, b.issuer) for b in state.bulletins] == [
        (date(2023, 6, 5), "2023-05", "省委农办"),
        (date(2023, 7, 5), "2023-06", "省委农办"),
    ]
    assert [(b.number, b.recipients, b.sha256) for b in state.bulletins] == [(None, (), None), tuple(SENT.values())]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [("sha256", "abc", "bad-id"), ("recipients", "各市", "bad-value"), ("number", "", "bad-text")],
)
def test_what_went_out_is_well_formed(field, value, code):
    with pytest.raises(DualcertError) as refused:
        c.IssueBulletin(
            campaign=CAMPAIGN, month="2023-06", issuer="省委农办", on="2023-07-05", **{**SENT, field: value}
        )

    assert refused.value.code == code


def test_a_closed_campaign_takes_nothing_more():
    given(opened(), CloseCampaign(campaign=CAMPAIGN, on="2023-12-31")).when(
        summarised("year-end", "2024-01-02")
    ).then_refused("campaign-not-open")


@pytest.mark.parametrize(
    ("gate", "place"),
    [
        ("on = 2023-09-30\napplies = []", "gate[0].applies"),
        ("on = 2023-09-30\napplies = [{ standing = 'delisted' }]", "gate[0].applies[0].standing"),
        ("on = 2023-09-30\napplies = [{}]\nconsequence = { named = 'cancel-candidacy' }", "gate[0].consequence"),
        ("on = 2023-09-30\napplies = [{ colour = 1 }]", "gate[0].applies[0]"),
        ("applies = [{}]", "gate[0]"),
        ("on = '30 September'\napplies = [{}]", "gate[0].on"),
    ],
)
def test_an_impossible_gate_is_refused_with_the_place(gate, place):
    with pytest.raises(BadPolicy) as refused:
        parse_policy(f'{MINIMAL}[[gate]]\nname = "g"\n{gate}')

    assert refused.value.place == place


def test_a_policy_of_another_province_ships_too():
    """Nothing is Shanxi's only: other levels, another way to pass, an exclusive gate, no pairings."""
    other = load_policy("jiangsu-2024")

    assert (other.province, other.target.basis, other.target.county_passes) == ("320000", (Level.COUNTY,), "any")
    assert other.gate[0].last_day == date(2024, 11, 30)
    assert [month for month, _ in other.months][:1] + [month for month, _ in other.months][-1:] == [
        "2024-03",
        "2025-02",
    ]
    assert other.months[-1][1] == date(2025, 2, 28)
    assert (other.pairing, other.exemplars) == (None, None)
