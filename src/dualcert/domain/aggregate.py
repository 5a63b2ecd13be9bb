"""What an aggregate is, and how a stream is replayed: its effective facts in order of time, one by one.

An aggregate has three tables over the classes of its facts. EFFECTS says how a fact changes the state; an
effect never raises, whatever rules were in force when the fact was accepted. RULES says what a fact requires
of the state before it; where that is not so, the rule returns a refusal, which replaying collects as a
complaint. RANK orders the facts of one day. Deciders and views replay with the same tables, so late entry,
retraction and correction need no rules of their own: a decider refuses the complaints that are new.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from attrs import field, frozen

from dualcert.domain.entry import AnyEntry, Entry, effective
from dualcert.errors import Refused

S = TypeVar("S")
FactT = TypeVar("FactT")
ResultT = TypeVar("ResultT")

Effects = Mapping[type, Callable[[S, Entry[Any]], S]]
"""Class of fact -> how a fact of it changes the state."""
Rules = Mapping[type, Callable[[S, Entry[Any]], Refused | None]]
"""Class of fact -> what a fact of it requires of the state before it."""

Ranks = Mapping[type, int]
"""Class of fact -> its place among the facts of one day."""

Complaints = Mapping[tuple[int, str], Refused]
"""Version of a fact and code of the refusal -> the refusal that today's rules hold against the fact."""

NO_COMPLAINTS: Complaints = {}


def on(
    fact: type[FactT], function: Callable[[S, Entry[FactT]], ResultT]
) -> tuple[type, Callable[[S, Entry[Any]], ResultT]]:
    """Return one row of EFFECTS or RULES; a type checker refuses a function that takes another fact.

    Args:
        fact: the class of the fact.
        function: the effect or the rule of such a fact.
    """
    return fact, function


def _whole(_: AnyEntry) -> Hashable:
    """Return the one part of a state that has no parts."""
    return None


@frozen
class StreamState(Generic[S]):
    """What replaying a stream gives: the state, and the complaints."""

    state: S
    complaints: Complaints


@frozen
class Aggregate(Generic[S]):
    """A kind of stream: the state before its first fact, its three tables, and the refusal of an unknown id.

    Facts of one day are replayed in the order of `rank`, those of one rank in the order of their versions. `part_of`
    returns which part of the state a fact reads and changes: facts about different parts give the same state in any order.
    """

    kind: str
    initial: S
    effects: Effects[S]
    rules: Rules[S]
    rank: Ranks
    missing: Callable[[str], Refused]
    part_of: Callable[[AnyEntry], Hashable] = _whole
    before: StreamState[S] = field(init=False, eq=False, repr=False)
    """What replaying no facts gives."""

    @before.default
    def _nothing(self) -> StreamState[S]:
        return StreamState(self.initial, NO_COMPLAINTS)

    def replay(self, entries: Sequence[AnyEntry]) -> StreamState[S]:
        """Return the state of a stream and the complaints about its facts.

        Args:
            entries: all facts of the stream in order of version, retracted ones included.
        """
        if not entries:
            return self.before
        rank = self.rank
        ordered = sorted(effective(entries), key=lambda e: (e.on, rank[type(e.fact)]))
        return self.fold(StreamState(self.initial, NO_COMPLAINTS), ordered)

    def fold(self, known: StreamState[S], entries: Iterable[AnyEntry]) -> StreamState[S]:
        """Return *known* after *entries*, which follow it in order of time, or are about other parts of the state."""
        effects, rules, state = self.effects, self.rules, known.state
        complaints: dict[tuple[int, str], Refused] = {}
        for entry in entries:
            kind = type(entry.fact)
            rule = rules.get(kind)
            complaint = rule(state, entry) if rule else None
            if complaint is not None:
                complaints[entry.version, complaint.code] = complaint
            state = effects[kind](state, entry)
        found = {**known.complaints, **complaints} if complaints else known.complaints
        return StreamState(state, found)


AnyAggregate = Aggregate[Any]
"""An aggregate whose state is not known by type: that of a stream known only by its id."""
