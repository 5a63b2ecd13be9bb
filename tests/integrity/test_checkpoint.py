"""The checkpoint of the books, whose code a document prints, is found again by whoever verifies them."""

from __future__ import annotations

import pytest

from dualcert import Registry
from dualcert.errors import StoreDamaged, UnknownPosition
from dualcert.integrity.checkpoint import Checkpoint
from integrity_books import judged, more
from tampering import unguarded


def test_a_code_that_a_document_prints_is_found_again(books, keys):
    with Registry.open(books) as registry:
        first = registry.checkpoint()
        registry.execute_many(more(3))
        second, before = registry.checkpoint(), registry.checkpoint(first.size)

    assert (before, second.size) == (first, first.size + 3)
    assert all(row.sound for row in judged(books, keys, codes=[first.code, second.code]).rows)


def test_a_checkpoint_is_of_what_was_known(books):
    with Registry.open(books) as registry:
        assert registry.checkpoint(700).size == 700
        with pytest.raises(UnknownPosition):
            registry.checkpoint(10**9)


def test_books_in_memory_have_one_too():
    with Registry.open(":memory:", policy="shanxi-2023") as registry:
        assert registry.checkpoint().size == 2


def test_what_is_no_fact_is_damage(books):
    with Registry.open(books) as registry:
        registry.catch_up()
        with unguarded(books) as connection:
            connection.execute("UPDATE stored_events SET state = 'x' WHERE rowid = 5")
        with pytest.raises(StoreDamaged, match=r"books\.db"):
            registry.checkpoint()


@pytest.mark.parametrize("text", ["", "a\nb\nc\n", "a\n1\nAA==\n", "a\n01\nAA==\n", "\n1\nAA==\n"])
def test_what_is_no_checkpoint_is_refused(text):
    with pytest.raises(ValueError, match=r"checkpoint|root"):
        Checkpoint.read(text)
