"""Handing a message to an SMTP server, phase by phase: what the phase was says what can be known.

Until the line that ends the message is sent, a broken connection means that it was not taken. After that
line, only the server's answer tells; without one, nobody knows. One recipient an envelope: a server that
takes a message for one of two and refuses it for the other answers neither way.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl
from collections.abc import Callable
from functools import partial
from typing import Any

from dualcert.reporting import Envelope, Receipt, delivered, failed, refused, unknown
from dualcert.reporting.mail import mail_of

LINE_ENDS = re.compile(rb"(?:\r\n|\n|\r(?!\n))")
DONE, GO_ON, TRANSIENT, PERMANENT = 2, 3, 4, 5
"""What a reply's first digit says (RFC 5321, 4.2.1)."""


def hand_over(envelope: Envelope) -> Receipt:
    """Return what came of handing *envelope* to the server that its configuration names."""
    config = envelope.config
    try:
        content = mail_of(envelope, config.sender)
    except ValueError as error:
        return refused(str(error))
    try:
        server = _connected(config)
    except ssl.SSLCertVerificationError as error:
        return failed(f"the server's certificate is not to be trusted: {error.verify_message}")
    except smtplib.SMTPAuthenticationError as error:
        return failed(f"the server does not know us: {error.smtp_code}")
    except (OSError, smtplib.SMTPException, ValueError) as error:
        return failed(f"no connection: {_short(error)}")
    try:
        return _sent(server, config.sender, envelope.address, content)
    finally:
        _goodbye(server)


def _connected(config: Any) -> smtplib.SMTP:
    """Return a connection that is encrypted, verified and logged in; raises what smtplib and ssl raise."""
    context = ssl.create_default_context(cafile=config.cafile)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    match config.security:
        case "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(config.host, config.port, timeout=config.timeout, context=context)
        case "starttls":
            server = smtplib.SMTP(config.host, config.port, timeout=config.timeout)
        case other:
            raise ValueError(f"security is {other!r}, neither 'tls' nor 'starttls'")
    try:
        server.ehlo_or_helo_if_needed()
        if config.security == "starttls":
            server.starttls(context=context)  # raises where the server does not offer it
            server.ehlo()
        if config.username is not None:
            _log_in(server, config.username, config.password.reveal() if config.password else "")
    except BaseException:
        server.close()
        raise
    return server


def _log_in(server: smtplib.SMTP, username: str, password: str) -> None:
    """Log in; an error of encoding quotes what it could not encode, so its words are not passed on."""
    try:
        server.login(username, password)
    except UnicodeError:
        raise ValueError("user name and password have to be ASCII") from None


def _sent(server: smtplib.SMTP, sender: str, address: str, content: bytes) -> Receipt:
    """Go through MAIL, RCPT and DATA, and return what came of it."""
    commands: tuple[tuple[int, Callable[[], tuple[int, bytes]]], ...] = (
        (DONE, partial(server.mail, sender)),
        (DONE, partial(server.rcpt, address)),
        (GO_ON, partial(server.docmd, "DATA")),
    )
    for wanted, command in commands:
        try:
            code, said = command()
        except (OSError, smtplib.SMTPException) as error:
            return failed(f"the connection broke before the message went out: {_short(error)}")
        if code // 100 != wanted:
            return _turned_down(code, said)
    try:
        server.send(_stuffed(content))
    except (OSError, smtplib.SMTPException) as error:
        return failed(f"the connection broke before the message was whole: {_short(error)}")
    try:
        server.send(b".\r\n")
        code, said = server.getreply()
    except (OSError, smtplib.SMTPException) as error:
        return unknown(f"the connection broke after the message went out: {_short(error)}")
    if code // 100 == DONE:
        return delivered(f"{code} {_text(said)}")
    return _turned_down(code, said) if code // 100 in {TRANSIENT, PERMANENT} else unknown(f"the server answered {code}")


def _turned_down(code: int, said: bytes) -> Receipt:
    """Return the receipt of an answer that takes nothing: for now, or for good."""
    answer = f"{code} {_text(said)}"
    return refused(answer) if code // 100 == PERMANENT else failed(answer)


def _stuffed(content: bytes) -> bytes:
    """Return the message as DATA carries it: CRLF, and no line that is a single dot."""
    text = LINE_ENDS.sub(b"\r\n", content)
    text = text if text.endswith(b"\r\n") else text + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", text)


def _goodbye(server: smtplib.SMTP) -> None:
    """Leave politely; whatever comes of that says nothing about the message."""
    with contextlib.suppress(OSError, smtplib.SMTPException):
        server.quit()
    server.close()


def _text(said: bytes) -> str:
    """Return a server's words without addresses, which belong into no log."""
    return re.sub(r"\S+@\S+", "…", said.decode("utf-8", "replace"))[:200]


def _short(error: Exception) -> str:
    return _text(f"{type(error).__name__} {error}".encode())
