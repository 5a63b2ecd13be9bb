"""The notices 通知 of a gate's decisions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from dualcert.reporting import Books, Request
from dualcert_notice.catalogue import Words, official
from dualcert_notice.composing import Desk, composed
from dualcert_notice.paper import Block, Heading, Paper, Paragraph, Rows

FACTS = ("county.delisted", "county.candidacy-cancelled")
OF_A_SHEET = re.compile(r"sha256:[0-9a-f]+ (?P<sheet>.+)!(?P<row>\d+)")
"""The source of what was read from a roster: its digest, the sheet and the row."""
HAN = re.compile(r"[\u3400-\u9fff]")


def gate_notices(request: Request, books: Books) -> Iterator[tuple[str, Paper]]:
    """Yield a notice for each decision of a gate up to the request's day that was not retracted."""
    desk = Desk(request, books)
    doubtful = {fact for each in books.due(kind="decision-contradicted").rows for fact in each.evidence}
    for row in books.facts(*FACTS):
        county = row.stream.removeprefix("county-")
        if row.data.gate and row.on <= books.as_of and request.subject in {None, county, row.stream}:
            yield _notice(desk, row, county, doubtful=f"{row.stream}@{row.version}" in doubtful)


def _notice(desk: Desk, row: Any, code: str, *, doubtful: bool) -> tuple[str, Paper]:
    words, books = desk.words, desk.books
    division, city = books.division(code), books.division(books.city_of(code))
    county = division.name if division else code
    gate = books.gate_of(row)
    evidence = tuple(_evidence(desk, row.data.evidence))
    table = Rows(words.columns("columns-evidence"), evidence, (12, 66, 40, 38))
    paper = composed(
        desk,
        form="document",
        title=words(f"notice-title-{row.fact}", county=county),
        addressee=words("notice-to", city=city.name) if city else words.missing("city"),
        blocks=[*([Paragraph(words.missing("support"))] if doubtful else []), *_body(desk, row, county, gate)],
        day=row.on,
        annexes=((words("annex-evidence"), (table,)),),
    )
    titled = (gate.title or gate.name) if gate else row.data.gate
    return words("notice-file", county=county, gate=titled if words.language == "zh" else row.data.gate), paper


def _body(desk: Desk, row: Any, county: str, gate: Any) -> Iterator[Block]:
    words, request = desk.words, desk.request
    enrolment = _enrolment(desk.books, row)
    yield Paragraph(
        words(
            f"notice-decided-{row.fact}",
            deadline=words.day(gate.last_day if gate else row.on),
            county=county,
            programme=request.word(row.data.programme.value),
            batch=words.number(enrolment.batch) if enrolment else words("none"),
            basis=desk.basis,
            on=words.day(row.on),
        )
    )
    yield Heading(words.first(1, words("notice-basis")))
    if gate and gate.source:
        yield Paragraph(words("notice-rule", source=official(gate.source)))
    yield Paragraph(words("notice-evidence"))
    yield Heading(words.first(2, words("notice-remedy")))
    yield Paragraph(words("notice-objection", days=desk.objection))
    yield Paragraph(words("notice-end"))


def _enrolment(books: Books, row: Any) -> Any:
    """Return the enrolment that a decision ends, the last before it."""
    found = [each for each in books.facts("county.enrolled")
             if each.stream == row.stream and each.data.programme is row.data.programme and each.on <= row.on]  # fmt: skip
    return max(found, key=lambda each: (each.on, each.position)).data if found else None


def _evidence(desk: Desk, facts: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each fact of the evidence, the oldest first: its number, what it is, its day, its source."""
    rows = [row for fact in facts if (row := _fact(desk.books, fact))]
    for nth, row in enumerate(sorted(rows, key=lambda row: (row.on, row.position)), start=1):
        yield str(nth), _what(desk, row), desk.words.day(row.on), _source(desk.words, row.source)


def _fact(books: Books, fact: str) -> Any:
    stream, _, version = fact.partition("@")
    return next((row for row in books.history(stream) if row.version == int(version)), None)


def _what(desk: Desk, row: Any) -> str:
    """Return a fact in the words of a document; one that the catalogue does not know by the name of its kind."""
    words, books, data = desk.words, desk.books, row.data
    match row.fact:
        case "campaign.opened":
            values = {"title": official(data.policy.title or data.policy.name)}
        case "county.enrolled":
            coded = {name: desk.request.word(getattr(data, name).value) for name in ("programme", "standing")}
            values = {"batch": words.number(data.batch), **coded}
        case "county.lab-designated":
            values = {"lab": books.lab_name(data.lab)}
        case "lab.registered":
            values = {"name": data.name}
        case "lab.certificate-granted" | "lab.certificate-renewed":
            values = {"lab": books.lab_name(row.stream), "scheme": data.scheme.value, "number": data.number,
                      "valid_until": words.day(data.valid_until)}  # fmt: skip
        case _:
            return _named(desk, row)
    return words(f"fact-{row.fact}", **values)


def _named(desk: Desk, row: Any) -> str:
    """Return a fact by the name of its kind, with the lab and the certificate that it is about."""
    what, scheme = desk.request.translate(row.fact), getattr(row.data, "scheme", None)
    lab = row.stream if row.stream.startswith("lab-") else getattr(row.data, "lab", None)
    if lab is None:
        return what
    said = (
        f"{scheme.value} {what}"
        if scheme and desk.words.language == "en"
        else f"{scheme.value if scheme else ''}{what}"
    )
    return desk.words("fact-of-a-lab", lab=desk.books.lab_name(lab), what=said)


def _source(words: Words, source: str) -> str:
    """Return the number of the document that a fact was taken from, or the row of the roster; a dash where neither is known."""
    read = OF_A_SHEET.fullmatch(source)
    if read:
        return words("source-sheet", sheet=read["sheet"], row=read["row"])
    return source if HAN.search(source) else words("none")
