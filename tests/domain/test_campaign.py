from __future__ import annotations

from datetime import date

import msgspec
import pytest

from dualcert.domain.campaign import CampaignClosed, PolicyAmended
from dualcert.domain.commands import AmendPolicy, CloseCampaign, OpenCampaign
from dualcert.errors import BadPolicy
from dualcert.policy import load_policy, parse_policy, policy_of
from dualcert.testing import given
from dualcert.values.terms import Scheme

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
        (MINIMAL + "[score]\nratio = 110\nplans = -10", "score.plans"),
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


def test_a_policy_that_is_not_there_names_those_that_ship():
    with pytest.raises(BadPolicy) as refused:
        load_policy("shanxi-2032")

    assert "shanxi-2023" in str(refused.value)
