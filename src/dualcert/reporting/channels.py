"""The contract of a channel: it delivers one message to one address and returns the outcome."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any, Protocol, runtime_checkable

from attrs import frozen

from dualcert.reporting.artifacts import Message

GROUP = "group-"
"""How the ids of recipients begin that are groups and no people."""


class DeliveryOutcome(Enum):
    """The outcome of one attempt."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    """Not taken, and another attempt would not help."""
    FAILED = "failed"
    """Not taken; another attempt may succeed."""
    UNKNOWN = "unknown"
    """The connection broke after the data went out: perhaps taken."""


@frozen
class DeliveryReceipt:
    """The outcome of one attempt, with a detail; never put addresses into `detail`."""

    outcome: DeliveryOutcome
    detail: str = ""


def delivered(detail: str = "") -> DeliveryReceipt:
    """Return the receipt of a message that was taken."""
    return DeliveryReceipt(DeliveryOutcome.DELIVERED, detail)


def refused(detail: str = "") -> DeliveryReceipt:
    """Return the receipt of a message that will never be taken."""
    return DeliveryReceipt(DeliveryOutcome.REFUSED, detail)


def failed(detail: str = "") -> DeliveryReceipt:
    """Return the receipt of a message that was certainly not taken this time."""
    return DeliveryReceipt(DeliveryOutcome.FAILED, detail)


def unknown(detail: str = "") -> DeliveryReceipt:
    """Return the receipt of a message whose delivery is unknown."""
    return DeliveryReceipt(DeliveryOutcome.UNKNOWN, detail)


@frozen(kw_only=True)
class Envelope:
    """One message to deliver: its dispatch (an id for the other side, too), the address, the time."""

    dispatch: str
    message: Message
    address: str
    name: str | None
    sent_at: datetime
    config: Any


@runtime_checkable
class Channel(Protocol):
    """Delivers messages; only a sender calls it, never a replay, a plan or a report.

    It returns the outcome if it knows it, because an exception counts as an unknown delivery. A channel with a true
    attribute `to_groups` delivers to groups, whose ids begin with `group-`, instead of people: a chat, a webhook. Its
    envelopes have no address. A method `preview(envelope) -> Document` shows a message in the channel's own form.
    """

    @property
    def name(self) -> str:
        """The channel's name in the configuration: `[channel.NAME]`."""

    @property
    def summary(self) -> str:
        """One line that describes it."""

    @property
    def Config(self) -> type[Any]:  # noqa: N802  it is a class
        """The attrs class of its configuration."""

    def deliver(self, envelope: Envelope) -> DeliveryReceipt:
        """Deliver one message and return the outcome."""


def suits(channel: Channel, recipient: str) -> bool:
    """Return whether a channel delivers to a recipient: to groups, or to people."""
    return bool(getattr(channel, "to_groups", False)) == recipient.startswith(GROUP)
