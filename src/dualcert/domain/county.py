"""A county: its designated labs, its standing in the programmes, its tackling plan.

Each of the three is a part of the state, with tables in its own module; the county's tables join them.
"""

from __future__ import annotations

from datetime import date

import msgspec
from msgspec.structs import replace

from dualcert import errors
from dualcert.domain import designation, plan, programme
from dualcert.domain.aggregate import Aggregate, Effects, Ranks, Rules
from dualcert.domain.designation import Designation, Designations, LabDesignated, LabReleased
from dualcert.domain.entry import AnyEntry
from dualcert.domain.plan import Plan, Plans
from dualcert.domain.programme import Enrolment, Enrolments
from dualcert.errors import Refused
from dualcert.values.terms import Programme


class County(msgspec.Struct, frozen=True):
    """The state of a county's stream, for every day."""

    designated: Designations = {}
    enrolments: Enrolments = ()
    plans: Plans = ()

    def labs(self, day: date) -> tuple[str, ...]:
        """Return the ids of the labs designated on *day*, in order of id."""
        return tuple(sorted(lab for lab, known in self.designated.items() if any(d.covers(day) for d in known)))

    @property
    def designations(self) -> tuple[Designation, ...]:
        """The designations of all labs, in order of time."""
        known = (each for designations in self.designated.values() for each in designations)
        return tuple(sorted(known, key=lambda each: (each.since, each.version)))

    def enrolled(self, day: date) -> tuple[Enrolment, ...]:
        """Return the county's standing on *day* in each programme that it was ever enrolled in, national first."""
        found = (programme.latest(self.enrolments, each, day) for each in Programme)
        return tuple(each for each in found if each)

    def plan(self, day: date) -> Plan | None:
        """Return the plan in force on *day*, in its state on that day, or None."""
        return next((each.as_of(day) for each in reversed(self.plans) if each.issued_on <= day), None)


NAMES = {**designation.NAMES, **programme.NAMES, **plan.NAMES}
"""Stored name -> fact."""


def _designations(county: County, e: AnyEntry) -> County:
    return replace(county, designated=designation.EFFECTS[type(e.fact)](county.designated, e))


def _enrolments(county: County, e: AnyEntry) -> County:
    return replace(county, enrolments=programme.EFFECTS[type(e.fact)](county.enrolments, e))


def _plans(county: County, e: AnyEntry) -> County:
    return replace(county, plans=plan.EFFECTS[type(e.fact)](county.plans, e))


EFFECTS: Effects[County] = {
    **dict.fromkeys(designation.EFFECTS, _designations),
    **dict.fromkeys(programme.EFFECTS, _enrolments),
    **dict.fromkeys(plan.EFFECTS, _plans),
}


def _designation_rule(county: County, e: AnyEntry) -> Refused | None:
    return designation.RULES[type(e.fact)](county.designated, e)


def _programme_rule(county: County, e: AnyEntry) -> Refused | None:
    return programme.RULES[type(e.fact)](county.enrolments, e)


def _plan_rule(county: County, e: AnyEntry) -> Refused | None:
    return plan.RULES[type(e.fact)](county.plans, e)


RULES: Rules[County] = {
    **dict.fromkeys(designation.RULES, _designation_rule),
    **dict.fromkeys(programme.RULES, _programme_rule),
    **dict.fromkeys(plan.RULES, _plan_rule),
}

RANK: Ranks = {**designation.RANK, **programme.RANK, **plan.RANK}


def _part_of(e: AnyEntry) -> str:
    """Return what a fact is about: the designation of its lab, the standing in the programmes, or the plan."""
    if isinstance(e.fact, LabDesignated | LabReleased):
        return e.fact.lab
    return "programme" if type(e.fact) in programme.EFFECTS else "plan"


COUNTY = Aggregate(
    kind="county",
    initial=County(),
    effects=EFFECTS,
    rules=RULES,
    rank=RANK,
    missing=lambda stream: errors.UnknownStream(stream=stream),
    part_of=_part_of,
)
