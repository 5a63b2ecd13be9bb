"""Rows of a damaged file may hold anything: whoever reads one refuses the store by name."""

from __future__ import annotations

import shutil

import pytest

from dualcert import Registry
from dualcert.domain.commands import RegisterLab
from dualcert.errors import StoreDamaged
from dualcert.store.copying import copy_log
from tampering import unguarded

LAB = "lab-140525-1"
ODD = {
    f"{column}-{kind}": f"UPDATE stored_events SET {column} = {value} WHERE originator_id = '{LAB}'"
    for column in ("originator_id", "originator_version", "topic", "state")
    for kind, value in (("missing", "NULL"), ("bytes", "x'00ff'"), ("text", "'x'"))
    if (column, kind) not in {("originator_id", "text"), ("topic", "text")}  # of a text only `verify` knows
}


@pytest.fixture(scope="module")
def unconstrained(tmp_path_factory):
    """A store whose table takes every value, as the pages of a damaged one do."""
    path = tmp_path_factory.mktemp("odd") / "books.db"
    with Registry.create(path, policy="shanxi-2023") as books:
        books.execute(RegisterLab(lab=LAB, name="站", level="county", division="140525", on="2018-01-01"))
    with unguarded(path) as connection:
        ((table,),) = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'stored_events'")
        loose = table.replace(" NOT NULL", "").replace("UNIQUE (originator_id, originator_version)", "CHECK (1)")
        connection.execute("CREATE TABLE kept AS SELECT rowid AS nth, * FROM stored_events")
        connection.execute("DROP TABLE stored_events")
        connection.execute(loose)
        connection.execute(
            "INSERT INTO stored_events (rowid, originator_id, originator_version, topic, state) "
            "SELECT nth, originator_id, originator_version, topic, state FROM kept"
        )
        connection.execute("DROP TABLE kept")
    return path


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_a_row_that_holds_no_fact_is_named_by_who_reads_it(unconstrained, tmp_path, odd):
    store = shutil.copy(unconstrained, tmp_path / "books.db")
    with unguarded(store) as connection:
        connection.execute(odd)

    for asked in (Registry.status, Registry.due, Registry.replay, lambda books: books.history(LAB)):
        with pytest.raises(StoreDamaged, match=r"books\.db"), Registry.open(store) as books:
            asked(books)


@pytest.mark.parametrize(
    "odd", [sql for name, sql in ODD.items() if name != "state-bytes"]
)  # what bytes mean, no copy asks
def test_no_such_row_is_copied(unconstrained, tmp_path, odd):
    store = shutil.copy(unconstrained, tmp_path / "books.db")
    with unguarded(store) as connection:
        connection.execute(odd)

    with pytest.raises(StoreDamaged, match=r"books\.db"):
        copy_log(store, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()
