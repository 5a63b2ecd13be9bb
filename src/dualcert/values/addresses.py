"""E-mail addresses: one mailbox, in the one form that goes over the wire."""

from __future__ import annotations

from email.errors import HeaderParseError
from email.headerregistry import Address

ENCODED_WORD = "=?"
"""The beginning of an encoded word (RFC 2047), which mail programs would decode even in plain text."""


def mail_address(text: str) -> str:
    """Return *text* if it is the address of one mailbox (RFC 5321, 4.1.2), in ASCII; raises ValueError if not.

    Comments, unnecessary quotes, a name beside the address, and several addresses are refused, because mail programs
    could read them as another address.
    """
    if not text.isascii() or any(c.isspace() for c in text) or ENCODED_WORD in text:
        raise ValueError("an address has characters that it cannot have")
    try:
        address = Address(addr_spec=text)
    except (ValueError, IndexError, HeaderParseError) as error:  # the parser of the library raises any of these
        raise ValueError(f"it is no address: {error}") from None
    if not address.username or not address.domain or address.addr_spec != text:
        raise ValueError("an address has a name and a domain, and nothing besides")
    return text
