"""Documents in JSON and TOML that others wrote: whatever is wrong with one is a ValueError that says what."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from dualcert.languages import N_, Phrase

T = TypeVar("T")
DEEP = N_("it is nested too deeply")
BOM = "\N{BYTE ORDER MARK}".encode()


def json_of(content: bytes | str, form: type[T]) -> T:
    """Return the document in JSON as a *form*; bytes are in UTF-8, with or without a byte order mark. Raises ValueError."""
    try:
        return msgspec.json.decode(content.removeprefix(BOM) if isinstance(content, bytes) else content, type=form)
    except msgspec.MsgspecError as error:
        raise ValueError(str(error)) from None
    except RecursionError:
        raise ValueError(DEEP) from None


def typed_json_of(content: bytes, form: type[T]) -> T:
    """Return what `json_of` does of a document that people type: a key that an object has twice is a ValueError, too."""
    import json

    found = json_of(content, form)
    try:
        json.loads(content.removeprefix(BOM), object_pairs_hook=_each_key_once)
    except RecursionError:  # of which this reader has a little less room than the one above
        raise ValueError(DEEP) from None
    return found


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object of *pairs*; raises ValueError, because of two values of one key nobody knows which was meant."""
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(Phrase(N_("the key {key!r} is given twice"), key=twice))
    return found


def toml_of(content: bytes | str) -> dict[str, Any]:
    """Return the document in TOML; bytes are in UTF-8, with or without a byte order mark. Raises ValueError."""
    import tomllib

    text = content if isinstance(content, str) else content.decode("utf-8-sig")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError(DEEP) from None
