"""What rows about pairings have in common, whoever supports whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from attrs import frozen

from dualcert.domain.commands import AssignPairing, Command
from dualcert.errors import AlsoPaired
from dualcert.roster.layout import Row
from dualcert.roster.planning import Planned, Planner
from dualcert.values.terms import Support


@frozen
class PairedRow:
    """A sound row: who supports whom, and since when if it says so."""

    row: Row
    kind: Support
    supporter: str
    target: str
    since: date | None


def plan_pairings(planner: Planner, rows: Sequence[PairedRow]) -> Iterator[Planned]:
    """Yield the pairings that *rows* assign; one that is active already is nothing new.

    Somebody else's pairing with the same target stays and is remarked upon: two may support one, and a
    sheet that leaves somebody out does not say since when it is over.
    """
    listed = {(row.kind, row.supporter, row.target) for row in rows}
    for row in rows:
        active = [p for _, p in planner.pairings_with.get((row.kind, row.target), ()) if p.active(date.max)]
        if any(pairing.supporter == row.supporter for pairing in active):
            yield Planned((row.row.number,), ())
            continue
        for pairing in active:
            if (row.kind, pairing.supporter, row.target) not in listed:
                also = AlsoPaired(supporter=pairing.supporter, since=str(pairing.since))
                planner.reader.remark(row.row, "supporter", also)
        commands = planner.made(row.row, "target", _assignment(planner, row))
        if planner.reader.sound(row.row):
            yield Planned((row.row.number,), commands)


def _assignment(planner: Planner, row: PairedRow) -> Iterator[Command]:
    yield AssignPairing(
        kind=row.kind,
        supporter=row.supporter,
        target=row.target,
        on=row.since or planner.on,
        by=planner.by,
        source=planner.source(row.row),
    )
