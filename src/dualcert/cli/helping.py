"""The layout of help: in either language columns are aligned, and lines fit the terminal.

click counts characters, and a Chinese one takes two columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from unicodedata import east_asian_width

import click

from dualcert.cli.language import _, chosen
from dualcert.cli.overriding import override

FIRST_COLUMN = 30
"""The most columns of a name in a list; a longer one has a line of its own."""
LEAST = 10
"""The least columns of a text, however narrow the terminal is."""
WIDE = r"[\u2e80-\ufaff\ufe30-\ufe4f\uff01-\uff60\uffe0-\uffe6\u201c\u201d\u2026]"
PIECES = {"en": r"\S+\s*", "zh": rf"[（《“]*(?:{WIDE}|(?:(?!{WIDE})\S)+)[，。；：、！？）》”…]*\s*"}
"""What is not broken up: a word, in Chinese also a character, with the punctuation that belongs to it."""


def columns(text: str) -> int:
    """Return how many columns *text* takes on a terminal."""
    return len(text) if text.isascii() else sum(2 if east_asian_width(each) in {"W", "F"} else 1 for each in text)


def wrapped(text: str, width: int) -> Iterator[str]:
    """Yield *text* in lines of at most *width* columns; an empty line parts paragraphs."""
    for number, paragraph in enumerate(re.split(r"\n\s*\n", text)):
        if number:
            yield ""
        line = ""
        for piece in re.findall(PIECES[chosen()], re.sub(r"\s+", lambda gap: gap[0].replace("\n", " "), paragraph)):
            if line and columns(line + piece.rstrip()) > width:
                yield line.rstrip()
                line = ""
            line += piece
        yield line.rstrip()


class Formatter(click.HelpFormatter):
    """Writes help with the punctuation of the reader's language."""

    @override
    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, _("Usage: ") if prefix is None else prefix)

    @override
    def write_heading(self, heading: str) -> None:
        self.write(_("{heading}:").format(heading=heading) + "\n")

    @override
    def write_text(self, text: str) -> None:
        indent = " " * self.current_indent
        self._write_lines(indent + line for line in wrapped(text, self.width - self.current_indent))

    @override
    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = FIRST_COLUMN, col_spacing: int = 2) -> None:
        rows = list(rows)
        first = min(max(columns(name) for name, _text in rows), col_max)
        begins = self.current_indent + first + col_spacing
        for name, text in rows:
            lines = list(wrapped(text, max(self.width - begins, LEAST)))
            head = " " * self.current_indent + name
            if columns(name) > first:
                self._write_lines([head])
            else:
                lines[0] = head + " " * (begins - columns(head)) + lines[0]
            self._write_lines(line if line.startswith(head) else " " * begins + line for line in lines)

    def _write_lines(self, lines: Iterable[str]) -> None:
        self.write("".join(f"{line.rstrip()}\n" for line in lines))
