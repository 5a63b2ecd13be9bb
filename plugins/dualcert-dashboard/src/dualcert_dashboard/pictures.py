"""Pictures drawn by hand as SVG; each has the same figures in a table beside it, so a screen reader passes it over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from dualcert_dashboard.markup import Html, el
from dualcert_dashboard.surface import Share

WIDTH, HEIGHT = 420, 230
"""Of the trend, in units of its own; the script draws in the same."""
LEFT, RIGHT, TOP, BOTTOM = 44, 410, 12, 200


def bar(percent: float | None, target: int, **attributes: object) -> Html:
    """Return a share as a bar with a mark at the target."""
    width = min(100.0, percent or 0.0)
    return el(
        "svg",
        el("rect", class_="track", width=100, height=10),
        el("rect", class_="fill", width=f"{width:g}", height=10),
        el("line", class_="target", x1=target, x2=target, y1=-1, y2=11),
        class_="bar" if percent is None or percent >= target else "bar short",
        viewBox="0 0 100 10",
        preserveAspectRatio="none",
        aria_hidden="true",
        **attributes,
    )


def trend(now: Sequence[Share | None], then: Sequence[Share | None], days: Sequence[date], day: int) -> Html:
    """Return the province's share over the days: as known now, as known on each day, and the target."""
    last = max(1, len(days) - 1)
    target = [None if each is None else float(each.target) for each in now]
    lines = [
        el("path", class_="aim", d=_path(target)),
        el("path", class_="then", d=_path(list(map(_percent, then)))),
        el("path", class_="now", id="trend-now", d=_path(list(map(_percent, now)))),
        el("line", class_="here", id="trend-here", x1=_x(day, last), x2=_x(day, last), y1=TOP, y2=BOTTOM),
    ]
    frame = [el("line", class_="grid", x1=LEFT, x2=RIGHT, y1=_y(n), y2=_y(n)) for n in range(0, 101, 20)]
    ticks = [el("text", f"{n}%", x=LEFT - 4, y=_y(n) + 4, text_anchor="end") for n in range(0, 101, 20)]
    months = list(_months(days))
    every = max(1, -(-len(months) // 9))  # in its first days a campaign has no month to mark
    for place, label in months[::every]:
        ticks.append(el("text", label, x=_x(place, last), y=BOTTOM + 16, text_anchor="start"))
        frame.append(el("line", class_="grid", x1=_x(place, last), x2=_x(place, last), y1=BOTTOM, y2=BOTTOM + 4))
    return el("svg", frame, lines, ticks, class_="trend", viewBox=f"0 0 {WIDTH} {HEIGHT}", aria_hidden="true")  # fmt: skip


def _months(days: Sequence[date]) -> Iterable[tuple[int, str]]:
    for place, each in enumerate(days):
        if each.day == 1:
            yield place, f"{each.year}-{each.month:02}" if each.month == 1 else f"{each.month:02}"


def _percent(share: Share | None) -> float | None:
    return 100 * share.dual / share.labs if share and share.labs else None


def _x(place: int, last: int) -> str:
    return f"{LEFT + (RIGHT - LEFT) * place / last:.1f}"


def _y(percent: float) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * percent / 100, 1)


def _path(values: Sequence[float | None]) -> str:
    """Return a line in steps; where there is no value, there is no line."""
    last, drawn, before = max(1, len(values) - 1), [], None
    for place, value in enumerate(values):
        if value is None:
            before = None
        elif before is None:
            drawn.append(f"M{_x(place, last)} {_y(value)}")
            before = value
        elif value != before:
            drawn.append(f"H{_x(place, last)}V{_y(value)}")
            before = value
        if place == len(values) - 1 and value is not None:
            drawn.append(f"H{_x(place, last)}")
    return "".join(drawn)


SPAN = 1000
"""The width of a time line in units of its own."""


class Axis:
    """A time line's days, from the first day of a year to the last of another."""

    def __init__(self, first: date, last: date) -> None:
        """Take in the days from *first* to *last*."""
        self.first, self.last = first, last
        self._days = (last - first).days + 1

    def x(self, day: date) -> float:
        """Return where a day begins, no further than the ends."""
        place = (min(max(day, self.first), self.last + timedelta(days=1)) - self.first).days
        return round(SPAN * place / self._days, 1)


def spans(axis: Axis, covered: Iterable[tuple[date, date | None]], kind: str, y: int, height: int = 8) -> list[Html]:
    """Return bars on a time line: from a day until before a day, or on and on."""
    drawn = []
    for first, until in covered:
        begin, end = axis.x(first), axis.x(until or date.max - timedelta(days=1))
        if end > begin:
            drawn.append(el("rect", class_=kind, x=f"{begin:g}", y=y, width=f"{end - begin:.1f}", height=height))
    return drawn
