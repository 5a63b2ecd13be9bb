"""The columns of labs with their certificates, and the words of their cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import product

from dualcert.errors import (
    N_,
)
from dualcert.roster.columns import Column, Columns
from dualcert.roster.kinds.shared import CITY, CITY_FORM, CODE, COUNTY, COUNTY_FORM, UNIT_LIKE
from dualcert.units import plain
from dualcert.values.terms import Level

LEVELS: Mapping[str, Level] = {
    **dict.fromkeys(map(plain, ("省级", "省", "省本级", "province")), Level.PROVINCE),
    **dict.fromkeys(map(plain, ("市级", "市", "市本级", "地市级", "地级", "设区市级", "city")), Level.CITY),
    **dict.fromkeys(
        map(plain, ("县级", "县", "区县级", "县区级", "区级", "县（区）级", "区（县）级", "县市区级", "县（市、区）级",
                    "县（市区）级", "县（市）级", "县、市、区级", "旗县级", "county")),
        Level.COUNTY,
    ),
}  # fmt: skip
LEVEL_WORDS = {Level.PROVINCE: "省级", Level.CITY: "市级", Level.COUNTY: "县级"}

CALLED = {
    "cma": ("CMA", "资质认定", "CMA资质认定", "检验检测机构资质认定", "检测机构资质认定", "实验室资质认定", "计量认证"),
    "catl": ("CATL", "机构考核", "CATL机构考核", "农产品质量安全检测机构考核", "农产品质量安全检验检测机构考核",
             "检测机构考核", "考核", "农质检核"),
}  # fmt: skip
"""Scheme -> what offices call it in a header."""
LIVED = {
    "cancelled_on": N_("The day of the cancellation"),
    "revoked_on": N_("The day of the revocation"),
    "ended_on": N_("The day of what the state says"),
    "suspended_until": N_("Until when it is suspended; kept with the reason, it reinstates nothing"),
    "reinstated_on": N_("The day on which a suspension was lifted"),
}
"""Part of a certificate's life -> what belongs there."""
BETWEEN = ("认证", "资质", "合格", "证书", "情况", "信息", "取得", "获证", "certificate", "cert")
"""Words between the scheme and the part of its certificate, which may be repeated: CMA证书 over 证书编号."""


def _dated(act: str) -> tuple[str, ...]:
    return tuple(f"{act}{word}" for word in ("日期", "时间", "日", "自"))


PARTS = {
    "number": ("证书编号", "证书号", "编号", "证书号码", "合格证书编号", "号", "号码", "证号", "编码", "number", "no", "no."),
    "granted_on": (
        *map("".join, product(("发证", "颁发", "颁证", "获证", "批准", "取证", "取得", "签发", "发放", "起始", "生效"),
                              ("日期", "时间", "日"))),
        "issuedate", "dateofissue", "issuedon", "grantedon", "grantdate",
    ),
    "valid_until": (
        "有效期至", "到期日", "到期日期", "到期时间", "有效期", "有效期限", "有效期限至", "有效期止", "有效期到", "有效至",
        "有效日期", "有效截止日期", "有效截止日", "截止日期", "截止日", "截止时间", "有效期截止日期", "有效期截止日", "有效期截止时间",
        "有效期截至日期", "有效期截止", "有效期截至", "有效期截止至", "有效期终止日期", "有效期结束日期", "失效日期", "失效时间", "终止日期", "到期", "validuntil", "validto", "expirydate", "expiry", "expires",
        "expireson",
    ),
    "suspended_on": ("暂停自", "暂停日期", "暂停时间", "暂停起始日期", "暂停开始日期"),
    "state": (
        *map("".join, product(("", "当前", "目前", "现", "有效", "存续"), ("状态",))), "现状", "是否有效", "有效性", "有效与否",
        "处理决定", "处理结果", "处理意见", "处理方式", "处理类型", "处置结果", "变更类型", "变更事项", "变动情况", "变化情况", "变更情况",
    ),
    "cancelled_on": _dated("注销"),
    "revoked_on": (*_dated("撤销"), *_dated("吊销")),
    "ended_on": (*_dated("处理"), *_dated("决定"), *_dated("处置"), *_dated("公告"), "状态日期", "状态变更日期", "状态变更时间"),
    "suspended_until": ("暂停至", "暂停期限", "暂停期限至", "暂停截止日期", "暂停截止时间", "暂停结束日期", "暂停期间", "暂停期"),
    "reinstated_on": _dated("恢复"),
}  # fmt: skip
"""Part of a certificate -> what offices call its column."""
DAYS = frozenset(PARTS) - {"number", "state"}
RANGES = frozenset({"suspended_until"})
"""Parts that are days, and those that may have a first day before the last."""
LOOSE = {
    **PARTS,
    "number": ("证书编号", "证书号", "证书号码", "合格证书编号", "证号", "资质证书编号"),
    "state": (
        *PARTS["state"],
        "证书状态",
        "资质状态",
        "证书现状",
        "证书当前状态",
        "证书有效状态",
        "证书是否有效",
        "资质情况",
        "证书处理决定",
    ),
}
"""The same for columns that do not name the scheme."""

CLAIMED = ("有无", "有否", "是否", "是否取得", "取得情况", "是否通过", "是否具备", "是否获证", "是否有", "获证情况")
CERTIFICATE_LIKE = re.compile(
    r"(?!.*(?:备注|说明|remark|(?:考核|评审|申请)(?:类型|类别|方式))).*(?:证书|有效期|cma|catl|资质认定|考核|certificate).*"
)
"""The form of headers that are about a certificate."""


def _either(words: Iterable[str]) -> str:
    return "|".join(re.escape(plain(word)) for word in words)


def _certificate(scheme: str, part: str, about: str, width: int = 14, *, offered: bool = True) -> Column:
    header, *aliases = ("".join(words) for words in product(CALLED[scheme], PARTS[part]))
    words = _either(CALLED[scheme]), _either(BETWEEN + CALLED[scheme]), _either(PARTS[part])
    stated = part in DAYS
    return Column(f"{scheme}_{part}", header, tuple(aliases[:8]), about=about, width=width, dated=stated and part not in RANGES,
                  optional=stated or part == "number", form=re.compile("(?:{})(?:{})*(?:{})".format(*words)),
                  offered=offered)  # fmt: skip


def _claim(scheme: str) -> Column:
    """Return the column that only says whether there is a certificate: CMA, with √; CMA证书（有/无）; 是否取得CMA."""
    called, more, claimed = _either(CALLED[scheme]), _either(BETWEEN + CALLED[scheme]), _either(CLAIMED)
    form = re.compile(
        f"(?:是否|有无|是否已|已)?(?:取得|具有|具备|通过|获得|持有|有|获)?(?:{called})(?:{more})*(?:{claimed})?"
    )
    name = CALLED[scheme][0]
    return Column(f"{scheme}_claim", f"是否取得{name}", (f"{name}证书（有/无）",), form=form, offered=False, loose=True,
                  about=N_("Whether it has the certificate; compared with the row and the books"))  # fmt: skip


def _loose(part: str) -> Column:
    header, *aliases = LOOSE[part]
    return Column(part, header, tuple(aliases), dated=part in DAYS and part not in RANGES, optional=part in DAYS or part == "number",
                  offered=False, loose=True,
                  about=N_("The same without its scheme, where the sheet or the row can mean one certificate only"))  # fmt: skip


COLUMNS = Columns(
    (
        Column("lab", "机构编号", ("机构id", "机构代码", "lab id"), optional=True, width=16,
               about=N_("The id in the books; left empty the lab is found by its code, or its unit and name")),
        Column("division", "行政区划代码", CODE,
               about=N_("The unit's code; may be left out where its names are there")),
        Column("city", "市", CITY, form=CITY_FORM, about=N_("The city")),
        Column("county", "县（市、区）", COUNTY, optional=True, form=COUNTY_FORM,
               about=N_("The county; left empty for a city's own lab")),
        Column("name", "机构名称", ("名称", "检测机构", "检测机构名称", "单位名称", "检验检测机构", "机构", "检验检测机构名称",
                                 "检验机构名称", "质检机构名称", "机构全称", "单位全称", "单位", "检测单位", "检测单位名称", "实验室",
                                 "实验室名称", "检测中心名称", "质检站名称", "农产品质检机构名称", "lab name", "name of laboratory",
                                 "laboratory", "变更后名称", "变更后机构名称", "现名称", "现机构名称", "更名后名称", "更名后机构名称"),
               needed=True, width=34,
               about=N_("The lab's name as it stands on its certificates")),
        Column("former_name", "原名称", ("原机构名称", "曾用名", "变更前名称", "变更前机构名称", "更名前名称", "更名前机构名称",
                                     "原单位名称", "变更前单位名称"), optional=True, width=20,
               about=N_("Only where the lab is called otherwise than before")),
        Column("renamed_to", "更名为", ("变更为", "现更名为", "名称变更为", "新名称"), optional=True, offered=False,
               about=N_("The lab's new name, where the column of names has the old one")),
        Column("merged_into", "并入机构", ("合并至", "并入", "合并后机构"), optional=True, width=20,
               about=N_("Only where the lab is merged: the successor's id or name")),
        Column("changed_on", "变更日期", ("更名日期", "合并日期", "变更时间", "撤并日期", "关闭日期"), dated=True,
               about=N_("Since when: of another name, level or unit, of a merger, of the end of its county's place")),
        Column("level", "机构级别", ("级别", "层级", "机构层级"), choices=("省级", "市级", "县级"), width=10,
               about=N_("Without it a row with a county is a county's lab, one with a city only a city's")),
        Column("credit_code", "统一社会信用代码", ("信用代码", "社会信用代码"), optional=True, width=22, about=N_("18 characters")),
        Column("counted", "是否纳入统计", ("纳入统计", "是否计入", "是否统计"), choices=("是", "否"), width=12,
               about=N_("Whether it is in the denominator; empty: yes")),
        Column("designated", "是否指定机构", ("指定机构", "是否为县指定机构"), choices=("是", "否"), width=12,
               about=N_("Whether a county's lab carries its county's place; empty: yes")),
        Column("serves", "承担县", ("承担县区", "承担县（市、区）", "指定承担县", "服务县"), width=24,
               about=N_("Other counties whose place the lab carries, by name or code, each with its day: 阳城县（2023-07-01）、140521")),
        Column("registered_on", "登记日期", ("建档日期", "入库日期"), dated=True,
               about=N_("Since when it is in the books; empty: the earliest grant of the file, or --on")),
        _certificate("cma", "number", N_("The CMA certificate in force: its number"), 18),
        _certificate("cma", "granted_on", N_("The day it was granted"), 14),
        _certificate("cma", "valid_until", N_("The last day on which it is valid"), 14),
        _certificate("cma", "suspended_on", N_("Only where it is suspended: since when"), 14),
        _certificate("cma", "state", N_("有效, 过期, 暂停, 恢复, 注销 or 撤销, with its day: 注销（2023-05-06）"), 20),
        _certificate("catl", "number", N_("The CATL certificate in force: its number"), 32),
        _certificate("catl", "granted_on", N_("The day it was granted"), 14),
        _certificate("catl", "valid_until", N_("The last day on which it is valid"), 14),
        _certificate("catl", "suspended_on", N_("Only where it is suspended: since when"), 14),
        _certificate("catl", "state", N_("有效, 过期, 暂停, 恢复, 注销 or 撤销, with its day: 注销（2023-05-06）"), 20),
        Column("dual", "是否双认证", ("双认证", "是否取得双认证", "双认证情况", "双证", "是否双证", "是否通过双认证"), choices=("是", "否"), width=12,
               about=N_("Compared with the row and the books, on the sheet's own day")),
        *(_claim(scheme) for scheme in CALLED),
        *(_certificate(scheme, part, about, offered=False) for scheme in CALLED for part, about in LIVED.items()),
        *map(_loose, LOOSE),
        Column("lab_state", "机构状态", ("单位状态", "运行状态", "机构现状", "机构存续状态", "存续情况"), offered=False,
               about=N_("Whether the lab works, or was closed or merged: 机构已撤并（2023-05-06）")),
        Column("reason", "原因", ("注销原因", "撤销原因", "吊销原因", "暂停原因", "处理原因", "事由", "处理事由", "注销（撤销）原因", "注销撤销原因",
                                  "撤并原因", "恢复原因"), optional=True, offered=False, loose=True, spare=True,
               about=N_("Why a certificate was suspended or ended")),
        *(Column(field, header, aliases, offered=False, loose=True, spare=True,
                 about=N_("Read where it says something of a certificate's life"))
          for field, header, aliases in (("note", "备注", ("备注信息", "其他备注", "remarks", "remark")),
                                         ("explained", "说明", ("情况说明", "其他说明", "有关说明", "备注说明", "情况")))),
    ),
    {**UNIT_LIKE, "": CERTIFICATE_LIKE},
)  # fmt: skip


def yes_or_no(flag: bool) -> str:  # noqa: FBT001  one word for it
    """Return a flag as sheets write it."""
    return "是" if flag else "否"
