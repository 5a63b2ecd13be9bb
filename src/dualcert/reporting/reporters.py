"""The contract of a reporter: pure, from a request and books to artifacts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any, Literal, Protocol, runtime_checkable

from attrs import field, frozen

from dualcert.projections.books import Books
from dualcert.projections.finding import Finding
from dualcert.reporting.artifacts import Artifact
from dualcert.values.ids import kind_of

Language = Literal["zh", "en"]


@frozen
class NoConfig:
    """The configuration of a reporter or channel that has none."""


@frozen(kw_only=True)
class Request:
    """The request to a reporter; the same request on the same log gives the same bytes.

    `as_of` is the day that is asked about, `known_at` and `position` how much of the log is read.
    `subject` narrows it down (a code or id), where it is given. `config` is the reporter's own `Config`.
    `names` has the names of people by id, as the directory has them now; `name` gives one.
    """

    as_of: date
    known_at: datetime | None
    position: int
    subject: str | None = None
    language: Language = "zh"
    config: Any = NoConfig()
    names: Mapping[str, str] = field(factory=dict)
    translate: Callable[[str], str] = field(default=str, eq=False, repr=False)

    def name(self, person: str) -> str:
        """Return the name of a person, or the id if the directory has no name."""
        return self.names.get(person, person)

    def word(self, code: str) -> str:
        """Return a code (`plan-missing`, `valid`) as a word in the request's language."""
        translated = self.translate(code)
        return code.replace("-", " ") if translated == code else translated

    def _named(self, books: Books, id_: str) -> str:
        return books.lab_name(id_) if kind_of(id_) == "lab" else self.name(id_)

    def said(self, finding: Finding, books: Books) -> str:
        """Return the sentence of a finding in the request's language, with names of people and labs instead of ids."""
        return finding.message(self.translate, partial(self._named, books))


@runtime_checkable
class Reporter(Protocol):
    """Turns books into artifacts: no network, no files, no clock, no log, nothing remembered.

    `name` is small letters, digits and hyphens, and is chosen by; `summary` one line. `Config` is a frozen
    attrs class whose fields have defaults or are asked of whoever configures it. `triggers` are names of
    facts, or `daily` or `monthly`: when its messages are to be planned.
    """

    @property
    def name(self) -> str:
        """The name by which it is chosen."""

    @property
    def summary(self) -> str:
        """One line that describes it."""

    @property
    def Config(self) -> type[Any]:  # noqa: N802  it is a class
        """The attrs class of its configuration."""

    @property
    def triggers(self) -> tuple[str, ...]:
        """When its messages are planned."""

    def render(self, request: Request, books: Books) -> Iterable[Artifact]:
        """Return the artifacts that answer *request*."""
