"""The pages of a file, as the reading process tells them; and what is said where it does not survive."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import IO, Any

import msgspec
from attrs import define, field, frozen

from dualcert import errors
from dualcert.errors import N_, BadRoster, Phrase, RosterDamaged, RosterUnreadable
from dualcert.files import open_file
from dualcert.processes import Process, started
from dualcert.roster.reading import sniff
from dualcert.roster.reading.limits import Limits
from dualcert.roster.reading.messages import (
    Ended,
    Merged,
    Message,
    Odd,
    Opened,
    Range,
    Refusal,
    Rows,
    SheetBegun,
    from_plain,
    trouble_of,
)

LONGEST = 64 << 20
"""Bytes of one message: a row of 256 cells has 50 MB at most."""
REMEMBERED = 50_000
"""Texts of which one copy is kept for all cells that say the same."""

Cell = str | float | int | bool | date | Odd | None
"""What a cell holds: text, a number, a flag, a day, something odd as it is written, or nothing."""


@define
class Page:
    """A sheet as cells, rows and columns counted from 0; a row ends with its last cell that says something.

    `merged` are ranges, none over another; `epoch` is 1904 or 1900, or 0 where the file does not say. A
    formula without a value is Hollow, an error Odd. A hidden sheet has no rows.
    """

    name: str
    visible: bool
    rows: list[tuple[Cell, ...]]
    merged: tuple[Range, ...]
    hidden_rows: int
    epoch: int


@frozen
class Pages:
    """What a file holds, and the SHA-256 of its bytes."""

    file: str
    sha256: str
    format: str
    pages: tuple[Page, ...]


def read(path: Path, limits: Limits | None = None) -> Pages:
    """Return the pages of the file at *path*; raises a subclass of BadRoster.

    The file is read in a process of its own, which has nothing but its bytes and these *limits*: where it is
    ended by them, or crashes, that is RosterUnreadable.
    """
    limits = limits or Limits()
    try:
        with open_file(path) as file:
            size = os.fstat(file.fileno()).st_size
            sniff.check_size(str(path), size, limits)
            try:
                return _read(path, file, limits, limits.time(size))
            except OSError as error:  # no process could be started, or none told anything
                raise RosterUnreadable(file=str(path), problem=str(error)) from None
    except OSError as error:
        raise BadRoster(file=str(path), problem=trouble_of(error)) from None


def _read(path: Path, file: IO[bytes], limits: Limits, seconds: int) -> Pages:
    given = path.name, msgspec.json.encode(limits).decode(), str(seconds + 1)  # the clock comes first
    with started("dualcert.roster.reading.worker", *given, seconds=seconds, stdin=file) as process:
        try:
            pages = _Told()
            for message in _messages(process.output):
                pages.take(path, message)
            if pages.ended and pages.opened:
                return Pages(str(path), pages.opened.sha256, pages.opened.format, tuple(pages.pages))
        except msgspec.MsgspecError:  # a line cut off in its middle
            pass
        raise RosterUnreadable(file=str(path), problem=_how_it_ended(process, limits, seconds))


def _how_it_ended(process: Process, limits: Limits, seconds: int) -> Phrase:
    status = process.status()
    if process.late:
        return Phrase(N_("reading it takes more than {seconds} s"), seconds=seconds)
    return Phrase(
        N_("reading it ended with {status}; it is damaged, or takes more than {seconds} s or {memory} MB"),
        status=status, seconds=seconds, memory=limits.memory_megabytes,
    )  # fmt: skip


def _messages(told: IO[bytes]) -> Iterator[Message]:
    decode = msgspec.json.Decoder(Message).decode
    while line := told.readline(LONGEST):
        yield decode(line)


@define
class _Told:
    """What the process told so far; texts that stand in many cells are kept once."""

    opened: Opened | None = None
    pages: list[Page] = field(factory=list)
    ended: bool = False
    known: dict[Cell, Cell] = field(factory=dict)

    def take(self, path: Path, message: Message) -> None:
        """Take one message; raises the refusal that it tells."""
        match message:
            case Opened():
                self.opened = message
            case SheetBegun():
                self.pages.append(Page(message.name, message.visible, [], (), message.hidden_rows, message.epoch))
            case Rows(rows):
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


def _rebuilt(path: Path, error: str, fields: Mapping[str, Any]) -> BadRoster:
    """Return the refusal that the process raised; a sentence comes as template and values."""
    cls = getattr(errors, error, RosterDamaged)
    said = {
        name: Phrase(value["template"], **value["values"]) if isinstance(value, dict) else value
        for name, value in fields.items()
    }
    refusal: BadRoster = cls(**{**said, "file": str(path)})
    return refusal
