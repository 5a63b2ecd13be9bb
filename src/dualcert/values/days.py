"""Sets of days: what a certificate covers, and what is left of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import attrs

ONE_DAY = timedelta(days=1)

Span = tuple[date, date]
"""First and last day, both in."""


@attrs.frozen
class Days:
    """A set of days as spans that are sorted, apart and not touching."""

    spans: tuple[Span, ...] = ()

    @classmethod
    def of(cls, spans: Iterable[Span]) -> Days:
        """Return the union of *spans*; those that overlap or touch become one, empty ones vanish."""
        found = [span for span in spans if span[0] <= span[1]]
        if len(found) < 2:
            return cls(tuple(found))
        joined: list[Span] = []
        for first, last in sorted(found):
            if joined and first - ONE_DAY <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(joined[-1][1], last))
            else:
                joined.append((first, last))
        return cls(tuple(joined))

    @classmethod
    def span(cls, first: date, last: date) -> Days:
        """Return the days from *first* through *last*; none if it ends before it begins."""
        return cls(((first, last),)) if first <= last else NO_DAYS

    @classmethod
    def union(cls, sets: Iterable[Days]) -> Days:
        """Return the union of *sets*."""
        return cls.of(span for days in sets for span in days.spans)

    def __contains__(self, day: date) -> bool:
        return any(first <= day <= last for first, last in self.spans)

    def __or__(self, other: Days) -> Days:
        return Days.union([self, other])

    def __and__(self, other: Days) -> Days:
        if not self.spans or not other.spans:
            return NO_DAYS
        return Days(tuple([(max(a, c), min(b, d)) for a, b in self.spans for c, d in other.spans if a <= d and c <= b]))

    def __sub__(self, other: Days) -> Days:
        if not self.spans or not other.spans:
            return self
        left = list(self.spans)
        for first, last in other.spans:
            kept: list[Span] = []
            for a, b in left:
                if b < first or last < a:
                    kept.append((a, b))
                    continue
                if a < first:
                    kept.append((a, first - ONE_DAY))
                if last < b:
                    kept.append((last + ONE_DAY, b))
            left = kept
        return Days(tuple(left))

    def __bool__(self) -> bool:
        return bool(self.spans)

    def run(self, day: date) -> Span | None:
        """Return the unbroken run of days around *day*, or None where *day* is not in the set."""
        for span in self.spans:
            if span[0] <= day <= span[1]:
                return span
        return None


NO_DAYS = Days()
