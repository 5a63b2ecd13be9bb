"""The ledger 台账 has every lab, county, pairing and finding of the books, once."""

from __future__ import annotations

import pytest
from dualcert_spreadsheet import Ledger
from dualcert_spreadsheet.words import Words
from spreadsheet_reading import converted, sheets, table, workbook

from dualcert.languages import translator

WORDS = Words("zh")
LABS, COUNTIES, PAIRINGS, FINDINGS = "检测机构", "县（市、区）", "包联帮扶", "待办事项"


@pytest.fixture(scope="module")
def content(year):
    (made,) = year.made(Ledger()).values()
    return made


@pytest.fixture(scope="module")
def read(content):
    return sheets(content)


def test_it_has_a_sheet_for_each_kind(read):
    assert list(read) == [LABS, COUNTIES, PAIRINGS, FINDINGS]


def test_it_has_every_lab_with_its_certificates(year, read):
    views, said = year.books(), translator("zh")
    told = {
        each["机构名称"]: (each["市"], each["级别"], each["CMA证书编号"], each["CMA有效期至"], each["CATL证书编号"],
                     each["CATL有效期至"], each["是否双认证"], each["双认证自"])
        for each in table(read[LABS], "序号")
    }  # fmt: skip

    assert told == {
        lab.name: (
            views.division(views.city_of(lab.division)).name, said(lab.level.value), lab.cma.number or "", lab.cma.valid_until or "",
            lab.catl.number or "", lab.catl.valid_until or "", "是" if lab.dual else "否", lab.dual_since or "",
        )
        for lab in views.status(kind="lab").rows
    }  # fmt: skip
    assert len(table(read[LABS], "序号")) == len(told) == 122


def test_it_has_every_county_with_its_lab_programmes_and_plan(year, read):
    said = translator("zh")
    told = table(read[COUNTIES], "市")
    counties = year.books().status(kind="county").rows

    assert [each["行政区划代码"] for each in told] == [each.county.removeprefix("county-") for each in counties]
    for row, county in zip(told, counties, strict=True):
        assert row["县（市、区）"] == county.name
        assert row["是否通过"] == {None: "", True: "是", False: "否"}[county.passes]
        assert row["指定机构"] == "、".join(map(year.books().lab_name, county.labs))
        for programme in county.programmes:
            assert said(programme.programme.value) in row["农产品质量安全县类别"]
        assert row["攻坚方案印发日期"] == (county.plan.issued_on if county.plan else "")
        assert row["攻坚方案报送日期"] == ((county.plan and county.plan.submitted_on) or "")


def test_it_has_every_pairing(year, read):
    assert [
        (each["包联（帮扶）方"], each["包联（帮扶）对象"], each["起始日期"], each["走访次数"], each["最近走访"])
        for each in table(read[PAIRINGS], "市")
    ] == [
        (called(year.books(), p.supporter), called(year.books(), p.target), p.since, p.visits, p.last_visit or "")
        for p in year.books().pairings()
    ]


def called(views, id_):
    """Return what the books call a lab or a place; the year's people have no names in a directory."""
    division = views.division(id_.removeprefix("county-"))
    return division.name if division else views.lab_name(id_) if id_.startswith("lab-") else "（姓名未登记）"


def test_a_pairing_is_shown_without_ids(read):
    targets = [each["包联（帮扶）对象"] for each in table(read[PAIRINGS], "市")]

    assert targets
    assert all(each.isalpha() for each in targets)


def test_people_are_called_by_their_names(small_books):
    request, views = small_books.asked(Ledger.Config())
    (made,) = Ledger().render(request, views)

    assert [each["包联（帮扶）方"] for each in table(sheets(made.content)[PAIRINGS], "市")] == ["李四", "张三"]


def test_it_has_every_finding(year, read):
    request, views = year.asked(Ledger())
    due = views.due().rows

    assert [(each["单位"], each["类别"], each["期限"], each["内容"]) for each in table(read[FINDINGS], "序号")] == [
        (
            each.name,
            WORDS.finding("heading", each, request, views),
            each.due or "",
            WORDS.finding("item", each, request, views),
        )
        for each in due
    ]


def test_headers_are_frozen_filtered_and_printed_on_every_page(content, read):
    for page in workbook(content):
        rows = len(table(read[page.title], read[page.title][3][0]))
        assert page.freeze_panes == "A5"
        assert page.auto_filter.ref.startswith("A4:")
        assert page.auto_filter.ref.endswith(str(4 + rows))
        assert page.print_title_rows == "$4:$4"
        assert (page.page_setup.paperSize, page.page_setup.orientation) == (9, "landscape")


@pytest.mark.parametrize(
    ("language", "title", "rests"),
    [
        ("zh", "农产品质检机构“双认证”工作台账：{sheet}", "数据截至2023年12月31日，于2024年1月10日14时提取；统计口径：市级、县级机构；目标85%"),
        ("en", "Ledger of dual certification: {sheet}", "data as of 2023-12-31, read 2024-01-10 14:00; counted: labs of level city, county; target 85 %"),
    ],
)  # fmt: skip
def test_every_sheet_has_a_title_and_says_what_it_rests_on(year, language, title, rests):
    (made,) = year.made(Ledger(), language=language).values()

    for name, rows in sheets(made).items():
        assert (rows[0][0], rows[1][0]) == (title.format(sheet=name), rests)
    assert workbook(made).properties.description == year.books().basis(language)


def test_labs_are_printed_city_by_city_with_numbers_of_pages(content, read):
    page = workbook(content)[LABS]
    cities = [each["市"] for each in table(read[LABS], "序号")]
    begins = [nth for nth in range(1, len(cities)) if cities[nth] != cities[nth - 1]]

    assert [each.id for each in page.row_breaks.brk] == [4 + nth for nth in begins]
    assert len(begins) == 10
    assert page.oddFooter.center.text == "— &P / &N —"


def test_it_is_chinese_and_by_request_english(year):
    ((name, made),) = year.made(Ledger(), language="en").items()

    assert list(year.made(Ledger())) == ["台账-2023-12-31.xlsx"]
    assert name == "ledger-2023-12-31.xlsx"
    assert list(sheets(made)) == ["labs", "counties", "pairings", "findings"]
    assert not [cell for rows in sheets(made).values() for cell in rows[3] if not cell.isascii()]


def test_libreoffice_reads_every_cell_as_it_was_written(content, read, tmp_path):
    again = sheets(converted(content, "ods", tmp_path))

    for name, rows in read.items():
        assert [[cell for cell in row if cell != ""] for row in again[name]] == [
            [cell for cell in row if cell != ""] for row in rows
        ]


def test_the_same_question_gives_the_same_bytes(year, content):
    assert list(year.made_again(Ledger()).values()) == [content]


def test_a_ledger_of_one_city_has_what_lies_there_and_nothing_else(year, read):
    ((name, made),) = year.made(Ledger(), subject="140400").items()
    city = sheets(made)

    assert name == "台账-长治市-2023-12-31.xlsx"
    for sheet, header in ((LABS, "序号"), (COUNTIES, "市"), (PAIRINGS, "市"), (FINDINGS, "序号")):
        whole = [row for row in table(read[sheet], header) if row["市"] == "长治市"]
        own = table(city[sheet], header)
        assert own, sheet
        assert sorted(map(without_number, own)) == sorted(map(without_number, whole)), sheet
        assert city[sheet][0][0].startswith("长治市农产品质检机构")


def without_number(row):
    return [str(value) for name, value in row.items() if name != "序号"]
