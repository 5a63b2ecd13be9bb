"""The SQLite library of every store of this program, chosen once: here, and nowhere else.

It is that of `dualcert[sqlite]` where it is installed, else Python's own; DUALCERT_SQLITE=system or =bundled says which. One
process must not open one file by two libraries: what one of them closes, the other loses its locks by
(https://www.sqlite.org/howtocorrupt.html, 2.2.1).
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

__all__ = ["BUNDLED", "sqlite3"]

ASKED = os.environ.get("DUALCERT_SQLITE", "")
"""Which library the environment asks for; empty: the better one that is there."""


def _chosen() -> Any:
    if ASKED != "system":
        try:
            return import_module("pysqlite3.dbapi2")
        except ImportError:
            if ASKED == "bundled":
                raise
    return import_module("sqlite3")


if TYPE_CHECKING:
    import sqlite3
else:
    sqlite3 = _chosen()

BUNDLED: bool = not sqlite3.__name__.startswith("sqlite3")
"""Whether it is the library of `dualcert[sqlite]`."""
