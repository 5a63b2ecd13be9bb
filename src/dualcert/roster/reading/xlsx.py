"""What calamine leaves out of an .xlsx: formulas without a value, errors, what is hidden, and the epoch."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from io import BytesIO
from posixpath import join, normpath
from typing import Any

from attrs import define, field

from dualcert.roster.reading import parsing
from dualcert.roster.reading.messages import VALUELESS, Broken, Hollow
from dualcert.roster.reading.scanned import Scanned, Unseen

BOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
STATES: Mapping[str, Unseen] = {"hidden": "hidden", "veryHidden": "very hidden"}

_TELLING = (
    b"hidden", b"zeroHeight", b'"e"', b"'e'", b"&#", b"\0", b"<f>", b":f>", b"<f/", b":f/", b"<f ", b":f ", b"<f\n",
    b":f\n", b"<f\r", b":f\r", b"<f\t", b":f\t", b' ht="0', b" ht='0", b' width="0', b" width='0", b" ht =",
    b" width =",
)  # fmt: skip
"""Without any of these bytes a sheet has no error, no formula and nothing hidden."""
_OVERLAP = 64
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_NOTHING = re.compile(r"0*\.?0*")


@define
class XlsxSheet:
    """A sheet of a workbook: its name, whether it is hidden, and the zip's member with its cells, if there is one."""

    name: str
    unseen: Unseen
    member: str | None


@define
class Book:
    """The year of day 0, and the sheets in their order."""

    epoch: int = 1900
    sheets: list[XlsxSheet] = field(factory=list)


def scan(content: bytes) -> tuple[int, list[Scanned]]:
    """Return the epoch of the workbook *content*, and what was found in its sheets, in their order.

    Raises what zipfile and expat raise, and Doctype.
    """
    with zipfile.ZipFile(BytesIO(content)) as archive:
        book = read_book(archive)
        return book.epoch, [_scanned(archive, sheet) for sheet in book.sheets]


def read_book(archive: zipfile.ZipFile) -> Book:
    """Return the epoch and the sheets of a workbook."""
    targets: dict[str, str] = {}
    book, members = Book(), set(archive.namelist())

    def relation(name: str, attributes: Mapping[str, str]) -> None:
        if parsing.split(name)[1] == "Relationship":
            target = normpath(join("/xl", attributes.get("Target", ""))).lstrip("/")
            targets[attributes.get("Id", "")] = target

    def start(name: str, attributes: Mapping[str, str]) -> None:
        match parsing.split(name)[1]:
            case "workbookPr" if parsing.is_true(attributes.get("date1904")):
                book.epoch = 1904
            case "sheet":
                member = targets.get(parsing.local(attributes, "id"))
                unseen = STATES.get(attributes.get("state", ""), "")
                book.sheets.append(XlsxSheet(attributes.get("name", ""), unseen, member if member in members else None))

    for part, handler in ((RELATIONS, relation), (BOOK, start)):
        parser = parsing.parser()
        parser.StartElementHandler = handler
        with archive.open(part) as stream:
            parsing.parse(stream, parser)
    return book


def _scanned(archive: zipfile.ZipFile, sheet: XlsxSheet) -> Scanned:
    found = Scanned(sheet.name, sheet.unseen)
    if sheet.member and not sheet.unseen and _tells(archive, sheet.member):
        scanner = _Scanner(found)
        with archive.open(sheet.member) as stream:
            parsing.parse(stream, scanner.parser)
    return found


def _tells(archive: zipfile.ZipFile, member: str) -> bool:
    """Return whether there may be something to find: parsing a large sheet takes longer than reading it."""
    with archive.open(member) as stream:
        rest = b""
        while chunk := stream.read(parsing.CHUNK):
            part = rest + chunk
            if any(each in part for each in _TELLING):
                return True
            rest = part[-_OVERLAP:]
    return False


class _Scanner:
    """Follows the rows and cells of a sheet, with or without their references, by the local names of elements."""

    def __init__(self, found: Scanned) -> None:
        self.found = found
        self.parser = parsing.parser(namespaces=False)
        self.parser.StartElementHandler = self.start
        self.locals: dict[str, str] = {}
        self.row = -1
        self.reference, self.since = "", -1
        """The last reference of a cell in the row, and how many cells are behind it."""
        self.kind: str | None = None
        self.has_formula = self.in_value = self.has_inline = False
        self.array = ""
        self.text: list[str] = []

    def local(self, name: str) -> str:
        """Return the local part of the name of an element."""
        return self.locals.get(name) or self.locals.setdefault(name, name.rpartition(":")[2])

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Note an element; there are millions of cells, so little is done for each."""
        local = self.locals.get(name) or self.local(name)
        if local == "c":
            reference = attributes.get("r")
            if reference:
                self.reference, self.since = reference, 0
            else:
                self.since += 1
            self.kind = attributes.get("t")
            if self.kind == "e":
                self._listen()
        elif local == "v":
            self.in_value = True
        elif local == "row":
            self._begin_row(attributes)
        elif local == "f":
            self.has_formula, self.array = True, attributes.get("ref", "") if attributes.get("t") == "array" else ""
            self._listen()
        elif local == "is":
            self.has_inline = True
        elif local == "col":
            self._column(attributes)

    def _begin_row(self, attributes: Mapping[str, str]) -> None:
        number = attributes.get("r", "")
        if number.isdecimal() and len(number) < 8:
            self.row = int(number) - 1
        else:
            self.row = (self._place()[0] if self.reference else self.row) + 1
        self.reference, self.since = "", -1
        if parsing.is_true(attributes.get("hidden")) or _is_nothing(attributes.get("ht")):
            self.found.hide_rows(self.row, self.row)

    def _place(self) -> tuple[int, int]:
        """Return the row and column of the present cell."""
        row, column = place_of(self.reference) or (self.row, 0)
        return row, column + self.since

    def _column(self, attributes: Mapping[str, str]) -> None:
        if parsing.is_true(attributes.get("hidden")) or _is_nothing(attributes.get("width")):
            first, last = (int(text) if text.isdecimal() and len(text) < 8 else 0
                           for text in (attributes.get("min", ""), attributes.get("max", "")))  # fmt: skip
            if 0 < first <= last:
                self.found.hide_columns(first - 1, last - 1)

    def _listen(self) -> None:
        """Follow the present cell to its end; nothing is known of it yet but its type or that it has a formula."""
        if self.parser.EndElementHandler is None:
            self.in_value = self.has_inline = False
            self.text = []
            self.parser.CharacterDataHandler, self.parser.EndElementHandler = self.characters, self.end

    def characters(self, text: str) -> None:
        """Note the text of a value."""
        if self.in_value:
            self.text.append(text)

    def end(self, name: str) -> None:
        """Note that an element is over."""
        local = self.local(name)
        if local == "v":
            self.in_value = False
        elif local == "c":
            self._end_cell("".join(self.text).strip())
            self.has_formula, self.array = False, ""
            self.parser.CharacterDataHandler = self.parser.EndElementHandler = None

    def _end_cell(self, text: str) -> None:
        if self.kind == "e":
            self.found.show(*self._place(), Broken(text or VALUELESS))
        elif self.has_formula and not text and self.kind != "str" and not self.has_inline:
            self.found.show(*self._place(), Hollow(VALUELESS))
            ends = [place_of(each) for each in self.array.split(":")] if ":" in self.array else []
            if len(ends) == 2 and ends[0] and ends[1]:
                self.found.show_all((*ends[0], *ends[1]), Hollow(VALUELESS))


def _is_nothing(size: str | None) -> bool:
    """Return whether a height or width is zero, as another program writes what is hidden."""
    return bool(size) and _NOTHING.fullmatch(size or "") is not None


def place_of(reference: str) -> tuple[int, int] | None:
    """Return the row and column, from 0, of a reference such as B3."""
    found: Any = _REFERENCE.fullmatch(reference)
    if not found:
        return None
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(found[2]) - 1, column - 1
