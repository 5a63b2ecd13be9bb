"""Slips that a type checker must report. Checked by mypy and pyright, never run.

Each slip carries the error that each checker reports for it. A slip that one of them does not report fails
`make types`: its comment is then unused, which both treat as an error.
"""

from __future__ import annotations

from datetime import date

from dualcert import GrantCertificate, RegisterLab, Registry, aio, errors
from dualcert.domain.aggregate import Effects, Rules, on
from dualcert.domain.application import AssessmentRecorded
from dualcert.domain.campaign import Campaign, PolicyAmended
from dualcert.domain.certificate import CertificateFact, CertificateGranted, CertificateRenewed
from dualcert.domain.cycle import DifficultyReported, MeetingHeld
from dualcert.domain.designation import Designations, LabDesignated
from dualcert.domain.dispatch import Dispatch, DispatchPlanned, SendingStarted
from dualcert.domain.entry import AnyEntry, Entry
from dualcert.domain.exemplar import ExemplarSelected
from dualcert.domain.lab import Lab, LabAmended, LabRegistered
from dualcert.domain.pairing import Pairing, PairingAssigned, ProblemIdentified
from dualcert.domain.plan import PlanIssued, Plans
from dualcert.domain.programme import CountyEnrolled, Enrolments
from dualcert.domain.timeline import Timeline
from dualcert.errors import Refused
from dualcert.projections.view import View
from dualcert.values.terms import FindingKind, Programme, Standing

# --- a fact's field in an effect or a rule -----------------------------------------------------------------


def lab(_: Lab, e: Entry[LabRegistered]) -> None:
    e.fact.nmae  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def lab_amended(_: Lab, e: Entry[LabAmended]) -> str:
    return e.fact.name  # type: ignore[return-value]  # pyright: ignore[reportReturnType]


def application(_: Timeline, e: Entry[AssessmentRecorded]) -> None:
    e.fact.rectifyby  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def certificate(_: Timeline, e: Entry[CertificateGranted]) -> None:
    e.fact.valid_untill  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def certificate_or_other(_: Timeline, e: Entry[CertificateFact]) -> None:
    e.fact.number  # type: ignore[union-attr]  # pyright: ignore[reportAttributeAccessIssue]


def designation(_: Designations, e: Entry[LabDesignated]) -> None:
    e.fact.labs  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def programme(_: Enrolments, e: Entry[CountyEnrolled]) -> None:
    e.fact.bach  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def plan(_: Plans, e: Entry[PlanIssued]) -> None:
    e.fact.items[0].mesure  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def pairing(_: Pairing, e: Entry[PairingAssigned]) -> None:
    e.fact.suporter  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def problem(_: Pairing, e: Entry[ProblemIdentified]) -> None:
    e.fact.resolution  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def campaign(_: Campaign, e: Entry[PolicyAmended]) -> None:
    e.fact.policy.titel  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def cycle(_: Campaign, e: Entry[MeetingHeld]) -> None:
    e.fact.mont  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def difficulty(_: Campaign, e: Entry[DifficultyReported]) -> None:
    e.fact.answer  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def exemplar(_: Campaign, e: Entry[ExemplarSelected]) -> None:
    e.fact.country  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def dispatch(_: Dispatch, e: Entry[DispatchPlanned]) -> None:
    e.fact.recipent  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def attempt(_: Dispatch, e: Entry[SendingStarted]) -> int:
    return e.fact.until  # type: ignore[return-value]  # pyright: ignore[reportReturnType]


# --- a row of a table ---------------------------------------------------------------------------------------


def granted(t: Timeline, e: Entry[CertificateGranted]) -> Timeline:
    return t if e.fact.number else Timeline()


def designated(state: Designations, e: Entry[LabDesignated]) -> Designations:
    return state if e.fact.lab else {}


def granted_rule(_: Timeline, e: Entry[CertificateGranted]) -> Refused | None:
    return errors.CertificateNotHeld(lab=e.stream, scheme=e.fact.scheme, on=e.on)


on(CertificateRenewed, granted)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
EFFECTS: Effects[Lab] = dict((on(LabDesignated, designated),))  # type: ignore[arg-type]  # pyright: ignore[reportAssignmentType]
RULES: Rules[Timeline] = dict((on(CertificateGranted, granted),))  # type: ignore[arg-type]  # pyright: ignore[reportAssignmentType]
RIGHT: Rules[Timeline] = dict((on(CertificateGranted, granted_rule),))

# --- projections: a state's field, an entry of any fact, a kind of finding ----------------------------------


def projection(view: View, entry: AnyEntry) -> None:
    view.lab("lab-140525-1").registerd_on  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    view.county("county-140525").plan(date(2023, 1, 1)).issuer  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]
    view.pairing("pairing-1").visits[0][0].isofromat()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    view.dispatch("dispatch-1").planned.key  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]
    view.in_force(date(2023, 1, 1)).policie  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    entry.fact.number  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    if isinstance(entry.fact, CertificateGranted):
        entry.fact.numbr  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    FindingKind.EXPIRD  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


# --- a refusal holds values, not texts -----------------------------------------------------------------------

errors.NoPlan(county="county-140525", on="2023-01-01")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
errors.CertificateNotHeld(lab="lab-140525-1", scheme="CMA", on=date(2023, 1, 1))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
errors.WrongStanding(
    county="county-140525",
    programme=Programme.NATIONAL,
    on=date(2023, 1, 1),
    standing="gone",  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    expected=Standing.NAMED,
)

# --- commands and the registry --------------------------------------------------------------------------------


def commands(registry: Registry) -> None:
    RegisterLab(lab="lab-140525-1", nmae="x", level="county", division="140525", on=date(2019, 1, 1))  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    GrantCertificate(lab="lab-140525-1", scheme="CMA", number=1, granted_on="2023-01-01", valid_until="2023-01-02")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    registry.execute(LabRegistered)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    registry.ratio("village")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    registry.status("lab-140525-1").row  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    registry.status(kind="county").rows[0].cma  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    registry.status(kind="village")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    registry.ratio(as_of=20230930)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def awaited(registry: aio.Registry) -> None:
    await registry.ratio("village")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    (await registry.ratio()).row  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
