"""The command `replay`, which folds the log again from the first fact, with a progress bar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from dualcert.cli.bars import bar
from dualcert.cli.language import N_, _
from dualcert.cli.output import print_csv, print_json, print_lines, print_table
from dualcert.cli.shell import MomentType, Shell, ShellCommand, assumed, formatted, option, pass_shell, progress_bar

if TYPE_CHECKING:
    from dualcert.fold import KnownAt


@click.command(
    cls=ShellCommand,
    examples=(
        "dualcert replay",
        "dualcert replay --step month",
    ),
    help=N_(
        "Recompute everything from the recorded facts, and check that they can be read.\n\n"
        "Prints the number of facts, the speed, and a digest of the facts: the same history gives the same digest in "
        "every store. --step month also shows the campaign's figures and findings as they were known at the end of "
        "each month in which facts were recorded. Nothing is written or sent."
    ),
)
@option("--known-at", type=MomentType(), help=N_("Use only what was known then."))
@option("--step", type=click.Choice(["month"]), help=N_("Also show the figures as known at each step."))
@assumed
@formatted
@pass_shell
def replay(shell: Shell, known_at: KnownAt, step: str | None, policy: str | None, format_: str) -> None:
    """Fold and print."""
    if policy and not step:
        raise click.UsageError(_("--policy changes the figures only: give --step month, too"))
    with shell.open() as registry, progress_bar(registry.facts(), _("replaying")) as bar:
        replayed = registry.replay(known_at=known_at, monthly=bool(step), policy=policy, progress=bar.update)
    document = replayed.to_dict()
    rows = document.get("steps", [document])
    match format_:
        case "json":
            print_json(document)
        case "jsonl":
            print_lines(rows)
        case "csv":
            print_csv(rows)
        case _:
            _print(document)


def _print(document: dict[str, Any]) -> None:
    steps = document.get("steps", ())
    if steps:
        headers = (N_("as of"), N_("position"), N_("labs"), "CMA", "CATL", N_("dual"), "%", N_("of the target"))
        lines = [
            [
                s["as_of"],
                s["position"],
                s["labs"],
                s["cma"],
                s["catl"],
                s["dual"],
                s["percent"],
                bar(s["percent"], s["target_percent"]),
            ]
            for s in steps
        ]
        print_table(headers, lines, numbers=range(1, 7))
        click.echo()
        kinds = sorted({kind for step in steps for kind in step["findings"]})
        months = [step["as_of"][2:7] for step in steps]
        counts = [[_(kind), *(step["findings"].get(kind) for step in steps)] for kind in kinds]
        print_table([N_("findings"), *months], counts, numbers=range(1, 1 + len(months)))
        click.echo()
    template = _("{facts} facts in {streams} streams, {seconds:.3f} s, {facts_per_second} facts/s")
    click.echo(template.format(**document))
    click.echo(_("digest {digest} at position {position}").format(**document))
