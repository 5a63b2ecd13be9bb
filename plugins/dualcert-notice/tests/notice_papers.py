"""Papers to lay out."""

from __future__ import annotations

from datetime import date

from attrs import evolve
from dualcert_notice import NoticeConfig
from dualcert_notice.paper import Annex, Heading, Paper, Paragraph, Rows

COMPLETE = NoticeConfig(
    issuer="山西省农业农村厅",
    number="晋农发〔2023〕8号",
    copies=("省市场监管局",),
    basis="《攻坚行动通知》（晋农办发〔2023〕66号）",
    reply_days=15,
    objection_days=15,
)
"""A configuration in which nothing is left open."""

PLAIN = Paper(
    language="zh", form="document", mark="某厅文件", number="某发〔2023〕1号", signer=None, title="题", addressee="各市：",
    blocks=(), enclosures=(), enclosed="附件：", signature="某厅", day=date(2023, 9, 30), dated="2023年9月30日", notes=(),
    annexes=(), copies="", office="某厅", printed="2023年9月30日印发", origin="", placeholders=(),
)  # fmt: skip


def paper(*blocks, **more):
    return evolve(PLAIN, blocks=blocks, **more)


def everywhere(said):
    """Return a paper that says the same in all of its places, and how often that is."""
    table = Rows((said,), ((said,),), (1,), said)
    blocks = (Heading(said), Paragraph(said, said), table, Paragraph(said))
    places = ("mark", "number", "title", "addressee", "signature", "dated", "copies", "office", "printed")
    whole = paper(
        *blocks,
        **dict.fromkeys(places, said),
        notes=(said,),
        annexes=(Annex(said, said, (table,)),),
        enclosures=(said,),
    )
    return whole, len(places) + 1 + 2 + 3 + 1 + 1 + 3 + 1 + 2


WALL = paper(Paragraph("国" * 1800), Paragraph("完"))
"""Pages full of characters, which are all as wide."""
OTHER = NoticeConfig(lines=20, characters=25, top_mm=40.0, left_mm=30.0, width_mm=150.0)
"""Another layout."""
