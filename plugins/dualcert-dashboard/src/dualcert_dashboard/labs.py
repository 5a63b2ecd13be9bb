"""Each lab's two certificates as bars on a time line, city by city."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import MAXYEAR, MINYEAR, date
from typing import Any

from dualcert_dashboard.markup import Html, el, named
from dualcert_dashboard.pictures import SPAN, Axis, spans
from dualcert_dashboard.surface import Surface
from dualcert_dashboard.tables import Header, folded, row, section, table
from dualcert_dashboard.words import Asked

LANES = {"cma": 3, "catl": 13}
"""How far down the bar of each certificate is."""

Spans = dict[str, dict[str, list[tuple[date, date | None]]]]
"""Lab -> certificate -> from when until when it counts."""


def labs(asked: Asked, surface: Surface) -> Html:
    """Return the counted labs with the days on which each certificate counts, as bars; the tables have dates and states."""
    words = asked.words
    axis = Axis(date(max(surface.first.year - 1, MINYEAR), 1, 1), date(min(surface.last.year + 1, MAXYEAR - 1), 12, 31))
    placed = {lab: place for place, (lab, _) in enumerate(surface.data()["labs"])}
    known = _known_spans(surface)
    by_city: dict[str, list[Any]] = defaultdict(list)
    for lab in asked.books.status(kind="lab", division=asked.books.policy().province).rows:
        by_city[asked.books.city_of(lab.division)].append(lab)
    parts = []
    for nth, (city, some) in enumerate(sorted(by_city.items())):
        title = words("labs of", city=asked.who(city))
        dual = sum(lab.dual for lab in some)
        told = el("span", words("labs said", count=len(some), dual=dual), class_="count")
        rows = _rows(asked, some, placed, known, axis)
        parts.append(
            folded(
                [title, told], table(title, _headers(asked, axis), rows, cards=True), open_=not nth, id_=f"labs-{city}"
            )
        )
    legend = [el("span", el("span", class_=f"key {kind}"), words(word))
              for kind, word in (("cma", "js CMA"), ("catl", "js CATL"), ("here", "the day"))]  # fmt: skip
    said = el("p", legend, class_="legend")
    settings = {"data_axis": (axis.first - surface.first).days, "data_span": (axis.last - axis.first).days + 1}
    note = el("span", words("bars follow", day=words.day(asked.books.as_of)))
    return section("labs", words("all labs"), said, el("div", parts, id="bars", **settings), note=note)


def _headers(asked: Asked, axis: Axis) -> list[Header]:
    words = asked.words
    return [words("lab"), f"{words('time line')} {axis.first.year}–{axis.last.year}", (words("cma until"), "labelled"),
            (words("catl until"), "labelled"), (words("dual since"), "day wide-only")]  # fmt: skip


def _known_spans(surface: Surface) -> Spans:
    """Return when certificates count, as known today, by the rules of the day of the page."""
    rule = surface.rule(surface.books.as_of, surface.known_last)
    return certificate_spans(step for step in surface.steps.rows if rule is not None and step.rules == rule.rules)


def certificate_spans(steps: Iterable[Any]) -> Spans:
    """Return lab -> certificate -> from when until when it counts, from the steps of the figures."""
    changes: dict[str, dict[str, dict[date, int]]] = defaultdict(
        lambda: {"cma": defaultdict(int), "catl": defaultdict(int)}
    )
    for step in steps:
        changes[step.lab]["cma"][step.on] += step.cma
        changes[step.lab]["catl"][step.on] += step.catl
    return {lab: {kind: list(_spans(days)) for kind, days in of.items()} for lab, of in changes.items()}


def _spans(changes: dict[date, int]) -> Iterator[tuple[date, date | None]]:
    count, began = 0, None
    for day in sorted(changes):
        count += changes[day]
        if count and began is None:
            began = day
        elif not count and began is not None:
            yield began, day
            began = None
    if began is not None:
        yield began, None


def _rows(asked: Asked, some: Sequence[Any], placed: dict[str, int], known: Spans, axis: Axis) -> Iterator[Html]:
    for lab in some:
        own = known.get(lab.lab, {"cma": [], "catl": []})
        drawn = [each for kind, lane in LANES.items() for each in spans(axis, own[kind], kind, lane)]
        here = axis.x(asked.books.as_of)
        picture = el("svg", el("g", drawn), el("line", class_="here", x1=here, x2=here, y1=0, y2=24), class_="lanes",
                     viewBox=f"0 0 {SPAN} 24", preserveAspectRatio="none", aria_hidden="true",
                     data_lab=placed.get(lab.lab))  # fmt: skip
        yield row(_headers(asked, axis), [named(lab.name), picture, _until(asked, lab.cma), _until(asked, lab.catl),
                                          lab.dual_since or "—"], cards=True)  # fmt: skip


def _until(asked: Asked, certificate: Any) -> list[object]:
    """Return a certificate's state, and until when it is valid."""
    state = asked.request.word(certificate.state.value)
    return [state if certificate.counts else el("b", state, class_="bad"), f" {certificate.valid_until or ''}"]
