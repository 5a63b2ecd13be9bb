"""Whatever a source recorded, retracted and corrected, its own facts among it: undone, what was before is in force again."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from random import Random

import pytest
from attrs import evolve

from dualcert.domain.commands import CorrectFact, RetractFact
from dualcert.domain.entry import effective
from dualcert.errors import Refused, SourceUndone, UnknownSource
from dualcert.projections.undoing import command_of
from histories import history, some_command

SEEDS = (*range(6), 30, 136)


def in_force(books):
    """The facts that are in force, in order of stream."""
    view = books.view()
    return sorted(
        (e.stream, e.on, repr(e.fact)) for stream in view.streams.by_id for e in effective(view.entries(stream))
    )


def of_a_source(random, books):
    """A command of the source A: a random one, or the retraction or correction of a fact that is in force, often of its own."""
    view = books.view()
    facts = [e for stream in view.streams.by_id if stream != "log-1" for e in effective(view.entries(stream))]
    if not facts or random.random() < 0.3:
        return evolve(some_command(random), source="A")
    own = [entry for entry in facts if entry.source == "A"]
    entry = random.choice(own if own and random.random() < 0.5 else facts)
    what = {"stream": entry.stream, "version": entry.version, "reason": "x", "on": entry.on, "source": "A"}
    if random.random() < 0.5:
        return RetractFact(**what)
    on = entry.on + timedelta(days=random.randint(-9, 9))
    return CorrectFact(**what, replacement=evolve(command_of(entry, "system"), on=on, source=random.choice(("", "A"))))


def left_over(seed):
    """What is in force after a source is undone and was not before it began, or the other way round."""
    random, books = Random(seed), history(seed, length=15)
    before = in_force(books)
    for nth in range(40):
        with suppress(Refused):
            if nth == 25:
                books.undo("A")
            books.execute(of_a_source(random, books))
    with suppress(SourceUndone, UnknownSource):
        books.undo("A")
    return set(before) ^ set(in_force(books))


@pytest.mark.parametrize("seed", SEEDS)
def test_undone_nothing_of_a_source_is_left_and_nothing_is_missing(seed):
    assert left_over(seed) == set()
