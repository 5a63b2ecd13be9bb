"""A reporter in a process of its own: if it hangs, crashes or uses too much memory, only its own output is lost.

The process gets the facts that the request is about, the names and the reporter's own table of the
configuration, and nothing else: no store, no network, no file of the user's, no other reporter's secret.
Its answer comes from the reporter, so it is checked like the output of any reporter.
"""

from __future__ import annotations

import base64
import secrets
import subprocess
from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from operator import attrgetter
from typing import IO, Any

import msgspec

from dualcert.documents import json_of
from dualcert.domain.entry import AnyEntry
from dualcert.policy import Policy
from dualcert.processes import Process, started
from dualcert.projections.books import Books
from dualcert.projections.view import View
from dualcert.reporting.artifacts import Artifact, Document, Message
from dualcert.reporting.configuration import Configuration, RenderConfig
from dualcert.reporting.plugins import Plugin, Plugins, Trouble
from dualcert.reporting.rendering import MOST, Rendered, WrongArtifactsError, checked
from dualcert.reporting.reporters import Language, Request
from dualcert.reporting.secrets import Secret, is_reference, looked_up
from dualcert.reporting.texts import Discretion
from dualcert.store.codec import codec

GRACE = 15.0
"""Seconds beyond the reporter's own for starting and reading the facts."""
TOGETHER = 2_000
"""Facts that are written to the process in one message."""

Stored = tuple[str, int, int, str, bytes]
"""Stream, version, position, name and state of a fact."""


class RenderTask(msgspec.Struct, kw_only=True):
    """The request to the process; the facts follow it."""

    token: bytes
    plugin: str
    distribution: str
    source: str | None
    """What is in the file of a plugin that is no distribution: the process reads no file of the user's."""
    reporter: str
    table: dict[str, Any]
    secrets: dict[str, str]
    seconds: float
    megabytes: int
    memory_megabytes: int
    as_of: date
    known_at: datetime | None
    position: int
    subject: str | None
    language: Language
    names: dict[str, str]
    assumed: Policy | None
    campaign: str | None


class RenderAnswer(msgspec.Struct, kw_only=True):
    """The answer of the process."""

    artifacts: list[Any] = []
    code: str | None = None
    detail: str = ""
    traceback: str = ""
    refused: bool = False
    printed: int = 0
    seconds: float = 0.0


def packed(artifact: Artifact) -> Any:
    """Return an artifact as a value for JSON."""
    if isinstance(artifact, Message):
        return {"message": base64.b64encode(artifact.freeze()).decode()}
    content = base64.b64encode(artifact.content).decode()
    return {"document": [artifact.filename, artifact.media_type, content]}


def unpacked(document: Any) -> Artifact:
    """Return the artifact that `packed` was given."""
    if "message" in document:
        return Message.thaw(base64.b64decode(document["message"]))
    filename, media_type, content = document["document"]
    return Document(filename, media_type, base64.b64decode(content))


def render_isolated(plugins: Plugins, name: str, request: Request, books: Books) -> Rendered:
    """Run the reporter *name* on *request* in a process of its own, and return its output.

    The process is stopped when it exceeds its time, its memory (where the system can limit it) or the size of
    an answer. Raises UnknownReporter, BadConfiguration.
    """
    plugin, reporter = plugins.reporter(name)
    plugins.configuration.of_reporter(name, reporter.Config)
    task = _task(plugins.configuration, plugin, name, request, books)
    try:
        answer = _asked_of(task, books.view)
        packed = () if answer.code else answer.artifacts
        artifacts = checked((unpacked(each) for each in packed), plugins.configuration.render)
    except _NoAnswer as none:
        return Rendered(name, plugin.distribution, trouble=Trouble("plugin-crashed", str(none)))
    except WrongArtifactsError as wrong:
        return Rendered(name, plugin.distribution, trouble=Trouble("plugin-contract", str(wrong)))
    except (msgspec.MsgspecError, TypeError, ValueError, KeyError) as error:
        return Rendered(
            name, plugin.distribution, trouble=Trouble("plugin-crashed", f"its answer cannot be read: {error}")
        )
    trouble = None
    if answer.code:
        trouble = Trouble(answer.code, answer.detail, answer.traceback, refused=answer.refused)
        trouble = trouble.about_nobody(Discretion(frozenset(request.names.values())))
    return Rendered(name, plugin.distribution, artifacts, trouble, printed=answer.printed, seconds=answer.seconds)


def _task(configuration: Configuration, plugin: Plugin, name: str, request: Request, books: Books) -> RenderTask:
    """Return what the process is told: where the reporter is, its configuration, the limits, and the request."""
    limits, table = configuration.render, configuration.reporter.get(name, {})
    hidden = {key: looked_up(f"reporter.{name}.{key}", value) for key, value in table.items() if is_reference(value)}
    return RenderTask(
        token=secrets.token_bytes(32),
        plugin=plugin.name,
        distribution=plugin.distribution,
        source=plugin.source,
        reporter=name,
        table={key: value for key, value in table.items() if key not in hidden},
        secrets={key: secret.reveal() for key, secret in hidden.items()},
        seconds=limits.seconds,
        megabytes=limits.megabytes,
        memory_megabytes=limits.memory_megabytes,
        as_of=request.as_of,
        known_at=books.known_at,
        position=books.position,
        subject=request.subject,
        language=request.language,
        names=dict(request.names),
        assumed=books.view.assumed,
        campaign=books.view.asked,
    )


class _NoAnswer(Exception):
    """The process gave no answer; the text is the reason."""


def _asked_of(asked: RenderTask, view: View) -> RenderAnswer:
    """Start the process, hand over the request and the facts of *view*, and return its answer.

    Raises _NoAnswer, or an error of decoding.
    """
    most = (asked.megabytes << 20) * 2
    seconds = asked.seconds + GRACE
    try:
        with started("dualcert.reporting.isolated", seconds=seconds, stdin=subprocess.PIPE) as process:
            _hand_over(process, asked, view)
            output = process.read(most + 1)
            status = process.status()
    except OSError as error:
        raise _NoAnswer(str(error)) from None
    if len(output) > most:
        raise _NoAnswer(f"it answered more than {most >> 20} MB")
    if not output.startswith(asked.token):
        why = f"took more than {seconds:g} s" if process.late else f"ended with status {status}"
        raise _NoAnswer(f"its process {why}")
    answer = json_of(output.removeprefix(asked.token), RenderAnswer)
    if len(answer.artifacts) > MOST:
        raise _NoAnswer(f"it answered more than {MOST} artifacts")
    return answer


def _hand_over(process: Process, asked: RenderTask, view: View) -> None:
    """Write the request and the facts to the process; if it ended early, its exit status is reported later."""
    try:
        write_message(process.input, asked)
        for facts in stored(view):
            write_message(process.input, facts)
        process.input.close()
    except BrokenPipeError:
        return


def stored(view: View) -> Iterator[list[Stored]]:
    """Yield the facts of *view* in their stored form and order, in batches."""
    encode = codec().encode
    entries: list[AnyEntry] = [entry for stream in list(view.streams.by_id) for entry in view.entries(stream)]
    entries.sort(key=attrgetter("position"))
    rows = ((e.stream, e.version, e.position, *encode(e)) for e in entries)
    while some := list(islice(rows, TOGETHER)):
        yield some


def write_message(stream: IO[bytes], message: Any) -> None:
    """Write one message, its length before it."""
    content = msgspec.msgpack.encode(message)
    stream.write(len(content).to_bytes(8))
    stream.write(content)


def read_messages(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield the messages that `write_message` wrote."""
    while length := stream.read(8):
        yield stream.read(int.from_bytes(length))


def answer_of(rendered: Rendered) -> RenderAnswer:
    """Return the answer for *rendered*."""
    trouble = rendered.trouble
    return RenderAnswer(
        artifacts=[packed(each) for each in rendered.artifacts],
        code=trouble.code if trouble else None,
        detail=trouble.detail if trouble else "",
        traceback=trouble.traceback if trouble else "",
        refused=trouble is not None and trouble.refused,
        printed=rendered.printed,
        seconds=rendered.seconds,
    )


def configuration_of(asked: RenderTask) -> Configuration:
    """Return the part of the configuration that is for the one reporter."""
    table = {**asked.table, **{key: Secret(value) for key, value in asked.secrets.items()}}
    limits = RenderConfig(asked.seconds, asked.megabytes, asked.memory_megabytes)
    return Configuration(render=limits, reporter={asked.reporter: table})
