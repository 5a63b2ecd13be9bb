"""Changes an XML document at some places while it is read; everything else is copied byte by byte."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import IO, Any
from xml.sax.saxutils import escape, quoteattr

from dualcert.roster.reading import parsing

_TAG = re.compile(rb"<[^\"'>]*(?:(?:\"[^\"]*\"|'[^']*')[^\"'>]*)*>")
_PREFIX = re.compile(rb"<([^\s/>:]+:)?")
_UNUSUAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
"""Characters that XML cannot hold, which workbooks write as _x0007_; and what would be read as one."""
ENCODINGS = frozenset({"", "utf-8", "us-ascii", "ascii"})

Start = Callable[[str, Mapping[str, str]], None]
End = Callable[[str], None]


class Unmarkable(Exception):
    """The workbook is made in a way in which no marks can be put into it."""


class Editor:
    """Reads a document, hands its elements to *start* and *end*, and writes it to *out* with their changes.

    During a call of *start* or *end* the changes at the present element, or at earlier ones that are held, can be made;
    places are numbers of bytes from the beginning.
    """

    def __init__(self, out: IO[bytes], start: Start, end: End) -> None:
        self.parser: Any = parsing.parser()
        self.parser.StartElementHandler, self.parser.EndElementHandler = start, end
        self.parser.XmlDeclHandler = _check_encoding
        self.held: int | None = None
        """The place behind which nothing is written yet."""
        self._out = out
        self._buffer = b""
        self._base = 0
        self._changes: list[tuple[int, int, bytes]] = []

    def copy(self, stream: IO[bytes]) -> None:
        """Copy *stream*, changed; raises Unmarkable, ExpatError or Doctype."""
        first = True
        while chunk := stream.read(parsing.CHUNK):
            if first and chunk[:2] in {b"\xff\xfe", b"\xfe\xff"}:
                raise Unmarkable("UTF-16")
            first = False
            self._buffer += chunk
            self.parser.Parse(chunk)
            self._flush(self.parser.CurrentByteIndex if self.held is None else self.held)
        self.parser.Parse(b"", True)  # noqa: FBT003  the library's signature
        self._flush(self._base + len(self._buffer))

    @property
    def place(self) -> int:
        """Where the present tag begins; of an empty element's end, where it is over."""
        place: int = self.parser.CurrentByteIndex
        return place

    def tag(self) -> bytes:
        """Return the present start tag as it is written."""
        found = _TAG.match(self._buffer, self.place - self._base)
        if not found:
            raise Unmarkable("a tag")
        return found[0]

    def begins(self, written: bytes) -> bool:
        """Return whether the present element is *written* so."""
        return self._buffer.startswith(written, self.place - self._base)

    def over(self, start: int, tag: bytes) -> int:
        """Return where an element is over whose end is reported now; it began at *start* with *tag*."""
        if tag.endswith(b"/>"):
            return start + len(tag)
        return self._base + self._buffer.index(b">", self.place - self._base) + 1

    def insert(self, place: int, new: bytes) -> None:
        """Write *new* at *place*."""
        self.replace(place, place, new)

    def replace(self, start: int, end: int, new: bytes) -> None:
        """Write *new* for what is between *start* and *end*; changes are made in order of place."""
        self._changes.append((start, end, new))

    def append(self, start: int, tag: bytes, new: bytes) -> None:
        """Write *new* as the last content of the element whose end is reported now."""
        if tag.endswith(b"/>"):
            name = tag[1:-2].split(None, 1)[0]
            self.replace(start + len(tag) - 2, start + len(tag), b">" + new + b"</" + name + b">")
        else:
            self.insert(self.place, new)

    def _flush(self, until: int) -> None:
        """Write everything before *until*; changes behind it are kept for later."""
        until = max(until, self._base)
        parts, done = [], self._base
        changes = sorted(self._changes, key=lambda each: each[0])
        applied = 0
        for start, end, new in changes:
            if end > until:
                until = min(until, start)
                break
            if start < done:
                raise Unmarkable("overlaps")
            parts += [self._buffer[done - self._base : start - self._base], new]
            done, applied = end, applied + 1
        until = max(until, done)
        parts.append(self._buffer[done - self._base : until - self._base])
        self._out.write(b"".join(parts))
        self._buffer, self._base, self._changes = self._buffer[until - self._base :], until, changes[applied:]


def edited(content: bytes, start: Callable[[Editor, str, Mapping[str, str]], None],
           end: Callable[[Editor, str], None]) -> bytes:  # fmt: skip
    """Return *content* with the changes that *start* and *end* make to it."""
    out = BytesIO()
    editor = Editor(out, lambda name, attributes: start(editor, name, attributes), lambda name: end(editor, name))
    editor.held = 0
    editor.copy(BytesIO(content))
    return out.getvalue()


def prefix_of(tag: bytes) -> str:
    """Return the prefix of a tag's name with its colon, or an empty text."""
    found = _PREFIX.match(tag)
    return (found[1] or b"").decode() if found else ""


def with_attribute(tag: bytes, name: str, value: str) -> bytes:
    """Return a start *tag* with another value of the attribute *name*, or with this attribute."""
    written = f" {name}={quoteattr(value)}".encode()
    pattern = rb"\s" + re.escape(name.encode()) + rb"\s*=\s*(?:\"[^\"]*\"|'[^']*')"
    changed, count = re.subn(pattern, lambda _: written, tag, count=1)
    if count:
        return changed
    end = len(tag) - (2 if tag.endswith(b"/>") else 1)
    return tag[:end].rstrip() + written + tag[end:]


def without_attribute(tag: bytes, name: str) -> bytes:
    """Return a start *tag* without the attribute *name*."""
    return re.sub(rb"\s" + re.escape(name.encode()) + rb"\s*=\s*(?:\"[^\"]*\"|'[^']*')", b"", tag, count=1)


def text(content: str) -> str:
    """Return *content* as the text of an element of a workbook."""
    return escape(_UNUSUAL.sub(lambda found: f"_x{ord(found[0]):04X}_", content))


def _check_encoding(_version: str, encoding: str | None, _standalone: int) -> None:
    if (encoding or "").lower() not in ENCODINGS:
        raise Unmarkable(str(encoding))
