"""What can be asked of a lab and its certificates."""

from __future__ import annotations

from datetime import date

from attrs import Factory, field, frozen
from attrs.validators import optional

from dualcert.domain import fields as f
from dualcert.domain.commands.base import Command, one_at_least
from dualcert.errors import BadPeriod, BadValue, OnDiffers, shown
from dualcert.values.terms import Level, Outcome, Purpose, Route, Scheme


@frozen(kw_only=True)
class LabCommand(Command):
    """A command for one lab."""

    subject = "lab"
    lab: str = field(validator=f.is_id("lab"))


@frozen(kw_only=True)
class RegisterLab(LabCommand):
    """Register a lab: from this day it is in the books."""

    name: str = field(converter=f.as_text, validator=f.is_name)
    level: Level = field(converter=f.as_level, validator=f.one_of(Level))
    division: str = field(validator=f.is_id("division"))
    credit_code: str | None = field(default=None, validator=optional(f.is_credit_code))
    counted: bool = field(default=True, validator=f.is_flag)


@frozen(kw_only=True)
class AmendLab(LabCommand):
    """Change what a lab is from this day on; what is left out stays."""

    name: str | None = field(default=None, converter=f.as_optional_text, validator=optional(f.is_name))
    level: Level | None = field(default=None, converter=f.as_optional_level, validator=optional(f.one_of(Level)))
    division: str | None = field(default=None, validator=optional(f.is_id("division")))
    credit_code: str | None = field(default=None, validator=optional(f.is_credit_code))
    counted: bool | None = field(default=None, validator=optional(f.is_flag))

    def __attrs_post_init__(self) -> None:
        one_at_least(self, "name", "level", "division", "credit_code", "counted")


@frozen(kw_only=True)
class CloseLab(LabCommand):
    """Close a lab, perhaps merged into another."""

    reason: str = field(converter=f.as_text, validator=f.is_note)
    merged_into: str | None = field(default=None, validator=optional(f.is_id("lab")))

    def __attrs_post_init__(self) -> None:
        if self.merged_into == self.lab:
            raise BadValue(field="merged_into", value=shown(self.lab), expected="another lab")


@frozen(kw_only=True)
class CertificateCommand(LabCommand):
    """A command for one scheme of one lab."""

    scheme: Scheme = field(converter=f.as_scheme, validator=f.one_of(Scheme))


@frozen(kw_only=True)
class AcceptApplication(CertificateCommand):
    """受理: the issuer took the application."""

    route: Route = field(converter=f.as_route, validator=f.one_of(Route))
    purpose: Purpose = field(converter=f.as_purpose, validator=f.one_of(Purpose))


@frozen(kw_only=True)
class ReasonedCommand(CertificateCommand):
    """A command that gives its reason."""

    reason: str = field(converter=f.as_text, validator=f.is_note)


@frozen(kw_only=True)
class RefuseApplication(ReasonedCommand):
    """不予受理: the issuer did not take the application."""


@frozen(kw_only=True)
class RecordAssessment(CertificateCommand):
    """评审, 考核: how the on-site assessment ended."""

    outcome: Outcome = field(converter=f.as_outcome, validator=f.one_of(Outcome))
    rectify_by: date | None = field(default=None, converter=f.as_optional_date, validator=optional(f.is_date))


@frozen(kw_only=True)
class RecordApproval(CertificateCommand):
    """审核通过: the issuer decided to grant; only a granted certificate counts."""


@frozen(kw_only=True)
class PeriodCommand(CertificateCommand):
    """A command that brings a certificate with its own dates."""

    number: str = field(converter=f.as_text, validator=f.is_number)
    granted_on: date = field(converter=f.as_date, validator=f.is_date)
    valid_until: date = field(converter=f.as_date, validator=f.is_date)
    scope_parameters: tuple[str, ...] | None = field(
        default=None, converter=f.as_optional_texts, validator=optional(f.are_names)
    )
    on: date = field(
        default=Factory(lambda self: self.granted_on, takes_self=True), converter=f.as_date, validator=f.is_date
    )

    def __attrs_post_init__(self) -> None:
        if self.valid_until < self.granted_on:
            raise BadPeriod(granted_on=self.granted_on.isoformat(), valid_until=self.valid_until.isoformat())
        if self.on != self.granted_on:
            raise OnDiffers(on=self.on.isoformat(), granted_on=self.granted_on.isoformat())


@frozen(kw_only=True)
class GrantCertificate(PeriodCommand):
    """颁发: a certificate where none is held."""


@frozen(kw_only=True)
class RenewCertificate(PeriodCommand):
    """延续, 复审: a further period of a certificate that was granted and not ended."""


@frozen(kw_only=True)
class AmendCertificate(ReasonedCommand):
    """变更: another number or holder on the same certificate."""

    number: str | None = field(default=None, converter=f.as_optional_text, validator=optional(f.is_number))
    holder: str | None = field(default=None, converter=f.as_optional_text, validator=optional(f.is_name))

    def __attrs_post_init__(self) -> None:
        one_at_least(self, "number", "holder")


@frozen(kw_only=True)
class ChangeScope(CertificateCommand):
    """扩项, 取消项目: add parameters to the scope, take some from it."""

    extended: tuple[str, ...] = field(default=(), converter=f.as_texts, validator=f.are_names)
    reduced: tuple[str, ...] = field(default=(), converter=f.as_texts, validator=f.are_names)

    def __attrs_post_init__(self) -> None:
        one_at_least(self, "extended", "reduced")
        both = set(self.extended) & set(self.reduced)
        if both:
            raise BadValue(field="reduced", value=shown(min(both)), expected="a parameter that is not extended too")


@frozen(kw_only=True)
class SuspendCertificate(ReasonedCommand):
    """暂停: from this day the certificate is not valid."""


@frozen(kw_only=True)
class ReinstateCertificate(ReasonedCommand):
    """恢复: from this day it is valid again."""


@frozen(kw_only=True)
class CancelCertificate(ReasonedCommand):
    """注销: end a certificate without blame."""


@frozen(kw_only=True)
class RevokeCertificate(ReasonedCommand):
    """撤销, 吊销: take a certificate away."""
