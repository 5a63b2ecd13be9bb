"""What the shell and services ask of the host in a few calls: a request with its books, names, a sender."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime

from attrs import frozen

from dualcert.fold import KnownAt
from dualcert.languages import translator
from dualcert.people import Directory
from dualcert.projections.books import Books
from dualcert.registry import Registry
from dualcert.reporting.outbox import Outbox
from dualcert.reporting.places import Places
from dualcert.reporting.plugins import Plugins
from dualcert.reporting.reporters import Language, Request
from dualcert.reporting.sending import Sender
from dualcert.store.url import Store


def asked(
    registry: Registry,
    as_of: date,
    *,
    known_at: KnownAt = None,
    subject: str | None = None,
    language: Language = "zh",
) -> tuple[Request, Books]:
    """Return a request and the books that answer it, with the names that the store's directory has now."""
    books = Books(registry.view(known_at), as_of)
    return request_of(books, names_of(registry.store, language), subject=subject, language=language), books


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
    """Return the names that the directory of *store* has, by id; of an erased person the id, marked as erased.

    Raises a subclass of StoreUnusable where the directory cannot be read.
    """
    erased = translator(language)("{person} (erased)")
    with Directory.open(store) as directory:
        people = {p.person: erased.format(person=p.person) if p.erased_on else p.name for p in directory.all()}
    return {person: name for person, name in people.items() if name}


@frozen
class Erased:
    """What was erased: how many messages to the person, and the dispatches of messages to others that name them."""

    person: str
    messages: int
    named_in: tuple[str, ...]


def erase_person(registry: Registry, person: str, on: date) -> Erased:
    """Erase a person: name, phone and e-mail, and every message to them, planned or not.

    First the directory, then the outbox: a planner looks at the directory after it has kept a message, so what it
    keeps meanwhile goes as well. A dispatch whose message is gone waits for somebody to abandon it. Done again, it
    completes what was interrupted. Raises UnknownPerson, and subclasses of StoreUnusable.
    """
    with Directory.open(registry.store) as directory, Outbox.open(registry.store) as outbox:
        known = directory.find(person)
        directory.erase(person, on)
        kept = outbox.kept()
        theirs = [each.dispatch for each in kept if each.to == person]
        outbox.erase(theirs)
        words = [text.encode() for text in (known.name, known.phone, known.email) if text] if known else []
        naming = {each.dispatch for each in kept if each.to != person and any(word in each.content for word in words)}
        return Erased(person, len(theirs), tuple(sorted(naming)))


@contextmanager
def sender_of(registry: Registry, plugins: Plugins, *, by: str = "system") -> Iterator[Sender]:
    """Yield a sender for the registry's store, with its outbox and directory open."""
    with Outbox.open(registry.store) as outbox, Directory.open(registry.store) as people:
        yield Sender(
            registry=registry,
            outbox=outbox,
            people=people,
            plugins=plugins,
            places=Places.default(),
            clock=lambda: datetime.now(UTC),
            by=by,
        )
