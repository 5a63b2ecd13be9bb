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
    BadPeriod,
    DualContradicted,
    Refused,
    ValidityDiffers,
)
from dualcert.policy import Target
from dualcert.roster import cells
from dualcert.roster.kinds.lab_columns import LEVELS, yes_or_no
from dualcert.roster.layout import SheetRow
from dualcert.roster.rows import Reader
from dualcert.values.terms import SCHEMES, Level, Scheme


@frozen
class Certificate:
    """A certificate as a row states it."""

    number: str
    granted_on: date
    valid_until: date
    suspended_on: date | None


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

    @property
    def number(self) -> int:
        """The row's number as the spreadsheet shows it."""
        return self.row.number

    @property
    def home(self) -> str:
        """The lab's own county, if it is a county's lab."""
        return f"county-{self.division}"

    @property
    def days(self) -> list[tuple[date, str]]:
        """The days of grants and designations that the row states, each with its field."""
        granted = [(c.granted_on, f"{scheme.value.lower()}_granted_on") for scheme, c in self.certificates.items()]
        served = [(since, "serves") for since in self.serves.values() if since]
        return [*granted, *served]


def read_lab_rows(reader: Reader, target: Target, day: date) -> Iterator[LabRow]:
    """Yield the sound rows; the others have findings.

    Args:
        reader: reads the cells.
        target: the switches by which a certificate counts.
        day: by which 是否双认证 is compared: that of the import, or the campaign's last where that is over.
    """
    for row in reader.table.rows:
        found = _read_row(reader, row, target, day)
        if found is not None and reader.sound(row):
            yield found


def _read_row(reader: Reader, row: SheetRow, target: Target, day: date) -> LabRow | None:
    name = reader.text(row, "name")
    if name is None:
        reader.missing(row, "name")
    unit = reader.unit(row)
    if unit is None and reader.sound(row):
        reader.missing(row, "city")
    level = reader.word(row, "level", LEVELS, N_("one of 省级, 市级, 县级")) or (Level(unit.level) if unit else None)
    certificates = {s: c for s in SCHEMES if (c := _read_certificate(reader, row, s)) is not None}
    _check_dual(reader, row, certificates, target, day)
    if name is None or unit is None or level is None:
        return None
    if not reader.units.divisions.seats(level, unit.code):
        reader.find(row, "level", wrong_level(unit, level.value))
    return LabRow(
        row=row,
        lab=reader.text(row, "lab"),
        name=name,
        level=level,
        division=unit.code,
        credit_code=reader.text(row, "credit_code"),
        former_name=reader.text(row, "former_name"),
        merged_into=reader.text(row, "merged_into"),
        changed_on=reader.day(row, "changed_on"),
        registered_on=reader.day(row, "registered_on"),
        counted=reader.flag(row, "counted"),
        designated=reader.flag(row, "designated"),
        serves=_read_serves(reader, row, _city(reader, unit)),
        certificates=certificates,
    )


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
            served[f"county-{unit.code}"] = reader.as_day(row, "serves", since or None)
    return served


def _read_certificate(reader: Reader, row: SheetRow, scheme: Scheme) -> Certificate | None:
    """Return the certificate that the row states; one without all three of its cells is a finding.

    A validity such as 2021.6.15-2027.6.14 has both its days.
    """
    of = scheme.value.lower()
    number = reader.text(row, f"{of}_number")
    begins, ends = cells.as_range(reader.cell(row, f"{of}_valid_until"))
    granted_on, valid_until = reader.day(row, f"{of}_granted_on"), reader.as_day(row, f"{of}_valid_until", ends)
    if begins is not None:
        first = reader.as_day(row, f"{of}_valid_until", begins)
        granted_on = granted_on or first
        if first and granted_on and first != granted_on:
            differ = ValidityDiffers(first=first, granted_on=granted_on)
            reader.find(row, f"{of}_valid_until", differ)
    suspended_on = reader.day(row, f"{of}_suspended_on")
    stated = {"number": number, "granted_on": granted_on, "valid_until": valid_until}
    if all(value is None for value in (*stated.values(), suspended_on)):
        return None
    for part, value in stated.items():
        if value is None:
            reader.missing(row, f"{of}_{part}")
    if number is None or granted_on is None or valid_until is None:
        return None
    if valid_until < granted_on:
        problem = BadPeriod(granted_on=granted_on, valid_until=valid_until)
        reader.find(row, f"{of}_valid_until", problem)
        return None
    return Certificate(number, granted_on, valid_until, suspended_on)


def _check_dual(
    reader: Reader, row: SheetRow, certificates: Mapping[Scheme, Certificate], target: Target, day: date
) -> None:
    """Compare 是否双认证 with the certificates of the row, whenever the sheet was written.

    否 contradicts two certificates that are valid on *day*; 是 contradicts one that is missing, or that is suspended
    where the policy does not count it. That a certificate has run out contradicts neither: the sheet may be older.
    """
    stated = reader.flag(row, "dual")
    if stated is None or not reader.sound(row):
        return
    counted = [c for c in certificates.values() if c.suspended_on is None or target.suspended_counts]
    might = len(counted) == len(SCHEMES)
    must = might and all(day <= c.valid_until and c.suspended_on is None for c in counted)
    if (stated and not might) or (not stated and must):
        reader.find(row, "dual", DualContradicted(stated=yes_or_no(stated), found=yes_or_no(not stated)))
