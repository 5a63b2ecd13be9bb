"""Papers to lay out."""

from __future__ import annotations

from datetime import date

from dualcert_notice import NoticeConfig
from dualcert_notice.paper import Heading, Paper, Paragraph, Rows


def paper(*blocks, title="题", addressee="各市：", note="注"):
    return Paper(
        language="zh", title=title, addressee=addressee, blocks=blocks, day=date(2023, 9, 30), note=note
    )  # fmt: skip


def everywhere(said):
    """Return a paper that says the same in all of its places."""
    blocks = (Heading(said), Paragraph(said), Rows((said,), ((said,),), (1,)), Paragraph(said))
    return paper(*blocks, title=said, addressee=said, note=said)


WALL = paper(Paragraph("国" * 1800), Paragraph("完"))
"""Pages full of characters, which are all as wide."""
OTHER = NoticeConfig(lines=20, characters=25, top_mm=40.0, left_mm=30.0, width_mm=150.0)
"""Another layout."""
