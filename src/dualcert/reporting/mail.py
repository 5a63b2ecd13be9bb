"""A message as mail: what channels send and what a preview shows, byte for byte.

Nothing is taken from a clock or at random: the same envelope gives the same bytes. Every header is
checked as it will be read, decoded, so that no name can smuggle another header in.
"""

from __future__ import annotations

import hashlib
import unicodedata
from datetime import UTC
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from dualcert.reporting.channels import Envelope
from dualcert.reporting.filenames import safe

POLICY = SMTP.clone(max_line_length=78, cte_type="7bit")
MARKER = "=?"
"""What begins an encoded word; where it stands in a text, a reader would decode it again."""


def mail_of(envelope: Envelope, sender: str) -> bytes:
    """Return the mail of *envelope*, from the address *sender*, as RFC 5322 bytes with CRLF.

    The Message-ID is the dispatch's id; mail says that it was made by a program (Auto-Submitted). Raises
    ValueError where an address or a header is none.
    """
    message, mail = envelope.message, EmailMessage(policy=POLICY)
    mail["From"] = Address(addr_spec=_address(sender))
    name = _header(envelope.name or "")
    address = _address(envelope.address)
    mail["To"] = Address(display_name=name, addr_spec=address)
    mail["Subject"] = _header(message.subject)
    mail["Date"] = format_datetime(envelope.sent_at.astimezone(UTC))
    mail["Message-ID"] = f"<{envelope.dispatch}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text, cte="base64")
    if message.html is not None:
        mail.add_alternative(message.html, subtype="html", cte="base64")
    for document in message.attachments:
        main, _, sub = document.media_type.partition("/")
        mail.add_attachment(document.content, maintype=main, subtype=sub, filename=safe(document.filename))
    _settle_boundaries(mail, envelope.dispatch)
    return mail.as_bytes()


def _address(text: str) -> str:
    """Return an address that is ASCII and one address; raises ValueError."""
    if not text.isascii() or any(c.isspace() for c in text) or MARKER in text:
        raise ValueError("an address has characters that it cannot have")
    try:
        address = Address(addr_spec=text)
    except (ValueError, IndexError, HeaderParseError) as error:  # the parser of the library raises any of these
        raise ValueError(f"it is no address: {error}") from None
    if not address.username or not address.domain:
        raise ValueError("an address has a name and a domain")
    return text


def _header(text: str) -> str:
    """Return *text* as a header can say it: one line, nothing that decodes to another text; raises ValueError."""
    for character in text:
        if unicodedata.category(character)[0] == "C" or character in "\u2028\u2029":
            raise ValueError(f"a header cannot have U+{ord(character):04X}")
    return text.replace(MARKER, "= ?")


def _settle_boundaries(mail: EmailMessage, seed: str) -> None:
    """Give every part a boundary that follows from *seed*: the library's are random."""
    for number, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        part.set_boundary(f"=={hashlib.sha256(f'{seed} {number}'.encode()).hexdigest()[:32]}==")
