"""What the host records of a dispatch; none of it is told by `apply` or `record`.

People say `resolve`, `retry` or `abandon` by the commands of the shell, or by the sender's functions.
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
    """Plan that a message goes to a recipient; a second plan of the same is refused by the stream."""

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

    attempt: int = field(validator=f.is_count("an attempt, counted from 1"))


@frozen(kw_only=True)
class StartSending(AttemptCommand):
    """Take the dispatch, until an instant: whoever writes this first has it."""

    fact = SendingStarted

    until: datetime = field(validator=_is_instant)


@frozen(kw_only=True)
class RecordDelivery(AttemptCommand):
    """The other side took it."""

    fact = Delivered

    receipt: str = field(converter=f.as_text, validator=f.is_source)


@frozen(kw_only=True)
class RecordFailure(AttemptCommand):
    """The other side did not take it."""

    fact = DeliveryFailed

    reason: str = field(converter=f.as_text, validator=f.is_note)
    final: bool = field(validator=f.is_flag)


@frozen(kw_only=True)
class RecordUnknown(AttemptCommand):
    """Nobody can tell whether it was taken."""

    fact = DeliveryUnknown

    reason: str = field(converter=f.as_text, validator=f.is_note)


@frozen(kw_only=True)
class ResolveDispatch(DispatchCommand):
    """A person says what came of it, or that it is to be sent again."""

    fact = DispatchResolved

    outcome: Resolution = field(converter=f.as_resolution, validator=f.one_of(Resolution))
    reason: str = field(converter=f.as_text, validator=f.is_note)


@frozen(kw_only=True)
class AbandonDispatch(DispatchCommand):
    """A person says that it is not to be sent any more."""

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
"""The commands of a dispatch; the host issues them, `apply` and `record` do not know them, in the order in which they are listed."""
