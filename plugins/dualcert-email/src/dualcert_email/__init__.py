"""E-mail for dualcert: digests of reminders, by SMTP or into a folder."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from attrs import field, frozen
from attrs.validators import ge, gt, le, optional

from dualcert.reporting import Books, Channel, DeliveryReceipt, Envelope, Message, Reporter, Request, Secret, hookimpl


@frozen
class DigestConfig:
    """How the digests are set up, in [reporter.reminder-digest]."""

    fallback: str | None = None
    """Who gets what nobody is responsible for, by id; without one it is in nobody's digest."""


class ReminderDigest:
    """One message per recipient and day, of what has come up since the last one."""

    name = "reminder-digest"
    summary = "reminders: expiring certificates, overdue plans, missing meetings; one digest per recipient and day"
    Config = DigestConfig
    triggers = ("daily",)

    def render(self, request: Request, books: Books) -> Iterable[Message]:
        """Return a message for everybody who has something to be told."""
        from dualcert_email.digest import digests

        return digests(self.name, request, books)


def _is_certificates(_config: object, _field: object, value: str) -> None:
    """Raise ValueError where a file of certificates cannot be read."""
    import ssl

    try:
        ssl.create_default_context(cafile=value)
    except (OSError, ssl.SSLError) as error:
        raise ValueError(f"cafile: {value}: {error.strerror or error}") from None


@frozen(kw_only=True)
class SmtpConfig:
    """Where mail is handed over, in [channel.smtp]; times in seconds."""

    host: str
    sender: str
    port: int = field(default=465, validator=[ge(1), le(65_535)])
    security: Literal["tls", "starttls"] = "tls"
    """`tls` from the first byte, or `starttls`; the server's certificate is verified in both."""
    username: str | None = None
    password: Secret | None = None
    cafile: str | None = field(default=None, validator=optional(_is_certificates))
    """A file of certificates to trust instead of the system's."""
    timeout: float = field(default=30.0, validator=gt(0))
    """How long each answer is waited for."""
    seconds: float = field(default=300.0, validator=gt(0))
    """How long the whole conversation may take, whatever the server does."""


class Smtp:
    """Hands mail to a server; what cannot be known is unknown."""

    name = "smtp"
    summary = "an SMTP server, by verified TLS"
    Config = SmtpConfig

    def deliver(self, envelope: Envelope) -> DeliveryReceipt:
        """Hand over one message."""
        from dualcert_email.smtp import hand_over

        return hand_over(envelope)


@frozen(kw_only=True)
class FolderConfig:
    """Where mail is put, in [channel.folder]."""

    folder: str
    sender: str


class Folder:
    """Puts mail into a folder as .eml, for somebody else to send; the same message twice is one file."""

    name = "folder"
    summary = "a folder of .eml files"
    Config = FolderConfig

    def deliver(self, envelope: Envelope) -> DeliveryReceipt:
        """Put one message there."""
        from dualcert_email.folder import put

        return put(envelope)


@hookimpl
def dualcert_reporters() -> Iterable[Reporter]:
    """Give the digest."""
    return [ReminderDigest()]


@hookimpl
def dualcert_channels() -> Iterable[Channel]:
    """Give both channels."""
    return [Smtp(), Folder()]
