"""What a refusal of an import advises works when it is done: each line to write, for each form of a header."""

from __future__ import annotations

import re

import pytest

from dualcert.errors import BadConfiguration, ColumnRepeated, ColumnUnknown, HeadersMissing
from dualcert.roster import import_roster, import_rosters
from dualcert.roster.columns import load_mapping, written_mapping
from dualcert.roster.kinds import KINDS
from examples import found

pytestmark = pytest.mark.usefixtures("read_here")

HEADERS = ["市", "县", "机构名称"]
ZEZHOU = ["晋城市", "泽州县", "泽州站"]

ODD = ["CMA证书（有/无）", "证书、情况", "CMA 证书\n（有/无）", "CATL证书(其一)（其二）", "证书“状态”", "证书\\状态", "证书*", "CMA. 证书: 有·无",
       "资质认定 [有/无]", "ＣＭＡ资质认定情况", "证书 = 有？", "证书#1", "证书 'x'", "地区/旗县区", "区域名称（全称）", "（CMA）证书", "证书，状态"]  # fmt: skip
TWO = [
    ("CMA（资质认定）", "有/无"),
    ("CMA资质认定", "（有/无）"),
    ("机构考核/CATL", "是否取得"),
    ("证书\n情况", "其\n他"),
]

UNKNOWN = [
    "CMA证书扫描（件/份）", "证书、扫描", "CMA 证书\n（扫描/复印）扫描", "CATL证书扫描(其一)（其二）", "证书“扫描”", "证书\\扫描", "证书扫描*",
    "资质认定 [扫描/复印]", "证书 = 扫描？", "证书#1", "证书 'x'", ("CMA（资质认定）", "扫描/复印"), ("机构考核/CATL", "扫描件"), ("证书\n情况", "其\n它"),
]  # fmt: skip


@pytest.fixture
def saved(tmp_path):
    """Write lines as the file that --columns takes, and read it."""

    def write(*lines):
        path = tmp_path / "columns.toml"
        path.write_text("\n".join(["[columns]", *lines]) + "\n", encoding="utf-8")
        return load_mapping(path)

    return write


@pytest.fixture
def odd(book):
    """A sheet with one more column, under a header of one line or two."""

    def sheet(header):
        if isinstance(header, str):
            return book({"台账": [[*HEADERS, header], [*ZEZHOU, "有"]]})
        above, below = header
        return book(
            {"台账": [[*HEADERS, above], ["", "", "", below], [*ZEZHOU, "有"]]},
            merged=[(0, column, 1, column) for column in range(3)],
        )

    return sheet


@pytest.mark.parametrize("header", UNKNOWN)
def test_a_column_that_is_not_understood_is_left_unread_by_the_line_that_is_advised(books, odd, saved, header):
    path = odd(header)
    with pytest.raises(ColumnUnknown) as refused:
        import_roster(books, path)

    assert refused.value.lines[0] in str(refused.value)
    done = import_roster(books, path, columns=saved(*refused.value.lines))

    assert (found(done), done.recorded, done.chosen.unread) == ([], 1, ())


@pytest.mark.parametrize("header", ODD + TWO)
def test_a_header_as_it_is_shown_can_be_given_any_column(books, odd, saved, header):
    shown = " ".join(" ".join(line.split()) for line in ([header] if isinstance(header, str) else header))
    line = written_mapping({shown: "联系方式"}).splitlines()[1].replace("联系方式", "former_name")

    done = import_roster(books, odd(header), columns=saved(line))

    assert done.chosen.table.columns["former_name"] == 3


def test_a_unit_that_is_not_understood_is_given_by_the_example(books, book, saved):
    path = book({"台账": [["市", "地区或县区", "机构名称"], ZEZHOU]})
    with pytest.raises(ColumnUnknown) as refused:
        import_roster(books, path)

    assert refused.value.example == '"地区或县区" = "县（市、区）"'
    assert found(import_roster(books, path, columns=saved(refused.value.example))) == []


def test_of_columns_that_mean_the_same_the_lines_leave_the_others_unread(books, book, saved):
    path = book({"台账": [["市", "县", "机构名称", "单位名称"], [*ZEZHOU, "x"]]})
    with pytest.raises(ColumnRepeated) as refused:
        import_roster(books, path)

    done = import_roster(books, path, columns=saved(*refused.value.lines))

    assert (found(done), done.recorded) == ([], 1)


def test_columns_of_one_name_cannot_be_told_apart_by_a_mapping_and_that_is_said(books, book):
    with pytest.raises(ColumnRepeated, match="different headers in the sheet") as refused:
        import_roster(books, book({"台账": [["市", "县", "机构名称", "机构 名称"], [*ZEZHOU, "x"]]}))

    assert refused.value.lines == ()


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_column_is_given_by_its_header_in_templates_or_its_field(kind):
    for column in kind.columns.columns:
        assert kind.columns.meant(column.header) == kind.columns.meant(column.field) == column.field


def test_a_missing_header_is_named_with_those_that_are_there_and_the_line_helps(books, book, saved):
    path = book({"名单": [["全省名单"], ["市", "县", "创建或命名", "批次"], ["晋城市", "泽州县", "省级创建", 5]]})
    with pytest.raises(HeadersMissing) as refused:
        import_roster(books, path)

    problem = refused.value
    assert (problem.kind, problem.sheet) == ("counties", "名单")
    assert (problem.headers, problem.missing) == (("市", "县", "批次"), ("农安县类别",))
    assert "--template counties" in str(problem)
    line = re.search(r'"…" = "农安县类别"', str(problem))[0].replace("…", "创建或命名")
    assert import_roster(books, path, columns=saved(line)).recorded == 1


def test_without_any_known_header_the_kinds_are_named(books, book):
    with pytest.raises(HeadersMissing, match=r"--template labs\|counties\|"):
        import_roster(books, book({"表": [["甲", "乙"], ["1", "2"]]}))


@pytest.mark.parametrize("kind", ["labs", None])
def test_a_column_that_is_none_lists_those_of_the_kind_with_their_headers(books, book, kind):
    path = book({"台账": [HEADERS, ZEZHOU]})

    with pytest.raises(BadConfiguration) as refused:
        import_roster(books, path, kind=kind, columns={"县": "区县名"})

    assert "机构名称 (name)" in str(refused.value)
    assert "batch" not in str(refused.value)


def test_a_missing_cell_names_the_option_only_where_the_sheet_lacks_the_column(books, book):
    lacking = import_roster(books, book({"表": [["机构名称", "备注", "级别"], ["泽州站", 5, "县级"]]}), kind="labs")
    empty = import_roster(books, book({"表": [HEADERS, ["", "", "泽州站"]]}), kind="labs")

    assert "--columns" in lacking.to_dict()["findings"][0]["message"]
    assert "--columns" not in empty.to_dict()["findings"][0]["message"]


@pytest.mark.parametrize("header", [*ODD, *TWO])
def test_the_mapping_that_is_written_reads_the_sheet_as_it_was_read(books, odd, saved, header):
    path, shown = (
        odd(header),
        " ".join(" ".join(line.split()) for line in ([header] if isinstance(header, str) else header)),
    )
    done = import_rosters(books, [path], columns={shown: ""}, dry_run=True)

    again = import_roster(books, path, columns=saved(*written_mapping(done.mapping()).splitlines()[1:]))

    assert again.chosen.table.columns == done.tables[0].chosen.table.columns
    assert (again.chosen.unread, again.chosen.table.ignored) == ((), {3})
