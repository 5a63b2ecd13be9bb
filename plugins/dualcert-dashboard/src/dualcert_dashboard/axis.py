"""The picture of a dispute, by hand as SVG: one time axis, on which both clocks are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from dualcert_dashboard.markup import Html, el
from dualcert_dashboard.words import SHANGHAI

LINE, LEFT, RIGHT, WIDTH, TOP = 22, 190, 950, 1000, 20
"""Height of a line, where the axis begins and ends, the width of the picture, and the room for labels, in its own units."""
BEFORE, AFTER = timedelta(days=200), timedelta(days=30)
"""How much of the time before and after the recordings is drawn; what is further stands at the edge."""

Lane = tuple[str, str, Sequence[tuple[date, date | None]]]
"""A label, the certificate, and from when until when it counts."""


class Scale:
    """From days to places in the picture; a day beyond an end is at that end."""

    def __init__(self, first: date, last: date) -> None:
        """Take in the days at the ends."""
        self.first, self.last = first, last

    def x(self, day: date) -> float:
        """Return where a day is."""
        place = (min(max(day, self.first), self.last) - self.first).days
        return round(LEFT + (RIGHT - LEFT) * place / max(1, (self.last - self.first).days), 1)

    def quarters(self) -> list[date]:
        """Return the first day of each quarter."""
        days = (date(year, month, 1) for year in range(self.first.year, self.last.year + 1) for month in (1, 4, 7, 10))
        return [day for day in days if self.first <= day <= self.last]


def both_clocks(facts: Sequence[Any], lanes: Sequence[Lane], lines: Sequence[tuple[date, str]], title: str) -> Html:
    """Return the picture: lanes on top, below them a line for each fact from its day to that of its recording.

    Args:
        facts: in order of their recording; at least one.
        lanes: when certificates count, as known then and now.
        lines: days that go through all of it, with what they are.
        title: what stands before the lines of facts.
    """
    known = [*map(_day, (fact.recorded_at for fact in facts)), *(day for day, _ in lines)]
    scale = Scale(min(known) - BEFORE, max(known) + AFTER)
    bottom = TOP + LINE * (len(lanes) + len(facts) + 1)
    drawn = [el("line", class_="grid", x1=scale.x(day), x2=scale.x(day), y1=TOP, y2=bottom) for day in scale.quarters()]
    drawn += [
        el("text", f"{day:%Y-%m}", x=scale.x(day), y=bottom + 16, text_anchor="middle") for day in scale.quarters()
    ]
    for nth, lane in enumerate(lanes):
        drawn += _lane(scale, lane, TOP + LINE * nth)
    middle = TOP + LINE * len(lanes)
    drawn.append(el("text", title, x=LEFT - 8, y=middle + 15, text_anchor="end"))
    for nth, fact in enumerate(facts, start=1):
        drawn += _fact(scale, fact, nth, middle + LINE * nth)
    drawn += _lines(scale, lines, bottom)
    return el("svg", drawn, class_="axis", viewBox=f"0 0 {WIDTH} {bottom + 22}", aria_hidden="true")


def _day(instant: datetime) -> date:
    return instant.astimezone(SHANGHAI).date()


def _lane(scale: Scale, lane: Lane, y: int) -> list[Html]:
    label, kind, spans = lane
    drawn = [el("text", label, x=LEFT - 8, y=y + 15, text_anchor="end"),
             el("rect", class_="track", x=LEFT, y=y + 5, width=RIGHT - LEFT, height=12)]  # fmt: skip
    for first, until in spans:
        begin, end = scale.x(first), scale.x(until or scale.last)
        if end > begin:
            drawn.append(el("rect", class_=kind, x=begin, y=y + 5, width=round(end - begin, 1), height=12))
    return drawn


def _fact(scale: Scale, fact: Any, nth: int, y: int) -> list[Html]:
    """Return a fact's line: a full dot where it begins to be true, or an arrow at the edge; a ring where it was recorded."""
    true, known, middle = scale.x(fact.on), scale.x(_day(fact.recorded_at)), y + 10
    earlier = fact.on < scale.first
    begins = (el("path", class_="true", d=f"M{LEFT} {middle}l9 -5v10z") if earlier
              else el("circle", class_="true", cx=true, cy=middle, r=5))  # fmt: skip
    return [
        el("text", nth, x=LEFT - 8, y=y + 15, text_anchor="end"),
        el("line", class_="row", x1=true, x2=known, y1=middle, y2=middle),
        begins,
        el("circle", class_="known", cx=known, cy=middle, r=6),
    ]


def _lines(scale: Scale, lines: Sequence[tuple[date, str]], bottom: int) -> list[Html]:
    """Return what goes through all of it; of two labels that would meet, the earlier one stands to the left."""
    drawn = []
    for place, (day, label) in enumerate(sorted(set(lines))):
        anchor, by = ("end", -3) if place % 2 == 0 else ("start", 3)
        drawn += [el("line", class_="gate", x1=scale.x(day), x2=scale.x(day), y1=4, y2=bottom),
                  el("text", label, x=scale.x(day) + by, y=14, text_anchor=anchor)]  # fmt: skip
    return drawn
