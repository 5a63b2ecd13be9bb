"""Commands that the host issues itself; they are not available in `apply` or `record`.

People resolve, retry or abandon a dispatch by the commands of the shell, or by the sender's functions.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from attrs import field, frozen

from dualcert.domain import fields as f
from dualcert.domain.commands.base import Command
from dualcert.domain.dispatch import (
    Delivered,
    DeliveryFailed,
    DeliveryUnknown,
    DispatchAbandoned,
    DispatchPlanned,
    DispatchResolved,
    SendingStarted,
)
from dualcert.errors import N_, BadValue, shown
from dualcert.values.terms import Resolution


def dispatch_id(reporter: str, key: str, recipient: str, channel: str) -> str:
    """Return the id of the one dispatch of this message: the same four always give the same."""
    digest = hashlib.sha256(f"{reporter}\0{key}\0{recipient}\0{channel}".encode()).hexdigest()
    return f"dispatch-{digest[:32]}"


def _is_instant(_: object, attribute: f.Field, value: object) -> None:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise BadValue(field=attribute.name, value=shown(value), expected=N_("a time with its offset from UTC"))


@frozen(kw_only=True)
class DispatchCommand(Command):
    """A command for one dispatch."""

    subject = "dispatch"
    dispatch: str = field(validator=f.is_id_of("dispatch"))


@frozen(kw_only=True)
class PlanDispatch(DispatchCommand):
    """Plan that a message is sent to a recipient; the same message is planned once."""

    fact = DispatchPlanned
    begins = True

    reporter: str = field(validator=f.is_id_of("item"))
    key: str = field(validator=f.is_id_of("command"))
    recipient: str = field(validator=f.is_id_of("person"))
    channel: str = field(validator=f.is_id_of("item"))
    sha256: str = field(validator=f.is_id_of("sha256"))
    as_of: date = field(converter=f.as_date, validator=f.is_date)
    position: int = field(validator=f.is_count(N_("a position, counted from 1")))


@frozen(kw_only=True)
class AttemptCommand(DispatchCommand):
    """A command about one attempt; attempts count from 1."""

    attempt: int = field(validator=f.is_count(N_("an attempt, counted from 1")))


@frozen(kw_only=True)
class StartSending(AttemptCommand):
    """Start an attempt that may last until an instant; of two senders, the first to record this has the dispatch."""

    fact = SendingStarted

    until: datetime = field(validator=_is_instant)


@frozen(kw_only=True)
class RecordDelivery(AttemptCommand):
    """The channel accepted the message."""

    fact = Delivered

    receipt: str = field(converter=f.as_text, validator=f.is_source)


@frozen(kw_only=True)
class RecordFailure(AttemptCommand):
    """The channel did not accept the message."""

    fact = DeliveryFailed

    reason: str = field(converter=f.as_text, validator=f.is_note)
    final: bool = field(validator=f.is_flag)


@frozen(kw_only=True)
class RecordUnknown(AttemptCommand):
    """It is unknown whether the channel accepted the message."""

    fact = DeliveryUnknown

    reason: str = field(converter=f.as_text, validator=f.is_note)


@frozen(kw_only=True)
class ResolveDispatch(DispatchCommand):
    """A person records that the message was delivered, or that it is to be sent again."""

    fact = DispatchResolved

    outcome: Resolution = field(converter=f.as_resolution, validator=f.one_of(Resolution))
    reason: str = field(converter=f.as_text, validator=f.is_note)


@frozen(kw_only=True)
class AbandonDispatch(DispatchCommand):
    """A person records that the message is not to be sent any more."""

    fact = DispatchAbandoned

    reason: str = field(converter=f.as_text, validator=f.is_note)


COMMANDS: tuple[type[Command], ...] = (
    PlanDispatch,
    StartSending,
    RecordDelivery,
    RecordFailure,
    RecordUnknown,
    ResolveDispatch,
    AbandonDispatch,
)
"""The commands of a dispatch, which only the host issues: `apply` and `record` do not offer them."""
