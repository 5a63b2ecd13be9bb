"""Who an opaque id is, for the reader of a table: looked up in the directory, never taken from the log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dualcert.cli.language import _
from dualcert.cli.output import note

if TYPE_CHECKING:
    from dualcert.people import Person
    from dualcert.store.url import Store

Names = Callable[[str], str]
"""Id of a person -> what a table says: name and id, the id alone, or that they were erased."""


@contextmanager
def named(store: Store) -> Iterator[Names]:
    """Yield how people are shown; where the directory cannot be read, a note says so and people are shown by id."""
    from dualcert.errors import StoreUnusable
    from dualcert.people import Directory

    try:
        with Directory.open(store) as directory:
            people = {person.person: person for person in directory.all()}
    except StoreUnusable as error:
        note(_("people are shown by id: {problem}").format(problem=error.render(_)))
        people = {}
    yield lambda person: shown(people.get(person), person)


def shown(found: Person | None, person: str) -> str:
    """Return a person's name with the id, or the id and that they were erased."""
    if found is None:
        return person
    if found.erased_on:
        return _("{person} (erased)").format(person=person)
    return f"{found.name} ({person})" if found.name else person
