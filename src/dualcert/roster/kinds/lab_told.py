"""Reads what a row says of its certificates' life, and of its lab's: states, days, claims, remarks, the sheet's subject."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import TypeVar

from attrs import define, evolve, field

from dualcert.errors import N_, ClaimContradicted, LifeMisplaced, LifeUnclear, NotRecorded, Refused, WhichCertificate
from dualcert.roster import cells
from dualcert.roster.columns import certificate_field
from dualcert.roster.kinds import lab_sheet
from dualcert.roster.kinds.lab_life import (
    CALLED_IN_SHEETS,
    ENDS,
    EVENTS,
    NOTES,
    TELLING,
    Life,
    Told,
    is_filled,
    read_has,
    read_life,
)
from dualcert.roster.layout import SheetRow
from dualcert.roster.rows import Reader
from dualcert.units import plain
from dualcert.values.terms import SCHEMES, Scheme
from dualcert.values.text import NOTE_LIMIT

W = TypeVar("W")

_TERM = re.compile(r"[\d一二三四五六七八九十]{1,3}个?(?:月|天|日)|半年|[一1]年")
"""How long a suspension is: it says no day."""

_SAYS_NOTHING = frozenset(each for each in cells.NONE if not any("一" <= character <= "龥" for character in each))


@define
class ToldReader:
    """Reads the rows of one sheet; what the sheet says as a whole is found once."""

    reader: Reader
    _headings: list[lab_sheet.Heading] = field(init=False)
    _states: list[tuple[str, Scheme | None]] = field(init=False)
    _claims: list[tuple[str, Scheme]] = field(init=False)
    _ticked: frozenset[str] = field(init=False)
    _days: list[tuple[Life, str, Scheme | None]] = field(init=False)
    _notes: list[str] = field(init=False)

    def __attrs_post_init__(self) -> None:
        has = self.reader.has
        self._headings = lab_sheet.headings(self.reader.table)
        self._states = [(name, scheme) for name, scheme in _fields("state") if has(name)]
        self._claims = [(name, scheme) for name, scheme in _fields("claim") if has(name) and scheme]
        self._ticked = frozenset(name for name, _ in self._claims if self._is_ticked(name))
        self._days = [
            (life, name, scheme) for life, part in ENDS.items() for name, scheme in _fields(part) if has(name)
        ]
        self._notes = [name for name in NOTES if has(name)]

    def _is_ticked(self, name: str) -> bool:
        """Return whether a column has only ticks and blanks: there a blank means no."""
        column = self.reader.table.columns[name]
        found = {plain(row.cells[column]) for row in self.reader.table.rows
                 if column < len(row.cells) and is_filled(row.cells[column])}  # fmt: skip
        return bool(found) and found <= {"√", "✓", "✔"}

    def read(self, row: SheetRow, named: Iterable[Scheme]) -> list[Told]:
        """Return what a row says, each of one scheme; what is of either certificate is a finding.

        Args:
            row: the row.
            named: the schemes of the certificates that the row names.
        """
        schemes = tuple(named)
        told = [each for name, scheme in self._states for each in self._state(row, name, scheme)]
        told += [each for name, scheme in self._claims for each in self._claim(row, name, scheme)]
        told += self._without_number(row)
        told += [each for name in self._notes for each in self._words(row, name, whole=False)]
        told += self._lab_state(row)
        told = self._headed(row, self._dated(row, told))
        return [one for each in told for one in self._of_a_scheme(row, each, schemes)]

    def _headed(self, row: SheetRow, told: list[Told]) -> list[Told]:
        """Return what is told, with what the heading above the row says of all certificates below it.

        What a heading does not say in one word is a finding, where the row does not say it either.
        """
        heading = [each for each in self._headings if each.number < row.number][-1]
        if heading.unclear:
            if not told:
                self.reader.find(row, "name", LifeMisplaced(value=heading.text.strip()))
        elif heading.lives and not any(each.life in EVENTS for each in told):
            told += self._dated(row, [Told(next(iter(heading.lives)), "name")])
        return told

    def _state(self, row: SheetRow, name: str, scheme: Scheme | None) -> Iterator[Told]:
        text = self._text(row, name)
        if text is None or plain(text) in _SAYS_NOTHING:
            return
        has = read_has(text, name)
        for each in [has] if has else self._words(row, name, whole=True):
            life = {Life.HELD: Life.VALID}.get(each.life, each.life)
            yield evolve(each, life=life, scheme=each.scheme or (None if life is Life.CLOSED else scheme))

    def _claim(self, row: SheetRow, name: str, scheme: Scheme) -> Iterator[Told]:
        text = self._text(row, name)
        if text is None:
            if name in self._ticked:
                yield Told(Life.LACKED, name, scheme=scheme, text="")
            return
        has = Told(Life.LACKED, name, text=text) if cells.states_none(text) else read_has(text, name)
        for each in [has] if has else self._words(row, name, whole=True):
            yield evolve(each, scheme=each.scheme or (None if each.life is Life.CLOSED else scheme))

    def _without_number(self, row: SheetRow) -> Iterator[Told]:
        """Yield that a certificate is lacked, where its number's cell says so in a word: 无, 未取得."""
        for name, scheme in _fields("number"):
            column = self.reader.table.columns.get(name) if scheme else None
            cell = row.cells[column] if column is not None and column < len(row.cells) else None
            if isinstance(cell, str) and cells.states_none(cell) and plain(cell) not in _SAYS_NOTHING:
                yield Told(Life.LACKED, name, scheme=scheme, text=cell.strip())

    def _lab_state(self, row: SheetRow) -> Iterator[Told]:
        """Yield what 机构状态 says of the lab: one that was 注销 or 撤销 is closed."""
        if not self.reader.has("lab_state") or self._text(row, "lab_state") is None:
            return
        for each in self._words(row, "lab_state", whole=True):
            if each.life in (Life.CANCELLED, Life.REVOKED, Life.CLOSED):
                yield evolve(each, life=Life.CLOSED, scheme=None)
            elif each.life is not Life.VALID:
                self.reader.find(row, "lab_state", LifeUnclear(value=each.text))

    def _text(self, row: SheetRow, name: str) -> str | None:
        column = self.reader.table.columns[name]
        cell = row.cells[column] if column < len(row.cells) else None
        return None if cell is None else self._noted(row, name, lambda: cells.as_note(cell, NOTE_LIMIT))

    def _words(self, row: SheetRow, name: str, *, whole: bool) -> list[Told]:
        text = self._text(row, name)
        if text is None or (not whole and not TELLING.search(plain(text))):
            return []
        return self._noted(row, name, lambda: list(read_life(text, name, whole=whole))) or []

    def _noted(self, row: SheetRow, name: str, read: Callable[[], W]) -> W | None:
        try:
            return read()
        except Refused as problem:
            self.reader.find(row, name, problem)
            return None

    def _dated(self, row: SheetRow, told: list[Told]) -> list[Told]:
        """Return what is told with the days of the columns for them; a day for which nothing is told tells it itself."""
        found: list[Told] = []
        for each in told:
            on = each.on
            if on is None and each.life in EVENTS:
                on = self._first_day(row, self._day_fields(each))
            begins, until = self._term(row) if each.life is Life.SUSPENDED else (None, None)
            found.append(evolve(each, on=on or begins, until=each.until or until))
        for life, name, scheme in self._days:
            day = self.reader.day(row, name)
            same = [each for each in found if each.life is life and _may_be_of(each, scheme)]
            if day and not same:
                found.append(Told(life, name, day, self._term(row)[1] if life is Life.SUSPENDED else None, scheme))
            elif day and day not in (each.on for each in same):
                stated, on = CALLED_IN_SHEETS[life], same[0].on
                contradicted = ClaimContradicted(stated=f"{stated} {day}", found=f"{stated} {on or '—'}")
                self.reader.find(row, name, contradicted)
        self._remark_days(row, found)
        return found

    def _remark_days(self, row: SheetRow, told: list[Told]) -> None:
        """Add a remark for the day of a state or a decision on which nothing happened, by what is told."""
        for name, scheme in _fields("ended_on"):
            day = self.reader.day(row, name) if self.reader.has(name) else None
            if day and day not in (each.on for each in told if _may_be_of(each, scheme)):
                why = N_("the row does not say what happened on that day")
                self.reader.remark(row, name, NotRecorded(value=day.isoformat(), problem=why))

    def _day_fields(self, told: Told) -> Iterator[str]:
        """Yield the columns that may hold the day of what is told."""
        own = [ENDS[told.life]] if told.life in ENDS else []
        for part in (*own, "ended_on"):
            for name, scheme in _fields(part):
                if scheme is None or (_may_be_of(told, scheme) and told.life is not Life.CLOSED):
                    yield name
        yield "changed_on"

    def _first_day(self, row: SheetRow, names: Iterable[str]) -> date | None:
        return next((day for name in names if self.reader.has(name) and (day := self.reader.day(row, name))), None)

    def _term(self, row: SheetRow) -> tuple[date | None, date | None]:
        """Return the first and the last day of a suspension, as far as a column of its term has them."""
        for name, _ in _fields("suspended_until"):
            if self.reader.has(name):
                cell = self.reader.cell(row, name)
                if isinstance(cell, str) and _TERM.fullmatch(plain(cell)):
                    continue
                begins, ends = cells.as_range(cell)
                return self.reader.as_day(row, name, begins), self.reader.as_day(row, name, ends)
        return None, None

    def _of_a_scheme(self, row: SheetRow, told: Told, named: tuple[Scheme, ...]) -> Iterator[Told]:
        if told.scheme or told.life is Life.CLOSED:
            yield told
        elif len(named) == 1:
            yield evolve(told, scheme=named[0])
        elif told.life in (Life.VALID, Life.HELD, Life.LACKED, Life.RENEWED, Life.CHANGED):
            for scheme in named or SCHEMES:
                yield evolve(told, scheme=scheme, general=not named)
        else:
            self.reader.find(row, told.field, WhichCertificate(stated=CALLED_IN_SHEETS[told.life]))


def _may_be_of(told: Told, scheme: Scheme | None) -> bool:
    return None in (scheme, told.scheme) or told.scheme is scheme


def _fields(part: str) -> list[tuple[str, Scheme | None]]:
    return [*((certificate_field(scheme, part), scheme) for scheme in SCHEMES), (part, None)]
