"""The languages of dualcert: gettext over the catalogs that ship, and texts marked for translation."""

from __future__ import annotations

import gettext
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Self

DOMAIN = "dualcert"
LANGUAGES = {"zh": "zh_CN", "en": "en"}

Translate = Callable[[str], str]
"""A message in English -> the message in the reader's language."""


def N_(message: str) -> str:  # noqa: N802  the name that gettext tools look for
    """Mark *message* for translation; it is translated where it is shown."""
    return message


class Phrase(str):
    """A sentence with values in it that is translated where it is shown; elsewhere it is its English text.

    A value that is a tuple is shown as a list of its members.
    """

    __slots__ = ("template", "values")
    template: str
    values: dict[str, object]

    def __new__(cls, template: str, **values: object) -> Self:
        """Return the sentence that *template* and *values* make."""
        phrase = super().__new__(cls, _filled(template, values, str))
        phrase.template, phrase.values = template, values
        return phrase

    def render(self, translate: Translate) -> str:
        """Return the sentence in the language of *translate*."""
        return _filled(self.template, self.values, translate)

    def __reduce__(self) -> tuple[Any, ...]:
        return _phrased, (self.template, self.values)


SEPARATOR = N_(", ")
"""The text between the members of a list."""


def _filled(template: str, values: dict[str, object], translate: Translate) -> str:
    shown = {k: translate(SEPARATOR).join(map(str, v)) if isinstance(v, tuple) else v for k, v in values.items()}
    return translate(template).format(**shown)


def _phrased(template: str, values: dict[str, object]) -> Phrase:
    return Phrase(template, **values)


def translator(language: str) -> Translate:
    """Return the function that translates our messages into *language* (zh, en)."""
    return _catalog(language).gettext


@cache
def _catalog(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, catalogs(), [LANGUAGES[language]], fallback=True)


def catalogs() -> Path:
    """Return the folder of the catalogs."""
    return Path(__file__).parent / "locale"
