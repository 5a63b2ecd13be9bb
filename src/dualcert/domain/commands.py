"""What can be asked of the books: one frozen class a command, in the imperative of the field's terms.

A command's name outside Python is its class's name in kebab case: `grant-certificate`. All have `on`
(the civil day, Asia/Shanghai, on which it became true), `by` (an opaque id of who enters it), `source`
(the document) and, where wanted, a `command_id` that makes sending it twice harmless. A field that is
not of its form is refused when the command is made (a subclass of Refused with the field's name).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any, ClassVar

import attrs
from attrs import Factory, field, frozen
from attrs.validators import optional

from dualcert.domain import fields as f
from dualcert.errors import (
    BadPeriod,
    BadValue,
    MissingField,
    OnDiffers,
    UnknownCommand,
    UnknownField,
    WrongReplacement,
    shown,
)
from dualcert.policy import Policy, policy_of
from dualcert.values.terms import Level, Outcome, Purpose, Route, Scheme


@frozen(kw_only=True)
class Command:
    """What all commands have in common."""

    subject: ClassVar[str]
    """The name of the field that holds the stream's id."""

    on: date = field(converter=f.as_date, validator=f.is_date)
    by: str = field(default="system", validator=f.is_id("person"))
    source: str = field(default="", converter=f.as_text, validator=f.is_source)
    command_id: str | None = field(default=None, validator=optional(f.is_id("command")))

    @property
    def stream(self) -> str:
        """The id of the stream that the command is for."""
        return str(getattr(self, self.subject))


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
        _one_at_least(self, "name", "level", "division", "credit_code", "counted")


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
        _one_at_least(self, "number", "holder")


@frozen(kw_only=True)
class ChangeScope(CertificateCommand):
    """扩项, 取消项目: add parameters to the scope, take some from it."""

    extended: tuple[str, ...] = field(default=(), converter=f.as_texts, validator=f.are_names)
    reduced: tuple[str, ...] = field(default=(), converter=f.as_texts, validator=f.are_names)

    def __attrs_post_init__(self) -> None:
        _one_at_least(self, "extended", "reduced")
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


@frozen(kw_only=True)
class CountyCommand(Command):
    """A command for one county."""

    subject = "county"
    county: str = field(validator=f.is_id("county"))


@frozen(kw_only=True)
class DesignateLab(CountyCommand):
    """指定机构: from this day the lab carries the county's place."""

    lab: str = field(validator=f.is_id("lab"))


@frozen(kw_only=True)
class ReleaseLab(CountyCommand):
    """解除: from this day it does not."""

    lab: str = field(validator=f.is_id("lab"))


def _as_policy(value: Policy | Mapping[str, Any]) -> Policy:
    return policy_of(dict(value)) if isinstance(value, Mapping) else value


def _is_policy(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, Policy):
        raise BadValue(field=attribute.name, value=shown(value), expected="a policy (an object as in the policy file)")


@frozen(kw_only=True)
class CampaignCommand(Command):
    """A command for one campaign."""

    subject = "campaign"
    campaign: str = field(validator=f.is_id("campaign"))


@frozen(kw_only=True)
class OpenCampaign(CampaignCommand):
    """Open a campaign with its policy."""

    policy: Policy = field(converter=_as_policy, validator=_is_policy)


@frozen(kw_only=True)
class AmendPolicy(CampaignCommand):
    """Put another policy in force from this day on."""

    policy: Policy = field(converter=_as_policy, validator=_is_policy)


@frozen(kw_only=True)
class CloseCampaign(CampaignCommand):
    """Close a campaign."""


@frozen(kw_only=True)
class StreamCommand(Command):
    """A command about a fact that stands in a stream."""

    subject = "stream_"
    stream_: str = field(alias="stream", validator=f.is_stream)
    version: int = field(validator=f.is_version)
    reason: str = field(converter=f.as_text, validator=f.is_note)

    @property
    def target(self) -> str:
        """The id of the fact that the command is about."""
        return f"{self.stream_}@{self.version}"


@frozen(kw_only=True)
class RetractFact(StreamCommand):
    """Take back a fact that was entered in error; it is never edited or deleted."""


def _as_command(value: Command | Mapping[str, Any]) -> Command:
    return parse(dict(value)) if isinstance(value, Mapping) else value


def _is_replacement(self: StreamCommand, _: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, Command) or isinstance(value, StreamCommand) or value.stream != self.stream_:
        found = value.stream if isinstance(value, Command) else shown(value)
        raise WrongReplacement(stream=self.stream_, found=found)


@frozen(kw_only=True)
class CorrectFact(StreamCommand):
    """Take back a fact and enter it anew in one step; the replacement has its own date."""

    replacement: Command = field(converter=_as_command, validator=_is_replacement)


def _one_at_least(command: Command, *names: str) -> None:
    if all(getattr(command, name) in (None, ()) for name in names):
        raise MissingField(command=name_of(type(command)), field=" / ".join(names))


COMMANDS: tuple[type[Command], ...] = (
    RegisterLab,
    AmendLab,
    CloseLab,
    DesignateLab,
    ReleaseLab,
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
    OpenCampaign,
    AmendPolicy,
    CloseCampaign,
    RetractFact,
    CorrectFact,
)
"""All commands, in the order in which they are told of."""


def name_of(command: type[Command]) -> str:
    """Return the name of a command class outside Python: `grant-certificate`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", command.__name__).lower()


@cache
def by_name() -> Mapping[str, type[Command]]:
    """Return name -> command class."""
    return {name_of(command): command for command in COMMANDS}


def field_names(command: type[Command]) -> Mapping[str, attrs.Attribute[Any]]:
    """Return the fields of *command* by the names that users write."""
    return {a.alias or a.name: a for a in attrs.fields(command)}


def parse(document: Mapping[str, Any]) -> Command:
    """Return the command that *document* writes: `{"do": NAME, FIELD: VALUE, …}`.

    Raises UnknownCommand, UnknownField, MissingField, or what the field's own rule refuses.
    """
    given = dict(document)
    name = given.pop("do", None)
    command = by_name().get(name) if isinstance(name, str) else None
    if command is None:
        raise UnknownCommand(command=shown(name))
    known = field_names(command)
    for unknown in given.keys() - known.keys():
        raise UnknownField(command=str(name), field=shown(unknown), known=", ".join(known))
    for required, attribute in known.items():
        if attribute.default is attrs.NOTHING and required not in given:
            raise MissingField(command=str(name), field=required)
    return command(**given)
