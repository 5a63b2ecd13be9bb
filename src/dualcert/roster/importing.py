"""An import from file to receipt: plan, decide all of it, then hand the commands to the books."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from attrs import frozen

from dualcert.domain.commands import Command
from dualcert.errors import Refused
from dualcert.projections.view import View
from dualcert.roster.plan import Plan, plan
from dualcert.roster.rows import Finding
from dualcert.roster.sheet import read_sheet
from dualcert.values.dates import LATEST


class Receipt(Protocol):
    """What the books answer to one command."""

    refusal: Refused | None


class Books(Protocol):
    """What an import needs of the books: to ask what is known, and to hand over commands."""

    def view(self) -> View:
        """Return the books as known now."""

    def catch_up(self) -> int:
        """Return the head's position."""

    def execute_many(self, commands: Sequence[Command], *, accept_valid: bool = False, dry_run: bool = False) -> Any:
        """Decide, and record unless *dry_run*, all or the valid ones of *commands*."""


@frozen
class Imported:
    """What came of an import; `planned` are the commands of the sound rows.

    `recorded`, `unchanged` and `refused` count rows and add up to `rows`, save where unsound rows kept
    the sound ones out.
    """

    plan: Plan
    findings: tuple[Finding, ...]
    planned: tuple[Command, ...]
    recorded: int
    unchanged: int
    refused: int
    position: int

    def to_dict(self, translate: Callable[[str], str] = str) -> dict[str, Any]:
        """Return the answer as JSON has it, messages in the reader's language."""
        findings = [
            {"row": f.row, "column": f.column, "code": f.problem.code, "message": f.problem.render(translate)}
            for f in self.findings
        ]
        return {
            "sheet": self.plan.sheet.name,
            "rows": len(self.plan.sheet.rows),
            "recorded": self.recorded,
            "facts": len(self.planned) if self.recorded else 0,
            "unchanged": self.unchanged,
            "refused": self.refused,
            "unread": list(self.plan.sheet.unread),
            "findings": findings,
            "position": self.position,
        }


def import_roster(
    books: Books,
    file: Path,
    *,
    on: date | None = None,
    by: str = "system",
    accept_valid: bool = False,
    dry_run: bool = False,
) -> Imported:
    """Import the roster *file*: all or nothing, or the sound rows with *accept_valid*.

    Raises BadRoster where the file is none, NoCampaign where no policy says which province it is about.
    """
    sheet = read_sheet(file)
    view = books.view()
    planned = plan(sheet, view, view.policy(on or LATEST), on=on, by=by)
    findings = [*planned.findings, *_refusals(books, planned)]
    unsound = {finding.row for finding in findings}
    sound = [row for row in planned.rows if row.row.number not in unsound]
    commands = [command for row in sound for command in row.commands]
    taken = accept_valid or not unsound
    if taken and not dry_run:
        books.execute_many(commands)
    return Imported(
        plan=planned,
        findings=tuple(sorted(findings, key=lambda f: f.row)),
        planned=tuple(commands),
        recorded=sum(bool(row.commands) for row in sound) if taken else 0,
        unchanged=sum(not row.commands for row in sound),
        refused=len(unsound),
        position=books.catch_up(),
    )


def _refusals(books: Books, planned: Plan) -> list[Finding]:
    """Return what the books would refuse of the sound rows, decided without recording."""
    rows = [row for row in planned.rows for _ in row.commands]
    receipts: Sequence[Receipt] = books.execute_many(planned.commands, accept_valid=True, dry_run=True)
    return [
        Finding(row.row.number, planned.sheet.headers["name"], receipt.refusal)
        for row, receipt in zip(rows, receipts, strict=True)
        if receipt.refusal
    ]
