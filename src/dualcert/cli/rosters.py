"""Commands about spreadsheets: import a roster, export the books."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from attrs import define

from dualcert.cli.language import N_, _
from dualcert.cli.output import note, print_csv, print_json, print_lines, print_table
from dualcert.cli.shell import (
    Day,
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
    from dualcert.roster import Imported
    from dualcert.roster.handback import HandedBack

REFUSED = 3
MOST_RANGES = 20
"""The most ranges of hidden rows that are listed."""
WHY = (
    N_("total"), N_("subtotal"), N_("footer"), N_("example"), N_("section"), N_("repeated header"), N_("hidden"),
    N_("very hidden"),
    N_("no table"), N_("no rows"), N_("findings of a sheet handed back"), N_("another kind"), N_("another table"),
)  # fmt: skip
"""Why rows and sheets are skipped, in the words of `dualcert.roster`."""


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
    help=N_(
        "Import a roster (.xlsx, .xls, .ods, .csv) into the books.\n\n"
        "The sheet and its columns are found by the headers that offices use (市, 机构名称, CMA证书编号 …); titles, "
        "merged cells, subtotals and footers are understood. The program never guesses where two readings are "
        "possible: it reports row and column, and --errors hands the sheet back with the cells marked.\n\n"
        "Everything is planned and decided before the first fact is recorded: all or nothing, or the sound rows with "
        "--accept-valid. Importing the same file again, on any day, records nothing. With --template an empty sheet "
        "is written to FILE instead."
    ),
)
@click.argument("file", type=click.Path(path_type=Path))
@option("--kind", type=KindName(), help=N_("The kind of sheet; by default it is recognised by the headers."))
@option("--sheet", metavar="NAME", help=N_("The sheet to read, if several qualify."))
@option("--columns", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="MAP.toml",
        help=N_('Headers of your own: a file with [columns] and lines such as "单位全称" = "name".'))  # fmt: skip
@option("--on", type=Day(), help=N_("The day of entries without a date; default the sheet's earliest grant."))
@option("--dry-run", is_flag=True, help=N_("Show what would be recorded, and record nothing."))
@option("--accept-valid", is_flag=True, help=N_("Record the sound rows; exit status 3 if others were refused."))
@option(
    "--correct", is_flag=True, help=N_("Correct certificates, plans and days in the books that differ from the sheet.")
)
@option("--add-people", is_flag=True, help=N_("Add names that the directory does not have, under new ids."))
@option("--errors", type=click.Path(path_type=Path), metavar="OUT.xlsx", help=N_("Hand the sheet back here, marked."))
@option("--template", type=KindName(), help=N_("Write an empty sheet of this kind to FILE."))
@force
@accept_clock
@entered
@formatted
@pass_shell
def import_(
    shell: Shell,
    /,
    *,
    file: Path,
    columns: Path | None,
    errors: Path | None,
    template: str | None,
    force: bool,
    accept_clock: bool,
    format_: str,
    **options: Any,
) -> int:
    """Plan, decide, record, and print the outcome."""
    if template:
        return _write_template(shell, template, file, replace=force)
    from dualcert.people import Directory
    from dualcert.roster import How, import_roster
    from dualcert.roster.columns import load_mapping
    from dualcert.roster.handback import check_path, hand_back
    from dualcert.roster.kinds import KINDS

    if errors:
        check_path(errors, file, replace=force)
    known = frozenset(column.field for kind in KINDS.values() for column in kind.columns.columns)
    mapping = load_mapping(columns, known) if columns else {}
    with (
        shell.open(accept_clock=accept_clock) as registry,
        Directory.open(registry.store) as people,
        _phases() as progress,
    ):
        how = How(columns=mapping, people=people, **options)
        done = import_roster(registry, file, how, progress=progress)
    back = hand_back(done, errors, _, replace=force) if errors else None
    _print_outcome(done, format_, dry_run=how.dry_run)
    if errors:
        _tell_back(errors, back)
    return REFUSED if done.refused else 0


def _tell_back(path: Path, back: HandedBack | None) -> None:
    """Print on stderr what was handed back, and what was not kept."""
    from dualcert.roster.handback import NOTES

    if back is None:
        note(_("nothing is wrong: {file} was not written").format(file=path))
        return
    note(_("handed back: {file}").format(file=path))
    for each in back.notes:
        note(_(NOTES[each]))


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


@define
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


def _print_outcome(done: Imported, format_: str, *, dry_run: bool) -> None:
    document = done.to_dict(_)
    if dry_run:
        document["plan"] = done.plan()
    match format_:
        case "json":
            print_json(document)
        case "jsonl":
            print_lines(document["findings"])
        case "csv":
            print_csv(document["findings"])
        case _:
            _tell_aside(document, dry_run=dry_run)
            if dry_run:
                print_table(
                    (N_("row"), N_("command"), N_("id"), N_("what")), [_plan_line(c) for c in document["plan"]], [0]
                )
            _tell_findings(document)
            _tell_counts(document, dry_run=dry_run)


def _tell_aside(document: Mapping[str, Any], *, dry_run: bool) -> None:
    """Print on stderr which sheets, rows and columns were skipped, and the remarks."""
    for other in document["left_alone"]:
        why = _("{why}: {kind}").format(why=_(other["why"]), kind=other["kind"]) if "kind" in other else _(other["why"])
        note(_("sheet {sheet} is left alone: {why}").format(sheet=other["sheet"], why=why))
    for row in document["skipped"]:
        note(_("row {row} is not read: {why}").format(row=row["row"], why=_(row["why"])))
    if document["hidden_rows"]:
        note(_("hidden rows are read like the others: {rows}").format(rows=_ranges(document["hidden_rows"])))
    if document["hidden_columns"]:
        columns = ", ".join(document["hidden_columns"])
        note(_("hidden columns are read like the others: {columns}").format(columns=columns))
    for untold in document["untold"]:
        note(untold["message"])
    for unread in document["unread"]:
        note(_("column {column} is not read").format(column=unread))
    for kind, headers in document["also"].items():
        note(_("columns {columns} are read with --kind {kind}").format(columns=", ".join(headers), kind=kind))
    for remark in document["remarks"]:
        note(f"{remark['cell'] or remark['row']} {remark['column']}: {remark['message']}")
    for person in document["people"]:
        would_be, added = (
            _("would be added to the directory: {name} as {person}"),
            _("added to the directory: {name} as {person}"),
        )
        note((would_be if dry_run else added).format(**person))


def _ranges(numbers: Sequence[int]) -> str:
    """Return numbers in order as ranges: 3, 5-9."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and parts[-1][1] == number - 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    shown = [f"{first}-{last}" if last > first else str(first) for first, last in parts[:MOST_RANGES]]
    return ", ".join([*shown, f"… ({len(numbers)})"] if len(parts) > MOST_RANGES else shown)


def _plan_line(command: Mapping[str, Any]) -> list[Any]:
    about = ("lab", "county", "pairing", "campaign", "stream")
    own = {k: v for k, v in command.items() if k not in {"row", "do", "by", "source", "on", *about}}
    subject = next((command[name] for name in about if name in command), "")
    return [command["row"], command["do"], subject, _listed({"on": command.get("on"), **own})]


def _listed(fields: Mapping[str, Any]) -> str:
    """Return a command's fields on one line; nested values are in brackets."""
    return ", ".join(f"{name}={_shown(value)}" for name, value in fields.items() if value is not None)


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"({_listed(value)})"
    return "; ".join(map(_shown, value)) if isinstance(value, list | tuple) else str(value)


def _tell_findings(document: Mapping[str, Any]) -> None:
    if document["findings"]:
        rows = [[f["cell"] or f["row"], f["column"], f["code"], f["message"]] for f in document["findings"]]
        print_table((N_("cell"), N_("column"), N_("code"), N_("message")), rows)
    if document["refused"] and not document["recorded"]:
        note(_("nothing was recorded; --accept-valid takes the sound rows, --errors OUT.xlsx hands the sheet back"))


def _tell_counts(document: Mapping[str, Any], *, dry_run: bool) -> None:
    template = (
        _(
            "{sheet}: {rows} rows; {recorded} would be recorded ({facts} facts), {unchanged} unchanged, {refused} refused"
        )
        if dry_run
        else _("{sheet}: {rows} rows; {recorded} recorded ({facts} facts), {unchanged} unchanged, {refused} refused")
    )
    click.echo(template.format(**document))
    if document["rows"] and not document["recorded"] and not document["refused"]:
        click.echo(_("the books know all of it already: nothing was recorded"))


@click.command(
    cls=ShellCommand,
    help=N_(
        "Write what the books know on a day to a workbook that 'import' can read, one sheet for each kind.\n\n"
        "It has the current state without history: ended certificates and pairings are left out, and stay in the log."
    ),
)
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@option("--to", type=click.Choice(["xlsx"]), default="xlsx", show_default=True, help=N_("The form."))
@option("--kind", type=KindName(), multiple=True, help=N_("Only this kind; may be given several times."))
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
