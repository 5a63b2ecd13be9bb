"""The outbox: the frozen bytes of messages, beside the log, until their dispatches are settled.

The log has only their SHA-256. Messages name people, so like the directory the outbox can be erased;
a message that is delivered or abandoned is taken out of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from attrs import frozen

from dualcert.reporting.artifacts import Message
from dualcert.store.sidetable import SideTable
from dualcert.store.tables import Execute

TABLE = "dualcert_outbox"


def digest_of(frozen_bytes: bytes) -> str:
    """Return the SHA-256 that identifies frozen bytes."""
    return hashlib.sha256(frozen_bytes).hexdigest()


@frozen
class Kept:
    """A message in the outbox: its dispatch, and its frozen bytes with their SHA-256."""

    dispatch: str
    sha256: str
    content: bytes

    @property
    def to(self) -> str | None:
        """The recipient's id; None if the bytes are not a message."""
        try:
            return Message.thaw(self.content).to
        except Exception:  # noqa: BLE001  whatever damaged bytes raise
            return None

    @property
    def sound(self) -> bool:
        """Whether the bytes still have the SHA-256 with which they were stored."""
        return digest_of(self.content) == self.sha256


class Outbox(SideTable):
    """The outbox that belongs to a store: `STORE.outbox`, or a table in PostgreSQL."""

    suffix = "outbox"
    table = TABLE
    columns = ("dispatch", "sha256", "content")
    declared = "dispatch TEXT, sha256 TEXT, content BLOB NOT NULL, PRIMARY KEY (dispatch, sha256)"

    def put(self, dispatch: str, message: Message) -> str:
        """Keep *message* for *dispatch*, and return the SHA-256 of its frozen bytes."""
        content = message.freeze()
        sha256 = digest_of(content)
        insert = f"INSERT INTO {TABLE} (dispatch, sha256, content) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"  # noqa: S608  constants
        self._write(lambda execute: execute(insert, (dispatch, sha256, content)))
        return sha256

    def get(self, dispatch: str, sha256: str) -> Message | None:
        """Return the message of that dispatch and SHA-256; None if it is missing or its bytes were changed."""
        statement = f"SELECT dispatch, sha256, content FROM {TABLE} WHERE dispatch = ? AND sha256 = ?"  # noqa: S608  constants
        kept = self._select(statement, (dispatch, sha256), _kept)
        return Message.thaw(kept[0].content) if kept and kept[0].sound else None

    def kept(self) -> list[Kept]:
        """Return all messages in order of dispatch, including those that belong to no planned dispatch."""
        statement = f"SELECT dispatch, sha256, content FROM {TABLE} ORDER BY dispatch, sha256"  # noqa: S608  constants
        return self._select(statement, (), _kept)

    def drop(self, dispatch: str) -> None:
        """Remove every message of *dispatch*, also one that another planner kept; there may be none."""
        self._delete([dispatch])

    def erase(self, dispatches: Iterable[str]) -> None:
        """Remove every message of *dispatches* and overwrite its bytes; raises StoreBusy if that is not possible yet."""
        self._delete(list(dispatches))
        self._overwrite_deleted()

    def _delete(self, dispatches: list[str]) -> None:
        def work(execute: Execute) -> None:
            for dispatch in dispatches:
                execute(f"DELETE FROM {TABLE} WHERE dispatch = ?", (dispatch,))  # noqa: S608  constants

        if dispatches and self.exists():
            self._write(work)


def _kept(row: Sequence[Any]) -> Kept:
    """Return the message of a row, even if its bytes are stored as text; raises TypeError if they are neither."""
    dispatch, sha256, content = row
    return Kept(str(dispatch), str(sha256), content.encode() if isinstance(content, str) else bytes(content))
