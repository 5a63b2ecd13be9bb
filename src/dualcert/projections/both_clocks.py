"""The figures of every day, as known at the end of every day: what each lab adds to them, step by step, on both clocks.

A page without a server sums the steps up to the two days that its reader picks, and has the figures that `ratio` gives.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from attrs import evolve, frozen
from typing_extensions import override

from dualcert.domain.entry import AnyEntry, FactRetracted
from dualcert.domain.lab import LAB
from dualcert.errors import NoCampaign, UnknownCampaign
from dualcert.policy import Policy
from dualcert.projections.answers import Answer, Table, as_json
from dualcert.projections.calendar import NOTHING, Counts, Seat, Switches, steps_of
from dualcert.projections.view import View
from dualcert.values.dates import civil_day
from dualcert.values.terms import Level

RuleOnDay = tuple[date, int, int, str]
"""A rule step without the day on which it came to be known."""
Recorded = tuple[tuple[date, int], ...]
"""Each day on which facts were recorded, with the position of its last one."""


@frozen
class FigureStep(Answer):
    """From the end of the day `known_on`, it is known that from the day `on` a lab adds so much to its division's figures.

    `rules` is the place of the switches by which this holds among those that the rules of the answer name.
    """

    lab: str
    division: str
    level: Level
    rules: int
    known_on: date
    on: date
    labs: int
    cma: int
    catl: int
    dual: int


@frozen
class RuleStep(Answer):
    """From the end of the day `known_on`, questions about days from `on` until the next step are answered by these rules.

    All steps of one `known_on` replace those of the one before it.
    """

    known_on: date
    on: date
    rules: int
    target_percent: int
    campaign: str


@frozen(kw_only=True)
class FigureSteps(Table[FigureStep]):
    """What sums to the figures: as of a day, the steps up to that day, of those known by then, under the rules of the day."""

    rules: tuple[RuleStep, ...]

    @override
    def to_dict(self) -> dict[str, object]:
        return {**super().to_dict(), "rules": as_json(self.rules)}


def figure_steps(view: View, as_of: date, first: date, last: date) -> FigureSteps:
    """Return the steps by which the figures of the days from *first* to *last* change, on both clocks.

    Facts that became true after *as_of* are left out, so *last* is no later day; what then runs out by itself is there.
    Before the first rules are known, there are no figures, and `ratio` refuses to answer.
    """
    last = min(last, as_of)
    policies: dict[Switches, Policy] = {}
    rules = tuple(_rules(view, first, last, policies))
    rows = tuple(step for place, policy in enumerate(policies.values()) for step in _steps(view, as_of, policy, place))
    return FigureSteps(as_of=as_of, known_at=view.known_at, position=view.position, rows=rows, rules=rules)


def _recorded(view: View, kind: str) -> Recorded:
    """Return the days on which facts about streams of a kind were recorded, each with the position of its last."""
    last: dict[date, int] = {}
    for stream in view.streams.of_kind(kind):
        for entry in view.entries(stream):
            day = civil_day(entry.recorded_at)
            last[day] = max(last.get(day, 0), entry.position)
    return tuple(sorted(last.items()))


def _rules(view: View, first: date, last: date, policies: dict[Switches, Policy]) -> Iterator[RuleStep]:
    """Yield the rules of each day, whenever what is known of the policies changes; collect a policy of each switches."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    policies_known: list[object] = []
    rules: list[RuleOnDay] = []
    for known_on, position in ((date.min, 0), *_recorded(view, "campaign")):
        known = evolve(view, position=position)
        before, policies_known = policies_known, [known.campaign(s).policies for s in view.streams.of_kind("campaign")]
        if policies_known == before:
            continue
        former, rules = rules, list(_rules_known(known, days, policies))
        if rules != former:
            yield from (RuleStep(known_on, *rule) for rule in rules)


def _rules_known(known: View, days: Iterable[date], policies: dict[Switches, Policy]) -> Iterator[RuleOnDay]:
    """Yield the rules of *days* as *known*, each from the first day that they are of."""
    rule = None
    for day in days:
        found = _rule(known, day)
        if found is not None and found[1:] != rule:
            policy, rule = found[0], found[1:]
            policies.setdefault(rule[0], policy)
            yield day, list(policies).index(rule[0]), rule[1], rule[2]


def _rule(view: View, day: date) -> tuple[Policy, Switches, int, str] | None:
    """Return by what a question about *day* is answered: policy, switches, target and campaign; None where it is not."""
    try:
        running = view.in_force(day)
    except (NoCampaign, UnknownCampaign):
        return None
    return running.policy, Switches.of(running.policy), running.policy.target_on(day), running.campaign


def _steps(view: View, as_of: date, policy: Policy, rules: int) -> Iterator[FigureStep]:
    """Yield the steps of every lab by the switches of *policy*."""
    for stream in view.streams.of_kind("lab"):
        known: Counter[tuple[Seat, date, int]] = Counter()
        for known_on, position in _days_of(view, stream):
            so_far = [e for e in view.entries(stream) if e.position <= position and _true_by(e, as_of)]
            now: Counter[tuple[Seat, date, int]] = Counter()
            for seat, on, which, change in steps_of(LAB.replay(so_far).state, policy, view) if so_far else ():
                now[seat, on, which] += change
            yield from _changed(stream, rules, known_on, known, now)
            known = now


def _true_by(entry: AnyEntry, as_of: date) -> bool:
    """Return whether a fact has become true by a day; a retraction says of another that it never did."""
    return entry.on <= as_of or type(entry.fact) is FactRetracted


def _days_of(view: View, stream: str) -> Recorded:
    return tuple(sorted({civil_day(e.recorded_at): e.position for e in view.entries(stream)}.items()))


def _changed(
    lab: str,
    rules: int,
    known_on: date,
    before: Counter[tuple[Seat, date, int]],
    now: Counter[tuple[Seat, date, int]],
) -> Iterator[FigureStep]:
    """Yield by how much each of the counts of a lab changes more, or less, than was known before."""
    found: dict[tuple[Seat, date], list[int]] = {}
    for seat, on, which in {**before, **now}:
        if change := now[seat, on, which] - before[seat, on, which]:
            found.setdefault((seat, on), list(NOTHING))[which] = change
    for (seat, on), counts in sorted(found.items(), key=lambda each: (each[0][1], each[0][0][0], each[0][0][1].value)):
        yield FigureStep(lab, *seat, rules, known_on, on, *Counts(*counts))
