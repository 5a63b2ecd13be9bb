"""The closed list of stored names: the only facts that a log may hold.

A name is written out, never derived from a class or a path, and is never used again for another
meaning. A fact whose fields change gets a new version: `lab.certificate-granted.v2`, with an upcaster
from each older one; the bytes in the log stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import field, frozen

from dualcert.domain import (
    campaign,
    certificate,
    cycle,
    designation,
    dispatch,
    entry,
    exemplar,
    lab,
    pairing,
    plan,
    programme,
)

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]


@frozen
class Name:
    """A fact's class under its stored name; `upcasters` lead from version 1 to 2, 2 to 3, and so on."""

    fact: type
    upcasters: tuple[Upcaster, ...] = field(default=())

    @property
    def version(self) -> int:
        """The schema version that is written today."""
        return len(self.upcasters) + 1


NAMES: Mapping[str, Name] = {
    "log.opened": Name(entry.LogOpened),
    "fact.retracted": Name(entry.FactRetracted),
    "lab.registered": Name(lab.LabRegistered),
    "lab.amended": Name(lab.LabAmended),
    "lab.closed": Name(lab.LabClosed),
    "lab.application-accepted": Name(certificate.ApplicationAccepted),
    "lab.application-refused": Name(certificate.ApplicationRefused),
    "lab.assessment-recorded": Name(certificate.AssessmentRecorded),
    "lab.approval-recorded": Name(certificate.ApprovalRecorded),
    "lab.certificate-granted": Name(certificate.CertificateGranted),
    "lab.certificate-renewed": Name(certificate.CertificateRenewed),
    "lab.certificate-amended": Name(certificate.CertificateAmended),
    "lab.scope-changed": Name(certificate.ScopeChanged),
    "lab.certificate-suspended": Name(certificate.CertificateSuspended),
    "lab.certificate-reinstated": Name(certificate.CertificateReinstated),
    "lab.certificate-cancelled": Name(certificate.CertificateCancelled),
    "lab.certificate-revoked": Name(certificate.CertificateRevoked),
    "county.lab-designated": Name(designation.LabDesignated),
    "county.lab-released": Name(designation.LabReleased),
    "county.enrolled": Name(programme.CountyEnrolled),
    "county.named": Name(programme.CountyNamed),
    "county.delisted": Name(programme.CountyDelisted),
    "county.candidacy-cancelled": Name(programme.CandidacyCancelled),
    "county.plan-issued": Name(plan.PlanIssued),
    "county.plan-submitted": Name(plan.PlanSubmitted),
    "county.measure-completed": Name(plan.MeasureCompleted),
    "pairing.assigned": Name(pairing.PairingAssigned),
    "pairing.visit-recorded": Name(pairing.VisitRecorded),
    "pairing.problem-identified": Name(pairing.ProblemIdentified),
    "pairing.problem-resolved": Name(pairing.ProblemResolved),
    "pairing.progress-reported": Name(pairing.ProgressReported),
    "pairing.ended": Name(pairing.PairingEnded),
    "campaign.opened": Name(campaign.CampaignOpened),
    "campaign.policy-amended": Name(campaign.PolicyAmended),
    "campaign.closed": Name(campaign.CampaignClosed),
    "campaign.exemplar-selected": Name(exemplar.ExemplarSelected),
    "campaign.exemplar-withdrawn": Name(exemplar.ExemplarWithdrawn),
    "campaign.meeting-held": Name(cycle.MeetingHeld),
    "campaign.summary-submitted": Name(cycle.SummarySubmitted),
    "campaign.highlight-reported": Name(cycle.HighlightReported),
    "campaign.difficulty-reported": Name(cycle.DifficultyReported),
    "campaign.difficulty-answered": Name(cycle.DifficultyAnswered),
    "campaign.bulletin-issued": Name(cycle.BulletinIssued),
    "dispatch.planned": Name(dispatch.DispatchPlanned),
    "dispatch.sending-started": Name(dispatch.SendingStarted),
    "dispatch.delivered": Name(dispatch.Delivered),
    "dispatch.delivery-failed": Name(dispatch.DeliveryFailed),
    "dispatch.delivery-unknown": Name(dispatch.DeliveryUnknown),
    "dispatch.resolved": Name(dispatch.DispatchResolved),
    "dispatch.abandoned": Name(dispatch.DispatchAbandoned),
}

_NAME_OF = {name.fact: base for base, name in NAMES.items()}


def name_of(fact: object) -> str:
    """Return the stored name of *fact* without its version, as histories show it."""
    return _NAME_OF[type(fact)]
