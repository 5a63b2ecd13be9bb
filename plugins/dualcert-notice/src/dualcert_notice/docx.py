"""Writes a paper as .docx in the layout of GB/T 9704-2012, by named styles.

The times in the archive and in the document's properties are constants, so that equal papers give equal bytes.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from attrs import frozen
from docx import Document
from docx.enum.section import WD_SECTION
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from dualcert_notice import styles as s
from dualcert_notice.config import TWIPS, NoticeConfig
from dualcert_notice.layout import DOUBLE, LEADING, THICK, THIN, above, lines_of, mark_of_letter, signed_half
from dualcert_notice.ooxml import Place, el, page_field, paragraph, ruled, run, text_box
from dualcert_notice.paper import Annex, Block, Heading, Paper, Paragraph, Rows, ems

PAGE_MM = (210.0, 297.0)
"""A4."""
MM = 72 / 25.4
"""Points to a millimetre."""
CREATED = datetime(2000, 1, 1, tzinfo=UTC)
ZIP_TIME = (1980, 1, 1, 0, 0, 0)
HEAVY, LIGHT = 8, 6
"""The lines of the 版记, 0.35 mm and 0.25 mm, in eighths of a point."""


def as_docx(paper: Paper, config: NoticeConfig) -> bytes:
    """Return *paper* as the bytes of a .docx."""
    writer = _Writer(Document(), config, paper)
    writer.styles()
    writer.page()
    for element in writer.body():
        writer.document.element.body.insert_element_before(element, "w:sectPr")
    return writer.content()


@frozen
class _Writer:
    document: Any
    config: NoticeConfig
    paper: Paper

    @property
    def chinese(self) -> bool:
        return self.paper.language == "zh"

    @property
    def letter(self) -> bool:
        return self.paper.form == "letter"

    # The page

    def styles(self) -> None:
        """Add the named styles, and make the East Asian language Chinese; in the template of python-docx it is Japanese."""
        parts = self.document.styles.element
        for style in s.all_styles(self.config, self.paper.mark):
            parts.append(s.paragraph_style(style, self.config, chinese=self.chinese))
        for style in s.character_styles(self.config):
            parts.append(style)
        for part, name in ((self.document.styles, "w:lang"), (self.document.settings, "w:themeFontLang")):
            for language in part.element.iter(qn(name)):
                language.set(qn("w:eastAsia"), "zh-CN")
        fonts = self.document.styles["Normal"].element.get_or_add_rPr()
        for script in ("ascii", "hAnsi", "cs"):
            fonts.get_or_add_rFonts().set(qn(f"w:{script}"), self.config.latin_font)
        fonts.get_or_add_rFonts().set(qn("w:eastAsia"), self.config.body_font)

    def page(self) -> None:
        """Set the paper's size, margins, grid and page numbers."""
        config, section = self.config, self.document.sections[0]
        section.start_type = WD_SECTION.NEW_PAGE
        width, height = PAGE_MM
        section.page_width, section.page_height = Mm(width), Mm(height)
        section.top_margin, section.left_margin = Mm(config.top_mm), Mm(config.left_mm)
        section.right_margin = Mm(width - config.left_mm - config.width_mm)
        section.bottom_margin = Mm(height - config.top_mm - config.height_mm)
        self._page_numbers(section)
        if self.letter:  # its first page has no number
            section.different_first_page_header_footer = True
            self._only(section.first_page_footer, paragraph(s.PAGE, []))
        properties = section._sectPr  # noqa: SLF001  python-docx has no public name for it
        for old in properties.findall(qn("w:docGrid")):
            properties.remove(old)
        # programs disagree on grids of characters, so the styles' spacing sets their pitch
        properties.append(el("docGrid", type="lines", linePitch=round(config.pitch * TWIPS)))

    def _page_numbers(self, section: Any) -> None:
        """Write page numbers between dashes, on the right of odd pages and on the left of even ones."""
        self.document.settings.odd_and_even_pages_header_footer = True
        size = self.config.page_number_pt
        below = section.bottom_margin - Mm(self.config.page_number_mm) - Pt(size * 1.2) // 2
        section.footer_distance = below
        for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
            runs = [run("— ", chinese=self.chinese), page_field(chinese=self.chinese), run(" —", chinese=self.chinese)]
            indent = el("ind", **{side: round(size * TWIPS)})
            self._only(footer, paragraph(s.PAGE, runs, indent, el("jc", val=side)))

    @staticmethod
    def _only(part: Any, content: Any) -> None:
        """Make *content* all that a header or footer holds."""
        part.is_linked_to_previous = False
        for old in part.paragraphs:
            part._element.remove(old._p)  # noqa: SLF001  python-docx removes no paragraphs
        part._element.append(content)  # noqa: SLF001

    def _letter_head(self) -> list[Any]:
        """Return the head of a letter, and its two double lines, as shapes that stand where they stand on the page."""
        config, width = self.config, PAGE_MM[0]
        size, further = mark_of_letter(self.paper.mark, config)
        side, top = (width - config.width_mm) / 2, config.letter_mark_mm - above(size, size * LEADING) / MM
        mark = Place(side, top, config.width_mm, (size * LEADING + further) / MM)
        upper = config.letter_mark_mm + (size + further) / MM + config.rule_mm
        lower = PAGE_MM[1] - config.letter_foot_mm
        thick, thin = THICK / MM, THIN / MM
        lines = (
            (upper + thick / 2, THICK), (upper + DOUBLE / MM - thin / 2, THIN),
            (lower - DOUBLE / MM + thin / 2, THIN), (lower - thick / 2, THICK),
        )  # fmt: skip
        left = (width - config.letter_rule_mm) / 2
        drawn = [ruled(nth, f"line{nth}", Place(left, y, config.letter_rule_mm, 0), weight, config.red)
                 for nth, (y, weight) in enumerate(lines, start=1)]  # fmt: skip
        return [text_box(5, "mark", mark, [paragraph(s.LETTER_MARK, self.runs(self.paper.mark))]), *drawn]

    @staticmethod
    def _exactly(points: float, *, before: float = 0.0) -> Any:
        return el("spacing", before=round(before * TWIPS), line=round(points * TWIPS), lineRule="exact")

    # The text

    def runs(self, text: str, style: str = "") -> list[Any]:
        """Return the runs of a text; what is still open is marked."""
        return [run(part, style=s.OPEN if is_open else style, chinese=self.chinese)
                for part, is_open in self.paper.parts(text)]  # fmt: skip

    def body(self) -> Iterator[Any]:
        """Yield all elements of the paper, from its head to the 版记."""
        paper = self.paper
        yield from self._head()
        yield paragraph(s.TITLE, self.runs(paper.title))
        yield paragraph(s.ADDRESSEE, self.runs(paper.addressee))
        blocks = [self._block(block) for block in paper.blocks]
        last = blocks[-1][-1] if blocks else None
        for group in blocks:
            for element in group:
                if last is not None and element is last and element.tag == qn("w:p"):
                    self._keep(element)
                yield element
        yield from self._enclosed()
        yield from self._signed()
        for nth, note in enumerate(paper.notes, start=1):
            kept = [el("keepNext")] if nth < len(paper.notes) else []
            yield paragraph(s.NOTE, self.runs(note), *kept, el("keepLines"))
        for annex in paper.annexes:
            yield from self._annex(annex)
        yield self._imprint()

    @staticmethod
    def _keep(element: Any) -> None:
        style = element.pPr.find(qn("w:pStyle"))
        style.addnext(el("keepNext"))

    def _head(self) -> Iterator[Any]:
        paper, config = self.paper, self.config
        if self.letter:
            yield paragraph(s.LETTER_NUMBER, [*self._letter_head(), *self.runs(paper.number)])
            return
        yield paragraph(s.MARK, self.runs(paper.mark))
        if paper.signer is None:
            yield paragraph(s.NUMBER, self.runs(paper.number))
            return
        word, name = paper.signer
        tabs = el("tabs", el("tab", val="right", pos=round((config.width_pt - config.body_pt) * TWIPS)))
        side = round(config.body_pt * TWIPS)
        said = [*self.runs(f"{paper.number}"), el("r", el("tab")), *self.runs(word), run(name, style=s.SIGNER)]
        yield paragraph(s.NUMBER, said, tabs, el("ind", left=side, right=side), el("jc", val="left"))

    def _block(self, block: Block) -> list[Any]:
        match block:
            case Heading(text, level):
                return [paragraph(s.HEADINGS[level - 1], self.runs(text))]
            case Paragraph(text, lead):
                led = self.runs(lead, s.LEAD) if lead else []
                return [paragraph(s.BODY, [*led, *self.runs(text)])]
            case Rows():
                caption = [paragraph(s.CAPTION, self.runs(block.caption))] if block.caption else []
                return [*caption, self._table(block)]

    def _enclosed(self) -> Iterator[Any]:
        """Yield 附件说明, one line below the text, two characters in; the names of several begin below each other."""
        paper, size = self.paper, self.config.body_pt
        width = ems(paper.enclosed)
        for nth, name in enumerate(paper.enclosures):
            left, first = round((2 + width) * size * TWIPS), round(width * size * TWIPS)
            hanging = {"hanging": first} if nth == 0 else {}
            spacing = self._exactly(self.config.pitch, before=0 if nth else self.config.pitch)
            said = self.runs(name if nth else f"{paper.enclosed}{name}")
            yield paragraph(s.ENCLOSURE, said, el("keepNext"), spacing, el("ind", left=left, **hanging))

    def _signed(self) -> Iterator[Any]:
        """Yield signature and date, the one centred over the other, the date four characters from the right."""
        paper, config = self.paper, self.config
        half = signed_half(paper, config)
        indent = el("ind", left=round((config.width_pt - 2 * half) * TWIPS))
        before = (config.seal_lines) * config.pitch
        yield paragraph(s.SIGNATURE, self.runs(paper.signature), self._exactly(config.pitch, before=before), indent)
        kept = el("keepNext", val=int(bool(paper.notes)))  # what follows the date stands on its page
        yield paragraph(s.SIGNATURE, self.runs(paper.dated), kept, el("ind", left=indent.get(qn("w:left"))))

    def _annex(self, annex: Annex) -> Iterator[Any]:
        yield paragraph(s.ANNEX, self.runs(annex.label))
        yield paragraph(s.ANNEX_TITLE, self.runs(annex.title))
        for block in annex.blocks:
            yield from self._block(block)

    def _imprint(self) -> Any:
        """Return the 版记 at the foot of the last page, and the room for it in the text, lest the text runs into it."""
        paper, config = self.paper, self.config
        lines = list(self._imprint_lines())
        if not lines:
            return paragraph(s.PLACE, [], self._exactly(1))
        wide, size = config.width_pt - 2 * config.small_pt, config.small_pt
        count = lines_of(paper.copies, size, wide - 3 * size) if paper.copies else 0
        if not self.letter:
            count += lines_of(f"{paper.office}　{paper.printed}", size, wide)
        height = count * config.pitch * 0.8 + 2 * len(lines)
        bottom = config.top_mm + config.height_mm
        place = Place(config.left_mm, bottom - height / MM, config.width_mm, height / MM)
        return paragraph(s.PLACE, [text_box(20, "imprint", place, lines, "b")], self._exactly(height))

    def _imprint_lines(self) -> Iterator[Any]:
        """Yield the lines of the 版记: thick rules above and below, a thin one between; a letter has none."""
        paper, config = self.paper, self.config
        hanging, side = round(3 * config.small_pt * TWIPS), round(config.small_pt * TWIPS)
        rules = [] if self.letter else [HEAVY, LIGHT, HEAVY] if paper.copies else [HEAVY, HEAVY]
        if paper.copies:
            yield from (_rule(weight) for weight in rules[:1])
            indent = el("ind", left=side + hanging, right=side, hanging=hanging)
            yield paragraph(s.IMPRINT, self.runs(paper.copies), indent)
        if not self.letter:
            yield _rule(rules[-2])
            tabs = el("tabs", el("tab", val="right", pos=round((config.width_pt - config.small_pt) * TWIPS)))
            said = [*self.runs(paper.office), el("r", el("tab")), *self.runs(paper.printed)]
            yield paragraph(s.IMPRINT, said, tabs)
            yield _rule(rules[-1])

    # Tables

    def _table(self, block: Rows) -> Any:
        whole = self.config.width_mm * MM * TWIPS
        widths = [round(whole * part / sum(block.widths)) for part in block.widths]
        properties = el("tblPr", el("tblStyle", val="TableGrid"), el("tblW", w=sum(widths), type="dxa"),
                        el("jc", val="center"), el("tblLayout", type="fixed"),
                        el("tblCellMar", el("left", w=40, type="dxa"), el("right", w=40, type="dxa")))  # fmt: skip
        header = el("trPr", el("cantSplit"), el("tblHeader"))
        table = el("tbl", properties, el("tblGrid", *(el("gridCol", w=width) for width in widths)))
        table.append(self._row(block.headers, widths, s.HEADER_CELL, header))
        for nth, row in enumerate(block.rows, start=1):
            kept = nth == 1 or (block.total and nth == len(block.rows) - 1)
            table.append(self._row(row, widths, s.CELL, el("trPr", el("cantSplit")), kept=kept))
        return table

    def _row(self, texts: Any, widths: list[int], style: str, properties: Any, *, kept: bool = False) -> Any:
        direct = ["keepNext"] if kept else []
        cells = (
            el("tc", el("tcPr", el("tcW", w=width, type="dxa"), el("vAlign", val="center")),
               paragraph(style, self.runs(text), *map(el, direct)))
            for text, width in zip(texts, widths, strict=True)
        )  # fmt: skip
        return el("tr", properties, *cells)

    # The file

    def content(self) -> bytes:
        """Return the bytes of the document, with fixed times."""
        properties = self.document.core_properties
        properties.created = properties.modified = CREATED
        properties.author, properties.last_modified_by = self.paper.signature, "dualcert"
        properties.title, properties.comments = self.paper.name, self.paper.origin
        made, fixed = BytesIO(), BytesIO()
        self.document.save(made)
        with zipfile.ZipFile(made) as old, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as new:
            for member in old.infolist():
                new.writestr(zipfile.ZipInfo(member.filename, ZIP_TIME), old.read(member), zipfile.ZIP_DEFLATED)
        return fixed.getvalue()


def _rule(weight: int) -> Any:
    """Return a line across the type area, of eighths of a point."""
    return paragraph(s.RULE, [], el("pBdr", el("bottom", val="single", sz=weight, space=0, color="000000")))
