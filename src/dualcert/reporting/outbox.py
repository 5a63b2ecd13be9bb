"""The outbox: the frozen bytes of messages, beside the log, until what came of them is settled.

The log has only their SHA-256. Messages name people, so like the directory the outbox can be erased;
a message that is delivered or abandoned is taken out of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from dualcert.beside import Beside
from dualcert.reporting.artifacts import Message

TABLE = "dualcert_outbox"


def digest_of(frozen_bytes: bytes) -> str:
    """Return the SHA-256 by which frozen bytes are known."""
    return hashlib.sha256(frozen_bytes).hexdigest()


class Outbox(Beside):
    """The outbox that belongs to a store: `STORE.outbox`, or a table in PostgreSQL."""

    suffix = "outbox"
    table = TABLE
    columns = "dispatch TEXT, sha256 TEXT, content BLOB NOT NULL, PRIMARY KEY (dispatch, sha256)"

    def put(self, dispatch: str, message: Message) -> str:
        """Keep *message* for *dispatch*, and return the SHA-256 of its frozen bytes."""
        content = message.freeze()
        sha256 = digest_of(content)
        self._execute(
            f"INSERT INTO {TABLE} (dispatch, sha256, content) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",  # noqa: S608  constants
            (dispatch, sha256, content),
        )
        return sha256

    def get(self, dispatch: str, sha256: str) -> Message | None:
        """Return the message of that dispatch and SHA-256; None where it is not there, or its bytes are others."""
        found = self._execute(
            f"SELECT content FROM {TABLE} WHERE dispatch = ? AND sha256 = ?",  # noqa: S608  constants
            (dispatch, sha256),
        ).fetchone()
        content = bytes(found[0]) if found else b""
        return Message.thaw(content) if found and digest_of(content) == sha256 else None

    def drop(self, dispatch: str) -> None:
        """Take out what is kept for *dispatch*, also what another planner kept; nothing there is fine, too."""
        self._execute(f"DELETE FROM {TABLE} WHERE dispatch = ?", (dispatch,))  # noqa: S608  constants

    def erase(self, dispatches: Iterable[str]) -> None:
        """Take out what is kept for *dispatches*, and overwrite it."""
        for dispatch in dispatches:
            self.drop(dispatch)
        self._forget()
