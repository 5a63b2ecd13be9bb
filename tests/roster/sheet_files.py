"""Sheets as tests describe them, and files of them: .xlsx, .xls, .ods and text."""

from __future__ import annotations

import csv
import io
from datetime import date
from textwrap import dedent

import xlsxwriter
import xlwt
from attrs import field, frozen
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import P


@frozen
class Sheet:
    """Rows of cells, and the merged ranges by their first cell: row, column -> last row, last column."""

    rows: list[list[object]]
    merged: dict[tuple[int, int], tuple[int, int]] = field(factory=dict)


def sheet_of(text: str) -> Sheet:
    """Return the sheet that a text describes, as the module of the forms tells."""
    lines = [
        [cell.strip() for cell in line.split("|")] for line in dedent(text).strip("\n").splitlines() if line.strip()
    ]
    rows = [[None if cell in {"", "<", "^"} else _cell(cell) for cell in line] for line in lines]
    merged: dict[tuple[int, int], tuple[int, int]] = {}
    for r, line in enumerate(lines):
        for c, cell in enumerate(line):
            if cell in {"<", "^"}:
                head = _head(lines, r, c)
                bottom, right = merged.get(head, head)
                merged[head] = max(bottom, r), max(right, c)
    return Sheet(rows, merged)


def _cell(text: str) -> object:
    if text.startswith("@"):
        return date.fromisoformat(text[1:])
    return int(text[1:]) if text.startswith("#") else text


def _head(lines: list[list[str]], r: int, c: int) -> tuple[int, int]:
    """Return the first cell of the merged range that a cell belongs to."""
    while lines[r][c] in {"<", "^"}:
        r, c = (r, c - 1) if lines[r][c] == "<" else (r - 1, c)
    return r, c


def _covered(sheet: Sheet) -> set[tuple[int, int]]:
    return {
        (r, c)
        for head, (bottom, right) in sheet.merged.items()
        for r in range(head[0], bottom + 1)
        for c in range(head[1], right + 1)
        if (r, c) != head
    }


def as_xlsx(path, sheet):
    with xlsxwriter.Workbook(path) as book:
        page, day = book.add_worksheet("Sheet1"), book.add_format({"num_format": "yyyy/m/d"})
        for head, last in sheet.merged.items():
            page.merge_range(*head, *last, "")
        for r, row in enumerate(sheet.rows):
            for c, cell in enumerate(row):
                if isinstance(cell, date):
                    page.write_datetime(r, c, cell, day)
                elif isinstance(cell, int):
                    page.write_number(r, c, cell)
                elif cell is not None:
                    page.write_string(r, c, cell)


def as_xls(path, sheet):
    book = xlwt.Workbook()
    page, day = book.add_sheet("Sheet1"), xlwt.easyxf(num_format_str="YYYY/M/D")
    for r, row in enumerate(sheet.rows):
        for c, cell in enumerate(row):
            style = [day] if isinstance(cell, date) else []
            if (r, c) in sheet.merged:
                page.write_merge(r, sheet.merged[r, c][0], c, sheet.merged[r, c][1], cell, *style)
            elif cell is not None:
                page.write(r, c, cell, *style)
    book.save(str(path))


def as_ods(path, sheet):
    book, table, covered = OpenDocumentSpreadsheet(), Table(name="Sheet1"), _covered(sheet)
    for r, row in enumerate(sheet.rows):
        line = TableRow()
        for c, cell in enumerate(row):
            bottom, right = sheet.merged.get((r, c), (r, c))
            spans = {"numberrowsspanned": bottom - r + 1, "numbercolumnsspanned": right - c + 1}
            if (r, c) in covered or cell is None:
                line.addElement(CoveredTableCell() if (r, c) in covered else TableCell())
                continue
            kind = {"valuetype": "string"}
            if isinstance(cell, date):
                kind = {"valuetype": "date", "datevalue": cell.isoformat()}
            elif isinstance(cell, int):
                kind = {"valuetype": "float", "value": cell}
            each = TableCell(**kind, **(spans if (r, c) in sheet.merged else {}))
            each.addElement(P(text=str(cell)))
            line.addElement(each)
        table.addElement(line)
    book.spreadsheet.addElement(table)
    book.save(str(path))


def as_csv(encoding):
    def write(path, sheet):
        text = io.StringIO()
        csv.writer(text).writerows([["" if cell is None else cell for cell in row] for row in sheet.rows])
        path.write_bytes(text.getvalue().encode(encoding))

    return write


WRITERS = {
    "xlsx": as_xlsx,
    "xls": as_xls,
    "ods": as_ods,
    "csv": as_csv("utf-8"),
    "csv gb18030": as_csv("gb18030"),
}
"""Format -> how a file of it is written."""


def written(folder, sheet, file="xlsx"):
    """Write a sheet, or the sheet that a text describes, and return its path."""
    path = folder / f"form.{file.split()[0]}"
    WRITERS[file](path, sheet_of(sheet) if isinstance(sheet, str) else sheet)
    return path
