"""The layout of the file is that of GB/T 9704-2012, by named styles, and every figure of it can be set."""

from __future__ import annotations

import pytest
from attrs import evolve
from dualcert_notice import Bulletin, CityReminder, GateNotice, NoticeConfig
from dualcert_notice.docx import as_docx
from dualcert_notice.paper import Heading, Paragraph, Rows
from notice_docx import W, footers, line, lines, own, part, parts, relation, rows, runs, style, styles, text, value
from notice_papers import COMPLETE, paper

from dualcert.reporting.configuration import typed

TWIPS = 1440 / 25.4
"""To a millimetre."""

ORDER = {
    "pPr": ["pStyle", "keepNext", "keepLines", "pageBreakBefore", "widowControl", "pBdr", "tabs", "overflowPunct", "autoSpaceDE",
            "autoSpaceDN", "snapToGrid", "spacing", "ind", "jc", "outlineLvl", "rPr"],
    "rPr": ["rStyle", "rFonts", "b", "bCs", "i", "iCs", "caps", "color", "spacing", "kern", "sz", "szCs", "u", "shd", "lang"],
    "style": ["name", "basedOn", "qFormat", "pPr", "rPr"],
    "tblPr": ["tblStyle", "tblW", "jc", "tblBorders", "tblLayout", "tblCellMar", "tblLook"],
    "tcPr": ["tcW", "vAlign"],
    "trPr": ["cantSplit", "tblHeader"],
    "sectPr": ["footerReference", "pgSz", "pgMar", "cols", "titlePg", "docGrid"],
}  # fmt: skip
"""Of what the schema of WordprocessingML puts into sequences, what stands here, in its order."""


def docx(*blocks, **config):
    return as_docx(paper(*blocks), NoticeConfig(**config))


@pytest.fixture(scope="module")
def bulletin(year):
    (content,) = year.made(Bulletin(), COMPLETE).values()
    return content


def set_as(content, said):
    """Return the Chinese font and the size in points of a line's style."""
    named = style(content, said)
    return value(named, "rPr/rFonts", "eastAsia"), int(value(named, "rPr/sz")) / 2


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


def test_the_type_area_is_156_by_225_with_22_lines(bulletin):
    width, height = area(bulletin)
    section = part(bulletin).find(f"{W}body/{W}sectPr")

    assert (width / TWIPS, height / TWIPS) == pytest.approx((156, 225), abs=0.05)
    assert value(section, "docGrid", "type") == "lines"
    assert height // int(value(section, "docGrid", "linePitch")) == 22


def test_every_line_of_the_text_has_the_same_exact_pitch(bulletin):
    for said in ("各市农业农村局", "一、总体情况", "现将全省", "2023年12月31日", "晋农发"):
        named = style(bulletin, said)
        assert (value(named, "pPr/spacing", "lineRule"), value(named, "pPr/spacing", "line")) == ("exact", "579")


@pytest.mark.parametrize(
    ("said", "font", "size"),
    [
        ("关于2023年12月", "方正小标宋简体", 22),
        ("晋农发〔2023〕8号", "仿宋_GB2312", 16),
        ("各市农业农村局：", "仿宋_GB2312", 16),
        ("现将全省", "仿宋_GB2312", 16),
        ("一、总体情况", "黑体", 16),
        ("2023年12月31日", "仿宋_GB2312", 16),
    ],
)
def test_each_element_has_its_font_and_size(bulletin, said, font, size):
    assert set_as(bulletin, said) == (font, size)


def test_headings_of_the_second_level_are_set_in_kaiti(bulletin):
    (led,) = (each for each in part(bulletin).iter(f"{W}r") if text(each).startswith("（一）"))

    assert value(styles(bulletin)[value(led, "rPr/rStyle")], "rPr/rFonts", "eastAsia") == "楷体_GB2312"
    assert set_as(docx(Heading("（一）基层", level=2)), "（一）基层") == ("楷体_GB2312", 16)


def test_the_head_is_red(bulletin):
    assert value(style(bulletin, "山西省农业农村厅文件"), "rPr/color") == "FF0000"
    assert value(style(bulletin, "晋农发"), "pPr/pBdr/bottom", "color") == "FF0000"


def test_each_element_stands_on_its_side(bulletin):
    sides = {own(each): value(styles(bulletin)[value(each, "pPr/pStyle")], "pPr/jc") for each in lines(bulletin)}

    assert sides["山西省农业农村厅文件"] == sides["晋农发〔2023〕8号"] == "center"
    assert sides["各市农业农村局："] == "left"
    assert sides["山西省农业农村厅"] == sides["2023年12月31日"] == "center", "each over the other"


def test_a_paragraph_begins_two_characters_in(bulletin):
    for said in ("现将全省", "一、总体情况"):
        assert value(style(bulletin, said), "pPr/ind", "firstLineChars") == "200"
    assert value(style(bulletin, "各市农业农村局："), "pPr/ind", "firstLineChars") is None


def test_all_looks_are_in_named_styles_so_that_a_paper_can_be_restyled(year):
    for reporter in (Bulletin(), GateNotice(), CityReminder()):
        for content in year.made(reporter, COMPLETE).values():
            for paragraph in part(content).iter(f"{W}p"):
                assert value(paragraph, "pPr/pStyle", "val").startswith("Gw")
            for run in runs(part(content)):
                looks = {each.tag.removeprefix(W) for each in run.findall(f"{W}rPr/*")}
                assert looks <= {"rStyle", "rFonts"}
                fonts = run.find(f"{W}rPr/{W}rFonts")
                assert fonts is None or list(fonts.attrib) == [f"{W}hint"]


def test_every_style_names_its_chinese_and_its_latin_font(bulletin):
    ours = {
        id_: each
        for id_, each in styles(bulletin).items()
        if id_.startswith("Gw") and each.get(f"{W}type") == "paragraph"
    }

    assert len(ours) > 15
    for named in ours.values():
        fonts = named.find(f"{W}rPr/{W}rFonts").attrib
        assert {name.removeprefix(W) for name in fonts} == {"eastAsia", "ascii", "hAnsi", "cs", "hint"}
        assert "" not in fonts.values()


def test_a_document_is_navigated_by_its_headings(bulletin):
    levels = {
        own(each): value(styles(bulletin)[value(each, "pPr/pStyle")], "pPr/outlineLvl") for each in lines(bulletin)
    }

    assert [said for said, level in levels.items() if level == "0"] == [
        "一、总体情况", "二、各市情况", "三、存在的问题", "四、下一步工作要求", "未取得“双认证”的检测机构名单",
    ]  # fmt: skip


def test_what_is_of_either_script_is_chinese_in_a_chinese_document(bulletin, year):
    (english,) = year.made(Bulletin(), COMPLETE, language="en").values()

    assert {value(run, "rPr/rFonts", "hint") for run in runs(part(bulletin))} == {"eastAsia"}
    assert {value(run, "rPr/rFonts", "hint") for run in runs(part(english))} == {None}
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
        named = styles(bulletin)[value(footer, "p/pPr/pStyle")]
        assert value(named, "rPr/sz") == "28"
        assert set(named.find(f"{W}rPr/{W}rFonts").attrib.values()) == {"宋体", "eastAsia"}, "the digits, too"


def test_the_first_page_of_a_letter_has_no_number(year):
    content = next(iter(year.made(CityReminder(), COMPLETE).values()))

    assert part(content).find(f"{W}body/{W}sectPr/{W}titlePg") is not None
    assert text(footers(content)["first"]) == ""


def test_a_table_fills_the_type_area_repeats_its_header_and_splits_no_row():
    content = docx(Rows(("a", "b"), (("1", "2"),), (1, 3)))

    widths = [int(each.get(f"{W}w")) / TWIPS for each in part(content).iter(f"{W}gridCol")]
    assert widths == pytest.approx([39, 117], abs=0.05)
    cells = [int(each.get(f"{W}w")) / TWIPS for each in part(content).iter(f"{W}tcW")]
    assert cells == pytest.approx(widths * 2, abs=0.05)
    header, row = part(content).iter(f"{W}tr")
    assert [each.find(f"{W}trPr/{W}tblHeader") is not None for each in (header, row)] == [True, False]
    assert all(each.find(f"{W}trPr/{W}cantSplit") is not None for each in (header, row))
    assert rows(content) == [("a", "b"), ("1", "2")]


def test_elements_stand_in_the_order_of_the_schema(year):
    for reporter in (Bulletin(), GateNotice(), CityReminder()):
        content = next(iter(year.made(reporter).values()))
        ours = [each for id_, each in styles(content).items() if id_.startswith("Gw")]
        for tree in (part(content), *footers(content).values(), *ours):
            for name, order in ORDER.items():
                for element in tree.iter(f"{W}{name}"):
                    places = [order.index(each.tag.removeprefix(W)) for each in element]
                    assert places == sorted(places), [each.tag.removeprefix(W) for each in element]


def kept(content, paragraph):
    """Return whether a paragraph stays on the page of what follows it."""
    one = paragraph.find(f"{W}pPr/{W}keepNext")
    if one is not None:
        return one.get(f"{W}val") != "0"
    return styles(content)[value(paragraph, "pPr/pStyle")].find(f"{W}pPr/{W}keepNext") is not None


def test_headings_stay_with_their_text_and_the_signature_with_the_end_of_it(bulletin):
    told = [own(each)[:2] for each in lines(bulletin) if own(each) and kept(bulletin, each)]

    assert told == ["关于", "一、", "二、", "表1", "三、", "四、", "请各", "附件", "山西", "附件", "未取"]


def test_the_document_carries_no_program_and_names_no_file_elsewhere(bulletin):
    members = parts(bulletin)

    assert not [name for name in members if "vba" in name.lower() or "embed" in name.lower()]
    for name in members:
        if name.endswith(".rels"):
            assert not [each for each in part(bulletin, name) if each.get("TargetMode") == "External"], name
    assert "<dc:creator>山西省农业农村厅</dc:creator>" in members["docProps/core.xml"].decode()


def test_every_part_that_is_related_is_there(bulletin):
    related = part(bulletin, "word/_rels/document.xml.rels")
    referred = {relation(each) for each in part(bulletin).iter(f"{W}footerReference")}
    targets = {f"word/{each.get('Target')}" for each in related if ".." not in each.get("Target")}

    assert referred <= {each.get("Id") for each in related}
    assert targets <= parts(bulletin).keys()


@pytest.mark.parametrize(
    ("table", "path", "name", "expected"),
    [
        ({"top_mm": 40.0}, "body/sectPr/pgMar", "top", "2268"),
        ({"left_mm": 30.0}, "body/sectPr/pgMar", "left", "1701"),
        ({"width_mm": 150.0}, "body/sectPr/pgMar", "right", "1814"),
        ({"height_mm": 220.0}, "body/sectPr/pgMar", "bottom", "2268"),
        ({"lines": 20}, "body/sectPr/docGrid", "linePitch", "637"),
    ],
)
def test_each_figure_of_the_page_can_be_set(table, path, name, expected):
    config = typed("reporter.bulletin", table, NoticeConfig)

    assert value(part(as_docx(paper(), config)), path, name) == expected


@pytest.mark.parametrize(
    ("table", "id_", "path", "name", "expected"),
    [
        ({"lines": 20}, "GwBody", "pPr/spacing", "line", "637"),
        ({"line_pt": 30.0}, "GwBody", "pPr/spacing", "line", "600"),
        ({"title_pt": 24.0}, "GwTitle", "rPr/sz", "val", "48"),
        ({"title_font": "华文中宋"}, "GwTitle", "rPr/rFonts", "eastAsia", "华文中宋"),
        ({"latin_font": "仿宋"}, "GwBody", "rPr/rFonts", "ascii", "仿宋"),
        ({"heading_font": "黑"}, "GwHeading1", "rPr/rFonts", "eastAsia", "黑"),
        ({"subheading_font": "楷"}, "GwHeading2", "rPr/rFonts", "eastAsia", "楷"),
        ({"body_pt": 15.0}, "GwBody", "rPr/sz", "val", "30"),
        ({"page_number_pt": 12.0, "number_font": "宋"}, "GwPage", "rPr/rFonts", "ascii", "宋"),
        ({"small_pt": 12.0}, "GwImprint", "rPr/sz", "val", "24"),
        ({"mark_pt": 30.0}, "GwMark", "rPr/sz", "val", "60"),
        ({"red": "CC0000"}, "GwMark", "rPr/color", "val", "CC0000"),
    ],
)
def test_each_figure_of_the_text_can_be_set(table, id_, path, name, expected):
    config = typed("reporter.bulletin", table, NoticeConfig)

    assert value(styles(as_docx(paper(), config))[id_], path, name) == expected


def test_a_long_name_of_an_issuer_has_smaller_characters_and_one_line():
    name = "中共山西省委农村工作领导小组办公室文件"
    content = as_docx(paper(mark=name), NoticeConfig())

    assert int(value(style(content, name), "rPr/sz")) / 2 * len(name) <= 156 * 72 / 25.4


def test_of_a_paper_that_goes_upward_the_one_who_signed_stands_beside_the_number(year):
    (content,) = year.made(Bulletin(), evolve(COMPLETE, signer="王建国")).values()
    number = line(content, "晋农发")

    assert own(number) == "晋农发〔2023〕8号签发人：王建国"
    assert value(number, "pPr/jc") == "left"
    assert (value(number, "pPr/ind", "left"), value(number, "pPr/ind", "right")) == ("320", "320"), "a character in"


def test_what_is_open_is_marked():
    content = as_docx(paper(Paragraph("于【×】前"), placeholders=("【×】",)), NoticeConfig())
    marked = [text(run) for run in part(content).iter(f"{W}r") if value(run, "rPr/rStyle") == "GwOpen"]

    assert marked == ["【×】"]
    assert value(styles(content)["GwOpen"], "rPr/shd", "fill") == "FFFF00"
