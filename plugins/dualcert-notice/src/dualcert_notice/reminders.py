"""The reminders 提醒函 to cities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from dualcert.reporting import Books, Request
from dualcert_notice.composing import Desk, composed
from dualcert_notice.paper import Block, Heading, Paper, Paragraph

REMINDED = ("gate", "expired", "expiring", "plan-missing", "plan-late", "plan-issuer", "rectification-due", "stalled",
            "measure-late", "cycle-missing", "summary-missing", "highlight-missing", "uncovered", "none-designated",
            "helper-not-dual", "unvisited", "unreported", "problem-open", "lab-gone", "number-shared", "lab-twice")  # fmt: skip
"""The kinds of findings that a city sees to, by weight; what the province itself has to do is in no letter to a city."""


def city_reminders(request: Request, books: Books) -> Iterator[tuple[str, Paper]]:
    """Yield a reminder for each city with open tasks, in order of code."""
    due: dict[str, list[Any]] = defaultdict(list)
    province = books.policy().province
    for finding in books.due().rows:
        if finding.kind in REMINDED and finding.responsible != province:
            due[books.city_of(finding.division)].append(finding)
    for city in books.divisions(province, "city"):
        if due[city.code] and request.subject in {None, city.code}:
            yield _reminder(Desk(request, books), city.name, due[city.code])


def _reminder(desk: Desk, city: str, findings: list[Any]) -> tuple[str, Paper]:
    words, day = desk.words, desk.books.as_of
    order = {kind: nth for nth, kind in enumerate(REMINDED)}
    findings = sorted(findings, key=lambda each: (_ahead(each), order[each.kind], each.due or day, each.subject))
    blocks: list[Block] = [Paragraph(words("reminder-opening", as_of=words.day(day)))]
    for nth, (heading, group) in enumerate(groupby(findings, key=lambda each: desk.told("heading", each)), start=1):
        blocks.append(Heading(words.first(nth, heading)))
        blocks += [Paragraph(words("reminder-item", nth=number, text=desk.told("item", each)))
                   for number, each in enumerate(group, start=1)]  # fmt: skip
    blocks.append(Paragraph(words("reminder-closing", reply=desk.reply(day))))
    paper = composed(
        desk,
        form="letter",
        title=words("reminder-title"),
        addressee=words("reminder-to", city=city),
        blocks=blocks,
        day=day,
    )
    return words("reminder-file", city=city, as_of=day), paper


def _ahead(finding: Any) -> bool:
    """Return whether there is time left: what is due is never written of as missing."""
    return finding.days_left is not None and finding.days_left >= 0
