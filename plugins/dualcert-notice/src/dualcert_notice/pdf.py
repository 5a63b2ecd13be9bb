"""A paper as PDF/A, set by typst. The paper's texts are data and never part of the typst program."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from dualcert_notice.config import NoticeConfig
from dualcert_notice.layout import DOUBLE, THICK, THIN, fitting, mark_of_letter, signed_half
from dualcert_notice.paper import Block, Heading, Paper, Paragraph, Rows


def as_pdf(paper: Paper, config: NoticeConfig) -> bytes:
    """Return *paper* as the bytes of a PDF/A-2b.

    Raises what typst raises where none of the fonts that are named is there, or where a character has no glyph
    in them: an empty page, or one of boxes, is no document.
    """
    import typst

    document = {**_content(paper), "config": _layout(paper, config)}
    made: bytes = typst.compile(
        (files("dualcert_notice") / "paper.typ").read_bytes(),
        font_paths=_fonts(config.pdf_font_paths),
        sys_inputs={"paper": json.dumps(document, ensure_ascii=False)},
        pdf_standards=["a-2b"],
    )
    return made


def missing_fonts(config: NoticeConfig) -> tuple[str, ...]:
    """Return the fonts of the configuration that are not on this machine."""
    there = {family.casefold() for family in _fonts(config.pdf_font_paths).families()}
    return tuple(font for font in config.pdf_fonts if font.casefold() not in there)


def _content(paper: Paper) -> dict[str, Any]:
    marked = ("mark", "number", "title", "addressee", "signature", "copies", "office")
    plain = ("form", "name", "origin", "enclosed", "enclosures", "dated", "printed", "signer")
    return {
        **{name: paper.parts(getattr(paper, name)) for name in marked},
        **{name: getattr(paper, name) for name in plain},
        "lang": paper.language,
        "author": paper.signature,
        "day": [paper.day.year, paper.day.month, paper.day.day],
        "notes": [paper.parts(note) for note in paper.notes],
        "copies": paper.parts(paper.copies) if paper.copies else [],
        "blocks": [_block(paper, each) for each in paper.blocks],
        "annexes": [
            {"label": each.label, "title": each.title, "blocks": [_block(paper, block) for block in each.blocks]}
            for each in paper.annexes
        ],
    }


def _layout(paper: Paper, config: NoticeConfig) -> dict[str, Any]:
    """Return the figures of the layout, as the program names them."""
    return {
        "top": config.top_mm, "left": config.left_mm, "width": config.width_mm, "height": config.height_mm,
        "body_pt": config.body_pt, "title_pt": config.title_pt, "small_pt": config.small_pt, "table_pt": config.table_pt,
        "number_pt": config.page_number_pt, "number_mm": config.page_number_mm, "pitch": config.pitch,
        "tracking": config.tracking, "mark": config.mark_mm, "marked": fitting(paper.mark, config.mark_pt, config.width_pt), "further": mark_of_letter(paper.mark, config)[1],
        "rule": config.rule_mm, "letter_mark": config.letter_mark_mm, "letter_rule": config.letter_rule_mm,
        "letter_foot": config.letter_foot_mm, "thick": THICK, "thin": THIN, "double": DOUBLE, "red": config.red,
        "seal_lines": config.seal_lines, "signed": signed_half(paper, config), "fonts": list(config.pdf_fonts),
    }  # fmt: skip


@cache
def _fonts(folders: tuple[str, ...]) -> Any:
    """Return the fonts of this machine and of *folders*; looking for them takes ten times as long as a document."""
    import typst

    return typst.Fonts(font_paths=list(folders))


def _block(paper: Paper, block: Block) -> dict[str, Any]:
    match block:
        case Heading(text):
            return {"kind": "heading", "text": paper.parts(text)}
        case Paragraph(text, lead):
            return {"kind": "paragraph", "text": paper.parts(text), "lead": paper.parts(lead) if lead else []}
        case Rows(headers, rows, widths, caption):
            table = {"headers": headers, "rows": rows, "widths": widths}
            return {"kind": "rows", "caption": paper.parts(caption) if caption else [], **table}
