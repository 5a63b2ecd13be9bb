"""What the shell and services ask of the host in a few calls: a request with its views, names, a sender."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from dualcert.languages import translator
from dualcert.people import Directory
from dualcert.registry import KnownAt, Registry
from dualcert.reporting.outbox import Outbox
from dualcert.reporting.places import Places
from dualcert.reporting.plugins import Plugins
from dualcert.reporting.reporters import Language, Request
from dualcert.reporting.sending import Sender
from dualcert.reporting.views import Views


def asked(
    registry: Registry,
    store: str | Path,
    as_of: date,
    *,
    known_at: KnownAt = None,
    subject: str | None = None,
    language: Language = "zh",
) -> tuple[Request, Views]:
    """Return a request and the views that answer it, with the names that the store's directory has now."""
    views = Views(registry.view(known_at), as_of)
    return request_of(views, names_of(store, language), subject=subject, language=language), views


def request_of(views: Views, names: Mapping[str, str], *, subject: str | None, language: Language) -> Request:
    """Return the request that *views* answer, in *language*, with *names* of people by id."""
    return Request(
        as_of=views.as_of,
        known_at=views.known_at,
        position=views.position,
        subject=subject,
        language=language,
        names=names,
        translate=translator(language),
    )


def names_of(store: str | Path, language: Language) -> Mapping[str, str]:
    """Return the names that the directory of the store at this URL has; an erased one is the id, said to be erased.

    None where it has no directory.
    """
    if not Directory.exists(store):
        return {}
    erased = translator(language)("{person} (erased)")
    with Directory.open(store) as directory:
        people = {p.person: erased.format(person=p.person) if p.erased_on else p.name for p in directory.all()}
    return {person: name for person, name in people.items() if name}


def erase_messages(registry: Registry, store: str | Path, person: str) -> None:
    """Take the messages to *person* out of the outbox of the store at this URL, when the person is erased.

    What was planned for them then waits for somebody to abandon it. Messages to others may still name them.
    """
    if Outbox.exists(store):
        planned = ((id_, read.planned) for id_, read in registry.view().dispatches())
        with Outbox.open(store) as outbox:
            outbox.erase(id_ for id_, plan in planned if plan and plan.recipient == person)


@contextmanager
def sender_of(registry: Registry, store: str | Path, plugins: Plugins, *, by: str = "system") -> Iterator[Sender]:
    """Yield a sender for the store at this URL, with its outbox and directory open."""
    with Outbox.open(store) as outbox, Directory.open(store) as people:
        yield Sender(
            registry=registry,
            store=store,
            outbox=outbox,
            people=people,
            plugins=plugins,
            places=Places.default(),
            clock=lambda: datetime.now(UTC),
            by=by,
        )
