"""The monthly bulletin 通报."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from dualcert.reporting import Books, Request
from dualcert_notice.paper import Block, Heading, Paper, Paragraph, Rows, numbered, written

TEXTS = {
    "zh": {
        "file": "通报-{month}",
        "title": "关于{year}年{nth}月农产品质检机构\n“双认证”工作进展情况的通报",
        "to": "各市农业农村局：",
        "opening": "现将{province}农产品质检机构“双认证”工作进展情况通报如下。",
        "whole": "总体情况",
        "figures": "截至{as_of}，全省纳入统计的检测机构{labs}家，取得CMA证书{cma}家、CATL证书{catl}家，取得“双认证”{dual}家，"
        "占{percent}%，{verdict}。",
        "met": "已达到{target}%的目标",
        "not met": "未达到{target}%的目标",
        "nothing": "截至{as_of}，全省没有纳入统计的检测机构。",
        "cities": "各市情况",
        "headers": ("位次", "市", "机构数", "双认证", "比例(%)"),
        "missing": "存在的问题",
        "none": "无。",
        "counted": "{kind}{count}项，涉及：{cities}。",
        "next": "下一步要求",
        "asked": "请各市对照存在的问题逐项整改，按时调度、会商、指导，按时报送方案和总结，遇有难以解决的问题随时报告。",
        "list": "、",
        "colon": "：",
    },
    "en": {
        "file": "bulletin-{month}",
        "title": "Bulletin on dual certification, {year}-{nth:02}",
        "to": "To the agriculture departments of the cities:",
        "opening": "Dual certification of testing labs in {province} stands as follows.",
        "whole": "The province",
        "figures": "On {as_of}, {labs} labs counted; {cma} held CMA, {catl} CATL and {dual} both, {percent} %, {verdict}.",
        "met": "which meets the target of {target} %",
        "not met": "which does not meet the target of {target} %",
        "nothing": "On {as_of} no lab counted.",
        "cities": "The cities",
        "headers": ("place", "city", "labs", "dual", "%"),
        "missing": "What is missing",
        "none": "Nothing.",
        "counted": "{kind}: {count}, in {cities}.",
        "next": "What is asked",
        "asked": "See to each item; hold the monthly meetings, hand in plans and summaries in time, and report what you cannot "
        "solve.",
        "list": ", ",
        "colon": ":",
    },
}
MISSING = ("gate", "plan-missing", "plan-late", "measure-late", "cycle-missing", "summary-missing", "highlight-missing",
           "uncovered", "unvisited", "unreported", "problem-open", "expired", "rectification-due", "stalled")  # fmt: skip
"""The kinds of findings that a bulletin counts, in this order; what the province itself has to do is not among them."""


def bulletins(request: Request, books: Books) -> Iterator[tuple[str, Paper]]:
    """Yield the bulletin of the month that contains the request's day."""
    texts: dict[str, Any] = TEXTS[request.language]
    figures, day = books.ratio("city"), books.as_of
    province = books.division(books.policy().province)
    blocks: list[Block] = [
        Paragraph(texts["opening"].format(province=province.name if province else "")),
        Heading(numbered(request.language, 1, texts["whole"])),
        Paragraph(_whole(texts, figures, books, request.language)),
        Heading(numbered(request.language, 2, texts["cities"])),
        Rows(texts["headers"], _ranked(figures.rows), (12, 40, 16, 16, 16)),
        Heading(numbered(request.language, 3, texts["missing"])),
        *[Paragraph(text) for text in _missing(texts, request, books)],
        Heading(numbered(request.language, 4, texts["next"])),
        Paragraph(texts["asked"]),
    ]
    paper = Paper(
        language=request.language,
        title=texts["title"].format(year=day.year, nth=day.month),
        addressee=_addressee(texts, books),
        blocks=blocks,
        day=day,
        note=books.basis(request.language),
    )
    yield texts["file"].format(month=f"{day:%Y-%m}"), paper


def _addressee(texts: dict[str, Any], books: Books) -> str:
    """Return to whom the bulletin goes: the recipients of the policy, else the agriculture departments of the cities."""
    rule = books.policy().bulletin
    return f"{texts['list'].join(rule.recipients)}{texts['colon']}" if rule and rule.recipients else str(texts["to"])


def _whole(texts: dict[str, Any], figures: Any, books: Books, language: str) -> str:
    total, day = figures.total, written(language, books.as_of)
    if not total.labs:
        return str(texts["nothing"].format(as_of=day))
    verdict = texts["met" if total.met else "not met"].format(target=figures.target_percent)
    return str(
        texts["figures"].format(
            as_of=day, labs=total.labs, cma=total.cma, catl=total.catl, dual=total.dual, percent=total.percent,
            verdict=verdict,
        )
    )  # fmt: skip


def _ranked(rows: Any) -> tuple[tuple[str, ...], ...]:
    """Return the cities, best share first, by the integers; equal shares share a place, cities without labs come last."""
    ordered = sorted(rows, key=lambda row: (not row.labs, -row.dual / row.labs if row.labs else 0, row.division))
    found: list[tuple[str, ...]] = []
    place, before = 0, None
    for nth, row in enumerate(ordered, start=1):
        same = before is not None and row.labs and before.labs and row.dual * before.labs == before.dual * row.labs
        place = place if same else nth
        before = row
        found.append((str(place) if row.labs else "-", row.name, str(row.labs), str(row.dual), row.percent or "-"))
    return tuple(found)


def _missing(texts: dict[str, Any], request: Request, books: Books) -> Iterator[str]:
    """Yield a sentence for each kind of finding that is overdue, or has no date: how many, and in which cities."""
    province = books.policy().province
    owed = [each for each in books.due().rows if each.responsible != province]
    late = [each for each in owed if each.days_left is None or each.days_left < 0]
    counts: Counter[str] = Counter(each.kind for each in late)
    if not any(counts[kind] for kind in MISSING):
        yield texts["none"]
    for kind in MISSING:
        if counts[kind]:
            codes = sorted({books.city_of(each.division) for each in late if each.kind == kind})
            names = (city.name for code in codes if (city := books.division(code)))
            yield texts["counted"].format(kind=request.word(kind), count=counts[kind], cities=texts["list"].join(names))
