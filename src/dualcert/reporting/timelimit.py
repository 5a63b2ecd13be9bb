"""A time limit for the code of plugins."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import TypeVar

T = TypeVar("T")


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


def limited(call: Callable[[], T], seconds: float) -> T:
    """Return what *call* returns, or raise what it raises; raise TooLong when its time is over.

    Where no signal can do that, it runs in a thread of its own, which is left behind when the time is over.
    """
    if hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():
        with time_limit(seconds):
            return call()
    done: list[Callable[[], T]] = []
    worker = threading.Thread(target=lambda: done.append(_outcome(call)), daemon=True)
    worker.start()
    worker.join(seconds)
    if not done:
        raise TooLong
    return done[0]()


def _outcome(call: Callable[[], T]) -> Callable[[], T]:
    """Call, and return what gives the same outcome again: the result, or the error."""
    try:
        result = call()
    except BaseException as error:  # noqa: BLE001  it is raised in the thread that asked
        raised = error

        def again() -> T:
            raise raised

        return again
    return lambda: result
