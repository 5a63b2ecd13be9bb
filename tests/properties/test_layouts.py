"""Any sheet made from a set of labs by a random layout reads back to that set of labs."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from datetime import date, timedelta

import pytest
import xlsxwriter
import xlwt
from attrs import frozen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dualcert import Registry
from dualcert.divisions import china
from dualcert.errors import BadRoster
from dualcert.roster import cells, import_roster
from dualcert.roster.handback import hand_back
from dualcert.testing import Clock
from dualcert.values.numbers import canonical_number
from dualcert.values.terms import SCHEMES

pytestmark = pytest.mark.usefixtures("read_here")

CITIES = ["140100", "140300", "140500"]
UNITS = [*CITIES, *(d.code for city in CITIES for d in china().within(city, "county"))]
FIRST = date(2012, 1, 1)

days = st.integers(0, 4_000).map(lambda n: FIRST + timedelta(days=n))
characters = st.sampled_from("农产品质量安全检验检测中心站甲乙（）ABab１２12·")
names = st.text(characters, min_size=2, max_size=12).filter(lambda s: any(c.isalnum() for c in s))


@frozen
class Lab:
    unit: str
    name: str
    certificates: tuple[tuple[str, date, date] | None, ...]


def plain(text):
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()


@st.composite
def labs(draw):
    """A set of labs: names differ within a unit, numbers differ everywhere."""
    chosen = draw(st.lists(st.tuples(st.sampled_from(UNITS), names), min_size=1, max_size=7,
                           unique_by=lambda each: (each[0], plain(each[1]))))  # fmt: skip
    made = []
    for nth, (unit, name) in enumerate(chosen):
        held = []
        for scheme in SCHEMES:
            begins, runs = draw(days), draw(st.integers(0, 2_500))
            number = f"2104040900{nth:02}" if scheme.value == "CMA" else f"[2021]农质检核（晋）字第{nth:04}号"
            held.append(draw(st.sampled_from([None, (number, begins, begins + timedelta(days=runs))])))
        made.append(Lab(unit, name, tuple(held)))
    return made


DATES = [
    lambda d: d, lambda d: f"{d:%Y-%m-%d}", lambda d: f"{d.year}.{d.month}.{d.day}", lambda d: f"{d:%Y/%m/%d}",
    lambda d: f"{d.year}年{d.month}月{d.day}日", lambda d: f"{d:%Y%m%d}", lambda d: int(f"{d:%Y%m%d}"),
    lambda d: f" {d:%Y-%m-%d} ", lambda d: f"{d:%Y.%m.%d}".translate(WIDE), lambda d: (d - date(1899, 12, 30)).days,
]  # fmt: skip
WIDE = str.maketrans("0123456789.", "０１２３４５６７８９．")
BRACKETS = [str.maketrans("[]（）", pair) for pair in ("[]（）", "〔〕（）", "（）()", "【】()")]
PARTS = [
    ("证书编号", "发证日期", "有效期至"), ("证书号", "颁发日期", "到期日"), ("编号", "发证时间", "有效期")
]  # fmt: skip
SCHEME_WORDS = [("CMA", "CATL"), ("资质认定", "机构考核"), ("CMA资质认定", "CATL机构考核")]


@st.composite
def sheets(draw):
    """Rows of cells, and which ranges are merged, for a set of labs."""
    made = draw(labs())
    two_lines = draw(st.booleans())
    words, parts = draw(st.sampled_from(SCHEME_WORDS)), draw(st.sampled_from(PARTS))
    groups = draw(st.permutations([
        [("", draw(st.sampled_from(["市", "地市", "所属市"])))],
        [("", draw(st.sampled_from(["县（市、区）", "县", "区县"])))],
        [("", draw(st.sampled_from(["机构名称", "单位名称", "检测机构"])))],
        [(words[0], part) for part in parts],
        [(words[1], part) for part in parts],
        [("", "备注")],
        [("", "是否双认证")],
    ]))  # fmt: skip
    order = draw(st.sampled_from(["as they are", "by city"]))
    rows_of = sorted(made, key=lambda lab: lab.unit[:4]) if order == "by city" else made
    date_of = draw(st.lists(st.sampled_from(DATES), min_size=4, max_size=4))
    brackets = draw(st.sampled_from(BRACKETS))
    header = [cell for group in groups for cell in group]
    body = [_cells(lab, groups, parts, date_of, brackets) for lab in rows_of]
    titles = [["双认证工作台账"], [None, "填报单位：省厅"], []][: draw(st.integers(0, 3))]
    top = [*titles, *([[g for g, _ in header], [n for _, n in header]] if two_lines else [[g + n for g, n in header]])]
    merged = _merge_header(header, len(titles)) if two_lines else []
    for r, c in [(r, c) for r in ([len(titles), len(titles) + 1] if two_lines else []) for c in range(len(header))]:
        top[r][c] = top[r][c] or None
    if two_lines:
        for c, (group, name) in enumerate(header):
            if not group:
                top[len(titles)][c], top[len(titles) + 1][c] = name, None
            elif c and header[c - 1][0] == group:
                top[len(titles)][c] = None
    cities = []
    if order == "by city" and draw(st.booleans()):
        cities = _merge_cities(body, next(c for c, (_, n) in enumerate(header) if n.endswith("市")), len(top))
    tail = draw(st.sampled_from([[], [[]], [["合计", None, f"{len(made)}家"]], [[], ["联系人：", "张三"]]]))
    return made, [*top, *body, *tail], merged, cities


def _overlap(cma, catl):
    """Return whether there is a day on which both certificates are valid."""
    return bool(cma and catl and max(cma[1], catl[1]) <= min(cma[2], catl[2]))


def _cells(lab, groups, parts, date_of, brackets):
    unit, city = china().get(lab.unit), china().above(lab.unit, "city")
    cells = []
    for group in groups:
        name = group[0][1]
        if "市" in name and "县" not in name:
            cells.append(city.name)
        elif name in {"县（市、区）", "县", "区县"}:
            cells.append(unit.name if unit.level == "county" else None)
        elif name in {"机构名称", "单位名称", "检测机构"}:
            cells.append(lab.name)
        elif name == "备注":
            cells.append(None)
        elif name == "是否双认证":
            cells.append("是" if _overlap(*lab.certificates) else "×")
        else:
            held = lab.certificates[0 if "CMA" in group[0][0] or "资质" in group[0][0] else 1]
            shift = 0 if held is lab.certificates[0] else 2
            cells += [None] * 3 if held is None else [
                held[0].translate(brackets), date_of[shift](held[1]), date_of[shift + 1](held[2])
            ]  # fmt: skip
    return cells


def _merge_header(header, top):
    merged, start = [], 0
    for c in range(1, len(header) + 1):
        if c == len(header) or header[c][0] != header[start][0] or not header[start][0]:
            if header[start][0]:
                merged.append((top, start, top, c - 1))
            else:
                merged.append((top, start, top + 1, start))
            start = c
    return merged


def _merge_cities(body, column, first):
    """Merge equal cities below each other: only the first row keeps the name."""
    merged, start = [], 0
    for r in range(1, len(body) + 1):
        if r == len(body) or body[r][column] != body[start][column]:
            if r - start > 1:
                merged.append((first + start, column, first + r - 1, column))
                for each in range(start + 1, r):
                    body[each][column] = None
            start = r
    return merged


def as_xlsx(path, rows, merged):
    with xlsxwriter.Workbook(path, {"date_1904": path.name.startswith("1904")}) as book:
        page, day = book.add_worksheet("Sheet1"), book.add_format({"num_format": "yyyy/m/d"})
        for area in merged:
            page.merge_range(*area, "")
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if isinstance(cell, date):
                    page.write_datetime(r, c, cell, day)
                elif cell is not None:
                    page.write(r, c, cell)


def as_xls(path, rows, merged):
    book = xlwt.Workbook()
    page, day = book.add_sheet("Sheet1"), xlwt.easyxf(num_format_str="YYYY/M/D")
    heads = {(top, left): (bottom, right) for top, left, bottom, right in merged}
    covered = {
        (r, c) for top, left, bottom, right in merged for r in range(top, bottom + 1) for c in range(left, right + 1)
    }
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            style = [day] if isinstance(cell, date) else []
            if (r, c) in heads:
                page.write_merge(r, heads[r, c][0], c, heads[r, c][1], cell, *style)
            elif cell is not None and (r, c) not in covered:
                page.write(r, c, cell, *style)
    book.save(str(path))


def as_csv(encoding, separator):
    def write(path, rows, merged):
        text = io.StringIO()
        csv.writer(text, delimiter=separator).writerows(["" if c is None else c for c in row] for row in rows)
        path.write_bytes(text.getvalue().encode(encoding))

    return write


FORMS = {
    "a.xlsx": as_xlsx,
    "a.xls": as_xls,
    **{f"{nth}.csv": as_csv(*how) for nth, how in enumerate(
        [("utf-8", ","), ("utf-8-sig", ";"), ("gb18030", ","), ("utf-16", "\t"), ("utf-16-le", "\t"), ("utf-16-be", ",")]
    )},
}  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(sheets(), st.sampled_from(sorted(FORMS)))
def test_any_layout_of_a_set_of_labs_reads_back_to_that_set(tmp_path_factory, sheet, form):
    made, rows, merged, cities = sheet
    if form.endswith((".csv", ".xls")):  # text has no merged cells, and an old .xls does not tell from when days count
        rows = [[f"{c:%Y-%m-%d}" if isinstance(c, date) and form.endswith("csv") else c for c in row] for row in rows]
        rows = [[_no_serial(c) for c in row] for row in rows]
    if form.endswith(".csv"):
        rows = _unmerged(rows, cities)
    path = tmp_path_factory.mktemp("layout") / form
    FORMS[form](path, rows, [*merged, *cities])

    with Registry.open(":memory:", policy="shanxi-2023", clock=Clock()) as books:
        done = import_roster(books, path, kind="labs")
        assert [(f.row, f.column, f.problem) for f in done.findings] == []
        read = {
            (details.division, plain(details.name), *[_held(lab.timeline(s)) for s in SCHEMES])
            for _, lab in books.view().labs()
            for details in [lab.details[-1][1]]
        }
    assert read == {
        (lab.unit, plain(lab.name), *[held and (canonical_number(held[0]), *held[1:]) for held in lab.certificates])
        for lab in made
    }


@given(
    days, st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d"]), st.booleans(),
    st.sampled_from(["", " 0:00", " 00:00:00", "  0:00:00.0", "T00:00:00", "\n00:00"]),
)  # fmt: skip
def test_any_day_in_any_style_reads_back_with_a_midnight_behind_it(day, style, short, midnight):
    written = day.strftime(style)
    if short and style != "%Y%m%d":
        written = re.sub(r"(?<=\D)0", "", written)

    assert cells.as_day(f"{written}{midnight}", 1900) == (day, None)


WRONG = [
    "#N/A",
    "2021-02-30",
    45199,
    45199.5,
    10**17,
    "没有",
    "２０２３/6/30 0:00",
    True,
    "=1+1",
    "/",
    "1\n2",
    date(2021, 1, 1),
]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(sheets(), st.sampled_from(["a.xlsx", "a.xls", "1904.xlsx"]), st.data())
def test_a_sheet_handed_back_and_not_mended_is_found_wrong_and_recorded_as_it_was(tmp_path_factory, sheet, form, data):
    _, rows, merged, cities = sheet
    for _ in range(data.draw(st.integers(0, 4))):
        row = data.draw(st.sampled_from(rows[2:] or rows))
        if row:
            row[data.draw(st.integers(0, len(row) - 1))] = data.draw(st.sampled_from(WRONG))
    path = tmp_path_factory.mktemp("layout") / form
    write = as_xls if form.endswith(".xls") else as_xlsx
    write(path, rows, [*merged, *cities])

    with Registry.open(":memory:", policy="shanxi-2023", clock=Clock()) as books:
        try:
            done = import_roster(books, path, kind="labs", accept_valid=True, dry_run=True)
        except BadRoster:
            return
        if hand_back(done, path.with_name("back.xlsx")) is None:
            return
        again = import_roster(books, path.with_name("back.xlsx"), kind="labs", accept_valid=True, dry_run=True)

    assert [(f.row, f.column, f.problem.code) for f in again.findings] == [
        (f.row, f.column, f.problem.code) for f in done.findings
    ]
    assert [{**each, "source": ""} for each in again.plan()] == [{**each, "source": ""} for each in done.plan()]


def _held(timeline):
    return next(((canonical_number(p.number), p.first, p.valid_until) for p in timeline.periods), None)


def _no_serial(cell):
    """Return a day's number as the day: without an epoch it says nothing."""
    return f"{date(1899, 12, 30) + timedelta(days=cell):%Y-%m-%d}" if isinstance(cell, int) and cell < 10**6 else cell


def _unmerged(rows, cities):
    """Return rows with every city written out: text has no merged cells."""
    filled = [list(row) for row in rows]
    for top, left, bottom, _ in cities:
        for r in range(top, bottom + 1):
            filled[r][left] = rows[top][left]
    return filled
