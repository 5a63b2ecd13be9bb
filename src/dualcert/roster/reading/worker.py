"""The reading process: `python -m dualcert.roster.reading.worker FILE MEMORY SECONDS` writes messages to stdout.

It is to be a process of its own: calamine aborts on some damaged .xls files and reserves memory for
every cell up to the farthest, so nothing in this process can promise to survive it.
"""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError

import attrs
import msgspec

from dualcert.errors import N_, BadRoster, DualcertError, Phrase, RosterDamaged, RosterEncrypted, RosterTooLarge
from dualcert.roster.reading import ods, sniff, text, xlsx
from dualcert.roster.reading.messages import Ended, Message, Opened, Refusal, Rows, SheetBegun, to_plain, trouble_of

CHUNK = 1_000
"""Rows in one message."""
MAX_ROWS = 200_000
"""Rows of all sheets together."""
MAX_COLUMNS = 256


def main() -> None:
    """Read the file that the arguments name and tell what it holds."""
    file, memory, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    limit(memory, seconds)
    out = sys.stdout.buffer
    try:
        for message in messages(Path(file)):
            out.write(msgspec.json.encode(message) + b"\n")
    except DualcertError as refused:
        fields = {a.name: getattr(refused, a.name) for a in attrs.fields(type(refused))}
        out.write(msgspec.json.encode(Refusal(type(refused).__name__, _told(fields))) + b"\n")
    out.flush()


def limit(memory: int, seconds: int) -> None:
    """Limit this process's memory (bytes) and computing time, where the system can."""
    try:
        import resource
    except ImportError:  # no such limits on Windows: the parent's clock is left
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _told(fields: dict[str, Any]) -> dict[str, Any]:
    """Return *fields* with sentences as template and values, so that the reader's language can be found later."""
    return {
        name: {"template": value.template, "values": value.values} if isinstance(value, Phrase) else value
        for name, value in fields.items()
    }


def messages(path: Path) -> Iterator[Message]:
    """Yield what the file at *path* holds; raises a subclass of BadRoster."""
    file = str(path)
    try:
        content = path.read_bytes()  # once: hashed and parsed are the same bytes
    except OSError as error:
        raise BadRoster(file=file, problem=trouble_of(error)) from None
    format_ = sniff.format_of(path, content)
    yield Opened(sha256(content).hexdigest(), format_)
    try:
        yield from _counted(file, _sheets(file, format_, content))
    except (MemoryError, RecursionError):
        raise RosterTooLarge(file=file, problem=N_("it takes too much memory")) from None
    except zipfile.BadZipFile:
        raise RosterDamaged(file=file, problem=sniff.NO_ZIP) from None
    except (ParseError, ExpatError, ods.Doctype, KeyError, ValueError, OSError, EOFError) as error:
        raise RosterDamaged(file=file, problem=str(error) or type(error).__name__) from None
    yield Ended()


def _sheets(file: str, format_: str, content: bytes) -> Iterator[Message]:
    if format_ == "csv":
        yield SheetBegun(name="csv", visible=True, epoch=1900)
        yield from _chunks(text.rows(file, content))
        return
    yield from _workbook(file, format_, content)


def _workbook(file: str, format_: str, content: bytes) -> Iterator[Message]:
    try:
        from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum
    except ImportError as error:
        problem = Phrase(N_("spreadsheets need pip install 'dualcert[roster]' ({error})"), error=str(error))
        raise BadRoster(file=file, problem=problem) from None
    epoch, known = xlsx.scan(content) if format_ == "xlsx" else (1900 if format_ == "ods" else 0, {})
    spans = ods.scan(content) if format_ == "ods" else {}
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        for metadata in book.sheets_metadata:
            sheet = book.get_sheet_by_name(metadata.name)
            scanned, spanned = known.get(metadata.name, xlsx.Scanned()), spans.get(metadata.name)
            merged = spanned.merged if spanned else [(*a, *b) for a, b in sheet.merged_cell_ranges or ()]
            yield SheetBegun(
                name=metadata.name,
                visible=metadata.visible == SheetVisibleEnum.Visible,
                merged=merged,
                hollow=spanned.hollow if spanned else scanned.hollow,
                broken=scanned.broken,
                hidden_rows=scanned.hidden_rows,
                epoch=epoch,
            )
            if metadata.visible == SheetVisibleEnum.Visible:
                yield from _chunks(sheet.to_python(skip_empty_area=False))
    except PasswordError:
        raise RosterEncrypted(file=file) from None
    except CalamineError as error:
        raise RosterDamaged(file=file, problem=str(error)) from None


def _chunks(rows: Iterable[Sequence[Any]]) -> Iterator[Rows]:
    chunk: list[list[Any]] = []
    for row in rows:
        chunk.append([to_plain(cell) for cell in row])
        if len(chunk) == CHUNK:
            yield Rows(chunk)
            chunk = []
    if chunk:
        yield Rows(chunk)


def _counted(file: str, found: Iterator[Message]) -> Iterator[Message]:
    """Yield *found*; refuse more rows, columns or characters than a roster can have."""
    rows = 0
    for message in found:
        if isinstance(message, Rows):
            for number, row in enumerate(message.rows, start=rows + 1):
                _check_row(file, number, row)
            rows += len(message.rows)
        yield message


def _check_row(file: str, number: int, row: list[Any]) -> None:
    problem = None
    if number > MAX_ROWS:
        problem = Phrase(N_("it has more than {limit} rows"), limit=MAX_ROWS)
    elif len(row) > MAX_COLUMNS:
        problem = Phrase(N_("row {number} has {count} columns"), number=number, count=len(row))
    elif any(type(cell) is str and len(cell) > text.MAX_CELL for cell in row):
        problem = Phrase(
            N_("a cell of row {number} has more than {limit} characters"), number=number, limit=text.MAX_CELL
        )
    if problem:
        raise RosterTooLarge(file=file, problem=problem)


if __name__ == "__main__":
    main()
