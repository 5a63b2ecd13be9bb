"""The streams of the process: one that is full or closed ends a command with a word, never with a traceback."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import IO, Any

from typing_extensions import override

from dualcert.errors import OutputLost


def prepare() -> None:
    """Make standard streams that speak UTF-8 whatever the locale, names being Chinese, and that fail as said above.

    Handles 0 to 2 are occupied first: else a store that is opened could get one of them, and be printed into.
    """
    while (handle := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(handle)
    sys.stdout = _Answers(_buffer(sys.stdout), encoding="utf-8", errors="backslashreplace")
    sys.stderr = _Notes(_buffer(sys.stderr), encoding="utf-8", errors="backslashreplace", line_buffering=True)


def _buffer(stream: Any) -> IO[bytes]:
    buffer: IO[bytes] | None = getattr(stream, "buffer", None)
    return buffer or io.BufferedWriter(_Closed())


class _Closed(io.RawIOBase):
    """A stream that was closed before the program began."""

    @override
    def writable(self) -> bool:
        return True

    @override
    def write(self, _: Any, /) -> int:
        raise OSError(errno.EBADF, "it is closed")


class _Answers(io.TextIOWrapper):
    """Standard output: what cannot be written is an error that the caller must hear of."""

    @override
    def write(self, text: str, /) -> int:
        try:
            return super().write(text)
        except OSError as error:
            raise _lost(error) from error

    @override
    def flush(self) -> None:
        try:
            super().flush()
        except OSError as error:
            raise _lost(error) from error


def _lost(error: OSError) -> Exception:
    """Return what to raise: a reader that went away, as `head` does, has had enough and is no error."""
    return error if error.errno == errno.EPIPE else OutputLost(problem=error.strerror or str(error))


class _Notes(io.TextIOWrapper):
    """Standard error: what cannot be written there can be said nowhere."""

    @override
    def write(self, text: str, /) -> int:
        try:
            return super().write(text)
        except OSError:
            return len(text)

    @override
    def flush(self) -> None:
        try:
            super().flush()
        except OSError:
            return
