"""Signed notes (https://c2sp.org/signed-note) with Ed25519: a text, a blank line, and a line for each signature.

A witness's cosignature (https://c2sp.org/tlog-cosignature) is over the text and the instant at which it was given.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Self

from attrs import evolve, frozen

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SIGNED, COSIGNED = 1, 4
"""The kinds of a key: of the log's own signature, and of a witness's."""
ID_BYTES, KEY_BYTES, SIGNATURE_BYTES, INSTANT_BYTES = 4, 32, 64, 8
LIMIT = 100
"""Signatures that a note may have."""
_NAME = re.compile(r"[^\s+\x00-\x1f\x7f-\x9f\ud800-\udfff]{1,255}")
_LINE = re.compile(r"— (\S+) (\S+)")


@frozen
class PublicKey:
    """The public half of a key: the name under which it signs, its kind, and its 32 bytes."""

    name: str
    kind: int
    public: bytes

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the key of `NAME+ID+BASE64`; raises ValueError if it is not one."""
        name, _, rest = text.strip().partition("+")
        stated, _, encoded = rest.partition("+")
        raw = bytes_of(encoded)
        if not _NAME.fullmatch(name) or len(raw) != 1 + KEY_BYTES or raw[0] not in {SIGNED, COSIGNED}:
            raise ValueError("it is no key of the form NAME+ID+BASE64 for Ed25519")
        key = cls(name, raw[0], raw[1:])
        if key.id.hex() != stated:
            raise ValueError("the key's id does not belong to the key")
        return key

    @property
    def id(self) -> bytes:
        """The four bytes by which a signature names its key."""
        return sha256(f"{self.name}\n".encode() + bytes([self.kind]) + self.public).digest()[:ID_BYTES]

    @property
    def text(self) -> str:
        """The key as it is handed on: `NAME+ID+BASE64`."""
        return f"{self.name}+{self.id.hex()}+{b64encode(bytes([self.kind]) + self.public).decode()}"

    def verifies(self, signature: bytes, signed: bytes) -> bool:
        """Return whether this key made the *signature* over *signed*."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, signed)
        except InvalidSignature:
            return False
        return True


@frozen
class Signature:
    """One line: the name, the id of the key, and what follows it."""

    name: str
    key_id: bytes
    value: bytes


@frozen
class Note:
    """A text with its signatures."""

    text: str
    signatures: tuple[Signature, ...] = ()

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the note of a file's text; raises ValueError if it is not one."""
        body, parted, lines = text.rpartition("\n\n")
        if not parted or not lines.endswith("\n") or re.search(r"[\x00-\x09\x0b-\x1f]", text):
            raise ValueError("it is no signed note")
        found = tuple(_signatures(lines.removesuffix("\n").split("\n")))
        if len(found) > LIMIT:
            raise ValueError("it has too many signatures")
        return cls(f"{body}\n", found)

    @property
    def whole(self) -> str:
        """The text of the file."""
        lines = (f"— {each.name} {b64encode(each.key_id + each.value).decode()}\n" for each in self.signatures)
        return f"{self.text}\n{''.join(lines)}"

    def signed(self, key: Ed25519PrivateKey, name: str) -> Self:
        """Return the note with one more signature."""
        public = public_of(key, name)
        return self._with(Signature(name, public.id, key.sign(self.text.encode())))

    def cosigned(self, key: Ed25519PrivateKey, name: str, now: datetime) -> Self:
        """Return the note with a witness's cosignature of the instant *now*."""
        public, instant = public_of(key, name, COSIGNED), int(now.timestamp())
        return self._with(
            Signature(name, public.id, instant.to_bytes(INSTANT_BYTES) + key.sign(_cosigned(self.text, instant)))
        )

    def _with(self, signature: Signature) -> Self:
        others = (s for s in self.signatures if (s.name, s.key_id) != (signature.name, signature.key_id))
        return evolve(self, signatures=(*others, signature))

    def signed_by(self, key: PublicKey) -> datetime | bool:
        """Return whether *key* signed the note; for a witness the instant at which it did.

        Raises ValueError if there is a signature in the key's name that the key did not make.
        """
        for each in self.signatures:
            if (each.name, each.key_id) == (key.name, key.id):
                return _checked(key, each, self.text)
        return False


def _checked(key: PublicKey, signature: Signature, text: str) -> datetime | bool:
    at = INSTANT_BYTES if key.kind == COSIGNED else 0
    instant = int.from_bytes(signature.value[:at])
    signed = _cosigned(text, instant) if at else text.encode()
    if len(signature.value) != at + SIGNATURE_BYTES or not key.verifies(signature.value[at:], signed):
        raise ValueError(f"the signature of {key.name} is false")
    try:
        return datetime.fromtimestamp(instant, UTC) if at else True
    except (OSError, OverflowError):
        raise ValueError(f"the instant of the cosignature of {key.name} is out of range") from None


def _cosigned(text: str, instant: int) -> bytes:
    return f"cosignature/v1\ntime {instant}\n{text}".encode()


def public_of(key: Ed25519PrivateKey, name: str, kind: int = SIGNED) -> PublicKey:
    """Return the public half of *key*, which signs as *name*."""
    return PublicKey(name, kind, key.public_key().public_bytes_raw())


def is_name(name: str) -> bool:
    """Return whether a key may sign under *name*."""
    return _NAME.fullmatch(name) is not None


def _signatures(lines: list[str]) -> Iterator[Signature]:
    for line in lines:
        found = _LINE.fullmatch(line)
        raw = bytes_of(found[2]) if found else b""
        if found is None or len(raw) <= ID_BYTES:
            raise ValueError("a line below the blank line is no signature")
        yield Signature(found[1], raw[:ID_BYTES], raw[ID_BYTES:])


def bytes_of(encoded: str) -> bytes:
    """Return the bytes of base64 in its one form; no bytes where it is not that."""
    try:
        raw = b64decode(encoded, validate=True)
    except ValueError:  # whose words are those of the library, such as "Incorrect padding"
        return b""
    return raw if b64encode(raw).decode() == encoded else b""
