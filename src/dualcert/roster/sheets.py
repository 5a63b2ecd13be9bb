"""Chooses the sheet of a file and its kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Literal

from attrs import frozen

from dualcert.errors import (
    N_,
    BadRoster,
    ColumnRepeated,
    ColumnUnknown,
    KindAmbiguous,
    Phrase,
    SheetAmbiguous,
    TablesAmbiguous,
)
from dualcert.roster.kinds import KINDS
from dualcert.roster.layout import SheetTable, find_table, read_rows, tables_above
from dualcert.roster.planning import Kind
from dualcert.roster.reading.pages import Page, Pages

LIST_COLUMNS, CODE_AT = 5, 3
"""The columns of a list of findings, and the one with the codes."""
MARGIN = 2
"""How many more columns one kind must read than another to be chosen."""

LIST = "问题清单"
"""The sheet that lists the findings of a sheet handed back."""
LISTED = re.compile(rf"{LIST}\d*")
"""The names of sheets that list the findings of a sheet handed back."""
CODE = re.compile(r"[a-z]+(-[a-z]+)*")

Why = Literal[
    "hidden", "very hidden", "no table", "no rows", "findings of a sheet handed back", "another kind", "another table"
]


@frozen
class LeftAlone:
    """A sheet that was not read, the reason, and the kind of its table, if it has one."""

    sheet: str
    why: Why
    kind: str | None = None


@frozen
class Chosen:
    """The table that is read, its kind, and the sheets that are left alone.

    `lists` are the names of sheets that list the findings of an earlier hand-back; `sha256`
    and `format` are those of the file. `also` maps other kinds to the columns that only they would read; `unread` are the columns that no kind reads.
    """

    kind: Kind
    table: SheetTable
    left_alone: tuple[LeftAlone, ...]
    also: Mapping[str, tuple[str, ...]]
    unread: tuple[str, ...]
    lists: tuple[str, ...] = ()
    sha256: str = ""
    format: str = ""


def choose(pages: Pages, kind: str | None, sheet: str | None, mapping: Mapping[str, str]) -> Chosen:
    """Return the one table of *pages* that can be meant, of *kind* and on *sheet* where these are given.

    Of several tables it is the only one whose sheet is called as in templates, else the only one with rows.
    Raises SheetAmbiguous, TablesAmbiguous, KindAmbiguous, ColumnRepeated, ColumnUnknown, or BadRoster where
    no sheet has the headers.
    """
    candidates = [page for page in pages.pages if sheet is None or page.name == sheet]
    if not candidates:
        known = ", ".join(page.name for page in pages.pages)
        raise BadRoster(
            file=pages.file, problem=Phrase(N_("it has no sheet {sheet}; it has {known}"), sheet=sheet, known=known)
        )
    if sheet is not None and not candidates[0].visible:
        raise BadRoster(
            file=pages.file,
            problem=Phrase(
                N_("sheet {sheet} is hidden: show it in a spreadsheet program and save the file"), sheet=sheet
            ),
        )
    found = [(page, *best) for page in candidates if page.visible for best in _best(pages.file, page, kind, mapping)]
    for _, _, table in found:
        read_rows(table)
    titled = [each for each in found if each[0].name == each[1].title]
    with_rows = [each for each in found if each[2].rows]
    found = next((each for each in (titled, with_rows) if len(each) == 1), found)
    if len(found) > 1:
        raise SheetAmbiguous(file=pages.file, sheets=tuple(page.name for page, *_ in found))
    if not found:
        raise BadRoster(file=pages.file, problem=_needed(kind))
    _, one, table = found[0]
    if table.repeated:
        raise ColumnRepeated(file=pages.file, columns=table.repeated)
    _check_above(pages.file, table, mapping)
    _check_unread(pages.file, one, table)
    if one.columns.settle:
        one.columns.settle(pages.file, table)
    others = [_left_alone(page, one, mapping) for page in candidates if page is not table.page]
    also = dict(_also(one, table, mapping))
    elsewhere = {header for headers in also.values() for header in headers}
    unread = tuple(header for header in table.unread() if header not in elsewhere)
    lists = tuple(page.name for page in pages.pages if lists_findings(page))
    return Chosen(one, table, tuple(others), also, unread, lists, pages.sha256, pages.format)


def _left_alone(page: Page, one: Kind, mapping: Mapping[str, str]) -> LeftAlone:
    """Return why *page* is not read, while a table of the kind *one* on another page is."""
    if page.unseen:
        return LeftAlone(page.name, "very hidden" if page.unseen == "very hidden" else "hidden")
    if lists_findings(page):
        return LeftAlone(page.name, "findings of a sheet handed back")
    tables = [(each, table) for each in KINDS.values() if (table := find_table(page, each.columns, mapping))]
    if not tables:
        return LeftAlone(page.name, "no table")
    kind, table = max(tables, key=lambda each: len(each[1].columns))
    read_rows(table)
    if not table.rows:
        return LeftAlone(page.name, "no rows", kind.name)
    return LeftAlone(page.name, "another table" if kind is one else "another kind", kind.name)


def lists_findings(page: Page) -> bool:
    """Return whether *page* is the list of findings of a sheet that was handed back, in whatever language."""
    if not LISTED.fullmatch(page.name) or not page.rows:
        return False
    header, *rows = page.rows
    return len(header) == LIST_COLUMNS and all(
        len(row) > CODE_AT and CODE.fullmatch(str(row[CODE_AT])) for row in rows if any(row)
    )


def _check_above(file: str, table: SheetTable, mapping: Mapping[str, str]) -> None:
    """Raise TablesAmbiguous if there is another table above *table*."""
    above = {row for kind in KINDS.values() for row in tables_above(table, kind.columns, mapping)}
    if above:
        rows = tuple(map(str, [*sorted(above), table.first + table.lines]))
        raise TablesAmbiguous(file=file, sheet=table.page.name, rows=rows)


def _check_unread(file: str, kind: Kind, table: SheetTable) -> None:
    """Raise ColumnUnknown if the header of an unread column has a form that must not stay unread."""
    missed = tuple(each for each in table.unread() if kind.columns.may_not_be_missed(each, table.columns))
    if missed:
        raise ColumnUnknown(file=file, columns=missed, first=missed[0])


def _also(one: Kind, table: SheetTable, mapping: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the other kinds that *table* can be read as, with the columns that only they read."""
    left = set(table.unread())
    for kind in KINDS.values():
        other = find_table(table.page, kind.columns, mapping) if left and kind is not one else None
        headers = [other.headers[column] for column in other.columns.values()] if other else ()
        own = tuple(header for header in headers if header in left)
        if own:
            yield kind.name, own


def _best(file: str, page: Page, kind: str | None, mapping: Mapping[str, str]) -> Iterator[tuple[Kind, SheetTable]]:
    """Yield the kind that reads most columns of *page*, with its table; nothing where no kind has a table there.

    Raises KindAmbiguous if another kind reads nearly as many columns, and among them some that the first does not read.
    """
    kinds = [KINDS[kind]] if kind else list(KINDS.values())
    tables = [(each, table) for each in kinds if (table := find_table(page, each.columns, mapping))]
    if not tables:
        return
    best = max(tables, key=lambda each: _telling(*each))
    known = set(best[1].columns.values())
    rivals = [each for each, table in tables if _telling(each, table) > _telling(*best) - MARGIN
              and not known.issuperset(table.columns.values())]  # fmt: skip
    if rivals:
        raise KindAmbiguous(file=file, kinds=(best[0].name, *(each.name for each in rivals)))
    yield best


def _telling(kind: Kind, table: SheetTable) -> int:
    """Return how many columns of *table* have headers that tell its kind."""
    return len(table.columns.keys() - kind.columns.loose)


def _needed(kind: str | None) -> Phrase:
    kinds = [KINDS[kind]] if kind else list(KINDS.values())
    headers = "; ".join(
        " ".join(each.columns.header_of(field_) for field_ in sorted(each.columns.needed)) for each in kinds
    )
    return Phrase(N_("no visible sheet has the headers that are needed: {headers}"), headers=headers)
