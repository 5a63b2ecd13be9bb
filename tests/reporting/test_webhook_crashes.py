"""A webhook's server that fails at any answer, our own death at any step, and a restore after it: no message goes twice."""

from __future__ import annotations

import os
import shutil
import threading
from collections import Counter
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path

import pytest
from attrs import define, evolve, field
from hypothesis import given, settings
from hypothesis import strategies as st

from dualcert import Registry
from dualcert.people import Directory
from dualcert.reporting.configuration import load_configuration
from dualcert.reporting.outbox import Outbox
from dualcert.reporting.planning import plan_dispatches
from dualcert.reporting.plugins import load_plugins
from dualcert.reporting.quarantine import Quarantine
from dualcert.reporting.requests import new_request
from dualcert.reporting.sending import Sender
from dualcert.testing import Clock
from dualcert.testing.dying import DyingSender
from dualcert.values.terms import DispatchState, Resolution

PLUGIN = Path(__file__).parents[2] / "examples" / "third-party-channel" / "src" / "dualcert_webhook" / "__init__.py"
HTTP = [f"http.client.HTTPConnection.{name}" for name in ("connect", "send", "getresponse", "close")]
ANSWERS = ("taken", "taken, unheard", "taken, halved", "busy", "refused", "broken", "cut before")
"""What the server does with a message: it takes it and says so, or hangs up, or stops in the middle; or it does not take it."""
SUFFIXES = ("", ".outbox", ".people", ".keys")
DAYS = (date(2023, 9, 1), date(2023, 9, 8))
SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
LANES = 3


class Server(ThreadingHTTPServer):
    """The group's server: it takes each message once for each time that it is sent one, and keeps a log."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.log: list[str] = []
        self.answers: list[str] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(BaseHTTPRequestHandler):
    """Do with a message what is next among the answers."""

    def do_POST(self):
        if len(self.rfile.read(int(self.headers["Content-Length"]))) < int(self.headers["Content-Length"]):
            return  # its sender died in the middle of it
        answer = self.server.answers.pop() if self.server.answers else "taken"
        if answer.startswith("taken"):
            self.server.log.append(self.headers["Idempotency-Key"])
        status = {"taken": 200, "busy": 503, "refused": 403, "broken": 500}.get(answer)
        if status:
            self.send_response(status)
            self.end_headers()
        elif answer == "taken, halved":
            self.wfile.write(b"HTTP/1.1 2")

    def log_message(self, *_arguments):
        pass


@define
class Group:
    """Books, what lies beside them, and the webhook that their messages go to."""

    folder: Path
    server: Server
    clock: Clock = field(factory=Clock)

    @property
    def store(self) -> str:
        return str(self.folder / "books.db")

    @property
    def config(self) -> str:
        path = self.folder / "dualcert.toml"
        if not path.exists():
            url = f"http://127.0.0.1:{self.server.server_port}/send?key=s3cret"
            (self.folder / "url").write_text(url, encoding="utf-8")
            (self.folder / "url").chmod(0o600)
            path.write_text(
                '[dispatch]\nchannel = "webhook"\n[channel.webhook]\nseconds = 10\n'
                f'url = {{ file = "{self.folder / "url"}" }}\n',
                encoding="utf-8",
            )
        return str(path)

    def plugins(self):
        return load_plugins(evolve(load_configuration(Path(self.config)), files=(str(PLUGIN),)), ())

    def at_work(self, work):
        """Do *work* with a sender, and close everything."""
        policy = None if Path(self.store).exists() else "shanxi-2023"
        with (
            Registry.open(self.store, policy=policy, clock=self.clock) as registry,
            Outbox.open(registry.store) as outbox,
            Directory.open(registry.store) as people,
        ):
            quarantine = Quarantine(self.folder / "state")
            return work(Sender(registry, outbox, people, self.plugins(), quarantine, self.clock))

    def plan(self, *days: date) -> list[str]:
        """Plan the digests of these days; return the dispatches."""

        def work(sender):
            requests = [new_request(sender.registry, day)[0] for day in days]
            for request in requests:
                plan_dispatches(sender.registry, sender.outbox, sender.plugins, request, None, ["weekly"])
            return [dispatch for dispatch, _ in sender.registry.view().dispatches()]

        return self.at_work(work)

    def remember(self) -> None:
        """Have this machine know the store, as after an earlier sending, or as a person lets a restored store send."""
        self.at_work(lambda sender: sender.quarantine.remember(sender.registry.store, sender.registry.view()))

    def send_until_quiet(self) -> dict[str, str]:
        """Let days pass and somebody else send; return the states of the dispatches."""

        def work(sender):
            for _ in range(3):
                self.clock.tick(24 * 3_600.0)
                list(sender.send())
            return {dispatch: read.state.value for dispatch, read in sender.registry.view().dispatches()}

        return self.at_work(work)

    def job(self):
        return {
            "store": self.store, "state": str(self.folder / "state"), "config": self.config, "files": [str(PLUGIN)],
            "now": self.clock().isoformat(),
        }  # fmt: skip

    def back_up(self) -> None:
        for suffix in SUFFIXES:
            if Path(f"{self.store}{suffix}").exists():
                shutil.copy(f"{self.store}{suffix}", self.folder / f"backup{suffix}")

    def restore(self) -> None:
        for suffix in SUFFIXES:
            Path(f"{self.store}{suffix}").unlink(missing_ok=True)
            if (self.folder / f"backup{suffix}").exists():
                shutil.copy(self.folder / f"backup{suffix}", f"{self.store}{suffix}")

    def drill(self) -> None:
        """What docs/how-to/send.md says: plan the days again, say which went out, let the store send."""
        self.plan(*DAYS)

        def work(sender):
            standing = {dispatch: read.state for dispatch, read in sender.registry.view().dispatches()}
            for id_ in set(self.server.log):
                if standing[id_] is not DispatchState.DELIVERED:
                    sender.resolve(id_, Resolution.DELIVERED, "it is in the server's log")

        self.clock.tick(24 * 3_600.0)  # the lease of what was under way is over
        self.at_work(work)
        self.remember()


@pytest.fixture(scope="module")
def sender():
    """A sender that may die."""
    with DyingSender(HTTP) as running:
        yield running


@pytest.fixture(scope="module")
def server():
    """The group's server."""
    with Server() as running:
        yield running
        running.shutdown()


@pytest.fixture(scope="module")
def template(tmp_path_factory, server):
    """Books with two messages planned, from which every group here begins."""
    made = Group(tmp_path_factory.mktemp("template"), server)
    made.plan(*DAYS)
    return made


@pytest.fixture
def group(tmp_path, server, template):
    """Make groups whose two messages are planned."""
    numbers = count()

    def made() -> Group:
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        this = Group(folder, server)
        for suffix in SUFFIXES:
            if Path(f"{template.store}{suffix}").exists():
                shutil.copy(f"{template.store}{suffix}", f"{this.store}{suffix}")
        server.log.clear()
        server.answers.clear()
        return this

    return made


@pytest.mark.parametrize("lane", range(LANES))
def test_we_die_at_each_step(group, sender, server, lane):
    """Before and after each call that matters, until a run comes to its end; a lane has every third step, or half of these."""
    seen, ended = set(), "died"
    for step in count(1 + lane, LANES if SOAK else 2 * LANES):
        this = group()
        this.remember()
        ended = sender.do(**this.job(), die_at=step)
        assert ended in {"died", "done"}

        states = this.send_until_quiet()
        copies = Counter(server.log)
        came = [(state, copies[id_]) for id_, state in states.items()]
        assert set(copies) <= set(states)
        assert set(came) <= {("delivered", 1), ("unknown", 0), ("unknown", 1)}, step
        assert [state for state, _ in came].count("unknown") <= (ended == "died"), step
        seen |= set(came)
        if ended == "done":
            break

    assert step > 20
    everything = {("delivered", 1), ("unknown", 0), ("unknown", 1)}
    assert seen == everything if SOAK else seen <= everything


@pytest.mark.parametrize("answer", ANSWERS)
def test_each_answer_of_the_server_leaves_at_most_one_copy_and_every_doubt_is_listed(group, server, answer):
    this = group()
    this.remember()
    server.answers[:] = [answer]

    states, copies = this.send_until_quiet(), Counter(server.log)

    assert all(number == 1 for number in copies.values())
    doubt = {"taken, unheard": "unknown", "taken, halved": "unknown", "broken": "unknown", "cut before": "unknown"}
    expected = {"taken": "delivered", "busy": "delivered", "refused": "refused", **doubt}[answer]
    assert sorted(states.values()) == sorted(["delivered", expected])


def test_without_the_drill_a_restored_store_would_send_again(group, sender, server):
    this = group()
    this.back_up()
    this.remember()
    sender.do(**this.job())

    this.restore()
    this.remember()
    this.send_until_quiet()

    assert sorted(Counter(server.log).values()) == [2, 2]


def test_after_a_restore_at_any_step_the_drill_brings_no_message_twice(tmp_path_factory, template, sender, server):
    """The backup was made before the planning, after it, or after an earlier sending; then we died at some step."""

    @settings(deadline=None, max_examples=min(settings.default.max_examples, 1_000))
    @given(
        backup=st.sampled_from(["before planning", "planned", "sent once"]),
        first=st.lists(st.sampled_from(ANSWERS), max_size=2),
        later=st.lists(st.sampled_from(ANSWERS), max_size=2),
        step=st.integers(1, 60),
    )
    def tried(backup, first, later, step):
        this = Group(tmp_path_factory.mktemp("restored"), server)
        server.log.clear()
        if backup == "before planning":
            this.plan()
            this.back_up()
        shutil.copy(template.store, this.store)
        shutil.copy(f"{template.store}.outbox", f"{this.store}.outbox")
        if backup == "planned":
            this.back_up()
        this.remember()
        server.answers[:] = first
        sender.do(**this.job())
        if backup == "sent once":
            this.back_up()
        server.answers[:] = later
        this.clock.tick(24 * 3_600.0)
        sender.do(**this.job(), die_at=step)

        this.restore()
        this.drill()
        server.answers.clear()
        states, copies = this.send_until_quiet(), Counter(server.log)

        assert all(number == 1 for number in copies.values())
        assert {id_ for id_, state in states.items() if state == "delivered"} >= set(copies)

    tried()
