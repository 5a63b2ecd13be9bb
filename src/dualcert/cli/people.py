"""Commands of the directory of people: add, show, erase."""

from __future__ import annotations

from typing import Any

import click
from attrs import evolve

from dualcert.cli.language import N_, _
from dualcert.cli.names import shown
from dualcert.cli.output import note, print_answer, print_table
from dualcert.cli.shell import Shell, ShellCommand, ShellGroup, formatted, option, pass_shell, today

people = ShellGroup(
    "people",
    help=N_(
        "The directory of people: who an opaque id such as person-17 is.\n\n"
        "It is kept outside the log (beside an SQLite store as STORE.people, in PostgreSQL as a table of its own), so "
        "that erasing a person changes no fact."
    ),
)


@people.command(
    cls=ShellCommand,
    help=N_(
        "Add a person, or change their entry.\n\n"
        "ID is the person's id, as in --by. Options that are left out change nothing; an empty text removes a value."
    ),
)
@click.argument("id_", metavar="ID")
@option("--name", help=N_("Their name."))
@option("--phone", help=N_("Their phone number."))
@option("--email", help=N_("Their e-mail address."))
@pass_shell
def add(shell: Shell, id_: str, name: str | None, phone: str | None, email: str | None) -> None:
    """Add or change the entry, and print it."""
    from dualcert.people import Directory

    given = {"name": name, "phone": phone, "email": email}
    changed: dict[str, Any] = {field: text or None for field, text in given.items() if text is not None}
    with shell.open() as registry, Directory.open(registry.store) as directory:
        person = directory.change(id_, lambda known: evolve(known, **changed))
        click.echo(shown(person, id_))


@people.command(cls=ShellCommand, help=N_("Show a person, or everybody."))
@click.argument("id_", metavar="[ID]", required=False)
@formatted
@pass_shell
def show(shell: Shell, id_: str | None, format_: str) -> None:
    """Look up, and print."""
    from dualcert.errors import UnknownPerson
    from dualcert.errors import shown as escaped
    from dualcert.people import Directory

    with shell.open() as registry, Directory.open(registry.store) as directory:
        found = [person for person in directory.all() if id_ in {None, person.person}]
    if id_ and not found:
        raise UnknownPerson(person=escaped(id_))
    rows = [p.to_dict() for p in found]
    if not print_answer(format_, {"rows": rows}):
        headers = (N_("id"), N_("name"), N_("phone"), N_("e-mail"), N_("erased on"))
        print_table(headers, [list(row.values()) for row in rows])


@people.command(
    cls=ShellCommand,
    help=N_(
        "Erase a person's name, phone and e-mail for good.\n\n"
        "The id stays in the facts, is shown as erased, and is never given to another person. Messages to them are "
        "removed from the outbox. Copies and backups made earlier are not changed: erase those yourself."
    ),
)
@click.argument("id_", metavar="ID")
@option("--yes", is_flag=True, help=N_("Do not ask."))
@pass_shell
def erase(shell: Shell, id_: str, yes: bool) -> None:  # noqa: FBT001  click's signature
    """Erase."""
    from dualcert.people import Directory
    from dualcert.reporting.erasing import erase_person

    with shell.open() as registry:
        if not yes:
            with Directory.open(registry.store) as directory:
                known = shown(directory.find(id_), id_)
            click.confirm(_("Erase {person} for good?").format(person=known), abort=True, err=True)
        erased = erase_person(registry, id_, today())
    for dispatch in erased.named_in:
        note(_("a message to somebody else still names them: {dispatch}").format(dispatch=dispatch))
    click.echo(_("{person} (erased)").format(person=id_))
