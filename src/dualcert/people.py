"""The directory of people: names, phones and e-mails behind the opaque ids, outside the log and erasable.

Facts name people only by id, so erasing a person changes no fact and no digest. Of an erased person the id and
the day remain: the id is shown as erased and never given to another person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from attrs import evolve

from dualcert.errors import BadId, BadText, BadValue, PersonErased, PersonIdTaken, UnknownPerson, shown
from dualcert.store.sidetable import SideTable
from dualcert.store.tables import Execute
from dualcert.values import ids, text
from dualcert.values.addresses import mail_address
from dualcert.values.people import Person

__all__ = ["Directory", "Person"]

TABLE = "dualcert_people"
WIDE_BLANK = "\u3000"
COLUMNS = "person, name, phone, email, erased_on"


class Directory(SideTable):
    """The directory that belongs to a store: `STORE.people`, or a table in PostgreSQL."""

    suffix = "people"
    table = TABLE
    columns = ("person", "name", "phone", "email", "erased_on")
    declared = "person TEXT PRIMARY KEY, name TEXT, phone TEXT, email TEXT, erased_on TEXT"

    def add(self, person: Person) -> None:
        """Add a person, or replace their entry; raises BadId, BadText, BadValue, PersonErased."""
        self.change(person.person, lambda _: person)

    def change(self, person: str, changed: Callable[[Person], Person]) -> Person:
        """Replace a person's entry by what *changed* returns for it, in one transaction, and return the new entry.

        Raises BadId, BadText, BadValue, PersonErased.
        """

        def work(execute: Execute) -> Person:
            known = _found(execute, person) or Person(person)
            if known.erased_on:
                raise PersonErased(person=person, erased_on=known.erased_on.isoformat())
            new = changed(known)
            _check(new)
            _put(execute, new)
            return new

        _check(changed(self.find(person) or Person(person)))  # a refused entry makes no directory
        return self._write(work)

    def claim(self, people: Sequence[Person]) -> None:
        """Add people under new ids, all of them or none.

        Raises PersonIdTaken if one of the ids was given to another person meanwhile; BadId, BadText, BadValue.
        """
        for person in people:
            _check(person)
        attempts = iter(range(2))

        def work(execute: Execute) -> None:
            lost = next(attempts, 1) > 0  # the connection broke: this claim may have added them already
            for person in people:
                known = _found(execute, person.person)
                if known and not (lost and known == person):
                    raise PersonIdTaken(person=person.person)
                _put(execute, person)

        if people:
            self._write(work)

    def erase(self, person: str, on: date) -> None:
        """Erase a person's name, phone and e-mail for good.

        Raises:
            UnknownPerson: the directory has no such person.
            StoreBusy: the entry is erased, but its bytes cannot be overwritten yet; erasing again overwrites them.
        """

        def work(execute: Execute) -> None:
            known = _found(execute, person)
            if known is None:
                raise UnknownPerson(person=shown(person))
            if known.erased_on is None:
                _put(execute, Person(person, erased_on=on))

        if self.find(person) is None:
            raise UnknownPerson(person=shown(person))
        self._write(work)
        self._overwrite_deleted()

    def find(self, person: str) -> Person | None:
        """Return a person's entry, or None."""
        found = self._select(f"SELECT {COLUMNS} FROM {TABLE} WHERE person = ?", (person,), _person)  # noqa: S608  constants
        return found[0] if found else None

    def called(self, name: str) -> list[str]:
        """Return the ids of the people with this name, in order; blanks in a Chinese name make no difference."""
        rows = self._select(
            f"SELECT person, name FROM {TABLE} WHERE REPLACE(REPLACE(name, ' ', ''), ?, '') = ? ORDER BY person",  # noqa: S608  constants
            (WIDE_BLANK, "".join(name.split())),
            tuple,
        )
        return [person for person, known in rows if text.person_name(known) == text.person_name(name)]

    def free_id(self, taken: Iterable[str] = ()) -> str:
        """Return person-N with the next N that no person here has or had, and that is not in *taken*.

        The id is not reserved until it is claimed.
        """
        known = [person.person for person in self.all()]
        numbers = (id_.removeprefix("person-") for id_ in (*known, *taken))
        return f"person-{max((int(n) for n in numbers if n.isdecimal()), default=0) + 1}"

    def all(self) -> list[Person]:
        """Return everybody, erased ones included, in order of id."""
        return self._select(f"SELECT {COLUMNS} FROM {TABLE} ORDER BY person", (), _person)  # noqa: S608  constants


def _found(execute: Execute, person: str) -> Person | None:
    rows = execute(f"SELECT {COLUMNS} FROM {TABLE} WHERE person = ?", (person,))  # noqa: S608  constants
    return _person(rows[0]) if rows else None


def _put(execute: Execute, person: Person) -> None:
    values = list(person.to_dict().values())
    marks = ", ".join("?" * len(values))
    execute(
        f"INSERT INTO {TABLE} ({COLUMNS}) VALUES ({marks}) ON CONFLICT (person) DO UPDATE SET "  # noqa: S608  constants
        "name = excluded.name, phone = excluded.phone, email = excluded.email, erased_on = excluded.erased_on",
        values,
    )


def _person(row: Sequence[Any]) -> Person:
    """Return the person of a row; raises ValueError where that holds none."""
    if type(row[0]) is not str or any(value is not None and type(value) is not str for value in row):
        raise ValueError(f"a row of {TABLE} holds no person")
    person = Person(*row)
    return evolve(person, erased_on=date.fromisoformat(row[4])) if row[4] else person


def _check(person: Person) -> None:
    if not ids.is_id("person", person.person):
        raise BadId(field="person", value=shown(person.person), expected=ids.FORMS["person"][1])
    for field in ("name", "phone", "email"):
        value = getattr(person, field)
        problem = text.text_problem(value, text.NAME_LIMIT) if value is not None else None
        if problem:
            raise BadText(field=field, problem=problem)
    if person.email is not None:
        try:
            mail_address(person.email)
        except ValueError:
            raise BadValue(field="email", value=shown(person.email), expected="an e-mail address") from None
