"""A pairing 包联帮扶: who supports whom, from when till when, and what came of it.

A pairing is never edited: an adjustment ends it and makes a new one.
"""

from __future__ import annotations

from datetime import date

import msgspec
from attrs import frozen
from msgspec.structs import replace

from dualcert import errors
from dualcert.domain import commands
from dualcert.domain.entry import AnyEntry
from dualcert.domain.reading import Aggregate
from dualcert.errors import Refused
from dualcert.values.terms import Support


@frozen
class PairingAssigned:
    """包联, 帮扶: from this day the supporter is responsible for the target."""

    kind: Support
    supporter: str
    target: str


@frozen
class VisitRecorded:
    """实地走访: the supporter was there."""

    note: str


@frozen
class ProblemIdentified:
    """问题摸排: a problem was found; `problem` is its id within the pairing."""

    problem: str
    note: str


@frozen
class ProblemResolved:
    """整改销号: the problem is solved, and how."""

    problem: str
    resolution: str


@frozen
class ProgressReported:
    """调度汇报: how it stands."""

    note: str


@frozen
class PairingEnded:
    """The pairing is over; a new one may follow."""

    reason: str


class Problem(msgspec.Struct, frozen=True, gc=False):
    """A problem that was found, and since when it is solved."""

    problem: str
    note: str
    since: date
    resolved_on: date | None = None


class Pairing(msgspec.Struct, frozen=True, kw_only=True):
    """What a pairing's stream says, for every day."""

    kind: Support | None = None
    supporter: str = ""
    target: str = ""
    since: date | None = None
    ended_on: date | None = None
    visits: tuple[tuple[date, int], ...] = ()
    """Day and version of each."""
    problems: tuple[Problem, ...] = ()
    reports: tuple[tuple[date, str], ...] = ()

    def active(self, day: date) -> bool:
        """Return whether the supporter is responsible on *day*."""
        return self.since is not None and self.since <= day and (self.ended_on is None or day < self.ended_on)

    def last_visit(self, day: date) -> tuple[date, int] | None:
        """Return day and version of the last visit by *day*, or None."""
        return next((visit for visit in reversed(self.visits) if visit[0] <= day), None)


def step(pairing: Pairing, entry: AnyEntry) -> tuple[Pairing, Refused | None]:
    """Return the pairing with *entry*, and what is wrong with it, if anything."""
    fact, on = entry.fact, entry.on
    if type(fact) is PairingAssigned:
        if pairing.since:
            return pairing, errors.PairingAlreadyAssigned(pairing=entry.stream, since=pairing.since.isoformat())
        return replace(pairing, kind=fact.kind, supporter=fact.supporter, target=fact.target, since=on), None
    if pairing.since is None or pairing.ended_on:
        return pairing, errors.PairingNotOpen(pairing=entry.stream, on=on.isoformat())
    if type(fact) in {ProblemIdentified, ProblemResolved}:
        return _problem(pairing, entry)
    return _noted(pairing, entry), None


def _noted(pairing: Pairing, entry: AnyEntry) -> Pairing:
    on = entry.on
    match entry.fact:
        case VisitRecorded():
            return replace(pairing, visits=(*pairing.visits, (on, entry.version)))
        case ProgressReported(note):
            return replace(pairing, reports=(*pairing.reports, (on, note)))
        case _:
            return replace(pairing, ended_on=on)


def _problem(pairing: Pairing, entry: AnyEntry) -> tuple[Pairing, Refused | None]:
    fact, problems = entry.fact, pairing.problems
    known = next((p for p in problems if p.problem == fact.problem), None)
    if type(fact) is ProblemIdentified:
        if known:
            return pairing, errors.ProblemAlreadyIdentified(pairing=entry.stream, item=fact.problem)
        return replace(pairing, problems=(*problems, Problem(fact.problem, fact.note, entry.on))), None
    if known is None or known.resolved_on:
        return pairing, errors.ProblemNotOpen(pairing=entry.stream, item=fact.problem)
    solved = replace(known, resolved_on=entry.on)
    return replace(pairing, problems=tuple(solved if p is known else p for p in problems)), None


PAIRING = Aggregate(
    kind="pairing",
    initial=Pairing(),
    step=step,
    rank={
        PairingAssigned: 0,
        VisitRecorded: 1,
        ProblemIdentified: 2,
        ProblemResolved: 3,
        ProgressReported: 4,
        PairingEnded: 5,
    },
    facts={
        commands.AssignPairing: PairingAssigned,
        commands.RecordVisit: VisitRecorded,
        commands.IdentifyProblem: ProblemIdentified,
        commands.ResolveProblem: ProblemResolved,
        commands.ReportProgress: ProgressReported,
        commands.EndPairing: PairingEnded,
    },
    begins=frozenset({commands.AssignPairing}),
    missing=lambda stream: errors.UnknownPairing(pairing=stream),
)
