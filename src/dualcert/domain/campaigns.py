"""The aggregate of campaigns: the facts of the policy, of exemplary counties and of the monthly work."""

from __future__ import annotations

from dualcert import errors
from dualcert.domain import campaign, cycle, exemplar
from dualcert.domain.aggregate import Aggregate, Ranks
from dualcert.domain.campaign import Campaign

NAMES = {**campaign.NAMES, **exemplar.NAMES, **cycle.NAMES}
"""Stored name -> fact."""
EFFECTS = {**campaign.EFFECTS, **exemplar.EFFECTS, **cycle.EFFECTS}
RULES = {**campaign.RULES, **exemplar.RULES, **cycle.RULES}
RANK: Ranks = {**campaign.RANK, **exemplar.RANK, **cycle.RANK}

CAMPAIGN = Aggregate(
    kind="campaign",
    initial=Campaign(),
    effects=EFFECTS,
    rules=RULES,
    rank=RANK,
    missing=lambda stream: errors.UnknownCampaign(campaign=stream),
)
