"""Rosters: spreadsheets as offices keep them, read into commands, with findings by row and column."""

from __future__ import annotations

from dualcert.roster.importing import Imported, import_roster

__all__ = ["Imported", "import_roster"]
