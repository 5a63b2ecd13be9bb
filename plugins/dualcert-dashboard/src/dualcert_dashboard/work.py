"""The sections of what has to be done, as of the day of the page: duties, gates, pairings, meetings, difficulties."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from dualcert_dashboard.markup import Html, el, named, unseen
from dualcert_dashboard.tables import Header, folded, row, section, table
from dualcert_dashboard.words import Asked

SEVERITIES = ("high", "medium", "low")
KINDS = ("province-city", "city-county", "lab-lab")


def fixed(asked: Asked) -> Html:
    """Return the note of a section that stays as of the day of the page, whatever the sliders say."""
    return el("span", asked.words("stands", day=asked.words.day(asked.books.as_of)), class_="fixed")


def owed(asked: Asked, findings: Sequence[Any]) -> Html:
    """Return what is owed, by urgency, with who sees to it; and the duties of the next days."""
    words = asked.words
    groups = [(words(f"severity {each}"), [f for f in findings if f.severity.value == each]) for each in SEVERITIES]
    soon = asked.request.config.soon_days
    known = {(f.subject, f.due, f.duty) for f in findings}
    ahead = [f for f in asked.books.agenda(within=soon).rows if (f.subject, f.due, f.duty) not in known]
    groups.append((words("soon", days=soon), ahead))
    parts = [
        folded(
            [title, el("span", words("items", count=len(rows)), class_="count")],
            _duties(asked, title, rows),
            open_=not nth,
        )
        for nth, (title, rows) in enumerate(groups)
        if rows
    ]
    return section("owed", words("owed"), parts or el("p", words("nothing owed")), note=fixed(asked))


def _duties(asked: Asked, title: str, findings: Sequence[Any]) -> Html:
    words = asked.words
    headers: list[Header] = [(words("what"), "text"), (words("city"), "city"), (words("deadline"), "day"), (words("days"), "day"),
               words("sees to it")]  # fmt: skip
    rows = [
        row(headers, [named(asked.request.said(each, asked.books)), asked.city(each.division),
                      each.due or "—", words.time(each.days_left), named(asked.who(each.responsible))], cards=True)
        for each in findings
    ]  # fmt: skip
    return table(title, headers, rows, cards=True)


def gates(asked: Asked) -> Html:
    """Return the gates ahead, each with the counties that will miss it as things are; campaigns may have gates of one name."""
    words, today = asked.words, asked.books.as_of
    ahead = {(gate.name, gate.last_day): gate for gate in asked.books.gates() if gate.last_day >= today}.values()
    parts: list[object] = []
    for gate in ahead:
        risks = [risk for risk in asked.books.risk(gate.name).rows if risk.due == gate.last_day]
        title = f"{gate.title or gate.name}　{words.day(gate.last_day)}"
        parts += [
            el("h3", named(title)),
            el("p", words("will miss", count=len(risks), time=words.time((gate.last_day - today).days))),
        ]
        if risks:
            parts.append(_risks(asked, title, risks))
    if not ahead:
        parts = [el("p", words("no gate ahead"))]
    return section("gates", words("gates"), parts, note=fixed(asked))


def _risks(asked: Asked, title: str, risks: Sequence[Any]) -> Html:
    words, word = asked.words, asked.request.word
    headers: list[Header] = [(words("county"), "city"), words("programme"), (words("lacks"), "text"), (words("open measures"), "n"), words("consequence"),
               words("lead")]  # fmt: skip
    rows = []
    for risk in risks:
        programme = words(
            "standing", programme=word(risk.programme.value), batch=risk.batch, standing=word(risk.standing.value)
        )
        lacks = [el("div", named(each.name), f" {each.scheme.value} {_stage(asked, each)}") for each in risk.missing]
        consequence = word(risk.consequence) if risk.consequence else words("no consequence")
        rows.append(row(headers, [named(risk.name), programme, lacks or words("no lab designated"), risk.open_measures,
                                  consequence, named(asked.who(risk.lead))], cards=True))  # fmt: skip
    return table(title, headers, rows, cards=True)


def _stage(asked: Asked, missing: Any) -> str:
    """Return where a missing certificate is: its state, or the application under way and for how long."""
    if missing.application is None:
        return asked.request.word(missing.state.value)
    return asked.words("stage", stage=asked.request.word(missing.application.value), days=missing.days)


def pairings(asked: Asked) -> Html:
    """Return the pairings, those unvisited for longest first, with their open problems."""
    words, known = asked.words, list(asked.books.pairings())
    parts = []
    for kind in KINDS:
        some = sorted((each for each in known if each.kind.value == kind), key=lambda each: each.last_visit or date.min)
        if some:
            problems = sum(len(each.open_problems) for each in some)
            never = sum(not each.visits for each in some)
            told = el("span", words("pairings said", count=len(some), never=never, problems=problems), class_="count")
            title = asked.request.word(kind)
            parts.append(folded([title, told], _paired(asked, title, some)))
    return section("pairings", words("pairings"), parts or el("p", words("no pairings")), note=fixed(asked))


def _paired(asked: Asked, title: str, some: Sequence[Any]) -> Html:
    words = asked.words
    headers: list[Header] = [words("supports"), words("supported"), (words("since"), "wide-only"), (words("visits"), "n"), words("last visit"),
               words("problems"), (words("progress"), "wide-only")]  # fmt: skip
    rows = []
    for each in some:
        ago = words("ago", days=(asked.books.as_of - each.last_visit).days) if each.last_visit else words("never")
        last = [el("span", each.last_visit, class_="day"), " ", ago] if each.last_visit else ago
        problems = words("list").join(asked.request.word(problem) for problem in each.open_problems)
        cells = [named(asked.who(each.supporter)), named(asked.who(each.target)), el("span", each.since, class_="day"), each.visits,
                 last, named(problems) if problems else "—", named(each.progress) if each.progress else "—"]  # fmt: skip
        rows.append(row(headers, cells))
    return table(title, headers, rows)


def cycle(asked: Asked, campaign: Any) -> Html | None:
    """Return the meetings of every city in every month, held, missed, or still ahead; None where none are asked for."""
    policy, words = asked.books.policy(), asked.words
    kinds = [kind.value for kind in policy.cycle.monthly] if policy.cycle else []
    if not kinds:
        return None
    until = min(policy.to, max(asked.books.as_of, policy.from_))
    months = [end.isoformat()[:7] for end in asked.books.month_ends(policy.from_, until)]
    held = {(each.city, each.month, each.kind.value) for each in campaign.meetings}
    headers: list[Header] = [(words("city"), "city"), *months, (words("missed"), "n")]
    rows = []
    for city in asked.books.divisions(policy.province, "city"):
        cells = [el("span", _marks(asked, held, city.code, month, kinds), class_="marks") for month in months]
        missed = sum(_state(asked, held, city.code, month, kind) == "missed" for month in months for kind in kinds)
        rows.append(row(headers, [named(city.name), *cells, missed]))
    legend = [
        el("span", el("span", words(f"mark {kind}"), class_="mark held"), asked.request.word(kind)) for kind in kinds
    ]
    legend += [el("span", el("span", "　", class_=f"mark {each}"), words(each)) for each in ("held", "missed", "ahead")]
    title = words("cycle")
    return section("cycle", title, el("p", legend, class_="legend"), table(title, headers, rows), note=fixed(asked))


def _marks(
    asked: Asked, held: set[tuple[str, str, str]], city: str, month: str, kinds: Sequence[str]
) -> Iterator[Html]:
    for kind in kinds:
        state = _state(asked, held, city, month, kind)
        yield el("span", el("span", asked.words(f"mark {kind}"), aria_hidden="true"),
                 unseen(f"{asked.request.word(kind)} {asked.words(state)} "), class_=f"mark {state}")  # fmt: skip


def _state(asked: Asked, held: set[tuple[str, str, str]], city: str, month: str, kind: str) -> str:
    if (city, month, kind) in held:
        return "held"
    (end,) = asked.books.month_ends(date.fromisoformat(f"{month}-01"), date.fromisoformat(f"{month}-28"))[-1:]
    return "missed" if f"{asked.books.as_of:%Y-%m}" > f"{end:%Y-%m}" else "ahead"


def difficulties(asked: Asked, campaign: Any) -> Html:
    """Return the difficulties that nobody has answered, those that wait longest first."""
    words = asked.words
    headers: list[Header] = [
        (words("city"), "city"),
        (words("difficulty"), "text"),
        (words("reported"), "day"),
        (words("waits"), "n"),
    ]
    unanswered = sorted((each for each in campaign.difficulties if each.answered_on is None), key=lambda each: each.on)
    rows = [
        row(headers, [asked.who(each.city), named(each.note), each.on,
                      words("waiting", days=(asked.books.as_of - each.on).days)])
        for each in unanswered
    ]  # fmt: skip
    title = words("difficulties")
    told = table(title, headers, rows) if rows else el("p", words("all answered", count=len(campaign.difficulties)))
    return section("difficulties", title, told, note=fixed(asked))
