"""E-mail for dualcert: digests of reminders, by SMTP or into a folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from attrs import field, frozen
from attrs.validators import ge, gt, le, optional

from dualcert.reporting import Books, Channel, DeliveryReceipt, Envelope, Message, Reporter, Request, Secret, hookimpl


def _are_words(_config: object, _field: object, value: Mapping[str, str]) -> None:
    from dualcert_email.words import Words

    Words.check(value)


@frozen
class DigestConfig:
    """The configuration of the digests, [reporter.reminder-digest]."""

    fallback: str | None = None
    """The id of the person who gets findings without a responsible person; without it they are in no digest."""
    honorific: str = "同志"
    """How a person is addressed behind the name, in Chinese."""
    words: Mapping[str, str] = field(factory=dict, hash=False, validator=_are_words)
    """Words that the office prefers, by the keys of words-zh.toml."""


class ReminderDigest:
    """One message per recipient and day, with the findings that are new since the last one."""

    name = "reminder-digest"
    summary = "reminders: expiring certificates, overdue plans, missing meetings; one digest per recipient and day"
    Config = DigestConfig
    triggers = ("daily",)

    def render(self, request: Request, books: Books) -> Iterable[Message]:
        """Return a message for each person with new findings."""
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
    """The mail server, [channel.smtp]; times in seconds."""

    host: str
    sender: str
    port: int = field(default=465, validator=[ge(1), le(65_535)])
    security: Literal["tls", "starttls"] = "tls"
    """`tls` from the first byte, or `starttls`; the server's certificate is verified in both."""
    username: str | None = None
    password: Secret | None = None
    cafile: str | None = field(default=None, validator=optional(_is_certificates))
    """A file of certificates to trust instead of the system's."""
    timeout: float = field(default=30.0, validator=[gt(0), le(86_400)])
    """The time limit of each answer."""
    seconds: float = field(default=300.0, validator=[gt(0), le(86_400)])
    """The time limit of the whole conversation."""


class Smtp:
    """Hands mail to a server; if it is not clear whether the server took it, the outcome is unknown."""

    name = "smtp"
    summary = "an SMTP server, by verified TLS"
    Config = SmtpConfig

    def deliver(self, envelope: Envelope) -> DeliveryReceipt:
        """Hand over one message."""
        from dualcert_email.smtp import hand_over

        return hand_over(envelope)


@frozen(kw_only=True)
class FolderConfig:
    """The folder for mail, [channel.folder]."""

    folder: str
    sender: str


class Folder:
    """Writes mails as .eml files into a folder, from which another program sends them; a message written twice is one file."""

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
