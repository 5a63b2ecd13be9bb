"""The keys of people, in a table of their own beside the log: what other tables have of a person is encrypted under theirs.

Erasing a person destroys the key, and with it whatever was encrypted under it, in every copy. Of a key that was destroyed the
id and the day remain. What is encrypted is AES-256-GCM with a random nonce at every writing, and is bound to its place.
"""

from __future__ import annotations

import binascii
import secrets
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from attrs import field, frozen
from typing_extensions import override

from dualcert.errors import N_, PersonErased, StoreBusy
from dualcert.store.sidetable import SideTable
from dualcert.store.tables import Execute
from dualcert.store.url import Store

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

TABLE = "dualcert_keys"
COLUMNS = "person, secret, erased_on"
KEY_BYTES, NONCE_BYTES = 32, 12
MARK = "\x02"
"""The first character of what is encrypted; no text and no message begins with it."""
NO_KEY = N_("its key is missing")
ALTERED = N_("it was altered, or is of another key")


class Unreadable(ValueError):
    """What was encrypted cannot be decrypted; the text is the reason."""


@frozen
class PersonKey:
    """The key of a person; of one that was destroyed, the day."""

    person: str
    secret: bytes | None = field(default=None, repr=False)
    erased_on: date | None = None

    def encrypted(self, content: bytes, place: str) -> bytes:
        """Return *content* encrypted for *place*, such as a column; raises PersonErased if the key was destroyed."""
        if self.secret is None:
            raise PersonErased(person=self.person, erased_on=self.erased_on.isoformat() if self.erased_on else "")
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + _library()[0](self.secret).encrypt(nonce, content, _bound(self.person, place))

    def decrypted(self, content: bytes, place: str) -> bytes:
        """Return what `encrypted` was given; raises Unreadable."""
        cipher, invalid = _library()
        try:
            nonce, hidden = content[:NONCE_BYTES], content[NONCE_BYTES:]
            return cipher(self.secret or b"").decrypt(nonce, hidden, _bound(self.person, place))
        except (invalid, ValueError):
            raise Unreadable(ALTERED) from None

    def hidden(self, text: str, place: str) -> str:
        """Return a text encrypted for *place*, as a text; raises PersonErased if the key was destroyed."""
        return MARK + binascii.b2a_base64(self.encrypted(text.encode(), place), newline=False).decode()

    def shown(self, text: str, place: str) -> str:
        """Return the text that `hidden` was given; raises Unreadable."""
        try:
            content = binascii.a2b_base64(text.removeprefix(MARK), strict_mode=True)
        except ValueError:
            raise Unreadable(ALTERED) from None
        return self.decrypted(content, place).decode()


@cache
def _library() -> tuple[type[AESGCM], type[Exception]]:
    """Return the cipher and its error; what reads nothing of people does not import them."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM, InvalidTag


def _bound(person: str, place: str) -> bytes:
    """Return the associated data that bind what is encrypted to its person and its place."""
    return f"{person}\n{place}".encode()


class Keys(SideTable):
    """The keys that belong to a store: `STORE.keys`, or a table in PostgreSQL."""

    suffix = "keys"
    table = TABLE
    columns = ("person", "secret", "erased_on")
    declared = "person TEXT PRIMARY KEY, secret BLOB, erased_on TEXT"

    def all(self) -> dict[str, PersonKey]:
        """Return every key, those that were destroyed included, by the id of its person."""
        return {key.person: key for key in self._select(f"SELECT {COLUMNS} FROM {TABLE}", (), _key)}  # noqa: S608  constants

    def find(self, person: str) -> PersonKey | None:
        """Return the key of a person, or None."""
        found = self._select(f"SELECT {COLUMNS} FROM {TABLE} WHERE person = ?", (person,), _key)  # noqa: S608  constants
        return found[0] if found else None

    def of(self, people: Iterable[str]) -> dict[str, PersonKey]:
        """Return the keys of these people; a person who never had one gets one."""
        wanted = set(people)
        known = self.all() if len(wanted) > 1 else {key.person: key for key in map(self.find, wanted) if key}
        if wanted <= known.keys():
            return {person: known[person] for person in wanted}
        new = [PersonKey(person, secrets.token_bytes(KEY_BYTES)) for person in sorted(wanted - known.keys())]
        stored = self._write(lambda execute: [_put(execute, key) for key in new])
        return {**{person: known[person] for person in wanted & known.keys()}, **{key.person: key for key in stored}}

    def destroy(self, person: str, on: date) -> date:
        """Destroy the key of a person, who may have none, and return the day on which that was done first."""

        def work(execute: Execute) -> date:
            return _destroyed(execute, PersonKey(person, erased_on=on))

        return self._write(work)

    def merge(self, keys: Iterable[PersonKey]) -> None:
        """Take the keys of people who have none here, and destroy those that were destroyed there."""
        known = self.all()
        new = [key for key in keys if key.person not in known or (key.erased_on and not known[key.person].erased_on)]

        def work(execute: Execute) -> bool:
            there = {row[0] for row in execute(f"SELECT person FROM {TABLE} WHERE erased_on IS NULL")}  # noqa: S608  constants
            for key in new:
                (_destroyed if key.erased_on else _put)(execute, key)
            return any(key.erased_on and key.person in there for key in new)

        if not new:
            return
        destroyed = self._write(work)
        if destroyed or any(key.erased_on and key.person in known for key in new):
            self._overwrite_deleted()

    def overwrite_destroyed(self) -> None:
        """Overwrite the bytes of destroyed keys; raises StoreBusy while other connections keep them readable."""
        self._overwrite_deleted()


def _put(execute: Execute, key: PersonKey) -> PersonKey:
    """Add the key of a person who has none, and return the one that they have."""
    insert = f"INSERT INTO {TABLE} ({COLUMNS}) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"  # noqa: S608  constants
    execute(insert, (key.person, key.secret, key.erased_on and key.erased_on.isoformat()))
    return _key(execute(f"SELECT {COLUMNS} FROM {TABLE} WHERE person = ?", (key.person,))[0])  # noqa: S608  constants


def _destroyed(execute: Execute, key: PersonKey) -> date:
    """Destroy a key, unless it was destroyed before, and return the day on which it was."""
    assert key.erased_on
    update = f"UPDATE {TABLE} SET secret = NULL, erased_on = ? WHERE person = ? AND erased_on IS NULL"  # noqa: S608  constants
    execute(update, (key.erased_on.isoformat(), key.person))
    return _put(execute, key).erased_on or key.erased_on


def _key(row: Sequence[Any]) -> PersonKey:
    """Return the key of a row; raises ValueError where that holds none."""
    person, secret, erased_on = row
    if type(person) is not str or not isinstance(secret, bytes | None) or (secret is None) == (erased_on is None):
        raise ValueError(f"a row of {TABLE} holds no key")
    return PersonKey(person, secret, date.fromisoformat(erased_on) if erased_on else None)


class KeyedTable(SideTable, ABC):
    """A table whose rows have what belongs to people, encrypted under their keys."""

    def __init__(self, store: Store, keys: Keys | None = None) -> None:
        super().__init__(store)
        self._closes = keys is None
        self.keys = keys or Keys(store)

    @override
    def exists(self) -> bool:
        """Return whether the table was made; raises the errors of `open` for it and for the keys."""
        self.keys.exists()
        return super().exists()

    @override
    def close(self) -> None:
        if self._closes:
            self.keys.close()
        super().close()

    @override
    def _after_renewal(self) -> None:
        with suppress(StoreBusy):  # 'doctor --fix' overwrites the plain text, too
            self._overwrite_deleted()

    @abstractmethod
    def in_plain_text(self) -> int:
        """Return how many rows have what belongs to people in plain text: those that an older dualcert wrote."""

    def encrypt(self) -> None:
        """Encrypt the rows that are in plain text, and overwrite their bytes, also those that were encrypted before.

        Raises StoreReadOnly, and StoreBusy while other connections keep those bytes readable.
        """
        if self.in_plain_text():
            self._write(self._renew)
        self._overwrite_deleted()
