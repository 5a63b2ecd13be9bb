"""Flat records as frames of pandas and polars, and as tables of notebooks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from html import escape
from importlib import import_module
from itertools import islice
from typing import Any

import msgspec

from dualcert.errors import LibraryMissing

SHOWN_ROWS = 100
"""Rows of a table in a notebook."""


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
