"""Units of a province by name or code; a name identifies a unit only within its city."""

from __future__ import annotations

from typing import Final

from attrs import define, field

from dualcert.divisions import Division, Divisions
from dualcert.units import Names, UnitKind, plain

CITYS_OWN = frozenset({"市本级", "本级", "市直", "市级"})
"""Words in the county's cell of a lab that belongs to the city itself."""

PROVINCES_OWN = frozenset({"省本级", "省直", "省级"})
"""Words in the city's cell of a lab that belongs to the province itself."""

KINDS_OF_CITIES: Final[tuple[UnitKind, ...]] = ("city", "placeholder")
"""What stands in the city's cell."""


@define
class Units:
    """Finds units of one province by what a sheet calls them; `home` is the city that its title names, if it names one."""

    divisions: Divisions
    province: str
    home: Division | None = None
    names: Names = field(init=False)
    _found: dict[tuple[str, str, UnitKind], list[Division]] = field(init=False, factory=dict)
    """What a name means in an area: a sheet repeats the same names."""

    def __attrs_post_init__(self) -> None:
        self.names = Names(self.divisions)

    def titled(self, title: str) -> None:
        """Set `home` to the city that *title* names, if it names exactly one."""
        named = [city for city in self.divisions.units(self.province) if city.name in title]
        self.home = named[0] if len(named) == 1 else None

    def coded(self, code: str) -> Division:
        """Return the city or county of a code, or of a name in its place; raises the same as `city` and `county`."""
        return self.names.find(code, self.province)

    def city(self, name: str) -> Division:
        """Return the city of that name, or the province where it is named; raises UnknownUnit and its like.

        A city is what reports to the province; a placeholder of the table is returned for the sheets that have it.
        """
        own = self.divisions.by_code[self.province]
        if plain(name) in PROVINCES_OWN or plain(name) == plain(own.name):
            return own
        for kind in KINDS_OF_CITIES:
            found = self._matching(name, self.province, kind)
            if len(found) == 1:
                return found[0]
        raise self.names.unknown(name, self.province, "city", "city")

    def county(self, name: str, city: Division | None) -> Division:
        """Return the county of that name in *city*, else in the city of the title, else in the province if it is unique there.

        Raises UnknownUnit, AmbiguousUnit, FormerUnit, WrongLevel.
        """
        within = city or self.home
        area = within.code if within else self.province
        found = self._matching(name, area, "county")
        if not found:
            raise self.names.unknown(name, area, "county")
        return self.names.only(name, found)

    def _matching(self, name: str, area: str, kind: UnitKind) -> list[Division]:
        key = name, area, kind
        if key not in self._found:
            self._found[key] = self.names.matching(name, area, kind)
        return self._found[key]
