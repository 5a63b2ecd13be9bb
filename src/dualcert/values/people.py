"""A person as the directory knows them; facts have only the id."""

from __future__ import annotations

from datetime import date
from typing import Any

from attrs import frozen

from dualcert.languages import N_


@frozen
class Person:
    """A person as the directory has them; of an erased one only the id and the day are left.

    Of one who cannot be read, since their key is missing or the entry was altered, `unreadable` is the reason.
    """

    person: str
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    erased_on: date | None = None
    unreadable: str | None = None

    @property
    def mark(self) -> str | None:
        """The template that shows the id of a person who was erased, or who cannot be read; None for others."""
        if self.erased_on:
            return N_("{person} (erased)")
        return N_("{person} (cannot be read)") if self.unreadable else None

    def to_dict(self) -> dict[str, Any]:
        """Return the person in the form of JSON."""
        return {
            "person": self.person,
            "name": self.name,
            "phone": self.phone,
            "email": self.email,
            "erased_on": self.erased_on.isoformat() if self.erased_on else None,
            "unreadable": self.unreadable,
        }
