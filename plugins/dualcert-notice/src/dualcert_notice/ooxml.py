"""Elements of WordprocessingML: runs and paragraphs of named styles, and shapes at a place on the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from attrs import frozen
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn

EMU_PER_MM = 36_000
NAMESPACES = (
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
ANCHORED = """
<w:r {namespaces}><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>
<wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="{id}" behindDoc="0" locked="0"
 layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>
<wp:positionH relativeFrom="page"><wp:posOffset>{x}</wp:posOffset></wp:positionH>
<wp:positionV relativeFrom="page"><wp:posOffset>{y}</wp:posOffset></wp:positionV>
<wp:extent cx="{width}" cy="{height}"/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapNone/>
<wp:docPr id="{id}" name="{name}"/><wp:cNvGraphicFramePr/>
<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp>
<wps:cNvSpPr{text_box}/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>
<a:prstGeom prst="{shape}"><a:avLst/></a:prstGeom>{look}</wps:spPr>{content}</wps:wsp></a:graphicData></a:graphic>
</wp:anchor></w:drawing></mc:Choice></mc:AlternateContent></w:r>
"""
LINE = '<a:ln w="{weight}"><a:solidFill><a:srgbClr val="{colour}"/></a:solidFill></a:ln>'
BOX = (
    '<wps:txbx><w:txbxContent/></wps:txbx><wps:bodyPr lIns="0" tIns="0" rIns="0" bIns="0" anchor="{anchor}"><a:noAutofit/>'
    "</wps:bodyPr>"
)


def el(name: str, *children: Any, **attributes: object) -> Any:
    """Return the element w:*name* with these children and attributes."""
    element = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), str(value))
    element.extend(each for each in children if each is not None)
    return element


@frozen
class Place:
    """A rectangle on the page, in millimetres from its upper left."""

    left: float
    top: float
    width: float
    height: float


def text_box(number: int, name: str, place: Place, paragraphs: Iterable[Any], anchor: str = "t") -> Any:
    """Return a run with a box of text; *anchor* tells whether the text stands at its top (t) or bottom (b)."""
    run = _anchored(number, name, place, "rect", "<a:noFill/><a:ln><a:noFill/></a:ln>", BOX.format(anchor=anchor))
    (content,) = run.iter(qn("w:txbxContent"))
    content.extend(paragraphs)
    return run


def ruled(number: int, name: str, place: Place, weight: float, colour: str) -> Any:
    """Return a run with a line of *weight* points."""
    return _anchored(
        number, name, place, "line", LINE.format(weight=round(weight * 12_700), colour=colour), "<wps:bodyPr/>"
    )


def _anchored(number: int, name: str, place: Place, shape: str, look: str, content: str) -> Any:
    x, y, width, height = (
        round(each * EMU_PER_MM) for each in (place.left, place.top, place.width, place.height)
    )  # fmt: skip
    return parse_xml(
        ANCHORED.format(
            namespaces=NAMESPACES, id=number, name=name, x=x, y=y, width=width, height=height, shape=shape, look=look,
            content=content, text_box=' txBox="1"' if "txbx" in content else "",
        )
    )  # fmt: skip


def run(text: str, *, style: str = "", chinese: bool = True) -> Any:
    """Return a run of text; its line breaks are kept. In Chinese, “” and — are Chinese, which Word has to be told."""
    properties = el(
        "rPr",
        el("rStyle", val=style) if style else None,
        el("rFonts", hint="eastAsia") if chinese else None,
    )
    made = el("r", properties if len(properties) else None)
    for nth, line in enumerate(text.split("\n")):
        if nth:
            made.append(el("br"))
        said = el("t")
        said.text = line
        said.set(qn("xml:space"), "preserve")
        made.append(said)
    return made


def page_field(*, chinese: bool) -> Any:
    """Return a run with the number of the page."""
    made = el("r", el("rPr", el("rFonts", hint="eastAsia")) if chinese else None)
    instruction = el("instrText")
    instruction.text = "PAGE"
    made.extend([el("fldChar", fldCharType="begin"), instruction, el("fldChar", fldCharType="end")])
    return made


def paragraph(style: str, runs: Sequence[Any], *direct: Any) -> Any:
    """Return a paragraph of a named style; *direct* are properties of its own, in the order of the schema."""
    return el("p", el("pPr", el("pStyle", val=style), *direct), *runs)
