"""The process of one reporter: `python -m dualcert.reporting.isolated`, asked and answering as JSON."""

from __future__ import annotations

import os
import sys
from typing import IO, TYPE_CHECKING, cast

import msgspec

from dualcert.reporting.isolation import Answered, Asked, answer_of, configuration_of

if TYPE_CHECKING:
    from dualcert.reporting.rendering import Rendered


def main() -> None:
    """Render what standard input asks, and answer on what was standard output."""
    asked = msgspec.json.decode(sys.stdin.buffer.read(), type=Asked)
    answer = _kept_apart()
    limit(asked.memory)
    try:
        answered = answer_of(_rendered(asked))
    except MemoryError:
        answered = Answered(code="plugin-crashed", detail="it took too much memory")
    except Exception as error:  # noqa: BLE001  the parent has to be told, whatever it is
        answered = Answered(code="plugin-broken", detail=f"{type(error).__name__}: {error}")
    answer.write(msgspec.json.encode(answered))
    answer.flush()
    os._exit(0)  # whatever the reporter left running ends here


def _kept_apart() -> IO[bytes]:
    """Return the stream to answer on; what anybody prints from here on goes nowhere."""
    answer = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return cast("IO[bytes]", answer)


def limit(memory: int) -> None:
    """Limit this process's memory (bytes), where the system can."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _rendered(asked: Asked) -> Rendered:
    from dualcert.languages import translator
    from dualcert.registry import Registry
    from dualcert.reporting.plugins import load_plugins
    from dualcert.reporting.rendering import render
    from dualcert.reporting.reporters import Request
    from dualcert.reporting.views import Views

    with Registry.open(asked.store) as registry:
        view = registry.view(asked.position)
    request = Request(
        as_of=asked.as_of,
        known_at=view.known_at,
        position=view.position,
        subject=asked.subject,
        language=asked.language,
        names=asked.names,
        translate=translator(asked.language),
    )
    return render(load_plugins(configuration_of(asked)), asked.reporter, request, Views(view, asked.as_of))


if __name__ == "__main__":
    main()
