"""Helpers for the shell and services: a request with its books, and the names of people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from dualcert.errors import UnknownDivision, UnknownStream, shown
from dualcert.fold import KnownAt
from dualcert.languages import translator
from dualcert.people import Directory
from dualcert.projections.books import Books
from dualcert.registry import Registry
from dualcert.reporting.reporters import Language, Request
from dualcert.store.url import Store


def new_request(
    registry: Registry,
    as_of: date,
    *,
    known_at: KnownAt = None,
    subject: str | None = None,
    language: Language = "zh",
    campaign: str | None = None,
) -> tuple[Request, Books]:
    """Return a request and the books that answer it, with the names that the store's directory has now.

    Raises UnknownDivision or UnknownStream if *subject* names nothing: a document about nothing looks like good news.
    """
    books = Books(registry.view(known_at, campaign=campaign), as_of)
    names = names_of(registry.store, language)
    if subject is not None:
        _check_subject(books, names, subject)
    return request_of(books, names, subject=subject, language=language), books


def _check_subject(books: Books, names: Mapping[str, str], subject: str) -> None:
    """Refuse a subject that is neither a division of the table, nor a stream of the log, nor a person."""
    if subject.isdecimal():
        if books.division(subject) is None:
            raise UnknownDivision(field="subject", division=shown(subject))
    elif subject not in names and not subject.startswith("person-") and not books.view.entries(subject):
        raise UnknownStream(stream=shown(subject))


def request_of(books: Books, names: Mapping[str, str], *, subject: str | None, language: Language) -> Request:
    """Return the request that *books* answer, in *language*, with *names* of people by id."""
    return Request(
        as_of=books.as_of,
        known_at=books.known_at,
        position=books.position,
        subject=subject,
        language=language,
        names=names,
        translate=translator(language),
    )


def names_of(store: Store, language: Language) -> Mapping[str, str]:
    """Return id -> name for the people in the directory of *store*; of who was erased or cannot be read, the id marked so.

    Raises a subclass of StoreUnusable if the directory cannot be read.
    """
    translate = translator(language)
    with Directory.open(store) as directory:
        people = {
            p.person: translate(marked).format(person=p.person) if (marked := p.mark) else p.name
            for p in directory.all()
        }
    return {person: name for person, name in people.items() if name}
