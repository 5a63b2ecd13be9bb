"""`record`: one command of the shell for each command of the books, its options made from the class."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click
from typing_extensions import override

from dualcert.cli.language import N_, _
from dualcert.cli.output import note, print_json
from dualcert.cli.shell import Command, Group, Option, Shell, pass_shell, today

if TYPE_CHECKING:
    from dualcert import domain
    from dualcert.registry import Receipt


class RecordGroup(Group):
    """One command of the shell for each command of the books, made from its class when it is asked for."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        from dualcert.domain.commands import by_name

        return list(by_name())

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        from dualcert.domain.commands import by_name

        command = by_name().get(cmd_name)
        return _record_command(cmd_name, command) if command else None


@click.group(
    cls=RecordGroup,
    help=N_(
        "Record one command: dualcert record COMMAND --FIELD VALUE …\n\n"
        "The fields are those of 'apply'; 'dualcert record COMMAND --help' lists them."
    ),
)
def record() -> None:
    """Hold the commands."""


def _record_command(name: str, command: type[domain.commands.Command]) -> click.Command:
    from dualcert.domain.commands import field_names

    options: list[click.Parameter] = [_field_option(field, a) for field, a in field_names(command).items()]
    options.append(
        Option(
            ["--format", "format_"],
            type=click.Choice(["table", "json"]),
            default="table",
            help=N_("How the receipt is printed."),
        )
    )
    options.append(Option(["--accept-clock"], is_flag=True, help=N_("Go on although the clock is behind.")))
    return Command(name, params=options, callback=_recorder(name), help=(command.__doc__ or "").splitlines()[0])


FIELDS = {
    "on": N_("The day on which it became true; a grant's or renewal's is its --granted-on."),
    "by": N_("Who enters it, as an opaque id; default $DUALCERT_BY, else system."),
    "source": N_("The document that it is taken from."),
    "command_id": N_("Makes sending it twice harmless."),
    "lab": N_("The lab: lab-DIVISION-N."),
    "county": N_("The county: county-CODE."),
    "campaign": N_("The campaign: campaign-NAME."),
    "name": N_("What the lab is called."),
    "level": N_("The level of the lab."),
    "division": N_("Where it is at home, by code."),
    "credit_code": N_("Its unified social credit code."),
    "counted": N_("Whether it is in the denominator."),
    "reason": N_("Why."),
    "merged_into": N_("The lab that takes its place."),
    "scheme": N_("Which of the two certificates."),
    "route": N_("Both certificates at once, or one after the other."),
    "purpose": N_("What is applied for."),
    "outcome": N_("How it ended."),
    "rectify_by": N_("Until when shortcomings are to be mended."),
    "number": N_("The number on the certificate."),
    "granted_on": N_("Its first day."),
    "valid_until": N_("Its last day, as the certificate says."),
    "scope_parameters": N_("A test parameter of its scope; may be given several times."),
    "holder": N_("Who holds it now."),
    "extended": N_("A parameter that is added; may be given several times."),
    "reduced": N_("A parameter that is taken away; may be given several times."),
    "programme": N_("The programme of quality-and-safety counties."),
    "batch": N_("The batch of the programme, counted from 1."),
    "standing": N_("Candidate or named already."),
    "gate": N_("The gate that the decision carries out; 'gate apply' fills it in."),
    "evidence": N_("A fact that the decision rests on, stream@version; may be given several times."),
    "position": N_("The position of the log that the decision rests on."),
    "issuer": N_("In whose name it is issued."),
    "items": N_('The items, as JSON: [{"problem": …, "measure": …, "responsible": "person-1", "due": "2023-06-30"}]'),
    "item": N_("Which item: the number in the plan, or the difficulty's id."),
    "pairing": N_("The pairing's id; a new one's is made of its fields."),
    "kind": N_("Which kind."),
    "supporter": N_("Who supports: a person's id, or the helper lab's."),
    "target": N_("Who is supported: a city's code, a county's id or a lab's."),
    "note": N_("What there is to say."),
    "problem": N_("The problem's id within the pairing; a new one's is made of the day and the note."),
    "resolution": N_("How it was solved."),
    "city": N_("The city, by code."),
    "month": N_("The month that it is for, YYYY-MM."),
    "milestone": N_("The name of the summary in the policy."),
    "answer": N_("The answer."),
    "policy": N_("A policy that ships with dualcert, or a TOML file."),
    "stream": N_("The stream of the fact: lab-…, county-…, pairing-… or campaign-…"),
    "version": N_("The version of the fact in its stream, as history shows it."),
    "replacement": N_('What is entered instead, as JSON: {"do": "grant-certificate", …}'),
}
"""Field -> what it is; a command's options are made from its class, their help from here."""


JSON: dict[str, Any] = {"replacement": dict[str, Any], "items": list[Any]}
"""Field -> what its JSON has to be, where a field is more than text."""


class FieldOption(Option):
    """An option whose help says that the field is needed; its rule is the command's own."""

    def __init__(self, *names: Any, needed: bool, **how: Any) -> None:
        super().__init__(*names, **how)
        self.needed = needed

    @override
    def get_help_extra(self, ctx: click.Context) -> Any:
        extra = super().get_help_extra(ctx)
        if self.needed:
            extra["required"] = _("required")
        return extra


def _field_option(field: str, attribute: Any) -> click.Option:
    """Return the option of a command's field; its own rule judges the text, as for a line of `apply`."""
    import attrs

    flag = "--" + field.replace("_", "-")
    kind = str(attribute.type)
    how: dict[str, Any] = {"help": FIELDS[field], "needed": attribute.default is attrs.NOTHING}
    if "bool" in kind:
        return FieldOption([f"{flag}/--no-{flag[2:]}", field], default=None, **how)
    if "tuple" in kind and field not in JSON:
        return FieldOption([flag, field], multiple=True, metavar="TEXT", **how)
    return FieldOption([flag, field], metavar=_metavar(field, kind), **how)


def _metavar(field: str, kind: str) -> str:
    from dualcert.values import terms

    words = getattr(terms, kind.partition(" ")[0], None)
    if words is not None:
        return "|".join(word.value for word in words)
    if "date" in kind:
        return "DATE"
    return "JSON" if field in JSON else {"policy": "NAME|FILE"}.get(field, field.upper())


def _recorder(name: str) -> Callable[..., int]:
    @pass_shell
    def recorder(shell: Shell, /, format_: str, accept_clock: bool, **fields: Any) -> int:  # noqa: FBT001  click's signature
        from dualcert.domain.commands import by_name, field_names, parse

        known = field_names(by_name()[name])
        given = {field: value for field, value in fields.items() if value not in (None, ())}
        meant = {field: _meant(field, str(known[field].type), value) for field, value in given.items()}
        command = parse({"do": name, "by": _by(), **meant})
        with shell.open(accept_clock=accept_clock) as registry:
            receipt = registry.execute(command)
            _tell_receipt(receipt, registry.catch_up(), format_)
        return 0

    return recorder


def _by() -> str:
    return os.environ.get("DUALCERT_BY") or "system"


def _meant(field: str, kind: str, value: Any) -> Any:
    """Return what an option's text stands for where JSON would have said it otherwise."""
    import msgspec

    from dualcert.errors import BadJson
    from dualcert.policy import load_policy

    if value == "today":
        return today()
    if field == "policy":
        return load_policy(value)
    if kind.startswith("int") and value.isdecimal() and len(value) < 10:
        return int(value)
    if field in JSON:
        try:
            return msgspec.json.decode(value, type=JSON[field])
        except msgspec.DecodeError as error:
            raise BadJson(problem=str(error)) from None
    return list(value) if isinstance(value, tuple) else value


def _tell_receipt(receipt: Receipt, position: int, format_: str) -> None:
    facts = [fact.id for fact in receipt.facts]
    for remark in receipt.remarks:
        note(f"{remark.code}: {remark.render(_)}")
    if format_ == "json":
        print_json({"recorded": receipt.recorded, "facts": facts, "position": position})
    else:
        said = _("recorded {facts}") if receipt.recorded else _("unchanged: {facts} says so already")
        click.echo(said.format(facts=", ".join(facts)))
