"""The commands of a county."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import cast

import attrs
from attrs import field, frozen
from attrs.validators import optional

from dualcert.domain import fields as f
from dualcert.domain.commands.base import Command
from dualcert.domain.designation import LabDesignated, LabReleased
from dualcert.domain.plan import MeasureCompleted, PlanIssued, PlanItem, PlanSubmitted
from dualcert.domain.programme import CandidacyCancelled, CountyDelisted, CountyEnrolled, CountyNamed
from dualcert.errors import N_, BadValue, shown
from dualcert.values.terms import Programme, Standing


@frozen(kw_only=True)
class CountyCommand(Command):
    """A command for one county."""

    subject = "county"
    begins = True
    county: str = field(validator=f.is_id_of("county"), metadata={"help": N_("The county: county-CODE.")})


@frozen(kw_only=True)
class DesignateLab(CountyCommand):
    """指定机构: designate a lab for the county from this day on."""

    fact = LabDesignated

    lab: str = field(validator=f.is_id_of("lab"), metadata={"help": N_("The lab: lab-DIVISION-N.")})


@frozen(kw_only=True)
class ReleaseLab(CountyCommand):
    """解除: end the designation of a lab for the county."""

    fact = LabReleased

    lab: str = field(validator=f.is_id_of("lab"), metadata={"help": N_("The lab: lab-DIVISION-N.")})


@frozen(kw_only=True)
class ProgrammeCommand(CountyCommand):
    """A command for one county in one programme of quality-and-safety counties."""

    programme: Programme = field(
        converter=f.as_programme,
        validator=f.one_of(Programme),
        metadata={"help": N_("The programme of quality-and-safety counties.")},
    )


@frozen(kw_only=True)
class EnrolCounty(ProgrammeCommand):
    """Enrol a county in a batch of a programme, as a candidate 创建 or already named 命名."""

    fact = CountyEnrolled

    batch: int = field(
        validator=f.is_count(N_("a batch, counted from 1")),
        metadata={"help": N_("The batch of the programme, counted from 1.")},
    )
    standing: Standing = field(
        converter=f.as_standing,
        validator=f.one_of((Standing.CANDIDATE, Standing.NAMED)),
        metadata={"help": N_("Candidate or named already.")},
    )


@frozen(kw_only=True)
class NameCounty(ProgrammeCommand):
    """命名: a candidate becomes a named county."""

    fact = CountyNamed

    reason: str = field(converter=f.as_text, validator=f.is_note, metadata={"help": N_("The reason.")})


@frozen(kw_only=True)
class DecisionCommand(ProgrammeCommand):
    """A command by which a county loses its standing; a gate fills in the evidence of its decision."""

    reason: str = field(converter=f.as_text, validator=f.is_note, metadata={"help": N_("The reason.")})
    gate: str | None = field(
        default=None,
        validator=optional(f.is_id_of("item")),
        metadata={"help": N_("The gate that the decision carries out; 'gate apply' fills it in.")},
    )
    evidence: tuple[str, ...] = field(
        default=(),
        converter=f.as_texts,
        validator=f.are_facts,
        metadata={"help": N_("A fact that the decision rests on, stream@version; may be given several times.")},
    )
    position: int | None = field(
        default=None,
        validator=optional(f.is_count(N_("a position, counted from 1"))),
        metadata={"help": N_("The position of the log that the decision rests on.")},
    )


@frozen(kw_only=True)
class DelistCounty(DecisionCommand):
    """摘牌: a named county loses its standing."""

    fact = CountyDelisted


@frozen(kw_only=True)
class CancelCandidacy(DecisionCommand):
    """取消创建资格: a candidate loses its candidacy."""

    fact = CandidacyCancelled


@frozen(kw_only=True)
class _Item:
    """The rules for the fields of one item of a plan."""

    problem: str = field(converter=f.as_text, validator=f.is_note)
    measure: str = field(converter=f.as_text, validator=f.is_note)
    responsible: str = field(validator=f.is_id_of("person"))
    due: date = field(converter=f.as_date, validator=f.is_date)


_ITEM = {a.name for a in attrs.fields(_Item)}


def _as_items(value: object) -> tuple[PlanItem, ...]:
    """Take a list of items, each an object or a PlanItem; anything else is left to the validator."""
    if not isinstance(value, list | tuple):
        return cast("tuple[PlanItem, ...]", value)
    return tuple(_as_item(each, n) for n, each in enumerate(value, start=1))


def _as_item(value: object, nth: int) -> PlanItem:
    given = attrs.asdict(value) if isinstance(value, PlanItem) else value
    if not isinstance(given, Mapping) or given.keys() != _ITEM:
        raise BadValue(field=f"items[{nth}]", value=shown(value), expected=N_("problem, measure, responsible and due"))
    with f.located(f"items[{nth}]", within=True):
        item = _Item(**given)
    return PlanItem(item.problem, item.measure, item.responsible, item.due)


def _are_items(_: object, attribute: f.Field, value: object) -> None:
    if not isinstance(value, tuple) or not value:
        raise BadValue(field=attribute.name, value=shown(value), expected=N_("a list of items, at least one"))


@frozen(kw_only=True)
class IssuePlan(CountyCommand):
    """印发攻坚方案: a county's plan, one measure with a person and a date for each shortcoming."""

    fact = PlanIssued

    issuer: str = field(converter=f.as_text, validator=f.is_name, metadata={"help": N_("Who issues it.")})
    items: tuple[PlanItem, ...] = field(
        converter=_as_items,
        validator=_are_items,
        metadata={
            "help": N_(
                'The items, as JSON: [{"problem": …, "measure": …, "responsible": "person-1", "due": "2023-06-30"}]'
            ),
            "json": list[object],
        },
    )


@frozen(kw_only=True)
class SubmitPlan(CountyCommand):
    """报送攻坚方案: the city submits the county's plan."""

    fact = PlanSubmitted


@frozen(kw_only=True)
class CompleteMeasure(CountyCommand):
    """The measure of one item of the plan is carried out; items count from 1."""

    fact = MeasureCompleted

    item: int = field(
        validator=f.is_count(N_("an item, counted from 1")),
        metadata={"help": N_("Which item: the number in the plan, or the difficulty's id.")},
    )


COMMANDS: tuple[type[Command], ...] = (
    DesignateLab,
    ReleaseLab,
    EnrolCounty,
    NameCounty,
    DelistCounty,
    CancelCandidacy,
    IssuePlan,
    SubmitPlan,
    CompleteMeasure,
)
"""The commands of a county, in the order in which they are listed."""
