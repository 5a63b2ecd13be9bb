"""Stores that are changed on purpose, past the guard that refuses to change facts."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from dualcert.store.sqlite import GUARDS


@contextmanager
def unguarded(path: Path | str) -> Iterator[sqlite3.Connection]:
    """Yield a connection to the log at *path* without its guard; what is done there is committed."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for name in GUARDS:
            connection.execute(f"DROP TRIGGER IF EXISTS {name}")
        yield connection
