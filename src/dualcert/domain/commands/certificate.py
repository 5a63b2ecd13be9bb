"""The commands of a lab's applications and certificates."""

from __future__ import annotations

from datetime import date

from attrs import Factory, field, frozen
from attrs.validators import optional

from dualcert.domain import fields as f
from dualcert.domain.application import ApplicationAccepted, ApplicationRefused, ApprovalRecorded, AssessmentRecorded
from dualcert.domain.certificate import (
    CertificateAmended,
    CertificateCancelled,
    CertificateGranted,
    CertificateReinstated,
    CertificateRenewed,
    CertificateRevoked,
    CertificateSuspended,
    ScopeChanged,
)
from dualcert.domain.commands.base import Command, one_at_least
from dualcert.domain.commands.lab import LabCommand
from dualcert.errors import N_, BadPeriod, BadValue, OnDiffers, shown
from dualcert.values.terms import Outcome, Purpose, Route, Scheme


@frozen(kw_only=True)
class CertificateCommand(LabCommand):
    """A command for one scheme of one lab."""

    scheme: Scheme = field(
        converter=f.as_scheme, validator=f.one_of(Scheme), metadata={"help": N_("Which of the two certificates.")}
    )


@frozen(kw_only=True)
class AcceptApplication(CertificateCommand):
    """受理: the issuer accepted the application."""

    fact = ApplicationAccepted

    route: Route = field(
        converter=f.as_route,
        validator=f.one_of(Route),
        metadata={"help": N_("Both certificates at once, or one after the other.")},
    )
    purpose: Purpose = field(
        converter=f.as_purpose, validator=f.one_of(Purpose), metadata={"help": N_("What is applied for.")}
    )


@frozen(kw_only=True)
class ReasonedCommand(CertificateCommand):
    """A command that gives its reason."""

    reason: str = field(converter=f.as_text, validator=f.is_note, metadata={"help": N_("The reason.")})


@frozen(kw_only=True)
class RefuseApplication(ReasonedCommand):
    """不予受理: the issuer did not accept the application."""

    fact = ApplicationRefused


@frozen(kw_only=True)
class RecordAssessment(CertificateCommand):
    """评审, 考核: record the outcome of the on-site assessment."""

    fact = AssessmentRecorded

    outcome: Outcome = field(converter=f.as_outcome, validator=f.one_of(Outcome), metadata={"help": N_("The outcome.")})
    rectify_by: date | None = field(
        default=None,
        converter=f.as_optional_date,
        validator=optional(f.is_date),
        metadata={"help": N_("The date by which shortcomings are to be rectified.")},
    )

    def __attrs_post_init__(self) -> None:
        expected = None
        if self.rectify_by is not None and self.outcome is not Outcome.RECTIFY:
            expected = N_("empty, as it is for any outcome but rectify")
        elif self.rectify_by is not None and self.rectify_by < self.on:
            expected = N_("the day of the assessment or a later one")
        if expected:
            raise BadValue(field="rectify_by", value=str(self.rectify_by), expected=expected)


@frozen(kw_only=True)
class RecordApproval(CertificateCommand):
    """审核通过: the issuer decided to grant; only a granted certificate counts."""

    fact = ApprovalRecorded


@frozen(kw_only=True)
class PeriodCommand(CertificateCommand):
    """A command that brings a certificate with its own dates."""

    number: str = field(
        converter=f.as_text, validator=f.is_number, metadata={"help": N_("The number on the certificate.")}
    )
    granted_on: date = field(converter=f.as_date, validator=f.is_date, metadata={"help": N_("Its first day.")})
    valid_until: date = field(
        converter=f.as_date, validator=f.is_date, metadata={"help": N_("Its last day, as printed on the certificate.")}
    )
    scope_parameters: tuple[str, ...] | None = field(
        default=None,
        converter=f.as_optional_texts,
        validator=optional(f.are_names),
        metadata={"help": N_("A test parameter of its scope; may be given several times.")},
    )
    on: date = field(
        default=Factory(lambda self: self.granted_on, takes_self=True),
        converter=f.as_date,
        validator=f.is_date,
        metadata={"help": N_("The day on which it became true; a grant's or renewal's is its --granted-on.")},
    )

    def __attrs_post_init__(self) -> None:
        if self.valid_until < self.granted_on:
            raise BadPeriod(granted_on=self.granted_on, valid_until=self.valid_until)
        if self.on != self.granted_on:
            raise OnDiffers(on=self.on, granted_on=self.granted_on)


@frozen(kw_only=True)
class GrantCertificate(PeriodCommand):
    """颁发: grant a certificate to a lab that holds none."""

    fact = CertificateGranted


@frozen(kw_only=True)
class RenewCertificate(PeriodCommand):
    """延续, 复审: renew a certificate that was granted and not ended."""

    fact = CertificateRenewed


@frozen(kw_only=True)
class AmendCertificate(ReasonedCommand):
    """变更: change the number or holder of a certificate."""

    fact = CertificateAmended

    number: str | None = field(
        default=None,
        converter=f.as_optional_text,
        validator=optional(f.is_number),
        metadata={"help": N_("The number on the certificate.")},
    )
    holder: str | None = field(
        default=None,
        converter=f.as_optional_text,
        validator=optional(f.is_name),
        metadata={"help": N_("Who holds it now.")},
    )

    def __attrs_post_init__(self) -> None:
        one_at_least(self, "number", "holder")


@frozen(kw_only=True)
class ChangeScope(CertificateCommand):
    """扩项, 取消项目: add parameters to the scope, or remove some."""

    fact = ScopeChanged

    extended: tuple[str, ...] = field(
        default=(),
        converter=f.as_texts,
        validator=f.are_names,
        metadata={"help": N_("A parameter that is added; may be given several times.")},
    )
    reduced: tuple[str, ...] = field(
        default=(),
        converter=f.as_texts,
        validator=f.are_names,
        metadata={"help": N_("A parameter that is taken away; may be given several times.")},
    )

    def __attrs_post_init__(self) -> None:
        one_at_least(self, "extended", "reduced")
        both = set(self.extended) & set(self.reduced)
        if both:
            raise BadValue(field="reduced", value=shown(min(both)), expected=N_("a parameter that is not extended too"))


@frozen(kw_only=True)
class SuspendCertificate(ReasonedCommand):
    """暂停: suspend a certificate from this day on."""

    fact = CertificateSuspended


@frozen(kw_only=True)
class ReinstateCertificate(ReasonedCommand):
    """恢复: reinstate a suspended certificate from this day on."""

    fact = CertificateReinstated


@frozen(kw_only=True)
class CancelCertificate(ReasonedCommand):
    """注销: cancel a certificate, without fault of the lab."""

    fact = CertificateCancelled


@frozen(kw_only=True)
class RevokeCertificate(ReasonedCommand):
    """撤销, 吊销: revoke a certificate."""

    fact = CertificateRevoked


COMMANDS: tuple[type[Command], ...] = (
    AcceptApplication,
    RefuseApplication,
    RecordAssessment,
    RecordApproval,
    GrantCertificate,
    RenewCertificate,
    AmendCertificate,
    ChangeScope,
    SuspendCertificate,
    ReinstateCertificate,
    CancelCertificate,
    RevokeCertificate,
)
"""The commands of applications and certificates, in the order in which they are listed."""
