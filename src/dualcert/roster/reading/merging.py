"""Merged ranges as a spreadsheet can have them: within the filled area, and without overlaps."""

from __future__ import annotations

from collections.abc import Iterable

from dualcert.roster.reading.messages import Range


def tidied(ranges: Iterable[Range], rows: int, columns: int) -> list[Range]:
    """Return *ranges* cut to *rows* and *columns*, in order; a range that overlaps an earlier one is left out.

    The time grows with the number of ranges and columns, not with that of their cells.
    """
    taken = [-1] * columns
    """Column -> its last row that a range covers."""
    found = []
    for top, left, bottom, right in sorted(ranges):
        last_row, last_column = min(bottom, rows - 1), min(right, columns - 1)
        if last_row < top or last_column < left or (top, left) == (last_row, last_column):
            continue
        if max(taken[left : last_column + 1]) < top:
            taken[left : last_column + 1] = [last_row] * (last_column + 1 - left)
            found.append((top, left, last_row, last_column))
    return found
