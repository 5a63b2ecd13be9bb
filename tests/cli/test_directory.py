"""The directory of people in the shell."""

from __future__ import annotations

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
