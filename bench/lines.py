"""One table for every measure: our figure, what is beside it, their ratio, and the mark that is wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median

from attrs import frozen

Measure = Callable[[], float]
"""One run; it returns the seconds of one of whatever it did."""
WIDTH = 46


@frozen
class Line:
    """A measure: seconds of ours and of what is beside it, and the mark of their ratio.

    With `at_least` ours is to be so many times as fast as the other, with `at_most` it may take so many times as long;
    with `within` it may take so many seconds (or, of another `unit`, so much), whatever is beside it.
    """

    what: str
    ours: float
    beside: str = ""
    other: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    within: float | None = None
    unit: str = "s"

    @property
    def ratio(self) -> float | None:
        """How many times as fast as the other ours is; with `at_most`, how many times as long it takes."""
        if self.other is None:
            return None
        return self.ours / self.other if self.at_most is not None else self.other / self.ours

    @property
    def mark(self) -> str:
        """The mark, as the table shows it."""
        if self.within is not None:
            return f"≤ {shown(self.within, self.unit)}"
        if self.at_least is not None:
            return f"≥ {self.at_least:g} ×"
        return f"≤ {self.at_most:g} ×" if self.at_most is not None else ""

    @property
    def met(self) -> str:
        """Whether the mark is reached; nothing where there is none."""
        if self.within is not None:
            return "yes" if self.ours <= self.within else "no"
        if self.ratio is None or not self.mark:
            return ""
        wanted = self.at_most is None
        reached = self.ratio >= (self.at_least or 0) if wanted else self.ratio <= (self.at_most or 0)
        return "yes" if reached else "no"

    def cells(self) -> tuple[str, ...]:
        """Return the columns of the table."""
        other = "" if self.other is None else shown(self.other, self.unit)
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        return self.what, shown(self.ours, self.unit), self.beside, other, ratio, self.mark, self.met


HEADERS = ("work", "ours", "beside it", "takes", "ratio", "mark", "met")


def shown(amount: float, unit: str = "s") -> str:
    """Return *amount* with its unit; seconds as they are read best."""
    if unit != "s":
        return f"{amount:,.0f} {unit}"
    for least, scale, name in ((1.0, 1.0, "s"), (1e-3, 1e3, "ms")):
        if amount >= least:
            return f"{amount * scale:,.3g} {name}" if amount * scale < 1_000 else f"{amount * scale:,.0f} {name}"
    return f"{amount * 1e6:,.3g} µs"


def medians(measures: Mapping[str, Measure], runs: int) -> dict[str, float]:
    """Return the median of each measure; all are run in turn, so that a slow minute slows all of them."""
    seconds: dict[str, list[float]] = {name: [] for name in measures}
    for _ in range(runs):
        for name, measure in measures.items():
            seconds[name].append(measure())
    return {name: median(each) for name, each in seconds.items()}


def table(lines: Iterable[Line]) -> str:
    """Return the lines as a table in Markdown."""
    rows: Sequence[tuple[str, ...]] = [HEADERS, *(each.cells() for each in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADERS))]
    written = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    written.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(written)
