from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from post import message

from dualcert.errors import ContentMissing, DispatchStandsOtherwise, UnknownDispatch
from dualcert.people import Person
from dualcert.reporting import delivered, failed, refused, unknown
from dualcert.reporting.configuration import DispatchConfig
from dualcert.reporting.sending import due_at
from dualcert.values.terms import DispatchState, Resolution


def test_each_message_is_delivered_once(post):
    post.plan("a", "b")

    sent = post.send()

    assert [each.state.value for each in sent] == ["delivered", "delivered"]
    assert (post.send(), len(post.line.taken)) == ([], 2)


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
