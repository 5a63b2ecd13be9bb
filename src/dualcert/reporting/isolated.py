"""The process of one reporter: it reads the request from standard input and answers on the original standard output."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

import msgspec

from dualcert.divisions import china
from dualcert.languages import translator
from dualcert.processes import confine
from dualcert.projections.books import Books
from dualcert.projections.streams import Streams
from dualcert.projections.view import View
from dualcert.reporting import hooks
from dualcert.reporting.isolation import RenderAnswer, RenderTask, Stored, answer_of, configuration_of, read_messages
from dualcert.reporting.onefile import FilePlugin
from dualcert.reporting.plugins import Point, load_plugins
from dualcert.reporting.rendering import render
from dualcert.reporting.reporters import Request
from dualcert.reporting.texts import error_text
from dualcert.store.codec import codec

if TYPE_CHECKING:
    from dualcert.reporting.rendering import Rendered


def main() -> None:
    """Read the request from standard input, run the reporter, and write its answer."""
    messages = read_messages(sys.stdin.buffer)
    asked = msgspec.msgpack.decode(next(messages), type=RenderTask)
    facts = msgspec.msgpack.Decoder(list[Stored])
    view = _view(asked, map(facts.decode, messages))
    token, asked.token = asked.token, b""
    answer = kept_apart()
    confine(memory=asked.memory_megabytes << 20, folder=Path.cwd())
    try:
        answered = answer_of(_rendered(asked, view))
    except MemoryError:
        answered = RenderAnswer(code="plugin-crashed", detail="it took too much memory")
    except Exception as error:  # noqa: BLE001  every error has to be reported to the parent
        answered = RenderAnswer(code="plugin-broken", detail=error_text(error))
    answer.write(token + msgspec.json.encode(answered))
    answer.flush()
    os._exit(0)  # threads that the reporter left running end here


def kept_apart() -> IO[bytes]:
    """Return the stream for the answer; from here on, standard input is empty and standard output is discarded."""
    answer = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)
    return cast("IO[bytes]", answer)


def _view(asked: RenderTask, facts: Iterable[list[Stored]]) -> View:
    """Return the books made from the facts that the parent sent."""
    decode, streams = codec().decode, Streams()
    for some in facts:
        streams.extend(
            decode(stream, version, topic, state, position) for stream, version, position, topic, state in some
        )
    return View(streams, china(), asked.position, asked.known_at, assumed=asked.assumed, asked=asked.campaign)


def points_named(plugin: str, distribution: str) -> list[EntryPoint]:
    """Return the entry points of a plugin of a distribution."""
    return [
        point
        for point in entry_points(group=hooks.PROJECT, name=plugin)
        if point.dist is None or point.dist.name == distribution
    ]


def _rendered(asked: RenderTask, view: View) -> Rendered:
    found: list[Point] = [*points_named(asked.plugin, asked.distribution)]
    if asked.source is not None:
        found = [FilePlugin(asked.distribution, asked.source)]
    request = Request(
        as_of=asked.as_of,
        known_at=asked.known_at,
        position=asked.position,
        subject=asked.subject,
        language=asked.language,
        names=asked.names,
        translate=translator(asked.language),
    )
    return render(load_plugins(configuration_of(asked), found), asked.reporter, request, Books(view, asked.as_of))


if __name__ == "__main__":
    main()
