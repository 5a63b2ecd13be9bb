"""The SQLite library is chosen once, for every store of the program: that of the extra where it is installed."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

CODE = """
import sys
import dualcert.store.sqlite_file as file
file.BUSY_TIMEOUT = 0.1
from dualcert import Registry, RegisterLab, StoreBusy, StoreClosed
from dualcert.people import Directory, Person
from dualcert.store.library import BUNDLED, sqlite3
from dualcert.store.sqlite_file import journal_of
from dualcert.store.url import parse_url
lab = RegisterLab(lab="lab-140525-1", name="站", level="county", division="140525", on="2019-01-01")
with Registry.create(sys.argv[1], policy="shanxi-2023") as books, Directory.open(books.store) as people:
    people.add(Person("person-1", "张三"))
    books.execute(lab)
    other = sqlite3.connect(sys.argv[1], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        books.execute(RegisterLab(lab="lab-140525-2", name="站", level="county", division="140525", on="2019-01-01"))
    except StoreBusy as busy:
        print(busy.code)
    other.execute("ROLLBACK")
    try:
        other.execute("DELETE FROM stored_events")
    except sqlite3.IntegrityError as refused:
        print(refused)
    other.close()
try:
    books.ratio()
except StoreClosed as closed:
    print(closed.code)
with Registry.open(sys.argv[1]) as books:
    print(books.execute(lab).unchanged, books.catch_up())
print(BUNDLED, journal_of(parse_url(sys.argv[1])), "sqlite3" in sys.modules, "pysqlite3" in sys.modules)
"""
TOLD = ["store-busy", "facts never change", "store-closed", "True 3"]


def ran(place, **asked):
    environment = {name: value for name, value in os.environ.items() if name != "DUALCERT_SQLITE"} | asked
    done = subprocess.run(
        [sys.executable, "-c", CODE, place], capture_output=True, text=True, check=True, env=environment
    )
    return done.stdout.splitlines()


def test_pythons_own_library_is_used_where_it_is_asked_for(tmp_path):
    *told, last = ran(str(tmp_path / "books.db"), DUALCERT_SQLITE="system")

    assert told == TOLD
    assert (last.split()[0], last.split()[-1]) == ("False", "False")


def test_the_extras_library_is_used_where_it_is_installed_with_a_write_ahead_log(tmp_path):
    *told, last = ran(str(tmp_path / "books.db"))

    assert told == TOLD
    if find_spec("pysqlite3"):
        assert last.startswith("True ('wal', 2)")
    else:
        assert last.startswith("False")


def test_only_one_module_names_a_library_of_sqlite():
    sources = Path(__file__).parents[2].joinpath("src").rglob("*.py")
    named = [
        path.name
        for path in sources
        if "import sqlite3\n" in path.read_text(encoding="utf-8").replace("library import sqlite3\n", "")
    ]

    assert named == ["library.py"]
