"""The figures on both clocks, as the page carries them to its script."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import accumulate
from typing import Any, NamedTuple

from attrs import define, field, frozen

from dualcert.reporting import Books
from dualcert_dashboard.words import SHANGHAI

YEARS_BACK = timedelta(days=1100)
"""How far back the slider goes at most from the day that is asked about, which is its last: a campaign may be old."""


class Share(NamedTuple):
    """Dual-certified of counted labs, and the target in percent."""

    dual: int
    labs: int
    target: int


@frozen
class Surface:
    """The steps of the figures, the days that both sliders offer, and who is where."""

    books: Books
    first: date
    last: date
    known_first: date
    known_last: date
    steps: Any

    @classmethod
    def of(cls, books: Books) -> Surface:
        """Return the surface of a campaign's days, around the day of the books."""
        policy, day = books.policy(), books.as_of
        first = min(day, max(policy.from_, _moved(day, -YEARS_BACK)))
        last = day  # what became true later is not on a page about that day
        steps = books.figure_steps(first, last)
        told = [*(step.known_on for step in steps.rows), *(rule.known_on for rule in steps.rules)]
        known = [day for day in told if day > date.min]
        head = [books.known_at.astimezone(SHANGHAI).date()] if books.known_at else [day]
        return cls(books, first, last, min([*known, *head]), max([*known, *head]), steps)

    def days(self) -> list[date]:
        """Return the days of the slider."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    def rule(self, day: date, known: date) -> Any:
        """Return the rules of a day as known at the end of another: of the newest set the last that has begun."""
        newest = max((rule.known_on for rule in self.steps.rules if rule.known_on <= known), default=None)
        begun = [rule for rule in self.steps.rules if rule.known_on == newest and rule.on <= day]
        return begun[-1] if begun else None

    def now(self) -> list[Share | None]:
        """Return the province's share on each day, as known today."""
        return self._line(lambda step: step.on, self.known_last)

    def then(self) -> list[Share | None]:
        """Return the province's share on each day, as known at the end of that day."""
        return self._line(lambda step: max(step.on, step.known_on), None)

    def _line(self, begins: Callable[[Any], date], known: date | None) -> list[Share | None]:
        """Return the share on each day by the steps that begin by then, under the rules as *known*, or as known on the day."""
        days = self.days()
        changes: dict[int, list[list[int]]] = {}
        for step in self.steps.rows:
            place = max(0, (begins(step) - self.first).days)
            if place < len(days):
                of_rules = changes.setdefault(step.rules, [[0] * len(days), [0] * len(days)])
                of_rules[0][place] += step.dual
                of_rules[1][place] += step.labs
        sums = {rules: [list(accumulate(each)) for each in both] for rules, both in changes.items()}
        none = [[0] * len(days)] * 2
        found: list[Share | None] = []
        for nth, rule in enumerate(self.rule(day, known or day) for day in days):
            dual, labs = sums.get(rule.rules, none) if rule else none
            found.append(Share(dual[nth], labs[nth], rule.target_percent) if rule else None)
        return found

    def data(self) -> dict[str, Any]:
        """Return what the script sums: days are counted from `first`, knowledge from `knownFirst`."""
        places, labs, rows = _Places(), _Places(), []
        for s in self.steps.rows:
            place = places.of(s.division), labs.of(s.lab)
            rows.append([place[1], place[0], s.rules, self._known(s.known_on), (s.on - self.first).days,
                         s.labs, s.cma, s.catl, s.dual])  # fmt: skip
        rules = [
            [self._known(rule.known_on), (rule.on - self.first).days, rule.rules, rule.target_percent]
            for rule in self.steps.rules
        ]
        return {
            "first": self.first.isoformat(), "knownFirst": self.known_first.isoformat(),
            "asOf": (self.books.as_of - self.first).days, "known": (self.known_last - self.known_first).days,
            "days": (self.last - self.first).days, "rules": rules, "steps": rows,
            "places": [self._units(code) for code in places.known],
            "labs": [[lab, self.books.lab_name(lab)] for lab in labs.known],
        }  # fmt: skip

    def _known(self, day: date) -> int:
        return max(0, (day - self.known_first).days)

    def _units(self, code: str) -> Sequence[str]:
        """Return the units whose figures a division's labs add to: all, its city, and its own row."""
        return "all", f"city-{self.books.city_of(code)}", f"place-{code}"


@define
class _Places:
    """Things in the order in which they were met."""

    known: dict[str, int] = field(factory=dict)

    def of(self, what: str) -> int:
        return self.known.setdefault(what, len(self.known))


def _moved(day: date, by: timedelta) -> date:
    try:
        return day + by
    except OverflowError:
        return date.max if by > timedelta() else date.min
