"""The status of labs, counties, pairings and campaigns on a day, by id or all of a kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Literal

from dualcert.errors import BadId, UnknownDivision, shown
from dualcert.projections.answers import Table, check_choice
from dualcert.projections.campaigns import CampaignStatus, campaign_status
from dualcert.projections.certificates import LabStatus, lab_status, lab_statuses
from dualcert.projections.counties import CountyStatus, county_status
from dualcert.projections.pairings import PairingStatus, pairing_status, pairing_statuses
from dualcert.projections.view import View
from dualcert.values.ids import division_of, kind_of

StatusKind = Literal["lab", "county", "pairing", "campaign"]
Status = LabStatus | CountyStatus | PairingStatus | CampaignStatus


def status(
    view: View, day: date, ids: Iterable[str], kind: StatusKind | None = None, division: str | None = None
) -> Table[Status]:
    """Return the status of *ids* on *day*; without ids that of all of *kind* (by default labs), or of those in *division*.

    All means labs that are active, every county of the policy's province, pairings that are active, the
    campaign in force.

    Raises:
        UnknownLab: no lab of that id is registered.
        BeforeRegistration: a lab of *ids* is registered later than *day*.
        UnknownDivision: *division* is not in the table of divisions.
        UnknownPairing: no pairing of that id was assigned by then.
        UnknownCampaign: no campaign of that id was opened.
        NoCampaign: no campaign is known, and no policy is assumed.
        BadId: an id is of no kind that has a status, or not of *kind*.
        BadValue: a word is not one of its choices.
    """
    if kind is not None:
        check_choice("kind", kind, StatusKind)
    if division is not None and view.divisions.get(division) is None:
        raise UnknownDivision(field="division", division=division)
    rows: list[Status] = [_one(view, id_, day, kind) for id_ in ids]
    return Table.of(view, day, rows or _all(view, day, kind or "lab", division))


def _one(view: View, id_: str, day: date, kind: StatusKind | None) -> Status:
    if kind not in {None, kind_of(id_)}:
        raise BadId(field="id", value=shown(id_), expected=f"{kind}-…")
    match kind_of(id_):
        case "lab":
            return lab_status(view, id_, day)
        case "county":
            view.divisions.county("county", division_of(id_))
            return county_status(view, id_, day)
        case "pairing":
            return pairing_status(view, id_, day)
        case "campaign":
            return campaign_status(view, id_, day)
        case _:
            raise BadId(field="id", value=shown(id_), expected="lab-…, county-…, pairing-… or campaign-…")


def _all(view: View, day: date, kind: StatusKind, division: str | None) -> Iterator[Status]:
    match kind:
        case "lab":
            yield from lab_statuses(view, day, division)
        case "county":
            within = division or view.policy(day).province
            for county in view.divisions.counties(within):
                yield county_status(view, f"county-{county.code}", day)
        case "pairing":
            yield from (p for p in pairing_statuses(view, day) if _supports(view, p, day, division))
        case _:
            yield campaign_status(view, view.in_force(day).campaign, day)


def _supports(view: View, pairing: PairingStatus, day: date, division: str | None) -> bool:
    """Return whether the target is at home in *division* on the day; one that is nowhere is in every division."""
    if division is None:
        return True
    target = pairing.target
    lab = view.find_lab(target) if target.startswith("lab-") else None
    details = lab.details_on(day) or lab.details[0][1] if lab else None
    code = details.division if details else target if target.isdecimal() else division_of(target)
    return view.divisions.get(code) is None or view.divisions.contains(division, code)
