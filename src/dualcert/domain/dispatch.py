"""A dispatch: one message to one recipient, from its planning to what came of it.

What was sent to whom is facts like everything else. A dispatch's stream is its lock: two senders
that take it at once write the same version, and one of them loses. What a broken connection leaves
unknown stays unknown until a person says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

import msgspec
from attrs import frozen
from msgspec.structs import replace

from dualcert import errors
from dualcert.domain import commands
from dualcert.domain.entry import AnyEntry
from dualcert.domain.reading import Aggregate
from dualcert.errors import Refused
from dualcert.values.terms import DispatchState, Resolution


@frozen
class DispatchPlanned:
    """This message is to go to this recipient; `sha256` is that of its frozen bytes.

    `position` is that of the log which the message was made from, `as_of` the day that it is about.
    """

    reporter: str
    key: str
    recipient: str
    channel: str
    sha256: str
    as_of: date
    position: int


@frozen
class SendingStarted:
    """Recorded before anything is opened: from now until `until` (UTC) this attempt may be under way."""

    attempt: int
    until: datetime


@frozen
class Delivered:
    """The other side took it; `receipt` is what it said."""

    attempt: int
    receipt: str


@frozen
class DeliveryFailed:
    """The other side did not take it; where *final*, another attempt would not help."""

    attempt: int
    reason: str
    final: bool


@frozen
class DeliveryUnknown:
    """Nobody can tell: the connection broke, or the sender did, after the message may have been taken."""

    attempt: int
    reason: str


@frozen
class DispatchResolved:
    """A person found out, or decided: it was delivered, or it is to be sent again."""

    outcome: Resolution
    reason: str


@frozen
class DispatchAbandoned:
    """A person decided that it is not to be sent any more."""

    reason: str


class Dispatch(msgspec.Struct, frozen=True, kw_only=True):
    """What a dispatch's stream says; `changed_at` is the instant of its newest fact."""

    planned: DispatchPlanned | None = None
    state: DispatchState = DispatchState.PLANNED
    attempts: int = 0
    until: datetime | None = None
    planned_at: datetime | None = None
    changed_at: datetime | None = None
    detail: str = ""


Effect = Callable[[Dispatch, AnyEntry], Dispatch]

EFFECTS: Mapping[type, Effect] = {
    DispatchPlanned: lambda d, e: replace(d, planned=e.fact, planned_at=e.recorded_at),
    SendingStarted: lambda d, e: replace(
        d, state=DispatchState.SENDING, attempts=e.fact.attempt, until=e.fact.until, detail=""
    ),
    Delivered: lambda d, e: replace(d, state=DispatchState.DELIVERED, detail=e.fact.receipt),
    DeliveryFailed: lambda d, e: replace(
        d, state=DispatchState.REFUSED if e.fact.final else DispatchState.FAILED, detail=e.fact.reason
    ),
    DeliveryUnknown: lambda d, e: replace(d, state=DispatchState.UNKNOWN, detail=e.fact.reason),
    DispatchResolved: lambda d, e: replace(
        d,
        state=DispatchState.DELIVERED if e.fact.outcome is Resolution.DELIVERED else DispatchState.PLANNED,
        detail=e.fact.reason,
    ),
    DispatchAbandoned: lambda d, e: replace(d, state=DispatchState.ABANDONED, detail=e.fact.reason),
}
"""Fact -> what it makes of a dispatch."""

_UNDER_WAY = frozenset({DispatchState.SENDING, DispatchState.UNKNOWN})
_NOT_TAKEN = frozenset({DispatchState.UNKNOWN, DispatchState.FAILED, DispatchState.REFUSED, DispatchState.ABANDONED})

ALLOWED: Mapping[type, frozenset[DispatchState]] = {
    SendingStarted: frozenset({DispatchState.PLANNED, DispatchState.FAILED}),
    Delivered: _UNDER_WAY,  # a slow sender knows after all
    DeliveryFailed: _UNDER_WAY,
    DeliveryUnknown: frozenset({DispatchState.SENDING}),
    DispatchResolved: _NOT_TAKEN,
    DispatchAbandoned: frozenset({DispatchState.PLANNED, *_NOT_TAKEN} - {DispatchState.ABANDONED}),
}
"""Fact -> the states in which it can happen."""


def step(dispatch: Dispatch, entry: AnyEntry) -> tuple[Dispatch, Refused | None]:
    """Return the dispatch with *entry*, and what is wrong with it, if anything."""
    fact = entry.fact
    stepped = replace(EFFECTS[type(fact)](dispatch, entry), changed_at=entry.recorded_at)
    if type(fact) is DispatchPlanned:
        return stepped, errors.DispatchAlreadyPlanned(dispatch=entry.stream) if dispatch.planned else None
    attempt = getattr(fact, "attempt", None)
    expected = dispatch.attempts + 1 if type(fact) is SendingStarted else dispatch.attempts
    other = attempt is not None and attempt != expected
    if dispatch.planned is None or dispatch.state not in ALLOWED[type(fact)] or other:
        return stepped, errors.DispatchStandsOtherwise(dispatch=entry.stream, state=dispatch.state.value)
    return stepped, None


DISPATCH = Aggregate(
    kind="dispatch",
    initial=Dispatch(),
    step=step,
    rank=dict.fromkeys(EFFECTS, 0),  # what happens to a dispatch happens in the order of its entering
    facts={
        commands.PlanDispatch: DispatchPlanned,
        commands.StartSending: SendingStarted,
        commands.RecordDelivery: Delivered,
        commands.RecordFailure: DeliveryFailed,
        commands.RecordUnknown: DeliveryUnknown,
        commands.ResolveDispatch: DispatchResolved,
        commands.AbandonDispatch: DispatchAbandoned,
    },
    begins=frozenset({commands.PlanDispatch}),
    missing=lambda stream: errors.UnknownDispatch(dispatch=stream),
)
