"""Counties: their designated labs, whether they pass, and their standing in the programmes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from attrs import frozen

from dualcert.domain.county import County
from dualcert.domain.lab import Lab
from dualcert.domain.plan import Plan
from dualcert.policy import Policy, Target
from dualcert.projections.answers import Answer
from dualcert.projections.labs import lacking
from dualcert.projections.view import View
from dualcert.values.days import Days
from dualcert.values.ids import division_of
from dualcert.values.terms import Programme, Scheme, Standing


@frozen
class ProgrammeStatus(Answer):
    """The standing of a county in one programme."""

    programme: Programme
    batch: int
    standing: Standing


@frozen
class PlanStatus(Answer):
    """A county's tackling plan; `open_items` are the numbers of those not done, counted from 1."""

    issued_on: date
    issuer: str
    submitted_on: date | None
    items: int
    open_items: tuple[int, ...]


@frozen
class CountyStatus(Answer):
    """A county on one day; `passes` is None if no lab is designated, `plan` if none is issued."""

    county: str
    name: str
    passes: bool | None
    labs: tuple[str, ...]
    programmes: tuple[ProgrammeStatus, ...] = ()
    plan: PlanStatus | None = None


@frozen
class CountyOnDay:
    """A county on one day: its state, its designated labs that are active, whether it passes.

    `lacking` has the schemes that each of these labs lacks.
    """

    county: str
    code: str
    name: str
    state: County
    labs: Mapping[str, Lab]
    lacking: Mapping[str, tuple[Scheme, ...]]
    passes: bool | None

    @property
    def home(self) -> tuple[str, str]:
        """The county's code and name."""
        return self.code, self.name


def county_on(view: View, county: str, day: date, target: Target) -> CountyOnDay:
    """Return *county* as it is on *day*.

    It passes when all (or, by the policy, any) of the labs designated for it are dual-certified; one without
    an active designated lab neither passes nor fails.
    """
    state, code = view.county(county), division_of(county)
    designated = {lab: view.find_lab(lab) for lab in state.labs(day)}
    labs = {lab: found for lab, found in designated.items() if found and found.active(day)}
    lack = {lab: lacking(found, day, target) for lab, found in labs.items()}
    dual = [not schemes for schemes in lack.values()]
    passed = all(dual) if target.county_passes == "all" else any(dual)
    return CountyOnDay(county, code, view.divisions.name_of(code), state, labs, lack, passed if labs else None)


def failing_days(
    find: Callable[[str], Lab | None], state: County, target: Target, dual: Callable[[str, Lab], Days]
) -> Days:
    """Return every day on which a county has an active designated lab and does not pass.

    *find* returns a lab by its id, *dual* the days on which a lab is dual-certified.
    """
    designated: list[Days] = []
    dual_there: list[Days] = []
    for each in state.designations:
        lab = find(each.lab)
        if lab is None:
            continue
        days = lab.active_days(each.since, each.until)
        designated.append(days)
        dual_there.append(days & dual(each.lab, lab))
    if target.county_passes == "any":
        return Days.union(designated) - Days.union(dual_there)
    return Days.union(days - passing for days, passing in zip(designated, dual_there, strict=True))


def counties_on(view: View, day: date, policy: Policy) -> Iterator[CountyOnDay]:
    """Yield every county-level unit of the policy's province as it is on *day*, in order of code."""
    for division in view.divisions.counties(policy.province):
        yield county_on(view, f"county-{division.code}", day, policy.target)


def county_status(view: View, county: str, as_of: date) -> CountyStatus:
    """Return the status of *county*: its active designated labs, whether it passes, its programmes."""
    on_day = county_on(view, county, as_of, view.policy(as_of).target)
    programmes = (ProgrammeStatus(e.programme, e.batch, e.standing) for e in on_day.state.enrolled(as_of))
    plan = _plan_status(on_day.state.plan(as_of), as_of)
    return CountyStatus(county, on_day.name, on_day.passes, tuple(on_day.labs), tuple(programmes), plan)


def _plan_status(plan: Plan | None, day: date) -> PlanStatus | None:
    if plan is None:
        return None
    open_items = tuple(n for n, _ in plan.open_items(day))
    return PlanStatus(plan.issued_on, plan.issuer, plan.submitted_on, len(plan.items), open_items)
