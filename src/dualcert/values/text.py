"""Text that people typed: what is kept of it, and what no document can carry."""

from __future__ import annotations

import unicodedata

from dualcert.languages import N_, Phrase

NAME_LIMIT = 200
"""Characters of a name or number; the longest name of an institution in use has under eighty."""
NOTE_LIMIT = 2_000
"""Characters of a reason, a note or a source."""

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def tidy(text: str) -> str:
    """Return *text* in composed form (NFC), without blanks around it."""
    return unicodedata.normalize("NFC", text).strip()


def person_name(text: str) -> str:
    """Return the name of a person as names are compared: a Chinese one has no blanks (张　三 is 张三)."""
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
        if unicodedata.category(character) in {"Cc", "Cs"} or character in _BIDI or character in "\u2028\u2029":
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
