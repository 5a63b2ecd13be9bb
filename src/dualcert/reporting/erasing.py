"""Erasing a person: the key of what is stored of them, their entry in the directory, every message to them in the outbox."""

from __future__ import annotations

from datetime import date

from attrs import frozen

from dualcert.people import Directory
from dualcert.registry import Registry
from dualcert.reporting.outbox import Outbox
from dualcert.values.terms import DispatchState


@frozen
class Erased:
    """The result: how many messages to the person were erased, which dispatches to others name them, and how many went out to them."""

    person: str
    messages: int
    named_in: tuple[str, ...]
    sent: int


def erase_person(registry: Registry, person: str, on: date) -> Erased:
    """Erase a person: their key first, then name, phone and e-mail, and every message to them, planned or not.

    Without the key, copies of the directory and of the outbox that were made earlier do not show them either. The directory is erased before the outbox: a planner checks the directory after it has stored a message, so messages
    that are stored meanwhile are erased, too. A dispatch without its message waits until a person abandons it. If erasing
    was interrupted, a second call completes it. Raises UnknownPerson, and subclasses of StoreUnusable.
    """
    with Directory.open(registry.store) as directory, Outbox.open(registry.store) as outbox:
        known = directory.entry(person)
        directory.erase(person, on)
        kept = outbox.kept()
        theirs = [each.dispatch for each in kept if each.to == person]
        outbox.erase(theirs)
        words = [text.encode() for text in (known.name, known.phone, known.email) if text] if known else []
        naming = {each.dispatch for each in kept if each.to != person and any(word in each.content for word in words)}
        return Erased(person, len(theirs), tuple(sorted(naming)), _sent(registry, person))


def _sent(registry: Registry, person: str) -> int:
    """Return how many messages went out to a person."""
    dispatches = (read for _, read in registry.view().dispatches() if read.planned and read.planned.recipient == person)
    return sum(read.state is DispatchState.DELIVERED for read in dispatches)
