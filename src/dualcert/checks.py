"""Rules across streams, checked before a command is decided; and remarks about odd commands.

A stream cannot enforce a rule about several streams, because two writers can pass these checks at the same
time. So the checks only refuse early what a finding would show later.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache

from dualcert import errors
from dualcert.divisions import Divisions
from dualcert.domain import commands as c
from dualcert.domain.aggregate import NO_COMPLAINTS, Complaints
from dualcert.domain.commands.campaign import CampaignCommand, CityCommand
from dualcert.domain.commands.county import CountyCommand
from dualcert.domain.commands.lab import LabCommand
from dualcert.domain.lab import Lab
from dualcert.policy import Policy
from dualcert.projections.counties import county_on
from dualcert.projections.view import View
from dualcert.values.dates import months_after
from dualcert.values.days import ONE_DAY
from dualcert.values.ids import division_of
from dualcert.values.numbers import looks_odd
from dualcert.values.terms import Route, Scheme, Support


def check(view: View, command: c.Command) -> None:
    """Refuse a command that contradicts other streams or the table of divisions; raises a subclass of Refused."""
    match command:
        case c.CorrectFact():
            check(view, command.replacement)
        case LabCommand():
            _check_lab(view, command)
        case CountyCommand():
            view.divisions.county("county", division_of(command.county))
            if isinstance(command, c.DesignateLab):
                _check_active(view, command.lab, command.on)
            if isinstance(command, c.DelistCounty | c.CancelCandidacy):
                _check_evidence(view, command)
        case c.AssignPairing():
            _check_paired(view, command)
        case CampaignCommand():
            _check_campaign(view, command)


def _check_lab(view: View, command: LabCommand) -> None:
    if isinstance(command, c.CloseLab) and command.merged_into:
        _check_active(view, command.merged_into, command.on)


def _check_campaign(view: View, command: CampaignCommand) -> None:
    match command:
        case c.OpenCampaign() | c.AmendPolicy():
            view.divisions.of_level("province", command.policy.province, "province")
        case c.SelectExemplar():
            view.divisions.county("county", division_of(command.county))
            _check_province(view, "county", division_of(command.county), command)
            _check_passes(view, command)
        case c.HoldMeeting() if _is_province(view, command):
            pass  # the province's own meeting
        case CityCommand():
            view.divisions.city("city", command.city)
            _check_province(view, "city", command.city, command)


def complaints(divisions: Divisions, state: object) -> Complaints:
    """Return what the table of divisions holds against the facts of a stream: a lab's division has the lab's level.

    A decider refuses those that are new, like a stream's own. So division and level agree on every day, whatever is entered
    late, retracted or corrected. Of several facts of one day, only the last counts.
    """
    if not isinstance(state, Lab):
        return NO_COMPLAINTS
    for _, each in state.details:
        if not divisions.seats(each.level, each.division):
            return _misplaced(divisions, state)
    return NO_COMPLAINTS


def _misplaced(divisions: Divisions, state: Lab) -> Complaints:
    found: dict[tuple[int, str], errors.Refused] = {}
    before = None
    for version, details in state.details_by_day().values():
        seat = details.level, details.division
        if seat != before and not divisions.seats(*seat):
            refusal = divisions.refusal("division", details.division, details.level.value)
            found[version, refusal.code] = refusal
        before = seat
    return found


def _check_passes(view: View, command: c.SelectExemplar) -> None:
    """Refuse an exemplary county that does not pass on the day. An unknown campaign is refused by the decider."""
    found = view.campaign(command.campaign)
    if not found.policies:
        return
    if not county_on(view, command.county, command.on, found.policy(command.on).policy.target).passes:
        raise errors.ExemplarNotPassing(county=command.county, on=command.on)


def _check_evidence(view: View, command: c.DelistCounty | c.CancelCandidacy) -> None:
    """Refuse a decision whose evidence or position is not in the log."""
    for fact in command.evidence:
        stream, _, version = fact.rpartition("@")
        newest = len(view.entries(stream))
        if int(version) > newest:
            raise errors.UnknownFact(stream=stream, version=int(version), newest=newest)
    if command.position is not None and command.position > view.position:
        raise errors.UnknownPosition(position=command.position, head=view.position)


def _is_province(view: View, command: CityCommand) -> bool:
    found = view.campaign(command.campaign)
    return bool(found.policies) and command.city == found.policies[-1].policy.province


def _check_province(view: View, field: str, division: str, command: CampaignCommand) -> None:
    """Refuse a division outside the province of the campaign. An unknown campaign is refused by the decider."""
    found = view.campaign(command.campaign)
    province = found.policies[-1].policy.province if found.policies else division
    if not view.divisions.contains(province, division):
        name = view.divisions.name_of(division)
        raise errors.OutOfProvince(field=field, division=division, name=name, province=view.divisions.name_of(province))


def _check_paired(view: View, command: c.AssignPairing) -> None:
    match command.kind:
        case Support.PROVINCE_CITY:
            view.divisions.city("target", command.target)
        case Support.CITY_COUNTY:
            view.divisions.county("target", division_of(command.target))
        case Support.LAB_LAB:
            _check_active(view, command.supporter, command.on)
            _check_active(view, command.target, command.on)


def _check_active(view: View, lab: str, day: date) -> None:
    """Refuse a lab that is not registered, or closed, on *day*."""
    found = view.lab(lab)
    if found.active(day):
        return
    if found.closed_on and found.closed_on <= day:
        raise errors.LabIsClosed(lab=lab, closed_on=found.closed_on)
    raise errors.BeforeRegistration(lab=lab, on=day)


PolicyOf = Callable[[date], Policy | None]
"""Returns the policy of a day, or None where no campaign is known."""


def remarks(view: View, command: c.Command, policy_of: PolicyOf) -> Iterator[errors.Remark]:
    """Yield remarks about *command*; a remark does not prevent recording."""
    match command:
        case c.CorrectFact():
            yield from remarks(view, command.replacement, policy_of)
        case c.AcceptApplication():
            yield from _early_application(view, command, policy_of)
        case c.PeriodCommand():
            yield from _odd_number(command, command.number)
            yield from _unusual_validity(policy_of(command.on), command)
        case c.AmendCertificate() if command.number:
            yield from _odd_number(command, command.number)


def _early_application(view: View, command: c.AcceptApplication, policy_of: PolicyOf) -> Iterator[errors.Remark]:
    """Yield remarks if the sequential route's conditions are not met: CMA is held, and the lab has worked for some months."""
    if command.route is not Route.SEQUENTIAL or command.scheme is not Scheme.CATL:
        return
    lab, policy = view.find_lab(command.lab), policy_of(command.on)
    if lab and not lab.cma.held(command.on):
        yield errors.WithoutCma(lab=command.lab, on=command.on)
    if lab and lab.registered_on and policy and policy.sequential:
        months = policy.sequential.months
        if command.on < months_after(lab.registered_on, months):
            yield errors.TooYoung(lab=command.lab, since=lab.registered_on, months=months)


def _odd_number(command: c.CertificateCommand, number: str) -> Iterator[errors.Remark]:
    if looks_odd(command.scheme, number):
        yield errors.OddNumber(scheme=command.scheme, number=number)


def _unusual_validity(policy: Policy | None, command: c.PeriodCommand) -> Iterator[errors.Remark]:
    years = policy.years_of(command.scheme, command.granted_on) if policy else ()
    if years and not any(_runs_for(command, n) for n in years):
        yield errors.UnusualValidity(
            scheme=command.scheme,
            years=" / ".join(map(str, years)),
            granted_on=command.granted_on,
            valid_until=command.valid_until,
        )


@lru_cache(4_096)
def _anniversary(begin: date, years: int) -> date | None:
    """Return the day so many years after *begin*; None after the last day of the calendar."""
    year = begin.year + years
    if year > date.max.year:
        return None
    leap_day = (begin.month, begin.day) == (2, 29)
    return date(year, 3, 1) if leap_day and not isleap(year) else date(year, begin.month, begin.day)


def _runs_for(command: c.PeriodCommand, years: int) -> bool:
    """Return whether the certificate ends on the anniversary or the day before it."""
    anniversary = _anniversary(command.granted_on, years)
    return anniversary is not None and command.valid_until in {anniversary, anniversary - ONE_DAY}
