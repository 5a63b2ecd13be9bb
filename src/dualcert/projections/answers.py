"""Answers: frozen values that know their JSON form, tables that know when and how they were read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Generic, TypeVar, get_args

import attrs
import msgspec
from attrs import frozen
from typing_extensions import override

from dualcert.errors import N_, BadValue, shown
from dualcert.projections.view import View


@frozen
class Answer:
    """A value with a JSON form: English keys, ISO dates, words for states."""

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON has it, its fields in their order."""
        return {a.name: as_json(getattr(self, a.name)) for a in attrs.fields(type(self))}


def as_json(value: object) -> object:
    """Return *value* as JSON has it."""
    if isinstance(value, Answer):
        return value.to_dict()
    if isinstance(value, tuple):
        return [as_json(each) for each in value]
    if isinstance(value, str):
        return str(value)  # a sentence that can be translated, too
    return msgspec.to_builtins(value)


def check_choice(field: str, value: str, choices: object) -> None:
    """Check that a word of a question is one of *choices*, a Literal.

    Raises:
        BadValue: it is not.
    """
    if value not in get_args(choices):
        raise BadValue(field=field, value=shown(value), expected=" | ".join(get_args(choices)))


RowT = TypeVar("RowT", bound=Answer)


@frozen
class Table(Answer, Generic[RowT]):
    """Rows as of a day, as known at an instant, computed at a position of the log."""

    as_of: date
    known_at: datetime | None
    position: int
    rows: tuple[RowT, ...]

    @classmethod
    def of(cls, view: View, as_of: date, rows: Iterable[RowT]) -> Table[RowT]:
        """Return *rows* with the day and the position that they were read at."""
        return cls(as_of=as_of, known_at=view.known_at, position=view.position, rows=tuple(rows))

    @override
    def to_dict(self) -> dict[str, Any]:
        return {name: as_json(getattr(self, name)) for name in ("as_of", "known_at", "position", "rows")}


def check_days(field: str, days: int | None) -> None:
    """Refuse a number of days that is none, or less than zero; raises BadValue."""
    if days is not None and (type(days) is not int or days < 0):
        raise BadValue(field=field, value=shown(days), expected=N_("a number of days, from zero"))
