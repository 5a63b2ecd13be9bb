"""A restored log, and the drill of docs/how-to/send.md: no message goes out twice, wherever the backup was made."""

from __future__ import annotations

import contextlib
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from post import Post, message

from dualcert import Registry
from dualcert.errors import DispatchStandsOtherwise, Refused, SendingOff
from dualcert.projections.dispatches import open_dispatches
from dualcert.reporting import delivered, failed, refused, unknown
from dualcert.reporting.quarantine import Quarantine
from dualcert.values.terms import DispatchState, Resolution

SUFFIXES = ("", ".outbox", ".people", ".keys")
"""The store, and what lies beside it."""
FIRST = date(2023, 9, 1)

Act = st.sampled_from(["plan", "send", "wait", "backup"])
Answer = st.sampled_from(["taken", "taken, unheard", "taken, died", "not taken", "refused", "died before", "unknown"])


class Server:
    """The other side: it takes a message or not, and keeps a log of what it took."""

    def __init__(self, answers: list[str]) -> None:
        self.answers, self.log = answers, []

    def __call__(self, envelope):
        answer = self.answers.pop() if self.answers else "taken"
        if answer.startswith("taken"):
            self.log.append(envelope.dispatch)
        match answer:
            case "taken":
                return delivered("250")
            case "taken, unheard":
                raise ConnectionError
            case "taken, died" | "died before":
                raise KeyboardInterrupt
            case "not taken":
                return failed("451")
            case "refused":
                return refused("550")
        return unknown("?")


def reopened(post: Post) -> Post:
    """The same office, with its books opened again."""
    for each in (post.registry, post.outbox, post.people):
        each.close()
    post.registry = Registry.open(post.store, clock=post.clock)
    post.outbox, post.people = type(post.outbox).open(post.registry.store), type(post.people).open(post.registry.store)
    return post


def kept(post: Post, folder: Path) -> None:
    """Make a backup of the store and of what lies beside it."""
    reopened(post)
    for suffix in SUFFIXES:
        if Path(f"{post.store}{suffix}").exists():
            shutil.copy(f"{post.store}{suffix}", folder / f"backup{suffix}")


def restored(post: Post, folder: Path) -> None:
    """Put the backup into the files' places."""
    for each in (post.registry, post.outbox, post.people):
        each.close()
    for suffix in SUFFIXES:
        if (folder / f"backup{suffix}").exists():
            Path(f"{post.store}{suffix}").write_bytes((folder / f"backup{suffix}").read_bytes())
    reopened(post)


def planned(post: Post, day: date) -> None:
    post.messages[:] = [message(f"{day}-{n}") for n in range(2)]
    post.plan(as_of=day)


def sent(post: Post) -> None:
    with contextlib.suppress(KeyboardInterrupt):  # the sender died
        post.send()


def drill(post: Post, server: Server, days: list[date]) -> None:
    """What docs/how-to/send.md says: plan the days again, tell what went out, let the store send, send."""
    for day in days:
        planned(post, day)
    for id_ in server.log:
        with contextlib.suppress(DispatchStandsOtherwise):  # its attempt is under way, as the log has it
            post.sender().resolve(id_, Resolution.DELIVERED, "it is in the server's log")
    Quarantine(post.state).remember(post.registry.store, post.registry.view())
    sent(post)


@settings(deadline=None)
@given(
    acts=st.lists(Act, min_size=3, max_size=12), answers=st.lists(Answer, max_size=12), after=st.lists(Act, max_size=4)
)
def test_after_a_restore_at_any_point_the_drill_brings_no_message_twice(tmp_path_factory, acts, answers, after):
    folder = tmp_path_factory.mktemp("restored")
    post = Post(str(folder / "books.db"), folder / "state")
    server = Server(answers)
    post.line.say = server
    days: list[date] = []

    def act(what: str) -> None:
        match what:
            case "plan":
                days.append(FIRST + timedelta(days=len(days)))
                planned(post, days[-1])
            case "send":
                sent(post)
            case "wait":
                post.clock.tick(post.dispatch.lease_seconds * 100)
            case "backup":
                kept(post, folder)

    kept(post, folder)
    for what in acts:
        act(what)
    restored(post, folder)
    drill(post, server, days)
    for what in [*after, "wait", "send"]:
        act("wait" if what == "backup" else what)

    assert len(server.log) == len(set(server.log))
    post.close()


def test_what_a_newer_log_knew_as_sent_is_recorded_as_delivered(post):
    """After a restore it stands as planned; and a failed one may have gone out since, too."""
    (one,), (two,) = (each.new for key in "ab" for each in post.plan(key))
    post.line.say = lambda envelope: failed("451")
    post.send(two)

    for id_ in (one, two):
        post.sender().resolve(id_, Resolution.DELIVERED, "it is in the server's log")
        post.sender().resolve(id_, Resolution.DELIVERED, "once more")  # nothing is recorded for it

    post.clock.tick(1_000_000)
    assert (post.states, post.send(), post.outbox.kept()) == (["delivered", "delivered"], [], [])


def test_a_planned_message_is_not_sent_again_because_it_was_not_sent(post):
    ((id_,),) = (each.new for each in post.plan("a"))

    with pytest.raises(Refused, match="is planned"):
        post.sender().resolve(id_, Resolution.SEND_AGAIN, "it has not gone out yet")


def test_an_attempt_that_nobody_ends_any_more_is_judged_by_a_person(post):
    """It was under way when the backup was made."""
    ((id_,),) = (each.new for each in post.plan("a"))
    post.line.say = Server(["taken, died"])
    sent(post)
    with pytest.raises(Refused, match="is sending"):
        post.sender().abandon(id_, "the county has moved on")
    post.clock.tick(post.dispatch.lease_seconds + 1)

    post.sender().resolve(id_, Resolution.DELIVERED, "it is in the server's log")

    assert post.registry.view().dispatch(id_).state is DispatchState.DELIVERED


def test_those_that_are_open_are_found_by_when_they_were_planned(post):
    (first,) = post.plan("a", "b")
    then = post.registry.view()
    post.send(first.new[0])
    post.clock.tick(60)
    *_, second = post.plan("c")

    assert open_dispatches(post.registry.view()) == (first.new[1], second.new[0])
    assert open_dispatches(post.registry.view(), then) == (first.new[1],)


def test_nothing_is_sent_from_a_restored_log_before_the_drill(tmp_path):
    post = Post(str(tmp_path / "books.db"), tmp_path / "state")
    post.plan("a")
    kept(post, tmp_path)
    post.send()
    restored(post, tmp_path)

    with pytest.raises(SendingOff):
        post.send()
    post.close()
