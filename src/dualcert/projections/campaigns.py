"""Campaigns 攻坚行动: their policy, exemplary counties, meetings, summaries and the like by a day."""

from __future__ import annotations

from datetime import date

from attrs import frozen

from dualcert.errors import UnknownCampaign
from dualcert.projections.answers import Answer
from dualcert.projections.view import View
from dualcert.values.terms import Meeting


@frozen
class MeetingStatus(Answer):
    """A meeting of the cycle; `note` says who held it and what was settled."""

    on: date
    city: str
    kind: Meeting
    month: str
    note: str | None


@frozen
class SummaryStatus(Answer):
    """A summary that was handed in."""

    on: date
    city: str
    milestone: str


@frozen
class HighlightStatus(Answer):
    """Something that went well."""

    on: date
    city: str
    note: str


@frozen
class DifficultyStatus(Answer):
    """A difficulty, and when it got its answer."""

    item: str
    on: date
    city: str
    note: str
    answered_on: date | None


@frozen
class BulletinStatus(Answer):
    """A bulletin that was circulated: its number, its recipients and the SHA-256 of its file, where they were recorded."""

    on: date
    month: str
    issuer: str
    number: str | None
    recipients: tuple[str, ...]
    sha256: str | None


@frozen
class CampaignStatus(Answer):
    """A campaign on one day: its policy, its examples, and everything that happened by then."""

    campaign: str
    policy: str
    title: str
    closed_on: date | None
    exemplars: tuple[str, ...]
    meetings: tuple[MeetingStatus, ...]
    summaries: tuple[SummaryStatus, ...]
    highlights: tuple[HighlightStatus, ...]
    difficulties: tuple[DifficultyStatus, ...]
    bulletins: tuple[BulletinStatus, ...]


def campaign_status(view: View, campaign: str, as_of: date) -> CampaignStatus:
    """Return the status of *campaign* on *as_of*.

    Raises:
        UnknownCampaign: no campaign of that id was opened.
    """
    state = view.campaign(campaign)
    if not state.policies:
        raise UnknownCampaign(campaign=campaign)
    policy = state.policy(as_of).policy
    return CampaignStatus(
        campaign=campaign,
        policy=policy.name,
        title=policy.title,
        closed_on=state.closed_on if state.closed_on and state.closed_on <= as_of else None,
        exemplars=state.exemplary(as_of),
        meetings=tuple(MeetingStatus(m.on, m.city, m.kind, m.month, m.note) for m in state.meetings if m.on <= as_of),
        summaries=tuple(SummaryStatus(s.on, s.city, s.milestone) for s in state.summaries if s.on <= as_of),
        highlights=tuple(HighlightStatus(h.on, h.city, h.note) for h in state.highlights if h.on <= as_of),
        difficulties=tuple(
            DifficultyStatus(d.item, d.since, d.city, d.note, d.answered_on if not d.open(as_of) else None)
            for d in state.difficulties
            if d.since <= as_of
        ),
        bulletins=tuple(
            BulletinStatus(b.on, b.month, b.issuer, b.number, b.recipients, b.sha256)
            for b in state.bulletins
            if b.on <= as_of
        ),
    )
