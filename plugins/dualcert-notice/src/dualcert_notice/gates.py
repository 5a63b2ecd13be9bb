"""The notices 通知 of a gate's decisions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dualcert.reporting import Books, Request
from dualcert_notice.paper import Block, Heading, Paper, Paragraph, Rows, numbered, written

FACTS = ("county.delisted", "county.candidacy-cancelled")

TEXTS = {
    "zh": {
        "file": "通知-{county}-{gate}",
        "title": {
            "county.delisted": "关于对{county}农产品质量安全县\n予以摘牌的通知",
            "county.candidacy-cancelled": "关于取消{county}农产品质量安全县\n创建资格的通知",
        },
        "to": "{city}农业农村局：",
        "decided": {
            "county.delisted": "截至{deadline}，{county}（{programme}农产品质量安全县，第{batch}批）未取得检验检测机构“双认证”。"
            "按照攻坚行动要求，自{on}起予以摘牌。",
            "county.candidacy-cancelled": "截至{deadline}，{county}（{programme}农产品质量安全县创建单位，第{batch}批）未取得检验检测机构"
            "“双认证”。按照攻坚行动要求，自{on}起取消创建资格。",
        },
        "basis": "作出决定的依据",
        "rule": "规定：{source}",
        "evidence": "决定时所依据的记录（日志位置{position}）：",
        "headers": ("记录", "日期", "内容"),
        "remedy": "异议",
        "objection": "如认为上述记录有误，请于收到本通知后书面说明并附证明材料；记录更正后，按更正后的记录重新认定。",
    },
    "en": {
        "file": "notice-{county}-{gate}",
        "title": {
            "county.delisted": "Notice: {county} is delisted as a quality-and-safety county",
            "county.candidacy-cancelled": "Notice: the candidacy of {county} as a quality-and-safety county is cancelled",
        },
        "to": "To the agriculture department of {city}:",
        "decided": {
            "county.delisted": "By {deadline}, {county} ({programme}, batch {batch}) was not dual-certified. It is delisted from "
            "{on} on.",
            "county.candidacy-cancelled": "By {deadline}, {county} ({programme}, batch {batch}, candidate) was not "
            "dual-certified. Its candidacy is cancelled from {on} on.",
        },
        "basis": "What this rests on",
        "rule": "The rule, in its own words: {source}",
        "evidence": "The facts that were known at position {position} of the log:",
        "headers": ("fact", "day", "what"),
        "remedy": "Objections",
        "objection": "Whoever holds one of these facts to be wrong says so in writing, with proof. Once it is corrected, the "
        "decision is judged anew.",
    },
}


def gate_notices(request: Request, books: Books) -> Iterator[tuple[str, Paper]]:
    """Yield a notice for each decision of a gate up to the request's day that was not retracted."""
    for row in books.facts(*FACTS):
        county = row.stream.removeprefix("county-")
        if row.data.gate and row.on <= books.as_of and request.subject in {None, county, row.stream}:
            yield _notice(request, books, row, county)


def _notice(request: Request, books: Books, row: Any, code: str) -> tuple[str, Paper]:
    texts: dict[str, Any] = TEXTS[request.language]
    division, city = books.division(code), books.division(books.city_of(code))
    county = division.name if division else code
    policy = books.policy(row.on)
    gate = next((each for each in policy.gate if each.name == row.data.gate), None)
    enrolment = next((each for each in books.facts("county.enrolled")
                      if each.stream == row.stream and each.data.programme is row.data.programme), None)  # fmt: skip
    text = texts["decided"][row.fact].format(
        deadline=written(request.language, gate.on if gate else row.on),
        county=county,
        programme=request.word(row.data.programme.value),
        batch=enrolment.data.batch if enrolment else "-",
        on=written(request.language, row.on),
    )
    evidence = tuple(_evidence(request, books, fact) for fact in row.data.evidence)
    blocks: list[Block] = [
        Paragraph(text),
        Heading(numbered(request.language, 1, texts["basis"])),
        *([Paragraph(texts["rule"].format(source=gate.source))] if gate and gate.source else []),
        Paragraph(texts["evidence"].format(position=row.data.position)),
        Rows(texts["headers"], evidence, (36, 32, 32)),
        Heading(numbered(request.language, 2, texts["remedy"])),
        Paragraph(texts["objection"]),
    ]
    paper = Paper(
        language=request.language,
        title=texts["title"][row.fact].format(county=county),
        addressee=texts["to"].format(city=city.name if city else ""),
        blocks=blocks,
        day=row.on,
        note=books.basis(request.language),
    )
    return texts["file"].format(county=code, gate=row.data.gate), paper


def _evidence(request: Request, books: Books, fact: str) -> tuple[str, str, str]:
    """Return a fact of the evidence as a line: its id, its day, what it is; the id alone where it is not there."""
    stream, _, version = fact.partition("@")
    for row in books.history(stream):
        if row.version == int(version):
            return fact, written(request.language, row.on), request.translate(row.fact)
    return fact, "", ""
