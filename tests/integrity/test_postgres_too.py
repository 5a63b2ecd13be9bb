"""A store in PostgreSQL is guarded, sealed and verified like one in a file."""

from __future__ import annotations

from contextlib import closing

import psycopg
import pytest

from dualcert import Registry
from dualcert.doctor import mend
from dualcert.errors import NotSound, StoreMissing
from dualcert.integrity.sealing import seal
from dualcert.store import postgres
from dualcert.store.copying import copy_log
from dualcert.store.log import open_log
from dualcert.store.url import parse_url
from integrity_books import commands, judged, more


@pytest.fixture
def books(postgres_url):
    with Registry.open(postgres_url, policy="shanxi-2023") as registry:
        registry.execute_many(list(commands(300)))
    return postgres_url


def sealed(url, keys):
    with closing(open_log(url)) as log:
        return seal(log, keys)


def tampered(url, statement):
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"ALTER TABLE {postgres.TABLE} DISABLE TRIGGER {postgres.GUARD}")
        connection.execute(statement)


def test_the_tree_is_that_of_the_same_facts_in_a_file(books, keys, tmp_path):
    copy_log(books, tmp_path / "copy.db")

    made = sealed(books, keys)

    assert made.checkpoint == sealed(tmp_path / "copy.db", keys).checkpoint
    with Registry.open(books) as registry:
        registry.execute_many(more(300))
    verdict = judged(books, keys, codes=[made.checkpoint.code])
    assert (verdict.sound, verdict.compared, verdict.facts) == (True, 602, 902)


@pytest.mark.parametrize(
    ("statement", "position"),
    [
        ("UPDATE dualcert_events SET state = replace(convert_from(state, 'UTF8'), '站99\"', '站98\"')::bytea", 199),
        ("DELETE FROM dualcert_events WHERE originator_id = 'lab-140525-300'", 601),
        ("DELETE FROM dualcert_events WHERE originator_id = 'lab-140525-7'", 15),
    ],
)
def test_what_was_changed_is_found(books, keys, statement, position):
    sealed(books, keys)
    tampered(books, statement)

    assert (judged(books, keys).sound, judged(books, keys).position) == (False, position)
    with pytest.raises(NotSound):
        sealed(books, keys)


@pytest.mark.parametrize("statement", ["UPDATE dualcert_events SET topic = 'x'", "DELETE FROM dualcert_events", "TRUNCATE dualcert_events"])  # fmt: skip
def test_the_server_refuses_to_change_facts(books, statement):
    with psycopg.connect(books, autocommit=True) as connection, pytest.raises(psycopg.errors.RaiseException, match="facts never change"):  # fmt: skip
        connection.execute(statement)


@pytest.mark.parametrize("how", ["DROP TRIGGER {guard} ON {table}", "ALTER TABLE {table} DISABLE TRIGGER {guard}"])
def test_a_guard_that_is_missing_or_off_is_made_again(books, how):
    url = parse_url(books)
    assert postgres.is_guarded(url)
    with psycopg.connect(books, autocommit=True) as connection:
        connection.execute(how.format(guard=postgres.GUARD, table=postgres.TABLE))
    assert not postgres.is_guarded(url)

    mend(books)

    assert postgres.is_guarded(url)


def test_where_there_is_no_log_nothing_is_mended(postgres_url):
    with pytest.raises(StoreMissing):
        mend(postgres_url)
