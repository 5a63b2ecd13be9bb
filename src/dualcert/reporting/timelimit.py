"""A time limit for the code of plugins."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType


class TooLong(BaseException):
    """The time is over; it is no subclass of Exception, so that `except Exception` does not catch it."""


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TooLong in what runs meanwhile when its time is over, where signals can do that.

    That is in the main thread of a Unix process, and between two steps of the interpreter: what hangs
    in a library's own code is ended by `--isolate` alone. It is raised again each time that so much time has
    passed: code of the plugin, a destructor or the collector's callback may swallow it.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def over(_signal: int, _frame: FrameType | None) -> None:
        raise TooLong

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
