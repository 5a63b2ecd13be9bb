"""Secrets: named in the configuration, looked up when it is read, never printed."""

from __future__ import annotations

import base64
import html
import json
import os
import quopri
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

from attrs import field, frozen

from dualcert.errors import N_, BadConfiguration, Phrase


@frozen
class Secret:
    """A value that is shown only by `reveal()`."""

    _value: str = field(repr=False)

    def reveal(self) -> str:
        """Return the secret itself."""
        return self._value

    def __str__(self) -> str:
        return "***"


def looked_up(place: str, reference: Any) -> Secret:
    """Return the secret that *reference* names: `{env = "NAME"}` or `{file = "PATH"}`.

    Raises BadConfiguration: a secret is never written into the configuration itself.
    """
    match reference:
        case {"env": str(name)} if len(reference) == 1:
            return _known(_from_environment(place, name))
        case {"file": str(name)} if len(reference) == 1:
            return _known(_from_file(place, Path(name)))
    problem = Phrase(N_('{place}: a secret is {{env = "NAME"}} or {{file = "PATH"}}'), place=place)
    raise BadConfiguration(problem=problem)


def without_secrets(text: str) -> str:
    """Return *text* without the secrets that were looked up in this process: plain, quoted or in base64.

    Messages of plugins, servers and libraries may contain them.
    """
    for value in sorted(_KNOWN, key=len, reverse=True):
        text = text.replace(value, "***")
    return text


_KNOWN: set[str] = set()
"""Every form of every secret that was looked up."""
SHORTEST = 3
"""The least length of a secret that is cut out of messages: a shorter one would match parts of ordinary words."""


def _known(value: str) -> Secret:
    _KNOWN.update(form for form in spellings(value) if len(form) >= SHORTEST)
    return Secret(value)


def spellings(value: str) -> set[str]:
    """Return how texts spell *value*: plain, quoted for a URL, in base64, escaped as in Python, JSON and HTML."""
    coded = value.encode("utf-8", "surrogatepass")
    in_base64 = {base64.b64encode(coded).decode(), base64.urlsafe_b64encode(coded).decode()}
    return {
        value,
        quote(coded, safe=""),
        quote(coded, safe="/"),
        quote_plus(coded),
        repr(value)[1:-1],
        ascii(value)[1:-1],
        repr(coded)[2:-1],
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        html.escape(value),
        quopri.encodestring(coded).decode().rstrip("\n"),
        coded.hex(),
        *in_base64,
        *(each.rstrip("=") for each in in_base64),
    }


def holds_secret(content: bytes) -> bool:
    """Return whether *content* has a secret that was looked up, plainly."""
    return any(value.encode("utf-8", "surrogatepass") in content for value in _KNOWN)


def _from_environment(place: str, name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise BadConfiguration(problem=Phrase(N_("{place}: ${name} is not set"), place=place, name=name))
    return value


def _from_file(place: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfiguration(problem=f"{place}: {path}: {error}") from None


def is_reference(value: Any) -> bool:
    """Return whether *value* names a secret."""
    return isinstance(value, Mapping) and value.keys() in ({"env"}, {"file"})
