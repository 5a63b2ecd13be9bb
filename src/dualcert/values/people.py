"""A person as the directory knows them; facts have only the id."""

from __future__ import annotations

from datetime import date
from typing import Any

from attrs import frozen


@frozen
class Person:
    """A person as the directory has them; of an erased one only the id and the day are left."""

    person: str
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    erased_on: date | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the person in the form of JSON."""
        return {
            "person": self.person,
            "name": self.name,
            "phone": self.phone,
            "email": self.email,
            "erased_on": self.erased_on.isoformat() if self.erased_on else None,
        }
