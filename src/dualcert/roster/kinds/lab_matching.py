"""Which lab a row is about: one of the books, or a new one."""

from __future__ import annotations

from attrs import define, field

from dualcert.errors import (
    N_,
    AmbiguousLab,
    BadId,
    CreditCodeShared,
    NoSuchLab,
    OtherId,
    OtherName,
    Phrase,
    RowRepeated,
)
from dualcert.roster.kinds.lab_rows import LabRow
from dualcert.roster.planning import Planner
from dualcert.units import plain
from dualcert.values.ids import division_of, is_id
from dualcert.values.terms import Level

Seat = tuple[str, Level]
"""A division and a level: what a lab has beside its name."""


@define
class LabMatcher:
    """Matches rows to labs of the books, by id, credit code, or unit and name; a new lab gets the next free id."""

    planner: Planner
    names: dict[str, frozenset[str]] = field(init=False, factory=dict)
    """Lab of the books -> the names that it has or had, as names are compared."""
    _open: dict[Seat, list[str]] = field(init=False, factory=dict)
    _by_name: dict[tuple[str, Level, str], list[str]] = field(init=False, factory=dict)
    _by_code: dict[str, str] = field(init=False, factory=dict)
    _rows: dict[str, int] = field(init=False, factory=dict)
    """Lab -> the number of the row that is about it."""
    _new: dict[tuple[str, Level, str, str | None], str] = field(init=False, factory=dict)
    """Division, level, name and, where a row has one, id of a new lab -> its id."""
    _next: dict[str, int] = field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        for lab, state in self.planner.view.labs():
            details = state.details[-1][1]
            self.names[lab] = frozenset(plain(each.name) for _, each in state.details)
            for name in self.names[lab]:
                self._by_name.setdefault((details.division, details.level, name), []).append(lab)
            if details.credit_code and (state.closed_on is None or details.credit_code not in self._by_code):
                self._by_code[details.credit_code] = lab
            if state.closed_on is None:
                self._open.setdefault((details.division, details.level), []).append(lab)

    def match(self, rows: list[LabRow]) -> dict[int, str]:
        """Return the number of a row -> the lab that it is about; a row without one has a finding.

        Rows are matched first to the labs of the books, then to new labs, so that the order of rows does not matter.
        """
        matched = {row.number: lab for row in rows if (lab := self._known_lab(row)) is not None}
        for row in rows:
            if row.number not in matched and self.planner.reader.sound(row.row):
                lab = self._new_lab(row)
                if lab is not None:
                    matched[row.number] = lab
        return matched

    def successor(self, row: LabRow) -> str | None:
        """Return the lab that a row's lab is merged into, by id, or by name in its own unit or that unit's city.

        None where that is a finding.
        """
        name = row.merged_into or ""
        units = {row.division, self.planner.view.divisions.by_code[row.division].parent}
        labs = {**self.names, **{lab: {key[2]} for key, lab in self._new.items()}}
        found = [
            lab for lab, names in labs.items() if name == lab or (division_of(lab) in units and plain(name) in names)
        ]
        if len(found) == 1:
            return found[0]
        within = self.planner.reader.units.divisions.name_of(row.division)
        problem = AmbiguousLab(labs=tuple(found)) if found else NoSuchLab(name=name, within=within)
        self.planner.reader.find(row.row, row.merging, problem)
        return None

    def where(self, lab: str) -> str:
        """Return where a lab is named already: its row of this sheet, or its id in the books."""
        number = self._rows.get(lab)
        return Phrase(N_("row {number}"), number=number) if number else lab

    def _known_lab(self, row: LabRow) -> str | None:
        """Return the lab of the books that a row is about; None where the lab is new, or there is a finding."""
        lab = self._lab_of_books(row)
        if lab is None:
            return None
        if lab in self._rows:
            self.planner.reader.find(row.row, "name", RowRepeated(first=self._rows[lab]))
            return None
        return lab if self._take(lab, row) else None

    def _take(self, lab: str, row: LabRow) -> bool:
        """Note that a row is about *lab*; False with a finding where its credit code belongs to another open lab."""
        owner = self._by_code.setdefault(row.credit_code, lab) if row.credit_code else lab
        if owner != lab and not self.planner.closed(owner):
            shared = CreditCodeShared(credit_code=str(row.credit_code), elsewhere=self.where(owner))
            self.planner.reader.find(row.row, "credit_code", shared)
            return False
        self._rows[lab] = row.number
        return True

    def _lab_of_books(self, row: LabRow) -> str | None:
        names = {plain(row.name), *([plain(row.former_name)] if row.former_name else [])}
        if row.lab is not None:
            return self._lab_of_id(row, row.lab, names)
        by_code = self._by_code.get(row.credit_code) if row.credit_code else None
        if by_code is not None and names & self.names[by_code]:
            return by_code
        if by_code is not None and not self.planner.closed(by_code):
            self._find_other_name(row, by_code)
            return None
        found = self._labs_called(row, names)
        if len(found) > 1:
            self.planner.reader.find(row.row, "name", AmbiguousLab(labs=tuple(found)))
        return found[0] if len(found) == 1 else None

    def _lab_of_id(self, row: LabRow, lab: str, names: set[str]) -> str | None:
        """Return the lab of an id, or None where it is new; a finding where the books have it under another id."""
        if lab in self.names:
            return lab
        for other in self._labs_called(row, names):
            if not self.planner.closed(other):
                self.planner.reader.find(row.row, "lab", OtherId(lab=other, name=self._name_of(other)))
                break
        return None

    def _labs_called(self, row: LabRow, names: set[str]) -> list[str]:
        """Return the labs of the row's unit and level that have or had one of *names*: open ones, else closed ones."""
        called = dict.fromkeys(lab for name in names for lab in self._by_name.get((row.division, row.level, name), ()))
        return [lab for lab in called if not self.planner.closed(lab)] or list(called)

    def _name_of(self, lab: str) -> str:
        return self.planner.view.lab(lab).details[-1][1].name

    def _find_other_name(self, row: LabRow, lab: str) -> None:
        self.planner.reader.find(row.row, "name", OtherName(lab=lab, name=self._name_of(lab)))

    def _new_lab(self, row: LabRow) -> str | None:
        """Return the id of a lab that the books do not know; None with a finding where they may know it."""
        key = (row.division, row.level, plain(row.name), row.lab)
        if key in self._new:
            self.planner.reader.find(row.row, "name", RowRepeated(first=self._rows[self._new[key]]))
            return None
        if row.lab is None and not self._is_surely_new(row):
            return None
        lab = row.lab or self._next_id(row.division)
        if not is_id("lab", lab) or division_of(lab) != row.division or lab in self._rows:
            problem = BadId(field="", value=lab, expected=f"lab-{row.division}-N")
            self.planner.reader.find(row.row, "lab", problem)
            return None
        if not self._take(lab, row):
            return None
        self._new[key] = lab
        self.planner.units_begun.add(lab.rpartition("-")[0])
        return lab

    def _is_surely_new(self, row: LabRow) -> bool:
        """Return whether every open lab of the row's unit and level has a row of its own; else there is a finding."""
        others = [lab for lab in self._open.get((row.division, row.level), []) if lab not in self._rows]
        if len(others) == 1:
            self._find_other_name(row, others[0])
        elif others:
            self.planner.reader.find(row.row, "name", AmbiguousLab(labs=tuple(others)))
        return not others

    def _next_id(self, division: str) -> str:
        """Return the first id of a unit, from the last one given on, that no lab of the books or the sheet has."""
        n = self._next.get(division, 1)
        while (lab := f"lab-{division}-{n}") in self._rows or self.planner.view.entries(lab):
            n += 1
        self._next[division] = n + 1
        return lab
