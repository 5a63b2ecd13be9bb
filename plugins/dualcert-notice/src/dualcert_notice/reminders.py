"""The reminders 提醒函 to cities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from enum import Enum
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
    for nth, (heading, group) in enumerate(groupby(findings, key=lambda each: _heading(desk, each)), start=1):
        blocks.append(Heading(words.first(nth, heading)))
        blocks += [Paragraph(words("reminder-item", nth=number, text=item(desk, each)))
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


def _key(desk: Desk, part: str, finding: Any) -> str:
    key = f"{part}-{finding.kind.value}"
    ahead = f"{key}-ahead"
    return ahead if _ahead(finding) and desk.words.has(ahead) else key


def _heading(desk: Desk, finding: Any) -> str:
    return desk.words(_key(desk, "heading", finding))


def item(desk: Desk, finding: Any) -> str:
    """Return a finding as the sentence of a letter."""
    words, request = desk.words, desk.request
    more = {key: _said(desk, key, value) for key, value in finding.more.items()}
    if "pairing_kind" in more:
        more["who"] = words(f"who-{finding.more['pairing_kind'].value}")
    for key in ("issuer", "expected"):
        if key in more:
            more[key] = request.word(str(finding.more[key]))
    due = words.day(finding.due) if finding.due else words("none")
    values = {**more, "name": finding.name, "due": due, "time": words.time(finding.days_left)}
    return words(_key(desk, "item", finding), **values)


def _said(desk: Desk, key: str, value: Any) -> str:
    """Return a value of a finding as it stands in a sentence: days and months written out, codes as words, ids as names."""
    words, request = desk.words, desk.request
    if isinstance(value, tuple):
        return words.listed(_said(desk, key, each) for each in value)
    if isinstance(value, date):
        return words.day(value)
    if key in {"supporter", "responsible", "lab", "labs"}:
        return _named(desk, key, str(value))
    if key in {"batch", "month"}:
        return words.number(value) if key == "batch" else words.month(value)
    return request.word(value.value) if isinstance(value, Enum) else str(value)


def _named(desk: Desk, key: str, id_: str) -> str:
    """Return what a lab or person is called; who has no name there is called by the role."""
    name = desk.books.lab_name(id_) if id_.startswith("lab-") else desk.request.name(id_)
    if name != id_:
        return name
    return desk.words("helper" if id_.startswith("lab-") or key in {"lab", "labs"} else "lead")
