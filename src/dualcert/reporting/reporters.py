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

    `as_of` is the day of the question; `known_at` and `position` tell how much of the log is read. `subject`, if given,
    is the code or id to which the answer is limited. `config` is the reporter's own `Config`. `names` maps the ids of
    people to their present names in the directory; `name` returns one of them.
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
    """Turns books into artifacts, without network, files, clock or log, and without any memory of earlier calls.

    `name` consists of small letters, digits and hyphens; `summary` is one line. `Config` is a frozen attrs class; its
    fields without a default must be configured. `triggers` tell when the messages are planned: after facts of these
    names, `daily` or `monthly`.
    """

    @property
    def name(self) -> str:
        """The name that users choose it by."""

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
