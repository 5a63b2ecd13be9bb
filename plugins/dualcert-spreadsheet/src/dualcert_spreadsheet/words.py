"""The sheets' own texts in both languages; codes of dualcert are translated by its catalog."""

from __future__ import annotations

from collections.abc import Mapping

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
    "days": "剩余天数",
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
}


def words(language: str) -> Mapping[str, str]:
    """Return the words of a language."""
    return EN if language == "en" else ZH
