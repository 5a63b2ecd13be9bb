"""What a division is called: by code, full name, everyday name, with its city in front, and by a former name or code.

A name identifies a unit only within an area (城区 is in 阳泉 and in 晋城); what could be several is refused, never guessed.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

from attrs import define, field, frozen

from dualcert.divisions import Division, Divisions, wrong_level
from dualcert.errors import AmbiguousUnit, FormerUnit, Refused, UnknownUnit
from dualcert.values.text import visible

UnitKind = Literal["city", "county", "zone", "placeholder"]
"""What is looked for: a unit that reports to the province, a county-level unit, or what is neither."""

SUFFIXES = ("自治州", "自治县", "自治旗", "地区", "林区", "特区", "新区", "省", "市", "县", "区", "旗", "盟", "州")
"""The last words of names, which people leave out."""
_SHORTENED = {"自治州": "州", "自治县": "县", "自治旗": "旗"}

_PEOPLES = (
    "蒙古|维吾尔|布依|朝鲜|哈尼|哈萨克|傈僳|拉祜|东乡|纳西|景颇|柯尔克孜|达斡尔|仫佬|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|乌孜别克"
    "|俄罗斯|鄂温克|德昂|保安|裕固|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺|高山|土家"
)
_OF_PEOPLES = re.compile(f"(?:(?:{_PEOPLES})族?|[回藏苗彝壮满侗瑶白傣黎佤畲水土羌怒京各]族)+$")
"""The peoples that an autonomous unit is named after, at the end of its name."""


def plain(text: object) -> str:
    """Return *text* in the form in which names are compared: NFKC, no blanks, nothing unseen, small letters."""
    return _plain(str(text))


@lru_cache(8_192)
def _plain(text: str) -> str:
    """Return the same as `plain`; it is cached, since a sheet compares the same words in every row."""
    return "".join(unicodedata.normalize("NFKC", visible(text)).split()).lower()


def everyday(name: str) -> tuple[str, ...]:
    """Return what people call a unit beside its full name: 阳城 for 阳城县; 凉山州 and 凉山 for 凉山彝族自治州."""
    name = plain(name)
    suffix = next((each for each in SUFFIXES if name.endswith(each)), "")
    base = name.removesuffix(suffix)
    if suffix not in _SHORTENED:
        return (base,) if suffix and len(base) > 1 else ()
    base = _OF_PEOPLES.sub("", base) or base.removesuffix("族")
    return tuple(each for each in (base + _SHORTENED[suffix], base) if len(each) > 1)


@frozen
class Former:
    """A unit that no longer exists: its code and name, the month of the last list with it, and its one successor's code."""

    code: str
    name: str
    until: str
    now: str


@cache
def former_units() -> tuple[Former, ...]:
    """Return the codes and names that were units after 1999 and are not now; see docs/adr for where they come from."""
    with (Path(__file__).parent / "data" / "divisions-former.csv").open(encoding="utf-8") as lines:
        rows = csv.reader(lines)
        assert next(rows) == ["code", "name", "until", "now"]
        return tuple(Former(*row) for row in rows)


def _behind(unit: Division, text: str) -> str:
    """Return what follows on the name of *unit*, or its everyday name, in *text*; nothing where it is not in front."""
    forms = sorted((plain(unit.name), *everyday(unit.name)), key=len, reverse=True)
    return next((text.removeprefix(form) for form in forms if text.startswith(form)), "")


Named = dict[str, list[Division]]


@define
class Names:
    """The names of the units in a table of divisions; what was looked up in an area is kept."""

    divisions: Divisions
    _whole: dict[tuple[str, UnitKind], tuple[Named, Named]] = field(init=False, factory=dict)

    def find(self, text: str, area: str) -> Division:
        """Return the city or county-level unit in *area*, or *area* itself, that *text* means.

        Raises UnknownUnit, AmbiguousUnit, FormerUnit, WrongLevel.
        """
        own = self.divisions.get(area)
        if own and plain(text) == plain(own.name):
            return own
        if plain(text).isdecimal():
            return self.coded(text, area)
        kinds: tuple[UnitKind, ...] = ("city", "county")
        for found in self._steps(text, area, kinds):
            if found:
                return self.only(text, self._outermost(found))
        raise self.unknown(text, area, "division")

    def _outermost(self, found: Sequence[Division]) -> list[Division]:
        """Return each unit once, less those in a unit of the same name: 嘉峪关市 is the city, 嘉峪关市嘉峪关市 what lies in it."""
        inner = {
            unit.code
            for unit in found
            for other in found
            if other is not unit and other.name == unit.name and self.divisions.contains(other.code, unit.code)
        }
        return [unit for unit in dict.fromkeys(found) if unit.code not in inner]

    def _steps(self, text: str, area: str, kinds: Iterable[UnitKind]) -> Iterator[Sequence[Division]]:
        """Yield what *text* can mean, the plainest reading first; the area's own name may stand before it."""
        own = self.divisions.get(area)
        for name in filter(None, (plain(text), _behind(own, plain(text)) if own else "")):
            for reading in (self._called, self._usually_called, self._in_a_city, self._formerly):
                yield [unit for kind in kinds for unit in reading(name, area, kind)]

    def coded(self, code: str, area: str) -> Division:
        """Return the unit of a code, present or former; raises UnknownUnit, FormerUnit, WrongLevel."""
        found = self.divisions.get(plain(code))
        if found is None:
            was = [each for each in former_units() if each.code == plain(code)]
            now = {each.now for each in was}
            found = self.divisions.get(now.pop()) if len(now) == 1 else None
            if was and found is None:
                raise FormerUnit(name=was[-1].name, until=was[-1].until)
        if found is None or not self.divisions.contains(area, found.code):
            raise UnknownUnit(name=code, within=self.divisions.name_of(area))
        if found.kind in {"zone", "placeholder"}:
            raise wrong_level(found, "county", "division")
        return found

    def matching(self, name: str, area: str, kind: UnitKind) -> list[Division]:
        """Return the units of *kind* in *area* that *name* can mean, by its plainest reading that means any."""
        return list(next((found for found in self._steps(name, area, (kind,)) if found), ()))

    def unknown(self, name: str, area: str, field_: str, wanted: UnitKind = "county") -> Refused:
        """Return the refusal of a name that no unit in *area* has."""
        outer = filter(None, [self.divisions.get(area), *self.divisions.units(area)])
        behind = [(rest, each.code) for each in outer if (rest := _behind(each, plain(name)))]
        for text, within in ((name, area), *behind):
            was = [each for each in self._were(text, within) if not each.now]
            if was:
                return FormerUnit(name=was[-1].name, until=was[-1].until)
        others: tuple[UnitKind, ...] = (
            ("zone", "placeholder", "city") if wanted == "county" else ("placeholder", "county")
        )
        for kind in others:
            for other in self._called(name, area, kind) or self._usually_called(name, area, kind):
                return wrong_level(other, wanted, field_)
        return UnknownUnit(name=name, within=self.divisions.name_of(area))

    def only(self, name: str, found: Sequence[Division]) -> Division:
        """Return the one unit that was found, or refuse *name* by naming them all; raises AmbiguousUnit."""
        if len(found) == 1:
            return found[0]
        units = ", ".join(f"{self.divisions.name_of(unit.parent)}{unit.name} {unit.code}" for unit in found)
        raise AmbiguousUnit(name=name, units=units)

    def _called(self, name: str, area: str, kind: UnitKind) -> Sequence[Division]:
        return self._names(area, kind)[0].get(plain(name), ())

    def _usually_called(self, name: str, area: str, kind: UnitKind) -> Sequence[Division]:
        return self._names(area, kind)[1].get(plain(name), ())

    def _in_a_city(self, name: str, area: str, kind: UnitKind) -> Iterator[Division]:
        """Yield the units that a name means which begins with the name of their city."""
        for city in self.divisions.units(area) if kind != "city" else ():
            rest = _behind(city, name)
            if rest and city.code != area:
                yield from self.matching(rest, city.code, kind)

    def _formerly(self, name: str, area: str, kind: UnitKind) -> Iterator[Division]:
        """Yield the units that followed on units of that name, where each has one successor."""
        was = list(self._were(name, area))
        if all(each.now for each in was):
            possible = {unit.code: unit for unit in self._of_kind(area, kind)}
            yield from (possible[now] for now in sorted({each.now for each in was}) if now in possible)

    def _were(self, name: str, area: str) -> Iterator[Former]:
        """Yield the former units of that name, or everyday name, in *area*."""
        prefix = re.sub("(00)+$", "", area)
        for each in _formerly_called().get(plain(name), ()):
            if each.code.startswith(prefix) or self.divisions.contains(area, each.now):
                yield each

    def _names(self, area: str, kind: UnitKind) -> tuple[Named, Named]:
        if (area, kind) not in self._whole:
            whole: Named = {}
            usual: Named = {}
            for unit in self._of_kind(area, kind):
                for key in dict.fromkeys((plain(unit.name), unit.code)):
                    whole.setdefault(key, []).append(unit)
                for key in everyday(unit.name):
                    usual.setdefault(key, []).append(unit)
            self._whole[area, kind] = whole, usual
        return self._whole[area, kind]

    def _of_kind(self, area: str, kind: UnitKind) -> Sequence[Division]:
        match kind:
            case "city":
                return self.divisions.units(area)
            case "county":
                return self.divisions.counties(area)
            case "zone":
                return self.divisions.within(area, "zone")
        return [each for each in self.divisions.within(area, "city") if each.kind == kind]


@cache
def _formerly_called() -> dict[str, tuple[Former, ...]]:
    found: dict[str, tuple[Former, ...]] = {}
    for each in former_units():
        for name in dict.fromkeys((plain(each.name), *everyday(each.name))):
            found[name] = (*found.get(name, ()), each)
    return found
