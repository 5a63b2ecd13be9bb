"""A backup shows people only with the keys beside it, and nobody who was erased since."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing
from datetime import UTC, date, datetime

import pytest
from post import Post, message

from dualcert import Registry
from dualcert.backup import back_up, restore
from dualcert.errors import KeysUnusable, PersonUnreadable
from dualcert.people import Directory, Person
from dualcert.reporting.erasing import erase_person
from dualcert.reporting.outbox import Outbox
from dualcert.reporting.quarantine import Quarantine
from dualcert.store.keyfile import file_beside, read_keys, write_keys
from meanwhile import act_before_the_lock

NOW, DAY = datetime(2026, 11, 26, 8, tzinfo=UTC), date(2026, 11, 27)
ZHANG, LI = Person("person-1", "张三", email="zhang@example.org"), Person("person-2", "李四", "0351-7654321")
TEXT = "请于九月三十日前办理"


ON_BOTH = pytest.mark.parametrize("office", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def office(request, tmp_path):
    """An office with two people, and a message to the first of them that waits."""
    on_server = getattr(request, "param", "sqlite") == "postgresql"
    store = request.getfixturevalue("postgres_url") if on_server else str(tmp_path / "books.db")
    office = Post(store, tmp_path / "state")
    office.people.add(LI)
    office.messages.append(message("a", text=TEXT))
    office.plan()
    yield office
    office.close()


@pytest.fixture
def quarantine(tmp_path):
    return Quarantine(tmp_path / "state")


def known(store):
    """Return the people of a store, and the messages that can be read."""
    with (
        Registry.open(store) as registry,
        Directory.open(registry.store) as people,
        Outbox.open(registry.store) as outbox,
    ):
        return people.all(), [each.content.decode() for each in outbox.kept()]


def keys_of(office, folder):
    return file_beside(folder, office.registry.store.id)


@ON_BOTH
def test_a_backup_has_nothing_of_people_and_the_keys_lie_beside_it(office, tmp_path, quarantine):
    saved = back_up(office.store, tmp_path / "backups" / "first", NOW)

    keys = keys_of(office, tmp_path / "backups" / "first")
    assert (saved.keys, saved.unreadable) == (str(keys), 0)
    assert sorted(each.name for each in keys.parent.iterdir()) == ["first", keys.name]
    assert os.name != "posix" or stat.S_IMODE(keys.stat().st_mode) == 0o600
    stored = b"".join(each.read_bytes() for each in (tmp_path / "backups" / "first").iterdir())
    for private in (ZHANG.name, ZHANG.email, LI.name, LI.phone, TEXT):
        assert private.encode() not in stored
    assert not any(key.secret in stored for key in read_keys(keys, office.registry.store.id))
    restore(tmp_path / "backups" / "first", tmp_path / "restored.db", quarantine)
    assert known(tmp_path / "restored.db") == known(office.store)


@ON_BOTH
def test_who_is_erased_is_in_no_older_backup_after_the_next_one(office, tmp_path, quarantine):
    back_up(office.store, tmp_path / "old", NOW)
    erase_person(office.registry, "person-1", DAY)
    office.people.add(Person("person-3", "王五"))
    office.people.erase("person-3", DAY)
    back_up(office.store, tmp_path / "new", NOW)

    saved = restore(tmp_path / "old", tmp_path / "restored.db", quarantine)

    people, messages = known(tmp_path / "restored.db")
    assert people == [Person("person-1", erased_on=DAY), LI, Person("person-3", erased_on=DAY)]
    assert (messages, saved.unreadable) == ([""], 0)
    with Registry.open(tmp_path / "restored.db") as registry, Directory.open(registry.store) as directory:
        assert directory.free_id() == "person-4"


def test_without_keys_all_else_is_restored_and_the_keys_can_come_later(office, tmp_path, quarantine):
    back_up(office.store, tmp_path / "backup", NOW)
    keys = keys_of(office, tmp_path / "backup")
    keys.rename(tmp_path / "elsewhere.keys")

    saved = restore(tmp_path / "backup", tmp_path / "restored.db", quarantine)

    assert (saved.keys, saved.people, saved.unreadable, saved.messages) == (None, 2, 2, 1)
    with Registry.open(tmp_path / "restored.db") as registry, Directory.open(registry.store) as directory:
        with pytest.raises(PersonUnreadable, match="person-1"):
            directory.find("person-1")
        directory.keys.merge(read_keys(tmp_path / "elsewhere.keys", registry.store.id))
    assert known(tmp_path / "restored.db") == known(office.store)


def test_keys_are_taken_from_where_they_are_said_to_be(office, tmp_path, quarantine):
    back_up(office.store, tmp_path / "backup", NOW)
    keys_of(office, tmp_path / "backup").rename(tmp_path / "elsewhere.keys")
    write_keys(tmp_path / "foreign.keys", "0" * 32, [])

    for wrong in ("foreign.keys", "none.keys", "backup"):
        with pytest.raises(KeysUnusable, match=wrong):
            restore(tmp_path / "backup", tmp_path / "restored.db", quarantine, keys=tmp_path / wrong)
    assert not list(tmp_path.glob("restored.db*"))
    restore(tmp_path / "backup", tmp_path / "restored.db", quarantine, keys=tmp_path / "elsewhere.keys")
    assert known(tmp_path / "restored.db") == known(office.store)


def test_keys_that_the_store_has_lost_stay_in_the_file(tmp_path):
    office = Post(str(tmp_path / "books.db"), tmp_path / "state")
    back_up(office.store, tmp_path / "first", NOW)
    office.close()
    (tmp_path / "books.db.keys").unlink()

    saved = back_up(office.store, tmp_path / "second", NOW)

    assert saved.unreadable == 0, "the file beside the backup has the key"
    assert [key.person for key in read_keys(keys_of(office, tmp_path / "second"), office.registry.store.id)] == [
        "person-1"
    ]


def test_a_damaged_file_of_keys_lets_no_backup_replace_it(office, tmp_path):
    keys = keys_of(office, tmp_path / "backup")
    keys.write_text("{")

    with pytest.raises(KeysUnusable, match=keys.name):
        back_up(office.store, tmp_path / "backup", NOW)
    assert (keys.read_text(), (tmp_path / "backup").exists()) == ("{", False)


@pytest.mark.parametrize("option", ["", "?mode=ro"])
def test_a_store_in_plain_text_has_an_encrypted_backup(tmp_path, quarantine, option):
    """Its people were entered with an older dualcert; it is encrypted by the way, where it can be written."""
    with (
        Registry.create(tmp_path / "books.db", policy="shanxi-2023") as registry,
        Directory.open(registry.store) as people,
    ):
        people.add(LI)
    with closing(sqlite3.connect(tmp_path / "books.db.people")) as connection, connection:
        connection.execute("UPDATE dualcert_people SET name = ?, phone = ?", (LI.name, LI.phone))

    for name in ("first", "second"):
        back_up(f"sqlite:///{tmp_path}/books.db{option}", tmp_path / name, NOW)
        stored = b"".join(each.read_bytes() for each in (tmp_path / name).iterdir())
        assert LI.name.encode() not in stored

    assert (LI.name.encode() in (tmp_path / "books.db.people").read_bytes()) == bool(option)
    restore(tmp_path / "first", tmp_path / "restored.db", quarantine)
    assert known(tmp_path / "restored.db")[0] == [LI]


def test_a_backup_in_plain_text_is_restored_encrypted(tmp_path, quarantine, monkeypatch):
    """So is one that an older dualcert made."""
    office = Post(str(tmp_path / "books.db"), tmp_path / "state")
    office.close()
    with monkeypatch.context() as older:
        older.setattr("dualcert.store.keys.KeyedTable.encrypt", lambda _: None)
        with closing(sqlite3.connect(tmp_path / "books.db.people")) as connection, connection:
            connection.execute("UPDATE dualcert_people SET name = ?, email = ?", (ZHANG.name, ZHANG.email))
        back_up(office.store, tmp_path / "backup", NOW)
    keys_of(office, tmp_path / "backup").unlink()
    assert ZHANG.name.encode() in (tmp_path / "backup" / "books.db.people").read_bytes()

    restore(tmp_path / "backup", tmp_path / "restored.db", quarantine)

    assert known(tmp_path / "restored.db")[0] == [ZHANG]
    assert ZHANG.name.encode() not in (tmp_path / "restored.db.people").read_bytes()


def test_two_backups_at_once_have_everybodys_keys_and_nobodys_who_was_erased(office, tmp_path, quarantine, monkeypatch):
    """While one backup is made, somebody is added, somebody is erased, and another backup is made."""
    folder, wang = tmp_path / "backups", Person("person-3", "王五")

    def another():
        office.people.add(wang)
        office.people.erase(LI.person, DAY)
        back_up(office.store, folder / "second", NOW)

    act_before_the_lock(monkeypatch, "dualcert.store.keyfile", another)

    back_up(office.store, folder / "first", NOW)

    for name in ("first", "second"):
        restore(folder / name, tmp_path / f"{name}.db", quarantine)
    assert known(tmp_path / "second.db")[0] == [ZHANG, Person(LI.person, erased_on=DAY), wang]
    assert known(tmp_path / "first.db")[0] == [ZHANG, Person(LI.person, erased_on=DAY), Person("person-3", None)][:2]
