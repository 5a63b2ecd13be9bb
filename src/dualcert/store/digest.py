"""The digest of a history: equal for the same facts, whatever store they are in."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

from dualcert.domain.entry import LOG_STREAM
from dualcert.errors import StoreDamaged
from dualcert.store.rows import Row

if TYPE_CHECKING:
    from hashlib import _Hash


class Digest:
    """SHA-256 over every stream's facts as they are stored, the streams in order of id.

    A stream's own hash is over `NAME STATE` lines in order of version, the whole over `STREAM HASH` lines
    (hexadecimal). The log's own stream, which has the store's id, is left out, and so are positions. So the same
    history gives the same digest in memory, SQLite and PostgreSQL, and one fact more, less or different gives
    another digest.
    """

    def __init__(self) -> None:
        self._streams: dict[str, _Hash] = {}
        self._names: dict[str, bytes] = {}

    def add(self, rows: Sequence[Row]) -> None:
        """Add a page of the log, in its order; raises StoreDamaged if a row cannot be read."""
        streams, names = self._streams, self._names
        stream = ""
        try:
            for _, stream, version, topic, state in rows:
                if stream not in streams or type(version) is not int:
                    _check(stream, version)
                    streams[stream] = sha256()
                if topic not in names:
                    names[topic] = topic.encode() + b" "
                streams[stream].update(names[topic] + state + b"\n")
        except (AttributeError, TypeError, UnicodeError) as error:
            raise StoreDamaged(store="log", problem=f"{stream}: {error}") from error

    def hexdigest(self) -> str:
        """Return the digest of the facts that were added so far."""
        whole = sha256()
        for stream, hashed in sorted(self._streams.items()):
            if stream != LOG_STREAM:
                whole.update(f"{stream} {hashed.hexdigest()}\n".encode())
        return whole.hexdigest()


def _check(stream: object, version: object) -> None:
    """Raise TypeError for what no row has but one of a damaged file."""
    if type(stream) is not str or type(version) is not int:
        raise TypeError(f"{version!r} is no version of a stream")
