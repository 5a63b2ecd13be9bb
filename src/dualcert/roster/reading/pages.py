"""The pages of a file, as the reading process tells them; and what is said where it does not survive."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import IO, Any

import msgspec
from attrs import define, frozen

from dualcert import errors
from dualcert.errors import N_, BadRoster, Phrase, RosterDamaged, RosterUnreadable
from dualcert.roster.reading.messages import (
    Ended,
    Hollow,
    Message,
    Odd,
    Opened,
    Place,
    Range,
    Refusal,
    Rows,
    SheetBegun,
    from_plain,
    trouble_of,
)

MEMORY = 512 << 20
"""Bytes that the reading process may take."""
SECONDS, SECONDS_PER_MB = 8, 2
"""How long it may take."""

VALUELESS = "#VALUE!"
"""What a formula without a value shows where it is handed back."""

Cell = str | float | int | bool | date | Odd | None
"""What a cell holds: text, a number, a flag, a day, something odd as it is written, or nothing."""


@define
class Page:
    """A sheet as cells, rows and columns counted from 0; rows may differ in length.

    `merged` are ranges; `epoch` is 1904 or 1900, or 0 where the file does not say. A formula without a
    value is Hollow, an error Odd. A hidden sheet has no rows.
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


def read(path: Path) -> Pages:
    """Return the pages of the file at *path*; raises a subclass of BadRoster.

    The file is read in a process of its own with limits on memory and time: where that is ended by
    them, or crashes, it is RosterUnreadable.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise BadRoster(file=str(path), problem=trouble_of(error)) from None
    if not path.is_file():
        raise BadRoster(file=str(path), problem=N_("it is no file"))
    seconds = SECONDS + SECONDS_PER_MB * (size >> 20)
    with _worker(path, seconds) as process:
        assert process.stdout is not None
        clock = threading.Timer(seconds, process.kill)
        clock.start()
        try:
            opened, pages = _pages(path, process.stdout)
        except _Ended:
            status = process.wait()
            problem = Phrase(
                N_("reading it ended with {status}; it is damaged, or takes more than {seconds} s or {memory} MB"),
                status=status, seconds=seconds, memory=MEMORY >> 20,
            )  # fmt: skip
            raise RosterUnreadable(file=str(path), problem=problem) from None
        finally:
            clock.cancel()
            process.kill()
    return Pages(str(path), opened.sha256, opened.format, tuple(pages))


class _Ended(Exception):
    """The process ended before everything was told."""


def _worker(path: Path, seconds: int) -> subprocess.Popen[bytes]:
    paths = os.pathsep.join(each for each in sys.path if each)
    arguments = [
        sys.executable,
        "-m",
        "dualcert.roster.reading.worker",
        str(path.absolute()),
        str(MEMORY),
        str(seconds),
    ]
    return subprocess.Popen(  # noqa: S603  our own module
        arguments,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": paths, "PYTHONIOENCODING": "utf-8"},
    )


def _pages(path: Path, told: IO[bytes]) -> tuple[Opened, list[Page]]:
    opened: Opened | None = None
    pages: list[Page] = []
    shown: list[dict[Place, Odd]] = []
    for message in _messages(told):
        match message:
            case Opened():
                opened = message
            case SheetBegun():
                pages.append(_page(message))
                shown.append(_shown(message))
            case Rows(rows):
                pages[-1].rows += [tuple([from_plain(cell) for cell in row]) for row in rows]
            case Refusal(error, fields):
                raise _rebuilt(path, error, fields)
            case Ended() if opened:
                for page, cells in zip(pages, shown, strict=True):
                    _show(page, cells)
                return opened, pages
    raise _Ended


def _messages(told: IO[bytes]) -> Iterator[Message]:
    decode = msgspec.json.Decoder(Message).decode
    for line in told:
        try:
            yield decode(line)
        except msgspec.MsgspecError:
            raise _Ended from None  # a line cut off in its middle


def _page(begun: SheetBegun) -> Page:
    return Page(
        name=begun.name,
        visible=begun.visible,
        rows=[],
        merged=tuple(begun.merged),
        hidden_rows=begun.hidden_rows,
        epoch=begun.epoch,
    )


def _shown(begun: SheetBegun) -> dict[Place, Odd]:
    """Return what the cells without a value show: those with an error it, those with a formula that they have none."""
    cells: dict[Place, Odd] = {place: Hollow(VALUELESS) for place in begun.hollow}
    return cells | {(row, column): Odd(text) for row, column, text in begun.broken}


def _show(page: Page, cells: Mapping[Place, Odd]) -> None:
    for (row, column), cell in cells.items() if page.visible else ():
        if row < len(page.rows):
            before = page.rows[row] + (None,) * (column - len(page.rows[row]))
            page.rows[row] = (*before[:column], cell, *before[column + 1 :])


def _rebuilt(path: Path, error: str, fields: Mapping[str, Any]) -> BadRoster:
    """Return the refusal that the process raised; a sentence comes as template and values."""
    cls = getattr(errors, error, RosterDamaged)
    said = {
        name: Phrase(value["template"], **value["values"]) if isinstance(value, dict) else value
        for name, value in fields.items()
    }
    refusal: BadRoster = cls(**{**said, "file": str(path)})
    return refusal
