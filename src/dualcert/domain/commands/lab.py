"""The commands of a lab itself."""

from __future__ import annotations

from attrs import field, frozen
from attrs.validators import optional

from dualcert.domain import fields as f
from dualcert.domain.commands.base import Command, one_at_least
from dualcert.domain.lab import LabAmended, LabClosed, LabRegistered
from dualcert.errors import N_, BadValue, shown
from dualcert.values.terms import Level


@frozen(kw_only=True)
class LabCommand(Command):
    """A command for one lab."""

    subject = "lab"
    lab: str = field(validator=f.is_id_of("lab"), metadata={"help": N_("The lab: lab-DIVISION-N.")})


@frozen(kw_only=True)
class RegisterLab(LabCommand):
    """Register a lab from this day on."""

    fact = LabRegistered
    begins = True

    name: str = field(converter=f.as_text, validator=f.is_name, metadata={"help": N_("What the lab is called.")})
    level: Level = field(
        converter=f.as_level, validator=f.one_of(Level), metadata={"help": N_("The level of the lab.")}
    )
    division: str = field(
        validator=f.is_id_of("division"), metadata={"help": N_("The division that it belongs to, by code.")}
    )
    credit_code: str | None = field(
        default=None, validator=optional(f.is_credit_code), metadata={"help": N_("Its unified social credit code.")}
    )
    counted: bool = field(
        default=True, validator=f.is_flag, metadata={"help": N_("Whether it is counted in the figures.")}
    )


@frozen(kw_only=True)
class AmendLab(LabCommand):
    """Change the details of a lab from this day on; a field left out stays as it is."""

    fact = LabAmended

    name: str | None = field(
        default=None,
        converter=f.as_optional_text,
        validator=optional(f.is_name),
        metadata={"help": N_("What the lab is called.")},
    )
    level: Level | None = field(
        default=None,
        converter=f.as_optional_level,
        validator=optional(f.one_of(Level)),
        metadata={"help": N_("The level of the lab.")},
    )
    division: str | None = field(
        default=None,
        validator=optional(f.is_id_of("division")),
        metadata={"help": N_("The division that it belongs to, by code.")},
    )
    credit_code: str | None = field(
        default=None, validator=optional(f.is_credit_code), metadata={"help": N_("Its unified social credit code.")}
    )
    counted: bool | None = field(
        default=None, validator=optional(f.is_flag), metadata={"help": N_("Whether it is counted in the figures.")}
    )

    def __attrs_post_init__(self) -> None:
        one_at_least(self, "name", "level", "division", "credit_code", "counted")


@frozen(kw_only=True)
class CloseLab(LabCommand):
    """Close a lab; it may be merged into another."""

    fact = LabClosed

    reason: str = field(converter=f.as_text, validator=f.is_note, metadata={"help": N_("The reason.")})
    merged_into: str | None = field(
        default=None, validator=optional(f.is_id_of("lab")), metadata={"help": N_("The lab that takes its place.")}
    )

    def __attrs_post_init__(self) -> None:
        if self.merged_into == self.lab:
            raise BadValue(field="merged_into", value=shown(self.lab), expected=N_("another lab"))


COMMANDS: tuple[type[Command], ...] = (
    RegisterLab,
    AmendLab,
    CloseLab,
)
"""The commands of a lab itself, in the order in which they are listed."""
