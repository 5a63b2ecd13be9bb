"""All commands by name, and the two that retract or correct a recorded fact."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import attrs
import msgspec
from attrs import field, frozen

from dualcert.domain import fields as f
from dualcert.domain.commands import campaign, certificate, county, lab, pairing
from dualcert.domain.commands.base import Command, command_name
from dualcert.errors import N_, MissingField, UnknownCommand, UnknownField, WrongReplacement, shown


@frozen(kw_only=True)
class StreamCommand(Command):
    """A command about a recorded fact of any stream."""

    subject = "stream_"
    stream_: str = field(
        alias="stream",
        validator=f.is_stream,
        metadata={"help": N_("The stream of the fact: lab-…, county-…, pairing-… or campaign-…")},
    )
    version: int = field(
        validator=f.is_version, metadata={"help": N_("The version of the fact in its stream, as history shows it.")}
    )
    reason: str = field(converter=f.as_text, validator=f.is_note, metadata={"help": N_("The reason.")})

    @property
    def target(self) -> str:
        """The id of the fact that the command is about."""
        return f"{self.stream_}@{self.version}"


@frozen(kw_only=True)
class RetractFact(StreamCommand):
    """Retract a fact that was entered in error; it is never edited or deleted."""


def _as_command(value: Command | Mapping[str, Any]) -> Command:
    if not isinstance(value, Mapping):
        return value
    with f.located("replacement", within=True):
        return parse(value)


def _is_replacement(self: StreamCommand, _: f.Field, value: object) -> None:
    if not isinstance(value, Command) or isinstance(value, StreamCommand) or value.stream != self.stream_:
        found = shown(value)
        if isinstance(value, Command):
            found = command_name(type(value)) if isinstance(value, StreamCommand) else value.stream
        raise WrongReplacement(stream=self.stream_, found=found)


@frozen(kw_only=True)
class CorrectFact(StreamCommand):
    """Retract a fact and enter its replacement in one step; the replacement has its own date."""

    replacement: Command = field(
        converter=_as_command,
        validator=_is_replacement,
        metadata={
            "help": N_('What is entered instead, as JSON: {"do": "grant-certificate", …}'),
            "json": dict[str, object],
        },
    )


COMMANDS: tuple[type[Command], ...] = (
    *lab.COMMANDS,
    *certificate.COMMANDS,
    *county.COMMANDS,
    *pairing.COMMANDS,
    *campaign.COMMANDS,
    RetractFact,
    CorrectFact,
)
"""All commands that users issue, in the order in which they are listed."""


@cache
def by_name() -> Mapping[str, type[Command]]:
    """Return name -> command class."""
    return {command_name(command): command for command in COMMANDS}


def field_names(command: type[Command]) -> Mapping[str, f.Field]:
    """Return the fields of *command* by the names that users write."""
    return {a.alias or a.name: a for a in attrs.fields(command)}


def parse(document: Mapping[str, Any]) -> Command:
    """Return the command of a JSON document: `{"do": NAME, FIELD: VALUE, …}`.

    Raises:
        UnknownCommand: no command has that name.
        UnknownField: the command has no such field.
        MissingField: a field that it needs is not given.
        Refused: a value is not of its field's form; a subclass with the field's name.

    >>> parse({"do": "close-lab", "lab": "lab-140525-1", "reason": "并入", "on": "2023-05-01"}).stream
    'lab-140525-1'
    >>> parse({"do": "close-lab", "lab": "lab-140525-1", "reason": "并入", "on": "1 May"})
    Traceback (most recent call last):
    dualcert.errors.form.BadValue: on: '1 May' is not a date YYYY-MM-DD
    """
    given = dict(document)
    if "do" not in given:
        raise MissingField(command="command", field="do")
    name = given.pop("do")
    command = by_name().get(name) if isinstance(name, str) else None
    if command is None:
        raise UnknownCommand(command=shown(name))
    known = field_names(command)
    for unknown in given.keys() - known.keys():
        raise UnknownField(command=str(name), field=shown(unknown), known=", ".join(known))
    for required, attribute in known.items():
        if attribute.default is attrs.NOTHING and required not in given:
            raise MissingField(command=str(name), field=required)
    return command(**given)


def document_of(command: Command) -> dict[str, Any]:
    """Return the document that `parse` makes into *command*: `do`, and the fields that differ from their default.

    >>> document_of(parse({"do": "close-lab", "lab": "lab-140525-1", "reason": " 并入", "on": "2023-05-01"}))
    {'do': 'close-lab', 'on': '2023-05-01', 'lab': 'lab-140525-1', 'reason': '并入'}
    """
    document: dict[str, Any] = {"do": command_name(type(command))}
    for name, attribute in field_names(type(command)).items():
        value = getattr(command, attribute.name)
        if attribute.default is attrs.NOTHING or value != attribute.default:
            document[name] = document_of(value) if isinstance(value, Command) else msgspec.to_builtins(value)
    return document
