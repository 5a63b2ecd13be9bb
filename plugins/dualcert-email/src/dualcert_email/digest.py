"""Digests: which person is reminded of which findings on which day, and the text."""

from __future__ import annotations

import html
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from dualcert.reporting import Books, Message, Request
from dualcert_email.words import Words

REMINDED = ("expired", "expiring", "rectification-due", "stalled", "gate", "plan-missing", "plan-late", "measure-late",
            "cycle-missing", "summary-missing", "highlight-missing", "unvisited", "unreported", "problem-open",
            "difficulty-open")  # fmt: skip
"""The kinds of findings that a digest lists, in this order."""
OF_PAIRINGS = frozenset({"visit", "progress-report", "problem"})
"""The duties that the supporter of a pairing sees to."""
AHEAD = frozenset({"expiring", "gate"})
"""The kinds that are listed before their date, at the policy's reminders; all others are listed after it."""

What = tuple[str, str, date | None, tuple[str, ...]]
"""What a finding is about: its kind, subject, due date and own keys; it comes up anew at each step."""
OWN = ("gate", "programme", "scheme", "number", "month", "milestone", "item", "problem")
"""The keys by which findings of one kind and subject differ."""
Reminders = dict[What, tuple[date, Any]]
"""The last step that a finding has come to, and the finding."""


def digests(reporter: str, request: Request, books: Books) -> Iterator[Message]:
    """Yield a message for each recipient who has something new, in order of recipient.

    A finding is new if it was not listed for them when their last digest was planned, as the books were known
    then. So each reminder is sent once, also one that was entered late or was another person's before.
    """
    fallback, earlier = request.config.fallback, {}
    for recipient, reminders in sorted(_reminders(books, fallback).items()):
        last = books.last_planned(reporter, recipient)
        if last and last not in earlier:
            earlier[last] = _reminders(books.earlier(last.as_of, last.position), fallback)
        before = earlier[last].get(recipient, {}) if last else {}
        new = [finding for what, (step, finding) in reminders.items() if what not in before or before[what][0] < step]
        if new:
            yield _message(recipient, new, request, books)


def _reminders(books: Books, fallback: str | None) -> Mapping[str, Reminders]:
    """Return for each recipient the findings that have reached a step by the day of the request."""
    found: dict[str, Reminders] = defaultdict(dict)
    leads = _leads(books)
    for finding in books.due().rows:
        if finding.kind not in REMINDED:
            continue
        recipient = _recipient(finding, leads, books) or fallback
        steps = [step for step in _steps(finding, books) if step <= books.as_of]
        if recipient and steps:
            own = tuple(str(finding.more.get(key, "")) for key in OWN)
            found[recipient][finding.kind, finding.subject, finding.due, own] = (max(steps), finding)
    return found


def _leads(books: Books) -> Mapping[str, str]:
    """Return who leads: a city's code or a county's id -> the person; of several, the one who began last."""
    leads: dict[str, tuple[date, str]] = {}
    for pairing in books.pairings():
        if pairing.kind.value != "lab-lab":
            leads[pairing.target] = max(leads.get(pairing.target, (date.min, "")), (pairing.since, pairing.supporter))
    return {target: person for target, (_, person) in leads.items()}


def _recipient(finding: Any, leads: Mapping[str, str], books: Books) -> str | None:
    """Return who is reminded of a finding: the supporter of a pairing, else the county's lead, else the city's."""
    if finding.duty in OF_PAIRINGS:
        supporter = str(finding.responsible)
        return supporter if not supporter.startswith("lab-") else leads.get(books.city_of(finding.division))
    own = leads.get(f"county-{finding.division}")
    return own or leads.get(books.city_of(finding.division))


def _steps(finding: Any, books: Books) -> Iterable[date]:
    """Return the days on which a finding comes up: ahead at the policy's reminders, and the day after its date.

    One without a date comes up when it begins to be owed; none comes up before.
    """
    if finding.due is None:
        return [finding.owed_from]
    ahead = books.policy().expiring_days if finding.kind in AHEAD else ()
    steps = [*(finding.due - timedelta(days=days) for days in ahead), finding.due + timedelta(days=1)]
    return [max(step, finding.owed_from) for step in steps]


def _message(recipient: str, findings: list[Any], request: Request, books: Books) -> Message:
    order = {kind: n for n, kind in enumerate(REMINDED)}
    findings = sorted(findings, key=lambda each: (order[each.kind], each.due or date.max, each.subject))
    words = Words(request.language, request.config.words)
    # People are called by their names; who has none in the directory is addressed without one.
    name = request.name(recipient)
    greeting = words(
        "greeting-unnamed" if name == recipient else "greeting", name=name, honorific=request.config.honorific
    )
    blocks = _blocks(words, recipient, findings, request, books)
    foot = (words("foot"), words.origin("rests", books))
    told = ["\n".join([words("block", heading=title), *(f"- {line}" for line in lines)]) for title, lines in blocks]
    return Message(
        key=f"{books.as_of}",
        to=recipient,
        subject=words("subject", as_of=words.day(books.as_of), count=len(findings)),
        text="\n\n".join([greeting, *told, *foot]) + "\n",
        html=_html(request.language, greeting, blocks, foot),
    )


Blocks = list[tuple[str, list[str]]]
"""Headings, each with its lines."""


def _blocks(words: Words, to: str, findings: list[Any], request: Request, books: Books) -> Blocks:
    """Return the findings as sentences to a person, under their headings."""
    headed = groupby(findings, key=lambda each: words.finding("heading", each, request, books, to=to))
    return [
        (heading, [words.finding("item", each, request, books, to=to) for each in group]) for heading, group in headed
    ]


LOOK = "body{font:16px/1.6 sans-serif;max-width:40em;margin:1em auto;padding:0 1em}h3{font-size:1em;margin:1.2em 0 .2em}ul{margin:0;padding-left:1.3em}"
"""Readable on a phone and on paper."""


def _html(language: str, greeting: str, blocks: Blocks, foot: tuple[str, str]) -> str:
    """Return the same as an HTML page without external content; every text is escaped."""
    escape = html.escape
    parts = [f"<p>{escape(greeting)}</p>".replace("\n\n", "</p><p>")]
    for title, lines in blocks:
        items = "".join(f"<li>{escape(line)}</li>" for line in lines)
        parts.append(f"<h3>{escape(title)}</h3><ul>{items}</ul>")
    parts.append(f"<p><small>{'<br>'.join(map(escape, foot))}</small></p>")
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>{LOOK}</style>'
    return f'<!DOCTYPE html><html lang="{language}"><head>{head}</head><body>{"".join(parts)}</body></html>'
