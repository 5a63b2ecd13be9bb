"""A paper as PDF/A, set by typst. The paper's texts are data and never part of the typst program."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from dualcert_notice import NoticeConfig
from dualcert_notice.paper import Heading, Paper, Paragraph, Rows

PROGRAM = r"""
#let paper = json(bytes(sys.inputs.paper))
#let c = paper.config
#let leading(size) = (calc.max(c.pitch, size * 1.3) - size) * 1pt
#set document(title: paper.name, date: datetime(year: paper.day.at(0), month: paper.day.at(1), day: paper.day.at(2)))
#set text(font: c.fonts, size: c.body_pt * 1pt, tracking: c.tracking * 1pt, top-edge: 0.8em, bottom-edge: -0.2em,
          costs: (orphan: 0%, widow: 0%), lang: paper.lang, fallback: false)
#set page(
  width: 210mm, height: 297mm,
  margin: (top: c.top * 1mm, left: c.left * 1mm, right: (210 - c.left - c.width) * 1mm,
           bottom: (297 - c.top - c.height) * 1mm),
  footer-descent: c.number_mm * 1mm - c.number_pt * 0.5pt,
  footer: context {
    let n = counter(page).get().first()
    set text(size: c.number_pt * 1pt, tracking: 0pt)
    align(if calc.odd(n) { right } else { left }, pad(x: 1em, [— #n —]))
  },
)
#set par(leading: leading(c.body_pt), spacing: leading(c.body_pt), first-line-indent: (amount: 2em, all: true),
         justify: true)
#set block(spacing: leading(c.body_pt))
#context assert(measure("一").width > 0pt, message: "none of the fonts is on this machine: " + c.fonts.join(", "))
#let blank = block(height: 1em, sticky: true)
#if c.number != "" { align(center, c.number); blank }
#align(center, {
  set par(leading: leading(c.title_pt))
  text(size: c.title_pt * 1pt, tracking: 0pt, weight: "bold", paper.title.split("\n").join(linebreak()))
})
#blank
#par(first-line-indent: 0em, paper.addressee)
#for (n, part) in paper.blocks.enumerate(start: 1) {
  if part.kind == "heading" { block(sticky: true, par(strong(part.text))) }
  else if part.kind == "paragraph" { block(sticky: n == paper.blocks.len(), par(part.text)) }
  else {
    set text(size: c.number_pt * 1pt, tracking: 0pt)
    table(columns: part.widths.map(w => w * 1fr), align: center,
          table.header(..part.headers.map(h => strong(h))), ..part.rows.flatten())
  }
}
#blank
#for line in (c.issuer, paper.dated).filter(line => line != "") {
  block(width: 100%, sticky: true, align(right, pad(right: 4em, line)))
}
#blank
#par(first-line-indent: 0em, text(size: c.number_pt * 1pt, tracking: 0pt, paper.noted))
"""


def as_pdf(paper: Paper, config: NoticeConfig) -> bytes:
    """Return *paper* as the bytes of a PDF/A-2b.

    Raises what typst raises where none of the fonts that are named is there, or where a character has no glyph
    in them: an empty page, or one of boxes, is no document.
    """
    import typst

    document = {
        "title": paper.title, "name": paper.name, "lang": paper.language, "addressee": paper.addressee,
        "dated": paper.dated, "noted": paper.noted, "day": [paper.day.year, paper.day.month, paper.day.day],
        "blocks": [_block(each) for each in paper.blocks],
        "config": {
            "top": config.top_mm, "left": config.left_mm, "width": config.width_mm, "height": config.height_mm,
            "body_pt": config.body_pt, "title_pt": config.title_pt, "number_pt": config.page_number_pt,
            "number_mm": config.page_number_mm, "pitch": config.pitch, "tracking": config.tracking,
            "issuer": config.issuer, "number": config.number, "fonts": list(config.pdf_fonts),
        },
    }  # fmt: skip
    made: bytes = typst.compile(
        PROGRAM.encode(),
        font_paths=_fonts(config.pdf_font_paths),
        sys_inputs={"paper": json.dumps(document, ensure_ascii=False)},
        pdf_standards=["a-2b"],
    )
    return made


@cache
def _fonts(folders: tuple[str, ...]) -> Any:
    """Return the fonts of this machine and of *folders*; looking for them takes ten times as long as a document."""
    import typst

    return typst.Fonts(font_paths=list(folders))


def _block(block: Heading | Paragraph | Rows) -> dict[str, Any]:
    match block:
        case Heading(text):
            return {"kind": "heading", "text": text}
        case Paragraph(text):
            return {"kind": "paragraph", "text": text}
        case Rows(headers, rows, widths):
            return {"kind": "rows", "headers": headers, "rows": rows, "widths": widths}
