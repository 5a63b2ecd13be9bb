"""A program that sends in processes of their own, each of which may end at a step or a moment that it is told.

It reads a job a line, and answers each with a line: whether the process came to its end. Everything is
imported before the first job, so that a process costs little.
"""

from __future__ import annotations

import functools
import json
import os
import signal
import smtplib
import sys
import time
from datetime import datetime
from importlib.metadata import entry_points
from itertools import count
from pathlib import Path

import dualcert_email.smtp  # noqa: F401  before the first job

from dualcert import Registry
from dualcert.people import Directory
from dualcert.reporting.configuration import load_configuration
from dualcert.reporting.outbox import Outbox
from dualcert.reporting.plugins import load_plugins
from dualcert.reporting.quarantine import Quarantine
from dualcert.reporting.sending import Sender

STEPS = [
    (Registry, "execute"),
    (Quarantine, "remember"),
    (Outbox, "drop"),
    (smtplib.SMTP, "connect"),
    (smtplib.SMTP, "send"),  # each command, the message, and the line that ends it
    (smtplib.SMTP, "getreply"),
    (smtplib.SMTP, "close"),
]
"""What the process may die before, and after."""


INSTALLED = tuple(entry_points(group="dualcert"))


def die_at(wanted):
    """Have this process end, without a word, at the so-manieth step from now, or at one like `after execute`."""
    steps = count(1)

    def step(name):
        if wanted in {next(steps), name}:
            os._exit(9)

    for owner, name in STEPS:
        setattr(owner, name, stepped(getattr(owner, name), step))


def stepped(function, step):
    @functools.wraps(function)
    def call(*arguments, **how):
        step(f"before {function.__name__}")
        done = function(*arguments, **how)
        step(f"after {function.__name__}")
        return done

    return call


def send(job):
    """Send what is due, and write down what came of it."""
    store, now = job["store"], datetime.fromisoformat(job["now"])
    plugins = load_plugins(load_configuration(Path(job["config"])), INSTALLED)
    with (
        Registry.open(store, clock=lambda: now) as registry,
        Outbox.open(registry.store) as outbox,
        Directory.open(registry.store) as people,
    ):
        quarantine = Quarantine(Path(job["state"]))
        sender = Sender(registry, outbox, people, plugins, quarantine, lambda: now)
        if "at" in job:
            time.sleep(max(0.0, job["at"] - time.time()))
        if "die_at" in job:
            die_at(job["die_at"])
        told = [(sent.dispatch, sent.state.value, sent.waits) for sent in sender.send()]
    if "told" in job:
        Path(job["told"]).write_text(json.dumps(told))


def run(job):
    """Do *job* in a process of its own; return whether it came to its end."""
    child = os.fork()
    if child == 0:
        try:
            send(job)
            os._exit(0)
        except BaseException as error:  # noqa: BLE001  it is told, and the process ends here
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            os._exit(1)
    if "kill_after" in job:
        time.sleep(job["kill_after"])
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return {0: "done", 9: "died", -signal.SIGKILL: "died"}.get(os.waitstatus_to_exitcode(status), "broken")


def say(word):
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    say("ready")
    for line in sys.stdin:
        say(run(json.loads(line)))
