"""A finding: something that needs somebody's attention, with the facts it rests on; and how one is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from functools import cache
from string import Formatter
from typing import Any

from attrs import field, frozen
from typing_extensions import override

from dualcert.errors import Translate
from dualcert.languages import SEPARATOR
from dualcert.projections.answers import Answer, as_json
from dualcert.projections.view import CampaignOnDay
from dualcert.values.terms import DutyKind, DutyState, FindingKind

CODED = frozenset({"issuer", "expected"})
"""The keys of `more` whose values are codes that are shown as words."""
NAMED = frozenset({"supporter", "responsible", "lab", "labs"})
"""The keys of `more` that are ids of people or labs."""


class Severity(Enum):
    """The urgency of a finding."""

    HIGH = "high"
    """Overdue, a contradiction, or a loss of standing that is near."""
    MEDIUM = "medium"
    """Due within its reminder, or without a date."""
    LOW = "low"
    """Due later, or for information."""


@frozen(kw_only=True)
class Finding(Answer):
    """One finding; `due` and `days_left` (negative after the date) are None if it has no date.

    `duty`, `owed_from`, `state` and `responsible` are those of the duty that is not done, None where the finding is a
    contradiction. In an agenda, `kind` is that of the duty where it is no finding yet. `evidence` are the facts that it
    rests on; `more` holds the keys that only this kind has. `template` is the message in English, filled from all of these.
    """

    kind: FindingKind | DutyKind
    subject: str
    division: str
    name: str
    campaign: str
    severity: Severity
    template: str
    due: date | None = None
    days_left: int | None = None
    duty: DutyKind | None = None
    owed_from: date | None = None
    state: DutyState | None = None
    responsible: str | None = None
    evidence: tuple[str, ...] = ()
    more: Mapping[str, object] = field(factory=dict)

    def message(self, translate: Translate = str, named: Callable[[str], str] = str) -> str:
        """Return the message in the language of *translate*, with ids of people and labs replaced by *named*."""
        sentence = translate(self.template)
        values = {field: self._in_words(field, translate, named) for field in _fields(sentence)}
        return sentence.format(**values)

    def _in_words(self, field: str, translate: Translate, named: Callable[[str], str]) -> object:
        """Return the value of a *field* of the message as it appears there."""
        match field:
            case "name" | "subject" | "due" | "days_left":
                return getattr(self, field)
            case "days":
                return abs(self.days_left or 0)
        value = self.more[field]
        if field in NAMED:
            return _worded(_named(value, named), translate)
        return translate(str(value)) if field in CODED else _worded(value, translate)

    @override
    def to_dict(self, translate: Translate = str, named: Callable[[str], str] = str) -> dict[str, Any]:
        common = ("kind", "subject", "division", "name", "due", "days_left", "severity")
        of_duty = ("campaign", "duty", "owed_from", "state")
        return {
            **{name: as_json(getattr(self, name)) for name in common},
            "message": self.message(translate, named),
            "evidence": list(self.evidence),
            **{name: as_json(getattr(self, name)) for name in of_duty},
            "responsible": {"id": self.responsible, "name": named(self.responsible)} if self.responsible else None,
            **{name: as_json(value) for name, value in self.more.items()},
        }

    @override
    def to_record(self) -> dict[str, Any]:
        """Return the finding as one flat row, with its message in English; `more` holds the keys of its kind."""
        record = super().to_record()
        del record["template"]
        return {**record, "message": self.message()}


@cache
def _fields(sentence: str) -> tuple[str, ...]:
    """Return the names of the fields of a sentence; there are as many sentences as kinds, in each language."""
    return tuple({name: None for _, name, _, _ in Formatter().parse(sentence) if name})


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
    running: CampaignOnDay,
    kind: FindingKind,
    subject: str,
    *,
    home: tuple[str, str],
    template: str,
    severity: Severity = Severity.HIGH,
    evidence: tuple[str, ...] = (),
    more: Mapping[str, object] | None = None,
) -> Finding:
    """Return a finding that is no duty of anybody: recorded facts that contradict each other, or the policy.

    Args:
        running: the campaign in which it was found.
        kind: its kind.
        subject: the id of what it is about.
        home: the division's code and the name that it is listed under.
        template: its message in English.
        severity: how urgent it is.
        evidence: the ids of the facts that it rests on.
        more: the keys that only this kind has.
    """
    return Finding(
        kind=kind,
        subject=subject,
        division=home[0],
        name=home[1],
        campaign=running.campaign,
        severity=severity,
        template=template,
        evidence=evidence,
        more=more or {},
    )
