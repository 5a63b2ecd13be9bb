"""Aligned tables of plain text, as the library `tabulate` writes them in its format "simple", in a tenth of its time.

A day's findings of a large province are hundreds of thousands of lines.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

GAP = 2
"""Blanks between two columns, and the least by which a column is wider than its title."""
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""Characters that begin a line or colour a text; tables with them are left to the library."""
WIDE = re.compile("[ -~\u3001-\u3029\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff60]*")
"""Matches a text of which a character is one wide if it is of ASCII, else two wide and three bytes long."""


def simple_table(titles: Sequence[str], rows: Sequence[Sequence[str]], numbers: Container[int]) -> str | None:
    """Return a table under *titles*; *numbers* are the columns that are aligned right.

    None where a cell has control characters, or there are no rows.
    """
    if not rows or any(CONTROL.search("".join(row)) for row in (titles, *rows)):
        return None
    last = len(titles) - 1
    columns = [
        _column(title, cells, right=nth in numbers, last=nth == last)
        for nth, (title, cells) in enumerate(zip(titles, zip(*rows, strict=True), strict=True))
    ]
    return "\n".join([(" " * GAP).join(row).rstrip() for row in zip(*columns, strict=True)])


def _column(title: str, cells: Sequence[str], *, right: bool, last: bool) -> list[str]:
    """Return title, rule and cells of a column, each as wide as the widest.

    Nothing follows those of the last one: one long cell there would else make every line as long.
    """
    texts = [title, *(cell.strip() for cell in cells)]
    widths = [width(text) for text in texts]
    widest = max(widths[0] + GAP, *widths[1:])
    if last and not right:
        padded = texts
    else:
        blanks = (" " * (widest - each) for each in widths)
        padded = [gap + text if right else text + gap for text, gap in zip(texts, blanks, strict=True)]
    return [padded[0], "-" * widest, *padded[1:]]


def width(text: str) -> int:
    """Return how many columns of a terminal *text* takes."""
    if text.isascii() and text.isprintable():
        return len(text)
    if WIDE.fullmatch(text):
        return (len(text) + len(text.encode())) // 2
    from wcwidth import wcswidth

    return wcswidth(text)
