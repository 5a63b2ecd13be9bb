"""A copy is the same log elsewhere, whole or not at all."""

from __future__ import annotations

from contextlib import closing

import pytest

from dualcert import Registry
from dualcert.domain.commands import RegisterLab
from dualcert.errors import StoreDamaged, StoreEmpty, StoreExists, StoreMissing
from dualcert.store.copying import copy_log
from dualcert.store.log import Bookmark, EventLog, open_log


@pytest.fixture
def source(tmp_path, clock):
    """A store with 51 facts beside its opening ones."""
    path = tmp_path / "books.db"
    with Registry.open(path, policy="shanxi-2023", clock=clock) as registry:
        for n in range(1, 52):
            registry.execute(
                RegisterLab(lab=f"lab-140525-{n}", name=f"站{n}", level="county", division="140525", on="2020-01-01")
            )
    return path


def asked(store):
    with Registry.open(store) as registry:
        entries = registry.view().entries("log-1")
        replayed = registry.replay()
        return entries[0].fact.store_id, replayed.digest, replayed.position, registry.view(2).known_at


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_copy_answers_as_its_source(source, tmp_path, postgres_url, kind, monkeypatch):
    monkeypatch.setattr("dualcert.store.log.PAGE", 20)
    target = tmp_path / "copy.db" if kind == "sqlite" else postgres_url
    told = []

    copied = copy_log(source, target, lambda more, total: told.append((more, total)))

    assert (copied.facts, told) == (53, [(20, 53), (20, 53), (13, 53)])
    assert asked(target) == asked(source)
    assert copied.digest == asked(source)[1]
    if kind == "postgresql":  # and back
        assert copy_log(target, tmp_path / "back.db") == copied


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_is_there_is_not_touched(source, tmp_path, postgres_url, kind):
    target = tmp_path / "other.db" if kind == "sqlite" else postgres_url
    with Registry.open(target, policy="jiangsu-2024"):
        pass
    before = asked(target)

    with pytest.raises(StoreExists):
        copy_log(source, target)
    with pytest.raises(StoreExists):
        copy_log(source, source)
    assert asked(target) == before


def test_a_source_that_is_none_makes_no_target(tmp_path):
    with pytest.raises(StoreMissing):
        copy_log(tmp_path / "none.db", tmp_path / "copy.db")
    with pytest.raises(StoreMissing):
        copy_log(":memory:", tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


def test_a_copy_that_is_broken_off_leaves_nothing(source, tmp_path, postgres_url, monkeypatch):
    monkeypatch.setattr("dualcert.store.log.PAGE", 20)

    def broken_off(_more, _total):
        if len(told) == 2:
            raise KeyboardInterrupt
        told.append(_more)

    for target in (tmp_path / "copy.db", postgres_url):
        told = []
        with pytest.raises(KeyboardInterrupt):
            copy_log(source, target, broken_off)
        with pytest.raises((StoreMissing, StoreEmpty)):
            Registry.open(target)
    assert copy_log(source, postgres_url).facts == 53


def test_what_arrives_is_compared(source, tmp_path, monkeypatch):
    fill = EventLog.fill
    monkeypatch.setattr(EventLog, "fill", lambda log, pages: fill(log, ([*rows][:-1] for rows in pages)))

    with pytest.raises(StoreDamaged):
        copy_log(source, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


def test_a_store_that_another_copy_fills_meanwhile_is_not_mixed(source, tmp_path, monkeypatch):
    with Registry.open(tmp_path / "other.db", policy="shanxi-2023"):
        before = asked(tmp_path / "other.db")
    with closing(open_log(source)) as sent, closing(open_log(tmp_path / "other.db")) as log:
        monkeypatch.setattr(log, "opening", lambda: None)  # it was empty when this copy looked

        with pytest.raises(StoreExists):
            log.fill([rows for _, rows in sent.rows(Bookmark())])
    assert asked(tmp_path / "other.db") == before
