"""Refusals by the rules of counties, pairings and the campaign."""

from __future__ import annotations

from datetime import date
from typing import Literal

from dualcert.errors.base import AlreadyExists, Invalid, NotFound, Refused
from dualcert.errors.defining import define
from dualcert.languages import N_
from dualcert.values.terms import Programme, Standing


@define(kw_only=True, eq=False)
class LabAlreadyDesignated(AlreadyExists, Refused):
    """A lab is designated for a county once at a time."""

    code = "lab-already-designated"
    template = N_("{lab} is designated for {county} since {since}")
    county: str
    lab: str
    since: date


@define(kw_only=True, eq=False)
class LabNotDesignated(Invalid, Refused):
    """A release of a lab that is not designated."""

    code = "lab-not-designated"
    template = N_("{lab} is not designated for {county} on {on}")
    county: str
    lab: str
    on: date


@define(kw_only=True, eq=False)
class CampaignAlreadyOpen(AlreadyExists, Refused):
    """A campaign is opened once."""

    code = "campaign-already-open"
    template = N_("{campaign} is open already")
    campaign: str


@define(kw_only=True, eq=False)
class CampaignNotOpen(Invalid, Refused):
    """A campaign takes facts from its opening to its closing."""

    code = "campaign-not-open"
    template = N_("{campaign} is not open on {on}")
    campaign: str
    on: date


@define(kw_only=True, eq=False)
class PolicyOfAnotherCampaign(Invalid, Refused):
    """A campaign keeps the name and the province of the policy that it is opened with."""

    code = "policy-of-another-campaign"
    template = N_(
        "{campaign} keeps its name and its province; the policy {policy} of {province} belongs to another campaign"
    )
    campaign: str
    policy: str
    province: str


@define(kw_only=True, eq=False)
class AlreadyEnrolled(AlreadyExists, Refused):
    """A county is enrolled in a programme once at a time."""

    code = "already-enrolled"
    template = N_("{county} is {standing} in the {programme} programme since {since}")
    county: str
    programme: Programme
    standing: Standing
    since: date


@define(kw_only=True, eq=False)
class WrongStanding(Invalid, Refused):
    """A county is named or loses its candidacy as a candidate, and is delisted as a named one."""

    code = "wrong-standing"
    template = N_("{county} is {standing} in the {programme} programme on {on}, not {expected}")
    county: str
    programme: Programme
    on: date
    standing: Standing | Literal["none"]
    expected: Standing


@define(kw_only=True, eq=False)
class NoPlan(NotFound, Refused):
    """There is no plan to submit or carry out: none was issued by then."""

    code = "no-plan"
    template = N_("{county} has no plan on {on}")
    county: str
    on: date


@define(kw_only=True, eq=False)
class PlanAlreadySubmitted(AlreadyExists, Refused):
    """A plan is submitted once."""

    code = "plan-already-submitted"
    template = N_("the plan of {county} was handed in on {since}")
    county: str
    since: date


@define(kw_only=True, eq=False)
class UnknownItem(NotFound, Refused):
    """A plan has no item of that number."""

    code = "unknown-item"
    template = N_("the plan of {county} has no item {item}; it has {items}")
    county: str
    item: int
    items: int


@define(kw_only=True, eq=False)
class MeasureAlreadyCompleted(AlreadyExists, Refused):
    """A measure is completed once."""

    code = "measure-already-completed"
    template = N_("item {item} of the plan of {county} is done since {since}")
    county: str
    item: int
    since: date


@define(kw_only=True, eq=False)
class PairingAlreadyAssigned(AlreadyExists, Refused):
    """A pairing is assigned once; an adjustment is an end and a new pairing."""

    code = "pairing-already-assigned"
    template = N_("{pairing} is assigned since {since}")
    pairing: str
    since: date


@define(kw_only=True, eq=False)
class PairingNotOpen(Invalid, Refused):
    """A pairing takes facts from its assignment to its end."""

    code = "pairing-not-open"
    template = N_("{pairing} is not assigned on {on}, or ended")
    pairing: str
    on: date


@define(kw_only=True, eq=False)
class ProblemAlreadyIdentified(AlreadyExists, Refused):
    """An id of a problem is used once in a pairing."""

    code = "problem-already-identified"
    template = N_("{pairing} has an issue {item} already")
    pairing: str
    item: str


@define(kw_only=True, eq=False)
class ProblemNotOpen(Invalid, Refused):
    """Nothing to resolve: the problem is not known, or solved."""

    code = "problem-not-open"
    template = N_("{pairing} has no open issue {item}")
    pairing: str
    item: str


@define(kw_only=True, eq=False)
class AlreadyExemplary(AlreadyExists, Refused):
    """A county is selected as exemplary once at a time."""

    code = "already-exemplary"
    template = N_("{county} is an example of {campaign} already")
    campaign: str
    county: str


@define(kw_only=True, eq=False)
class ExemplarNotPassing(Invalid, Refused):
    """A county that does not pass, or has no designated lab, is no example for others."""

    code = "exemplar-not-passing"
    template = N_("{county} does not pass on {on}: only a county that passes can be an example")
    county: str
    on: date


@define(kw_only=True, eq=False)
class NotExemplary(Invalid, Refused):
    """A county that is not exemplary cannot be withdrawn."""

    code = "not-exemplary"
    template = N_("{county} is no example of {campaign} on {on}")
    campaign: str
    county: str
    on: date


@define(kw_only=True, eq=False)
class QuotaReached(Invalid, Refused):
    """The policy's quota of exemplary counties is reached (rule 8 of the notice)."""

    code = "quota-reached"
    template = N_("{campaign} has its {quota} examples already")
    campaign: str
    quota: int


@define(kw_only=True, eq=False)
class UnknownMilestone(NotFound, Refused):
    """The policy of the day has no summary of that name."""

    code = "unknown-milestone"
    template = N_("the policy of {campaign} has no summary {milestone}; it has {known}")
    campaign: str
    milestone: str
    known: tuple[str, ...]


@define(kw_only=True, eq=False)
class DifficultyAlreadyReported(AlreadyExists, Refused):
    """An id of a difficulty is used once in a campaign."""

    code = "difficulty-already-reported"
    template = N_("{campaign} has a difficulty {item} already")
    campaign: str
    item: str


@define(kw_only=True, eq=False)
class DifficultyNotOpen(Invalid, Refused):
    """Nothing to answer: the difficulty is not known, or answered."""

    code = "difficulty-not-open"
    template = N_("{campaign} has no open difficulty {item}")
    campaign: str
    item: str


@define(kw_only=True, eq=False)
class OutOfProvince(Invalid, Refused):
    """A division lies outside the province of the campaign."""

    code = "out-of-province"
    template = N_("{field}: {division} {name} is not in {province}")
    field: str
    division: str
    name: str
    province: str


@define(kw_only=True, eq=False)
class NoScore(Invalid, Refused):
    """The policy has no weights, so there is no score."""

    code = "no-score"
    template = N_("the policy {policy} has no table [score], so there are no weights")
    policy: str


@define(kw_only=True, eq=False)
class UnknownGate(NotFound, Refused):
    """No campaign that is open has a gate of that name."""

    code = "unknown-gate"
    template = N_("the policy has no gate {gate}; it has {known}")
    gate: str
    known: tuple[str, ...]


@define(kw_only=True, eq=False)
class GateNotDue(Invalid, Refused):
    """A gate's decisions are recorded after its last day."""

    code = "gate-not-due"
    template = N_("the last day of gate {gate} is {due}: its decisions can be recorded after it, not on {on}")
    gate: str
    due: date
    on: date
