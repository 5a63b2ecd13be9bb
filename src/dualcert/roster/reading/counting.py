"""Counts the content of a file while it is read; a file that exceeds the limits is refused at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from attrs import define

from dualcert.errors import N_, Phrase, RosterTooLarge
from dualcert.roster.reading.limits import Limits
from dualcert.roster.reading.messages import Range
from dualcert.roster.reading.text import MAX_CELL


@define
class Counted:
    """The counts of what was read of a file so far, over all of its sheets."""

    file: str
    limits: Limits
    rows: int = 0
    cells: int = 0
    characters: int = 0

    def row(self, cells: Sequence[Any]) -> None:
        """Count a row, as `to_plain` makes its cells; raises RosterTooLarge."""
        lengths = [len(cell) for cell in cells if type(cell) is str]
        self.rows += 1
        self.cells += len(cells)
        self.characters += sum(lengths)
        if len(cells) > self.limits.columns:
            self._refuse(N_("row {number} has {count} columns"), number=self.rows, count=len(cells))
        if max(lengths, default=0) > MAX_CELL:
            self._refuse(
                N_("a cell of row {number} has more than {limit} characters"), number=self.rows, limit=MAX_CELL
            )
        if self.rows > self.limits.rows:
            self._refuse(N_("it has more than {limit} rows"), limit=self.limits.rows)
        if self.cells > self.limits.cells:
            self._refuse(N_("it has more than {limit} cells"), limit=self.limits.cells)
        if self.characters > self.limits.characters:
            self._refuse(N_("it has more than {limit} characters"), limit=self.limits.characters)

    def merged(self, ranges: Iterable[Range]) -> list[Range]:
        """Return the merged *ranges* of a sheet; raises RosterTooLarge where they are too many."""
        found = list(islice(ranges, self.limits.merged + 1))
        if len(found) > self.limits.merged:
            self._refuse(N_("a sheet has more than {limit} merged ranges"), limit=self.limits.merged)
        return found

    def _refuse(self, template: str, **values: int) -> None:
        raise RosterTooLarge(file=self.file, problem=Phrase(template, **values))
