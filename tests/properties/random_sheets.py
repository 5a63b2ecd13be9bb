"""Random sheets of labs: columns in any order under any of their names, with what each cell means, made from a seed.

Beside units, names and certificates a sheet may have states, claims, former names, remarks, columns that nobody knows,
titles, totals and footers; a plain ledger of what the books know already goes with it.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from attrs import frozen
from sheet_files import Sheet

from dualcert.divisions import china
from dualcert.roster.layout import column_name
from dualcert.values.terms import SCHEMES, Scheme

UNITS = [d.code for city in ("140300", "140500", "140800") for d in china().within(city, "county") if d.name != "城区"]
STATES = (
    "注销",
    "已注销",
    "撤销",
    "吊销",
    "暂停",
    "恢复",
    "注销（2022-03-04）",
    "有效",
    "正常",
    "过期",
    "已失效",
    "待定",
)
EVENTS = STATES[:6]
"""The words of states on whose day something happened."""
REMARKS = ("联系人已调整", "已注销", "2022年暂停", "撤销", "正在申报", "证书已过期", "无")


SECTION = -1
"""The column of what the heading of its section says of a row."""


class Chance(Random):
    """A source of chance in which some features of sheets may be certain."""

    def __init__(self, seed, *certain):
        super().__init__(seed)
        self.certain = certain

    def may(self, feature, often):
        """Return whether a sheet has a feature, which it has so often."""
        return self.random() < often or feature in self.certain


@frozen
class Cell:
    """What a cell shows, and what it means: day, number, name, state, claim or closed, with its value and its scheme, if any."""

    shown: object = None
    means: str = ""
    value: object = None
    scheme: Scheme | None = None


@frozen
class Made:
    """A sheet with the meaning of its cells: row, column -> cell; headers by column; rows of data, and rows that are none."""

    sheet: Sheet
    cells: dict[tuple[int, int], Cell]
    headers: dict[int, tuple[str, ...]]
    names: dict[int, str]
    skipped: tuple[int, ...]
    day: date | None
    file: str
    before: Sheet


@frozen
class Lab:
    """A lab of a sheet: its certificates, and those that the books know."""

    unit: str
    name: str
    held: dict[Scheme, tuple[str, date, date]]
    known: dict[Scheme, tuple[str, date, date]]


def _days(random):
    """Yield days that are all different, so that a day is found again only where it was meant."""
    return (date(2015, 1, 1) + timedelta(days=n) for n in random.sample(range(3_000), 100))


def _labs(random, days):
    for nth, unit in enumerate(random.sample(UNITS, random.randint(2, 4)), start=1):
        held, known = {}, {}
        for scheme in SCHEMES:
            number = (
                f"2104040{random.randint(10, 99)}{nth:03}"
                if scheme is Scheme.CMA
                else f"[2021]农质检核（晋）字第{nth:04}号"
            )
            first = next(days)
            mine = (number, first, next(days) + timedelta(days=random.choice([3_000, 3_100])))
            if random.random() < 0.8:
                held[scheme] = mine
            known[scheme] = random.choice([
                None, None, mine, (f"{number[:-1]}9", first - timedelta(days=900), first - timedelta(days=30)),
                (number, first - timedelta(days=400), mine[2]), (number, first, mine[2] + timedelta(days=1)),
            ])  # fmt: skip
        yield Lab(unit, f"{china().get(unit).name}{random.choice(['检测站', '质检中心'])}", held,
                  {scheme: period for scheme, period in known.items() if period})  # fmt: skip


WIDE = str.maketrans("0123456789.", "０１２３４５６７８９．")
STYLES = (
    lambda d: d, str, lambda d: f"{d.year}.{d.month}.{d.day}", lambda d: f"{d.year}年{d.month}月{d.day}日",
    lambda d: f"{d:%Y%m%d}", lambda d: f"{d:%Y/%m/%d} 0:00", lambda d: f"{d:%Y.%m.%d}".translate(WIDE),
)  # fmt: skip


def _day(random, day, scheme=None):
    return Cell(random.choice(STYLES)(day), "day", day, scheme)


def _group(random, scheme):
    """Return the columns of a certificate: header, and the cell of a lab."""
    word = random.choice(
        [("CMA", "资质认定", "CMA资质认定"), ("CATL", "机构考核", "CATL机构考核")][SCHEMES.index(scheme)]
    )
    number, first, last = random.choice(
        [("证书编号", "发证日期", "有效期至"), ("证书号", "颁发日期", "到期日"), ("编号", "发证时间", "截止日期")]
    )
    of = lambda part, means: lambda lab: (
        Cell() if scheme not in lab.held
        else Cell(lab.held[scheme][0], "number", lab.held[scheme][0], scheme) if means == "number"
        else _day(random, lab.held[scheme][part], scheme)
    )  # fmt: skip
    yield (word, number), of(0, "number")
    yield (word, first), of(1, "day")
    yield (word, last), of(2, "day")
    if random.may("state", 0.3):
        state = {}
        yield (word, random.choice(["状态", "证书状态"])), _states(random, scheme, state)
        yield (word, random.choice(["暂停日期", "注销日期", "状态变更日期"])), _dates(random, scheme, state)
    if random.may("claim", 0.3):
        yield (word, random.choice(["有/无", "是否取得"])), _claims(random, scheme, ("有", "无", "√", "是", "否"))


def _states(random, scheme, drawn):
    def cell(lab):
        drawn[lab.unit] = word = random.choice((None, *STATES))
        return Cell(word, "state", word.partition("（")[0], scheme) if word else Cell()

    return cell


def _dates(random, scheme, drawn):
    """Return the column of the days of states, or of days of their own."""
    days = _days(Random(random.random()))
    return lambda lab: (
        _day(random, next(days), scheme) if drawn.get(lab.unit) in EVENTS or random.random() < 0.2 else Cell("/")
    )


def _claims(random, scheme, words):
    def cell(lab):
        word = random.choice((None, *words))
        return Cell(word, "claim", word in {"有", "√", "是"}, scheme) if word else Cell()

    return cell


def _columns(random):
    """Return the columns of a sheet in any order, each with its header, and how it gets the cell of a lab."""
    days = _days(random)
    groups = [
        [(("", random.choice(["市", "地市", "所属市"])), lambda lab: Cell(china().above(lab.unit, "city").name))],
        [(("", random.choice(["县（市、区）", "县区", "所在县"])), lambda lab: Cell(china().get(lab.unit).name))],
        [(("", random.choice(["机构名称", "单位名称", "检测机构"])), lambda lab: Cell(lab.name, "name", lab.name))],
        *([*_group(random, scheme)] for scheme in SCHEMES if random.may(scheme.value, 0.85)),
    ]
    groups += [group for group in _general(random, groups, days) if group]
    groups += [
        [(("", header), lambda lab, header=header: _other(random, header, days))]
        for header in ("最近检查日期", "发证机关", "联系人", "")
        if random.may("unknown", 0.15)
    ]
    random.shuffle(groups)
    return [column for group in groups for column in group]


def _general(random, groups, days):
    """Yield the columns about a lab, and about either certificate, which a sheet may have beside *groups*."""
    parts = "".join(part for group in groups for (_, part), _ in group)
    state = {}
    for scheme in SCHEMES:
        if random.random() < (0.02 if "有/无" in parts or "取得" in parts else 0.2):
            yield [(("", f"是否取得{scheme.value}"), _claims(random, scheme, ("是", "否", "√")))]
    if random.random() < (0.05 if "状态" in parts else 0.4):
        yield [
            (("", random.choice(["状态", "资质状态", "处理决定", "证书状态"])), _states(random, None, state)),
            (("", random.choice(["处理日期", "注销日期", "状态日期", "办理日期"])), _dates(random, None, state)),
        ]
    if random.may("dual", 0.2):
        yield [(("", "是否双认证"), _claims(random, None, ("是", "否", "×")))]
    if random.may("former", 0.2):
        yield [
            (("", random.choice(["原名称", "曾用名"])), lambda lab: Cell(f"旧{lab.name}", "name", f"旧{lab.name}")),
            (("", "变更日期"), lambda lab: _day(random, next(days))),
        ]
    elif random.may("renamed", 0.1):
        yield [
            (("", "更名为"), lambda lab: Cell(f"新{lab.name}", "name", f"新{lab.name}")),
            (("", "更名日期"), lambda lab: _day(random, next(days))),
        ]
    if random.may("remark", 0.4):
        header = random.choice(["备注", "备注", "备注", "说明", "说明", "其他情况"])
        yield [(("", header), lambda lab: _remark(random))]
    if random.may("registered", 0.15):
        first = date(2012, 1, 1)
        yield [(("", "登记日期"), lambda lab: _day(random, first + timedelta(days=random.randrange(900))))]
    if random.may("works", 0.1):
        yield [(("", "机构状态"), lambda lab: _work(random))]


def _remark(random):
    text = random.choice((None, *REMARKS))
    word = next((word for word in (*EVENTS, "过期") if text and word in text), None)
    return Cell(text, "state", word) if word else Cell(text)


def _work(random):
    word = random.choice((None, "正常", "已撤并", "机构注销"))
    return Cell(word, "closed", word != "正常") if word else Cell()


def _other(random, header, days):
    if header == "最近检查日期":
        return _day(random, next(days))
    if not header:
        return random.choices([Cell(), Cell("注销", "state", "注销"), _day(random, next(days))], [10, 1, 10])[0]
    return Cell(random.choice(["张三", "李四", None]))


def made(seed, *certain):
    """Return the sheet of a seed, with features that are certain: CMA, CATL, state, claim, dual, former, remark, section …"""
    random = Chance(seed, *certain)
    days = _days(random)
    labs, columns = list(_labs(random, days)), _columns(random)
    day = next(days) if random.random() < 0.3 else None
    titles = [["双认证工作台账" + (f"（截至{day.year}年{day.month}月{day.day}日）" if day else "")]] if day else []
    titles += [[None, "填报单位：省厅"]] if random.random() < 0.2 else []
    headers = [header for header, _ in columns]
    rows = [*titles, *_header_lines(random, headers)]
    cells, names, skipped, ended = {}, {}, [], None
    body = [[cell_of(lab) for _, cell_of in columns] for lab in labs]
    stated = any(cell.means in {"state", "closed"} for row in body for cell in row)
    section = random.randrange(len(labs)) if random.may("section", 0.15) and not stated else None
    for nth, (lab, row) in enumerate(zip(labs, body, strict=True)):
        if nth == section:
            rows.append([f"二、已{(ended := random.choice(['注销', '撤销']))}机构"])
            skipped.append(len(rows))
        rows.append([cell.shown for cell in row])
        names[len(rows)] = lab.name
        cells |= {(len(rows), c): cell for c, cell in enumerate(row)}
        if ended and lab.held:
            cells[len(rows), SECTION] = Cell(rows[skipped[0] - 1][0], "state", ended)
    for tail in (["合计", f"{len(labs)}家"], ["联系人：李四", None, "2023-05-06"], ["注：数据截至2023年6月30日"]):
        if random.may("tail", 0.3):
            rows.append(tail)
            skipped.append(len(rows))
    return Made(
        sheet=Sheet(rows), file=random.choice(["xlsx", "xlsx", "xls", "ods", "csv", "csv gb18030"]), day=day,
        skipped=tuple(skipped), before=_before(random, labs), cells=cells, names=names,
        headers={c: (group, part or f"{column_name(c)}:{column_name(c)}") for c, (group, part) in enumerate(headers)}
        | {SECTION: ("", "heading of the section")},
    )  # fmt: skip


def _header_lines(random, headers):
    """Return the header in one line or in two."""
    if random.random() > 0.4 or not any(group for group, _ in headers):
        return [["".join(header) or None for header in headers]]
    above = [group or part or None for group, part in headers]
    repeated = [c for c in range(1, len(headers)) if headers[c][0] and headers[c - 1][0] == headers[c][0]]
    return [
        [None if c in repeated else cell for c, cell in enumerate(above)],
        [part if group else None for group, part in headers],
    ]


def _before(random, labs):
    """Return a plain ledger of the labs that the books know."""
    head = [
        "市",
        "县",
        "机构名称",
        *(f"{s.value}{part}" for s in SCHEMES for part in ("证书编号", "发证日期", "有效期至")),
    ]
    rows = [
        [None, china().get(lab.unit).name, random.choice([lab.name, lab.name, f"旧{lab.name}"]),
         *(cell for scheme in SCHEMES for cell in lab.known.get(scheme, (None, None, None)))]
        for lab in labs if random.random() < 0.5
    ]  # fmt: skip
    return Sheet([head, *rows])
