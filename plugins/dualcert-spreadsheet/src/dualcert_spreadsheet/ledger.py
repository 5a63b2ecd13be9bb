"""The ledger 台账: every lab, county, pairing and finding of the province, or of one city."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import frozen

from dualcert.reporting import Books, Request
from dualcert_spreadsheet.book import Book
from dualcert_spreadsheet.labs import FINDING_HEADERS, city_asked, finding_rows, headers, row_of, words_of
from dualcert_spreadsheet.words import Words

TOP = 3
"""The row of the header, below the title and the basis."""
Columns = Sequence[tuple[str, float]]
Lines = Sequence[Sequence[object]]


@frozen
class _Ledger:
    """A ledger in the making: the question, and the city that it is about, if it is about one."""

    request: Request
    books: Books
    words: Words
    city: Any
    book: Book

    def sheet(self, name: str, columns: Columns, rows: Lines, breaks: Sequence[int] = ()) -> None:
        """Add a sheet with its title, its table, and a page that begins before each row of *breaks*."""
        words, called = self.words, self.words(name)
        page = self.book.sheet(called)
        titled = words("ledger-title", sheet=called)
        if self.city:
            titled = words("ledger-title-city", city=self.city.name, sheet=called)
        self.book.head(page, titled, words.origin("rests", self.books), [width for _, width in columns])
        self.book.table(page, TOP, columns, rows)
        page.set_h_pagebreaks(breaks)

    def columns(self, *columns: tuple[str, float]) -> list[tuple[str, float]]:
        """Return columns, given by the keys of their words."""
        return [(self.words(word), width) for word, width in columns]

    def concerns(self, code: str) -> bool:
        """Return whether a division belongs into this ledger."""
        return self.city is None or self.books.city_of(code) == self.city.code

    def city_of(self, code: str) -> str | None:
        """Return the name of the city that a division lies in."""
        city = self.books.division(self.books.city_of(code))
        return city.name if city else None


def ledger(request: Request, books: Books) -> bytes:
    """Return the workbook."""
    words = words_of(request)
    made = _Ledger(request, books, words, city_asked(request, books), Book(words("day-format")))
    made.book.origin(books.basis(request.language))
    _labs(made)
    _counties(made)
    _pairings(made)
    _findings(made)
    return made.book.content()


def _labs(made: _Ledger) -> None:
    found: list[Any] = [*made.books.status(kind="lab", division=made.books.policy().province).rows]
    labs = [lab for lab in found if made.concerns(lab.division)]
    rows = [row_of(made.request, made.books, made.words, nth, lab) for nth, lab in enumerate(labs, start=1)]
    cities = [made.city_of(lab.division) for lab in labs]
    breaks = [TOP + 1 + nth for nth in range(1, len(rows)) if cities[nth] != cities[nth - 1]]
    nth, *others = headers(made.words)
    lines = [[row[0], city, *row[1:]] for row, city in zip(rows, cities, strict=True)]
    made.sheet("all-labs", [nth, *made.columns(("city", 12)), *others], lines, breaks)


def _counties(made: _Ledger) -> None:
    columns = made.columns(("city", 12), ("code", 14), ("county", 16), ("passes", 10), ("designated", 40), ("programme", 34), ("plan", 18),
                           ("handed-in", 18), ("open-items", 12))  # fmt: skip
    rows = [_county(made, each) for each in made.books.status(kind="county").rows]
    made.sheet("counties", columns, [row for row in rows if made.concerns(str(row[1]))])


def _county(made: _Ledger, county: Any) -> list[object]:
    words, word, plan, code = made.words, made.request.word, county.plan, county.county.removeprefix("county-")
    standings = (
        words(
            "standing", programme=word(p.programme.value), batch=words.number(p.batch), standing=word(p.standing.value)
        )
        for p in county.programmes
    )
    return [
        made.city_of(code), code, county.name,
        None if county.passes is None else words("yes") if county.passes else words("no"),
        words.listed(map(made.books.lab_name, county.labs)), words.listed(standings),
        plan.issued_on if plan else None, plan.submitted_on if plan else None, len(plan.open_items) if plan else None,
    ]  # fmt: skip


def _pairings(made: _Ledger) -> None:
    columns = made.columns(("city", 12), ("kind", 14), ("supporter", 40), ("target-of-pairing", 40), ("since", 18), ("visits", 10),
                           ("last-visit", 18), ("problems", 12))  # fmt: skip
    rows = []
    for each in made.books.pairings():
        division = _division(made.books, each.target)
        if made.concerns(division):
            rows.append([made.city_of(division), made.request.word(each.kind.value), _named(made, each.supporter),
                         _named(made, each.target), each.since, each.visits, each.last_visit, len(each.open_problems)])  # fmt: skip
    made.sheet(
        "pairings", columns, sorted(rows, key=lambda row: [str(cell) for cell in row[:4]]) if made.city else rows
    )


def _division(books: Books, target: str) -> str:
    """Return the code of the division that a pairing's target is, or lies in."""
    if target.startswith("lab-"):
        (lab,) = books.status(target).rows
        return str(getattr(lab, "division", ""))
    return target.removeprefix("county-")


def _named(made: _Ledger, id_: str) -> str:
    """Return what a person, lab, county or city is called; who has no name in the directory has none here."""
    if id_.startswith("lab-"):
        return made.books.lab_name(id_)
    division = made.books.division(id_.removeprefix("county-"))
    name = division.name if division else made.request.name(id_)
    return made.words("unnamed") if name == id_ else name


def _findings(made: _Ledger) -> None:
    found = [each for each in made.books.due().rows if made.concerns(each.division)]
    lines = finding_rows(made.request, made.books, found)
    nth, *others = FINDING_HEADERS
    columns = made.columns(nth, ("city", 12), ("about", 36), *others)
    rows = [
        [line[0], made.city_of(each.division), each.name, *line[1:]] for each, line in zip(found, lines, strict=True)
    ]
    made.sheet("findings", columns, rows)
