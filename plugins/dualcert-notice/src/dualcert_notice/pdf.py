"""A paper as PDF/A, set by typst. What the paper says goes in as data and is never part of the program."""

from __future__ import annotations

import json
from typing import Any

from dualcert_notice import NoticeConfig
from dualcert_notice.paper import Heading, Paper, Paragraph, Rows

PROGRAM = r"""
#let paper = json(bytes(sys.inputs.paper))
#let c = paper.config
#set document(title: paper.title, date: datetime(year: paper.day.at(0), month: paper.day.at(1), day: paper.day.at(2)))
#set page(
  width: 210mm, height: 297mm,
  margin: (top: c.top * 1mm, left: c.left * 1mm, right: (210 - c.left - c.width) * 1mm,
           bottom: (297 - c.top - c.height) * 1mm),
  footer: context {
    let n = counter(page).get().first()
    set text(size: c.number_pt * 1pt)
    align(if calc.odd(n) { right } else { left }, [— #n —])
  },
)
#set text(font: c.fonts, size: c.body_pt * 1pt, lang: paper.lang, fallback: false)
#set par(leading: (c.line_pt - c.body_pt) * 1pt, first-line-indent: (amount: 2em, all: true), justify: true)
#if c.number != "" { align(center, c.number); v(1em) }
#align(center, text(size: c.title_pt * 1pt, weight: "bold", paper.title))
#v(1em)
#par(first-line-indent: 0em, paper.addressee)
#for block in paper.blocks {
  if block.kind == "heading" { par(strong(block.text)) }
  else if block.kind == "paragraph" { par(block.text) }
  else {
    set text(size: c.number_pt * 1pt)
    table(columns: block.widths.map(w => w * 1fr), align: center,
          table.header(..block.headers.map(h => strong(h))), ..block.rows.flatten())
  }
}
#v(1em)
#align(right, pad(right: 4em, [#c.issuer #linebreak() #paper.dated]))
#v(1em)
#par(first-line-indent: 0em, text(size: c.number_pt * 1pt, "（" + paper.note + "）"))
"""


def as_pdf(paper: Paper, config: NoticeConfig) -> bytes:
    """Return *paper* as the bytes of a PDF/A-2b.

    Raises what typst raises where a character has no glyph in the fonts that are named: a page of boxes
    is no document.
    """
    import typst

    document = {
        "title": paper.title, "lang": paper.language, "addressee": paper.addressee, "dated": paper.dated, "note": paper.note,
        "day": [paper.day.year, paper.day.month, paper.day.day],
        "blocks": [_block(each) for each in paper.blocks],
        "config": {
            "top": config.top_mm, "left": config.left_mm, "width": config.width_mm, "height": config.height_mm,
            "body_pt": config.body_pt, "title_pt": config.title_pt, "number_pt": config.page_number_pt,
            "line_pt": config.line_pt, "issuer": config.issuer, "number": config.number, "fonts": list(config.pdf_fonts),
        },
    }  # fmt: skip
    folders: Any = list(config.pdf_font_paths)  # typst's stubs want them of the type of the program
    made: bytes = typst.compile(
        PROGRAM.encode(),
        font_paths=folders,
        sys_inputs={"paper": json.dumps(document, ensure_ascii=False)},
        pdf_standards=["a-2b"],
    )
    return made


def _block(block: Heading | Paragraph | Rows) -> dict[str, Any]:
    match block:
        case Heading(text):
            return {"kind": "heading", "text": text}
        case Paragraph(text):
            return {"kind": "paragraph", "text": text}
        case Rows(headers, rows, widths):
            return {"kind": "rows", "headers": headers, "rows": rows, "widths": widths}
