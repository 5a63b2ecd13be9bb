"""What a row about a lab says and the books do not take up: its former name, and a day on which nothing changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from dualcert.domain.commands import AmendLab, Command, CorrectFact, RegisterLab
from dualcert.errors import N_, NotRecorded
from dualcert.roster.kinds.lab_rows import LabRow
from dualcert.roster.planning import Planner
from dualcert.units import plain


def remark_unrecorded(planner: Planner, lab: str, row: LabRow, commands: Iterable[Command]) -> None:
    """Add a remark for the former name and the day of a change, where the books do not have them with these *commands* either."""
    recorded = list(_facts(commands))
    entries = planner.view.entries(lab)
    if row.former_name:
        named = [each.name for each in recorded if isinstance(each, RegisterLab | AmendLab) and each.name]
        named += [name for each in entries if (name := getattr(each.fact, "name", None))]
        if plain(row.former_name) not in map(plain, named):
            field_ = "former_name" if planner.reader.cell(row.row, "former_name") is not None else "name"
            why = N_("the books have the lab from a day on which it had its new name")
            planner.reader.remark(row.row, field_, NotRecorded(value=row.former_name, problem=why))
    changed_on = planner.reader.day(row.row, "changed_on")
    if changed_on and changed_on not in {*_days(recorded), *(each.on for each in entries)}:
        why = N_("nothing in the row is new to the books from that day on")
        planner.reader.remark(row.row, "changed_on", NotRecorded(value=changed_on.isoformat(), problem=why))


def _facts(commands: Iterable[Command]) -> Iterator[Command]:
    """Yield the commands, a correction as what it puts in place of a fact."""
    for each in commands:
        yield each.replacement if isinstance(each, CorrectFact) else each


def _days(commands: Iterable[Command]) -> Iterator[date]:
    return (each.on for each in commands if each.on)
