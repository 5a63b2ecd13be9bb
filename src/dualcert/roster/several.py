"""An import of several files and sheets, in the order in which they depend on each other, with one outcome."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from attrs import define, evolve, field, frozen

from dualcert.errors import N_, BadRoster, RosterTooLarge
from dualcert.files import can_be_a_file, is_a_file, is_a_folder
from dualcert.roster.importing import chosen_from, take
from dualcert.roster.kinds import KINDS
from dualcert.roster.outcome import FileRefused, How, Imported, ImportedAll, ImportTarget, Progress, Silent
from dualcert.roster.planning import People
from dualcert.roster.reading import pages
from dualcert.roster.reading.sniff import ENDINGS
from dualcert.roster.sheets import Chosen, choose_all
from dualcert.values.people import Person
from dualcert.values.text import person_name

OF_FOLDERS = frozenset(ENDINGS) - {".txt"}
"""The endings of the files that are taken from a folder."""


@frozen
class _Table:
    """A table that is to be imported, and the file that it is in."""

    path: Path
    read: pages.Pages
    chosen: Chosen


def import_rosters(
    books: ImportTarget,
    files: Iterable[Path],
    how: How | None = None,
    *,
    progress: Progress | None = None,
    **options: Any,
) -> ImportedAll:
    """Import several rosters, in the order of their kinds: labs, counties, pairings and so on.

    A file is taken whole or not at all, with all its tables, or with `accept_valid` its sound rows. A file that is refused
    does not keep the others from being recorded. Tables are planned one after the other, each on the books with those
    before it; a dry run does so in books that are thrown away.

    Args:
        books: the registry into which they are imported.
        files: the spreadsheets; a folder stands for those in it.
        how: how they are imported.
        progress: receives the progress.
        options: the attributes of How as keywords, where *how* is not given.

    Raises:
        BadRoster: a folder without spreadsheets.
        BadConfiguration: the mapping names a column that none of the kinds has.
        NoCampaign: no policy names the province.
    """
    how, progress = how or How(**options), progress or Silent()
    tables, refused = _read(spreadsheets(files), how, progress)
    done: list[Imported] = []
    held: list[Imported] = []
    if len(tables) > 1 and (how.dry_run or (not how.accept_valid and _several_of_a_file(tables))):
        done, tables, held = _rehearsed(books, tables, how, progress)
    if len(tables) <= 1 or not how.dry_run:
        done, more = _taken(books, tables, how, progress)
        refused += more
    return ImportedAll((*done, *held), tuple(refused), books.catch_up())


def spreadsheets(paths: Iterable[Path]) -> list[Path]:
    """Return the files of *paths*, each once; a folder stands for the spreadsheets in it, in order of name."""
    found: dict[str, Path] = {}
    for path in paths:
        within = _in_folder(path) if is_a_folder(path) else [path]
        for each in within:
            found.setdefault(os.path.realpath(each) if can_be_a_file(each) else str(each), each)
    return list(found.values())


def _in_folder(folder: Path) -> list[Path]:
    """Return the spreadsheets in a folder, without hidden files and the locks of programs that have one open."""
    found = [each for each in sorted(folder.iterdir())
             if each.suffix.lower() in OF_FOLDERS and is_a_file(each) and not each.name.startswith((".", "~$"))]  # fmt: skip
    if not found:
        raise BadRoster(file=str(folder), problem=N_("the folder has no spreadsheet"))
    return found


def _read(files: Sequence[Path], how: How, progress: Progress) -> tuple[list[_Table], list[FileRefused]]:
    """Return the tables of the files, in the order in which they are taken, and the files that cannot be read."""
    tables: list[_Table] = []
    refused: list[FileRefused] = []
    size = _Size(how)
    for file in files:
        progress.begin(N_("reading"), 0)
        try:
            read = pages.read(file, how.limits)
            size.add(read)
            choose = partial(choose_all, read, how.kind, how.sheet, how.columns, every=how.all_sheets)
            tables += [_Table(file, read, chosen) for chosen in chosen_from(how, choose)]
        except BadRoster as refusal:
            refused.append(FileRefused(str(file), refusal))
    order = list(KINDS)
    return sorted(tables, key=lambda each: order.index(each.chosen.kind.name)), refused


@define
class _Size:
    """How much was read: all files together are held in memory, so they are no larger than one may be."""

    how: How
    rows: int = 0
    cells: int = 0

    def add(self, read: pages.Pages) -> None:
        """Count a file; raises RosterTooLarge where it is too much with those before it."""
        rows = sum(len(page.rows) for page in read.pages)
        cells = sum(len(row) for page in read.pages for row in page.rows)
        if self.rows + rows > self.how.limits.rows or self.cells + cells > self.how.limits.cells:
            problem = N_(
                "together with the files before it, it has more rows than one import may hold: import it by itself"
            )
            raise RosterTooLarge(file=read.file, problem=problem)
        self.rows, self.cells = self.rows + rows, self.cells + cells


def _several_of_a_file(tables: Sequence[_Table]) -> bool:
    return len({each.path for each in tables}) < len(tables)


def _taken(
    books: ImportTarget, tables: Sequence[_Table], how: How, progress: Progress
) -> tuple[list[Imported], list[FileRefused]]:
    """Import tables one after the other; return the outcomes, and those that are refused as a whole."""
    done: list[Imported] = []
    refused: list[FileRefused] = []
    for table in tables:
        try:
            done.append(take(books, table.read, table.chosen, how, progress))
        except BadRoster as refusal:
            refused.append(FileRefused(str(table.path), refusal))
    return done, refused


def _rehearsed(
    books: ImportTarget, tables: list[_Table], how: How, progress: Progress
) -> tuple[list[Imported], list[_Table], list[Imported]]:
    """Try out an import in books that are thrown away.

    Returns the outcomes of the files that can be taken, their tables, and the outcomes of the files that are refused, of
    which nothing is recorded. Where one is refused, the others are tried again without it.
    """
    held: list[Imported] = []
    while True:
        people = Rehearsal(how.people) if how.people else None
        with books.rehearsal() as trial:
            done, _ = _taken(trial, tables, evolve(how, dry_run=False, people=people), progress)
        done = [evolve(each, added=False) for each in done]
        unsound = set() if how.accept_valid else {each.file for each in done if each.refused}
        if not unsound:
            return done, tables, held
        held += [evolve(each, recorded=0, facts=0) for each in done if each.file in unsound]
        tables = [each for each in tables if each.read.file not in unsound]


@define
class Rehearsal:
    """A directory of people to which those of a rehearsal are added in memory alone."""

    directory: People
    names: dict[str, str] = field(factory=dict)

    def called(self, name: str) -> Sequence[str]:
        """Return the ids of the people with that name."""
        known = [person for person, other in self.names.items() if person_name(other) == person_name(name)]
        return [*self.directory.called(name), *known]

    def free_id(self, taken: Iterable[str]) -> str:
        """Return an id that no person has or had and that is not in *taken*."""
        return self.directory.free_id([*taken, *self.names])

    def claim(self, people: Sequence[Person]) -> None:
        """Add people in memory."""
        self.names.update({each.person: each.name or "" for each in people})
