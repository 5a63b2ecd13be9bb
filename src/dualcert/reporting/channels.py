"""The contract of a channel: it delivers one message to one address and says what came of it."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any, Protocol, runtime_checkable

from attrs import frozen

from dualcert.reporting.artifacts import Message


class DeliveryOutcome(Enum):
    """What came of one attempt."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    """For good: another attempt would not help."""
    FAILED = "failed"
    """Not taken; another attempt may be."""
    UNKNOWN = "unknown"
    """The connection broke after the data went out: perhaps taken."""


@frozen
class DeliveryReceipt:
    """What came of one attempt, and what was said of it; addresses do not belong into `detail`."""

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
    """Return the receipt of a message of which nobody can tell."""
    return DeliveryReceipt(DeliveryOutcome.UNKNOWN, detail)


@frozen(kw_only=True)
class Envelope:
    """One message on its way: its dispatch (which is its id for the other side, too), the address, the time."""

    dispatch: str
    message: Message
    address: str
    name: str | None
    sent_at: datetime
    config: Any


@runtime_checkable
class Channel(Protocol):
    """Delivers messages; only a sender calls it, never a replay, a plan or a report.

    What it raises counts as unknown, so it returns what it knows.
    """

    @property
    def name(self) -> str:
        """What the configuration calls it by: `[channel.NAME]`."""

    @property
    def summary(self) -> str:
        """One line for whoever chooses."""

    @property
    def Config(self) -> type[Any]:  # noqa: N802  it is a class
        """The attrs class of its configuration."""

    def deliver(self, envelope: Envelope) -> DeliveryReceipt:
        """Deliver one message and return what came of it."""
