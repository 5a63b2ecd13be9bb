"""The dispatch table 调度表: its figures are those of the books, in two readers and in LibreOffice."""

from __future__ import annotations

import csv
from datetime import date
from io import StringIO

import pytest
from dualcert_spreadsheet import DispatchTable, TableConfig
from dualcert_spreadsheet.words import Words
from spreadsheet_reading import converted, due_of, part, parts, sheets, table, workbook

from dualcert.languages import translator
from dualcert.values.terms import State

WORDS = Words("zh")
CITIES = ["太原市", "大同市", "阳泉市", "长治市", "晋城市", "朔州市", "晋中市", "运城市", "忻州市", "临汾市", "吕梁市"]
GOOD, BAD = "FFC6EFCE", "FFFFC7CE"
SUMMARY = "汇总"
DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"


@pytest.fixture(scope="module")
def content(year):
    (made,) = year.made(DispatchTable()).values()
    return made


@pytest.fixture(scope="module")
def read(content):
    return sheets(content)


@pytest.fixture(scope="module")
def book(content):
    return workbook(content)


@pytest.fixture(scope="module")
def in_libreoffice(content, tmp_path_factory):
    return sheets(converted(content, "ods", tmp_path_factory.mktemp("ods")))


def filled(rows):
    """Return the cells with something in them by row and column; LibreOffice writes 15 digits."""
    return {
        (r, c): round(cell, 14) if isinstance(cell, float) else cell
        for r, row in enumerate(rows)
        for c, cell in enumerate(row)
        if cell != ""
    }


def figures_of(rows):
    """Return the figures of a summary's lines by city, the total's by 合计."""
    return {
        each["市"]: tuple(
            each[name] for name in ("机构数", "CMA", "CATL", "双认证数", "双认证比例", "目标", "是否达标")
        )
        for each in table(rows, "行政区划代码")
    }


def expected(figures):
    return {
        each.name or "合计": (each.labs, each.cma, each.catl, each.dual, pytest.approx(each.dual / each.labs), 0.85,
                            "是" if each.met else "否")
        for each in (*figures.rows, figures.total)
    }  # fmt: skip


def test_it_has_a_summary_and_a_sheet_for_each_city(read):
    assert list(read) == [SUMMARY, *CITIES]


def test_the_figures_are_those_of_ratio(year, read, in_libreoffice):
    figures = expected(year.books().ratio("city"))

    assert figures_of(read[SUMMARY]) == figures
    assert figures_of(in_libreoffice[SUMMARY]) == figures
    assert figures["合计"][:4] == (122, 112, 105, 105)


def test_libreoffice_reads_every_cell_as_it_was_written(read, in_libreoffice):
    assert {name: filled(rows) for name, rows in in_libreoffice.items()} == {
        name: filled(rows) for name, rows in read.items()
    }


def test_the_share_is_shown_as_ratio_says_it(year, content, tmp_path):
    shown = converted(content, "csv:Text - txt - csv (StarCalc):44,34,76", tmp_path).decode()
    shares = {row[1]: row[6] for row in csv.reader(StringIO(shown)) if len(row) > 6}

    figures = year.books().ratio("city")
    for each in (*figures.rows, figures.total):
        assert shares[each.name or "合计"] == f"{each.percent}%"


def test_a_city_has_its_labs(year, read):
    views, said = year.books(), translator("zh")
    for city in views.divisions("140000", "city"):
        labs = views.status(kind="lab", division=city.code).rows
        assert [tuple(each.values()) for each in table(read[city.name], "序号")] == [
            (
                nth,
                views.division(lab.division).name if lab.level.value == "county" else "市本级",
                lab.name,
                said(lab.level.value),
                *(
                    cell
                    for held in (lab.cma, lab.catl)
                    for cell in (said(held.state.value), held.number or "", held.valid_until or "")
                ),
                "是" if lab.dual else "否",
                lab.dual_since or "",
            )
            for nth, lab in enumerate(labs, start=1)
        ]


def test_a_city_has_what_is_due_there(year, read):
    request, views = year.asked(DispatchTable())
    for city in views.divisions("140000", "city"):
        due = [each for each in views.due().rows if views.city_of(each.division) == city.code]
        told = due_of(read[city.name])
        assert [each["内容"] for each in told] == [WORDS.finding("item", each, request, views) for each in due]
        assert [each["类别"] for each in told] == [WORDS.finding("heading", each, request, views) for each in due]
        assert [each["期限"] for each in told] == [each.due or "" for each in due]
        for row, each in zip(told, due, strict=True):
            days = "" if each.days_left is None else abs(each.days_left) or "今日"
            assert (str(days) in row["时限情况"]) if days else row["时限情况"] == ""
            assert ("逾期" in row["时限情况"]) == bool(each.days_left and each.days_left < 0)


def test_what_is_due_can_be_left_out(year):
    (made,) = year.made(DispatchTable(), TableConfig(findings=False)).values()

    assert all("待办事项" not in row for rows in sheets(made).values() for row in rows)


def test_it_can_be_asked_for_by_a_city(year):
    (made,) = year.made(DispatchTable(), subject="140400").values()

    assert list(sheets(made)) == [SUMMARY, "长治市"]
    assert year.made(DispatchTable(), subject="county-140423") == year.made(DispatchTable(), subject="lab-140423-1")
    assert list(year.made(DispatchTable(), subject="140423")) == ["调度表-长治市-2023-12-31.xlsx"]


def test_headers_are_frozen_filtered_and_printed_on_every_page(book, read):
    for page in book:
        labs = len(table(read[page.title], "序号")) if page.title != SUMMARY else 11
        last = "L" if page.title != SUMMARY else "I"
        assert page.freeze_panes == "A5"
        assert page.auto_filter.ref == f"A4:{last}{4 + labs}"
        assert page.print_title_rows == ("$4:$4" if page.title == SUMMARY else "$1:$1"), (
            "labs and what is due have their own"
        )
        assert (page.page_setup.paperSize, page.page_setup.orientation) == (9, "landscape")


def rules(page):
    """Return the colours by range, operator and formula."""
    return {
        (str(each.sqref), rule.operator, rule.formula[0]): rule.dxf.fill.bgColor.rgb
        for each in page.conditional_formatting
        for rule in each.rules
    }


def test_a_share_has_the_colour_of_its_judgement(book):
    assert rules(book[SUMMARY]) == {("G5:I16", None, '$I5="是"'): GOOD, ("G5:I16", None, '$I5="否"'): BAD}


def test_labs_without_both_and_states_without_standing_are_coloured(book, read):
    last = 4 + len(table(read["长治市"], "序号"))
    states = [State.NONE, State.SUSPENDED, State.EXPIRED, State.CANCELLED, State.REVOKED]
    words = [translator("zh")(each.value) for each in states]

    assert rules(book["长治市"]) == {
        (f"K5:K{last}", "equal", '"是"'): GOOD,
        (f"K5:K{last}", "equal", '"否"'): BAD,
        **{(f"{column}5:{column}{last}", "equal", f'"{word}"'): BAD for column in "EH" for word in words},
    }


def test_the_summary_has_a_chart_of_the_shares_and_the_target(content, read):
    assert [name for name in parts(content) if name.startswith("xl/charts/")] == ["xl/charts/chart1.xml"]
    assert b"drawing1.xml" in parts(content)["xl/worksheets/_rels/sheet1.xml.rels"]
    chart = part(content, "xl/charts/chart1.xml")
    drawn = {}
    for kind in ("barChart", "lineChart"):
        (series,) = chart.iter(f"{DRAWN}{kind}")
        drawn[kind] = [each.text for each in series.iter(f"{DRAWN}f")]
        values = [float(each.text) for each in series.find(f"{DRAWN}ser/{DRAWN}val").iter(f"{DRAWN}v")]
        column = {"barChart": "双认证比例", "lineChart": "目标"}[kind]
        assert values == [each[column] for each in table(read[SUMMARY], "行政区划代码")[:-1]]

    assert drawn == {
        "barChart": ["汇总!$B$5:$B$15", "汇总!$G$5:$G$15"],
        "lineChart": ["汇总!$B$5:$B$15", "汇总!$H$5:$H$15"],
    }


def test_numbers_of_certificates_are_text_days_are_days_figures_are_figures(book):
    page = book["长治市"]

    assert (page["F5"].value, page["F5"].data_type, page["F5"].number_format) == ("220404090024", "s", "@")
    assert (page["G5"].value.date(), page["G5"].number_format) == (date(2028, 9, 2), 'yyyy"年"m"月"d"日"')
    assert (book[SUMMARY]["C5"].value, book[SUMMARY]["C5"].data_type) == (8, "n")
    assert book[SUMMARY]["G5"].number_format == "0.0%"


def test_every_sheet_says_what_its_figures_rest_on(year, content, read):
    for name, rows in read.items():
        assert rows[1][0] == "数据截至2023年12月31日，于2024年1月10日14时提取；统计口径：市级、县级机构；目标85%", name
    assert workbook(content).properties.description == year.books().basis("zh")


def test_the_summary_says_in_a_line_what_a_leader_asks(year):
    (made,) = year.made(DispatchTable(), on="2023-10-31").values()

    assert sheets(made)[SUMMARY][2][0] == (
        "一、全省纳入统计的检测机构122家，取得“双认证”的103家，占比84.4%，较上月提高4.9个百分点，未达到85%的目标，须再有1家取得“双认证”。\n"
        "二、未达标的市6个：阳泉市、长治市、晋城市、晋中市、运城市、临汾市。\n"
        "三、逾期事项34项，最多的是临汾市（6项）；30天内到期2项。"
    )


def test_every_cell_of_a_table_has_lines_and_nothing_is_narrower_than_its_words(book, read):
    page = book["长治市"]
    last = 4 + len(table(read["长治市"], "序号"))
    for row in page.iter_rows(min_row=4, max_row=last, max_col=12):
        for cell in row:
            assert cell.border.left.style == cell.border.bottom.style == "thin", cell.coordinate
    kinds = max(len(each["类别"]) for each in due_of(read["长治市"]))
    assert page.column_dimensions["C"].width > 2 * kinds


def test_it_is_chinese_and_by_request_english(year):
    ((name, made),) = year.made(DispatchTable(), language="en").items()

    assert year.made(DispatchTable()) == year.made(DispatchTable(), language="zh")
    assert list(year.made(DispatchTable())) == ["调度表-2023-12-31.xlsx"]
    assert name == "dispatch-table-2023-12-31.xlsx"
    read = sheets(made)
    assert list(read) == ["summary", *CITIES]
    assert read["summary"][3] == ["code", "city", "labs", "CMA", "CATL", "dual", "share", "target", "met"]
    assert read["summary"][4][1:] == ["太原市", 8, 8, 8, 8, 1, 0.85, "yes"]
    assert rules(workbook(made)["summary"]) == {("G5:I16", None, '$I5="yes"'): GOOD, ("G5:I16", None, '$I5="no"'): BAD}


def test_the_same_question_gives_the_same_bytes(year, content):
    assert list(year.made_again(DispatchTable()).values()) == [content]


def test_a_city_without_labs_is_left_out_unless_it_is_asked_for(small_books):
    request, views = small_books.asked(TableConfig())
    (made,) = DispatchTable().render(request, views)
    (asked,) = DispatchTable().render(*small_books.asked(TableConfig(), subject="140100"))

    assert figures_of(sheets(made.content)["汇总"]).keys() == {"晋城市", "合计"}
    assert figures_of(sheets(made.content)["汇总"])["晋城市"] == (5, 4, 3, 3, 0.6, 0.85, "否")
    assert list(sheets(asked.content)) == ["汇总", "太原市"]
    assert sheets(asked.content)["汇总"][2][0].startswith("一、没有纳入统计的检测机构。")
