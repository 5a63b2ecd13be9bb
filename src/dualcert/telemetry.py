"""What a host can watch: lines of `logging`, and spans of OpenTelemetry where the host traces.

Neither has personal data or contents: codes, counts, positions, ids of dispatches, the store without its password.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from typing import Any, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

ROOT = "dualcert"
"""The logger above all of the library's, and the name of its tracer."""
API = "opentelemetry.trace"

logging.getLogger(ROOT).addHandler(logging.NullHandler())  # without one, Python prints warnings on stderr


class Telling(Protocol):
    """The part of a span that is used here."""

    def set_attribute(self, key: str, value: int | str) -> None:
        """Add a value to the span."""


class _Untold:
    """The span of a host that does not trace."""

    def set_attribute(self, key: str, value: int | str) -> None:
        """Forget the value."""

    def __enter__(self) -> Telling:
        return self

    def __exit__(self, *_: object) -> None:
        pass


UNTOLD = _Untold()


def logger(part: str) -> logging.Logger:
    """Return the logger of a part of the library: `dualcert.store`, `dualcert.sender`, `dualcert.plugins`."""
    return logging.getLogger(f"{ROOT}.{part}")


def span(name: str, **attributes: int | str) -> AbstractContextManager[Telling]:
    """Run the block in a span `dualcert.NAME`; an error sets its status and `error.type`, which is the refusal's code.

    A host that traces has imported OpenTelemetry before; so it is looked for, and never imported, here.
    """
    return _traced(name, attributes) if API in sys.modules else UNTOLD


@contextmanager
def _traced(name: str, attributes: dict[str, int | str]) -> Iterator[Telling]:
    trace: Any = sys.modules[API]
    told = {f"{ROOT}.{key}": value for key, value in attributes.items()}
    tracer = trace.get_tracer(ROOT)
    with tracer.start_as_current_span(
        f"{ROOT}.{name}", attributes=told, record_exception=False, set_status_on_exception=False
    ) as current:
        try:
            yield current
        except BaseException as error:
            current.set_attribute("error.type", getattr(error, "code", type(error).__name__))
            current.set_status(trace.StatusCode.ERROR)
            raise


def traced(method: Callable[P, R]) -> Callable[P, R]:
    """Decorate a method so that each call is a span of its name."""

    @wraps(method)
    def told(*args: P.args, **kwargs: P.kwargs) -> R:
        with span(method.__name__):
            return method(*args, **kwargs)

    return told
