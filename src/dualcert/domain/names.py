"""The closed list of stored names: the only facts that a log may hold.

A name is written out, never derived from a class or a path, and is never used again for another
meaning. A fact whose fields change gets a new version: `lab.certificate-granted.v2`, with an upcaster
from each older one; the bytes in the log stay as they are. Each module names its own facts.
"""

from __future__ import annotations

from collections.abc import Mapping

from dualcert.domain import campaigns, county, dispatch, entry, lab, pairing
from dualcert.domain.entry import Name, Upcaster

__all__ = ["NAMES", "Name", "Upcaster", "stored_name"]

NAMES: Mapping[str, Name] = {
    **entry.NAMES,
    **lab.NAMES,
    **county.NAMES,
    **pairing.NAMES,
    **campaigns.NAMES,
    **dispatch.NAMES,
}

_NAME_OF = {name.fact: base for base, name in NAMES.items()}


def stored_name(fact: object) -> str:
    """Return the stored name of *fact* without its version, as histories show it."""
    return _NAME_OF[type(fact)]
