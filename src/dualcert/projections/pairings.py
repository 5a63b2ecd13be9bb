"""Pairings 包联帮扶: who supports whom on a day, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from attrs import frozen

from dualcert.domain.pairing import Pairing
from dualcert.errors import UnknownPairing
from dualcert.projections.answers import Answer
from dualcert.projections.view import View
from dualcert.values.terms import Support


@frozen
class PairingStatus(Answer):
    """A pairing on one day; `open_problems` are the ids of those found by then and not solved."""

    pairing: str
    kind: Support
    supporter: str
    target: str
    since: date
    ended_on: date | None
    visits: int
    last_visit: date | None
    open_problems: tuple[str, ...]
    progress: str | None


def pairing_status(view: View, pairing: str, as_of: date) -> PairingStatus:
    """Return where *pairing* stands; raises UnknownPairing where it was not assigned by then."""
    read = view.pairing(pairing)
    if read.since is None or read.since > as_of:
        raise UnknownPairing(pairing=pairing)
    return _status(pairing, read, as_of)


def pairing_statuses(view: View, as_of: date) -> Iterator[PairingStatus]:
    """Yield the pairings that are active on *as_of*, in order of id."""
    for pairing, read in view.pairings():
        if read.active(as_of):
            yield _status(pairing, read, as_of)


def _status(pairing: str, read: Pairing, day: date) -> PairingStatus:
    assert read.kind is not None
    assert read.since is not None
    last = read.last_visit(day)
    problems = (p for p in read.problems if p.since <= day and (p.resolved_on is None or day < p.resolved_on))
    return PairingStatus(
        pairing=pairing,
        kind=read.kind,
        supporter=read.supporter,
        target=read.target,
        since=read.since,
        ended_on=read.ended_on if read.ended_on and read.ended_on <= day else None,
        visits=sum(on <= day for on, _ in read.visits),
        last_visit=last[0] if last else None,
        open_problems=tuple(p.problem for p in problems),
        progress=next((note for on, note in reversed(read.reports) if on <= day), None),
    )
