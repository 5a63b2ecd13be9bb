"""A county's standing in the programmes of quality-and-safety counties 农产品质量安全县."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec
from attrs import frozen

from dualcert import errors
from dualcert.domain.entry import AnyEntry
from dualcert.errors import Refused
from dualcert.values.terms import Programme, Standing


@frozen
class CountyEnrolled:
    """The county is in a batch of a programme, as a candidate 创建 or already named 命名."""

    programme: Programme
    batch: int
    standing: Standing


@frozen
class CountyNamed:
    """命名: the candidate became a named county."""

    programme: Programme
    reason: str


@frozen
class StandingLost:
    """A standing that was taken away; `gate`, `evidence` and `position` say what a gate's decision rests on.

    `evidence` are the facts (`stream@version`, the policy's among them) that were known at `position`.
    """

    programme: Programme
    reason: str
    gate: str | None = None
    evidence: tuple[str, ...] = ()
    position: int | None = None


@frozen
class CountyDelisted(StandingLost):
    """摘牌: the county is no longer named."""


@frozen
class CandidacyCancelled(StandingLost):
    """取消创建资格: the county is no longer a candidate; another fact than delisting."""


class Enrolment(msgspec.Struct, frozen=True, gc=False):
    """Where a county stands in one programme from `since` on, by which fact, and by which gate's decision."""

    since: date
    programme: Programme
    batch: int
    standing: Standing
    version: int
    gate: str | None = None


Enrolments = tuple[Enrolment, ...]

RANK: Mapping[type, int] = {CountyEnrolled: 10, CountyNamed: 11, CountyDelisted: 12, CandidacyCancelled: 13}

_CHANGES = {
    CountyNamed: (Standing.CANDIDATE, Standing.NAMED),
    CountyDelisted: (Standing.NAMED, Standing.DELISTED),
    CandidacyCancelled: (Standing.CANDIDATE, Standing.CANDIDACY_CANCELLED),
}
"""Fact -> the standing that it needs and the one that it leaves."""

LIVE = frozenset({Standing.CANDIDATE, Standing.NAMED})
"""The standings that can be lost."""


def latest(enrolments: Enrolments, programme: Programme, day: date) -> Enrolment | None:
    """Return where the county stands in *programme* on *day*, or None."""
    return next((e for e in reversed(enrolments) if e.programme is programme and e.since <= day), None)


def step(enrolments: Enrolments, entry: AnyEntry) -> tuple[Enrolments, Refused | None]:
    """Return the standings with *entry*, and what is wrong with it, if anything."""
    fact, on = entry.fact, entry.on
    now = latest(enrolments, fact.programme, on)
    if type(fact) is CountyEnrolled:
        enrolled = Enrolment(on, fact.programme, fact.batch, fact.standing, entry.version)
        return (*enrolments, enrolled), _already(entry, now) if now and now.standing in LIVE else None
    needed, leaves = _CHANGES[type(fact)]
    if now is None or now.standing is not needed:
        return enrolments, errors.WrongStanding(
            county=entry.stream,
            programme=fact.programme.value,
            on=on.isoformat(),
            standing=now.standing.value if now else "none",
            expected=needed.value,
        )
    gate = getattr(fact, "gate", None)
    return (*enrolments, Enrolment(on, fact.programme, now.batch, leaves, entry.version, gate)), None


def _already(entry: AnyEntry, now: Enrolment) -> Refused:
    return errors.AlreadyEnrolled(
        county=entry.stream, programme=now.programme.value, standing=now.standing.value, since=now.since.isoformat()
    )
