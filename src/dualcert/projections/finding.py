"""A finding: something that needs somebody's attention, with what makes it so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from typing import Any

from attrs import field, frozen
from typing_extensions import override

from dualcert.errors import N_, Translate
from dualcert.policy import Policy
from dualcert.projections.answers import Answer, plain

CODED = frozenset({"issuer", "expected"})
"""The keys of `more` that are codes, said as words."""
NAMED = frozenset({"supporter", "responsible", "lab", "labs"})
"""The keys of `more` that are ids of people or labs."""
SEPARATOR = N_(", ")
"""What stands between the members of a list."""


class Severity(Enum):
    """How much a finding presses."""

    HIGH = "high"
    """Past its date, or contradicting what stands."""
    MEDIUM = "medium"
    """Due within the policy's shortest reminder lead, or open without a date."""
    LOW = "low"
    """Due later, or worth knowing."""


@frozen(kw_only=True)
class Finding(Answer):
    """One finding; `due` and `days_left` (negative once it is past) are None where there is no date.

    `evidence` are the facts that make it so; `more` holds the keys that only this kind has. `template` is
    the message in English, filled from all of these.
    """

    kind: str
    subject: str
    division: str
    name: str
    due: date | None
    days_left: int | None
    severity: Severity
    template: str
    evidence: tuple[str, ...] = ()
    more: Mapping[str, Any] = field(factory=dict)

    def message(self, translate: Translate = str, named: Callable[[str], str] = str) -> str:
        """Return what it says in the language of *translate*, with what *named* makes of ids of people and labs."""
        more = {key: _named(value, named) if key in NAMED else value for key, value in self.more.items()}
        more |= {key: translate(more[key]) for key in CODED & more.keys()}
        values = {**more, "name": self.name, "subject": self.subject, "due": self.due}
        values["days_left"] = self.days_left
        values["days"] = abs(self.days_left or 0)
        return translate(self.template).format(**{key: _told(value, translate) for key, value in values.items()})

    @override
    def to_dict(self, translate: Translate = str, named: Callable[[str], str] = str) -> dict[str, Any]:
        said = ("kind", "subject", "division", "name", "due", "days_left", "severity")
        document = {name: plain(getattr(self, name)) for name in said}
        return {
            **document,
            "message": self.message(translate, named),
            "evidence": list(self.evidence),
            **{name: plain(value) for name, value in self.more.items()},
        }


def _named(value: Any, named: Callable[[str], str]) -> Any:
    return tuple(named(each) for each in value) if isinstance(value, tuple) else named(value)


def _told(value: object, translate: Translate) -> object:
    """Return *value* as a sentence says it: our own words in the reader's language."""
    if isinstance(value, Enum):
        return translate(value.value)
    if isinstance(value, tuple):
        return translate(SEPARATOR).join(str(_told(each, translate)) for each in value)
    return value


def pressing(policy: Policy, days_left: int) -> Severity:
    """Return how much something with a date presses, by the policy's reminder leads."""
    if days_left < 0:
        return Severity.HIGH
    leads = policy.reminders.expiring_days if policy.reminders else ()
    return Severity.MEDIUM if days_left <= min(leads, default=0) else Severity.LOW
