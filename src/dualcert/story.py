"""A story: a history with the instants at which its facts were entered, for demos, examples and tests.

Each line is a JSON object with `at`, the instant of entering; lines of one instant are recorded together.
`policy` opens the store, `import` imports a roster beside the story, `gate` applies a gate, and `do` is a command as
`dualcert apply` takes it. The instants of a story are not evidence, so a story always makes a new store and never
adds to an existing one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from attrs import define

from dualcert.domain.commands import parse
from dualcert.registry import Registry
from dualcert.roster.importing import import_roster


@define
class StoryClock:
    """A clock that returns the instant it was set to."""

    now: datetime

    def __call__(self) -> datetime:
        """Return the instant that it was set to."""
        return self.now


def read(path: Path) -> list[dict[str, Any]]:
    """Return the lines of the story at *path*, in their order."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def play(
    store: str, lines: Iterable[dict[str, Any]], folder: Path, progress: Callable[[int], None] | None = None
) -> Registry:
    """Make a new store at the URL *store*, record the story in it, and return its registry.

    *folder* holds the rosters that the story imports; *progress* is called with the number of lines that were recorded.
    Raises StoreExists, and a subclass of Refused if a line is refused.
    """
    batches = groupby(lines, key=lambda line: datetime.fromisoformat(line["at"]).astimezone(UTC))
    at, opening = next(batches)
    clock = StoryClock(at)
    first, *rest = opening
    registry = Registry.create(store, policy=first["policy"], clock=clock)
    _record(registry, rest, folder)
    for at, batch in batches:
        clock.now = at
        batch_lines = list(batch)
        _record(registry, batch_lines, folder)
        if progress:
            progress(len(batch_lines))
    return registry


def _record(registry: Registry, lines: list[dict[str, Any]], folder: Path) -> None:
    """Record the lines of one instant: commands that follow each other in one transaction."""
    for is_command, group in groupby(lines, key=lambda line: "do" in line):
        fields = [{key: value for key, value in line.items() if key != "at"} for line in group]
        if is_command:
            registry.execute_many([parse(line) for line in fields])
            continue
        for line in fields:
            if "import" in line:
                import_roster(registry, folder / line.pop("import"), **line)
            else:
                registry.apply_gate(line.pop("gate"), **{**line, "on": date.fromisoformat(line["on"])})
