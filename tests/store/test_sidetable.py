"""What lies beside a log has the log's care: the directory of people and the outbox alike."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from contextlib import closing
from datetime import date
from pathlib import Path

import psycopg
import pytest

from dualcert import Registry
from dualcert.errors import (
    StoreBusy,
    StoreDamaged,
    StoreEmpty,
    StoreExists,
    StoreForeign,
    StoreReadOnly,
    StoreUnusable,
    WrittenByNewer,
)
from dualcert.people import Directory, Person
from dualcert.reporting import Message
from dualcert.reporting.outbox import Outbox
from dualcert.rights import Rights
from dualcert.store.keys import Keys
from dualcert.store.url import Store, parse_url
from dualcert.values.terms import Right
from meanwhile import act_after, act_before

MESSAGE = Message(key="k", to="person-1", subject="站", text="站")


def write_person(directory):
    directory.add(Person("person-1", "张三"))


def write_message(outbox):
    outbox.put("dispatch-1", MESSAGE)


def write_key(keys):
    keys.destroy("person-1", date(2024, 1, 2))


def everybody(directory):
    return directory.all()


def everything(outbox):
    return outbox.kept()


def every_key(keys):
    return list(keys.all())


KINDS = [pytest.param((Directory, write_person, everybody), id="people"),
         pytest.param((Outbox, write_message, everything), id="outbox"),
         pytest.param((Keys, write_key, every_key), id="keys")]  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request, tmp_path):
    url = tmp_path / "books.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with Registry.create(url, policy="shanxi-2023") as registry:
        yield registry.store


@pytest.fixture
def sqlite_store(tmp_path):
    with Registry.create(tmp_path / "books.db", policy="shanxi-2023") as registry:
        yield registry.store


def side_file(store, kind):
    return Path(f"{store.url.path}.{kind.suffix}")


@pytest.mark.parametrize("kind", KINDS)
def test_a_question_makes_nothing(store, kind):
    side, write, ask = kind
    with side.open(store) as table:
        assert ask(table) == []
        assert not table.exists()
        write(table)
        assert len(ask(table)) == 1
    with side.open(store) as table:
        assert table.exists()
        assert len(ask(table)) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_many_who_write_first_make_one_table(store, kind):
    side, write, ask = kind
    barrier, errors = threading.Barrier(8), []

    def first():
        barrier.wait()
        try:
            with side.open(store) as table:
                write(table)
        except Exception as error:  # noqa: BLE001  shown by the test
            errors.append(error)

    threads = [threading.Thread(target=first) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    with side.open(store) as table:
        assert len(ask(table)) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_the_table_of_another_store_is_refused(store, kind):
    side, write, _ = kind
    with side.open(store) as table:
        write(table)

    with pytest.raises(StoreForeign, match=store.id):
        side.open(Store(store.url, "0" * 32))


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_of_a_newer_form_is_refused(store, kind, monkeypatch):
    side, write, _ = kind
    with monkeypatch.context() as newer, side.open(store) as table:
        table._database.close()
        newer.setattr("dualcert.store.sidetable.FORMAT", 3)
        table._database = table._new_database()
        write(table)

    with pytest.raises(WrittenByNewer, match="format 3"):
        side.open(store)


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_of_before_there_were_owners_is_read_and_adopted(sqlite_store, kind):
    side, write, ask = kind
    with closing(sqlite3.connect(side_file(sqlite_store, side))) as connection:
        connection.execute(f"CREATE TABLE {side.table} ({side.declared})")

    with side.open(sqlite_store) as table:
        assert ask(table) == []
        write(table)

    with pytest.raises(StoreForeign):
        side.open(Store(sqlite_store.url, "0" * 32))


def no_file(path):
    path.mkdir()


def a_pipe(path):
    os.mkfifo(path)


def other_columns(path):
    with closing(sqlite3.connect(path)) as connection:
        for table in ("dualcert_people", "dualcert_outbox", "dualcert_keys"):
            connection.execute(f"CREATE TABLE {table} (a, b)")


def another_database(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE songs (title)")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("make", "refusal"),
    [
        (lambda path: path.touch(), StoreEmpty),
        (lambda path: path.write_text("姓名,电话\n"), StoreForeign),
        (no_file, StoreForeign),
        (a_pipe, StoreForeign),
        (other_columns, StoreForeign),
        (another_database, StoreForeign),
        (lambda path: path.symlink_to("/dev/zero"), StoreForeign),
        (lambda path: path.symlink_to("not-mounted"), StoreUnusable),
    ],
    ids=["empty", "text", "folder", "pipe", "other-columns", "another-database", "device", "link-to-nothing"],
)
def test_what_is_no_table_of_ours_is_refused_by_name_and_not_touched(sqlite_store, kind, make, refusal):
    side, write, _ = kind
    path = side_file(sqlite_store, side)
    make(path)
    before = path.read_bytes() if path.is_file() else None

    with pytest.raises(refusal, match=side.suffix):
        side.open(sqlite_store)
    with pytest.raises(refusal), side(sqlite_store) as table:
        write(table)

    assert not path.is_file() or path.read_bytes() == before


@pytest.mark.parametrize("kind", KINDS)
def test_damage_is_said_to_be_damage(sqlite_store, kind):
    side, write, ask = kind
    with side.open(sqlite_store) as table:
        write(table)
    path = side_file(sqlite_store, side)
    content = bytearray(path.read_bytes())
    content[100:] = b"\xff" * (len(content) - 100)
    path.write_bytes(content)

    with pytest.raises(StoreDamaged, match=side.suffix), side.open(sqlite_store) as table:
        ask(table)


@pytest.mark.parametrize("kind", KINDS)
def test_a_store_to_be_read_only_has_nothing_written_beside_it(tmp_path, kind):
    side, write, ask = kind
    Registry.create(tmp_path / "books.db", policy="shanxi-2023").close()
    before = sorted(tmp_path.iterdir())

    with Registry.open(f"sqlite:///{tmp_path}/books.db?mode=ro") as registry, side.open(registry.store) as table:
        assert ask(table) == []
        with pytest.raises(StoreReadOnly, match=r"books\.db"):
            write(table)

    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("kind", KINDS)
def test_a_role_that_may_only_read_can_ask(postgres_url, kind):
    side, write, ask = kind
    with Registry.create(postgres_url, policy="shanxi-2023") as registry, side.open(registry.store) as table:
        assert ask(table) == []
        write(table)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS reader")
        connection.execute("CREATE ROLE reader LOGIN")
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
    try:
        with Registry.open(postgres_url.replace("postgres:@", "reader:@")) as registry:
            assert registry.due(as_of=date(2023, 10, 1)).rows is not None
            with side.open(registry.store) as table:
                assert len(ask(table)) == 1
                with pytest.raises(StoreReadOnly):
                    write(table)
    finally:
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute("DROP OWNED BY reader")
            connection.execute("DROP ROLE reader")


@pytest.mark.parametrize("kind", KINDS)
def test_its_file_is_durable_and_its_owners_alone(sqlite_store, kind):
    side, write, _ = kind
    with side.open(sqlite_store) as table:
        write(table)
        level = table._database._connection.execute("PRAGMA synchronous").fetchone()[0]

    assert level >= 2
    assert stat.S_IMODE(side_file(sqlite_store, side).stat().st_mode) == 0o600


@pytest.mark.parametrize("kind", KINDS)
def test_another_writer_is_waited_for_and_then_said_to_be_busy(sqlite_store, kind, monkeypatch):
    side, write, _ = kind
    monkeypatch.setattr("dualcert.store.sqlite_file.BUSY_TIMEOUT", 0.1)
    with side.open(sqlite_store) as table:
        write(table)
    with (
        closing(sqlite3.connect(side_file(sqlite_store, side), isolation_level=None)) as other,
        side.open(sqlite_store) as table,
    ):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy, match=r"waited 0\.1 s"):
            write(table)


@pytest.mark.parametrize("kind", KINDS)
def test_a_lock_in_the_server_is_waited_for_and_then_said_to_be_busy(postgres_url, kind, monkeypatch):
    side, write, ask = kind
    monkeypatch.setattr("dualcert.store.postgres_server.LOCK_TIMEOUT", 1)
    with Registry.create(postgres_url, policy="shanxi-2023") as registry, side.open(registry.store) as table:
        write(table)
        with psycopg.connect(postgres_url) as other:
            other.execute(f"LOCK TABLE {side.table} IN ACCESS EXCLUSIVE MODE")
            with pytest.raises(StoreBusy, match="waited 1 s"):
                ask(table)
        assert len(ask(table)) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_connection_that_broke_is_replaced(postgres_url, kind):
    side, write, ask = kind
    with Registry.create(postgres_url, policy="shanxi-2023") as registry, side.open(registry.store) as table:
        for work in (write, ask):
            with psycopg.connect(postgres_url, autocommit=True) as other:
                other.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            work(table)
        assert len(ask(table)) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_disk_is_a_typed_error(sqlite_store, kind):
    side, write, _ = kind
    with side.open(sqlite_store) as table:
        write(table)
        pages = table._database._connection.execute("PRAGMA page_count").fetchone()[0]
        table._database._connection.execute(f"PRAGMA max_page_count = {pages}")

        def fill(execute):
            execute("CREATE TABLE filling AS SELECT zeroblob(100000) AS nothing")

        with pytest.raises(StoreUnusable, match="full"):
            table._write(fill)
        write(table)


def test_what_lies_beside_is_the_same_in_both_databases(store):
    with Outbox.open(store) as outbox:
        sha256 = outbox.put("dispatch-1", MESSAGE)
        assert outbox.put("dispatch-1", MESSAGE) == sha256
        assert outbox.get("dispatch-1", sha256) == MESSAGE
        assert outbox.get("dispatch-2", sha256) is None
        outbox.erase(["dispatch-1"])
        assert outbox.get("dispatch-1", sha256) is None


def test_a_place_is_named_as_the_user_knows_it(sqlite_store):
    assert parse_url(sqlite_store.url.path).shown == str(sqlite_store.url.path)
    with Directory.open(sqlite_store) as directory:
        assert directory.place == f"{sqlite_store.url.path}.people"


@pytest.mark.parametrize("where", ["sqlite", "postgresql"])
def test_a_table_that_another_store_makes_meanwhile_is_not_written(tmp_path, postgres_url, monkeypatch, where):
    place = parse_url(tmp_path / "books.db" if where == "sqlite" else postgres_url)
    made = "SqliteTable" if where == "sqlite" else "PostgresTable"
    with Rights(Store(place, "a" * 32)) as one, Rights(Store(place, "b" * 32)) as other:
        act_before(
            monkeypatch,
            f"dualcert.store.tables.{made}.make",
            lambda: other.allow("person-1", [Right.RIGHTS], by="system", on=date(2023, 5, 5)),
        )

        with pytest.raises(StoreForeign):
            one.allow("person-2", [Right.RIGHTS], by="system", on=date(2023, 5, 5))

        assert [each.person for each in other.all()] == ["person-1"]


def test_a_table_that_another_fills_meanwhile_is_not_mixed(tmp_path, monkeypatch):
    store = Store(parse_url(tmp_path / "books.db"), "a" * 32)
    with Rights(store) as one, Rights(store) as other:
        act_after(
            monkeypatch,
            "dualcert.store.sidetable.SideTable.raw",
            lambda: other.fill([("person-1", "labs", "2023-05-05", "person-9")]),
        )

        with pytest.raises(StoreExists):
            one.fill([("person-2", "rights", "2023-05-05", "person-9")])

        assert [each.person for each in one.all()] == ["person-1"]
