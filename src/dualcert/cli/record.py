"""The command `record`: a shell command for each command of the books, with options made from its class."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Any, get_args, get_origin

import click

from dualcert.cli.examples import example_of
from dualcert.cli.language import N_, _
from dualcert.cli.output import note, print_json
from dualcert.cli.overriding import override
from dualcert.cli.shell import Option, Shell, ShellCommand, ShellGroup, pass_shell, today
from dualcert.cli.words import NOT_LEVELS, titled

if TYPE_CHECKING:
    from attrs import Attribute

    from dualcert import domain
    from dualcert.domain.receipt import Receipt


class RecordGroup(ShellGroup):
    """A shell command for each command of the books, made from its class when it is needed."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        from dualcert.domain.commands import by_name

        return list(by_name())

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        from dualcert.domain.commands import by_name

        command = by_name().get(cmd_name)
        return _record_command(cmd_name, command) if command else None


record = RecordGroup(
    "record",
    examples=("dualcert record close-lab --lab lab-140525-1 --reason 机构合并 --on 2023-06-01",),
    help=N_(
        "Record one command: dualcert record COMMAND --FIELD VALUE …\n\n"
        "The fields are those of 'apply'; 'dualcert record COMMAND --help' lists them."
    ),
)


def _record_command(name: str, command: type[domain.commands.Command]) -> click.Command:
    options: list[click.Parameter] = [_field_option(field, a) for field, a in _fields(command).items()]
    options.append(
        Option(
            ["--format", "format_"],
            type=click.Choice(["table", "json"]),
            default="table",
            help=N_("How the receipt is printed."),
        )
    )
    options.append(Option(["--accept-clock"], is_flag=True, help=N_("Continue although the clock is behind.")))
    about = (command.__doc__ or "").splitlines()[0]
    return ShellCommand(name, params=options, callback=_recorder(name), examples=(example_of(name),), help=about)


class FieldOption(Option):
    """An option whose help shows whether the field is required; the command's class checks its value."""

    def __init__(self, *names: Any, attribute: Attribute[Any], **how: Any) -> None:
        super().__init__(*names, **how)
        self.attribute = attribute

    @property
    @override
    def codes(self) -> tuple[str, ...]:
        (kind, *_others) = _kinds(self.attribute)
        return tuple(word.value for word in kind) if issubclass(kind, Enum) else ()

    @override
    def make_metavar(self, ctx: click.Context) -> str:
        """Return the metavar in the reader's language: the name of the field, if it is nothing better."""
        field = str(self.name)
        named = titled(field) if self.metavar == field.upper() else field
        return super().make_metavar(ctx) if named == NOT_LEVELS.get(field, field) else named

    @override
    def get_help_extra(self, ctx: click.Context) -> Any:
        extra = super().get_help_extra(ctx)
        if _needed(self.attribute):
            extra["required"] = _("required")
        return extra


def _field_option(field: str, attribute: Attribute[Any]) -> click.Option:
    """Return the option of a command's field; the field's own rule checks the text, as for a line of `apply`."""
    flag = attribute.metadata.get("file") or "--" + field.replace("_", "-")
    kinds = _kinds(attribute)
    how: dict[str, Any] = {"help": attribute.metadata["help"], "attribute": attribute}
    if bool in kinds:
        return FieldOption([f"{flag}/--no-{flag[2:]}", field], default=None, **how)
    if "file" in attribute.metadata:
        return FieldOption([flag, field], type=click.Path(exists=True, dir_okay=False), metavar="FILE", **how)
    if tuple in kinds and "json" not in attribute.metadata:
        return FieldOption([flag, field], multiple=True, metavar="TEXT", **how)
    return FieldOption([flag, field], metavar=_metavar(field, attribute), **how)


def _fields(command: type[domain.commands.Command]) -> Mapping[str, Attribute[Any]]:
    """Return the fields of *command* by the names that users write, their types resolved."""
    import attrs

    from dualcert.domain.commands import field_names

    return field_names(attrs.resolve_types(command))


def _needed(attribute: Attribute[Any]) -> bool:
    import attrs

    return attribute.default is attrs.NOTHING


def _kinds(attribute: Attribute[Any]) -> tuple[type, ...]:
    """Return the classes that a field takes, None aside: those of `Level | None` are `(Level,)`."""
    kind: Any = attribute.type
    members = get_args(kind) if isinstance(kind, UnionType) else (kind,)
    return tuple(get_origin(each) or each for each in members if each is not type(None))


def _metavar(field: str, attribute: Attribute[Any]) -> str:
    if "json" in attribute.metadata:
        return "JSON"
    (kind,) = _kinds(attribute)
    if issubclass(kind, Enum):
        return "|".join(word.value for word in kind)
    if issubclass(kind, date):
        return "DATE"
    return str(attribute.metadata.get("metavar", field.upper()))


def _recorder(name: str) -> Callable[..., int]:
    @pass_shell
    def recorder(shell: Shell, /, format_: str, accept_clock: bool, **fields: Any) -> int:  # noqa: FBT001  click's signature
        from dualcert.domain.commands import by_name, parse

        known = _fields(by_name()[name])
        given = {field: value for field, value in fields.items() if value not in (None, ())}
        meant = {field: _meant(known[field], value) for field, value in given.items()}
        command = parse({"do": name, "by": _by(), **meant})
        with shell.open(accept_clock=accept_clock) as registry:
            receipt = registry.execute(command)
            _print_receipt(receipt, registry.glance().position, format_)
        return 0

    return recorder


def _by() -> str:
    return os.environ.get("DUALCERT_BY") or "system"


def _meant(attribute: Attribute[Any], value: Any) -> Any:
    """Return the value of an option's text in the form that JSON has: a number, a list, a policy, today's date."""
    from dualcert.documents import typed_json_of
    from dualcert.errors import BadValue, shown
    from dualcert.policy import Policy, load_policy

    kinds = _kinds(attribute)
    if value == "today":
        return today()
    if Policy in kinds:
        return load_policy(value)
    if int in kinds and value.isascii() and value.isdecimal() and len(value) < 20:
        return int(value)
    if "file" in attribute.metadata:
        import hashlib

        with Path(value).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    if "json" in attribute.metadata:
        try:
            return typed_json_of(value.encode(), attribute.metadata["json"])
        except ValueError:
            wanted = N_("a list in JSON") if get_origin(attribute.metadata["json"]) is list else N_("an object in JSON")
            raise BadValue(field=str(attribute.alias), value=shown(value), expected=wanted) from None
    return list(value) if isinstance(value, tuple) else value


def _print_receipt(receipt: Receipt, position: int, format_: str) -> None:
    facts = [fact.id for fact in receipt.facts]
    for remark in receipt.remarks:
        note(f"{remark.code}: {remark.render(_)}")
    if format_ == "json":
        print_json({"recorded": receipt.recorded, "facts": facts, "position": position})
    else:
        template = _("recorded {facts}") if receipt.recorded else _("unchanged: {facts} is recorded already")
        click.echo(template.format(facts=", ".join(facts)))
