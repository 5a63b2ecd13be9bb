"""A message as mail: the same bytes that channels send and a preview shows.

Nothing is taken from a clock or at random: the same envelope gives the same bytes. Every header is
checked as it will be read, decoded, so that no name can smuggle another header in.
"""

from __future__ import annotations

import hashlib
from datetime import UTC
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from dualcert.reporting.channels import Envelope
from dualcert.reporting.filenames import safe
from dualcert.values.addresses import ENCODED_WORD, mail_address
from dualcert.values.text import unwritable

POLICY = SMTP.clone(max_line_length=78, cte_type="7bit")


def mail_of(envelope: Envelope, sender: str) -> bytes:
    """Return the mail of *envelope*, from the address *sender*, as RFC 5322 bytes with CRLF.

    The Message-ID is the dispatch's id; the header Auto-Submitted marks the mail as made by a program. Raises
    ValueError if an address or a header is not valid.
    """
    message, mail = envelope.message, EmailMessage(policy=POLICY)
    mail["From"] = Address(addr_spec=mail_address(sender))
    name = _header(envelope.name or "")
    address = mail_address(envelope.address)
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


def _header(text: str) -> str:
    """Return *text* if a header can contain it: one line that does not decode to another text; raises ValueError."""
    character = unwritable(text)
    if character is not None:
        raise ValueError(f"a header cannot have U+{ord(character):04X}")
    return text.replace(ENCODED_WORD, "= ?")


def _settle_boundaries(mail: EmailMessage, seed: str) -> None:
    """Give every part a boundary that follows from *seed*: the library's are random."""
    for number, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        part.set_boundary(f"=={hashlib.sha256(f'{seed} {number}'.encode()).hexdigest()[:32]}==")
