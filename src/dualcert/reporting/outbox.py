"""The outbox: the frozen bytes of messages, beside the log, until their dispatches are settled.

The log has only their SHA-256. Messages name people, so each is encrypted under the key of its recipient, and like the
directory the outbox can be erased; a message that is delivered or abandoned is taken out of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from attrs import field, frozen
from typing_extensions import override

from dualcert.reporting.artifacts import Message
from dualcert.store.keys import MARK, KeyedTable, PersonKey, Unreadable
from dualcert.store.tables import Execute

Row = tuple[str, str, bytes]

TABLE = "dualcert_outbox"
COLUMNS = "dispatch, sha256, content"
NOBODY = "unknown"
"""The id under whose key bytes are encrypted that are not a message."""


def digest_of(frozen_bytes: bytes) -> str:
    """Return the SHA-256 that identifies frozen bytes."""
    return hashlib.sha256(frozen_bytes).hexdigest()


@frozen
class KeptMessage:
    """A message in the outbox: its dispatch, and its frozen bytes with their SHA-256."""

    dispatch: str
    sha256: str
    content: bytes
    """Empty if it cannot be decrypted."""
    to: str | None
    """The recipient's id; None if the bytes are no message."""
    stored: bytes = field(eq=False, repr=False)
    """The bytes as they are stored, encrypted."""

    @property
    def sound(self) -> bool:
        """Whether the bytes still have the SHA-256 with which they were stored."""
        return digest_of(self.content) == self.sha256


class Outbox(KeyedTable):
    """The outbox that belongs to a store: `STORE.outbox`, or a table in PostgreSQL."""

    suffix = "outbox"
    table = TABLE
    columns = ("dispatch", "sha256", "content")
    declared = "dispatch TEXT, sha256 TEXT, content BLOB NOT NULL, PRIMARY KEY (dispatch, sha256)"

    def put(self, dispatch: str, message: Message) -> str:
        """Keep *message* for *dispatch*, and return the SHA-256 of its frozen bytes; raises PersonErased."""
        content = message.freeze()
        sha256 = digest_of(content)
        key = self.keys.of([message.to])[message.to]
        self._write(lambda execute: _put(execute, dispatch, sha256, _hidden(key, dispatch, content)))
        return sha256

    def get(self, dispatch: str, sha256: str) -> Message | None:
        """Return the message of that dispatch and SHA-256; None if it is missing or its bytes were changed."""
        statement = f"SELECT {COLUMNS} FROM {TABLE} WHERE dispatch = ? AND sha256 = ?"  # noqa: S608  constants
        kept = self._kept(self._select(statement, (dispatch, sha256), _checked))
        return Message.thaw(kept[0].content) if kept and kept[0].sound else None

    def kept(self) -> list[KeptMessage]:
        """Return all messages in order of dispatch, including those that belong to no planned dispatch."""
        return self._kept(self._select(f"SELECT {COLUMNS} FROM {TABLE} ORDER BY dispatch, sha256", (), _checked))  # noqa: S608  constants

    def _kept(self, rows: Sequence[Row]) -> list[KeptMessage]:
        keys = self.keys.all() if rows else {}  # read after the rows: a key is written before its row
        return [_shown(row, keys) for row in rows]

    def drop(self, dispatch: str, is_settled: Callable[[], bool] = lambda: True) -> None:
        """Remove every message of *dispatch*, also one that another planner kept, if it *is_settled*; there may be none.

        Whether it is settled is asked again in the transaction: a person may have it sent again meanwhile.
        """
        if is_settled():
            self._delete([dispatch], is_settled)

    def erase(self, dispatches: Iterable[str]) -> None:
        """Remove every message of *dispatches* and overwrite its bytes; raises StoreBusy if that is not possible yet."""
        self._delete(list(dispatches))
        self._overwrite_deleted()

    def _delete(self, dispatches: list[str], are_settled: Callable[[], bool] = lambda: True) -> None:
        def work(execute: Execute) -> None:
            for dispatch in dispatches if are_settled() else ():
                execute(f"DELETE FROM {TABLE} WHERE dispatch = ?", (dispatch,))  # noqa: S608  constants

        if dispatches and self.exists():
            self._write(work)

    @override
    def in_plain_text(self) -> int:
        return sum(not content.startswith(MARK.encode()) for _, _, content in map(_checked, self.raw()))

    @override
    def _renew(self, execute: Execute) -> None:
        rows = [_checked(row) for row in execute(f"SELECT {COLUMNS} FROM {TABLE}")]  # noqa: S608  constants
        plain = [(*row, _recipient(row[2]) or NOBODY) for row in rows if not row[2].startswith(MARK.encode())]
        keys = self.keys.of(to for *_, to in plain)
        for dispatch, sha256, content, to in plain:
            if keys[to].erased_on:
                execute(f"DELETE FROM {TABLE} WHERE dispatch = ? AND sha256 = ?", (dispatch, sha256))  # noqa: S608  constants
            else:
                _put(execute, dispatch, sha256, _hidden(keys[to], dispatch, content))


def _put(execute: Execute, dispatch: str, sha256: str, content: bytes) -> None:
    execute(
        f"INSERT INTO {TABLE} ({COLUMNS}) VALUES (?, ?, ?) "  # noqa: S608  constants
        "ON CONFLICT (dispatch, sha256) DO UPDATE SET content = excluded.content",
        (dispatch, sha256, content),
    )


def _checked(row: Sequence[Any]) -> Row:
    """Return a row with its bytes, even if they are stored as text; raises TypeError if they are neither."""
    dispatch, sha256, content = row
    return str(dispatch), str(sha256), content.encode() if isinstance(content, str) else bytes(content)


def _hidden(key: PersonKey, dispatch: str, content: bytes) -> bytes:
    """Return the bytes of a message as they are stored: whose they are, and encrypted under that key."""
    return f"{MARK}{key.person}\0".encode() + key.encrypted(content, dispatch)


def _shown(row: Row, keys: Mapping[str, PersonKey]) -> KeptMessage:
    """Return the message of a row, one of an older dualcert, too, which is not encrypted."""
    dispatch, sha256, content = row
    if not content.startswith(MARK.encode()):
        return KeptMessage(dispatch, sha256, content, _recipient(content), content)
    to, _, hidden = content.removeprefix(MARK.encode()).partition(b"\0")
    person = to.decode(errors="replace")
    try:
        shown = keys.get(person, PersonKey(person)).decrypted(hidden, dispatch)
    except Unreadable:
        shown = b""
    return KeptMessage(dispatch, sha256, shown, person, content)


def _recipient(content: bytes) -> str | None:
    """Return the recipient's id in the bytes of a message; None if they are not a message."""
    try:
        return Message.thaw(content).to
    except Exception:  # noqa: BLE001  whatever damaged bytes raise
        return None
