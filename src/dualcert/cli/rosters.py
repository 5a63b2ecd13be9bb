"""Commands about spreadsheets: import a roster, export the books."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dualcert.cli.language import N_, _
from dualcert.cli.output import note
from dualcert.cli.shell import (
    DayType,
    Shell,
    ShellCommand,
    accept_clock,
    asked,
    entered,
    force,
    formatted,
    option,
    pass_shell,
    progress_bar,
)

if TYPE_CHECKING:
    from dualcert.fold import KnownAt

REFUSED = 3


class KindName(click.Choice[str]):
    """A choice of the kinds of rosters; their modules are loaded when a choice is made or its help is shown."""

    def __init__(self) -> None:
        self.case_sensitive = True

    @cached_property
    def choices(self) -> tuple[str, ...]:  # type: ignore[override]  # click sets it at once
        """The names of the kinds."""
        from dualcert.roster.kinds import KINDS

        return tuple(KINDS)


@click.command(
    "import",
    cls=ShellCommand,
    examples=(
        "dualcert import --template labs labs.xlsx",
        "dualcert import labs.xlsx --dry-run",
    ),
    help=N_(
        "Import a roster (.xlsx, .xls, .ods, .csv) into the books.\n\n"
        "The sheet and its columns are found by the headers that offices use (市, 机构名称, CMA证书编号 …); titles, "
        "merged cells, subtotals and footers are understood. The program never guesses where two readings are "
        "possible: it reports row and column, and --errors hands the sheet back with the cells marked.\n\n"
        "Everything is planned and decided before the first fact is recorded: all or nothing, or the sound rows with "
        "--accept-valid. Importing the same file again, on any day, records nothing. Several files, or the spreadsheets "
        "of a folder, are taken in the order of their kinds; a file that is refused does not keep the others out. With "
        "--template an empty sheet is written to FILE instead."
    ),
)
@click.argument("files", type=click.Path(path_type=Path), metavar="FILE...", nargs=-1, required=True)
@option(
    "--kind", type=KindName(), metavar="KIND", help=N_("The kind of sheet; by default it is recognised by the headers.")
)
@option("--sheet", metavar="NAME", help=N_("The sheet to read, if several qualify."))
@option("--all-sheets", is_flag=True, help=N_("Read every sheet with a roster; those of exports are read anyhow."))
@option("--columns", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="MAP.toml",
        help=N_('Headers of your own: a file with [columns] and lines such as "单位全称" = "机构名称".'))  # fmt: skip
@option("--write-columns", type=click.Path(path_type=Path), metavar="MAP.toml",
        help=N_("Write which header was read as which column, as a file for --columns."))  # fmt: skip
@option("--on", type=DayType(), help=N_("The day of entries without a date; default the sheet's earliest grant."))
@option("--dry-run", is_flag=True, help=N_("Show what would be recorded, and record nothing."))
@option("--accept-valid", is_flag=True, help=N_("Record the sound rows; exit status 3 if others were refused."))
@option(
    "--correct", is_flag=True, help=N_("Correct certificates, plans and days in the books that differ from the sheet.")
)
@option("--add-people", is_flag=True, help=N_("Add names that the directory does not have, under new ids."))
@option("--ask", is_flag=True, help=N_("Ask about headers, units, people and values that are not understood."))
@option("--errors", type=click.Path(path_type=Path), metavar="OUT.xlsx",
        help=N_("Hand the sheet back here, marked; with several files a folder for those with findings."))  # fmt: skip
@option("--template", type=KindName(), metavar="KIND", help=N_("Write an empty sheet of this kind to FILE."))
@force
@accept_clock
@entered
@formatted
@pass_shell
def import_(
    shell: Shell,
    /,
    *,
    files: tuple[Path, ...],
    columns: Path | None,
    write_columns: Path | None,
    errors: Path | None,
    template: str | None,
    ask: bool,
    force: bool,
    accept_clock: bool,
    format_: str,
    **options: Any,
) -> int:
    """Plan, decide, record, and print the outcome."""
    if template:
        return _write_template(shell, template, _one_file(files), replace=force)
    from dualcert.cli.asking import ask as mended
    from dualcert.cli.asking import check_terminal
    from dualcert.cli.imported import Returned, print_outcome, tell_back
    from dualcert.files import check_free, written
    from dualcert.people import Directory
    from dualcert.roster import How, import_rosters
    from dualcert.roster.columns import load_mapping, written_mapping
    from dualcert.roster.several import spreadsheets
    from dualcert.values.terms import Right

    if ask:
        check_terminal()
    asked = spreadsheets(files)
    returned = Returned.to(errors, asked, replace=force) if errors else None
    if write_columns:
        check_free(write_columns, replace=force)
    mapping = load_mapping(columns) if columns else {}
    with (
        shell.open(accept_clock=accept_clock) as registry,
        Directory.open(registry.store) as people,
        _phases() as progress,
    ):
        how = How(columns=mapping, people=people, **options)
        if how.add_people or ask:
            shell.check(registry, how.by, Right.PEOPLE)
        if ask:
            how = mended(registry, asked, how, people, progress, progress.end)
        done = import_rosters(registry, asked, how, progress=progress)
    if len(asked) == 1 and done.files_refused:
        raise done.files_refused[0].refusal
    handed_back = returned.hand_back(done.tables) if returned else []
    if write_columns:
        with written(write_columns, replace=force) as part:
            part.write_text(written_mapping(done.mapping()), encoding="utf-8")
    print_outcome(done, how, format_, errors=bool(errors))
    if errors:
        tell_back(errors, handed_back)
    return REFUSED if done.refused else 0


def _one_file(files: tuple[Path, ...]) -> Path:
    """Return the file that a template is written to; raises UsageError where there are several."""
    if len(files) > 1:
        raise click.UsageError(_("--template writes one file"))
    return files[0]


def _write_template(shell: Shell, kind: str, file: Path, *, replace: bool) -> int:
    """Write an empty sheet; with a store, its drop-downs offer the cities of the store's policy."""
    from dualcert.divisions import china
    from dualcert.errors import BadConfiguration, NoCampaign, Phrase, StoreUnusable
    from dualcert.files import check_free
    from dualcert.roster.templates import write_template

    if file.suffix.lower() != ".xlsx":
        raise BadConfiguration(problem=Phrase(N_("{path}: give a new file that ends in .xlsx"), path=str(file)))
    check_free(file, replace=replace)
    try:
        with shell.open() as registry:
            province = registry.view().policy(registry.today()).province
    except (StoreUnusable, NoCampaign):
        province = ""
    write_template(kind, file, _, divisions=china() if province else None, province=province, replace=replace)
    note(_("template: {file}").format(file=file))
    return 0


class Phases:
    """A bar for each phase of an import."""

    bar: Any = None

    def begin(self, phase: str, total: int) -> None:
        """End the current bar and begin the next; a phase of unknown length has no bar."""
        self.end()
        if total:
            self.bar = progress_bar(total, _(phase))
            self.bar.__enter__()

    def advance(self, steps: int) -> None:
        """Move the bar on."""
        if self.bar:
            self.bar.update(steps)

    def end(self) -> None:
        """End the current bar, so that the next output has the line."""
        if self.bar:
            self.bar.__exit__(None, None, None)
            self.bar = None


@contextmanager
def _phases() -> Iterator[Phases]:
    phases = Phases()
    try:
        yield phases
    finally:
        phases.end()


@click.command(
    cls=ShellCommand,
    examples=(
        "dualcert export books.xlsx",
        "dualcert export books.xlsx --force --as-of 2023-12-31",
    ),
    help=N_(
        "Write what the books know on a day to a workbook that 'import' can read, one sheet for each kind.\n\n"
        "It has the current state without history: ended certificates and pairings are left out, and stay in the log."
    ),
)
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@option("--to", type=click.Choice(["xlsx"]), default="xlsx", show_default=True, help=N_("The form."))
@option(
    "--kind", type=KindName(), metavar="KIND", multiple=True, help=N_("Only this kind; may be given several times.")
)
@force
@asked
@pass_shell
def export(
    shell: Shell,
    out: Path,
    to: str,  # noqa: ARG001  one form so far
    kind: tuple[str, ...],
    force: bool,  # noqa: FBT001  click's signature
    as_of: date,
    known_at: KnownAt,
) -> None:
    """Write."""
    from dualcert.files import check_free
    from dualcert.roster.kinds import KINDS
    from dualcert.roster.templates import write_books

    check_free(out, replace=force)
    with shell.open() as registry:
        rows = write_books(registry.view(known_at), as_of, out, kind or KINDS, replace=force)
    for name, count in rows.items():
        click.echo(_("{kind}: {count} rows").format(kind=_(name), count=count))
