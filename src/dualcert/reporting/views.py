"""Views: what a reporter may ask, on the day and the part of the log that the request is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from attrs import evolve, frozen

from dualcert.divisions import Division
from dualcert.policy import Policy
from dualcert.projections import dispatches, histories, scores
from dualcert.projections.answers import Table
from dualcert.projections.due import Due, due
from dualcert.projections.pairings import PairingStatus, pairing_statuses
from dualcert.projections.ratios import Ratios, Split, ratios
from dualcert.projections.statuses import Kind, Status, status
from dualcert.projections.view import View
from dualcert.values.dates import SHANGHAI, month_ends

BASIS = {
    "zh": "截至 {as_of}，按 {known_at} 所知，日志位置 {position}；统计口径：{counted}机构，目标 {percent}%",
    "en": "as of {as_of}, known at {known_at}, log position {position}; counted: labs of level {counted}; "
    "target {percent} %",
}
LEVELS = {"province": "省级", "city": "市级", "county": "县级"}

Scored = Table[scores.Score]


@frozen
class Views:
    """The books, asked as of `as_of` and as known at `position`; every answer is the same as the registry's.

    Each question takes another `as_of` where that is wanted. Nothing here writes, sends, or reads a clock.
    """

    _view: View
    as_of: date

    @property
    def books(self) -> View:
        """What the host asks the books by; a reporter asks the rest of this class."""
        return self._view

    @property
    def known_at(self) -> datetime | None:
        """The instant as known at which the log is read."""
        return self._view.known_at

    @property
    def position(self) -> int:
        """How much of the log is read."""
        return self._view.position

    def basis(self, language: str = "zh") -> str:
        """Return the line that every document prints: day, instant, position, and what is counted."""
        target = self.policy().target
        known_at = self.known_at.astimezone(SHANGHAI).isoformat(timespec="seconds") if self.known_at else "-"
        levels = [level.value for level in target.basis]
        said = BASIS[language]
        counted = ("、" if language == "zh" else ", ").join(
            LEVELS[level] if language == "zh" else level for level in levels
        )
        return said.format(as_of=self.as_of, known_at=known_at, position=self.position, counted=counted,
                           percent=target.percent)  # fmt: skip

    def policy(self, as_of: date | None = None) -> Policy:
        """Return the policy in force on a day; raises NoCampaign."""
        return self._view.policy(as_of or self.as_of)

    def ratio(
        self, by: Split = "province", *, as_of: date | None = None, explain: bool = False, series: Sequence[date] = ()
    ) -> Ratios:
        """Return the campaign's figures; see `Registry.ratio`."""
        return ratios(self._view, as_of or self.as_of, by, explain=explain, series=series)

    def due(self, *, as_of: date | None = None, within: int | None = None) -> Due:
        """Return what needs attention; see `Registry.due`."""
        return due(self._view, as_of or self.as_of, within)

    def score(self, of: scores.Ranked = "city", *, as_of: date | None = None) -> Scored:
        """Return the cities (or, of "county", the counties that pass) ranked; raises NoScore."""
        return scores.scores(self._view, as_of or self.as_of, of)

    def status(
        self, *ids: str, kind: Kind = "lab", division: str | None = None, as_of: date | None = None
    ) -> Table[Status]:
        """Return where labs, counties, pairings or campaigns stand; see `Registry.status`."""
        return status(self._view, as_of or self.as_of, ids, kind, division)

    def pairings(self, *, as_of: date | None = None) -> Iterator[PairingStatus]:
        """Yield the pairings that are active, in order of id."""
        return pairing_statuses(self._view, as_of or self.as_of)

    def history(self, stream: str) -> tuple[histories.HistoryRow, ...]:
        """Return the facts of one stream, oldest first; raises UnknownStream."""
        return histories.history(self._view, stream)

    def facts(self, *names: str) -> tuple[histories.HistoryRow, ...]:
        """Return the facts of these stored names (`county.delisted`) that stand, in order of position."""
        return histories.named(self._view, frozenset(names))

    def divisions(self, within: str, level: str) -> Iterable[Division]:
        """Return the divisions of *level* in the division of a code, in order of code."""
        return self._view.divisions.within(within, level)

    def division(self, code: str) -> Division | None:
        """Return the division of a code, or None."""
        return self._view.divisions.get(code)

    def city_of(self, code: str) -> str:
        """Return the code of the city that the division of a code lies in, or the code itself."""
        city = self._view.divisions.above(code, "city")
        return city.code if city else code

    def lab_name(self, lab: str) -> str:
        """Return what a lab is called on the day that is asked about, or its id where it is not registered by then."""
        found = self._view.find_lab(lab)
        details = found.details_on(self.as_of) if found else None
        return details.name if details else lab

    def last_planned(self, reporter: str, recipient: str | None = None) -> dispatches.LastPlan | None:
        """Return what a reporter last planned a message about (to one recipient); None where it never did."""
        return dispatches.last_planned(self._view, reporter, recipient)

    def earlier(self, as_of: date, position: int) -> Views:
        """Return the same books as they were known at an earlier position, asked as of another day."""
        position = min(position, self._view.position)
        known_at = self._view.streams.recorded_at(position)
        return Views(evolve(self._view, position=position, known_at=known_at), as_of)

    def month_ends(self, first: date, last: date) -> tuple[date, ...]:
        """Return the last day of each month from that of *first* to that of *last*, cut at *last*."""
        return month_ends(first, last)
