from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from attrs import frozen
from post import Line, Post, message

from dualcert import Registry
from dualcert.errors import ClockBehindLog, ContentMissing, DispatchStandsOtherwise, UnknownDispatch
from dualcert.people import Directory, Person
from dualcert.projections.dispatches import dispatch_statuses
from dualcert.reporting import delivered, failed, refused, unknown
from dualcert.reporting.configuration import DispatchConfig
from dualcert.reporting.outbox import Outbox
from dualcert.reporting.planning import plan_dispatches
from dualcert.reporting.requests import new_request
from dualcert.reporting.sending import due_at
from dualcert.values.terms import DispatchState, Resolution
from meanwhile import act_after, act_before


def test_each_message_is_delivered_once(post):
    post.plan("a", "b")

    sent = post.send()

    assert [each.state.value for each in sent] == ["delivered", "delivered"]
    assert (post.send(), len(post.line.taken)) == ([], 2)


def test_dispatches_are_listed_by_their_state(post):
    post.plan("a")
    post.send()
    post.plan("b")
    books = post.registry.books("2023-10-10")

    for state in (DispatchState.DELIVERED, DispatchState.PLANNED):
        assert [each.state for each in books.dispatches(frozenset({state}))] == [state]
    assert len(list(books.dispatches())) == 2


def test_the_envelope_has_the_directorys_address_and_the_dispatchs_id(post):
    ((id_,),) = (planned.new for planned in post.plan("a"))
    post.send()

    (envelope,) = post.line.taken
    assert (envelope.dispatch, envelope.address, envelope.name) == (id_, "zhang@example.org", "张三")


def test_the_attempt_is_in_the_log_before_the_channel_opens(post):
    post.plan("a")
    post.line.say = lambda envelope: delivered(post.registry.view().dispatch(envelope.dispatch).state.value)

    assert [each.detail for each in post.send()] == ["sending"]


def test_a_delivered_message_is_no_longer_kept(post):
    ((id_,),) = (planned.new for planned in post.plan("a"))
    sha256 = post.registry.view().dispatch(id_).planned.sha256
    assert post.outbox.get(id_, sha256)

    post.send()

    assert post.outbox.get(id_, sha256) is None


def test_a_failure_is_tried_again_twice_as_late_each_time_and_then_waits_for_a_person(post):
    post.dispatch = DispatchConfig(attempts=4, backoff_seconds=60, backoff_limit_seconds=200)
    post.plan("a")
    post.line.say = lambda _: failed("451 later")
    waited, tries = [], 0
    for _ in range(3_000):
        post.clock.tick(1)
        if post.send():
            waited.append(_ - tries)
            tries = _

    assert waited[1:] == [60, 120, 200]
    assert post.states == ["failed"]


def test_what_was_refused_for_good_is_not_tried_again(post):
    post.plan("a")
    post.line.say = lambda _: refused("550 no such user")
    post.send()
    post.clock.tick(1_000_000)

    assert (post.send(), post.states) == ([], ["refused"])


def test_what_nobody_knows_is_not_tried_again(post):
    post.plan("a")
    post.line.say = lambda _: unknown("the connection broke")
    post.send()
    post.clock.tick(1_000_000)

    assert (post.send(), post.states) == ([], ["unknown"])


@pytest.mark.parametrize("raised", [RuntimeError("x"), SystemExit(0), GeneratorExit()])
def test_what_a_channel_raises_tells_nothing(post, raised):
    post.plan("a", "b")

    def say(envelope):
        if envelope.message.key == "a":
            raise raised
        return delivered()

    post.line.say = say
    post.send()

    assert post.states == ["unknown", "delivered"]


def test_a_channel_that_gives_no_receipt_tells_nothing(post):
    post.plan("a")
    post.line.say = lambda _: True
    post.send()

    assert post.states == ["unknown"]


def test_a_sender_that_never_told_leaves_an_unknown_when_its_lease_is_over(post):
    post.plan("a")

    def killed(_):
        raise KeyboardInterrupt

    post.line.say = killed
    with pytest.raises(KeyboardInterrupt):
        post.send()
    assert post.states == ["sending"]
    post.clock.tick(post.dispatch.lease_seconds - 1)
    assert (post.send(), post.states) == ([], ["sending"])
    post.clock.tick(2)

    assert [each.state for each in post.send()] == [DispatchState.UNKNOWN]
    assert (len(post.line.taken), post.states) == (1, ["unknown"])


def test_a_slow_sender_is_heard_after_its_lease(post):
    post.plan("a")

    def slow(_):
        post.clock.tick(post.dispatch.lease_seconds + 1)
        assert [each.state for each in post.sender().give_up()] == [DispatchState.UNKNOWN]
        return delivered("250 at last")

    post.line.say = slow

    assert [each.state for each in post.send()] == [DispatchState.DELIVERED]


def test_without_an_address_it_waits_and_goes_when_there_is_one(post):
    post.messages.append(message("a", to="person-2"))
    post.plan()

    assert [(each.waits, each.state.value) for each in post.send()] == [("no-address", "planned")]
    post.people.add(Person("person-2", "李四", email="li@example.org"))
    assert [each.waits for each in post.send()] == [None]
    assert [envelope.address for envelope in post.line.taken] == ["li@example.org"]


def test_who_cannot_be_read_waits_with_the_reason_and_the_others_are_sent(post):
    post.people.add(Person("person-2", "李四", email="li@example.org"))
    post.messages += [message("a"), message("b", to="person-2")]
    post.plan()
    post.people.keys._write(lambda execute: execute("DELETE FROM dualcert_keys WHERE person = 'person-1'"))

    sent = {each.waits: each for each in post.send()}

    assert {waits: each.state.value for waits, each in sent.items()} == {"unreadable": "planned", None: "delivered"}
    assert (sent["unreadable"].refusal.code, sent["unreadable"].refusal.person) == ("person-unreadable", "person-1")
    assert [each.waits for each in post.sender().waiting()] == ["unreadable"]


def test_a_message_that_is_gone_or_was_changed_is_not_sent(post):
    ((id_,),) = (planned.new for planned in post.plan("a"))
    post.outbox._write(lambda execute: execute("UPDATE dualcert_outbox SET content = ?", (b"forged",)))
    assert [each.waits for each in post.send()] == ["no-content"]
    post.outbox.drop(id_)
    assert [each.waits for each in post.send()] == ["no-content"]
    assert post.line.taken == []


def test_only_what_is_asked_for_is_sent(post):
    (planned,) = post.plan("a", "b")

    assert [each.dispatch for each in post.send(planned.new[1])] == [planned.new[1]]
    with pytest.raises(UnknownDispatch):
        post.send(f"dispatch-{'0' * 32}")


def test_a_person_finds_out_what_came_of_an_unknown(post):
    ((id_,),) = (planned.new for planned in post.plan("a"))
    post.line.say = lambda _: unknown("the connection broke")
    post.send()

    post.sender().resolve(id_, Resolution.DELIVERED, "the recipient has it")

    assert (post.states, post.send()) == (["delivered"], [])


def test_a_person_has_it_sent_again(post):
    ((id_,),) = (planned.new for planned in post.plan("a"))
    post.line.say = lambda _: unknown("the connection broke")
    post.send()
    post.line.say = lambda _: delivered()

    post.sender().resolve(id_, Resolution.SEND_AGAIN, "the recipient has nothing")

    assert [each.state.value for each in post.send()] == ["delivered"]
    with pytest.raises(DispatchStandsOtherwise):
        post.sender().resolve(id_, Resolution.SEND_AGAIN, "once more")


def test_what_was_given_up_has_no_message_left_to_send_again(post):
    ((id_,),) = (planned.new for planned in post.plan("a"))
    post.sender().abandon(id_, "no longer true")

    assert (post.send(), post.states) == ([], ["abandoned"])
    with pytest.raises(ContentMissing):
        post.sender().resolve(id_, Resolution.SEND_AGAIN, "true after all")


def test_two_senders_never_take_the_same_dispatch(post):
    """Every thread has a sender of its own, all start at once, and each message goes out once."""
    post.plan(*(f"key-{number}" for number in range(40)))
    threads, errors = [], []
    barrier = threading.Barrier(4)

    def run():
        sender = post.sender()
        barrier.wait()
        try:
            list(sender.send())
        except BaseException as error:  # noqa: BLE001  a thread's error is shown by the test
            errors.append(error)

    for _ in range(4):
        threads.append(threading.Thread(target=run))
        threads[-1].start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert sorted(envelope.message.key for envelope in post.line.taken) == sorted(f"key-{n}" for n in range(40))
    assert set(post.states) == {"delivered"}


def test_two_senders_at_the_same_instant_write_different_facts(post):
    """The same attempt by the same clock: the second finds the first one's fact and leaves the dispatch alone."""
    ((id_,),) = (planned.new for planned in post.plan("a"))
    first, second = post.sender(), post.sender()

    assert first._taken(id_, 1)
    assert not second._taken(id_, 1)


def test_when_a_dispatch_is_due(post):
    config = DispatchConfig(attempts=3, backoff_seconds=10, backoff_limit_seconds=15)
    ((id_,),) = (planned.new for planned in post.plan("a"))
    read = post.registry.view().dispatch(id_)
    assert due_at(read, config) == read.planned_at

    post.line.say = lambda _: failed("451")
    post.send()
    read = post.registry.view().dispatch(id_)
    assert due_at(read, config) == read.changed_at + timedelta(seconds=10)
    assert due_at(read, DispatchConfig(attempts=1)) is None


def test_what_another_sender_delivered_meanwhile_does_not_wait(post):
    """The first has looked at all that is due when the second delivers it; nothing of it is left to be said."""
    post.plan("a", "b", "c")
    first = post.sender().send()
    next(first)

    assert len(post.send()) == 2
    assert list(first) == []
    assert len(post.line.taken) == 3


# one failure costs one thing


def planned_by(post, channel, *keys):
    """Plan messages for another channel than the one that is there."""
    post.messages[:] = [message(key) for key in keys]
    plugins = post.plugins
    plugins.plugins[0].channels[channel] = Line(name=channel)
    request, _ = new_request(post.registry, date(2023, 9, 1))
    plan_dispatches(post.registry, post.outbox, plugins, request, channel, ["writer"])


def test_a_channel_that_is_gone_costs_its_own_messages_only(post):
    planned_by(post, "wecom", "a", "b")
    post.plan("c")

    sent = post.send()

    assert [(each.waits, each.state.value) for each in sent] == [
        ("no-channel", "planned"), ("no-channel", "planned"), (None, "delivered"), (None, "delivered"), (None, "delivered"),
    ]  # fmt: skip
    assert {each.refusal.code for each in sent if each.refusal} == {"unknown-channel"}
    assert all(each.of_a_person for each in sent[:2])


def test_a_channel_that_is_not_set_up_costs_its_own_messages_only(post):
    @frozen
    class Config:
        url: str

    planned_by(post, "wecom", "a")
    post.plan("b")
    sender = post.sender()
    sender.plugins.plugins[0].channels["wecom"] = Line(name="wecom", Config=Config)

    first, *others = sender.send()

    assert (first.waits, first.refusal.code, first.detail) == (
        "no-channel", "bad-configuration", "channel.wecom: Object missing required field `url`",
    )  # fmt: skip
    assert {each.state.value for each in others} == {"delivered"}


def test_messages_go_out_in_the_order_of_their_planning(post):
    keys = [f"key-{number}" for number in range(20)]
    for key in keys:
        post.messages[:] = [message(key)]
        post.plan()

    post.send()

    assert [envelope.message.key for envelope in post.line.taken] == keys


@pytest.mark.parametrize("where", ["the main thread", "a thread of a service"])
def test_a_channel_that_hangs_is_left_when_its_lease_is_over(post, where):
    post.dispatch = DispatchConfig(lease_seconds=1)
    post.plan("a", "b")
    released = threading.Event()

    def say(envelope):
        if envelope.message.key == "a":
            released.wait(20)
        return delivered()

    post.line.say = say
    sent = []
    if where == "the main thread":
        sent += post.send()
    else:
        thread = threading.Thread(target=lambda: sent.extend(post.send()))
        thread.start()
        thread.join()
    released.set()

    assert [(each.state.value, each.trouble and each.trouble.code) for each in sent] == [
        ("unknown", "plugin-too-slow"), ("delivered", None),
    ]  # fmt: skip


# what waits for a person


def test_what_waits_for_a_person_is_listed_with_the_reason(post):
    post.dispatch = DispatchConfig(attempts=1)
    answers = {"a": unknown("?"), "b": refused("550"), "c": failed("451"), "e": delivered()}
    post.line.say = lambda envelope: answers[envelope.message.key]
    post.plan("a", "b", "c", "e")
    post.messages[:] = [message("d", to="person-2")]
    post.plan()

    post.send()
    listed = [(each.state.value, each.waits) for each in post.sender().waiting()]

    assert listed == [("unknown", None), ("refused", None), ("failed", "no-more"), ("planned", "no-address")]
    assert post.sender().next_try() is None


def test_an_attempt_past_its_lease_is_unknown_before_anybody_records_it(post):
    post.plan("a")
    post.line.say = lambda _: (_ for _ in ()).throw(KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        post.send()
    now = post.clock()
    later = now + timedelta(seconds=post.dispatch.lease_seconds + 60)

    def states(instant):
        return [each.state.value for each in dispatch_statuses(post.registry.view(), None, instant)]

    assert (states(now), states(later), list(post.sender().waiting())) == (["sending"], ["unknown"], [])
    post.clock.tick(post.dispatch.lease_seconds + 60)
    assert [each.state.value for each in post.sender().waiting()] == ["unknown"]
    assert post.states == ["sending"]


def test_a_dispatch_that_was_named_is_never_passed_over_without_a_word(post):
    (planned,) = post.plan("a", "b")
    post.send(planned.new[0])
    assert [(each.state.value, each.waits) for each in post.send(planned.new[0])] == [("delivered", "nothing-to-do")]

    post.line.say = lambda _: failed("451")
    post.send(planned.new[1])
    (sent,) = post.send(planned.new[1])
    assert (sent.waits, sent.detail) == ("later", post.sender().next_try().isoformat(timespec="seconds"))


# clocks


def test_a_sender_whose_clock_is_behind_says_so_before_anything_else(post):
    post.plan("a")
    post.clock.tick(-19 * 3_600)

    with pytest.raises(ClockBehindLog):
        post.send()


def test_nothing_waits_for_a_day_that_cannot_be(post, tmp_path):
    """An attempt failed, and another is under way, under a clock that was years ahead."""
    with Registry.open(str(tmp_path / "books.db"), policy="shanxi-2023", clock=post.clock):
        pass
    office = Post.__new__(Post)
    for name in ("clock", "line", "messages", "triggers", "dispatch"):
        setattr(office, name, getattr(post, name))
    office.state, office.store = tmp_path / "ahead", str(tmp_path / "books.db")
    office.registry = Registry.open(office.store, clock=office.clock, accept_clock=True)
    office.outbox, office.people = Outbox.open(office.registry.store), Directory.open(office.registry.store)
    office.people.add(Person("person-1", "张三", email="zhang@example.org"))
    five_years = 5 * 365 * 86_400
    office.clock.tick(five_years)
    office.plan("a", "b")

    def say(envelope):
        if envelope.message.key == "b":
            raise KeyboardInterrupt
        return failed("451")

    office.line.say = say
    with pytest.raises(KeyboardInterrupt):
        office.send()
    office.clock.tick(-five_years)
    office.line.say = lambda _: delivered()

    assert sorted(each.state.value for each in office.send()) == ["delivered", "unknown"]
    office.close()


def test_a_dry_run_of_a_plan_needs_no_clock(post):
    post.clock.tick(86_400)
    post.plan("a")
    post.clock.tick(-86_400)

    assert [len(each.new) for each in post.plan("b", dry_run=True)] == [1]
    post.messages.clear()
    with pytest.raises(ClockBehindLog):
        post.plan("b")


# --- others at the same time -----------------------------------------------------------------------


def test_who_is_erased_while_their_message_is_taken_gets_nothing(post, monkeypatch):
    post.plan("a")
    act_before(
        monkeypatch,
        "dualcert.reporting.sending.Sender._taken",
        lambda: post.people.erase("person-1", date(2023, 9, 2)),
    )

    (sent,) = post.send()

    assert (sent.state.value, sent.detail) == ("failed", "the recipient was erased")
    assert post.line.taken == []


@pytest.fixture
def unknown_one(post):
    ((id_,),) = (planned.new for planned in post.plan("a"))
    post.line.say = lambda _: unknown("the connection broke")
    post.send()
    post.line.say = lambda _: delivered()
    return id_


@pytest.mark.parametrize("place", ["outbox.Outbox.drop", "outbox.Outbox._delete"])
def test_what_is_sent_again_while_another_gives_it_up_is_there_to_be_sent(post, unknown_one, monkeypatch, place):
    """One has recorded that it is given up, and is about to remove the message; then another has it sent again."""
    act_before(
        monkeypatch,
        f"dualcert.reporting.{place}",
        lambda: post.sender().resolve(unknown_one, Resolution.SEND_AGAIN, "true after all"),
    )

    post.sender().abandon(unknown_one, "no longer true")

    assert [each.state.value for each in post.send()] == ["delivered"]


def test_what_is_given_up_while_another_has_it_sent_again_is_there_to_be_sent(post, unknown_one, monkeypatch):
    """One has looked that the message is there; then another gives it up, and removes it."""
    act_after(
        monkeypatch,
        "dualcert.reporting.outbox.Outbox.get",
        lambda: post.sender().abandon(unknown_one, "no longer true"),
    )

    post.sender().resolve(unknown_one, Resolution.SEND_AGAIN, "true after all")

    assert [each.state.value for each in post.send()] == ["delivered"]


def test_what_is_planned_once_more_while_it_is_delivered_is_not_kept(post, monkeypatch):
    def another():
        post.plan()
        post.send()

    act_before(monkeypatch, "dualcert.reporting.outbox.Outbox.put", another)

    (planned,) = post.plan("a")

    assert (planned.new, planned.known, post.states, post.outbox.kept()) == ((), 1, ["delivered"], [])
