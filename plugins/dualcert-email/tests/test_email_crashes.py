"""Our own death at any step, and two of us at once: no message goes twice, and every doubt is on the list."""

from __future__ import annotations

import json
import os
import random
import shutil
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest
from attrs import define
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mail_office import DAY, Office, message
from scripted_server import PASSWORD

from dualcert.testing import Clock
from dualcert.testing.dying import DyingSender
from dualcert.values.terms import DispatchState, Resolution
from meanwhile import act_before_the_lock

STEPS = [f"smtplib.SMTP.{name}" for name in ("connect", "send", "getreply", "close")]
"""What of the channel's the process may die before, and after: `send` is each command, the message, and the line that ends it."""
SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
LANES = 4
"""How many tests the steps are dealt out to."""


@pytest.fixture(scope="module")
def programs():
    """Two of the sending program, at work for all tests here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SMTP_PASSWORD", PASSWORD)
        with DyingSender(STEPS) as one, DyingSender(STEPS) as other:
            yield [one, other]


@pytest.fixture
def program(programs):
    """The sending program."""
    return programs[0]


@define
class Case:
    """A store with messages to send, and the job of sending them."""

    office: Office
    ids: list[str]
    job: dict[str, str]

    def remember(self) -> None:
        """Have this machine know the store, as after an earlier sending."""
        self.office.quarantine.remember(self.office.registry.store, self.office.registry.view())

    def came_of_it(self, server) -> list[tuple[str, int]]:
        """Let time pass and somebody else send; return what came of each message, and how often it was taken.

        Nothing was taken twice, everything is delivered or unknown, and what is delivered was taken.
        """
        self.office.registry.catch_up()
        self.office.send_until_quiet()
        server.settle()
        copies, states = Counter(each.id for each in server.taken), self.office.states

        assert set(copies) <= set(states) == set(self.ids)
        assert [row.dispatch for row in self.office.listed({DispatchState.UNKNOWN})] == [
            id_ for id_, state in states.items() if state == "unknown"
        ]
        came = sorted((state, copies[id_]) for id_, state in states.items())
        assert set(came) <= {("delivered", 1), ("unknown", 0), ("unknown", 1)}
        return came


@pytest.fixture
def server(scripted):
    """The server that the restored office's messages go to."""
    return scripted()


@pytest.fixture
def case(tmp_path, config, reaching):
    """Make cases of so many messages; every store is a copy of one that was never sent from."""
    opened = []

    def made(messages, port, store=None) -> Case:
        name = f"books-{len(opened)}"
        if store is None:
            store = str(tmp_path / f"{name}.db")
            for suffix in ("", ".outbox", ".people", ".keys"):
                shutil.copy(f"{template(tmp_path, messages)}{suffix}", f"{store}{suffix}")
        books = Office(store, tmp_path / name, clock=Clock(), channel=reaching(port))
        opened.append(books)
        if not books.states:
            plan(books, messages)
        job = {"store": store, "state": str(books.state), "config": config(port), "now": books.clock().isoformat()}
        return Case(books, list(books.states), job)

    yield made
    for each in opened:
        each.close()


def template(folder, messages):
    """A store with so many messages to send, made once for a test."""
    path = folder / f"template-{messages}.db"
    if not path.exists():
        books = Office(str(path), folder / "unused", clock=Clock())
        plan(books, messages)
        books.close()
    return path


def plan(books, messages):
    books.plan(*(message(f"key-{number}") for number in range(messages)))


@pytest.mark.parametrize("lane", range(LANES))
def test_we_die_at_each_step(case, program, scripted, lane):
    """Before and after each call that matters, until a run comes to its end; a lane has every fourth step, or a third of these."""
    server = scripted()
    ended, seen = "died", set()
    for step in count(1 + lane, LANES if SOAK else 3 * LANES):
        this = case(1, server.port)
        this.remember()
        ended = program.do(**this.job, die_at=step)
        assert ended in {"died", "done"}
        came = this.came_of_it(server)
        assert [state for state, _ in came].count("unknown") <= (ended == "died"), step
        seen |= set(came)
        server.taken.clear()
        if ended == "done":
            break

    assert step > 40
    everything = {("delivered", 1), ("unknown", 0), ("unknown", 1)}
    assert seen == everything if SOAK else seen <= everything


@settings(
    deadline=None, max_examples=min(settings.default.max_examples, 1_000), suppress_health_check=list(HealthCheck)
)
@given(step=st.integers(1, 80), sent_before=st.booleans())
def test_after_a_restore_at_any_step_the_drill_brings_no_message_twice(case, program, server, step, sent_before):
    """The backup was made before the first sending, or after it; then we died at some step of the next one."""
    server.taken.clear()
    this = case(2, server.port)
    this.remember()
    if sent_before:
        next(this.office.sender().send())
    store = Path(this.job["store"])
    backup = {path: path.read_bytes() for path in store.parent.glob(f"{store.name}*")}
    this.office.close()
    program.do(**this.job, die_at=step)
    for path, content in backup.items():
        path.write_bytes(content)

    server.settle()
    restored = this.office = Office(str(store), this.office.state, clock=Clock(), channel=this.office.channel)
    restored.clock.tick(DAY)
    for id_ in {each.id for each in server.taken} - delivered(restored):
        restored.sender().resolve(id_, Resolution.DELIVERED, "it is in the server's log")
    this.remember()
    restored.send_until_quiet()

    server.settle()
    copies = Counter(each.id for each in server.taken)
    restored.close()
    assert set(copies.values()) == {1}


def delivered(office):
    return {id_ for id_, state in office.states.items() if state == "delivered"}


@pytest.mark.parametrize("seed", range(8))
def test_we_are_killed_at_any_moment(case, program, scripted, seed):
    server = scripted(pause=0.005)
    this = case(3, server.port)
    this.remember()

    ended = program.do(**this.job, kill_after=random.Random(seed).uniform(0.03, 0.3))

    assert ended in {"died", "done"}
    came = this.came_of_it(server)
    assert [state for state, _ in came].count("unknown") <= 1


def test_a_message_of_a_sender_that_died_goes_out_again_by_a_persons_word_alone(case, program, scripted):
    server = scripted()
    this = case(1, server.port)
    this.remember()
    program.do(**this.job, die_at="before connect")
    assert this.came_of_it(server) == [("unknown", 0)]

    this.office.sender().resolve(this.ids[0], Resolution.SEND_AGAIN, "the server's log has nothing of it")

    assert this.came_of_it(server) == [("delivered", 1)]


def test_dying_at_the_first_sending_of_all_does_not_switch_sending_off(case, program, scripted):
    """The attempt is in the log, and this machine has not noted yet that it is the one that sends."""
    server = scripted()
    this = case(2, server.port)

    assert program.do(**this.job, die_at="after execute") == "died"

    assert this.came_of_it(server) == [("delivered", 1), ("unknown", 0)]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_two_processes_that_send_at_once_share_the_messages(case, programs, scripted, request, tmp_path, kind):
    server = scripted(pause=0.003)
    this = case(30, server.port, request.getfixturevalue("postgres_url") if kind == "postgresql" else None)
    at, told = time.time() + 1.0, [tmp_path / "one.json", tmp_path / "other.json"]

    for running, path in zip(programs, told, strict=True):
        running.begin(**this.job, at=at, told=str(path))
    assert [running.ended() for running in programs] == ["done", "done"]

    one, other = ([row for row in json.loads(path.read_text()) if row[2] is None] for path in told)
    assert {state for _, state, _ in one + other} == {"delivered"}
    assert sorted(id_ for id_, _, _ in one + other) == sorted(this.ids)
    assert one
    assert other
    assert this.came_of_it(server) == [("delivered", 1)] * 30


def test_two_threads_that_send_at_once_share_the_messages(case, scripted):
    server = scripted(pause=0.002)
    this = case(20, server.port)
    start = threading.Barrier(2)

    def send(books):
        start.wait()
        return books.send()

    other = Office(this.office.store, this.office.state, clock=this.office.clock, channel=this.office.channel)
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(send, [this.office, other]))
    other.close()

    assert all(done)
    assert this.came_of_it(server) == [("delivered", 1)] * 20


def test_a_sender_that_begins_while_another_sends_is_not_taken_for_a_restored_store(case, scripted, monkeypatch):
    """Before it looks at what the machine remembers, the other goes on."""
    server = scripted()
    this = case(3, server.port)
    this.remember()
    second = Office(this.office.store, this.office.state, clock=this.office.clock, channel=this.office.channel)
    act_before_the_lock(monkeypatch, "dualcert.reporting.quarantine", lambda: next(this.office.sender().send()))
    second.send()
    second.close()

    assert this.came_of_it(server) == [("delivered", 1)] * 3


def test_what_another_sender_delivered_meanwhile_is_not_said_to_wait(case, scripted):
    server = scripted()
    this = case(3, server.port)
    slow = this.office.sender().send()
    next(slow)

    assert len(this.office.send()) == 2
    assert list(slow) == []
