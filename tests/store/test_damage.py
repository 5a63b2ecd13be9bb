"""Whatever was done to the bytes of a fact: a typed refusal that names it, or an answer."""

from __future__ import annotations

import pytest

from dualcert import Registry
from dualcert.domain.commands import RegisterLab
from dualcert.errors import StoreDamaged, StoreUnusable, UnknownFactName
from tampering import unguarded

LAB = "lab-140525-1"


@pytest.fixture
def store(tmp_path):
    path = tmp_path / "books.db"
    with Registry.create(path, policy="shanxi-2023") as registry:
        registry.execute(RegisterLab(lab=LAB, name="站", level="county", division="140525", on="2019-01-01"))
    return path


def change(store, statement, *values):
    with unguarded(store) as connection:
        connection.execute(statement, values)


@pytest.mark.parametrize(
    ("statement", "value"),
    [
        ("UPDATE stored_events SET state = ? WHERE rowid = 3", b"\xff\xfe"),
        ("UPDATE stored_events SET state = ? WHERE rowid = 3", b""),
        ("UPDATE stored_events SET state = ? WHERE rowid = 3", b"[]"),
        ("UPDATE stored_events SET state = ? WHERE rowid = 3", b"{}"),
        ("UPDATE stored_events SET state = ? WHERE rowid = 3", 17),
        ("UPDATE stored_events SET state = CAST(replace(CAST(state AS TEXT), '2019-01-01', ?) AS BLOB) WHERE rowid = 3", "2019-13-01"),
        ("UPDATE stored_events SET topic = ? WHERE rowid = 3", "county.enrolled"),
        ("UPDATE stored_events SET topic = ? WHERE rowid = 3", "campaign.opened"),
        ("UPDATE stored_events SET originator_id = ? WHERE rowid = 3", "county-140525"),
        ("UPDATE stored_events SET originator_id = ? WHERE rowid = 3", "nothing"),
        ("UPDATE stored_events SET originator_version = ? WHERE rowid = 3", 2),
    ],
)  # fmt: skip
def test_a_fact_that_was_changed_is_damage_and_named(store, statement, value):
    change(store, statement, value)

    with pytest.raises(StoreDamaged, match=r"books\.db.*@") as refused, Registry.open(store) as registry:
        registry.view().lab(LAB)
    assert refused.value.store == str(store)


def test_a_byte_of_a_name_that_is_no_utf_8_is_damage(store):
    with unguarded(store) as connection:
        (state,) = connection.execute("SELECT state FROM stored_events WHERE rowid = 3").fetchone()
        broken = state.replace("站".encode(), b"\xe7\xab")
        connection.execute("UPDATE stored_events SET state = ? WHERE rowid = 3", (broken,))

    with pytest.raises(StoreDamaged, match=f"{LAB}@1"), Registry.open(store) as registry:
        registry.catch_up()


def test_a_name_that_is_no_text_is_damage(store):
    change(store, "UPDATE stored_events SET topic = CAST(x'ff' AS TEXT) WHERE rowid = 3")

    with pytest.raises((StoreDamaged, UnknownFactName)), Registry.open(store) as registry:
        registry.catch_up()


@pytest.mark.parametrize("field", ["format", "hash"])
def test_an_opening_fact_of_no_known_form_is_refused(store, field):
    old, new = {"format": ('"format":1', '"format":0'), "hash": ("sha256", "md5")}[field]
    change(
        store,
        "UPDATE stored_events SET state = CAST(replace(CAST(state AS TEXT), ?, ?) AS BLOB) WHERE rowid = 1",
        old,
        new,
    )

    with pytest.raises(StoreDamaged, match="opening fact"):
        Registry.open(store)


def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    import os

    os.mkfifo(tmp_path / "books.db")

    with pytest.raises(StoreUnusable, match="not a file"):
        Registry.open(tmp_path / "books.db")
