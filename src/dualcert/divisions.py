"""The administrative divisions of China by GB/T 2260 code, read from the package's own table.

The table has no history: a retired code is unknown. What a unit is called, now and before, is in `dualcert.units`.
Three questions about a province are answered here and nowhere else: which units report to it, which of them a place
belongs to, and which county-level units it has.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import attrs

from dualcert.errors import N_, UnknownDivision, WrongLevel
from dualcert.values.terms import Level


@attrs.frozen
class Division:
    """One division; `level` is province, city, county, or zone (a development zone, no county)."""

    code: str
    name: str
    level: str
    parent: str

    @property
    def kind(self) -> str:
        """What it is: its level, or a placeholder, an entry that stands in a city's place in the code and is no unit."""
        return N_("placeholder") if self.level == "city" and _PLACEHOLDER.fullmatch(self.name) else self.level


_PLACEHOLDER = re.compile("市辖区|县|.*直辖县级行政区划")
"""The names that stand in a city's place over county-level units that report to the province itself."""


@attrs.frozen
class Divisions:
    """The table of divisions, by code, because names repeat (城区 is 140302 and 140502)."""

    by_code: Mapping[str, Division]
    children: Mapping[str, Sequence[Division]]
    _lists: dict[tuple[str, str], tuple[Division, ...]] = attrs.field(init=False, factory=dict, eq=False, repr=False)
    """What was asked before: which units, counties or divisions of a level are in which division."""

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

    def name_of(self, code: str) -> str:
        """Return the name of the division of *code*, or the code if the table does not have it."""
        found = self.by_code.get(code)
        return found.name if found else code

    def of_level(self, field: str, code: str, level: str) -> Division:
        """Return the division that *field* names by *code*; raises UnknownDivision, WrongLevel."""
        found = self.by_code.get(code)
        if found is None or found.kind != level:
            raise self.refusal(field, code, level)
        return found

    def refusal(self, field: str, code: str, level: str) -> UnknownDivision | WrongLevel:
        """Return the refusal of a code where *field* asks for a division of *level*."""
        found = self.by_code.get(code)
        return wrong_level(found, level, field) if found else UnknownDivision(field=field, division=code)

    def within(self, code: str, level: str) -> tuple[Division, ...]:
        """Return the divisions of *level* in the division *code* (itself included), in order of code."""
        return self._listed(level, code, lambda each: each.level == level)

    def _listed(self, what: str, area: str, wanted: Callable[[Division], bool]) -> tuple[Division, ...]:
        found = self._lists.get((what, area))
        if found is None:
            found = self._lists[what, area] = tuple(filter(wanted, self._below(area)))
        return found

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

    def reporting_unit(self, code: str) -> Division | None:
        """Return the unit that reports to the province for the division *code*, or None for a province.

        It is the city, or under a placeholder the county-level unit itself: the districts and counties of the four
        municipalities, 仙桃市, 济源市, 石河子市 and their like.
        """
        found, below = self.by_code.get(code), None
        while found and found.kind not in {"city", "placeholder"}:
            found, below = self.by_code.get(found.parent), found
        return below if found and found.kind == "placeholder" else found

    def units(self, area: str) -> tuple[Division, ...]:
        """Return the units in *area* (itself included) that report to the province, in order of code."""
        return self._listed("unit", area, self._is_unit)

    def _is_unit(self, division: Division) -> bool:
        return division.level in {"city", "county"} and self.reporting_unit(division.code) is division

    def counties(self, area: str) -> tuple[Division, ...]:
        """Return the county-level units in *area* (itself included), in order of code; a city without counties is its own."""
        return self._listed("seat of a county's lab", area, lambda each: self.seats(Level.COUNTY, each.code))

    def city(self, field: str, code: str) -> Division:
        """Return the unit that *field* names by *code* and that owes what a city owes; raises UnknownDivision, WrongLevel."""
        found = self.by_code.get(code)
        return found if found and self.reporting_unit(code) is found else self.of_level(field, code, "city")

    def county(self, field: str, code: str) -> Division:
        """Return the county-level unit that *field* names by *code*; raises UnknownDivision, WrongLevel."""
        return self.by_code[code] if self.seats(Level.COUNTY, code) else self.of_level(field, code, "county")

    def seats(self, level: Level, code: str) -> bool:
        """Return whether a lab of *level* can be at home in the division *code*.

        A lab's division has the lab's level; a zone or a placeholder never is one. In a city without counties
        (441900, 442000, 460400) a county-level lab takes the city's code.
        """
        found = self.by_code.get(code)
        if found is None:
            return False
        return found.kind == level.value or (level is Level.COUNTY and self._without_counties(found))

    def _without_counties(self, city: Division) -> bool:
        return city.level == "city" and all(d.level != "county" for d in self.children.get(city.code, ()))


def wrong_level(division: Division, expected: str, field: str = "") -> WrongLevel:
    """Return the refusal of a division where one of the level *expected* belongs."""
    return WrongLevel(field=field, division=division.code, name=division.name, level=division.kind, expected=expected)


@cache
def china() -> Divisions:
    """Return the divisions of the whole country (31 provinces, 342 cities, 2,851 counties, 124 zones)."""
    with (Path(__file__).parent / "data" / "divisions.csv").open(encoding="utf-8") as lines:
        rows = csv.reader(lines)
        assert next(rows) == ["code", "name", "level", "parent"]
        return Divisions.of(Division(*row) for row in rows)
