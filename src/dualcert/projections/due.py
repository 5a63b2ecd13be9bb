"""The findings of a day: everything that needs somebody's attention, most urgent first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from attrs import frozen
from typing_extensions import override

from dualcert.errors import Translate
from dualcert.projections import breaches, coverage, cycles, expiries, gates, plans
from dualcert.projections.answers import Table
from dualcert.projections.finding import Finding, Severity
from dualcert.projections.situation import Situation
from dualcert.projections.view import View

SOURCES: tuple[Callable[[Situation], Iterator[Finding]], ...] = tuple(
    source for topic in (gates, breaches, plans, cycles, coverage, expiries) for source in topic.SOURCES
)
"""The sources of findings, each a pure function of the situation; a topic lists its own."""

_URGENCY = {severity: n for n, severity in enumerate(Severity)}


@frozen
class Due(Table[Finding]):
    """The findings of a day."""

    @override
    def to_dict(self, translate: Translate = str, named: Callable[[str], str] = str) -> dict[str, Any]:
        """Return the table with its messages in the language of *translate*, people and labs as *named* has them."""
        document = Table(self.as_of, self.known_at, self.position, ()).to_dict()
        return {**document, "rows": [row.to_dict(translate, named) for row in self.rows]}


def findings(view: View, day: date, within: int | None = None) -> list[Finding]:
    """Return the findings of *day*, most urgent first.

    Args:
        view: the books.
        day: the day.
        within: only findings that are due within so many days, are past, or have no date.

    Raises:
        NoCampaign: no campaign is known, and no policy is assumed.
    """
    situation = Situation.of(view, day)
    found = [finding for source in SOURCES for finding in source(situation)]
    if within is not None:
        found = [f for f in found if f.days_left is None or f.days_left <= within]
    return sorted(found, key=_urgency)


def _urgency(finding: Finding) -> tuple[int, int, str, str]:
    return _URGENCY[finding.severity], finding.days_left or 0, finding.kind, finding.subject


def due(view: View, day: date, within: int | None = None) -> Due:
    """Return the findings of *day* with instant and position; see `findings`."""
    return Due(day, view.known_at, view.position, tuple(findings(view, day, within)))
