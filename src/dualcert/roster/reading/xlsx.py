"""What calamine leaves out of an .xlsx: formulas without a value, errors, hidden rows, the epoch."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from posixpath import join, normpath
from typing import IO
from xml.etree import ElementTree as ET

from attrs import define, field

from dualcert.roster.reading.messages import VALUELESS, Hollow, Odd, Place

CHUNK = 1 << 20

_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
_ERROR = re.compile(rb"<(?:\w+:)?v\b[^>]*>\s*(#[A-Z0-9/_]{1,20}[!?]?)")
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>[^<]|<(?:\w+:)?is\b")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b")
_HIDDEN = re.compile(rb'<(?:\w+:)?row\b[^>]*\bhidden="(?:1|true)"')
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@define
class Scanned:
    """The texts of cells of one sheet with an error or a formula without a value, and the number of hidden rows."""

    shown: dict[int, dict[int, Odd]] = field(factory=dict)
    hidden_rows: int = 0

    def show(self, place: Place, cell: Odd) -> None:
        """Note the text of a cell without a value, by its row and column."""
        row, column = place
        self.shown.setdefault(row, {})[column] = cell


def scan(content: bytes) -> tuple[int, dict[str, Scanned]]:
    """Return the epoch of the workbook *content* and, by name, what was found in its sheets.

    Raises what zipfile and ElementTree raise; entities are refused, so nothing can be expanded.
    """
    with zipfile.ZipFile(BytesIO(content)) as archive:
        book = _xml(archive, "xl/workbook.xml")
        targets = {
            relation.get("Id"): normpath(join("/xl", relation.get("Target", ""))).lstrip("/")
            for relation in _xml(archive, "xl/_rels/workbook.xml.rels")
        }
        properties = next((each for each in book.iter() if each.tag.endswith("}workbookPr")), None)
        epoch = 1904 if properties is not None and properties.get("date1904") in {"1", "true"} else 1900
        found = {}
        for sheet in (each for each in book.iter() if each.tag.endswith("}sheet")):
            member = targets.get(sheet.get(_RELATION))
            if member in archive.namelist():
                with archive.open(member) as stream:
                    found[sheet.get("name", "")] = _scanned(stream)
        return epoch, found


def _xml(archive: zipfile.ZipFile, member: str) -> ET.Element:
    text = archive.read(member)
    if b"<!DOCTYPE" in text:
        raise ET.ParseError("DOCTYPE")
    return ET.fromstring(text)  # noqa: S314  without a DOCTYPE there are no entities


def _scanned(stream: IO[bytes]) -> Scanned:
    found = Scanned()
    for part in _whole_rows(stream):
        found.hidden_rows += len(_HIDDEN.findall(part))
        if b't="e"' in part or _FORMULA.search(part):
            _scan_cells(part, found)
    return found


def _whole_rows(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield the sheet in parts that end behind a row."""
    rest = b""
    while chunk := stream.read(CHUNK):
        part = rest + chunk
        cut = part.rfind(b"</row>") + 1 or part.rfind(b":row>") + 1
        yield part[:cut]
        rest = part[cut:]
    yield rest


def _scan_cells(part: bytes, found: Scanned) -> None:
    for attributes, inner in _CELL.findall(part):
        hollow = _FORMULA.search(inner) and not _VALUE.search(inner) and b't="str"' not in attributes
        broken = b't="e"' in attributes
        place = _place(attributes) if hollow or broken else None
        if place and broken:
            shown = _ERROR.search(inner)
            found.show(place, Odd(shown[1].decode() if shown else VALUELESS))
        elif place:
            found.show(place, Hollow(VALUELESS))


def _place(attributes: bytes) -> Place | None:
    reference = _REFERENCE.search(attributes)
    if not reference:
        return None
    column = 0
    for letter in reference[1]:
        column = column * 26 + letter - 64
    return int(reference[2]) - 1, column - 1
