"""Secrets: named in the configuration, looked up when it is read, never printed."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

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
    forms = {value, quote(value, safe=""), repr(value)[1:-1], base64.b64encode(value.encode()).decode()}
    _KNOWN.update(form for form in forms if len(form) >= SHORTEST)
    return Secret(value)


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
