"""A campaign 攻坚行动: its policy, from its opening to its closing."""

from __future__ import annotations

from datetime import date

import msgspec
from attrs import frozen
from msgspec.structs import replace

from dualcert import errors
from dualcert.domain import commands
from dualcert.domain.entry import AnyEntry
from dualcert.domain.reading import Aggregate
from dualcert.errors import Refused
from dualcert.policy import Policy


@frozen
class CampaignOpened:
    """The campaign runs by this policy from this day on."""

    policy: Policy


@frozen
class PolicyAmended:
    """From this day on another policy is in force."""

    policy: Policy


@frozen
class CampaignClosed:
    """The campaign is over; its figures stay."""


class Campaign(msgspec.Struct, frozen=True):
    """What a campaign's stream says, for every day."""

    policies: tuple[tuple[date, Policy], ...] = ()
    closed_on: date | None = None


def step(campaign: Campaign, entry: AnyEntry) -> tuple[Campaign, Refused | None]:
    """Return the campaign with *entry*, and what is wrong with it, if anything."""
    complaint = _out_of_life(campaign, entry)
    if type(entry.fact) is CampaignClosed:
        return replace(campaign, closed_on=campaign.closed_on or entry.on), complaint
    return replace(campaign, policies=(*campaign.policies, (entry.on, entry.fact.policy))), complaint


def _out_of_life(campaign: Campaign, entry: AnyEntry) -> Refused | None:
    is_open = bool(campaign.policies) and campaign.closed_on is None
    if type(entry.fact) is CampaignOpened:
        return errors.CampaignAlreadyOpen(campaign=entry.stream) if campaign.policies else None
    if not is_open:
        return errors.CampaignNotOpen(campaign=entry.stream, on=entry.on.isoformat())
    if type(entry.fact) is PolicyAmended and campaign.policies[-1][1] == entry.fact.policy:
        return errors.NothingChanges(stream=entry.stream, on=entry.on.isoformat())
    return None


CAMPAIGN = Aggregate(
    kind="campaign",
    initial=Campaign(),
    step=step,
    rank={CampaignOpened: 0, PolicyAmended: 1, CampaignClosed: 2},
    facts={
        commands.OpenCampaign: CampaignOpened,
        commands.AmendPolicy: PolicyAmended,
        commands.CloseCampaign: CampaignClosed,
    },
    begins=frozenset({commands.OpenCampaign}),
    missing=lambda stream: errors.UnknownCampaign(campaign=stream),
)
