"""XML read by expat as a stream: names are qualified by their namespace, and a document type is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any
from xml.parsers import expat

CHUNK = 1 << 20
"""Bytes that are read at once."""


class Doctype(Exception):
    """The document declares a type, with entities perhaps: no spreadsheet program writes one."""


def parser(*, namespaces: bool = True) -> Any:  # noqa: ANN401  the library has no types
    """Return a parser that reports a name as "NAMESPACE NAME", or NAME where it has none; or as it is written."""
    made = expat.ParserCreate(namespace_separator=" ") if namespaces else expat.ParserCreate()
    made.StartDoctypeDeclHandler = _refuse
    made.buffer_text = True
    return made


def parse(stream: IO[bytes], parser_: Any) -> None:  # noqa: ANN401  the library has no types
    """Give all of *stream* to *parser_*; raises ExpatError or Doctype."""
    while chunk := stream.read(CHUNK):
        parser_.Parse(chunk)
    parser_.Parse(b"", True)  # noqa: FBT003  the library's signature


def split(name: str) -> tuple[str, str]:
    """Return the namespace and the local part of a *name* as the parser reports it."""
    namespace, _, local = name.rpartition(" ")
    return namespace, local


def local(attributes: Mapping[str, str], wanted: str) -> str:
    """Return the attribute whose local name is *wanted*, in any namespace; an empty text where there is none."""
    return next((value for name, value in attributes.items() if split(name)[1] == wanted), "")


def is_true(value: str | None) -> bool:
    """Return whether the text of an attribute means yes."""
    return value in {"1", "true"}


def _refuse(*_: object) -> None:
    raise Doctype("DOCTYPE")
