"""The monthly bulletin 通报."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from dualcert.reporting import Books, Request
from dualcert_notice.catalogue import Words, month_before, points
from dualcert_notice.composing import Desk, composed
from dualcert_notice.paper import Block, Heading, Paper, Paragraph, Rows

COUNTED = ("gate", "expired", "plan-missing", "plan-late", "rectification-due", "stalled", "measure-late",
           "cycle-missing", "summary-missing", "highlight-missing", "uncovered", "unvisited", "unreported",
           "problem-open")  # fmt: skip
"""The kinds of findings that a bulletin counts, by weight; what the province itself has to do is not among them."""


def bulletins(request: Request, books: Books) -> Iterator[tuple[str, Paper]]:
    """Yield the bulletin of the month that contains the request's day."""
    desk = Desk(request, books)
    words, day = desk.words, books.as_of
    figures, before = books.ratio("city", explain=True), _before(books)
    lacking = tuple(_lacking(desk, figures.rows))
    blocks: list[Block] = [
        Paragraph(words("bulletin-opening")),
        Heading(words.first(1, words("bulletin-whole"))),
        Paragraph(_whole(words, figures, before, day)),
        *_cities(words, figures, before),
        Heading(words.first(3, words("bulletin-problems"))),
        *_problems(desk),
        Heading(words.first(4, words("bulletin-next"))),
        Paragraph(words("bulletin-asked")),
    ]
    annex = (words("annex-lacking"), (Rows(words.columns("columns-lacking"), lacking, (12, 20, 72, 26, 26)),))
    paper = composed(
        desk,
        form="document",
        title=words("bulletin-title", month=words.month(f"{day:%Y-%m}")),
        addressee=_addressee(words, books),
        blocks=blocks,
        day=day,
        annexes=(annex,) if lacking else (),
    )
    yield words("bulletin-file", month=f"{day:%Y-%m}"), paper


def _before(books: Books) -> Any:
    """Return the figures of the end of the month before, or None where the campaign had not begun."""
    day = month_before(books.as_of)
    return books.ratio("city", as_of=day) if books.campaigns(as_of=day) and books.policy().from_ <= day else None


def _addressee(words: Words, books: Books) -> str:
    """Return to whom the bulletin goes: the recipients of the policy, else the agriculture departments of the cities."""
    rule = books.policy().bulletin
    return words.listed(rule.recipients) if rule and rule.recipients else words("bulletin-to")


def _whole(words: Words, figures: Any, before: Any, day: date) -> str:
    total = figures.total
    if not total.labs:
        return words("bulletin-nothing", as_of=words.day(day))
    return words(
        "bulletin-figures", as_of=words.day(day), labs=total.labs, cma=total.cma, catl=total.catl, dual=total.dual,
        percent=total.percent, change=_change(words, total, before.total if before else None),
        verdict=_verdict(words, total, figures.target_percent),
    )  # fmt: skip


def _change(words: Words, total: Any, before: Any) -> str:
    if before is None or before.percent is None:
        return ""
    change = points(total.percent, before.percent)
    key = "change-up" if change > 0 else "change-down" if change < 0 else "change-none"
    return words(key, points=abs(change))


def _verdict(words: Words, total: Any, target: int) -> str:
    short = points(f"{target}.0", total.percent)
    key = "verdict-met" if total.met else "verdict-short" if short > Decimal(0) else "verdict-close"
    return words(key, target=target, points=short, missing=total.missing)


def _cities(words: Words, figures: Any, before: Any) -> Iterator[Block]:
    """Yield heading, sentence and table of the cities; those without labs are left out."""
    rows = _ordered(figures.rows)
    if not rows:
        return
    shares = {row.division: row.percent for row in before.rows} if before else {}
    caption = words("table", nth=1, title=words("table-cities"))
    table = (*_ranked(words, rows, shares), _total(words, figures.total, before.total if before else None))
    yield Heading(words.first(2, words("bulletin-cities")))
    yield Paragraph(_compared(words, rows, figures.target_percent))
    shown = 8 if before else 7  # where nothing is known of the month before, it has no column
    widths = (14, 22, 22, 16, 16, 20, 22, 24)[:shown]
    rows_of = tuple(row[:shown] for row in table)
    yield Rows(words.columns("columns-cities")[:shown], rows_of, widths, caption, total=True)


def _compared(words: Words, rows: Sequence[Any], target: int) -> str:
    """Return which cities meet the target, and which do not."""
    met, short = ([row.name for row in rows if row.met is either] for either in (True, False))
    said = []
    if short:
        said.append(words("cities-met", target=target, cities=words.cities(met)) if met
                    else words("cities-none-met", target=target))  # fmt: skip
        said.append(words("cities-short", cities=words.cities(short)))
    else:
        said.append(words("cities-none-short", target=target))
    return "".join([*said, words("cities-table")])


def _ordered(rows: Any) -> list[Any]:
    """Return the cities that have labs, best share first, by the integers."""
    return sorted((row for row in rows if row.labs), key=lambda row: (-row.dual / row.labs, row.division))


def _ranked(words: Words, rows: Sequence[Any], before: Mapping[str, str | None]) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the cities; equal shares share a place."""
    place = 0
    for nth, row in enumerate(rows, start=1):
        last = rows[nth - 2] if nth > 1 else None
        place = place if last is not None and row.dual * last.labs == last.dual * row.labs else nth
        yield (str(place), row.name, *_figures(words, row, before.get(row.division)))


def _total(words: Words, total: Any, before: Any) -> tuple[str, ...]:
    return ("", words("total"), *_figures(words, total, before.percent if before else None))


def _figures(words: Words, row: Any, before: str | None) -> tuple[str, ...]:
    counted = (str(each) for each in (row.labs, row.cma, row.catl, row.dual))
    return (*counted, words.percent(row.percent), words.percent(before))


def _lacking(desk: Desk, rows: Any) -> Iterator[tuple[str, ...]]:
    """Yield a row for each lab that is not dual-certified, with the state of its certificates."""
    nth = 0
    for row in rows:
        for lab in row.lacking:
            nth += 1
            states = (desk.request.word(each.value) for each in (lab.cma, lab.catl))
            yield (str(nth), row.name, lab.name, *states)


def _problems(desk: Desk) -> Iterator[Block]:
    """Yield a paragraph for each kind of finding that is overdue, or has no day: how many, and in which cities."""
    words, books = desk.words, desk.books
    province = books.policy().province
    late = [each for each in books.due().rows
            if each.responsible != province and (each.days_left is None or each.days_left < 0)]  # fmt: skip
    found = [kind for kind in COUNTED if any(each.kind == kind for each in late)]
    if not found:
        yield Paragraph(words("bulletin-no-problem"))
    for nth, kind in enumerate(found, start=1):
        counts = Counter(books.city_of(each.division) for each in late if each.kind == kind)
        lead = words.second(nth, f"{words(f'problem-{kind}')}{'。' if words.language == 'zh' else ' '}")
        yield Paragraph(words("sum", sums=_sums(desk, kind, counts), tail=words(f"tail-{kind}")), lead)


def _sums(desk: Desk, kind: str, counts: Counter[str]) -> str:
    """Return how many findings of a kind each city has, most first; cities with as many are named together."""
    words, unit = desk.words, desk.words(f"unit-{kind}")
    groups: dict[int, list[str]] = {}
    for code, count in sorted(counts.items(), key=lambda each: (-each[1], each[0])):
        city = desk.books.division(code)
        groups.setdefault(count, []).append(city.name if city else code)
    key = "has" if len(groups) == 1 else "part"
    return words("sum-list").join(
        words(f"sum-{key}-{'one' if len(names) == 1 else 'each'}", cities=words.cities(names), count=count, unit=unit)
        for count, names in groups.items()
    )
