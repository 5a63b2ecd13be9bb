"""The administrative divisions of China by GB/T 2260 code, read from the package's own table.

The table has no history: a retired code is unknown.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

import attrs

from dualcert.errors import UnknownDivision, WrongLevel
from dualcert.values.terms import Level


@attrs.frozen
class Division:
    """One division; `level` is province, city, county, or zone (a development zone, no county)."""

    code: str
    name: str
    level: str
    parent: str


@attrs.frozen
class Divisions:
    """The table of divisions, by code, because names repeat (城区 is 140302 and 140502)."""

    by_code: Mapping[str, Division]
    children: Mapping[str, Sequence[Division]]

    @classmethod
    def of(cls, rows: Iterable[Division]) -> Divisions:
        """Return the table of *rows*."""
        by_code = {row.code: row for row in sorted(rows, key=lambda row: row.code)}
        children: dict[str, list[Division]] = {}
        for division in by_code.values():
            children.setdefault(division.parent, []).append(division)
        return cls(by_code, children)

    def get(self, code: str) -> Division | None:
        """Return the division of *code*, or None."""
        return self.by_code.get(code)

    def of_level(self, field: str, code: str, level: str) -> Division:
        """Return the division that *field* names by *code*; raises UnknownDivision, WrongLevel."""
        found = self.by_code.get(code)
        if found is None or found.level != level:
            raise self.refusal(field, code, level)
        return found

    def refusal(self, field: str, code: str, level: str) -> UnknownDivision | WrongLevel:
        """Return the refusal of a code where *field* asks for a division of *level*."""
        found = self.by_code.get(code)
        return wrong_level(found, level, field) if found else UnknownDivision(field=field, division=code)

    def within(self, code: str, level: str) -> tuple[Division, ...]:
        """Return the divisions of *level* in the division *code* (itself included), in order of code."""
        return tuple(division for division in self._below(code) if division.level == level)

    def _below(self, code: str) -> Iterator[Division]:
        if code in self.by_code:
            yield self.by_code[code]
        for child in self.children.get(code, ()):
            yield from self._below(child.code)

    def contains(self, outer: str, inner: str) -> bool:
        """Return whether *inner* is *outer* or lies in it."""
        while inner:
            if inner == outer:
                return True
            found = self.by_code.get(inner)
            inner = found.parent if found else ""
        return False

    def above(self, code: str, level: str) -> Division | None:
        """Return the division of *level* that *code* lies in (or is), or None."""
        found = self.by_code.get(code)
        while found and found.level != level:
            found = self.by_code.get(found.parent)
        return found

    def seats(self, level: Level, code: str) -> bool:
        """Return whether a lab of *level* can be at home in the division *code*.

        A lab's division has the lab's level; a zone never is one. In a city without counties
        (441900, 442000, 460400) a county-level lab takes the city's code.
        """
        found = self.by_code.get(code)
        if found is None:
            return False
        return found.level == level.value or (level is Level.COUNTY and self._without_counties(found))

    def _without_counties(self, city: Division) -> bool:
        return city.level == "city" and all(d.level != "county" for d in self.children.get(city.code, ()))


def wrong_level(division: Division, expected: str, field: str = "") -> WrongLevel:
    """Return the refusal of a division where one of the level *expected* belongs."""
    return WrongLevel(field=field, division=division.code, name=division.name, level=division.level, expected=expected)


@cache
def china() -> Divisions:
    """Return the divisions of the whole country (31 provinces, 342 cities, 2,851 counties, 124 zones)."""
    with (files("dualcert") / "data" / "divisions.csv").open(encoding="utf-8") as lines:
        rows = csv.reader(lines)
        assert next(rows) == ["code", "name", "level", "parent"]
        return Divisions.of(Division(*row) for row in rows)
