"""A lab: what it is called, where it belongs, its life from registration to closing, its certificates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import msgspec
from attrs import frozen
from msgspec.structs import replace

from dualcert import errors
from dualcert.domain import certificate, commands, timeline
from dualcert.domain.entry import AnyEntry
from dualcert.domain.reading import Aggregate
from dualcert.domain.timeline import Timeline
from dualcert.errors import Refused
from dualcert.values.terms import Level, Scheme

CMA = Scheme.CMA  # an enum's member is looked up anew at each use otherwise


@frozen
class LabRegistered:
    """A lab is in these books from this day on."""

    name: str
    level: Level
    division: str
    credit_code: str | None = None
    counted: bool = True


@frozen
class LabAmended:
    """变更 of the lab itself; a field left out stays as it was."""

    name: str | None = None
    level: Level | None = None
    division: str | None = None
    credit_code: str | None = None
    counted: bool | None = None


@frozen
class LabClosed:
    """The lab is out of every figure from this day on."""

    reason: str
    merged_into: str | None = None


class Details(msgspec.Struct, frozen=True, gc=False):
    """What a lab is from one day on."""

    name: str
    level: Level
    division: str
    credit_code: str | None
    counted: bool


class Lab(msgspec.Struct, frozen=True, kw_only=True):
    """What a lab's stream says, for every day; `registration` and `closing` are versions of facts."""

    registered_on: date | None = None
    registration: int = 0
    closed_on: date | None = None
    closing: int = 0
    merged_into: str | None = None
    details: tuple[tuple[date, Details], ...] = ()
    cma: Timeline = Timeline()
    catl: Timeline = Timeline()

    def active(self, day: date) -> bool:
        """Return whether the lab is registered and not closed on *day*."""
        return (
            self.registered_on is not None
            and self.registered_on <= day
            and (self.closed_on is None or day < self.closed_on)
        )

    def details_on(self, day: date) -> Details | None:
        """Return what the lab is on *day*, or None before its registration."""
        return next((details for on, details in reversed(self.details) if on <= day), None)

    def timeline(self, scheme: Scheme) -> Timeline:
        """Return the certificate timeline of *scheme*."""
        return self.cma if scheme is CMA else self.catl

    def dual(self, day: date) -> bool:
        """Return whether a valid CMA and a valid CATL are held on *day*."""
        return self.cma.valid(day) and self.catl.valid(day)

    def dual_since(self, day: date) -> date | None:
        """Return the first day of the unbroken run of dual certification around *day*, or None."""
        run = (self.cma.valid_days() & self.catl.valid_days()).run(day)
        return run[0] if run else None


def _registered(lab: Lab, e: AnyEntry) -> Lab:
    f = e.fact
    details = Details(f.name, f.level, f.division, f.credit_code, f.counted)
    lab = lab if lab.registered_on else replace(lab, registered_on=e.on, registration=e.version)
    return replace(lab, details=(*lab.details, (e.on, details)))


def _amended(lab: Lab, e: AnyEntry) -> Lab:
    if not lab.details:
        return lab
    return replace(lab, details=(*lab.details, (e.on, _with(lab.details[-1][1], e.fact))))


def _with(details: Details, fact: LabAmended) -> Details:
    changes = {name: getattr(fact, name) for name in Details.__struct_fields__}
    return replace(details, **{name: value for name, value in changes.items() if value is not None})


def _closed(lab: Lab, e: AnyEntry) -> Lab:
    return lab if lab.closed_on else replace(lab, closed_on=e.on, closing=e.version, merged_into=e.fact.merged_into)


EFFECTS: Mapping[type, Callable[[Lab, AnyEntry], Lab]] = {
    LabRegistered: _registered,
    LabAmended: _amended,
    LabClosed: _closed,
}

RANK = {LabRegistered: 0, LabClosed: 1, LabAmended: 2, **timeline.RANK}
"""A closing comes before the other facts of its day: on and after it they are refused."""

AFTER_CLOSING = frozenset(
    {certificate.CertificateSuspended, certificate.CertificateCancelled, certificate.CertificateRevoked}
)


def _out_of_life(lab: Lab, e: AnyEntry) -> Refused | None:
    """Before its registration a lab takes nothing, from its closing on only what is taken from it."""
    kind = type(e.fact)
    if lab.registered_on is None:
        return None if kind is LabRegistered else errors.BeforeRegistration(lab=e.stream, on=e.on.isoformat())
    if kind is LabRegistered:
        return errors.LabAlreadyRegistered(lab=e.stream)
    if lab.closed_on is not None and kind not in AFTER_CLOSING:
        return errors.LabClosed(lab=e.stream, closed_on=lab.closed_on.isoformat())
    if kind is LabAmended and lab.details[-1][1] == _with(lab.details[-1][1], e.fact):
        return errors.NothingChanges(stream=e.stream, on=e.on.isoformat())
    return None


def step(lab: Lab, entry: AnyEntry) -> tuple[Lab, Refused | None]:
    """Return the lab with *entry*, and what is wrong with it, if anything."""
    effect = EFFECTS.get(type(entry.fact))
    if effect:
        return effect(lab, entry), _out_of_life(lab, entry)
    alive = lab.registered_on is not None and lab.closed_on is None
    complaint = None if alive else _out_of_life(lab, entry)
    if entry.fact.scheme is CMA:
        read, own = timeline.step(lab.cma, entry)
        return replace(lab, cma=read), complaint or own
    read, own = timeline.step(lab.catl, entry)
    return replace(lab, catl=read), complaint or own


LAB = Aggregate(
    kind="lab",
    initial=Lab(),
    step=step,
    rank=RANK,
    facts={
        commands.RegisterLab: LabRegistered,
        commands.AmendLab: LabAmended,
        commands.CloseLab: LabClosed,
        commands.AcceptApplication: certificate.ApplicationAccepted,
        commands.RefuseApplication: certificate.ApplicationRefused,
        commands.RecordAssessment: certificate.AssessmentRecorded,
        commands.RecordApproval: certificate.ApprovalRecorded,
        commands.GrantCertificate: certificate.CertificateGranted,
        commands.RenewCertificate: certificate.CertificateRenewed,
        commands.AmendCertificate: certificate.CertificateAmended,
        commands.ChangeScope: certificate.ScopeChanged,
        commands.SuspendCertificate: certificate.CertificateSuspended,
        commands.ReinstateCertificate: certificate.CertificateReinstated,
        commands.CancelCertificate: certificate.CertificateCancelled,
        commands.RevokeCertificate: certificate.CertificateRevoked,
    },
    begins=frozenset({commands.RegisterLab}),
    missing=lambda stream: errors.UnknownLab(lab=stream),
)
