"""A checkpoint: how many facts a log has and the root of their tree, as text that is signed; and its short code.

The text is that of https://c2sp.org/tlog-checkpoint: the store's id, the number of facts, the root in base64.
"""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from typing import Self
from unicodedata import normalize

from attrs import frozen

from dualcert.integrity.merkle import HASH_BYTES, Tree
from dualcert.integrity.notes import bytes_of

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no letter that is taken for a digit."""
SIGNS = 16
"""Of a code, five bits each: whoever makes another history with the same code tries 2^80 of them."""
GROUP = 4
_CODE = re.compile(rf"([1-9][0-9]{{0,17}})((?:-[{ALPHABET}]{{{GROUP}}}){{{SIGNS // GROUP}}})")
_LOOK_ALIKE = str.maketrans("OIL\u2010\u2012\u2013\u2014\u2212", "011-----")


@frozen
class Checkpoint:
    """The first `size` facts of the store `origin`, and the root of their tree."""

    origin: str
    size: int
    root: bytes

    @classmethod
    def of(cls, origin: str, tree: Tree, size: int | None = None) -> Self:
        """Return the checkpoint of the first *size* facts, by default of all; raises ValueError if there are fewer."""
        size = tree.size if size is None else size
        return cls(origin, size, tree.root(size))

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the checkpoint of a text; raises ValueError if it is not one."""
        lines = text.split("\n")
        if len(lines) < 4 or not lines[0] or not re.fullmatch(r"0|[1-9]\d{0,17}", lines[1], re.ASCII) or lines[-1]:
            raise ValueError("it is no checkpoint")
        root = bytes_of(lines[2])
        if len(root) != HASH_BYTES:
            raise ValueError("its root is no hash")
        return cls(lines[0], int(lines[1]), root)

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"

    @property
    def code(self) -> str:
        """The short code that documents print: `SIZE-XXXX-XXXX-XXXX-XXXX`, by which the checkpoint is found again."""
        number = int.from_bytes(sha256(self.text.encode()).digest()) >> (8 * HASH_BYTES - 5 * SIGNS)
        signs = "".join(ALPHABET[number >> 5 * at & 31] for at in reversed(range(SIGNS)))
        return "-".join((str(self.size), *(signs[at : at + GROUP] for at in range(0, SIGNS, GROUP))))


def size_in(code: str) -> int:
    """Return the number of facts that a code is about; raises ValueError if it is no code."""
    found = _CODE.fullmatch(canonical(code))
    if not found:
        raise ValueError("a code such as 1523-7K4Q-M2XV-09TB-RZ5D")
    return int(found[1])


def canonical(code: str) -> str:
    """Return a code as it is printed.

    A person may type small letters, full-width signs, O for 0, I or L for 1, and any dash.
    """
    return normalize("NFKC", code).strip().upper().translate(_LOOK_ALIKE)
