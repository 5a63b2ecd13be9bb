"""Deciding a command: the facts that it adds to its stream, or the refusal.

A decider adds the new facts, replays the stream, and refuses the complaints that are new. A complaint about
a new fact is the refusal itself; a new complaint about a recorded fact means that the command contradicts that
fact. Facts that an older, laxer rule accepted stay readable and block nothing: their complaints are not new.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cache, lru_cache, partial
from operator import attrgetter
from typing import Any

import attrs

from dualcert import errors
from dualcert.domain.aggregate import NO_COMPLAINTS, AnyAggregate, Complaints, StreamState
from dualcert.domain.campaigns import CAMPAIGN
from dualcert.domain.commands.base import Command
from dualcert.domain.commands.catalogue import CorrectFact, RetractFact, StreamCommand
from dualcert.domain.county import COUNTY
from dualcert.domain.dispatch import DISPATCH
from dualcert.domain.entry import AnyEntry, Entry, FactRetracted
from dualcert.domain.history import History, Lookups, content
from dualcert.domain.lab import LAB
from dualcert.domain.pairing import PAIRING
from dualcert.errors import Refused
from dualcert.values.dates import civil_day
from dualcert.values.ids import kind_of

AGGREGATES: dict[str, AnyAggregate] = {
    aggregate.kind: aggregate for aggregate in (LAB, COUNTY, PAIRING, CAMPAIGN, DISPATCH)
}


def aggregate_of(stream: str) -> AnyAggregate:
    """Return the aggregate of a stream.

    Raises:
        UnknownStream: the id is of no kind of stream that takes commands.
    """
    aggregate = AGGREGATES.get(kind_of(stream))
    if aggregate is None:
        raise errors.UnknownStream(stream=stream)
    return aggregate


@attrs.frozen
class Decision:
    """The facts that answer a command.

    `new` says whether they are still to be recorded; then `replayed` is what replaying the stream with them gives, and
    `outside` are the complaints about that state that come from outside the stream.
    """

    facts: tuple[AnyEntry, ...]
    new: bool
    replayed: StreamState[Any] | None = None
    outside: Complaints = NO_COMPLAINTS


def history_of(stream: str, entries: Sequence[AnyEntry] = (), replayed: StreamState[Any] | None = None) -> History[Any]:
    """Return the history of *stream*; raises UnknownStream where its id is of no kind that takes commands."""
    return History.of(aggregate_of(stream), entries, replayed)


def decide(
    history: History[Any],
    command: Command,
    recorded_at: datetime,
    check: Callable[[], None] | None = None,
    complain: Callable[[object], Complaints] = lambda _: NO_COMPLAINTS,
) -> Decision:
    """Return the facts that *command* adds to its stream, or the recorded facts that equal them already.

    Equal facts are looked for first; then *check* is called; then the rules of the stream apply. The caller adds the facts
    to the history.

    Args:
        history: the stream's facts.
        command: the command.
        recorded_at: the instant of recording, UTC.
        check: the rules across streams; it raises a refusal.
        complain: returns the complaints about a state that come from outside the stream, such as from the table of divisions.

    Raises:
        Refused: a subclass of it says which rule the command breaks.
    """
    lookups = history.lookups()
    repeated = _same_command(history, lookups, command)
    if repeated:
        return Decision(repeated, new=False)
    drafts = _drafts(len(history.entries) + 1, command, recorded_at)
    unchanged = _unchanged(lookups, drafts)
    if unchanged:
        return Decision(unchanged, new=False)
    if check:
        check()
    if isinstance(command, StreamCommand):
        _check_target(history.entries, lookups, command)
        if isinstance(command, CorrectFact):
            _check_correction(history.entries, lookups, command, drafts[-1])
    elif not history.entries and not command.begins:
        raise history.aggregate.missing(command.stream)
    _check_dates(drafts, recorded_at)
    after = history.after(drafts, lookups)
    outside = complain(after.state)
    known = history.replayed.complaints
    new = {key: each for key, each in after.complaints.items() if key not in known} if after.complaints else {}
    if outside:
        held = complain(history.replayed.state) if history.outside is None else history.outside
        new |= {key: each for key, each in outside.items() if key not in held}
    if new:
        raise _refusal(new, {draft.version for draft in drafts}, command)
    return Decision(drafts, new=True, replayed=after, outside=outside)


def _drafts(version: int, command: Command, recorded_at: datetime) -> tuple[AnyEntry, ...]:
    """Return the entries that the command would add from *version* on: one, or two for a correction.

    A correction's replacement has its own `by`, `source` and `command_id`; what it leaves out is the correction's.
    """
    draft = partial(_draft, command, recorded_at)
    if isinstance(command, RetractFact):
        return (draft(version, command, FactRetracted(command.version, command.reason)),)
    if isinstance(command, CorrectFact):
        replacement = command.replacement
        retraction = FactRetracted(command.version, command.reason, replaced_by=version + 1)
        return draft(version, command, retraction), draft(version + 1, replacement, _fact_of(replacement))
    return (draft(version, command, _fact_of(command)),)


def _draft(command: Command, recorded_at: datetime, version: int, entered: Command, fact: object) -> AnyEntry:
    """Return the entry of *fact*, which *entered* enters: *command* itself, or the replacement of a correction."""
    return Entry(
        on=entered.on,
        by=entered.by if entered.by != _BY else command.by,
        source=entered.source or command.source,
        command_id=entered.command_id or command.command_id,
        recorded_at=recorded_at,
        fact=fact,
        stream=command.stream,
        version=version,
    )


_BY = attrs.fields(Command).by.default
"""The `by` of a command that does not say who enters it."""


def _fact_of(command: Command) -> object:
    """Return the fact of *command*: the same fields under its past participle."""
    return command.fact(*_fields_of(command.fact)(command))


@cache
def _fields_of(fact: type) -> Callable[[Command], tuple[object, ...]]:
    """Return what reads the fields of a class of facts from a command, in their order."""
    names = [each.name for each in attrs.fields(fact)]
    if len(names) > 1:
        return attrgetter(*names)
    return lambda command: tuple(getattr(command, name) for name in names)


def _same_command(history: History[Any], lookups: Lookups[Any], command: Command) -> tuple[AnyEntry, ...]:
    """Return the facts recorded under the command's id, or none.

    Raises:
        CommandIdReused: they are those of another command.
    """
    if command.command_id is None:
        return ()
    first = lookups.commanded.get(command.command_id)
    if first is None:
        return ()
    drafts = _drafts(first.version, command, first.recorded_at)
    earlier = tuple(history.entries[first.version - 1 :][: len(drafts)])
    if [content(e) for e in drafts] != [content(e) for e in earlier]:
        raise errors.CommandIdReused(command_id=command.command_id, fact=first.id)
    return earlier


def _unchanged(lookups: Lookups[Any], drafts: tuple[AnyEntry, ...]) -> tuple[AnyEntry, ...]:
    """Return the recorded facts that equal *drafts*, or none if one of these is new."""
    found = []
    for draft in drafts:
        same = lookups.equal(draft)
        if same is None:
            return ()
        found.append(same)
    return tuple(found)


def _check_target(entries: Sequence[AnyEntry], lookups: Lookups[Any], command: StreamCommand) -> None:
    """Refuse to retract a fact that does not exist, is retracted already, or is a retraction itself."""
    if not entries:
        raise errors.UnknownStream(stream=command.stream)
    if command.version > len(entries):
        raise errors.UnknownFact(stream=command.stream, version=command.version, newest=len(entries))
    if isinstance(entries[command.version - 1].fact, FactRetracted):
        raise errors.RetractionIsFinal(fact=command.target)
    retraction = lookups.retracted.get(command.version)
    if retraction:
        raise errors.AlreadyRetracted(fact=command.target, by=retraction.id)


def _check_correction(entries: Sequence[AnyEntry], lookups: Lookups[Any], command: CorrectFact, anew: AnyEntry) -> None:
    """Refuse a correction that changes nothing, and one whose replacement has the id of another command."""
    if content(entries[command.version - 1]) == content(anew):
        raise errors.NothingChanges(stream=command.stream, on=anew.on)
    known = None if anew.command_id is None else lookups.commanded.get(anew.command_id)
    if known:
        raise errors.CommandIdReused(command_id=str(anew.command_id), fact=known.id)


@lru_cache(8)
def _day_of(recorded_at: datetime) -> date:
    """Return the civil day of an instant; it is cached, since a batch has one instant."""
    return civil_day(recorded_at)


def _check_dates(drafts: tuple[AnyEntry, ...], recorded_at: datetime) -> None:
    today = _day_of(recorded_at)
    for draft in drafts:
        if draft.on > today:
            raise errors.InTheFuture(on=draft.on, today=today)


def _refusal(new: dict[tuple[int, str], Refused], drafted: set[int], command: Command) -> Refused:
    """Return the refusal: the draft's own complaint, else one that names the recorded facts in the way."""
    for (version, _), complaint in new.items():
        if version in drafted:
            return complaint
    stream = command.stream
    if isinstance(command, RetractFact):
        dependent = sorted({version for version, _ in new})
        return errors.RestedOn(fact=command.target, by=tuple(f"{stream}@{v}" for v in dependent))
    (version, _), complaint = next(iter(new.items()))
    if isinstance(complaint, errors.NothingChanges):
        return errors.LeavesNothingToChange(fact=f"{stream}@{version}")
    return errors.ContradictsLaterFact(fact=f"{stream}@{version}", because=complaint)
