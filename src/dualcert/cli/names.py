"""Who an opaque id is, for the reader of a table: looked up in the directory, never taken from the log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dualcert.cli.language import _

if TYPE_CHECKING:
    from dualcert.people import Directory

Names = Callable[[str], str]
"""Id of a person -> what a table says: name and id, the id alone, or that they were erased."""


@contextmanager
def named(store: str) -> Iterator[Names]:
    """Yield how people are shown; a store without a directory has ids only, and gets none by being asked."""
    from dualcert.people import Directory

    if not Directory.exists(store):
        yield str
        return
    with Directory.open(store) as directory:
        yield lambda person: shown(directory, person)


def shown(directory: Directory, person: str) -> str:
    """Return a person's name with the id, or the id and that they were erased."""
    found = directory.find(person)
    if found is None:
        return person
    if found.erased_on:
        return _("{person} (erased)").format(person=person)
    return f"{found.name} ({person})" if found.name else person
