"""Marks put into a workbook by a process of its own, which has nothing but the workbook, the marks and its limits."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import IO

import msgspec

from dualcert.files import open_file
from dualcert.processes import started
from dualcert.roster.marking.marks import Mark, Task
from dualcert.roster.marking.worker import SIZE
from dualcert.roster.reading.limits import MB, Limits

CHUNK = 1 << 20
NOTED = 1 << 16
"""The most bytes of the answer's first line."""
GROWN = 4
"""How many times as large as a file may be the marked one may become."""


def mark(file: Path, digest: str, task: Task, marks: Iterable[Mark], to: Path, limits: Limits) -> list[str] | None:
    """Write the workbook *file* with *marks* to the existing file *to*; return codes of what could not be done.

    Returns None where the workbook cannot be marked: it was changed since it was read with this *digest*, it is made
    in an unusual way, or the process did not survive it.
    """
    with tempfile.TemporaryFile(prefix="dualcert-") as given:
        size = _give(file, digest, given, limits.file)
        if size is None:
            return None
        given.write(msgspec.json.encode(task) + b"\n")
        for each in marks:
            given.write(msgspec.json.encode(each) + b"\n")
        seconds = 2 * limits.time(size + given.tell())  # it is read and written
        given.seek(0)
        with suppress(OSError, msgspec.MsgspecError), to.open("wb") as out:
            return _in_process(given, out, limits, seconds)
    return None


def _give(file: Path, digest: str, given: IO[bytes], most: int) -> int | None:
    """Write the workbook, after its size; return the size, or None where it is not the one that was read."""
    try:
        with open_file(file) as source:
            content = source.read(most + 1)
    except OSError:
        return None
    if sha256(content).hexdigest() != digest:
        return None
    given.write(len(content).to_bytes(SIZE, "big") + content)
    return len(content)


def _in_process(given: IO[bytes], out: IO[bytes], limits: Limits, seconds: int) -> list[str] | None:
    arguments = str(limits.memory), str(seconds + 1)  # the clock comes first
    with started("dualcert.roster.marking.worker", *arguments, seconds=seconds, stdin=given) as process:
        first = process.output.readline(NOTED)
        left = GROWN * limits.megabytes * MB
        while left > 0 and (part := process.output.read(CHUNK)):
            out.write(part)
            left -= len(part)
        if left <= 0 or process.status() or not first:
            return None
    notes: list[str] = msgspec.json.decode(first, type=list[str])
    return notes
