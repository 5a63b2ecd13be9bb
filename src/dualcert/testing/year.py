"""The example's year for tests of reporters, and what they make of it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from dualcert.projections.books import Books
from dualcert.registry import Registry
from dualcert.reporting.artifacts import Document
from dualcert.reporting.reporters import Reporter, Request
from dualcert.reporting.requests import new_request
from dualcert.story import play, read

END = "2023-12-31"
"""The default day of questions about the year."""

Made = Mapping[str, bytes]


@frozen
class Year:
    """The books of the example's year on disk, and how a reporter is asked about them; days are ISO texts."""

    registry: Registry
    store: str
    _made: dict[object, Made] = field(factory=dict)

    def asked(
        self, reporter: Reporter, config: object = None, *, on: str = END, known_at: str | None = None, **more: Any
    ) -> tuple[Request, Books]:
        """Return a request with *config*, or the reporter's own defaults, and the books that answer it."""
        known = date.fromisoformat(known_at) if known_at else None
        request, books = new_request(self.registry, date.fromisoformat(on), known_at=known, **more)
        return evolve(request, config=config or reporter.Config()), books

    def books(self, on: str = END) -> Books:
        """Return the books of a day, as known at the end of the log."""
        return Books(self.registry.view(), date.fromisoformat(on))

    def made(self, reporter: Reporter, config: object = None, **more: Any) -> Made:
        """Return the documents that the reporter makes, the contents by their names; the answers are kept, so that each question is asked once."""
        question = (reporter.name, config, *sorted(more.items()))
        if question not in self._made:
            self._made[question] = self.made_again(reporter, config, **more)
        return self._made[question]

    def made_again(self, reporter: Reporter, config: object = None, **more: Any) -> Made:
        """Return the documents that the reporter makes, asked anew."""
        request, books = self.asked(reporter, config, **more)
        return {each.filename: each.content for each in reporter.render(request, books) if isinstance(each, Document)}


@contextmanager
def example_year(folder: Path) -> Iterator[Year]:
    """Yield the books of the example's year, played into a store in *folder*."""
    store = f"sqlite:///{folder / 'year.db'}"
    with (
        as_file(files("dualcert") / "data" / "examples") as examples,
        play(store, read(examples / "shanxi-2023.jsonl"), examples) as registry,
    ):
        yield Year(registry, store)


def write_texts(texts: Callable[[Year], Mapping[str, str]], folder: Path) -> None:
    """Write the texts of the year's papers, by their names, into *folder*: what changed in them is read before it is kept."""
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as work, example_year(Path(work)) as year:
        for name, text in texts(year).items():
            (folder / name).write_text(text, encoding="utf-8")
