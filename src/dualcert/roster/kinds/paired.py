"""What the rows of all pairings have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from attrs import evolve, frozen

from dualcert.domain.commands import AssignPairing, Command, DescribeSupporter
from dualcert.domain.pairing import PairingAssigned
from dualcert.errors import AlsoPaired, RowRepeated
from dualcert.roster.layout import SheetRow
from dualcert.roster.planning import Planned, Planner
from dualcert.values.terms import Role, Support


@frozen
class PairedRow:
    """A sound row: the supporter, the target, the first day if the row has it, and the supporter's role, post and office."""

    row: SheetRow
    kind: Support
    supporter: str
    target: str
    since: date | None
    described: tuple[Role | None, str | None, str | None] = (None, None, None)


def plan_pairings(planner: Planner, rows: Sequence[PairedRow]) -> Iterator[Planned]:
    """Yield *rows* with the pairings that they assign; a row about an active pairing has no command.

    A pairing that is active since another day is a finding or a correction.

    A pairing of the same target with another supporter is kept, and gets a remark: a target may have two supporters,
    and a sheet that leaves one out does not state when that pairing ended.
    """
    listed = {(row.kind, row.supporter, row.target) for row in rows}
    first: dict[tuple[Support, str, str], int] = {}
    for row in rows:
        number = first.setdefault((row.kind, row.supporter, row.target), row.row.number)
        if number != row.row.number:
            planner.reader.find(row.row, "supporter", RowRepeated(first=number))
            continue
        known = planner.pairings_with.get((row.kind, row.target), ())
        active = [(id_, p) for id_, p in known if p.active(date.max)]
        own = next((id_ for id_, p in active if p.supporter == row.supporter), None)
        for _, pairing in [] if own else active:
            if (row.kind, pairing.supporter, row.target) not in listed:
                also = AlsoPaired(supporter=pairing.supporter, since=str(pairing.since))
                planner.reader.remark(row.row, "supporter", also)
        since = {p.since for _, p in known if p.supporter == row.supporter}
        same = own is not None if row.since is None else row.since in since
        commands = [] if same else list(planner.made(row.row, "target", _assignment(planner, row, own)))
        commands += planner.made(row.row, "supporter", _description(planner, row, own, commands))
        if planner.reader.sound(row.row):
            yield Planned((row.row.number,), tuple(commands))


def _description(planner: Planner, row: PairedRow, own: str | None, commands: Sequence[Command]) -> Iterator[Command]:
    """Yield the supporter's role, post and office where the row states other ones than the books have."""
    assigned = next((each.pairing for each in commands if isinstance(each, AssignPairing)), own)
    known = planner.view.pairing(assigned).described(date.max) if assigned else None
    had = (known.role, known.post, known.office) if known else (None, None, None)
    stated = row.described
    role, post, office = stated[0] or had[0], stated[1] or had[1], stated[2] or had[2]
    if assigned and (role, post, office) != had:
        on = row.since or planner.on
        yield DescribeSupporter(pairing=assigned, role=role, post=post, office=office, on=on, **planner.origin(row.row))


def _assignment(planner: Planner, row: PairedRow, own: str | None) -> Iterator[Command]:
    """Yield the assignment of a pairing, or where *own* is active since another day, a correction or a finding."""
    assignment = AssignPairing(
        kind=row.kind,
        supporter=row.supporter,
        target=row.target,
        on=row.since or planner.on,
        **planner.origin(row.row),
    )
    if own is None:
        yield assignment
    else:
        since = planner.view.pairing(own).since
        assert since is not None
        version = planner.version_of(own, PairingAssigned, since)
        yield from planner.dated_otherwise(row.row, "since", own, version, evolve(assignment, pairing=own))
