"""Safe file names for a reporter's documents; names of labs are hostile input."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath

LONGEST = 120
"""Bytes of a name: file systems hold 255, archives and mail less."""
FORBIDDEN = frozenset('<>:"/\\|?*\0')
RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³")})
"""Names of devices in Windows, with any extension."""


def safe(name: str) -> str:
    """Return *name* as a file name for any system: no path, no control character, no device, not too long.

    Chinese stays Chinese. If nothing is left of a name, it is `document`.
    """
    composed = unicodedata.normalize("NFC", name)
    kept = "".join(c if c.isprintable() and c not in FORBIDDEN else "_" for c in composed)
    stem, dot, ending = kept.rpartition(".")
    if not dot or not ending.isascii() or not ending.isalnum() or len(ending) > 8:
        stem, ending = kept, ""
    stem = stem.strip(". _").lstrip("-. _") or "document"
    if stem.partition(".")[0].strip().lower() in RESERVED:
        stem = f"_{stem}"
    stem = _shortened(stem, LONGEST - len(ending) - 1)
    return f"{stem}.{ending}" if ending else stem


def _shortened(text: str, limit: int) -> str:
    while len(text.encode()) > limit:
        text = text[:-1]
    return text.rstrip(". ") or "document"


def distinct_names(names: Iterable[str]) -> list[str]:
    """Return safe names that differ from each other even if capitals and small letters are the same."""
    taken: dict[str, int] = {}
    found = []
    for name in map(safe, names):
        path, nth = PurePosixPath(name), taken.get(name.casefold(), 1)
        candidate = name
        while candidate.casefold() in taken:
            nth += 1
            candidate = f"{path.stem}-{nth}{path.suffix}"
        taken[name.casefold()] = nth
        taken[candidate.casefold()] = 1
        found.append(candidate)
    return found
