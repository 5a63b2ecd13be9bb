"""Silence while a plugin's code runs: what it prints is counted, never shown.

Only in the main thread: the streams are the whole process's, and a service's other threads print meanwhile.
"""

from __future__ import annotations

import contextlib
import io
import threading
from collections.abc import Iterator

from attrs import define


@define
class Printed:
    """How much was printed."""

    characters: int = 0


class _Sink(io.TextIOBase):
    """A stream that discards what is printed to it."""

    def __init__(self, printed: Printed) -> None:
        self._printed = printed

    def write(self, text: str) -> int:
        self._printed.characters += len(text)
        return len(text)

    def writable(self) -> bool:
        return True


@contextlib.contextmanager
def quietly(printed: Printed) -> Iterator[None]:
    """Discard what is printed to either stream while the block runs, and count it in *printed*."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    sink = _Sink(printed)
    with contextlib.redirect_stdout(sink), contextlib.redirect_stderr(sink):
        yield
