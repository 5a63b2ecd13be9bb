"""What a person can be asked about an import: which column a header is, and which unit, person or value a cell means."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import partial

from attrs import evolve, frozen

from dualcert.errors import (
    N_,
    AmbiguousDate,
    AmbiguousLab,
    AmbiguousPerson,
    AmbiguousUnit,
    BadValue,
    ColumnRepeated,
    ColumnUnknown,
    DayNotStated,
    DualcertError,
    HeadersMissing,
    KindAmbiguous,
    MissingCell,
    NobodyCalled,
    NoSuchLab,
    Phrase,
    SheetAmbiguous,
    UnknownUnit,
)
from dualcert.roster.columns import IGNORED, Column, spelled
from dualcert.roster.kinds import KINDS
from dualcert.roster.layout import column_of
from dualcert.roster.outcome import CellPlace, FileRefused, How, Imported, ImportedAll
from dualcert.roster.rows import CellProblem
from dualcert.units import plain
from dualcert.values.text import person_name

ADD = "+"
"""The answer that adds a person to the directory."""
NEAR, LIKE = 6, 0.3
"""How many similar names are offered, and how similar they are at least."""
_CELL = re.compile(r"([A-Z]+)(\d+)")
_SHORT_DATE = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")


@frozen
class Choice:
    """One answer, and what is shown of it."""

    answer: str
    shown: str


@frozen
class Question:
    """A question: its sentence, the answers that are offered, whether another text may be given, and what an answer changes.

    `key` is equal for questions that are the same. `places` are the cells that it is about, if it is about cells.
    """

    key: Hashable
    sentence: Phrase
    choices: tuple[Choice, ...]
    answered: Callable[[How, str], How]
    free: bool = False
    places: tuple[CellPlace, ...] = ()


def questions(done: ImportedAll, how: How, names: Mapping[str, str], labs: Mapping[str, str]) -> Iterator[Question]:
    """Yield what can be asked about an import; *names* are those of people, and *labs* of labs: id -> name."""
    alone = len({each.file for each in done.tables} | {each.file for each in done.files_refused}) == 1
    for refused in done.files_refused:
        yield from _about_file(refused, how, alone=alone)
    for each in done.tables:
        yield from _about_unread(each)
        yield from _about_cells(each, how, names, labs)


# --- files -----------------------------------------------------------------------------------------


def _about_file(refused: FileRefused, how: How, *, alone: bool) -> Iterator[Question]:
    """Yield what can be asked about a file that cannot be read; the kind of one by itself before its headers."""
    match refused.refusal:
        case HeadersMissing() if alone and how.kind is None:
            yield _of_kind(refused.file, KINDS)
        case HeadersMissing() as problem:
            for name in problem.missing if problem.others else ():
                sentence = Phrase(N_("{file}: which column is {name}?"), file=refused.file, name=name)
                yield Question((refused.file, name), sentence, _plainly(problem.others), partial(_called, name))
        case ColumnUnknown() as problem:
            for header in problem.columns:
                yield _about_header(refused.file, header, KINDS[problem.kind].columns.offered)
        case ColumnRepeated() as problem if problem.lines:
            sentence = Phrase(
                N_("{file}: which of the columns {columns} is read?"), file=refused.file, columns=problem.columns
            )
            chosen = partial(_only, problem.columns)
            yield Question((refused.file, problem.columns), sentence, _plainly(problem.columns), chosen)
        case KindAmbiguous() as problem if alone:
            yield _of_kind(refused.file, problem.kinds)
        case SheetAmbiguous() as problem if alone:
            sentence = Phrase(N_("{file}: which sheet is read?"), file=refused.file)
            yield Question(
                (refused.file, "sheet"),
                sentence,
                _plainly(problem.sheets),
                lambda how, name: evolve(how, sheet=name),
            )


def _of_kind(file: str, kinds: Iterable[str]) -> Question:
    sentence = Phrase(N_("{file}: of which kind is it?"), file=file)
    offered = tuple(Choice(kind, f"{kind} {KINDS[kind].title}") for kind in kinds)
    return Question((file, "kind"), sentence, offered, lambda how, kind: evolve(how, kind=kind))


def _about_unread(done: Imported) -> Iterator[Question]:
    """Yield a question for each header that no kind knows."""
    there = done.chosen.table.columns
    left = [column for column in done.chosen.kind.columns.offered if column.field not in there]
    for header in done.chosen.unread:
        yield _about_header(done.file, header, left)


def _about_header(file: str, header: str, columns: Iterable[Column]) -> Question:
    sentence = Phrase(N_("{file}: what does the column {header} hold?"), file=file, header=header)
    offered = _plainly(column.header for column in columns)
    unread = Choice(IGNORED, N_("nothing that is read"))
    return Question(
        (file, "header", header), sentence, (*offered, unread), lambda how, name: _called(name, how, header)
    )


def _plainly(texts: Iterable[str]) -> tuple[Choice, ...]:
    return tuple(Choice(text, text) for text in texts)


def _called(name: str, how: How, header: str) -> How:
    """Return *how* with a line of the mapping: the header of the sheet is the column *name*."""
    return evolve(how, columns={**how.columns, spelled(header): name})


def _only(columns: Sequence[str], how: How, chosen: str) -> How:
    others = {spelled(each): IGNORED for each in columns if spelled(each) != spelled(chosen)}
    return evolve(how, columns={**how.columns, **others})


# --- cells -----------------------------------------------------------------------------------------


def _about_cells(done: Imported, how: How, names: Mapping[str, str], labs: Mapping[str, str]) -> Iterator[Question]:
    """Yield a question for each content that is not understood, once for all its rows unless these may mean different things."""
    cells: dict[Hashable, tuple[CellProblem, str, list[CellPlace]]] = {}
    rows = {row.number: row for row in done.chosen.table.rows}
    sheet = done.chosen.table.page.name
    for finding in done.findings:
        at = _CELL.fullmatch(finding.cell or "")
        if at is None or not isinstance(finding.problem, ASKED):
            continue
        column, row = column_of(at[1]), rows[finding.row]
        text = str(row.cells[column]) if column < len(row.cells) and row.cells[column] is not None else ""
        own = isinstance(finding.problem, OF_ONE_ROW) or not text
        key = (done.file, sheet, column, text, finding.problem.code, finding.row if own else None)
        cells.setdefault(key, (finding, text, []))[2].append((done.file, sheet, finding.row, column))
    for asked, (finding, text, places) in cells.items():
        sentence = Phrase(N_("{file} {cell} {column}: {problem}"), file=done.file, cell=finding.cell, column=finding.column,
                          problem=finding.problem)  # fmt: skip
        offered = tuple(_offered(done, finding, text, names, labs))
        if isinstance(finding.problem, NobodyCalled) and how.people:
            offered += (Choice(ADD, N_("add this person to the directory")),)
        yield Question(
            asked, sentence, offered, partial(_instead, tuple(places), text), free=True, places=tuple(places)
        )


def _instead(places: Sequence[CellPlace], text: str, how: How, answer: str) -> How:
    if answer == ADD:
        return evolve(how, add_names=how.add_names | {person_name(text)})
    return evolve(how, instead={**how.instead, **dict.fromkeys(places, answer)})


ASKED = (
    UnknownUnit, AmbiguousUnit, NobodyCalled, AmbiguousPerson, NoSuchLab, AmbiguousLab, AmbiguousDate, BadValue, DayNotStated,
    MissingCell,
)  # fmt: skip
"""The findings that an answer can mend."""
OF_ONE_ROW = (AmbiguousUnit, AmbiguousPerson, AmbiguousLab, DayNotStated, MissingCell)
"""Those of them in which the same content may mean another thing in each row."""


def _offered(
    done: Imported, finding: CellProblem, text: str, names: Mapping[str, str], labs: Mapping[str, str]
) -> Iterator[Choice]:
    """Yield what the content of a cell can mean."""
    problem: DualcertError = finding.problem
    match problem:
        case UnknownUnit():
            yield from _units(done, problem)
        case AmbiguousUnit():
            for unit in problem.units.split(", "):
                yield Choice(unit.rpartition(" ")[2], unit)
        case NobodyCalled():
            found = get_close_matches(person_name(text), names.values(), NEAR, LIKE)
            yield from (Choice(id_, f"{name} ({id_})") for id_, name in names.items() if name in found)
        case AmbiguousPerson():
            yield from (Choice(id_, f"{names.get(id_, '')} ({id_})") for id_ in problem.people)
        case AmbiguousLab():
            yield from _plainly(problem.labs)
        case NoSuchLab():
            found = get_close_matches(problem.name, labs.values(), NEAR, LIKE)
            yield from (Choice(lab, f"{name} ({lab})") for lab, name in labs.items() if name in found)
        case AmbiguousDate():
            yield from _dates(text)
        case _:
            column = next(
                (
                    c
                    for c in done.chosen.kind.columns.columns
                    if plain(done.reader.header(c.field)) == plain(finding.column)
                ),
                None,
            )
            yield from _plainly(column.choices if column else ())


def _units(done: Imported, problem: UnknownUnit) -> Iterator[Choice]:
    """Yield the units of the area with similar names."""
    units = done.reader.units
    near = [unit for unit in (*units.divisions.units(units.province), *units.divisions.counties(units.province))
            if problem.within in {units.divisions.name_of(units.province), units.divisions.name_of(unit.parent)}]  # fmt: skip
    found = get_close_matches(problem.name, [unit.name for unit in near], NEAR, LIKE)
    for unit in sorted(near, key=lambda unit: found.index(unit.name) if unit.name in found else NEAR):
        if unit.name in found:
            yield Choice(unit.code, f"{units.divisions.name_of(unit.parent)}{unit.name} {unit.code}")


def _dates(text: str) -> Iterator[Choice]:
    """Yield both readings of a date such as 1/2/2023."""
    found = _SHORT_DATE.fullmatch(plain(text))
    if found:
        one, two, year = map(int, found.groups())
        for month, day in dict.fromkeys(((one, two), (two, one))):
            if month <= 12:
                yield Choice(f"{year}-{month:02}-{day:02}", f"{year}-{month:02}-{day:02}")
