"""What cities report: highlights 亮点台账, and difficulties with their answers 难题台账."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from dualcert.domain.campaign import Difficulty
from dualcert.domain.commands import AnswerDifficulty, Command, ReportDifficulty, ReportHighlight
from dualcert.domain.cycle import DifficultyAnswered, DifficultyReported, HighlightReported
from dualcert.domain.entry import AnyEntry
from dualcert.errors import N_, NoteDiffers, RowRepeated
from dualcert.projections.view import View
from dualcert.roster.cells import states_none
from dualcert.roster.columns import Column, Columns
from dualcert.roster.kinds.cycle import by_day, campaign_of, city_columns, city_of, dated, facts_of
from dualcert.roster.kinds.meetings import unit_of
from dualcert.roster.layout import SheetRow
from dualcert.roster.planning import Planned, Planner
from dualcert.roster.rows import Reader

REPORTED = Column(
    "reported_on", "报送日期", ("报送时间", "上报日期", "上报时间", "报告日期", "提出日期", "提出时间", "日期", "时间"), dated=True,
    about=N_("When the city reported it; empty: --on"),
)  # fmt: skip

HIGHLIGHTS = Columns(
    (
        *city_columns(),
        Column("note", "亮点", ("工作亮点", "亮点工作", "亮点做法", "亮点内容", "典型做法", "经验做法", "特色做法", "亮点经验"), needed=True,
               width=50, about=N_("What went well")),
        REPORTED,
    ),
    {},
)  # fmt: skip

DIFFICULTIES = Columns(
    (
        *city_columns(),
        Column("item", "难题编号", ("难点编号", "问题编号", "item"), optional=True,
               about=N_("The id in the books; left empty it is found by city and text")),
        Column("note", "难题", ("难点", "工作难点", "困难", "存在困难", "难以解决的问题", "难点问题", "难点难题", "困难问题", "需协调解决的问题",
                              "需省级协调解决的问题", "难题内容"), needed=True, width=50,
               about=N_("What the city cannot solve by itself")),
        REPORTED,
        Column("answer", "答复", ("答复意见", "答复情况", "答复内容", "回复", "回复意见", "处理意见", "办理情况"), optional=True, width=50,
               about=N_("Only where it is answered: the answer")),
        Column("answered_on", "答复日期", ("答复时间", "回复日期", "回复时间", "办理日期"), dated=True,
               about=N_("When it was answered; empty: --on")),
    ),
    {},
)  # fmt: skip

Said = tuple[str, str]
"""A city and what it reported."""


class Highlights:
    """What went well in cities."""

    name = N_("highlights")
    title = "亮点台账"
    columns = HIGHLIGHTS
    example: Mapping[str, object] = {
        "city": "晋城市", "note": "市财政统一采购3个县的检测仪器", "reported_on": date(2023, 5, 31),
    }  # fmt: skip
    dated: Mapping[type[Command], str] = {ReportHighlight: "reported_on"}

    def plan(self, planner: Planner) -> Iterator[Planned]:
        """Yield the rows with the highlights that the books do not have; another day is a finding or a correction."""
        yield from _without(planner)
        yield from by_day(self._planned(planner))

    def _planned(self, planner: Planner) -> Iterator[Planned]:
        campaign = planner.policy.campaign
        known = {(each.city, each.note): each.on for each in planner.view.campaign(campaign).highlights}
        for row, said, on in _said(planner):
            commands = planner.made(row, "note", _highlight(planner, row, said, on, known.get(said)))
            if planner.reader.sound(row):
                yield Planned((row.number,), commands)

    def rows(self, view: View, day: date) -> Iterator[dict[str, object]]:
        """Yield every highlight up to *day* of the campaign of that day."""
        campaign = campaign_of(view, day)
        for entry in facts_of(view, campaign[0], HighlightReported, day) if campaign else ():
            assert isinstance(entry.fact, HighlightReported)
            yield {**unit_of(view, entry.fact.city), "note": entry.fact.note, "reported_on": entry.on}


class Difficulties:
    """What cities cannot solve by themselves, and the answers."""

    name = N_("difficulties")
    title = "难题台账"
    columns = DIFFICULTIES
    example: Mapping[str, object] = {
        "city": "晋城市", "note": "沁水县无编制，检测人员不足", "reported_on": date(2023, 5, 31),
        "answer": "由省厅协调增加编制3名", "answered_on": date(2023, 6, 15),
    }  # fmt: skip
    dated: Mapping[type[Command], str] = {ReportDifficulty: "reported_on", AnswerDifficulty: "answered_on"}

    def plan(self, planner: Planner) -> Iterator[Planned]:
        """Yield the rows with the difficulties and answers that the books do not have."""
        yield from _without(planner)
        yield from by_day(self._planned(planner))

    def _planned(self, planner: Planner) -> Iterator[Planned]:
        state = planner.view.campaign(planner.policy.campaign)
        by_item = {each.item: each for each in state.difficulties}
        by_text = {(each.city, each.note): each for each in state.difficulties}
        answers = _answers(planner.view, planner.policy.campaign, date.max)
        for row, said, on in _said(planner):
            item = planner.reader.text(row, "item")
            known = by_item.get(item) if item else by_text.get(said)
            commands = planner.made(row, "note", _difficulty(planner, row, said, on, item, known, answers))
            if planner.reader.sound(row):
                yield Planned((row.number,), commands)

    def rows(self, view: View, day: date) -> Iterator[dict[str, object]]:
        """Yield every difficulty up to *day* of the campaign of that day, with its answer if it had one by then."""
        campaign = campaign_of(view, day)
        if campaign is None:
            return
        answers = _answers(view, campaign[0], day)
        for entry in facts_of(view, campaign[0], DifficultyReported, day):
            fact = entry.fact
            assert isinstance(fact, DifficultyReported)
            answered = answers.get(fact.item)
            answer = answered.fact.answer if answered and isinstance(answered.fact, DifficultyAnswered) else None
            yield {
                **unit_of(view, fact.city), "item": fact.item, "note": fact.note, "reported_on": entry.on,
                "answer": answer, "answered_on": answered.on if answered else None,
            }  # fmt: skip


Answers = Mapping[str, AnyEntry]
"""Difficulty -> the fact of its answer."""


def _answers(view: View, campaign: str, day: date) -> Answers:
    """Return the answers up to *day*."""
    found = facts_of(view, campaign, DifficultyAnswered, day)
    return {entry.fact.item: entry for entry in found if isinstance(entry.fact, DifficultyAnswered)}


def _says_none(reader: Reader, row: SheetRow) -> bool:
    """Return whether a row says that there is nothing to report: 无, 暂无 or / in place of the words."""
    return states_none(reader.cell(row, "note"))


def _without(planner: Planner) -> Iterator[Planned]:
    """Yield the rows that say that there is nothing to report: they have no commands."""
    return (Planned((row.number,), ()) for row in planner.table.rows if _says_none(planner.reader, row))


def _said(planner: Planner) -> Iterator[tuple[SheetRow, Said, date | None]]:
    """Yield the sound rows with city and text, and the day of the report."""
    reader = planner.reader
    first: dict[Said, int] = {}
    for row in planner.table.rows:
        if _says_none(reader, row):
            continue
        unit, note, on = city_of(planner, row), reader.note(row, "note"), reader.day(row, "reported_on")
        if note is None:
            reader.missing(row, "note")
        if unit is None or note is None or not reader.sound(row):
            continue
        number = first.setdefault((unit.code, note), row.number)
        if number != row.number:
            reader.find(row, "note", RowRepeated(first=number))
        else:
            yield row, (unit.code, note), on


def _highlight(planner: Planner, row: SheetRow, said: Said, on: date | None, known: date | None) -> Iterator[Command]:
    if known is not None and on in (None, known):
        return
    day = dated(planner, row, "reported_on" if planner.reader.has("reported_on") else "note", on)
    if day is None:
        return
    city, note = said
    campaign = planner.policy.campaign
    highlight = ReportHighlight(campaign=campaign, city=city, note=note, on=day, **planner.origin(row))
    if known is None:
        yield highlight
    else:
        version = planner.version_of(campaign, HighlightReported, known, city=city, note=note)
        yield from planner.dated_otherwise(row, "reported_on", campaign, version, highlight)


def _difficulty(
    planner: Planner,
    row: SheetRow,
    said: Said,
    on: date | None,
    item: str | None,
    known: Difficulty | None,
    answers: Answers,
) -> Iterator[Command]:
    """Yield the report of a difficulty that the books do not have, and its answer."""
    city, note = said
    campaign, origin = planner.policy.campaign, planner.origin(row)
    if known is None:
        day = dated(planner, row, "reported_on" if planner.reader.has("reported_on") else "note", on)
        if day is None:
            return
        own = {"item": item} if item else {}
        report = ReportDifficulty(campaign=campaign, city=city, note=note, on=day, **own, **origin)
        yield report
        item = report.item
    else:
        item = known.item
        day = on or known.since
        anew = ReportDifficulty(campaign=campaign, city=city, note=note, item=item, on=day, **origin)
        if (known.city, known.note) != said and not planner.correct:
            planner.reader.find(row, "note", NoteDiffers(known=known.note))
        elif (known.city, known.note, known.since) != (*said, day):
            yield from planner.dated_otherwise(row, "reported_on", campaign, known.version, anew)
    yield from _answer(planner, row, item, answers.get(item))


def _answer(planner: Planner, row: SheetRow, item: str, known: AnyEntry | None) -> Iterator[Command]:
    """Yield the answer of a row where the books do not know it."""
    reader, campaign = planner.reader, planner.policy.campaign
    text, on = reader.note(row, "answer"), reader.day(row, "answered_on")
    if text is None:
        if on:
            reader.missing(row, "answer")
        return
    fact = known.fact if known else None
    assert fact is None or isinstance(fact, DifficultyAnswered)
    if known and fact and fact.answer == text and on in (None, known.on):
        return
    day = dated(
        planner, row, "answered_on" if reader.has("answered_on") else "answer", on or (known.on if known else None)
    )
    if day is None:
        return
    answer = AnswerDifficulty(campaign=campaign, item=item, answer=text, on=day, **planner.origin(row))
    if known is None or fact is None:
        yield answer
    elif planner.correct or fact.answer == text:
        yield from planner.dated_otherwise(row, "answered_on", campaign, known.version, answer)
    else:
        reader.find(row, "answer", NoteDiffers(known=fact.answer))


KINDS = (Highlights(), Difficulties())
