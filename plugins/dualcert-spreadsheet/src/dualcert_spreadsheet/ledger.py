"""The ledger 台账: every lab, county, pairing and finding of the province."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dualcert.reporting import Books, Request
from dualcert_spreadsheet.book import Book
from dualcert_spreadsheet.labs import FINDING_HEADERS, finding_rows, headers, row_of
from dualcert_spreadsheet.words import rests, words

TOP = 3
"""The row of the header, below the title and the basis."""


def ledger(request: Request, books: Books) -> bytes:
    """Return the workbook."""
    book, texts = Book(), words(request.language)
    labs = books.status(kind="lab", division=books.policy().province).rows
    rows = [_in_city(request, books, texts, lab) for lab in labs]
    book.origin(books.basis(request.language))
    breaks = [TOP + 1 + nth for nth in range(1, len(rows)) if rows[nth][0] != rows[nth - 1][0]]
    _sheet(book, texts["all labs"], request, books, [(texts["city"], 12), *headers(texts)], rows, breaks)
    _counties(book, texts, request, books)
    _pairings(book, texts, request, books)
    found = [[each.division, each.name, *line] for each, line in _findings(request, books)]
    columns = [
        (texts["code"], 10.0),
        (texts["id"], 24),
        *((texts[word], float(width)) for word, width in FINDING_HEADERS),
    ]
    _sheet(book, texts["findings"], request, books, columns, found)
    return book.content()


def _sheet(
    book: Book,
    name: str,
    request: Request,
    books: Books,
    columns: Sequence[tuple[str, float]],
    rows: Sequence[Sequence[object]],
    breaks: Sequence[int] = (),
) -> None:
    page = book.sheet(name)
    book.head(page, f"{words(request.language)['ledger']}　{name}", rests(request, books))
    book.table(page, TOP, columns, rows)
    page.set_h_pagebreaks(breaks)


def _in_city(request: Request, books: Books, texts: Mapping[str, str], lab: Any) -> list[object]:
    city = books.division(books.city_of(lab.division))
    return [city.name if city else None, *row_of(request, books, texts, lab)]


def _counties(book: Book, texts: Mapping[str, str], request: Request, books: Books) -> None:
    columns = [(texts["code"], 10.0), (texts["county"], 14), (texts["passes"], 10), (texts["designated"], 36),
               (texts["programme"], 36), (texts["plan"], 12), (texts["handed in"], 12), (texts["open items"], 10)]  # fmt: skip
    rows: list[list[object]] = []
    for county in books.status(kind="county").rows:
        each: Any = county
        standings = (
            f"{request.word(p.programme.value)} {p.batch} {request.word(p.standing.value)}" for p in each.programmes
        )
        plan = each.plan
        passes = None if each.passes is None else texts["yes"] if each.passes else texts["no"]
        rows.append([
            each.county.removeprefix("county-"), each.name, passes, texts["list"].join(map(books.lab_name, each.labs)), "; ".join(standings),
            plan.issued_on if plan else None, plan.submitted_on if plan else None, len(plan.open_items) if plan else None,
        ])  # fmt: skip
    _sheet(book, texts["counties"], request, books, columns, rows)


def _pairings(book: Book, texts: Mapping[str, str], request: Request, books: Books) -> None:
    columns = [(texts["kind"], 12.0), (texts["supporter"], 24), (texts["target of pairing"], 32), (texts["since"], 12),
               (texts["visits"], 10), (texts["last visit"], 12), (texts["problems"], 24)]  # fmt: skip
    rows = [
        [request.word(each.kind.value), _named(request, books, each.supporter), _named(request, books, each.target), each.since, each.visits,
         each.last_visit, " ".join(each.open_problems)]
        for each in books.pairings()
    ]  # fmt: skip
    _sheet(book, texts["pairings"], request, books, columns, rows)


def _named(request: Request, books: Books, id_: str) -> str:
    """Return what a person, lab, county or city is called."""
    if id_.startswith("lab-"):
        return books.lab_name(id_)
    division = books.division(id_.removeprefix("county-"))
    return division.name if division else request.name(id_)


def _findings(request: Request, books: Books) -> list[tuple[Any, list[object]]]:
    found = books.due().rows
    return list(zip(found, finding_rows(request, books, found), strict=True))
