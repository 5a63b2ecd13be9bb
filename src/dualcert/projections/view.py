"""The books as they were known at one position of the log: what every question is asked of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from attrs import field, frozen

from dualcert.divisions import Divisions
from dualcert.domain.campaign import CAMPAIGN, Campaign
from dualcert.domain.county import COUNTY, County
from dualcert.domain.entry import AnyEntry
from dualcert.domain.lab import LAB, Lab
from dualcert.domain.reading import Aggregate, Reading, S
from dualcert.errors import NoCampaign, UnknownLab
from dualcert.policy import Policy
from dualcert.projections.streams import Streams
from dualcert.values.ids import division_of

Readings = dict[str, tuple[int, Reading[Any]]]
"""Stream -> how many of its facts were read, and what they say."""


@frozen
class View:
    """The streams up to `position`, read when asked; `drafts` are facts still to be recorded.

    `known_at` is the instant that the position was asked for by, or that of its newest fact.
    """

    streams: Streams
    divisions: Divisions
    position: int
    known_at: datetime | None
    readings: Readings = field(factory=dict, eq=False)
    drafts: Mapping[str, Sequence[AnyEntry]] = field(factory=dict)

    def entries(self, stream: str) -> Sequence[AnyEntry]:
        """Return the facts of *stream* in order of version; none where there is no such stream."""
        known = self.streams.known(stream, self.position)
        drafts = self.drafts.get(stream)
        return [*known, *drafts] if drafts else known

    def _read(self, aggregate: Aggregate[S], stream: str) -> S:
        if stream in self.drafts:
            return aggregate.read(self.entries(stream)).state
        entries = self.entries(stream)
        cached = self.readings.get(stream)
        if cached is not None and cached[0] == len(entries):
            read: Reading[S] = cached[1]
            return read.state
        reading = aggregate.read(entries)
        if cached is None or cached[0] < len(entries):
            self.readings[stream] = (len(entries), reading)
        return reading.state

    def lab(self, lab: str) -> Lab:
        """Return what is known of *lab*; raises UnknownLab."""
        found = self._read(LAB, lab)
        if found.registered_on is None:
            raise UnknownLab(lab=lab)
        return found

    def labs(self) -> Iterator[tuple[str, Lab]]:
        """Yield id and reading of every registered lab, in order of id."""
        for stream in self.streams.of_kind("lab"):
            lab = self._read(LAB, stream)
            if lab.registered_on is not None:
                yield stream, lab

    def county(self, county: str) -> County:
        """Return what is known of *county*; nothing is known of one without facts."""
        return self._read(COUNTY, county)

    def counties(self) -> Iterator[str]:
        """Yield the ids of the counties that have facts, in order."""
        for stream in self.streams.of_kind("county"):
            if self.entries(stream):
                yield stream

    def county_name(self, county: str) -> str:
        """Return the name of a county's division."""
        found = self.divisions.get(division_of(county))
        return found.name if found else division_of(county)

    def policy(self, day: date) -> Policy:
        """Return the policy in force on *day*: the last one by then; before the first, the first.

        Raises NoCampaign where no campaign is known.
        """
        campaigns = ((stream, self._read(CAMPAIGN, stream)) for stream in self.streams.of_kind("campaign"))
        policies = sorted(
            ((on, stream, nth, policy) for stream, read in campaigns for nth, (on, policy) in _numbered(read)),
            key=lambda each: each[:3],
        )
        if not policies:
            raise NoCampaign(position=self.position)
        by_then = [each for each in policies if each[0] <= day]
        return (by_then[-1] if by_then else policies[0])[3]


def _numbered(campaign: Campaign) -> Iterator[tuple[int, tuple[date, Policy]]]:
    return iter(enumerate(campaign.policies))
