"""The sheets' own texts in both languages; codes of dualcert are translated by its catalog."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from zoneinfo import ZoneInfo

from dualcert.reporting import Books, Request

SHANGHAI = ZoneInfo("Asia/Shanghai")

ZH: Mapping[str, str] = {
    "summary": "汇总",
    "code": "行政区划代码",
    "city": "市",
    "county": "县（市、区）",
    "labs": "机构数",
    "dual": "双认证数",
    "share": "双认证比例",
    "target": "目标",
    "met": "是否达标",
    "total": "合计",
    "yes": "是",
    "no": "否",
    "id": "编号",
    "lab": "机构名称",
    "level": "级别",
    "cma state": "CMA状态",
    "cma number": "CMA证书编号",
    "cma until": "CMA有效期至",
    "catl state": "CATL状态",
    "catl number": "CATL证书编号",
    "catl until": "CATL有效期至",
    "is dual": "是否双认证",
    "dual since": "双认证自",
    "due": "待办事项",
    "severity": "紧急程度",
    "deadline": "期限",
    "days": "时限情况",
    "what": "内容",
    "kind": "类别",
    "passes": "是否通过",
    "designated": "指定机构",
    "programme": "农安县类别",
    "plan": "攻坚方案",
    "handed in": "报送日期",
    "open items": "未完成项",
    "supporter": "包联（帮扶）方",
    "target of pairing": "包联（帮扶）对象",
    "since": "起始日期",
    "visits": "走访次数",
    "last visit": "最近走访",
    "problems": "未销号问题",
    "counties": "县（市、区）",
    "pairings": "包联帮扶",
    "findings": "待办事项",
    "all labs": "检测机构",
    "dispatch table": "农产品质检机构“双认证”工作调度表",
    "table file": "调度表",
    "ledger file": "台账",
    "ledger": "农产品质检机构“双认证”工作台账",
    "late": "逾期{days}天",
    "left": "还有{days}天",
    "today": "今日到期",
    "list": "、",
    "rests": "数据截至{as_of}，于{known_at}提取；统计口径：{levels}机构；目标{target}%",
    "province": "省级",
    "city level": "市级",
    "county level": "县级",
    "figures": "全省纳入统计的机构{labs}家，双认证{dual}家，占{percent}%，{verdict}{target}%的目标。",
    "reached": "已达到",
    "not reached": "未达到",
    "short": "未达标：{cities}。",
    "overdue": "逾期事项{count}项，最多的是{city}（{most}项）；",
    "none overdue": "没有逾期事项；",
    "soon": "30天内到期{count}项。",
}

EN: Mapping[str, str] = {
    **{word: word for word in ZH},
    "cma until": "CMA until",
    "cma number": "CMA number",
    "cma state": "CMA state",
    "catl until": "CATL until",
    "catl number": "CATL number",
    "catl state": "CATL state",
    "all labs": "labs",
    "what": "finding",
    "deadline": "due",
    "due": "due",
    "is dual": "dual-certified",
    "target of pairing": "target",
    "dispatch table": "Dispatch table of dual certification",
    "table file": "dispatch-table",
    "ledger file": "ledger",
    "ledger": "Ledger of dual certification",
    "late": "{days} days late",
    "left": "{days} days left",
    "list": ", ",
    "rests": "as of {as_of}, read {known_at}; counted: labs of level {levels}; target {target} %",
    "province": "province",
    "city level": "city",
    "county level": "county",
    "figures": "{labs} labs count, {dual} are dual-certified, {percent} %, {verdict} the target of {target} %. ",
    "reached": "which meets",
    "not reached": "which does not meet",
    "short": "Short of it: {cities}. ",
    "overdue": "{count} findings are overdue, most in {city} ({most}); ",
    "none overdue": "Nothing is overdue; ",
    "soon": "{count} are due within 30 days.",
}


def words(language: str) -> Mapping[str, str]:
    """Return the words of a language."""
    return EN if language == "en" else ZH


def rests(request: Request, books: Books) -> str:
    """Return in official words where the figures come from."""
    texts, target = words(request.language), books.policy().target
    levels = {"province": texts["province"], "city": texts["city level"], "county": texts["county level"]}
    known = books.known_at.astimezone(SHANGHAI) if books.known_at else None
    hour = "" if known is None else f"{known.hour}时" if request.language == "zh" else f" {known:%H}:00"
    return texts["rests"].format(
        as_of=written(request.language, books.as_of),
        known_at=f"{written(request.language, known.date())}{hour}" if known else "-",
        levels=texts["list"].join(levels[level.value] for level in target.basis),
        target=target.percent,
    )


def written(language: str, day: date) -> str:
    """Return a day as a title writes it; days in cells are days."""
    return f"{day.year}年{day.month}月{day.day}日" if language == "zh" else day.isoformat()


def in_words(texts: Mapping[str, str], days_left: int | None) -> str | None:
    """Return how late something is, or how many days are left."""
    if days_left is None:
        return None
    return texts["late" if days_left < 0 else "left" if days_left else "today"].format(days=abs(days_left))
