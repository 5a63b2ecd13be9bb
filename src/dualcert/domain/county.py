"""A county: its designated labs, its standing in the programmes, its tackling plan."""

from __future__ import annotations

from datetime import date

import msgspec
from msgspec.structs import replace

from dualcert import errors
from dualcert.domain import commands, designation, plan, programme
from dualcert.domain.designation import Designations
from dualcert.domain.entry import AnyEntry
from dualcert.domain.plan import Plan, Plans
from dualcert.domain.programme import Enrolment, Enrolments
from dualcert.domain.reading import Aggregate
from dualcert.errors import Refused
from dualcert.values.terms import Programme


class County(msgspec.Struct, frozen=True):
    """What a county's stream says, for every day."""

    designations: Designations = ()
    enrolments: Enrolments = ()
    plans: Plans = ()

    def labs(self, day: date) -> tuple[str, ...]:
        """Return the ids of the labs designated on *day*, in order of id."""
        return tuple(sorted(d.lab for d in self.designations if d.covers(day)))

    def enrolled(self, day: date) -> tuple[Enrolment, ...]:
        """Return where the county stands on *day* in each programme that it was ever in, national first."""
        found = (programme.latest(self.enrolments, each, day) for each in Programme)
        return tuple(each for each in found if each)

    def plan(self, day: date) -> Plan | None:
        """Return the plan in force on *day*, or None."""
        return next((each for each in reversed(self.plans) if each.issued_on <= day), None)


def step(county: County, entry: AnyEntry) -> tuple[County, Refused | None]:
    """Return the county with *entry*, and what is wrong with it, if anything."""
    kind = type(entry.fact)
    if kind in designation.RANK:
        designations, complaint = designation.step(county.designations, entry)
        return replace(county, designations=designations), complaint
    if kind in programme.RANK:
        enrolments, complaint = programme.step(county.enrolments, entry)
        return replace(county, enrolments=enrolments), complaint
    plans, complaint = plan.step(county.plans, entry)
    return replace(county, plans=plans), complaint


FACTS = {
    commands.DesignateLab: designation.LabDesignated,
    commands.ReleaseLab: designation.LabReleased,
    commands.EnrolCounty: programme.CountyEnrolled,
    commands.NameCounty: programme.CountyNamed,
    commands.DelistCounty: programme.CountyDelisted,
    commands.CancelCandidacy: programme.CandidacyCancelled,
    commands.IssuePlan: plan.PlanIssued,
    commands.SubmitPlan: plan.PlanSubmitted,
    commands.CompleteMeasure: plan.MeasureCompleted,
}

COUNTY = Aggregate(
    kind="county",
    initial=County(),
    step=step,
    rank={**designation.RANK, **programme.RANK, **plan.RANK},
    facts=FACTS,
    begins=frozenset(FACTS),
    missing=lambda stream: errors.UnknownStream(stream=stream),
)
