"""What can be asked of a pairing."""

from __future__ import annotations

from typing import Any

import attrs
from attrs import Factory, field, frozen

from dualcert.domain import fields as f
from dualcert.domain.commands.base import Command, compact, digest_of
from dualcert.errors import BadValue, shown
from dualcert.values.terms import Support

PAIRED = {
    Support.PROVINCE_CITY: ("person", "division"),
    Support.CITY_COUNTY: ("person", "county"),
    Support.LAB_LAB: ("lab", "lab"),
}
"""Kind of pairing -> the kinds of ids of its supporter and its target."""


def _is_paired(side: int) -> f.Validator:
    def check(command: Any, attribute: attrs.Attribute[Any], value: object) -> None:
        f.is_id(PAIRED[command.kind][side])(command, attribute, value)

    return check


@frozen(kw_only=True)
class PairingCommand(Command):
    """A command for one pairing."""

    subject = "pairing"
    pairing: str = field(validator=f.is_id("pairing"))


@frozen(kw_only=True)
class AssignPairing(PairingCommand):
    """包联, 帮扶: make somebody (or a helper lab) responsible for a city, a county or a lab.

    An id that is left out is made of kind, supporter, target and the day.
    """

    kind: Support = field(converter=f.as_support, validator=f.one_of(Support))
    supporter: str = field(validator=_is_paired(0))
    target: str = field(validator=_is_paired(1))
    pairing: str = field(
        default=Factory(lambda self: f"{_named(self)}{compact(self.on)}", takes_self=True),
        validator=f.is_id("pairing"),
    )

    def __attrs_post_init__(self) -> None:
        if self.supporter == self.target:
            raise BadValue(field="target", value=shown(self.target), expected="another lab")
        if not self.pairing.startswith(_named(self)) or not self.pairing.removeprefix(_named(self)).isdecimal():
            raise BadValue(field="pairing", value=shown(self.pairing), expected=f"{_named(self)}N")


def _named(command: Any) -> str:
    """Return what the id of a new pairing begins with; its fields may not have been judged yet."""
    kind = getattr(command.kind, "value", command.kind)
    return f"pairing-{kind}-{command.supporter}-{command.target}-"


@frozen(kw_only=True)
class NotedCommand(PairingCommand):
    """A command that says something in words."""

    note: str = field(converter=f.as_text, validator=f.is_note)


@frozen(kw_only=True)
class RecordVisit(NotedCommand):
    """实地走访: the supporter was there."""


@frozen(kw_only=True)
class IdentifyProblem(NotedCommand):
    """问题摸排: a problem was found; an id that is left out is made of the day and the note."""

    problem: str = field(
        default=Factory(lambda self: f"{compact(self.on)}-{digest_of(self.note)}", takes_self=True),
        validator=f.is_id("item"),
    )


@frozen(kw_only=True)
class ResolveProblem(PairingCommand):
    """整改销号: a problem is solved."""

    problem: str = field(validator=f.is_id("item"))
    resolution: str = field(converter=f.as_text, validator=f.is_note)


@frozen(kw_only=True)
class ReportProgress(NotedCommand):
    """调度汇报: how it stands."""


@frozen(kw_only=True)
class EndPairing(PairingCommand):
    """End a pairing; an adjustment is an end and a new assignment."""

    reason: str = field(converter=f.as_text, validator=f.is_note)
