"""Replay: the log folded anew, with a progress bar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from dualcert.cli.language import N_, _
from dualcert.cli.output import print_csv, print_json, print_lines, print_table
from dualcert.cli.shell import Command, Moment, Shell, formatted, option, pass_shell, progress_bar

if TYPE_CHECKING:
    from dualcert.registry import KnownAt


@click.command(
    cls=Command,
    help=N_(
        "Fold the whole log anew and read every timeline.\n\n"
        "Prints how many facts, how fast, and a digest of what they say: the same history gives the same digest "
        "in every store. With --step month, also the campaign's figures as they were known at the end of each month. "
        "Nothing is written or sent."
    ),
)
@option("--known-at", type=Moment(), help=N_("Only what was known then."))
@option("--step", type=click.Choice(["month"]), help=N_("Also the figures as known at each step."))
@formatted
@pass_shell
def replay(shell: Shell, known_at: KnownAt, step: str | None, format_: str) -> None:
    """Fold and print."""
    with shell.open() as registry, progress_bar(registry.facts(), _("replaying")) as bar:
        document = registry.replay(known_at=known_at, monthly=bool(step), progress=bar.update).to_dict()
    rows = document.get("steps", [document])
    match format_:
        case "json":
            print_json(document)
        case "jsonl":
            print_lines(rows)
        case "csv":
            print_csv(rows)
        case _:
            _tell(document)


def _tell(document: dict[str, Any]) -> None:
    if "steps" in document:
        headers = (N_("as of"), N_("position"), N_("labs"), "CMA", "CATL", N_("dual"), "%")
        lines = [
            [s["as_of"], s["position"], s["labs"], s["cma"], s["catl"], s["dual"], s["percent"]]
            for s in document["steps"]
        ]
        print_table(headers, lines, numbers=range(1, 7))
    said = _("{facts} facts in {streams} streams, {seconds:.3f} s, {facts_per_second} facts/s")
    click.echo(said.format(**document))
    click.echo(_("digest {digest} at position {position}").format(**document))
