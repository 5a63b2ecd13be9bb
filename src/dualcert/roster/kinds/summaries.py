"""The summaries that cities submit 总结报送台账."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from dualcert.domain.commands import Command, SubmitSummary
from dualcert.domain.cycle import SummarySubmitted
from dualcert.errors import N_, RowRepeated
from dualcert.projections.view import View
from dualcert.roster.columns import Column, Columns, Form
from dualcert.roster.kinds.cycle import by_day, campaign_of, city_columns, city_of, dated, facts_of, marks, words
from dualcert.roster.kinds.meetings import unit_of
from dualcert.roster.layout import SheetRow
from dualcert.roster.planning import Planned, Planner

WORDS = {
    "mid-year": (
        "半年总结",
        "半年工作总结",
        "半年",
        "年中总结",
        "年中工作总结",
        "年中",
        "上半年总结",
        "上半年工作总结",
        "上半年",
    ),
    "year-end": ("年终总结", "年终工作总结", "年终", "年度总结", "年度工作总结", "全年总结", "全年工作总结"),
}
"""What offices call the summaries that the shipped policies ask for."""
MATRIX = {"mid_year": "mid-year", "year_end": "year-end"}

COLUMNS = Columns(
    (
        *city_columns(),
        Column("milestone", "总结类型", ("总结名称", "总结", "总结类别", "类型", "材料名称", "报送材料"), choices=("半年总结", "年终总结"),
               about=N_("Which summary of the policy, by its title or name")),
        Column("submitted_on", "报送日期", ("报送时间", "上报日期", "上报时间", "提交日期", "提交时间", "日期", "时间"), dated=True,
               about=N_("When the city submitted it; empty: --on")),
        *(Column(field_, f"{WORDS[name][0]}报送日期", (*WORDS[name], f"{WORDS[name][0]}报送时间", f"{WORDS[name][0]}报送情况"),
                 dated=True, offered=False) for field_, name in MATRIX.items()),
    ),
    {},
    forms=(Form(frozenset({"milestone", "submitted_on"})), *(Form(frozenset({field_})) for field_ in MATRIX)),
)  # fmt: skip

EXAMPLE: Mapping[str, object] = {"city": "晋城市", "milestone": "半年总结", "submitted_on": date(2023, 6, 28)}


class Summaries:
    """The summaries of cities."""

    name = N_("summaries")
    title = "总结报送台账"
    columns = COLUMNS
    example = EXAMPLE
    dated: Mapping[type[Command], str] = {SubmitSummary: "submitted_on"}

    def plan(self, planner: Planner) -> Iterator[Planned]:
        """Yield the rows with the summaries that the books do not have; another day is a finding or a correction."""
        yield from by_day(self._planned(planner))

    def _planned(self, planner: Planner) -> Iterator[Planned]:
        names = words(*((forms, name) for name, forms in WORDS.items() if name in {s.name for s in planner.policy.summary}),
                      *(((s.name, s.title or s.name), s.name) for s in planner.policy.summary))  # fmt: skip
        submitted = planner.view.campaign(planner.policy.campaign).summaries
        known = {(each.city, each.milestone): each.on for each in reversed(submitted)}
        first: dict[tuple[str, str], int] = {}
        for row in planner.table.rows:
            commands: list[Command] = []
            for city, name, on, field_ in list(_read_row(planner, row, names)):
                number = first.setdefault((city, name), row.number)
                if number != row.number:
                    planner.reader.find(row, field_, RowRepeated(first=number))
                else:
                    commands += planner.made(
                        row, field_, _commands(planner, row, city, name, on, field_, known.get((city, name)))
                    )
            if planner.reader.sound(row):
                yield Planned((row.number,), tuple(commands))

    def rows(self, view: View, day: date) -> Iterator[dict[str, object]]:
        """Yield every summary up to *day* of the campaign of that day."""
        campaign = campaign_of(view, day)
        titles = {s.name: s.title or s.name for s in view.policy(day).summary} if campaign else {}
        for entry in facts_of(view, campaign[0], SummarySubmitted, day) if campaign else ():
            fact = entry.fact
            assert isinstance(fact, SummarySubmitted)
            yield {
                **unit_of(view, fact.city), "milestone": titles.get(fact.milestone, fact.milestone), "submitted_on": entry.on,
            }  # fmt: skip


def _read_row(planner: Planner, row: SheetRow, names: Mapping[str, str]) -> Iterator[tuple[str, str, date | None, str]]:
    """Yield city, summary, day and field of what a row states."""
    reader = planner.reader
    unit = city_of(planner, row)
    if unit is None:
        return
    if reader.has("submitted_on") and reader.has("milestone"):
        name = reader.word(row, "milestone", names, N_("a summary that the policy asks for"))
        on = reader.day(row, "submitted_on")
        if name is None:
            reader.missing(row, "milestone")
        if name and reader.sound(row):
            yield unit.code, name, on, "submitted_on"
        return
    for field_, name in MATRIX.items():
        for mark in marks(reader, row, field_, None) if reader.has(field_) else ():
            yield unit.code, name, mark.on, field_


def _commands(
    planner: Planner, row: SheetRow, city: str, name: str, on: date | None, field_: str, known: date | None
) -> Iterator[Command]:
    """Yield what a row adds to the books, which *know* the summary since that day or not at all."""
    campaign = planner.policy.campaign
    if known is not None and on in (None, known):
        return
    day = dated(planner, row, field_, on)
    if day is None:
        return
    summary = SubmitSummary(campaign=campaign, city=city, milestone=name, on=day, **planner.origin(row))
    if known is None:
        yield summary
    else:
        version = planner.version_of(campaign, SummarySubmitted, known, city=city, milestone=name)
        yield from planner.dated_otherwise(row, field_, campaign, version, summary)


KINDS = (Summaries(),)
