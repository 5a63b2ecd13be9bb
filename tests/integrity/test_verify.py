"""A fact that was changed, cut, added or moved is found and named, and sound books are sound."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing, suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dualcert import Registry
from dualcert.errors import NotSound, StoreDamaged, StoreUnusable
from dualcert.integrity.sealing import seal
from dualcert.store.log import open_log
from integrity_books import LABS, SOAK, copied, judged, more
from tampering import unguarded

TRIALS = 1_000 if SOAK else 25
FACTS = "SELECT rowid, originator_id, originator_version, topic, state FROM stored_events ORDER BY rowid"


def byte(connection, chance, last):
    """A bit of a name or of the content is turned; a stream has each version once, which the database holds to."""
    while True:
        row = chance.randint(1, last)
        column = chance.choice(("originator_id", "topic", "state", "state", "state"))
        read = f"SELECT CAST({column} AS BLOB) FROM stored_events WHERE rowid = ?"
        changed = bytearray(connection.execute(read, (row,)).fetchone()[0])
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
        kind = "BLOB" if column == "state" else "TEXT"
        write = f"UPDATE stored_events SET {column} = CAST(? AS {kind}) WHERE rowid = ?"
        with suppress(sqlite3.IntegrityError):
            connection.execute(write, (bytes(changed), row))
            return row


def version(connection, chance, last):
    row = chance.randint(1, last)
    connection.execute("UPDATE stored_events SET originator_version = originator_version + 7 WHERE rowid = ?", (row,))
    return row


def cut(connection, chance, last):
    row = chance.randint(1, last)
    connection.execute("DELETE FROM stored_events WHERE rowid = ?", (row,))
    return row


def cut_off(connection, chance, last):
    row = chance.randint(2, last)
    connection.execute("DELETE FROM stored_events WHERE rowid >= ?", (row,))
    return row


def swapped(connection, chance, last):
    one, other = sorted(chance.sample(range(1, last + 1), 2))
    for old, new in ((one, -1), (other, one), (-1, other)):
        connection.execute("UPDATE stored_events SET rowid = ? WHERE rowid = ?", (new, old))
    return one


def moved(connection, chance, last):
    row = chance.randint(1, last - 1)
    connection.execute("UPDATE stored_events SET rowid = ? WHERE rowid = ?", (last + 1, row))
    return row


def added(connection, chance, last):
    """A fact that is sound by itself gets a place among the others."""
    row = chance.randint(2, last)
    connection.execute("UPDATE stored_events SET rowid = -rowid - 1 WHERE rowid >= ?", (row,))
    connection.execute("UPDATE stored_events SET rowid = -rowid WHERE rowid < 0")
    connection.execute(
        "INSERT INTO stored_events SELECT ?, 'lab-140525-99999', 1, topic, state FROM stored_events "
        "WHERE topic = 'lab.registered' LIMIT 1", (row,),
    )  # fmt: skip
    return row


def added_at_the_end(connection, chance, last):
    """A fact whose stream has another one of its version before it, or none."""
    connection.execute(
        "INSERT INTO stored_events (originator_id, originator_version, topic, state) "
        "SELECT 'lab-140525-99999', 2, topic, state FROM stored_events WHERE rowid = ?", (chance.randint(3, last),),
    )  # fmt: skip
    return last + 1


DAMAGES = (byte, byte, byte, version, cut, cut_off, swapped, moved, added, added_at_the_end)


@settings(max_examples=TRIALS)
@given(st.integers(0, 2**32))
def test_whatever_is_changed_is_found_and_the_first_position_is_named(sealed, keys, tmp_path_factory, seed):
    chance = random.Random(seed)
    folder = tmp_path_factory.mktemp("changed")
    books = copied(sealed, folder)
    with unguarded(books) as connection:
        (last,) = connection.execute("SELECT max(rowid) FROM stored_events").fetchone()
        damage = chance.choice(DAMAGES)
        position = damage(connection, chance, last)

    try:
        verdict = judged(books, keys)
    except StoreUnusable:
        assert position == 1  # not even the opening fact can be read: such a store is refused
    else:
        assert not verdict.sound, damage
        assert verdict.position == position, (damage, verdict)
    shutil.rmtree(folder)


@settings(max_examples=500 if SOAK else 10)
@given(st.integers(0, 300))
def test_books_that_nobody_changed_are_sound(sealed, keys, tmp_path_factory, further):
    folder = tmp_path_factory.mktemp("sound")
    books = copied(sealed, folder)
    with Registry.open(books) as registry:
        registry.execute_many(more(further))

    verdict = judged(books, keys, seals=[books.with_name("seal")])

    assert (verdict.sound, verdict.problem, verdict.rows[0].sound) == (True, None, True)
    assert (verdict.compared, verdict.facts) == (verdict.rows[0].size, verdict.rows[0].size + further)
    shutil.rmtree(folder)


@settings(max_examples=TRIALS)
@given(st.integers(0, 2**32))
def test_a_bit_of_the_file_that_is_turned_is_found_or_changes_no_fact(sealed, keys, tmp_path_factory, seed):
    chance = random.Random(seed)
    folder = tmp_path_factory.mktemp("turned")
    books = copied(sealed, folder)
    before = facts(books)
    content = bytearray(books.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    books.write_bytes(content)

    try:
        sound = judged(books, keys).sound
    except StoreUnusable:
        sound = False

    assert not sound or facts(books) == before
    shutil.rmtree(folder)


def facts(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(FACTS).fetchall()


def rewritten(path):
    """Change a fact so that it is sound by itself, and remove the tree."""
    with unguarded(path) as connection:
        connection.execute(
            "UPDATE stored_events SET state = CAST(replace(CAST(state AS TEXT), '站9\"', '站8\"') AS BLOB)"
        )
    path.with_name("books.db.tree").unlink()


def test_a_store_that_was_rewritten_whole_is_caught_by_an_older_seal_and_an_older_code(books, keys):
    code = judged(books, keys).code
    rewritten(books)
    assert judged(books, keys).sound  # nothing beside it tells
    with closing(open_log(books)) as log:
        seal(log, keys)
    assert judged(books, keys).sound  # whoever has the key seals it anew

    verdict = judged(books, keys, seals=[books.with_name("seal")], codes=[code])

    assert not verdict.sound
    assert [row.sound for row in verdict.rows] == [False, False]
    assert verdict.rows[0].problem == "these are not the facts that were sealed"


def test_a_code_is_found_again_as_a_person_types_it(books, keys):
    code = judged(books, keys).code
    with Registry.open(books) as registry:
        registry.execute_many(more(3))
    typed = code.lower().replace("0", "o").replace("1", "l")

    size = int(code.partition("-")[0])
    found = judged(books, keys, codes=[str(size) + typed[len(str(size)) :]]).rows[0]

    assert (found.sound, found.what, found.size) == (True, code, size)


def test_a_store_that_is_not_sound_is_not_sealed(books, keys):
    with unguarded(books) as connection:
        connection.execute("DELETE FROM stored_events WHERE rowid = 700")
    tree = books.with_name("books.db.tree").read_bytes()

    with closing(open_log(books)) as log, pytest.raises(NotSound) as refused:
        seal(log, keys)

    assert (refused.value.position, books.with_name("books.db.tree").read_bytes()) == (700, tree)


def test_facts_missing_at_the_end_are_counted(books, keys):
    with unguarded(books) as connection:
        connection.execute("DELETE FROM stored_events WHERE rowid > 900")

    verdict = judged(books, keys)

    assert (verdict.position, verdict.compared) == (901, 900)
    assert verdict.problem == f"{2 * LABS + 4 - 900} facts are missing at the end"


@pytest.mark.parametrize("column", ["leaves", "root"])
def test_a_tree_that_was_changed_is_said_to_be_that_and_not_the_log(books, keys, column):
    tree = books.with_name("books.db.tree")
    with closing(sqlite3.connect(tree)) as connection, connection:
        connection.execute(f"UPDATE dualcert_tree SET {column} = zeroblob(length({column})) WHERE tile = 1")

    if column == "leaves":
        with pytest.raises(StoreDamaged, match=r"books\.db\.tree"):
            judged(books, keys)
    tree.unlink()
    assert judged(books, keys).sound


def test_a_question_makes_no_tree(books, keys):
    tree = books.with_name("books.db.tree")
    tree.unlink()

    assert (judged(books, keys).compared, tree.exists()) == (0, False)


def test_a_retraction_refers_to_a_fact_that_is_there(books, keys):
    with unguarded(books) as connection:
        connection.execute("DELETE FROM stored_events WHERE originator_id = 'lab-140525-1' AND originator_version = 4")
    books.with_name("books.db.tree").unlink()

    verdict = judged(books, keys)

    assert (verdict.sound, verdict.problem) == (False, "its replacement, version 4, is missing")


ROW = "WHERE originator_id = 'lab-140525-7' AND originator_version = 2"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("topic = 'lab.eaten'", "the unknown name 'lab.eaten'"),
        (
            "(topic, state) = (SELECT topic, state FROM stored_events WHERE topic = 'campaign.opened')",
            "campaign.opened does not belong into this stream",
        ),
        ("originator_id = 'lab-7', originator_version = 1", "the name of the stream is none that belongs here"),
        ("originator_id = 'log-1'", "lab.certificate-granted does not belong into this stream"),
        ("originator_version = 9", "version 9 comes after version 1"),
        (
            "state = CAST(json_set(state, '$.recorded_at', '2001-01-01T00:00:00Z') AS BLOB)",
            "it was recorded before the fact before it",
        ),
    ],
)
def test_what_is_wrong_with_a_row_is_found_and_named_without_a_tree_to_compare_with(books, keys, change, problem):
    with unguarded(books) as connection:
        ((at,),) = connection.execute(f"SELECT rowid FROM stored_events {ROW}")
        connection.execute(f"UPDATE stored_events SET {change} {ROW}")
    books.with_name("books.db.tree").unlink()

    verdict = judged(books, keys)

    assert (verdict.position, str(verdict.problem)) == (at, problem)


@pytest.mark.parametrize("statement", ["UPDATE stored_events SET topic = 'x'", "DELETE FROM stored_events"])
def test_the_database_itself_refuses_to_change_facts(books, keys, statement):
    with (
        closing(sqlite3.connect(books)) as connection,
        pytest.raises(sqlite3.IntegrityError, match="facts never change"),
    ):
        connection.execute(statement)
    assert judged(books, keys).sound


def test_the_trials_would_find_a_build_that_compares_nothing(books, keys, monkeypatch):
    with unguarded(books) as connection:
        swapped(connection, random.Random(1), 600)
    assert not judged(books, keys).sound

    monkeypatch.setattr("dualcert.integrity.verifying._same", lambda hashes, *_: len(hashes))

    assert judged(books, keys).position != swapped_rows(random.Random(1), 600)[0]


def swapped_rows(chance, last):
    return sorted(chance.sample(range(1, last + 1), 2))
