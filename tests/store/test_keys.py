"""What is stored of a person is encrypted under their key, and gone with it."""

from __future__ import annotations

import itertools
import json
import os
import sqlite3
import stat
from contextlib import closing
from datetime import date
from pathlib import Path

import psycopg
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dualcert import Registry
from dualcert.errors import FileExists, KeysUnusable, PersonErased, PersonUnreadable, StoreDamaged, WrittenByNewer
from dualcert.people import Directory, Person
from dualcert.reporting import Document, Message
from dualcert.reporting.erasing import erase_person
from dualcert.reporting.outbox import Outbox
from dualcert.store.keyfile import file_beside, read_keys, update_keys, write_keys
from dualcert.store.keys import Keys, PersonKey
from meanwhile import act_after, act_before, act_before_the_lock

DAY = date(2024, 1, 2)
ZHANG = Person("person-1", "张三丰", "0351-1234567", "zhang@example.cn")
LI = Person("person-2", "李四")


@pytest.fixture
def registry(tmp_path):
    with Registry.create(tmp_path / "books.db", policy="shanxi-2023") as registry:
        yield registry


@pytest.fixture
def directory(registry):
    """The directory of a store, with two people in it."""
    with Directory.open(registry.store) as directory:
        directory.add(ZHANG)
        directory.add(LI)
        yield directory


def changed(store, suffix, statement, values=()):
    """Change a table beside *store* as somebody would who knows SQL."""
    with closing(sqlite3.connect(f"{store.url.path}.{suffix}")) as connection, connection:
        return connection.execute(statement, values).fetchall()


def bytes_of(folder):
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


# nothing of a person is in any byte

WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=60).map("canary-{}".format)
"""Texts that stand nowhere by chance."""


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """Books with a directory and an outbox that are written to by every example."""
    folder = tmp_path_factory.mktemp("office")
    with (
        Registry.create(folder / "books.db", policy="shanxi-2023") as registry,
        Directory.open(registry.store) as people,
        Outbox.open(registry.store) as outbox,
    ):
        yield folder, registry, people, outbox, itertools.count(1)


@settings(phases=[Phase.explicit, Phase.generate], max_examples=min(settings().max_examples, 300))
@given(WORDS, WORDS, WORDS)
def test_nothing_of_a_person_or_of_a_message_is_in_any_byte(office, name, phone, content):
    folder, registry, people, outbox, numbers = office
    person = Person(f"person-{next(numbers)}", name, phone, "canary@example.cn")
    message = Message(
        key="k",
        to=person.person,
        subject=name,
        text=content,
        attachments=[Document("a", "text/plain", content.encode())],
    )

    people.add(person)
    sha256 = outbox.put(f"dispatch-{person.person}", message)

    assert (people.find(person.person), outbox.get(f"dispatch-{person.person}", sha256)) == (person, message)
    stored = bytes_of(folder)
    for text in (name, phone, content, "canary"):
        assert text.encode() not in stored
    people.add(Person(person.person, phone))
    erase_person(registry, person.person, DAY)
    assert people.find(person.person) == Person(person.person, erased_on=DAY)


def test_the_key_of_an_erased_person_is_in_no_byte(directory, tmp_path):
    secrets = {id_: key.secret for id_, key in directory.keys.all().items()}
    assert all(secret in bytes_of(tmp_path) for secret in secrets.values())

    directory.erase("person-1", DAY)

    assert secrets["person-1"] not in bytes_of(tmp_path)
    assert directory.find("person-2") == LI
    assert directory.keys.all()["person-1"] == PersonKey("person-1", erased_on=DAY)
    mode = stat.S_IMODE((tmp_path / "books.db.keys").stat().st_mode)
    assert os.name != "posix" or mode == 0o600


def test_the_key_of_an_erased_person_is_in_no_row_version_of_the_table(postgres_url):
    with Registry.create(postgres_url, policy="shanxi-2023") as registry, Directory.open(registry.store) as directory:
        directory.add(ZHANG)
        secret = directory.keys.find("person-1").secret
        directory.erase("person-1", DAY)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        raw = b"".join(
            bytes(connection.execute(f"SELECT pg_read_binary_file(pg_relation_filepath('{table}'))").fetchone()[0])
            for table in ("dualcert_keys", "dualcert_people")
        )
    assert b"person-1" in raw
    assert secret not in raw
    assert ZHANG.name.encode() not in raw


def test_the_same_name_is_stored_differently_each_time(directory, registry):
    def stored():
        return changed(registry.store, "people", "SELECT name FROM dualcert_people WHERE person = 'person-1'")

    before = stored()
    directory.add(ZHANG)
    assert stored() != before


def test_who_was_erased_after_a_copy_is_erased_in_the_copy_by_the_key_alone(directory, registry, tmp_path):
    """The rows of the directory are as they were before: the key is gone, so the person is."""
    before = (tmp_path / "books.db.people").read_bytes()
    directory.erase("person-1", DAY)
    directory.add(Person("person-3", "王五"))
    directory.erase("person-3", DAY)
    (tmp_path / "books.db.people").write_bytes(before)

    with Directory.open(registry.store) as copy:
        erased = Person("person-1", erased_on=DAY)
        assert copy.all() == [erased, LI, Person("person-3", erased_on=DAY)]
        assert copy.free_id() == "person-4", "not even the id of somebody of whom the copy knows nothing is given away"
        with pytest.raises(PersonErased):
            copy.add(ZHANG)


# what cannot be read is said


def without_the_key(store):
    changed(store, "keys", "DELETE FROM dualcert_keys WHERE person = 'person-1'")


def with_another_key(store):
    changed(store, "keys", "UPDATE dualcert_keys SET secret = ? WHERE person = 'person-1'", (bytes(32),))


def with_half_a_key(store):
    changed(store, "keys", "UPDATE dualcert_keys SET secret = ? WHERE person = 'person-1'", (bytes(7),))


def with_the_name_of_another(store):
    changed(
        store,
        "people",
        "UPDATE dualcert_people SET name = (SELECT name FROM dualcert_people WHERE person = 'person-2')",
    )


def with_columns_exchanged(store):
    changed(store, "people", "UPDATE dualcert_people SET name = phone, phone = name WHERE person = 'person-1'")


def with_a_phone_beside(store):
    changed(store, "people", "UPDATE dualcert_people SET phone = '0351-7' WHERE person = 'person-1'")


def with_a_character_changed(store):
    changed(store, "people", "UPDATE dualcert_people SET name = name || 'A' WHERE person = 'person-1'")


def with_a_text_cut(store):
    changed(store, "people", "UPDATE dualcert_people SET name = substr(name, 1, 9) WHERE person = 'person-1'")


@pytest.mark.parametrize(
    "harm",
    [
        without_the_key, with_another_key, with_half_a_key, with_the_name_of_another, with_columns_exchanged, with_a_phone_beside,
        with_a_character_changed, with_a_text_cut,
    ],
)  # fmt: skip
def test_who_cannot_be_read_is_named_and_the_others_are_read(directory, registry, harm):
    harm(registry.store)

    first, second = directory.all()
    assert first.unreadable
    assert (first.person, first.name, first.phone) == ("person-1", None, None)
    assert second == LI
    for ask in (
        lambda: directory.find("person-1"),
        lambda: directory.called("张三丰"),
        lambda: directory.change("person-1", lambda known: known),
    ):
        with pytest.raises(PersonUnreadable, match=r"person-1.*people keys FILE"):
            ask()
    assert directory.find("person-2") == LI


def test_a_row_of_keys_that_holds_neither_a_key_nor_a_day_is_damage(directory, registry):
    changed(registry.store, "keys", "UPDATE dualcert_keys SET secret = NULL WHERE person = 'person-1'")

    with pytest.raises(StoreDamaged, match="holds no key"):
        directory.find("person-1")


def test_an_entry_that_cannot_be_read_is_entered_anew_or_erased(directory, registry):
    without_the_key(registry.store)
    directory.add(ZHANG)
    assert directory.find("person-1") == ZHANG

    without_the_key(registry.store)
    directory.erase("person-1", DAY)
    assert directory.find("person-1") == Person("person-1", erased_on=DAY)


def test_a_lost_file_of_keys_is_made_again_from_another(directory, registry, tmp_path):
    kept = list(directory.keys.all().values())
    directory.close()
    (tmp_path / "books.db.keys").unlink()

    with Directory.open(registry.store) as found:
        assert [person.unreadable for person in found.all()] == ["its key is missing"] * 2
        found.add(Person("person-3", "王五"))
        found.keys.merge(kept)
        assert found.all() == [ZHANG, LI, Person("person-3", "王五")]
        found.keys.merge([PersonKey("person-2", erased_on=DAY), PersonKey("person-1", bytes(32))])
        assert found.all() == [ZHANG, Person("person-2", erased_on=DAY), Person("person-3", "王五")]


def test_names_are_looked_up_as_they_are_now_whoever_changed_them(directory, registry):
    assert directory.called("张三丰") == ["person-1"]
    with Directory.open(registry.store) as other:
        other.add(Person("person-3", "张三丰"))
        assert directory.called("张三丰") == ["person-1", "person-3"]
        other.erase("person-1", DAY)
    assert directory.called("张三丰") == ["person-3"]


def test_a_message_is_read_only_at_its_dispatch_and_with_its_key(registry):
    message = Message(key="k", to="person-1", subject="站", text="站")
    with Outbox.open(registry.store) as outbox:
        sha256 = outbox.put("dispatch-1", message)
        changed(registry.store, "outbox", "UPDATE dualcert_outbox SET dispatch = 'dispatch-2'")
        assert outbox.get("dispatch-2", sha256) is None
        (kept,) = outbox.kept()
        assert (kept.to, kept.sound) == ("person-1", False)
        outbox.keys.destroy("person-1", DAY)
        with pytest.raises(PersonErased):
            outbox.put("dispatch-3", message)


# tables of before there were keys


@pytest.fixture
def old(registry):
    """A store whose directory and outbox are in plain text."""
    owner = "(nth INTEGER PRIMARY KEY CHECK (nth = 1), store_id TEXT NOT NULL, format INTEGER NOT NULL)"
    content = Message(key="k", to="person-1", subject="站", text="给张三丰").freeze()
    rows = {
        Directory: [
            ("person-1", ZHANG.name, ZHANG.phone, ZHANG.email, None),
            ("person-3", None, None, None, "2023-05-05"),
        ],
        Outbox: [("dispatch-1", "0" * 64, content), ("dispatch-2", "1" * 64, b"{")],
    }
    for kind, stored in rows.items():
        changed(registry.store, kind.suffix, f"CREATE TABLE {kind.table} ({kind.declared})")
        changed(registry.store, kind.suffix, f"CREATE TABLE {kind.table}_owner {owner}")
        changed(registry.store, kind.suffix, f"INSERT INTO {kind.table}_owner VALUES (1, ?, 1)", (registry.store.id,))
        for row in stored:
            changed(registry.store, kind.suffix, f"INSERT INTO {kind.table} VALUES ({', '.join('?' * len(row))})", row)
    return registry.store


def test_people_in_plain_text_are_read_and_encrypted_by_the_next_writing(old, tmp_path):
    erased = Person("person-3", erased_on=date(2023, 5, 5))
    with Directory.open(old) as reader, Directory.open(old) as writer:
        assert reader.all() == [ZHANG, erased]
        assert (reader.in_plain_text(), (tmp_path / "books.db.keys").exists()) == (1, False)

        writer.add(LI)

        assert reader.all() == writer.all() == [ZHANG, LI, erased]
        assert writer.in_plain_text() == 0
    assert ZHANG.name.encode() not in (tmp_path / "books.db.people").read_bytes()


def test_messages_in_plain_text_are_read_and_encrypted_too(old, tmp_path):
    with Outbox.open(old) as outbox:
        before = outbox.kept()
        assert (outbox.in_plain_text(), [each.to for each in before]) == (2, ["person-1", None])

        outbox.encrypt()

        assert outbox.in_plain_text() == 0
        assert [each.content for each in outbox.kept()] == [each.content for each in before]
    assert ZHANG.name.encode() not in (tmp_path / "books.db.outbox").read_bytes()


def test_what_is_left_in_plain_text_of_an_erased_person_goes(old):
    with Keys.open(old) as keys:
        keys.destroy("person-1", DAY)
    with Directory.open(old) as directory, Outbox.open(old) as outbox:
        directory.encrypt()
        outbox.encrypt()
        assert directory.find("person-1") == Person("person-1", erased_on=DAY)
        assert [each.dispatch for each in outbox.kept()] == ["dispatch-2"]


# the file of keys beside backups


@pytest.mark.parametrize("backup", ["backup", "backup/", ".", "../backup", "inner/.."])
def test_the_keys_are_in_the_folder_that_has_the_backup(tmp_path, monkeypatch, backup):
    (tmp_path / "backup" / "inner").mkdir(parents=True)
    monkeypatch.chdir(tmp_path if backup.startswith("backup") else tmp_path / "backup")

    assert file_beside(Path(backup), "a" * 32).resolve() == tmp_path / "people-aaaaaaaa.keys"


def test_a_file_of_keys_is_its_owners_and_is_replaced_whole(tmp_path):
    path = file_beside(tmp_path / "backup", "a" * 32)
    keys = [PersonKey("person-1", bytes(range(32))), PersonKey("person-2", erased_on=DAY)]

    write_keys(path, "a" * 32, keys)
    assert read_keys(path, "a" * 32) == keys
    with path.open("rb") as before:
        write_keys(path, "a" * 32, keys[1:])
        assert os.name != "posix" or not before.read().strip(b"\0"), "the bytes of the old keys are overwritten"

    assert read_keys(path, "a" * 32) == keys[1:]
    assert os.name != "posix" or stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", KeysUnusable),
        (b"\xff", KeysUnusable),
        (b'{"format": 1, "store_id": "x"}', KeysUnusable),
        (json.dumps({"format": 1, "store_id": "b" * 32, "keys": {}}).encode(), KeysUnusable),
        (
            json.dumps({"format": 1, "store_id": "a" * 32, "keys": {"person-1": {"secret": "ä"}}}).encode(),
            KeysUnusable,
        ),
        (json.dumps({"format": 2, "store_id": "a" * 32, "people": {}}).encode(), WrittenByNewer),
        (None, KeysUnusable),
    ],
)
def test_what_is_no_file_of_keys_is_refused_by_name(tmp_path, content, refusal):
    path = tmp_path / "people.keys"
    path.mkdir() if content is None else path.write_bytes(content)

    with pytest.raises(refusal, match=r"people\.keys"):
        read_keys(path, "a" * 32)
    if content is None:
        with pytest.raises(FileExists):
            write_keys(path, "a" * 32, [])


def test_a_file_of_keys_keeps_what_another_backup_wrote_meanwhile(tmp_path, monkeypatch):
    path, other = file_beside(tmp_path / "backup", "a" * 32), bytes(32)
    act_before_the_lock(
        monkeypatch,
        "dualcert.store.keyfile",
        lambda: write_keys(path, "a" * 32, [PersonKey("person-1", erased_on=DAY), PersonKey("person-2", other)]),
    )

    update_keys(path, "a" * 32, [PersonKey("person-1", bytes(range(32))), PersonKey("person-3", erased_on=DAY)])

    assert read_keys(path, "a" * 32) == [
        PersonKey("person-1", erased_on=DAY), PersonKey("person-2", other), PersonKey("person-3", erased_on=DAY),
    ]  # fmt: skip


def test_a_key_that_is_made_while_it_is_merged_as_destroyed_is_overwritten(registry, monkeypatch):
    with Keys.open(registry.store) as keys, Keys.open(registry.store) as others:
        keys.of(["person-2"])
        made, overwritten = [], []
        act_before(monkeypatch, "dualcert.store.keys.Keys._overwrite_deleted", lambda: overwritten.append("yes"))
        act_after(monkeypatch, "dualcert.store.keys.Keys.all", lambda: made.append(others.of(["person-1"])["person-1"]))

        keys.merge([PersonKey("person-1", erased_on=DAY)])

        assert made[0].secret
        assert overwritten
        assert keys.find("person-1") == PersonKey("person-1", erased_on=DAY)
