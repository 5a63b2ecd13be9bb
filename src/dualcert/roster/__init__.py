"""Rosters: spreadsheets of offices are read into commands, with findings by row and column.

Names are loaded when first used, so that the process that only reads a file stays small.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dualcert.roster.importing import import_roster
    from dualcert.roster.outcome import How, Imported, ImportedAll
    from dualcert.roster.reading.limits import Limits
    from dualcert.roster.several import import_rosters

_MODULES = {
    "How": "outcome",
    "Imported": "outcome",
    "ImportedAll": "outcome",
    "Limits": "reading.limits",
    "import_roster": "importing",
    "import_rosters": "several",
}

__all__ = ["How", "Imported", "ImportedAll", "Limits", "import_roster", "import_rosters"]


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"dualcert.roster.{_MODULES[name]}"), name)
