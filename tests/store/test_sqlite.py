"""SQLite: durable and read back, and never somebody else's file."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from datetime import date

import msgspec
import pytest
from attrs import evolve
from eventsourcing.persistence import StoredEvent

from dualcert import Registry
from dualcert.domain.commands import RegisterLab
from dualcert.errors import (
    BadStoreUrl,
    LabAlreadyRegistered,
    StoreBusy,
    StoreClosed,
    StoreDamaged,
    StoreEmpty,
    StoreExists,
    StoreForeign,
    StoreMissing,
    StoreMoved,
    StoreNotDurable,
    StoreReadOnly,
    StoreUnusable,
    UnknownDivision,
    UnknownFactName,
    WrittenByNewer,
)
from dualcert.people import Directory, Person
from dualcert.policy import load_policy, policy_of
from dualcert.store import sqlite_file
from dualcert.store.sqlite import DurablePool, ImmediateTransaction
from dualcert.store.sqlite_file import can_lose_wal, journal_of
from dualcert.store.url import parse_url
from tampering import unguarded

LAB = "lab-140525-1"


def register(n=1):
    return RegisterLab(lab=f"lab-140525-{n}", name="站", level="county", division="140525", on=date(2019, 1, 1))


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "books.db"
    Registry.open(str(path), policy="shanxi-2023").close()
    return path


# --- durability ----------------------------------------------------------------------------------


def test_every_connection_is_durable_and_read_back(path):
    pool = DurablePool(parse_url(str(path)))
    journal, synchronous = journal_of(parse_url(str(path)))
    connections = [pool.get_connection() for _ in range(3)]
    for connection in connections:
        cursor = connection.cursor().sqlite_cursor
        assert cursor.execute("PRAGMA journal_mode").fetchone()[0] == journal
        assert cursor.execute("PRAGMA synchronous").fetchone()[0] == synchronous
        pool.put_connection(connection)
    pool.close()


@pytest.mark.parametrize(
    ("version", "affected"),
    [
        ((3, 6, 23), False), ((3, 7, 0), True), ((3, 40, 1), True), ((3, 44, 5), True), ((3, 44, 6), False),
        ((3, 45, 0), True), ((3, 50, 6), True), ((3, 50, 7), False), ((3, 51, 2), True), ((3, 51, 3), False),
        ((3, 53, 0), False),
    ],
)  # fmt: skip
def test_builds_that_can_corrupt_a_wal_file_use_a_rollback_journal(version, affected):
    url = parse_url("books.db")

    assert can_lose_wal(version) is affected
    assert journal_of(url, version) == (("truncate", 3) if affected else ("wal", 2))


def test_a_url_may_choose_wal_knowingly(tmp_path):
    url = f"sqlite:///{tmp_path}/books.db?journal=wal"
    with Registry.open(url, policy="shanxi-2023") as registry:
        registry.execute(register())
    with closing(sqlite3.connect(tmp_path / "books.db")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_a_pragma_that_does_not_hold_is_refused(path, monkeypatch):
    monkeypatch.setattr("dualcert.store.sqlite_file.journal_of", lambda _url: ("truncate", 9))

    with pytest.raises((StoreNotDurable, StoreUnusable)) as refused:
        Registry.open(str(path))

    assert refused.value.code == "store-not-durable"


def test_a_new_store_is_its_owners_only(path):
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


# --- what is no store -----------------------------------------------------------------------------


def opened(path):
    with Registry.open(str(path)):
        pass


def test_a_missing_store_is_refused_and_not_made(tmp_path):
    with pytest.raises(StoreMissing):
        opened(tmp_path / "none.db")
    assert not (tmp_path / "none.db").exists()


def test_an_existing_store_is_not_made_again(path):
    before = path.read_bytes()

    with pytest.raises(StoreExists):
        Registry.open(str(path), policy="shanxi-2023")

    assert path.read_bytes() == before


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(StoreUnusable, match="No such file"):
        Registry.open(str(tmp_path / "none" / "books.db"), policy="shanxi-2023")


def test_an_empty_file_is_no_empty_store(tmp_path):
    (tmp_path / "books.db").touch()
    with pytest.raises(StoreEmpty):
        opened(tmp_path / "books.db")


def test_a_directory_is_refused(tmp_path):
    with pytest.raises(StoreForeign):
        opened(tmp_path)


def test_a_text_file_is_refused(tmp_path):
    (tmp_path / "books.db").write_text("市,县\n" * 100, encoding="utf-8")
    with pytest.raises(StoreForeign):
        opened(tmp_path / "books.db")


@pytest.mark.parametrize(
    "schema",
    [
        "CREATE TABLE people (name TEXT)",
        "CREATE TABLE stored_events (originator_id TEXT, originator_version INTEGER, topic TEXT, state BLOB)",
    ],
)
def test_another_programs_database_is_refused_and_not_touched(tmp_path, schema):
    foreign = tmp_path / "books.db"
    with closing(sqlite3.connect(foreign)) as connection:
        connection.execute(schema)
        connection.commit()
    before = foreign.read_bytes()

    with pytest.raises(StoreForeign):
        opened(foreign)

    assert foreign.read_bytes() == before


def test_a_log_without_its_opening_fact_is_refused(path):
    changed(path, "DELETE FROM stored_events")
    with pytest.raises(StoreEmpty):
        opened(path)


def test_a_log_that_begins_with_another_fact_is_refused(path):
    changed(path, "DELETE FROM stored_events WHERE originator_id = 'log-1'")
    with pytest.raises(StoreForeign):
        opened(path)


def test_a_log_of_a_newer_format_is_refused_by_name(path):
    changed(path, """UPDATE stored_events SET state = replace(state, '"format":1', '"format":2') WHERE rowid = 1""")
    with pytest.raises(WrittenByNewer):
        opened(path)


def changed(path, statement):
    with unguarded(path) as connection:
        connection.execute(statement)


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("UPDATE stored_events SET topic = 'lab.invented' WHERE rowid = 2", UnknownFactName),
        ("UPDATE stored_events SET topic = 'os:system' WHERE rowid = 2", UnknownFactName),
        ("UPDATE stored_events SET topic = 'campaign.opened.v7' WHERE rowid = 2", WrittenByNewer),
        ("UPDATE stored_events SET state = x'00' WHERE rowid = 2", StoreDamaged),
        ("UPDATE stored_events SET originator_version = 5 WHERE rowid = 2", StoreDamaged),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_by_name(path, statement, error):
    changed(path, statement)

    with Registry.open(str(path)) as registry, pytest.raises(error):
        registry.catch_up()


@pytest.mark.parametrize("keep", [1, 50, 4096, 9000])
def test_a_truncated_file_is_refused_or_read_right_never_wrong(path, tmp_path, keep):
    with Registry.open(str(path)) as registry:
        registry.execute_many([register(n) for n in range(1, 60)])
        digest = registry.replay().digest
    short = tmp_path / "short.db"
    shutil.copyfile(path, short)
    os.truncate(short, keep)

    with pytest.raises((StoreUnusable,)), Registry.open(str(short)) as registry:
        assert registry.replay().digest != digest


def test_a_read_only_store_is_read_and_not_written(path):
    with Registry.open(f"sqlite:///{path}?mode=ro") as registry:
        assert registry.catch_up() == 2
        with pytest.raises(StoreReadOnly):
            registry.execute(register())


def test_a_locked_store_is_busy_and_loses_nothing(path, monkeypatch):
    monkeypatch.setattr("eventsourcing.sqlite.SQLITE3_DEFAULT_LOCK_TIMEOUT", 0.1)
    with closing(sqlite3.connect(path, isolation_level=None)) as other, Registry.open(str(path)) as registry:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy):
            registry.execute(register())
        other.execute("COMMIT")
        assert registry.execute(register()).recorded


def test_a_command_is_one_transaction_and_a_refusal_reads_once(path, monkeypatch):
    begun, begin = [], ImmediateTransaction.__enter__
    monkeypatch.setattr(ImmediateTransaction, "__enter__", lambda self: (begun.append(self.commit), begin(self))[1])
    with Registry.open(str(path)) as registry:
        registry.execute(register(1))
        del begun[:]
        registry.execute(register(2))
        assert begun == [True]
        with pytest.raises(LabAlreadyRegistered):
            registry.execute(evolve(register(1), name="别的站"))
        assert begun == [True, False]


def test_ids_of_rows_never_come_back(path):
    """Without AUTOINCREMENT a deleted tail's id is given again, and a reader that saw it skips a fact."""
    with Registry.open(str(path)) as registry:
        first = registry.execute(register()).facts[0].position
    changed(path, "DELETE FROM stored_events WHERE originator_id LIKE 'lab-%'")
    with Registry.open(str(path)) as registry:
        registry.execute(register())
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT max(rowid) FROM stored_events").fetchone()[0] == first + 1


def test_a_stray_environment_moves_no_store(path, monkeypatch):
    monkeypatch.setenv("PERSISTENCE_MODULE", "eventsourcing.popo")
    monkeypatch.setenv("MAPPER_TOPIC", "os:system")
    monkeypatch.setenv("SQLITE_DBNAME", "/nowhere/else.db")
    monkeypatch.setenv("CIPHER_TOPIC", "os:system")

    with Registry.open(str(path)) as registry:
        assert registry.execute(register()).recorded


# --- several processes ----------------------------------------------------------------------------


def _write(path, first, results):
    with Registry.open(path) as registry:
        results.put([registry.execute(register(n)).facts[0].position for n in range(first, first + 40)])


def test_two_processes_writing_record_every_acknowledged_fact_once(path):
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    writers = [context.Process(target=_write, args=(str(path), first, results)) for first in (1, 1001)]
    for writer in writers:
        writer.start()
    acknowledged = [position for _ in writers for position in results.get(timeout=60)]
    for writer in writers:
        writer.join()

    assert sorted(acknowledged) == list(range(3, 83))
    with Registry.open(str(path)) as registry:
        assert registry.catch_up() == 82


# --- URLs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url", ["sqlit:///books.db", "sqlite://books.db", "mysql://x", "sqlite:///b.db?journal=off", "", "//share/books.db",
            "sqlite:///b.db?nolock=1", "\\\\server\\share\\books.db"],
)  # fmt: skip
def test_a_url_with_a_typo_is_refused(url):
    with pytest.raises(BadStoreUrl):
        parse_url(url)


def test_a_url_says_no_password():
    assert "geheim" not in parse_url("postgresql://clerk:geheim@db/books").shown
    assert "geheim" not in repr(parse_url("postgresql://clerk:geheim@db/books"))


def test_a_name_that_looks_like_a_uri_is_a_file(tmp_path):
    """eventsourcing passes names to SQLite as URIs; ours are quoted."""
    odd = tmp_path / "books?mode=memory&nolock=1.db"
    Registry.open(str(odd), policy="shanxi-2023").close()
    assert odd.exists()


def test_the_librarys_events_and_ours_share_one_table(path):
    with Registry.open(str(path)) as registry:
        first = registry._fold.log.recorder.select_events("log-1")[0]
    assert isinstance(first, StoredEvent)


def test_a_page_is_written_over_what_a_failed_commit_left(tmp_path):
    """In WAL mode only; what it reads afterwards is the same."""
    path = tmp_path / "wal.db"
    with Registry.create(f"sqlite:///{path}?journal=wal", policy="shanxi-2023") as books:
        beside = path.with_name(f"{path.name}-wal")
        before, facts = beside.read_bytes(), books.catch_up()

        books._fold.log.recorder.settle()

        assert (beside.read_bytes() != before, books.catch_up(), books.replay().facts) == (True, facts, facts)


def test_a_full_disk_is_told_apart(path):
    """SQLite says so before it commits anything, so nobody has to look whether it did."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (content BLOB)")
        connection.execute("PRAGMA max_page_count = 3")
        with pytest.raises(sqlite3.OperationalError) as full:
            connection.execute("INSERT INTO t VALUES (zeroblob(100000))")

    assert str(sqlite_file.store_error("books.db", full.value)).startswith("books.db: the disk is full")


def test_a_store_whose_making_failed_is_not_left_behind(tmp_path, monkeypatch):
    def failing(*_, **__):
        raise StoreUnusable(store="x", problem="the disk is full")

    monkeypatch.setattr("dualcert.store.log.EventLog.append", failing)

    with pytest.raises(StoreUnusable):
        Registry.open(str(tmp_path / "books.db"), policy="shanxi-2023")
    assert list(tmp_path.iterdir()) == []


def test_a_policy_for_no_province_makes_no_store(tmp_path):
    document = msgspec.to_builtins(load_policy("shanxi-2023")) | {"province": "990000"}

    with pytest.raises(UnknownDivision):
        Registry.open(str(tmp_path / "books.db"), policy=policy_of(document))
    assert not (tmp_path / "books.db").exists()


WRITER = """
import sys
from dualcert import RegisterLab, Registry
with Registry.open(sys.argv[1]) as registry:
    for n in range(1, 100_000):
        registry.execute(RegisterLab(lab=f"lab-140525-{n}", name="站", level="county", division="140525", on="2019-01-01"))
        print(n, flush=True)
"""


@pytest.mark.parametrize("after", [1, 30, 111])
def test_what_was_acknowledged_stands_after_the_writer_is_killed(path, after):
    """Everything acknowledged is there, whole, and at most one fact more."""
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
    acknowledged = [int(writer.stdout.readline()) for _ in range(after)]
    writer.kill()
    acknowledged += [int(line) for line in writer.communicate()[0].splitlines()]

    with Registry.open(str(path)) as registry:
        stored = {stream for stream in registry.view().streams.by_id if stream.startswith("lab-")}
        assert {f"lab-140525-{n}" for n in acknowledged} <= stored
        assert len(stored) - len(acknowledged) in {0, 1}
        assert registry.execute(register(100_000)).recorded


# --- a store that is not at its place any more -------------------------------------------------------


def moved(path):
    path.rename(path.with_name(f"moved-{path.name}"))


def replaced(path):
    shutil.copy(path, path.with_name("new.db"))
    path.with_name("new.db").replace(path)


@pytest.mark.parametrize("lost", [moved, replaced, os.remove])
def test_nothing_is_recorded_in_a_store_that_is_not_at_its_place_any_more(tmp_path, lost):
    """It would be lost with that file, and who recorded it would believe that it stands."""
    path = tmp_path / "link.db"
    path.symlink_to(tmp_path / "books.db")
    Registry.create(tmp_path / "books.db", policy="shanxi-2023").close()
    with Registry.open(path) as registry, Directory.open(registry.store) as people:
        registry.execute(register(1))
        people.add(Person("person-1", "王芳"))
        lost(tmp_path / "books.db")
        lost(tmp_path / "link.db.people")
        for asked in (lambda: registry.execute(register(2)), registry.catch_up, people.all,
                      lambda: people.add(Person("person-2", "李强"))):  # fmt: skip
            with pytest.raises(StoreMoved):
                asked()
    for left in (each for each in tmp_path.glob("*.db") if each.exists()):
        with Registry.open(left) as registry:
            assert registry.catch_up() == 3


def test_what_is_asked_of_something_closed_is_refused_and_its_outcome_known(tmp_path):
    """Also of a registry that has read before, and of a directory in which nothing was ever looked up."""
    registry = Registry.create(tmp_path / "books.db", policy="shanxi-2023")
    people = Directory.open(registry.store)
    registry.catch_up()
    registry.close()
    people.close()
    people.close()

    for asked in (
        lambda: registry.execute(register(1)),
        registry.catch_up,
        people.all,
        lambda: people.add(Person("person-1", "王芳")),
    ):
        with pytest.raises(StoreClosed):
            asked()
