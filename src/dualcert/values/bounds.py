"""What a value that somebody wrote may be: rules that stand beside a field's type, and how they are looked up.

A rule is a function of the value that returns what is wrong with it, or None. It is written where the field is,
`percent: Annotated[int, between(1, 100)]`, so that a field without a rule shows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import date
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec

from dualcert.languages import N_, Phrase
from dualcert.values.dates import EARLIEST, LATEST, plausible
from dualcert.values.ids import is_id
from dualcert.values.text import text_problem, tidy

Rule = Callable[[Any], str | None]
"""What is wrong with a value, or None."""


def between(least: int, most: int) -> Rule:
    """Refuse a number that is not from *least* to *most*."""

    def rule(value: int) -> str | None:
        if least <= value <= most:
            return None
        return Phrase(N_("{value} is not from {least} to {most}"), value=value, least=least, most=most)

    return rule


def tidy_text(limit: int) -> Rule:
    """Refuse a text that is empty, is longer than *limit*, has blanks around it, or what no document can carry."""

    def rule(value: str) -> str | None:
        around = None if tidy(value) == value else N_("has blanks around it, or letters that are not composed (NFC)")
        return text_problem(value, limit) or around

    return rule


def tidy_text_if_any(limit: int) -> Rule:
    """Refuse what `tidy_text` does, but not an empty text."""
    rule = tidy_text(limit)
    return lambda value: rule(value) if value else None


def id_of(kind: str, problem: str) -> Rule:
    """Refuse a text that is no id of *kind*."""
    return lambda value: None if is_id(kind, value) else problem


def in_these_years(value: date) -> str | None:
    """Refuse a day that these books cannot be about."""
    if plausible(value):
        return None
    return Phrase(N_("{day} is not from {earliest} to {latest}"), day=value, earliest=EARLIEST, latest=LATEST)


def each_once(value: Collection[object]) -> str | None:
    """Refuse a list that is empty or names something twice."""
    return None if value and len(set(value)) == len(value) else N_("names each once, and at least one")


def none_twice(value: Collection[object]) -> str | None:
    """Refuse a list that names something twice."""
    return N_("names something twice") if any(each in list(value)[:nth] for nth, each in enumerate(value)) else None


def some(value: Collection[object]) -> str | None:
    """Refuse an empty list."""
    return None if value else N_("is empty")


def problems(table: msgspec.Struct, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield place and problem of every value in *table*, and in the tables within it, that breaks its field's rule."""
    hints = _hints(type(table))
    for name, written_as in zip(table.__struct_fields__, table.__struct_encode_fields__, strict=True):
        yield from _of_value(f"{place}.{written_as}" if place else written_as, getattr(table, name), hints[name])


@cache
def _hints(table: type) -> dict[str, Any]:
    return get_type_hints(table, include_extras=True)


def _of_value(place: str, value: object, hint: object) -> Iterator[tuple[str, str]]:
    if value is None or value is msgspec.UNSET:
        return
    if isinstance(value, msgspec.Struct):
        yield from problems(value, place)
        return
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        yield from ((place, problem) for rule in inner[1:] if (problem := rule(value)))
        yield from _of_value(place, value, inner[0])
    elif origin in {Union, UnionType}:
        for each in inner:
            yield from _of_value(place, value, each)
    elif origin is tuple and isinstance(value, tuple):
        for nth, each in enumerate(value):
            yield from _of_value(f"{place}[{nth}]", each, inner[0])
