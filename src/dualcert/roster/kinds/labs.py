"""Labs with their certificates 机构台账."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import product
from typing import Any

from attrs import define, field, frozen

from dualcert.domain.commands import (
    AmendLab,
    CloseLab,
    Command,
    CorrectFact,
    DesignateLab,
    GrantCertificate,
    PeriodCommand,
    RegisterLab,
    RenewCertificate,
    SuspendCertificate,
)
from dualcert.domain.lab import Details, Lab
from dualcert.domain.timeline import Period, Timeline
from dualcert.errors import (
    N_,
    AmbiguousLab,
    BadId,
    BadPeriod,
    CertificateDiffers,
    DualContradicted,
    NeedsDate,
    NoSuchLab,
    NumberShared,
    OtherName,
    Phrase,
    Refused,
    RowRepeated,
    ValidityDiffers,
    WrongLevel,
)
from dualcert.projections.view import View
from dualcert.roster import cells
from dualcert.roster.columns import Column, Columns, plain
from dualcert.roster.kinds.shared import CITY, CITY_FORM, CODE, COUNTY, COUNTY_FORM, UNIT_LIKE
from dualcert.roster.layout import Row
from dualcert.roster.planning import Planned, Planner
from dualcert.roster.rows import Reader
from dualcert.values.ids import division_of, is_id
from dualcert.values.numbers import canonical_number
from dualcert.values.terms import SCHEMES, Level, Scheme

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
BETWEEN = ("认证", "资质", "合格", "证书", "情况", "信息", "取得", "获证", "certificate", "cert")
"""What may stand between the scheme and the part of its certificate, more than once: CMA证书 over 证书编号."""

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
        "有效期截至日期", "失效日期", "失效时间", "终止日期", "到期", "validuntil", "validto", "expirydate", "expiry", "expires",
        "expireson",
    ),
    "suspended_on": ("暂停自", "暂停日期", "暂停时间"),
}  # fmt: skip
"""Part of a certificate -> what offices call its column."""

CERTIFICATE_LIKE = re.compile(r"(?!.*(?:备注|说明|remark)).*(?:证书|有效期|cma|catl|资质认定|考核|certificate).*")
"""What headers look like that say something of a certificate."""


def _certificate(scheme: str, part: str, about: str, width: int) -> Column:
    header, *aliases = ("".join(words) for words in product(CALLED[scheme], PARTS[part]))
    words = [
        [re.escape(plain(word)) for word in each] for each in (CALLED[scheme], BETWEEN + CALLED[scheme], PARTS[part])
    ]
    form = re.compile("(?:{})(?:{})*(?:{})".format(*map("|".join, words)))
    return Column(f"{scheme}_{part}", header, tuple(aliases[:8]), about=about, width=width,
                  dated=part != "number", optional=True, form=form)  # fmt: skip


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
                                 "laboratory"),
               needed=True, width=34,
               about=N_("The lab's name as it stands on its certificates")),
        Column("former_name", "原名称", ("原机构名称", "曾用名", "变更前名称"), optional=True, width=20,
               about=N_("Only where the lab is called otherwise than before")),
        Column("merged_into", "并入机构", ("合并至", "并入", "合并后机构"), optional=True, width=20,
               about=N_("Only where the lab is merged: the successor's id or name")),
        Column("changed_on", "变更日期", ("更名日期", "合并日期", "变更时间"), dated=True,
               about=N_("Since when: of another name, level or unit, and of a merger")),
        Column("level", "机构级别", ("级别", "层级", "机构层级"), choices=("省级", "市级", "县级"), width=10,
               about=N_("Without it a row with a county is a county's lab, one with a city only a city's")),
        Column("credit_code", "统一社会信用代码", ("信用代码", "社会信用代码"), optional=True, width=22, about=N_("18 characters")),
        Column("counted", "是否纳入统计", ("纳入统计", "是否计入", "是否统计"), choices=("是", "否"), width=12,
               about=N_("Whether it is in the denominator; empty: yes")),
        Column("designated", "是否指定机构", ("指定机构", "是否为县指定机构"), choices=("是", "否"), width=12,
               about=N_("Whether a county's lab carries its county's place; empty: yes")),
        Column("registered_on", "登记日期", ("建档日期", "入库日期"), dated=True,
               about=N_("Since when it is in the books; empty: the earliest grant of the file, or --on")),
        _certificate("cma", "number", N_("The CMA certificate in force: its number"), 18),
        _certificate("cma", "granted_on", N_("The day it was granted"), 14),
        _certificate("cma", "valid_until", N_("The last day on which it is valid"), 14),
        _certificate("cma", "suspended_on", N_("Only where it is suspended: since when"), 14),
        _certificate("catl", "number", N_("The CATL certificate in force: its number"), 32),
        _certificate("catl", "granted_on", N_("The day it was granted"), 14),
        _certificate("catl", "valid_until", N_("The last day on which it is valid"), 14),
        _certificate("catl", "suspended_on", N_("Only where it is suspended: since when"), 14),
        Column("dual", "是否双认证", ("双认证", "是否取得双认证", "双认证情况"), choices=("是", "否"), width=12,
               about=N_("Compared with whether the row names both certificates")),
    ),
    {**UNIT_LIKE, "": CERTIFICATE_LIKE},
)  # fmt: skip


@frozen
class Certificate:
    """A certificate as a row states it."""

    number: str
    granted_on: date
    valid_until: date
    suspended_on: date | None


@frozen
class LabRow:
    """A sound row."""

    row: Row
    lab: str | None
    name: str
    level: Level
    division: str
    credit_code: str | None
    former_name: str | None
    merged_into: str | None
    changed_on: date | None
    registered_on: date | None
    counted: bool | None
    designated: bool | None
    certificates: Mapping[Scheme, Certificate]


class Labs:
    """Labs with their certificates."""

    name = "labs"
    title = "机构台账"
    columns = COLUMNS

    def plan(self, planner: Planner) -> Iterator[Planned]:
        """Yield what the sound rows become."""
        rows = list(read_rows(planner.reader))
        if not planner.said:
            granted = (c.granted_on for row in rows for c in row.certificates.values())
            planner.on = min(granted, default=planner.policy.from_)
        yield from LabPlanner(planner).plan(rows)

    def rows(self, view: View, day: date) -> Iterator[dict[str, object]]:
        """Yield every lab that is active on *day*, with the certificates held then."""
        for lab, read in view.labs():
            details = read.details_on(day)
            if details and read.active(day):
                yield _row_of(view, lab, read, details, day)


# --- reading -------------------------------------------------------------------------------------


def read_rows(reader: Reader) -> Iterator[LabRow]:
    """Yield the sound rows; what is wrong with the others is noted."""
    for row in reader.table.rows:
        found = _read_row(reader, row)
        if found is not None and reader.sound(row):
            yield found


def _read_row(reader: Reader, row: Row) -> LabRow | None:
    name = reader.text(row, "name")
    if name is None:
        reader.missing(row, "name")
    unit = reader.unit(row)
    if unit is None and reader.sound(row):
        reader.missing(row, "city")
    level = reader.word(row, "level", LEVELS, N_("one of 省级, 市级, 县级")) or (Level(unit.level) if unit else None)
    certificates = {s: c for s in SCHEMES if (c := _read_certificate(reader, row, s)) is not None}
    _check_dual(reader, row)
    if name is None or unit is None or level is None:
        return None
    if not reader.units.divisions.seats(level, unit.code):
        wrong = WrongLevel(field="", division=unit.code, name=unit.name, level=unit.level, expected=level.value)
        reader.find(row, "level", wrong)
    return LabRow(
        row=row,
        lab=reader.text(row, "lab"),
        name=name,
        level=level,
        division=unit.code,
        credit_code=reader.text(row, "credit_code"),
        former_name=reader.text(row, "former_name"),
        merged_into=reader.text(row, "merged_into"),
        changed_on=reader.day(row, "changed_on"),
        registered_on=reader.day(row, "registered_on"),
        counted=reader.flag(row, "counted"),
        designated=reader.flag(row, "designated"),
        certificates=certificates,
    )


def _read_certificate(reader: Reader, row: Row, scheme: Scheme) -> Certificate | None:
    """Return the certificate that the row states; one without all three of its cells is a finding.

    A validity such as 2021.6.15-2027.6.14 says both its days.
    """
    of = scheme.value.lower()
    number = reader.text(row, f"{of}_number")
    begins, ends = cells.as_range(reader.cell(row, f"{of}_valid_until"))
    granted_on, valid_until = reader.day(row, f"{of}_granted_on"), reader.as_day(row, f"{of}_valid_until", ends)
    if begins is not None:
        first = reader.as_day(row, f"{of}_valid_until", begins)
        granted_on = granted_on or first
        if first and granted_on and first != granted_on:
            differ = ValidityDiffers(first=first.isoformat(), granted_on=granted_on.isoformat())
            reader.find(row, f"{of}_valid_until", differ)
    stated = {"number": number, "granted_on": granted_on, "valid_until": valid_until}
    if all(value is None for value in stated.values()):
        return None
    for part, value in stated.items():
        if value is None:
            reader.missing(row, f"{of}_{part}")
    if number is None or granted_on is None or valid_until is None:
        return None
    if valid_until < granted_on:
        problem = BadPeriod(granted_on=granted_on.isoformat(), valid_until=valid_until.isoformat())
        reader.find(row, f"{of}_valid_until", problem)
        return None
    return Certificate(number, granted_on, valid_until, reader.day(row, f"{of}_suspended_on"))


def _check_dual(reader: Reader, row: Row) -> None:
    """Compare 是否双认证 with whether the row names both certificates, not with their validity."""
    said = reader.flag(row, "dual")
    found = all(reader.text(row, f"{scheme.value.lower()}_number") for scheme in SCHEMES)
    if said is not None and said is not found:
        reader.find(row, "dual", DualContradicted(said=_yes(said), found=_yes(found)))


def _yes(flag: bool) -> str:  # noqa: FBT001  one word for it
    return "是" if flag else "否"


# --- planning ------------------------------------------------------------------------------------


@define
class LabPlanner:
    """Matches rows to labs, new ones to the next free id, and says what each adds."""

    planner: Planner
    _open: dict[tuple[str, Level], list[str]] = field(init=False, factory=dict)
    _names: dict[str, frozenset[str]] = field(init=False, factory=dict)
    _called: dict[tuple[str, Level, str], list[str]] = field(init=False, factory=dict)
    _by_code: dict[str, str] = field(init=False, factory=dict)
    _numbers: dict[str, str] = field(init=False, factory=dict)
    _rows: dict[str, int] = field(init=False, factory=dict)
    _new: dict[tuple[str, Level, str], str] = field(init=False, factory=dict)
    _next: dict[str, int] = field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        for lab, read in self.planner.view.labs():
            details = read.details[-1][1]
            self._names[lab] = frozenset(plain(each.name) for _, each in read.details)
            for name in self._names[lab]:
                self._called.setdefault((details.division, details.level, name), []).append(lab)
            if read.closed_on is None:
                self._open.setdefault((details.division, details.level), []).append(lab)
            if details.credit_code:
                self._by_code[details.credit_code] = lab
            for timeline in (read.cma, read.catl):
                self._numbers.update({canonical_number(p.number): lab for p in timeline.periods})

    def plan(self, rows: list[LabRow]) -> Iterator[Planned]:
        """Yield a planned row for each sound one: first those that the books know, then new labs, as the sheet goes."""
        matched = {row.row.number: lab for row in rows if (lab := self._known(row)) is not None}
        for row in rows:
            lab = matched.get(row.row.number)
            if lab is None and self.planner.reader.sound(row.row):
                lab = self._new_lab(row)
                if lab is not None:
                    matched[row.row.number] = lab
        for row in rows:
            lab = matched.get(row.row.number)
            if lab is None:
                continue
            commands = self.planner.made(row.row, "name", self._commands(lab, row))
            if self.planner.reader.sound(row.row):
                self._numbers.update({canonical_number(c.number): lab for c in row.certificates.values()})
                yield Planned((row.row.number,), commands)

    def _find(self, row: LabRow, field_: str, problem: Refused) -> None:
        self.planner.reader.find(row.row, field_, problem)

    def _known(self, row: LabRow) -> str | None:
        """Return the lab of the books that a row is about; None where it is new, or that is a finding."""
        lab = self._matching(row)
        if lab is None:
            return None
        if lab in self._rows:
            self._find(row, "name", RowRepeated(first=self._rows[lab]))
            return None
        self._rows[lab] = row.row.number
        return lab

    def _matching(self, row: LabRow) -> str | None:
        names = {plain(row.name), *([plain(row.former_name)] if row.former_name else [])}
        if row.lab is not None:
            return row.lab if row.lab in self._names else None
        by_code = self._by_code.get(row.credit_code) if row.credit_code else None
        if by_code is not None:
            if names & self._names[by_code]:
                return by_code
            self._find(row, "name", OtherName(lab=by_code, name=self._name_of(by_code)))
            return None
        found = self._here(row, names)
        if len(found) > 1:
            self._find(row, "name", AmbiguousLab(labs=tuple(found)))
        return found[0] if len(found) == 1 else None

    def _here(self, row: LabRow, names: set[str]) -> list[str]:
        """Return the labs of the row's unit and level that are or were called so; closed ones where no other is."""
        called = dict.fromkeys(lab for name in names for lab in self._called.get((row.division, row.level, name), ()))
        still = [lab for lab in called if self.planner.view.lab(lab).closed_on is None]
        return still or list(called)

    def _name_of(self, lab: str) -> str:
        return self.planner.view.lab(lab).details[-1][1].name

    def _new_lab(self, row: LabRow) -> str | None:
        """Return the id of a lab that the books do not know; where one of theirs could be meant, that is a finding."""
        key = (row.division, row.level, plain(row.name))
        if key in self._new:
            self._find(row, "name", RowRepeated(first=self._rows[self._new[key]]))
            return None
        if row.lab is None:
            others = [lab for lab in self._open.get((row.division, row.level), []) if lab not in self._rows]
            if len(others) == 1:
                self._find(row, "name", OtherName(lab=others[0], name=self._name_of(others[0])))
                return None
            if others:
                self._find(row, "name", AmbiguousLab(labs=tuple(others)))
                return None
        lab = row.lab or self._next_id(row.division)
        if not is_id("lab", lab) or division_of(lab) != row.division or lab in self._rows:
            self._find(row, "lab", BadId(field="", value=lab, expected=f"lab-{row.division}-N"))
            return None
        self._rows[lab], self._new[key] = row.row.number, lab
        return lab

    def _next_number(self, division: str) -> int:
        """Return the first number of a unit from which on no lab of the books is."""
        if division not in self._next:
            n = 1
            while self.planner.view.entries(f"lab-{division}-{n}"):
                n += 1
            self._next[division] = n
        return self._next[division]

    def _next_id(self, division: str) -> str:
        n = self._next_number(division)
        while (lab := f"lab-{division}-{n}") in self._rows or self.planner.view.entries(lab):
            n += 1
        self._next[division] = n + 1
        return lab

    def _commands(self, lab: str, row: LabRow) -> Iterator[Command]:
        read = self.planner.view.find_lab(lab)
        if read is None:
            yield self._registration(lab, row)
        else:
            yield from self._amendments(lab, read, row)
        for scheme, stated in row.certificates.items():
            timeline = read.timeline(scheme) if read else Timeline()
            certificate = self._certificate(lab, row, scheme, stated, timeline)
            yield from self.planner.made(row.row, f"{scheme.value.lower()}_number", certificate)
        yield from self._designation(lab, row)
        yield from self._merger(lab, read, row)

    def _entered(self, row: LabRow) -> dict[str, Any]:
        return {"by": self.planner.by, "source": self.planner.source(row.row)}

    def _registration(self, lab: str, row: LabRow) -> RegisterLab:
        return RegisterLab(
            lab=lab,
            name=row.name,
            level=row.level,
            division=row.division,
            credit_code=row.credit_code,
            counted=row.counted is not False,
            on=row.registered_on or self.planner.on,
            **self._entered(row),
        )

    def _amendments(self, lab: str, read: Lab, row: LabRow) -> Iterator[Command]:
        """What the row says otherwise than the books: since when has to be said; a code is the lab's from the start."""
        known = read.details[-1][1]
        if row.credit_code and known.credit_code is None:
            yield AmendLab(lab=lab, credit_code=row.credit_code, on=read.details[0][0], **self._entered(row))
        changes: dict[str, tuple[object, object]] = {
            "name": (known.name, row.name if plain(row.name) not in self._names[lab] else known.name),
            "level": (known.level, row.level),
            "division": (known.division, row.division),
            "credit_code": (
                known.credit_code,
                row.credit_code if known.credit_code and row.credit_code else known.credit_code,
            ),
            "counted": (known.counted, known.counted if row.counted is None else row.counted),
        }
        changed = {name: (was, is_) for name, (was, is_) in changes.items() if was != is_}
        if not changed:
            return
        on = self._change_day(lab, row, *next(iter(changed.items())))
        if on:
            yield AmendLab(lab=lab, **{name: is_ for name, (_, is_) in changed.items()}, on=on, **self._entered(row))  # type: ignore[arg-type]

    def _change_day(self, lab: str, row: LabRow, field_: str, change: tuple[object, object]) -> date | None:
        """Return since when something is otherwise: the row's day, or the one that was said; never a guess."""
        if row.changed_on or self.planner.said:
            return row.changed_on or self.planner.on
        known, said = (getattr(each, "value", each) for each in change)
        column = self.planner.reader.header("changed_on")
        self._find(row, field_, NeedsDate(subject=lab, known=str(known), said=str(said), column=column))
        return None

    def _designation(self, lab: str, row: LabRow) -> Iterator[Command]:
        """A county's lab carries its county's place, unless the row says no or the books know more."""
        county = f"county-{row.division}"
        known = any(d.lab == lab for d in self.planner.view.county(county).designations)
        if row.level is Level.COUNTY and row.designated is not False and not known:
            on = row.registered_on or self.planner.on
            read = self.planner.view.find_lab(lab)
            since = max(on, read.registered_on) if read and read.registered_on else on
            yield DesignateLab(county=county, lab=lab, on=since, **self._entered(row))

    def _merger(self, lab: str, read: Lab | None, row: LabRow) -> Iterator[Command]:
        if row.merged_into is None:
            return
        successor = self._successor(row)
        if successor is None or (read and read.closed_on and read.merged_into == successor):
            return
        on = self._change_day(lab, row, "merged_into", (row.name, row.merged_into))
        if on:
            reason = f"并入{row.merged_into}"
            yield CloseLab(lab=lab, reason=reason, merged_into=successor, on=on, **self._entered(row))

    def _successor(self, row: LabRow) -> str | None:
        """Return the lab that a row says it is merged into, by id or name, in its own unit or the city's."""
        said = row.merged_into or ""
        units = {row.division, self.planner.view.divisions.by_code[row.division].parent}
        labs = {**{lab: self._names[lab] for lab in self._names}, **{lab: {key[2]} for key, lab in self._new.items()}}
        found = [
            lab for lab, names in labs.items() if said == lab or (division_of(lab) in units and plain(said) in names)
        ]
        if len(found) == 1:
            return found[0]
        within = self.planner.reader.units.name_of(row.division)
        self._find(
            row, "merged_into", AmbiguousLab(labs=tuple(found)) if found else NoSuchLab(name=said, within=within)
        )
        return None

    def _certificate(
        self, lab: str, row: LabRow, scheme: Scheme, stated: Certificate, timeline: Timeline
    ) -> Iterator[Command]:
        """An equal certificate: nothing; none in force: grant; a later one: renew; else a finding, or a correction."""
        if self._shared(lab, row, scheme, stated):
            return
        last = timeline.periods[-1] if timeline.periods else None
        if any(_same(period, stated) for period in timeline.periods):
            pass
        elif last is None or (canonical_number(last.number) != canonical_number(stated.number)
                              and stated.granted_on > last.first):  # fmt: skip
            command = RenewCertificate if timeline.open else GrantCertificate
            yield self._period(command, lab, row, scheme, stated)
        elif self.planner.correct:
            yield self._correction(lab, row, scheme, stated, last)
        else:
            known = CertificateDiffers(
                number=last.number, granted_on=last.first.isoformat(), valid_until=last.valid_until.isoformat()
            )
            self._find(row, f"{scheme.value.lower()}_number", known)
            return
        if stated.suspended_on and not timeline.suspended(stated.suspended_on):
            yield SuspendCertificate(
                lab=lab, scheme=scheme, reason="台账载明", on=stated.suspended_on, **self._entered(row)
            )

    def _shared(self, lab: str, row: LabRow, scheme: Scheme, stated: Certificate) -> bool:
        """Note that a number stands at another lab already, of the books or of this sheet."""
        elsewhere = self._numbers.get(canonical_number(stated.number), lab)
        if elsewhere == lab:
            return False
        number = self._rows.get(elsewhere)
        where = Phrase(N_("row {number}"), number=number) if number else elsewhere
        self._find(row, f"{scheme.value.lower()}_number", NumberShared(number=stated.number, elsewhere=where))
        return True

    def _period(
        self, command: type[PeriodCommand], lab: str, row: LabRow, scheme: Scheme, stated: Certificate
    ) -> PeriodCommand:
        return command(
            lab=lab,
            scheme=scheme,
            number=stated.number,
            granted_on=stated.granted_on,
            valid_until=stated.valid_until,
            **self._entered(row),
        )

    def _correction(self, lab: str, row: LabRow, scheme: Scheme, stated: Certificate, last: Period) -> CorrectFact:
        """Return what makes of the newest certificate of the books the one that the row states."""
        entry = self.planner.view.entries(lab)[last.version - 1]
        command = RenewCertificate if type(entry.fact).__name__ == "CertificateRenewed" else GrantCertificate
        return CorrectFact(
            stream=lab,
            version=last.version,
            reason="按台账更正",
            on=max(stated.granted_on, last.first),
            replacement=self._period(command, lab, row, scheme, stated),
            **self._entered(row),
        )


def _same(period: Period, stated: Certificate) -> bool:
    days = (period.first, period.valid_until) == (stated.granted_on, stated.valid_until)
    return days and canonical_number(period.number) == canonical_number(stated.number)


# --- writing -------------------------------------------------------------------------------------


def _row_of(view: View, lab: str, read: Lab, details: Details, day: date) -> dict[str, object]:
    unit = view.divisions.by_code[details.division]
    city = view.divisions.above(unit.code, "city")
    certificates = {s.value.lower(): _held(read.timeline(s), day) for s in SCHEMES}
    designated = any(d.lab == lab and d.covers(day) for d in view.county(f"county-{unit.code}").designations)
    return {
        "lab": lab,
        "division": unit.code,
        "city": city.name if city else unit.name,
        "county": unit.name if unit.level == "county" else None,
        "name": details.name,
        "level": LEVEL_WORDS[details.level],
        "credit_code": details.credit_code,
        "counted": _yes(details.counted),
        "designated": _yes(designated) if details.level is Level.COUNTY else None,
        "registered_on": read.registered_on,
        **{f"{scheme}_{part}": value for scheme, held in certificates.items() for part, value in held.items()},
        "dual": _yes(all(held for held in certificates.values())),
    }


def _held(timeline: Timeline, day: date) -> dict[str, object]:
    """Return the certificate that is not ended on *day*, expired or not; nothing where there is none."""
    period = timeline.period_of(day)
    if period is None or (period.last < period.valid_until and period.last < day):
        return {}
    return {
        "number": timeline.number_of(period, day),
        "granted_on": period.first,
        "valid_until": period.valid_until,
        "suspended_on": timeline.suspended_from(day),
    }
