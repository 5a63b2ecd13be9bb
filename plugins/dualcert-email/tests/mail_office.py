"""An office that sends mail: books, what lies beside them, and senders of the plugin's channels."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from attrs import define, field

from dualcert import Registry
from dualcert.domain.commands import PlanDispatch, dispatch_id
from dualcert.errors import StoreMissing
from dualcert.people import Directory, Person
from dualcert.projections.dispatches import DispatchStatus, dispatch_statuses
from dualcert.reporting import Envelope, Message
from dualcert.reporting.configuration import Configuration, DispatchConfig, PluginsConfig
from dualcert.reporting.outbox import Outbox
from dualcert.reporting.planning import plan_dispatches
from dualcert.reporting.plugins import Plugins, load_plugins
from dualcert.reporting.quarantine import Quarantine
from dualcert.reporting.reporters import Language
from dualcert.reporting.requests import new_request
from dualcert.reporting.sending import Sender, Sent
from dualcert.testing import Clock
from dualcert.values.terms import DispatchState

SENDER = "dualcert@example.cn"
DAY = 24 * 3_600.0
PEOPLE = (
    Person("person-1", "张三", email="zhang@example.cn"),
    Person("person-2", "李四", email="li@example.cn"),
    Person("person-3", "王五", email="wang@example.cn"),
)


@cache
def installed() -> tuple[EntryPoint, ...]:
    """What is installed, looked up once: that takes longer than sending a mail."""
    return tuple(entry_points(group="dualcert"))


def plugins(*, fallback: str | None = "person-3", **channel: Any) -> Plugins:
    """The plugin as it is installed; its channel `smtp` is set up so."""
    return load_plugins(
        Configuration(
            plugins=PluginsConfig(allow=("dualcert-email",)),
            dispatch=DispatchConfig(channel="smtp"),
            reporter={"reminder-digest": {"fallback": fallback} if fallback else {}},
            channel={"smtp": channel},
        ),
        installed(),
    )


def message(key: str, **how: Any) -> Message:
    return Message(**{"key": key, "to": "person-1", "subject": f"提醒 {key}", "text": f"站 {key}\n", **how})


def envelope(config: Any = None, **how: Any) -> Envelope:
    """An envelope to 张三; what is said of it, or of its message, is so instead."""
    own = {name: how.pop(name) for name in ("dispatch", "address", "name", "message") if name in how}
    defaults = {
        "dispatch": dispatch_id("test", "k", "person-1", "smtp"), "address": "zhang@example.cn", "name": "张三",
        "message": message("k", **how), "sent_at": datetime(2023, 10, 10, 4, tzinfo=UTC), "config": config,
    }  # fmt: skip
    return Envelope(**{**defaults, **own})


@define
class Office:
    """Books at *store* (made where they are not there), and a folder for what the machine remembers."""

    store: str
    state: Path
    clock: Clock = field(factory=Clock)
    channel: dict[str, Any] = field(factory=dict)
    registry: Registry = field(default=None)
    outbox: Outbox = field(init=False)
    people: Directory = field(init=False)

    def __attrs_post_init__(self) -> None:
        if self.registry is None:
            self.registry = self._opened()
        self.outbox, self.people = Outbox.open(self.registry.store), Directory.open(self.registry.store)
        for person in PEOPLE:
            self.people.add(person)

    def _opened(self) -> Registry:
        try:
            return Registry.open(self.store, clock=self.clock)
        except StoreMissing:
            return Registry.open(self.store, policy="shanxi-2023", clock=self.clock)

    def close(self) -> None:
        self.outbox.close()
        self.people.close()
        self.registry.close()

    def plan(self, *messages: Message) -> list[str]:
        """Plan messages and return their dispatches."""
        ids = [dispatch_id("test", each.key, each.to, "smtp") for each in messages]
        for id_, each in zip(ids, messages, strict=True):
            sha256, day = self.outbox.put(id_, each), self.registry.today()
            self.registry.execute(
                PlanDispatch(
                    dispatch=id_, reporter="test", key=each.key, recipient=each.to, channel="smtp", sha256=sha256,
                    as_of=day, position=1, on=day,
                )
            )  # fmt: skip
        return ids

    def plan_digests(
        self, as_of: date, *, language: Language = "zh", fallback: str | None = "person-3"
    ) -> dict[str, Message]:
        """Plan the day's digests and return those that are new, by dispatch."""
        request, _ = new_request(self.registry, as_of, language=language)
        email = plugins(fallback=fallback)
        (planned,) = plan_dispatches(self.registry, self.outbox, email, request, "smtp", ["reminder-digest"])
        assert planned.rendered.trouble is None
        return {id_: self.kept(id_) for id_ in planned.new}

    def kept(self, id_: str) -> Message:
        """The message of a dispatch, as the outbox has it."""
        planned = self.registry.view().dispatch(id_).planned
        assert planned is not None
        found = self.outbox.get(id_, planned.sha256)
        assert found is not None
        return found

    @property
    def quarantine(self) -> Quarantine:
        return Quarantine(self.state)

    def sender(self, **channel: Any) -> Sender:
        """A sender whose channel is set up as the office's, except for what is said."""
        return Sender(
            registry=self.registry, outbox=self.outbox, people=self.people,
            plugins=plugins(**{**self.channel, **channel}), quarantine=self.quarantine, clock=self.clock,
        )  # fmt: skip

    def send(self, **channel: Any) -> list[Sent]:
        return list(self.sender(**channel).send())

    def send_until_quiet(self) -> list[Sent]:
        """Let a day pass, longer than every wait and lease, and send, until nothing more happens."""
        done: list[Sent] = []
        quiet = 0
        while quiet < 2:
            self.clock.tick(DAY)
            done += (sent := self.send())
            quiet = 0 if sent else quiet + 1
        return done

    def state_of(self, id_: str) -> str:
        return self.registry.view().dispatch(id_).state.value

    @property
    def states(self) -> dict[str, str]:
        return {row.dispatch: row.state.value for row in self.listed()}

    def listed(self, states: Iterable[DispatchState] | None = None) -> list[DispatchStatus]:
        return list(dispatch_statuses(self.registry.view(), frozenset(states) if states else None))
