"""No cell of a roster is lost silently: it is recorded, known already, or named by a finding, a remark or a note.

A sheet of random labs in a random layout is imported row by row as far as it is sound. Every cell that holds a day, a
certificate's number, a word of a certificate's state, a claim or a name then has to be found again. Each check is shown
to catch a build in which something is dropped on purpose.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime

import pytest
from attrs import evolve, frozen
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sheet_files import written

from dualcert import Registry
from dualcert.domain.certificate import (
    CertificateCancelled,
    CertificateReinstated,
    CertificateRevoked,
    CertificateSuspended,
)
from dualcert.domain.lab import LabClosed
from dualcert.errors import BadRoster
from dualcert.roster import import_roster, layout, sheets
from dualcert.roster.kinds import lab_sheet
from dualcert.roster.kinds.lab_told import ToldReader
from dualcert.roster.layout import SheetTable
from dualcert.roster.rows import Reader
from dualcert.testing import Clock
from dualcert.values.numbers import canonical_number
from dualcert.values.terms import SCHEMES
from random_sheets import made

pytestmark = pytest.mark.usefixtures("read_here")

MOST = settings().max_examples
"""12 in `make test`, 5,000 in `make soak`."""
some = settings(phases=[Phase.explicit, Phase.generate], max_examples=max(12, MOST // 2))
seeds = st.integers(0, 2**40)

TODAY = date(2024, 1, 15)
ENOUGH = 100
"""Sheets among which each loss is found."""
ENDS = {"注销": CertificateCancelled, "已注销": CertificateCancelled, "撤销": CertificateRevoked, "吊销": CertificateRevoked,
        "暂停": CertificateSuspended, "恢复": CertificateReinstated}  # fmt: skip


# --- what became of each cell ----------------------------------------------------------------------


@frozen
class Told:
    """What the books have and what the import told: the entries of labs, rows and columns that are named."""

    labs: dict[str, list[object]]
    books: Registry
    rows: frozenset[int]
    columns: frozenset[str]
    remarked: frozenset[tuple[int, str]]
    day: date | None

    def has(self, row, header, name, cell):
        """Return whether a cell is recorded, known, or named; a column without a header has the name that is told."""
        spelled = {_plain("".join(header)), _plain(header[1])} - {""}
        named = {(row, each) for each in spelled} & self.remarked
        works = cell.means == "state" and cell.value == "正常" and not re.search("资质|证书", "".join(header))
        if works and self._lab(name):
            return True  # it is said of the lab, which the books have
        return bool(row in self.rows or named or spelled & self.columns or self._known(cell, self._lab(name)))

    def _lab(self, name):
        """Return the entries of a lab by its name, or by the one that the sheet says it has now."""
        return self.labs.get(_plain(name)) or self.labs.get(_plain(f"新{name}"), [])

    def _known(self, cell, entries):
        if cell.means == "name":
            return any(_plain(cell.value) == _plain(each) for entry in entries for each in _texts(entry, "name"))
        if cell.means == "number":
            number = canonical_number(cell.value)
            return any(number == canonical_number(each) for entry in entries for each in _texts(entry, "number"))
        if cell.means == "day":
            days = {
                day
                for entry in entries
                for day in (entry.on, *_texts(entry, "granted_on"), *_texts(entry, "valid_until"))
            }
            reasons = "".join(str(each) for entry in entries for each in _texts(entry, "reason"))
            return cell.value in days or str(cell.value) in reasons
        if cell.means == "closed":
            return not cell.value or any(isinstance(entry.fact, LabClosed) for entry in entries)
        timelines = {scheme: self._timeline(entries, scheme) for scheme in SCHEMES}
        of = [timelines[cell.scheme]] if cell.scheme else list(timelines.values())
        return self._agrees(cell, entries, [timeline for timeline in of if timeline])

    def _timeline(self, entries, scheme):
        return self.books.view().lab(entries[0].stream).timeline(scheme) if entries else None

    def _agrees(self, cell, entries, timelines):
        """Return whether the books agree with a word of a state, or with a claim on the sheet's own day."""
        held = [timeline for timeline in timelines if timeline.periods]
        if cell.means == "claim" and not cell.value:
            return not self.day or not all(t.valid(self.day) for t in timelines) or not timelines
        if cell.means == "claim":
            on = self.day
            return len(held) == len(timelines) and (not on or all(t.valid(on) for t in held)) and bool(held)
        if cell.value == "恢复" and any(t.open and not t.suspended_since for t in held):
            return True
        if cell.value in ENDS:
            kinds = [type(e.fact) for e in entries if cell.scheme in (None, getattr(e.fact, "scheme", None))]
            return ENDS[cell.value] in kinds
        if cell.value in {"过期", "已失效", "证书已过期"}:
            return any(t.periods[-1].valid_until < (self.day or TODAY) for t in held)
        return cell.value in {"有效", "正常"} and bool(held)


def _texts(entry, name):
    value = getattr(entry.fact, name, None)
    return [value] if value is not None else []


def _plain(text):
    return "".join(re.sub(r"[()、/,.·*:]", "", unicodedata.normalize("NFKC", str(text))).split()).lower()


def told_by(done, books, day):
    view = books.view()
    labs = {}
    for lab, state in view.labs():
        for _, details in state.details:
            labs[_plain(details.name)] = list(view.entries(lab))
    told = done.to_dict()
    named = [*told["unread"], *(header for headers in told["also"].values() for header in headers)]
    return Told(
        labs=labs, books=books, day=day,
        rows=frozenset([*(f["row"] for f in told["findings"]), *(each["row"] for each in told["skipped"])]),
        columns=frozenset(map(_plain, named)),
        remarked=frozenset((each["row"], _plain(each["column"])) for each in told["remarks"]),
    )  # fmt: skip


def lost(seed, folder, *certain):
    """Return the cells of a sheet that are neither recorded nor known nor named, each as row, header and text."""
    made_, clock = made(seed, *certain), Clock(datetime(2024, 1, 15, 4, tzinfo=UTC))
    with Registry.open(":memory:", policy="shanxi-2023", clock=clock) as books:
        import_roster(books, written(folder, _as_text(made_.before), "csv"), kind="labs", accept_valid=True)
        sheet = _as_text(made_.sheet) if made_.file.startswith("csv") else made_.sheet
        try:
            done = import_roster(books, written(folder, sheet, made_.file), kind="labs", accept_valid=True)
        except BadRoster:
            return None
        told = told_by(done, books, made_.day)
        gone = [
            (row, "".join(made_.headers[column]), str(cell.shown))
            for (row, column), cell in made_.cells.items()
            if cell.means and not told.has(row, made_.headers[column], made_.names[row], cell)
        ]
        return [*gone, *((row, "", "a row") for row in made_.skipped if row not in told.rows)]


def _as_text(sheet):
    return evolve(sheet, rows=[[str(cell) if isinstance(cell, date) else cell for cell in row] for row in sheet.rows])


@some
@given(seeds)
def test_no_cell_is_lost_silently(tmp_path_factory, seed):
    assert not lost(seed, tmp_path_factory.mktemp("silent")), f"seed {seed}"


# --- and a build that drops something is caught ----------------------------------------------------


def without_columns(part):
    """Return a reader that reads nothing in the columns whose fields contain *part*."""
    read = Reader.cell
    return lambda self, row, field_: None if part in field_ else read(self, row, field_)


def without_last_row(table):
    layout.read_rows(table)
    if len(table.rows) > 1:
        table.rows.pop()


def without_lines(table):
    layout.read_rows(table)
    table.skipped.clear()


def without_sections(headings):
    return lambda table: headings(table)[:1]


def unsound_untold(self, row, field_, problem):
    self.unsound.add(row.number)


DROPPED = {
    "a certificate's columns": ((Reader, "cell", without_columns("catl_")), ["CATL"]),
    "a column of days": ((Reader, "cell", without_columns("registered_on")), ["registered"]),
    "the last row": ((sheets, "read_rows", without_last_row), []),
    "the rows that are no data": ((sheets, "read_rows", without_lines), ["tail"]),
    "the findings": ((Reader, "find", unsound_untold), []),
    "the names of columns that are not read": ((SheetTable, "unread", lambda self: ()), ["unknown"]),
    "the remarks": ((Reader, "remark", lambda self, row, field_, remark: None), ["former"]),
    "former names": ((Reader, "cell", without_columns("former_name")), ["former"]),
    "the words of states": ((ToldReader, "_state", lambda self, row, name, scheme: iter(())), ["CMA", "state"]),
    "claims": ((ToldReader, "_claim", lambda self, row, name, scheme: iter(())), ["CATL", "claim"]),
    "headings of sections": ((lab_sheet, "headings", without_sections(lab_sheet.headings)), ["CMA", "section"]),
    "the ends of labs": ((ToldReader, "_lab_state", lambda self, row: iter(())), ["works"]),
}
"""What is dropped on purpose -> where, and by what; and the features of the sheets in which it is."""


@pytest.mark.parametrize("dropped", DROPPED)
def test_a_build_that_drops_something_is_caught(tmp_path, monkeypatch, dropped):
    how, certain = DROPPED[dropped]
    monkeypatch.setattr(*how)

    assert any(lost(seed, tmp_path, *certain) for seed in range(ENOUGH))
