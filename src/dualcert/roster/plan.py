"""From rows to commands: what the sheet says against what the log knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from attrs import define, field, frozen

from dualcert.domain.commands import Command, DesignateLab, GrantCertificate, RegisterLab, RenewCertificate
from dualcert.domain.timeline import Timeline
from dualcert.errors import N_, CertificateDiffers, NumberShared, OtherName, Phrase, Refused, RowRepeated
from dualcert.policy import Policy
from dualcert.projections.view import View
from dualcert.roster.rows import Certificate, Finding, LabRow, RowReader
from dualcert.roster.sheet import Row, Sheet, plain
from dualcert.values.numbers import canonical_number
from dualcert.values.terms import Level, Scheme


@frozen
class PlannedRow:
    """A sound row and what it adds to the books; nothing where they know it already."""

    row: Row
    lab: str
    commands: tuple[Command, ...]


@frozen
class Plan:
    """What a sheet would add, and what is wrong with it."""

    sheet: Sheet
    rows: tuple[PlannedRow, ...]
    findings: tuple[Finding, ...]

    @property
    def commands(self) -> list[Command]:
        """All commands, in order of row."""
        return [command for row in self.rows for command in row.commands]

    @property
    def unsound(self) -> frozenset[int]:
        """The numbers of the rows that have a finding."""
        return frozenset(finding.row for finding in self.findings)


def plan(sheet: Sheet, view: View, policy: Policy, *, on: date | None = None, by: str = "system") -> Plan:
    """Return what *sheet* adds to what *view* knows.

    Facts are dated by the sheet where it has dates; registrations and designations by *on*: default
    the earliest grant date in the file, else the campaign's `from`, never today. So the same sheet on
    another day plans nothing new.
    """
    reader = RowReader(sheet, view.divisions, policy.province)
    labs = list(reader.read())
    granted = (c.granted_on for lab in labs for c in lab.certificates.values())
    planner = Planner(sheet, view, reader, on or min(granted, default=policy.from_), by)
    rows = tuple(planner.plan(labs))
    return Plan(sheet, rows, tuple(sorted(reader.findings, key=lambda f: f.row)))


@define
class Planner:
    """Plans the rows of one sheet, one after the other; each new lab takes the next free id."""

    sheet: Sheet
    view: View
    reader: RowReader
    on: date
    by: str
    _known: dict[tuple[str, Level], list[tuple[str, str]]] = field(init=False)
    _by_code: dict[str, str] = field(init=False)
    _taken: dict[str, str] = field(init=False)
    _rows: dict[str, int] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        self._known, self._by_code, self._taken = {}, {}, {}
        for lab, found in self.view.labs():
            details = found.details[-1][1]
            self._known.setdefault((details.division, details.level), []).append((lab, details.name))
            if details.credit_code:
                self._by_code[details.credit_code] = lab
            for timeline in (found.cma, found.catl):
                self._taken.update({canonical_number(p.number): lab for p in timeline.periods})

    def plan(self, labs: Sequence[LabRow]) -> Iterator[PlannedRow]:
        """Yield a planned row for each sound one; findings go to the reader."""
        for row in labs:
            before = len(self.reader.findings)
            lab = self._lab_of(row)
            if lab is None:
                continue
            commands = tuple(self._commands(lab, row))
            if len(self.reader.findings) == before:
                self._taken.update({canonical_number(c.number): lab for c in row.certificates.values()})
                yield PlannedRow(row.row, lab, commands)

    def _lab_of(self, row: LabRow) -> str | None:
        """Return the id of the row's lab, known or new; None where it is a finding."""
        known = self._known.setdefault((row.division, row.level), [])
        lab = row.lab or (self._by_code.get(row.credit_code) if row.credit_code else None)
        if lab is None:
            lab = next((id_ for id_, name in known if plain(name) == plain(row.name)), None)
        if lab is None:
            others = [(id_, name) for id_, name in known if id_ not in self._rows]
            if others:
                self.reader.find(row.row, "name", OtherName(lab=others[0][0], name=others[0][1]))
                return None
            lab = self._next_id(row.division)
            known.append((lab, row.name))
        if lab in self._rows:
            self.reader.find(row.row, "name", RowRepeated(first=self._rows[lab]))
            return None
        self._rows[lab] = row.row.number
        return lab

    def _next_id(self, division: str) -> str:
        n = 1
        while self.view.entries(f"lab-{division}-{n}") or f"lab-{division}-{n}" in self._rows:
            n += 1
        return f"lab-{division}-{n}"

    def _commands(self, lab: str, row: LabRow) -> Iterator[Command]:
        source = self.sheet.source(row.row)
        registered = bool(self.view.entries(lab))
        try:
            if not registered:
                yield RegisterLab(
                    lab=lab,
                    name=row.name,
                    level=row.level,
                    division=row.division,
                    credit_code=row.credit_code,
                    on=self.on,
                    by=self.by,
                    source=source,
                )
            for scheme, certificate in row.certificates.items():
                timeline = self.view.lab(lab).timeline(scheme) if registered else Timeline()
                yield from self._certificate(lab, row, scheme, certificate, timeline)
            county = f"county-{row.division}"
            if row.level is Level.COUNTY and not self._designated(county, lab):
                yield DesignateLab(county=county, lab=lab, on=self.on, by=self.by, source=source)
        except Refused as refusal:
            self.reader.find(row.row, getattr(refusal, "field", "name"), refusal)

    def _designated(self, county: str, lab: str) -> bool:
        return any(d.lab == lab for d in self.view.county(county).designations)

    def _certificate(
        self, lab: str, row: LabRow, scheme: Scheme, stated: Certificate, timeline: Timeline
    ) -> Iterator[Command]:
        """An equal certificate: nothing; none in force: grant; a later one: renew; else a finding."""
        number, column = canonical_number(stated.number), f"{scheme.value.lower()}_number"
        elsewhere = self._taken.get(number, lab)
        if elsewhere != lab:
            row_of = self._rows.get(elsewhere)
            where = Phrase(N_("row {number}"), number=row_of) if row_of else elsewhere
            self.reader.find(row.row, column, NumberShared(number=stated.number, elsewhere=where))
            return
        for period in timeline.periods:
            if (period.first, period.valid_until) == (stated.granted_on, stated.valid_until) and (
                canonical_number(period.number) == number
            ):
                return
        last = timeline.periods[-1] if timeline.periods else None
        if last and (canonical_number(last.number) == number or stated.granted_on <= last.first):
            differs = CertificateDiffers(
                number=last.number, granted_on=last.first.isoformat(), valid_until=last.valid_until.isoformat()
            )
            self.reader.find(row.row, column, differs)
            return
        command = RenewCertificate if timeline.open else GrantCertificate
        yield command(
            lab=lab,
            scheme=scheme,
            number=stated.number,
            granted_on=stated.granted_on,
            valid_until=stated.valid_until,
            by=self.by,
            source=self.sheet.source(row.row),
        )
