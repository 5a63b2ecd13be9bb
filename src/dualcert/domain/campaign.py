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
    """An exemplary county, from `since` (inclusive) until `until` (exclusive), or open."""

    county: str
    since: date
    until: date | None = None

    def covers(self, day: date) -> bool:
        """Return whether the county is exemplary on *day*."""
        return self.since <= day and (self.until is None or day < self.until)


class MonthlyMeeting(msgspec.Struct, frozen=True, gc=False):
    """A meeting of a city that was held on `on`, for `month` (YYYY-MM)."""

    on: date
    city: str
    kind: Meeting
    month: str


class CitySummary(msgspec.Struct, frozen=True, gc=False):
    """A summary that a city submitted on `on`."""

    on: date
    city: str
    milestone: str


class Difficulty(msgspec.Struct, frozen=True, gc=False):
    """A difficulty, reported on `since`; `answered_on` is None while it is open, `version` that of its report."""

    item: str
    city: str
    note: str
    since: date
    version: int
    answered_on: date | None = None

    def open(self, day: date) -> bool:
        """Return whether it is reported and not answered on *day*."""
        return self.since <= day and (self.answered_on is None or day < self.answered_on)


class Campaign(msgspec.Struct, frozen=True):
    """The state of a campaign's stream, for every day."""

    policies: tuple[InForce, ...] = ()
    closed_on: date | None = None
    exemplars: tuple[Exemplar, ...] = ()
    meetings: tuple[MonthlyMeeting, ...] = ()
    summaries: tuple[CitySummary, ...] = ()
    highlights: tuple[tuple[date, str, str], ...] = ()
    """Day, city and note of each."""
    difficulties: tuple[Difficulty, ...] = ()
    bulletins: tuple[tuple[date, str, str], ...] = ()
    """Day, month and issuer of each."""

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
    return replace(campaign, policies=(*campaign.policies, InForce(e.on, e.version, e.fact.policy)))


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
    return errors.CampaignAlreadyOpen(campaign=e.stream) if campaign.policies else None


def is_open(campaign: Campaign, e: AnyEntry) -> Refused | None:
    """Return the refusal of a fact before the opening or after the closing of its campaign, else None."""
    if campaign.policies and campaign.closed_on is None:
        return None
    return errors.CampaignNotOpen(campaign=e.stream, on=e.on)


def _differs(campaign: Campaign, e: Entry[PolicyAmended]) -> Refused | None:
    if refusal := is_open(campaign, e):
        return refusal
    same = campaign.policies[-1].policy == e.fact.policy
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
