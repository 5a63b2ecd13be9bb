"""Erasing a person: from the directory, and every message to them from the outbox."""

from __future__ import annotations

from datetime import date

from attrs import frozen

from dualcert.people import Directory
from dualcert.registry import Registry
from dualcert.reporting.outbox import Outbox


@frozen
class Erased:
    """The result: how many messages to the person were erased, and which dispatches to others name them."""

    person: str
    messages: int
    named_in: tuple[str, ...]


def erase_person(registry: Registry, person: str, on: date) -> Erased:
    """Erase a person: name, phone and e-mail, and every message to them, planned or not.

    The directory is erased before the outbox: a planner checks the directory after it has stored a message, so messages
    that are stored meanwhile are erased, too. A dispatch without its message waits until a person abandons it. If erasing
    was interrupted, a second call completes it. Raises UnknownPerson, and subclasses of StoreUnusable.
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
