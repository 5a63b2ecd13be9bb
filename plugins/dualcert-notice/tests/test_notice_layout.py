"""The layout of the file is that of GB/T 9704-2012, and every figure of it can be set."""

from __future__ import annotations

import pytest
from dualcert_notice import Bulletin, CityReminder, GateNotice, NoticeConfig
from dualcert_notice.docx import as_docx
from dualcert_notice.paper import Heading, Paragraph, Rows, numbered
from notice_docx import W, footers, line, lines, part, parts, relation, rows, runs, text, value
from notice_papers import paper

from dualcert.reporting.configuration import typed

TWIPS = 1440 / 25.4
"""To a millimetre."""

ORDER = {
    "pPr": ["pStyle", "keepNext", "keepLines", "pageBreakBefore", "widowControl", "snapToGrid", "spacing", "ind", "jc", "rPr"],
    "rPr": ["rStyle", "rFonts", "b", "bCs", "i", "iCs", "caps", "color", "spacing", "kern", "sz", "szCs", "u", "lang"],
    "tblPr": ["tblStyle", "tblW", "jc", "tblBorders", "tblLayout", "tblLook"],
    "tcPr": ["tcW"],
    "trPr": ["tblHeader"],
    "sectPr": ["footerReference", "pgSz", "pgMar", "cols", "docGrid"],
}  # fmt: skip
"""Of what the schema of WordprocessingML puts into sequences, what stands here, in its order."""


def docx(*blocks, **config):
    return as_docx(paper(*blocks), NoticeConfig(**config))


@pytest.fixture(scope="module")
def bulletin(year):
    config = NoticeConfig(issuer="省委农办", number="晋农组办〔2023〕8号")
    (content,) = year.made(Bulletin(), config).values()
    return content


def fonts(run):
    return {name.removeprefix(W): named for name, named in run.find(f"{W}rPr/{W}rFonts").attrib.items()}


def set_as(content, said):
    """Return font and size in points of a line."""
    (run,) = runs(line(content, said))
    return fonts(run)["eastAsia"], int(value(run, "rPr/sz")) / 2


def mm(element, path, name):
    return float(value(element, path, name)) / TWIPS


def test_the_page_is_a4_with_the_margins_of_the_standard(bulletin):
    body = part(bulletin).find(f"{W}body")

    assert mm(body, "sectPr/pgSz", "w") == pytest.approx(210, abs=0.02)
    assert mm(body, "sectPr/pgSz", "h") == pytest.approx(297, abs=0.02)
    assert mm(body, "sectPr/pgMar", "top") == pytest.approx(37, abs=0.02)
    assert mm(body, "sectPr/pgMar", "left") == pytest.approx(28, abs=0.02)
    assert value(body, "sectPr/pgMar", "gutter") == "0"


def area(content):
    """Return width and height of the type area in twips."""
    section = part(content).find(f"{W}body/{W}sectPr")
    page, margins = section.find(f"{W}pgSz"), section.find(f"{W}pgMar")
    width = int(page.get(f"{W}w")) - int(margins.get(f"{W}left")) - int(margins.get(f"{W}right"))
    return width, int(page.get(f"{W}h")) - int(margins.get(f"{W}top")) - int(margins.get(f"{W}bottom"))


def test_the_type_area_is_156_by_225(bulletin):
    width, height = area(bulletin)

    assert (width / TWIPS, height / TWIPS) == pytest.approx((156, 225), abs=0.05)


def grid(content):
    """Return how many lines the grid of the page has."""
    section = part(content).find(f"{W}body/{W}sectPr")
    assert value(section, "docGrid", "type") == "lines"
    return area(content)[1] // int(value(section, "docGrid", "linePitch"))


def test_the_grid_has_22_lines(bulletin):
    assert grid(bulletin) == 22


def test_every_line_has_the_same_exact_pitch(bulletin):
    pitches = {(value(each, "pPr/spacing", "lineRule"), value(each, "pPr/spacing", "line")) for each in lines(bulletin)}

    assert pitches == {("exact", "579")}


def test_title_text_and_headings_have_their_fonts_and_sizes(bulletin):
    assert set_as(bulletin, "关于2023年12月") == ("方正小标宋简体", 22)
    assert set_as(bulletin, "各市农业农村局：") == ("仿宋_GB2312", 16)
    assert set_as(bulletin, "截至2023年12月31日，全省") == ("仿宋_GB2312", 16)
    assert set_as(bulletin, "一、总体情况") == ("黑体", 16)
    assert set_as(bulletin, "晋农组办〔2023〕8号") == ("仿宋_GB2312", 16)
    assert set_as(docx(Heading("（一）基层", level=2)), "（一）基层") == ("楷体_GB2312", 16)


def test_title_and_number_stand_in_the_middle_issuer_and_date_on_the_right(bulletin):
    at = {text(each): value(each, "pPr/jc") for each in lines(bulletin) if text(each)}

    assert at["晋农组办〔2023〕8号"] == at["关于2023年12月农产品质检机构“双认证”工作进展情况的通报"] == "center"
    assert at["省委农办"] == at["2023年12月31日"] == "right"


def test_a_paragraph_begins_two_characters_in(bulletin):
    for said in ("现将山西省", "一、总体情况"):
        assert value(line(bulletin, said), "pPr/ind", "firstLineChars") == "200"
    assert value(line(bulletin, "各市农业农村局："), "pPr/ind", "firstLineChars") is None


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_run_names_its_chinese_and_its_latin_font(year, language):
    for reporter in (Bulletin(), GateNotice(), CityReminder()):
        for content in year.made(reporter, language=language).values():
            for run in runs(part(content)):
                named = fonts(run)
                assert set(named) - {"hint"} == {"eastAsia", "ascii", "hAnsi", "cs"}
                assert "" not in named.values()


def test_what_is_of_either_script_is_chinese_in_a_chinese_document(bulletin, year):
    (english,) = year.made(Bulletin(), language="en").values()

    assert {fonts(run).get("hint") for run in runs(part(bulletin))} == {"eastAsia"}
    assert {fonts(run).get("hint") for run in runs(part(english))} == {None}
    languages = [*part(bulletin, "word/styles.xml").iter(f"{W}lang")]
    languages += part(bulletin, "word/settings.xml").iter(f"{W}themeFontLang")
    assert {each.get(f"{W}eastAsia") for each in languages} == {"zh-CN"}


def test_pages_are_numbered_between_dashes_outside(bulletin):
    told = footers(bulletin)

    assert part(bulletin, "word/settings.xml").find(f"{W}evenAndOddHeaders") is not None
    assert {kind: value(each, "p/pPr/jc") for kind, each in told.items()} == {"default": "right", "even": "left"}
    for footer in told.values():
        before, number, after = runs(footer)
        assert (text(before), number.findtext(f"{W}instrText"), text(after)) == ("— ", "PAGE", " —")
        for run in (before, number, after):
            assert value(run, "rPr/sz") == "28"
            assert set(fonts(run).values()) == {"宋体", "eastAsia"}, "the digits, too"


def test_a_table_fills_the_type_area_and_repeats_its_header():
    content = docx(Rows(("a", "b"), (("1", "2"),), (1, 3)))

    widths = [int(each.get(f"{W}w")) / TWIPS for each in part(content).iter(f"{W}gridCol")]
    assert widths == pytest.approx([39, 117], abs=0.05)
    assert [int(each.get(f"{W}w")) / TWIPS for each in part(content).iter(f"{W}tcW")] == pytest.approx(
        widths * 2, abs=0.05
    )
    header, row = part(content).iter(f"{W}tr")
    assert [each.find(f"{W}trPr/{W}tblHeader") is not None for each in (header, row)] == [True, False]
    assert rows(content) == [("a", "b"), ("1", "2")]


def test_elements_stand_in_the_order_of_the_schema(year):
    for reporter in (Bulletin(), GateNotice(), CityReminder()):
        content = next(iter(year.made(reporter).values()))
        (normal,) = part(content, "word/styles.xml").findall(f"{W}style[@{W}styleId='Normal']")
        for tree in (part(content), *footers(content).values(), normal):
            for name, order in ORDER.items():
                for element in tree.iter(f"{W}{name}"):
                    places = [order.index(each.tag.removeprefix(W)) for each in element]
                    assert places == sorted(places), [each.tag.removeprefix(W) for each in element]


def test_headings_stay_with_their_text_and_the_date_with_the_end_of_it(bulletin):
    kept = [text(each) for each in lines(bulletin) if each.find(f"{W}pPr/{W}keepNext") is not None]

    assert [each[:2] for each in kept if each] == ["一、", "二、", "三、", "四、", "请各", "省委", "20"]


def test_parts_are_numbered_in_chinese_as_far_as_they_go():
    said = [numbered("zh", nth, "")[:-1] for nth in (1, 9, 10, 11, 15, 20, 21)]

    assert said == ["一", "九", "十", "十一", "十五", "二十", "二十一"]
    assert numbered("en", 11, "gate") == "11. gate"


def test_the_document_carries_no_program_and_names_no_file_elsewhere(bulletin):
    members = parts(bulletin)

    assert not [name for name in members if "vba" in name.lower() or "embed" in name.lower()]
    for name in members:
        if name.endswith(".rels"):
            assert not [each for each in part(bulletin, name) if each.get("TargetMode") == "External"], name
    assert members["docProps/core.xml"].count(b"<dc:creator>") == 1
    assert "<dc:creator>省委农办</dc:creator>" in members["docProps/core.xml"].decode()


def test_every_part_that_is_related_is_there(bulletin):
    related = part(bulletin, "word/_rels/document.xml.rels")
    referred = {relation(each) for each in part(bulletin).iter(f"{W}footerReference")}

    assert referred <= {each.get("Id") for each in related}
    assert {f"word/{each.get('Target')}" for each in related if ".." not in each.get("Target")} <= parts(
        bulletin
    ).keys()


@pytest.mark.parametrize(
    ("table", "path", "name", "expected"),
    [
        ({"top_mm": 40.0}, "body/sectPr/pgMar", "top", "2268"),
        ({"left_mm": 30.0}, "body/sectPr/pgMar", "left", "1701"),
        ({"width_mm": 150.0}, "body/sectPr/pgMar", "right", "1814"),
        ({"height_mm": 220.0}, "body/sectPr/pgMar", "bottom", "2268"),
        ({"lines": 20}, "body/sectPr/docGrid", "linePitch", "637"),
        ({"lines": 20}, "body/p/pPr/spacing", "line", "637"),
        ({"line_pt": 30.0}, "body/p/pPr/spacing", "line", "600"),
        ({"title_pt": 24.0}, "body/p/r/rPr/sz", "val", "48"),
        ({"title_font": "华文中宋"}, "body/p/r/rPr/rFonts", "eastAsia", "华文中宋"),
        ({"latin_font": "仿宋"}, "body/p/r/rPr/rFonts", "ascii", "仿宋"),
    ],
)
def test_each_figure_can_be_set(table, path, name, expected):
    config = typed("reporter.bulletin", table, NoticeConfig)

    assert value(part(as_docx(paper(), config)), path, name) == expected


def test_fonts_and_sizes_of_the_text_can_be_set():
    content = docx(
        Heading("甲"), Heading("乙", level=2), Paragraph("丙"),
        body_font="仿宋", heading_font="黑", subheading_font="楷", body_pt=15.0, page_number_pt=12.0, number_font="宋",
    )  # fmt: skip

    assert [set_as(content, said) for said in "甲乙丙"] == [("黑", 15), ("楷", 15), ("仿宋", 15)]
    footer = footers(content)["even"]
    assert {(fonts(run)["ascii"], value(run, "rPr/sz")) for run in runs(footer)} == {("宋", "24")}
