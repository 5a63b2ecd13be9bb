"""Which ids of people the log names, in whatever field: an id that was ever named is never given to another."""

from __future__ import annotations

import re

import msgspec

from dualcert.projections.view import View

_PERSON = re.compile(rb"\bperson-[0-9]+\b")


def people_named(view: View, after: int = 0) -> frozenset[str]:
    """Return the numbered ids (person-N) that the facts behind position *after* name, retracted facts too."""
    found: set[bytes] = set()
    for stream in list(view.streams.by_id):
        for entry in view.entries(stream):
            if entry.position > after:
                found.update(_PERSON.findall(entry.by.encode()), _PERSON.findall(msgspec.json.encode(entry.fact)))
    return frozenset(each.decode() for each in found)
