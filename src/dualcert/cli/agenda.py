"""Commands about what is to be done: agenda, risk, plans."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from dualcert.cli.figures import print_basis
from dualcert.cli.language import N_, _
from dualcert.cli.names import PersonText, contacts, named
from dualcert.cli.output import print_answer, print_table
from dualcert.cli.shell import Shell, ShellCommand, asked, assumed, campaigned, formatted, option, pass_shell

if TYPE_CHECKING:
    from dualcert.fold import KnownAt
    from dualcert.projections.books import Books
    from dualcert.projections.finding import Finding


@click.command(
    cls=ShellCommand,
    examples=(
        "dualcert agenda --within 30",
        "dualcert agenda --as-of 2023-10-31 --division 140400",
    ),
    help=N_(
        "List what is to be done, by whom, most urgent first: duties ahead as well as overdue ones.\n\n"
        "Whoever sees to a duty is shown with name and phone, where the directory of people has them."
    ),
)
@option(
    "--within",
    type=click.IntRange(min=0),
    metavar="DAYS",
    help=N_("Only duties that are due within this many days, overdue, or without a date."),
)
@option("--responsible", metavar="ID|CODE", help=N_("Only what this person, lab, city or province sees to."))
@option("--division", metavar="CODE", help=N_("Only those in this division, by its code."))
@asked
@assumed
@campaigned
@formatted
@pass_shell
def agenda(
    shell: Shell,
    within: int | None,
    responsible: str | None,
    division: str | None,
    as_of: date,
    known_at: KnownAt,
    policy: str | None,
    campaign: str | None,
    format_: str,
) -> None:
    """Ask and print."""
    with shell.open() as registry:
        books = registry.books(as_of, known_at, policy=policy, campaign=campaign)
        answer = books.agenda(within=within, responsible=responsible, division=division)
        with named(registry.store) as people:
            names = _names_in(books, people)
            document = answer.to_dict(_, names)
            lines = [_line(row, names) for row in answer.rows]
        document["rows"] = contacts(registry.store, document["rows"])
    if print_answer(format_, document):
        return
    lines = [[*line, _who(row["responsible"])] for line, row in zip(lines, document["rows"], strict=True)]
    headers = (N_("severity"), N_("due"), N_("days"), N_("duty"), N_("code"), N_("what"), N_("responsible"))
    print_table(headers, lines, numbers=[2])
    click.echo(_("duties: {n}").format(n=len(lines)))
    print_basis(document)


def _names_in(books: Books, people: PersonText) -> PersonText:
    """Return a function from an id or a code to what people call it: divisions and labs by name, people as *people* has them."""

    def name(id_: str) -> str:
        division = books.division(id_)
        if division:
            return division.name
        return books.lab_name(id_) if id_.startswith("lab-") else people(id_)

    return name


def _line(row: Finding, names: PersonText) -> list[Any]:
    duty = _(row.duty.value) if row.duty else ""
    return [_(row.severity.value), row.due, row.days_left, duty, row.division, row.message(_, names)]


def _who(responsible: dict[str, Any] | None) -> str:
    if responsible is None:
        return ""
    return " ".join(filter(None, (responsible["name"], responsible["phone"])))


@click.command(
    cls=ShellCommand,
    examples=("dualcert risk standing",),
    help=N_(
        "Show who will miss a gate: the counties that it concerns and that do not pass, and what they lack.\n\n"
        "For each certificate that lacks: its state, the application under way, and for how many days in that state. "
        "Those for which most is still possible come first."
    ),
)
@click.argument("gate")
@asked
@assumed
@campaigned
@formatted
@pass_shell
def risk(
    shell: Shell,
    gate: str,
    as_of: date,
    known_at: KnownAt,
    policy: str | None,
    campaign: str | None,
    format_: str,
) -> None:
    """Ask and print."""
    with shell.open() as registry:
        books = registry.books(as_of, known_at, policy=policy, campaign=campaign)
        document = books.risk(gate).to_dict()
        with named(registry.store) as names:
            lines = [line for row in document["rows"] for line in _at_risk(row, names)]
    if print_answer(format_, document):
        return
    headers = (N_("county id"), N_("name"), N_("days"), N_("lab"), N_("scheme"), N_("state"), N_("application"),
               N_("for days"), N_("open measures"), N_("lead"))  # fmt: skip
    print_table(headers, lines, numbers=[2, 7, 8])
    click.echo(_("counties: {n}").format(n=len(document["rows"])))
    print_basis(document)


def _at_risk(row: dict[str, Any], names: PersonText) -> list[list[Any]]:
    """Return a line for each certificate that lacks; one line where no lab is designated."""
    head = [row["county"], row["name"], row["days_left"]]
    tail = [row["open_measures"], names(row["lead"]) if row["lead"] else None]
    if not row["missing"]:
        return [[*head, _("no designated lab"), None, None, None, None, *tail]]
    return [
        [
            *head,
            each["name"],
            each["scheme"],
            _(each["state"]),
            each["application"] and _(each["application"]),
            each["days"],
            *tail,
        ]
        for each in row["missing"]
    ]


@click.command(
    cls=ShellCommand,
    examples=("dualcert plans --as-of 2023-05-31",),
    help=N_(
        "Show the tackling plans by city: how many counties owe one, have handed it in, and how many measures are done.\n\n"
        "The items themselves are in 'agenda' while they are open, and in 'export --kind plans'."
    ),
)
@asked
@assumed
@campaigned
@formatted
@pass_shell
def plans(shell: Shell, as_of: date, known_at: KnownAt, policy: str | None, campaign: str | None, format_: str) -> None:
    """Ask and print."""
    with shell.open() as registry:
        document = registry.books(as_of, known_at, policy=policy, campaign=campaign).plans().to_dict()
    if print_answer(format_, document):
        return
    headers = (N_("code"), N_("name"), N_("owed"), N_("handed in"), N_("in time"), N_("overdue"), N_("measures"),
               N_("done"), N_("measures overdue"))  # fmt: skip
    rows = [list(row.values()) for row in document["rows"]]
    total = ["", _("total"), *(sum(row[column] for row in rows) for column in range(2, len(headers)))]
    print_table(headers, [*rows, total], numbers=range(2, 9))
    print_basis(document)
