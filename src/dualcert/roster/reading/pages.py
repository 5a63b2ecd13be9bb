"""The pages of a file, from the messages of the reading process; and the refusal if the process ends before its time."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import IO, Any

import msgspec
from attrs import define, field, frozen

from dualcert import errors
from dualcert.errors import N_, BadRoster, Phrase, RosterDamaged, RosterUnreadable
from dualcert.files import can_be_a_file, open_file
from dualcert.processes import Process, started
from dualcert.roster.reading import sniff
from dualcert.roster.reading.limits import Limits
from dualcert.roster.reading.messages import (
    Ended,
    LineSpan,
    Merged,
    MoreRows,
    Odd,
    Opened,
    Range,
    ReaderMessage,
    Refusal,
    SheetBegun,
    from_plain,
    trouble_of,
)

LONGEST = 64 << 20
"""The most bytes of one message: a row of 256 cells has at most 50 MB."""
REMEMBERED = 50_000
"""The number of texts of which one copy is kept for all cells."""

Cell = str | float | int | bool | date | Odd | None
"""The content of a cell: text, a number, a flag, a day, anything else as its text (Odd), or nothing."""


@define
class Page:
    """A sheet as cells, with rows and columns counted from 0; a row ends with its last filled cell.

    `unseen` is empty for a visible sheet, else "hidden" or "very hidden"; a hidden sheet has no rows. `merged` are
    ranges that do not overlap. A formula without a value is Hollow, an error Broken. `untold` are codes of what the
    file does not tell: see `messages.SheetBegun`.
    """

    name: str
    unseen: str
    rows: list[tuple[Cell, ...]]
    merged: tuple[Range, ...] = ()
    hidden_rows: tuple[LineSpan, ...] = ()
    hidden_columns: tuple[LineSpan, ...] = ()
    untold: tuple[str, ...] = ()
    epoch: int = 1900

    @property
    def visible(self) -> bool:
        """Whether the sheet is shown."""
        return not self.unseen


@frozen
class Pages:
    """The sheets of a file, and the SHA-256 of its bytes."""

    file: str
    sha256: str
    format: str
    pages: tuple[Page, ...]


def read(path: Path, limits: Limits | None = None) -> Pages:
    """Return the pages of the file at *path*; raises a subclass of BadRoster.

    The file is read in a process of its own, which has nothing but the bytes of the file and these *limits*. If the
    process crashes or exceeds them, RosterUnreadable is raised.
    """
    limits = limits or Limits()
    if not can_be_a_file(path):
        raise BadRoster(file=ascii(str(path)), problem=N_("it names no file"))
    try:
        with open_file(path) as file:
            size = os.fstat(file.fileno()).st_size
            sniff.check_size(str(path), size, limits)
            try:
                return _read_in_process(path, file, limits, limits.time(size))
            except OSError as error:  # no process could be started
                raise RosterUnreadable(file=str(path), problem=str(error)) from None
    except OSError as error:
        raise BadRoster(file=str(path), problem=trouble_of(error)) from None


def _read_in_process(path: Path, file: IO[bytes], limits: Limits, seconds: int) -> Pages:
    given = path.name, msgspec.json.encode(limits).decode(), str(seconds + 1)  # the clock comes first
    with started("dualcert.roster.reading.worker", *given, seconds=seconds, stdin=file) as process:
        with suppress(msgspec.MsgspecError):  # a line cut off in its middle
            if pages := collected(path, _messages(process.output)):
                return pages
        raise RosterUnreadable(file=str(path), problem=_how_it_ended(process, limits, seconds))


def collected(path: Path, messages: Iterable[ReaderMessage]) -> Pages | None:
    """Return the pages that *messages* hold, or None if they end too early; raises the refusal that they hold."""
    received = _Received()
    for message in messages:
        received.take(path, message)
    if not (received.ended and received.opened):
        return None
    return Pages(str(path), received.opened.sha256, received.opened.format, tuple(received.pages))


def _how_it_ended(process: Process, limits: Limits, seconds: int) -> Phrase:
    status = process.status()
    if process.late:
        return Phrase(N_("reading it takes more than {seconds} s"), seconds=seconds)
    return Phrase(
        N_("reading it ended with {status}; it is damaged, or takes more than {seconds} s or {memory} MB"),
        status=status, seconds=seconds, memory=limits.memory_megabytes,
    )  # fmt: skip


def _messages(output: IO[bytes]) -> Iterator[ReaderMessage]:
    decode = msgspec.json.Decoder(ReaderMessage).decode
    while line := output.readline(LONGEST):
        yield decode(line)


@define
class _Received:
    """What was received from the process so far; a text that is in many cells is kept once."""

    opened: Opened | None = None
    pages: list[Page] = field(factory=list)
    ended: bool = False
    known: dict[Cell, Cell] = field(factory=dict)

    def take(self, path: Path, message: ReaderMessage) -> None:
        """Take one message; raises the refusal that it holds."""
        match message:
            case Opened():
                self.opened = message
            case SheetBegun():
                self.pages.append(_page(message))
            case MoreRows(rows):
                self.pages[-1].rows += [tuple([self._cell(cell) for cell in row]) for row in rows]
            case Merged(ranges):
                self.pages[-1].merged = tuple(ranges)
            case Refusal(error, fields):
                raise _rebuilt(path, error, fields)
            case Ended():
                self.ended = True

    def _cell(self, plain: Any) -> Cell:
        cell = from_plain(plain)
        if type(cell) is not str and type(cell) is not date:
            return cell  # type: ignore[no-any-return]
        if len(self.known) < REMEMBERED:
            return self.known.setdefault(cell, cell)
        return self.known.get(cell, cell)


def _page(begun: SheetBegun) -> Page:
    return Page(
        begun.name,
        begun.unseen,
        [],
        hidden_rows=tuple(begun.hidden_rows),
        hidden_columns=tuple(begun.hidden_columns),
        untold=tuple(begun.untold),
        epoch=begun.epoch,
    )


def _rebuilt(path: Path, error: str, fields: Mapping[str, Any]) -> BadRoster:
    """Return the refusal that the process raised; its sentences were sent as template and values."""
    cls = getattr(errors, error, RosterDamaged)
    values = {
        name: Phrase(value["template"], **value["values"]) if isinstance(value, dict) else value
        for name, value in fields.items()
    }
    refusal: BadRoster = cls(**{**values, "file": str(path)})
    return refusal
