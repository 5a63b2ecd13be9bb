"""Commands that ask for figures and facts: status, ratio, history."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from dualcert.cli.bars import bar
from dualcert.cli.language import N_, _
from dualcert.cli.names import named
from dualcert.cli.output import local, print_answer, print_csv, print_json, print_lines, print_table
from dualcert.cli.shell import (
    DayType,
    MomentType,
    Shell,
    ShellCommand,
    asked,
    assumed,
    campaigned,
    formatted,
    option,
    pass_shell,
)
from dualcert.cli.statuses import print_statuses
from dualcert.cli.words import coded, titled

if TYPE_CHECKING:
    from dualcert.cli.names import PersonText
    from dualcert.fold import KnownAt
    from dualcert.projections.ratios import Figures, Ratios, Split
    from dualcert.projections.statuses import StatusKind


DATA_WIDTH = 200
"""Characters of a fact's own fields that a table shows; JSON has all of them."""


def print_basis(document: dict[str, Any]) -> None:
    """Print the basis of a figure: day, instant, position of the log."""
    from dualcert.values.dates import SHANGHAI

    instant = document["known_at"]  # none before the first fact
    known_at = datetime.fromisoformat(instant).astimezone(SHANGHAI).isoformat() if instant else "—"
    template = _("as of {as_of}, known at {known_at}, position {position}")
    click.echo(template.format(as_of=document["as_of"], known_at=known_at, position=document["position"]))


@click.command(
    cls=ShellCommand,
    examples=(
        "dualcert status lab-140525-1",
        "dualcert status --division 140500 --as-of 2023-09-30",
    ),
    help=N_(
        "Show the state of labs, counties, pairings or the campaign on a day.\n\n"
        "ID is lab-140525-1, county-140525, pairing-… or campaign-…; without one all of a --kind are listed, "
        "or those in --division."
    ),
)
@click.argument("ids", nargs=-1, metavar="[ID]…")
@option("--kind", type=click.Choice(["lab", "county", "pairing", "campaign"]), default="lab", show_default=True,
        help=N_("The kind that is listed if no ID is given."))  # fmt: skip
@option("--division", metavar="CODE", help=N_("Only those in this division, by its code."))
@asked
@campaigned
@formatted
@pass_shell
def status(
    shell: Shell,
    ids: tuple[str, ...],
    kind: StatusKind,
    division: str | None,
    as_of: date,
    known_at: KnownAt,
    campaign: str | None,
    format_: str,
) -> None:
    with shell.open() as registry:
        books = (registry.glance if ids else registry.books)(as_of, known_at, campaign=campaign)
        document = books.status(*ids, kind=None if ids else kind, division=division).to_dict()
    if print_answer(format_, document):
        return
    with named(registry.store) as names:
        print_statuses(document["rows"], names)
    print_basis(document)


@click.command(
    cls=ShellCommand,
    examples=(
        "dualcert ratio --by city --as-of 2023-09-30",
        "dualcert ratio --by city --plot",
    ),
    help=N_(
        "Show how many labs are dual-certified on a day, by province, city, county or level.\n\n"
        "The target is checked exactly, not on the rounded figure: 84.96 % is printed as 85.0 and does not meet 85."
    ),
)
@option("--by", type=click.Choice(["province", "city", "county", "level"]), default="province", show_default=True,
        help=N_("How the province is split."))  # fmt: skip
@option("--explain", is_flag=True, help=N_("List the labs that lack a certificate, with its state."))
@option("--series", type=click.Choice(["month", "change"]),
        help=N_("Also the figures of each month's end, or of each day on which a figure changes."))  # fmt: skip
@option("--from", "from_", type=DayType(), help=N_("The first day of the series; default the campaign's first day."))
@option("--to", type=DayType(), help=N_("Its last day; default the campaign's last day, at most --as-of."))
@option("--plot", is_flag=True, help=N_("Draw each share in the table as a bar with a mark at the target."))
@asked
@assumed
@campaigned
@formatted
@pass_shell
def ratio(  # noqa: PLR0913, PLR0917  it has as many options
    shell: Shell,
    by: Split,
    explain: bool,  # noqa: FBT001  click's signature
    series: str | None,
    from_: date | None,
    to: date | None,
    plot: bool,  # noqa: FBT001
    as_of: date,
    known_at: KnownAt,
    policy: str | None,
    campaign: str | None,
    format_: str,
) -> None:
    from dualcert.values.dates import month_ends

    days: tuple[date, ...] = ()
    if not series and (from_ or to):
        raise click.UsageError(_("--from and --to are the first and last day of a --series"))
    with shell.open() as registry:
        books = registry.glance(as_of, known_at, policy=policy, campaign=campaign)
        if series:
            rules = books.policy()
            first = from_ or rules.from_
            last = to or max(first, min(rules.to, as_of))
            if last < first:
                raise click.UsageError(
                    _("the series ends on {to}, before it begins on {from_}").format(to=last, from_=first)
                )
            days = books.change_days(first, last, by) if series == "change" else month_ends(first, last)
        answer = books.ratio(by, explain=explain, series=days)
    if not print_answer(format_, answer.to_dict()):
        print_ratios(answer, plot=plot)


def print_ratios(answer: Ratios, *, plot: bool = False) -> None:
    """Print the figures as a table, with their basis; with *plot*, each share as a bar, too."""
    target = answer.target_percent
    drawn = [N_("of the target")] if plot else []
    headers = (N_("code"), N_("name"), N_("labs"), "CMA", "CATL", N_("dual"), "%", N_("met"), *drawn)
    lines = [[*_figures_line(row), *(bar(row.percent, target) for _drawn in drawn)] for row in answer.rows]
    total = ["", _("total"), *_figures_line(answer.total)[2:], *(bar(answer.total.percent, target) for _drawn in drawn)]
    print_table(headers, [*lines, total] if len(lines) > 1 else lines, numbers=[2, 3, 4, 5, 6])
    for row in answer.rows:
        print_lacking(row)
    if answer.points:
        print_table(
            (N_("day"), N_("labs"), N_("dual"), "%", *drawn),
            [
                [p.as_of, p.labs, p.dual, p.percent, *(bar(p.percent, target) for _drawn in drawn)]
                for p in answer.points
            ],
            numbers=[1, 2, 3],
        )
    levels = _(", ").join(_(level.value) for level in answer.basis)
    click.echo(
        _("counted: labs of level {levels}; target {percent} %").format(levels=levels, percent=answer.target_percent)
    )
    print_basis(answer.to_dict())


def print_lacking(row: Figures) -> None:
    """Print the labs of a row that lack a certificate, with the state of each."""
    unit = row.name or (_(row.level.value) if row.level else row.division)
    template = _("lacking in {unit}: {lab} {name}: {states}")
    for lab in row.lacking or ():
        states = _(", ").join((f"CMA {_(lab.cma.value)}", f"CATL {_(lab.catl.value)}"))
        click.echo(template.format(unit=unit, lab=lab.lab, name=lab.name, states=states))


def _figures_line(row: Figures) -> list[Any]:
    unit = [_(row.level.value), ""] if row.level else [row.division, row.name]
    return [*unit, row.labs, row.cma, row.catl, row.dual, row.percent, row.met]


@click.command(
    cls=ShellCommand,
    examples=(
        "dualcert history lab-140525-1",
        "dualcert history campaign-shanxi-2023",
    ),
    help=N_(
        "List all facts of one lab, county, pairing or campaign, oldest first, retracted ones included.\n\n"
        "ID is lab-140525-1, county-140525, pairing-… or campaign-shanxi-2023. 'fact' is the stored name, 'on' the day from "
        "which it is true, 'recorded_at' when it was entered."
    ),
)
@click.argument("id_", metavar="ID")
@option("--known-at", type=MomentType(), help=N_("Use only what was known then."))
@formatted
@pass_shell
def history(shell: Shell, id_: str, known_at: KnownAt, format_: str) -> None:
    from dualcert.projections.histories import history as history_of

    with shell.open() as registry:
        view = registry.glance(known_at=known_at).view
        rows = [row.to_dict() for row in history_of(view, id_)]
    match format_:
        case "json":
            known = view.known_at.isoformat().replace("+00:00", "Z") if view.known_at else None
            print_json({"as_of": None, "known_at": known, "position": view.position, "rows": rows})
        case "jsonl":
            print_lines(rows)
        case "csv":
            print_csv(rows)
        case _:
            headers = (N_("position"), N_("version"), N_("on"), N_("recorded at"), N_("fact"), N_("data"), N_("by"))
            with named(registry.store) as names:
                print_table(headers, [_history_line(row, names) for row in rows], numbers=[0, 1])


def _history_line(row: dict[str, Any], names: PersonText) -> list[Any]:
    data = ", ".join(
        f"{titled(name)}={_brief(value, names)}" for name, value in row["data"].items() if value is not None
    )
    shown = data if len(data) <= DATA_WIDTH else f"{data[:DATA_WIDTH]}…"
    by = names(row["by"])
    return [row["position"], row["version"], row["on"], local(row["recorded_at"]), _(row["fact"]), shown, by]


def _brief(value: Any, names: PersonText) -> Any:
    """Return a field's value for one line: people by name, a list of ids or words as they are, else how many."""
    if isinstance(value, str):
        return names(value) if value.startswith("person-") else coded(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if not isinstance(value, list | tuple):
        return value["name"] if isinstance(value, dict) else value
    return " ".join(map(coded, value)) if all(isinstance(each, str) for each in value) else len(value)
