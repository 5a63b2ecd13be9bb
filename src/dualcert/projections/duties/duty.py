"""A duty: something that the notice asks somebody to do, from which day, until when, and what became of it by a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from attrs import field, frozen

from dualcert.projections.finding import Severity
from dualcert.values.terms import DutyKind, DutyState, FindingKind


@frozen(kw_only=True)
class Duty:
    """A duty as it is on `day`; `due` is None where the policy sets no date.

    `subject` owes it, `responsible` (the id of a person or lab, or the code of a city or the province) sees to it.
    `done_on` is the day on which it was fulfilled by `day`, None where it was not. `lapsed` says that its ground is gone.
    `finding` is the kind of finding under which it is reported while it is not done, None where it is not reported yet.
    `template` is the sentence about it while it is not done, in English. `pressing` says how many days ahead it is of
    medium severity, `alarm` how many days ahead of high severity, where a loss of standing follows. `home` is the
    division's code and the name that it is listed under, `evidence` the facts that it rests on.
    """

    kind: DutyKind
    campaign: str
    day: date
    subject: str
    home: tuple[str, str]
    responsible: str | None
    owed_from: date
    due: date | None
    done_on: date | None = None
    lapsed: bool = False
    pressing: int
    alarm: int | None = None
    finding: FindingKind | None
    template: str
    evidence: tuple[str, ...] = ()
    more: Mapping[str, object] = field(factory=dict)

    @property
    def state(self) -> DutyState:
        """Where the duty is on its day."""
        if self.done_on is not None:
            return DutyState.DONE_LATE if self.due and self.done_on > self.due else DutyState.DONE_IN_TIME
        if self.lapsed:
            return DutyState.LAPSED
        if self.day < self.owed_from:
            return DutyState.NOT_YET_OWED
        return DutyState.OVERDUE if self.due and self.day > self.due else DutyState.OPEN

    @property
    def pending(self) -> bool:
        """Whether it is still to be done: owed, and neither done nor lapsed."""
        return self.state in {DutyState.OPEN, DutyState.OVERDUE}

    @property
    def days_left(self) -> int | None:
        """Days until it is due; negative after it; None if it has no date."""
        return (self.due - self.day).days if self.due else None

    @property
    def severity(self) -> Severity:
        """How urgent the duty is."""
        return severity(self.days_left, self.pressing, self.alarm)


def severity(days_left: int | None, pressing: int, alarm: int | None = None) -> Severity:
    """Return how urgent a duty is.

    Args:
        days_left: days until it is due, negative after it, None without a date.
        pressing: how many days ahead it is of medium severity.
        alarm: how many days ahead it is of high severity, where a loss of standing follows.
    """
    if days_left is None:
        return Severity.MEDIUM
    if days_left < 0 or (alarm is not None and days_left <= alarm):
        return Severity.HIGH
    return Severity.MEDIUM if days_left <= pressing else Severity.LOW
