"""A backup has everything that a store needs, is restored whole or not at all, and sends nothing a second time."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import stat
import threading
from contextlib import closing
from datetime import UTC, date, datetime

import pytest
from post import Post, message

from dualcert import Registry
from dualcert.backup import back_up, check_backup, restore
from dualcert.domain.commands import RegisterLab
from dualcert.errors import (
    BackupUnusable,
    BadStoreUrl,
    DualcertError,
    FileExists,
    FileUnwritable,
    NotSound,
    SendingOff,
    StoreExists,
    StoreForeign,
    StoreJournalLeft,
    StoreLostAfterwards,
    StoreUnusable,
    WrittenByNewer,
)
from dualcert.integrity.keys import KeyFolder
from dualcert.integrity.sealing import seal
from dualcert.people import Directory, Person
from dualcert.projections.people import people_named
from dualcert.reporting.outbox import Outbox
from dualcert.reporting.quarantine import Quarantine
from dualcert.store.log import open_log
from meanwhile import act_after
from tampering import unguarded

NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)
ID = "dispatch-"


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request, tmp_path, postgres_url):
    """An office with two messages planned, and one person erased."""
    store = str(tmp_path / "books.db") if request.param == "sqlite" else postgres_url
    office = Post(store, tmp_path / "state")
    office.people.add(Person("person-2", "李四"))
    office.people.erase("person-2", date(2023, 5, 5))
    office.messages += [message("a"), message("b")]
    office.plan()
    yield office
    office.close()


@pytest.fixture
def quarantine(tmp_path):
    return Quarantine(tmp_path / "state")


def contents(store):
    """Return everything that a store consists of."""
    with (
        Registry.open(store) as registry,
        Directory.open(registry.store) as people,
        Outbox.open(registry.store) as outbox,
    ):
        replayed = registry.replay()
        return registry.store.id, replayed.digest, replayed.position, people.all(), outbox.kept()


def test_a_backup_restored_is_the_store_that_it_was_made_of(office, tmp_path, quarantine):
    before = contents(office.store)

    saved = back_up(office.store, tmp_path / "backup", NOW)
    restored = restore(tmp_path / "backup", tmp_path / "restored.db", quarantine)

    assert contents(tmp_path / "restored.db") == before == contents(office.store)
    assert (saved.facts, saved.people, saved.messages) == (before[2], 2, 2)
    assert (restored.digest, restored.code, restored.facts) == (saved.digest, saved.code, saved.facts)


def test_a_backup_is_restored_to_a_server(tmp_path, postgres_url, quarantine):
    office = Post(str(tmp_path / "books.db"), tmp_path / "state")
    office.messages.append(message("a"))
    office.plan()
    office.close()
    back_up(office.store, tmp_path / "backup", NOW)

    restore(tmp_path / "backup", postgres_url, quarantine)

    assert contents(postgres_url) == contents(office.store)
    with pytest.raises(StoreExists):
        restore(tmp_path / "backup", postgres_url, quarantine)


def test_a_backup_is_for_its_owner_only_and_leaves_nothing_half(office, tmp_path):
    back_up(office.store, tmp_path / "backup", NOW)

    modes = {stat.S_IMODE(each.stat().st_mode) for each in (tmp_path / "backup").iterdir()}
    assert os.name != "posix" or (modes, stat.S_IMODE((tmp_path / "backup").stat().st_mode)) == ({0o600}, 0o700)
    with pytest.raises(FileExists):
        back_up(office.store, tmp_path / "backup", NOW)
    assert not list(tmp_path.glob("*.part"))
    assert check_backup(tmp_path / "backup")[0].files.keys() == {"books.db", "books.db.people", "books.db.outbox"}


@pytest.mark.parametrize("step", ["encrypt", "unreadable_in"])
def test_a_store_that_is_restored_is_not_said_to_have_failed(office, tmp_path, quarantine, monkeypatch, step):
    """The disk fails when the log is in its place: the error says so, and the store can be used."""
    back_up(office.store, tmp_path / "backup", NOW)

    def failing(_):
        raise StoreUnusable(store="books.db.people", problem="Input/output error")

    monkeypatch.setattr(f"dualcert.backup.{step}", failing)
    with pytest.raises(StoreLostAfterwards, match="it was recorded"):
        restore(tmp_path / "backup", tmp_path / "restored.db", quarantine)
    assert contents(tmp_path / "restored.db") == contents(office.store)


def test_a_restored_store_sends_nothing_until_somebody_allows_it(office, tmp_path, quarantine):
    back_up(office.store, tmp_path / "backup", NOW)
    office.send()  # after the backup
    assert len(office.line.taken) == 2

    restore(tmp_path / "backup", tmp_path / "restored.db", quarantine)

    with Registry.open(tmp_path / "restored.db") as registry, pytest.raises(SendingOff):
        quarantine.check(registry.store, registry.view)
    quarantine.check(office.registry.store, office.registry.view)  # a drill disturbs nobody


def test_sending_is_off_on_a_machine_that_never_sent_from_the_store(office, tmp_path):
    back_up(office.store, tmp_path / "backup", NOW)
    other = Quarantine(tmp_path / "other machine")

    restore(tmp_path / "backup", tmp_path / "restored.db", other)

    with Registry.open(tmp_path / "restored.db") as registry:
        with pytest.raises(SendingOff, match="it was restored from"):
            other.check(registry.store, registry.view)
        other.remember(registry.store, registry.view())  # 'dispatch resume'
        other.check(registry.store, registry.view)


def test_a_drill_disturbs_no_store_that_has_sent_nothing_yet(office, tmp_path, quarantine):
    back_up(office.store, tmp_path / "backup", NOW)
    restore(tmp_path / "backup", tmp_path / "drill.db", quarantine)

    quarantine.check(office.registry.store, office.registry.view)
    assert [each.state.value for each in office.send()] == ["delivered", "delivered"]
    with Registry.open(tmp_path / "drill.db") as registry, pytest.raises(SendingOff):
        quarantine.check(registry.store, registry.view)


def test_sending_is_off_where_the_store_was_before(tmp_path):
    """Also if it comes back to the very place and position at which it sent last."""
    office = Post(str(tmp_path / "books.db"), tmp_path / "state")
    office.messages.append(message("a"))
    office.plan()
    back_up(office.store, tmp_path / "backup", NOW)
    office.send()
    office.close()
    quarantine = Quarantine(tmp_path / "state")
    for each in tmp_path.glob("books.db*"):
        each.unlink()

    restore(tmp_path / "backup", office.store, quarantine)

    with Registry.open(office.store) as registry, pytest.raises(SendingOff, match="restored"):
        quarantine.check(registry.store, registry.view)


def damaged(folder, chance):
    """Change something in a backup, and return what."""
    name = chance.choice(sorted(each.name for each in folder.iterdir()))
    path, how = folder / name, chance.choice(("bit", "cut", "gone", "more"))
    content = bytearray(path.read_bytes())
    match how:
        case "bit":
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
            path.write_bytes(content)
        case "cut":
            path.write_bytes(content[: chance.randrange(len(content))])
        case "gone":
            path.unlink()
        case "more":
            (folder / "books.db-wal").write_bytes(b"x")
    return name, how


def test_a_backup_that_was_changed_is_not_restored(office, tmp_path, quarantine):
    back_up(office.store, tmp_path / "backup", NOW)
    manifest = json.loads((tmp_path / "backup" / "manifest.json").read_text(encoding="utf-8"))
    for seed in range(40):
        folder = tmp_path / f"changed-{seed}"
        shutil.copytree(tmp_path / "backup", folder)
        what = damaged(folder, random.Random(seed))
        try:
            restore(folder, tmp_path / f"restored-{seed}.db", quarantine)
        except DualcertError:
            assert not (tmp_path / f"restored-{seed}.db").exists()
            continue
        told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        others = {name for name in told if told[name] != manifest[name]}
        assert others <= {"made_at", "dualcert", "digest", "log_format", "beside_format"}, what


@pytest.mark.parametrize(
    ("manifest", "error"),
    [
        (b"", BackupUnusable),
        (b"{}", BackupUnusable),
        (b'{"format": 2}', WrittenByNewer),
        (b'{"format": 1}', BackupUnusable),
        (b'{"format": 0}', BackupUnusable),
    ],
)
def test_a_manifest_that_is_none_or_newer_is_refused(tmp_path, quarantine, manifest, error):
    (tmp_path / "manifest.json").write_bytes(manifest)

    with pytest.raises(error):
        restore(tmp_path, tmp_path / "restored.db", quarantine)
    with pytest.raises(BackupUnusable):
        restore(tmp_path / "nothing", tmp_path / "restored.db", quarantine)
    with pytest.raises(BackupUnusable):
        restore(tmp_path / "manifest.json", tmp_path / "restored.db", quarantine)


@pytest.mark.parametrize("name", ["code", "people", "messages", "format", "digest", "log_format"])
def test_a_manifest_does_not_lend_its_words_to_other_facts(office, tmp_path, quarantine, name):
    """The code that a restoring prints is compared with paper, so it has to be that of the facts."""
    back_up(office.store, tmp_path / "backup", NOW)
    path = tmp_path / "backup" / "manifest.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    told[name] = {"code": "1689-NXK6-AZQM-TEKB-KN6D", "digest": "0" * 64}.get(name) or told[name] - 1
    path.write_text(json.dumps(told), encoding="utf-8")

    with pytest.raises(BackupUnusable):
        restore(tmp_path / "backup", tmp_path / "restored.db", quarantine)
    assert not (tmp_path / "restored.db").exists()


def test_no_backup_is_made_inside_another(tmp_path, quarantine):
    """The outer one would have something that is not of it, and could not be restored."""
    Registry.create(tmp_path / "books.db", policy="shanxi-2023").close()
    back_up(tmp_path / "books.db", tmp_path / "outer", NOW)

    with pytest.raises(FileUnwritable, match="nothing else may be in"):
        back_up(tmp_path / "books.db", tmp_path / "outer" / "inner", NOW)

    assert restore(tmp_path / "outer", tmp_path / "restored.db", quarantine).facts == 2


def test_nothing_waits_for_a_manifest_that_is_a_pipe(tmp_path, quarantine):
    (tmp_path / "backup").mkdir()
    os.mkfifo(tmp_path / "backup" / "manifest.json")

    with pytest.raises(BackupUnusable, match="it is no file"):
        restore(tmp_path / "backup", tmp_path / "restored.db", quarantine)


def test_nothing_that_exists_is_overwritten(office, tmp_path, quarantine):
    back_up(office.store, tmp_path / "backup", NOW)
    place = tmp_path / "here" / "books.db"
    place.parent.mkdir()

    with pytest.raises(StoreExists):
        restore(tmp_path / "backup", office.store, quarantine)
    for name, error in (("books.db", StoreExists), ("books.db.people", StoreUnusable), ("books.db.tree", StoreUnusable), ("books.db-journal", StoreJournalLeft)):  # fmt: skip
        there = place.with_name(name)
        there.write_bytes(b"something")
        with pytest.raises(error):
            restore(tmp_path / "backup", place, quarantine)
        assert [each.name for each in place.parent.iterdir()] == [name]
        there.unlink()
    with pytest.raises(BadStoreUrl):
        restore(tmp_path / "backup", ":memory:", quarantine)


def test_people_of_another_store_are_not_mixed_with_those_of_the_backup(tmp_path, quarantine):
    for name in ("one", "other"):
        office = Post(str(tmp_path / name), tmp_path / "state")
        office.close()
        back_up(office.store, tmp_path / f"backup of {name}", NOW)
    restore(tmp_path / "backup of one", tmp_path / "place", quarantine)
    (tmp_path / "place").unlink()
    (tmp_path / "place.tree").unlink()

    with pytest.raises(StoreForeign):
        restore(tmp_path / "backup of other", tmp_path / "place", quarantine)
    with Registry.open(tmp_path / "one") as registry, Directory.open(registry.store) as people:
        people.add(Person("person-9", "王五"))
    back_up(tmp_path / "one", tmp_path / "second backup", NOW)
    with closing(sqlite3.connect(tmp_path / "place.people")) as connection, connection:
        connection.execute("UPDATE dualcert_people SET name = '赵六'")
    with pytest.raises(StoreExists):
        restore(tmp_path / "second backup", tmp_path / "place", quarantine)


def test_an_interrupted_restoring_is_repeated(office, tmp_path, quarantine, monkeypatch):
    back_up(office.store, tmp_path / "backup", NOW)

    def broken(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("dualcert.backup.copy_log", broken)
        restore(tmp_path / "backup", tmp_path / "restored.db", quarantine)
    restore(tmp_path / "backup", tmp_path / "restored.db", quarantine)

    assert contents(tmp_path / "restored.db") == contents(office.store)


def test_a_log_that_is_not_sound_gets_no_backup(tmp_path):
    office = Post(str(tmp_path / "books.db"), tmp_path / "state")
    office.close()
    back_up(office.store, tmp_path / "backup", NOW)
    with unguarded(office.store) as connection:
        connection.execute(
            "UPDATE stored_events SET state = CAST(replace(CAST(state AS TEXT), '2023', '2022') AS BLOB) WHERE rowid = 2"
        )

    with pytest.raises(NotSound, match="position 2"):
        back_up(office.store, tmp_path / "second", NOW)
    assert not (tmp_path / "second").exists()


def test_what_is_sent_or_erased_while_the_log_is_copied(office, tmp_path, monkeypatch):
    """A message that the copied log has yet to send is there; that of somebody who is erased meanwhile is not."""
    from dualcert import backup

    copying = backup.copy_log

    def meanwhile(*how):
        copied = copying(*how)
        office.outbox.drop(office.outbox.kept()[0].dispatch)
        return copied

    monkeypatch.setattr(backup, "copy_log", meanwhile)
    assert back_up(office.store, tmp_path / "sent", NOW).messages == 2

    def erased(*how):
        copied = copying(*how)
        office.people.erase("person-1", date(2023, 5, 6))
        for each in office.outbox.kept():
            office.outbox.erase([each.dispatch])
        return copied

    monkeypatch.setattr(backup, "copy_log", erased)
    assert back_up(office.store, tmp_path / "erased", NOW).messages == 0
    assert "张三".encode() not in b"".join(each.read_bytes() for each in (tmp_path / "erased").iterdir())


@pytest.mark.parametrize("_time", range(100 if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else 1))
def test_a_backup_under_load_has_all_that_was_acknowledged_before_it(office, tmp_path, quarantine, _time):
    recorded, stop = [], threading.Event()

    def write():
        with Registry.open(office.store) as registry, Directory.open(registry.store) as people:
            for n in range(1, 400):
                if stop.is_set():
                    return
                people.add(Person(f"person-1{n}", f"张{n}"))
                lab = RegisterLab(lab=f"lab-140525-{n}", name=f"站{n}", level="county", division="140525", on="2019-01-01", by=f"person-1{n}")  # fmt: skip
                recorded.append(registry.execute(lab).facts[0].position)

    writer = threading.Thread(target=write)
    writer.start()
    while len(recorded) < 5:
        pass
    acknowledged = list(recorded)
    saved = back_up(office.store, tmp_path / "backup", NOW)
    stop.set()
    writer.join()

    assert saved.facts >= acknowledged[-1]
    restore(tmp_path / "backup", tmp_path / "restored.db", quarantine)
    with Registry.open(tmp_path / "restored.db") as registry, Directory.open(registry.store) as people:
        assert people_named(registry.view()) <= {person.person for person in people.all()} | {"system"}
    with closing(open_log(tmp_path / "restored.db")) as copy, closing(open_log(office.store)) as log:
        from dualcert.store.log import Bookmark

        ours = [row[1:] for _, rows in copy.rows(Bookmark()) for row in rows]
        theirs = [row[1:] for _, rows in log.rows(Bookmark()) for row in rows]
        assert theirs[: len(ours)] == ours


def test_a_backup_does_not_miss_what_is_recorded_and_sealed_while_it_is_made(office, tmp_path, monkeypatch):
    """The tree beside the store is of more facts then than the copied log, and nothing is missing all the same."""

    def recorded_and_sealed():
        office.registry.execute(
            RegisterLab(lab="lab-140525-9", name="站", level="county", division="140525", on=date(2023, 5, 5))
        )
        with closing(open_log(office.store)) as log:
            seal(log, KeyFolder(tmp_path / "keys"))

    act_after(monkeypatch, "dualcert.backup.copy_log", recorded_and_sealed)

    saved = back_up(office.store, tmp_path / "backup", NOW)

    assert check_backup(tmp_path / "backup")[1].size == saved.facts == office.facts - 1
