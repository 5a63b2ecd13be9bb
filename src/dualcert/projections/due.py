"""The findings of a day, and the agenda: what needs somebody's attention, most urgent first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

from attrs import evolve, frozen
from typing_extensions import override

from dualcert.divisions import Divisions
from dualcert.errors import Translate, UnknownDivision
from dualcert.projections import breaches, gates
from dualcert.projections.answers import Table
from dualcert.projections.duties import Duty, duties
from dualcert.projections.duties.cycle import together
from dualcert.projections.finding import Finding, Severity
from dualcert.projections.situation import Situation
from dualcert.projections.view import View

FindingSource = Callable[[Situation], Iterator[Finding]]

OF_CAMPAIGN: tuple[FindingSource, ...] = (gates.contradicted, *breaches.OF_CAMPAIGN)
OF_PROVINCE: tuple[FindingSource, ...] = breaches.OF_PROVINCE
"""The sources of findings that are not duties: pure functions of the situation, listed by the module that has them."""

_URGENCY = {severity: n for n, severity in enumerate(Severity)}


@frozen(repr=False)
class Due(Table[Finding]):
    """The findings, or the agenda, of a day."""

    @override
    def to_dict(self, translate: Translate = str, named: Callable[[str], str] = str) -> dict[str, Any]:
        """Return the table with its messages in the language of *translate*, people and labs as *named* has them."""
        document = Table(self.as_of, self.known_at, self.position, ()).to_dict()
        return {**document, "rows": [row.to_dict(translate, named) for row in self.rows]}

    def inside(self, divisions: Divisions, code: str | None) -> Due:
        """Return the rows that are at home in the division of *code*; all of them without one; raises UnknownDivision."""
        if code is None:
            return self
        if divisions.get(code) is None:
            raise UnknownDivision(field="division", division=code)
        return evolve(self, rows=tuple(row for row in self.rows if divisions.contains(code, row.division)))


def findings(view: View, day: date, within: int | None = None) -> list[Finding]:
    """Return the findings of *day*, most urgent first, of all campaigns that are not closed, or of the one asked about.

    They are the duties that are reported while they are not done, and the facts that contradict each other. A closed campaign
    has but one kind left: decisions that present knowledge no longer supports.

    Args:
        view: the books.
        day: the day.
        within: only findings that are due within so many days, are past, or have no date.

    Raises:
        NoCampaign: no campaign is known, and no policy is assumed.
        UnknownCampaign: the view names a campaign that was not opened.
    """
    situations = Situation.all_open(view, day)
    owed = (each for situation in situations for each in duties(situation) if each.finding and each.pending)
    found = [_as_finding(each) for each in together(owed)]
    judged = situations or [Situation.of(view, day)]
    for situation in judged:
        found += (each for source in OF_CAMPAIGN for each in source(situation))
        found += (each for source in OF_PROVINCE for each in source(situation) if situation.leads)
    known = {each.campaign_id for each in judged}
    for situation in Situation.all_closed(view, day):  # a decision outlasts its campaign
        if situation.campaign_id not in known:
            found += gates.contradicted(situation)
    return _ordered(found, within)


def due(view: View, day: date, within: int | None = None) -> Due:
    """Return the findings of *day* with instant and position; see `findings`."""
    return Due(day, view.known_at, view.position, tuple(findings(view, day, within)))


def agenda(view: View, day: date, within: int | None = None, responsible: str | None = None) -> Due:
    """Return every duty that is still to be done on *day*, most urgent first: those ahead as well as the overdue ones.

    Args:
        view: the books.
        day: the day.
        within: only duties that are due within so many days, are past, or have no date.
        responsible: only those that this person, lab, city or province sees to.

    Raises:
        NoCampaign: no campaign is known, and no policy is assumed.
        UnknownCampaign: the view names a campaign that was not opened.
    """
    owed = (each for situation in Situation.all_open(view, day) for each in duties(situation) if each.pending)
    rows = [_as_finding(each) for each in together(owed) if responsible in {None, each.responsible}]
    return Due(day, view.known_at, view.position, tuple(_ordered(rows, within)))


def _as_finding(duty: Duty) -> Finding:
    """Return the finding that a duty is while it is not done."""
    return Finding(
        kind=duty.finding or duty.kind,
        subject=duty.subject,
        division=duty.home[0],
        name=duty.home[1],
        campaign=duty.campaign,
        severity=duty.severity,
        template=duty.template,
        due=duty.due,
        days_left=duty.days_left,
        duty=duty.kind,
        owed_from=duty.owed_from,
        state=duty.state,
        responsible=duty.responsible,
        evidence=duty.evidence,
        more=duty.more,
    )


def _ordered(found: Iterable[Finding], within: int | None) -> list[Finding]:
    near = (f for f in found if within is None or f.days_left is None or f.days_left <= within)
    return sorted(near, key=_urgency)


def _urgency(finding: Finding) -> tuple[int, bool, int, str, str]:
    """Return by what findings are ordered: severity, then whether standing is lost, then the day."""
    loss = bool(finding.more.get("consequence"))
    return _URGENCY[finding.severity], not loss, finding.days_left or 0, finding.kind, finding.subject
