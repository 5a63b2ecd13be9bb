"""The marking process: it reads a workbook and its marks from standard input and writes the marked workbook.

The answer begins with a line of JSON: the codes of what could not be done. Where no marks can be put into the
workbook, there is no answer.
"""

from __future__ import annotations

import sys
import zipfile
from io import BytesIO
from typing import IO
from xml.parsers.expat import ExpatError

import msgspec

from dualcert.processes import confine
from dualcert.roster.marking.editing import Unmarkable
from dualcert.roster.marking.marks import Marks
from dualcert.roster.marking.package import with_marks
from dualcert.roster.reading import parsing

UNMARKABLE = 3
"""The exit status where no marks can be put into the workbook."""
SIZE = 8
"""The bytes before the workbook that hold its size."""


def main() -> None:
    """Mark the workbook on standard input; the arguments are the limits of memory and time."""
    confine(memory=int(sys.argv[-2]), seconds=int(sys.argv[-1]))
    answer = marked(sys.stdin.buffer)
    if answer is None:
        sys.exit(UNMARKABLE)
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()


def marked(given: IO[bytes]) -> bytes | None:
    """Return the answer about what is *given*, or None where the workbook cannot be marked."""
    content = given.read(int.from_bytes(given.read(SIZE), "big"))
    try:
        made, notes = with_marks(content, Marks.read(given))
    except (Unmarkable, ExpatError, parsing.Doctype, zipfile.BadZipFile, MemoryError, RecursionError,
            KeyError, ValueError, OSError, EOFError, NotImplementedError):  # fmt: skip
        return None
    return BytesIO(msgspec.json.encode(notes) + b"\n" + made).getvalue()
