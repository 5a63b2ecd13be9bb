"""The root of the tree of refusals, and how a refusal is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Self

import attrs
from attrs import define

Translate = Callable[[str], str]

SHOWN = 80
"""How many characters of a hostile value a message repeats."""


def N_(message: str) -> str:  # noqa: N802  the name that gettext tools look for
    """Mark *message* for translation; it is translated where it is shown."""
    return message


class Phrase(str):
    """A sentence with values in it that is translated where it is shown; elsewhere it is its English text."""

    __slots__ = ("template", "values")
    template: str
    values: dict[str, object]

    def __new__(cls, template: str, **values: object) -> Self:
        """Return the sentence that *template* and *values* make."""
        phrase = super().__new__(cls, template.format(**values))
        phrase.template, phrase.values = template, values
        return phrase

    def __reduce__(self) -> tuple[Any, ...]:
        return _phrased, (self.template, self.values)


def _phrased(template: str, values: dict[str, object]) -> Phrase:
    return Phrase(template, **values)


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
    template: ClassVar[str] = N_("something went wrong")

    def facts(self) -> dict[str, Any]:
        """Return the fields of this refusal by name, as they stand in JSON."""
        return {a.name: _plain(getattr(self, a.name)) for a in attrs.fields(type(self))}

    def render(self, translate: Translate = str) -> str:
        """Return the sentence of this refusal in the language of *translate*."""
        values = {a.name: _told(a.name, getattr(self, a.name), translate) for a in attrs.fields(type(self))}
        return translate(self.template).format(**values)

    def __str__(self) -> str:
        return self.render()

    def __reduce__(self) -> tuple[Any, ...]:
        fields = {a.name: getattr(self, a.name) for a in attrs.fields(type(self))}
        return _rebuilt, (type(self), fields)


def _rebuilt(cls: type[DualcertError], fields: dict[str, Any]) -> DualcertError:
    return cls(**fields)


TERMS = frozenset({"expected", "found", "level", "problem", "programme", "standing", "state"})
"""The fields whose values are words of ours, not of the one who asked."""


def _told(name: str, value: object, translate: Translate) -> object:
    """Return *value* as a sentence says it; what we say of it ourselves is translated, too."""
    if isinstance(value, DualcertError):
        return value.render(translate)
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, Phrase):
        return translate(value.template).format(**value.values)
    return translate(value) if name in TERMS and isinstance(value, str) and value else value


def _plain(value: object) -> Any:
    if isinstance(value, DualcertError):
        return {"code": value.code, "message": str(value), **value.facts()}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value if type(value) in {str, int, bool, type(None)} else str(value)


@define(kw_only=True, eq=False)
class Refused(DualcertError):
    """Some input was refused; nothing was recorded."""

    code = "refused"


@define(kw_only=True, eq=False)
class Remark(DualcertError):
    """Something odd that was recorded all the same; never raised."""

    code = "remark"
