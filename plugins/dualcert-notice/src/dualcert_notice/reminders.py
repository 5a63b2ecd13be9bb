"""The reminders 提醒函 to cities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from dualcert.reporting import Books, Request
from dualcert_notice.paper import Block, Heading, Paper, Paragraph, numbered, written

TEXTS = {
    "zh": {
        "file": "提醒函-{city}-{as_of}",
        "title": "关于做好农产品质检机构\n“双认证”工作的提醒函",
        "to": "{city}农业农村局：",
        "opening": "截至{as_of}，你市农产品质检机构“双认证”工作尚有以下事项需抓紧办理。",
        "items": "{nth}.{message}{left}。",
        "left": "，距{due}还有{days}天",
        "past": "，已逾期{days}天",
        "closing": "请逐项研究，明确责任人和完成时限，办理情况及时报送。",
    },
    "en": {
        "file": "reminder-{city}-{as_of}",
        "title": "Reminder: dual certification of testing labs",
        "to": "To the agriculture department of {city}:",
        "opening": "On {as_of} the following has still to be seen to in your city.",
        "items": "{nth}. {message}{left}.",
        "left": ", {days} days before {due}",
        "past": ", {days} days late",
        "closing": "See to each, name who is responsible and until when, and report what came of it.",
    },
}
REMINDED = ("gate", "number-shared", "lab-twice", "lab-gone", "plan-missing", "plan-late", "plan-issuer", "measure-late",
            "cycle-missing", "summary-missing", "highlight-missing", "uncovered", "helper-not-dual", "none-designated",
            "unvisited", "unreported", "problem-open", "expiring", "expired", "rectification-due", "stalled")  # fmt: skip
"""The kinds of findings that a city sees to, in this order; what the province itself has to do is in no letter to a city."""


def city_reminders(request: Request, books: Books) -> Iterator[tuple[str, Paper]]:
    """Yield a reminder for each city with open tasks, in order of code."""
    due: dict[str, list[Any]] = defaultdict(list)
    province = books.policy().province
    for finding in books.due().rows:
        if finding.kind in REMINDED and finding.responsible != province:
            due[books.city_of(finding.division)].append(finding)
    for city in books.divisions(province, "city"):
        if due[city.code] and request.subject in {None, city.code}:
            yield _reminder(request, books, city.name, due[city.code])


def _reminder(request: Request, books: Books, city: str, findings: list[Any]) -> tuple[str, Paper]:
    texts: dict[str, Any] = TEXTS[request.language]
    order = {kind: n for n, kind in enumerate(REMINDED)}
    findings = sorted(findings, key=lambda each: (order[each.kind], each.due or books.as_of, each.subject))
    blocks: list[Block] = [Paragraph(texts["opening"].format(as_of=written(request.language, books.as_of)))]
    for nth, (kind, group) in enumerate(groupby(findings, key=lambda each: each.kind), start=1):
        blocks.append(Heading(numbered(request.language, nth, request.word(kind))))
        blocks += [Paragraph(_item(texts, request, books, number, each)) for number, each in enumerate(group, start=1)]
    blocks.append(Paragraph(texts["closing"]))
    paper = Paper(
        language=request.language,
        title=texts["title"],
        addressee=texts["to"].format(city=city),
        blocks=blocks,
        day=books.as_of,
        note=books.basis(request.language),
    )
    return texts["file"].format(city=city, as_of=books.as_of), paper


def _item(texts: dict[str, Any], request: Request, books: Books, number: int, finding: Any) -> str:
    days = None if "{days}" in finding.template else finding.days_left  # the sentence has the days already
    left = "" if days is None else texts["left" if days >= 0 else "past"].format(days=abs(days), due=finding.due)
    return str(texts["items"].format(nth=number, message=request.said(finding, books), left=left))
