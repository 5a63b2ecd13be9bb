"""The directory of people: outside the log, erasable for good, on every store."""

from __future__ import annotations

import sqlite3
import stat
import threading
from contextlib import closing
from datetime import date

import psycopg
import pytest

from dualcert import Registry, Right, Rights
from dualcert.errors import BadId, BadText, BadValue, PersonErased, PersonIdTaken, StoreBusy, UnknownPerson
from dualcert.people import Directory, Person

ZHANG = Person("person-17", "张三丰-canary", "0351-1234567", "zhang@example.cn")


@pytest.fixture(params=["sqlite", "postgresql", "memory"])
def store(request, tmp_path):
    """A store that was opened: beside it the directory lies."""
    url = {
        "sqlite": lambda: str(tmp_path / "b.db"),
        "postgresql": lambda: request.getfixturevalue("postgres_url"),
        "memory": lambda: ":memory:",
    }[request.param]()
    with Registry.create(url, policy="shanxi-2023") as registry:
        yield registry.store


@pytest.fixture
def sqlite_store(tmp_path):
    with Registry.create(tmp_path / "b.db", policy="shanxi-2023") as registry:
        yield registry.store


@pytest.fixture
def postgres_store(postgres_url):
    with Registry.create(postgres_url, policy="shanxi-2023") as registry:
        yield registry.store


def test_chinese_names_are_looked_up_without_their_blanks(store):
    with Directory.open(store) as directory:
        for person, name in (
            ("person-1", "张　三"),
            ("person-2", "张 三"),
            ("person-3", "张三"),
            ("person-4", "Ann Lee"),
        ):
            directory.add(Person(person, name))

        assert directory.called("张三") == directory.called("张　三") == ["person-1", "person-2", "person-3"]
        assert (directory.called("Ann Lee"), directory.called("AnnLee")) == (["person-4"], [])


def test_a_person_is_added_changed_found_and_erased(store):
    with Directory.open(store) as directory:
        directory.add(Person("person-17", "张三"))
        directory.add(ZHANG)
        directory.add(Person("person-2"))

        assert directory.find("person-17") == ZHANG
        assert [p.person for p in directory.all()] == ["person-17", "person-2"]
        directory.erase("person-17", date(2024, 1, 2))
        directory.erase("person-17", date(2024, 1, 3))
        assert directory.find("person-17") == Person("person-17", erased_on=date(2024, 1, 2))
        with pytest.raises(PersonErased):
            directory.add(ZHANG)
        with pytest.raises(UnknownPerson):
            directory.erase("person-9", date(2024, 1, 2))


def test_it_lies_beside_the_store_and_is_kept(store):
    with Directory.open(store) as directory:
        assert not directory.exists()
        assert directory.all() == []
        assert not directory.exists(), "a question makes none"
        directory.add(ZHANG)
        assert directory.exists()
    if store.url.kind == "memory":
        return
    with Directory.open(store) as directory:
        assert directory.find("person-17") == ZHANG


def test_an_id_is_given_to_one_person_only(store):
    with Directory.open(store) as directory:
        directory.claim([Person("person-1", "王建国"), Person("person-2", "周海燕")])

        with pytest.raises(PersonIdTaken, match="person-2"):
            directory.claim([Person("person-3", "冯某某"), Person("person-2", "王建国")])

        assert [person.person for person in directory.all()] == ["person-1", "person-2"]
        assert directory.free_id() == "person-3"
        directory.erase("person-2", date(2024, 1, 2))
        assert directory.free_id(["person-7"]) == "person-8"
        with pytest.raises(PersonIdTaken):
            directory.claim([Person("person-2", "冯某某")])


def test_nobody_is_added_a_second_time_under_another_id(store):
    """Whoever plans to add somebody may have read the directory before another added them."""
    with Directory.open(store) as directory:
        directory.claim([Person("person-1", "王　强"), Person("person-2", "周海燕")])
        directory.erase("person-2", date(2024, 1, 2))

        with pytest.raises(PersonIdTaken, match="person-4"):
            directory.claim([Person("person-3", "冯某某"), Person("person-4", "王强")])

        assert [person.person for person in directory.all()] == ["person-1", "person-2"]
        directory.claim([Person("person-3", "周海燕")])  # nobody has the name any more


def test_of_many_who_claim_one_id_at_once_one_gets_it(store):
    if store.url.kind == "memory":
        return
    barrier, outcomes = threading.Barrier(6), []

    def claim(name):
        with Directory.open(store) as directory:
            barrier.wait()
            try:
                directory.claim([Person("person-1", name)])
            except PersonIdTaken:
                outcomes.append(None)
            else:
                outcomes.append(name)

    threads = [threading.Thread(target=claim, args=(f"王{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    (winner,) = filter(None, outcomes)
    assert len(outcomes) == 6
    with Directory.open(store) as directory:
        assert directory.find("person-1").name == winner


def test_a_change_that_is_refused_makes_no_directory(store):
    with Directory.open(store) as directory:
        with pytest.raises(BadValue):
            directory.add(Person("person-1", email="none"))
        with pytest.raises(UnknownPerson):
            directory.erase("person-1", date(2024, 1, 2))
        assert not directory.exists()


def test_what_is_erased_is_in_no_byte_of_the_file(sqlite_store, tmp_path):
    with Directory.open(sqlite_store) as directory:
        directory.add(ZHANG)
        directory.erase("person-17", date(2024, 1, 2))

    beside = tmp_path / "b.db.people"
    assert stat.S_IMODE(beside.stat().st_mode) == 0o600
    for file in tmp_path.iterdir():
        assert b"canary" not in file.read_bytes()


@pytest.mark.parametrize("journal", ["wal", "rollback"])
def test_what_is_erased_is_in_no_byte_while_others_have_the_store_open(tmp_path, journal):
    """In WAL mode new pages lie beside the file until they are copied into it."""
    Registry.create(tmp_path / "b.db", policy="shanxi-2023").close()
    with (
        Registry.open(f"sqlite:///{tmp_path}/b.db?journal={journal}") as registry,
        Directory.open(registry.store) as service,
    ):
        service.add(ZHANG)
        secret = service.keys.find("person-17").secret
        with Directory.open(registry.store) as shell:
            shell.erase("person-17", date(2024, 1, 2))
        assert not any(secret in file.read_bytes() for file in tmp_path.iterdir())


def test_erasing_beside_a_reader_in_a_write_ahead_log_can_be_completed(tmp_path, monkeypatch):
    monkeypatch.setattr("dualcert.store.sqlite_file.BUSY_TIMEOUT", 0.1)
    Registry.create(tmp_path / "b.db", policy="shanxi-2023").close()
    with (
        Registry.open(f"sqlite:///{tmp_path}/b.db?journal=wal") as registry,
        Directory.open(registry.store) as directory,
    ):
        directory.add(ZHANG)
        with closing(sqlite3.connect(tmp_path / "b.db.keys", isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT * FROM dualcert_keys").fetchall()
            with pytest.raises(StoreBusy, match="bytes"):
                directory.erase("person-17", date(2024, 1, 2))
            assert directory.find("person-17").erased_on == date(2024, 1, 2)
        directory.erase("person-17", date(2024, 1, 3))
        assert directory.find("person-17").erased_on == date(2024, 1, 2)


def test_erasing_beside_an_open_transaction_ends_and_can_be_completed(postgres_store, postgres_url, monkeypatch):
    """Overwriting needs the table alone; it does not wait for that for ever, and nobody waits behind it."""
    monkeypatch.setattr("dualcert.store.tables.ERASING_TRIES", 3)
    with Directory.open(postgres_store) as directory:
        directory.add(ZHANG)
        with psycopg.connect(postgres_url) as other:
            other.execute("SELECT * FROM dualcert_people")
            with pytest.raises(StoreBusy, match="bytes"):
                directory.erase("person-17", date(2024, 1, 2))
            assert directory.find("person-17").name is None
        directory.erase("person-17", date(2024, 1, 3))
        assert directory.find("person-17").erased_on == date(2024, 1, 2)


def test_what_is_erased_is_in_no_row_version_of_the_table(postgres_store, postgres_url):
    with Directory.open(postgres_store) as directory:
        directory.add(ZHANG)
        directory.erase("person-17", date(2024, 1, 2))

    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        file = "SELECT pg_read_binary_file(pg_relation_filepath('dualcert_people'))"
        raw = bytes(connection.execute(file).fetchone()[0])
    assert b"person-17" in raw
    assert b"canary" not in raw


@pytest.mark.parametrize("email", ["zhang", "z@", "z@x\n", "a@b@c", "Zhang <z@x.cn>"])
def test_an_address_that_is_none_is_refused(sqlite_store, email):
    with Directory.open(sqlite_store) as directory, pytest.raises((BadValue, BadText)):
        directory.add(Person("person-1", email=email))


@pytest.mark.parametrize("person", ["", "张三", "person-", "person-1\0", "\udcff", "person-1\n", "x" * 500], ids=ascii)
def test_nobody_has_what_is_no_id(store, person):
    """Neither the directory nor the rights hand it to a database, which may refuse it in a way of its own."""
    with Directory.open(store) as directory, Rights.open(store) as rights:
        assert directory.find(person) is None
        with pytest.raises(UnknownPerson):
            directory.erase(person, date(2024, 1, 2))
        for change in (
            directory.add,
            lambda each: directory.change(each.person, lambda known: known),
            lambda each: directory.claim([each]),
        ):
            with pytest.raises(BadId):
                change(Person(person))
        with pytest.raises(BadId):
            rights.withdraw(person, [Right.LABS], by="system")
