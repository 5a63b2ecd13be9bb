"""The books as they were known at one position of the log; every question is asked of such a view."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from attrs import field, frozen

from dualcert.divisions import Divisions
from dualcert.domain.aggregate import Aggregate, S, StreamState
from dualcert.domain.campaign import Campaign, InForce
from dualcert.domain.campaigns import CAMPAIGN
from dualcert.domain.county import COUNTY, County
from dualcert.domain.decider import AGGREGATES
from dualcert.domain.dispatch import DISPATCH, Dispatch
from dualcert.domain.entry import AnyEntry
from dualcert.domain.lab import LAB, Lab
from dualcert.domain.pairing import PAIRING, Pairing
from dualcert.errors import NoCampaign, UnknownLab
from dualcert.policy import Policy
from dualcert.projections.streams import Streams
from dualcert.values.ids import kind_of

States = dict[str, tuple[int, StreamState[Any]]]
"""Stream -> how many of its facts were replayed, and its state after them."""


@frozen
class View:
    """The streams up to `position`, each replayed when it is asked about; `drafts` are facts still to be recorded.

    `known_at` is the instant that the position was asked for by, or that of its newest fact. An
    `assumed` policy is in force on every day, whatever policy the log has: to ask what if.
    """

    streams: Streams
    divisions: Divisions
    position: int
    known_at: datetime | None
    states: States = field(factory=dict, eq=False)
    drafts: Mapping[str, Sequence[AnyEntry]] = field(factory=dict)
    assumed: Policy | None = None

    def entries(self, stream: str) -> Sequence[AnyEntry]:
        """Return the facts of *stream* in order of version; empty if there is no such stream."""
        known = self.streams.known(stream, self.position)
        drafts = self.drafts.get(stream)
        return [*known, *drafts] if drafts else known

    def _state(self, aggregate: Aggregate[S], stream: str) -> S:
        if stream in self.drafts:
            return aggregate.replay(self.entries(stream)).state
        cached = self.states.get(stream)
        if cached is not None and cached[0] == self.streams.count(stream, self.position):
            known: StreamState[S] = cached[1]
            return known.state
        entries = self.entries(stream)
        state = aggregate.replay(entries)
        if entries and (cached is None or cached[0] < len(entries)):  # an import asks about ids that nobody has
            self.states[stream] = (len(entries), state)
        return state.state

    def replay_all(self) -> int:
        """Replay every stream, whatever was replayed before, and return how many there are."""
        known = 0
        for stream in self.streams.by_id:
            entries = self.entries(stream)
            if not entries:
                continue
            known += 1
            aggregate = AGGREGATES.get(kind_of(stream))
            if aggregate is not None:
                self.states[stream] = (len(entries), aggregate.replay(entries))
        return known

    def state(self, stream: str) -> StreamState[Any] | None:
        """Return the state of the recorded facts of *stream*, if it was replayed already."""
        cached = self.states.get(stream)
        known = cached is not None and cached[0] == self.streams.count(stream, self.position)
        return cached[1] if cached and known else None

    def lab(self, lab: str) -> Lab:
        """Return the state of *lab*.

        Raises:
            UnknownLab: no lab of that id is registered.
        """
        found = self.find_lab(lab)
        if found is None:
            raise UnknownLab(lab=lab)
        return found

    def find_lab(self, lab: str) -> Lab | None:
        """Return the state of *lab*, or None if no such lab is registered."""
        found = self._state(LAB, lab)
        return found if found.registered_on else None

    def labs(self) -> Iterator[tuple[str, Lab]]:
        """Yield id and state of every registered lab, in order of id."""
        for stream in self.streams.of_kind("lab"):
            lab = self._state(LAB, stream)
            if lab.registered_on is not None:
                yield stream, lab

    def county(self, county: str) -> County:
        """Return the state of *county*; without facts it is the initial state."""
        return self._state(COUNTY, county)

    def counties(self) -> Iterator[str]:
        """Yield the ids of the counties that have facts, in order."""
        for stream in self.streams.of_kind("county"):
            if self.entries(stream):
                yield stream

    def name_of(self, division: str) -> str:
        """Return the name of a division, or its code if the table does not have it."""
        found = self.divisions.get(division)
        return found.name if found else division

    def pairings(self) -> Iterator[tuple[str, Pairing]]:
        """Yield id and state of every pairing, in order of id."""
        for stream in self.streams.of_kind("pairing"):
            pairing = self._state(PAIRING, stream)
            if pairing.since is not None:
                yield stream, pairing

    def pairing(self, pairing: str) -> Pairing:
        """Return the state of *pairing*; without facts it is the initial state."""
        return self._state(PAIRING, pairing)

    def dispatch(self, dispatch: str) -> Dispatch:
        """Return the state of *dispatch*; without facts it is the initial state."""
        return self._state(DISPATCH, dispatch)

    def dispatches(self) -> Iterator[tuple[str, Dispatch]]:
        """Yield id and state of every dispatch, in order of id."""
        for stream in self.streams.of_kind("dispatch"):
            dispatch = self._state(DISPATCH, stream)
            if dispatch.planned is not None:
                yield stream, dispatch

    def campaign(self, campaign: str) -> Campaign:
        """Return the state of *campaign*; without facts it is the initial state."""
        return self._state(CAMPAIGN, campaign)

    def policy(self, day: date) -> Policy:
        """Return the policy in force on *day*: the last one by then; before the first, the first.

        Raises:
            NoCampaign: no campaign is known, and no policy is assumed.
        """
        return self.assumed or self.in_force(day)[2].policy

    def policy_facts(self, day: date) -> tuple[str, ...]:
        """Return the id of the fact by which the policy of *day* is in force; empty for an assumed policy."""
        if self.assumed:
            return ()
        campaign, _, policy = self.in_force(day)
        return (f"{campaign}@{policy.version}",)

    def in_force(self, day: date) -> tuple[str, Campaign, InForce]:
        """Return the campaign whose policy is in force on *day* with its id, and that policy as recorded.

        Raises:
            NoCampaign: no campaign is known.
        """
        campaigns = ((stream, self._state(CAMPAIGN, stream)) for stream in self.streams.of_kind("campaign"))
        policies = sorted(
            (
                (policy.since, stream, nth, campaign)
                for stream, campaign in campaigns
                for nth, policy in enumerate(campaign.policies)
            ),
            key=lambda each: each[:3],
        )
        if not policies:
            raise NoCampaign(position=self.position)
        by_then = [each for each in policies if each[0] <= day]
        _, stream, nth, campaign = by_then[-1] if by_then else policies[0]
        return stream, campaign, campaign.policies[nth]
