"""The named styles of a paper, so that it can be restyled in WPS or Word; each names its Chinese and its Latin font."""

from __future__ import annotations

from typing import Any

from attrs import evolve, frozen
from docx.oxml.ns import qn

from dualcert_notice.config import TWIPS, NoticeConfig
from dualcert_notice.layout import BASELINE, DOUBLE, above, fitting, mark_of_letter
from dualcert_notice.ooxml import el

BODY, MARK, LETTER_MARK, NUMBER, LETTER_NUMBER, TITLE, ADDRESSEE = (
    "GwBody", "GwMark", "GwLetterMark", "GwNumber", "GwLetterNumber", "GwTitle", "GwAddressee",
)  # fmt: skip
HEADINGS = ("GwHeading1", "GwHeading2")
LEAD, SIGNER, OPEN = "GwLead", "GwSigner", "GwOpen"
CAPTION, CELL, HEADER_CELL, ENCLOSURE, SIGNATURE, NOTE, ANNEX, ANNEX_TITLE, IMPRINT, RULE, PAGE, PLACE = (
    "GwCaption", "GwCell", "GwHeaderCell", "GwEnclosure", "GwSignature", "GwNote", "GwAnnex", "GwAnnexTitle",
    "GwImprint", "GwRule", "GwPage", "GwPlace",
)  # fmt: skip


@frozen(kw_only=True)
class Style:
    """A paragraph style; lengths in points."""

    id: str
    name: str
    font: str
    size: float
    line: float
    align: str = "left"
    before: float = 0.0
    after: float = 0.0
    indent: float = 0.0
    """First line, in characters of its size."""
    sides: tuple[float, float] = (0.0, 0.0)
    level: int | None = None
    """Of the outline, by which a document is navigated."""
    keep: bool = False
    page: bool = False
    """Whether it begins a page."""
    colour: str = ""
    rule: tuple[int, float] | None = None
    """A line below: its weight in eighths of a point, its distance from the text in points."""
    tracked: bool = False
    latin: str = ""


def all_styles(config: NoticeConfig, mark: str) -> list[Style]:
    """Return the styles of a paper with this 发文机关标志."""
    size, pitch, mm = config.body_pt, config.pitch, 72 / 25.4
    marked = fitting(mark, config.mark_pt, config.width_pt)
    _, further = mark_of_letter(mark, config)
    line = marked * 1.2
    body = Style(id=BODY, name="公文正文", font=config.body_font, size=size, line=pitch, tracked=True)
    head = Style(id=MARK, name="公文标志", font=config.title_font, size=marked, line=line, colour=config.red, align="center",
                 before=config.mark_mm * mm - above(marked, line))  # fmt: skip
    down = config.rule_mm * mm - (1 - BASELINE) * pitch + 0.12 * size
    return [
        head,
        evolve(head, id=LETTER_MARK, name="函标志", before=0.0),
        evolve(body, id=NUMBER, name="公文字号", align="center", rule=(12, down),
               before=2 * pitch + marked + above(marked, line) - line),
        evolve(body, id=LETTER_NUMBER, name="函字号", align="right", before=_below_the_line(config, marked + further)),
        *_titles(config),
        evolve(body, id=ADDRESSEE, name="公文主送", before=pitch),
        evolve(body, align="both", indent=2),
        evolve(body, id=HEADINGS[0], name="公文一级标题", indent=2, level=0, keep=True, font=config.heading_font),
        evolve(body, id=HEADINGS[1], name="公文二级标题", indent=2, level=1, keep=True, font=config.subheading_font),
        evolve(body, id=ENCLOSURE, name="公文附件说明"),
        evolve(body, id=SIGNATURE, name="公文署名", align="center", keep=True),
        evolve(body, id=NOTE, name="公文附注", indent=2, tracked=False),
        evolve(body, id=ANNEX, name="公文附件标识", page=True, keep=True, font=config.heading_font),
        evolve(body, id=PLACE, name="公文占位", tracked=False),
        *_small(config),
    ]  # fmt: skip


def _titles(config: NoticeConfig) -> list[Style]:
    pitch = config.pitch
    title = Style(id=TITLE, name="公文标题", font=config.title_font, size=config.title_pt, before=2 * pitch, align="center",
                  line=max(pitch, config.title_pt * 1.3), keep=True)  # fmt: skip
    return [title, evolve(title, id=ANNEX_TITLE, name="公文附件标题", before=pitch, after=pitch / 2, level=0)]


def _small(config: NoticeConfig) -> list[Style]:
    """Return the styles of tables, of the 版记 and of page numbers."""
    small, number = config.small_pt, config.page_number_pt
    cell = Style(
        id=CELL, name="公文表格", font=config.body_font, size=config.table_pt, line=config.pitch * 0.8, align="center"
    )
    return [
        cell,
        evolve(cell, id=HEADER_CELL, name="公文表头", font=config.heading_font, keep=True),
        evolve(cell, id=CAPTION, name="公文表题", font=config.heading_font, line=config.pitch, keep=True),
        Style(
            id=IMPRINT,
            name="公文版记",
            font=config.body_font,
            size=small,
            line=config.pitch * 0.8,
            sides=(small, small),
        ),
        Style(id=RULE, name="公文版记线", font=config.body_font, size=1, line=1),
        Style(
            id=PAGE, name="公文页码", font=config.number_font, size=number, line=number * 1.2, latin=config.number_font
        ),
    ]


def _below_the_line(config: NoticeConfig, marked: float) -> float:
    """Return the distance of a letter's number from the top of the type area: 7/8 of a character below the double line.

    The line is below a 发文机关标志 that is *marked* points high.
    """
    mm = 72 / 25.4
    line = (config.letter_mark_mm + config.rule_mm) * mm + marked + DOUBLE
    return line + config.body_pt * 7 / 8 - above(config.body_pt, config.pitch) - config.top_mm * mm


def paragraph_style(style: Style, config: NoticeConfig, *, chinese: bool) -> Any:
    """Return the element of a style, its properties in the order of the schema."""
    indent = {"left": _twips(style.sides[0]), "right": _twips(style.sides[1])}
    if style.indent:
        indent |= {"firstLineChars": round(style.indent * 100), "firstLine": _twips(style.indent * style.size)}
    properties = el(
        "pPr",
        el("keepNext") if style.keep else None,
        el("pageBreakBefore") if style.page else None,
        el("widowControl", val="0"),
        _ruled(style, config),
        # Word's default; LibreOffice reads it the other way round, and loses what hangs over the end of a justified line
        el("overflowPunct", val="1"),
        el("autoSpaceDE", val="0"),
        el("autoSpaceDN", val="0"),
        el("snapToGrid", val="0"),
        el(
            "spacing", before=_twips(style.before), after=_twips(style.after), line=_twips(style.line), lineRule="exact"
        ),
        el("ind", **indent),
        el("jc", val=style.align),
        el("outlineLvl", val=style.level) if style.level is not None else None,
    )
    latin = style.latin or config.latin_font
    fonts = el("rFonts", ascii=latin, hAnsi=latin, cs=latin, eastAsia=style.font)
    if chinese:
        fonts.set(qn("w:hint"), "eastAsia")
    characters = el(
        "rPr",
        fonts,
        el("color", val=style.colour) if style.colour else None,
        el("spacing", val=_twips(config.tracking)) if style.tracked else None,
        el("sz", val=round(style.size * 2)),
        el("szCs", val=round(style.size * 2)),
    )
    named = (el("name", val=style.name), el("basedOn", val="Normal"), el("qFormat"))
    return el("style", *named, properties, characters, type="paragraph", customStyle="1", styleId=style.id)


def _twips(points: float) -> int:
    return round(points * TWIPS)


def _ruled(style: Style, config: NoticeConfig) -> Any:
    if style.rule is None:
        return None
    weight, distance = style.rule
    return el("pBdr", el("bottom", val="single", sz=weight, space=max(0, min(31, round(distance))), color=config.red))


def character_styles(config: NoticeConfig) -> list[Any]:
    """Return the styles within a line: the heading that begins one, a name of a signer, what is still open."""
    looks: list[tuple[str, str, list[Any]]] = [
        (LEAD, "公文段首标题", [el("rFonts", eastAsia=config.subheading_font)]),
        (SIGNER, "公文签发人", [el("rFonts", eastAsia=config.subheading_font)]),
        (OPEN, "公文待填", [el("b"), el("color", val="C00000"), el("shd", val="clear", color="auto", fill="FFFF00")]),
    ]
    made = []
    for id_, name, properties in looks:
        parts = (el("name", val=name), el("qFormat"), el("rPr", *properties))
        made.append(el("style", *parts, type="character", customStyle="1", styleId=id_))
    return made
