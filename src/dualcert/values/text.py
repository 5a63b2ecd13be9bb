"""Text that people typed: what is kept of it, and what no document can carry."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

from dualcert.languages import N_, Phrase

NAME_LIMIT = 200
"""Characters of a name or number; the longest name of an institution in use has under eighty."""
NOTE_LIMIT = 2_000
"""Characters of a reason, a note or a source."""

BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Controls of the direction of writing."""

_UNSEEN = re.compile(
    "[\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Format characters (Cf), and those that programs may leave out (Default_Ignorable_Code_Point)."""


def visible(text: str, keep: Container[str] = ()) -> str:
    """Return *text* without the characters that nobody sees, but for those in *keep*: names that look alike are equal then."""
    return text if text.isascii() else _UNSEEN.sub(lambda found: found[0] if found[0] in keep else "", text)


def tidy(text: str) -> str:
    """Return *text* in composed form (NFC), without blanks around it."""
    return unicodedata.normalize("NFC", text).strip()


def person_name(text: str) -> str:
    """Return the name of a person as names are compared: a Chinese one has no blanks (张　三 is 张三)."""
    text = visible(text)
    chinese = any("\u4e00" <= character <= "\u9fff" for character in text)
    return ("" if chinese else " ").join(text.split())


def text_problem(text: str, limit: int) -> str | None:
    """Return what is wrong with *text*, or None.

    Refused are control characters (a line break in a name smuggles a mail header, a NUL breaks
    databases), unpaired surrogates, and controls of writing direction, which show another text than
    is stored. Markup and formulas are text like any other: every output writes them as text.
    """
    if len(text) > limit:
        return Phrase(N_("{count} characters are more than {limit}"), count=len(text), limit=limit)
    if text.isprintable() and text.strip():  # most are, and looking at every character takes ten times as long
        return None
    character = unwritable(text)
    if character is not None:
        return Phrase(N_("character U+{code} cannot stand in a text"), code=f"{ord(character):04X}")
    if not any(unicodedata.category(c)[0] not in "ZC" for c in text):
        return N_("is empty")
    return None


def unwritable(text: str) -> str | None:
    """Return the first character of *text* that breaks a line, is no character, or turns the writing round."""
    for character in text:
        if unicodedata.category(character) in {"Cc", "Cs"} or character in BIDI or character in "\u2028\u2029":
            return character
    return None


def foreign_letter(text: str) -> str | None:
    """Return the first letter of *text* that is neither Latin nor Chinese, or None.

    A Cyrillic С looks like a Latin C and makes two numbers of one.
    """
    for character in text:
        if character.isalpha() and not character.isascii():
            name = unicodedata.name(character, "")
            if not name.startswith(("CJK", "FULLWIDTH LATIN")):
                return character
    return None
