"""Commands that record: init, import, apply, record."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click
from typing_extensions import override

from dualcert.cli.language import N_, _
from dualcert.cli.output import note, print_csv, print_json, print_lines, print_table
from dualcert.cli.shell import (
    Command,
    Day,
    Group,
    Option,
    Shell,
    entered,
    formatted,
    option,
    pass_shell,
    progress_bar,
    today,
)

if TYPE_CHECKING:
    from dualcert import domain
    from dualcert.errors import DualcertError
    from dualcert.registry import Receipt, Registry

REFUSED = 3
CHUNK = 1_000
"""Lines that `apply` reads, decides and records together."""

accept_clock = option(
    "--accept-clock", is_flag=True, help=N_("Go on although this machine's clock is behind the newest fact.")
)


@click.command(
    cls=Command, help=N_("Make a new store with an open campaign.\n\nAn existing store is refused and not touched.")
)
@option("--policy", default="shanxi-2023", show_default=True, metavar="NAME|FILE",
        help=N_("A policy that ships with dualcert, or a TOML file."))  # fmt: skip
@entered
@pass_shell
def init(shell: Shell, policy: str, by: str) -> None:
    """Make a store."""
    with shell.open(policy=policy, by=by) as registry:
        in_force = registry.view().policy(today())
        note(_("{store}: campaign {name}, {title}").format(store=shell.store, name=in_force.name, title=in_force.title))


@click.command(
    "import",
    cls=Command,
    help=N_(
        "Take a roster of labs (.xlsx, .xls, .ods) into the books.\n\n"
        "The sheet is found by its headers (市, 机构名称, CMA证书编号 …). Everything is planned and decided before "
        "the first fact is recorded: all or nothing, or the sound rows with --accept-valid. Importing the same file "
        "again records nothing. Registrations and designations are dated by --on, certificates by the sheet."
    ),
)
@click.argument("file", type=click.Path(path_type=Path))
@option("--on", type=Day(), help=N_("The day of what the sheet does not date; default its earliest grant."))
@option("--dry-run", is_flag=True, help=N_("Say what would be recorded, and record nothing."))
@option("--accept-valid", is_flag=True, help=N_("Record the sound rows; exit status 3 where others were refused."))
@accept_clock
@entered
@formatted
@pass_shell
def import_(
    shell: Shell,
    file: Path,
    on: date | None,
    dry_run: bool,  # noqa: FBT001  click's signature
    accept_valid: bool,  # noqa: FBT001
    accept_clock: bool,  # noqa: FBT001
    by: str,
    format_: str,
) -> int:
    """Plan, decide, record, tell."""
    from dualcert.roster.importing import import_roster

    with shell.open(accept_clock=accept_clock) as registry:
        done = import_roster(registry, file, on=on, by=by, accept_valid=accept_valid, dry_run=dry_run)
    document = done.to_dict(_)
    if format_ == "json":
        print_json(document)
    elif format_ == "jsonl":
        print_lines(document["findings"])
    elif format_ == "csv":
        print_csv(document["findings"])
    else:
        _tell_import(document, done.planned if dry_run else (), dry_run=dry_run)
    return REFUSED if document["refused"] else 0


def _tell_import(document: dict[str, Any], planned: Any, *, dry_run: bool) -> None:
    for unread in document["unread"]:
        note(_("column {column} is not read").format(column=unread))
    for command in planned:
        click.echo(f"{command.source.rpartition('!')[2]:>6}  {command.stream}  {type(command).__name__}")
    if document["findings"]:
        rows = [[f["row"], f["column"], f["code"], f["message"]] for f in document["findings"]]
        print_table((N_("row"), N_("column"), N_("code"), N_("message")), rows, numbers=[0])
    if document["refused"] and not document["recorded"]:
        note(_("nothing was recorded; --accept-valid takes the sound rows"))
    said = (
        _(
            "{sheet}: {rows} rows; {recorded} would be recorded ({facts} facts), {unchanged} unchanged, {refused} refused"
        )
        if dry_run
        else _("{sheet}: {rows} rows; {recorded} recorded ({facts} facts), {unchanged} unchanged, {refused} refused")
    )
    click.echo(said.format(**document))
    if not document["recorded"] and not document["refused"]:
        click.echo(_("the books know all of it already: nothing was recorded"))


@click.command(
    cls=Command,
    help=N_(
        'Record commands given as JSON lines: {"do": "grant-certificate", "lab": …}\n\n'
        "A refused line is told on stderr as JSON and the others are recorded; with --atomic all or nothing. "
        "The counts are on stdout at the end. FILE may be - for standard input."
    ),
)
@click.argument("file", type=click.File("rb"))
@option("--atomic", is_flag=True, help=N_("Record every line or none."))
@accept_clock
@entered
@pass_shell
def apply(shell: Shell, file: IO[bytes], atomic: bool, accept_clock: bool, by: str) -> int:  # noqa: FBT001  click's signature
    """Read lines, hand over, tell."""
    counts = {"lines": 0, "recorded": 0, "unchanged": 0, "refused": 0}
    lines = enumerate(file, start=1)
    with shell.open(accept_clock=accept_clock) as registry, progress_bar(_size(file), _("recording")) as bar:
        while chunk := list(lines if atomic else islice(lines, CHUNK)):
            _apply(registry, chunk, counts, by=by, atomic=atomic)
            bar.update(sum(len(line) for _number, line in chunk))
        position = registry.catch_up()
    print_lines([{**counts, "position": position}])
    return REFUSED if counts["refused"] else 0


def _apply(
    registry: Registry, lines: list[tuple[int, bytes]], counts: dict[str, int], *, by: str, atomic: bool
) -> None:
    from dualcert.errors import BadConfiguration, Refused

    numbers, commands, refused = [], [], 0
    for number, line in lines:
        if not line.strip():
            continue
        counts["lines"] += 1
        try:
            commands.append(_parsed(line, by))
            numbers.append(number)
        except (Refused, BadConfiguration) as refusal:
            refused += 1
            _tell_line(number, refusal)
    receipts = registry.execute_many(commands, accept_valid=True, dry_run=atomic)
    for number, receipt in zip(numbers, receipts, strict=True):
        if receipt.refusal:
            refused += 1
            _tell_line(number, receipt.refusal)
    counts["refused"] += refused
    if atomic and refused:
        return
    if atomic:
        receipts = registry.execute_many(commands)
    for number, receipt in zip(numbers, receipts, strict=True):
        counts["recorded"] += receipt.recorded
        counts["unchanged"] += receipt.unchanged
        for remark in receipt.remarks:
            print_remark(number, remark)


def _size(file: IO[bytes]) -> int:
    """Return the length of *file* in bytes; 0 where it is a pipe."""
    return os.fstat(file.fileno()).st_size


def _parsed(line: bytes, by: str) -> domain.commands.Command:
    """Return the command of one line; `by` fills in where the line does not say who."""
    import msgspec

    from dualcert.domain.commands import parse
    from dualcert.errors import BadJson

    try:
        document = msgspec.json.decode(line, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadJson(problem=str(error)) from None
    return parse({"by": by, **document})


def _tell_line(number: int, refusal: DualcertError) -> None:
    import json

    note(json.dumps({"line": number, "code": refusal.code, "message": refusal.render(_)}, ensure_ascii=False))


def print_remark(number: int, remark: DualcertError) -> None:
    """Say what is odd about a line that was recorded all the same."""
    import json

    note(json.dumps({"line": number, "remark": remark.code, "message": remark.render(_)}, ensure_ascii=False))


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
    options.append(Option(["--format", "format_"], type=click.Choice(["table", "json"]), default="table"))
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
    "policy": N_("A policy that ships with dualcert, or a TOML file."),
    "stream": N_("The stream of the fact: lab-…, county-… or campaign-…"),
    "version": N_("The version of the fact in its stream, as history shows it."),
    "replacement": N_('What is entered instead, as JSON: {"do": "grant-certificate", …}'),
}
"""Field -> what it is; a command's options are made from its class, their help from here."""


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
    if "tuple" in kind:
        return FieldOption([flag, field], multiple=True, metavar="TEXT", **how)
    return FieldOption([flag, field], metavar=_metavar(field, kind), **how)


def _metavar(field: str, kind: str) -> str:
    from dualcert.values import terms

    words = getattr(terms, kind.partition(" ")[0], None)
    if words is not None:
        return "|".join(word.value for word in words)
    if "date" in kind:
        return "DATE"
    return {"policy": "NAME|FILE", "replacement": "JSON"}.get(field, field.upper())


def _recorder(name: str) -> Callable[..., int]:
    @pass_shell
    def recorder(shell: Shell, /, format_: str, accept_clock: bool, **fields: Any) -> int:  # noqa: FBT001  click's signature
        from dualcert.domain.commands import parse

        given = {field: value for field, value in fields.items() if value not in (None, ())}
        command = parse({"do": name, "by": _by(), **{f: _meant(f, v) for f, v in given.items()}})
        with shell.open(accept_clock=accept_clock) as registry:
            receipt = registry.execute(command)
            _tell_receipt(receipt, registry.catch_up(), format_)
        return 0

    return recorder


def _by() -> str:
    return os.environ.get("DUALCERT_BY") or "system"


def _meant(field: str, value: Any) -> Any:
    """Return what an option's text stands for where JSON would have said it otherwise."""
    import msgspec

    from dualcert.errors import BadJson
    from dualcert.policy import load_policy

    if value == "today":
        return today()
    if field == "policy":
        return load_policy(value)
    if field == "version" and value.isdecimal() and len(value) < 10:
        return int(value)
    if field == "replacement":
        try:
            return msgspec.json.decode(value, type=dict[str, Any])
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
