"""What calamine leaves out of an .ods: merged cells, and formulas without a value."""

from __future__ import annotations

import zipfile
from io import BytesIO
from xml.parsers import expat

from attrs import define, field

from dualcert.roster.reading.messages import VALUELESS, Hollow, Odd, Range

TABLE, ROW, CELL, COVERED = "table:table", "table:table-row", "table:table-cell", "table:covered-table-cell"


@define
class Scanned:
    """The merged ranges of one sheet, and the texts of its formulas without a value."""

    merged: list[Range] = field(factory=list)
    shown: dict[int, dict[int, Odd]] = field(factory=dict)


class Doctype(Exception):
    """The document declares a type, with entities perhaps: no spreadsheet program writes one."""


@define
class _Scanner:
    """Follows rows and columns, repeated ones included."""

    sheets: dict[str, Scanned] = field(factory=dict)
    sheet: Scanned = field(factory=Scanned)
    row: int = 0
    column: int = 0
    repeated: int = 1

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == TABLE:
            self.sheet, self.row = Scanned(), 0
            self.sheets[attributes.get("table:name", "")] = self.sheet
        elif tag == ROW:
            self.column, self.repeated = 0, _count(attributes, "table:number-rows-repeated")
        elif tag in {CELL, COVERED}:
            self._cell(attributes)
            self.column += _count(attributes, "table:number-columns-repeated")

    def _cell(self, attributes: dict[str, str]) -> None:
        rows = _count(attributes, "table:number-rows-spanned")
        columns = _count(attributes, "table:number-columns-spanned")
        if rows > 1 or columns > 1:
            self.sheet.merged.append((self.row, self.column, self.row + rows - 1, self.column + columns - 1))
        if "table:formula" in attributes and "office:value-type" not in attributes:
            self.sheet.shown.setdefault(self.row, {})[self.column] = Hollow(VALUELESS)

    def end(self, tag: str) -> None:
        if tag == ROW:
            self.row += self.repeated


def scan(content: bytes) -> dict[str, Scanned]:
    """Return, by name, what was found in the sheets of the document *content*.

    Raises what zipfile and expat raise, or Doctype.
    """
    scanner, parser = _Scanner(), expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = scanner.start, scanner.end
    parser.StartDoctypeDeclHandler = _refuse
    with zipfile.ZipFile(BytesIO(content)) as archive, archive.open("content.xml") as stream:
        parser.ParseFile(stream)
    return scanner.sheets


def _refuse(*_: object) -> None:
    raise Doctype


def _count(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    return int(text) if text.isdecimal() and len(text) < 8 else 1
