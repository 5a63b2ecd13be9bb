"""A campaign 攻坚行动: its policy, from its opening to its closing, and what happens in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import msgspec
from attrs import frozen
from msgspec.structs import replace

from dualcert import errors
from dualcert.domain import commands, cycle, exemplar
from dualcert.domain.cycle import Difficulty, Held, Submitted
from dualcert.domain.entry import AnyEntry
from dualcert.domain.exemplar import Exemplar
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


class InForce(msgspec.Struct, frozen=True):
    """A policy from `since` on, by the fact of that version."""

    since: date
    version: int
    policy: Policy


class Campaign(msgspec.Struct, frozen=True):
    """What a campaign's stream says, for every day."""

    policies: tuple[InForce, ...] = ()
    closed_on: date | None = None
    exemplars: tuple[Exemplar, ...] = ()
    meetings: tuple[Held, ...] = ()
    summaries: tuple[Submitted, ...] = ()
    highlights: tuple[tuple[date, str, str], ...] = ()
    """Day, city and note of each."""
    difficulties: tuple[Difficulty, ...] = ()
    bulletins: tuple[tuple[date, str, str], ...] = ()
    """Day, month and issuer of each."""

    def exemplary(self, day: date) -> tuple[str, ...]:
        """Return the ids of the exemplary counties on *day*, in order of id."""
        return tuple(sorted(e.county for e in self.exemplars if e.covers(day)))


Stepped = tuple[Campaign, Refused | None]


def _opened(campaign: Campaign, e: AnyEntry) -> Stepped:
    policies = (*campaign.policies, InForce(e.on, e.version, e.fact.policy))
    complaint = errors.CampaignAlreadyOpen(campaign=e.stream) if campaign.policies else None
    return replace(campaign, policies=policies), complaint


def _amended(campaign: Campaign, e: AnyEntry) -> Stepped:
    same = campaign.policies and campaign.policies[-1].policy == e.fact.policy
    policies = (*campaign.policies, InForce(e.on, e.version, e.fact.policy))
    return replace(campaign, policies=policies), _nothing_changes(e) if same else None


def _closed(campaign: Campaign, e: AnyEntry) -> Stepped:
    return replace(campaign, closed_on=campaign.closed_on or e.on), None


def _selected(campaign: Campaign, e: AnyEntry) -> Stepped:
    county, now = e.fact.county, campaign.exemplary(e.on)
    if county in now:
        return campaign, errors.AlreadyExemplary(campaign=e.stream, county=county)
    limits = campaign.policies[-1].policy.exemplars if campaign.policies else None
    full = limits is not None and len(now) >= limits.quota
    complaint = errors.QuotaReached(campaign=e.stream, quota=limits.quota) if limits and full else None
    return replace(campaign, exemplars=(*campaign.exemplars, Exemplar(county, e.on))), complaint


def _withdrawn(campaign: Campaign, e: AnyEntry) -> Stepped:
    county = e.fact.county
    if county not in campaign.exemplary(e.on):
        return campaign, errors.NotExemplary(campaign=e.stream, county=county, on=e.on.isoformat())
    exemplars = (replace(x, until=e.on) if x.county == county and x.until is None else x for x in campaign.exemplars)
    return replace(campaign, exemplars=tuple(exemplars)), None


def _met(campaign: Campaign, e: AnyEntry) -> Stepped:
    held = Held(e.on, e.fact.city, e.fact.kind, e.fact.month)
    return replace(campaign, meetings=(*campaign.meetings, held)), None


def _summarised(campaign: Campaign, e: AnyEntry) -> Stepped:
    """A summary is one that the policy of the day asks for, and is handed in once."""
    city, milestone = e.fact.city, e.fact.milestone
    known = {s.name for s in campaign.policies[-1].policy.summary} if campaign.policies else set()
    complaint: Refused | None = None
    if milestone not in known:
        complaint = errors.UnknownMilestone(campaign=e.stream, milestone=milestone, known=tuple(sorted(known)))
    elif any((s.city, s.milestone) == (city, milestone) for s in campaign.summaries):
        complaint = _nothing_changes(e)
    return replace(campaign, summaries=(*campaign.summaries, Submitted(e.on, city, milestone))), complaint


def _praised(campaign: Campaign, e: AnyEntry) -> Stepped:
    return replace(campaign, highlights=(*campaign.highlights, (e.on, e.fact.city, e.fact.note))), None


def _asked(campaign: Campaign, e: AnyEntry) -> Stepped:
    if any(d.item == e.fact.item for d in campaign.difficulties):
        return campaign, errors.DifficultyAlreadyReported(campaign=e.stream, item=e.fact.item)
    reported = Difficulty(e.fact.item, e.fact.city, e.fact.note, e.on, e.version)
    return replace(campaign, difficulties=(*campaign.difficulties, reported)), None


def _answered(campaign: Campaign, e: AnyEntry) -> Stepped:
    found = next((d for d in campaign.difficulties if d.item == e.fact.item and d.answered_on is None), None)
    if found is None:
        return campaign, errors.DifficultyNotOpen(campaign=e.stream, item=e.fact.item)
    difficulties = (replace(d, answered_on=e.on) if d is found else d for d in campaign.difficulties)
    return replace(campaign, difficulties=tuple(difficulties)), None


def _circulated(campaign: Campaign, e: AnyEntry) -> Stepped:
    return replace(campaign, bulletins=(*campaign.bulletins, (e.on, e.fact.month, e.fact.issuer))), None


def _nothing_changes(e: AnyEntry) -> Refused:
    return errors.NothingChanges(stream=e.stream, on=e.on.isoformat())


EFFECTS: Mapping[type, Callable[[Campaign, AnyEntry], Stepped]] = {
    CampaignOpened: _opened,
    PolicyAmended: _amended,
    exemplar.ExemplarWithdrawn: _withdrawn,
    exemplar.ExemplarSelected: _selected,
    cycle.MeetingHeld: _met,
    cycle.SummarySubmitted: _summarised,
    cycle.HighlightReported: _praised,
    cycle.DifficultyReported: _asked,
    cycle.DifficultyAnswered: _answered,
    cycle.BulletinIssued: _circulated,
    CampaignClosed: _closed,
}
"""Fact -> what it does and what is wrong with it, in the order of facts of one day."""


def step(campaign: Campaign, entry: AnyEntry) -> Stepped:
    """Return the campaign with *entry*, and what is wrong with it, if anything."""
    stepped, complaint = EFFECTS[type(entry.fact)](campaign, entry)
    is_open = bool(campaign.policies) and campaign.closed_on is None
    if not is_open and type(entry.fact) is not CampaignOpened:
        return stepped, errors.CampaignNotOpen(campaign=entry.stream, on=entry.on.isoformat())
    return stepped, complaint


CAMPAIGN = Aggregate(
    kind="campaign",
    initial=Campaign(),
    step=step,
    rank={fact: n for n, fact in enumerate(EFFECTS)},
    facts={
        commands.OpenCampaign: CampaignOpened,
        commands.AmendPolicy: PolicyAmended,
        commands.CloseCampaign: CampaignClosed,
        commands.SelectExemplar: exemplar.ExemplarSelected,
        commands.WithdrawExemplar: exemplar.ExemplarWithdrawn,
        commands.HoldMeeting: cycle.MeetingHeld,
        commands.SubmitSummary: cycle.SummarySubmitted,
        commands.ReportHighlight: cycle.HighlightReported,
        commands.ReportDifficulty: cycle.DifficultyReported,
        commands.AnswerDifficulty: cycle.DifficultyAnswered,
        commands.IssueBulletin: cycle.BulletinIssued,
    },
    begins=frozenset({commands.OpenCampaign}),
    missing=lambda stream: errors.UnknownCampaign(campaign=stream),
)
