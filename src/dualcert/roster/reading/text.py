"""Text tables: finds their encoding and separator, and reads them row by row."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence

from dualcert.errors import N_, Phrase, RosterDamaged, RosterTooLarge

SEPARATORS = ",\t;，"
LOOKED_AT = 30
"""Lines in which the separator is looked for."""
SURE = 3
"""Chinese characters of UTF-8 that other encodings do not begin with by chance."""
MAX_CELL = 32_767
"""Characters of one cell; a spreadsheet program holds no more."""

BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def rows(file: str, content: bytes) -> Iterator[list[str]]:
    """Yield the rows of a text table; raises RosterDamaged or RosterTooLarge."""
    text = decoded(file, content)
    csv.field_size_limit(MAX_CELL)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator(text))
    except csv.Error as error:
        if "field limit" in str(error):
            raise RosterTooLarge(
                file=file, problem=Phrase(N_("a cell has more than {limit} characters"), limit=MAX_CELL)
            ) from None
        raise RosterDamaged(file=file, problem=str(error)) from None


def decoded(file: str, content: bytes) -> str:
    """Return *content* as text: UTF-8, GB18030 or UTF-16, with or without a mark; raises RosterDamaged.

    Text in GB18030 is hardly ever valid UTF-8, so UTF-8 is tried first; a text that begins with several Chinese
    characters of UTF-8 is damaged UTF-8. Neither contains NUL bytes: a text with them is UTF-16, and their places give
    its byte order.
    """
    encoding = encoding_of(content)
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        problem = Phrase(N_("byte {offset} is no text in {encoding}"), offset=error.start, encoding=encoding.upper())
        raise RosterDamaged(file=file, problem=problem) from None


def encoding_of(content: bytes) -> str:
    """Return the encoding that *content* is in, or is nearest to."""
    for mark, encoding in BOMS:
        if content.startswith(mark):
            return encoding
    if b"\0" in content[:4096]:
        return "utf-16-le" if content[1:4096:2].count(0) >= content[0:4096:2].count(0) else "utf-16-be"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        sound = content[: error.start].decode("utf-8")
        return "utf-8" if sum(character >= "一" for character in sound) >= SURE else "gb18030"
    return "utf-8"


def separator(text: str) -> str:
    """Return the separator that divides most of the first lines into equally many cells; by default a comma.

    The Chinese comma is one only if no other sign separates half of the lines, since notes are full of it.
    """
    head = (text if len(text) < MAX_CELL else text[:MAX_CELL]).splitlines(keepends=True)[:LOOKED_AT]
    found = {each: _alike(head, each) for each in SEPARATORS}
    plain = max(SEPARATORS[:-1], key=lambda each: found[each][0] * (found[each][1] - 1))
    chinese = SEPARATORS[-1]
    rare = 2 * found[plain][0] < sum(1 for line in head if line.strip())
    return chinese if rare and found[chinese][0] > found[plain][0] else plain


def _alike(lines: Sequence[str], separator_: str) -> tuple[int, int]:
    """Return how many lines *separator_* parts into the same number of cells, and into how many."""
    try:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=separator_) if len(row) > 1)
    except csv.Error:
        return 0, 1
    return max(((count, width) for width, count in widths.items()), default=(0, 1))
