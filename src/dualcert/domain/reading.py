"""How a stream is read: its standing facts in order of time, one step each.

`step(state, entry) -> (state, complaint or None)` is total: it never raises, whatever rules were in
force when a fact was accepted. Deciders and views read with the same step, so that entry, late entry,
retraction and correction are one rule: refuse exactly the complaints that are new.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Generic, TypeVar

from attrs import frozen

from dualcert.domain.entry import AnyEntry, FactRetracted, standing
from dualcert.errors import Refused

S = TypeVar("S")

Step = Callable[[S, AnyEntry], tuple[S, Refused | None]]

NO_COMPLAINTS: Mapping[tuple[int, str], Refused] = {}


@frozen
class Reading(Generic[S]):
    """What a stream says: its state, and what its facts deserve by today's rules.

    Complaints are keyed by the fact's version and their code; `last` is the day and rank of the last fact read.
    """

    state: S
    complaints: Mapping[tuple[int, str], Refused]
    last: tuple[date, int] = (date.min, 0)


@frozen
class Aggregate(Generic[S]):
    """A kind of stream: where reading starts, its step, and the rank of facts of one day.

    `facts` says which fact a command becomes; a stream begins with the fact of `begins`.
    """

    kind: str
    initial: S
    step: Step[S]
    rank: Mapping[type, int]
    facts: Mapping[type, type]
    begins: frozenset[type]
    missing: Callable[[str], Refused]

    def read(self, entries: Sequence[AnyEntry]) -> Reading[S]:
        """Return what *entries*, in order of version, say.

        Facts are ordered by (`on`, rank, version), so those of one day read alike however they were
        entered.
        """
        rank, step, state = self.rank, self.step, self.initial
        complaints: dict[tuple[int, str], Refused] = {}
        entry = None
        for entry in sorted(standing(entries), key=lambda e: (e.on, rank[type(e.fact)])):
            state, complaint = step(state, entry)
            if complaint is not None:
                complaints[entry.version, complaint.code] = complaint
        last = (date.min, 0) if entry is None else (entry.on, rank[type(entry.fact)])
        return Reading(state, complaints or NO_COMPLAINTS, last)

    def read_on(self, reading: Reading[S], entries: Sequence[AnyEntry], more: Sequence[AnyEntry]) -> Reading[S]:
        """Return what *entries* and *more* behind them say, where *reading* is what *entries* say.

        What comes last in time is only read on; anything else is read in its place.
        """
        rank, last, state = self.rank, reading.last, reading.state
        complaints = dict(reading.complaints)
        for entry in more:
            if type(entry.fact) is FactRetracted or (entry.on, rank[type(entry.fact)]) < last:
                return self.read([*entries, *more])
            last = (entry.on, rank[type(entry.fact)])
            state, complaint = self.step(state, entry)
            if complaint is not None:
                complaints[entry.version, complaint.code] = complaint
        return Reading(state, complaints or NO_COMPLAINTS, last)


AnyAggregate = Aggregate[Any]
