"""The dispatch table 调度表."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from dualcert.reporting import Books, Request
from dualcert_spreadsheet.book import Book, height
from dualcert_spreadsheet.labs import (
    DUAL,
    FINDING_HEADERS,
    HEADERS,
    STATES,
    city_asked,
    finding_rows,
    headers,
    row_of,
    words_of,
)
from dualcert_spreadsheet.minute import in_a_minute
from dualcert_spreadsheet.words import Words

TOP = 3
"""The row of the header, below the title, the basis and what a leader reads."""
PAGE = 30
"""The labs that fit on a page; only of more the header is on each, because findings follow."""


def dispatch_table(request: Request, books: Books) -> bytes:
    """Return the workbook: a summary, and a sheet for each city, or for the city of the request."""
    words = words_of(request)
    book, province, asked = Book(words("day-format")), books.policy().province, city_asked(request, books)
    book.origin(books.basis(request.language))
    labs: dict[str, list[Any]] = defaultdict(list)
    for lab in books.status(kind="lab", division=province).rows:
        labs[books.city_of(lab.division)].append(lab)
    _summary(book, words, books, in_a_minute(words, books, asked, labs[asked.code] if asked else ()))
    due: dict[str, list[Any]] = defaultdict(list)
    if request.config.findings:
        for finding in books.due().rows:
            due[books.city_of(finding.division)].append(finding)
    for city in books.divisions(province, "city"):
        if city == asked or (asked is None and (labs[city.code] or due[city.code])):
            _city(book, request, books, city.name, labs[city.code], due[city.code])
    return book.content()


def _summary(book: Book, words: Words, books: Books, said: Sequence[str]) -> None:
    page, figures = book.sheet(words("summary")), books.ratio("city")
    columns = [(words("code"), 16.0), (words("city"), 16), (words("labs"), 12), ("CMA", 12), ("CATL", 12), (words("dual"), 12),
               (words("share"), 14), (words("target"), 12), (words("met"), 12)]  # fmt: skip
    widths = [width for _, width in columns]
    book.head(page, words("table-title"), words.origin("rests", books), widths)
    lines = [
        [row.division, row.name, row.labs, row.cma, row.catl, row.dual, None, None, _met(words, row.met)]
        for row in _counted(figures)
    ]
    end = book.table(page, TOP, columns, lines)
    book.across(page, 2, (0, len(columns) - 1), sum(widths), "\n".join(said), "said")
    _shares(book, page, words, figures, end)
    if lines:
        _chart(book, page, words, len(lines), end)


def _counted(figures: Any) -> list[Any]:
    """Return the cities that have labs: one without data is left out."""
    return [row for row in figures.rows if row.labs]


def _shares(book: Book, page: Any, words: Words, figures: Any, end: int) -> None:
    """Write the cities' shares, the sums of the province below them, and the colours of both."""
    share, total = figures.target_percent / 100, figures.total
    for number, row in enumerate(_counted(figures), start=TOP + 1):
        book.write(page, number, 6, row.dual / row.labs, "share")
        book.write(page, number, 7, share, "share")
        book.write(page, number, 8, _met(words, row.met), "word")
    sums = [None, words("total"), total.labs, total.cma, total.catl, total.dual]
    for column, value in enumerate(sums):
        book.write(page, end, column, value, "total")
    book.write(page, end, 6, total.dual / total.labs if total.labs else None, "total share")
    book.write(page, end, 7, share, "total share")
    book.write(page, end, 8, _met(words, total.met), "total")
    # Judged on the integers: the share that is shown is rounded, its colour follows the judgement.
    for verdict, colour in ((words("yes"), "good"), (words("no"), "bad")):
        rule = {"type": "formula", "criteria": f'=$I{TOP + 2}="{verdict}"', "format": book.formats[colour]}
        page.conditional_format(TOP + 1, 6, end, 8, rule)


def _met(words: Words, met: bool | None) -> str | None:  # noqa: FBT001  yes, no, or nothing to judge
    return None if met is None else words("yes") if met else words("no")


def _chart(book: Book, page: Any, words: Words, count: int, end: int) -> None:
    """Draw the cities' shares as bars, and the target as a line across them."""
    name, last = page.get_name(), TOP + count
    bars = book.book.add_chart({"type": "column"})
    categories = [name, TOP + 1, 1, last, 1]
    bars.add_series({"name": words("share"), "categories": categories, "values": [name, TOP + 1, 6, last, 6],
                     "fill": {"color": "#A6A6A6"}, "border": {"color": "#404040"}})  # fmt: skip
    line = book.book.add_chart({"type": "line"})
    line.add_series({"name": words("target"), "categories": categories, "values": [name, TOP + 1, 7, last, 7],
                     "line": {"color": "#000000", "width": 2, "dash_type": "dash"}})  # fmt: skip
    bars.combine(line)
    bars.set_y_axis({"min": 0, "max": 1, "num_format": "0%"})
    bars.set_title({"none": True})
    bars.set_legend({"position": "bottom"})
    bars.set_size({"width": 860, "height": 300})
    page.insert_chart(end + 2, 0, bars)


def _city(book: Book, request: Request, books: Books, name: str, labs: Sequence[Any], due: Sequence[Any]) -> None:
    page, words = book.sheet(name), words_of(request)
    book.head(page, words("table-title-city", city=name), words.origin("rests", books), [width for _, width in HEADERS])
    rows = [row_of(request, books, words, nth, lab) for nth, lab in enumerate(labs, start=1)]
    end = book.table(page, TOP, headers(words), rows)
    bad = ("none", "expired", "cancelled", "revoked", "suspended")
    colours: dict[int, Mapping[str, str]] = {DUAL: {words("no"): "bad", words("yes"): "good"}}
    colours |= {column: {request.word(state): "bad" for state in bad} for column in STATES}
    for column, verdicts in colours.items():
        for word, colour in verdicts.items():
            rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": book.formats[colour]}
            page.conditional_format(TOP + 1, column, max(TOP + 1, end - 1), column, rule)
    if due:
        _due(book, page, words, end + 1, finding_rows(request, books, due))
        page.repeat_rows(TOP if len(labs) > PAGE else 0)


def _due(book: Book, page: Any, words: Words, top: int, rows: Sequence[Sequence[object]]) -> None:
    """Write what is due in a city below its labs, in their columns: the last of its own goes across all that are left."""
    last, widths = len(FINDING_HEADERS) - 1, [width for _, width in HEADERS]
    room = sum(widths[last:])
    page.write_string(top, 0, words("findings"), book.formats["part"])
    for column, (word, _) in enumerate(FINDING_HEADERS[:-1]):
        page.write_string(top + 1, column, words(word), book.formats["header"])
    book.across(page, top + 1, (last, len(widths) - 1), room, words(FINDING_HEADERS[-1][0]), "header")
    for number, line in enumerate(rows, start=top + 2):
        book.cells(page, number, line[:last], widths)
        book.across(page, number, (last, len(widths) - 1), room, str(line[last]), "text")
        page.set_row(number, height([*zip(line, widths[:last], strict=False), (line[last], room)]) + 3)
