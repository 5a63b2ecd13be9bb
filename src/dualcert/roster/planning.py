"""What every kind of roster plans with: the rows, what the books know, and what was said beside the sheet."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, Protocol

import attrs
from attrs import define, field, frozen

from dualcert.domain.commands import Command, CorrectFact
from dualcert.domain.entry import effective
from dualcert.domain.pairing import Pairing
from dualcert.errors import AmbiguousPerson, DayDiffers, NobodyCalled, Refused, SeveralPeople
from dualcert.policy import Policy
from dualcert.projections.people import people_named
from dualcert.projections.view import View
from dualcert.roster.columns import Columns, plain
from dualcert.roster.layout import SheetRow, SheetTable
from dualcert.roster.rows import Reader
from dualcert.values.ids import is_id
from dualcert.values.people import Person
from dualcert.values.terms import Support
from dualcert.values.text import person_name

SEPARATORS = frozenset("、,;/")
"""What stands between several names."""


class People(Protocol):
    """What an import needs of the directory of people."""

    def called(self, name: str) -> Sequence[str]:
        """Return the ids of those who are called so, erased ones aside."""

    def free_id(self, taken: Iterable[str]) -> str:
        """Return an id that nobody has or had, and that is not among *taken*."""

    def claim(self, people: Sequence[Person]) -> None:
        """Add people under new ids, all or none; raises PersonIdTaken where an id was given away meanwhile."""


@frozen
class Planned:
    """Rows that belong together, and the commands that they become; nothing where the books know it already."""

    rows: tuple[int, ...]
    commands: tuple[Command, ...]


@define
class Planner:
    """Plans the rows of one table.

    `on` dates what the sheet does not; `said` is whether somebody said so, or it is the default. With
    `correct` what the books have otherwise is corrected, with `add_people` names are added to the directory.
    """

    table: SheetTable
    reader: Reader
    view: View
    policy: Policy
    sha256: str
    by: str
    on: date
    said: bool = False
    correct: bool = False
    people: People | None = None
    add_people: bool = False
    newcomers: dict[str, Person] = field(factory=dict)

    @cached_property
    def labs_called(self) -> dict[str, list[str]]:
        """Name, as names are compared -> the labs that are open and are or were called so."""
        called: dict[str, list[str]] = {}
        for lab, read in self.view.labs():
            for name in {plain(each.name) for _, each in read.details if read.closed_on is None}:
                called.setdefault(name, []).append(lab)
        return called

    @cached_property
    def named(self) -> frozenset[str]:
        """The ids of people that the log names: the directory may have lost them, and they are somebody's."""
        return people_named(self.view)

    @cached_property
    def pairings_with(self) -> dict[tuple[Support, str], list[tuple[str, Pairing]]]:
        """Kind and target -> the pairings, with their ids."""
        found: dict[tuple[Support, str], list[tuple[str, Pairing]]] = {}
        for id_, pairing in self.view.pairings():
            if pairing.kind:
                found.setdefault((pairing.kind, pairing.target), []).append((id_, pairing))
        return found

    def source(self, row: SheetRow) -> str:
        """Return where a fact of *row* comes from: the file's hash, sheet and row."""
        return f"sha256:{self.sha256} {self.table.page.name}!{row.number}"

    def made(self, row: SheetRow, field_: str, commands: Iterable[Command]) -> tuple[Command, ...]:
        """Return *commands*, which may be refused while they are made: that is a finding, at its field or *field_*."""
        try:
            return tuple(commands)
        except Refused as refusal:
            own = getattr(refusal, "field", "")
            self.reader.find(row, own if own in self.table.columns else field_, refusal)
            return ()

    def correction(self, row: SheetRow, stream: str, version: int, anew: Command) -> CorrectFact:
        """Return what makes of a fact of the books the one that *row* states."""
        return CorrectFact(
            stream=stream,
            version=version,
            reason="按台账更正",
            on=max(anew.on, self.view.entries(stream)[version - 1].on),
            replacement=anew,
            by=self.by,
            source=self.source(row),
        )

    def dated_otherwise(
        self, row: SheetRow, field_: str, stream: str, version: int, anew: Command
    ) -> Iterator[Command]:
        """A fact that *row* states with another day than the books: a finding, or with `correct` a correction."""
        if self.correct:
            yield self.correction(row, stream, version, anew)
        else:
            known = self.view.entries(stream)[version - 1].on
            self.reader.find(row, field_, DayDiffers(known=known.isoformat(), said=anew.on.isoformat()))

    def version_of(self, stream: str, kind: type, on: date, **said: object) -> int:
        """Return the version of the standing fact of that kind and day that says *said*."""
        return next(
            entry.version
            for entry in effective(self.view.entries(stream))
            if type(entry.fact) is kind and entry.on == on and said.items() <= _said(entry.fact).items()
        )

    def person(self, row: SheetRow, field_: str, phone: str | None = None) -> str | None:
        """Return the id of the person that a cell names, by id or name; None where that is a finding, or empty."""
        said = self.reader.text(row, field_)
        if said is None or (is_id("person", said) and said.startswith("person-")):
            return said
        name = person_name(said)
        found = [self.newcomers[name].person] if name in self.newcomers else self._called(name)
        problem: Refused | None = None
        if set(unicodedata.normalize("NFKC", name)) & SEPARATORS:
            problem = SeveralPeople(name=name)
        elif len(found) > 1:
            problem = AmbiguousPerson(name=name, people=tuple(found))
        elif not found and not (self.add_people and self.people):
            problem = NobodyCalled(name=name)
        if problem:
            self.reader.find(row, field_, problem)
            return None
        return found[0] if found else self._newcomer(name, phone)

    def _called(self, name: str) -> Sequence[str]:
        return self.people.called(name) if self.people else ()

    def _newcomer(self, name: str, phone: str | None) -> str:
        assert self.people is not None
        free = self.people.free_id([*self.named, *(newcomer.person for newcomer in self.newcomers.values())])
        self.newcomers[name] = Person(free, name, phone)
        return free


def _said(fact: Any) -> dict[str, object]:
    return {each.name: getattr(fact, each.name) for each in attrs.fields(type(fact))}


class Kind(Protocol):
    """A kind of roster: all that the package knows of it is in its module.

    Attributes:
        name: what `--kind` calls it, marked for the catalogue.
        title: what templates and exports call its sheet.
        columns: what its columns are called, and what belongs in them.
        example: a row, by field, as templates show it.
        dated: command -> the field of its day; of a certificate's command, the part of the certificate.
    """

    name: str
    title: str
    columns: Columns
    example: Mapping[str, object]
    dated: Mapping[type[Command], str]

    def plan(self, planner: Planner) -> Iterator[Planned]:
        """Yield what the sound rows become; findings go to the planner's reader."""

    def rows(self, view: View, day: date) -> Iterator[dict[str, object]]:
        """Yield the rows, by field, that say what the books know on *day*."""
