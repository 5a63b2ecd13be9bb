"""Which sheet of a file is meant, and of which kind it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from attrs import frozen

from dualcert.errors import N_, BadRoster, ColumnRepeated, KindAmbiguous, Phrase, SheetAmbiguous
from dualcert.roster.kinds import KINDS
from dualcert.roster.layout import Table, find_table, read_rows
from dualcert.roster.planning import Kind
from dualcert.roster.reading.pages import Page, Pages

LeftAlone = tuple[str, Literal["hidden", "no table"]]
"""A sheet that was not read, and why."""


@frozen
class Chosen:
    """The table that is read, of which kind it is, the sheets that are left alone, and as what else it can be read."""

    kind: Kind
    table: Table
    left_alone: tuple[LeftAlone, ...]
    also: tuple[str, ...]


def choose(pages: Pages, kind: str | None, sheet: str | None, mapping: Mapping[str, str]) -> Chosen:
    """Return the one table of *pages* that can be meant, of *kind* and on *sheet* where that is said.

    Of several the one is meant that is called as templates call its kind, if that is one.
    Raises SheetAmbiguous, KindAmbiguous, ColumnRepeated, or BadRoster where no sheet has the headers.
    """
    asked = [page for page in pages.pages if sheet is None or page.name == sheet]
    if not asked:
        known = ", ".join(page.name for page in pages.pages)
        raise BadRoster(
            file=pages.file, problem=Phrase(N_("it has no sheet {sheet}; it has {known}"), sheet=sheet, known=known)
        )
    found = [
        (page, *best) for page in asked if (page.visible or sheet) for best in _best(pages.file, page, kind, mapping)
    ]
    titled = [each for each in found if each[0].name == each[1].title]
    if len(titled) == 1:
        found = titled
    if len(found) > 1:
        raise SheetAmbiguous(file=pages.file, sheets=tuple(page.name for page, *_ in found))
    if not found:
        raise BadRoster(file=pages.file, problem=_needed(kind))
    _, one, table = found[0]
    if table.repeated:
        raise ColumnRepeated(file=pages.file, columns=table.repeated)
    read_rows(table)
    others: list[LeftAlone] = [
        (page.name, "no table" if page.visible else "hidden") for page in asked if page is not table.page
    ]
    also = (each.name for each in KINDS.values() if each is not one and find_table(table.page, each.columns, mapping))
    return Chosen(one, table, tuple(others), tuple(also))


def _best(file: str, page: Page, kind: str | None, mapping: Mapping[str, str]) -> Iterator[tuple[Kind, Table]]:
    """Yield the kind that most columns of *page* speak for, with its table; nothing where it is none."""
    kinds = [KINDS[kind]] if kind else list(KINDS.values())
    tables = [(each, table) for each in kinds if (table := find_table(page, each.columns, mapping))]
    most = max((len(table.columns) for _, table in tables), default=0)
    best = [(each, table) for each, table in tables if len(table.columns) == most]
    if len(best) > 1:
        raise KindAmbiguous(file=file, kinds=tuple(each.name for each, _ in best))
    yield from best


def _needed(kind: str | None) -> Phrase:
    kinds = [KINDS[kind]] if kind else list(KINDS.values())
    headers = "; ".join(
        " ".join(each.columns.header_of(field_) for field_ in sorted(each.columns.needed)) for each in kinds
    )
    return Phrase(N_("no visible sheet has the headers that are needed: {headers}"), headers=headers)
