"""Documents in JSON and TOML that others wrote: whatever is wrong with one is a ValueError that says what."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from dualcert.languages import N_

T = TypeVar("T")
DEEP = N_("it is nested too deeply")


def json_of(content: bytes | str, form: type[T]) -> T:
    """Return the document in JSON as a *form*; raises ValueError."""
    try:
        return msgspec.json.decode(content, type=form)
    except msgspec.MsgspecError as error:
        raise ValueError(str(error)) from None
    except RecursionError:
        raise ValueError(DEEP) from None


def toml_of(content: bytes | str) -> dict[str, Any]:
    """Return the document in TOML; bytes are in UTF-8, with or without a byte order mark. Raises ValueError."""
    import tomllib

    text = content if isinstance(content, str) else content.decode("utf-8-sig")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError(DEEP) from None
