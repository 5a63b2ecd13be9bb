"""What a store says when something fails beneath it: each failure once, and nothing that was acknowledged is denied."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import psycopg
import pytest
from eventsourcing.persistence import InterfaceError, OperationalError
from msgspec.structs import replace

from dualcert import Registry, errors
from dualcert.people import Directory, Person
from dualcert.reporting.outbox import Outbox
from dualcert.store import library, log, mounts, postgres, postgres_server, sqlite, sqlite_file, tables
from dualcert.store.causes import cause_of
from dualcert.store.codec import Codec
from dualcert.store.copying import copy_log
from dualcert.store.digest import Digest
from dualcert.store.journal import _state, check_journal
from dualcert.store.tables import PostgresTable, SqliteTable
from dualcert.store.url import parse_url

NOW = datetime(2024, 3, 1, tzinfo=UTC)
SERVER = parse_url("postgresql://h/books")


def raising(error):
    def failing(*_, **__):
        raise error

    return failing


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "books.db"
    log.begin_log(path, [log.opening_entry(NOW)]).close()
    return path


@pytest.fixture
def opened(path):
    with closing(log.open_log(path)) as found:
        yield found


def further(nth, recorded_at=NOW):
    return replace(log.opening_entry(recorded_at), version=nth)


# --- the log


def test_a_stored_event_is_an_entry_in_another_form(opened):
    (entry,) = [entry for _, page in opened.pages(log.Bookmark()) for entry in page]

    again = opened.mapper.to_domain_event(opened.mapper.to_stored_event(entry))
    assert (again.fact, again.stream, again.version) == (entry.fact, "log-1", 1)


def test_an_append_that_the_log_has_is_done_and_one_behind_it_has_lost_the_race(opened):
    second = further(2)
    assert opened.append([second]) is not None
    assert opened.append([second]) is None
    with pytest.raises(log.AppendRaced):
        opened.append([further(2)])
    with pytest.raises(log.AppendRaced) as raced:
        opened.append([further(3, NOW - timedelta(days=1))])
    assert raced.value.newest == NOW


def test_an_append_whose_answer_was_lost_is_done_where_its_facts_are_there(opened, monkeypatch):
    insert = opened.recorder.insert_pages

    def answered_too_late(*asked, **more):
        insert(*asked, **more)
        raise OperationalError

    monkeypatch.setattr(opened.recorder, "insert_pages", answered_too_late)
    monkeypatch.setattr(opened.recorder, "settle", lambda: None, raising=False)
    assert opened.append([further(2)]) is None
    monkeypatch.setattr(opened.recorder, "settle", raising(OperationalError()), raising=False)
    with pytest.raises(errors.StoreOutcomeUnknown):
        opened.append([further(3)])


def test_a_whole_log_whose_answer_was_lost_is_written_where_it_is_there(monkeypatch):
    with closing(log._with_tables(parse_url(":memory:"))) as empty:
        stored = empty.mapper.to_stored_event(log.opening_entry(NOW))
        insert = empty.recorder.insert_pages
        monkeypatch.setattr(empty.recorder, "insert_pages", raising(OperationalError()))
        with pytest.raises(errors.StoreUnusable):
            empty.fill([])
        monkeypatch.setattr(
            empty.recorder, "insert_pages", lambda pages: (insert(pages), raising(OperationalError())())
        )
        rows = [(1, stored.originator_id, 1, stored.topic, stored.state)]
        empty.fill([rows])
        with pytest.raises(errors.StoreExists):
            empty.fill([rows])
        assert empty.opening() is not None


def test_a_lack_of_memory_is_no_damage(opened, monkeypatch):
    decoders = SimpleNamespace(decoders={"x": raising(MemoryError())})

    with pytest.raises(MemoryError):
        Codec.decode(decoders, "log-1", 1, "x", b"")
    monkeypatch.setattr(opened, "codec", decoders)
    with pytest.raises(MemoryError):
        opened.decoded([(1, "log-1", 1, "x", b"")], log.Bookmark(1, 1))


def test_a_log_without_facts_or_its_opening_is_none():
    with closing(log._with_tables(parse_url(":memory:"))) as empty:
        with pytest.raises(errors.StoreEmpty):
            empty.identity()
        with Registry.open(":memory:", policy="shanxi-2023") as books:
            (opened, *_) = books.view().entries("campaign-shanxi-2023")
        empty.append([opened])
        with pytest.raises(errors.StoreForeign):
            empty.identity()


def test_a_log_whose_connections_are_gone_is_closed(path):
    found = log.open_log(path)
    found.recorder.datastore.close()

    with pytest.raises(errors.StoreClosed):
        found.length()


def test_postgresql_without_its_driver_says_what_to_install(monkeypatch):
    monkeypatch.delattr("dualcert.store.postgres")
    monkeypatch.setitem(sys.modules, "dualcert.store.postgres", None)

    with pytest.raises(errors.StoreUnusable, match=r"dualcert\[postgres\]"):
        log.open_log("postgresql://h/books")


def test_a_reading_whose_connection_broke_is_done_again(postgres_url):
    with Registry.open(postgres_url, policy="shanxi-2023") as books:
        found, tries = books._fold.log, []

        def question():
            tries.append(1)
            if len(tries) < log.READ_AGAIN:
                raise OperationalError(psycopg.OperationalError("gone"))
            return "answer"

        assert found._read(question) == "answer"
        with pytest.raises(errors.StoreUnusable):
            found._read(raising(OperationalError(psycopg.OperationalError("gone"))))
        with pytest.raises(errors.StoreBusy):
            found._read(raising(OperationalError(psycopg.errors.QueryCanceled("late"))))
        found.recorder.settle()
        assert postgres.is_guarded(found.url)


# --- making one


@pytest.mark.parametrize(
    ("store", "refusal"), [("sqlite:///{}?mode=ro", "store-read-only"), ("{}/no/books.db", "store-unusable")]
)
def test_a_store_is_not_made_where_nothing_can_be_written(tmp_path, store, refusal):
    with pytest.raises(errors.StoreUnusable) as refused:
        log.begin_log(store.format(tmp_path / "new.db"), [log.opening_entry(NOW)])

    assert refused.value.code == refusal
    with pytest.raises(errors.StoreUnusable):
        log._application(parse_url(tmp_path / "no" / "books.db"), create=True)


def test_a_store_that_was_made_and_cannot_be_read_is_said_to_be_there(tmp_path, monkeypatch):
    monkeypatch.setattr(log, "existing_log", raising(errors.StoreBusy(store="x", problem="busy")))

    with pytest.raises(errors.StoreLostAfterwards):
        log.begin_log(tmp_path / "books.db", [log.opening_entry(NOW)])


def test_of_two_who_begin_a_log_one_is_told_that_it_exists(tmp_path, monkeypatch):
    monkeypatch.setattr(log.EventLog, "append", raising(log.AppendRaced()))

    with pytest.raises(errors.StoreExists):
        log.begin_log(tmp_path / "books.db", [log.opening_entry(NOW)])


def test_tables_that_others_make_at_the_same_time_are_made_again(monkeypatch):
    failure = errors.StoreUnusable(store="x", problem="raced")
    failure.__cause__ = psycopg.errors.UniqueViolation()
    tries = []

    def application(_place, *, create):
        tries.append(create)
        if len(tries) == 2:
            return "made"
        raise failure

    monkeypatch.setattr(log, "_application", application)
    assert log._with_tables(SERVER) == "made"
    with pytest.raises(errors.StoreUnusable):
        log._with_tables(SERVER)
    assert len(tries) == 2 + log.MAKE_AGAIN
    with pytest.raises(errors.StoreUnusable):
        log._with_tables(parse_url(":memory:"))


@pytest.mark.parametrize(
    ("target", "failure", "refusal"),
    [
        ("copy.db", errors.StoreDamaged(store="x", problem="a row"), errors.StoreDamaged),
        ("copy.db", errors.StoreUnusable(store="x", problem="gone"), errors.StoreUnusable),
        (":memory:", errors.StoreUnusable(store="x", problem="gone"), errors.StoreLostAfterwards),
    ],
)
def test_a_copy_that_cannot_be_read_back_is_none_or_said_to_be_there(
    path, tmp_path, monkeypatch, target, failure, refusal
):
    rows = log.EventLog.rows
    monkeypatch.setattr(
        log.EventLog, "rows", lambda found, after: rows(found, after) if found.url.path == path else raising(failure)()
    )

    with pytest.raises(errors.StoreUnusable) as refused:
        copy_log(path, target if target == ":memory:" else tmp_path / target)

    assert type(refused.value) is refusal


# --- the databases


def test_an_error_without_a_cause_of_the_kind_is_its_own():
    inside = OSError("x")

    assert cause_of(ValueError(inside), OSError) is inside
    assert cause_of(inside, KeyError) is inside


def test_rows_that_are_no_bytes_have_no_digest():
    with pytest.raises(errors.StoreDamaged):
        Digest().add([(1, "lab-1", 1, "x", None)])


def test_a_guard_that_cannot_be_made_is_a_typed_error(path, monkeypatch, postgres_url):
    monkeypatch.setattr(sqlite, "guarding", lambda: ["nonsense"])
    with pytest.raises(errors.StoreUnusable):
        sqlite.guard(parse_url(path))
    with pytest.raises(errors.StoreUnusable, match="dualcert_events"):
        postgres.guard(parse_url(postgres_url))

    connection = psycopg.connect(postgres_url)
    connection.close()
    monkeypatch.setattr(postgres_server, "connect", lambda _: connection)
    with pytest.raises(errors.StoreUnusable):
        postgres.is_guarded(parse_url(postgres_url))


def test_a_connection_that_cannot_be_made_or_ended_is_an_error_of_the_recorder(tmp_path, monkeypatch):
    with pytest.raises(InterfaceError):
        sqlite.DurablePool(parse_url(tmp_path / "no" / "books.db"))._create_connection()

    monkeypatch.setattr(sqlite.SQLiteTransaction, "__exit__", raising(sqlite3.OperationalError("full")))
    with pytest.raises(OperationalError):
        sqlite.ImmediateTransaction(None, commit=True).__exit__(None, None, None)


def test_a_path_through_a_file_is_unusable(path):
    with pytest.raises(errors.StoreUnusable):
        log.open_log(path / "books.db")
    assert parse_url("sqlite:///:memory:").kind == "memory"
    with pytest.raises(errors.BadStoreUrl, match="network share"):
        parse_url("//server/books.db")


class Server:
    """A connection that answers with its settings, and remembers what was set."""

    def __init__(self, **settings):
        self.settings, self.done = settings, []

    def execute(self, statement):
        self.done.append(statement)
        return SimpleNamespace(fetchone=lambda: self.settings)


def test_a_server_without_durability_is_refused_and_its_own_limits_are_kept():
    with pytest.raises(errors.StoreNotDurable):
        postgres_server.make_durable(Server(fsync="off", lock="0", statement="0"), SERVER)
    for lock, statement in (("0", "0"), ("1s", "0"), ("0", "1s"), ("1s", "1s")):
        server = Server(fsync="on", lock=lock, statement=statement)
        postgres_server.make_durable(server, SERVER)
        assert [each.split()[1] for each in server.done[2:]] == [
            name for name, limit in (("lock_timeout", lock), ("statement_timeout", statement)) if limit == "0"
        ]


@pytest.mark.parametrize(
    ("error", "refusal"),
    [
        (psycopg.errors.LockNotAvailable(), errors.StoreBusy), (psycopg.errors.QueryCanceled(), errors.StoreBusy),
        (psycopg.errors.InsufficientPrivilege(), errors.StoreReadOnly), (psycopg.OperationalError(), errors.StoreUnusable),
        (psycopg.errors.DiskFull(), errors.StoreFull),
    ],
)  # fmt: skip
def test_an_error_of_the_server_is_of_the_stores_kinds(error, refusal):
    assert type(postgres_server.store_error(SERVER, ValueError(error))) is refusal


@pytest.mark.parametrize(("asked", "name"), [("", "sqlite3"), ("system", "sqlite3"), ("bundled", None)])
def test_pythons_own_library_is_taken_where_no_other_is_unless_it_is_asked_for(monkeypatch, asked, name):
    monkeypatch.setattr(library, "ASKED", asked)
    monkeypatch.setitem(sys.modules, "pysqlite3", None)

    if name:
        assert library._chosen().__name__ == name
    else:
        with pytest.raises(ImportError):
            library._chosen()


def test_where_nobody_says_what_is_mounted_no_network_is_suspected(tmp_path, monkeypatch):
    monkeypatch.setattr(mounts, "TABLE", tmp_path / "none")

    assert mounts.network_mount(tmp_path) == ""


def test_a_table_in_a_server_that_is_lost_again_and_again_is_given_up():
    gone = errors.StoreUnusable(store="x", problem="gone")
    gone.__cause__ = psycopg.OperationalError()
    tries = []

    def question():
        tries.append(1)
        raise gone

    with pytest.raises(errors.StoreUnusable):
        PostgresTable(SERVER, SimpleNamespace(name="people")).again(question)
    assert len(tries) == tables.READ_AGAIN


HEAD = bytes.fromhex("d9d505f920a163d7")


@pytest.mark.parametrize(
    "journal",
    [
        HEAD + bytes(20),
        HEAD + bytes([0, 0, 0, 1]) + bytes(7) + bytes([0]) + bytes([0, 0, 2, 0]) + bytes([0, 0, 2, 0]) + bytes(600),
    ],
    ids=["without sizes", "cut short"],
)
def test_a_journal_that_nothing_can_be_read_from_is_no_hindrance(path, journal):
    path.with_name("books.db-journal").write_bytes(journal)

    check_journal(path, "books.db")
    assert _state(path.with_name("none")) is None


# --- beside a log


def test_what_lies_beside_a_log_is_read_raw_and_written_whole(path, tmp_path, postgres_url):
    with Registry.open(tmp_path / "books2.db", policy="shanxi-2023") as books, Directory.open(books.store) as people:
        assert people.raw() == []
        people._overwrite_deleted()
        people.add(Person("person-1", "张三"))
        rows = people.raw()
    with Registry.open(postgres_url, policy="shanxi-2023") as books, Directory.open(books.store) as people:
        people.fill(rows)
        people.fill(people.raw())
        assert people.raw() == rows
        with pytest.raises(errors.StoreExists):
            people.fill([])


def test_a_row_beside_a_log_that_cannot_be_read_is_damage(path):
    with Registry.open(path) as books, Directory.open(books.store) as people:
        people.add(Person("person-1", "张三"))
        with pytest.raises(errors.StoreDamaged):
            people._write(raising(ValueError("no name")))
        with pytest.raises(errors.StoreDamaged, match="names no version"):
            people._check(people.columns, [(people.store.id, "x")])


def test_after_a_fork_the_connection_is_another(path):
    with Registry.open(path) as books, Directory.open(books.store) as people:
        people.add(Person("person-1", "张三"))
        before, people._process = people._database, 0
        assert people.exists()
        assert people._database is not before
        before.close()


def test_a_file_beside_a_log_that_cannot_be_made_or_set_up_is_a_typed_error(path, monkeypatch):
    with Registry.open(path) as books, Directory.open(books.store) as people, Outbox.open(books.store) as outbox:
        with monkeypatch.context() as patch:
            patch.setattr(tables, "written", raising(errors.FileUnwritable(path="x", problem="full")))
            with pytest.raises(errors.StoreUnusable, match="full"):
                people.add(Person("person-1", "张三"))
        with monkeypatch.context() as patch:
            patch.setattr(sqlite_file, "make_durable", raising(errors.StoreNotDurable(store="x", problem="no")))
            with pytest.raises(errors.StoreNotDurable):
                people.add(Person("person-1", "张三"))
        people.add(Person("person-1", "张三"))
        people._database._open().close()
        with pytest.raises(errors.StoreClosed):
            people.all()
        assert outbox.kept() == []


class Failing:
    """A connection whose COMMIT fails, and has ended the transaction, or not."""

    def __init__(self, *, ended):
        self.in_transaction, self.ended, self.done = False, ended, []

    def execute(self, statement, _values=()):
        self.done.append(statement)
        if statement == "COMMIT":
            self.in_transaction = not self.ended
            raise sqlite3.OperationalError("disk")
        self.in_transaction = statement != "ROLLBACK"


@pytest.mark.parametrize(("ended", "refusal"), [(True, errors.StoreOutcomeUnknown), (False, errors.StoreUnusable)])
def test_of_a_commit_that_fails_the_outcome_is_known_only_where_it_can_be_rolled_back(path, ended, refusal):
    table = SqliteTable(parse_url(path), "people", SimpleNamespace(name="people"))
    table._connection = Failing(ended=ended)

    with pytest.raises(errors.StoreUnusable) as refused:
        table.transaction(lambda _: None)

    assert type(refused.value) is refusal
    assert table._connection.done == ["BEGIN IMMEDIATE", "COMMIT", *([] if ended else ["ROLLBACK"])]
