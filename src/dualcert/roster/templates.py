"""Sheets that import understands: empty ones to fill in, and exports of the books in the same form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import zip_longest
from pathlib import Path
from typing import Any

from dualcert.divisions import Divisions
from dualcert.errors import N_, Translate
from dualcert.files import check_free
from dualcert.projections.view import View
from dualcert.roster.columns import Column
from dualcert.roster.kinds import KINDS
from dualcert.roster.planning import Kind
from dualcert.roster.rows import cell_name
from dualcert.roster.writing import DAY, sheet_name, workbook, write

EXPLAINED = "填表说明"
"""The sheet that explains what belongs in each column."""
NUMBERS, EXAMPLE = "序号", "示例"
"""The header of the first column, and its text in the example row."""
OFFERED = 2_000
"""The number of rows with drop-downs and formats."""
IN_LINE = 255
"""The length of choices up to which a spreadsheet needs no separate list of them."""


def write_template(
    kind: str,
    path: Path,
    translate: Translate = str,
    *,
    divisions: Divisions | None = None,
    province: str = "",
    replace: bool = False,
) -> None:
    """Write an empty sheet of *kind* to *path* (.xlsx), with drop-downs, an example row and an explanation of its columns.

    With *divisions* and *province* the cities are offered, too. The example row is recognised and never imported. Raises BadConfiguration, FileExists (without *replace*), FileUnwritable.
    """
    one = KINDS[kind]
    cities = [city.name for city in divisions.units(province)] if divisions else []
    with workbook(path, replace=replace) as book:
        page = book.add_worksheet(sheet_name(one.title))
        _table(book, page, one, [one.example], first=EXAMPLE)
        _offer(book, page, one.columns.offered, {"city": cities})
        _explain(book, one, translate)


def write_books(
    view: View, day: date, path: Path, kinds: Iterable[str] = KINDS, *, replace: bool = False
) -> dict[str, int]:
    """Write the state of the books on *day* to *path* (.xlsx), one sheet for each kind; return kind -> number of rows.

    Other books that import the workbook get the same labs, certificates, counties, pairings, plans and so on. A kind
    without rows has no sheet, unless no kind has rows: then each has its header. Raises BadConfiguration, FileExists
    (without *replace*), FileUnwritable.
    """
    check_free(path, replace=replace)
    rows = {kind: list(KINDS[kind].rows(view, day)) for kind in kinds}
    with workbook(path, replace=replace) as book:
        nothing = not any(rows.values())
        for kind, found in rows.items():
            if found or nothing:
                page = book.add_worksheet(sheet_name(KINDS[kind].title))
                _table(book, page, KINDS[kind], found)
                page.autofilter(0, 0, len(found), len(KINDS[kind].columns.offered))
    return {kind: len(found) for kind, found in rows.items()}


def _table(book: Any, page: Any, kind: Kind, rows: Iterable[Mapping[str, object]], first: str | None = None) -> None:
    """Write the header and *rows*; *first* is written in the column of numbers instead of them."""
    header = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1, "text_wrap": True, "valign": "vcenter"})
    needed = book.add_format({"bold": True, "bg_color": "#BDD7EE", "border": 1, "text_wrap": True, "valign": "vcenter"})
    day, text = book.add_format({"num_format": DAY}), book.add_format({"num_format": "@"})
    columns = kind.columns.offered
    page.write_string(0, 0, NUMBERS, header)
    page.set_column(0, 0, 6)
    for column, each in enumerate(columns, start=1):
        page.write_string(0, column, each.header, needed if each.field in kind.columns.asked else header)
        page.set_column(column, column, each.width, day if each.dated else text)
    for number, row in enumerate(rows, start=1):
        write(page, number, 0, first or number, None)
        for column, each in enumerate(columns, start=1):
            value = row.get(each.field)
            if value is not None:
                write(page, number, column, value, day if isinstance(value, date) else text)
    page.freeze_panes(1, 0)


def _offer(book: Any, page: Any, columns: Iterable[Column], more: Mapping[str, list[str]]) -> None:
    """Offer choices as drop-downs; long lists are written side by side on a hidden sheet."""
    offered = {at: [*each.choices, *more.get(each.field, ())] for at, each in enumerate(columns, start=1)}
    listed = {column: choices for column, choices in offered.items() if len(",".join(choices)) > IN_LINE}
    for column, choices in offered.items():
        letter = cell_name(1, column).removesuffix("1")
        source = f"=选项!${letter}$1:${letter}${len(choices)}" if column in listed else choices
        if choices:
            page.data_validation(
                1, column, OFFERED, column, {"validate": "list", "source": source, "error_type": "warning"}
            )
    if listed:
        lists = book.add_worksheet("选项")
        lists.hide()
        for row, line in enumerate(zip_longest(*listed.values())):  # a workbook is written row by row
            for column, choice in zip(listed, line, strict=True):
                write(lists, row, column, choice, None)


def _explain(book: Any, kind: Kind, translate: Translate) -> None:
    page, bold = book.add_worksheet(EXPLAINED), book.add_format({"bold": True})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    for column, heading in enumerate((N_("column"), N_("needed"), N_("what belongs there"), N_("choices"))):
        page.write_string(0, column, translate(heading), bold)
    for row, each in enumerate(kind.columns.offered, start=1):
        texts = (
            each.header,
            translate(N_("yes")) if each.field in kind.columns.asked else "",
            translate(each.about),
            "、".join(each.choices),
        )
        for column, text in enumerate(texts):
            page.write_string(row, column, text, wrap)
    page.write_string(len(kind.columns.offered) + 2, 0, translate(N_(
        "Dates: 2023-09-30, 2023.9.30, 2023年9月30日 or 20230930. An empty cell states nothing. "
        "The row that begins with 示例 is an example and is not read."
    )))  # fmt: skip
    page.set_column(0, 0, 18)
    page.set_column(2, 2, 60)
    page.set_column(3, 3, 30)
