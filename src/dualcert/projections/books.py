"""The books of one day and one position of the log: every question is a method, for everybody who asks.

Services get them from `Registry.books`, reporters with their request, the shell asks the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, overload

from attrs import evolve, field, frozen

from dualcert.errors import N_, BadValue, shown
from dualcert.projections.answers import Table, asked_day, check_within
from dualcert.projections.view import View
from dualcert.values.dates import SHANGHAI, Day, month_ends

if TYPE_CHECKING:  # a question imports what it needs: see docs/adr/0059
    from dualcert.divisions import Division
    from dualcert.policy import Gate, Policy
    from dualcert.projections.both_clocks import FigureSteps
    from dualcert.projections.campaigns import CampaignStatus
    from dualcert.projections.certificates import LabStatus
    from dualcert.projections.counties import CountyStatus
    from dualcert.projections.dispatches import DispatchStatus, LastPlan
    from dualcert.projections.due import Due
    from dualcert.projections.histories import HistoryRow
    from dualcert.projections.pairings import PairingStatus
    from dualcert.projections.plan_figures import PlanFigures
    from dualcert.projections.ratios import Ratios, Split
    from dualcert.projections.risks import Risk
    from dualcert.projections.scores import Ranked, Score
    from dualcert.projections.statuses import Status, StatusKind
    from dualcert.values.terms import DispatchState

BASIS = {
    "zh": "截至 {as_of}，按 {known_at} 所知，日志位置 {position}；统计口径：{counted}机构，目标 {percent}%",
    "en": "as of {as_of}, known at {known_at}, log position {position}; counted: labs of level {counted}; "
    "target {percent} %",
}
LEVELS = {"province": "省级", "city": "市级", "county": "县级"}


@frozen
class Books:
    """The books as of a day, as known at a position of the log, under the policies in force or an assumed one.

    Each question takes another `as_of` where that is wanted. Answers are frozen values with `to_dict()`. Nothing
    here writes, sends, or reads a clock. Questions about a campaign raise NoCampaign where none is known.
    """

    view: View
    """The folded log that is asked."""
    as_of: date = field(converter=asked_day)
    """The day that is asked about."""

    @property
    def known_at(self) -> datetime | None:
        """The instant up to which the log is read: facts recorded later are not known."""
        return self.view.known_at

    @property
    def position(self) -> int:
        """How much of the log is read."""
        return self.view.position

    def _day(self, as_of: Day | None) -> date:
        return self.as_of if as_of is None else asked_day(as_of)

    def basis(self, language: str = "zh") -> str:
        """Return the line that every document prints: day, instant, position, and what is counted."""
        target = self.policy().target
        known_at = self.known_at.astimezone(SHANGHAI).isoformat(timespec="seconds") if self.known_at else "-"
        levels = [level.value for level in target.basis]
        counted = ("、" if language == "zh" else ", ").join(
            LEVELS[level] if language == "zh" else level for level in levels
        )
        return BASIS[language].format(as_of=self.as_of, known_at=known_at, position=self.position, counted=counted,
                                      percent=target.percent)  # fmt: skip

    def policy(self, as_of: Day | None = None) -> Policy:
        """Return the policy in force on a day; raises NoCampaign."""
        return self.view.policy(self._day(as_of))

    def ratio(
        self, by: Split = "province", *, as_of: Day | None = None, explain: bool = False, series: Sequence[Day] = ()
    ) -> Ratios:
        """Return the campaign's figures.

        Args:
            by: province, city, county, or level.
            as_of: another day than that of these books.
            explain: name the labs that are lacking a certificate.
            series: days on which the figures are wanted as well, in order.

        Raises:
            NoCampaign: no campaign is known, and no policy is assumed.
            BadValue: *by* is no such word.
        """
        from dualcert.projections.ratios import ratios

        days = [asked_day(day, "series") for day in series]
        return ratios(self.view, self._day(as_of), by, explain=explain, series=days)

    @overload
    def status(
        self, *, kind: Literal["lab"] | None = None, division: str | None = None, as_of: Day | None = None
    ) -> Table[LabStatus]: ...

    @overload
    def status(
        self, *ids: str, kind: Literal["lab"], division: str | None = None, as_of: Day | None = None
    ) -> Table[LabStatus]: ...

    @overload
    def status(
        self, *ids: str, kind: Literal["county"], division: str | None = None, as_of: Day | None = None
    ) -> Table[CountyStatus]: ...

    @overload
    def status(
        self, *ids: str, kind: Literal["pairing"], division: str | None = None, as_of: Day | None = None
    ) -> Table[PairingStatus]: ...

    @overload
    def status(
        self, *ids: str, kind: Literal["campaign"], division: str | None = None, as_of: Day | None = None
    ) -> Table[CampaignStatus]: ...

    @overload
    def status(
        self, *ids: str, kind: StatusKind | None = None, division: str | None = None, as_of: Day | None = None
    ) -> Table[Status]: ...

    def status(
        self, *ids: str, kind: StatusKind | None = None, division: str | None = None, as_of: Day | None = None
    ) -> Table[Any]:
        """Return the status of labs, counties, pairings or campaigns, by id; without ids that of all of *kind*.

        Without *kind*, ids may be of any kind, and without ids either it is that of all labs. Type checkers know the rows of
        each kind. Raises UnknownLab, BeforeRegistration, UnknownDivision, UnknownPairing, UnknownCampaign, NoCampaign, BadId (an id is of another kind); see
        `dualcert.projections.statuses`.
        """
        from dualcert.projections.statuses import status

        return status(self.view, self._day(as_of), ids, kind, division)

    def due(
        self,
        *,
        as_of: Day | None = None,
        within: int | None = None,
        kind: str | None = None,
        division: str | None = None,
    ) -> Due:
        """Return what needs attention, most urgent first, in all campaigns that are not closed, or in the one asked about.

        Args:
            as_of: another day than that of these books.
            within: only what is due within so many days, is overdue, or has no date.
            kind: only findings of this kind.
            division: only what is at home in the division of this code.

        Raises:
            NoCampaign: no campaign is known, and no policy is assumed.
            UnknownDivision: *division* is in no table.
            BadValue: *within* is no number of days from zero, or *kind* is not the kind of a finding.
        """
        from dualcert.projections.due import due
        from dualcert.values.terms import FindingKind

        check_within(within)
        if kind is not None and kind not in {each.value for each in FindingKind}:
            raise BadValue(field="kind", value=shown(kind), expected=N_("the kind of a finding"))
        found = due(self.view, self._day(as_of), within).inside(self.view.divisions, division)
        return found if kind is None else evolve(found, rows=tuple(row for row in found.rows if row.kind == kind))

    def agenda(
        self,
        *,
        as_of: Day | None = None,
        within: int | None = None,
        responsible: str | None = None,
        division: str | None = None,
    ) -> Due:
        """Return every duty that is still to be done, ahead as well as overdue, most urgent first.

        Args:
            as_of: another day than that of these books.
            within: only what is due within so many days, is overdue, or has no date.
            responsible: only what this person, lab, city or province sees to: an id, or a division's code.
            division: only what is at home in the division of this code.

        Raises:
            NoCampaign: no campaign is known, and no policy is assumed.
            UnknownDivision: *division* is in no table.
            BadValue: *within* is no number of days from zero.
        """
        from dualcert.projections.due import agenda

        check_within(within)
        return agenda(self.view, self._day(as_of), within, responsible).inside(self.view.divisions, division)

    def gates(self, *, as_of: Day | None = None) -> tuple[Gate, ...]:
        """Return the gates of all campaigns that are not closed, in order of their last day; `risk` answers about each.

        Raises:
            NoCampaign: no campaign is known, and no policy is assumed.
        """
        from dualcert.projections.situation import Situation

        situations = Situation.all_open(self.view, self._day(as_of))
        return tuple(sorted((gate for each in situations for gate in each.policy.gate), key=lambda gate: gate.last_day))

    def gate_of(self, decision: HistoryRow) -> Gate | None:
        """Return the gate by which a county lost its standing: that of its own campaign, by the policy on the day of the decision.

        None where that policy has no gate of the name, and for a fact that no gate decided. Raises NoCampaign.
        """
        from dualcert.projections.gates import gate_of

        return gate_of(self.view, decision.data, decision.on) if getattr(decision.data, "gate", None) else None

    def risk(self, gate: str, *, as_of: Day | None = None) -> Table[Risk]:
        """Return the counties that a gate concerns and that do not pass, those for which most is still possible first.

        Raises:
            UnknownGate: no campaign that is open has a gate of that name.
            NoCampaign: no campaign is known, and no policy is assumed.
        """
        from dualcert.projections.risks import risks

        return risks(self.view, self._day(as_of), gate)

    def plans(self, *, as_of: Day | None = None) -> Table[PlanFigures]:
        """Return the tackling plans by city: owed, handed in, carried out; raises NoCampaign, UnknownCampaign."""
        from dualcert.projections.plan_figures import plan_figures

        return plan_figures(self.view, self._day(as_of))

    def campaigns(self, *, as_of: Day | None = None) -> tuple[CampaignStatus, ...]:
        """Return the campaigns that were opened by the day, those begun last at the end."""
        from dualcert.projections.campaigns import campaign_status

        day = self._day(as_of)
        return tuple(campaign_status(self.view, each.campaign, day) for each in self.view.campaigns(day))

    def score(self, of: Ranked = "city", *, as_of: Day | None = None) -> Table[Score]:
        """Return the cities (or, of "county", the counties that pass) ranked by the policy's weights; raises NoScore."""
        from dualcert.projections import scores

        return scores.scores(self.view, self._day(as_of), of)

    def pairings(self, *, as_of: Day | None = None) -> Iterator[PairingStatus]:
        """Yield the pairings that are active, in order of id."""
        from dualcert.projections.pairings import pairing_statuses

        return pairing_statuses(self.view, self._day(as_of))

    def history(self, stream: str) -> tuple[HistoryRow, ...]:
        """Return the facts of one stream, oldest first; raises UnknownStream."""
        from dualcert.projections import histories

        return histories.history(self.view, stream)

    def facts(self, *names: str) -> tuple[HistoryRow, ...]:
        """Return the effective facts of these stored names (`county.delisted`), in order of position.

        Raises BadValue if no fact has such a name, so that a slip is not taken for a log without such facts.
        """
        from dualcert.domain.names import NAMES
        from dualcert.projections import histories

        for name in set(names) - NAMES.keys():
            raise BadValue(field="fact", value=shown(name), expected=N_("the stored name of a fact"))
        return histories.facts_named(self.view, frozenset(names))

    def dispatches(self, states: frozenset[DispatchState] | None = None) -> Iterator[DispatchStatus]:
        """Yield the dispatches, or those in one of *states*, in the order in which they were planned."""
        from dualcert.projections.dispatches import dispatch_statuses

        return dispatch_statuses(self.view, states)

    def last_planned(self, reporter: str, recipient: str | None = None) -> LastPlan | None:
        """Return what a reporter last planned a message about (to one recipient); None where it never did."""
        from dualcert.projections.dispatches import last_planned

        return last_planned(self.view, reporter, recipient)

    def divisions(self, within: str, level: str) -> Iterable[Division]:
        """Return the divisions of *level* in the division of a code, in order of code.

        Cities are the units that report to the province, counties the county-level units; see `dualcert.divisions`.
        """
        table = self.view.divisions
        return {"city": table.units, "county": table.counties}.get(level, partial(table.within, level=level))(within)

    def division(self, code: str) -> Division | None:
        """Return the division of a code, or None."""
        return self.view.divisions.get(code)

    def city_of(self, code: str) -> str:
        """Return the code of the unit that reports to the province for the division of a code, or the code itself."""
        city = self.view.divisions.reporting_unit(code)
        return city.code if city else code

    def lab_name(self, lab: str) -> str:
        """Return what a lab is called on the day that is asked about, or its id where it is not registered by then."""
        found = self.view.find_lab(lab)
        details = found.details_on(self.as_of) if found else None
        return details.name if details else lab

    def earlier(self, as_of: Day, position: int) -> Books:
        """Return the same books as they were known at an earlier position, asked as of another day."""
        position = min(position, self.view.position)
        known_at = self.view.streams.recorded_at(position)
        return Books(evolve(self.view, position=position, known_at=known_at), as_of)

    def change_days(self, first: Day, last: Day, by: Split = "province") -> tuple[date, ...]:
        """Return *first* and every later day until *last* on which a figure changes, for a series; raises NoCampaign."""
        from dualcert.projections.ratios import change_days

        return change_days(self.view, asked_day(first, "first"), asked_day(last, "last"), by)

    def month_ends(self, first: Day, last: Day) -> tuple[date, ...]:
        """Return the last day of each month from that of *first* to that of *last*, cut at *last*."""
        return month_ends(asked_day(first, "first"), asked_day(last, "last"))

    def figure_steps(self, first: Day, last: Day) -> FigureSteps:
        """Return the steps that sum to the figures of every day from *first* to *last*, as known at the end of every day.

        The last day is that of these books at most: facts that became true later are left out.

        The sum, for a unit, of `labs`, `cma`, `catl` and `dual` of the `rows` with `on` up to a day, `known_on` up to a
        day, and `rules` as of the last of the answer's `rules` by then, is what `ratio` answers, known at that day.
        """
        from dualcert.projections.both_clocks import figure_steps

        return figure_steps(self.view, self.as_of, asked_day(first, "first"), asked_day(last, "last"))
