"""The duties of the support 包联帮扶: to have a supporter, to be visited and reported on, to resolve problems (rule 5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from attrs import frozen

from dualcert.domain.pairing import Pairing
from dualcert.errors import N_
from dualcert.projections import evidence
from dualcert.projections.duties.duty import Duty
from dualcert.projections.situation import Situation
from dualcert.values.dates import days_after
from dualcert.values.days import Days
from dualcert.values.terms import DutyKind, FindingKind, Support

NOBODY = {
    Support.PROVINCE_CITY: N_("{name} has no provincial lead"),
    Support.CITY_COUNTY: N_("{name} does not pass and has no city lead"),
    Support.LAB_LAB: N_("{name} is not dual-certified and has no helper lab"),
}
VISIT = N_("{name} is to be visited by {supporter} by {due}")
UNVISITED = N_("{name} was not visited by {supporter} since {since}")
REPORT = N_("{supporter} is to report on the progress of {name} by {due}")
UNREPORTED = N_("{supporter} has not reported on the progress of {name} since {since}")
PROBLEM = N_("{name}: a problem is open since {since}: {note}")


def covers(situation: Situation) -> Iterator[Duty]:
    """Yield the duty to pair somebody with each city, each county that does not pass, each lab that is not dual-certified."""
    policy, day, campaign = situation.policy, situation.day, situation.campaign_id
    rule, first, last = policy.pairing, policy.from_, min(policy.to, day)
    within, pressing = rule.within_days if rule else None, policy.pressing_days(rule)
    paired = _paired(situation)
    for kind, template in NOBODY.items():
        more = {"pairing_kind": kind}
        for target in situation.needing(kind):
            run = situation.failing_days(target).run(day)
            owed_from = max(first, run[0] if run else day)
            if owed_from > last:
                continue
            home, since = situation.home_of(target), paired.get(target)
            yield Duty(
                kind=DutyKind.COVER,
                campaign=campaign,
                day=day,
                subject=target,
                home=home,
                owed_from=owed_from,
                due=days_after(owed_from, within) if within else None,
                done_on=max(since, owed_from) if since else None,
                finding=FindingKind.UNCOVERED,
                pressing=pressing,
                responsible=policy.province if kind is Support.PROVINCE_CITY else situation.city_of(home[0]),
                template=template,
                evidence=() if since else _failing(situation, target, owed_from),
                more=more,
            )


def _paired(situation: Situation) -> dict[str, date]:
    """Return the targets that have an active pairing, each with the day since which it has one; a target has one kind."""
    paired: dict[str, date] = {}
    for pairing in situation.pairings.values():
        assert pairing.since is not None
        paired[pairing.target] = min(pairing.since, paired.get(pairing.target, pairing.since))
    return paired


def _failing(situation: Situation, target: str, since: date) -> tuple[str, ...]:
    """Return the facts that decide that a target needs support since a day."""
    view, day, by = situation.view, situation.day, situation.policy.target
    if target.startswith("county-"):
        return evidence.of_failing_county(situation.find_lab, target, view.county(target), since, day, by)
    lab = situation.find_lab(target) if target.startswith("lab-") else None
    return evidence.of_failing_lab(target, lab, day, by) if lab else situation.policy_fact()


@frozen
class Recurring:
    """A duty of a pairing that recurs: its kind, how often, and the days and versions on which it was done."""

    kind: DutyKind
    finding: FindingKind
    every_days: int
    done: Callable[[Pairing], Sequence[tuple[date, int]]]
    ahead: str
    late: str


def visits(situation: Situation) -> Iterator[Duty]:
    """Yield the duties to visit those who are supported, one from each visit to the next, while they do not pass."""
    rule = situation.policy.pairing
    if rule:
        yield from _recurring(situation, Recurring(DutyKind.VISIT, FindingKind.UNVISITED, rule.visit_every_days,
                                                   lambda p: p.visits, VISIT, UNVISITED))  # fmt: skip


def progress_reports(situation: Situation) -> Iterator[Duty]:
    """Yield the duties to report on progress, one from each report to the next, where the policy says how often."""
    rule = situation.policy.pairing
    if rule and rule.report_every_days:
        yield from _recurring(situation, Recurring(DutyKind.PROGRESS_REPORT, FindingKind.UNREPORTED, rule.report_every_days,
                                                   lambda p: [(on, version) for on, _, version in p.reports],
                                                   REPORT, UNREPORTED))  # fmt: skip


def _recurring(situation: Situation, rule: Recurring) -> Iterator[Duty]:
    for id_, pairing in situation.pairings.items():
        assert pairing.since is not None
        done = [(on, version) for on, version in rule.done(pairing) if on <= situation.day]
        failing = situation.failing_days(pairing.target)
        begins = [(pairing.since, pairing.version), *done]
        for begin, following in zip(begins, [*done, None], strict=True):
            yield from _between(situation, rule, id_, pairing, failing, begin, following)


def _between(
    situation: Situation,
    rule: Recurring,
    id_: str,
    pairing: Pairing,
    failing: Days,
    begin: tuple[date, int],
    following: tuple[date, int] | None,
) -> Iterator[Duty]:
    """Yield a duty for every time that the target did not pass between one visit (or the assignment) and the next."""
    day, policy = situation.day, situation.policy
    end = following[0] if following else day
    for first, last in failing.spans:
        owed_from = max(first, begin[0], policy.from_)
        if last < owed_from or owed_from > min(end, policy.to):
            continue
        done = following is not None and end <= last
        due = days_after(owed_from, rule.every_days)
        late = not done and day > due
        yield Duty(
            kind=rule.kind,
            campaign=situation.campaign_id,
            day=situation.day,
            subject=id_,
            home=situation.home_of(pairing.target),
            owed_from=owed_from,
            due=due,
            done_on=end if done else None,
            lapsed=last < end or _passes(situation, pairing.target),
            finding=rule.finding if late else None,
            pressing=situation.policy.pressing_days(policy.pairing),
            responsible=pairing.supporter,
            template=rule.late if late else rule.ahead,
            evidence=_unmet(situation, id_, pairing, begin[1], owed_from) if late and last >= day else (),
            more={"supporter": pairing.supporter, "since": begin[0]},
        )


def _passes(situation: Situation, target: str) -> bool:
    """Return whether a city needs no visit any more: all of its labs that are counted are dual-certified."""
    if not target.isdecimal():
        return False
    inside = [
        lab for lab in situation.labs.values() if lab.counted and situation.city_of(lab.details.division) == target
    ]
    return bool(inside) and all(lab.dual for lab in inside)


def _unmet(situation: Situation, id_: str, pairing: Pairing, version: int, owed_from: date) -> tuple[str, ...]:
    assigned = evidence.distinct([f"{id_}@{pairing.version}", f"{id_}@{version}"])
    return (*assigned, *_failing(situation, pairing.target, owed_from))


def problems(situation: Situation) -> Iterator[Duty]:
    """Yield the duty to resolve each problem that was identified in an active pairing."""
    rule, day = situation.policy.pairing, situation.day
    within = rule.resolve_within_days if rule else None
    for id_, pairing in situation.pairings.items():
        for problem in pairing.problems:
            if problem.since > day:
                continue
            resolved = problem.resolved_on if problem.resolved_on and problem.resolved_on <= day else None
            yield Duty(
                kind=DutyKind.PROBLEM,
                campaign=situation.campaign_id,
                day=situation.day,
                subject=id_,
                home=situation.home_of(pairing.target),
                owed_from=problem.since,
                due=days_after(problem.since, within) if within else None,
                done_on=resolved,
                finding=FindingKind.PROBLEM_OPEN,
                pressing=situation.policy.pressing_days(rule),
                responsible=pairing.supporter,
                template=PROBLEM,
                evidence=(f"{id_}@{pairing.version}", f"{id_}@{problem.version}"),
                more={"problem": problem.problem, "since": problem.since, "note": problem.note},
            )


OF_PROVINCE = (covers, visits, progress_reports, problems)
