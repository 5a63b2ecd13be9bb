"""The root of the tree of refusals, and how a refusal becomes a sentence or JSON."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar

from dualcert.errors.defining import define, taken
from dualcert.languages import N_, Phrase, Translate

SHOWN = 80
"""How many characters of a hostile value a message repeats."""


def shown(value: object) -> str:
    """Return *value* escaped and cut, fit for one line of a message."""
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


@define(kw_only=True, eq=False)
class DualcertError(Exception):
    """The root of everything that dualcert refuses or cannot do.

    `code` is stable and English; `template` is the sentence in English, filled from the fields.
    """

    code: ClassVar[str] = "error"
    category: ClassVar[str] = "invalid"
    """What kind of error it is, as its class is: not-found, already-exists, invalid, unavailable or forbidden."""
    template: ClassVar[str] = N_("something went wrong")
    __fields__: ClassVar[dict[str, object]]

    if not TYPE_CHECKING:  # type checkers know it by the decorator

        def __init__(self, **given: object) -> None:
            values = taken(type(self), given)
            super().__init__()
            self.__dict__.update(values)

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.fields().items())
        return f"{type(self).__name__}({fields})"

    def fields(self) -> dict[str, Any]:
        """Return the fields of this refusal by name, with their values."""
        return {name: getattr(self, name) for name in type(self).__fields__}

    def facts(self) -> dict[str, Any]:
        """Return the fields of this refusal by name, as JSON has them."""
        return {name: _plain(value) for name, value in self.fields().items()}

    def render(self, translate: Translate = str) -> str:
        """Return the sentence of this refusal in the language of *translate*."""
        values = {name: _worded(name, value, translate) for name, value in self.fields().items()}
        return translate(self.template).format(**values)

    def __str__(self) -> str:
        return self.render()

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (type(self), self.fields())


def _rebuilt(cls: type[DualcertError], fields: dict[str, Any]) -> DualcertError:
    return cls(**fields)


TERMS = frozenset({"expected", "found", "level", "problem", "programme", "standing", "state"})
"""The fields whose texts are words of ours, not of the user."""


def _worded(name: str, value: object, translate: Translate) -> object:
    """Return *value* as it appears in a sentence, with our own words translated."""
    if isinstance(value, DualcertError):
        return value.render(translate)
    if isinstance(value, tuple):
        return ", ".join(str(_worded(name, each, str)) for each in value)
    if isinstance(value, Phrase):
        return value.render(translate)
    if isinstance(value, date):
        return value.isoformat()
    ours = isinstance(value, Enum) or (name in TERMS and isinstance(value, str) and value)
    return translate(str(value.value if isinstance(value, Enum) else value)) if ours else value


def _plain(value: object) -> object:
    """Return *value* in the form of JSON: enums as their value, dates as YYYY-MM-DD."""
    match value:
        case DualcertError():
            return {"code": value.code, "message": str(value), **value.facts()}
        case Enum():
            return value.value
        case tuple():
            return [_plain(each) for each in value]
        case date():
            return value.isoformat()
    return value if type(value) in {str, int, bool, type(None)} else str(value)


@define(kw_only=True, eq=False)
class NotFound(DualcertError):
    """Something that was named is not there."""

    code = category = "not-found"


@define(kw_only=True, eq=False)
class AlreadyExists(DualcertError):
    """Something is there already, or was done already."""

    code = category = "already-exists"


@define(kw_only=True, eq=False)
class Invalid(DualcertError):
    """What was asked is not well formed, or against the rules as the books stand."""

    code = category = "invalid"


@define(kw_only=True, eq=False)
class Unavailable(DualcertError):
    """Something that is needed cannot be had now; the same may succeed later."""

    code = category = "unavailable"


@define(kw_only=True, eq=False)
class LibraryMissing(Unavailable):
    """A library that only this answer needs is not installed."""

    code = "library-missing"
    template = N_("this needs pip install {library} ({problem})")
    library: str
    problem: str


@define(kw_only=True, eq=False)
class Forbidden(DualcertError):
    """It is not allowed here, until somebody allows it."""

    code = category = "forbidden"


CATEGORIES: tuple[type[DualcertError], ...] = (NotFound, AlreadyExists, Forbidden, Unavailable, Invalid)
"""The kinds of refusals, which hosts tell apart without knowing each code."""


@define(kw_only=True, eq=False)
class Refused(DualcertError):
    """Some input was refused; nothing was recorded."""

    code = "refused"


@define(kw_only=True, eq=False)
class Remark(DualcertError):
    """Something odd that was recorded all the same; never raised."""

    code = "remark"
