"""The page of a dispute: what the gate decided about a county, what was true on its day, and what was known when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from attrs import field, frozen

from dualcert import DualcertError
from dualcert.reporting import Books, Request
from dualcert_dashboard.axis import both_clocks
from dualcert_dashboard.labs import Spans, certificate_spans
from dualcert_dashboard.markup import Html, el, named, page
from dualcert_dashboard.tables import Header, row, section, table
from dualcert_dashboard.words import SHANGHAI, Asked

DECISIONS = frozenset({"county.delisted", "county.candidacy-cancelled"})


@frozen
class Case:
    """A county, what a gate decided about it, retracted or not, and all facts that it is about."""

    asked: Asked
    county: str
    decided: Sequence[Any]
    facts: Sequence[Any]
    spans: dict[int, Spans] = field(factory=dict)
    """Position of the log -> lab -> certificate -> when it counts; pages of one request share it."""

    @property
    def evidence(self) -> frozenset[str]:
        """The ids of the facts that the decisions rested on."""
        return frozenset(id_ for fact in self.decided for id_ in fact.data.evidence)

    @property
    def position(self) -> int | None:
        """How much of the log was read for the first decision."""
        return min((fact.data.position or fact.position for fact in self.decided), default=None)

    def gate(self, decision: Any) -> date:
        """Return the last day of the gate that a decision is about."""
        gate = self.asked.books.gate_of(decision)
        day: date = gate.last_day if gate else decision.on
        return day

    def withdrawn(self, fact: Any) -> bool:
        """Return whether a fact was retracted."""
        return any(other.fact == "fact.retracted" and other.stream == fact.stream and other.data.version == fact.version
                   for other in self.facts)  # fmt: skip

    def counting(self, position: int) -> Spans:
        """Return the days on which certificates count, as known at a position of the log."""
        if position not in self.spans:
            books = self.asked.books.earlier(self.asked.books.as_of, position)
            self.spans[position] = certificate_spans(books.figure_steps(books.as_of, books.as_of).rows)
        return self.spans[position]


def disputes(request: Request, books: Books) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of a page for each county that a gate decided about, or for the one that is asked about."""
    asked = Asked.of(request, books)
    spans: dict[int, Spans] = {}
    asked_for, within = _asked_for(request, books)
    enrolled = {fact.stream for fact in books.facts("county.enrolled")}
    for county in sorted(enrolled & within | asked_for):
        history = _history(books, county)
        decided = [fact for fact in history if fact.fact in DECISIONS and fact.data.gate and fact.on <= books.as_of]
        if decided or county in asked_for:
            case = Case(asked, county, decided, _facts(books, county, decided), spans)
            yield f"{asked.words('dispute file')}-{asked.who(county)}", _page(case)


def _asked_for(request: Request, books: Books) -> tuple[set[str], set[str]]:
    """Return the county that is asked about, if one is, and the counties among which decisions are looked for."""
    code = (request.subject or "").removeprefix("county-")
    found = books.division(code) if code.isdecimal() else None
    around = found.code if found else books.policy().province
    within = {f"county-{each.code}" for each in books.divisions(around, "county")}
    return (within if found and found.level == "county" else set()), within


def _history(books: Books, stream: str) -> tuple[Any, ...]:
    with suppress(DualcertError):
        return books.history(stream)
    return ()


def _facts(books: Books, county: str, decided: Sequence[Any]) -> list[Any]:
    """Return the facts about a county, its labs and what a decision rested on, in order of their recording."""
    rested = {id_.partition("@")[0] for fact in decided for id_ in fact.data.evidence}
    (status,) = books.status(county).rows
    streams = {county, *getattr(status, "labs", ()), *(each for each in rested if each.startswith("lab-"))}
    known = [each for stream in sorted(streams) for each in _history(books, stream)]
    return sorted(known, key=lambda fact: fact.position)


def _page(case: Case) -> bytes:
    asked = case.asked
    title = asked.words("dispute title", county=asked.who(case.county))
    top = el("header", el("h1", title), el("p", asked.rests(), class_="note"))
    parts = [_decisions(case), _axis(case), _table(case)]
    foot = el("footer", el("p", asked.books.basis(asked.request.language), class_="note"))
    return page(asked.request.language, title, top, el("main", parts), foot)


def _decisions(case: Case) -> Html:
    """Return each decision with both answers: as it was known when it was taken, and as it is known now."""
    asked, words = case.asked, case.asked.words
    headers: list[Header] = [(words("decision"), "city"), (words("gate"), "day"), (words("decided"), "day"), (words("passed then"), "labelled"),
               (words("passes now"), "labelled"), words("state")]  # fmt: skip
    rows, answers = [], []
    for fact in case.decided:
        day = case.gate(fact)
        then = _passes(asked, asked.books.earlier(day, fact.data.position or fact.position), case.county)
        now = _passes(asked, asked.books, case.county, day)
        state = words("withdrawn" if case.withdrawn(fact) else "in force")
        rows.append(row(headers, [asked.request.word(fact.fact), day, fact.on, then, now, state], cards=True))
        kind = "answer" if then == now else "answer differs"
        answers.append(el("p", words("same answer" if then == now else "other answer"), class_=kind))
    title = words("decisions")
    told = table(title, headers, rows, cards=True) if rows else el("p", words("not decided"))
    return section("decisions", title, told, answers)


def _passes(asked: Asked, books: Books, county: str, as_of: date | None = None) -> str:
    """Return in words whether a county passes."""
    (found,) = books.status(county, as_of=as_of).rows
    passes = getattr(found, "passes", None)
    return asked.words("nobody" if passes is None else "yes" if passes else "no")


def _axis(case: Case) -> Html | None:
    """Return the picture of both clocks: when certificates count, as known then and now, and each fact below."""
    if not case.facts:
        return None
    words = case.asked.words
    lines = [(case.gate(fact), words("gate")) for fact in case.decided] + [
        (fact.on, words("decision")) for fact in case.decided
    ]
    clocks = [(words("js as known now"), case.asked.books.position)]
    if case.position is not None:
        clocks.insert(0, (words("by decision"), case.position))
    labs = sorted({fact.stream for fact in case.facts if fact.stream.startswith("lab-")})
    lanes = [
        (f"{kind.upper()} {clock}", kind, case.counting(position).get(lab, {}).get(kind, []))
        for lab in labs for kind in ("cma", "catl") for clock, position in clocks
    ]  # fmt: skip
    picture = both_clocks(case.facts, lanes, lines, words("axis facts"))
    frame = el("div", picture, class_="frame", role="group", tabindex="0", aria_label=words("axis"))
    return section("axis", words("axis"), frame, note=words("axis note"))


def _table(case: Case) -> Html | None:
    """Return the same facts as a table, with what was known when it was decided, and what the decision rested on."""
    if not case.facts:
        return None
    words, word = case.asked.words, case.asked.request.word
    headers: list[Header] = [(words("number"), "n"), words("fact"), words("about"), (words("on"), "labelled"),
               (words("recorded at"), "labelled"), (words("rested on"), "labelled"), (words("known when decided"), "labelled"),
               words("state"), (words("source"), "text")]  # fmt: skip
    rows = []
    for nth, fact in enumerate(case.facts, start=1):
        known = "—" if case.position is None else words("known" if fact.position <= case.position else "not known")
        rests = words("it did") if f"{fact.stream}@{fact.version}" in case.evidence else "—"
        state = words("withdrawn" if case.withdrawn(fact) else "in force")
        cells = [nth, _said(word, fact), named(case.asked.who(fact.stream)), _day(fact.on),
                 _day(fact.recorded_at.astimezone(SHANGHAI).date()), rests, known, state, named(_source(fact.source))]  # fmt: skip
        rows.append(row(headers, cells, naming=1, cards=True))
    return section("facts", words("facts"), table(words("facts"), headers, rows, cards=True))


def _day(day: date) -> Html:
    return el("span", day, class_="day")


def _said(word: Any, fact: Any) -> str:
    """Return what a fact says, with the certificate that it is about."""
    scheme = getattr(fact.data, "scheme", None)
    return f"{scheme.value} {word(fact.fact)}" if scheme else str(word(fact.fact))


def _source(source: str) -> str:
    """Return where a fact comes from; of a file's digest, so much that it can be told apart."""
    return f"{source[:15]}…{source[71:]}" if source.startswith("sha256:") else source
