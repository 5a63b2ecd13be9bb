"""The monthly meetings 调度、会商、指导 of cities and of the province, one a row or as a matrix 会议台账."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import product

from attrs import frozen

from dualcert.domain.campaign import MonthlyMeeting
from dualcert.domain.commands import Command, HoldMeeting
from dualcert.domain.cycle import MeetingHeld
from dualcert.errors import N_, BadValue, NoteDiffers, RowRepeated, shown
from dualcert.projections.view import View
from dualcert.roster.columns import Column, Columns, Form
from dualcert.roster.kinds.cycle import (
    FIGURES,
    by_day,
    campaign_of,
    city_columns,
    city_of,
    dated,
    facts_of,
    marks,
    month_in,
    month_stated,
    words,
)
from dualcert.roster.kinds.shared import unit_fields
from dualcert.roster.layout import SheetRow
from dualcert.roster.planning import Planned, Planner
from dualcert.values.terms import Meeting

CALLED = {Meeting.DISPATCH: "调度", Meeting.CONSULTATION: "会商", Meeting.GUIDANCE: "指导"}
MEETINGS = words(
    *((tuple(f"{word}{end}" for end in ("", "会", "会议", "工作", "推进会")), kind) for kind, word in CALLED.items())
)
MONTHS = range(1, 13)

_KIND = {
    kind: f"(?:月|每月|一月一)?{word}(?:会议?|工作)?(?:召开|开展)?(?:情况|日期|时间)?" for kind, word in CALLED.items()
}
_MONTH = {month: f"(?:\\d{{4}}年)?(?:0?{month}|{FIGURES[month - 1]})月份?" for month in MONTHS}


def _matrix() -> Iterator[Column]:
    """Yield the columns of matrices: a month, a kind of meeting, and a month of a kind, in either order of the lines."""
    for month in MONTHS:
        yield Column(f"month_{month}", f"{month}月", dated=True, form=re.compile(_MONTH[month]), offered=False)
    for kind, word in CALLED.items():
        yield Column(
            kind.value, f"{word}日期", (word, f"{word}会议"), dated=True, form=re.compile(_KIND[kind]), offered=False
        )
    for kind, month in product(CALLED, MONTHS):
        form = re.compile(f"{_KIND[kind]}{_MONTH[month]}|{_MONTH[month]}{_KIND[kind]}")
        yield Column(f"{kind.value}_{month}", f"{CALLED[kind]}/{month}月", dated=True, form=form, offered=False)


COLUMNS = Columns(
    (
        *city_columns(),
        Column("month", "月份", ("会议月份", "所属月份", "年月", "month"), about=N_("The month that the meeting is for: 2023-04 or 4月")),
        Column("kind", "会议类型", ("会议类别", "会议种类", "会议名称", "类型", "工作类型", "工作内容", "事项"), choices=tuple(CALLED.values()),
               about=N_("Which of the three")),
        Column("held_on", "召开日期", ("召开时间", "会议日期", "会议时间", "开展日期", "开展时间", "日期", "时间"), dated=True,
               about=N_("When it was held; empty: --on")),
        Column("note", "会议内容", ("会议情况", "主要内容", "内容", "会议纪要", "议定事项", "召开情况", "开展情况"), width=40,
               about=N_("Who held it, and what was settled")),
        *_matrix(),
    ),
    {},
    forms=(
        Form(frozenset({"month", "kind", "held_on"})),
        *(Form(frozenset({"month", kind.value})) for kind in CALLED),
        *(Form(frozenset({"kind", f"month_{month}"})) for month in MONTHS),
        *(Form(frozenset({f"{kind.value}_{month}"})) for kind, month in product(CALLED, MONTHS)),
        *(Form(frozenset({f"month_{month}"}), re.compile("|".join(CALLED.values()))) for month in MONTHS),
    ),
)  # fmt: skip

EXAMPLE: Mapping[str, object] = {
    "city": "晋城市", "month": "2023-05", "kind": "调度", "held_on": date(2023, 5, 12),
    "note": "市农业农村局主持，研究3个县的仪器采购",
}  # fmt: skip


@frozen
class Held:
    """A meeting that a row states, and the field that states it."""

    city: str
    kind: Meeting
    month: str
    on: date | None
    note: str | None
    field: str


Known = dict[tuple[str, Meeting, str], list[MonthlyMeeting]]
"""City, kind and month -> the meetings of the books."""


class Meetings:
    """The monthly meetings."""

    name = N_("meetings")
    title = "会议台账"
    columns = COLUMNS
    example = EXAMPLE
    dated: Mapping[type[Command], str] = {HoldMeeting: "held_on"}

    def plan(self, planner: Planner) -> Iterator[Planned]:
        """Yield the rows with the meetings that the books do not have.

        √ says that a meeting was held: that of the books, else one on the day of `--on`. A meeting on another day than
        in the books is a finding, unless the sheet has that one too: then it is a second one of the month.
        """
        yield from by_day(self._planned(planner))

    def _planned(self, planner: Planner) -> Iterator[Planned]:
        rows = [(row, tuple(_read_row(planner, row))) for row in planner.table.rows]
        known: Known = {}
        for meeting in planner.view.campaign(planner.policy.campaign).meetings:
            known.setdefault((meeting.city, meeting.kind, meeting.month), []).append(meeting)
        stated = {(held.city, held.kind, held.month, held.on) for _, found in rows for held in found}
        first: dict[tuple[str, Meeting, str, date | None], int] = {}
        for row, found in rows:
            commands: list[Command] = []
            for held in found if planner.reader.sound(row) else ():
                key = (held.city, held.kind, held.month, held.on)
                if first.setdefault(key, row.number) != row.number:
                    planner.reader.find(row, held.field, RowRepeated(first=first[key]))
                else:
                    commands += planner.made(row, held.field, _commands(planner, row, held, known, stated))
            if planner.reader.sound(row):
                yield Planned((row.number,), tuple(commands))

    def rows(self, view: View, day: date) -> Iterator[dict[str, object]]:
        """Yield every meeting up to *day* of the campaign of that day."""
        campaign = campaign_of(view, day)
        for entry in facts_of(view, campaign[0], MeetingHeld, day) if campaign else ():
            held = entry.fact
            assert isinstance(held, MeetingHeld)
            yield {
                **unit_of(view, held.city), "month": held.month, "kind": CALLED[held.kind], "held_on": entry.on,
                "note": held.note,
            }  # fmt: skip


def unit_of(view: View, code: str) -> Mapping[str, object]:
    """Return the fields of a unit that reports to the province, or of the province itself."""
    unit = view.divisions.by_code[code]
    if unit.level == "province":
        return {"division": code, "city": "省级"}
    found = unit_fields(view, code, county=False)
    return {"division": code, "city": found["city"]}


def _read_row(planner: Planner, row: SheetRow) -> Iterator[Held]:
    """Yield the meetings that a row states."""
    reader = planner.reader
    unit = city_of(planner, row)
    if unit is None:
        return
    kind = reader.word(row, "kind", MEETINGS, N_("one of 调度, 会商, 指导"))
    month = month_stated(planner, row, "month")
    note = reader.note(row, "note")
    if not reader.sound(row):
        return
    if reader.has("held_on"):
        on = reader.day(row, "held_on")
        if kind is None:
            reader.missing(row, "kind")
        if month is None:
            reader.missing(row, "month")
        if kind and month and reader.sound(row):
            yield Held(unit.code, kind, month, on, note, "held_on")
        return
    for field_, kind_, month_ in _cells(planner, row, kind, month):
        for mark in marks(reader, row, field_, month_):
            yield Held(unit.code, kind_, month_, mark.on, mark.note or note, field_)


def _cells(
    planner: Planner, row: SheetRow, kind: Meeting | None, month: str | None
) -> Iterator[tuple[str, Meeting, str]]:
    """Yield the filled cells of a matrix, each with the kind and month that it is about."""
    reader = planner.reader
    titled = [each for each, word in CALLED.items() if word in f"{planner.table.title} {planner.table.page.name}"]
    for own, number in product((None, *CALLED), (None, *MONTHS)):
        field_ = "_".join(
            filter(None, [own.value if own else "", f"{'' if own else 'month_'}{number}" if number else ""])
        )
        if not reader.has(field_) or reader.cell(row, field_) is None:
            continue
        kind_ = own or kind or (titled[0] if len(titled) == 1 and not reader.has("kind") else None)
        month_ = _month_of_header(planner, row, field_, number) if number else month
        if kind_ is None:
            reader.missing(row, "kind")
        if month_ is None and not number:
            reader.missing(row, "month")
        if kind_ and month_:
            yield field_, kind_, month_


def _month_of_header(planner: Planner, row: SheetRow, field_: str, number: int) -> str | None:
    header = planner.reader.header(field_)
    year = re.search(r"\d{4}(?=年)", header)
    month = month_in(planner.policy, f"{year[0] if year else ''}{'年' if year else ''}{number}月")
    if month is None:
        expected = N_("a month YYYY-MM, or one that the campaign has once, such as 4月")
        planner.reader.find(row, field_, BadValue(field=field_, value=shown(header), expected=expected))
    return month


def _commands(
    planner: Planner, row: SheetRow, held: Held, books: Known, stated: set[tuple[str, Meeting, str, date | None]]
) -> Iterator[Command]:
    """Yield what a stated meeting adds to the books, or the correction of the one that they have."""
    campaign = planner.policy.campaign
    known = books.get((held.city, held.kind, held.month), [])
    if held.on is None and known:
        return
    on = dated(planner, row, held.field, held.on)
    if on is None:
        return
    meeting = HoldMeeting(campaign=campaign, city=held.city, kind=held.kind, month=held.month, note=held.note, on=on,
                          **planner.origin(row))  # fmt: skip
    same = [each for each in known if each.on == on]
    others = [each for each in known if (held.city, held.kind, held.month, each.on) not in stated]
    if same and held.note in (None, *(each.note for each in same)):
        return
    moved = same[-1:] or others[-1:]
    if not moved:
        yield meeting
        return
    fields = {"city": held.city, "kind": held.kind, "month": held.month, "note": moved[0].note}
    version = planner.version_of(campaign, MeetingHeld, moved[0].on, **fields)
    if planner.correct or not same:
        yield from planner.dated_otherwise(row, held.field, campaign, version, meeting)
    else:
        planner.reader.find(
            row, "note" if planner.reader.has("note") else held.field, NoteDiffers(known=moved[0].note or "")
        )


KINDS = (Meetings(),)
