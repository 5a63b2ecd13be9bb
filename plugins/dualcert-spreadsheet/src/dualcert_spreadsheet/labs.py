"""Rows of labs, as both workbooks show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dualcert.reporting import Books, Request
from dualcert_spreadsheet.words import in_words, words

HEADERS = (
    ("id", 16), ("county", 14), ("lab", 36), ("level", 12), ("cma state", 10), ("cma number", 18), ("cma until", 12),
    ("catl state", 10), ("catl number", 32), ("catl until", 12), ("is dual", 10), ("dual since", 12),
)  # fmt: skip
"""Word and width of each column."""
DUAL, STATES, UNTIL = 10, (4, 7), (6, 9)
"""The columns that are coloured."""


def headers(texts: Mapping[str, str]) -> list[tuple[str, float]]:
    """Return the header of a table of labs."""
    return [(texts[word], width) for word, width in HEADERS]


def row_of(request: Request, books: Books, texts: Mapping[str, str], lab: Any) -> list[object]:
    """Return one lab's row."""
    division = books.division(lab.division)
    return [
        lab.lab,
        division.name if division and division.level == "county" else None,
        lab.name,
        request.word(lab.level.value),
        *(cell for held in (lab.cma, lab.catl)
          for cell in (request.word(held.state.value), held.number, held.valid_until)),
        texts["yes"] if lab.dual else texts["no"],
        lab.dual_since,
    ]  # fmt: skip


def finding_rows(request: Request, books: Books, findings: Iterable[Any]) -> list[list[object]]:
    """Return rows of findings: severity, due, kind, days left in words, what."""
    texts = words(request.language)
    return [
        [request.word(each.severity.value), each.due, request.word(each.kind), in_words(texts, each.days_left),
         request.said(each, books)]
        for each in findings
    ]  # fmt: skip


FINDING_HEADERS = (("severity", 16), ("deadline", 14), ("kind", 20), ("days", 14), ("what", 80))
