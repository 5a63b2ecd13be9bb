"""Who may record what: rights of people beside a log, and the principal for whom a host or the shell records.

Without any right given, everybody may do everything. From the first one on, a command is recorded for a person who has
the right that it needs, and for nobody else; `by` is then that person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from attrs import evolve, field, frozen

from dualcert.domain.commands import Command, CorrectFact, EnrolCounty, RetractFact
from dualcert.domain.programme import CandidacyCancelled, CountyDelisted, CountyEnrolled, CountyNamed
from dualcert.errors import BadId, ByAnother, LastRight, NotPermitted, shown
from dualcert.languages import N_, Phrase
from dualcert.projections.view import View
from dualcert.store.sidetable import SideTable
from dualcert.store.tables import Execute
from dualcert.values import ids
from dualcert.values.terms import Right

TABLE = "dualcert_rights"
NOBODY = "system"
"""The `by` of a command that names nobody."""
DECISIONS = (CountyNamed, CountyDelisted, CandidacyCancelled)
"""The facts that decide about a county's standing; so does enrolling anew (`_is_enrolled_otherwise`)."""
OF_STREAMS: Mapping[str, Right] = {
    "lab": Right.LABS,
    "county": Right.COUNTIES,
    "pairing": Right.PAIRINGS,
    "campaign": Right.CAMPAIGNS,
    "dispatch": Right.DISPATCHES,
}
"""Kind of stream -> the right to record in it."""


def right_for(command: Command, view: View) -> Right:
    """Return the right that a command needs; what corrects or retracts a decision needs that to decide."""
    return Right.GATES if _decides(command, view) else OF_STREAMS[ids.kind_of(command.stream)]


def _decides(command: Command, view: View) -> bool:
    """Return whether a command enters a decision, changes one that the books have, or enrols a county otherwise than before."""
    if isinstance(command, EnrolCounty):
        return any(_is_enrolled_otherwise(command, each.fact) for each in view.entries(command.stream))
    if not isinstance(command, CorrectFact | RetractFact):
        return command.fact in DECISIONS
    if isinstance(command, CorrectFact) and _decides(command.replacement, view):
        return True
    changed = view.entries(command.stream)[command.version - 1 : command.version]
    return any(isinstance(each.fact, DECISIONS) for each in changed)


def _is_enrolled_otherwise(command: EnrolCounty, before: object) -> bool:
    """Return whether an enrolment changes what *before* says of the county's standing in the programme.

    Who enters a list of counties enters no decision; but whoever enrols anew a county that was delisted, or as named a
    candidate whose enrolment was retracted, decides as much as by naming it.
    """
    if isinstance(before, CountyEnrolled):
        return before.programme is command.programme and before.standing is not command.standing
    return isinstance(before, DECISIONS) and before.programme is command.programme


def _as_rights(rights: Iterable[Right | str]) -> frozenset[Right]:
    return frozenset(map(Right, rights))


@frozen
class Principal:
    """A person for whom a host records, with their rights; `Registry.acting` takes one."""

    person: str
    rights: frozenset[Right] = field(converter=_as_rights)

    def admit(self, command: Command, view: View) -> Command:
        """Return *command* as this person's own; raises NotPermitted if they lack the right, or it names another person."""
        self.check(right_for(command, view))
        if command.by not in {NOBODY, self.person}:
            raise ByAnother(person=self.person, by=command.by)
        return command if command.by == self.person else evolve(command, by=self.person)

    def check(self, right: Right) -> None:
        """Raise NotPermitted if this person lacks *right*."""
        if right not in self.rights:
            hint = Phrase(N_(" (say who you are with --by)")) if self.person == NOBODY else ""
            raise NotPermitted(person=self.person, right=right.value, hint=hint)


@frozen
class Granted:
    """A right of a person: since when they have it, and who gave it."""

    person: str
    right: Right
    since: date
    by: str


class Rights(SideTable):
    """The rights of people in the books of a store: `STORE.rights`, or a table in PostgreSQL."""

    suffix = "rights"
    table = TABLE
    columns = ("person", "right_", "since", "given_by")
    declared = "person TEXT NOT NULL, right_ TEXT NOT NULL, since TEXT NOT NULL, given_by TEXT NOT NULL, PRIMARY KEY (person, right_)"

    def all(self) -> list[Granted]:
        """Return every right that was given, in order of person; none where rights are off."""
        return self._select(f"SELECT {', '.join(self.columns)} FROM {TABLE} ORDER BY 1, 2", (), _granted)  # noqa: S608  constants

    def principal(self, person: str) -> Principal:
        """Return a person with their rights: with all of them where rights are off."""
        return principal_of(person, self.all())

    def allow(self, person: str, rights: Iterable[Right], *, by: str, on: date) -> None:
        """Give *rights* to a person, from whoever has the right to give them; the first of all needs nobody.

        Raises BadId, NotPermitted, and LastRight where nobody would have the right to give rights.
        """
        _check_id(person)

        def change(execute: Execute) -> None:
            for right in rights:
                insert = f"INSERT INTO {TABLE} VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"  # noqa: S608  constants
                execute(insert, (person, right.value, on.isoformat(), by))

        self._change(change, by)

    def withdraw(self, person: str, rights: Iterable[Right], *, by: str) -> None:
        """Take *rights* from a person; raises BadId, NotPermitted, and LastRight where nobody could give any afterwards."""
        _check_id(person)

        def change(execute: Execute) -> None:
            for right in rights:
                execute(f"DELETE FROM {TABLE} WHERE person = ? AND right_ = ?", (person, right.value))  # noqa: S608  constants

        self._change(change, by)

    def switch_off(self, *, by: str) -> None:
        """Take every right from everybody: from then on everybody may do everything again; raises NotPermitted."""
        self._change(lambda execute: execute(f"DELETE FROM {TABLE}", ()), by)  # noqa: S608  constants

    def _change(self, change: Callable[[Execute], object], by: str) -> None:
        """Change the rights in one transaction; raises NotPermitted if *by* may not, LastRight if nobody could afterwards.

        It is run again after a lost connection. If the first run made the change, a person who gave up their own right to give
        rights by it is not refused.
        """
        attempts = iter(range(2))

        def given(execute: Execute) -> list[Granted]:
            return [_granted(row) for row in execute(f"SELECT {', '.join(self.columns)} FROM {TABLE} ORDER BY 1, 2")]  # noqa: S608  constants

        def work(execute: Execute) -> None:
            again, before = next(attempts, 1) > 0, given(execute)
            change(execute)
            left = given(execute)
            if not (again and left == before):
                principal_of(by, before).check(Right.RIGHTS)
            if left and all(each.right is not Right.RIGHTS for each in left):
                raise LastRight

        self._write(work)


def _check_id(person: str) -> None:
    if not ids.is_id("person", person):
        raise BadId(field="person", value=shown(person), expected=ids.FORMS["person"][1])


def principal_of(person: str, given: Sequence[Granted]) -> Principal:
    """Return a person with their rights, with all where none were given to anybody."""
    return Principal(person, (each.right for each in given if each.person == person) if given else Right)


def _granted(row: Sequence[Any]) -> Granted:
    """Return the right of a row; raises ValueError where that holds none."""
    person, right, since, by = row
    return Granted(str(person), Right(right), date.fromisoformat(since), str(by))
