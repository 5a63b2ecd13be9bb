"""Undoing an import or an `apply`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dualcert.cli.language import N_, _
from dualcert.cli.output import print_csv, print_json, print_lines, print_table
from dualcert.cli.shell import Shell, ShellCommand, accept_clock, entered, formatted, option, pass_shell

if TYPE_CHECKING:
    from dualcert.domain.receipt import Receipt

PRINTED = 20
"""How many facts a table lists; the others are counted."""


@click.command(
    cls=ShellCommand,
    examples=("dualcert undo labs.xlsx --dry-run",),
    help=N_(
        "Undo what one import or 'apply' recorded, all of it or nothing.\n\n"
        "SOURCE is the file that was imported, its SHA-256 (or a unique beginning), or the source of the facts as 'history' "
        "shows it. Facts are retracted, the last first; what the import corrected comes back. Where other facts depend on "
        "them, these are named and nothing is undone. People who were added to the directory stay. The same file can be "
        "imported again."
    ),
)
@click.argument("source")
@option("--reason", metavar="TEXT", default="", help=N_("The reason."))
@option("--dry-run", is_flag=True, help=N_("Show what would be recorded, and record nothing."))
@accept_clock
@entered
@formatted
@pass_shell
def undo(
    shell: Shell, /, *, source: str, reason: str, dry_run: bool, accept_clock: bool, by: str, format_: str
) -> None:
    """Undo, and print what was undone."""
    meant = _digest(Path(source)) or source
    with shell.open(accept_clock=accept_clock) as registry:
        receipts = registry.undo(meant, by=by, reason=reason, dry_run=dry_run)
        position = registry.catch_up()
    rows = [_row(receipt) for receipt in receipts]
    match format_:
        case "json":
            counts = {name: sum(row["do"] == name for row in rows) for name in ("retracted", "corrected", "restored")}
            print_json({"source": meant, "dry_run": dry_run, **counts, "rows": rows, "position": position})
        case "jsonl":
            print_lines(rows)
        case "csv":
            print_csv(rows)
        case _:
            _tell(rows, dry_run=dry_run)


def _digest(path: Path) -> str | None:
    """Return the SHA-256 of the file at *path*; None where there is no file."""
    import hashlib

    from dualcert.files import is_a_file, open_file

    if not is_a_file(path):
        return None
    with open_file(path) as file:
        return hashlib.sha256(file.read()).hexdigest()


def _row(receipt: Receipt) -> dict[str, Any]:
    """Return the fact that was retracted, corrected back, or entered again."""
    from dualcert.domain.commands import document_of

    command = document_of(receipt.command)
    match command["do"]:
        case "retract-fact":
            return {"do": "retracted", "fact": f"{command['stream']}@{command['version']}"}
        case "correct-fact":
            return {"do": "corrected", "fact": f"{command['stream']}@{command['version']}"}
    return {"do": "restored", "fact": receipt.facts[0].id}


DONE = {"retracted": N_("retracted"), "corrected": N_("corrected"), "restored": N_("restored")}


def _tell(rows: list[dict[str, Any]], *, dry_run: bool) -> None:
    done = ((row["fact"], DONE[row["do"]]) for row in rows[:PRINTED])
    print_table((N_("fact"), N_("what")), [[fact, _(what)] for fact, what in done])
    if len(rows) > PRINTED:
        click.echo(_("… and {n} more").format(n=len(rows) - PRINTED))
    template = (
        _("{retracted} facts would be retracted, {corrected} corrected back, {restored} entered again")
        if dry_run
        else _("{retracted} facts retracted, {corrected} corrected back, {restored} entered again")
    )
    click.echo(template.format(**{name: sum(row["do"] == name for row in rows) for name in DONE}))
