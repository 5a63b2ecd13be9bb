"""The example's year, and what the reporters make of it."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
from attrs import evolve, field, frozen

from dualcert import Registry
from dualcert.reporting.asking import asked
from dualcert.story import play, read

EXAMPLES = Path(str(files("dualcert") / "data" / "examples"))


@frozen
class Year:
    """The books of a year, on disk."""

    registry: Registry
    store: str
    _made: dict = field(factory=dict)

    def asked(self, reporter, config=None, *, on="2023-12-31", known_at=None, **more):
        known_at = date.fromisoformat(known_at) if known_at else None
        request, views = asked(self.registry, self.store, date.fromisoformat(on), known_at=known_at, **more)
        return evolve(request, config=config or reporter.Config()), views

    def views(self, on="2023-12-31"):
        return asked(self.registry, self.store, date.fromisoformat(on))[1]

    def made(self, reporter, config=None, **more):
        """Return what the reporter makes, the contents by their names; each question is asked once for the run."""
        question = (reporter.name, config, *sorted(more.items()))
        if question not in self._made:
            self._made[question] = self.made_again(reporter, config, **more)
        return self._made[question]

    def made_again(self, reporter, config=None, **more):
        request, views = self.asked(reporter, config, **more)
        return {each.filename: each.content for each in reporter.render(request, views)}


@pytest.fixture(scope="session")
def year(tmp_path_factory):
    store = f"sqlite:///{tmp_path_factory.mktemp('year') / 'year.db'}"
    with play(store, read(EXAMPLES / "shanxi-2023.jsonl"), EXAMPLES) as registry:
        yield Year(registry, store)
