"""The dispatch table 调度表."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from dualcert.reporting import Books, Request
from dualcert_spreadsheet.book import Book
from dualcert_spreadsheet.labs import DUAL, FINDING_HEADERS, STATES, finding_rows, headers, row_of
from dualcert_spreadsheet.words import rests, words

TOP = 3
"""The row of the header, below the title and the basis."""


def dispatch_table(request: Request, books: Books) -> bytes:
    """Return the workbook: a summary, and a sheet for each city, or for the city of the request."""
    book, texts = Book(), words(request.language)
    province = books.policy().province
    cities = [city for city in books.divisions(province, "city") if request.subject in {None, city.code}]
    book.origin(books.basis(request.language))
    _summary(book, texts, request, books)
    due: dict[str, list[Any]] = defaultdict(list)
    if request.config.findings:
        for finding in books.due().rows:
            due[books.city_of(finding.division)].append(finding)
    labs: dict[str, list[Any]] = defaultdict(list)
    for lab in books.status(kind="lab", division=province).rows:
        labs[books.city_of(lab.division)].append(lab)  # type: ignore[union-attr]  # labs have been asked for
    for city in cities:
        _city(book, texts, request, books, city.name, labs[city.code], due[city.code])
    return book.content()


def _summary(book: Book, texts: Mapping[str, str], request: Request, books: Books) -> None:
    page, figures = book.sheet(texts["summary"]), books.ratio("city")
    book.head(page, texts["dispatch table"], rests(request, books))
    share = figures.target_percent / 100
    columns = [(texts["code"], 14.0), (texts["city"], 14), (texts["labs"], 10), ("CMA", 10), ("CATL", 10), (texts["dual"], 10),
               (texts["share"], 12), (texts["target"], 10), (texts["met"], 10)]  # fmt: skip
    lines = [
        [row.division, row.name, row.labs, row.cma, row.catl, row.dual, None, None, _met(texts, row.met)]
        for row in figures.rows
    ]
    end = book.table(page, TOP, columns, lines)
    for number, row in enumerate(figures.rows, start=TOP + 1):
        book.write(page, number, 6, row.dual / row.labs if row.labs else None, "share")
        book.write(page, number, 7, share, "share")
    total = figures.total
    for column, value in enumerate([None, texts["total"], total.labs, total.cma, total.catl, total.dual]):
        book.write(page, end, column, value, "total")
    book.write(page, end, 6, total.dual / total.labs if total.labs else None, "total share")
    book.write(page, end, 7, share, "total share")
    book.write(page, end, 8, _met(texts, total.met), "total")
    # Judged on the integers: the share that is shown is rounded, its colour follows the judgement.
    for verdict, colour in ((texts["yes"], "good"), (texts["no"], "bad")):
        rule = {"type": "formula", "criteria": f'=$I{TOP + 2}="{verdict}"', "format": book.formats[colour]}
        page.conditional_format(TOP + 1, 6, end, 8, rule)
    page.merge_range(2, 0, 2, len(columns) - 1, "")
    page.write_string(2, 0, _in_a_minute(texts, books, figures), book.formats["said"])
    page.set_row(2, 48)
    _chart(book, page, texts, figures.rows, end)


def _in_a_minute(texts: Mapping[str, str], books: Books, figures: Any) -> str:
    """Return what a leader reads: the share, who is short of the target, what is overdue and what comes next."""
    total, short = figures.total, [row.name for row in figures.rows if row.met is False]
    late: Counter[str] = Counter()
    soon = 0
    for finding in books.due(within=30).rows:
        if finding.days_left is not None:
            late[books.city_of(finding.division)] += finding.days_left < 0
            soon += finding.days_left >= 0
    said = []
    if total.labs:
        verdict = texts["reached" if total.met else "not reached"]
        said.append(texts["figures"].format(labs=total.labs, dual=total.dual, percent=total.percent, verdict=verdict,
                                            target=figures.target_percent))  # fmt: skip
    if short:
        said.append(texts["short"].format(cities=texts["list"].join(short)))
    (code, most) = late.most_common(1)[0] if late else ("", 0)
    city = books.division(code)
    said.append(texts["overdue"].format(count=late.total(), city=city.name if city else code, most=most) if most
                else texts["none overdue"])  # fmt: skip
    return "".join([*said, texts["soon"].format(count=soon)])


def _met(texts: Mapping[str, str], met: bool | None) -> str | None:  # noqa: FBT001  yes, no, or nothing to judge
    return None if met is None else texts["yes"] if met else texts["no"]


def _chart(book: Book, page: Any, texts: Mapping[str, str], rows: Any, end: int) -> None:
    """Draw the cities' shares as bars, and the target as a line across them."""
    name, last = page.get_name(), TOP + len(rows)
    bars = book.book.add_chart({"type": "column"})
    categories = [name, TOP + 1, 1, last, 1]
    bars.add_series({"name": texts["share"], "categories": categories, "values": [name, TOP + 1, 6, last, 6],
                     "fill": {"color": "#A6A6A6"}, "border": {"color": "#404040"}})  # fmt: skip
    line = book.book.add_chart({"type": "line"})
    line.add_series({"name": texts["target"], "categories": categories, "values": [name, TOP + 1, 7, last, 7],
                     "line": {"color": "#000000", "width": 2, "dash_type": "dash"}})  # fmt: skip
    bars.combine(line)
    bars.set_y_axis({"min": 0, "max": 1, "num_format": "0%"})
    bars.set_title({"none": True})
    bars.set_legend({"position": "bottom"})
    bars.set_size({"width": 860, "height": 360})
    page.insert_chart(end + 2, 0, bars)


def _city(
    book: Book,
    texts: Mapping[str, str],
    request: Request,
    books: Books,
    name: str,
    labs: list[Any],
    due: list[Any],
) -> None:
    page = book.sheet(name)
    book.head(page, f"{name} {texts['dispatch table']}", rests(request, books))
    end = book.table(page, TOP, headers(texts), [row_of(request, books, texts, lab) for lab in labs])
    colours = {DUAL: {texts["no"]: "bad", texts["yes"]: "good"}}
    bad = ("none", "expired", "cancelled", "revoked", "suspended")
    colours |= {column: {request.word(state): "bad" for state in bad} for column in STATES}
    for column, verdicts in colours.items():
        for word, colour in verdicts.items():
            rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": book.formats[colour]}
            page.conditional_format(TOP + 1, column, max(TOP + 1, end - 1), column, rule)
    if not due:
        return
    page.write_string(end + 1, 0, texts["due"], book.formats["header"])
    for column, (word, _) in enumerate(FINDING_HEADERS):
        page.write_string(end + 2, column, texts[word], book.formats["header"])
    for number, line in enumerate(finding_rows(request, books, due), start=end + 3):
        last = len(line) - 1
        page.merge_range(number, last, number, len(headers(texts)) - 1, "")
        for column, value in enumerate(line):
            book.write(page, number, column, value)
