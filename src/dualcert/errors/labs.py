"""Refusals by the rules of a lab and its certificates."""

from __future__ import annotations

from datetime import date

from dualcert.errors.base import AlreadyExists, Invalid, NotFound, Refused
from dualcert.errors.defining import define
from dualcert.languages import N_
from dualcert.values.terms import Scheme


@define(kw_only=True, eq=False)
class LabAlreadyRegistered(AlreadyExists, Refused):
    """A lab's id is used once."""

    code = "lab-already-registered"
    template = N_("{lab} is registered already")
    lab: str


@define(kw_only=True, eq=False)
class BeforeRegistration(NotFound, Refused):
    """Before its lab's registration no fact is accepted."""

    code = "before-registration"
    template = N_("{lab} was not yet registered on {on}")
    lab: str
    on: date


@define(kw_only=True, eq=False)
class LabIsClosed(Invalid, Refused):
    """From its closing a lab takes only suspension, cancellation and revocation."""

    code = "lab-closed"
    template = N_("{lab} is closed since {closed_on}")
    lab: str
    closed_on: date


@define(kw_only=True, eq=False)
class NothingChanges(Invalid, Refused):
    """The command would change nothing."""

    code = "nothing-changes"
    template = N_("{stream}: the command changes nothing on {on}")
    stream: str
    on: date


@define(kw_only=True, eq=False)
class CertificateAlreadyHeld(AlreadyExists, Refused):
    """A grant while a certificate of the scheme is held, suspended or not."""

    code = "certificate-already-held"
    template = N_("{lab} holds {scheme} certificate {number} on {on}, valid until {valid_until}")
    lab: str
    scheme: Scheme
    number: str
    on: date
    valid_until: date


@define(kw_only=True, eq=False)
class CertificateNotGranted(Invalid, Refused):
    """Nothing to renew, amend or end: no grant, or the last one was cancelled or revoked."""

    code = "certificate-not-granted"
    template = N_("{lab} has no {scheme} certificate on {on} that was granted and not ended")
    lab: str
    scheme: Scheme
    on: date


@define(kw_only=True, eq=False)
class CertificateNotHeld(Invalid, Refused):
    """Nothing to suspend: no certificate of the scheme covers the day."""

    code = "certificate-not-held"
    template = N_("{lab} holds no {scheme} certificate on {on}")
    lab: str
    scheme: Scheme
    on: date


@define(kw_only=True, eq=False)
class CertificateAlreadySuspended(AlreadyExists, Refused):
    """A suspension while suspended."""

    code = "certificate-already-suspended"
    template = N_("the {scheme} certificate of {lab} is suspended since {since}")
    lab: str
    scheme: Scheme
    since: date


@define(kw_only=True, eq=False)
class CertificateNotSuspended(Invalid, Refused):
    """A reinstatement of a certificate that is not suspended."""

    code = "certificate-not-suspended"
    template = N_("the {scheme} certificate of {lab} is not suspended on {on}")
    lab: str
    scheme: Scheme
    on: date
