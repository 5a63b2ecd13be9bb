"""An import from file to receipts: all rows are planned and decided before the first fact is recorded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from attrs import evolve

from dualcert.collector import paused_collector
from dualcert.errors import N_, BadRoster, Conflict, HeadersMissing, PersonIdTaken, RosterTooLarge
from dualcert.roster.deciding import decide_rows
from dualcert.roster.kinds import KINDS
from dualcert.roster.outcome import How, Imported, ImportTarget, Progress, Silent
from dualcert.roster.planning import Planner, PlanOutdatedError
from dualcert.roster.reading import pages
from dualcert.roster.reading.limits import Limits
from dualcert.roster.rows import Reader
from dualcert.roster.sheets import Chosen, check_mapping, choose
from dualcert.roster.units import Units
from dualcert.values.dates import LATEST

ATTEMPTS = 5
"""How often an import is planned, where others add people or labs meanwhile that may be its newcomers."""


def import_roster(
    books: ImportTarget,
    file: Path,
    how: How | None = None,
    *,
    progress: Progress | None = None,
    **options: Any,
) -> Imported:
    """Import the roster *file*: all or nothing, or the sound rows with `accept_valid`.

    Everything is planned and decided before the first fact is recorded.

    Args:
        books: the registry into which it is imported.
        file: the spreadsheet.
        how: how it is imported.
        progress: receives the progress.
        options: the attributes of How as keywords, where *how* is not given.

    Returns:
        The counts and findings.

    Raises:
        BadRoster: a subclass of it, where the file or its sheet cannot be read.
        NoCampaign: no policy names the province.
    """
    how, progress = how or How(**options), progress or Silent()
    progress.begin(N_("reading"), 0)
    read = pages.read(file, how.limits)
    (chosen,) = chosen_from(how, lambda: [choose(read, how.kind, how.sheet, how.columns)])
    return take(books, read, chosen, how, progress)


def chosen_from(how: How, choose_tables: Callable[[], list[Chosen]]) -> list[Chosen]:
    """Return the tables that are chosen, unless the mapping names a column that none of their kinds has.

    Raises the errors of `choose`, and BadConfiguration, which lists the columns of the kind.
    """
    try:
        chosen = choose_tables()
    except HeadersMissing as missing:
        check_mapping(how.columns, how.kind, [KINDS[missing.kind]] if missing.kind else [])
        raise
    except BadRoster:
        check_mapping(how.columns, how.kind, [])
        raise
    check_mapping(how.columns, how.kind, dict.fromkeys(each.kind for each in chosen))
    return chosen


def take(books: ImportTarget, read: pages.Pages, chosen: Chosen, how: How, progress: Progress) -> Imported:
    """Import one table of a file that was read."""
    _put_instead(read.file, chosen, how)
    for again in reversed(range(ATTEMPTS)):
        try:
            return _attempt(books, read, chosen, how, progress)
        except PersonIdTaken:  # another import added people between planning and recording
            if not again:
                raise
        except PlanOutdatedError as outdated:  # or labs
            if not again:
                raise Conflict(stream=outdated.stream, attempts=ATTEMPTS) from None
    raise AssertionError


def _put_instead(file: str, chosen: Chosen, how: How) -> None:
    """Put into the rows of a table what is to be read instead of the content of cells."""
    for number, row in enumerate(chosen.table.rows) if how.instead else ():
        cells = list(row.cells)
        for (of, sheet, at, column), text in how.instead.items():
            if (of, sheet, at) == (file, chosen.table.page.name, row.number):
                cells += [None] * (column + 1 - len(cells))
                cells[column] = text
        chosen.table.rows[number] = evolve(row, cells=tuple(cells))


@paused_collector()
def _attempt(books: ImportTarget, read: pages.Pages, chosen: Chosen, how: How, progress: Progress) -> Imported:
    planner = _planner(books, read.sha256, chosen, how)
    progress.begin(N_("planning"), len(chosen.table.rows))
    planned, commands = [], 0
    for each in chosen.kind.plan(planner):
        planned.append(each)
        commands += len(each.commands)
        _check_outcome(read.file, how.limits, commands, planner.reader)
        progress.advance(len(each.rows))
    _check_outcome(read.file, how.limits, commands, planner.reader)
    progress.begin(N_("recording"), commands)
    return decide_rows(books, read.file, chosen, planner, planned, how, progress)


def _check_outcome(file: str, limits: Limits, commands: int, reader: Reader) -> None:
    """Raise RosterTooLarge where the commands and findings of a sheet are more than may be held in memory."""
    if 2 * commands + len(reader.findings) > limits.outcome:
        problem = N_("more commands and findings come of it than an import may hold: split the sheet")
        raise RosterTooLarge(file=file, problem=problem)


def _planner(books: ImportTarget, sha256: str, chosen: Chosen, how: How) -> Planner:
    view = books.view()
    policy = view.policy(how.on or LATEST)
    units = Units(view.divisions, policy.province)
    units.titled(f"{chosen.table.title} {chosen.table.page.name}")
    return Planner(
        table=chosen.table,
        reader=Reader(chosen.table, chosen.kind.columns, units),
        view=view,
        policy=policy,
        sha256=sha256,
        by=how.by,
        on=how.on or policy.from_,
        day_given=how.on is not None,
        today=books.today(),
        correct=how.correct,
        people=how.people,
        add_people=how.add_people,
        add_names=how.add_names,
    )
