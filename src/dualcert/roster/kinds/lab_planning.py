"""What a row about a lab adds to what the books know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import attrs
from attrs import define, field

from dualcert.domain.commands import AmendLab, CloseLab, Command, DesignateLab, RegisterLab, ReleaseLab
from dualcert.domain.entry import AnyEntry
from dualcert.domain.lab import Lab, LabRegistered
from dualcert.domain.timeline import Timeline
from dualcert.errors import DayDiffers, NeedsDate, NoSuchLab, Refused, RegisteredLater
from dualcert.roster.columns import certificate_field
from dualcert.roster.kinds.lab_certificates import CertificatePlanner
from dualcert.roster.kinds.lab_claims import ClaimChecker
from dualcert.roster.kinds.lab_life import CALLED_IN_SHEETS, Life
from dualcert.roster.kinds.lab_matching import LabMatcher
from dualcert.roster.kinds.lab_rows import LabRow
from dualcert.roster.kinds.lab_unrecorded import remark_unrecorded
from dualcert.roster.planning import Origin, Planned, Planner
from dualcert.units import plain
from dualcert.values.terms import SCHEMES, Level


@define
class LabPlanner:
    """Plans the rows of one sheet: registrations, changes, certificates, designations and mergers."""

    planner: Planner
    _matcher: LabMatcher = field(init=False)
    _certificates: CertificatePlanner = field(init=False)
    _claims: ClaimChecker = field(init=False)
    _successors: dict[str, str] = field(init=False, factory=dict)
    """Lab -> the one that the sheet merges it into."""
    _merged_on: dict[str, date] = field(init=False, factory=dict)
    """Lab -> the first day on which the sheet merges another into it."""

    def __attrs_post_init__(self) -> None:
        self._matcher = LabMatcher(self.planner)
        self._certificates = CertificatePlanner(self.planner, self._matcher, self._successors)
        self._claims = ClaimChecker(self.planner)

    def plan(self, rows: list[LabRow]) -> Iterator[Planned]:
        """Yield the commands of each sound row; mergers come last, since a successor may stand further down."""
        matched = self._matcher.match(rows)
        for row in rows:
            if row.merged_into is not None and row.number in matched:
                self._note_merger(matched[row.number], row)
        for row in sorted(rows, key=_when_planned):
            lab = matched.get(row.number)
            if lab is None or not self.planner.reader.sound(row.row):
                continue
            commands = self.planner.made(row.row, "name", self._commands(lab, row))
            if self.planner.reader.sound(row.row):
                self._claims.check(lab, row, commands)
            if self.planner.reader.sound(row.row):
                self._certificates.take(lab, row)
                remark_unrecorded(self.planner, lab, row, commands)
                yield Planned((row.number,), commands)

    def _note_merger(self, lab: str, row: LabRow) -> None:
        """Note which lab a row's lab is merged into: the successor is registered by that day at the latest."""
        successor = self._matcher.successor(row)
        if successor is not None:
            self._successors[lab] = successor
            if row.changed_on:
                self._merged_on[successor] = min(row.changed_on, self._merged_on.get(successor, date.max))

    def _commands(self, lab: str, row: LabRow) -> Iterator[Command]:
        state = self.planner.view.find_lab(lab)
        begins, stated_in = self._begins(lab, state, row)
        if state is None:
            yield from self._registration(lab, row, begins)
        else:
            yield from self._moved_registration(lab, state, row, begins, stated_in)
            yield from self._amendments(lab, state, row, begins)
        for scheme in SCHEMES:
            if scheme in row.certificates or scheme in row.mentioned:
                timeline = state.timeline(scheme) if state else Timeline()
                commands = self._certificates.commands(lab, row, scheme, timeline)
                yield from self.planner.made(row.row, certificate_field(scheme, "number"), commands)
        if state is None or not row.closed:
            yield from self._designations(lab, row, begins)
        yield from self._merger(lab, state, row)
        yield from self._closing(lab, state, row)

    def _begins(self, lab: str, state: Lab | None, row: LabRow) -> tuple[date, str]:
        """Return the day on which the lab is registered by this row, and the field that states it.

        It is the earliest day that the row states of the lab, since nothing is recorded of a lab before its registration.
        """
        if row.registered_on:
            return row.registered_on, "registered_on"
        known = state.registered_on if state and state.registered_on else self.planner.on
        days = [(known, ""), *row.days]
        if lab in self._merged_on:
            days.append((self._merged_on[lab], "name"))
        closes = lab in self._successors and not self.planner.closed(lab)
        if row.changed_on and (closes or (state and self._changes(lab, state, row))):
            days.append((row.changed_on, "changed_on"))
        return min(days)

    def _registration(self, lab: str, row: LabRow, on: date) -> Iterator[Command]:
        """Register a lab, under its former name where it got its present one later, on a stated day."""
        renamed_on = row.changed_on or (self.planner.on if self.planner.day_given else None)
        former = row.former_name if renamed_on and renamed_on > on else None
        yield RegisterLab(
            lab=lab,
            name=former or row.name,
            level=row.level,
            division=row.division,
            credit_code=row.credit_code,
            counted=row.counted is not False,
            on=on,
            **self._registering(row),
        )
        if former and renamed_on:
            yield AmendLab(lab=lab, name=row.name, on=renamed_on, **self.planner.origin(row.row))

    def _registering(self, row: LabRow) -> Origin:
        """Return the origin of a registration; its source names the column of the day where the sheet states it."""
        dated = f" {self.planner.reader.header('registered_on')}" if row.registered_on else ""
        return {"by": self.planner.by, "source": f"{self.planner.source(row.row)}{dated}"}

    def _moved_registration(self, lab: str, state: Lab, row: LabRow, begins: date, stated_in: str) -> Iterator[Command]:
        """Correct a registration that the row puts on another day, and the designation that came with it.

        A day that no sheet stated moves by itself to an earlier one; everything else is a finding unless `correct`.
        """
        registered = self.planner.view.entries(lab)[state.registration - 1]
        if begins == registered.on:
            return
        if not self.planner.correct and (begins > registered.on or not _dated_by_default(registered)):
            if stated_in == "registered_on":
                differs: Refused = DayDiffers(known=registered.on, stated=begins)
            else:
                differs = RegisteredLater(lab=lab, since=registered.on, on=begins)
            self.planner.reader.find(row.row, stated_in, differs)
            return
        assert isinstance(registered.fact, LabRegistered)
        fact = {a.name: getattr(registered.fact, a.name) for a in attrs.fields(LabRegistered)}
        anew = RegisterLab(lab=lab, **fact, on=begins, **self._registering(row))
        yield self.planner.correction(row.row, lab, registered.version, anew)
        county = f"county-{registered.fact.division}"
        for each in self.planner.view.county(county).designations:
            entry = self.planner.view.entries(county)[each.version - 1]
            if (each.lab, entry.source, each.since) == (lab, registered.source, registered.on):
                designation = DesignateLab(county=county, lab=lab, on=begins, **self.planner.origin(row.row))
                yield self.planner.correction(row.row, county, each.version, designation)

    def _amendments(self, lab: str, state: Lab, row: LabRow, begins: date) -> Iterator[Command]:
        """Amend the details in which the row differs from the books, from a stated day on.

        A credit code that the books lack is dated from the registration, since a lab has it from the start.
        """
        known = state.details[-1][1]
        if row.credit_code and known.credit_code is None:
            yield AmendLab(lab=lab, credit_code=row.credit_code, on=begins, **self.planner.origin(row.row))
        changed = self._changes(lab, state, row)
        if not changed:
            return
        on = self._change_day(lab, row, *next(iter(changed.items())))
        if on:
            details = {name: stated for name, (_, stated) in changed.items()}
            yield AmendLab(lab=lab, **details, on=on, **self.planner.origin(row.row))  # type: ignore[arg-type]

    def _changes(self, lab: str, state: Lab, row: LabRow) -> dict[str, tuple[object, object]]:
        """Return field -> the value of the books and the value of the row, where these differ."""
        known = state.details[-1][1]
        changes: dict[str, tuple[object, object]] = {
            "name": (known.name, row.name if plain(row.name) not in self._matcher.names[lab] else known.name),
            "level": (known.level, row.level),
            "division": (known.division, row.division),
            "credit_code": (
                known.credit_code,
                row.credit_code if known.credit_code and row.credit_code else known.credit_code,
            ),
            "counted": (known.counted, known.counted if row.counted is None else row.counted),
        }
        return {name: (was, stated) for name, (was, stated) in changes.items() if was != stated}

    def _change_day(self, lab: str, row: LabRow, field_: str, change: tuple[object, object]) -> date | None:
        """Return the day of a change: the row's 变更日期, else `on` where the caller gave it; else None with a finding."""
        if row.changed_on or self.planner.day_given:
            return row.changed_on or self.planner.on
        known, stated = (str(getattr(each, "value", each)) for each in change)
        column = self.planner.reader.header("changed_on")
        needs = NeedsDate(subject=lab, known=known, stated=stated, column=column)
        self.planner.reader.find(row.row, field_, needs)
        return None

    def _designations(self, lab: str, row: LabRow, begins: date) -> Iterator[Command]:
        """Designate a county's lab for its own county, unless the row says no, and any lab for the counties under 承担县."""
        counties = dict(row.serves)
        if row.level is Level.COUNTY and row.designated is False and row.home not in counties:
            yield from self._release(lab, row)
        elif row.level is Level.COUNTY:
            counties.setdefault(row.home, None)
        for county, since in counties.items():
            yield from self._designation(lab, row, county, since, begins)

    def _designation(self, lab: str, row: LabRow, county: str, since: date | None, begins: date) -> Iterator[Command]:
        """Designate the lab for a county where the books do not; another day is a finding, or a correction."""
        known = [d for d in self.planner.view.county(county).designations if d.lab == lab]
        if any(since in (None, d.since) for d in known):
            return
        on = since or max(row.registered_on or self.planner.on, begins)
        designation = DesignateLab(county=county, lab=lab, on=on, **self.planner.origin(row.row))
        if not known or (known[-1].until and known[-1].until <= on):
            yield designation
        else:
            yield from self.planner.dated_otherwise(row.row, "serves", county, known[-1].version, designation)

    def _release(self, lab: str, row: LabRow) -> Iterator[Command]:
        if any(d.lab == lab and d.until is None for d in self.planner.view.county(row.home).designations):
            on = self._change_day(lab, row, "designated", ("是", "否"))
            if on:
                yield ReleaseLab(county=row.home, lab=lab, on=on, **self.planner.origin(row.row))

    def _merger(self, lab: str, state: Lab | None, row: LabRow) -> Iterator[Command]:
        successor = self._successors.get(lab)
        if successor is None or (state and state.closed_on and state.merged_into == successor):
            return
        on = self._change_day(lab, row, row.merging, (row.name, row.merged_into))
        if on:
            reason = f"并入{row.merged_into}"
            yield CloseLab(lab=lab, reason=reason, merged_into=successor, on=on, **self.planner.origin(row.row))

    def _closing(self, lab: str, state: Lab | None, row: LabRow) -> Iterator[Command]:
        """Close a lab of which the row says that it was closed, and not into which it was merged."""
        told = row.closed
        if told is None or row.merged_into is not None:
            return
        if state is None and not row.certificates:
            within = self.planner.reader.units.divisions.name_of(row.division)
            self.planner.reader.find(row.row, "name", NoSuchLab(name=row.name, within=within))
        elif state and state.closed_on:
            if told.on and told.on != state.closed_on:
                anew = CloseLab(lab=lab, reason=row.reason or told.text, merged_into=state.merged_into, on=told.on,
                                **self.planner.origin(row.row))  # fmt: skip
                yield from self.planner.dated_otherwise(row.row, told.field, lab, state.closing, anew)
        elif on := self._change_day(lab, row, told.field, (CALLED_IN_SHEETS[Life.VALID], CALLED_IN_SHEETS[told.life])):
            yield CloseLab(lab=lab, reason=row.reason or told.text or CALLED_IN_SHEETS[told.life], on=on,
                           **self.planner.origin(row.row))  # fmt: skip


def _when_planned(row: LabRow) -> tuple[bool, date]:
    """Return the order of rows: mergers come last, the latest first, since a successor may itself be merged later."""
    if row.merged_into is None:
        return False, date.min
    return True, date.min + (date.max - (row.changed_on or date.max))


def _dated_by_default(registered: AnyEntry) -> bool:
    """Return whether a registration came from a row of a sheet that does not say its day."""
    return re.fullmatch(r"sha256:\w+ .*!\d+", registered.source) is not None
