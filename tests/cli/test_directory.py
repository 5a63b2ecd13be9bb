"""The directory of people in the shell."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from openpyxl import load_workbook


@pytest.fixture
def people(shanxi):
    """Run a command of the directory."""
    return lambda *arguments: shanxi("people", *arguments)


def known(people, id_="person-1"):
    (row,) = people("show", id_, "--format", "json").json["rows"]
    return row["name"], row["phone"], row["email"]


def test_what_is_left_out_stays_and_an_empty_text_takes_it_away(people):
    people("add", "person-1", "--name", "张三", "--email", "z@example.cn")
    people("add", "person-1", "--phone", "0351-2")
    assert known(people) == ("张三", "0351-2", "z@example.cn")

    people("add", "person-1", "--phone", "")
    assert known(people) == ("张三", None, "z@example.cn")


@pytest.fixture
def lost(people, shanxi):
    """A directory of two people; the key of the first is lost, and in the file that is named."""
    for id_, name in (("person-1", "张三"), ("person-2", "李四")):
        people("add", id_, "--name", name, "--phone", "0351-2")
    assert "apart from the backup" in shanxi("backup", "backup").err
    with closing(sqlite3.connect("dualcert.db.keys")) as connection, connection:
        connection.execute("DELETE FROM dualcert_keys WHERE person = 'person-1'")
    return str(next(Path().glob("people-*.keys")))


def test_who_cannot_be_read_is_said_to_be_so_wherever_people_are_shown(people, shanxi, lost):
    everybody = people("show")
    assert (everybody.status, everybody.out.count("(cannot be read)"), everybody.out.count("李四")) == (0, 1, 1)
    assert everybody.err.startswith("person-unreadable: person-1 cannot be read in ")
    assert [row["unreadable"] for row in people("show", "--format", "json").json["rows"]] == [
        "its key is missing",
        None,
    ]
    shanxi("record", "close-lab", "--lab=lab-140525-1", "--reason=合并", "--on=2023-03-01", "--by", "person-1")
    assert "person-1 (cannot be read)" in shanxi("history", "lab-140525-1").out
    for asked in (("show", "person-1"), ("add", "person-1", "--name", "张三")):
        assert (people(*asked).status, people(*asked).error_code) == (4, "person-unreadable")
    assert people("add", "person-2", "--email", "li@example.cn").status == 0


def test_lost_keys_are_taken_from_those_beside_a_backup(people, lost):
    taken = people("keys", lost)
    assert (taken.status, taken.out) == (0, "2 of 2 people can be read\n")
    assert known(people) == ("张三", "0351-2", None)
    assert people("keys", "dualcert.db").error_code == "keys-unusable"


def test_an_entry_that_cannot_be_read_is_entered_anew_with_all_that_it_has(people, lost):
    assert people("add", "person-1", "--name", "张三", "--phone", "0351-3", "--email", "").status == 0
    assert known(people) == ("张三", "0351-3", None)


def test_erasing_says_what_is_destroyed_and_what_still_holds_the_person(people, lost):
    erased = people("erase", "person-2", "--yes")
    assert erased.out == "person-2 (erased)\n"
    assert "destroyed: the key of person-2, name, phone and e-mail, and 0 messages" in erased.err
    assert "make a backup, which replaces the keys beside it" in erased.err


def test_a_restored_store_says_whose_keys_it_lacks(people, shanxi, lost):
    restored = shanxi("restore", "backup", "restored.db", "--keys", lost)
    assert f"people are read by {lost}" in restored.err
    Path(lost).unlink()
    assert "2 people cannot be read: 'people keys FILE'" in shanxi("restore", "backup", "second.db").err


@pytest.mark.parametrize(
    "arguments", [("add", "person-1", "--name", "张三"), ("show",), ("erase", "person-1", "--yes")]
)
def test_a_store_that_is_not_there_has_no_directory(shell, tmp_path, arguments):
    ran = shell("people", *arguments)

    assert (ran.status, ran.error_code) == (4, "store-missing")
    assert list(tmp_path.iterdir()) == []


def test_an_erased_person_is_shown_as_erased_in_facts_and_reports(shanxi):
    shanxi("people", "add", "person-1", "--name", "张三")
    pairing = ("--kind", "province-city", "--supporter", "person-1", "--target", "140500", "--on", "2023-04-20")
    assert shanxi("record", "assign-pairing", *pairing, "--by", "person-1").status == 0
    shanxi("people", "erase", "person-1", "--yes")

    history = shanxi("history", "pairing-province-city-person-1-140500-20230420").out
    assert history.count("person-1 (erased)") == 2, "who is paired, and who entered it"
    for format_ in ("table", "json", "csv"):
        due = shanxi("due", "--on", "2023-06-01", "--kind", "unvisited", "--format", format_)
        assert "was not visited by person-1 (erased) since" in due.out, format_
    assert shanxi("report", "run", "ledger", "--as-of", "2023-06-01", "--out", "made").status == 0
    (made,) = Path("made").glob("*.xlsx")
    told = [str(cell.value) for page in load_workbook(made) for row in page.rows for cell in row if cell.value]
    assert any("person-1（已删除）" in each for each in told)
