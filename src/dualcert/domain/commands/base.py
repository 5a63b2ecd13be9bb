"""What all commands have in common."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from typing import ClassVar

from attrs import field, frozen
from attrs.validators import optional

from dualcert.domain import fields as f
from dualcert.errors import N_, MissingField


@frozen(kw_only=True)
class Command:
    """What all commands have in common."""

    subject: ClassVar[str]
    """The name of the field that holds the stream's id."""
    fact: ClassVar[type]
    """The fact that the command becomes; its fields are those of the command under the same names."""
    begins: ClassVar[bool] = False
    """Whether the fact may be the first of its stream."""

    on: date = field(
        converter=f.as_date,
        validator=f.is_date,
        metadata={"help": N_("The day on which it became true; a grant's or renewal's is its --granted-on.")},
    )
    by: str = field(
        default="system",
        validator=f.is_id_of("person"),
        metadata={
            "help": N_("Who records this: an id such as person-17, not a name; default $DUALCERT_BY, else system.")
        },
    )
    source: str = field(
        default="",
        converter=f.as_text,
        validator=f.is_source,
        metadata={"help": N_("The document that it is taken from.")},
    )
    command_id: str | None = field(
        default=None,
        validator=optional(f.is_id_of("command")),
        metadata={"help": N_("An id of the command: sending it twice records it once.")},
    )

    @property
    def stream(self) -> str:
        """The id of the stream that the command is for."""
        return str(getattr(self, self.subject))


def one_at_least(command: Command, *names: str) -> None:
    """Refuse a command in which all of the fields *names* are left out."""
    if all(getattr(command, name) in (None, ()) for name in names):
        raise MissingField(command=command_name(type(command)), field=" / ".join(names))


def compact(day: object) -> str:
    """Return *day* as ids have it: YYYYMMDD."""
    return str(day).replace("-", "")


def note_digest(note: object) -> str:
    """Return the part of an id that is made of *note*: the first digits of its SHA-256."""
    return hashlib.sha256(str(note).encode(errors="replace")).hexdigest()[:8]


def command_name(command: type[Command]) -> str:
    """Return the name of a command class outside Python: `grant-certificate`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", command.__name__).lower()
