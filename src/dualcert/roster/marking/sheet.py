"""Marks put into the XML of a sheet: a column of findings, and a rule that colours the cells with findings.

The colour is a conditional format whose formula is always true and names the heading of the column. So the cells keep
their own formats, and the marks of an earlier hand-back are known again and taken out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any

from dualcert.roster.marking.editing import (
    Editor,
    Unmarkable,
    prefix_of,
    text,
    with_attribute,
    without_attribute,
)
from dualcert.roster.marking.marks import ONE_RULE, Marks
from dualcert.roster.reading import parsing
from dualcert.roster.reading.text import MAX_CELL
from dualcert.roster.reading.xlsx import place_of

WIDTH = 60
"""The width of the column of findings."""
BEFORE_RULES = frozenset(
    {
        "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
        "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells",
        "phoneticPr", "conditionalFormatting",
    }
)  # fmt: skip
"""The parts of a sheet that come before, or are, conditional formats; the order of parts is fixed."""
BEFORE_DRAWING = BEFORE_RULES | {
    "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks",
    "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags", "drawing",
}  # fmt: skip
"""The parts that come before the drawing of comments."""


class SheetMarker:
    """Copies the XML of a sheet with marks.

    `drawing` is the relation of the drawing in which comments have their shapes: that of the sheet, or the one given.
    """

    def __init__(self, out: IO[bytes], marks: Marks, column: int, colour: int, drawing: str | None) -> None:
        self.marks, self.column, self.colour, self.drawing = marks, column, colour, drawing
        self.has_drawing = False
        self.editor = Editor(out, self.root, self.end)
        self.names: dict[str, str] = {}
        self.prefix = ""
        self.depth = 0
        self.rows = marks.by_row()
        self.next = next(self.rows, None)
        self.header_style = ""
        self.row = self.at = -1
        self.row_start, self.row_tag, self.cell_tag = 0, b"", b""
        self.pending: str | None = None
        self.cell_start: int | None = None
        self.cell_column = -1
        self.columns_start, self.columns_tag = 0, b""
        self.columns_done = marks.task.known
        self.rules_done = not marks.areas
        self.rule: dict[str, Any] = {}
        self.has_data = False
        self.columns: dict[str, int] = {}

    # --- the frame ----------------------------------------------------------------------------------

    def root(self, name: str, _attributes: Mapping[str, str]) -> None:
        """Note the root, by which the names of all others are known."""
        space, local = parsing.split(name)
        if local != "worksheet":
            raise Unmarkable(local)
        self.prefix = prefix_of(self.editor.tag())
        self.names = {f"{space} {each}".strip(): each for each in (
            "c", "row", "sheetData", "cols", "col", "dimension", "conditionalFormatting", "cfRule", "formula",
            "legacyDrawing", *BEFORE_DRAWING,
        )}  # fmt: skip
        self.cell, self.line = f"{space} c".strip(), f"{space} row".strip()
        self.depth = 1
        self.editor.parser.StartElementHandler = self.start

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Make the changes at an element that begins."""
        self.depth += 1
        if name == self.cell:
            self._begin_cell(attributes)
            return
        local = self.names.get(name, "")
        if self.depth == 2:
            self._begin_part(local)
        match local:
            case "row" if self.depth == 3:
                self._begin_row(attributes)
            case "col" if self.depth == 3:
                self._column(attributes)
            case "dimension":
                self._dimension(attributes)
            case "legacyDrawing" if self.depth == 2:
                self.drawing, self.has_drawing = parsing.local(attributes, "id"), True
            case "conditionalFormatting" if self.depth == 2:
                self.editor.held = self.editor.place
                self.rule = {"tag": self.editor.tag(), "start": self.editor.place, "rules": []}
            case "cfRule" if self.rule:
                tag = self.editor.tag()
                self.rule["rules"].append([self.editor.place, tag, 0, "", attributes.get("priority", "1")])
            case "formula" if self.rule.get("rules"):
                self.editor.parser.CharacterDataHandler = self._characters

    def end(self, name: str) -> None:
        """Make the changes at an element that is over."""
        self.depth -= 1
        if name == self.cell:
            self._end_cell()
            return
        match self.names.get(name, ""):
            case "row" if self.depth == 2:
                self._end_row()
            case "sheetData" if self.depth == 1:
                self.editor.insert(self.editor.place, b"".join(self._missing_rows(None)))
            case "cols" if self.depth == 1 and not self.columns_done:
                self.columns_done = True
                self.editor.append(self.columns_start, self.columns_tag, self._col(self.column, self.column))
            case "formula":
                self.editor.parser.CharacterDataHandler = None
            case "cfRule" if self.rule:
                rule = self.rule["rules"][-1]
                rule[2] = self.editor.over(rule[0], rule[1])
            case "conditionalFormatting" if self.depth == 1:
                self._end_rules()
            case _ if self.depth == 0:
                self._begin_part("extLst")

    def _begin_part(self, local: str) -> None:
        """Write what has to come before this part of the sheet and is not there yet; others' names count as late ones."""
        if local == "cols":
            self.columns_start, self.columns_tag = self.editor.place, self.editor.tag()
        elif local == "sheetData" and not self.columns_done:
            self.columns_done = True
            col = self._col(self.column, self.column)
            self.editor.insert(self.editor.place, self._element("cols", col))
        self.has_data = self.has_data or local == "sheetData"
        if not self.has_data:
            return
        if local not in BEFORE_RULES and not self.rules_done:
            self.rules_done = True
            self.editor.insert(self.editor.place, b"".join(self._rules()))
        late = local not in BEFORE_DRAWING
        if late and local != "legacyDrawing" and self.drawing and not self.has_drawing:
            self.has_drawing = True
            space = RELATIONS_STRICT if self._is_strict() else RELATIONS
            drawing = f'<{self.prefix}legacyDrawing xmlns:r="{space}" r:id="{self.drawing}"/>'
            self.editor.insert(self.editor.place, drawing.encode())

    def _is_strict(self) -> bool:
        return self.cell.startswith(STRICT)

    def _element(self, name: str, content: bytes) -> bytes:
        return f"<{self.prefix}{name}>".encode() + content + f"</{self.prefix}{name}>".encode()

    # --- columns ------------------------------------------------------------------------------------

    def _col(self, first: int, last: int, tag: bytes = b"") -> bytes:
        """Return the definition of the column of findings, or *tag* for other columns."""
        if tag:
            return with_attribute(with_attribute(tag, "min", str(first + 1)), "max", str(last + 1))
        number = self.column + 1
        return f'<{self.prefix}col min="{number}" max="{number}" width="{WIDTH}" customWidth="1"/>'.encode()

    def _column(self, attributes: Mapping[str, str]) -> None:
        if self.columns_done:
            return
        first, last = (_number(attributes.get(each)) - 1 for each in ("min", "max"))
        tag, place = self.editor.tag(), self.editor.place
        if first > self.column:
            self.editor.insert(place, self._col(self.column, self.column))
        elif last >= self.column and tag.endswith(b"/>"):
            before = [self._col(first, self.column - 1, tag)] if first < self.column else []
            after = [self._col(self.column + 1, last, tag)] if last > self.column else []
            new = b"".join([*before, self._col(self.column, self.column), *after])
            self.editor.replace(place, place + len(tag), new)
        else:
            return
        self.columns_done = True

    def _dimension(self, attributes: Mapping[str, str]) -> None:
        first, _, last = attributes.get("ref", "").partition(":")
        begin, end = place_of(first), place_of(last or first)
        if begin and end and begin[1] <= self.column:
            tag = self.editor.tag()
            far = reference(max(end[0], self.marks.task.header), max(end[1], self.column))
            new = with_attribute(tag, "ref", f"{first}:{far}")
            self.editor.replace(self.editor.place, self.editor.place + len(tag), new)

    # --- rows and cells -----------------------------------------------------------------------------

    def _begin_row(self, attributes: Mapping[str, str]) -> None:
        number = _number(attributes.get("r")) - 1 if "r" in attributes else self.row + 1
        if number <= self.row:
            raise Unmarkable("rows")
        place, tag = self.editor.place, self.editor.tag()
        missing = b"".join(self._missing_rows(number))
        if missing:
            self.editor.insert(place, missing)
        self.row, self.at, self.header_style = number, -1, ""
        self.row_start, self.row_tag = place, tag
        self.pending = self._words(number)
        if self.pending is not None:
            spans = attributes.get("spans", "")
            changed = without_attribute(tag, "spans") if spans else tag
            if "r" not in attributes:
                changed = with_attribute(changed, "r", str(number + 1))
            if changed != tag and not tag.endswith(b"/>"):
                self.editor.replace(place, place + len(tag), changed)
        elif not self.marks.task.known or self.row < self.marks.task.header:
            self._pass_over()

    def _pass_over(self) -> None:
        """Look at nothing in the present row but its end: most rows of a large sheet have nothing to change."""
        self.editor.parser.StartElementHandler, self.editor.parser.EndElementHandler = None, self._passed

    def _passed(self, name: str) -> None:
        if name == self.line:
            self.depth -= 1
            self.editor.parser.StartElementHandler, self.editor.parser.EndElementHandler = self.start, self.end

    def _words(self, row: int) -> str | None:
        """Return what is written into the column of findings in *row*, or None."""
        if row == self.marks.task.header:
            return self.marks.task.heading
        if self.next and self.next[0] == row:
            _, words = self.next
            self.next = next(self.rows, None)
            return words
        return None

    def _missing_rows(self, before: int | None) -> Iterator[bytes]:
        """Yield the rows with findings before this one that the sheet has left out, as they are blank."""
        while self.next and (before is None or self.next[0] < before):
            row, words = self.next
            self.next = next(self.rows, None)
            if row <= self.row:
                raise Unmarkable("rows")
            yield f'<{self.prefix}row r="{row + 1}">'.encode() + self._cell(row, words) + self._closing("row")

    def _closing(self, name: str) -> bytes:
        return f"</{self.prefix}{name}>".encode()

    def _begin_cell(self, attributes: Mapping[str, str]) -> None:
        reference_ = attributes.get("r")
        self.at = self._column_of(reference_) if reference_ else self.at + 1
        if self.row == self.marks.task.header and self.at == self.marks.task.header_column:
            self.header_style = attributes.get("s", "")
        if self.at < self.column or self.depth != 4:
            return
        if self.at == self.column and self.row >= self.marks.task.header:
            self.editor.held = self.cell_start = self.editor.place
            self.cell_tag = self.editor.tag()
        elif self.pending is not None:
            self.editor.insert(self.editor.place, self._cell(self.row, self.pending))
            self.pending = None

    def _column_of(self, reference_: str) -> int:
        """Return the column of a reference; there are millions of them, so the columns are remembered."""
        letters = reference_.rstrip("0123456789")
        if letters not in self.columns:
            place = place_of(reference_)
            if place is None:
                raise Unmarkable("a reference")
            self.columns[letters] = place[1]
        return self.columns[letters]

    def _end_cell(self) -> None:
        if self.cell_start is None or self.depth != 3:
            return
        new = b"" if self.pending is None else self._cell(self.row, self.pending)
        self.editor.replace(self.cell_start, self.editor.over(self.cell_start, self.cell_tag), new)
        self.pending = self.cell_start = self.editor.held = None

    def _end_row(self) -> None:
        if self.pending is None:
            return
        self.editor.append(self.row_start, self.row_tag, self._cell(self.row, self.pending))
        self.pending = None

    def _cell(self, row: int, words: str) -> bytes:
        style = f' s="{int(self.header_style)}"' if row == self.row and self.header_style.isdecimal() else ""
        p, place = self.prefix, reference(row, self.column)
        return (
            f'<{p}c r="{place}"{style} t="inlineStr"><{p}is><{p}t xml:space="preserve">'
            f"{text(words[:MAX_CELL])}</{p}t></{p}is></{p}c>"
        ).encode()

    # --- rules --------------------------------------------------------------------------------------

    def _characters(self, content: str) -> None:
        self.rule["rules"][-1][3] += content

    def _end_rules(self) -> None:
        """Take out our rules, and put the others behind those that will be written."""
        rules, own = self.rule["rules"], always(self.marks.task.heading)
        ours = [rule for rule in rules if rule[3].strip() == own]
        if ours and len(ours) == len(rules):
            start = self.rule["start"]
            self.editor.replace(start, self.editor.over(start, self.rule["tag"]), b"")
        else:
            count = len(self.marks.areas) // ONE_RULE + 1
            for rule in rules:
                place, tag, over, _, priority = rule
                if rule in ours:
                    self.editor.replace(place, over, b"")
                elif priority.isdecimal():
                    later = with_attribute(tag, "priority", str(int(priority) + count))
                    self.editor.replace(place, place + len(tag), later)
        self.rule, self.editor.held = {}, None

    def _rules(self) -> Iterator[bytes]:
        p, formula = self.prefix, text(always(self.marks.task.heading))
        areas = [area(*each) for each in self.marks.areas]
        for number, some in enumerate(_parts(areas, ONE_RULE), start=1):
            yield (
                f'<{p}conditionalFormatting sqref="{" ".join(some)}"><{p}cfRule type="expression" '
                f'dxfId="{self.colour}" priority="{number}"><{p}formula>{formula}</{p}formula></{p}cfRule>'
                f"</{p}conditionalFormatting>"
            ).encode()


STRICT = "http://purl.oclc.org/ooxml/"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS_STRICT = f"{STRICT}officeDocument/relationships"


def always(heading: str) -> str:
    """Return a formula that is always true, and by which our rules are known again."""
    return f'"{heading}"="{heading}"'


def reference(row: int, column: int) -> str:
    """Return the name of a cell whose row and column count from 0."""
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def area(column: int, top: int, bottom: int) -> str:
    """Return the name of an area of a column."""
    return f"{reference(top, column)}:{reference(bottom, column)}" if bottom > top else reference(top, column)


def _number(value: str | None) -> int:
    if value is None or not re.fullmatch("[0-9]{1,7}", value):
        raise Unmarkable("a number")
    return int(value)


def _parts(items: list[str], size: int) -> Iterable[list[str]]:
    return (items[at : at + size] for at in range(0, len(items), size))


class Survey:
    """Finds a column for the findings that no merged range of the table covers."""

    def __init__(self, header: int, column: int) -> None:
        self.header, self.column = header, column
        self.parser: Any = parsing.parser()
        self.parser.StartElementHandler = self._start
        self.covered: list[tuple[int, int]] = []

    def free_column(self, stream: IO[bytes]) -> int:
        """Return the first free column from the one wanted on, in a sheet that has merged ranges."""
        parsing.parse(stream, self.parser)
        for left, right in sorted(self.covered):
            if left <= self.column <= right:
                self.column = right + 1
        return self.column

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        if not name.endswith(" mergeCell"):
            return
        first, _, last = attributes.get("ref", "").partition(":")
        begin, end = place_of(first), place_of(last or first)
        if begin and end and end[0] >= self.header:
            self.covered.append((begin[1], end[1]))
