"""Planning, which all kinds of rosters share: the rows, the books, and the options of the import."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Protocol, TypedDict

from attrs import define, field, frozen

from dualcert.domain.commands import Command, CorrectFact
from dualcert.domain.entry import effective
from dualcert.domain.pairing import Pairing
from dualcert.errors import AmbiguousPerson, DayDiffers, NobodyCalled, Refused, SeveralPeople
from dualcert.policy import Policy
from dualcert.projections.people import people_named
from dualcert.projections.view import View
from dualcert.roster.columns import Columns
from dualcert.roster.layout import SheetRow, SheetTable
from dualcert.roster.rows import Reader
from dualcert.units import plain
from dualcert.values.ids import is_id
from dualcert.values.people import Person
from dualcert.values.terms import Support
from dualcert.values.text import person_name

SEPARATORS = frozenset("、,;/")
"""Matches the separators between several names."""


class People(Protocol):
    """The part of the directory of people that an import uses."""

    def called(self, name: str) -> Sequence[str]:
        """Return the ids of the people with that name; erased people have none."""

    def free_id(self, taken: Iterable[str]) -> str:
        """Return an id that no person has or had and that is not in *taken*."""

    def claim(self, people: Sequence[Person]) -> None:
        """Add people under new ids, all or none; raises PersonIdTaken where an id or a name was added meanwhile."""


class PlanOutdatedError(Exception):
    """Others began *stream* after the plan was made: it may be of what the plan is to begin, under another id."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.stream = stream


@frozen
class Planned:
    """Rows that belong together, and their commands; no commands where the books already know what they state."""

    rows: tuple[int, ...]
    commands: tuple[Command, ...]


class Origin(TypedDict):
    """The fields of a command that say who enters it, and where it comes from."""

    by: str
    source: str


@define
class Planner:
    """Plans the rows of one table.

    `on` is the day of entries that the sheet does not date; `day_given` says whether the caller gave it, or it is the default;
    `today` is the day of the import.
    With `correct`, facts of the books that differ from the sheet are corrected; with `add_people`, names that the
    directory lacks are added to it.
    """

    table: SheetTable
    reader: Reader
    view: View
    policy: Policy
    sha256: str
    by: str
    on: date
    today: date
    day_given: bool = False
    correct: bool = False
    people: People | None = None
    add_people: bool = False
    add_names: frozenset[str] = frozenset()
    newcomers: dict[str, Person] = field(factory=dict)
    units_begun: set[str] = field(factory=set)
    """What the ids of new labs begin with, up to their number."""
    _sourced: tuple[int, str] = field(init=False, default=(0, ""))
    """A row's number and its source, so that all facts of a row have one text."""

    @cached_property
    def labs_called(self) -> dict[str, list[str]]:
        """Name, as names are compared -> the open labs that have or had it."""
        called: dict[str, list[str]] = {}
        for lab, state in self.view.labs():
            for name in {plain(each.name) for _, each in state.details if state.closed_on is None}:
                called.setdefault(name, []).append(lab)
        return called

    @cached_property
    def named(self) -> frozenset[str]:
        """The ids of people in the log: they are never given to anybody else, even if the directory has lost them."""
        return people_named(self.view)

    @cached_property
    def pairings_with(self) -> dict[tuple[Support, str], list[tuple[str, Pairing]]]:
        """Kind and target -> the pairings, with their ids."""
        found: dict[tuple[Support, str], list[tuple[str, Pairing]]] = {}
        for id_, pairing in self.view.pairings():
            if pairing.kind:
                found.setdefault((pairing.kind, pairing.target), []).append((id_, pairing))
        return found

    @property
    def check(self) -> Callable[[View], None] | None:
        """What the plan asks of the books on which it is decided; None where it begins no labs."""
        return self._check_no_more_begun if self.units_begun else None

    def _check_no_more_begun(self, books: View) -> None:
        """Raise PlanOutdatedError where *books* have a lab, unknown to the plan, of a unit in which that begins one."""
        if books.position <= self.view.position:
            return
        for stream, entries in list(books.streams.by_id.items()):
            began = entries[0].position
            if self.view.position < began <= books.position and stream.rpartition("-")[0] in self.units_begun:
                raise PlanOutdatedError(stream)

    def closed(self, lab: str) -> bool:
        """Return whether the books have *lab* as closed."""
        state = self.view.find_lab(lab)
        return state is not None and state.closed_on is not None

    def source(self, row: SheetRow) -> str:
        """Return where a fact of *row* comes from: the file's hash, sheet and row."""
        if self._sourced[0] != row.number:
            self._sourced = row.number, f"sha256:{self.sha256} {self.table.page.name}!{row.number}"
        return self._sourced[1]

    def origin(self, row: SheetRow) -> Origin:
        """Return who enters the commands of *row*, and where they come from."""
        return {"by": self.by, "source": self.source(row)}

    def made(self, row: SheetRow, field_: str, commands: Iterable[Command]) -> tuple[Command, ...]:
        """Return *commands*; where making one is refused, the finding is at the refusal's own field, else *field_*."""
        try:
            return tuple(commands)
        except Refused as refusal:
            own = getattr(refusal, "field", "")
            self.reader.find(row, own if own in self.table.columns else field_, refusal)
            return ()

    def correction(self, row: SheetRow, stream: str, version: int, anew: Command) -> CorrectFact:
        """Return the command that corrects a fact of the books to *anew*, which *row* states."""
        return CorrectFact(
            stream=stream,
            version=version,
            reason="按台账更正",
            on=max(anew.on, self.view.entries(stream)[version - 1].on),
            replacement=anew,
            **self.origin(row),
        )

    def dated_otherwise(
        self, row: SheetRow, field_: str, stream: str, version: int, anew: Command
    ) -> Iterator[Command]:
        """Note that *row* gives a fact of the books another day: a finding, or with `correct` a correction."""
        if self.correct:
            yield self.correction(row, stream, version, anew)
        else:
            known = self.view.entries(stream)[version - 1].on
            self.reader.find(row, field_, DayDiffers(known=known, stated=anew.on))

    def version_of(self, stream: str, kind: type, on: date, /, **fields: object) -> int:
        """Return the version of the effective fact of that kind and day with the values *fields*."""
        return next(
            entry.version
            for entry in effective(self.view.entries(stream))
            if type(entry.fact) is kind
            and entry.on == on
            and all(getattr(entry.fact, name) == value for name, value in fields.items())
        )

    def person(self, row: SheetRow, field_: str, phone: str | None = None) -> str | None:
        """Return the id of the person in a cell, given by id or name; None where it is empty or has a finding."""
        text = self.reader.text(row, field_)
        if text is None or (is_id("person", text) and text.startswith("person-")):
            return text
        name = person_name(text)
        found = [self.newcomers[name].person] if name in self.newcomers else self._called(name)
        problem: Refused | None = None
        if set(unicodedata.normalize("NFKC", name)) & SEPARATORS:
            problem = SeveralPeople(name=name)
        elif len(found) > 1:
            problem = AmbiguousPerson(name=name, people=tuple(found))
        elif not found and not (self.people and (self.add_people or name in self.add_names)):
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


class Kind(Protocol):
    """A kind of roster: all that the package knows of it is in its module.

    Attributes:
        name: its name in `--kind`, marked for the catalogue.
        title: the name of its sheet in templates and exports.
        columns: the headers of its columns, and what belongs in them.
        example: a row, by field, as templates show it.
        dated: command -> the field of its day; of a certificate's command, the part of the certificate.
    """

    name: str
    title: str
    columns: Columns
    example: Mapping[str, object]
    dated: Mapping[type[Command], str]

    def plan(self, planner: Planner) -> Iterator[Planned]:
        """Yield the sound rows with their commands; findings go to the planner's reader."""

    def rows(self, view: View, day: date) -> Iterator[dict[str, object]]:
        """Yield the state of the books on *day* as rows, by field."""
