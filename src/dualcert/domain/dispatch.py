"""A dispatch: one message to one recipient, from its planning to its delivery, failure or abandonment.

What was sent to whom is recorded as facts like everything else. A dispatch's stream is its lock: two senders
that take it at once write the same version, and one of them loses. An attempt whose outcome a broken
connection left unknown stays unknown until a person resolves it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import msgspec
from attrs import frozen
from msgspec.structs import replace

from dualcert import errors
from dualcert.domain.aggregate import Aggregate, Effects, Ranks, Rules, on
from dualcert.domain.entry import AnyEntry, Entry, Name
from dualcert.errors import Refused
from dualcert.values.terms import DispatchState, Resolution


@frozen
class DispatchPlanned:
    """A message is to be sent to a recipient; `sha256` is that of its frozen bytes.

    The message was made from the log up to `position`, as of the day `as_of`.
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
    """An attempt began; recorded before a connection is opened. It may be under way until `until` (UTC)."""

    attempt: int
    until: datetime


@frozen
class Delivered:
    """The channel accepted the message; `receipt` is its answer."""

    attempt: int
    receipt: str


@frozen
class DeliveryFailed:
    """The channel did not accept the message; if `final`, another attempt would not help."""

    attempt: int
    reason: str
    final: bool


@frozen
class DeliveryUnknown:
    """The outcome is unknown: connection or sender broke after the message may have been accepted."""

    attempt: int
    reason: str


@frozen
class DispatchResolved:
    """A person recorded that the message was delivered, or that it is to be sent again."""

    outcome: Resolution
    reason: str


@frozen
class DispatchAbandoned:
    """A person decided that the message is not to be sent any more."""

    reason: str


class Dispatch(msgspec.Struct, frozen=True, kw_only=True):
    """The state of a dispatch's stream; `changed_at` is the instant of its newest fact."""

    planned: DispatchPlanned | None = None
    state: DispatchState = DispatchState.PLANNED
    attempts: int = 0
    until: datetime | None = None
    planned_at: datetime | None = None
    changed_at: datetime | None = None
    detail: str = ""

    @property
    def settled(self) -> bool:
        """Whether the outbox no longer keeps the message, since it was delivered or given up."""
        return self.state in _SETTLED


AttemptFact = SendingStarted | Delivered | DeliveryFailed | DeliveryUnknown
"""A fact of one attempt."""
PersonFact = DispatchResolved | DispatchAbandoned
"""A fact that a person records."""

NAMES = {
    "dispatch.planned": Name(DispatchPlanned),
    "dispatch.sending-started": Name(SendingStarted),
    "dispatch.delivered": Name(Delivered),
    "dispatch.delivery-failed": Name(DeliveryFailed),
    "dispatch.delivery-unknown": Name(DeliveryUnknown),
    "dispatch.resolved": Name(DispatchResolved),
    "dispatch.abandoned": Name(DispatchAbandoned),
}
"""Stored name -> fact."""


def _planned(d: Dispatch, e: Entry[DispatchPlanned]) -> Dispatch:
    return replace(d, planned=e.fact, planned_at=e.recorded_at, changed_at=e.recorded_at)


def _started(d: Dispatch, e: Entry[SendingStarted]) -> Dispatch:
    started = replace(d, attempts=e.fact.attempt, until=e.fact.until)
    return _changed(started, e, DispatchState.SENDING, "")


def _delivered(d: Dispatch, e: Entry[Delivered]) -> Dispatch:
    return _changed(d, e, DispatchState.DELIVERED, e.fact.receipt)


def _failed(d: Dispatch, e: Entry[DeliveryFailed]) -> Dispatch:
    return _changed(d, e, DispatchState.REFUSED if e.fact.final else DispatchState.FAILED, e.fact.reason)


def _unknown(d: Dispatch, e: Entry[DeliveryUnknown]) -> Dispatch:
    return _changed(d, e, DispatchState.UNKNOWN, e.fact.reason)


def _resolved(d: Dispatch, e: Entry[DispatchResolved]) -> Dispatch:
    delivered = e.fact.outcome is Resolution.DELIVERED
    return _changed(d, e, DispatchState.DELIVERED if delivered else DispatchState.PLANNED, e.fact.reason)


def _abandoned(d: Dispatch, e: Entry[DispatchAbandoned]) -> Dispatch:
    return _changed(d, e, DispatchState.ABANDONED, e.fact.reason)


def _changed(d: Dispatch, e: AnyEntry, state: DispatchState, detail: str) -> Dispatch:
    return replace(d, state=state, detail=detail, changed_at=e.recorded_at)


EFFECTS: Effects[Dispatch] = dict(
    (
        on(DispatchPlanned, _planned),
        on(SendingStarted, _started),
        on(Delivered, _delivered),
        on(DeliveryFailed, _failed),
        on(DeliveryUnknown, _unknown),
        on(DispatchResolved, _resolved),
        on(DispatchAbandoned, _abandoned),
    )
)

_SETTLED = frozenset({DispatchState.DELIVERED, DispatchState.ABANDONED})
_UNDER_WAY = frozenset({DispatchState.SENDING, DispatchState.UNKNOWN})
_NOT_ACCEPTED = frozenset({DispatchState.UNKNOWN, DispatchState.FAILED, DispatchState.REFUSED, DispatchState.ABANDONED})

ALLOWED: Mapping[type[AttemptFact | PersonFact], frozenset[DispatchState]] = {
    SendingStarted: frozenset({DispatchState.PLANNED, DispatchState.FAILED}),
    Delivered: _UNDER_WAY,  # a slow sender may report after its attempt was recorded as unknown
    DeliveryFailed: _UNDER_WAY,
    DeliveryUnknown: frozenset({DispatchState.SENDING}),
    DispatchResolved: _NOT_ACCEPTED,
    DispatchAbandoned: frozenset({DispatchState.PLANNED, *_NOT_ACCEPTED} - {DispatchState.ABANDONED}),
}
"""Fact -> the states in which it can be recorded."""


def _not_planned(d: Dispatch, e: Entry[DispatchPlanned]) -> Refused | None:
    return errors.DispatchAlreadyPlanned(dispatch=e.stream) if d.planned else None


def _person_says(d: Dispatch, e: Entry[DispatchResolved]) -> Refused | None:
    """Return the refusal of a person's word; a planned message may have gone out, according to a newer log that was lost."""
    if e.fact.outcome is Resolution.DELIVERED and d.planned and d.state is DispatchState.PLANNED:
        return None
    return _allowed(d, e)


def _next_attempt(d: Dispatch, e: Entry[SendingStarted]) -> Refused | None:
    return _allowed(d, e) or _of_attempt(d, e, d.attempts + 1)


def _this_attempt(d: Dispatch, e: Entry[AttemptFact]) -> Refused | None:
    return _allowed(d, e) or _of_attempt(d, e, d.attempts)


def _of_attempt(d: Dispatch, e: Entry[AttemptFact], attempt: int) -> Refused | None:
    return None if e.fact.attempt == attempt else _refusal(d, e)


def _allowed(d: Dispatch, e: Entry[AttemptFact | PersonFact]) -> Refused | None:
    return None if d.planned and d.state in ALLOWED[type(e.fact)] else _refusal(d, e)


def _refusal(d: Dispatch, e: AnyEntry) -> Refused:
    return errors.DispatchStandsOtherwise(dispatch=e.stream, state=d.state)


RULES: Rules[Dispatch] = dict(
    (
        on(DispatchPlanned, _not_planned),
        on(SendingStarted, _next_attempt),
        on(Delivered, _this_attempt),
        on(DeliveryFailed, _this_attempt),
        on(DeliveryUnknown, _this_attempt),
        on(DispatchResolved, _person_says),
        on(DispatchAbandoned, _allowed),
    )
)

RANK: Ranks = dict.fromkeys(EFFECTS, 0)
"""The facts of a dispatch are replayed in the order in which they were recorded."""

DISPATCH = Aggregate(
    kind="dispatch",
    initial=Dispatch(),
    effects=EFFECTS,
    rules=RULES,
    rank=RANK,
    missing=lambda stream: errors.UnknownDispatch(dispatch=stream),
)
