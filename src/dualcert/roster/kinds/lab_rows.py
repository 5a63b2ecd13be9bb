"""Reads rows about labs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date

from attrs import frozen

from dualcert.divisions import Division, wrong_level
from dualcert.errors import (
    N_,
    AmbiguousLab,
    BadPeriod,
    BadValue,
    LifeUnclear,
    Refused,
    ValidityDiffers,
    shown,
)
from dualcert.roster import cells
from dualcert.roster.columns import certificate_field
from dualcert.roster.kinds.lab_columns import LEVELS
from dualcert.roster.kinds.lab_known import UNIT, KnownLabs
from dualcert.roster.kinds.lab_life import TELLING, TOLD_BESIDE, Life, Told
from dualcert.roster.kinds.lab_told import ToldReader
from dualcert.roster.layout import SheetRow
from dualcert.roster.rows import Reader
from dualcert.values.numbers import canonical_number
from dualcert.values.terms import SCHEMES, Level, Scheme

_FIGURE = re.compile(r"[\d〇零一二三四五六七八九十]")


@frozen
class Certificate:
    """A certificate as a row states it."""

    number: str
    granted_on: date
    valid_until: date


@frozen
class Mentioned:
    """A certificate that a row states in part, to say something of it: the books must know it."""

    number: str | None
    granted_on: date | None
    valid_until: date | None

    def fits(self, number: str, granted_on: date, valid_until: date) -> bool:
        """Return whether a certificate has all that is stated."""
        return (
            (self.number is None or canonical_number(self.number) == canonical_number(number))
            and self.granted_on in (None, granted_on)
            and self.valid_until in (None, valid_until)
        )


@frozen
class LabRow:
    """A sound row."""

    row: SheetRow
    lab: str | None
    name: str
    level: Level
    division: str
    credit_code: str | None
    former_name: str | None
    merged_into: str | None
    changed_on: date | None
    registered_on: date | None
    counted: bool | None
    designated: bool | None
    serves: Mapping[str, date | None]
    """County for which the lab is designated -> the day from which on, or None where the row does not state it."""
    certificates: Mapping[Scheme, Certificate]
    mentioned: Mapping[Scheme, Mentioned]
    told: tuple[Told, ...]
    """What the row says of its certificates' life, each of one scheme."""
    closed: Told | None
    """What it says of the lab's closing."""
    dual: bool | None
    reason: str | None

    @property
    def number(self) -> int:
        """The row's number as the spreadsheet shows it."""
        return self.row.number

    @property
    def home(self) -> str:
        """The lab's own county, if it is a county's lab."""
        return f"county-{self.division}"

    def told_of(self, scheme: Scheme) -> list[Told]:
        """Return what the row says of the certificate of *scheme*."""
        return [each for each in self.told if each.scheme is scheme]

    @property
    def merging(self) -> str:
        """The column that names the lab into which it is merged."""
        return self.closed.field if self.closed and self.closed.into == self.merged_into else "merged_into"

    @property
    def days(self) -> list[tuple[date, str]]:
        """The days of grants and designations that the row states, each with its field."""
        granted = [(c.granted_on, f"{scheme.value.lower()}_granted_on") for scheme, c in self.certificates.items()]
        served = [(since, "serves") for since in self.serves.values() if since]
        return [*granted, *served]


def read_lab_rows(reader: Reader, known: KnownLabs) -> Iterator[LabRow]:
    """Yield the sound rows; the others have findings. *known* are the labs that a row without a unit may be about."""
    told = ToldReader(reader)
    for row in reader.table.rows:
        found = _read_row(reader, told, row, known)
        if found is not None and reader.sound(row):
            yield found


def _read_row(reader: Reader, lives: ToldReader, row: SheetRow, known: KnownLabs) -> LabRow | None:
    name = _name(reader, row)
    unit, level = _seat(reader, row, known)
    told = lives.read(row, [scheme for scheme in SCHEMES if _names(reader, row, scheme)])
    parts = {s: _read_parts(reader, row, s) for s in SCHEMES}
    about = {each.scheme for each in told if each.life is not Life.LACKED}
    certificates = {
        s: c for s, each in parts.items() if (c := _certificate(reader, row, s, each, s in about)) is not None
    }
    if name is None or unit is None or level is None:
        return None
    if not reader.units.divisions.seats(level, unit.code):
        reader.find(row, "level", wrong_level(unit, level.value))
    former = reader.text(row, "former_name")
    renamed = reader.text(row, "renamed_to") if reader.has("renamed_to") else None
    for each in told:
        if each.life is Life.CHANGED and not (former or renamed or certificates):
            reader.find(row, each.field, LifeUnclear(value=each.text))
    closed = next((each for each in told if each.life is Life.CLOSED), None)
    merged, changed = reader.text(row, "merged_into"), reader.day(row, "changed_on")
    return LabRow(
        row=row,
        lab=reader.text(row, "lab"),
        name=renamed or name,
        level=level,
        division=unit.code,
        credit_code=reader.text(row, "credit_code"),
        former_name=name if renamed else former,
        merged_into=merged or (closed.into if closed else None),
        changed_on=(closed.on if closed else None) or changed,
        registered_on=reader.day(row, "registered_on"),
        counted=reader.flag(row, "counted"),
        designated=reader.flag(row, "designated"),
        serves=_read_serves(reader, row, _city(reader, unit)),
        certificates=certificates,
        mentioned={s: each for s, each in parts.items() if s in about and s not in certificates},
        told=tuple(each for each in told if each.life is not Life.CLOSED),
        closed=closed,
        dual=reader.flag(row, "dual"),
        reason=reader.note(row, "reason") if reader.has("reason") else None,
    )


def _seat(reader: Reader, row: SheetRow, known: KnownLabs) -> tuple[Division | None, Level | None]:
    """Return the unit and the level of a row's lab; those that the books have, where a row names a known lab and no unit."""
    unit = reader.unit(row)
    level = reader.word(row, "level", LEVELS, N_("one of 省级, 市级, 县级"))
    if unit is None and reader.sound(row):
        found = known.named(reader, row) if not any(reader.has(field_) for field_ in UNIT) else []
        if len(found) == 1:
            details = known.details(found[0])
            return reader.units.divisions.by_code[details.division], level or details.level
        if found:
            reader.find(row, "name", AmbiguousLab(labs=tuple(found)))
        else:
            reader.missing(row, "city")
    return unit, level or (Level(unit.level) if unit else None)


def _name(reader: Reader, row: SheetRow) -> str | None:
    """Return the lab's name; one that says what became of it, as 沁水县站（已撤并）, is a finding."""
    name = reader.text(row, "name")
    if name is None:
        reader.missing(row, "name")
    elif not name.isascii() and TOLD_BESIDE.search(name):
        reader.find(row, "name", LifeUnclear(value=name))
    return name


def _city(reader: Reader, unit: Division) -> Division | None:
    """Return the city within which counties are named; a county that reports to the province names those of the province."""
    city = reader.units.divisions.reporting_unit(unit.code)
    return city if city and city.level == "city" else None


def _read_serves(reader: Reader, row: SheetRow, city: Division | None) -> dict[str, date | None]:
    """Return the counties in a cell, named within *city* or by code, each with the day in brackets after it."""
    served: dict[str, date | None] = {}
    for served_county in re.split("[、,;]", unicodedata.normalize("NFKC", reader.note(row, "serves") or "")):
        name, _, since = served_county.strip().removesuffix(")").partition("(")
        if name:
            try:
                unit = reader.units.coded(name) if name.isdecimal() else reader.units.county(name, city)
                if not reader.units.divisions.seats(Level.COUNTY, unit.code):
                    raise wrong_level(unit, "county")
            except Refused as problem:
                reader.find(row, "serves", problem)
                continue
            served[f"county-{unit.code}"] = reader.as_day(row, "serves", since.strip().rstrip("起") or None)
    return served


def _names(reader: Reader, row: SheetRow, scheme: Scheme) -> bool:
    """Return whether a row names a certificate of *scheme*."""
    parts = ("number", "granted_on", "valid_until")
    return any(reader.cell(row, certificate_field(scheme, part)) is not None for part in parts)


def _read_parts(reader: Reader, row: SheetRow, scheme: Scheme) -> Mentioned:
    """Return what the row states of a certificate; a validity such as 2021.6.15-2027.6.14 has both its days."""
    of = scheme.value.lower()
    number = reader.text(row, f"{of}_number")
    if number and not number.isascii() and TELLING.search(number):
        reader.find(row, f"{of}_number", LifeUnclear(value=number))
    elif number and not _FIGURE.search(number):
        expected = N_("a certificate's number; the cell stays empty where there is no certificate")
        reader.find(row, f"{of}_number", BadValue(field="", value=shown(number), expected=expected))
        number = None
    begins, ends = cells.as_range(reader.cell(row, f"{of}_valid_until"))
    granted_on, valid_until = reader.day(row, f"{of}_granted_on"), reader.as_day(row, f"{of}_valid_until", ends)
    if begins is not None:
        first = reader.as_day(row, f"{of}_valid_until", begins)
        granted_on = granted_on or first
        if first and granted_on and first != granted_on:
            differ = ValidityDiffers(first=first, granted_on=granted_on)
            reader.find(row, f"{of}_valid_until", differ)
    return Mentioned(number, granted_on, valid_until)


def _certificate(
    reader: Reader,
    row: SheetRow,
    scheme: Scheme,
    parts: Mentioned,
    told: bool,  # noqa: FBT001  one word for it
) -> Certificate | None:
    """Return the certificate that the row states; one in part is a finding, unless it is only named to tell something of it."""
    number, granted_on, valid_until = parts.number, parts.granted_on, parts.valid_until
    if number is None or granted_on is None or valid_until is None:
        if not told and any((number, granted_on, valid_until)):
            miss(reader, row, scheme, parts)
        return None
    if valid_until < granted_on:
        problem = BadPeriod(granted_on=granted_on, valid_until=valid_until)
        reader.find(row, certificate_field(scheme, "valid_until"), problem)
        return None
    return Certificate(number, granted_on, valid_until)


def miss(reader: Reader, row: SheetRow, scheme: Scheme, parts: Mentioned) -> None:
    """Add a finding for each cell of a certificate that the row lacks."""
    for part in ("number", "granted_on", "valid_until"):
        if getattr(parts, part) is None:
            reader.missing(row, certificate_field(scheme, part))
