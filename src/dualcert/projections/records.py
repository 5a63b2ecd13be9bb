"""Answers as records and frames: flat rows with dates that are dates, for programs that compute on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from html import escape
from importlib import import_module
from itertools import islice
from types import UnionType
from typing import Any, get_args

import attrs
import msgspec

from dualcert.errors import LibraryMissing
from dualcert.projections import answers

_Columns = Mapping[str, type[answers.Answer] | None]
PERCENT = "percent"
"""The field of figures that is a decimal number, written as text in JSON."""
SHOWN_ROWS = 100
"""Rows of a table in a notebook."""


def record_of(answer: answers.Answer) -> dict[str, Any]:
    """Return an answer as a flat record: the fields of an answer within it are named `cma_state`, words are texts."""
    found: dict[str, Any] = {}
    for name, nested in _columns(type(answer)).items():
        value = getattr(answer, name)
        if nested is None:
            found[name] = Decimal(value) if name == PERCENT and value is not None else _plain(value)
        else:
            inner = dict.fromkeys(_flat(nested)) if value is None else value.to_record()
            found |= {f"{name}_{key}": each for key, each in inner.items()}
    return found


_KNOWN: dict[type, _Columns] = {}
"""The columns of each class of answers, once they were asked for."""


def _columns(answer: type[answers.Answer]) -> _Columns:
    """Return the fields of a class of answers, each with the class of answers that it holds one of."""
    if answer not in _KNOWN:
        _KNOWN[answer] = {a.name: _nested(a.type) for a in attrs.fields(attrs.resolve_types(answer))}
    return _KNOWN[answer]


def _nested(kind: Any) -> type[answers.Answer] | None:
    members = get_args(kind) if isinstance(kind, UnionType) else (kind,)
    return next((each for each in members if isinstance(each, type) and issubclass(each, answers.Answer)), None)


def _flat(answer: type[answers.Answer]) -> tuple[str, ...]:
    """Return the names of the columns of a record."""
    nested = ((name, [""] if inner is None else _flat(inner)) for name, inner in _columns(answer).items())
    return tuple(f"{name}_{key}" if key else name for name, keys in nested for key in keys)


def _plain(value: object) -> Any:
    if isinstance(value, answers.Answer):
        return value.to_record()
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, str):
        return str(value)  # a sentence that can be translated, too
    return msgspec.to_builtins(value, builtin_types=(date, datetime, Decimal))


def columns_of(records: Iterable[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return records as columns for frames: decimals are floats, and what has keys of its own is JSON text."""
    rows = list(records)
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: _cells([row.get(name) for row in rows]) for name in names}


def _cells(column: list[Any]) -> list[Any]:
    if any(
        isinstance(cell, dict) or (isinstance(cell, list) and cell and isinstance(cell[0], dict)) for cell in column
    ):
        return [None if cell is None else msgspec.json.encode(cell).decode() for cell in column]
    return [float(cell) if isinstance(cell, Decimal) else cell for cell in column]


def to_pandas(records: Iterable[Mapping[str, Any]], about: Mapping[str, Any]) -> Any:
    """Return a pandas DataFrame whose days are `datetime64`; its `attrs` are *about*. Raises LibraryMissing."""
    pandas = _library("pandas")
    frame = pandas.DataFrame({name: _series(pandas, cells) for name, cells in columns_of(records).items()})
    frame.attrs = dict(about)
    return frame


def _series(pandas: Any, cells: list[Any]) -> Any:
    known = [cell for cell in cells if cell is not None]
    days = bool(known) and all(type(cell) is date for cell in known)
    return pandas.to_datetime(pandas.Series(cells)) if days else pandas.Series(cells)


def to_polars(records: Iterable[Mapping[str, Any]]) -> Any:
    """Return a polars DataFrame. Raises LibraryMissing."""
    return _library("polars").DataFrame(columns_of(records))


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise LibraryMissing(library=name, problem=str(error)) from None


def to_html(records: Iterable[Mapping[str, Any]], caption: str) -> str:
    """Return a table for notebooks, of the first rows."""
    columns = columns_of(islice(records, SHOWN_ROWS))
    head = "".join(f"<th>{escape(name)}</th>" for name in columns)
    rows = zip(*columns.values(), strict=True)
    body = "".join(f"<tr>{''.join(f'<td>{_shown(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _shown(cell: object) -> str:
    return "" if cell is None else escape(str(cell))
