"""Pairings 包联帮扶: who supports whom on a day, with visits, problems and progress."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from attrs import frozen

from dualcert.domain.pairing import Pairing
from dualcert.errors import UnknownPairing
from dualcert.projections.answers import Answer
from dualcert.projections.view import View
from dualcert.values.terms import Role, Support


@frozen
class PairingStatus(Answer):
    """A pairing on one day; `open_problems` are the ids of those found by then and not solved.

    `role`, `post` 职务 and `office` 处室 are what the supporter is, None where nothing is recorded.
    """

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
    role: Role | None
    post: str | None
    office: str | None


def pairing_status(view: View, pairing: str, as_of: date) -> PairingStatus:
    """Return the status of *pairing*.

    Raises:
        UnknownPairing: no pairing of that id was assigned by then.
    """
    state = view.pairing(pairing)
    if state.since is None or state.since > as_of:
        raise UnknownPairing(pairing=pairing)
    return _status(pairing, state, as_of)


def pairing_statuses(view: View, as_of: date) -> Iterator[PairingStatus]:
    """Yield the pairings that are active on *as_of*, in order of id."""
    for pairing, state in view.pairings():
        if state.active(as_of):
            yield _status(pairing, state, as_of)


def _status(pairing: str, state: Pairing, day: date) -> PairingStatus:
    assert state.kind is not None
    assert state.since is not None
    last, described = state.last_visit(day), state.described(day)
    problems = (p for p in state.problems if p.since <= day and (p.resolved_on is None or day < p.resolved_on))
    return PairingStatus(
        pairing=pairing,
        kind=state.kind,
        supporter=state.supporter,
        target=state.target,
        since=state.since,
        ended_on=state.ended_on if state.ended_on and state.ended_on <= day else None,
        visits=sum(on <= day for on, _ in state.visits),
        last_visit=last[0] if last else None,
        open_problems=tuple(p.problem for p in problems),
        progress=next((note for on, note, _ in reversed(state.reports) if on <= day), None),
        role=described.role if described else None,
        post=described.post if described else None,
        office=described.office if described else None,
    )
