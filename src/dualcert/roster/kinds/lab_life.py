"""Words of a certificate's life and of a lab's: 有效, 已注销（2023.5.6）, 因整改不到位暂停至2023年12月31日, 机构已撤并."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from enum import Enum, auto

from attrs import evolve, frozen

from dualcert.errors import LifeUnclear
from dualcert.roster import cells
from dualcert.roster.kinds.lab_columns import CALLED
from dualcert.roster.reading.pages import Cell
from dualcert.units import plain
from dualcert.values.terms import SCHEMES, Scheme


class Life(Enum):
    """What is said of a certificate, or of a lab."""

    HELD = auto()
    LACKED = auto()
    VALID = auto()
    EXPIRED = auto()
    RENEWED = auto()
    CHANGED = auto()
    SUSPENDED = auto()
    REINSTATED = auto()
    CANCELLED = auto()
    REVOKED = auto()
    CLOSED = auto()


EVENTS = (Life.SUSPENDED, Life.REINSTATED, Life.CANCELLED, Life.REVOKED, Life.CLOSED)
"""What happened on a day, and becomes a fact; the others are compared with the facts."""
ENDS = {
    Life.CANCELLED: "cancelled_on",
    Life.REVOKED: "revoked_on",
    Life.SUSPENDED: "suspended_on",
    Life.REINSTATED: "reinstated_on",
}
"""What happened -> the part that is its day."""
CALLED_IN_SHEETS: Mapping[Life, str] = {
    Life.HELD: "是", Life.LACKED: "否", Life.VALID: "有效", Life.EXPIRED: "过期", Life.RENEWED: "已换证", Life.CHANGED: "变更",
    Life.SUSPENDED: "暂停", Life.REINSTATED: "恢复", Life.CANCELLED: "注销", Life.REVOKED: "撤销", Life.CLOSED: "机构撤并",
}  # fmt: skip


@frozen
class Told:
    """What a row says of a certificate's life, or its lab's, in the column *field*.

    `until` is the last day that is stated: of the certificate, or of a suspension. `scheme` is None where the words name
    none, `into` the lab into which one is merged; `general` is what is said of whatever certificates a lab has.
    """

    life: Life
    field: str
    on: date | None = None
    until: date | None = None
    scheme: Scheme | None = None
    into: str | None = None
    text: str = ""
    general: bool = False


_WORDS: Mapping[str, Life] = {
    **dict.fromkeys(
        ("有效", "正常", "在有效期内", "有效期内", "有效期", "在用", "存续", "正常使用", "正常运行", "有效中", "即将到期", "临期",
         "临近到期", "未过期", "未到期", "未注销", "未撤销", "未暂停", "valid"), Life.VALID),
    **dict.fromkeys(("过期", "已过有效期", "到期", "超期", "失效", "逾期", "有效期满", "期满", "有效期届满", "届满", "expired"), Life.EXPIRED),
    **dict.fromkeys(("换证", "延续", "续证", "换发", "复查换证", "换发新证", "续期", "复审"), Life.RENEWED),
    **dict.fromkeys(("变更", "扩项", "首次", "首次申请", "首次取证", "新发", "新发证", "颁证", "名称变更", "地址变更", "标准变更"), Life.CHANGED),
    **dict.fromkeys(("暂停", "暂停中", "暂停使用", "suspended"), Life.SUSPENDED),
    **dict.fromkeys(("恢复", "恢复使用", "恢复有效", "恢复正常", "解除暂停"), Life.REINSTATED),
    **dict.fromkeys(("注销", "cancelled", "canceled"), Life.CANCELLED),
    **dict.fromkeys(("撤销", "撤消", "吊销", "revoked"), Life.REVOKED),
    **dict.fromkeys(("撤并", "合并", "关闭", "关停", "裁撤", "解散"), Life.CLOSED),
}  # fmt: skip

HAS: Mapping[str, Life] = {
    **dict.fromkeys((*(word for word, yes in cells.YES_NO.items() if yes), "已取得", "取得", "已获得", "已获证", "已具备", "具备",
                     "持有", "已持有", "已通过", "通过", "已有", "有证", "已认证"), Life.HELD),
    **dict.fromkeys((*(word for word, yes in cells.YES_NO.items() if not yes), "暂无", "没有", "未取得", "未获得", "未获证", "未办理",
                     "未通过", "不具备", "未认证", "无证"), Life.LACKED),
}  # fmt: skip
"""Words that say of a certificate that it is there, or not; each is a cell by itself."""

NOTES = ("note", "explained")
"""The columns of remarks, which are read only where they say something of a life."""
TELLING = re.compile(
    r"注销|撤[销消并回]|吊销|暂停|过期|到期|失效|作废|停用|停业|停止|终止|恢复|换证|裁撤|并[入至]|整合|划[入转归]|关[停闭]|解散"
    r"|合并(?!评审|申[报请]|现场|考核|检查)"
)
"""Words of a life that may not be passed over in a remark."""
TOLD_BESIDE = re.compile(
    r"[(（][^()（）]*(?:注销|撤[销消并]|吊销|暂停|过期|失效|停用|停业|已合并|已并入|更名)[^()（）]*[)）]"
)
"""Matches brackets behind a name that say what became of the lab or its certificate."""
STRONG = re.compile(r"注销|撤[销消并]|吊销|暂停|过期|失效|作废|停用")
"""Words for which a column may not stay unread."""

_DAY = r"\d{4}(?:年|[.\-/])\d{1,2}(?:月|[.\-/])\d{1,2}[日号]?|(?<!\d)(?:19|20)\d{6}(?!\d)"
_ACT = r"(?:注销|撤[销消]|吊销|暂停|恢复)"
_REASON = re.compile(
    rf"(?:{_ACT}|处理)?(?:原因|事由)(?:为|是|:)?[^;。]*"
    rf"|(?:因|由于|鉴于)[^;。,]*?(?=(?:而|已|被|予以|依法|于|自|从|依?申请|主动|自愿|(?:{_DAY})起?)*{_ACT})"
    r"|(?:因|由于|鉴于)[^;。,]*"
)
_ASIDE = re.compile(r"\(([^()]*)\)")
_HEDGED = re.compile(r"部分|个别|参数|项目|拟|申请|公示|待|正在|除外|不含")
_SCHEMES = {plain(word): Scheme(of.upper()) for of, words in CALLED.items() for word in words}
_LAB = r"(?:该|本|原)?(?:机构|单位|法人|实验室|中心|检测站|站)(?:已被|现已|已|被)?(?:注销|撤[销并]|取消|合并|关闭|关停|裁撤|解散)"


def _any(words: Mapping[str, object]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_TOKEN = re.compile(
    rf"(?P<last>(?:有效期至|有效期限至|截至|至|到|止于|~|—+|-)(?:{_DAY})止?)|(?P<day>{_DAY})"
    rf"|(?P<into>(?:合并至|合并到|合并入|并入|并至|整合到|整合至|划入)(?:了)?(?P<name>[^;。,()]+?)(?=(?:于|自|从)?(?:{_DAY})|[;。,()]|$))"
    rf"|(?P<lab>{_LAB})|(?P<scheme>{_any(_SCHEMES)})|(?P<word>{_any(_WORDS)})"
    r"|已经|已于|已|现已|被|予以|依法|依申请|主动|自愿|自行|自动|于|自|从|起|至|到|止|为|是|的|了|该|目前|当前|证书|资质|证|状态|期间|期限"
    r"|时间|日期|均|都|全部|两证|双证|已办理|手续|(?:国家|全?省|市|县|区)?(?:市场监管|市场监督管理|质监|质量技术监督|农业农村|农业|认监委)?"
    r"(?:总局|局|厅)|公告|机构(?=证书|资质|状态|正常|运行)|运行|[()\[\]:.\-—~/\"'“”!]|\d+个?(?:月|天)"
)
_LIVED = re.compile(f"{_any(_WORDS)}|{_LAB}|合并|并入|并至|整合|划入|{TELLING.pattern}")


def read_has(text: str, field: str) -> Told | None:
    """Return what a cell says that is only 是, √, 无 or the like; None for any other."""
    life = HAS.get(plain(text))
    return Told(life, field, text=text) if life else None


def read_life(text: str, field: str, *, whole: bool) -> Iterator[Told]:
    """Yield what *text* says of a certificate's life.

    Args:
        text: the text of a cell.
        field: its column.
        whole: whether every word has to be understood, or only clauses with a word of a life, as in a remark.

    Raises LifeUnclear, and the refusals of an invalid day.
    """
    bare = _REASON.sub("", plain(text))
    told: dict[tuple[Life, Scheme | None], Told] = {}
    for clause in _clauses(_ASIDE.sub(lambda found: _aside(found, text), bare), whole=whole):
        for each in _clause(clause, text, field):
            known = told.get((each.life, each.scheme), each)
            told[each.life, each.scheme] = evolve(each, on=each.on or known.on, until=each.until or known.until)
    if not told and (whole or TELLING.search(bare)):
        raise LifeUnclear(value=text)
    yield from told.values()


def _aside(found: re.Match[str], text: str) -> str:
    """Return what stands in brackets without its parts that are a reason: they say no more of the certificate."""
    parts = re.split("[,、;]", found[1])
    telling = [part for part in parts if not _TOKEN.sub("", part)]
    if any(_HEDGED.search(part) for part in parts if part not in telling):
        raise LifeUnclear(value=text)
    return "".join(telling)


def _clauses(text: str, *, whole: bool) -> list[str]:
    """Return the clauses that say something of a life, each with the days and schemes that stand alone before or after it."""
    clauses: list[str] = []
    waiting = ""
    for clause in filter(None, re.split(r"[;。,、]", text)):
        if _LIVED.search(clause):
            clauses.append(waiting + clause)
            waiting = ""
        elif whole or not _TOKEN.sub("", clause):
            if clauses:
                clauses[-1] += clause
            else:
                waiting += clause
    return [*clauses, waiting] if waiting and whole else clauses


def _clause(clause: str, text: str, field: str) -> Iterator[Told]:
    rest, found = _TOKEN.sub("", clause), list(_TOKEN.finditer(clause))
    if rest:
        raise LifeUnclear(value=text)
    words = list(dict.fromkeys(_WORDS[each["word"]] for each in found if each["word"]))
    into = next((each["name"] for each in found if each["into"]), None)
    closed = into is not None or any(each["lab"] for each in found)
    words += (
        [Life.VALID]
        if any((each["last"] or "").startswith("有效期") for each in found) and Life.VALID not in words
        else []
    )
    lives = [*([Life.CLOSED] if closed and Life.CLOSED not in words else []), *words]
    if len(lives) > 1 and lives[0] is Life.REINSTATED and Life.VALID in lives:
        lives = lives[:1]
    days = [day for each in found if each["day"] and (day := _day(each["day"]))]
    last = [day for each in found if each["last"] and (day := _day(re.search(_DAY, each["last"])[0]))]  # type: ignore[index]
    if len(lives) != 1 or len(days) > 1 or len(last) > 1:
        raise LifeUnclear(value=text)
    schemes = {_SCHEMES[each["scheme"]] for each in found if each["scheme"]}
    for scheme in schemes if len(schemes) == 1 else (SCHEMES if schemes else (None,)):
        yield Told(lives[0], field, next(iter(days), None), next(iter(last), None), scheme, into, text)


def _day(text: str) -> date | None:
    return cells.as_day(text, 0)[0]


def is_filled(cell: Cell) -> bool:
    """Return whether a cell states something."""
    return cell is not None and bool(str(cell).strip())
