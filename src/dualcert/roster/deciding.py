"""Planned rows to receipts: all commands are decided, and recorded where nothing or only some rows are refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dualcert.domain.commands import CertificateCommand, Command, CorrectFact, document_of
from dualcert.domain.receipt import Receipt
from dualcert.errors import Conflict, OddNumber, PersonIdTaken, Refused, UnusualValidity
from dualcert.projections.people import people_named
from dualcert.roster.columns import certificate_field
from dualcert.roster.outcome import How, Imported, ImportTarget, Progress
from dualcert.roster.planning import Kind, Planned, Planner
from dualcert.roster.sheets import Chosen
from dualcert.values.people import Person


def decide_rows(
    books: ImportTarget,
    file: str,
    chosen: Chosen,
    planner: Planner,
    planned: list[Planned],
    how: How,
    progress: Progress,
) -> Imported:
    """Decide all commands; record them where every row is sound, or with `accept_valid` those of the sound rows."""
    reader = planner.reader
    sound, receipts = planned, _at_once(books, planner, planned, how, progress)
    recorded = receipts is not None
    if receipts is None:
        sound, receipts = _without_refused(books, chosen.kind, planner, planned, progress)
    newcomers = _named(planner, sound)
    taken = how.accept_valid or not reader.unsound
    if taken and not how.dry_run and not recorded:
        _claim(books, planner, newcomers)
        receipts = _recorded(books, planner, sound, progress)
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
        added=taken and not how.dry_run,
    )


def _named(planner: Planner, planned: Sequence[Planned]) -> tuple[Person, ...]:
    """Return the newcomers whom a planned command names: those of rows that are not recorded are not added."""
    if not planner.newcomers:
        return ()
    ids: set[str] = set()
    for command in (command for each in planned for command in each.commands):
        ids.update(_texts(document_of(command)))
    return tuple(each for each in planner.newcomers.values() if each.person in ids)


def _texts(value: object) -> Iterator[str]:
    """Yield the texts in a document."""
    match value:
        case str():
            yield value
        case Mapping():
            for each in value.values():
                yield from _texts(each)
        case list() | tuple():
            for each in value:
                yield from _texts(each)


def _at_once(
    books: ImportTarget, planner: Planner, planned: list[Planned], how: How, progress: Progress
) -> Sequence[Receipt] | None:
    """Record a plan without findings and newcomers; return None where it has any, or the books refuse a command."""
    if how.dry_run or planner.reader.unsound or planner.newcomers:
        return None
    try:
        return _recorded(books, planner, planned, progress)
    except Conflict:
        raise
    except Refused:
        return None


def _recorded(books: ImportTarget, planner: Planner, planned: list[Planned], progress: Progress) -> Sequence[Receipt]:
    """Record the commands of a plan, all or none; raises PlanOutdatedError where others began what the plan may begin."""
    commands = [command for each in planned for command in each.commands]
    return books.execute_many(commands, progress=progress.advance, check=planner.check)


def _claim(books: ImportTarget, planner: Planner, newcomers: tuple[Person, ...]) -> None:
    """Add the newcomers to the directory, before the facts that name them, so that an interruption loses nobody.

    Raises PersonIdTaken where an id was given to somebody else, or one of them was added, after the plan was made.
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
        receipts = books.execute_many(
            commands, accept_valid=True, dry_run=True, progress=progress.advance, check=planner.check
        )
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
    dated = [each for command in refused if command.on == refused[0].on for each in _fields_of_day(kind, command)]
    fields = (getattr(problem, "field", ""), *dated, *sorted(planner.reader.columns.needed))
    return next(each for each in fields if each in planner.table.columns)


def _fields_of_day(kind: Kind, command: Command) -> tuple[str, ...]:
    """Return the fields that may have the day of *command*, or of the command that corrects a fact."""
    if isinstance(command, CorrectFact):
        return _fields_of_day(kind, command.replacement)
    field_ = kind.dated.get(type(command), "")
    if not isinstance(command, CertificateCommand):
        return (field_,)
    return certificate_field(command.scheme, field_), certificate_field(command.scheme, "state"), field_, "state"


def _remark(planner: Planner, planned: list[Planned], receipts: Sequence[Receipt]) -> None:
    """Note the remarks of the books about commands, each at the cell that it is about."""
    odd = {id(receipt.command): receipt.remarks for receipt in receipts if receipt.remarks}
    rows = {row.number: row for row in planner.table.rows} if odd else {}
    for each in planned:
        for remark in [remark for command in each.commands for remark in odd.get(id(command), ())]:
            assert isinstance(remark, OddNumber | UnusualValidity)
            part = "number" if isinstance(remark, OddNumber) else "valid_until"
            planner.reader.remark(rows[each.rows[0]], certificate_field(remark.scheme, part), remark)
