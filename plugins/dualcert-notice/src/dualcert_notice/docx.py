"""Writes a paper as .docx in the layout of GB/T 9704-2012.

Every run names its East Asian font as well as its Latin font, because Word would use the Latin one for Chinese text.
The times in the archive and in the document's properties are constants, so that equal papers give equal bytes.
"""

from __future__ import annotations

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

from dualcert_notice import TWIPS, NoticeConfig
from dualcert_notice.paper import Heading, Paper, Paragraph, Rows

PAGE_MM = (210.0, 297.0)
"""A4."""
CREATED = datetime(2000, 1, 1, tzinfo=UTC)
ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def as_docx(paper: Paper, config: NoticeConfig) -> bytes:
    """Return *paper* as the bytes of a .docx."""
    writer = _Writer(Document(), config, paper.language)
    writer.page()
    writer.head(paper)
    for block in paper.blocks:
        writer.block(block)
    writer.foot(paper)
    return writer.content(paper)


@frozen
class _Writer:
    document: Any
    config: NoticeConfig
    language: str

    def page(self) -> None:
        """Set the paper's size, margins, grid and page numbers."""
        config, section = self.config, self.document.sections[0]
        section.start_type = WD_SECTION.NEW_PAGE
        width, height = PAGE_MM
        section.page_width, section.page_height = Mm(width), Mm(height)
        section.top_margin, section.left_margin = Mm(config.top_mm), Mm(config.left_mm)
        section.right_margin = Mm(width - config.left_mm - config.width_mm)
        section.bottom_margin = Mm(height - config.top_mm - config.height_mm)
        grid = OxmlElement("w:docGrid")
        grid.set(qn("w:type"), "lines")  # programs disagree on grids of characters, so `_track` sets their pitch
        grid.set(qn("w:linePitch"), str(round(config.pitch * TWIPS)))
        for old in section._sectPr.findall(qn("w:docGrid")):  # noqa: SLF001  python-docx has no public name for it
            section._sectPr.remove(old)  # noqa: SLF001
        section._sectPr.append(grid)  # noqa: SLF001
        style = self.document.styles["Normal"]
        style.font.size = Pt(config.body_pt)
        self._fonts(style.element.get_or_add_rPr(), config.body_font)
        style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
        style.paragraph_format.widow_control = (
            False  # every page is filled, even if it ends with the first line of a paragraph
        )
        snap = OxmlElement("w:snapToGrid")
        snap.set(qn("w:val"), "0")  # lines have an exact pitch; on the grid LibreOffice would give a title two lines
        style.element.pPr.spacing.addprevious(snap)
        self._speak_chinese()
        self._page_numbers(section)

    def _speak_chinese(self) -> None:
        """Set the East Asian language to Chinese; in the template of python-docx it is Japanese."""
        for part, name in ((self.document.styles, "w:lang"), (self.document.settings, "w:themeFontLang")):
            for language in part.element.iter(qn(name)):
                language.set(qn("w:eastAsia"), "zh-CN")

    def _page_numbers(self, section: Any) -> None:
        """Write page numbers between dashes, on the right of odd pages and on the left of even ones."""
        self.document.settings.odd_and_even_pages_header_footer = True
        size, font = self.config.page_number_pt, self.config.number_font
        pitch = Pt(size * 1.2)
        section.footer_distance = section.bottom_margin - Mm(self.config.page_number_mm) - pitch // 2
        for footer, align in ((section.footer, ALIGN.RIGHT), (section.even_page_footer, ALIGN.LEFT)):
            footer.is_linked_to_previous = False
            line = footer.paragraphs[0]
            line.alignment = align
            line.paragraph_format.line_spacing = pitch
            line.paragraph_format.right_indent = Pt(size) if align is ALIGN.RIGHT else None
            line.paragraph_format.left_indent = Pt(size) if align is ALIGN.LEFT else None
            for part in ("— ", None, " —"):
                run = self._run(line, part or "", font, size, latin=font)
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
                line = self._line(text, font, config.body_pt, indent=True)
                line.paragraph_format.keep_with_next = True
            case Paragraph(text):
                self._line(text, config.body_font, config.body_pt, ALIGN.JUSTIFY, indent=True)
            case Rows():
                self._table(block)

    def foot(self, paper: Paper) -> None:
        """Write issuer and date on the right, and the basis of the figures; they share a page with the end of the text."""
        config = self.config
        kept = [self.document.paragraphs[-1], self._line("", config.body_font, config.body_pt)]
        for text in filter(None, (config.issuer, paper.dated)):
            kept.append(self._line(text, config.body_font, config.body_pt, ALIGN.RIGHT))
            kept[-1].paragraph_format.right_indent = Pt(config.body_pt * 4)
        kept.append(self._line("", config.body_font, config.body_pt))
        for line in kept:
            line.paragraph_format.keep_with_next = True
        self._line(paper.noted, config.body_font, config.page_number_pt)

    def _line(self, text: str, font: str, size: float, align: ALIGN = ALIGN.LEFT, *, indent: bool = False) -> Any:
        """Write one paragraph with the pitch of lines; *indent* indents its first line by two of its characters."""
        line = self.document.add_paragraph()
        line.alignment = align
        self._pitch(line, size)
        if indent:
            line.paragraph_format.first_line_indent = Pt(2 * size)
            line._p.pPr.ind.set(qn("w:firstLineChars"), "200")  # noqa: SLF001  python-docx counts no characters
        self._run(line, text, font, size)
        return line

    def _pitch(self, line: Any, size: float) -> None:
        line.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        line.paragraph_format.line_spacing = Pt(max(self.config.pitch, size * 1.3))

    def _run(self, line: Any, text: str, font: str, size: float, latin: str | None = None) -> Any:
        """Write one run; its properties have the order of the schema, because Word reports any other as damage."""
        run = line.add_run(text)
        properties = run._r.get_or_add_rPr()  # noqa: SLF001  python-docx sets the Latin font only
        self._fonts(properties, font, latin)
        if size == self.config.body_pt:
            self._track(properties)
        run.font.size = Pt(size)
        return run

    def _track(self, properties: Any) -> None:
        """Set the pitch of characters so that a line of the body has the configured number of them."""
        spacing = OxmlElement("w:spacing")
        spacing.set(qn("w:val"), str(round(self.config.tracking * TWIPS)))
        properties.append(spacing)

    def _fonts(self, properties: Any, font: str, latin: str | None = None) -> None:
        fonts = properties.find(qn("w:rFonts"))
        if fonts is None:
            fonts = OxmlElement("w:rFonts")
            properties.insert(0, fonts)
        for script in ("ascii", "hAnsi", "cs"):
            fonts.set(qn(f"w:{script}"), latin or self.config.latin_font)
        fonts.set(qn("w:eastAsia"), font)
        if self.language == "zh":
            fonts.set(qn("w:hint"), "eastAsia")  # “” and — belong to both scripts; this makes them Chinese

    def _table(self, block: Rows) -> None:
        config = self.config
        table = self.document.add_table(rows=0, cols=len(block.headers), style="Table Grid")
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        widths = [Mm(config.width_mm * part / sum(block.widths)) for part in block.widths]
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        for number, row in enumerate((block.headers, *block.rows)):
            cells = table.add_row().cells
            for cell, text, width in zip(cells, row, widths, strict=True):
                cell.width = width
                line = cell.paragraphs[0]
                line.alignment = ALIGN.CENTER
                line.paragraph_format.line_spacing = Pt(config.pitch * 0.8)
                self._run(line, text, config.body_font if number else config.heading_font, config.page_number_pt)
        self._repeat(table.rows[0])

    @staticmethod
    def _repeat(row: Any) -> None:
        """Repeat the header on every page of the table."""
        properties = row._tr.get_or_add_trPr()  # noqa: SLF001  python-docx has no public name for it
        properties.append(OxmlElement("w:tblHeader"))

    def content(self, paper: Paper) -> bytes:
        """Return the bytes of the document, with fixed times."""
        properties = self.document.core_properties
        properties.created = properties.modified = CREATED
        properties.author, properties.last_modified_by = self.config.issuer or "dualcert", "dualcert"
        properties.title, properties.comments = paper.name, ""
        made, fixed = BytesIO(), BytesIO()
        self.document.save(made)
        with zipfile.ZipFile(made) as old, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as new:
            for member in old.infolist():
                new.writestr(zipfile.ZipInfo(member.filename, ZIP_TIME), old.read(member), zipfile.ZIP_DEFLATED)
        return fixed.getvalue()
