"""A backup that is copied over a store whose process died: the journal that lies there would ruin it."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from dualcert import Registry
from dualcert.domain.commands import ReportHighlight
from dualcert.errors import StoreJournalLeft
from tampering import unguarded

CRASHED = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA journal_mode = truncate")
connection.execute("PRAGMA cache_size = 5")
connection.execute("BEGIN IMMEDIATE")
for n in range(int(sys.argv[2])):
    connection.execute("INSERT INTO stored_events (originator_id, originator_version, topic, state) VALUES (?, 1, 'x', ?)",
                       (f"lab-{n}", "x" * 900))
os._exit(1)
"""


def note(text):
    return ReportHighlight(campaign="campaign-shanxi-2023", city="140500", note=text, on="2023-05-05")


@pytest.fixture
def store(tmp_path):
    """A store with a backup of some facts ago."""
    path = tmp_path / "books.db"
    with Registry.create(f"sqlite:///{path}?journal=rollback", policy="shanxi-2023") as registry:
        registry.execute(note("before the backup"))
        shutil.copy(path, tmp_path / "backup.db")
        for n in range(40):
            registry.execute(note(f"after the backup {n}" + "长" * 200))
    return path


def crash(path, rows=200):
    """Die within a transaction that has written to the file already."""
    subprocess.run([sys.executable, "-c", CRASHED, path, str(rows)], check=False)
    journal = path.with_name("books.db-journal")
    assert journal.stat().st_size > 0
    return journal


def test_a_store_whose_process_died_is_rolled_back(store):
    crash(store)

    with Registry.open(store) as registry:
        assert registry.catch_up() == 43


def test_a_backup_beside_the_journal_of_another_state_is_not_opened(store, tmp_path):
    journal = crash(store)
    shutil.copy(tmp_path / "backup.db", store)
    before = store.read_bytes()

    with pytest.raises(StoreJournalLeft, match=r"books\.db-journal"):
        Registry.open(store)
    assert store.read_bytes() == before

    journal.rename(tmp_path / "moved-away")  # as the message says
    with Registry.open(store) as registry:
        assert registry.catch_up() == 3


def test_a_journal_that_somebody_is_writing_is_no_hindrance(store):
    with unguarded(store):
        pass
    with closing(sqlite3.connect(store, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = truncate")
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM stored_events WHERE rowid = 40")
        for _ in range(3):
            with Registry.open(store) as registry:
                assert registry.catch_up() == 43
        writer.execute("ROLLBACK")
