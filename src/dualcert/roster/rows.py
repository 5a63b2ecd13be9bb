"""A row of a roster of labs as values, or what is wrong with it, by column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import TypeVar

from attrs import define, field, frozen

from dualcert.divisions import Division, Divisions
from dualcert.errors import BadPeriod, BadText, BadValue, DualContradicted, MissingCell, Refused, UnknownUnit, shown
from dualcert.roster.sheet import Row, Sheet, plain
from dualcert.values.dates import parse_date
from dualcert.values.terms import Level, Scheme
from dualcert.values.text import NAME_LIMIT, tidy, trouble

W = TypeVar("W")

LEVELS: Mapping[str, Level] = {
    **{plain(word): Level.PROVINCE for word in ("省级", "省", "province")},
    **{plain(word): Level.CITY for word in ("市级", "市", "city")},
    **{plain(word): Level.COUNTY for word in ("县级", "县", "区县级", "county")},
}

YES_NO: Mapping[str, bool] = {
    **{plain(word): True for word in ("是", "√", "yes", "true")},
    **{plain(word): False for word in ("否", "×", "no", "false")},
}


@frozen
class Finding:
    """What is wrong at a row and a column; `column` is the header as the sheet writes it."""

    row: int
    column: str
    problem: Refused


@frozen
class Certificate:
    """A certificate as a row states it."""

    number: str
    granted_on: date
    valid_until: date


@frozen
class LabRow:
    """A sound row of a roster of labs."""

    row: Row
    lab: str | None
    name: str
    level: Level
    division: str
    credit_code: str | None
    certificates: Mapping[Scheme, Certificate]


@define
class RowReader:
    """Reads rows of one sheet against the divisions of one province, collecting findings."""

    sheet: Sheet
    divisions: Divisions
    province: str
    findings: list[Finding] = field(factory=list)

    def read(self) -> Iterator[LabRow]:
        """Yield the sound rows; what is wrong with the others is in `findings`."""
        for row in self.sheet.rows:
            before = len(self.findings)
            found = self._lab(row)
            if found is not None and len(self.findings) == before:
                yield found

    def find(self, row: Row, field_: str, problem: Refused) -> None:
        """Note *problem* at *row*, in the column of *field_*."""
        self.findings.append(Finding(row.number, self.sheet.headers.get(field_, field_), problem))

    def _lab(self, row: Row) -> LabRow | None:
        name = self._text(row, "name")
        if not name:
            self.find(row, "name", MissingCell(needed=self.sheet.headers["name"]))
        division = self._division(row)
        level = self._level(row, division)
        certificates = {
            scheme: certificate
            for scheme in Scheme
            if (certificate := self._certificate(row, scheme.value.lower())) is not None
        }
        self._check_dual(row)
        if not name or division is None or level is None:
            return None
        return LabRow(
            row=row,
            lab=self._text(row, "lab"),
            name=name,
            level=level,
            division=division.code,
            credit_code=self._text(row, "credit_code"),
            certificates=certificates,
        )

    def _text(self, row: Row, field_: str) -> str | None:
        """Return the text of a cell, a whole number written out; None where it is empty."""
        cell = row.cells.get(field_, "")
        if isinstance(cell, float) and cell.is_integer():
            cell = int(cell)
        text = tidy(str(cell))
        problem = trouble(text, NAME_LIMIT) if text else None
        if problem:
            self.find(row, field_, BadText(field=self.sheet.headers.get(field_, field_), problem=problem))
        return text or None

    def _division(self, row: Row) -> Division | None:
        city_name = self._text(row, "city")
        if city_name is None:
            self.find(row, "city", MissingCell(needed=self.sheet.headers["city"]))
            return None
        city = self._named(city_name, self.province, "city")
        if city is None:
            province = self.divisions.get(self.province)
            within = province.name if province else self.province
            self.find(row, "city", UnknownUnit(name=city_name, within=within))
            return None
        county_name = self._text(row, "county")
        if county_name is None:
            return city
        county = self._named(county_name, city.code, "county")
        if county is None:
            self.find(row, "county", UnknownUnit(name=county_name, within=city.name))
        return county

    def _named(self, name: str, within: str, level: str) -> Division | None:
        return next((d for d in self.divisions.within(within, level) if plain(d.name) == plain(name)), None)

    def _level(self, row: Row, division: Division | None) -> Level | None:
        """Return the level that the row states; without one, that of its division."""
        text = self._text(row, "level")
        if text is None:
            return Level(division.level) if division else None
        return self._word(row, "level", text, LEVELS, "one of 省级, 市级, 县级")

    def _word(self, row: Row, field_: str, text: str, words: Mapping[str, W], expected: str) -> W | None:
        found = words.get(plain(text))
        if found is None:
            header = self.sheet.headers[field_]
            self.find(row, field_, BadValue(field=header, value=shown(text), expected=expected))
        return found

    def _certificate(self, row: Row, scheme: str) -> Certificate | None:
        """Return the certificate that the row states; one without all three of its cells is a finding."""
        number = self._text(row, f"{scheme}_number")
        granted_on = self._date(row, f"{scheme}_granted_on")
        valid_until = self._date(row, f"{scheme}_valid_until")
        stated = {"number": number, "granted_on": granted_on, "valid_until": valid_until}
        if all(value is None for value in stated.values()):
            return None
        for part, value in stated.items():
            if value is None and not row.cells.get(f"{scheme}_{part}"):
                field_ = f"{scheme}_{part}"
                self.find(row, field_, MissingCell(needed=self.sheet.headers.get(field_, field_)))
        if number is None or granted_on is None or valid_until is None:
            return None
        if valid_until < granted_on:
            problem = BadPeriod(granted_on=granted_on.isoformat(), valid_until=valid_until.isoformat())
            self.find(row, f"{scheme}_valid_until", problem)
            return None
        return Certificate(number, granted_on, valid_until)

    def _date(self, row: Row, field_: str) -> date | None:
        cell = row.cells.get(field_, "")
        if cell == "":
            return None
        if isinstance(cell, datetime):
            cell = cell.date() if cell.time() == datetime.min.time() else cell
        found = parse_date(tidy(cell)) if isinstance(cell, str) else cell
        if type(found) is date:
            return found
        header = self.sheet.headers[field_]
        self.find(row, field_, BadValue(field=header, value=shown(cell), expected="a date YYYY-MM-DD"))
        return None

    def _check_dual(self, row: Row) -> None:
        """Compare 是否双认证 with whether the row names both certificates, not with their validity."""
        text = self._text(row, "dual")
        if text is None:
            return
        said = self._word(row, "dual", text, YES_NO, "是 or 否")
        found = all(self._text(row, f"{scheme.value.lower()}_number") for scheme in Scheme)
        if said is not None and said is not found:
            self.find(row, "dual", DualContradicted(said=text, found="是" if found else "否"))
