"""An import from file to receipt: plan, decide all of it, then hand the commands to the books."""

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
"""How often an import is planned whose new ids of people were given away meanwhile."""


class Progress(Protocol):
    """Who is told how far an import is."""

    def begin(self, phase: str, total: int) -> None:
        """Begin a phase (reading, planning, recording) of *total* steps; 0 where that is not known."""

    def advance(self, steps: int) -> None:
        """So many more steps are done."""


class Silent:
    """Nobody is told."""

    def begin(self, phase: str, total: int) -> None:
        """Say nothing."""

    def advance(self, steps: int) -> None:
        """Say nothing."""


class ImportTarget(Protocol):
    """What an import needs of the books: to ask what is known, and to hand over commands."""

    def view(self) -> View:
        """Return the books as known now."""

    def catch_up(self) -> int:
        """Return the head's position."""

    def execute_many(
        self,
        commands: Iterable[Command],
        *,
        accept_valid: bool = False,
        dry_run: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> Sequence[Receipt]:
        """Decide, and record unless *dry_run*, all or the valid ones of *commands*."""


@frozen(kw_only=True)
class How:
    """What may be said beside a sheet; see `import_roster`."""

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
    """What came of an import; `planned` are the sound rows and their commands.

    `recorded`, `unchanged` and `refused` count rows and add up to `rows`, save where unsound rows kept
    the sound ones out; `facts` counts what was recorded, or in a dry run would be.
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
        """What is wrong, in order of row."""
        return sorted(self.reader.findings, key=lambda f: f.row)

    @property
    def refused(self) -> int:
        """How many rows something is wrong with."""
        return len(self.reader.unsound)

    @property
    def commands(self) -> list[Command]:
        """The commands of the sound rows, in order."""
        return [command for each in self.planned for command in each.commands]

    def plan(self) -> list[dict[str, Any]]:
        """Return the planned commands with the row that they come from."""
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
            "findings": [_told(f, translate) for f in self.findings],
            "remarks": [_told(f, translate) for f in self.reader.remarks],
            "people": [{"person": each.person, "name": each.name} for each in self.newcomers],
            "position": self.position,
        }


def _told(finding: CellProblem, translate: Translate) -> dict[str, Any]:
    return {
        "row": finding.row,
        "column": finding.column,
        "cell": finding.cell,
        "code": finding.problem.code,
        "message": finding.problem.render(translate),
    }


def import_roster(
    books: ImportTarget,
    file: Path,
    how: How | None = None,
    *,
    progress: Progress | None = None,
    **said: Any,
) -> Imported:
    """Import the roster *file*: all or nothing, or the sound rows with `accept_valid`.

    What is said beside the sheet is in *how*, or in keywords of the same names: `kind` and `sheet` where
    several could be meant, `columns` (header -> field), `on` dates what the sheet does not, `correct`
    corrects what the books have otherwise, `people` is the directory, to which `add_people` adds names,
    `dry_run` records nothing, `limits` are what a roster may take. Everything is planned and decided before the first fact is recorded.

    Raises a subclass of BadRoster where the file or its sheet cannot be read, NoCampaign where no policy
    says which province it is about.
    """
    how, told = how or How(**said), progress or Silent()
    told.begin(N_("reading"), 0)
    read = pages.read(file, how.limits)
    chosen = choose(read, how.kind, how.sheet, how.columns)
    for again in reversed(range(ATTEMPTS)):
        try:
            return _planned(books, read, chosen, how, told)
        except PersonIdTaken:  # another import gave it away between planning and recording
            if not again:
                raise
    raise AssertionError


def _planned(books: ImportTarget, read: pages.Pages, chosen: Chosen, how: How, told: Progress) -> Imported:
    planner = _planner(books.view(), read.sha256, chosen, how)
    told.begin(N_("planning"), len(chosen.table.rows))
    planned, commands = [], 0
    for each in chosen.kind.plan(planner):
        planned.append(each)
        commands += len(each.commands)
        _check_outcome(read.file, how.limits, commands, planner.reader)
        told.advance(len(each.rows))
    _check_outcome(read.file, how.limits, commands, planner.reader)
    told.begin(N_("recording"), commands)
    return _decided(books, read.file, chosen, planner, planned, how, told)


def _check_outcome(file: str, limits: Limits, commands: int, reader: Reader) -> None:
    """Refuse a sheet of which more comes than may be held in memory; a real one has less by far."""
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
        said=how.on is not None,
        correct=how.correct,
        people=how.people,
        add_people=how.add_people,
    )


def _decided(
    books: ImportTarget,
    file: str,
    chosen: Chosen,
    planner: Planner,
    planned: list[Planned],
    how: How,
    told: Progress,
) -> Imported:
    """Decide everything; record it where all of it is sound, or the sound part is taken."""
    reader, newcomers = planner.reader, tuple(planner.newcomers.values())
    sound, receipts = planned, _at_once(books, planner, planned, how, told)
    recorded = receipts is not None
    if receipts is None:
        sound, receipts = _sound(books, chosen.kind, planner, planned, told)
    taken = how.accept_valid or not reader.unsound
    if taken and not how.dry_run and not recorded:
        _claim(books, planner, newcomers)
        receipts = books.execute_many([command for each in sound for command in each.commands], progress=told.advance)
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
    books: ImportTarget, planner: Planner, planned: list[Planned], how: How, told: Progress
) -> Sequence[Receipt] | None:
    """Record a plan in which nothing is wrong so far, and which adds nobody; None where the books refuse any of it."""
    if how.dry_run or planner.reader.unsound or planner.newcomers:
        return None
    try:
        receipts = books.execute_many([command for each in planned for command in each.commands], progress=told.advance)
    except Conflict:
        raise
    except Refused:
        return None
    return receipts


def _claim(books: ImportTarget, planner: Planner, newcomers: tuple[Person, ...]) -> None:
    """Add the newcomers to the directory: before the facts that name them, so that an interruption loses nobody.

    Raises PersonIdTaken where an id is somebody else's since the plan was made.
    """
    if not newcomers:
        return
    named = people_named(books.view(), after=planner.view.position)
    for each in newcomers:
        if each.person in named:
            raise PersonIdTaken(person=each.person)
    assert planner.people is not None
    planner.people.claim(newcomers)


def _sound(
    books: ImportTarget, kind: Kind, planner: Planner, planned: list[Planned], told: Progress
) -> tuple[list[Planned], Sequence[Receipt]]:
    """Return what is left when the rows that the books would refuse are findings, with its receipts.

    A row is taken whole or not at all; where one is dropped, all the rest is decided again, since
    it may have rested on it.
    """
    rows = {row.number: row for row in planner.table.rows}
    while True:
        commands = [command for each in planned for command in each.commands]
        receipts = books.execute_many(commands, accept_valid=True, dry_run=True, progress=told.advance)
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
    """Return the field of a refusal by the books: its own, else what dates the command or another of its day.

    Where the sheet has none of them it is the first that every sheet of the kind has.
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
    """Tell what the books find odd about a row, where it says so."""
    odd = {id(receipt.command): receipt.remarks for receipt in receipts if receipt.remarks}
    rows = {row.number: row for row in planner.table.rows} if odd else {}
    for each in planned:
        for remark in [remark for command in each.commands for remark in odd.get(id(command), ())]:
            assert isinstance(remark, OddNumber | UnusualValidity)
            part = "number" if isinstance(remark, OddNumber) else "valid_until"
            planner.reader.remark(rows[each.rows[0]], certificate_field(remark.scheme, part), remark)
