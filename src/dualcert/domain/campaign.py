"""A campaign 攻坚行动: its state, and the facts of its policy, from its opening to its closing.

What happens in a campaign is in `exemplar` and `cycle`; `campaigns` puts the three together.
"""

from __future__ import annotations

from datetime import date

import msgspec
from attrs import frozen
from msgspec.structs import replace

from dualcert import errors
from dualcert.domain.aggregate import Effects, Ranks, Rules, on
from dualcert.domain.entry import AnyEntry, Entry, Name
from dualcert.errors import Refused
from dualcert.policy import Policy
from dualcert.values.terms import Meeting


@frozen
class CampaignOpened:
    """The campaign runs by this policy from this day on."""

    policy: Policy


@frozen
class PolicyAmended:
    """Another policy is in force from this day on."""

    policy: Policy


@frozen
class CampaignClosed:
    """The campaign accepts no more facts; its figures stay."""


class InForce(msgspec.Struct, frozen=True):
    """A policy that is in force from `since` on; `version` is that of its fact."""

    since: date
    version: int
    policy: Policy


class Exemplar(msgspec.Struct, frozen=True, gc=False):
    """An exemplary county, from `since` (inclusive) until `until` (exclusive), or open; `version` is the selection's."""

    county: str
    since: date
    version: int
    until: date | None = None

    def covers(self, day: date) -> bool:
        """Return whether the county is exemplary on *day*."""
        return self.since <= day and (self.until is None or day < self.until)


class MonthlyMeeting(msgspec.Struct, frozen=True, gc=False):
    """A meeting of a city, or of the province, that was held on `on`, for `month` (YYYY-MM); `note` says who held it."""

    on: date
    city: str
    kind: Meeting
    month: str
    note: str | None = None


class CitySummary(msgspec.Struct, frozen=True, gc=False):
    """A summary that a city submitted on `on`."""

    on: date
    city: str
    milestone: str


class Difficulty(msgspec.Struct, frozen=True, gc=False):
    """A difficulty, reported on `since` by the fact `version`; `answered_on` is None while it is open."""

    item: str
    city: str
    note: str
    since: date
    version: int
    answered_on: date | None = None

    def open(self, day: date) -> bool:
        """Return whether it is reported and not answered on *day*."""
        return self.since <= day and (self.answered_on is None or day < self.answered_on)


class Highlight(msgspec.Struct, frozen=True, gc=False):
    """What a city reported on `on` that went well."""

    on: date
    city: str
    note: str


class MonthlyBulletin(msgspec.Struct, frozen=True, gc=False):
    """A bulletin of `month` (YYYY-MM), issued on `on` in the name of `issuer` by the fact `version`.

    Its number, its recipients, and the SHA-256 of the file that went out are there where they were recorded.
    """

    on: date
    month: str
    issuer: str
    version: int
    number: str | None = None
    recipients: tuple[str, ...] = ()
    sha256: str | None = None


class Campaign(msgspec.Struct, frozen=True):
    """The state of a campaign's stream, for every day."""

    policies: tuple[InForce, ...] = ()
    """In the order in which they come into force."""
    opened_on: date | None = None
    closed_on: date | None = None
    exemplars: tuple[Exemplar, ...] = ()
    meetings: tuple[MonthlyMeeting, ...] = ()
    summaries: tuple[CitySummary, ...] = ()
    highlights: tuple[Highlight, ...] = ()
    difficulties: tuple[Difficulty, ...] = ()
    bulletins: tuple[MonthlyBulletin, ...] = ()

    def policy(self, day: date) -> InForce:
        """Return the policy in force on *day*; before the first one, the first."""
        return next((policy for policy in reversed(self.policies) if policy.since <= day), self.policies[0])

    def exemplary(self, day: date) -> tuple[str, ...]:
        """Return the ids of the exemplary counties on *day*, in order of id."""
        return tuple(sorted(e.county for e in self.exemplars if e.covers(day)))


NAMES = {
    "campaign.opened": Name(CampaignOpened),
    "campaign.policy-amended": Name(PolicyAmended),
    "campaign.closed": Name(CampaignClosed),
}
"""Stored name -> fact."""


def _in_force(campaign: Campaign, e: Entry[CampaignOpened | PolicyAmended]) -> Campaign:
    policies = (*campaign.policies, InForce(_in_force_from(e), e.version, e.fact.policy))
    ordered = tuple(sorted(policies, key=lambda policy: policy.since))
    return replace(campaign, policies=ordered, opened_on=campaign.opened_on or e.on)


def _in_force_from(e: Entry[CampaignOpened | PolicyAmended]) -> date:
    """Return the day from which the policy of a fact is in force: never before the fact's own."""
    return max(e.on, e.fact.policy.in_force_from or e.on)


def _closed(campaign: Campaign, e: Entry[CampaignClosed]) -> Campaign:
    return replace(campaign, closed_on=campaign.closed_on or e.on)


EFFECTS: Effects[Campaign] = dict(
    (
        on(CampaignOpened, _in_force),
        on(PolicyAmended, _in_force),
        on(CampaignClosed, _closed),
    )
)


def _not_opened(campaign: Campaign, e: Entry[CampaignOpened]) -> Refused | None:
    if campaign.policies:
        return errors.CampaignAlreadyOpen(campaign=e.stream)
    return _foreign(campaign, e)


def _foreign(campaign: Campaign, e: Entry[CampaignOpened | PolicyAmended]) -> Refused | None:
    """Return the refusal of a policy with another name than the campaign's, or another province than it was opened for."""
    policy = e.fact.policy
    province = campaign.policies[0].policy.province if campaign.policies else policy.province
    if (policy.campaign, policy.province) == (e.stream, province):
        return None
    return errors.PolicyOfAnotherCampaign(campaign=e.stream, policy=policy.name, province=policy.province)


def is_open(campaign: Campaign, e: AnyEntry) -> Refused | None:
    """Return the refusal of a fact before the opening or after the closing of its campaign, else None."""
    if campaign.policies and campaign.closed_on is None:
        return None
    return errors.CampaignNotOpen(campaign=e.stream, on=e.on)


def _differs(campaign: Campaign, e: Entry[PolicyAmended]) -> Refused | None:
    if refusal := is_open(campaign, e):
        return refusal
    if refusal := _foreign(campaign, e):
        return refusal
    same = campaign.policy(_in_force_from(e)).policy == e.fact.policy
    return errors.NothingChanges(stream=e.stream, on=e.on) if same else None


RULES: Rules[Campaign] = dict(
    (
        on(CampaignOpened, _not_opened),
        on(PolicyAmended, _differs),
        on(CampaignClosed, is_open),
    )
)

RANK: Ranks = {CampaignOpened: 0, PolicyAmended: 1, CampaignClosed: 10}
"""The facts of `exemplar` and `cycle` come between an amended policy and a closing of one day."""
