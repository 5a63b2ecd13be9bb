"""Hostile sheets through the whole of an import and hand-back: refused by a typed error, or imported soundly.

Here every sixth of each group is tried, and those of which it is certain how they end; `make soak` tries all.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import hostile
import pytest

EMPTY_BOOKS = 2
"""The facts of books in which nothing was imported."""
PARENT_MB, CHILD_MB = 300, 512
SECONDS = 60


def attempted(folder: Path, names: list[str]) -> list[dict[str, object]]:
    """Return how the sheets of these *names* ended, tried one after the other in a process in *folder*."""
    (folder / "hostile").mkdir()
    done = subprocess.run(
        [sys.executable, hostile.__file__, *names], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def check(taken: dict[str, object]) -> None:
    """Fail where a sheet was dear, or half of it was imported."""
    assert taken["seconds"] < SECONDS, taken
    assert taken["parent"] < PARENT_MB, taken
    assert taken["child"] <= CHILD_MB, taken
    assert (taken["facts"] > EMPTY_BOOKS) == (taken["ended"] == "imported"), taken


EXPECTED = {
    "sound.xlsx": "imported",
    "locked-by-flag.xlsx": "roster-encrypted",
    "locked-by-flag.ods": "roster-encrypted",
    "locked.xls": "roster-encrypted",
    "bomb-in-a-sheet.xlsx": "roster-too-large",
    "bomb-of-names.xlsx": "roster-too-large",
    "a-part-twice.xlsx": "roster-damaged",
    "laughs-in-workbook.xml.xlsx": "roster-damaged",
    "laughs-in-utf-16-workbook.xml.xlsx": "roster-damaged",
    "laughs.ods": "roster-damaged",
    "merged-100001.xlsx": "roster-too-large",
    "merged-rows.xlsx": "findings",
    "rows-many.csv": "roster-too-large",
    "too-large.csv": "roster-too-large",
    "web-page.csv": "roster-mislabelled",
    "empty.csv": "roster-damaged",
}
"""Those of which it is certain how they end; they are always tried."""
STRIDE = 1 if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else 6


@pytest.mark.parametrize("group", hostile.GROUPS)
def test_a_hostile_sheet_is_refused_by_name_or_imported_and_costs_little(tmp_path, group):
    names = [name for nth, name in enumerate(hostile.GROUPS[group]) if nth % STRIDE == 0 or name in EXPECTED]

    found = attempted(tmp_path, names)

    assert [each["name"] for each in found] == names
    for taken in found:
        check(taken)
        assert taken["ended"] == EXPECTED.get(taken["name"], taken["ended"]), taken
    assert {path.name for path in tmp_path.iterdir()} <= {"hostile", "back.xlsx"}
    assert not list((tmp_path / "hostile").iterdir())


def test_those_of_which_the_end_is_certain_are_there():
    assert set(EXPECTED) <= {name for group in hostile.GROUPS.values() for name in group}


def test_there_are_as_many_as_are_promised():
    assert sum(len(group) for group in hostile.GROUPS.values()) >= 120
