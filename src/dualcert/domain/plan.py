"""The tackling plan 攻坚方案 of a county: issued, submitted by its city, carried out measure by measure."""

from __future__ import annotations

from datetime import date

import msgspec
from attrs import frozen
from msgspec.structs import replace

from dualcert import errors
from dualcert.domain.aggregate import Effects, Ranks, Rules, on
from dualcert.domain.entry import Entry, Name
from dualcert.errors import Refused


@frozen
class PlanItem:
    """A shortcoming 问题短板, the measure for it, the responsible person (an opaque id), and the date it is due."""

    problem: str
    measure: str
    responsible: str
    due: date


@frozen
class PlanIssued:
    """印发: the county has this plan from this day on; it replaces an earlier one with all its items."""

    issuer: str
    items: tuple[PlanItem, ...]


@frozen
class PlanSubmitted:
    """报送: the city submitted the county's plan."""


@frozen
class MeasureCompleted:
    """完成: the measure of *item* (counted from 1) of the plan in force is carried out."""

    item: int


class Plan(msgspec.Struct, frozen=True, gc=False):
    """A plan from its issue on; `completed` has number and day of each completed item. `version` is the fact's."""

    issued_on: date
    version: int
    issuer: str
    items: tuple[PlanItem, ...]
    submitted_on: date | None = None
    completed: tuple[tuple[int, date], ...] = ()

    def as_of(self, day: date) -> Plan:
        """Return the plan in its state on *day*, without what was submitted or completed later."""
        submitted_on = self.submitted_on if self.submitted_on and self.submitted_on <= day else None
        return replace(self, submitted_on=submitted_on, completed=tuple(c for c in self.completed if c[1] <= day))

    def open_items(self, day: date) -> tuple[tuple[int, PlanItem], ...]:
        """Return number and item of each item that is not completed on *day*."""
        done = {item for item, on in self.completed if on <= day}
        return tuple((n, item) for n, item in enumerate(self.items, start=1) if n not in done)


Plans = tuple[Plan, ...]

NAMES = {
    "county.plan-issued": Name(PlanIssued),
    "county.plan-submitted": Name(PlanSubmitted),
    "county.measure-completed": Name(MeasureCompleted),
}
"""Stored name -> fact."""


def _issued(plans: Plans, e: Entry[PlanIssued]) -> Plans:
    return (*plans, Plan(e.on, e.version, e.fact.issuer, e.fact.items))


def _submitted(plans: Plans, e: Entry[PlanSubmitted]) -> Plans:
    if not plans or plans[-1].submitted_on:
        return plans
    return (*plans[:-1], replace(plans[-1], submitted_on=e.on))


def _completed(plans: Plans, e: Entry[MeasureCompleted]) -> Plans:
    if _cannot_complete(plans, e):
        return plans
    done = (*plans[-1].completed, (e.fact.item, e.on))
    return (*plans[:-1], replace(plans[-1], completed=done))


EFFECTS: Effects[Plans] = dict(
    (
        on(PlanIssued, _issued),
        on(PlanSubmitted, _submitted),
        on(MeasureCompleted, _completed),
    )
)


def _differs(plans: Plans, e: Entry[PlanIssued]) -> Refused | None:
    same = plans and (plans[-1].issuer, plans[-1].items) == (e.fact.issuer, e.fact.items)
    return errors.NothingChanges(stream=e.stream, on=e.on) if same else None


def _cannot_submit(plans: Plans, e: Entry[PlanSubmitted]) -> Refused | None:
    if not plans:
        return errors.NoPlan(county=e.stream, on=e.on)
    since = plans[-1].submitted_on
    return errors.PlanAlreadySubmitted(county=e.stream, since=since) if since else None


def _cannot_complete(plans: Plans, e: Entry[MeasureCompleted]) -> Refused | None:
    if not plans:
        return errors.NoPlan(county=e.stream, on=e.on)
    plan, item = plans[-1], e.fact.item
    if item > len(plan.items):
        return errors.UnknownItem(county=e.stream, item=item, items=len(plan.items))
    since = dict(plan.completed).get(item)
    return errors.MeasureAlreadyCompleted(county=e.stream, item=item, since=since) if since else None


RULES: Rules[Plans] = dict(
    (
        on(PlanIssued, _differs),
        on(PlanSubmitted, _cannot_submit),
        on(MeasureCompleted, _cannot_complete),
    )
)

RANK: Ranks = {PlanIssued: 20, PlanSubmitted: 21, MeasureCompleted: 22}
