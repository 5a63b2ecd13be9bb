"""Rows of labs and findings, as both workbooks show them; and of which city."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dualcert.reporting import Books, Request
from dualcert_spreadsheet.words import Words

HEADERS = (
    ("nth", 6), ("county", 18), ("lab", 38), ("level", 10), ("cma-state", 12), ("cma-number", 16), ("cma-until", 17),
    ("catl-state", 11), ("catl-number", 33), ("catl-until", 17), ("is-dual", 12), ("dual-since", 17),
)  # fmt: skip
"""Word and width of each column."""
DUAL, STATES = 10, (4, 7)
"""The columns that are coloured."""
FINDING_HEADERS = (("nth", 6), ("deadline", 18), ("kind", 38), ("severity", 10), ("days", 12), ("what", 100))
"""Word and width of each column; in a city's sheet they lie in columns of the labs."""


def words_of(request: Request) -> Words:
    """Return the words of the request's language, with the office's own."""
    return Words(request.language, request.config.words)


def city_asked(request: Request, books: Books) -> Any:
    """Return the city that the request is about, or in which the county or lab lies that it is about; else None."""
    subject = request.subject or ""
    if subject.startswith("lab-"):
        (lab,) = books.status(subject).rows
        code = str(getattr(lab, "division", ""))
    else:
        code = subject.removeprefix("county-")
    known = books.division(code)
    found = books.division(books.city_of(code)) if known else None
    return found if found and found in tuple(books.divisions(books.policy().province, "city")) else None


def headers(words: Words) -> list[tuple[str, float]]:
    """Return the header of a table of labs."""
    return [(words(word), width) for word, width in HEADERS]


def row_of(request: Request, books: Books, words: Words, nth: int, lab: Any) -> list[object]:
    """Return one lab's row."""
    division = books.division(lab.division)
    own = {"province": "of-the-province", "city": "of-the-city"}.get(lab.level.value)
    return [
        nth,
        words(own) if own else division.name if division else None,
        lab.name,
        request.word(lab.level.value),
        *(cell for held in (lab.cma, lab.catl)
          for cell in (request.word(held.state.value), held.number, held.valid_until)),
        words("yes") if lab.dual else words("no"),
        lab.dual_since,
    ]  # fmt: skip


def finding_rows(request: Request, books: Books, findings: Iterable[Any]) -> list[list[object]]:
    """Return rows of findings: number, due, kind, severity, days left in words, what."""
    words = words_of(request)
    return [
        [nth, each.due, words.finding("heading", each, request, books), request.word(each.severity.value),
         words.time(each.days_left), words.finding("item", each, request, books)]
        for nth, each in enumerate(findings, start=1)
    ]  # fmt: skip
