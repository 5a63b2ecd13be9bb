"""A finding: something that needs somebody's attention, with the facts it rests on; and how one is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from typing import Any

from attrs import field, frozen
from typing_extensions import override

from dualcert.errors import Translate
from dualcert.languages import SEPARATOR
from dualcert.policy import Policy
from dualcert.projections.answers import Answer, as_json
from dualcert.projections.situation import Situation
from dualcert.values.terms import FindingKind

CODED = frozenset({"issuer", "expected"})
"""The keys of `more` whose values are codes that are shown as words."""
NAMED = frozenset({"supporter", "responsible", "lab", "labs"})
"""The keys of `more` that are ids of people or labs."""


class Severity(Enum):
    """The urgency of a finding."""

    HIGH = "high"
    """Past its date, or a contradiction."""
    MEDIUM = "medium"
    """Due within the policy's shortest reminder lead, or open without a date."""
    LOW = "low"
    """Due later, or for information."""


@frozen(kw_only=True)
class Finding(Answer):
    """One finding; `due` and `days_left` (negative after the date) are None if it has no date.

    `evidence` are the facts that it rests on; `more` holds the keys that only this kind has. `template` is
    the message in English, filled from all of these.
    """

    kind: FindingKind
    subject: str
    division: str
    name: str
    due: date | None
    days_left: int | None
    severity: Severity
    template: str
    evidence: tuple[str, ...] = ()
    more: Mapping[str, object] = field(factory=dict)

    def message(self, translate: Translate = str, named: Callable[[str], str] = str) -> str:
        """Return the message in the language of *translate*, with ids of people and labs replaced by *named*."""
        more = {key: _named(value, named) if key in NAMED else value for key, value in self.more.items()}
        more |= {key: translate(str(more[key])) for key in CODED & more.keys()}
        values = {**more, "name": self.name, "subject": self.subject, "due": self.due}
        values["days_left"] = self.days_left
        values["days"] = abs(self.days_left or 0)
        return translate(self.template).format(**{key: _worded(value, translate) for key, value in values.items()})

    @override
    def to_dict(self, translate: Translate = str, named: Callable[[str], str] = str) -> dict[str, Any]:
        common = ("kind", "subject", "division", "name", "due", "days_left", "severity")
        document = {name: as_json(getattr(self, name)) for name in common}
        return {
            **document,
            "message": self.message(translate, named),
            "evidence": list(self.evidence),
            **{name: as_json(value) for name, value in self.more.items()},
        }


def _named(value: object, named: Callable[[str], str]) -> object:
    return tuple(named(str(each)) for each in value) if isinstance(value, tuple) else named(str(value))


def _worded(value: object, translate: Translate) -> object:
    """Return *value* as it appears in a sentence, with our own words translated."""
    if isinstance(value, Enum):
        return translate(value.value)
    if isinstance(value, tuple):
        return translate(SEPARATOR).join(str(_worded(each, translate)) for each in value)
    return value


def finding(
    situation: Situation,
    kind: FindingKind,
    subject: str,
    *,
    home: tuple[str, str],
    template: str,
    due: date | None = None,
    severity: Severity | None = None,
    evidence: tuple[str, ...] = (),
    more: Mapping[str, object] | None = None,
) -> Finding:
    """Return a finding of the situation's day.

    Args:
        situation: the situation in which it was found.
        kind: its kind.
        subject: the id of what it is about.
        home: the division's code and the name that it is listed under.
        template: its message in English.
        due: its date, if it has one.
        severity: by default it follows from *due*; a finding without a date is of medium severity.
        evidence: the ids of the facts that it rests on.
        more: the keys that only this kind has.
    """
    days_left = (due - situation.day).days if due else None
    by_date = Severity.MEDIUM if days_left is None else pressing(situation.policy, days_left)
    return Finding(
        kind=kind,
        subject=subject,
        division=home[0],
        name=home[1],
        due=due,
        days_left=days_left,
        severity=severity or by_date,
        template=template,
        evidence=evidence,
        more=more or {},
    )


def pressing(policy: Policy, days_left: int) -> Severity:
    """Return the severity of a date that is *days_left* days ahead, by the policy's reminder leads."""
    if days_left < 0:
        return Severity.HIGH
    leads = policy.reminders.expiring_days if policy.reminders else ()
    return Severity.MEDIUM if days_left <= min(leads, default=0) else Severity.LOW
