"""Rendering: a reporter is run, and if it fails, only its own output is lost."""

from __future__ import annotations

import time
from collections.abc import Iterable

from attrs import evolve, frozen

from dualcert.errors import Refused
from dualcert.projections.books import Books
from dualcert.reporting.artifacts import Artifact, Document, Message, WrongArtifact
from dualcert.reporting.configuration import RenderConfig
from dualcert.reporting.plugins import Plugins, Trouble
from dualcert.reporting.quiet import Printed, quietly
from dualcert.reporting.reporters import Reporter, Request
from dualcert.reporting.secrets import holds_secret
from dualcert.reporting.texts import Discretion, error_place, error_text
from dualcert.reporting.timelimit import TooLong, time_limit
from dualcert.telemetry import logger, traced

LOG = logger("plugins")
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


@traced
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
    except (WrongArtifactsError, WrongArtifact) as wrong:
        trouble = Trouble("plugin-contract", str(wrong), error_place(wrong))
    except Refused as refusal:
        trouble = Trouble(refusal.code, str(refusal), refused=True, refusal=refusal)
    except BaseException as error:  # noqa: BLE001  a plugin may raise anything, SystemExit too
        trouble = Trouble("plugin-broken", error_text(error), error_place(error))
    if trouble:
        LOG.warning("reporter %s: %s", name, trouble.code)
        trouble = trouble.about_nobody(Discretion(frozenset(request.names.values())))
    seconds = time.perf_counter() - started
    return Rendered(name, plugin.distribution, artifacts, trouble, printed=printed.characters, seconds=seconds)


def remarks_of(plugins: Plugins, name: str, request: Request) -> tuple[str, ...]:
    """Return what the reporter *name* remarks about the files that it makes, in one line each; none if it fails.

    A reporter that has remarks has a method `remarks(request)`. Raises UnknownReporter, BadConfiguration.
    """
    return remarked(plugins, name, request)[0]


def remarked(plugins: Plugins, name: str, request: Request) -> tuple[tuple[str, ...], Trouble | None]:
    """Return the remarks of the reporter *name*, and the trouble if it fails; raises UnknownReporter, BadConfiguration."""
    _, reporter = plugins.reporter(name)
    remark = getattr(reporter, "remarks", None)
    if remark is None:
        return (), None
    configured = evolve(request, config=plugins.configuration.of_reporter(name, reporter.Config))
    try:
        with quietly(Printed()), time_limit(plugins.configuration.render.seconds):
            return tuple(" ".join(str(each).split()) for each in remark(configured)), None
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  a plugin may raise anything; what it made is reported as it is
        trouble = Trouble("plugin-broken", error_text(error), error_place(error))
        return (), trouble.about_nobody(Discretion(frozenset(request.names.values())))


class WrongArtifactsError(Exception):
    """The output breaks the contract of reporters."""


def _made(reporter: Reporter, request: Request, books: Books, limits: RenderConfig) -> tuple[Artifact, ...]:
    answer = reporter.render(request, books)
    if not isinstance(answer, Iterable) or isinstance(answer, str | bytes):
        raise WrongArtifactsError(f"render gave {type(answer).__name__}, no artifacts")
    return checked(answer, limits)


def checked(answer: Iterable[Artifact], limits: RenderConfig) -> tuple[Artifact, ...]:
    """Return what a reporter gave; raises WrongArtifactsError where it breaks the contract.

    It is of the wrong type, too much, or too many; it has a secret of the configuration in it; or two messages have
    the same key and recipient, of which one would be lost: the same key is the same message for ever.
    """
    made: list[Artifact] = []
    size, limit = 0, limits.megabytes << 20
    keys: set[tuple[str, str]] = set()
    for artifact in answer:
        if type(artifact) not in {Document, Message}:
            raise WrongArtifactsError(f"render gave {type(artifact).__name__}, neither Document nor Message")
        if holds_secret(content_of(artifact)):
            raise WrongArtifactsError("render gave an artifact with a secret of the configuration in it")
        if isinstance(artifact, Message):
            if (artifact.key, artifact.to) in keys:
                raise WrongArtifactsError(f"render gave two messages with the key {artifact.key} to {artifact.to}")
            keys.add((artifact.key, artifact.to))
        made.append(artifact)
        size += size_of(artifact)
        if size > limit or len(made) > MOST:
            raise WrongArtifactsError(f"render gave more than {limits.megabytes} MB, or {MOST} artifacts")
    return tuple(made)


def content_of(artifact: Artifact) -> bytes:
    """Return what a reader of an artifact finds in it; attachments are documents of their own."""
    if isinstance(artifact, Document):
        return artifact.filename.encode("utf-8", "replace") + b"\n" + artifact.content
    attached = b"\n".join(content_of(each) for each in artifact.attachments)
    return "\n".join((artifact.key, artifact.subject, artifact.text, artifact.html or "")).encode() + b"\n" + attached


def size_of(artifact: Artifact) -> int:
    """Return about how many bytes an artifact holds."""
    if isinstance(artifact, Document):
        return len(artifact.content)
    attached = sum(len(each.content) for each in artifact.attachments)
    return len(artifact.text) + len(artifact.html or "") + attached
