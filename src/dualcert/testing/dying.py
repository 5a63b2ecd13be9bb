"""A sender that dies at a step that is asked for, so that a channel's author can try what is left of each death.

    with DyingSender(["http.client.HTTPConnection.connect", "http.client.HTTPConnection.getresponse"]) as sender:
        assert sender.do(store=…, state=…, config=…, now=…, die_at=7) in {"died", "done"}

The steps are before and after each call of the functions that are named, and of the host's own: what it records, what the
machine remembers, what it drops from the outbox. A program with everything imported forks a process for each job.
"""

from __future__ import annotations

import functools
import json
import os
import pkgutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from importlib.metadata import EntryPoint, entry_points
from itertools import count
from pathlib import Path
from typing import Any, Self

from attrs import define, evolve, field

from dualcert.people import Directory
from dualcert.registry import Registry
from dualcert.reporting.configuration import load_configuration
from dualcert.reporting.outbox import Outbox
from dualcert.reporting.plugins import load_plugins
from dualcert.reporting.quarantine import Quarantine
from dualcert.reporting.sending import Sender

HOSTS = (
    "dualcert.registry.Registry.execute",
    "dualcert.reporting.quarantine.Quarantine.advance",
    "dualcert.reporting.outbox.Outbox.drop",
)
"""What of the host's own the process may die before, and after."""
DIED = 9
"""The exit status of a process that ended at its step."""


@define
class DyingSender:
    """A program at work that sends in processes of their own; *steps* are dotted names of functions of the channel's library.

    A job is a mapping: `store`, `state` (the folder of what the machine remembers), `config` (a dualcert.toml), `now`, `files` of plugins, and
    `die_at` (the number of a step, or a name such as `after execute`) or `kill_after` (seconds); with `at` (a time) it
    waits, with `told` it writes down what became of each message.
    """

    steps: Iterable[str] = ()
    _process: subprocess.Popen[str] | None = field(init=False, default=None)

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", __name__, *self.steps]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603  our own program
        assert self.ended() == "ready"
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.communicate(timeout=30)

    def begin(self, **job: Any) -> None:
        """Begin a job; `ended` gives what became of it."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(f"{json.dumps(job)}\n")
        self._process.stdin.flush()

    def ended(self) -> str:
        """Wait for the end of the job; return `done`, `died`, or `broken` where it failed."""
        assert self._process is not None
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def do(self, **job: Any) -> str:
        """Do a job; return what became of it."""
        self.begin(**job)
        return self.ended()


def main(steps: Iterable[str]) -> None:
    """Do a job for each line of standard input."""
    functions, installed = [_owner_of(name) for name in (*HOSTS, *steps)], tuple(entry_points(group="dualcert"))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        sys.stdout.write(f"{_run(json.loads(line), functions, installed)}\n")
        sys.stdout.flush()


def _owner_of(name: str) -> tuple[Any, str]:
    owner, _, function = name.rpartition(".")
    return pkgutil.resolve_name(owner), function


def _run(job: dict[str, Any], functions: list[tuple[Any, str]], installed: tuple[EntryPoint, ...]) -> str:
    """Do *job* in a process of its own; return what became of it."""
    child = os.fork()
    if child == 0:
        try:
            _send(job, functions, installed)
            os._exit(0)
        except BaseException as error:  # noqa: BLE001  the parent reports it, and the process ends here
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            os._exit(1)
    if "kill_after" in job:
        time.sleep(job["kill_after"])
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return {0: "done", DIED: "died", -signal.SIGKILL: "died"}.get(os.waitstatus_to_exitcode(status), "broken")


def _send(job: dict[str, Any], functions: list[tuple[Any, str]], installed: tuple[EntryPoint, ...]) -> None:
    """Send what is due, and write down what came of it."""
    store, now = job["store"], datetime.fromisoformat(job["now"])
    configuration = evolve(load_configuration(Path(job["config"])), files=tuple(job.get("files", ())))
    plugins = load_plugins(configuration, installed)
    with (
        Registry.open(store, clock=lambda: now) as registry,
        Outbox.open(registry.store) as outbox,
        Directory.open(registry.store) as people,
    ):
        sender = Sender(registry, outbox, people, plugins, Quarantine(Path(job["state"])), lambda: now)
        if "at" in job:
            time.sleep(max(0.0, job["at"] - time.time()))
        if "die_at" in job:
            _die_at(job["die_at"], functions)
        became = [(sent.dispatch, sent.state.value, sent.waits) for sent in sender.send()]
    if "told" in job:
        Path(job["told"]).write_text(json.dumps(became))


def _die_at(wanted: int | str, functions: list[tuple[Any, str]]) -> None:
    """Have this process end, without a word, at the so-manieth step from now, or at one like `after execute`."""
    steps = count(1)

    def step(name: str) -> None:
        if wanted in {next(steps), name}:
            os._exit(DIED)

    for owner, name in functions:
        setattr(owner, name, _stepped(getattr(owner, name), step))


def _stepped(function: Callable[..., Any], step: Callable[[str], None]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*arguments: Any, **how: Any) -> Any:
        step(f"before {function.__name__}")
        done = function(*arguments, **how)
        step(f"after {function.__name__}")
        return done

    return call


if __name__ == "__main__":
    main(sys.argv[1:])
