"""The commands of a campaign."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import Factory, field, frozen
from attrs.validators import optional

from dualcert.domain import fields as f
from dualcert.domain.campaign import CampaignClosed, CampaignOpened, PolicyAmended
from dualcert.domain.commands.base import Command, compact, note_digest
from dualcert.domain.cycle import (
    BulletinIssued,
    DifficultyAnswered,
    DifficultyReported,
    HighlightReported,
    MeetingHeld,
    SummarySubmitted,
)
from dualcert.domain.exemplar import ExemplarSelected, ExemplarWithdrawn
from dualcert.errors import N_, BadValue, shown
from dualcert.policy import Policy, judged, policy_of
from dualcert.values.dates import month_of
from dualcert.values.terms import Meeting


def _as_policy(value: Policy | Mapping[str, Any]) -> Policy:
    return policy_of(dict(value)) if isinstance(value, Mapping) else value


def _is_policy(_: object, attribute: f.Field, value: object) -> None:
    if not isinstance(value, Policy):
        raise BadValue(
            field=attribute.name, value=shown(value), expected=N_("a policy (an object as in the policy file)")
        )
    judged(value)


@frozen(kw_only=True)
class CampaignCommand(Command):
    """A command for one campaign."""

    subject = "campaign"
    campaign: str = field(validator=f.is_id_of("campaign"), metadata={"help": N_("The campaign: campaign-NAME.")})


@frozen(kw_only=True)
class OpenCampaign(CampaignCommand):
    """Open a campaign with its policy."""

    fact = CampaignOpened
    begins = True

    policy: Policy = field(
        converter=_as_policy,
        validator=_is_policy,
        metadata={"help": N_("A policy that ships with dualcert, or a TOML file."), "metavar": "NAME|FILE"},
    )


@frozen(kw_only=True)
class AmendPolicy(CampaignCommand):
    """Put another policy in force from this day on."""

    fact = PolicyAmended

    policy: Policy = field(
        converter=_as_policy,
        validator=_is_policy,
        metadata={"help": N_("A policy that ships with dualcert, or a TOML file."), "metavar": "NAME|FILE"},
    )


@frozen(kw_only=True)
class CloseCampaign(CampaignCommand):
    """Close a campaign."""

    fact = CampaignClosed


@frozen(kw_only=True)
class ExemplarCommand(CampaignCommand):
    """A command about one exemplary county."""

    county: str = field(validator=f.is_id_of("county"), metadata={"help": N_("The county: county-CODE.")})
    reason: str = field(converter=f.as_text, validator=f.is_note, metadata={"help": N_("The reason.")})


@frozen(kw_only=True)
class SelectExemplar(ExemplarCommand):
    """典型样板: select an exemplary county, within the policy's quota."""

    fact = ExemplarSelected


@frozen(kw_only=True)
class WithdrawExemplar(ExemplarCommand):
    """End the selection of an exemplary county."""

    fact = ExemplarWithdrawn


@frozen(kw_only=True)
class CityCommand(CampaignCommand):
    """A command about one city in the campaign."""

    city: str = field(validator=f.is_id_of("division"), metadata={"help": N_("The city, by code.")})


@frozen(kw_only=True)
class HoldMeeting(CityCommand):
    """调度, 会商, 指导: record a monthly meeting of a city."""

    fact = MeetingHeld

    kind: Meeting = field(converter=f.as_meeting, validator=f.one_of(Meeting), metadata={"help": N_("The kind.")})
    month: str = field(validator=f.is_month, metadata={"help": N_("The month that it is for, YYYY-MM.")})
    note: str | None = field(
        default=None,
        converter=f.as_optional_text,
        validator=optional(f.is_note),
        metadata={"help": N_("The note.")},
    )

    def __attrs_post_init__(self) -> None:
        _has_begun(self.month, self)


@frozen(kw_only=True)
class SubmitSummary(CityCommand):
    """攻坚行动总结: a city submits a summary that the policy asks for."""

    fact = SummarySubmitted

    milestone: str = field(
        validator=f.is_id_of("item"), metadata={"help": N_("The name of the summary in the policy.")}
    )


@frozen(kw_only=True)
class ReportHighlight(CityCommand):
    """亮点: a city reports what went well."""

    fact = HighlightReported

    note: str = field(converter=f.as_text, validator=f.is_note, metadata={"help": N_("The note.")})


@frozen(kw_only=True)
class ReportDifficulty(CityCommand):
    """难以解决的问题: a city reports what it cannot solve itself; its id is made of city, day and note if left out."""

    fact = DifficultyReported

    note: str = field(converter=f.as_text, validator=f.is_note, metadata={"help": N_("The note.")})
    item: str = field(
        default=Factory(lambda self: f"{self.city}-{compact(self.on)}-{note_digest(self.note)}", takes_self=True),
        validator=f.is_id_of("item"),
        metadata={"help": N_("Which item: the number in the plan, or the difficulty's id.")},
    )


@frozen(kw_only=True)
class AnswerDifficulty(CampaignCommand):
    """Answer a difficulty."""

    fact = DifficultyAnswered

    item: str = field(
        validator=f.is_id_of("item"),
        metadata={"help": N_("Which item: the number in the plan, or the difficulty's id.")},
    )
    answer: str = field(converter=f.as_text, validator=f.is_note, metadata={"help": N_("The answer.")})


@frozen(kw_only=True)
class IssueBulletin(CampaignCommand):
    """通报: issue the bulletin of the cities' progress in a month."""

    fact = BulletinIssued

    month: str = field(validator=f.is_month, metadata={"help": N_("The month that it is for, YYYY-MM.")})
    issuer: str = field(converter=f.as_text, validator=f.is_name, metadata={"help": N_("Who issues it.")})
    recipients: tuple[str, ...] | None = field(
        default=None,
        converter=f.as_optional_texts,
        validator=optional(f.are_names),
        metadata={"help": N_("To whom it goes; may be given several times.")},
    )
    number: str | None = field(
        default=None,
        converter=f.as_optional_text,
        validator=optional(f.is_name),
        metadata={"help": N_("The number of the paper, 发文字号.")},
    )
    sha256: str | None = field(
        default=None,
        validator=optional(f.is_id_of("sha256")),
        metadata={
            "help": N_("The file that goes out: its SHA-256 is recorded, by which it is known again."),
            "file": "--file",
        },
    )

    def __attrs_post_init__(self) -> None:
        _has_begun(self.month, self)


def _has_begun(month: str, command: Command) -> None:
    if month > month_of(command.on):
        raise BadValue(field="month", value=shown(month), expected=N_("a month that has begun on that day"))


COMMANDS: tuple[type[Command], ...] = (
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
)
"""The commands of a campaign, in the order in which they are listed."""
