"""Units of a province by name or code; a name identifies a unit only within its city."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import define, field

from dualcert.divisions import Division, Divisions, wrong_level
from dualcert.errors import AmbiguousUnit, UnknownUnit
from dualcert.roster.columns import plain

CITYS_OWN = frozenset({"市本级", "本级", "市直", "市级"})
"""Words in the county's cell of a lab that belongs to the city itself."""

PROVINCES_OWN = frozenset({"省本级", "省直", "省级"})
"""Words in the city's cell of a lab that belongs to the province itself."""

SUFFIXES = ("自治县", "自治旗", "林区", "特区", "市", "县", "区", "旗", "盟", "州")


Names = dict[str, list[Division]]


@define
class Units:
    """Finds units of one province; `home` is the city that the sheet's title names, if it names one.

    A unit is found by its name, by its name without the last word if that is unique (泽州 for 泽州县), or by its code.
    """

    divisions: Divisions
    province: str
    home: Division | None = None
    _named: dict[tuple[str, str], tuple[Names, Names]] = field(init=False, factory=dict)

    def titled(self, title: str) -> None:
        """Set `home` to the city that *title* names, if it names exactly one."""
        named = [city for city in self.divisions.within(self.province, "city") if city.name in title]
        self.home = named[0] if len(named) == 1 else None

    def coded(self, code: str) -> Division:
        """Return the city or county of a code, or of a name in its place; raises the same as `city` and `county`."""
        found = self.divisions.get(plain(code))
        if found is None and not plain(code).isdecimal():
            return self._named_anywhere(code)
        if found is None or not self.divisions.contains(self.province, found.code):
            raise UnknownUnit(name=code, within=self.name_of(self.province))
        if found.level == "zone":
            raise wrong_level(found, "county", "division")
        return found

    def _named_anywhere(self, name: str) -> Division:
        """Return the unit of a name, which may begin with the name of its city."""
        cities = self.divisions.within(self.province, "city")
        home = next((city for city in cities if name.startswith(city.name) and name != city.name), None)
        if home:
            return self.county(name, home)
        try:
            return self.city(name)
        except UnknownUnit:
            return self.county(name, None)

    def city(self, name: str) -> Division:
        """Return the city of that name, or the province where it is named; raises UnknownUnit."""
        own = self.divisions.by_code[self.province]
        if plain(name) in PROVINCES_OWN or plain(name) == plain(own.name):
            return own
        found = self._matching(name, self.province, "city")
        if len(found) != 1:
            raise UnknownUnit(name=name, within=self.name_of(self.province))
        return found[0]

    def county(self, name: str, city: Division | None) -> Division:
        """Return the county of that name in *city*, else in the city of the title, else in the province if it is unique there.

        Raises UnknownUnit, AmbiguousUnit, WrongLevel.
        """
        within = city or self.home
        area = within.code if within else self.province
        own_name = name.removeprefix(within.name) if within and name != within.name else name
        found = self._matching(own_name, area, "county")
        if len(found) > 1:
            units = ", ".join(f"{self.name_of(unit.parent)}{unit.name} {unit.code}" for unit in found)
            raise AmbiguousUnit(name=name, units=units)
        if found:
            return found[0]
        zone = self._matching(own_name, area, "zone")
        if zone:
            raise wrong_level(zone[0], "county", "county")
        raise UnknownUnit(name=name, within=self.name_of(area))

    def _matching(self, name: str, area: str, level: str) -> Sequence[Division]:
        """Return the units with that name or code, else those with that name once their last word is left out."""
        if (area, level) not in self._named:
            units = self.divisions.within(area, level)
            self._named[area, level] = (
                _grouped([(key, unit) for unit in units for key in (plain(unit.name), unit.code)]),
                _grouped([(short, unit) for unit in units if len(short := _short(unit.name)) > 1]),
            )
        whole, without_last_word = self._named[area, level]
        return whole.get(plain(name), []) or without_last_word.get(plain(name), [])

    def name_of(self, code: str) -> str:
        """Return the name of a division."""
        found = self.divisions.get(code)
        return found.name if found else code


def _grouped(units: Sequence[tuple[str, Division]]) -> Names:
    found: Names = {}
    for key, unit in units:
        found.setdefault(key, []).append(unit)
    return found


def _short(name: str) -> str:
    text = plain(name)
    return next((text.removesuffix(each) for each in SUFFIXES if text.endswith(each)), text)
