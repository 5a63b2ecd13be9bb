"""The main job end to end on a store that is thrown away."""

from __future__ import annotations

import tempfile
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path

import click

from dualcert.cli.asking import print_ratios, tell_lacking
from dualcert.cli.language import N_, _
from dualcert.cli.shell import Command, option

DAY = date(2023, 2, 16)
"""The day of the newspaper that printed Jincheng's figure."""
JINCHENG = "140500"


@click.command(
    cls=Command,
    help=N_(
        "Show the main job end to end: a roster in, ratios out.\n\n"
        "Makes a store, imports the roster of Shanxi 2023 (real units; made-up certificates, Jincheng as published) "
        "and prints the province's and the cities' figures from the log. With --out the store is kept in DIR; "
        "without, everything is thrown away."
    ),
)
@option("--out", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help=N_("Keep the store here."))
def demo(out: Path | None) -> None:
    """Make, import, ask."""
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        store = _show(out)
        click.echo(_("kept: {store}").format(store=store))
        return
    with tempfile.TemporaryDirectory(prefix="dualcert-demo-") as folder:
        _show(Path(folder))


def _show(folder: Path) -> str:
    from dualcert.registry import Registry
    from dualcert.roster.importing import import_roster

    store = f"sqlite:///{folder / 'demo.db'}"
    click.echo("$ dualcert init --policy shanxi-2023")
    with Registry.open(store, policy="shanxi-2023") as registry:
        click.echo("$ dualcert import shanxi-2023.xlsx")
        with as_file(files("dualcert") / "data" / "rosters" / "shanxi-2023.xlsx") as roster:
            done = import_roster(registry, roster).to_dict(_)
        said = _("{sheet}: {rows} rows; {recorded} recorded ({facts} facts), {unchanged} unchanged, {refused} refused")
        click.echo(said.format(**done))
        for by in ("province", "city"):
            click.echo(f"\n$ dualcert ratio --by {by} --as-of {DAY}")
            print_ratios(registry.ratio(by, as_of=DAY))
        click.echo(f"\n$ dualcert ratio --by city --as-of {DAY} --explain")
        answer = registry.ratio("city", as_of=DAY, explain=True)
        for row in answer.rows:
            if row.division == JINCHENG:
                click.echo(f"{row.name} {row.dual}/{row.labs} = {row.percent} %")
                tell_lacking(row)
        click.echo("\n$ dualcert replay")
        replayed = registry.replay()
        click.echo(
            _("digest {digest} at position {position}").format(digest=replayed.digest, position=replayed.position)
        )
    return store
