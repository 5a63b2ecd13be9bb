"""The doctor finds what is wrong, and changes nothing."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from dualcert import Registry, processes
from dualcert.doctor import examine, mend
from dualcert.domain.commands import AssignPairing, ReportHighlight
from dualcert.errors import StoreForeign
from dualcert.people import Directory, Person
from dualcert.reporting import Message
from dualcert.reporting.outbox import Outbox, digest_of
from dualcert.reporting.quarantine import Quarantine
from dualcert.reporting.sidetables import ALL
from dualcert.store import mounts
from dualcert.store.sidetable import SideTable
from tampering import unguarded

NOW = datetime(2026, 5, 1, tzinfo=UTC)


TRIED = cache(processes.strength)


@pytest.fixture(autouse=True)
def confinement_is_tried_once(monkeypatch):
    monkeypatch.setattr(processes, "strength", TRIED)


@pytest.fixture
def quarantine(tmp_path):
    return Quarantine(tmp_path / "state")


@pytest.fixture
def store(tmp_path):
    path = tmp_path / "books.db"
    with Registry.create(path, policy="shanxi-2023", clock=lambda: NOW) as registry:
        registry.execute(AssignPairing(kind="province-city", supporter="person-7", target="140500", on="2023-05-05"))
        with Directory.open(registry.store) as people, Outbox.open(registry.store) as outbox:
            people.add(Person("person-7", "张三"))
            outbox.put("dispatch-1", Message(key="k", to="person-7", subject="s", text="t"))
            outbox.drop("dispatch-1")
    return path


def found(store, quarantine, *, state="wrong", now=NOW):
    return [
        (each.check, str(each.detail)) for each in examine(store, quarantine=quarantine, now=now) if each.state == state
    ]


def test_a_sound_store_is_sound_and_nothing_is_changed(store, quarantine, tmp_path):
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in tmp_path.iterdir() if path.is_file()}

    assert found(store, quarantine) == []
    assert found(store, quarantine, state="note") == []

    after = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in tmp_path.iterdir() if path.is_file()}
    assert {path: content for path, (_, content) in after.items()} == {p: content for p, (_, content) in before.items()}


def test_what_can_be_mended_is_mended(store, quarantine):
    with unguarded(store):
        pass
    beside = store.with_name("books.db.people")
    beside.chmod(0o644)
    before = found(store, quarantine)
    assert "append-only" in {check for check, _ in before}

    mend(store)

    assert found(store, quarantine) == []
    mend(store)  # again, and where there is none, it does nothing
    mend(store.with_name("nothing.db"))
    assert not store.with_name("nothing.db").exists()


def test_people_and_messages_in_plain_text_are_found_and_encrypted(store, quarantine):
    content = Message(key="k", to="person-7", subject="s", text="张三").freeze()
    in_the_table(store, "people", "UPDATE dualcert_people SET name = '张三'")
    in_the_table(
        store, "outbox", "INSERT INTO dualcert_outbox VALUES ('dispatch-1', ?, ?)", (digest_of(content), content)
    )
    rows = "1 rows of {}.{} are in plain text: doctor --fix"
    assert found(store, quarantine) == [(name, rows.format(store, name)) for name in ("people", "outbox")]

    mend(store)

    assert found(store, quarantine) == []
    for name in ("people", "outbox"):
        assert "张三".encode() not in store.with_name(f"books.db.{name}").read_bytes()


def in_the_table(store, suffix, statement, values=()):
    with closing(sqlite3.connect(store.with_name(f"books.db.{suffix}"))) as connection, connection:
        connection.execute(statement, values)


def test_people_who_cannot_be_read_are_named(store, quarantine):
    in_the_table(store, "keys", "DELETE FROM dualcert_keys")

    ((check, detail),) = found(store, quarantine)
    assert (check, "1 people cannot be read: person-7" in detail) == ("people", True)


def test_a_store_in_postgresql_is_looked_at_too(postgres_url, quarantine):
    Registry.create(postgres_url, policy="shanxi-2023", clock=lambda: NOW).close()

    assert found(postgres_url, quarantine) == []
    with_the_server = [
        each for each in examine(postgres_url, quarantine=quarantine, now=NOW) if each.check == "integrity"
    ]
    assert "PostgreSQL" in with_the_server[0].detail


def test_a_store_that_is_not_there_is_a_note(tmp_path, quarantine):
    assert found(tmp_path / "none.db", quarantine) == []
    assert found(tmp_path / "none.db", quarantine, state="note")[-1][1].startswith("store-missing: ")


def readable_by_others(store):
    store.with_name("books.db.people").chmod(0o644)


def a_journal_of_another_state(store):
    shutil.copy(store, store.with_name("old.db"))
    with Registry.open(f"sqlite:///{store}?journal=rollback") as registry:
        for n in range(30):
            registry.execute(
                ReportHighlight(campaign="campaign-shanxi-2023", city="140500", note=str(n), on="2023-05-05")
            )
    with unguarded(store):
        pass
    with closing(sqlite3.connect(store, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = persist")
        connection.execute("PRAGMA cache_size = 2")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE stored_events SET topic = topic || 'x'")
        journal = store.with_name("books.db-journal").read_bytes()
        connection.execute("ROLLBACK")
    store.with_name("books.db-journal").write_bytes(journal)
    shutil.copy(store.with_name("old.db"), store)


def damaged_pages(store):
    path = store.with_name("books.db.people")
    content = bytearray(path.read_bytes())
    content[4096 + 8 :] = os.urandom(len(content) - 4096 - 8)
    path.write_bytes(content)


def a_changed_message(store):
    with closing(sqlite3.connect(store.with_name("books.db.outbox"))) as connection, connection:
        connection.execute("INSERT INTO dualcert_outbox VALUES ('dispatch-9', ?, 'forged')", ("0" * 64,))


def a_damaged_fact(store):
    with unguarded(store) as connection:
        connection.execute("UPDATE stored_events SET state = x'ff00' WHERE rowid = 3")


@pytest.mark.parametrize(
    ("wrong", "check"),
    [
        (readable_by_others, "permissions"),
        (a_journal_of_another_state, "file"),
        (damaged_pages, "people"),
        (a_changed_message, "outbox"),
        (a_damaged_fact, "store"),
    ],
)
def test_what_is_wrong_is_found(store, quarantine, wrong, check):
    wrong(store)

    assert check in [name for name, _ in found(store, quarantine)] or found(store, quarantine)[0][0] in {check, "facts"}


def test_a_clock_behind_the_log_is_wrong(store, quarantine):
    assert [name for name, _ in found(store, quarantine, now=NOW - timedelta(days=1))] == ["clock"]


def test_ids_that_the_directory_has_lost_and_stray_messages_are_notes(store, quarantine):
    with Registry.open(store, accept_clock=True) as registry:
        registry.execute(AssignPairing(kind="province-city", supporter="person-8", target="140600", on="2023-05-05"))
        with Outbox.open(registry.store) as outbox:
            outbox.put("dispatch-1", Message(key="k", to="person-7", subject="s", text="t"))

    notes = dict(found(store, quarantine, state="note"))

    assert "person-8" in notes["people"]
    assert "dispatch-1" in notes["outbox"]


def test_a_network_file_system_is_wrong(store, quarantine, tmp_path, monkeypatch):
    table = tmp_path / "mounts"
    table.write_text(f"/dev/sda / ext4 rw 0 0\nserver:/export {tmp_path} nfs4 rw 0 0\n")
    monkeypatch.setattr(mounts, "TABLE", table)

    ((check, said),) = found(store, quarantine)

    assert check == "file"
    assert "nfs4" in said


def test_a_folder_for_state_that_cannot_be_written_is_wrong(store, tmp_path):
    (tmp_path / "file").write_text("")

    assert "sending" in [name for name, _ in found(store, Quarantine(tmp_path / "file" / "state"))]


def test_doctor_mends_the_permissions_of_a_store_and_of_nothing_else(store, quarantine, tmp_path):
    beside = store.with_name("books.db.people")
    other, folder, pipe = tmp_path / "letter.txt", tmp_path / "folder", tmp_path / "pipe"
    other.write_text("ours", encoding="utf-8")
    folder.mkdir()
    os.mkfifo(pipe)
    for path, mode in ((store, 0o644), (pipe, 0o622), (beside, 0o640), (other, 0o644), (folder, 0o755)):
        path.chmod(mode)

    mend(store)
    for foreign in (other, folder, pipe):
        with pytest.raises(StoreForeign):
            mend(foreign)

    assert [stat.S_IMODE(path.stat().st_mode) for path in (store, beside, other, folder)] == [
        0o600,
        0o600,
        0o644,
        0o755,
    ]
    assert "permissions" not in dict(found(folder, quarantine))


def test_every_table_beside_a_log_is_listed():
    made, todo = set(), [SideTable]
    while todo:
        todo += (each for each in todo.pop().__subclasses__() if each.__module__.startswith("dualcert."))
        made |= {each for each in todo if hasattr(each, "suffix")}

    assert {*ALL} == made


ODD = {
    "a pipe": os.mkfifo if hasattr(os, "mkfifo") else Path.mkdir,
    "a folder": Path.mkdir,
    "a loop of links": lambda path: path.symlink_to(path),
    "no store": lambda path: path.write_text("x", encoding="utf-8"),
}


@pytest.mark.parametrize("odd", ODD)
def test_whatever_lies_in_the_place_of_a_table_is_named_and_not_waited_for(store, quarantine, odd):
    for kind in ALL:
        path = store.with_name(f"{store.name}.{kind.suffix}")
        path.unlink(missing_ok=True)
        ODD[odd](path)

        wrong = [each.detail for each in examine(store, quarantine=quarantine, now=NOW) if each.state == "wrong"]
        assert any(str(path) in str(each) for each in wrong), path
        path.rmdir() if path.is_dir() else path.unlink()
