"""Chooses the sheet of a file and its kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from attrs import frozen

from dualcert.errors import (
    N_,
    BadConfiguration,
    BadRoster,
    ColumnUnknown,
    HeadersMissing,
    KindAmbiguous,
    Phrase,
    SheetAmbiguous,
    TablesAmbiguous,
)
from dualcert.roster.columns import IGNORED, line_of, readings
from dualcert.roster.kinds import KINDS
from dualcert.roster.layout import (
    HANDED_BACK,
    SheetTable,
    check_repeated,
    find_table,
    nearest_table,
    read_rows,
    tables_above,
)
from dualcert.roster.planning import Kind
from dualcert.roster.reading.pages import Page, Pages
from dualcert.units import plain

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


Found = tuple[Page, Kind, SheetTable]
"""A sheet with the kind that reads most of its columns, and its table."""


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

    def mapping(self) -> dict[str, str]:
        """Return header -> column of templates, and "" for a header that was not read; other kinds know theirs by themselves."""
        fields = {column: field_ for field_, column in self.table.columns.items()}
        elsewhere = {header for headers in self.also.values() for header in headers}
        return {
            header: self.kind.columns.header_of(fields[column]) if column in fields else IGNORED
            for column, header in self.table.headers.items()
            if plain(header) != plain(HANDED_BACK) and header not in elsewhere
        }


def choose(pages: Pages, kind: str | None, sheet: str | None, mapping: Mapping[str, str]) -> Chosen:
    """Return the one table of *pages* that can be meant, of *kind* and on *sheet* where these are given.

    Of several tables it is the only one whose sheet is called as in templates, else the only one with rows.
    Raises SheetAmbiguous, TablesAmbiguous, KindAmbiguous, ColumnRepeated, ColumnUnknown, or BadRoster where
    no sheet has the headers.
    """
    return _one(pages, _tables(pages, kind, sheet, mapping), mapping)


def _one(pages: Pages, found: Sequence[Found], mapping: Mapping[str, str]) -> Chosen:
    with_rows = [each for each in found if each[2].rows]
    possible = next((each for each in (_titled(found), with_rows) if len(each) == 1), found)
    if len(possible) > 1:
        raise SheetAmbiguous(file=pages.file, sheets=tuple(page.name for page, *_ in possible))
    return _chosen(pages, possible[0], possible, found, mapping)


def choose_all(
    pages: Pages, kind: str | None, sheet: str | None, mapping: Mapping[str, str], *, every: bool
) -> list[Chosen]:
    """Return the tables of *pages* that are imported together, in the order of their kinds; raises the errors of `choose`.

    These are all tables whose sheets are called as in templates, if there are several, or with *every* all tables with
    rows; otherwise the one of `choose`.
    """
    found = _tables(pages, kind, sheet, mapping)
    titled = _titled(found)
    several = [each for each in found if each[2].rows] if every else titled
    if len(several) < 2:
        return [_one(pages, found, mapping)]
    order = list(KINDS)
    several.sort(key=lambda each: order.index(each[1].name))
    return [_chosen(pages, each, several, found, mapping) for each in several]


def _titled(found: Iterable[Found]) -> list[Found]:
    """Return the tables whose sheets are called as in templates and exports."""
    return [each for each in found if each[0].name == each[1].title]


def _candidates(pages: Pages, sheet: str | None) -> list[Page]:
    """Return the sheets that can be meant; raises BadRoster where *sheet* is missing or hidden."""
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
    return candidates


def _tables(pages: Pages, kind: str | None, sheet: str | None, mapping: Mapping[str, str]) -> list[Found]:
    """Return the tables of the visible sheets, with their rows; raises HeadersMissing where there is none."""
    visible = [page for page in _candidates(pages, sheet) if page.visible]
    found = [(page, *best) for page in visible for best in _best(pages.file, page, kind, mapping)]
    if not found:
        raise _headers_missing(pages.file, visible, kind, mapping)
    for _, _, table in found:
        read_rows(table)
    return found


def _chosen(
    pages: Pages, one: Found, taken: Sequence[Found], found: Sequence[Found], mapping: Mapping[str, str]
) -> Chosen:
    """Return a table that is read, after its checks, with the sheets that no table of *taken* is on."""
    _, kind, table = one
    if kind.columns.tell_apart:
        kind.columns.tell_apart(table)
    for columns in table.repeated.values():
        check_repeated(pages.file, table, columns)
    _check_above(pages.file, table, mapping)
    _check_unread(pages.file, kind, table, mapping)
    if kind.columns.settle:
        kind.columns.settle(pages.file, table)
    read = {page.name for page, *_ in taken}
    tables = {page.name: (other, read_as) for page, read_as, other in found}
    others = tuple(_left_alone(page, kind, tables.get(page.name), mapping) for page in pages.pages
                   if page.name not in read)  # fmt: skip
    also = dict(_also(kind, table, mapping))
    elsewhere = {header for headers in also.values() for header in headers}
    unread = tuple(header for header in table.unread() if header not in elsewhere)
    lists = tuple(page.name for page in pages.pages if lists_findings(page))
    return Chosen(kind, table, others, also, unread, lists, pages.sha256, pages.format)


def _left_alone(page: Page, one: Kind, known: tuple[SheetTable, Kind] | None, mapping: Mapping[str, str]) -> LeftAlone:
    """Return why *page* is not read, while a table of the kind *one* on another page is.

    *known* is its table of the kinds that are asked for, with its kind.
    """
    if page.unseen:
        return LeftAlone(page.name, "very hidden" if page.unseen == "very hidden" else "hidden")
    if lists_findings(page):
        return LeftAlone(page.name, "findings of a sheet handed back")
    if known is None:
        tables = [(table, each) for each in KINDS.values() if (table := find_table(page, each.columns, mapping))]
        if not tables:
            return LeftAlone(page.name, "no table")
        known = max(tables, key=lambda each: len(each[0].columns))
        read_rows(known[0])
    table, kind = known
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


def _check_unread(file: str, kind: Kind, table: SheetTable, mapping: Mapping[str, str]) -> None:
    """Raise ColumnUnknown if the header of an unread column has a form that must not stay unread."""
    missed = {
        header: field_
        for header in table.unread()
        if not any(name in mapping for name in readings((header,)))
        and (field_ := kind.columns.missed_by(header, table.columns)) is not None
    }
    if missed:
        first, field_ = next(iter(missed.items()))
        lines = tuple(line_of(header, "") for header in missed)
        example = line_of(first, kind.columns.header_of(field_) if field_ else kind.columns.nearest(first))
        raise ColumnUnknown(file=file, kind=kind.name, columns=tuple(missed), example=example, lines=lines)


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


def _headers_missing(file: str, pages: Sequence[Page], kind: str | None, mapping: Mapping[str, str]) -> HeadersMissing:
    """Return the refusal of a file without the headers of a kind: what the nearest sheet has of them, and what it lacks."""
    kinds = [KINDS[kind]] if kind else list(KINDS.values())
    near = [(page, each, table) for page in pages for each in kinds
            if (table := nearest_table(page, each.columns, mapping))]  # fmt: skip
    lacking = [each for each in near if each[1].columns.lacking(each[2].columns)]
    if near and not lacking:
        page, one, table = near[0]
        headers = tuple(table.headers[column] for column in table.columns.values())
        problem = Phrase(N_("sheet {sheet} has the column {headers} alone; a roster has two or more"),
                         sheet=page.name, headers=headers)  # fmt: skip
        return HeadersMissing(file=file, problem=problem, kind=one.name, sheet=page.name, headers=headers, missing=())
    if not near:
        problem = Phrase(
            N_("no visible sheet has a header that is known; name its columns with --columns, or begin with a sheet of --template {kind}"),
            kind=kind or "|".join(KINDS),
        )  # fmt: skip
        return HeadersMissing(file=file, problem=problem, kind=kind or "", sheet="", headers=(), missing=())
    page, one, table = max(lacking, key=_nearness)
    headers = tuple(table.headers[column] for column in sorted(table.columns.values()))
    missing = tuple(column.header for column in one.columns.lacking(table.columns))
    problem = Phrase(
        N_("no visible sheet has all headers that are needed; sheet {sheet} has {headers}, and for {kind} lacks {missing}: name the "
           "column in a file of --columns with a line such as {line}, or begin with a sheet of --template {kind}"),
        sheet=page.name, headers=headers, kind=one.name, missing=missing, line=line_of("…", missing[0]),
    )  # fmt: skip
    known = {*table.columns.values(), *table.numbering}
    others = tuple(header for column, header in table.headers.items() if column not in known)
    return HeadersMissing(
        file=file, problem=problem, kind=one.name, sheet=page.name, headers=headers, others=others, missing=missing
    )


def _nearness(near: tuple[Page, Kind, SheetTable]) -> tuple[int, int]:
    """Return how near a sheet is to a kind: by the columns that are there, then by those that are missing."""
    _, kind, table = near
    return len(table.columns), -len(kind.columns.lacking(table.columns))


def check_mapping(mapping: Mapping[str, str], kind: str | None, chosen: Iterable[Kind]) -> None:
    """Raise BadConfiguration where *mapping* names a column that no kind has, or not *kind*; the columns of *chosen* are listed."""
    kinds = [KINDS[kind]] if kind else list(KINDS.values())
    for name in mapping.values():
        if not any(each.columns.meant(name) is not None for each in kinds):
            listed = [KINDS[kind]] if kind else list(chosen)
            known = tuple(f"{c.header} ({c.field})" for each in listed for c in each.columns.columns)
            problem = (
                Phrase(N_("--columns: there is no column {name}; {kind} has {known}"), name=name, known=known,
                       kind=tuple(each.name for each in listed))
                if listed
                else Phrase(N_("--columns: no kind has a column {name}; with --kind its columns are listed"), name=name)
            )  # fmt: skip
            raise BadConfiguration(problem=problem)
