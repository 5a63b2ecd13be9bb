"""The main job end to end on a temporary store: a campaign's year is recorded, then questions are asked about it."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import click

from dualcert.cli.figures import print_lacking
from dualcert.cli.language import N_, _
from dualcert.cli.shell import Shell, ShellCommand, force, option, progress_bar

COUNTY = "county-140882"
"""The county of the dispute: decided on 8 October, certified since 27 September, entered on 12 October."""

FEBRUARY = date(2023, 2, 16)
"""The day of the newspaper that printed Jincheng's figure."""
JINCHENG = "140500"

FIGURES = (
    (N_("The figures of February:"), f"ratio --by province --as-of {FEBRUARY}"),
    ("", f"ratio --by city --as-of {FEBRUARY}"),
)
RULES = (
    (
        N_("Who missed 30 September, as known when the province decided:"),
        "due --on 2023-10-01 --known-at 2023-10-08 --kind gate",
    ),
    (
        N_("A week later a recorded decision is contradicted:"),
        "due --on 2023-10-13 --known-at 2023-10-13 --kind decision-contradicted --explain",
    ),
    (N_("The dispute, in three questions. What we knew:"), f"status {COUNTY} --as-of 2023-09-30 --known-at 2023-10-08"),
    (N_("What is true:"), f"status {COUNTY} --as-of 2023-09-30"),
    (N_("The evidence of the decision, and its retraction:"), f"history {COUNTY}"),
    (N_("The cities ranked at the year's end:"), "score --as-of 2023-12-31"),
    (N_("What was known at the end of each month:"), "replay --step month"),
)
"""The questions about the year: a heading and a command."""
REPORTS_FOLDER = "reports"
REPORTS = (N_("The files of the installed reporters:"), "report run --as-of 2023-12-31")


@click.command(
    cls=ShellCommand,
    examples=(
        "dualcert demo",
        "dualcert demo --out .",
    ),
    help=N_(
        "Show the main job end to end: record a campaign's year, then ask for figures, findings and a dispute.\n\n"
        "It makes a store, records the year of Shanxi 2023 with the days on which the facts were entered (real units "
        "and rules; made-up certificates and events, Jincheng as published) and asks questions about it. With --out "
        "the store and the files of every installed reporter are kept in DIR; without, everything is deleted."
    ),
)
@option("--out", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help=N_("Keep the store here."))
@force
def demo(out: Path | None, force: bool) -> None:  # noqa: FBT001  click's signature
    """Make the store, record the year, and ask."""
    import tempfile

    if out is not None:
        from dualcert.files import check_free, make_folder

        make_folder(out)
        if not force:
            check_free(out / REPORTS_FOLDER)
        store = _show(out, force=force)
        click.echo(_("kept: {store}").format(store=store))
        return
    with tempfile.TemporaryDirectory(prefix="dualcert-demo-") as folder:
        _show(Path(folder))


def _show(folder: Path, *, force: bool = False) -> str:
    from importlib.resources import as_file, files

    from dualcert.story import play, read

    store = f"sqlite:///{folder / 'demo.db'}"
    with as_file(files("dualcert") / "data" / "examples") as examples:
        lines = read(examples / "shanxi-2023.jsonl")
        with progress_bar(len(lines), _("recording")) as bar, play(store, lines, examples, bar.update) as registry:
            click.echo(_("a year of a campaign is recorded: {n} facts").format(n=registry.catch_up()))
            jincheng = next(
                r for r in registry.ratio("city", as_of=FEBRUARY, explain=True).rows if r.division == JINCHENG
            )
    _ask(store, FIGURES)
    click.echo(f"\n{jincheng.name} {jincheng.dual}/{jincheng.labs} = {jincheng.percent} %")
    print_lacking(jincheng)
    _ask(store, RULES)
    _ask(
        store,
        [(REPORTS[0], f"{REPORTS[1]} --out {shlex.quote(str(folder / REPORTS_FOLDER))}{' --force' if force else ''}")],
    )
    return store


def _ask(store: str, questions: Iterable[tuple[str, str]]) -> None:
    program = click.get_current_context().find_root().command
    for why, command in questions:
        if why:
            click.echo(f"\n# {_(why)}")
        click.echo(f"$ dualcert {command}")
        arguments = ["--store", store, *shlex.split(command)]
        program.main(args=arguments, prog_name="dualcert", standalone_mode=False, obj=Shell(remarks=False))
