"""An import from file to receipts: all rows are planned and decided before the first fact is recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from attrs import define, field, frozen

from dualcert.domain.commands import CertificateCommand, Command, CorrectFact, document_of
from dualcert.domain.receipt import Receipt
from dualcert.errors import N_, Conflict, OddNumber, PersonIdTaken, Refused, RosterTooLarge, Translate, UnusualValidity
from dualcert.projections.people import people_named
from dualcert.projections.view import View
from dualcert.roster.columns import certificate_field
from dualcert.roster.planning import Kind, People, Planned, Planner
from dualcert.roster.reading import pages
from dualcert.roster.reading.limits import Limits
from dualcert.roster.rows import CellProblem, Reader
from dualcert.roster.sheets import Chosen, choose
from dualcert.roster.units import Units
from dualcert.values.dates import LATEST
from dualcert.values.people import Person

ATTEMPTS = 5
"""How often an import is planned, where ids of its newcomers are given to others meanwhile."""


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
    """What an import needs of a registry: the books as known now, and the execution of commands."""

    def view(self) -> View:
        """Return the books as known now."""

    def catch_up(self) -> int:
        """Read what was recorded since, and return the position of the last fact."""

    def execute_many(
        self,
        commands: Iterable[Command],
        *,
        accept_valid: bool = False,
        dry_run: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> Sequence[Receipt]:
        """Decide *commands* and, unless *dry_run*, record all of them, or with *accept_valid* the valid ones."""


@frozen(kw_only=True)
class How:
    """How a sheet is imported.

    Attributes:
        kind: the kind of the roster, where its headers fit several.
        sheet: the name of the sheet, where several could be meant.
        columns: header -> field, for headers that the kind does not know.
        on: the day of what the sheet does not date.
        by: who enters the facts.
        accept_valid: record the sound rows even if others are refused.
        dry_run: record nothing.
        correct: correct facts of the books that differ from the sheet.
        people: the directory in which names of people are looked up.
        add_people: add names that the directory lacks.
        limits: how large a roster may be.
    """

    kind: str | None = None
    sheet: str | None = None
    columns: Mapping[str, str] = field(factory=dict)
    on: date | None = None
    by: str = "system"
    accept_valid: bool = False
    dry_run: bool = False
    correct: bool = False
    people: People | None = None
    add_people: bool = False
    limits: Limits = field(factory=Limits)


@define
class Imported:
    """The result of an import.

    `planned` are the sound rows with their commands. `recorded`, `unchanged` and `refused` count rows; they add up to
    `rows` unless unsound rows kept the sound ones from being recorded. `facts` counts the facts that were recorded,
    or in a dry run would be.
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

    @property
    def findings(self) -> list[CellProblem]:
        """The findings, in order of row."""
        return sorted(self.reader.findings, key=lambda f: f.row)

    @property
    def refused(self) -> int:
        """The number of rows with a finding."""
        return len(self.reader.unsound)

    @property
    def commands(self) -> list[Command]:
        """The commands of the sound rows, in order."""
        return [command for each in self.planned for command in each.commands]

    def plan(self) -> list[dict[str, Any]]:
        """Return the planned commands, each with the first row that it comes from."""
        return [{"row": each.rows[0], **document_of(command)} for each in self.planned for command in each.commands]

    def to_dict(self, translate: Translate = str) -> dict[str, Any]:
        """Return the answer as JSON has it, messages in the reader's language."""
        table = self.chosen.table
        return {
            "sheet": table.page.name,
            "kind": self.chosen.kind.name,
            "rows": len(table.rows),
            "recorded": self.recorded,
            "facts": self.facts,
            "unchanged": self.unchanged,
            "refused": self.refused,
            "unread": list(self.chosen.unread),
            "also": {kind: list(headers) for kind, headers in self.chosen.also.items()},
            "skipped": [{"row": row, "why": why} for row, why in table.skipped],
            "left_alone": [{"sheet": name, "why": why} for name, why in self.chosen.left_alone],
            "hidden_rows": table.page.hidden_rows,
            "findings": [_problem_document(f, translate) for f in self.findings],
            "remarks": [_problem_document(f, translate) for f in self.reader.remarks],
            "people": [{"person": each.person, "name": each.name} for each in self.newcomers],
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


def import_roster(
    books: ImportTarget,
    file: Path,
    how: How | None = None,
    *,
    progress: Progress | None = None,
    **options: Any,
) -> Imported:
    """Import the roster *file*: all or nothing, or the sound rows with `accept_valid`.

    Everything is planned and decided before the first fact is recorded.

    Args:
        books: the registry into which it is imported.
        file: the spreadsheet.
        how: how it is imported.
        progress: receives the progress.
        options: the attributes of How as keywords, where *how* is not given.

    Returns:
        The counts and findings.

    Raises:
        BadRoster: a subclass of it, where the file or its sheet cannot be read.
        NoCampaign: no policy names the province.
    """
    how, progress = how or How(**options), progress or Silent()
    progress.begin(N_("reading"), 0)
    read = pages.read(file, how.limits)
    chosen = choose(read, how.kind, how.sheet, how.columns)
    for again in reversed(range(ATTEMPTS)):
        try:
            return _attempt(books, read, chosen, how, progress)
        except PersonIdTaken:  # another import gave it away between planning and recording
            if not again:
                raise
    raise AssertionError


def _attempt(books: ImportTarget, read: pages.Pages, chosen: Chosen, how: How, progress: Progress) -> Imported:
    planner = _planner(books.view(), read.sha256, chosen, how)
    progress.begin(N_("planning"), len(chosen.table.rows))
    planned, commands = [], 0
    for each in chosen.kind.plan(planner):
        planned.append(each)
        commands += len(each.commands)
        _check_outcome(read.file, how.limits, commands, planner.reader)
        progress.advance(len(each.rows))
    _check_outcome(read.file, how.limits, commands, planner.reader)
    progress.begin(N_("recording"), commands)
    return _decide(books, read.file, chosen, planner, planned, how, progress)


def _check_outcome(file: str, limits: Limits, commands: int, reader: Reader) -> None:
    """Raise RosterTooLarge where the commands and findings of a sheet are more than may be held in memory."""
    if 2 * commands + len(reader.findings) > limits.outcome:
        problem = N_("more commands and findings come of it than an import may hold: split the sheet")
        raise RosterTooLarge(file=file, problem=problem)


def _planner(view: View, sha256: str, chosen: Chosen, how: How) -> Planner:
    policy = view.policy(how.on or LATEST)
    units = Units(view.divisions, policy.province)
    units.titled(f"{chosen.table.title} {chosen.table.page.name}")
    return Planner(
        table=chosen.table,
        reader=Reader(chosen.table, chosen.kind.columns, units),
        view=view,
        policy=policy,
        sha256=sha256,
        by=how.by,
        on=how.on or policy.from_,
        day_given=how.on is not None,
        correct=how.correct,
        people=how.people,
        add_people=how.add_people,
    )


def _decide(
    books: ImportTarget,
    file: str,
    chosen: Chosen,
    planner: Planner,
    planned: list[Planned],
    how: How,
    progress: Progress,
) -> Imported:
    """Decide all commands; record them where every row is sound, or with `accept_valid` those of the sound rows."""
    reader, newcomers = planner.reader, tuple(planner.newcomers.values())
    sound, receipts = planned, _at_once(books, planner, planned, how, progress)
    recorded = receipts is not None
    if receipts is None:
        sound, receipts = _without_refused(books, chosen.kind, planner, planned, progress)
    taken = how.accept_valid or not reader.unsound
    if taken and not how.dry_run and not recorded:
        _claim(books, planner, newcomers)
        receipts = books.execute_many(
            [command for each in sound for command in each.commands], progress=progress.advance
        )
    _remark(planner, sound, receipts)
    new = {id(receipt.command): len(receipt.facts) for receipt in receipts if receipt.recorded}
    adding = [each for each in sound if any(id(command) in new for command in each.commands)]
    rows = sum(len(each.rows) for each in adding)
    return Imported(
        file=file,
        chosen=chosen,
        reader=reader,
        planned=tuple(sound),
        newcomers=newcomers,
        recorded=rows if taken else 0,
        unchanged=sum(len(each.rows) for each in sound) - rows,
        facts=sum(new.values()) if taken else 0,
        position=books.catch_up(),
    )


def _at_once(
    books: ImportTarget, planner: Planner, planned: list[Planned], how: How, progress: Progress
) -> Sequence[Receipt] | None:
    """Record a plan without findings and newcomers; return None where it has any, or the books refuse a command."""
    if how.dry_run or planner.reader.unsound or planner.newcomers:
        return None
    try:
        receipts = books.execute_many(
            [command for each in planned for command in each.commands], progress=progress.advance
        )
    except Conflict:
        raise
    except Refused:
        return None
    return receipts


def _claim(books: ImportTarget, planner: Planner, newcomers: tuple[Person, ...]) -> None:
    """Add the newcomers to the directory, before the facts that name them, so that an interruption loses nobody.

    Raises PersonIdTaken where an id was given to somebody else after the plan was made.
    """
    if not newcomers:
        return
    named = people_named(books.view(), after=planner.view.position)
    for each in newcomers:
        if each.person in named:
            raise PersonIdTaken(person=each.person)
    assert planner.people is not None
    planner.people.claim(newcomers)


def _without_refused(
    books: ImportTarget, kind: Kind, planner: Planner, planned: list[Planned], progress: Progress
) -> tuple[list[Planned], Sequence[Receipt]]:
    """Return the planned rows of which the books refuse no command, with their receipts; the refusals become findings.

    A row is taken whole or not at all. Where one is dropped, all others are decided again, since they may depend on it.
    """
    rows = {row.number: row for row in planner.table.rows}
    while True:
        commands = [command for each in planned for command in each.commands]
        receipts = books.execute_many(commands, accept_valid=True, dry_run=True, progress=progress.advance)
        refused = {id(r.command): r.refusal for r in receipts if r.refusal}
        if not refused:
            return planned, receipts
        for each in planned:
            gone = [command for command in each.commands if id(command) in refused]
            for number in each.rows if gone else ():
                problem = refused[id(gone[0])]
                planner.reader.find(rows[number], _column_of(kind, planner, problem, gone), problem)
        planned = [each for each in planned if all(planner.reader.sound(rows[n]) for n in each.rows)]


def _column_of(kind: Kind, planner: Planner, problem: Refused, refused: Sequence[Command]) -> str:
    """Return the field at which a refusal by the books is shown.

    It is the refusal's own field, else the field of the day of the refused command or of another one of that day, else
    the first field that every sheet of the kind has.
    """
    dated = [_field_of_day(kind, command) for command in refused if command.on == refused[0].on]
    fields = (getattr(problem, "field", ""), *dated, *sorted(planner.reader.columns.needed))
    return next(each for each in fields if each in planner.table.columns)


def _field_of_day(kind: Kind, command: Command) -> str:
    """Return the field of the day of *command*, or of the command that corrects a fact."""
    if isinstance(command, CorrectFact):
        return _field_of_day(kind, command.replacement)
    field_ = kind.dated.get(type(command), "")
    return certificate_field(command.scheme, field_) if isinstance(command, CertificateCommand) else field_


def _remark(planner: Planner, planned: list[Planned], receipts: Sequence[Receipt]) -> None:
    """Note the remarks of the books about commands, each at the cell that it is about."""
    odd = {id(receipt.command): receipt.remarks for receipt in receipts if receipt.remarks}
    rows = {row.number: row for row in planner.table.rows} if odd else {}
    for each in planned:
        for remark in [remark for command in each.commands for remark in odd.get(id(command), ())]:
            assert isinstance(remark, OddNumber | UnusualValidity)
            part = "number" if isinstance(remark, OddNumber) else "valid_until"
            planner.reader.remark(rows[each.rows[0]], certificate_field(remark.scheme, part), remark)
