"""A campaign on one day: what its duties, findings and scores are computed from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property

from attrs import frozen

from dualcert.divisions import Division
from dualcert.domain.campaign import Campaign
from dualcert.domain.lab import Lab
from dualcert.domain.pairing import Pairing
from dualcert.policy import Policy
from dualcert.projections.certificates import dual_days
from dualcert.projections.counties import CountyOnDay, counties_on, failing_days
from dualcert.projections.labs import LabOnDay, labs_on
from dualcert.projections.view import CampaignOnDay, View, covering
from dualcert.values.days import Days
from dualcert.values.ids import division_of
from dualcert.values.terms import Support

ALWAYS = Days.of([(date.min, date.max)])


@frozen
class Situation:
    """The books on `day` by the policy of one campaign: its province's cities and counties, active labs and pairings.

    `leads` says whether this campaign is the one by which the province judges what belongs to no campaign
    (pairings, certificates): of several that are open, only one does.
    """

    view: View
    day: date
    running: CampaignOnDay
    leads: bool = True

    @classmethod
    def of(cls, view: View, day: date) -> Situation:
        """Return the situation of the campaign by which a question about *day* is answered.

        Raises:
            NoCampaign: no campaign is known, and no policy is assumed.
            UnknownCampaign: the view names a campaign that was not opened.
        """
        return cls(view, day, view.in_force(day))

    @classmethod
    def all_open(cls, view: View, day: date) -> list[Situation]:
        """Return the situation of every campaign that is not closed on *day*; raises NoCampaign, UnknownCampaign.

        If the view names a campaign or assumes a policy, it is that campaign alone.
        """
        chosen = view.in_force(day)
        if view.asked or view.assumed:
            return [cls(view, day, chosen)]
        running = [each for each in view.campaigns(day) if not each.closed(day)]
        by_province: dict[str, list[CampaignOnDay]] = {}
        for each in running:
            by_province.setdefault(each.policy.province, []).append(each)
        leads = {province: covering(own, day).campaign for province, own in by_province.items()}
        return [cls(view, day, each, leads[each.policy.province] == each.campaign) for each in running]

    @classmethod
    def all_closed(cls, view: View, day: date) -> list[Situation]:
        """Return the situation of every campaign that was closed by *day*, none of which leads.

        If the view names a campaign or assumes a policy, there are none.
        """
        if view.asked or view.assumed:
            return []
        return [cls(view, day, each, leads=False) for each in view.campaigns(day) if each.closed(day)]

    @property
    def policy(self) -> Policy:
        """The campaign's policy of the day."""
        return self.running.policy

    @property
    def campaign_id(self) -> str:
        """The campaign's id."""
        return self.running.campaign

    @property
    def campaign(self) -> Campaign:
        """What happened in the campaign, on every day."""
        return self.running.state

    @property
    def closed(self) -> bool:
        """Whether the campaign is closed on the day."""
        return self.running.closed(self.day)

    @cached_property
    def cities(self) -> Sequence[Division]:
        """The province's units that report: its cities, and what owes what a city owes."""
        return self.view.divisions.units(self.policy.province)

    @cached_property
    def counties(self) -> Mapping[str, CountyOnDay]:
        """Id -> county, of every county-level unit of the province."""
        return {county.county: county for county in counties_on(self.view, self.day, self.policy)}

    @cached_property
    def labs(self) -> Mapping[str, LabOnDay]:
        """Id -> lab, of every active lab of the province."""
        return {lab.lab: lab for lab in labs_on(self.view, self.day, self.policy)}

    @cached_property
    def pairings(self) -> Mapping[str, Pairing]:
        """Id -> pairing, of every active pairing whose target is in the province."""
        return {id_: p for id_, p in self.view.pairings() if p.active(self.day) and self.inside(p.target)}

    @cached_property
    def leaders(self) -> Mapping[str, str]:
        """Code of a city or id of a county -> the person who leads there; of several, the one who began last."""
        people = [p for p in self.pairings.values() if p.kind is not Support.LAB_LAB]
        return {p.target: p.supporter for p in sorted(people, key=lambda p: (p.since or date.min, p.supporter))}

    def find_lab(self, lab: str) -> Lab | None:
        """Return the state of a lab, or None if no such lab is registered."""
        known = self.labs.get(lab)
        return known.state if known else self.view.find_lab(lab)

    @cached_property
    def _known_days(self) -> dict[str, Days]:
        """Id of a county -> the days on which it fails."""
        return {}

    def _dual_days(self, id_: str, lab: Lab) -> Days:
        """Return the days on which a lab is dual-certified under the switches of the policy, which the view keeps."""
        by = self.policy.target
        question = (id_, by.suspended_counts, by.pending_renewal_counts)
        return self.view.days_of(question, lab, lambda lab: dual_days(lab, by))

    def failing_days(self, target: str) -> Days:
        """Return the days on which a county has a designated lab and does not pass, or an active lab is not dual-certified.

        A city needs support every day, as long as the campaign lasts.
        """
        if target.startswith("county-"):
            if target not in self._known_days:
                state, by = self.view.county(target), self.policy.target
                self._known_days[target] = failing_days(self.find_lab, state, by, self._dual_days)
            return self._known_days[target]
        if target.startswith("lab-"):
            lab = self.find_lab(target)
            return lab.active_days() - self._dual_days(target, lab) if lab else Days()
        return ALWAYS

    def policy_fact(self) -> tuple[str, ...]:
        """Return the id of the fact by which the policy is in force; empty for an assumed policy."""
        return self.running.policy_fact()

    def city_of(self, division: str) -> str:
        """Return the code of the unit that reports for *division*, or its own."""
        known = self._units.get(division)
        if known is None:
            city = self.view.divisions.reporting_unit(division)
            known = self._units[division] = city.code if city else division
        return known

    @cached_property
    def _units(self) -> dict[str, str]:
        """Code of a division -> that of the unit that reports for it."""
        return {}

    def home_of(self, target: str) -> tuple[str, str]:
        """Return division and name of a division's code, a county's id or a lab's."""
        known = self.labs.get(target)
        if known:
            return known.home
        if target.startswith("lab-"):
            lab = self.view.find_lab(target)
            details = lab.details_on(self.day) if lab else None
            return (details.division, details.name) if details else (division_of(target), target)
        code = target.removeprefix("county-")
        return code, self.view.divisions.name_of(code)

    def inside(self, target: str) -> bool:
        """Return whether a division's code, a county or a lab is in the campaign's province on the day, or nowhere."""
        home, divisions = self.home_of(target)[0], self.view.divisions
        return divisions.contains(self.policy.province, home) or divisions.get(home) is None

    def needing(self, kind: Support) -> list[str]:
        """Return the targets that ought to have a pairing of *kind* (rule 5 of the notice).

        They are every city, every county that does not pass, every counted lab that is not dual-certified.
        """
        if kind is Support.PROVINCE_CITY:
            return [city.code for city in self.cities]
        if kind is Support.CITY_COUNTY:
            return [id_ for id_, county in self.counties.items() if county.passes is False]
        return [id_ for id_, lab in self.labs.items() if lab.counted and not lab.dual]
