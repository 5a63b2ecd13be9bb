"""The closed list of stored names: the only facts that a log may hold.

A name is written out, never derived from a class or a path, and is never used again for another
meaning. A fact whose fields change gets a new version: `lab.certificate-granted.v2`, with an upcaster
from each older one; the bytes in the log stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import field, frozen

from dualcert.domain import campaign, certificate, county, entry, lab

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
    "county.lab-designated": Name(county.LabDesignated),
    "county.lab-released": Name(county.LabReleased),
    "campaign.opened": Name(campaign.CampaignOpened),
    "campaign.policy-amended": Name(campaign.PolicyAmended),
    "campaign.closed": Name(campaign.CampaignClosed),
}

_NAME_OF = {name.fact: base for base, name in NAMES.items()}


def name_of(fact: object) -> str:
    """Return the stored name of *fact* without its version, as histories show it."""
    return _NAME_OF[type(fact)]
