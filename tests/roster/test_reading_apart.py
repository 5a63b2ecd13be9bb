"""The process that reads a file: it gives what reading here gives, and whatever becomes of it costs only the file."""

from __future__ import annotations

import contextlib
import random
import re
import zipfile
from pathlib import Path

import pytest
from test_reading import ROWS, TEXT, as_ods, as_xls, rewritten

from dualcert.errors import BadRoster, RosterDamaged, RosterTooLarge, RosterUnreadable
from dualcert.roster.reading import pages
from dualcert.roster.reading.limits import Limits
from reading import reading_here

DATA = Path(__file__).parent / "data"


@pytest.fixture
def sound(tmp_path, book):
    """Make a sound file with this ending."""

    def made(ending):
        path = tmp_path / f"sound.{ending}"
        {
            "xlsx": lambda: book({"台账": ROWS}, name=path.name),
            "xls": lambda: as_xls(path),
            "ods": lambda: as_ods(path),
            "csv": lambda: path.write_bytes(TEXT.encode("gb18030")),
        }[ending]()
        return path

    return made


@pytest.mark.parametrize("ending", ["xlsx", "xls", "ods", "csv"])
def test_the_process_gives_what_reading_here_gives(sound, ending):
    path = sound(ending)

    apart = pages.read(path)
    with reading_here():
        assert pages.read(path) == apart


def test_the_process_refuses_as_reading_here_refuses(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("a\nb\n", encoding="utf-8")

    with pytest.raises(RosterTooLarge) as apart:
        pages.read(path, Limits(rows=1))
    with reading_here(), pytest.raises(RosterTooLarge) as here:
        pages.read(path, Limits(rows=1))

    said = [refused.value.render(lambda template: f"«{template}»") for refused in (apart, here)]
    assert said[0] == said[1] == f"«{path} is too large: «it has more than 1 rows»»"


@pytest.mark.parametrize("ending", ["xlsx", "xls", "ods"])
def test_a_file_that_is_cut_off_is_refused(tmp_path, sound, ending):
    content = sound(ending).read_bytes()
    for part in (0.3, 0.6, 0.9):
        path = tmp_path / f"cut.{ending}"
        path.write_bytes(content[: int(len(content) * part)])
        with pytest.raises((RosterDamaged, RosterUnreadable)):
            pages.read(path)


def test_a_cell_a_thousand_miles_away_is_refused_and_not_filled_up_to(book):
    path = book({"台账": ROWS})
    sheet = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml")
    far = re.sub(rb"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>', sheet)

    with pytest.raises((RosterUnreadable, RosterTooLarge, RosterDamaged)):
        pages.read(rewritten(path, {"xl/worksheets/sheet1.xml": far}))


def test_a_file_that_the_reading_process_does_not_survive_costs_only_the_file():
    """Found by fuzzing: calamine 0.37 aborts on it."""
    with pytest.raises((RosterUnreadable, RosterDamaged)):
        pages.read(DATA / "ruinous.xls")


def test_a_file_that_takes_too_long_is_given_up(tmp_path):
    (tmp_path / "long.csv").write_text(("x," * 250 + "x\n") * 40_000)

    with pytest.raises(RosterUnreadable, match="more than 1 s"):
        pages.read(
            tmp_path / "long.csv", Limits(seconds=1, seconds_per_megabyte=0, memory_megabytes=4096, cells=1 << 30)
        )


@pytest.mark.parametrize("ending", ["xlsx", "xls", "ods", "csv"])
def test_damaged_files_are_read_or_refused_by_name(tmp_path, sound, ending):
    """A short run of what `make soak` does for ten minutes."""
    content, chance = sound(ending).read_bytes(), random.Random(ending)
    for _ in range(6):
        damaged = bytearray(content)
        for _ in range(chance.choice([1, 4, 30])):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        path = tmp_path / f"damaged.{ending}"
        path.write_bytes(damaged)
        with contextlib.suppress(BadRoster):
            assert pages.read(path)


def test_where_no_process_can_be_started_that_is_said(tmp_path, monkeypatch):
    (tmp_path / "sound.csv").write_text(TEXT, encoding="utf-8")
    monkeypatch.setattr("sys.executable", str(tmp_path / "none"))

    with pytest.raises(RosterUnreadable, match="No such file"):
        pages.read(tmp_path / "sound.csv")
