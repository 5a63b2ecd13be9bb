"""A sheet of a workbook as rows of cells, found by its headers."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from attrs import frozen

from dualcert.errors import BadRoster

Cell = Any
"""What a cell holds: text, a number, a date, or an empty text."""

HEADER_WITHIN = 20
"""Rows in which the header is looked for."""

HEADERS: Mapping[str, tuple[str, ...]] = {
    "lab": ("机构编号", "lab id", "lab"),
    "city": ("市", "city"),
    "county": ("县（市、区）", "县(市、区)", "县区", "区县", "县", "county"),
    "name": ("机构名称", "名称", "检测机构", "name"),
    "level": ("机构级别", "级别", "level"),
    "credit_code": ("统一社会信用代码", "信用代码", "credit code"),
    "cma_number": ("CMA证书编号", "资质认定证书号", "CMA编号", "CMA number"),
    "cma_granted_on": ("CMA发证日期", "CMA granted on"),
    "cma_valid_until": ("CMA有效期至", "CMA valid until"),
    "catl_number": ("CATL证书编号", "考核合格证书号", "CATL编号", "CATL number"),
    "catl_granted_on": ("CATL发证日期", "CATL granted on"),
    "catl_valid_until": ("CATL有效期至", "CATL valid until"),
    "dual": ("是否双认证", "双认证", "dual"),
}
"""Field -> the headers that name it, as offices write them."""

NEEDED = ("city", "name")

NUMBERING = "序号"
"""The column that numbers the rows says nothing about a lab."""


def plain(text: object) -> str:
    """Return *text* as headers and names are compared: NFKC, no blanks, small letters."""
    return "".join(unicodedata.normalize("NFKC", str(text)).split()).lower()


_FIELD_OF = {plain(header): field for field, headers in HEADERS.items() for header in headers}


@frozen
class Row:
    """One row: its number as the spreadsheet shows it, and its cells by field."""

    number: int
    cells: Mapping[str, Cell]


@frozen
class Sheet:
    """A sheet with its header found; `sha256` is that of the whole file.

    `headers` maps a field to the header it stands under here; `unread` are headers of no known field.
    """

    name: str
    sha256: str
    headers: Mapping[str, str]
    unread: tuple[str, ...]
    rows: tuple[Row, ...]

    def source(self, row: Row) -> str:
        """Return where a fact of *row* comes from: the file's hash, sheet and row."""
        return f"sha256:{self.sha256} {self.name}!{row.number}"


def read_sheet(path: Path) -> Sheet:
    """Return the first visible sheet of the workbook at *path* that has a roster's headers.

    Raises BadRoster where the file cannot be read or no sheet has them.
    """
    try:
        from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum
    except ImportError as error:
        problem = f"spreadsheets need pip install 'dualcert[roster]' ({error})"
        raise BadRoster(file=str(path), problem=problem) from None
    try:
        content = path.read_bytes()  # hashed and parsed are the same bytes
        workbook = CalamineWorkbook.from_filelike(BytesIO(content))
        visible = [s.name for s in workbook.sheets_metadata if s.visible == SheetVisibleEnum.Visible]
        sheets = [(name, workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in visible]
    except OSError as error:
        raise BadRoster(file=str(path), problem=str(error.strerror or error)) from None
    except CalamineError as error:
        raise BadRoster(file=str(path), problem=str(error)) from None
    for name, rows in sheets:
        header = _header(rows)
        if header is not None:
            return _sheet(name, sha256(content).hexdigest(), rows, header)
    raise BadRoster(file=str(path), problem="no visible sheet has the headers of a roster, such as 市 and 机构名称")


def _header(rows: Sequence[Sequence[Cell]]) -> int | None:
    for index, cells in enumerate(rows[:HEADER_WITHIN]):
        found = {_FIELD_OF.get(plain(cell)) for cell in cells}
        if found.issuperset(NEEDED):
            return index
    return None


def _sheet(name: str, digest: str, rows: Sequence[Sequence[Cell]], header: int) -> Sheet:
    names = [str(cell).strip() for cell in rows[header]]
    fields = [_FIELD_OF.get(plain(each)) for each in names]
    body = tuple(
        Row(number, {field: cell for field, cell in zip(fields, cells, strict=False) if field})
        for number, cells in enumerate(rows[header + 1 :], start=header + 2)
        if any(cell != "" for cell in cells)
    )
    return Sheet(
        name=name,
        sha256=digest,
        headers={field: each for field, each in zip(fields, names, strict=True) if field},
        unread=tuple(names[i] for i, field in enumerate(fields) if field is None and _says_something(rows, header, i)),
        rows=body,
    )


def _says_something(rows: Sequence[Sequence[Cell]], header: int, column: int) -> bool:
    """Return whether a column has a header and, below it, anything that is not just counting."""
    name = str(rows[header][column]).strip()
    return name not in {"", NUMBERING} and any(row[column] != "" for row in rows[header + 1 :])
