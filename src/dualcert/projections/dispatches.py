"""Dispatches: the messages that were planned, their recipients, and their state."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from attrs import frozen
from msgspec.structs import replace

from dualcert.domain.dispatch import Dispatch
from dualcert.errors import UnknownDispatch
from dualcert.projections.answers import Answer
from dualcert.projections.view import View
from dualcert.values.terms import DispatchState


@frozen
class DispatchStatus(Answer):
    """A dispatch as it is known; `changed_at` is when it last changed, `detail` the reason or receipt of that change."""

    dispatch: str
    reporter: str
    key: str
    recipient: str
    channel: str
    as_of: date
    state: DispatchState
    attempts: int
    planned_at: datetime
    changed_at: datetime
    detail: str
    sha256: str
    position: int


def dispatch_status(view: View, dispatch: str) -> DispatchStatus:
    """Return the status of *dispatch*.

    Raises:
        UnknownDispatch: no dispatch of that id was planned.
    """
    state = view.dispatch(dispatch)
    if state.planned is None:
        raise UnknownDispatch(dispatch=dispatch)
    return _status(dispatch, state)


def dispatch_statuses(
    view: View, states: frozenset[DispatchState] | None = None, now: datetime | None = None
) -> Iterator[DispatchStatus]:
    """Yield the dispatches, those that are in one of *states* only, in the order in which they were planned.

    With *now*, an attempt whose lease is over is unknown, as it is recorded by the next sender.
    """
    for id_, known in in_order(view):
        over = now is not None and lease_is_over(known, now)
        state = replace(known, state=DispatchState.UNKNOWN) if over else known
        if states is None or state.state in states:
            yield _status(id_, state)


def in_order(view: View) -> list[tuple[str, Dispatch]]:
    """Return the dispatches in the order in which they were planned."""
    return sorted(view.dispatches(), key=lambda each: view.entries(each[0])[0].position)


def lease_is_over(state: Dispatch, now: datetime) -> bool:
    """Return whether an attempt is under way whose lease ended before *now*: its sender will not report an outcome."""
    return state.state is DispatchState.SENDING and state.until is not None and state.until < now


def open_dispatches(view: View, planned_by: View | None = None) -> tuple[str, ...]:
    """Return the ids of the dispatches that are neither delivered nor abandoned, in the order of planning.

    With *planned_by*, an earlier view of the same log, only those that it has.
    """
    then = None if planned_by is None else {id_ for id_, _ in planned_by.dispatches()}
    return tuple(id_ for id_, state in in_order(view) if not state.settled and (then is None or id_ in then))


@frozen
class LastPlan:
    """What a reporter last planned a message about: the day, and the position of the log that it had read."""

    as_of: date
    position: int


def last_planned(view: View, reporter: str, recipient: str | None = None) -> LastPlan | None:
    """Return the question of the last message that *reporter* planned, to *recipient* if one is given; or None."""
    plans = (
        (state.planned.as_of, state.planned.position)
        for _, state in view.dispatches()
        if state.planned and state.planned.reporter == reporter and recipient in {None, state.planned.recipient}
    )
    last = max(plans, default=None)
    return LastPlan(*last) if last else None


def _status(id_: str, state: Dispatch) -> DispatchStatus:
    planned = state.planned
    assert planned is not None
    assert state.planned_at is not None
    assert state.changed_at is not None
    return DispatchStatus(
        dispatch=id_,
        reporter=planned.reporter,
        key=planned.key,
        recipient=planned.recipient,
        channel=planned.channel,
        as_of=planned.as_of,
        state=state.state,
        attempts=state.attempts,
        planned_at=state.planned_at,
        changed_at=state.changed_at,
        detail=state.detail,
        sha256=planned.sha256,
        position=planned.position,
    )
