"""The monthly work of a campaign's cities: meetings, summaries, highlights, difficulties, bulletins."""

from __future__ import annotations

from typing import Any

from attrs import frozen
from msgspec.structs import replace

from dualcert import errors
from dualcert.domain.aggregate import Effects, Ranks, Rules, on
from dualcert.domain.campaign import (
    Campaign,
    CitySummary,
    Difficulty,
    Highlight,
    MonthlyBulletin,
    MonthlyMeeting,
    is_open,
)
from dualcert.domain.entry import Entry, Name
from dualcert.errors import Refused
from dualcert.values.terms import Meeting


@frozen
class MeetingHeld:
    """调度, 会商 or 指导 of a city was held, for a month (YYYY-MM)."""

    city: str
    kind: Meeting
    month: str
    note: str | None = None


@frozen
class SummarySubmitted:
    """攻坚行动总结: the city submitted the summary that the policy calls *milestone*."""

    city: str
    milestone: str


@frozen
class HighlightReported:
    """亮点: a city reported what went well."""

    city: str
    note: str


@frozen
class DifficultyReported:
    """难以解决的问题: a city reported what it cannot solve by itself; `item` is its id within the campaign."""

    city: str
    note: str
    item: str


@frozen
class DifficultyAnswered:
    """A difficulty was answered."""

    item: str
    answer: str


@frozen
class BulletinIssued:
    """通报: a bulletin of the cities' progress in a month (YYYY-MM) was issued in the name of *issuer*.

    `number` is the paper's 发文字号, `recipients` to whom it went, `sha256` the hash of the file that went out.
    """

    month: str
    issuer: str
    number: str | None = None
    recipients: tuple[str, ...] | None = None
    sha256: str | None = None


def _unchanged(data: dict[str, Any]) -> dict[str, Any]:
    """Return a bulletin of the first version, which does not say what went out."""
    return data


NAMES = {
    "campaign.meeting-held": Name(MeetingHeld),
    "campaign.summary-submitted": Name(SummarySubmitted),
    "campaign.highlight-reported": Name(HighlightReported),
    "campaign.difficulty-reported": Name(DifficultyReported),
    "campaign.difficulty-answered": Name(DifficultyAnswered),
    "campaign.bulletin-issued": Name(BulletinIssued, (_unchanged,), added=("number", "recipients", "sha256")),
}
"""Stored name -> fact."""


def _meeting_held(campaign: Campaign, e: Entry[MeetingHeld]) -> Campaign:
    held = MonthlyMeeting(e.on, e.fact.city, e.fact.kind, e.fact.month, e.fact.note)
    return replace(campaign, meetings=(*campaign.meetings, held))


def _summary_submitted(campaign: Campaign, e: Entry[SummarySubmitted]) -> Campaign:
    submitted = CitySummary(e.on, e.fact.city, e.fact.milestone)
    return replace(campaign, summaries=(*campaign.summaries, submitted))


def _highlight_reported(campaign: Campaign, e: Entry[HighlightReported]) -> Campaign:
    return replace(campaign, highlights=(*campaign.highlights, Highlight(e.on, e.fact.city, e.fact.note)))


def _difficulty_reported(campaign: Campaign, e: Entry[DifficultyReported]) -> Campaign:
    if any(d.item == e.fact.item for d in campaign.difficulties):
        return campaign
    reported = Difficulty(e.fact.item, e.fact.city, e.fact.note, e.on, e.version)
    return replace(campaign, difficulties=(*campaign.difficulties, reported))


def _difficulty_answered(campaign: Campaign, e: Entry[DifficultyAnswered]) -> Campaign:
    found = _unanswered(campaign, e.fact.item)
    difficulties = (replace(d, answered_on=e.on) if d is found else d for d in campaign.difficulties)
    return replace(campaign, difficulties=tuple(difficulties))


def _unanswered(campaign: Campaign, item: str) -> Difficulty | None:
    return next((d for d in campaign.difficulties if d.item == item and d.answered_on is None), None)


def _bulletin_issued(campaign: Campaign, e: Entry[BulletinIssued]) -> Campaign:
    fact = e.fact
    issued = MonthlyBulletin(e.on, fact.month, fact.issuer, e.version, fact.number, fact.recipients or (), fact.sha256)
    return replace(campaign, bulletins=(*campaign.bulletins, issued))


EFFECTS: Effects[Campaign] = dict(
    (
        on(MeetingHeld, _meeting_held),
        on(SummarySubmitted, _summary_submitted),
        on(HighlightReported, _highlight_reported),
        on(DifficultyReported, _difficulty_reported),
        on(DifficultyAnswered, _difficulty_answered),
        on(BulletinIssued, _bulletin_issued),
    )
)


def _is_due(campaign: Campaign, e: Entry[SummarySubmitted]) -> Refused | None:
    """The policy of the day asks for the summary, and the city has not submitted it."""
    if refusal := is_open(campaign, e):
        return refusal
    city, milestone = e.fact.city, e.fact.milestone
    known = {s.name for s in campaign.policy(e.on).policy.summary}
    if milestone not in known:
        return errors.UnknownMilestone(campaign=e.stream, milestone=milestone, known=tuple(sorted(known)))
    submitted = any((s.city, s.milestone) == (city, milestone) for s in campaign.summaries)
    return errors.NothingChanges(stream=e.stream, on=e.on) if submitted else None


def _is_new(campaign: Campaign, e: Entry[DifficultyReported]) -> Refused | None:
    if refusal := is_open(campaign, e):
        return refusal
    item = e.fact.item
    known = any(d.item == item for d in campaign.difficulties)
    return errors.DifficultyAlreadyReported(campaign=e.stream, item=item) if known else None


def _is_unanswered(campaign: Campaign, e: Entry[DifficultyAnswered]) -> Refused | None:
    if refusal := is_open(campaign, e):
        return refusal
    item = e.fact.item
    return None if _unanswered(campaign, item) else errors.DifficultyNotOpen(campaign=e.stream, item=item)


RULES: Rules[Campaign] = dict(
    (
        on(MeetingHeld, is_open),
        on(SummarySubmitted, _is_due),
        on(HighlightReported, is_open),
        on(DifficultyReported, _is_new),
        on(DifficultyAnswered, _is_unanswered),
        on(BulletinIssued, is_open),
    )
)

RANK: Ranks = {
    MeetingHeld: 4,
    SummarySubmitted: 5,
    HighlightReported: 6,
    DifficultyReported: 7,
    DifficultyAnswered: 8,
    BulletinIssued: 9,
}
