"""All commands by name, and the two about facts that stand already."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import attrs
import msgspec
from attrs import field, frozen

from dualcert.domain import fields as f
from dualcert.domain.commands.base import Command, name_of
from dualcert.domain.commands.campaign import (
    AmendPolicy,
    AnswerDifficulty,
    CloseCampaign,
    HoldMeeting,
    IssueBulletin,
    OpenCampaign,
    ReportDifficulty,
    ReportHighlight,
    SelectExemplar,
    SubmitSummary,
    WithdrawExemplar,
)
from dualcert.domain.commands.county import (
    CancelCandidacy,
    CompleteMeasure,
    DelistCounty,
    DesignateLab,
    EnrolCounty,
    IssuePlan,
    NameCounty,
    ReleaseLab,
    SubmitPlan,
)
from dualcert.domain.commands.lab import (
    AcceptApplication,
    AmendCertificate,
    AmendLab,
    CancelCertificate,
    ChangeScope,
    CloseLab,
    GrantCertificate,
    RecordApproval,
    RecordAssessment,
    RefuseApplication,
    RegisterLab,
    ReinstateCertificate,
    RenewCertificate,
    RevokeCertificate,
    SuspendCertificate,
)
from dualcert.domain.commands.pairing import (
    AssignPairing,
    EndPairing,
    IdentifyProblem,
    RecordVisit,
    ReportProgress,
    ResolveProblem,
)
from dualcert.errors import MissingField, UnknownCommand, UnknownField, WrongReplacement, shown


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
    EnrolCounty,
    NameCounty,
    DelistCounty,
    CancelCandidacy,
    IssuePlan,
    SubmitPlan,
    CompleteMeasure,
    AssignPairing,
    RecordVisit,
    IdentifyProblem,
    ResolveProblem,
    ReportProgress,
    EndPairing,
    OpenCampaign,
    AmendPolicy,
    CloseCampaign,
    SelectExemplar,
    WithdrawExemplar,
    HoldMeeting,
    SubmitSummary,
    ReportHighlight,
    ReportDifficulty,
    AnswerDifficulty,
    IssueBulletin,
    RetractFact,
    CorrectFact,
)
"""All commands, in the order in which they are told of."""


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
    if "do" not in given:
        raise MissingField(command="command", field="do")
    name = given.pop("do")
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


def document_of(command: Command) -> dict[str, Any]:
    """Return *command* as `parse` takes it: `do`, and the fields that say something else than their default."""
    document: dict[str, Any] = {"do": name_of(type(command))}
    for name, attribute in field_names(type(command)).items():
        value = getattr(command, attribute.name)
        if attribute.default is attrs.NOTHING or value != attribute.default:
            document[name] = document_of(value) if isinstance(value, Command) else msgspec.to_builtins(value)
    return document
