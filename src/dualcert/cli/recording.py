"""Commands that record many facts: init, apply."""

from __future__ import annotations

import os
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

import click

from dualcert.cli.language import N_, _
from dualcert.cli.output import note, print_lines
from dualcert.cli.shell import (
    Input,
    Shell,
    ShellCommand,
    accept_clock,
    entered,
    option,
    pass_shell,
    progress_bar,
    today,
)

if TYPE_CHECKING:
    from dualcert import domain
    from dualcert.errors import DualcertError
    from dualcert.registry import Registry

REFUSED = 3
CHUNK = 1_000
"""Lines that `apply` reads, decides and records together."""


@click.command(
    cls=ShellCommand,
    examples=(
        "dualcert init",
        "dualcert --store books.db init --policy shanxi-2023",
    ),
    help=N_("Make a new store with an open campaign.\n\nAn existing store is refused and not touched."),
)
@option("--policy", default="shanxi-2023", show_default=True, metavar="NAME|FILE",
        help=N_("A policy that ships with dualcert, or a TOML file."))  # fmt: skip
@entered
@pass_shell
def init(shell: Shell, policy: str, by: str) -> None:
    """Make a store."""
    from dualcert.store.url import parse_url

    with shell.open(policy=policy, by=by) as registry:
        rules, store = registry.view().policy(today()), parse_url(shell.store).shown
        note(_("{store}: campaign {name}, {title}").format(store=store, name=rules.name, title=rules.title))


@click.command(
    cls=ShellCommand,
    examples=(
        'echo \'{"do": "close-lab", "lab": "lab-140525-1", "reason": "机构合并", "on": "2023-06-01"}\' | dualcert apply -',
    ),
    help=N_(
        'Record commands given as JSON lines: {"do": "grant-certificate", "lab": …}\n\n'
        "A refused line is reported on stderr as JSON and the others are recorded; with --atomic all or nothing. "
        "The counts are on stdout at the end. FILE may be - for standard input."
    ),
)
@click.argument("file", type=Input())
@option("--atomic", is_flag=True, help=N_("Record every line or none."))
@accept_clock
@entered
@pass_shell
def apply(shell: Shell, file: IO[bytes], atomic: bool, accept_clock: bool, by: str) -> int:  # noqa: FBT001  click's signature
    """Read lines, record them, and print the counts."""
    counts = {"lines": 0, "recorded": 0, "unchanged": 0, "refused": 0}
    lines = enumerate(file, start=1)
    with shell.open(accept_clock=accept_clock) as registry, progress_bar(_size(file), _("recording")) as bar:
        try:
            while chunk := list(lines if atomic else islice(lines, CHUNK)):
                _apply(registry, chunk, counts, by=by, atomic=atomic)
                bar.update(sum(len(line) for _number, line in chunk))
        except BaseException:
            template = _("stopped after {lines} lines: {recorded} recorded, {unchanged} unchanged, {refused} refused")
            note(template.format(**counts))
            raise
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
    """Return the length of *file* in bytes; 0 for a pipe."""
    return os.fstat(file.fileno()).st_size


def _parsed(line: bytes, by: str) -> domain.commands.Command:
    """Return the command of one line; `by` is the default of a line without one."""
    from dualcert.documents import typed_json_of
    from dualcert.domain.commands import parse
    from dualcert.errors import BadJson

    try:
        document = typed_json_of(line, dict[str, Any])
    except ValueError as error:
        raise BadJson(problem=error.args[0] if len(error.args) == 1 else str(error)) from None  # a phrase is translated
    return parse({"by": by, **document})


def _tell_line(number: int, refusal: DualcertError) -> None:
    import json

    told = {"line": number, "code": refusal.code, "message": refusal.render(_), **refusal.facts()}
    note(json.dumps(told, ensure_ascii=False))


def print_remark(number: int, remark: DualcertError) -> None:
    """Print the remarks about a line that was recorded."""
    import json

    note(json.dumps({"line": number, "remark": remark.code, "message": remark.render(_)}, ensure_ascii=False))
