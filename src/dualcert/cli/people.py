"""Commands of the directory of people: add, show, erase."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dualcert.cli.language import N_, _
from dualcert.cli.names import person_text
from dualcert.cli.output import note, print_answer, print_table
from dualcert.cli.shell import Shell, ShellCommand, ShellGroup, entered, formatted, option, pass_shell, today
from dualcert.values.terms import Right

if TYPE_CHECKING:
    from dualcert.people import Person
    from dualcert.rights import Rights

ALL = "all"
"""Every right, in a command line."""

people = ShellGroup(
    "people",
    examples=("dualcert people show",),
    help=N_(
        "The directory of people: who an opaque id such as person-17 is.\n\n"
        "It is kept outside the log (beside an SQLite store as STORE.people, in PostgreSQL as a table of its own), so "
        "that erasing a person changes no fact. Each person is encrypted under a key of their own (STORE.keys), which erasing "
        "destroys."
    ),
)


@people.command(
    cls=ShellCommand,
    examples=("dualcert people add person-17 --name 张三 --email zhang@example.org",),
    help=N_(
        "Add a person, or change their entry.\n\n"
        "ID is the person's id, as in --by. Options that are left out change nothing; an empty text removes a value. An entry that "
        "cannot be read is replaced if all three are given."
    ),
)
@click.argument("id_", metavar="ID")
@option("--name", help=N_("Their name."))
@option("--phone", help=N_("Their phone number."))
@option("--email", help=N_("Their e-mail address."))
@entered
@pass_shell
def add(shell: Shell, id_: str, name: str | None, phone: str | None, email: str | None, by: str) -> None:
    """Add or change the entry, and print it."""
    from attrs import evolve

    from dualcert.people import Directory, Person

    given = {"name": name, "phone": phone, "email": email}
    changed: dict[str, Any] = {field: text or None for field, text in given.items() if text is not None}
    with shell.open() as registry, Directory.open(registry.store) as directory:
        shell.check(registry, by, Right.PEOPLE)
        if changed.keys() == given.keys():
            person = Person(id_, **changed)
            directory.add(person)
        else:
            person = directory.change(id_, lambda known: evolve(known, **changed))
        click.echo(person_text(person, id_))


@people.command(cls=ShellCommand, examples=("dualcert people show",), help=N_("Show a person, or everybody."))
@click.argument("id_", metavar="[ID]", required=False)
@entered
@formatted
@pass_shell
def show(shell: Shell, id_: str | None, by: str, format_: str) -> None:
    """Look up, and print."""
    from dualcert.errors import PersonUnreadable, UnknownPerson
    from dualcert.errors import shown as escaped
    from dualcert.people import Directory

    with shell.open() as registry, Directory.open(registry.store) as directory:
        shell.check(registry, by, Right.PEOPLE)
        found = directory.all() if id_ is None else [one] if (one := directory.find(id_)) else []
        place = directory.place
    if id_ and not found:
        raise UnknownPerson(person=escaped(id_))
    if not print_answer(format_, {"rows": [p.to_dict() for p in found]}):
        headers = (N_("id"), N_("name"), N_("phone"), N_("e-mail"), N_("erased on"))
        print_table(headers, [[p.person, _cell(p), p.phone, p.email, p.erased_on] for p in found])
    for person in found:
        if person.unreadable:
            problem = PersonUnreadable(store=place, person=person.person, problem=person.unreadable)
            note(f"{problem.code}: {problem.render(_)}")


def _cell(person: Person) -> str | None:
    """Return the name in a table, or that it cannot be read."""
    return _("(cannot be read)") if person.unreadable else person.name


@people.command(
    cls=ShellCommand,
    examples=("dualcert people erase person-17",),
    help=N_(
        "Erase a person's name, phone and e-mail for good.\n\n"
        "Their key is destroyed, so copies of the directory show them no more, either. The id stays in the facts, is shown as "
        "erased, and is never given to another person. Messages to them are removed from the outbox. Keys that were copied "
        "earlier still open earlier copies: make a backup, which replaces those beside it, and remove the others."
    ),
)
@click.argument("id_", metavar="ID")
@option("--yes", is_flag=True, help=N_("Do not ask."))
@entered
@pass_shell
def erase(shell: Shell, id_: str, yes: bool, by: str) -> None:  # noqa: FBT001  click's signature
    """Erase."""
    from dualcert.people import Directory
    from dualcert.reporting.erasing import erase_person

    with shell.open() as registry:
        shell.check(registry, by, Right.PEOPLE)
        if not yes:
            with Directory.open(registry.store) as directory:
                known = person_text(directory.entry(id_), id_)
            click.confirm(_("Erase {person} for good?").format(person=known), abort=True, err=True)
        erased = erase_person(registry, id_, today())
    click.echo(_("{person} (erased)").format(person=id_))
    destroyed = _("destroyed: the key of {person}, name, phone and e-mail, and {n} messages that were not sent yet")
    note(destroyed.format(person=id_, n=erased.messages))
    for dispatch in erased.named_in:
        note(_("a message to somebody else still names them: {dispatch}").format(dispatch=dispatch))
    if erased.sent:
        note(_("{n} messages went out to them before: their mailbox has them").format(n=erased.sent))
    note(
        _(
            "backups show them as long as there are keys from before: make a backup, which replaces the keys beside it, and remove "
            "other copies of the keys"
        )
    )


@people.command(
    cls=ShellCommand,
    examples=("dualcert people keys people-1f2e3d4c.keys",),
    help=N_(
        "Take keys of people from FILE, the keys beside a backup of this store, where the store lacks them.\n\n"
        "So people are read again whose keys were lost, or who were restored without keys. Whom FILE shows as erased is erased "
        "here, too."
    ),
)
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@entered
@pass_shell
def keys(shell: Shell, file: Path, by: str) -> None:
    """Take them, and print how many people can be read."""
    from dualcert.people import Directory
    from dualcert.store.keyfile import read_keys

    with shell.open() as registry, Directory.open(registry.store) as directory:
        shell.check(registry, by, Right.PEOPLE)
        directory.keys.merge(read_keys(file, registry.store.id))
        people = directory.all()
    read = sum(not person.unreadable for person in people)
    click.echo(_("{n} of {all} people can be read").format(n=read, all=len(people)))


def rights_given(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the person and the rights that it changes, and `--by`."""
    command = click.argument(
        "rights",
        metavar="RIGHT...",
        nargs=-1,
        required=True,
        type=click.Choice([*(right.value for right in Right), ALL]),
    )(command)
    return click.argument("id_", metavar="ID")(entered(command))


def _meant(rights: tuple[str, ...]) -> list[Right]:
    return list(Right) if ALL in rights else [Right(each) for each in rights]


@people.command(
    cls=ShellCommand,
    examples=(
        "dualcert people allow person-1 all",
        "dualcert people allow person-17 labs counties --by person-1",
    ),
    help=N_(
        "Give a person rights.\n\n"
        "Without any right given, everybody may do everything. From the first one on, each command needs a right of the "
        "person in --by or $DUALCERT_BY. The rights: labs, counties, pairings, campaigns (record such facts), gates (decide "
        "about a county's standing), dispatches (plan and send messages), people (read and change the directory), rights "
        "(give and withdraw rights), or all. The shell believes --by: who must not be trusted must not reach the store."
    ),
)
@rights_given
@pass_shell
def allow(shell: Shell, id_: str, rights: tuple[str, ...], by: str) -> None:
    """Give, and print who has which."""
    from dualcert.rights import Rights

    with shell.open() as registry, Rights.open(registry.store) as given:
        given.allow(id_, _meant(rights), by=by, on=today())
        _print_rights(given, "table")


@people.command(
    cls=ShellCommand,
    examples=("dualcert people withdraw person-17 counties --by person-1",),
    help=N_("Take rights from a person; see 'people allow'."),
)
@rights_given
@pass_shell
def withdraw(shell: Shell, id_: str, rights: tuple[str, ...], by: str) -> None:
    """Take, and print who has which."""
    from dualcert.rights import Rights

    with shell.open() as registry, Rights.open(registry.store) as given:
        given.withdraw(id_, _meant(rights), by=by)
        _print_rights(given, "table")


@people.command(
    "rights",
    cls=ShellCommand,
    examples=("dualcert people rights",),
    help=N_("List who has which rights; see 'people allow'."),
)
@option("--off", is_flag=True, help=N_("Take all rights from everybody: then everybody may do everything again."))
@entered
@formatted
@pass_shell
def rights_(shell: Shell, off: bool, by: str, format_: str) -> None:  # noqa: FBT001  click's signature
    """List, or switch off."""
    from dualcert.rights import Rights

    with shell.open() as registry, Rights.open(registry.store) as given:
        if off:
            given.switch_off(by=by)
        _print_rights(given, format_)


def _print_rights(given: Rights, format_: str) -> None:
    """Print who has which rights, or that everybody may do everything."""
    rows = [{"person": g.person, "right": g.right.value, "since": g.since.isoformat(), "by": g.by} for g in given.all()]
    if print_answer(format_, {"rows": rows}):
        return
    if not rows:
        click.echo(_("no rights are given: everybody may do everything"))
        return
    headers = (N_("person"), N_("right"), N_("since"), N_("given by"))
    print_table(headers, [[row["person"], row["right"], row["since"], row["by"]] for row in rows])
