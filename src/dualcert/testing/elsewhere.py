"""Another machine at another time, for the process in which a reporter's contract asks it again."""

from __future__ import annotations

import datetime as dt
import os
import platform
import socket
import time
from collections.abc import Callable
from typing import Any

from typing_extensions import override

AHEAD = 400 * 86_400 + 5_000
"""Seconds by which the clock differs: another year, month, day and hour."""


class _Real(type):
    """A class whose instances are those of the class that it stands for."""

    real: type[Any]

    @override
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, cls.real if "real" in vars(cls) else cls)


def _moved(call: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of time that takes the moved present where it is given no instant."""
    moment = time.time

    def moved(*arguments: Any) -> Any:
        return call(*arguments) if arguments else call(moment())

    return moved


def move() -> None:
    """Move the clock and the machine's names: for what is imported from now on, and not for dualcert itself.

    Only classes and functions of Python are replaced; what a library asks of the system by itself is not moved.
    """
    now, now_ns = time.time, time.time_ns
    time.time = lambda: now() + AHEAD
    time.time_ns = lambda: now_ns() + AHEAD * 1_000_000_000
    for name in ("localtime", "gmtime", "ctime"):
        setattr(time, name, _moved(getattr(time, name)))
    dt.datetime, dt.date = _moved_datetime(), _moved_date()  # type: ignore[misc]
    host = "another-machine"
    platform.node = lambda: host
    socket.gethostname = lambda: host
    os.environ.update(HOSTNAME=host, USER="another", LOGNAME="another", EDITOR="another")


def _moved_datetime() -> type[dt.datetime]:
    real, ahead = dt.datetime, dt.timedelta(seconds=AHEAD)

    class Moved(real, metaclass=_Real):  # type: ignore[valid-type, misc]
        def __new__(cls, *arguments: Any, **more: Any) -> Any:
            return real(*arguments, **more) if cls is Moved else real.__new__(cls, *arguments, **more)

        @classmethod
        @override
        def now(cls, tz: dt.tzinfo | None = None) -> Any:
            return real.now(tz) + ahead

        @classmethod
        @override
        def utcnow(cls) -> Any:
            return real.now(dt.UTC).replace(tzinfo=None) + ahead

        @classmethod
        @override
        def today(cls) -> Any:
            return real.today() + ahead

    Moved.real = real
    return Moved


def _moved_date() -> type[dt.date]:
    real, ahead = dt.date, dt.timedelta(seconds=AHEAD)

    class Moved(real, metaclass=_Real):  # type: ignore[valid-type, misc]
        def __new__(cls, *arguments: Any, **more: Any) -> Any:
            return real(*arguments, **more) if cls is Moved else real.__new__(cls, *arguments, **more)

        @classmethod
        @override
        def today(cls) -> Any:
            return real.today() + ahead

    Moved.real = real
    return Moved
