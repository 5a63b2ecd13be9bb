"""The directory of people: names, phones and e-mails behind the opaque ids, outside the log, encrypted and erasable.

Facts name people only by id, so erasing a person changes no fact and no digest. What the directory has of a person is
encrypted under a key of their own (`store/keys.py`); erasing destroys the key. Of an erased person the id and the day
remain: the id is shown as erased and never given to another person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from typing_extensions import override

from dualcert.errors import (
    BadId,
    BadText,
    BadValue,
    PersonErased,
    PersonIdTaken,
    PersonUnreadable,
    UnknownPerson,
    shown,
)
from dualcert.store.keys import ALTERED, MARK, NO_KEY, KeyedTable, PersonKey, Unreadable
from dualcert.store.tables import Execute
from dualcert.values import ids, text
from dualcert.values.addresses import mail_address
from dualcert.values.people import Person

__all__ = ["Directory", "Person"]

TABLE = "dualcert_people"
COLUMNS = "person, name, phone, email, erased_on"
ENTRY = "entry"
"""What name, phone and e-mail are encrypted as, together, in the column of the name; an older dualcert has them as plain text."""

Row = Sequence[Any]
Private = tuple[str | None, str | None, str | None]
_PRIVATE: msgspec.json.Decoder[Private] = msgspec.json.Decoder(Private)
_TEXTS = {str, type(None)}


class Directory(KeyedTable):
    """The directory that belongs to a store: `STORE.people`, or a table in PostgreSQL; the keys are `STORE.keys`."""

    suffix = "people"
    table = TABLE
    columns = ("person", "name", "phone", "email", "erased_on")
    declared = "person TEXT PRIMARY KEY, name TEXT, phone TEXT, email TEXT, erased_on TEXT"

    _indexed: tuple[object, list[Person], Mapping[str, list[str]]] | None = None

    def add(self, person: Person) -> None:
        """Add a person, or replace their entry, also one that cannot be read.

        Raises BadId, BadText, BadValue, PersonErased.
        """
        self._replace(person.person, lambda _: person)

    def change(self, person: str, changed: Callable[[Person], Person]) -> Person:
        """Replace a person's entry by what *changed* returns for it, in one transaction, and return the new entry.

        Raises BadId, BadText, BadValue, PersonErased, PersonUnreadable.
        """
        return self._replace(person, lambda known: changed(self._readable(known)))

    def _replace(self, person: str, changed: Callable[[Person], Person]) -> Person:
        def checked(known: Person) -> Person:
            if known.erased_on:
                raise PersonErased(person=person, erased_on=known.erased_on.isoformat())
            new = changed(known)
            _check(new)
            return new

        def work(execute: Execute) -> Person:
            new = checked(_found(execute, person, key) or Person(person))
            _put(execute, new, key)
            return new

        checked(self.entry(person) or Person(person))  # a refused entry makes no directory, and no key
        key = self.keys.of([person])[person]
        return self._write(work)

    def claim(self, people: Sequence[Person]) -> None:
        """Add people under new ids, all of them or none.

        Raises PersonIdTaken if an id was given to another person meanwhile, or somebody of the same name was added; BadId,
        BadText, BadValue.
        """
        for person in people:
            _check(person)
        keys = self.keys.of(person.person for person in people)
        attempts = iter(range(2))

        def work(execute: Execute) -> None:
            lost = next(attempts, 1) > 0  # the connection broke: this claim may have added them already
            everybody = self._people([_checked(row) for row in execute(f"SELECT {COLUMNS} FROM {TABLE}")])  # noqa: S608  constants
            others = [known for known in everybody if not (lost and known in people)]
            taken = {known.person for known in others}
            names = {text.person_name(known.name) for known in others if known.name}
            for person in people:
                if person.person in taken or text.person_name(person.name or "") in names:
                    raise PersonIdTaken(person=person.person)
                _put(execute, person, keys[person.person])

        if people:
            self._write(work)

    def erase(self, person: str, on: date) -> None:
        """Erase a person for good: destroy their key, then empty their entry, and overwrite the bytes of both.

        Raises:
            UnknownPerson: the directory has no such person.
            StoreBusy: the person is erased, but the bytes cannot be overwritten yet; erasing again overwrites them.
        """
        known = self.entry(person)
        if known is None:
            raise UnknownPerson(person=shown(person))
        day = self.keys.destroy(person, known.erased_on or on)
        self._write(lambda execute: _put(execute, Person(person, erased_on=day), PersonKey(person)))
        self.keys.overwrite_destroyed()
        self._overwrite_deleted()

    def find(self, person: str) -> Person | None:
        """Return a person's entry, or None; raises PersonUnreadable."""
        found = self.entry(person)
        return self._readable(found) if found else None

    def entry(self, person: str) -> Person | None:
        """Return a person's entry, also one that cannot be read (`Person.unreadable`), or None; nobody has what is no id."""
        if not ids.is_id("person", person):
            return None
        rows = self._select(f"SELECT {COLUMNS} FROM {TABLE} WHERE person = ?", (person,), _checked)  # noqa: S608  constants
        key = self.keys.find(person)  # read after the row: a key is written before its row
        return _person(rows[0], key) if rows else _erased(key)

    def called(self, name: str) -> list[str]:
        """Return the ids of the people with this name, in order; blanks in a Chinese name make no difference.

        Raises PersonUnreadable if anybody cannot be read: the name may be theirs.
        """
        people, index = self._read_once()
        for person in people:
            self._readable(person)
        return list(index.get(text.person_name(name), ()))

    def free_id(self, taken: Iterable[str] = ()) -> str:
        """Return person-N with the next N that no person here has or had, and that is not in *taken*.

        The id is not reserved until it is claimed.
        """
        known = [person.person for person in self._read_once()[0]]
        numbers = (id_.removeprefix("person-") for id_ in (*known, *taken))
        return f"person-{max((int(n) for n in numbers if n.isdecimal()), default=0) + 1}"

    def all(self) -> list[Person]:
        """Return everybody in order of id, also who was erased or cannot be read (`Person.unreadable`)."""
        return list(self._read_once()[0])

    def _read_once(self) -> tuple[list[Person], Mapping[str, list[str]]]:
        """Return everybody, and their ids by name; read and decrypted anew only after a change."""
        state = (self._state(), self.keys._state())  # noqa: SLF001  a table of the same family
        if self._indexed is None or self._indexed[0] != state:
            people = self._everybody()
            index = defaultdict(list)
            for person in people:
                if person.name:
                    index[text.person_name(person.name)].append(person.person)
            self._indexed = state, people, dict(index)
        return self._indexed[1:]

    def _everybody(self) -> list[Person]:
        return self._people(self._select(f"SELECT {COLUMNS} FROM {TABLE}", (), _checked))  # noqa: S608  constants

    def _people(self, rows: Iterable[Row]) -> list[Person]:
        keys = self.keys.all()  # read after the rows: a key is written before its row
        people = {key.person: gone for key in keys.values() if (gone := _erased(key))}
        people |= {row[0]: _person(row, keys.get(row[0])) for row in rows}
        return [people[person] for person in sorted(people)]

    def _readable(self, person: Person) -> Person:
        if person.unreadable:
            raise PersonUnreadable(store=self.place, person=person.person, problem=person.unreadable)
        return person

    @override
    def in_plain_text(self) -> int:
        return sum(map(_is_plain, self.raw()))

    @override
    def _renew(self, execute: Execute) -> None:
        rows = [_checked(row) for row in execute(f"SELECT {COLUMNS} FROM {TABLE}")]  # noqa: S608  constants
        plain = [row for row in rows if _is_plain(row)]
        keys = self.keys.of(row[0] for row in plain)
        for row in plain:
            _put(execute, _person(row, keys[row[0]]), keys[row[0]])


def _found(execute: Execute, person: str, key: PersonKey) -> Person | None:
    rows = execute(f"SELECT {COLUMNS} FROM {TABLE} WHERE person = ?", (person,))  # noqa: S608  constants
    return _person(_checked(rows[0]), key) if rows else None


def _put(execute: Execute, person: Person, key: PersonKey) -> None:
    """Write a person's entry, encrypted under their key."""
    entry = msgspec.json.encode((person.name, person.phone, person.email)).decode()
    erased_on = person.erased_on and person.erased_on.isoformat()
    execute(
        f"INSERT INTO {TABLE} ({COLUMNS}) VALUES (?, ?, NULL, NULL, ?) ON CONFLICT (person) DO UPDATE SET "  # noqa: S608  constants
        "name = excluded.name, phone = excluded.phone, email = excluded.email, erased_on = excluded.erased_on",
        (person.person, None if erased_on else key.hidden(entry, ENTRY), erased_on),
    )


def _checked(row: Row) -> Row:
    """Return a row that can be a person's; raises ValueError for another."""
    if type(row[0]) is not str or not set(map(type, row)) <= _TEXTS:
        raise ValueError(f"a row of {TABLE} holds no person")
    return row


def _is_plain(row: Row) -> bool:
    """Return whether a row has text of a person, none of which is encrypted."""
    stored = [value for value in row[1:4] if value]
    return bool(stored) and not any(value.startswith(MARK) for value in stored)


def _person(row: Row, key: PersonKey | None) -> Person:
    """Return the person of a row, erased if their key was destroyed; raises ValueError where the day is not a date."""
    person, *stored, erased_on = row
    gone = _erased(key)
    if gone or erased_on:
        return gone or Person(person, erased_on=date.fromisoformat(erased_on))
    try:
        return Person(person, *_shown(key, *stored))
    except Unreadable as problem:
        return Person(person, unreadable=str(problem))


def _shown(key: PersonKey | None, name: str | None, phone: str | None, email: str | None) -> Private:
    """Return name, phone and e-mail as they were before they were encrypted, if they are; raises Unreadable."""
    if MARK not in f"{name}{phone}{email}":  # no text has this character
        return name, phone, email
    if key is None:
        raise Unreadable(NO_KEY)
    if not name or phone or email:
        raise Unreadable(ALTERED)
    return _PRIVATE.decode(key.shown(name, ENTRY))


def _erased(key: PersonKey | None) -> Person | None:
    """Return the person whose key was destroyed; None for another key."""
    return Person(key.person, erased_on=key.erased_on) if key and key.erased_on else None


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
