"""How refusals are defined: their annotated fields are given by keyword.

attrs would make methods for each of more than 160 classes, and every start of the program would wait for it; see docs/adr/0059.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, dataclass_transform

C = TypeVar("C", bound=type)

NEEDED = object()
"""The default of a field that has none."""


@dataclass_transform(kw_only_default=True, eq_default=False)
def define(*, kw_only: bool, eq: bool) -> Callable[[C], C]:
    """Decorate a class whose annotated fields, and those of its bases, its `__init__` takes by keyword.

    The arguments are those of `attrs.define` in which these classes are written.
    """
    if not kw_only or eq:
        raise TypeError("a refusal's fields are keywords, and it equals only itself")
    return _defined


def _defined(cls: C) -> C:
    fields: dict[str, object] = {}
    for base in reversed(cls.__mro__):
        for name, default in _own(base).items():
            fields.pop(name, None)
            fields[name] = default
    cls.__fields__ = fields  # type: ignore[attr-defined]
    return cls


def _own(cls: type) -> Mapping[str, object]:
    """Return the fields that a class itself annotates, with their defaults."""
    if cls.__module__.partition(".")[0] != __name__.partition(".")[0]:
        return {}
    annotations: Mapping[str, object] = cls.__annotations__
    own = (name for name, kind in annotations.items() if not str(kind).startswith("ClassVar"))
    return {name: cls.__dict__.get(name, NEEDED) for name in own}


def taken(cls: type, given: Mapping[str, object]) -> dict[str, Any]:
    """Return the value of each field of a class, in order; raises TypeError where one is missing or unknown."""
    fields: Mapping[str, object] = cls.__fields__  # type: ignore[attr-defined]
    values = {name: given.get(name, default) for name, default in fields.items()}
    wrong = [*(given.keys() - fields.keys()), *(name for name, value in values.items() if value is NEEDED)]
    if wrong:
        raise TypeError(f"{cls.__name__} takes {', '.join(fields) or 'nothing'}; see {', '.join(sorted(wrong))}")
    return values
