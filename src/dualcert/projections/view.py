"""The books as they were known at one position of the log; every question is asked of such a view."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from attrs import evolve, field, frozen

from dualcert.divisions import Divisions
from dualcert.domain.aggregate import Aggregate, S, StreamState
from dualcert.domain.campaign import Campaign
from dualcert.domain.campaigns import CAMPAIGN
from dualcert.domain.county import COUNTY, County
from dualcert.domain.dispatch import DISPATCH, Dispatch
from dualcert.domain.entry import AnyEntry
from dualcert.domain.lab import LAB, Lab
from dualcert.domain.pairing import PAIRING, Pairing
from dualcert.errors import NoCampaign, UnknownCampaign, UnknownLab
from dualcert.policy import Policy, Target
from dualcert.projections.streams import Streams
from dualcert.values.days import Days
from dualcert.values.ids import kind_of
from dualcert.values.terms import Level

if TYPE_CHECKING:
    from dualcert.domain.history import History

States = dict[str, tuple[int, StreamState[Any]]]
"""Stream -> how many of its facts were replayed, and its state after them."""


WITHOUT_CAMPAIGN = Target(percent=100, basis=tuple(Level))
"""By which a certificate counts where no campaign is known: only a valid one does."""


@frozen
class CampaignOnDay:
    """A campaign with the policy in force on a day; `version` is that of the policy's fact, 0 of an assumed policy."""

    campaign: str
    state: Campaign
    policy: Policy
    version: int

    @classmethod
    def of(cls, campaign: str, state: Campaign, day: date) -> CampaignOnDay:
        """Return a campaign that was opened, with its policy of *day*."""
        policy = state.policy(day)
        return cls(campaign, state, policy.policy, policy.version)

    def policy_fact(self) -> tuple[str, ...]:
        """Return the id of the fact by which the policy is in force; empty for an assumed policy."""
        return (f"{self.campaign}@{self.version}",) if self.version else ()

    def closed(self, day: date) -> bool:
        """Return whether the campaign is closed on *day*."""
        return self.state.closed_on is not None and self.state.closed_on <= day


@frozen
class View:
    """The streams up to `position`, each replayed when it is asked about; `drafted` are those with facts still to be recorded.

    `known_at` is the instant that the position was asked for by, or that of its newest fact. An
    `assumed` policy is in force on every day, whatever policy the log has: to ask what if. `asked` is the id of
    the campaign that the questions are about, if one is named.
    """

    streams: Streams
    divisions: Divisions
    position: int
    known_at: datetime | None
    states: States = field(factory=dict, eq=False)
    drafted: Mapping[str, History[Any]] = field(factory=dict)
    assumed: Policy | None = None
    asked: str | None = None
    known_days: dict[object, tuple[Lab, Days]] = field(factory=dict, eq=False, repr=False)
    """What was computed from a lab's state: kept with the state, because it is asked again for every question."""

    kept: dict[type, Any] = field(factory=dict, eq=False, repr=False)
    """What questions keep for the next one, by its class; all views of one log share it."""

    def at(self, position: int, known_at: datetime | None, drafted: Mapping[str, History[Any]] | None = None) -> View:
        """Return the books at another position, or with facts still to be recorded; `attrs.evolve` takes several times as long."""
        facts = self.drafted if drafted is None else drafted
        changed = self.streams, self.divisions, position, known_at, self.states, facts
        return View(*changed, self.assumed, self.asked, self.known_days, self.kept)

    def entries(self, stream: str) -> Sequence[AnyEntry]:
        """Return the facts of *stream* in order of version; empty if there is no such stream."""
        drafted = self.drafted.get(stream)
        return self.streams.known(stream, self.position) if drafted is None else drafted.entries

    def _state(self, aggregate: Aggregate[S], stream: str) -> S:
        """Return the state of *stream*; of a stream of another kind, which somebody named by mistake, it is the initial state."""
        if not stream.startswith(aggregate.kind):
            return aggregate.initial
        drafted: History[S] | None = self.drafted.get(stream)
        if drafted is not None:
            return drafted.replayed.state
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
        from dualcert.domain.decider import AGGREGATES

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

    def history(self, stream: str) -> History[Any]:
        """Return the recorded facts of *stream* with their state; raises UnknownStream where nothing can be decided on it."""
        from dualcert.domain.decider import history_of

        cached = self.states.get(stream)
        known = cached is not None and cached[0] == self.streams.count(stream, self.position)
        return history_of(stream, self.streams.known(stream, self.position), cached[1] if cached and known else None)

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

    def days_of(self, question: object, lab: Lab, compute: Callable[[Lab], Days]) -> Days:
        """Return what *compute* makes of a lab's state, once for each *question* and state."""
        known = self.known_days.get(question)
        if known is None or known[0] is not lab:
            known = self.known_days[question] = (lab, compute(lab))
        return known[1]

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

    def campaigns(self, day: date) -> list[CampaignOnDay]:
        """Return the campaigns that are open or were closed by *day*, those begun last at the end.

        Before the first one was opened, it is the one that was opened first.
        """
        found = ((stream, self._state(CAMPAIGN, stream)) for stream in self.streams.of_kind("campaign"))
        known = sorted((state.opened_on, stream, state) for stream, state in found if state.opened_on is not None)
        chosen = [each for each in known if each[0] <= day] or known[:1]
        return sorted((CampaignOnDay.of(stream, state, day) for _, stream, state in chosen), key=_begun)

    def in_force(self, day: date) -> CampaignOnDay:
        """Return the campaign by which a question about *day* is answered.

        It is the one that the view names; else the one of the assumed policy; else the one whose days cover *day*,
        or that began last before it, or the first.

        Raises:
            NoCampaign: no campaign is known, and no policy is assumed.
            UnknownCampaign: the named campaign was not opened.
        """
        asked = self.asked or (self.assumed and self.assumed.campaign)
        if asked and (state := self.campaign(asked)).policies:
            return self._assuming(CampaignOnDay.of(asked, state, day))
        if self.asked:
            raise UnknownCampaign(campaign=self.asked)
        known = self.campaigns(day)
        if not known:
            if self.assumed is None:
                raise NoCampaign(position=self.position)
            return CampaignOnDay(self.assumed.campaign, Campaign(), self.assumed, 0)
        return self._assuming(covering(known, day))

    def _assuming(self, found: CampaignOnDay) -> CampaignOnDay:
        return evolve(found, policy=self.assumed, version=0) if self.assumed else found

    def policy(self, day: date) -> Policy:
        """Return the policy by which a question about *day* is answered; raises NoCampaign, UnknownCampaign."""
        return self.in_force(day).policy

    def target(self, day: date) -> Target:
        """Return by which switches certificates count on *day*; where no campaign is known, only what is valid does."""
        try:
            return self.policy(day).target
        except NoCampaign:
            return WITHOUT_CAMPAIGN


def covering(campaigns: Sequence[CampaignOnDay], day: date) -> CampaignOnDay:
    """Return the campaign whose days cover *day*, else the one that began last before it, else the first.

    Args:
        campaigns: at least one, those begun last at the end.
        day: the day.
    """
    begun = [each for each in campaigns if each.policy.from_ <= day]
    return ([each for each in begun if day <= each.policy.to] or begun or campaigns[:1])[-1]


def _begun(campaign: CampaignOnDay) -> tuple[date, date, str]:
    return campaign.policy.from_, campaign.state.opened_on or date.max, campaign.campaign
