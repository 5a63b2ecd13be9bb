"""The input of an import, and its outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import Any, Protocol

from attrs import define, field, frozen
from attrs.validators import optional

from dualcert.domain import fields as f
from dualcert.domain.commands import Command, document_of
from dualcert.domain.receipt import Receipt
from dualcert.errors import N_, BadRoster, Translate
from dualcert.projections.view import View
from dualcert.roster.columns import as_mapping, spelled
from dualcert.roster.planning import People, Planned
from dualcert.roster.reading.limits import Limits
from dualcert.roster.rows import CellProblem, Reader
from dualcert.roster.sheets import Chosen
from dualcert.values.people import Person

CellPlace = tuple[str, str, int, int]
"""A cell: its file, its sheet, its row from 1 and its column from 0."""


class Progress(Protocol):
    """Receives the progress of an import."""

    def begin(self, phase: str, total: int) -> None:
        """Begin a phase (reading, planning, recording) of *total* steps, or of 0 where their number is unknown."""

    def advance(self, steps: int) -> None:
        """Count *steps* more as done."""


class Silent:
    """Ignores the progress."""

    def begin(self, phase: str, total: int) -> None:
        """Do nothing."""

    def advance(self, steps: int) -> None:
        """Do nothing."""


class ImportTarget(Protocol):
    """The part of a registry that an import uses: the present books, and the execution of commands."""

    def view(self) -> View:
        """Return the books as known now."""

    def today(self) -> date:
        """Return the civil day on which the import takes place."""

    def catch_up(self) -> int:
        """Read what was recorded since, and return the position of the last fact."""

    def execute_many(
        self,
        commands: Iterable[Command],
        *,
        accept_valid: bool = False,
        dry_run: bool = False,
        progress: Callable[[int], None] | None = None,
        check: Callable[[View], None] | None = None,
    ) -> Sequence[Receipt]:
        """Decide *commands* and, unless *dry_run*, record all of them, or with *accept_valid* the valid ones.

        *check* gets the books on which they are decided; what it raises is raised, and nothing is recorded.
        """

    def rehearsal(self) -> AbstractContextManager[ImportTarget]:
        """Return books in memory with the same facts, in which a recording can be tried out."""


UNTOLD: Mapping[str, str] = {
    "text": N_("a text file does not tell which rows and columns were hidden, or which formulas were never computed"),
    "formulas": N_("some formulas show 0 or nothing, and an old .xls does not tell whether they were ever computed"),
}
"""Code of what a format does not tell -> the sentence about it."""


@frozen(kw_only=True)
class How:
    """How a sheet is imported.

    Attributes:
        kind: the kind of the roster, where its headers fit several.
        sheet: the name of the sheet, where several could be meant.
        all_sheets: take every sheet with rows; only for `import_rosters`.
        columns: header -> column (its header in templates, or its field), for headers that the kind does not know.
        on: the day of entries that the sheet does not date.
        by: who enters the facts.
        accept_valid: record the sound rows even if others are refused.
        dry_run: record nothing.
        correct: correct facts of the books that differ from the sheet.
        people: the directory in which names of people are looked up.
        add_people: add names that the directory lacks.
        add_names: names that are added although *add_people* is not given.
        instead: what is read instead of the content of a cell: (file, sheet, row, column) -> content, the row counted from 1
            and the column from 0.
        limits: how large a roster may be.
    """

    kind: str | None = None
    sheet: str | None = None
    all_sheets: bool = False
    columns: Mapping[str, str] = field(factory=dict, converter=as_mapping)
    on: date | None = field(default=None, converter=f.as_optional_date, validator=optional(f.is_date))
    by: str = field(default="system", validator=f.is_id_of("person"))
    accept_valid: bool = False
    dry_run: bool = False
    correct: bool = False
    people: People | None = None
    add_people: bool = False
    add_names: frozenset[str] = frozenset()
    instead: Mapping[CellPlace, str] = field(factory=dict)
    limits: Limits = field(factory=Limits)


@define
class Imported:
    """The result of an import.

    `planned` are the sound rows with their commands. `recorded`, `unchanged`, `refused` and `held_back` count rows and
    add up to `rows`. `facts` counts the facts that were recorded, or in a dry run would be. `newcomers` are the people
    who were `added` to the directory, or would be if the import were recorded.
    """

    file: str
    chosen: Chosen
    reader: Reader
    planned: tuple[Planned, ...]
    newcomers: tuple[Person, ...]
    recorded: int
    unchanged: int
    facts: int
    position: int
    added: bool = False

    @property
    def findings(self) -> list[CellProblem]:
        """The findings, in order of row."""
        return sorted(self.reader.findings, key=lambda f: f.row)

    @property
    def refused(self) -> int:
        """The number of rows with a finding."""
        return len(self.reader.unsound)

    @property
    def rows(self) -> int:
        """The number of rows."""
        return len(self.chosen.table.rows)

    @property
    def held_back(self) -> int:
        """The number of rows without a finding of their own that were not recorded because of other rows."""
        return self.rows - self.recorded - self.unchanged - self.refused

    @property
    def commands(self) -> list[Command]:
        """The commands of the sound rows, in order."""
        return [command for each in self.planned for command in each.commands]

    def plan(self) -> list[dict[str, Any]]:
        """Return the planned commands, each with the first row that it comes from."""
        return [{"row": each.rows[0], **document_of(command)} for each in self.planned for command in each.commands]

    def to_dict(self, translate: Translate = str) -> dict[str, Any]:
        """Return the answer in the form of JSON, with messages in the reader's language."""
        table = self.chosen.table
        return {
            "file": self.file,
            "sheet": table.page.name,
            "kind": self.chosen.kind.name,
            "rows": self.rows,
            "recorded": self.recorded,
            "facts": self.facts,
            "unchanged": self.unchanged,
            "refused": self.refused,
            "held_back": self.held_back,
            "unread": list(self.chosen.unread),
            "partly_read": [table.called(table.columns[each]) for each in sorted(table.partly)],
            "also": {kind: list(headers) for kind, headers in self.chosen.also.items()},
            "skipped": [{"row": row, "why": why} for row, why in table.skipped],
            "left_alone": [
                {"sheet": each.sheet, "why": each.why, **({"kind": each.kind} if each.kind else {})}
                for each in self.chosen.left_alone
            ],
            "hidden_rows": list(table.hidden_rows()),
            "hidden_columns": list(table.hidden_columns()),
            "untold": [{"code": code, "message": translate(UNTOLD[code])} for code in table.page.untold],
            "findings": [_problem_document(f, translate) for f in self.findings],
            "remarks": [_problem_document(f, translate) for f in self.reader.remarks],
            "people": [{"person": each.person, "name": each.name, "added": self.added} for each in self.newcomers],
            "position": self.position,
        }


@frozen
class FileRefused:
    """A file of which nothing was read or recorded, and the reason."""

    file: str
    refusal: BadRoster


@define
class ImportedAll:
    """The result of an import of several tables: those that were read, in the order in which they were taken, and the files that cannot be read."""

    tables: tuple[Imported, ...]
    files_refused: tuple[FileRefused, ...]
    position: int

    @property
    def refused(self) -> int:
        """The number of rows with a finding, and of files that cannot be read."""
        return sum(each.refused for each in self.tables) + len(self.files_refused)

    def mapping(self) -> dict[str, str]:
        """Return header -> column for every header that was read, as a mapping file has them; "" where it stays unread.

        A header that means different columns in two tables is left out: each of them knows it by itself.
        """
        found: dict[str, tuple[str, set[str]]] = {}
        for each in self.tables:
            for header, name in each.chosen.mapping().items():
                found.setdefault(spelled(header), (header, set()))[1].add(name)
        named = {header: names - {""} for header, names in found.values()}
        return {header: "".join(names) for header, names in named.items() if len(names) <= 1}

    def to_dict(self, translate: Translate = str) -> dict[str, Any]:
        """Return the answer in the form of JSON, with messages in the reader's language: each table, and the totals."""
        counts = ("rows", "recorded", "facts", "unchanged", "refused", "held_back")
        return {
            "tables": [each.to_dict(translate) for each in self.tables],
            "files_refused": [
                {"file": each.file, "code": each.refusal.code, "message": each.refusal.render(translate)}
                for each in self.files_refused
            ],
            "total": {name: sum(getattr(each, name) for each in self.tables) for name in counts},
            "position": self.position,
        }


def _problem_document(problem: CellProblem, translate: Translate) -> dict[str, Any]:
    return {
        "row": problem.row,
        "column": problem.column,
        "cell": problem.cell,
        "code": problem.problem.code,
        "message": problem.problem.render(translate),
    }
