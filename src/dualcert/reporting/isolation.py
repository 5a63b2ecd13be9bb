"""A reporter in a process of its own: what hangs, crashes or eats memory there costs only itself.

The process opens the store by its URL, reads as much of the log as the parent did, runs the one reporter,
and writes its artifacts to a stream that the reporter does not have: what it prints goes nowhere.
"""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from dualcert.reporting.artifacts import Artifact, Document, Message
from dualcert.reporting.configuration import Configuration
from dualcert.reporting.plugins import Plugins, Trouble
from dualcert.reporting.rendering import Rendered
from dualcert.reporting.reporters import Language, Request

GRACE = 15.0
"""Seconds beyond the reporter's own for starting and reading the log."""


class Asked(msgspec.Struct, kw_only=True):
    """What the process is asked, on its standard input."""

    store: str
    configuration: str | None
    reporter: str
    as_of: date
    position: int
    subject: str | None
    language: Language
    names: dict[str, str]
    memory: int


class Answered(msgspec.Struct, kw_only=True):
    """What it answers."""

    artifacts: list[Any] = []
    code: str | None = None
    detail: str = ""
    traceback: str = ""
    printed: int = 0
    seconds: float = 0.0


def packed(artifact: Artifact) -> Any:
    """Return an artifact as JSON has it."""
    if isinstance(artifact, Message):
        return {"message": base64.b64encode(artifact.freeze()).decode()}
    content = base64.b64encode(artifact.content).decode()
    return {"document": [artifact.filename, artifact.media_type, content]}


def unpacked(document: Any) -> Artifact:
    """Return the artifact that `packed` made this of."""
    if "message" in document:
        return Message.thaw(base64.b64decode(document["message"]))
    filename, media_type, content = document["document"]
    return Document(filename, media_type, base64.b64decode(content))


def render_isolated(plugins: Plugins, name: str, request: Request, store: str | Path) -> Rendered:
    """Return what the reporter *name* makes of *request*, run in a process of its own on the store at this URL.

    The process is ended when its time, its memory (where the system can limit it) or the size of its
    answer is over. Raises UnknownReporter.
    """
    plugin, _ = plugins.reporter(name)
    configuration = plugins.configuration
    limits = configuration.render
    asked = Asked(
        store=str(store),
        configuration=configuration.place,
        reporter=name,
        as_of=request.as_of,
        position=request.position,
        subject=request.subject,
        language=request.language,
        names=dict(request.names),
        memory=limits.memory_megabytes << 20,
    )
    answer, problem = _run(asked, limits.seconds + GRACE, (limits.megabytes << 20) * 2)
    if answer is None:
        return Rendered(name, plugin.distribution, trouble=Trouble("plugin-crashed", problem))
    trouble = Trouble(answer.code, answer.detail, answer.traceback) if answer.code else None
    artifacts = () if trouble else tuple(unpacked(each) for each in answer.artifacts)
    return Rendered(name, plugin.distribution, artifacts, trouble, answer.printed, answer.seconds)


def _run(asked: Asked, seconds: float, most: int) -> tuple[Answered | None, str]:
    """Return the answer of the process, or None and how it ended."""
    paths = os.pathsep.join(each for each in sys.path if each)
    process = subprocess.Popen(
        [sys.executable, "-m", "dualcert.reporting.isolated"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": paths},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    over = threading.Timer(seconds, process.kill)
    over.start()
    try:
        process.stdin.write(msgspec.json.encode(asked))
        process.stdin.close()
        told = process.stdout.read(most + 1)
        if len(told) > most:
            return None, f"it answered more than {most >> 20} MB"
        status = process.wait()
    except OSError as error:
        return None, str(error)
    finally:
        over.cancel()
        process.kill()
        process.stdout.close()
        process.wait()
    try:
        return msgspec.json.decode(told, type=Answered), ""
    except msgspec.MsgspecError:
        why = f"took more than {seconds:g} s" if status == -9 else f"ended with status {status}"
        return None, f"its process {why}"


def answer_of(rendered: Rendered) -> Answered:
    """Return what is to be answered for *rendered*."""
    trouble = rendered.trouble
    return Answered(
        artifacts=[packed(each) for each in rendered.artifacts],
        code=trouble.code if trouble else None,
        detail=trouble.detail if trouble else "",
        traceback=trouble.traceback if trouble else "",
        printed=rendered.printed,
        seconds=rendered.seconds,
    )


def configuration_of(asked: Asked) -> Configuration:
    """Return the configuration that the parent read."""
    from dualcert.reporting.configuration import load_configuration

    return load_configuration(Path(asked.configuration)) if asked.configuration else Configuration()
