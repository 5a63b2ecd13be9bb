"""A campaign on one day, computed once for all findings and scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from attrs import frozen

from dualcert.divisions import Division
from dualcert.domain.campaign import Campaign
from dualcert.domain.pairing import Pairing
from dualcert.errors import NoCampaign
from dualcert.policy import Policy
from dualcert.projections.counties import CountyOnDay, counties_on
from dualcert.projections.labs import LabOnDay, labs_on
from dualcert.projections.view import View
from dualcert.values.ids import division_of
from dualcert.values.terms import Support


@frozen
class Situation:
    """The books on `day` by `policy`: the province's cities and counties, its active labs and active pairings.

    `campaign_id` and `campaign` are those of the policy in force; of an assumed policy the campaign has no facts.
    """

    view: View
    day: date
    policy: Policy
    campaign_id: str
    campaign: Campaign
    cities: Sequence[Division]
    counties: Mapping[str, CountyOnDay]
    labs: Mapping[str, LabOnDay]
    pairings: Mapping[str, Pairing]

    @classmethod
    def of(cls, view: View, day: date) -> Situation:
        """Return the situation of *view* on *day*.

        Raises:
            NoCampaign: no campaign is known, and no policy is assumed.
        """
        policy = view.policy(day)
        campaign_id, campaign = _campaign(view, day, policy)
        return cls(
            view=view,
            day=day,
            policy=policy,
            campaign_id=campaign_id,
            campaign=campaign,
            cities=view.divisions.within(policy.province, "city"),
            counties={county.county: county for county in counties_on(view, day, policy)},
            labs={lab.lab: lab for lab in labs_on(view, day, policy)},
            pairings={id_: pairing for id_, pairing in view.pairings() if pairing.active(day)},
        )

    def policy_fact(self) -> tuple[str, ...]:
        """Return the id of the fact by which the policy is in force; empty for an assumed policy."""
        return self.view.policy_facts(self.day)

    def city_of(self, division: str) -> str:
        """Return the code of the city that *division* lies in, or its own."""
        city = self.view.divisions.above(division, "city")
        return city.code if city else division

    def home_of(self, target: str) -> tuple[str, str]:
        """Return division and name of a division's code, a county's id or a lab's."""
        known = self.labs.get(target)
        if known:
            return known.details.division, known.details.name
        if target.startswith("lab-"):
            lab = self.view.find_lab(target)
            details = lab.details_on(self.day) if lab else None
            return (details.division, details.name) if details else (division_of(target), target)
        code = target.removeprefix("county-")
        return code, self.view.name_of(code)

    def supported(self, kind: Support) -> set[str]:
        """Return the targets that have an active pairing of *kind*."""
        return {pairing.target for pairing in self.pairings.values() if pairing.kind is kind}

    def unsupported(self, kind: Support) -> list[str]:
        """Return the targets that ought to have a pairing of *kind* and have none (rule 5 of the notice).

        Every city has a provincial lead, every county that does not pass a city lead, every counted lab
        that is not dual-certified a helper lab.
        """
        wanted = {
            Support.PROVINCE_CITY: [city.code for city in self.cities],
            Support.CITY_COUNTY: [id_ for id_, county in self.counties.items() if county.passes is False],
            Support.LAB_LAB: [id_ for id_, lab in self.labs.items() if lab.counted and not lab.dual],
        }
        supported = self.supported(kind)
        return [target for target in wanted[kind] if target not in supported]


def _campaign(view: View, day: date, policy: Policy) -> tuple[str, Campaign]:
    try:
        return view.in_force(day)[:2]
    except NoCampaign:
        return policy.campaign, Campaign()
