"""The duties of the cities and the province in a campaign: meetings, summaries, highlights, bulletins, answers, examples.

They are the rules 7 to 11 of the notice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from attrs import evolve, frozen

from dualcert.errors import N_
from dualcert.policy import ReminderTable
from dualcert.projections.duties.duty import Duty
from dualcert.projections.situation import Situation
from dualcert.values.dates import days_after
from dualcert.values.terms import DutyKind, FindingKind, Meeting

MEETINGS = N_("{name}: no {meetings} in {month}")
SUMMARY = N_("{name} has not handed in the summary {milestone}, due on {due}")
HIGHLIGHT = N_("{name} has reported no highlight, due on {due}")
BULLETIN = N_("no bulletin of {month} is issued, due on {due}")
DIFFICULTY = N_("{name} has waited for an answer since {since}: {note}")
EXEMPLARS = N_("{selected} of {quota} exemplary counties are chosen, by {due}")


@frozen
class Asked:
    """What is asked of a unit: the kind of duty, the finding while it is not done, its sentence, the policy's table."""

    kind: DutyKind
    finding: FindingKind
    template: str
    table: ReminderTable | None = None


def meetings(situation: Situation) -> Iterator[Duty]:
    """Yield the duty of each city to hold each meeting of each month, and of the province to hold its own."""
    rule, policy = situation.policy.cycle, situation.policy
    if rule is None:
        return
    held: dict[tuple[str, str, Meeting], date] = {}
    for each in situation.campaign.meetings:
        if each.on <= situation.day:
            key = (each.city, each.month, each.kind)
            held[key] = min(each.on, held.get(key, each.on))
    asked = [(city.code, kind) for city in situation.cities for kind in rule.monthly]
    asked += [(policy.province, kind) for kind in rule.province or ()]
    meeting = Asked(DutyKind.MEETING, FindingKind.CYCLE_MISSING, MEETINGS, rule)
    for month, end in policy.months:
        first = end.replace(day=1)
        if first > situation.day:
            break
        for unit, kind in asked:
            more = {"month": month, "meetings": (kind,)}
            done_on = held.get((unit, month, kind))
            yield _of_unit(situation, meeting, unit, max(first, policy.from_), end, done_on, more)


def together(found: Iterable[Duty]) -> Iterator[Duty]:
    """Yield the meetings that one unit still owes for one month as one, which names them all; every other duty as it is."""
    owed: dict[tuple[str, str, object], Duty] = {}
    for each in found:
        if each.kind is not DutyKind.MEETING:
            yield each
            continue
        key = (each.campaign, each.subject, each.more["month"])
        before = owed.get(key)
        kinds = (*(_kinds_of(before) if before else ()), *_kinds_of(each))
        owed[key] = evolve(each, more={**each.more, "meetings": kinds})
    yield from owed.values()


def _kinds_of(meeting: Duty) -> tuple[object, ...]:
    """Return the kinds of meetings that a duty names."""
    kinds = meeting.more["meetings"]
    assert isinstance(kinds, tuple)
    return kinds


def summaries(situation: Situation) -> Iterator[Duty]:
    """Yield the duty of each city to hand in each summary, owed from the day after the one before it was due."""
    handed_in: dict[tuple[str, str], date] = {}
    for each in situation.campaign.summaries:
        if each.on <= situation.day:
            handed_in.setdefault((each.city, each.milestone), each.on)
    owed_from = situation.policy.from_
    for summary in sorted(situation.policy.summary, key=lambda each: each.due):
        if owed_from > situation.day:
            return
        asked = Asked(DutyKind.SUMMARY, FindingKind.SUMMARY_MISSING, SUMMARY, summary)
        more = {"milestone": summary.name, "milestone_title": summary.title or summary.name}
        for city in situation.cities:
            done_on = handed_in.get((city.code, summary.name))
            yield _of_unit(situation, asked, city.code, owed_from, summary.due, done_on, more)
        owed_from = max(owed_from, days_after(summary.due, 1))


def highlights(situation: Situation) -> Iterator[Duty]:
    """Yield the duty of each city to report a highlight, where the policy sets a day for it."""
    rule = situation.policy.highlights
    if not rule:
        return
    reported: dict[str, date] = {}
    for highlight in situation.campaign.highlights:
        if highlight.on <= situation.day:
            reported.setdefault(highlight.city, highlight.on)
    asked = Asked(DutyKind.HIGHLIGHT, FindingKind.HIGHLIGHT_MISSING, HIGHLIGHT, rule)
    for city in situation.cities:
        yield _of_unit(situation, asked, city.code, situation.policy.from_, rule.due, reported.get(city.code))


def bulletins(situation: Situation) -> Iterator[Duty]:
    """Yield the duty of the province to issue the bulletin of each month that is over, where the policy asks for it."""
    rule, province = situation.policy.bulletin, situation.policy.province
    if not rule:
        return
    issued: dict[str, date] = {}
    for each in situation.campaign.bulletins:
        if each.on <= situation.day:
            issued.setdefault(each.month, each.on)
    asked = Asked(DutyKind.BULLETIN, FindingKind.BULLETIN_MISSING, BULLETIN, rule)
    for month, end in situation.policy.months:
        if end < situation.day or month in issued:
            due = days_after(end, rule.due_day)
            yield _of_unit(situation, asked, province, days_after(end, 1), due, issued.get(month), {"month": month})


def difficulties(situation: Situation) -> Iterator[Duty]:
    """Yield the duty of the province to answer each difficulty that a city reported."""
    rule, day = situation.policy.difficulties, situation.day
    for each in situation.campaign.difficulties:
        if each.since > day:
            continue
        yield Duty(
            kind=DutyKind.DIFFICULTY,
            campaign=situation.campaign_id,
            day=situation.day,
            subject=each.item,
            home=situation.home_of(each.city),
            owed_from=each.since,
            due=days_after(each.since, rule.answer_within_days) if rule else None,
            done_on=None if each.open(day) else each.answered_on,
            finding=FindingKind.DIFFICULTY_OPEN,
            pressing=situation.policy.pressing_days(rule),
            responsible=situation.policy.province,
            template=DIFFICULTY,
            evidence=(f"{situation.campaign_id}@{each.version}",),
            more={"since": each.since, "note": each.note},
        )


def exemplars(situation: Situation) -> Iterator[Duty]:
    """Yield the duty of the province to choose as many exemplary counties as the policy asks for, by the campaign's end."""
    rule, policy = situation.policy.exemplars, situation.policy
    selected = len(situation.campaign.exemplary(situation.day))
    if rule and selected < rule.quota and policy.from_ <= situation.day:
        asked = Asked(DutyKind.EXEMPLARS, FindingKind.EXEMPLARS_MISSING, EXEMPLARS)
        more = {"selected": selected, "quota": rule.quota}
        owed = _of_unit(situation, asked, policy.province, policy.from_, policy.to, None, more)
        yield evolve(owed, subject=situation.campaign_id)


def _of_unit(
    situation: Situation,
    asked: Asked,
    unit: str,
    owed_from: date,
    due: date,
    done_on: date | None,
    more: Mapping[str, object] | None = None,
) -> Duty:
    """Return a duty of a city or of the province, which the unit itself sees to; the policy is all that it rests on."""
    return Duty(
        kind=asked.kind,
        campaign=situation.campaign_id,
        day=situation.day,
        subject=unit,
        home=situation.home_of(unit),
        responsible=unit,
        owed_from=owed_from,
        due=due,
        done_on=done_on,
        pressing=situation.policy.pressing_days(asked.table),
        finding=asked.finding,
        template=asked.template,
        evidence=situation.policy_fact(),
        more=more or {},
    )


OF_CAMPAIGN = (meetings, summaries, highlights, bulletins, difficulties, exemplars)
