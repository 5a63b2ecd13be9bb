"""Answers: frozen values that know their JSON form, tables that know when and how they were read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from types import UnionType
from typing import Any, Generic, TypeVar, get_args

import attrs
import msgspec
from attrs import frozen
from typing_extensions import override

from dualcert.errors import N_, BadValue, shown
from dualcert.projections.view import View
from dualcert.values.dates import Day, day_of


@frozen
class Answer:
    """A value with a JSON form: English keys, ISO dates, words for states."""

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON has it, its fields in their order."""
        return {a.name: as_json(getattr(self, a.name)) for a in attrs.fields(type(self))}

    def to_record(self) -> dict[str, Any]:
        """Return the answer as one flat row: days are dates, percents decimals, fields within are named `cma_state`."""
        return _record_of(self)


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


ABOUT = ("as_of", "known_at", "position")
"""The fields of a table that say when and how it was read."""
RowT = TypeVar("RowT", bound=Answer)
NAMING = ("lab", "county", "pairing", "campaign", "division", "level", "subject")
"""The fields by whose value a row is found; the first that a row has names it."""


@frozen(repr=False)
class Table(Answer, Generic[RowT]):
    """Rows as of a day, as known at an instant, computed at a position of the log.

    It has a length, is iterated row by row, and has a row by the id or code that names it: `answer["140500"]`.

    >>> from dualcert import Registry
    >>> figures = Registry.create(":memory:", policy="shanxi-2023").ratio("city", as_of="2023-09-30")
    >>> len(figures), figures["140500"].name, figures.to_records()[0]["percent"]
    (11, '晋城市', None)
    """

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
        return {name: as_json(getattr(self, name)) for name in (*ABOUT, "rows")}

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[RowT]:
        return iter(self.rows)

    def __getitem__(self, name: str) -> RowT:
        """Return the first row of that id, code or level; raises KeyError."""
        for row in self.rows:
            named = next((value for field in NAMING if (value := getattr(row, field, None)) is not None), None)
            if name == (named.value if isinstance(named, Enum) else named):
                return row
        raise KeyError(name)

    @override
    def __repr__(self) -> str:
        return f"<{type(self).__name__} as of {self.as_of} at position {self.position}: {len(self.rows)} rows>"

    def _repr_html_(self) -> str:
        from dualcert.projections.frames import to_html

        return to_html(self.to_records(), repr(self).strip("<>"))

    def to_records(self) -> list[dict[str, Any]]:
        """Return the rows as flat records; see `to_record`."""
        return [row.to_record() for row in self.rows]

    def to_pandas(self) -> Any:
        """Return the rows as a pandas DataFrame; `as_of`, `known_at` and `position` are in its `attrs`.

        Raises LibraryMissing where pandas is not installed.
        """
        from dualcert.projections.frames import to_pandas

        return to_pandas(self.to_records(), {name: getattr(self, name) for name in ABOUT})

    def to_polars(self) -> Any:
        """Return the rows as a polars DataFrame; raises LibraryMissing where polars is not installed."""
        from dualcert.projections.frames import to_polars

        return to_polars(self.to_records())


def asked_day(value: Day, field: str = "as_of") -> date:
    """Return the day that the caller names; raises BadValue if *value* is not a day."""
    day = day_of(value)
    if day is None:
        raise BadValue(field=field, value=shown(value), expected=N_("a date YYYY-MM-DD"))
    return day


def check_within(within: int | None) -> None:
    """Refuse what is not a number of days from zero on; raises BadValue."""
    if within is not None and (type(within) is not int or within < 0):
        raise BadValue(field="within", value=shown(within), expected=N_("a number of days, from zero"))


PERCENT = "percent"
"""The field of figures that is a decimal number, written as text in JSON."""


def _record_of(answer: Answer) -> dict[str, Any]:
    """Return an answer as a flat record: the fields of an answer within it are named `cma_state`, words are texts."""
    found: dict[str, Any] = {}
    for name, nested in _fields_of(type(answer)).items():
        value = getattr(answer, name)
        if nested is None:
            found[name] = Decimal(value) if name == PERCENT and value is not None else _plain(value)
        else:
            inner = dict.fromkeys(_flat(nested)) if value is None else value.to_record()
            found |= {f"{name}_{key}": each for key, each in inner.items()}
    return found


_Fields = Mapping[str, type[Answer] | None]
_KNOWN: dict[type, _Fields] = {}
"""The fields of each class of answers, once they were asked for."""


def _fields_of(answer: type[Answer]) -> _Fields:
    """Return the fields of a class of answers, each with the class of answers that it holds one of."""
    if answer not in _KNOWN:
        _KNOWN[answer] = {a.name: _nested(a.type) for a in attrs.fields(attrs.resolve_types(answer))}
    return _KNOWN[answer]


def _nested(kind: object) -> type[Answer] | None:
    members = get_args(kind) if isinstance(kind, UnionType) else (kind,)
    return next((each for each in members if isinstance(each, type) and issubclass(each, Answer)), None)


def _flat(answer: type[Answer]) -> tuple[str, ...]:
    """Return the names in a record of a class of answers."""
    nested = ((name, [""] if inner is None else _flat(inner)) for name, inner in _fields_of(answer).items())
    return tuple(f"{name}_{key}" if key else name for name, keys in nested for key in keys)


def _plain(value: object) -> Any:
    if isinstance(value, Answer):
        return value.to_record()
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, str):
        return str(value)  # a sentence that can be translated, too
    return msgspec.to_builtins(value, builtin_types=(date, datetime, Decimal))
