"""Three sheets of an office: each is taken at the second try at the latest, when one does what the first try's messages say."""

from __future__ import annotations

import re
import tomllib
from datetime import date

import pytest
from attrs import define, field
from sheet_files import written

from dualcert.errors import BadRoster
from dualcert.roster import import_roster

pytestmark = pytest.mark.usefixtures("read_here")

LINE = re.compile(r'"[^"…\n]+" = "[^"\n]*"')
"""A line of a mapping file, as messages advise it."""

LABS = """
    长治市农产品质检机构“双认证”情况统计表 | < | < | < | < | < | < | < | < | < | <
    填报单位：长治市农业农村局 | | | | | | | | 填报时间：2023年9月30日
    序号 | 县（市、区） | 机构名称 | CMA（资质认定） | < | < | < | CATL（机构考核） | < | < | 备注
    ^ | ^ | ^ | 有/无 | 证书号 | 发证时间 | 有效期至 | 证书号 | 发证时间 | 有效期至 | ^
    1 | 市本级 | 长治市农产品质量安全检验检测中心 | 有 | 220404090331 | 2022.5.6 | 2028.5.5 | 〔2022〕农质检核(晋)字第0031号 | 2022.6.1 | 2028.5.31 |
    2 | 屯留 | 屯留区农产品质检站 | 有 | 220404090332 | 2022.5.6 | 2028.5.5 | / | / | / | 正在申报考核
    3 | 壶关县 | 壶关县农产品质检站 | 无 | — | — | — | — | — | — |
    合计 | 3家 | | 2 | | | | 1 | | | 双认证率33.3%
    填报人：张三
    注：有效期按证书填写。
"""

COUNTIES = """
    长治市农产品质量安全县统计表 | < | < | < | < | <
    县（市、区） | 国家农产品质量安全县 | < | 省级农产品质量安全县 | < | 批次
    ^ | 已命名 | 创建 | 已命名 | 创建 | ^
    长子县 | √ | | | | 第二批
    壶关县 | | | √ | | 第三批
    襄垣县 | | | | √ | 第五批
"""

PAIRINGS = """
    长治市县级包联责任表 | < | < | < | < | <
    县（市、区） | 包联干部 | 联系电话 | 包联起始时间 | 最近一次走访时间 | 走访次数
    长子县 | 王建国 | 13800000001 | 2023.4.25 | 2023.9.12 | 4
    壶关县 | 李　强 | 13800000002 | 2023年4月26日 | 2023年8月3日 | 2
"""


@define
class People:
    """A directory of people in a dict, as an import needs it."""

    names: dict[str, str] = field(factory=dict)

    def called(self, name):
        return [person for person, called in self.names.items() if called == name]

    def free_id(self, taken):
        return f"person-{len(self.names) + len(taken) + 1}"

    def claim(self, people):
        self.names.update({each.person: each.name for each in people})


@pytest.fixture
def take(books, tmp_path):
    """Import a sheet, and where that is refused once more as the messages say; return the outcome, and how often it was tried."""

    def trying(sheet, **how):
        path = written(tmp_path, sheet)
        try:
            done = import_roster(books, path, **how)
        except BadRoster as refusal:
            return import_roster(books, path, **how, **advised(str(refusal))), 2
        if not done.findings:
            return done, 1
        messages = " ".join(each["message"] for each in done.to_dict()["findings"])
        return import_roster(books, path, **how, **advised(messages)), 2

    return trying


def advised(message):
    """Return what a message says to do: the lines of a mapping file, and options."""
    lines = dict.fromkeys(LINE.findall(message))
    unread = [line for line in lines if line.endswith('= ""')]
    mapping = tomllib.loads("\n".join(unread or lines))
    options = {"columns": mapping} if mapping else {}
    return {**options, **({"add_people": True} if "--add-people" in message else {})}


def test_a_citys_sheet_with_has_and_has_not_is_taken(books, take):
    done, _ = take(LABS)

    assert done.findings == []
    assert {state.details[-1][1].name: state.cma.valid(date(2023, 9, 30)) for _, state in books.view().labs()} == {
        "长治市农产品质量安全检验检测中心": True,
        "屯留区农产品质检站": True,
        "壶关县农产品质检站": False,
    }
    assert [why for _, why in done.chosen.table.skipped] == ["total", "footer", "footer"]


def test_a_matrix_of_counties_is_taken(books, take):
    done, _ = take(COUNTIES)

    assert done.findings == []
    enrolled = {
        county: [(e.programme.value, e.standing.value, e.batch) for e in books.view().county(county).enrolments]
        for county in books.view().counties()
    }
    assert enrolled == {
        "county-140428": [("national", "named", 2)],
        "county-140427": [("provincial", "named", 3)],
        "county-140423": [("provincial", "candidate", 5)],
    }


def test_a_sheet_of_pairings_with_columns_of_visits_is_taken_and_dated_as_it_says(books, take):
    people = People()
    done, _ = take(PAIRINGS, people=people)

    assert done.findings == []
    assert {
        pairing.target: (people.names[pairing.supporter], pairing.since) for _, pairing in books.view().pairings()
    } == {
        "county-140428": ("王建国", date(2023, 4, 25)),
        "county-140427": ("李强", date(2023, 4, 26)),
    }
    assert set(done.chosen.unread) == {"最近一次走访时间", "走访次数"}
