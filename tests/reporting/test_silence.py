"""Whatever is done with a log but sending, nothing is sent: with thousands of dispatches in it, not one connection is opened."""

from __future__ import annotations

import os
import shutil
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from dualcert import Registry
from dualcert.backup import back_up, restore
from dualcert.domain.commands import (
    PlanDispatch,
    RecordFailure,
    RecordUnknown,
    StartSending,
    dispatch_id,
)
from dualcert.projections.dispatches import dispatch_statuses
from dualcert.reporting.configuration import Configuration, DispatchConfig
from dualcert.reporting.outbox import Outbox
from dualcert.reporting.planning import plan_dispatches
from dualcert.reporting.plugins import load_plugins
from dualcert.reporting.quarantine import Quarantine
from dualcert.reporting.rendering import render
from dualcert.reporting.requests import new_request
from dualcert.reporting.sending import sender_of
from dualcert.store.copying import copy_log
from dualcert.testing import Clock

SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
MANY = 45_000 if SOAK else 2_000  # of two facts and a quarter each
TIMES = 3 if SOAK else 1
DAY = date(2023, 9, 1)
SMTP = {"smtp": {"host": "127.0.0.1", "port": 9, "sender": "books@example.org"}}


def story(number):
    """The facts of one dispatch: a third each planned, failed and to be tried again, unknown."""
    id_ = dispatch_id("reminder-digest", f"key-{number}", "person-1", "smtp")
    until = datetime(2023, 9, 1, tzinfo=UTC) + timedelta(minutes=5)
    yield PlanDispatch(dispatch=id_, reporter="reminder-digest", key=f"key-{number}", recipient="person-1",
                       channel="smtp", sha256="0" * 64, as_of=DAY, position=2, on=DAY)  # fmt: skip
    if number % 4:
        yield StartSending(dispatch=id_, attempt=1, until=until, on=DAY)
    if number % 4 == 2:
        yield RecordFailure(dispatch=id_, attempt=1, reason="451", final=False, on=DAY)
    if number % 4 == 3:
        yield RecordUnknown(dispatch=id_, attempt=1, reason="broke", on=DAY)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("many") / "books.db"
    with Registry.open(path, policy="shanxi-2023", clock=Clock()) as registry:
        registry.execute_many(command for number in range(MANY) for command in story(number))
    return path


@pytest.fixture
def connections():
    """What is opened, asked or started meanwhile that could carry a message."""
    found, listening = [], [True]

    def listen(event, arguments):
        if listening and event.startswith(("socket.connect", "socket.getaddrinfo", "socket.sendto", "smtplib.",
                                           "subprocess.Popen", "os.system")):  # fmt: skip
            found.append((event, arguments))

    sys.addaudithook(listen)
    yield found
    listening.clear()


def test_replaying_and_rebuilding_send_nothing(store, connections):
    with Registry.open(store) as registry:
        assert registry.replay(monthly=True).facts > 2 * MANY
        registry.catch_up()
        assert sum(1 for _ in dispatch_statuses(registry.view())) == MANY
    assert connections == []


@pytest.mark.parametrize("nth", range(TIMES))
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_is_rebuilt_or_restored_has_one_digest_and_sends_nothing(
    store, connections, tmp_path, postgres_url, kind, nth
):
    digests, restored = [digest(store)], str(tmp_path / "restored.db") if kind == "sqlite" else postgres_url
    Path(f"{store}.figures").unlink(missing_ok=True)
    digests.append(digest(store))

    saved = back_up(store, tmp_path / "backup", datetime(2026, 11, 26, 8, tzinfo=UTC))
    restore(tmp_path / "backup", restored, Quarantine(tmp_path / "state"))
    digests += [saved.digest, digest(restored)]

    assert len(set(digests)) == 1
    assert connections == []  # those to PostgreSQL are opened by libpq, where nobody here hears them


def digest(store):
    with Registry.open(store) as registry:
        assert sum(1 for _ in dispatch_statuses(registry.view())) == MANY
        return registry.replay().digest


def test_copying_sends_nothing_and_neither_does_the_copy(store, connections, tmp_path):
    copy_log(store, tmp_path / "copy.db")
    shutil.copy(store, tmp_path / "file.db")
    for copy in (tmp_path / "copy.db", tmp_path / "file.db"):
        with Registry.open(copy) as registry:
            assert sum(1 for _ in dispatch_statuses(registry.view())) == MANY
    assert connections == []


def test_reporting_and_planning_send_nothing(store, connections, tmp_path):
    shutil.copy(store, tmp_path / "books.db")
    plugins = load_plugins(Configuration(dispatch=DispatchConfig(channel="smtp"), channel=SMTP))
    with Registry.open(tmp_path / "books.db") as registry, Outbox.open(registry.store) as outbox:
        request, views = new_request(registry, DAY)
        for name in plugins.reporters:
            assert render(plugins, name, request, views).trouble is None
        plan_dispatches(registry, outbox, plugins, request, "smtp")
    assert connections == []


def test_what_would_tell_is_told_of_a_connection(connections, tmp_path):
    """The same ear hears a sender: its silence above means something. Here are no others to be given up first."""
    from dualcert.people import Directory, Person
    from dualcert.reporting import Message

    plugins = load_plugins(Configuration(channel=SMTP))
    with (
        Registry.open(tmp_path / "books.db", policy="shanxi-2023") as registry,
        Directory.open(registry.store) as people,
    ):
        people.add(Person("person-1", "张三", email="zhang@example.org"))
        with sender_of(registry, plugins) as sender:
            message = Message(key="heard", to="person-1", subject="x", text="x")
            id_ = dispatch_id("writer", "heard", "person-1", "smtp")
            registry.execute(PlanDispatch(dispatch=id_, reporter="writer", key="heard", recipient="person-1",
                                          channel="smtp", sha256=sender.outbox.put(id_, message), as_of=DAY, position=2,
                                          on=DAY))  # fmt: skip
            sender.quarantine.remember(registry.store, registry.view())
            sent = list(sender.send(frozenset({id_})))
    assert [each.state.value for each in sent if each.dispatch == id_] == ["failed"]
    assert any(event == "socket.connect" for event, _ in connections)
