"""Texts of others: what plugins, servers and libraries say is shown on one line, without secrets and without people.

An error's text may raise, name people and their addresses, repeat a secret, or move the cursor of a terminal.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterable, Iterator

from attrs import define, field

from dualcert.reporting.secrets import spellings, without_secrets
from dualcert.values.people import Person

_SIGN = r"[^\s<>()\[\]\"',;:=]"
ADDRESS = re.compile(rf"(?<!{_SIGN}){_SIGN}+@{_SIGN}+")
"""Matches what looks like an address of e-mail, whosever it is; it begins where a word does, or a long word takes hours."""
HIDDEN = "***"
SHORTEST = 2
"""The least length of a name that is taken out of texts; a Chinese name has two characters."""


def error_text(error: BaseException) -> str:
    """Return an error's type and text, whatever its text raises, also where that is SystemExit.

    Of the errors that attrs makes only the sentence is kept: what follows it repeats the class and the value.
    """
    name = error_name(error)
    try:
        sentence = error.args[0] if len(error.args) > 1 and type(error.args[0]) is str else str(error)
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001  a plugin's text may raise anything
        return f"{name}: its text cannot be had"
    return f"{name}: {sentence}" if sentence else name


def error_name(error: BaseException) -> str:
    """Return the name of an error's type, whatever its metaclass says."""
    return type.__dict__["__name__"].__get__(type(error))  # type: ignore[no-any-return]


def error_place(error: BaseException) -> str:
    """Return the traceback of an error, for the author of a plugin."""
    try:
        return "".join(traceback.format_exception(error))
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001  a plugin's text may raise anything
        return error_name(error)


def one_line(text: str) -> str:
    """Return *text* on one line, with what a terminal would obey written as an escape."""
    return "".join(map(_shown, " ".join(text.split())))


def _shown(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode()


@define
class Discretion:
    """Takes secrets, names, phones and addresses out of texts, however they are spelt.

    `words` are those that it takes out besides the secrets of the configuration and whatever looks like an address.
    """

    words: frozenset[str] = frozenset()
    _spellings: tuple[tuple[str, str], ...] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._spellings = tuple(_spellings(self.words))

    @classmethod
    def about(cls, people: Iterable[Person]) -> Discretion:
        """Return the discretion that keeps these people out of texts."""
        return cls(frozenset(word for each in people for word in (each.name, each.phone, each.email) if word))

    def __call__(self, text: str) -> str:
        """Return *text* on one line, without what it may not tell."""
        hidden = ADDRESS.sub(HIDDEN, self._without_words(without_secrets(text)))
        return self._without_words(without_secrets(one_line(hidden)))

    def kept(self, text: str) -> str:
        """Return *text* with its lines, without what it may not tell: for tracebacks."""
        return "\n".join(" " * (len(line) - len(line.lstrip())) + self(line) for line in text.splitlines())

    def _without_words(self, text: str) -> str:
        lowered = text.lower()
        found = [pattern for spelling, pattern in self._spellings if spelling in lowered]
        return re.sub("|".join(found), HIDDEN, text, flags=re.IGNORECASE) if found else text


def _spellings(words: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield every spelling of the words with its pattern, long ones first.

    The part of an address before the @ is a word, too, where it stands by itself.
    """
    found: dict[str, str] = {}
    for word in words:
        if len(word) >= SHORTEST:
            found |= {spelling.lower(): re.escape(spelling) for spelling in spellings(word)}
        part, at, _ = word.partition("@")
        if at and len(part) >= SHORTEST:
            for spelling in spellings(part):
                found.setdefault(spelling.lower(), rf"(?<!\w){re.escape(spelling)}(?!\w)")
    yield from sorted(found.items(), key=lambda each: -len(each[0]))
