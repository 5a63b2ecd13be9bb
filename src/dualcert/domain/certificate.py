"""What can happen to a certificate: facts in the past participles of the field (ISO/IEC 17011).

How they are read is in `timeline`. Expiry is no fact: nobody does it, the calendar does.
"""

from __future__ import annotations

from datetime import date

from attrs import frozen

from dualcert.values.terms import Outcome, Purpose, Route, Scheme


@frozen
class ApplicationAccepted:
    """受理: the issuer took the application."""

    scheme: Scheme
    route: Route
    purpose: Purpose


@frozen
class ApplicationRefused:
    """不予受理: the issuer did not take the application."""

    scheme: Scheme
    reason: str


@frozen
class AssessmentRecorded:
    """评审 (CMA), 考核 (CATL): how the on-site assessment ended; it is not yet a certificate."""

    scheme: Scheme
    outcome: Outcome
    rectify_by: date | None = None


@frozen
class ApprovalRecorded:
    """审核通过: the issuer decided to grant; it is not yet a certificate."""

    scheme: Scheme


@frozen
class CertificateGranted:
    """颁发: a certificate, valid from `granted_on` through `valid_until`, both in."""

    scheme: Scheme
    number: str
    granted_on: date
    valid_until: date
    scope_parameters: tuple[str, ...] | None = None


@frozen
class CertificateRenewed:
    """延续 (CMA), 复审 (CATL): days covered by either certificate count; a gap between them does not."""

    scheme: Scheme
    number: str
    granted_on: date
    valid_until: date
    scope_parameters: tuple[str, ...] | None = None


@frozen
class CertificateAmended:
    """变更: another number or holder on the same certificate."""

    scheme: Scheme
    reason: str
    number: str | None = None
    holder: str | None = None


@frozen
class ScopeChanged:
    """扩项, 取消项目: parameters added to the scope and taken from it."""

    scheme: Scheme
    extended: tuple[str, ...] = ()
    reduced: tuple[str, ...] = ()


@frozen
class CertificateSuspended:
    """暂停: out from this day on."""

    scheme: Scheme
    reason: str


@frozen
class CertificateReinstated:
    """恢复: in again from this day on."""

    scheme: Scheme
    reason: str


@frozen
class CertificateCancelled:
    """注销: ended by the issuer or the holder; from this day nothing granted before counts."""

    scheme: Scheme
    reason: str


@frozen
class CertificateRevoked:
    """撤销, 吊销: taken away; another fact than cancelling, and the same for the days after."""

    scheme: Scheme
    reason: str
