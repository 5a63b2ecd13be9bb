"""Undoing what came from one source: which facts that are, and the commands that retract them and bring back what they corrected."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

import attrs
from attrs import frozen

from dualcert.domain.commands import COMMANDS, Command, CorrectFact, RetractFact
from dualcert.domain.entry import AnyEntry, FactRetracted
from dualcert.domain.history import content
from dualcert.errors import SourceAmbiguous, SourceUndone, UnknownSource, shown
from dualcert.projections.view import View
from dualcert.values.ids import kind_of

FILE = "sha256:"
"""How the source of a fact that was imported begins: then come the file's digest, its sheet and row."""
PART = re.compile(r"(?:sha256:)?([0-9a-f]{6,64})")
UNDO = "undo "
"""How the source of a retraction by `undo` begins; the source that was undone follows."""


def origin(source: str) -> str:
    """Return what a fact's source has in common for one import: `sha256:` and the file's digest; any other source as it is."""
    return source.partition(" ")[0] if source.startswith(FILE) else source


@frozen
class Undoing:
    """The facts that came from `source`, in order of position, and the commands that undo those still in force, in their order."""

    source: str
    facts: tuple[AnyEntry, ...]
    commands: tuple[Command, ...]


def undoing(view: View, asked: str, on: date, *, by: str, reason: str) -> Undoing:
    """Return what undoes everything that came from a source: the text itself, a file's SHA-256, or a beginning of one.

    The last fact goes first. A fact that corrected an older one is corrected back to it, and one that was retracted by
    the source is entered again, each with the source that it had.

    Raises UnknownSource, SourceAmbiguous, or SourceUndone where nothing of it is in force.
    """
    source = _meant(view, asked)
    facts = sorted((e for e in _entries(view) if origin(e.source) == source), key=lambda entry: entry.position)
    commands = tuple(
        command
        for entry in reversed(facts)
        for command in _undone(view.entries(entry.stream), entry, source, _Order(on, by, reason))
    )
    if not commands:
        retractions = {e.id for e in _entries(view) if e.source == UNDO + source}
        raise SourceUndone(source=source, by=tuple(sorted(retractions)))
    return Undoing(source, tuple(facts), _labs_first(commands))


def _labs_first(commands: tuple[Command, ...]) -> tuple[Command, ...]:
    """Return *commands*, those of labs first where others bring facts back: these may name a lab, which has to be as it was."""
    others = [command for command in commands if kind_of(command.stream) != "lab"]
    if all(isinstance(command, RetractFact) for command in others):
        return commands
    return (*(command for command in commands if kind_of(command.stream) == "lab"), *others)


def _entries(view: View) -> Iterator[AnyEntry]:
    for stream in list(view.streams.by_id):
        yield from view.entries(stream)


def _meant(view: View, asked: str) -> str:
    """Return the source that *asked* means."""
    known = {origin(entry.source) for entry in _entries(view)} - {""}
    if asked in known:
        return asked
    part = PART.fullmatch(asked)
    found = sorted(each for each in known if part and each.startswith(FILE + part[1]))
    if not found:
        raise UnknownSource(source=shown(asked))
    if len(found) > 1:
        raise SourceAmbiguous(source=asked, sources=tuple(found))
    return found[0]


@frozen
class _Order:
    """The day of the commands that undo a source, who enters them, and why."""

    on: date
    by: str
    reason: str


def _undone(entries: Sequence[AnyEntry], entry: AnyEntry, source: str, order: _Order) -> Iterator[Command]:
    """Yield the command that undoes one fact of *source*; none where it is not in force."""
    retractions = {e.fact.version: e for e in entries if isinstance(e.fact, FactRetracted)}
    if isinstance(entry.fact, FactRetracted):
        retracted = entries[entry.fact.version - 1]
        gone = _before(entries, retracted, source) if origin(retracted.source) == source else retracted
        if entry.fact.replaced_by is None and gone and not _stands(entries, gone):
            yield command_of(gone, order.by)
        return
    if entry.version in retractions:
        return
    before = _before(entries, entry, source)
    if before is not None and content(before) == content(entry):  # corrected back by the source itself
        return
    on, by, reason, undo = order.on, order.by, order.reason, UNDO + source
    if before is None:
        yield RetractFact(stream=entry.stream, version=entry.version, on=on, by=by, reason=reason, source=undo)
    else:
        yield CorrectFact(
            stream=entry.stream,
            version=entry.version,
            on=on,
            by=by,
            reason=reason,
            source=undo,
            replacement=command_of(before, by),
        )


def _stands(entries: Sequence[AnyEntry], retracted: AnyEntry) -> bool:
    """Return whether a retracted fact was entered again and is in force."""
    gone = {e.fact.version for e in entries if isinstance(e.fact, FactRetracted)}
    return any(e.version not in gone and (e.on, e.fact) == (retracted.on, retracted.fact) for e in entries)


def _before(entries: Sequence[AnyEntry], entry: AnyEntry, source: str) -> AnyEntry | None:
    """Return the fact of another source that *entry* corrected, perhaps in several steps; None where it corrected none.

    A fact that an earlier undoing brought back corrected what it corrected when it was first entered.
    """
    retraction = next((e for e in entries if getattr(e.fact, "replaced_by", None) == entry.version), None)
    if retraction is None:
        first = next((e for e in entries[: entry.version - 1] if _is_same(e, entry)), None)
        return _before(entries, first, source) if first else None
    assert isinstance(retraction.fact, FactRetracted)
    corrected = entries[retraction.fact.version - 1]
    if retraction.source.startswith(UNDO):
        restored = _before(entries, corrected, retraction.source.removeprefix(UNDO))
        return _before(entries, restored, source) if restored else None
    return _before(entries, corrected, source) if origin(corrected.source) == source else corrected


def _is_same(one: AnyEntry, other: AnyEntry) -> bool:
    return (one.on, one.source, one.fact) == (other.on, other.source, other.fact)


@cache
def _commands() -> Mapping[type, type[Command]]:
    """Return fact -> the command that becomes it."""
    return {command.fact: command for command in COMMANDS if not issubclass(command, RetractFact | CorrectFact)}


def command_of(entry: AnyEntry, by: str) -> Command:
    """Return the command that enters a recorded fact again, on its day and with its source."""
    command = _commands()[type(entry.fact)]
    fields: dict[str, Any] = {a.name: getattr(entry.fact, a.name) for a in attrs.fields(command.fact)}
    return command(**fields, **{command.subject: entry.stream}, on=entry.on, by=by, source=entry.source)
