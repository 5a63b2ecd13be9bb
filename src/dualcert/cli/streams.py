"""The standard streams of the process: if one is full or closed, a command ends with an error, not a traceback."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import IO, Any

from dualcert.cli.overriding import override


def prepare() -> None:
    """Replace the standard streams by ones that write UTF-8 in every locale and fail with a typed error.

    Handles 0 to 2 are opened first if they are closed, because a store could otherwise get one of them, and output would be
    written into it.
    """
    while not all(map(_is_open, range(3))):
        os.open(os.devnull, os.O_RDWR)  # the lowest number that is free
    sys.stdout = _Answers(_buffer(sys.stdout), encoding="utf-8", errors="backslashreplace")
    sys.stderr = _Notes(_buffer(sys.stderr), encoding="utf-8", errors="backslashreplace", line_buffering=True)


def _is_open(handle: int) -> bool:
    try:
        os.fstat(handle)
    except OSError:
        return False
    return True


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
    """Standard output: a failed write raises OutputLost, because the caller must know that the answer is incomplete."""

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
    """Return the error to raise; if the reader closed its pipe, as `head` does, it is the broken pipe itself."""
    from dualcert.errors import OutputLost

    return error if error.errno == errno.EPIPE else OutputLost(problem=error.strerror or str(error))


class _Notes(io.TextIOWrapper):
    """Standard error: a failed write is ignored, because there is no other place to report it."""

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
