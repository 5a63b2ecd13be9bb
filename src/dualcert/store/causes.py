"""The error of a database inside the errors that libraries wrap it in."""

from __future__ import annotations


def cause_of(error: BaseException, *kinds: type[BaseException]) -> BaseException:
    """Return the error of one of *kinds* inside *error*, or *error* itself if there is none."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, kinds):
            return seen
        inner = seen.args[0] if seen.args and isinstance(seen.args[0], BaseException) else None
        seen = seen.__cause__ or inner
    return error
