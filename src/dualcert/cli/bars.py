"""Shares as bars of a terminal's own characters."""

from __future__ import annotations

WIDTH = 40
"""Cells of a bar that is full at 100 %."""


def bar(percent: str | None, target_percent: int) -> str:
    """Return a share as a bar with a mark at the target; it needs no colour, and no terminal that draws."""
    share = float(percent or 0)
    cells = ["█" if (n + 0.5) * 100 / WIDTH <= share else "·" for n in range(WIDTH)]
    cells.insert(round(target_percent * WIDTH / 100), "│")
    return "".join(cells)
