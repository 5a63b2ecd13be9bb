"""The doctor's look at plugins: each is loaded in a process of its own, so that none can end or hang the doctor."""

from __future__ import annotations

import secrets
import subprocess
from collections.abc import Iterable, Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import msgspec
from attrs import frozen

from dualcert.documents import json_of
from dualcert.errors import BadConfiguration
from dualcert.processes import started
from dualcert.reporting.configuration import Configuration, normal
from dualcert.reporting.onefile import FilePlugin
from dualcert.reporting.plugins import KINDS, Point, Trouble, distribution_of, is_allowed, points_of
from dualcert.reporting.secrets import is_reference, looked_up

GRACE = 10.0
"""Seconds beyond those of a plugin for starting its process."""
LONGEST_ANSWER = 4 << 20
NOTES = frozenset({"plugin-printed", "not-set-up"})
"""What is worth knowing, and no fault."""


class LoadTask(msgspec.Struct, kw_only=True):
    """What the process is to load, and what it is configured with; secrets are named there, and never sent."""

    token: bytes
    plugin: str
    distribution: str
    seconds: float
    reporters: dict[str, dict[str, Any]]
    channels: dict[str, dict[str, Any]]
    used: list[str]
    file: bool = False
    """Whether the plugin is the file that *distribution* names."""


class Found(msgspec.Struct):
    """One thing that is wrong, or worth knowing."""

    code: str
    detail: str
    traceback: str = ""


class LoadAnswer(msgspec.Struct, kw_only=True):
    """What the process found, and the names that the plugin gives, by kind."""

    troubles: list[Found] = []
    names: dict[str, list[str]] = {}


@frozen
class Examined:
    """A plugin as the doctor found it: not allowed, or with what is wrong and what is worth knowing."""

    distribution: str
    version: str
    allowed: bool
    troubles: tuple[Trouble, ...] = ()
    names: tuple[str, ...] = ()
    """What it gives: `reporter.bulletin`."""

    @property
    def broken(self) -> bool:
        """Whether something is wrong with it."""
        return any(trouble.code not in NOTES for trouble in self.troubles)


def examine_plugins(configuration: Configuration, found: Iterable[EntryPoint] | None = None) -> Iterator[Examined]:
    """Yield every installed plugin as it is found in a process of its own; nothing of it is imported here."""
    for point in points_of(configuration, found):
        distribution, version = distribution_of(point)
        if not is_allowed(point, configuration):
            yield Examined(distribution, version, allowed=False)
        else:
            troubles, names = _examined(point, distribution, configuration)
            yield Examined(distribution, version, allowed=True, troubles=troubles, names=names)


def _examined(
    point: Point, distribution: str, configuration: Configuration
) -> tuple[tuple[Trouble, ...], tuple[str, ...]]:
    seconds = configuration.render.seconds
    asked = LoadTask(
        token=secrets.token_bytes(32), plugin=point.name, distribution=_reached(point, distribution), seconds=seconds,
        reporters={name: dict(table) for name, table in configuration.reporter.items()},
        channels={name: dict(table) for name, table in configuration.channel.items()},
        used=_used(configuration), file=isinstance(point, FilePlugin),
    )  # fmt: skip
    with started("dualcert.reporting.examined", seconds=seconds + GRACE, stdin=subprocess.PIPE) as process:
        try:
            process.input.write(msgspec.msgpack.encode(asked))
            process.input.close()
        except BrokenPipeError:
            pass  # it ended early, which its status tells
        output = process.read(LONGEST_ANSWER)
        status = process.status()
    if not output.startswith(asked.token):
        slow = Trouble("plugin-too-slow", f"it took more than {seconds:g} s, and could not be stopped")
        return (slow if process.late else Trouble("plugin-crashed", f"its process ended with status {status}"),), ()
    try:
        answer = json_of(output.removeprefix(asked.token), LoadAnswer)
    except ValueError as error:
        return (Trouble("plugin-crashed", f"its answer cannot be read: {error}"),), ()
    names = tuple(f"{kind}.{name}" for kind, several in answer.names.items() for name in several)
    return tuple(Trouble(each.code, each.detail, each.traceback) for each in answer.troubles), names


def _reached(point: Point, distribution: str) -> str:
    """Return what the process finds the plugin by: it works in another folder, so a file has to be named by its whole path."""
    return str(Path(distribution).absolute()) if isinstance(point, FilePlugin) else distribution


def _used(configuration: Configuration) -> list[str]:
    """Return the channels by which messages go, which have to be set up."""
    channels = {configuration.dispatch.channel, *(table.get("channel") for table in configuration.reporter.values())}
    return sorted(f"channel.{name}" for name in channels if isinstance(name, str))


def wrong_in(configuration: Configuration, examined: list[Examined]) -> Iterator[tuple[str, str]]:
    """Yield code and sentence of what is wrong between the plugins and the configuration.

    A distribution that is allowed and not installed, a name that several give, a table for nobody, a secret that is not
    there. Where a plugin is broken or off, what it would have given is not known, so its tables are not judged.
    """
    yield from _not_installed(configuration, {normal(each.distribution) for each in examined})
    givers: dict[str, list[str]] = {}
    for each in examined:
        for name in each.names:
            givers.setdefault(name, []).append(each.distribution)
    for name, several in sorted(givers.items()):
        owner = normal((configuration.plugins.owners or {}).get(name, ""))
        if len(several) > 1 and owner not in map(normal, several):
            yield (
                "plugin-contested",
                f"{name} is given by {', '.join(several)}, and [plugins] owners does not say whose it is",
            )
    standing = configuration.plugins.standing
    lacking = any(each.broken or (not each.allowed and standing(each.distribution) == "off") for each in examined)
    for kind in KINDS[:2]:
        for name, table in getattr(configuration, kind).items():
            if f"{kind}.{name}" not in givers and not lacking:
                yield "bad-configuration", f"{kind}.{name}: no such {kind} is installed and allowed"
            yield from _secrets(f"{kind}.{name}", table)


def _not_installed(configuration: Configuration, installed: set[str]) -> Iterator[tuple[str, str]]:
    for key, listed in (("allow", configuration.plugins.allow), ("off", configuration.plugins.off)):
        for name in listed or ():
            if normal(name) not in installed:
                yield "bad-configuration", f"plugins.{key}: {name} is not installed"


def _secrets(place: str, table: Any) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if is_reference(value):
            try:
                looked_up(f"{place}.{key}", value)
            except BadConfiguration as refusal:
                yield refusal.code, str(refusal)
