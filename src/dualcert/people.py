"""The directory of people: names, phones and e-mails behind the opaque ids, outside the log and erasable.

Facts name people only by id, so erasing a person touches no fact and no digest. What is left of an erased
person is the id and the day: it is shown as erased and never given to another.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from attrs import evolve, frozen

from dualcert.beside import Beside
from dualcert.errors import BadId, BadText, BadValue, PersonErased, UnknownPerson, shown
from dualcert.values import ids, text
from dualcert.values.addresses import mail_address

TABLE = "dualcert_people"
WIDE_BLANK = "\u3000"
COLUMNS = "person, name, phone, email, erased_on"


@frozen
class Person:
    """A person as the directory has them; of an erased one only the id and the day are left."""

    person: str
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    erased_on: date | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the person as JSON has it."""
        return {
            "person": self.person,
            "name": self.name,
            "phone": self.phone,
            "email": self.email,
            "erased_on": self.erased_on.isoformat() if self.erased_on else None,
        }


class Directory(Beside):
    """The directory that belongs to a store: `STORE.people`, or a table in PostgreSQL."""

    suffix = "people"
    table = TABLE
    columns = "person TEXT PRIMARY KEY, name TEXT, phone TEXT, email TEXT, erased_on TEXT"

    def add(self, person: Person) -> None:
        """Add a person, or change what is known of them; raises BadId, BadText, BadValue, PersonErased."""
        _check(person)
        known = self.find(person.person)
        if known and known.erased_on:
            raise PersonErased(person=person.person, erased_on=known.erased_on.isoformat())
        self._put(person)

    def erase(self, person: str, on: date) -> None:
        """Erase name, phone and e-mail for good; an erased one stays so. Raises UnknownPerson."""
        known = self.find(person)
        if known is None:
            raise UnknownPerson(person=shown(person))
        if known.erased_on is None:
            self._put(Person(person, erased_on=on))
            self._forget()

    def find(self, person: str) -> Person | None:
        """Return what is known of a person, or None."""
        found = self._execute(f"SELECT {COLUMNS} FROM {TABLE} WHERE person = ?", (person,)).fetchone()  # noqa: S608  constants
        return _person(found) if found else None

    def called(self, name: str) -> list[str]:
        """Return the ids of those who are called so, blanks in a Chinese name aside, in order; erased ones have no name."""
        rows = self._execute(
            f"SELECT person, name FROM {TABLE} WHERE REPLACE(REPLACE(name, ' ', ''), ?, '') = ? ORDER BY person",  # noqa: S608  constants
            (WIDE_BLANK, "".join(name.split())),
        ).fetchall()
        return [person for person, known in rows if text.person_name(known) == text.person_name(name)]

    def free_id(self, taken: Sequence[str] = ()) -> str:
        """Return person-N with the next N that nobody here has or had, and none of *taken*."""
        known = [person.person for person in self.all()]
        numbers = (id_.removeprefix("person-") for id_ in (*known, *taken))
        return f"person-{max((int(n) for n in numbers if n.isdecimal()), default=0) + 1}"

    def all(self) -> list[Person]:
        """Return everybody, erased ones included, in order of id."""
        return [_person(row) for row in self._execute(f"SELECT {COLUMNS} FROM {TABLE} ORDER BY person").fetchall()]  # noqa: S608  constants

    def _put(self, person: Person) -> None:
        values = list(person.to_dict().values())
        marks = ", ".join("?" * len(values))
        self._execute(
            f"INSERT INTO {TABLE} ({COLUMNS}) VALUES ({marks}) ON CONFLICT (person) DO UPDATE SET "  # noqa: S608  constants
            "name = excluded.name, phone = excluded.phone, email = excluded.email, erased_on = excluded.erased_on",
            values,
        )


def _person(row: Sequence[Any]) -> Person:
    person = Person(*row)
    return evolve(person, erased_on=date.fromisoformat(row[4])) if row[4] else person


def _check(person: Person) -> None:
    if not ids.is_id("person", person.person):
        raise BadId(field="person", value=shown(person.person), expected=ids.FORMS["person"][1])
    for field in ("name", "phone", "email"):
        value = getattr(person, field)
        problem = text.trouble(value, text.NAME_LIMIT) if value is not None else None
        if problem:
            raise BadText(field=field, problem=problem)
    if person.email is not None:
        try:
            mail_address(person.email)
        except ValueError:
            raise BadValue(field="email", value=shown(person.email), expected="an e-mail address") from None
