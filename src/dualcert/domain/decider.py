"""Deciding: what a command adds to its stream, or why not.

A decider adds the new facts, reads the stream again, and refuses exactly the complaints that are new.
A complaint about a new fact is the refusal itself; one about a fact that stands already says that the
entry contradicts it. What an older, laxer rule let in stays readable and blocks nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import attrs

from dualcert import errors
from dualcert.domain.campaign import CAMPAIGN
from dualcert.domain.commands import Command, CorrectFact, RetractFact, StreamCommand
from dualcert.domain.county import COUNTY
from dualcert.domain.dispatch import DISPATCH
from dualcert.domain.entry import AnyEntry, Entry, FactRetracted, standing
from dualcert.domain.lab import LAB
from dualcert.domain.pairing import PAIRING
from dualcert.domain.reading import AnyAggregate, Reading
from dualcert.errors import Refused
from dualcert.values.dates import civil_day
from dualcert.values.ids import kind_of
from dualcert.values.numbers import canonical_number

AGGREGATES: dict[str, AnyAggregate] = {
    aggregate.kind: aggregate for aggregate in (LAB, COUNTY, PAIRING, CAMPAIGN, DISPATCH)
}


def aggregate_of(stream: str) -> AnyAggregate:
    """Return the aggregate that reads *stream*; raises UnknownStream where none does."""
    aggregate = AGGREGATES.get(kind_of(stream))
    if aggregate is None:
        raise errors.UnknownStream(stream=stream)
    return aggregate


@attrs.frozen
class Decision:
    """The facts that answer a command; *new* ones are still to be recorded. `reading` is what its stream says then."""

    facts: tuple[AnyEntry, ...]
    reading: Reading[Any] | None
    new: bool


def decide(
    entries: Sequence[AnyEntry],
    command: Command,
    recorded_at: datetime,
    check: Callable[[], None] | None = None,
    reading: Reading[Any] | None = None,
) -> Decision:
    """Return the facts that *command* adds to its stream *entries*, or those that stand for it already.

    `recorded_at` (UTC) is the instant of entering. What stands already is found before any rule is asked;
    then *check* asks the rules across streams, and this stream's own follow. *reading* is what *entries*
    say, where that is known. Raises a subclass of Refused.
    """
    aggregate = aggregate_of(command.stream)
    repeated = _same_command(entries, command)
    if repeated:
        return Decision(repeated, reading, new=False)
    drafts = _drafts(aggregate, entries, command, recorded_at)
    before = reading or aggregate.read(entries)
    unchanged = _unchanged(entries, drafts)
    if unchanged:
        return Decision(unchanged, before, new=False)
    if check:
        check()
    if isinstance(command, StreamCommand):
        _check_target(entries, command)
    elif not entries and type(command) not in aggregate.begins:
        raise aggregate.missing(command.stream)
    _check_dates(drafts, recorded_at)
    after = aggregate.read_on(before, entries, drafts)
    _check_complaints(before, after, drafts, command)
    return Decision(drafts, after, new=True)


def _drafts(
    aggregate: AnyAggregate, entries: Sequence[AnyEntry], command: Command, recorded_at: datetime
) -> tuple[AnyEntry, ...]:
    """Return the entries that the command would add: one, or two for a correction."""
    version = len(entries) + 1

    def draft(version: int, on: date, fact: object) -> AnyEntry:
        return Entry(
            on=on,
            by=command.by,
            source=command.source,
            command_id=command.command_id,
            recorded_at=recorded_at,
            fact=fact,
            stream=command.stream,
            version=version,
        )

    if isinstance(command, RetractFact):
        return (draft(version, command.on, FactRetracted(command.version, command.reason)),)
    if isinstance(command, CorrectFact):
        anew = command.replacement
        retraction = FactRetracted(command.version, command.reason, replaced_by=version + 1)
        return (
            draft(version, command.on, retraction),
            draft(version + 1, anew.on, _fact_of(aggregate, anew)),
        )
    return (draft(version, command.on, _fact_of(aggregate, command)),)


def _fact_of(aggregate: AnyAggregate, command: Command) -> Any:
    """Return the fact of *command*: the same fields under its past participle."""
    fact = aggregate.facts[type(command)]
    return fact(**{a.name: getattr(command, a.name) for a in attrs.fields(fact)})


def _same_command(entries: Sequence[AnyEntry], command: Command) -> tuple[AnyEntry, ...]:
    """Return the facts that the same command id stands at; refuse it where the command was another."""
    if command.command_id is None:
        return ()
    earlier = tuple(e for e in entries if e.command_id == command.command_id)
    if not earlier:
        return ()
    first = earlier[0]
    drafts = _drafts(aggregate_of(command.stream), entries[: first.version - 1], command, first.recorded_at)
    if [_content(e) for e in drafts] != [_content(e) for e in earlier]:
        raise errors.CommandIdReused(command_id=command.command_id, fact=first.id)
    return earlier


def _unchanged(entries: Sequence[AnyEntry], drafts: tuple[AnyEntry, ...]) -> tuple[AnyEntry, ...]:
    """Return the facts that stand already and say the same as *drafts*, or nothing."""
    stands = [*standing(entries), *(e for e in entries if _retracts(e))]
    found = []
    for draft in drafts:
        kind, on, said = _content(draft)
        same = next((e for e in stands if type(e.fact) is kind and e.on == on and _content(e)[2] == said), None)
        if same is None:
            return ()
        found.append(same)
    return tuple(found)


def _retracts(entry: AnyEntry) -> bool:
    return type(entry.fact) is FactRetracted


def _content(entry: AnyEntry) -> tuple[Any, ...]:
    """Return what a fact says, normalised: its kind, its day, its own fields."""
    fact = entry.fact
    number = getattr(fact, "number", None)
    if number is not None:
        fact = attrs.evolve(fact, number=canonical_number(number))
    if type(fact) is FactRetracted:
        fact = attrs.evolve(fact, replaced_by=None)
    return type(fact), entry.on, fact


def _check_target(entries: Sequence[AnyEntry], command: StreamCommand) -> None:
    """Refuse to retract what is not there, is gone already, or is a retraction itself."""
    if not entries:
        raise errors.UnknownStream(stream=command.stream)
    if command.version > len(entries):
        raise errors.UnknownFact(stream=command.stream, version=command.version, newest=len(entries))
    if _retracts(entries[command.version - 1]):
        raise errors.RetractionIsFinal(fact=command.target)
    for entry in entries:
        if _retracts(entry) and entry.fact.version == command.version:
            raise errors.AlreadyRetracted(fact=command.target, by=entry.id)


def _check_dates(drafts: tuple[AnyEntry, ...], recorded_at: datetime) -> None:
    today = civil_day(recorded_at)
    for draft in drafts:
        if draft.on > today:
            raise errors.InTheFuture(on=draft.on.isoformat(), today=today.isoformat())


def _check_complaints(
    before: Reading[Any], after: Reading[Any], drafts: tuple[AnyEntry, ...], command: Command
) -> None:
    new = {key: complaint for key, complaint in after.complaints.items() if key not in before.complaints}
    if new:
        raise _refusal(new, {draft.version for draft in drafts}, command)


def _refusal(new: dict[tuple[int, str], Refused], drafted: set[int], command: Command) -> Refused:
    """Return the refusal: the draft's own complaint, else the facts that stand in the way."""
    for (version, _), complaint in new.items():
        if version in drafted:
            return complaint
    stream = command.stream
    if isinstance(command, RetractFact):
        resting = sorted({version for version, _ in new})
        return errors.RestedOn(fact=command.target, by=tuple(f"{stream}@{v}" for v in resting))
    (version, _), complaint = next(iter(new.items()))
    return errors.ContradictsLaterFact(fact=f"{stream}@{version}", because=complaint)
