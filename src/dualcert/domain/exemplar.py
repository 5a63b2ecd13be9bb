"""Exemplary counties 典型样板 of a campaign, not more at a time than its policy's quota."""

from __future__ import annotations

from attrs import frozen
from msgspec.structs import replace

from dualcert import errors
from dualcert.domain.aggregate import Effects, Ranks, Rules, on
from dualcert.domain.campaign import Campaign, Exemplar, is_open
from dualcert.domain.entry import Entry, Name
from dualcert.errors import Refused


@frozen
class ExemplarSelected:
    """The county is exemplary from this day on."""

    county: str
    reason: str


@frozen
class ExemplarWithdrawn:
    """The county is not exemplary from this day on."""

    county: str
    reason: str


NAMES = {
    "campaign.exemplar-selected": Name(ExemplarSelected),
    "campaign.exemplar-withdrawn": Name(ExemplarWithdrawn),
}
"""Stored name -> fact."""


def _selected(campaign: Campaign, e: Entry[ExemplarSelected]) -> Campaign:
    county = e.fact.county
    if county in campaign.exemplary(e.on):
        return campaign
    return replace(campaign, exemplars=(*campaign.exemplars, Exemplar(county, e.on, e.version)))


def _withdrawn(campaign: Campaign, e: Entry[ExemplarWithdrawn]) -> Campaign:
    county = e.fact.county
    if county not in campaign.exemplary(e.on):
        return campaign
    exemplars = (replace(x, until=e.on) if x.county == county and x.until is None else x for x in campaign.exemplars)
    return replace(campaign, exemplars=tuple(exemplars))


EFFECTS: Effects[Campaign] = dict((on(ExemplarSelected, _selected), on(ExemplarWithdrawn, _withdrawn)))


def _within_quota(campaign: Campaign, e: Entry[ExemplarSelected]) -> Refused | None:
    if refusal := is_open(campaign, e):
        return refusal
    now = campaign.exemplary(e.on)
    if e.fact.county in now:
        return errors.AlreadyExemplary(campaign=e.stream, county=e.fact.county)
    limits = campaign.policy(e.on).policy.exemplars
    if limits is None or len(now) < limits.quota:
        return None
    return errors.QuotaReached(campaign=e.stream, quota=limits.quota)


def _is_exemplary(campaign: Campaign, e: Entry[ExemplarWithdrawn]) -> Refused | None:
    if refusal := is_open(campaign, e):
        return refusal
    county = e.fact.county
    if county in campaign.exemplary(e.on):
        return None
    return errors.NotExemplary(campaign=e.stream, county=county, on=e.on)


RULES: Rules[Campaign] = dict((on(ExemplarSelected, _within_quota), on(ExemplarWithdrawn, _is_exemplary)))

RANK: Ranks = {ExemplarWithdrawn: 2, ExemplarSelected: 3}
