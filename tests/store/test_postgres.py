"""PostgreSQL: what the contract does not say."""

from __future__ import annotations

from datetime import UTC, date, datetime

import psycopg
import pytest

from dualcert import Registry
from dualcert.backup import back_up
from dualcert.domain.commands import RegisterLab
from dualcert.errors import BadStoreUrl, StoreBusy, StoreExists, StoreMissing, StoreUnusable
from dualcert.people import Directory, Person
from dualcert.store import postgres_server
from dualcert.store.url import parse_url

NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)


def register(n=1):
    return RegisterLab(lab=f"lab-140525-{n}", name="站", level="county", division="140525", on="2019-01-01")


def test_a_database_without_a_log_is_missing(postgres_url):
    with pytest.raises(StoreMissing):
        Registry.open(postgres_url)


def test_a_server_that_is_not_there_is_said():
    with pytest.raises(StoreUnusable, match=r"refused|failed"):
        Registry.open("postgresql://clerk:secret@127.0.0.1:1/books")


@pytest.mark.parametrize(
    "ask", [Registry.open, lambda url: postgres_server.connect(parse_url(url))], ids=["open", "connect"]
)
@pytest.mark.parametrize("url", ["postgresql://h/db?colour=red", "postgresql://db..example/books"])
def test_a_url_that_is_none_is_refused(url, ask):
    with pytest.raises(BadStoreUrl):
        ask(url)


def test_a_commit_is_on_disk_before_it_is_acknowledged(postgres_url):
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    with Registry.open(postgres_url, policy="shanxi-2023") as registry:
        with registry._fold.log.recorder.datastore.get_connection() as connection:
            row = connection.execute("SELECT current_setting('synchronous_commit') AS level").fetchone()
        assert row["level"] == "on"


def test_who_waited_for_a_lock_sees_what_was_committed_meanwhile(postgres_url):
    """Whatever isolation the server gives by default: with another one, what is read may be older than the lock."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_isolation = 'repeatable read'")
    level = "SELECT current_setting('transaction_isolation') AS level"
    with Registry.open(postgres_url, policy="shanxi-2023") as registry, Directory.open(registry.store) as people:
        beside = people._write(lambda execute: execute(level))
        with registry._fold.log.recorder.datastore.get_connection() as connection, connection.transaction():
            row = connection.execute(level).fetchone()
    assert (beside, row["level"]) == ([("read committed",)], "read committed")


def test_gaps_in_the_servers_ids_are_no_gaps_in_positions(postgres_url):
    """Failed inserts burn ids of the sequence; positions count facts."""
    with Registry.open(postgres_url, policy="shanxi-2023") as registry:
        registry.execute(register())
        with registry._fold.log.recorder.datastore.get_connection() as connection:
            connection.execute("SELECT nextval('dualcert_events_notification_id_seq') FROM generate_series(1, 6)")
        fact = registry.execute(register(2)).facts[0]
        newest = registry._fold.log.recorder.max_notification_id()
    assert fact.position == 4
    assert newest > 4


def test_a_lock_held_by_another_is_busy_not_waited_for_ever(postgres_url, monkeypatch):
    monkeypatch.setattr(postgres_server, "LOCK_TIMEOUT", 1)
    with Registry.open(postgres_url, policy="shanxi-2023") as registry, psycopg.connect(postgres_url) as other:
        other.execute("LOCK TABLE dualcert_events IN EXCLUSIVE MODE")
        with pytest.raises(StoreBusy):
            registry.execute(register())
        other.rollback()
        assert registry.execute(register()).recorded


def test_a_broken_connection_is_replaced(postgres_url):
    with Registry.open(postgres_url, policy="shanxi-2023") as registry:
        registry.execute(register())
        with psycopg.connect(postgres_url, autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        assert registry.execute(register(2)).recorded


def test_a_store_is_made_once_also_by_two(postgres_url):
    with Registry.open(postgres_url, policy="shanxi-2023"), pytest.raises(StoreExists):
        Registry.open(postgres_url, policy="shanxi-2023")


@pytest.mark.parametrize(
    "setting",
    [
        "standard_conforming_strings = off", "search_path = elsewhere", "client_encoding = 'SQL_ASCII'", "bytea_output = escape",
        "datestyle = german",
    ],
)  # fmt: skip
def test_what_a_database_has_by_default_changes_no_statements_meaning(postgres_url, setting):
    """With one of these settings facts were stored damaged, with another people where nobody found them again."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA elsewhere")
        connection.execute(f"ALTER DATABASE {connection.info.dbname} SET {setting}")
    with Registry.open(postgres_url, policy="shanxi-2023") as registry, Directory.open(registry.store) as people:
        registry.execute(register())
        people.add(Person("person-1", "王芳"))

    plain = f"{postgres_url}&options=-c%20search_path%3Dpublic%20-c%20standard_conforming_strings%3Don"
    with Registry.open(plain) as registry, Directory.open(registry.store) as people:
        assert registry.history("lab-140525-1")[0].data.name == "站"
        assert [each.name for each in people.all()] == ["王芳"]
        people.erase("person-1", date(2024, 1, 1))
    with psycopg.connect(f"{postgres_url}&client_encoding=UTF8") as connection:
        tables = connection.execute(
            "SELECT DISTINCT schemaname FROM pg_tables WHERE tablename LIKE 'dualcert%'"
        ).fetchall()
    assert tables == [("public",)]


def test_a_server_that_only_answers_is_backed_up(postgres_url, tmp_path):
    """As a standby is: that the tree cannot be kept beside the log there costs nothing."""
    Registry.create(postgres_url, policy="shanxi-2023").close()

    saved = back_up(f"{postgres_url}&options=-c%20default_transaction_read_only%3Don", tmp_path / "backup", NOW)

    assert saved.facts == 2
