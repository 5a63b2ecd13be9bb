"""A pairing 包联帮扶: who supports whom, from when until when, with its visits, problems and reports.

A pairing is never edited: an adjustment ends it and assigns a new one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import msgspec
from attrs import frozen
from msgspec.structs import replace

from dualcert import errors
from dualcert.domain.aggregate import Aggregate, Effects, FactT, Ranks, Rules, on
from dualcert.domain.entry import AnyEntry, Entry, Name
from dualcert.errors import Refused
from dualcert.values.terms import Role, Support


@frozen
class PairingAssigned:
    """包联, 帮扶: from this day the supporter is responsible for the target."""

    kind: Support
    supporter: str
    target: str


@frozen
class SupporterDescribed:
    """包联干部的职务: what the supporter is, from this day on; what is None was not stated."""

    role: Role | None = None
    post: str | None = None
    office: str | None = None


@frozen
class VisitRecorded:
    """实地走访: the supporter visited the target."""

    note: str


@frozen
class ProblemIdentified:
    """问题摸排: a problem was identified; `problem` is its id within the pairing."""

    problem: str
    note: str


@frozen
class ProblemResolved:
    """整改销号: the problem is resolved; `resolution` says how."""

    problem: str
    resolution: str


@frozen
class ProgressReported:
    """调度汇报: the supporter reported progress."""

    note: str


@frozen
class PairingEnded:
    """The supporter is not responsible from this day on."""

    reason: str


class Problem(msgspec.Struct, frozen=True, gc=False):
    """A problem, identified on `since` by the fact `version`; `resolved_on` is None while it is open."""

    problem: str
    note: str
    since: date
    version: int
    resolved_on: date | None = None


class Description(msgspec.Struct, frozen=True, gc=False):
    """What the supporter is from `since` on: role, post 职务 and office 处室."""

    since: date
    role: Role | None
    post: str | None
    office: str | None


class Pairing(msgspec.Struct, frozen=True, kw_only=True):
    """The state of a pairing's stream, for every day; `version` is that of its assignment."""

    kind: Support | None = None
    supporter: str = ""
    target: str = ""
    since: date | None = None
    version: int = 0
    ended_on: date | None = None
    visits: tuple[tuple[date, int], ...] = ()
    """Day and version of each."""
    problems: tuple[Problem, ...] = ()
    reports: tuple[tuple[date, str, int], ...] = ()
    """Day, note and version of each."""
    descriptions: tuple[Description, ...] = ()

    def active(self, day: date) -> bool:
        """Return whether the supporter is responsible on *day*."""
        return self.since is not None and self.since <= day and (self.ended_on is None or day < self.ended_on)

    def described(self, day: date) -> Description | None:
        """Return what the supporter is on *day*, or None where nothing is recorded."""
        return next((each for each in reversed(self.descriptions) if each.since <= day), None)

    def last_visit(self, day: date) -> tuple[date, int] | None:
        """Return day and version of the last visit by *day*, or None."""
        return next((visit for visit in reversed(self.visits) if visit[0] <= day), None)


NAMES = {
    "pairing.assigned": Name(PairingAssigned),
    "pairing.supporter-described": Name(SupporterDescribed),
    "pairing.visit-recorded": Name(VisitRecorded),
    "pairing.problem-identified": Name(ProblemIdentified),
    "pairing.problem-resolved": Name(ProblemResolved),
    "pairing.progress-reported": Name(ProgressReported),
    "pairing.ended": Name(PairingEnded),
}
"""Stored name -> fact."""


def _assigned(pairing: Pairing, e: Entry[PairingAssigned]) -> Pairing:
    if pairing.since:
        return pairing
    f = e.fact
    return replace(pairing, kind=f.kind, supporter=f.supporter, target=f.target, since=e.on, version=e.version)


def _while_open(effect: Callable[[Pairing, Entry[FactT]], Pairing]) -> Callable[[Pairing, Entry[FactT]], Pairing]:
    """Return *effect* for a pairing that is assigned and not ended; otherwise the fact has no effect."""

    def checked(pairing: Pairing, e: Entry[FactT]) -> Pairing:
        return pairing if _open(pairing, e) else effect(pairing, e)

    return checked


def _described(pairing: Pairing, e: Entry[SupporterDescribed]) -> Pairing:
    description = Description(e.on, e.fact.role, e.fact.post, e.fact.office)
    return replace(pairing, descriptions=(*pairing.descriptions, description))


def _visited(pairing: Pairing, e: Entry[VisitRecorded]) -> Pairing:
    return replace(pairing, visits=(*pairing.visits, (e.on, e.version)))


def _identified(pairing: Pairing, e: Entry[ProblemIdentified]) -> Pairing:
    if _known(pairing, e.fact.problem):
        return pairing
    return replace(pairing, problems=(*pairing.problems, Problem(e.fact.problem, e.fact.note, e.on, e.version)))


def _resolved(pairing: Pairing, e: Entry[ProblemResolved]) -> Pairing:
    known = _known(pairing, e.fact.problem)
    if known is None or known.resolved_on:
        return pairing
    resolved = replace(known, resolved_on=e.on)
    return replace(pairing, problems=tuple(resolved if p is known else p for p in pairing.problems))


def _known(pairing: Pairing, problem: str) -> Problem | None:
    return next((p for p in pairing.problems if p.problem == problem), None)


def _reported(pairing: Pairing, e: Entry[ProgressReported]) -> Pairing:
    return replace(pairing, reports=(*pairing.reports, (e.on, e.fact.note, e.version)))


def _ended(pairing: Pairing, e: Entry[PairingEnded]) -> Pairing:
    return replace(pairing, ended_on=e.on)


EFFECTS: Effects[Pairing] = dict(
    (
        on(PairingAssigned, _assigned),
        on(SupporterDescribed, _while_open(_described)),
        on(VisitRecorded, _while_open(_visited)),
        on(ProblemIdentified, _while_open(_identified)),
        on(ProblemResolved, _while_open(_resolved)),
        on(ProgressReported, _while_open(_reported)),
        on(PairingEnded, _while_open(_ended)),
    )
)


def _not_assigned(pairing: Pairing, e: Entry[PairingAssigned]) -> Refused | None:
    return errors.PairingAlreadyAssigned(pairing=e.stream, since=pairing.since) if pairing.since else None


def _open(pairing: Pairing, e: AnyEntry) -> Refused | None:
    if pairing.since is None or pairing.ended_on:
        return errors.PairingNotOpen(pairing=e.stream, on=e.on)
    return None


def _differs(pairing: Pairing, e: Entry[SupporterDescribed]) -> Refused | None:
    if refusal := _open(pairing, e):
        return refusal
    known, new = pairing.described(e.on), e.fact
    same = known and (known.role, known.post, known.office) == (new.role, new.post, new.office)
    return errors.NothingChanges(stream=e.stream, on=e.on) if same else None


def _new_problem(pairing: Pairing, e: Entry[ProblemIdentified]) -> Refused | None:
    if refusal := _open(pairing, e):
        return refusal
    item = e.fact.problem
    return errors.ProblemAlreadyIdentified(pairing=e.stream, item=item) if _known(pairing, item) else None


def _open_problem(pairing: Pairing, e: Entry[ProblemResolved]) -> Refused | None:
    if refusal := _open(pairing, e):
        return refusal
    known = _known(pairing, e.fact.problem)
    if known is None or known.resolved_on:
        return errors.ProblemNotOpen(pairing=e.stream, item=e.fact.problem)
    return None


RULES: Rules[Pairing] = dict(
    (
        on(PairingAssigned, _not_assigned),
        on(SupporterDescribed, _differs),
        on(VisitRecorded, _open),
        on(ProblemIdentified, _new_problem),
        on(ProblemResolved, _open_problem),
        on(ProgressReported, _open),
        on(PairingEnded, _open),
    )
)

RANK: Ranks = {
    PairingAssigned: 0,
    SupporterDescribed: 1,
    VisitRecorded: 2,
    ProblemIdentified: 3,
    ProblemResolved: 4,
    ProgressReported: 5,
    PairingEnded: 6,
}

PAIRING = Aggregate(
    kind="pairing",
    initial=Pairing(),
    effects=EFFECTS,
    rules=RULES,
    rank=RANK,
    missing=lambda stream: errors.UnknownPairing(pairing=stream),
)
