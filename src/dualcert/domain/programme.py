"""A county's standing in the programmes of quality-and-safety counties 农产品质量安全县."""

from __future__ import annotations

from datetime import date

import msgspec
from attrs import frozen

from dualcert import errors
from dualcert.domain.aggregate import Effects, Ranks, Rules, on
from dualcert.domain.entry import Entry, Name
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
    """命名: the candidate is a named county from this day on."""

    programme: Programme
    reason: str


@frozen
class StandingLost:
    """The county lost its standing; `gate`, `evidence` and `position` are set by a gate's decision.

    `evidence` are the facts (`stream@version`, the policy's among them) that were known at `position` of the log.
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
    """取消创建资格: the county is no longer a candidate."""


class Enrolment(msgspec.Struct, frozen=True, gc=False):
    """A county's standing in one programme from `since` on; `version` is that of the fact.

    `gate` is the gate that decided it, `campaign` the one whose gate that was; the evidence names its policy.
    """

    since: date
    programme: Programme
    batch: int
    standing: Standing
    version: int
    gate: str | None = None
    campaign: str | None = None


Enrolments = tuple[Enrolment, ...]

NAMES = {
    "county.enrolled": Name(CountyEnrolled),
    "county.named": Name(CountyNamed),
    "county.delisted": Name(CountyDelisted),
    "county.candidacy-cancelled": Name(CandidacyCancelled),
}
"""Stored name -> fact."""

StandingFact = CountyNamed | CountyDelisted | CandidacyCancelled
"""A fact that changes the standing of an enrolled county."""

_CHANGES: dict[type[StandingFact], tuple[Standing, Standing]] = {
    CountyNamed: (Standing.CANDIDATE, Standing.NAMED),
    CountyDelisted: (Standing.NAMED, Standing.DELISTED),
    CandidacyCancelled: (Standing.CANDIDATE, Standing.CANDIDACY_CANCELLED),
}
"""Fact -> the standing that it requires and the one after it."""

LIVE = frozenset({Standing.CANDIDATE, Standing.NAMED})
"""The standings that can be lost."""


def latest(enrolments: Enrolments, programme: Programme, day: date) -> Enrolment | None:
    """Return the county's standing in *programme* on *day*, or None if it was never enrolled by then."""
    return next((e for e in reversed(enrolments) if e.programme is programme and e.since <= day), None)


def _enrolled(enrolments: Enrolments, e: Entry[CountyEnrolled]) -> Enrolments:
    fact = e.fact
    return (*enrolments, Enrolment(e.on, fact.programme, fact.batch, fact.standing, e.version))


def _changed(enrolments: Enrolments, e: Entry[StandingFact]) -> Enrolments:
    fact = e.fact
    required, after = _CHANGES[type(fact)]
    now = latest(enrolments, fact.programme, e.on)
    if now is None or now.standing is not required:
        return enrolments
    gate, campaign = (fact.gate, deciding_campaign(fact)) if isinstance(fact, StandingLost) else (None, None)
    return (*enrolments, Enrolment(e.on, fact.programme, now.batch, after, e.version, gate, campaign))


def deciding_campaign(fact: StandingLost) -> str | None:
    """Return the campaign whose gate decided, by the evidence; None where no gate did, or the evidence names none."""
    named = (id_.partition("@")[0] for id_ in fact.evidence if id_.startswith("campaign-"))
    return next(named, None)


EFFECTS: Effects[Enrolments] = {
    **dict((on(CountyEnrolled, _enrolled),)),
    **dict.fromkeys(_CHANGES, _changed),
}


def _not_enrolled(enrolments: Enrolments, e: Entry[CountyEnrolled]) -> Refused | None:
    now = latest(enrolments, e.fact.programme, e.on)
    if now is None or now.standing not in LIVE:
        return None
    return errors.AlreadyEnrolled(county=e.stream, programme=now.programme, standing=now.standing, since=now.since)


def _required(enrolments: Enrolments, e: Entry[StandingFact]) -> Refused | None:
    required, _ = _CHANGES[type(e.fact)]
    now = latest(enrolments, e.fact.programme, e.on)
    if now and now.standing is required:
        return None
    return errors.WrongStanding(
        county=e.stream,
        programme=e.fact.programme,
        on=e.on,
        standing=now.standing if now else "none",
        expected=required,
    )


RULES: Rules[Enrolments] = {
    **dict((on(CountyEnrolled, _not_enrolled),)),
    **dict.fromkeys(_CHANGES, _required),
}

RANK: Ranks = {CountyEnrolled: 10, CountyNamed: 11, CountyDelisted: 12, CandidacyCancelled: 13}
