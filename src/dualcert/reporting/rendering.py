"""Rendering: a reporter is run, and if it fails, only its own output is lost."""

from __future__ import annotations

import time
import traceback
from collections.abc import Iterable

from attrs import evolve, frozen

from dualcert.projections.books import Books
from dualcert.reporting.artifacts import Artifact, Document, Message
from dualcert.reporting.configuration import RenderConfig
from dualcert.reporting.plugins import Plugins, Trouble
from dualcert.reporting.quiet import Printed, quietly
from dualcert.reporting.reporters import Reporter, Request
from dualcert.reporting.timelimit import TooLong, time_limit

MOST = 10_000
"""The most artifacts that one reporter may return."""


@frozen
class Rendered:
    """The output of one reporter: all of its artifacts, or the trouble; `printed` counts the characters it printed."""

    reporter: str
    distribution: str
    artifacts: tuple[Artifact, ...] = ()
    trouble: Trouble | None = None
    printed: int = 0
    seconds: float = 0.0


def render(plugins: Plugins, name: str, request: Request, books: Books) -> Rendered:
    """Run the reporter *name* on *request* and return its output; no error of the reporter is raised.

    A reporter that raises, exits, takes too long (in the main thread of a Unix process) or makes
    something else than artifacts is named in `trouble`, and none of its artifacts are kept. Raises
    UnknownReporter, or BadConfiguration if its configuration does not fit its `Config`.
    """
    plugin, reporter = plugins.reporter(name)
    configured = evolve(request, config=plugins.configuration.of_reporter(name, reporter.Config))
    limits, printed, started = plugins.configuration.render, Printed(), time.perf_counter()
    artifacts: tuple[Artifact, ...] = ()
    trouble = None
    try:
        with quietly(printed), time_limit(limits.seconds):
            artifacts = _made(reporter, configured, books, limits)
    except KeyboardInterrupt:
        raise
    except TooLong:
        trouble = Trouble("plugin-too-slow", f"it took more than {limits.seconds:g} s")
    except _WrongError as wrong:
        trouble = Trouble("plugin-contract", str(wrong))
    except BaseException as error:  # noqa: BLE001  a plugin may raise anything, SystemExit too
        trouble = Trouble("plugin-broken", f"{type(error).__name__}: {error}", traceback.format_exc())
    seconds = time.perf_counter() - started
    return Rendered(name, plugin.distribution, artifacts, trouble, printed.characters, seconds)


class _WrongError(Exception):
    """The output breaks the contract of reporters."""


def _made(reporter: Reporter, request: Request, books: Books, limits: RenderConfig) -> tuple[Artifact, ...]:
    answer = reporter.render(request, books)
    if not isinstance(answer, Iterable) or isinstance(answer, str | bytes):
        raise _WrongError(f"render gave {type(answer).__name__}, no artifacts")
    made: list[Artifact] = []
    size, limit = 0, limits.megabytes << 20
    for artifact in answer:
        if type(artifact) not in {Document, Message}:
            raise _WrongError(f"render gave {type(artifact).__name__}, neither Document nor Message")
        made.append(artifact)
        size += size_of(artifact)
        if size > limit or len(made) > MOST:
            raise _WrongError(f"render gave more than {limits.megabytes} MB, or {MOST} artifacts")
    return tuple(made)


def size_of(artifact: Artifact) -> int:
    """Return about how many bytes an artifact holds."""
    if isinstance(artifact, Document):
        return len(artifact.content)
    attached = sum(len(each.content) for each in artifact.attachments)
    return len(artifact.text) + len(artifact.html or "") + attached
