"""Handing a message to an SMTP server, phase by phase; the outcome depends on the phase in which it ends.

If the connection breaks before the line that ends the message is sent, the message was not taken. After that
line, the server's answer decides; without an answer, the outcome is unknown. Each envelope has one recipient,
because a server that takes a message for one of two recipients has no single answer.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl
from collections.abc import Callable
from functools import partial
from typing import Any

from dualcert.reporting import DeliveryReceipt, Envelope, delivered, failed, mail_of, refused, unknown
from dualcert_email.patience import Patient, PatientTls

ENHANCED = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}\b")
QUEUED = re.compile(rb"queued as [0-9A-Za-z.-]{4,40}\b")
LINE_ENDS = re.compile(rb"(?:\r\n|\n|\r(?!\n))")
DONE, GO_ON, TRANSIENT, PERMANENT = 2, 3, 4, 5
"""The meaning of a reply's first digit (RFC 5321, 4.2.1)."""


def hand_over(envelope: Envelope) -> DeliveryReceipt:
    """Hand *envelope* to the server of its configuration, and return the outcome."""
    config = envelope.config
    try:
        content = mail_of(envelope, config.sender)
    except ValueError as error:
        return refused(str(error))
    tls = config.security == "tls"
    server = PatientTls(timeout=config.timeout, context=_context(config)) if tls else Patient(timeout=config.timeout)
    try:
        _connect(server, config)
        return _sent(server, config.sender, envelope.address, content)
    except ssl.SSLCertVerificationError as error:
        return failed(f"the server's certificate is not to be trusted: {error.verify_message}")
    except smtplib.SMTPAuthenticationError as error:
        return failed(f"the server does not know us: {error.smtp_code}")
    except (OSError, smtplib.SMTPException, ValueError) as error:
        return failed(f"no connection: {_short(server, error)}")
    finally:
        _goodbye(server)


def _context(config: Any) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=config.cafile)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _connect(server: Patient, config: Any) -> None:
    """Connect, encrypted and verified, and log in; raises what smtplib and ssl raise."""
    server.begin(config.host, config.port, config.seconds)
    server.ehlo_or_helo_if_needed()
    if config.security == "starttls":
        server.starttls(context=_context(config))  # raises where the server does not offer it
        server.ehlo()
    if config.username is not None:
        _log_in(server, config.username, config.password.reveal() if config.password else "")


def _log_in(server: smtplib.SMTP, username: str, password: str) -> None:
    """Log in; an error of encoding quotes what it could not encode, so its words are not passed on."""
    try:
        server.login(username, password)
    except UnicodeError:
        raise ValueError("user name and password have to be ASCII") from None


def _sent(server: Patient, sender: str, address: str, content: bytes) -> DeliveryReceipt:
    """Send MAIL, RCPT and DATA with the message, and return the outcome."""
    commands: tuple[tuple[int, Callable[[], tuple[int, bytes]]], ...] = (
        (DONE, partial(server.mail, sender)),
        (DONE, partial(server.rcpt, address)),
        (GO_ON, partial(server.docmd, "DATA")),
    )
    for wanted, command in commands:
        try:
            code, reply = command()
        except (OSError, smtplib.SMTPException) as error:
            return failed(f"the connection broke before the message went out: {_short(server, error)}")
        if code // 100 != wanted:
            return _turned_down(code, reply)
    try:
        server.send(_stuffed(content))
    except (OSError, smtplib.SMTPException) as error:
        return failed(f"the connection broke before the message was whole: {_short(server, error)}")
    try:
        server.send(b".\r\n")
        code, reply = server.getreply()
    except (OSError, smtplib.SMTPException) as error:
        return unknown(f"the connection broke after the message went out: {_short(server, error)}")
    if code // 100 == DONE:
        return delivered(_answer(code, reply))
    return (
        _turned_down(code, reply) if code // 100 in {TRANSIENT, PERMANENT} else unknown(f"the server answered {code}")
    )


def _turned_down(code: int, reply: bytes) -> DeliveryReceipt:
    """Return the receipt of a refusal: temporary (failed) or permanent (refused)."""
    answer = _answer(code, reply)
    return refused(answer) if code // 100 == PERMANENT else failed(answer)


def _answer(code: int, reply: bytes) -> str:
    return f"{code} {_text(reply)}".strip()


def _stuffed(content: bytes) -> bytes:
    """Return the message as DATA carries it: CRLF, and no line that is a single dot."""
    text = LINE_ENDS.sub(b"\r\n", content)
    text = text if text.endswith(b"\r\n") else text + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", text)


def _goodbye(server: Patient) -> None:
    """End the conversation with QUIT; errors are ignored, because they do not concern the message."""
    with contextlib.suppress(OSError, smtplib.SMTPException):
        server.quit()
    server.close()


def _text(reply: bytes) -> str:
    """Return the parts of a server's reply that concern the message: the enhanced code (RFC 3463) and the queue id.

    The rest may name people, and must not be logged.
    """
    return " ".join(match[0].decode() for match in (ENHANCED.match(reply), QUEUED.search(reply)) if match)


def _short(server: Patient, error: Exception) -> str:
    """Return why a connection broke, without the server's text."""
    if server.over:
        return f"the server took longer than {server.seconds:g} s"
    match error:
        case smtplib.SMTPResponseException():
            return f"{type(error).__name__} {error.smtp_code} {_text(_bytes(error.smtp_error))}".strip()
        case smtplib.SMTPException() | ssl.SSLError():
            return type(error).__name__
        case OSError():
            return f"{type(error).__name__} {error.strerror or ''}".strip()
    return f"{type(error).__name__} {error}"


def _bytes(reply: bytes | str) -> bytes:
    return reply if isinstance(reply, bytes) else reply.encode()
