"""The names that plugins import to build reporters and channels; besides these, only those of `dualcert`.

A reporter turns books into artifacts and does nothing else; a channel delivers one message. The host
finds them by the hooks of a distribution in the entry-point group `dualcert`, and does all the rest.
"""

from __future__ import annotations

from dualcert.files import write_whole
from dualcert.projections.books import Books
from dualcert.reporting.artifacts import Document, Message
from dualcert.reporting.channels import Channel, DeliveryReceipt, Envelope, delivered, failed, refused, unknown
from dualcert.reporting.hooks import hookimpl
from dualcert.reporting.mail import mail_of
from dualcert.reporting.reporters import NoConfig, Reporter, Request
from dualcert.reporting.secrets import Secret
from dualcert.reporting.wording import Words

__all__ = [
    "Channel",
    "Document",
    "Envelope",
    "Message",
    "NoConfig",
    "DeliveryReceipt",
    "Reporter",
    "Request",
    "Secret",
    "Books",
    "Words",
    "delivered",
    "failed",
    "hookimpl",
    "mail_of",
    "refused",
    "unknown",
    "write_whole",
]
