"""The reading process: it reads a file from standard input and writes its content to standard output.

It is a process of its own because calamine aborts on some damaged .xls files, and reserves memory for every cell up to
the farthest one: no code in the same process could survive that.
"""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from importlib import import_module
from io import BytesIO
from itertools import repeat
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

import msgspec

from dualcert.errors import N_, BadRoster, DualcertError, Phrase, RosterDamaged, RosterEncrypted, RosterTooLarge
from dualcert.processes import confine
from dualcert.roster.reading import ods, parsing, sniff, text, xls, xlsx
from dualcert.roster.reading.counting import Counted
from dualcert.roster.reading.limits import Limits
from dualcert.roster.reading.merging import tidied
from dualcert.roster.reading.messages import (
    Broken,
    Ended,
    Merged,
    MoreRows,
    Odd,
    Opened,
    Range,
    ReaderMessage,
    Refusal,
    SheetBegun,
    to_plain,
)
from dualcert.roster.reading.scanned import Scanned, Unseen

CHUNK_ROWS, CHUNK_CELLS = 1_000, 20_000
"""Rows and cells in one message."""


def main() -> None:
    """Read the file on standard input, whose name and limits are the arguments, and write its messages."""
    name, limits = sys.argv[-3], msgspec.json.decode(sys.argv[-2], type=Limits)
    confine(memory=limits.memory, seconds=int(sys.argv[-1]))
    out = sys.stdout.buffer
    for message in answer(Path(name), sys.stdin.buffer.read(limits.file + 1), limits):
        out.write(msgspec.json.encode(message) + b"\n")
    out.flush()


def answer(path: Path, content: bytes, limits: Limits) -> Iterator[ReaderMessage]:
    """Yield the messages about the *content* of a file called *path*; if it is refused, the last is the refusal."""
    try:
        yield from messages(path, content, limits)
    except DualcertError as refused:
        fields = refused.fields()
        yield Refusal(type(refused).__name__, _sentences_apart(fields))


def _sentences_apart(fields: dict[str, Any]) -> dict[str, Any]:
    """Return *fields* with sentences as template and values, so that they can be translated later."""
    return {
        name: {"template": value.template, "values": value.values} if isinstance(value, Phrase) else value
        for name, value in fields.items()
    }


def messages(path: Path, content: bytes, limits: Limits) -> Iterator[ReaderMessage]:
    """Yield the messages about the *content* of a file called *path*; raises a subclass of BadRoster."""
    file = str(path)
    format_ = sniff.format_of(path, content, limits)
    yield Opened(sha256(content).hexdigest(), format_)
    try:
        yield from _sheets(file, format_, content, limits)
    except (MemoryError, RecursionError):
        raise RosterTooLarge(file=file, problem=N_("it takes too much memory")) from None
    except zipfile.BadZipFile:
        raise RosterDamaged(file=file, problem=sniff.NO_ZIP) from None
    except (ExpatError, parsing.Doctype, KeyError, ValueError, OSError, EOFError) as error:
        raise RosterDamaged(file=file, problem=str(error) or type(error).__name__) from None
    yield Ended()


def _sheets(file: str, format_: str, content: bytes, limits: Limits) -> Iterator[ReaderMessage]:
    counted = Counted(file, limits)
    match format_:
        case "csv":
            yield SheetBegun(name="csv", untold=["text"])
            yield from _chunks(text.rows(file, content), {}, counted)
        case "xls":
            yield from _old_workbook(file, content, counted)
        case _:
            yield from _workbook(file, format_, content, counted)


def _old_workbook(file: str, content: bytes, counted: Counted) -> Iterator[ReaderMessage]:
    _require(file, "xlrd")
    try:
        untold = ["formulas"] if xls.has_doubtful_formulas(content) else []
        for sheet in xls.sheets(content):
            yield _begun(sheet.scanned, sheet.epoch, untold)
            if not sheet.scanned.unseen:
                yield from _chunks(sheet.rows(), {}, counted, sheet.scanned.merged or ())
    except xls.Locked:
        raise RosterEncrypted(file=file) from None
    except xls.Unsound as error:
        raise RosterDamaged(file=file, problem=str(error)) from None


def _require(file: str, library: str) -> None:
    try:
        import_module(library)
    except ImportError as error:
        problem = Phrase(N_("spreadsheets need pip install 'dualcert[roster]' ({error})"), error=str(error))
        raise BadRoster(file=file, problem=problem) from None


def _begun(found: Scanned, epoch: int, untold: Sequence[str] = ()) -> SheetBegun:
    return SheetBegun(
        name=found.name,
        unseen=found.unseen,
        hidden_rows=found.hidden_rows,
        hidden_columns=found.hidden_columns,
        untold=[*untold],
        epoch=epoch,
    )


def _workbook(file: str, format_: str, content: bytes, counted: Counted) -> Iterator[ReaderMessage]:
    _require(file, "python_calamine")
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    epoch, scanned = xlsx.scan(content) if format_ == "xlsx" else (1900, ods.scan(content, counted.limits))
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        _check_alike(file, scanned, book.sheet_names)
        for found, metadata in zip(scanned, book.sheets_metadata, strict=True):
            hidden = SHEET_STATES.get(str(metadata.visible).rpartition(".")[2], "")
            found.unseen = found.unseen or hidden
            yield _begun(found, epoch)
            if not found.unseen:
                sheet = book.get_sheet_by_name(found.name)
                merged = found.merged
                ranges = ((*a, *b) for a, b in sheet.merged_cell_ranges or ()) if merged is None else merged
                yield from _chunks(sheet.to_python(skip_empty_area=False), found.shown, counted, ranges)
    except PasswordError:
        raise RosterEncrypted(file=file) from None
    except CalamineError as error:
        raise RosterDamaged(file=file, problem=str(error)) from None


SHEET_STATES: Mapping[str, Unseen] = {"Hidden": "hidden", "VeryHidden": "very hidden"}


def _check_alike(file: str, scanned: Sequence[Scanned], names: Sequence[str]) -> None:
    """Raise RosterDamaged unless both ways of reading find the same sheets, each under a name of its own."""
    found = [each.name for each in scanned]
    if found != names:
        raise RosterDamaged(file=file, problem=N_("its list of sheets can be read in two ways"))
    if len(set(found)) < len(found):
        raise RosterDamaged(file=file, problem=N_("two of its sheets have one name"))


def _chunks(
    rows: Iterable[Sequence[Any]],
    shown: Mapping[int, Mapping[int, Odd]],
    counted: Counted,
    merged: Iterable[Range] = (),
) -> Iterator[ReaderMessage]:
    """Yield the rows of a sheet, with the cells of *shown* in their places, and then its merged ranges."""
    chunk: list[list[Any]] = []
    height = width = cells = 0
    for row in _all(rows, shown):
        plain = _trimmed(row if height not in shown else _with(row, shown[height]))
        counted.row(plain)
        chunk.append(plain)
        height, width, cells = height + 1, max(width, len(plain)), cells + len(plain)
        if len(chunk) == CHUNK_ROWS or cells > CHUNK_CELLS:
            yield MoreRows(chunk)
            chunk, cells = [], 0
    yield MoreRows(chunk)
    yield Merged(tidied(counted.merged(merged), height, width))


def _all(rows: Iterable[Sequence[Any]], shown: Mapping[int, Any]) -> Iterator[Sequence[Any]]:
    """Yield *rows*, and empty ones down to the last that shows something: calamine ends with the last value."""
    height = 0
    for row in rows:
        yield row
        height += 1
    yield from repeat((), max(shown, default=-1) + 1 - height)


def _with(row: Sequence[Any], shown: Mapping[int, Odd]) -> list[Any]:
    made = [*row, *[None] * (max(shown) + 1 - len(row))]
    for column, cell in shown.items():
        if made[column] is None or made[column] == "" or isinstance(cell, Broken):
            made[column] = cell
    return made


def _trimmed(row: Sequence[Any]) -> list[Any]:
    """Return a row up to its last filled cell."""
    plain = [to_plain(cell) for cell in row]
    while plain and plain[-1] is None:
        plain.pop()
    return plain


if __name__ == "__main__":
    main()
