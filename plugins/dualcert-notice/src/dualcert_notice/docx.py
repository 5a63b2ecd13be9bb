"""A paper as .docx in the layout of GB/T 9704-2012.

Every run has its East-Asian font set beside the Latin one: Word takes the second for Chinese otherwise.
The same paper gives the same bytes: the time in the archive and in the properties is fixed.
"""

from __future__ import annotations

import math
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from attrs import frozen
from docx import Document
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from dualcert_notice import NoticeConfig
from dualcert_notice.paper import Heading, Paper, Paragraph, Rows

PAGE_MM = (210.0, 297.0)
"""A4."""
TWIPS, PER_MM = 20, 1440 / 25.4
CREATED = datetime(2000, 1, 1, tzinfo=UTC)
ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def as_docx(paper: Paper, config: NoticeConfig) -> bytes:
    """Return *paper* as the bytes of a .docx."""
    writer = _Writer(Document(), config)
    writer.page()
    writer.head(paper)
    for block in paper.blocks:
        writer.block(block)
    writer.foot(paper)
    return writer.content()


@frozen
class _Writer:
    document: Any
    config: NoticeConfig

    def page(self) -> None:
        """Set paper, margins, grid and page numbers."""
        config, section = self.config, self.document.sections[0]
        section.start_type = WD_SECTION.NEW_PAGE
        width, height = PAGE_MM
        section.page_width, section.page_height = Mm(width), Mm(height)
        section.top_margin, section.left_margin = Mm(config.top_mm), Mm(config.left_mm)
        section.right_margin = Mm(width - config.left_mm - config.width_mm)
        section.bottom_margin = Mm(height - config.top_mm - config.height_mm)
        section.header_distance, section.footer_distance = Mm(15), Mm(28)
        grid = OxmlElement("w:docGrid")
        grid.set(qn("w:type"), "lines")  # a grid of characters is read otherwise by every program: `_squeeze` instead
        grid.set(qn("w:linePitch"), str(round(config.height_mm * PER_MM / config.lines)))
        for old in section._sectPr.findall(qn("w:docGrid")):  # noqa: SLF001  python-docx has no name for it
            section._sectPr.remove(old)  # noqa: SLF001
        section._sectPr.append(grid)  # noqa: SLF001
        style = self.document.styles["Normal"]
        style.font.size = Pt(config.body_pt)
        self._fonts(style.element.get_or_add_rPr(), config.body_font)
        style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
        self._page_numbers(section)

    def _page_numbers(self, section: Any) -> None:
        """Number the pages outside: right on odd pages, left on even ones, a short dash on either side."""
        self.document.settings.odd_and_even_pages_header_footer = True
        for footer, align in ((section.footer, ALIGN.RIGHT), (section.even_page_footer, ALIGN.LEFT)):
            footer.is_linked_to_previous = False
            line = footer.paragraphs[0]
            line.alignment = align
            indent = Pt(self.config.page_number_pt)
            line.paragraph_format.right_indent = indent if align is ALIGN.RIGHT else None
            line.paragraph_format.left_indent = indent if align is ALIGN.LEFT else None
            for part in ("— ", None, " —"):
                run = self._run(line, part or "", self.config.number_font, self.config.page_number_pt)
                if part is None:
                    self._field(run, "PAGE")

    @staticmethod
    def _field(run: Any, name: str) -> None:
        for kind, text in (("begin", None), (None, name), ("end", None)):
            element = OxmlElement("w:fldChar" if kind else "w:instrText")
            if kind:
                element.set(qn("w:fldCharType"), kind)
            else:
                element.set(qn("xml:space"), "preserve")
                element.text = text
            run._r.append(element)  # noqa: SLF001  python-docx has no fields

    def head(self, paper: Paper) -> None:
        """Write number, title and addressee."""
        config = self.config
        if config.number:
            self._line(config.number, config.body_font, config.body_pt, ALIGN.CENTER)
            self._line("", config.body_font, config.body_pt)
        self._line(paper.title, config.title_font, config.title_pt, ALIGN.CENTER)
        self._line("", config.body_font, config.body_pt)
        self._line(paper.addressee, config.body_font, config.body_pt)

    def block(self, block: Heading | Paragraph | Rows) -> None:
        """Write one block of the body."""
        config = self.config
        match block:
            case Heading(text, level):
                font = config.heading_font if level == 1 else config.subheading_font
                self._line(text, font, config.body_pt, indent=True)
            case Paragraph(text):
                self._line(text, config.body_font, config.body_pt, ALIGN.JUSTIFY, indent=True)
            case Rows():
                self._table(block)

    def foot(self, paper: Paper) -> None:
        """Write issuer and date on the right, and what the figures rest on."""
        config = self.config
        self._line("", config.body_font, config.body_pt)
        for text in filter(None, (config.issuer, paper.dated)):
            line = self._line(text, config.body_font, config.body_pt, ALIGN.RIGHT)
            line.paragraph_format.right_indent = Pt(config.body_pt * 4)
        self._line("", config.body_font, config.body_pt)
        self._line(f"（{paper.note}）", config.body_font, config.page_number_pt)

    def _line(self, text: str, font: str, size: float, align: ALIGN = ALIGN.LEFT, *, indent: bool = False) -> Any:
        """Write one paragraph at the pitch of lines; *indent* is two characters, whatever their size."""
        line = self.document.add_paragraph()
        line.alignment = align
        self._pitch(line, size)
        if indent:
            properties = line._p.get_or_add_pPr()  # noqa: SLF001  python-docx counts no characters
            element = OxmlElement("w:ind")
            element.set(qn("w:firstLineChars"), "200")
            element.set(qn("w:firstLine"), str(round(2 * size * TWIPS)))
            properties.append(element)
        self._run(line, text, font, size)
        return line

    def _pitch(self, line: Any, size: float) -> None:
        line.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        line.paragraph_format.line_spacing = Pt(max(self.config.line_pt, size * 1.3))

    def _run(self, line: Any, text: str, font: str, size: float) -> Any:
        run = line.add_run(text)
        run.font.size = Pt(size)
        if size == self.config.body_pt:
            self._squeeze(run)
        self._fonts(run._r.get_or_add_rPr(), font)  # noqa: SLF001  python-docx sets the Latin font only
        return run

    def _squeeze(self, run: Any) -> None:
        """Set the pitch of characters, so that as many of the body as there are to be stand in a line."""
        config = self.config
        pitch = config.width_mm * PER_MM / config.characters - config.body_pt * TWIPS
        spacing = OxmlElement("w:spacing")
        spacing.set(qn("w:val"), str(math.floor(pitch)))
        run._r.get_or_add_rPr().append(spacing)  # noqa: SLF001  python-docx has no name for it

    def _fonts(self, properties: Any, font: str) -> None:
        fonts = properties.find(qn("w:rFonts"))
        if fonts is None:
            fonts = OxmlElement("w:rFonts")
            properties.insert(0, fonts)
        for script in ("ascii", "hAnsi", "cs"):
            fonts.set(qn(f"w:{script}"), self.config.latin_font)
        fonts.set(qn("w:eastAsia"), font)

    def _table(self, block: Rows) -> None:
        config = self.config
        table = self.document.add_table(rows=0, cols=len(block.headers), style="Table Grid")
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        whole = sum(block.widths)
        for number, row in enumerate((block.headers, *block.rows)):
            cells = table.add_row().cells
            for cell, text, width in zip(cells, row, block.widths, strict=True):
                cell.width = Mm(config.width_mm * width / whole)
                line = cell.paragraphs[0]
                line.alignment = ALIGN.CENTER
                line.paragraph_format.line_spacing = Pt(config.line_pt * 0.8)
                self._run(line, text, config.body_font if number else config.heading_font, config.page_number_pt)
        self._repeat(table.rows[0])

    @staticmethod
    def _repeat(row: Any) -> None:
        """Have the header stand on every page that the table reaches."""
        properties = row._tr.get_or_add_trPr()  # noqa: SLF001  python-docx has no name for it
        properties.append(OxmlElement("w:tblHeader"))

    def content(self) -> bytes:
        """Return the bytes, without anything of the time of making."""
        properties = self.document.core_properties
        properties.created = properties.modified = CREATED
        properties.author, properties.last_modified_by = self.config.issuer or "dualcert", "dualcert"
        made, fixed = BytesIO(), BytesIO()
        self.document.save(made)
        with zipfile.ZipFile(made) as old, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as new:
            for member in old.infolist():
                new.writestr(zipfile.ZipInfo(member.filename, ZIP_TIME), old.read(member), zipfile.ZIP_DEFLATED)
        return fixed.getvalue()
