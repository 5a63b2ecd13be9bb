"""What calamine leaves out of an .ods: merged cells, errors, formulas without a value, and what is hidden."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from contextlib import suppress
from io import BytesIO

from attrs import define, field

from dualcert.roster.reading import parsing
from dualcert.roster.reading.limits import Limits
from dualcert.roster.reading.messages import VALUELESS, Broken, Hollow, Odd
from dualcert.roster.reading.scanned import Scanned

_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
TABLE, OFFICE, STYLE, META = (f"{_ODF}{each}:1.0 " for each in ("table", "office", "style", "meta"))
CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 "

CELLS = frozenset({f"{TABLE}table-cell", f"{TABLE}covered-table-cell"})
GROUPS = frozenset({f"{TABLE}table-row-group", f"{TABLE}table-column-group"})
UNSEEN = frozenset({"collapse", "filter"})
OFFICES = ("LibreOffice", "OpenOffice", "Apache OpenOffice")
"""Programs that compute every formula before they save, and write one that gives an empty text without a value."""
ERRORS = frozenset({"#n/a", "#ref!", "#value!", "#name?", "#div/0!", "#num!", "#null!"})
"""The texts of errors; older programs store the error of a formula only as such a text."""


@define
class _Scanner:
    """Follows sheets, rows and columns, repeated ones included."""

    limits: Limits
    concealed: set[str] = field(factory=set)
    """The styles of hidden sheets."""
    sheets: list[Scanned] = field(factory=list)
    style: str = ""
    row: int = 0
    column: int = 0
    column_defined: int = 0
    repeated: int = 1
    closed: int = 0
    """How many groups around the present place are closed."""
    groups: list[bool] = field(factory=list)
    cell: Mapping[str, str] | None = None
    """The attributes of the present cell, if its text has to be known."""
    texts: list[str] = field(factory=list)
    generator: list[str] | None = None
    """The parts of the name of the program that saved the file, while they are read."""
    computed: bool = False
    """Whether that program computes every formula."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name in CELLS:
            self._cell(attributes)
        elif name == f"{TABLE}table-row":
            self.column, self.repeated = 0, _count(attributes, f"{TABLE}number-rows-repeated")
            if self.closed or attributes.get(f"{TABLE}visibility") in UNSEEN:
                self.sheets[-1].hide_rows(self.row, self.row + self.repeated - 1)
        elif name == f"{TABLE}table-column":
            self._column(attributes)
        elif name in GROUPS:
            self.groups.append(attributes.get(f"{TABLE}display") == "false")
            self.closed += self.groups[-1]
        elif name == f"{TABLE}table":
            self._table(attributes)
        elif name == f"{META}generator":
            self.generator = []
        elif name == f"{STYLE}style":
            self.style = attributes.get(f"{STYLE}name", "")
        elif name == f"{STYLE}table-properties" and attributes.get(f"{TABLE}display") == "false":
            self.concealed.add(self.style)

    def _table(self, attributes: Mapping[str, str]) -> None:
        hidden = attributes.get(f"{TABLE}style-name") in self.concealed
        self.sheets.append(Scanned(attributes.get(f"{TABLE}name", ""), "hidden" if hidden else "", merged=[]))
        self.row = self.column_defined = 0

    def _column(self, attributes: Mapping[str, str]) -> None:
        first, count = self.column_defined, _count(attributes, f"{TABLE}number-columns-repeated")
        self.column_defined += count
        if self.closed or attributes.get(f"{TABLE}visibility") in UNSEEN:
            self.sheets[-1].hide_columns(first, first + count - 1)

    def _cell(self, attributes: Mapping[str, str]) -> None:
        sheet = self.sheets[-1]
        rows = _count(attributes, f"{TABLE}number-rows-spanned")
        columns = _count(attributes, f"{TABLE}number-columns-spanned")
        if rows > 1 or columns > 1:
            assert sheet.merged is not None
            sheet.merged.append((self.row, self.column, self.row + rows - 1, self.column + columns - 1))
        self.cell, self.texts = attributes, []

    def characters(self, text: str) -> None:
        if self.cell is not None and len(self.texts) < 100:
            self.texts.append(text)
        elif self.generator is not None:
            self.generator.append(text)

    def end(self, name: str) -> None:
        if name in CELLS:
            if self.cell is not None and (shown := self._shown(self.cell, "".join(self.texts).strip())):
                self._show(shown)
            self.column += _count(self.cell or {}, f"{TABLE}number-columns-repeated")
            self.cell = None
        elif name == f"{TABLE}table-row":
            self.row += self.repeated
        elif name in GROUPS:
            self.closed -= self.groups.pop()
        elif name == f"{META}generator":
            self.computed = "".join(self.generator or ()).strip().startswith(OFFICES)
            self.generator = None

    def _shown(self, cell: Mapping[str, str], text: str) -> Odd | None:
        """Return what a cell without a value shows, or None where it has a value."""
        kinds = cell.get(f"{CALC}value-type"), cell.get(f"{OFFICE}value-type")
        formula = f"{TABLE}formula" in cell
        if "error" in kinds or (formula and (text.lower() in ERRORS or text.startswith(("Err:", "错误:")))):
            return Broken(text or VALUELESS)
        return Hollow(VALUELESS) if formula and kinds[1] is None and not (self.computed and not text) else None

    def _show(self, shown: Odd) -> None:
        columns = min(_count(self.cell or {}, f"{TABLE}number-columns-repeated"), self.limits.columns + 1)
        rows = min(self.repeated, self.limits.rows + 1)
        self.sheets[-1].show_all((self.row, self.column, self.row + rows - 1, self.column + columns - 1), shown)


def scan(content: bytes, limits: Limits) -> list[Scanned]:
    """Return what was found in the sheets of the document *content*, in their order.

    Raises what zipfile and expat raise, and Doctype.
    """
    scanner = _Scanner(limits)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        for member in ("meta.xml", "styles.xml"):
            with suppress(KeyError):
                _scan(archive, member, scanner)
        _scan(archive, "content.xml", scanner)
    return scanner.sheets


def _scan(archive: zipfile.ZipFile, member: str, scanner: _Scanner) -> None:
    parser = parsing.parser()
    parser.StartElementHandler, parser.EndElementHandler = scanner.start, scanner.end
    parser.CharacterDataHandler = scanner.characters
    with archive.open(member) as stream:
        parsing.parse(stream, parser)


def _count(attributes: Mapping[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    return int(text) if text.isdecimal() and len(text) < 8 else 1
