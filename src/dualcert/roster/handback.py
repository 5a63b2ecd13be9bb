"""Handing a sheet back, with its findings marked in the cells, in a column beside them and in a list.

A workbook of Excel is handed back as it came, with the marks put into it (`marking`). Other files are written anew as
a workbook (`anew`), with the values alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from attrs import frozen

from dualcert.errors import N_, BadConfiguration, Phrase, Translate
from dualcert.files import check_free, is_a_folder, same_file, written
from dualcert.roster.anew import write_anew
from dualcert.roster.layout import HANDED_BACK
from dualcert.roster.marking import marker
from dualcert.roster.marking.marks import Mark, Task
from dualcert.roster.outcome import Imported
from dualcert.roster.reading.limits import Limits
from dualcert.roster.reading.messages import Place, Range
from dualcert.roster.rows import CellProblem
from dualcert.roster.sheets import LIST
from dualcert.units import plain

LIST_HEADER = (N_("row"), N_("column"), N_("cell"), N_("code"), N_("message"))
NOTES: Mapping[str, str] = {
    "anew": N_(
        "only the values of the sheet were kept: formulas, formats, other sheets, drop-downs, comments and pictures "
        "of the file are not in it"
    ),
    "unmarkable": N_("no marks could be put into the file as it came, so the sheet was written anew"),
    "signature": N_("the file had a digital signature, which no longer holds"),
    "comments": N_("no comments could be added to the cells; the column and the list say what is wrong"),
}
"""Code of what was not kept or not done -> the sentence about it."""


@frozen
class HandedBack:
    """A sheet that was handed back; `notes` are codes of NOTES: what was not kept or not done."""

    path: Path
    notes: tuple[str, ...] = ()

    @property
    def as_it_came(self) -> bool:
        """Whether the file is the one that came, with marks put into it."""
        return "anew" not in self.notes


def hand_back(
    done: Imported,
    path: Path,
    translate: Translate = str,
    *,
    replace: bool = False,
    limits: Limits | None = None,
) -> HandedBack | None:
    """Write the sheet that was imported to *path* (.xlsx), with its findings; None where it has none.

    A corrected copy can be imported as it is: the marks, the added column and the list are recognised, and another
    hand-back writes over them. Every cell keeps its place and its content. Only the first cells with findings carry a
    comment; the others are coloured, and their findings are in the column and the list.

    Raises BadConfiguration, FileExists (without *replace*), FileUnwritable.
    """
    check_path(path, Path(done.file), replace=replace)
    if not done.findings:
        return None
    task = _task(done, translate)
    if done.chosen.format == "xlsx":
        with suppress(_Unmarked):
            return _marked(done, task, path, translate, replace=replace, limits=limits or Limits())
    write_anew(done, path, task, lambda: _marks(done, translate), replace=replace)
    return HandedBack(path, {"csv": (), "xlsx": ("unmarkable", "anew")}.get(done.chosen.format, ("anew",)))


class _Unmarked(Exception):
    """No marks could be put into the file."""


def _marked(
    done: Imported, task: Task, path: Path, translate: Translate, *, replace: bool, limits: Limits
) -> HandedBack:
    with written(path, replace=replace) as part:
        marks = _marks(done, translate)
        notes = marker.mark(Path(done.file), done.chosen.sha256, task, marks, part, limits)
        if notes is None:
            raise _Unmarked
    return HandedBack(path, tuple(notes))


def check_path(path: Path, file: Path, *, replace: bool = False) -> None:
    """Raise where *file* cannot be handed back at *path*: BadConfiguration, or FileExists without *replace*."""
    if path.suffix.lower() != ".xlsx" or is_a_folder(path):
        raise BadConfiguration(problem=Phrase(N_("{path}: give a new file that ends in .xlsx"), path=str(path)))
    if same_file(path, file):
        raise BadConfiguration(
            problem=Phrase(N_("{path}: it is the sheet that is read; give a new file"), path=str(path))
        )
    if not is_a_folder(path.absolute().parent):
        raise BadConfiguration(problem=Phrase(N_("{path}: there is no such folder"), path=str(path)))
    check_free(path, replace=replace)


def _task(done: Imported, translate: Translate) -> Task:
    table = done.chosen.table
    known = [column for column, header in table.headers.items() if plain(header) == plain(HANDED_BACK)]
    return Task(
        sheet=table.page.name,
        header=table.first,
        header_column=max(column for column in table.headers if column not in known),
        column=known[0] if known else max(len(row) for row in table.page.rows),
        known=bool(known),
        heading=HANDED_BACK,
        list_name=LIST,
        list_header=[translate(each) for each in LIST_HEADER],
        lists=[*done.chosen.lists],
    )


def _marks(done: Imported, translate: Translate) -> Iterator[Mark]:
    """Yield the marks in order of row; a finding in a merged range is marked at the range's first cell."""
    table, findings = done.chosen.table, done.findings
    columns = {header: column for column, header in sorted(table.headers.items(), reverse=True)}
    merged = table.page.merged
    first = _first_cells(filter(None, (_place(each, columns) for each in findings)), merged) if merged else {}
    for finding in findings:
        place, message = _place(finding, columns), finding.problem.render(translate)
        yield Mark(
            row=finding.row - 1,
            place=first.get(place, place) if place else None,
            said=_said(finding.column, message),
            message=message,
            listed=[finding.column, finding.cell or "", finding.problem.code, message],
        )


def _place(finding: CellProblem, columns: Mapping[str, int]) -> Place | None:
    column = columns.get(finding.column)
    return None if column is None else (finding.row - 1, column)


def _said(column: str, message: str) -> str:
    """Return a message with the column that it is about, unless it begins with the column."""
    return message if message.startswith((f"{column}:", f"{column}：")) else f"{column}：{message}"


def _first_cells(places: Iterable[Place], merged: Sequence[Range]) -> dict[Place, Place]:
    """Return, for those of *places* that a merged range covers, the range's first cell; ranges do not overlap."""
    found: dict[Place, Place] = {}
    over: dict[int, Range] = {}
    ranges = iter(merged)
    following = next(ranges, None)
    for row, column in sorted(places):
        while following is not None and following[0] <= row:
            _, left, _, right = following
            over.update(dict.fromkeys(range(left, right + 1), following))
            following = next(ranges, None)
        covering = over.get(column)
        if covering is not None and covering[2] >= row:
            found[row, column] = covering[:2]
    return found
