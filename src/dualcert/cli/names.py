"""Names of people in tables: looked up in the directory by id, because the log has no names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from dualcert.cli.language import _
from dualcert.cli.output import note

if TYPE_CHECKING:
    from dualcert.people import Person
    from dualcert.store.url import Store

PersonText = Callable[[str], str]
"""Id of a person -> the text of a table: name and id, the id alone, or the id marked as erased, or as one that cannot be read."""


@contextmanager
def named(store: Store) -> Iterator[PersonText]:
    """Yield a function from an id to its text; if the directory cannot be read, a note is printed and ids are shown."""
    from dualcert.errors import StoreUnusable
    from dualcert.people import Directory

    try:
        with Directory.open(store) as directory:
            people = {person.person: person for person in directory.all()}
    except StoreUnusable as error:
        note(_("people are shown by id: {problem}").format(problem=error.render(_)))
        people = {}
    yield lambda person: person_text(people.get(person), person)


def contacts(store: Store, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return *rows* with the phone of the responsible person, or None if the directory has no phone."""
    from dualcert.errors import StoreUnusable
    from dualcert.people import Directory

    try:
        with Directory.open(store) as directory:
            phones = {person.person: person.phone for person in directory.all()}
    except StoreUnusable:  # `named` has printed the note
        phones = {}
    return [
        {**row, "responsible": who and {**who, "phone": phones.get(who["id"])}}
        for row in rows
        for who in (row["responsible"],)
    ]


def person_text(found: Person | None, person: str) -> str:
    """Return a person's name with the id; the id alone if there is no name, marked if they were erased or cannot be read."""
    if found is None:
        return person
    if mark := found.mark:
        return _(mark).format(person=person)
    return f"{found.name} ({person})" if found.name else person
