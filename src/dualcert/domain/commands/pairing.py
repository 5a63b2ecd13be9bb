"""The commands of a pairing."""

from __future__ import annotations

from attrs import Factory, field, frozen
from attrs.validators import optional

from dualcert.domain import fields as f
from dualcert.domain.commands.base import Command, compact, note_digest, one_at_least
from dualcert.domain.pairing import (
    PairingAssigned,
    PairingEnded,
    ProblemIdentified,
    ProblemResolved,
    ProgressReported,
    SupporterDescribed,
    VisitRecorded,
)
from dualcert.errors import N_, BadValue, shown
from dualcert.values.terms import Role, Support

PAIRED = {
    Support.PROVINCE_CITY: ("person", "division"),
    Support.CITY_COUNTY: ("person", "county"),
    Support.LAB_LAB: ("lab", "lab"),
}
"""Kind of pairing -> the kinds of ids of its supporter and its target."""


def _is_paired(side: int) -> f.Validator:
    def check(command: AssignPairing, attribute: f.Field, value: object) -> None:
        f.is_id_of(PAIRED[command.kind][side])(command, attribute, value)

    return check


@frozen(kw_only=True)
class PairingCommand(Command):
    """A command for one pairing."""

    subject = "pairing"
    pairing: str = field(
        validator=f.is_id_of("pairing"), metadata={"help": N_("The pairing's id; a new one's is made of its fields.")}
    )


@frozen(kw_only=True)
class AssignPairing(PairingCommand):
    """包联, 帮扶: make somebody (or a helper lab) responsible for a city, a county or a lab.

    An id that is left out is made of kind, supporter, target and the day.
    """

    fact = PairingAssigned
    begins = True

    kind: Support = field(converter=f.as_support, validator=f.one_of(Support), metadata={"help": N_("The kind.")})
    supporter: str = field(
        validator=_is_paired(0), metadata={"help": N_("Who supports: a person's id, or the helper lab's.")}
    )
    target: str = field(
        validator=_is_paired(1), metadata={"help": N_("Who is supported: a city's code, a county's id or a lab's.")}
    )
    pairing: str = field(
        default=Factory(lambda self: f"{_named(self)}{compact(self.on)}", takes_self=True),
        validator=f.is_id_of("pairing"),
        metadata={"help": N_("The pairing's id; a new one's is made of its fields.")},
    )

    def __attrs_post_init__(self) -> None:
        if self.supporter == self.target:
            raise BadValue(field="target", value=shown(self.target), expected=N_("another lab"))
        if not self.pairing.startswith(_named(self)) or not self.pairing.removeprefix(_named(self)).isdecimal():
            raise BadValue(field="pairing", value=shown(self.pairing), expected=f"{_named(self)}N")


def _named(command: AssignPairing) -> str:
    """Return the beginning of a new pairing's id; the command's fields may not have been validated yet."""
    kind = getattr(command.kind, "value", command.kind)
    return f"pairing-{kind}-{command.supporter}-{command.target}-"


@frozen(kw_only=True)
class DescribeSupporter(PairingCommand):
    """包联干部的职务: state what the supporter is; at least one of role, post and office."""

    fact = SupporterDescribed

    role: Role | None = field(
        default=None,
        converter=f.as_optional_role,
        validator=optional(f.one_of(Role)),
        metadata={"help": N_("What the supporter is in the office: principal, leadership, staff.")},
    )
    post: str | None = field(
        default=None,
        converter=f.as_optional_text,
        validator=optional(f.is_name),
        metadata={"help": N_("The supporter's post.")},
    )
    office: str | None = field(
        default=None,
        converter=f.as_optional_text,
        validator=optional(f.is_name),
        metadata={"help": N_("The supporter's office.")},
    )

    def __attrs_post_init__(self) -> None:
        one_at_least(self, "role", "post", "office")


@frozen(kw_only=True)
class NotedCommand(PairingCommand):
    """A command with a note."""

    note: str = field(converter=f.as_text, validator=f.is_note, metadata={"help": N_("The note.")})


@frozen(kw_only=True)
class RecordVisit(NotedCommand):
    """实地走访: the supporter visited the target."""

    fact = VisitRecorded


@frozen(kw_only=True)
class IdentifyProblem(NotedCommand):
    """问题摸排: a problem was identified; its id is made of day and note if left out."""

    fact = ProblemIdentified

    problem: str = field(
        default=Factory(lambda self: f"{compact(self.on)}-{note_digest(self.note)}", takes_self=True),
        validator=f.is_id_of("item"),
        metadata={"help": N_("The problem's id within the pairing; a new one's is made of the day and the note.")},
    )


@frozen(kw_only=True)
class ResolveProblem(PairingCommand):
    """整改销号: a problem is resolved."""

    fact = ProblemResolved

    problem: str = field(
        validator=f.is_id_of("item"),
        metadata={"help": N_("The problem's id within the pairing; a new one's is made of the day and the note.")},
    )
    resolution: str = field(converter=f.as_text, validator=f.is_note, metadata={"help": N_("How it was resolved.")})


@frozen(kw_only=True)
class ReportProgress(NotedCommand):
    """调度汇报: the supporter reports progress."""

    fact = ProgressReported


@frozen(kw_only=True)
class EndPairing(PairingCommand):
    """End a pairing; an adjustment is an end and a new assignment."""

    fact = PairingEnded

    reason: str = field(converter=f.as_text, validator=f.is_note, metadata={"help": N_("The reason.")})


COMMANDS: tuple[type[Command], ...] = (
    AssignPairing,
    DescribeSupporter,
    RecordVisit,
    IdentifyProblem,
    ResolveProblem,
    ReportProgress,
    EndPairing,
)
"""The commands of a pairing, in the order in which they are listed."""
