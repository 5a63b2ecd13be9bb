from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dualcert.domain.commands import (
    AbandonDispatch,
    PlanDispatch,
    RecordDelivery,
    RecordFailure,
    RecordUnknown,
    ResolveDispatch,
    StartSending,
    dispatch_id,
)
from dualcert.domain.decider import decide, history_of
from dualcert.domain.dispatch import (
    Delivered,
    DeliveryFailed,
    DeliveryUnknown,
    DispatchAbandoned,
    DispatchResolved,
    SendingStarted,
)
from dualcert.errors import BadId, BadValue, Refused
from dualcert.testing import given
from dualcert.values.terms import DispatchState

ID = dispatch_id("reminder-digest", "2023-09-01", "person-17", "smtp")
DAY = "2023-09-01"
UNTIL = datetime(2023, 9, 1, 4, 5, tzinfo=UTC)


def planned(**how):
    fields = {"reporter": "reminder-digest", "key": "2023-09-01", "recipient": "person-17", "channel": "smtp"}
    return PlanDispatch(**{**fields, **how}, dispatch=ID, sha256="0" * 64, as_of=DAY, position=7, on=DAY)


def started(attempt=1, until=UNTIL):
    return StartSending(dispatch=ID, attempt=attempt, until=until, on=DAY)


def delivered(attempt=1):
    return RecordDelivery(dispatch=ID, attempt=attempt, receipt="250 OK", on=DAY)


def failed(attempt=1, *, final=False):
    return RecordFailure(dispatch=ID, attempt=attempt, reason="451", final=final, on=DAY)


def unknown(attempt=1):
    return RecordUnknown(dispatch=ID, attempt=attempt, reason="connection broke", on=DAY)


def resolved(outcome):
    return ResolveDispatch(dispatch=ID, outcome=outcome, reason="the recipient says so", on=DAY)


def abandoned():
    return AbandonDispatch(dispatch=ID, reason="no longer true", on=DAY)


def test_a_message_is_planned_sent_and_delivered():
    scenario = given(planned()).when(started()).then(SendingStarted).when(delivered()).then(Delivered)

    assert (scenario.state.state, scenario.state.attempts) == (DispatchState.DELIVERED, 1)


def test_a_plan_is_made_once():
    given(planned()).when(planned(key="another")).then_refused("dispatch-already-planned")
    given(planned()).when(planned()).then_unchanged()


def test_nothing_happens_to_a_dispatch_that_was_not_planned():
    given().when(started()).then_refused("unknown-dispatch")


def test_whoever_comes_second_does_not_get_it():
    later = UNTIL + timedelta(seconds=1)
    given(planned(), started()).when(started(until=later)).then_refused("dispatch-stands-otherwise")
    given(planned(), started()).when(started()).then_unchanged()  # which is why a sender looks whether it is new


def test_a_failure_is_tried_again_and_counted():
    scenario = given(planned(), started(), failed()).when(started(2)).then(SendingStarted)
    scenario.when(delivered(1)).then_refused("dispatch-stands-otherwise")  # it is of another attempt

    assert scenario.when(failed(2)).then(DeliveryFailed).state.attempts == 2


def test_a_refusal_for_good_is_not_tried_again():
    given(planned(), started(), failed(final=True)).when(started(2)).then_refused("dispatch-stands-otherwise")


def test_an_unknown_is_not_tried_again_until_a_person_says_so():
    scenario = given(planned(), started()).when(unknown()).then(DeliveryUnknown)
    scenario.when(started(2)).then_refused("dispatch-stands-otherwise")
    scenario.when(resolved("send-again")).then(DispatchResolved).when(started(2)).then(SendingStarted)


def test_a_slow_sender_may_still_say_what_came_of_it():
    given(planned(), started(), unknown()).when(delivered()).then(Delivered)
    given(planned(), started(), unknown()).when(failed()).then(DeliveryFailed)


def test_a_person_says_that_it_arrived_or_gives_it_up():
    given(planned(), started(), unknown(), resolved("delivered")).when(abandoned()).then_refused(
        "dispatch-stands-otherwise"
    )
    given(planned()).when(abandoned()).then(DispatchAbandoned).when(started()).then_refused("dispatch-stands-otherwise")
    given(planned(), abandoned()).when(resolved("send-again")).then(DispatchResolved).when(started()).then(
        SendingStarted
    )


def test_what_is_under_way_is_not_given_up():
    """Its sender may be about to hear that it was taken."""
    given(planned(), started()).when(abandoned()).then_refused("dispatch-stands-otherwise")
    given(planned(), started()).when(resolved("send-again")).then_refused("dispatch-stands-otherwise")


def test_no_sequence_of_accepted_commands_starts_an_attempt_after_a_possible_delivery():
    """After an attempt that may have been taken, only a person's `send-again` leads to another."""
    go_on(list(decide(history_of(planned().stream), planned(), UNTIL).facts), steps=5)


def go_on(entries, *, attempt=0, perhaps=False, steps):
    """Try every sequence of so many commands after *entries*, at whose end *perhaps* a message was taken."""
    judged = [resolved("send-again"), resolved("delivered"), abandoned()]
    by_the_sender = [made(attempt or 1) for made in (delivered, failed, unknown)]
    for command in (started(attempt + 1), *by_the_sender, *judged) if steps else ():
        try:
            decision = decide(history_of(command.stream, entries), command, UNTIL)
        except Refused:
            continue
        if not decision.new:
            continue
        fact = decision.facts[0].fact
        if type(fact) is SendingStarted:
            assert not perhaps, entries
        again = type(fact) is DispatchResolved and fact.outcome.value == "send-again"
        go_on(
            [*entries, *decision.facts],
            attempt=fact.attempt if type(fact) is SendingStarted else attempt,
            perhaps=not again and type(fact) is not DeliveryFailed and (perhaps or type(fact) in PERHAPS),
            steps=steps - 1,
        )


PERHAPS = {SendingStarted, DeliveryUnknown, Delivered, DispatchAbandoned}
"""After these a message was perhaps taken, or is not to be sent any more."""


def test_an_id_is_that_of_reporter_key_recipient_and_channel():
    assert dispatch_id("reminder-digest", "2023-09-01", "person-17", "smtp") == ID
    others = {dispatch_id("a", "bc", "d", "e"), dispatch_id("ab", "c", "d", "e"), dispatch_id("a", "b", "cd", "e")}
    assert len(others) == 3
    with pytest.raises(BadId):
        StartSending(dispatch="dispatch-1", attempt=1, until=UNTIL, on=DAY)


@pytest.mark.parametrize("until", [UNTIL.replace(tzinfo=None), "2023-09-01", None])
def test_the_end_of_a_lease_is_an_instant(until):
    with pytest.raises(BadValue):
        StartSending(dispatch=ID, attempt=1, until=until, on=DAY)


def test_planned_states_when_it_changed_last():
    later = UNTIL + timedelta(hours=1)
    scenario = given(planned(), now=UNTIL)
    scenario.now = later

    state = scenario.when(started()).state
    assert (state.planned_at, state.changed_at) == (UNTIL, later)
