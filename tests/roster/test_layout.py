"""Where the table is: titles, headers of two lines, merged cells, subtotals, footers, other sheets."""

from __future__ import annotations

import pytest

from dualcert.errors import (
    BadConfiguration,
    BadRoster,
    ColumnRepeated,
    ColumnUnknown,
    KindAmbiguous,
    SheetAmbiguous,
    TablesAmbiguous,
)
from dualcert.roster import import_roster
from dualcert.roster.columns import load_mapping
from dualcert.roster.sheets import LeftAlone
from examples import found

pytestmark = pytest.mark.usefixtures("read_here")

HEADERS = ["市", "县", "机构名称"]
ZEZHOU = ["晋城市", "泽州县", "泽州站"]


def labs(books):
    return {lab: read.details[-1][1].name for lab, read in books.view().labs()}


def test_a_header_of_two_lines_and_a_merged_city_are_understood(books, book):
    rows = [
        ["双认证台账", None, None, None, None, None, None],
        ["市", "县", "检测机构", "CMA资质认定", None, None, "备注"],
        [None, None, None, "证书编号", "发证日期", "有效期至", None],
        ["晋城市", "泽州县", "泽州站", "210404090041", "2021.6.15", "2027.6.14", None],
        [None, "城区", "城区站", None, None, None, None],
        [None, "阳城县", "阳城站", None, None, None, None],
    ]
    merged = [(0, 0, 0, 6), (1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 2, 2), (1, 3, 1, 5), (1, 6, 2, 6), (3, 0, 5, 0)]

    done = import_roster(books, book({"台账": rows}, merged=merged))

    assert found(done) == []
    assert labs(books) == {"lab-140502-1": "城区站", "lab-140522-1": "阳城站", "lab-140525-1": "泽州站"}
    assert books.view().lab("lab-140525-1").cma.periods[0].number == "210404090041"


def test_a_header_of_two_lines_is_understood_where_nothing_says_what_was_merged(books, tmp_path):
    lines = ["市,县,机构名称,CMA资质认定,,,CATL机构考核,,", ",,,证书编号,发证日期,有效期至,证书编号,发证日期,有效期至",
             "晋城市,泽州县,泽州站,1,2021-06-15,2027-06-14,2,2021-07-15,2027-07-14"]  # fmt: skip
    (tmp_path / "a.csv").write_text("\n".join(lines), encoding="utf-8")

    done = import_roster(books, tmp_path / "a.csv")

    assert found(done) == []
    assert [
        t.periods[0].number for t in (books.view().lab("lab-140525-1").cma, books.view().lab("lab-140525-1").catl)
    ] == ["1", "2"]


@pytest.mark.parametrize(
    "word",
    [
        "合计",
        "小 计",
        "总计",
        "共计：",
        "联系人：",
        "填表人：张三",
        "注：以上",
        "备注：无",
        "审核人:",
        "填报时间：2023",
    ],
)
def test_subtotals_and_footers_are_no_labs_and_are_told(books, book, word):
    done = import_roster(
        books, book({"台账": [HEADERS, ZEZHOU, [word, None, "5"], [], [*ZEZHOU[:1], None, "晋城中心"]]})
    )

    assert labs(books) == {"lab-140500-1": "晋城中心", "lab-140525-1": "泽州站"}
    assert [row for row, _ in done.chosen.table.skipped] == [3]


def test_a_row_that_only_has_its_number_is_blank(books, book):
    done = import_roster(books, book({"台账": [["序号", *HEADERS], [1, *ZEZHOU], [2], [3]]}))

    assert (len(done.chosen.table.rows), done.chosen.table.skipped) == (1, [])


def test_hidden_and_explanatory_sheets_are_left_alone_and_told(books, book):
    sheets = {
        "说明": [["机构名称：填全称"], ["机构名称"], ["市", "填地级市"]],
        "旧": [HEADERS, ZEZHOU],
        "台账": [HEADERS, ZEZHOU],
    }

    done = import_roster(books, book(sheets, hidden=["旧"]))

    assert done.chosen.table.page.name == "台账"
    assert done.chosen.left_alone == (LeftAlone("说明", "no table"), LeftAlone("旧", "hidden"))


def test_a_sheet_with_a_table_that_is_not_read_is_told_with_its_kind(books, book):
    counties = ["市", "县", "农安县类别", "批次"]
    sheets = {
        "台账": [HEADERS, ZEZHOU],
        "名单": [counties, ["晋城市", "泽州县", "国家级", "第1批"]],
        "空表": [HEADERS],
        "问题清单": [["行", "列", "单元格", "代码", "问题"], [2, "市", "A2", "unknown-unit", "…"]],
    }

    done = import_roster(books, book(sheets), kind="labs")

    assert done.chosen.left_alone == (
        LeftAlone("名单", "another kind", "counties"),
        LeftAlone("空表", "no rows", "labs"),
        LeftAlone("问题清单", "findings of a sheet handed back"),
    )


def test_of_several_sheets_none_is_guessed_and_one_may_be_named(books, book):
    path = book({"一": [HEADERS, ZEZHOU], "二": [HEADERS, ZEZHOU]})

    with pytest.raises(SheetAmbiguous, match="一, 二"):
        import_roster(books, path)
    assert import_roster(books, path, sheet="二").chosen.table.page.name == "二"
    with pytest.raises(BadRoster, match="it has 一, 二"):
        import_roster(books, path, sheet="三")


def test_two_columns_of_one_meaning_are_refused(books, book):
    with pytest.raises(ColumnRepeated, match="机构名称, 单位名称"):
        import_roster(books, book({"台账": [[*HEADERS, "单位名称"], [*ZEZHOU, "x"]]}))


def test_a_sheet_that_could_be_of_two_kinds_is_not_guessed(books, book):
    path = book({"台账": [["市", "县", "包联干部", "机构名称"], ["晋城市", "泽州县", "person-1", "泽州站"]]})

    with pytest.raises(KindAmbiguous):
        import_roster(books, path)
    assert import_roster(books, path, kind="labs").recorded == 1


def test_the_title_names_the_city_where_no_column_does(books, book):
    done = import_roster(
        books, book({"台账": [["晋城市检测机构台账"], ["县", "机构名称"], ["城区", "城区站"], [None, "市中心"]]})
    )

    assert found(done) == []
    assert labs(books) == {"lab-140500-1": "市中心", "lab-140502-1": "城区站"}


def test_a_title_that_names_two_cities_names_none(books, book):
    done = import_roster(books, book({"台账": [["晋城市、阳泉市台账"], ["县", "机构名称"], ["城区", "城区站"]]}))

    assert found(done) == [(3, "县", "ambiguous-unit")]


def test_without_a_level_a_countys_row_is_a_countys_lab_and_a_citys_row_a_citys(books, book):
    import_roster(
        books,
        book({"台账": [HEADERS, ZEZHOU, ["晋城市", None, "中心"], ["晋城市", "市本级", "二中心"]]}),
        accept_valid=True,
    )

    assert [read.details[-1][1].level.value for _, read in books.view().labs()] == ["city", "city", "county"]


@pytest.mark.parametrize(
    ("city", "county", "code"),
    [("晋城市", "泽州县", "140525"), ("晋城", "泽州", "140525"), ("140500", "140525", "140525"), (140500, 140525, "140525"),
     ("晋城市", "晋城市泽州县", "140525"), (None, "泽州县", "140525"), ("晋城市", "城区", "140502"), ("大同市", None, "140200"),
     ("山西省", None, "140000"), ("省直", None, "140000")],
)  # fmt: skip
def test_a_unit_is_found_by_its_name_or_code_within_its_city(books, book, city, county, code):
    done = import_roster(books, book({"台账": [HEADERS, [city, county, "站"]]}))

    assert (found(done), list(labs(books))) == ([], [f"lab-{code}-1"])


@pytest.mark.parametrize(
    ("city", "county", "code"),
    [("晋城市", "左云县", "unknown-unit"), ("大同市", "左云旗", "unknown-unit"), (None, "城区", "ambiguous-unit"),
     ("晋阳市", "泽州县", "unknown-unit"), ("太原市", "山西转型综合改革示范区", "wrong-level"), ("晋城市", "999999", "unknown-unit"),
     ("140600", "140525", "unknown-unit")],
)  # fmt: skip
def test_a_unit_that_is_none_is_a_finding(books, book, city, county, code):
    done = import_roster(books, book({"台账": [HEADERS, [city, county, "站"]]}))

    assert [f[2] for f in found(done)] == [code]


def test_a_code_and_names_that_mean_two_units_are_a_finding(books, book):
    done = import_roster(books, book({"台账": [["行政区划代码", *HEADERS], ["140522", *ZEZHOU]]}))

    assert found(done) == [(2, "行政区划代码", "unit-contradicted")]


def test_a_code_alone_is_enough(books, book):
    done = import_roster(
        books, book({"台账": [["行政区划代码", "机构名称"], [140522, "阳城站"], ["140100", "太原中心"]]})
    )

    assert (found(done), sorted(labs(books))) == ([], ["lab-140100-1", "lab-140522-1"])


def test_a_formula_without_a_value_is_a_finding_in_its_cell(books, tmp_path):
    import openpyxl

    made = openpyxl.Workbook()
    for row in ([*HEADERS, "备注"], [*ZEZHOU[:2], "=A1&B1", None]):
        made.active.append(row)
    made.save(tmp_path / "a.xlsx")

    done = import_roster(books, tmp_path / "a.xlsx")

    assert [(f["cell"], f["code"]) for f in done.to_dict()["findings"]] == [("C2", "formula-without-value")]


@pytest.mark.parametrize(
    "header", ["机构名称", "机 构\n名 称", "机构名称*", "检测机构名称（全称）", "单位名称", "机构名称：", "NAME"]
)
def test_a_header_is_known_in_its_variants(books, book, header):
    done = import_roster(books, book({"台账": [["所属市", "县（市、区）", header], ZEZHOU]}))

    assert labs(books) == {"lab-140525-1": "泽州站"}
    assert done.to_dict()["unread"] == []


@pytest.mark.parametrize(
    ("number", "granted", "until"),
    [("CMA证书编号", "CMA发证日期", "CMA有效期至"), ("资质认定证书号", "资质认定发证时间", "资质认定到期日"),
     ("CMA编号", "CMA颁发日期", "CMA有效期"), ("CMA资质认定证书编号", "CMA取证日期", "CMA到期日期"),
     ("CMA number", "cma granted on", "CMA VALID UNTIL")],
)  # fmt: skip
def test_the_columns_of_a_certificate_are_known_in_their_variants(books, book, number, granted, until):
    done = import_roster(
        books, book({"台账": [[*HEADERS, number, granted, until], [*ZEZHOU, "1", "2021-06-15", "2027-06-14"]]})
    )

    assert (found(done), done.to_dict()["unread"]) == ([], [])
    assert books.view().lab("lab-140525-1").cma.periods


def test_a_mapping_file_goes_before_what_is_known(books, book, tmp_path):
    (tmp_path / "map.toml").write_text(
        '[columns]\n"全称" = "name"\n"机构名称" = ""\n"认证/证号" = "cma_number"\n', encoding="utf-8"
    )
    mapping = load_mapping(tmp_path / "map.toml")

    import_roster(
        books,
        book({"台账": [["市", "县", "机构名称", "全称"], ["晋城市", "泽州县", "简称", "泽州站"]]}),
        columns=mapping,
    )

    assert labs(books) == {"lab-140525-1": "泽州站"}


@pytest.mark.parametrize(
    "text",
    [
        "[columns]\n'x' = 3",
        "[columns]\n'x' = 'name'\n'X ' = ''",
        "a = 1",
        "[columns",
        "columns = 3",
        "[columns]\n[more]",
    ],
)
def test_a_mapping_file_that_is_none_is_refused(tmp_path, text):
    (tmp_path / "map.toml").write_text(text, encoding="utf-8")

    with pytest.raises(BadConfiguration):
        load_mapping(tmp_path / "map.toml")


def test_columns_of_another_kind_are_told_with_that_kind(books, book):
    path = book({"台账": [[*HEADERS, "农安县", "批次", "电话"], [*ZEZHOU, "省级创建", "第五批", "1"]]})
    with pytest.raises(KindAmbiguous):
        import_roster(books, path)

    done = import_roster(books, path, kind="labs")

    assert (done.chosen.also, done.chosen.unread) == ({"counties": ("农安县", "批次")}, ("电话",))


CITY = ["市", "地市", "市（州）", "市州", "所属地市", "城市", "地（市）", "City"]
COUNTY = [
    "县名",
    "县/区",
    "县、市、区",
    "区（县）",
    "所在县区",
    "旗县",
    "区县（市）",
    "县（市，区）",
    "County/District",
]
LAB = ["检验检测机构名称", "Lab name", "机构全称", "检测单位", "实验室名称"]


@pytest.mark.parametrize(
    ("city", "county", "name"),
    [*((each, "县", "机构名称") for each in CITY), *(("市", each, "机构名称") for each in COUNTY),
     *(("市", "县", each) for each in LAB)],
)  # fmt: skip
def test_units_and_labs_are_known_by_the_headers_that_offices_give_them(books, book, city, county, name):
    done = import_roster(books, book({"台账": [[city, county, name], ZEZHOU]}))

    assert (found(done), labs(books), done.chosen.unread) == ([], {"lab-140525-1": "泽州站"}, ())


@pytest.mark.parametrize(
    "lines",
    [["CMA certificate no.", "CMA issue date", "CMA expiry date"], ["CMA certificate no.", "CMA issue date", "CMA valid to"],
     ["检验检测机构资质认定（CMA）证书编号", "资质认定证书发证日期", "资质认定证书有效期至"],
     ["CMA证书编码", "CMA获证时间", "CMA有效截止日期"], ["计量认证证书编号", "CMA批准日期", "CMA失效日期"]],
)  # fmt: skip
def test_a_certificate_is_known_by_its_scheme_and_part_in_one_line(books, book, lines):
    import_roster(books, book({"台账": [[*HEADERS, *lines], [*ZEZHOU, "1", "2021-06-15", "2027-06-14"]]}))

    assert books.view().lab("lab-140525-1").cma.periods[0].number == "1"


@pytest.mark.parametrize("parts", [["证书编号", "发证日期", "有效期至"], ["证书号", "获证时间", "到期日"]])
@pytest.mark.parametrize(
    ("cma", "catl"),
    [("CMA证书", "CATL证书"), ("资质认定证书", "机构考核合格证书"), ("资质认定情况", "机构考核情况"),
     ("CMA证书信息", "CATL证书信息"), ("检验检测机构资质认定（CMA）", "农产品质量安全检测机构考核（CATL）"),
     ("CMA获证情况", "CATL获证情况")],
)  # fmt: skip
def test_a_certificate_is_known_by_its_scheme_over_its_parts(books, book, cma, catl, parts):
    rows = [
        [*HEADERS, cma, None, None, catl, None, None],
        [None, None, None, *parts, *parts],
        [*ZEZHOU, "1", "2021-06-15", "2027-06-14", "2", "2021-07-15", "2027-07-14"],
    ]
    merged = [(0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 1, 2), (0, 3, 0, 5), (0, 6, 0, 8)]

    import_roster(books, book({"台账": rows}, merged=merged))

    held = books.view().lab("lab-140525-1")
    assert [timeline.periods[0].number for timeline in (held.cma, held.catl)] == ["1", "2"]


@pytest.mark.parametrize("header", ["双认证CMA号牌", "证书情况", "有效期", "考核结果", "资质认定范围"])
def test_a_column_that_speaks_of_certificates_is_never_passed_over(books, book, header):
    with pytest.raises(ColumnUnknown, match=header):
        import_roster(books, book({"台账": [[*HEADERS, header], [*ZEZHOU, "x"]]}))


@pytest.mark.parametrize("header", ["地区", "行政区", "市县", "区域名称", "District or county"])
def test_a_column_of_units_is_never_passed_over_where_no_county_is_known(books, book, header):
    with pytest.raises(ColumnUnknown, match=header):
        import_roster(books, book({"台账": [["市", header, "机构名称"], ZEZHOU]}))


@pytest.mark.parametrize("header", ["备注", "备注（证书情况）", "联系地址", "负责人", "检测能力"])
def test_other_columns_are_told_and_passed_over(books, book, header):
    done = import_roster(books, book({"台账": [[*HEADERS, header], [*ZEZHOU, "x"]]}))

    assert (done.chosen.unread, labs(books)) == ((header,), {"lab-140525-1": "泽州站"})


def test_a_column_that_the_mapping_leaves_unread_is_not_told(books, book):
    done = import_roster(
        books,
        book({"台账": [[*HEADERS, "证书情况", "备注"], [*ZEZHOU, "x", "y"]]}),
        columns={"证书情况": "", "备注": ""},
    )

    assert (done.chosen.unread, labs(books)) == ((), {"lab-140525-1": "泽州站"})


def test_a_table_above_another_is_never_swallowed(books, book):
    rows = [["一、市级机构"], ["市", "机构名称"], ["晋城市", "中心"], [], ["二、县级机构"], HEADERS, ZEZHOU]

    with pytest.raises(TablesAmbiguous, match="rows 2, 6"):
        import_roster(books, book({"台账": rows}))


@pytest.mark.parametrize(
    ("row", "why"),
    [(["全市合计"], "total"), (["晋城市合计", None, 3], "total"), (["全省总计"], "total"),
     (["晋城市", "小计", "2"], "subtotal"), (["晋城市", None, "合计"], "total"), (["经办人：张三", None, "139"], "footer"),
     (["制表单位：晋城市农业农村局"], "footer"), (["分管领导签字："], "footer"), (["（盖章）"], "footer"),
     (["2023年2月16日"], "footer"), (["*注：空白为未取得"], "footer"), (["备注1：x"], "footer"),
     (["1.数据截至2月。"], "footer"), (HEADERS, "repeated header"), (["一、晋城市"], "section"), (["（二）县级"], "section")],
)  # fmt: skip
def test_what_is_no_lab_is_left_out_and_told(books, book, row, why):
    done = import_roster(books, book({"台账": [HEADERS, ZEZHOU, row, ["晋城市", "高平市", "高平站"]]}))

    assert done.chosen.table.skipped == [(3, why)]
    assert list(labs(books)) == ["lab-140525-1", "lab-140581-1"]


def test_a_subtotal_beside_a_merged_city_is_no_lab(books, book):
    rows = [HEADERS, ZEZHOU, [None, "小计", "1"], [None, "小计", 1]]

    done = import_roster(books, book({"台账": rows}, merged=[(1, 0, 3, 0)]))

    assert (done.chosen.table.skipped, list(labs(books))) == ([(3, "subtotal"), (4, "subtotal")], ["lab-140525-1"])


def test_a_sheet_with_headers_alone_does_not_compete(books, book):
    done = import_roster(books, book({"台账": [HEADERS, ZEZHOU], "Sheet2": [HEADERS]}))

    assert done.chosen.table.page.name == "台账"


def test_a_hidden_sheet_that_is_asked_for_is_refused_as_hidden(books, book):
    with pytest.raises(BadRoster, match="旧 is hidden"):
        import_roster(books, book({"说明": [["x"]], "旧": [HEADERS, ZEZHOU]}, hidden=["旧"]), sheet="旧")


def test_a_countys_code_beside_its_city_is_no_contradiction(books, book):
    done = import_roster(books, book({"台账": [["行政区划代码", "市", "机构名称"], ["140525", "晋城市", "泽州站"]]}))

    assert (found(done), list(labs(books))) == ([], ["lab-140525-1"])


@pytest.mark.parametrize(
    ("unit", "code"), [("泽州县", "140525"), ("晋城市", "140500"), ("晋城市城区", "140502"), ("140525", "140525")]
)
def test_a_name_in_place_of_a_code_is_understood(books, book, unit, code):
    done = import_roster(books, book({"台账": [["行政区划", "机构名称"], [unit, "站"]]}))

    assert (found(done), list(labs(books))) == ([], [f"lab-{code}-1"])


@pytest.mark.parametrize("word", ["/", "无", "—", "－", "-", "未取得", "暂无"])
def test_a_word_for_none_states_nothing_where_there_may_be_none(books, book, word):
    columns = ["CMA证书编号", "CMA发证日期", "CMA有效期至", "统一社会信用代码", "原名称"]

    done = import_roster(books, book({"台账": [[*HEADERS, *columns], ["晋城市", word, "中心", *[word] * 5]]}))

    assert (found(done), list(labs(books))) == ([], ["lab-140500-1"])


@pytest.mark.parametrize("word", ["县（区）级", "县市区级", "区（县）级", "县级"])
def test_a_countys_level_is_known_in_its_variants(books, book, word):
    import_roster(books, book({"台账": [[*HEADERS, "级别"], [*ZEZHOU, word]]}))

    assert books.view().lab("lab-140525-1").details[-1][1].level.value == "county"


def test_commas_of_chinese_notes_do_not_part_a_row(books, tmp_path):
    note = "人员少，设备旧，场地小，资质低，经费紧，无人管"
    lines = ["市,县,机构名称,备注", f"晋城市,泽州县,泽州站,{note}", f"晋城市,高平市,高平站,{note}"]
    (tmp_path / "a.csv").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "b.csv").write_text("市，县，机构名称\n晋城市，陵川县，陵川站\n", encoding="utf-8")

    import_roster(books, tmp_path / "a.csv")
    import_roster(books, tmp_path / "b.csv")

    assert list(labs(books)) == ["lab-140524-1", "lab-140525-1", "lab-140581-1"]


def test_what_is_wrong_with_a_cell_is_told_once(books, book):
    done = import_roster(
        books, book({"台账": [[*HEADERS, "CMA证书编号", "是否双认证"], [*ZEZHOU, 2.1e17, "是"]]}), dry_run=True
    )

    assert [each for each in found(done) if each[1] == "CMA证书编号"] == [(2, "CMA证书编号", "digits-lost")]
