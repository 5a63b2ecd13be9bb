"""What a campaign asks of its cities again and again: meetings, summaries, highlights, difficulties, bulletins."""

from __future__ import annotations

from datetime import date

import msgspec
from attrs import frozen

from dualcert.values.terms import Meeting


@frozen
class MeetingHeld:
    """调度, 会商 or 指导 of a city, for a month (YYYY-MM)."""

    city: str
    kind: Meeting
    month: str
    note: str | None = None


@frozen
class SummarySubmitted:
    """攻坚行动总结: the city handed in the summary that the policy calls *milestone*."""

    city: str
    milestone: str


@frozen
class HighlightReported:
    """亮点: what went well in a city."""

    city: str
    note: str


@frozen
class DifficultyReported:
    """难以解决的问题: what a city cannot solve by itself; `item` is its id within the campaign."""

    city: str
    note: str
    item: str


@frozen
class DifficultyAnswered:
    """The answer that a difficulty got."""

    item: str
    answer: str


@frozen
class BulletinIssued:
    """通报: the cities' progress of a month (YYYY-MM) was circulated, in the name of *issuer*."""

    month: str
    issuer: str


class Held(msgspec.Struct, frozen=True, gc=False):
    """A meeting that was held on `on`."""

    on: date
    city: str
    kind: Meeting
    month: str


class Submitted(msgspec.Struct, frozen=True, gc=False):
    """A summary that was handed in on `on`."""

    on: date
    city: str
    milestone: str


class Difficulty(msgspec.Struct, frozen=True, gc=False):
    """A difficulty, and since when it is answered; `version` is that of its report."""

    item: str
    city: str
    note: str
    since: date
    version: int
    answered_on: date | None = None

    def open(self, day: date) -> bool:
        """Return whether on *day* it is reported and has no answer."""
        return self.since <= day and (self.answered_on is None or day < self.answered_on)
