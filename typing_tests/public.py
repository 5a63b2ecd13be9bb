"""The types of the public API. Checked by mypy and pyright, never run."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Literal, assert_type

from dualcert import (
    COMMANDS,
    CampaignStatus,
    Command,
    CountyStatus,
    GrantCertificate,
    HistoryRow,
    LabStatus,
    PairingStatus,
    Policy,
    Receipt,
    Registry,
    aio,
    load_policy,
)
from dualcert.domain.aggregate import Aggregate, StreamState
from dualcert.domain.campaign import Campaign
from dualcert.domain.campaigns import CAMPAIGN
from dualcert.domain.certificate import CertificateGranted, CertificateRenewed
from dualcert.domain.commands import PlanDispatch, by_name, parse
from dualcert.domain.county import COUNTY, County
from dualcert.domain.dispatch import DISPATCH, Dispatch
from dualcert.domain.entry import AnyEntry, Entry
from dualcert.domain.lab import LAB, Lab
from dualcert.domain.pairing import PAIRING, Pairing
from dualcert.errors import Refused, Remark
from dualcert.errors import WrongStanding as Wrong
from dualcert.projections.answers import Table
from dualcert.projections.due import Due
from dualcert.projections.ratios import Figures, Ratios
from dualcert.projections.statuses import Status
from dualcert.projections.view import View
from dualcert.values.terms import DutyKind, FindingKind, Scheme, Standing


def a_registry(registry: Registry, grant: GrantCertificate) -> None:
    receipt = registry.execute(grant)
    assert_type(receipt, Receipt)
    assert_type(receipt.command, Command)
    assert_type(receipt.facts, tuple[AnyEntry, ...])
    assert_type(receipt.refusal, Refused | None)
    assert_type(receipt.remarks, tuple[Remark, ...])
    assert_type(registry.execute_many([grant], accept_valid=True), list[Receipt])
    assert_type(registry.ratio("city", as_of=date(2023, 9, 30)), Ratios)
    assert_type(registry.ratio().rows, tuple[Figures, ...])
    assert_type(registry.status("lab-140525-1"), Table[Status])
    assert_type(registry.status(), Table[LabStatus])
    assert_type(registry.status("lab-140525-1", kind="lab"), Table[LabStatus])
    assert_type(registry.status(kind="county", division="140500").rows, tuple[CountyStatus, ...])
    assert_type(registry.status(kind="pairing"), Table[PairingStatus])
    assert_type(registry.status("campaign-shanxi-2023", kind="campaign"), Table[CampaignStatus])
    assert_type(registry.books("2023-09-30").status(as_of=datetime(2023, 10, 1, tzinfo=UTC)), Table[LabStatus])
    assert_type(registry.books().status(kind="county"), Table[CountyStatus])
    assert_type(registry.due(), Due)
    assert_type(registry.due().rows[0].kind, FindingKind | DutyKind)
    assert_type(registry.view(), View)


def a_command() -> None:
    grant = GrantCertificate(
        lab="lab-140525-1", scheme="CMA", number="1", granted_on="2023-05-06", valid_until=date(2029, 5, 5)
    )
    assert_type(grant.scheme, Scheme)
    assert_type(grant.granted_on, date)
    assert_type(grant.scope_parameters, tuple[str, ...] | None)
    assert_type(parse({"do": "close-campaign"}), Command)
    assert_type(by_name()["grant-certificate"], type[Command])
    assert_type(COMMANDS, tuple[type[Command], ...])
    assert_type(load_policy("shanxi-2023"), Policy)
    assert_type(PlanDispatch.begins, bool)


def an_entry(entry: Entry[CertificateGranted], any_entry: AnyEntry) -> None:
    assert_type(entry.fact.valid_until, date)
    assert_type(any_entry.fact, object)
    if isinstance(any_entry.fact, CertificateGranted | CertificateRenewed):
        assert_type(any_entry.fact.number, str)


def an_aggregate(view: View, entries: list[AnyEntry]) -> None:
    assert_type(LAB, Aggregate[Lab])
    assert_type(COUNTY, Aggregate[County])
    assert_type(PAIRING, Aggregate[Pairing])
    assert_type(CAMPAIGN, Aggregate[Campaign])
    assert_type(DISPATCH, Aggregate[Dispatch])
    assert_type(LAB.replay(entries), StreamState[Lab])
    assert_type(LAB.replay(entries).state.registered_on, date | None)
    assert_type(view.lab("lab-140525-1"), Lab)
    assert_type(view.find_lab("lab-140525-1"), Lab | None)


def a_refusal(refusal: Wrong) -> None:
    assert_type(refusal.on, date)
    assert_type(refusal.standing, Standing | Literal["none"])
    assert_type(refusal.expected, Standing)


async def an_awaited_registry(registry: aio.Registry, grant: GrantCertificate) -> None:
    assert_type(await registry.execute(grant), Receipt)
    assert_type(await registry.ratio("city", as_of="2023-09-30"), Ratios)
    assert_type((await registry.history("lab-140525-1"))[0], HistoryRow)
    assert_type(await registry.status(), Table[LabStatus])
    assert_type(await registry.status(kind="county"), Table[CountyStatus])
    assert_type((await registry.books()).status(), Table[LabStatus])
    async for fact in registry.follow():
        assert_type(fact, AnyEntry)
