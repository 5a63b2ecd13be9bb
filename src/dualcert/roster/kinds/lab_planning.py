"""Which lab a row is about, and what it adds to what the books know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import attrs
from attrs import define, evolve, field

from dualcert.domain.certificate import CertificateSuspended
from dualcert.domain.commands import (
    AmendLab,
    CloseLab,
    Command,
    CorrectFact,
    DesignateLab,
    GrantCertificate,
    PeriodCommand,
    RegisterLab,
    ReleaseLab,
    RenewCertificate,
    SuspendCertificate,
)
from dualcert.domain.entry import AnyEntry
from dualcert.domain.lab import Lab, LabRegistered
from dualcert.domain.timeline import Period, Timeline
from dualcert.errors import (
    N_,
    AmbiguousLab,
    BadId,
    CertificateDiffers,
    CreditCodeShared,
    DayDiffers,
    NeedsDate,
    NoSuchLab,
    NumberShared,
    OtherId,
    OtherName,
    Phrase,
    Refused,
    RegisteredLater,
    RowRepeated,
)
from dualcert.roster.columns import plain
from dualcert.roster.kinds.lab_rows import Certificate, LabRow
from dualcert.roster.planning import Planned, Planner
from dualcert.values.days import ONE_DAY
from dualcert.values.ids import division_of, is_id
from dualcert.values.numbers import canonical_number
from dualcert.values.terms import Level, Scheme


@define
class LabPlanner:
    """Matches rows to labs, new ones to the next free id, and says what each adds."""

    planner: Planner
    _open: dict[tuple[str, Level], list[str]] = field(init=False, factory=dict)
    _names: dict[str, frozenset[str]] = field(init=False, factory=dict)
    _called: dict[tuple[str, Level, str], list[str]] = field(init=False, factory=dict)
    _by_code: dict[str, str] = field(init=False, factory=dict)
    _numbers: dict[str, str] = field(init=False, factory=dict)
    _rows: dict[str, int] = field(init=False, factory=dict)
    _new: dict[tuple[str, Level, str], str] = field(init=False, factory=dict)
    _next: dict[str, int] = field(init=False, factory=dict)
    _into: dict[str, str] = field(init=False, factory=dict)
    """Lab -> the one that the sheet merges it into."""
    _merged: dict[str, date] = field(init=False, factory=dict)
    """Lab -> the first day on which the sheet merges another into it."""

    def __attrs_post_init__(self) -> None:
        for lab, read in self.planner.view.labs():
            details = read.details[-1][1]
            self._names[lab] = frozenset(plain(each.name) for _, each in read.details)
            for name in self._names[lab]:
                self._called.setdefault((details.division, details.level, name), []).append(lab)
            if details.credit_code and (read.closed_on is None or details.credit_code not in self._by_code):
                self._by_code[details.credit_code] = lab
            if read.closed_on is None:
                self._open.setdefault((details.division, details.level), []).append(lab)
                for timeline in (read.cma, read.catl):
                    numbers = (*(p.number for p in timeline.periods), *(number for _, number in timeline.renumbered))
                    self._numbers.update({canonical_number(number): lab for number in numbers})

    def plan(self, rows: list[LabRow]) -> Iterator[Planned]:
        """Yield a planned row for each sound one, mergers last: what they merge into may stand further down.

        Rows are matched first to the labs that the books know, then to new ones, as the sheet goes.
        """
        matched = {row.row.number: lab for row in rows if (lab := self._known(row)) is not None}
        for row in rows:
            lab = matched.get(row.row.number)
            if lab is None and self.planner.reader.sound(row.row):
                lab = self._new_lab(row)
                if lab is not None:
                    matched[row.row.number] = lab
        for row in rows:
            if row.merged_into is not None and row.row.number in matched:
                self._note_merger(matched[row.row.number], row)
        for row in sorted(rows, key=_when_planned):
            lab = matched.get(row.row.number)
            if lab is None or not self.planner.reader.sound(row.row):
                continue
            commands = self.planner.made(row.row, "name", self._commands(lab, row))
            if self.planner.reader.sound(row.row):
                if lab not in self._into:
                    self._numbers.update({canonical_number(c.number): lab for c in row.certificates.values()})
                yield Planned((row.row.number,), commands)

    def _find(self, row: LabRow, field_: str, problem: Refused) -> None:
        self.planner.reader.find(row.row, field_, problem)

    def _known(self, row: LabRow) -> str | None:
        """Return the lab of the books that a row is about; None where it is new, or that is a finding."""
        lab = self._matching(row)
        if lab is None:
            return None
        if lab in self._rows:
            self._find(row, "name", RowRepeated(first=self._rows[lab]))
            return None
        return lab if self._taken(lab, row) else None

    def _taken(self, lab: str, row: LabRow) -> bool:
        """Note that a row is about *lab*; a credit code that stands at another open one is a finding."""
        elsewhere = self._by_code.setdefault(row.credit_code, lab) if row.credit_code else lab
        if elsewhere != lab and not self._closed(elsewhere):
            shared = CreditCodeShared(credit_code=str(row.credit_code), elsewhere=self._where(elsewhere))
            self._find(row, "credit_code", shared)
            return False
        self._rows[lab] = row.row.number
        return True

    def _closed(self, lab: str) -> bool:
        read = self.planner.view.find_lab(lab)
        return read is not None and read.closed_on is not None

    def _where(self, lab: str) -> str:
        """Return where something stands already: a row of this sheet, or a lab of the books."""
        number = self._rows.get(lab)
        return Phrase(N_("row {number}"), number=number) if number else lab

    def _matching(self, row: LabRow) -> str | None:
        names = {plain(row.name), *([plain(row.former_name)] if row.former_name else [])}
        if row.lab is not None:
            return self._by_id(row, row.lab, names)
        by_code = self._by_code.get(row.credit_code) if row.credit_code else None
        if by_code is not None and names & self._names[by_code]:
            return by_code
        if by_code is not None and not self._closed(by_code):
            self._find(row, "name", OtherName(lab=by_code, name=self._name_of(by_code)))
            return None
        found = self._here(row, names)
        if len(found) > 1:
            self._find(row, "name", AmbiguousLab(labs=tuple(found)))
        return found[0] if len(found) == 1 else None

    def _by_id(self, row: LabRow, lab: str, names: set[str]) -> str | None:
        """Return the lab of an id; one that the books do not know is a new lab's, unless they have it under another."""
        if lab in self._names:
            return lab
        for other in self._here(row, names):
            if not self._closed(other):
                self._find(row, "lab", OtherId(lab=other, name=self._name_of(other)))
                break
        return None

    def _here(self, row: LabRow, names: set[str]) -> list[str]:
        """Return the labs of the row's unit and level that are or were called so; closed ones where no other is."""
        called = dict.fromkeys(lab for name in names for lab in self._called.get((row.division, row.level, name), ()))
        still = [lab for lab in called if self.planner.view.lab(lab).closed_on is None]
        return still or list(called)

    def _name_of(self, lab: str) -> str:
        return self.planner.view.lab(lab).details[-1][1].name

    def _new_lab(self, row: LabRow) -> str | None:
        """Return the id of a lab that the books do not know; where one of theirs could be meant, that is a finding."""
        key = (row.division, row.level, plain(row.name))
        if key in self._new:
            self._find(row, "name", RowRepeated(first=self._rows[self._new[key]]))
            return None
        if row.lab is None:
            others = [lab for lab in self._open.get((row.division, row.level), []) if lab not in self._rows]
            if len(others) == 1:
                self._find(row, "name", OtherName(lab=others[0], name=self._name_of(others[0])))
                return None
            if others:
                self._find(row, "name", AmbiguousLab(labs=tuple(others)))
                return None
        lab = row.lab or self._next_id(row.division)
        if not is_id("lab", lab) or division_of(lab) != row.division or lab in self._rows:
            self._find(row, "lab", BadId(field="", value=lab, expected=f"lab-{row.division}-N"))
            return None
        if not self._taken(lab, row):
            return None
        self._new[key] = lab
        return lab

    def _next_number(self, division: str) -> int:
        """Return the first number of a unit from which on no lab of the books is."""
        if division not in self._next:
            n = 1
            while self.planner.view.entries(f"lab-{division}-{n}"):
                n += 1
            self._next[division] = n
        return self._next[division]

    def _next_id(self, division: str) -> str:
        n = self._next_number(division)
        while (lab := f"lab-{division}-{n}") in self._rows or self.planner.view.entries(lab):
            n += 1
        self._next[division] = n + 1
        return lab

    def _commands(self, lab: str, row: LabRow) -> Iterator[Command]:
        read = self.planner.view.find_lab(lab)
        begins, said_in = self._begins(lab, read, row)
        if read is None:
            yield self._registration(lab, row, begins)
        else:
            yield from self._registered_otherwise(lab, read, row, begins, said_in)
            yield from self._amendments(lab, read, row, begins)
        for scheme, stated in row.certificates.items():
            timeline = read.timeline(scheme) if read else Timeline()
            certificate = self._certificate(lab, row, scheme, stated, timeline)
            yield from self.planner.made(row.row, f"{scheme.value.lower()}_number", certificate)
        yield from self._designations(lab, row, begins)
        yield from self._merger(lab, read, row)

    def _entered(self, row: LabRow) -> dict[str, Any]:
        return {"by": self.planner.by, "source": self.planner.source(row.row)}

    def _begins(self, lab: str, read: Lab | None, row: LabRow) -> tuple[date, str]:
        """Return the day of the lab's registration, by the row, and the field that says so: nothing lies before it."""
        if row.registered_on:
            return row.registered_on, "registered_on"
        known = read.registered_on if read and read.registered_on else self.planner.on
        days = [(known, ""), *row.days]
        if lab in self._merged:
            days.append((self._merged[lab], "name"))
        closes = lab in self._into and not self._closed(lab)
        if row.changed_on and (closes or (read and self._changes(lab, read, row))):
            days.append((row.changed_on, "changed_on"))
        return min(days)

    def _registration(self, lab: str, row: LabRow, on: date) -> RegisterLab:
        return RegisterLab(
            lab=lab,
            name=row.name,
            level=row.level,
            division=row.division,
            credit_code=row.credit_code,
            counted=row.counted is not False,
            on=on,
            **self._registering(row),
        )

    def _registering(self, row: LabRow) -> dict[str, Any]:
        """Return who enters a registration, and where it comes from: the source says whether the sheet dates it."""
        dated = f" {self.planner.reader.header('registered_on')}" if row.registered_on else ""
        return {"by": self.planner.by, "source": f"{self.planner.source(row.row)}{dated}"}

    def _registered_otherwise(self, lab: str, read: Lab, row: LabRow, begins: date, said_in: str) -> Iterator[Command]:
        """What the row dates before the registration moves it where no sheet stated its day; else it is a finding.

        With it goes the designation that the same row of a sheet brought.
        """
        registered = self.planner.view.entries(lab)[read.registration - 1]
        if begins == registered.on:
            return
        if not self.planner.correct and (begins > registered.on or not _dated_by_default(registered)):
            known, said = registered.on.isoformat(), begins.isoformat()
            stated = said_in == "registered_on"
            differs = DayDiffers(known=known, said=said) if stated else RegisteredLater(lab=lab, since=known, on=said)
            self._find(row, said_in, differs)
            return
        assert isinstance(registered.fact, LabRegistered)
        fact = {a.name: getattr(registered.fact, a.name) for a in attrs.fields(LabRegistered)}
        anew = RegisterLab(lab=lab, **fact, on=begins, **self._registering(row))
        yield self.planner.correction(row.row, lab, registered.version, anew)
        county = f"county-{registered.fact.division}"
        for each in self.planner.view.county(county).designations:
            entry = self.planner.view.entries(county)[each.version - 1]
            if (each.lab, entry.source, each.since) == (lab, registered.source, registered.on):
                designation = DesignateLab(county=county, lab=lab, on=begins, **self._entered(row))
                yield self.planner.correction(row.row, county, each.version, designation)

    def _amendments(self, lab: str, read: Lab, row: LabRow, begins: date) -> Iterator[Command]:
        """What the row says otherwise than the books: since when has to be said; a code is the lab's from the start."""
        known = read.details[-1][1]
        if row.credit_code and known.credit_code is None:
            yield AmendLab(lab=lab, credit_code=row.credit_code, on=begins, **self._entered(row))
        changed = self._changes(lab, read, row)
        if not changed:
            return
        on = self._change_day(lab, row, *next(iter(changed.items())))
        if on:
            yield AmendLab(lab=lab, **{name: is_ for name, (_, is_) in changed.items()}, on=on, **self._entered(row))  # type: ignore[arg-type]

    def _changes(self, lab: str, read: Lab, row: LabRow) -> dict[str, tuple[object, object]]:
        """Return field -> what the books have and what the row says, where these differ."""
        known = read.details[-1][1]
        changes: dict[str, tuple[object, object]] = {
            "name": (known.name, row.name if plain(row.name) not in self._names[lab] else known.name),
            "level": (known.level, row.level),
            "division": (known.division, row.division),
            "credit_code": (
                known.credit_code,
                row.credit_code if known.credit_code and row.credit_code else known.credit_code,
            ),
            "counted": (known.counted, known.counted if row.counted is None else row.counted),
        }
        return {name: (was, is_) for name, (was, is_) in changes.items() if was != is_}

    def _change_day(self, lab: str, row: LabRow, field_: str, change: tuple[object, object]) -> date | None:
        """Return since when something is otherwise: the row's day, or the one that was said; never a guess."""
        if row.changed_on or self.planner.said:
            return row.changed_on or self.planner.on
        known, said = (getattr(each, "value", each) for each in change)
        column = self.planner.reader.header("changed_on")
        self._find(row, field_, NeedsDate(subject=lab, known=str(known), said=str(said), column=column))
        return None

    def _designations(self, lab: str, row: LabRow, begins: date) -> Iterator[Command]:
        """A county's lab carries its county's place unless the row says no, and any lab those that its row names."""
        places = dict(row.serves)
        if row.level is Level.COUNTY and row.designated is False and row.home not in places:
            yield from self._release(lab, row)
        elif row.level is Level.COUNTY:
            places.setdefault(row.home, None)
        for county, since in places.items():
            yield from self._designation(lab, row, county, since, begins)

    def _designation(self, lab: str, row: LabRow, county: str, since: date | None, begins: date) -> Iterator[Command]:
        """A place that the books do not have: designate; one of another day: a finding, or a correction."""
        known = [d for d in self.planner.view.county(county).designations if d.lab == lab]
        if any(since in (None, d.since) for d in known):
            return
        on = since or max(row.registered_on or self.planner.on, begins)
        designation = DesignateLab(county=county, lab=lab, on=on, **self._entered(row))
        if not known or (known[-1].until and known[-1].until <= on):
            yield designation
        else:
            yield from self.planner.dated_otherwise(row.row, "serves", county, known[-1].version, designation)

    def _release(self, lab: str, row: LabRow) -> Iterator[Command]:
        if any(d.lab == lab and d.until is None for d in self.planner.view.county(row.home).designations):
            on = self._change_day(lab, row, "designated", ("是", "否"))
            if on:
                yield ReleaseLab(county=row.home, lab=lab, on=on, **self._entered(row))

    def _merger(self, lab: str, read: Lab | None, row: LabRow) -> Iterator[Command]:
        successor = self._into.get(lab)
        if successor is None or (read and read.closed_on and read.merged_into == successor):
            return
        on = self._change_day(lab, row, "merged_into", (row.name, row.merged_into))
        if on:
            reason = f"并入{row.merged_into}"
            yield CloseLab(lab=lab, reason=reason, merged_into=successor, on=on, **self._entered(row))

    def _note_merger(self, lab: str, row: LabRow) -> None:
        """Note what a row's lab is merged into: that is there from then on at the latest."""
        successor = self._successor(row)
        if successor is not None:
            self._into[lab] = successor
            if row.changed_on:
                self._merged[successor] = min(row.changed_on, self._merged.get(successor, date.max))

    def _successor(self, row: LabRow) -> str | None:
        """Return the lab that a row says it is merged into, by id or name, in its own unit or the city's."""
        said = row.merged_into or ""
        units = {row.division, self.planner.view.divisions.by_code[row.division].parent}
        labs = {**{lab: self._names[lab] for lab in self._names}, **{lab: {key[2]} for key, lab in self._new.items()}}
        found = [
            lab for lab, names in labs.items() if said == lab or (division_of(lab) in units and plain(said) in names)
        ]
        if len(found) == 1:
            return found[0]
        within = self.planner.reader.units.name_of(row.division)
        self._find(
            row, "merged_into", AmbiguousLab(labs=tuple(found)) if found else NoSuchLab(name=said, within=within)
        )
        return None

    def _certificate(
        self, lab: str, row: LabRow, scheme: Scheme, stated: Certificate, timeline: Timeline
    ) -> Iterator[Command]:
        """An equal certificate: nothing; none in force: grant; a later one: renew; else a finding, or a correction."""
        if self._shared(lab, row, scheme, stated):
            return
        known = _borne(timeline)
        last, number = known[-1] if known else (None, "")
        if any(_same(period, borne, stated) for period, borne in known):
            pass
        elif last is None or (canonical_number(stated.number) not in map(canonical_number, (number, last.number))
                              and stated.granted_on > last.first):  # fmt: skip
            command = RenewCertificate if timeline.open else GrantCertificate
            yield self._period(command, lab, row, scheme, stated)
        elif self.planner.correct and number == last.number:
            yield self._correction(lab, row, scheme, stated, last)
        elif self.planner.correct and canonical_number(stated.number) == canonical_number(number):
            yield self._correction(lab, row, scheme, evolve(stated, number=last.number), last)
        else:
            differs = CertificateDiffers(
                number=number, granted_on=last.first.isoformat(), valid_until=last.valid_until.isoformat()
            )
            self._find(row, f"{scheme.value.lower()}_number", differs)
            return
        if stated.suspended_on:
            yield from self._suspension(lab, row, scheme, stated.suspended_on, timeline)

    def _suspension(self, lab: str, row: LabRow, scheme: Scheme, on: date, timeline: Timeline) -> Iterator[Command]:
        """A suspension that the books do not have: suspend; one of another day: a finding, or a correction."""
        since = timeline.suspended_from(on) or timeline.suspended_since
        command = SuspendCertificate(lab=lab, scheme=scheme, reason="台账载明", on=on, **self._entered(row))
        if since is None:
            yield command
        elif since != on:
            version = self.planner.version_of(lab, CertificateSuspended, since, scheme=scheme)
            yield from self.planner.dated_otherwise(
                row.row, f"{scheme.value.lower()}_suspended_on", lab, version, command
            )

    def _shared(self, lab: str, row: LabRow, scheme: Scheme, stated: Certificate) -> bool:
        """Note that a number stands at another open lab already, of the books or of this sheet."""
        elsewhere = self._numbers.get(canonical_number(stated.number), lab)
        if elsewhere == lab or lab in self._into or elsewhere in self._into or self._closed(lab):
            return False
        shared = NumberShared(number=stated.number, elsewhere=self._where(elsewhere))
        self._find(row, f"{scheme.value.lower()}_number", shared)
        return True

    def _period(
        self, command: type[PeriodCommand], lab: str, row: LabRow, scheme: Scheme, stated: Certificate
    ) -> PeriodCommand:
        return command(
            lab=lab,
            scheme=scheme,
            number=stated.number,
            granted_on=stated.granted_on,
            valid_until=stated.valid_until,
            **self._entered(row),
        )

    def _correction(self, lab: str, row: LabRow, scheme: Scheme, stated: Certificate, last: Period) -> CorrectFact:
        """Return what makes of the newest certificate of the books the one that the row states."""
        entry = self.planner.view.entries(lab)[last.version - 1]
        command = RenewCertificate if type(entry.fact).__name__ == "CertificateRenewed" else GrantCertificate
        return self.planner.correction(row.row, lab, last.version, self._period(command, lab, row, scheme, stated))


def _when_planned(row: LabRow) -> tuple[bool, date]:
    """Mergers come last, the latest first: what one merges into may itself be merged later."""
    if row.merged_into is None:
        return False, date.min
    return True, date.min + (date.max - (row.changed_on or date.max))


def _dated_by_default(registered: AnyEntry) -> bool:
    """Return whether a registration came from a row of a sheet that does not say its day."""
    return re.fullmatch(r"sha256:\w+ .*!\d+", registered.source) is not None


def _borne(timeline: Timeline) -> list[tuple[Period, str]]:
    """Return the periods, each with the number that its certificate bore at last."""
    ends = [*(p.first - ONE_DAY for p in timeline.periods[1:]), date.max]
    return [(p, timeline.number_of(p, max(p.first, end))) for p, end in zip(timeline.periods, ends, strict=False)]


def _same(period: Period, number: str, stated: Certificate) -> bool:
    days = (period.first, period.valid_until) == (stated.granted_on, stated.valid_until)
    return days and canonical_number(number) == canonical_number(stated.number)
