"""Rosters: spreadsheets as offices keep them, read into commands, with findings by row and column.

Names are loaded when first used, so that the process that only reads a file stays small.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dualcert.roster.importing import How, Imported, import_roster
    from dualcert.roster.reading.limits import Limits

__all__ = ["How", "Imported", "Limits", "import_roster"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"dualcert.roster.{'reading.limits' if name == 'Limits' else 'importing'}"), name)
