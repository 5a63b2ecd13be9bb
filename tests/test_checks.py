"""What is checked across streams, and what is remarked upon."""

from __future__ import annotations

import pytest

from campaign import YANGCHENG, policy
from dualcert.domain import commands as c


def applied(campaign, lab, on, route="sequential", scheme="CATL"):
    """Return the codes of what is remarked upon an application."""
    command = c.AcceptApplication(lab=lab, scheme=scheme, route=route, purpose="first", on=on)
    return [remark.code for remark in campaign.books.execute(command).remarks]


def test_by_the_sequential_route_catl_is_applied_for_once_cma_is_held_and_the_lab_has_worked_three_months(campaign):
    """A warning, not a refusal: domain.md, terms."""
    lab = campaign.lab(YANGCHENG)  # registered in 2010
    assert applied(campaign, lab, "2010-03-31") == ["without-cma", "too-young"]
    campaign.certify(lab, "2010-04-01", schemes=("CMA",))
    assert applied(campaign, lab, "2010-04-01") == []


@pytest.mark.parametrize(("route", "scheme"), [("joint", "CATL"), ("sequential", "CMA")])
def test_the_joint_route_and_cma_itself_ask_for_nothing_before(campaign, route, scheme):
    assert applied(campaign, campaign.lab(YANGCHENG), "2010-01-02", route, scheme) == []


def test_a_policy_that_says_nothing_of_months_asks_for_none(campaign):
    lab = "lab-140522-1"
    campaign.do(c.RegisterLab(lab=lab, name="站", level="county", division=YANGCHENG, on="2023-05-01"))
    campaign.certify(lab, "2023-05-02", schemes=("CMA",))
    assert applied(campaign, lab, "2023-06-01") == ["too-young"]

    campaign.do(c.AmendPolicy(campaign="campaign-shanxi-2023", policy=policy(sequential=None), on="2023-06-02"))
    assert applied(campaign, lab, "2023-06-03") == []
