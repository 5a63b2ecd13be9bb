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


class Attributed(Protocol):
    """The part of a span that is used here: it takes attributes."""

    def set_attribute(self, key: str, value: int | str) -> None:
        """Add a value to the span."""


class _NoSpan:
    """The span of a host that does not trace."""

    def set_attribute(self, key: str, value: int | str) -> None:
        """Forget the value."""

    def __enter__(self) -> Attributed:
        return self

    def __exit__(self, *_: object) -> None:
        pass


NO_SPAN = _NoSpan()


def logger(part: str) -> logging.Logger:
    """Return the logger of a part of the library: `dualcert.store`, `dualcert.sender`, `dualcert.plugins`."""
    return logging.getLogger(f"{ROOT}.{part}")


def span(name: str, **attributes: int | str) -> AbstractContextManager[Attributed]:
    """Run the block in a span `dualcert.NAME`; an error sets its status and `error.type`, which is the refusal's code.

    A host that traces has imported OpenTelemetry before; so it is looked for, and never imported, here.
    """
    return _traced(name, attributes) if API in sys.modules else NO_SPAN


@contextmanager
def _traced(name: str, attributes: dict[str, int | str]) -> Iterator[Attributed]:
    trace: Any = sys.modules[API]
    named = {f"{ROOT}.{key}": value for key, value in attributes.items()}
    tracer = trace.get_tracer(ROOT)
    with tracer.start_as_current_span(
        f"{ROOT}.{name}", attributes=named, record_exception=False, set_status_on_exception=False
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
    def in_a_span(*args: P.args, **kwargs: P.kwargs) -> R:
        with span(method.__name__):
            return method(*args, **kwargs)

    return in_a_span
