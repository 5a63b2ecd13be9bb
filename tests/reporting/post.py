"""A small post office for tests: books in memory or elsewhere, a reporter of any messages, a channel that says what it is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from attrs import define, field, frozen

from dualcert import Registry
from dualcert.people import Directory, Person
from dualcert.reporting import Message, NoConfig, delivered
from dualcert.reporting.configuration import Configuration, DispatchConfig
from dualcert.reporting.outbox import Outbox
from dualcert.reporting.planning import plan_dispatches
from dualcert.reporting.plugins import Plugin, Plugins
from dualcert.reporting.quarantine import Quarantine
from dualcert.reporting.requests import new_request
from dualcert.reporting.sending import Sender
from dualcert.testing import Clock


def message(key: str, to: str = "person-1", text: str = "站") -> Message:
    return Message(key=key, to=to, subject=f"about {key}", text=text)


@frozen
class Writer:
    """A reporter that makes the messages that it is given."""

    messages: list[Any]
    triggers: tuple[str, ...] = ("daily",)
    name: str = "writer"
    summary: str = "for a test"
    Config: type[Any] = NoConfig

    def render(self, request, views):
        return list(self.messages)


@define
class Line:
    """A channel that says what it is told, and remembers what it was given."""

    say: Callable[[Any], Any] = lambda envelope: delivered("250 OK")
    taken: list[Any] = field(factory=list)
    name: str = "line"
    summary: str = "for a test"
    Config: type[Any] = NoConfig

    def deliver(self, envelope):
        self.taken.append(envelope)
        return self.say(envelope)


@define
class Post:
    """Everything a dispatch needs."""

    store: str
    state: Path
    clock: Clock = field(factory=Clock)
    line: Line = field(factory=Line)
    messages: list[Any] = field(factory=list)
    triggers: tuple[str, ...] = ("daily",)
    dispatch: DispatchConfig = field(factory=DispatchConfig)
    registry: Registry = field(init=False)
    outbox: Outbox = field(init=False)
    people: Directory = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.registry = Registry.open(self.store, policy="shanxi-2023", clock=self.clock)
        self.outbox, self.people = Outbox.open(self.registry.store), Directory.open(self.registry.store)
        self.people.add(Person("person-1", "张三", email="zhang@example.org"))

    def close(self) -> None:
        self.outbox.close()
        self.people.close()
        self.registry.close()

    @property
    def plugins(self) -> Plugins:
        reporter = Writer(self.messages, self.triggers)
        plugin = Plugin("post", "dualcert-post", "1", reporters={"writer": reporter}, channels={"line": self.line})
        return Plugins([plugin], Configuration(dispatch=self.dispatch))

    def plan(self, *keys: str, as_of: date = date(2023, 9, 1), names=("writer",), **how: Any):
        """Plan messages of these keys, and return what came of it."""
        self.messages.extend(message(key) for key in keys)
        request, _ = new_request(self.registry, as_of)
        return plan_dispatches(self.registry, self.outbox, self.plugins, request, "line", names, **how)

    def sender(self, **how: Any) -> Sender:
        defaults = {
            "registry": self.registry, "outbox": self.outbox, "people": self.people,
            "plugins": self.plugins, "quarantine": Quarantine(self.state), "clock": self.clock,
        }  # fmt: skip
        return Sender(**{**defaults, **how})

    def send(self, *only: str):
        return list(self.sender().send(frozenset(only) or None))

    @property
    def states(self) -> list[str]:
        """The states of all dispatches, by their keys."""
        reads = [read for _, read in self.registry.view().dispatches()]
        return [read.state.value for read in sorted(reads, key=lambda read: read.planned.key)]

    @property
    def facts(self) -> int:
        return self.registry.facts()
