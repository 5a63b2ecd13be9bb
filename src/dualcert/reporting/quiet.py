"""Silence while a plugin's code runs: what it prints is counted, never shown.

The working folder is put back, too: libraries that drive converters change it, and files would land elsewhere.
Only in the main thread: streams and folder are the whole process's, and a service's other threads use them meanwhile.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from attrs import define

KEPT = 200
"""The characters that are kept of what is printed, to be shown to a plugin's author."""


@define
class Printed:
    """How much was printed, and how it begins."""

    characters: int = 0
    beginning: str = ""


class _Sink(io.TextIOBase):
    """A stream that discards what is printed to it."""

    def __init__(self, printed: Printed) -> None:
        self._printed = printed

    def write(self, text: str) -> int:
        self._printed.characters += len(text)
        self._printed.beginning = (self._printed.beginning + text)[:KEPT]
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
    with contextlib.redirect_stdout(sink), contextlib.redirect_stderr(sink), _same_folder():
        yield


@contextlib.contextmanager
def nothing_on_stdout() -> Iterator[None]:
    """Discard what anything writes on file descriptor 1 while the block runs: a library in C, a program that it starts.

    For the shell alone, whose answer would be damaged: the descriptor is the whole process's, so a service keeps its own.
    """
    try:
        sys.stdout.flush()
        kept = os.dup(1)
    except (OSError, ValueError):
        yield  # there is no such stream
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


@contextlib.contextmanager
def _same_folder() -> Iterator[None]:
    """Put the working folder back, if there is one and the block left it."""
    try:
        folder = Path.cwd()
    except OSError:
        yield
        return
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            os.chdir(folder)
