"""The tackling plan 攻坚方案 of a county: issued, handed in by its city, carried out measure by measure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec
from attrs import frozen
from msgspec.structs import replace

from dualcert import errors
from dualcert.domain.entry import AnyEntry
from dualcert.errors import Refused


@frozen
class PlanItem:
    """One shortcoming 问题短板, the measure for it, who is responsible (an opaque id), and until when."""

    problem: str
    measure: str
    responsible: str
    due: date


@frozen
class PlanIssued:
    """印发: the county has this plan; an earlier one is replaced, its items count no more."""

    issuer: str
    items: tuple[PlanItem, ...]


@frozen
class PlanSubmitted:
    """报送: the city handed the county's plan in."""


@frozen
class MeasureCompleted:
    """完成: the measure of *item* (counted from 1) of the plan in force is carried out."""

    item: int


class Plan(msgspec.Struct, frozen=True, gc=False):
    """A plan from its issue on; `completed` has the day of each item that is done. `version` is the fact's."""

    issued_on: date
    version: int
    issuer: str
    items: tuple[PlanItem, ...]
    submitted_on: date | None = None
    completed: tuple[tuple[int, date], ...] = ()

    def open_items(self, day: date) -> tuple[tuple[int, PlanItem], ...]:
        """Return number and item of what is not done on *day*."""
        done = {item for item, on in self.completed if on <= day}
        return tuple((n, item) for n, item in enumerate(self.items, start=1) if n not in done)


RANK: Mapping[type, int] = {PlanIssued: 20, PlanSubmitted: 21, MeasureCompleted: 22}

Plans = tuple[Plan, ...]


def step(plans: Plans, entry: AnyEntry) -> tuple[Plans, Refused | None]:
    """Return the plans with *entry*, and what is wrong with it, if anything."""
    fact = entry.fact
    current = plans[-1] if plans else None
    if type(fact) is PlanIssued:
        same = current and (current.issuer, current.items) == (fact.issuer, fact.items)
        issued = Plan(entry.on, entry.version, fact.issuer, fact.items)
        return (*plans, issued), errors.NothingChanges(stream=entry.stream, on=entry.on.isoformat()) if same else None
    if current is None:
        return plans, errors.NoPlan(county=entry.stream, on=entry.on.isoformat())
    changed, complaint = _submitted(current, entry) if type(fact) is PlanSubmitted else _completed(current, entry)
    return (*plans[:-1], changed), complaint


def _submitted(plan: Plan, entry: AnyEntry) -> tuple[Plan, Refused | None]:
    if plan.submitted_on:
        return plan, errors.PlanAlreadySubmitted(county=entry.stream, since=plan.submitted_on.isoformat())
    return replace(plan, submitted_on=entry.on), None


def _completed(plan: Plan, entry: AnyEntry) -> tuple[Plan, Refused | None]:
    item = entry.fact.item
    if item > len(plan.items):
        return plan, errors.UnknownItem(county=entry.stream, item=item, items=len(plan.items))
    since = dict(plan.completed).get(item)
    if since:
        return plan, errors.MeasureAlreadyCompleted(county=entry.stream, item=item, since=since.isoformat())
    return replace(plan, completed=(*plan.completed, (item, entry.on))), None
