"""Sheets to fill in, and the books in their form: what is written is read back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from dualcert import Registry
from dualcert.divisions import china
from dualcert.domain.commands import AmendCertificate, CertificateCommand, DesignateLab, SuspendCertificate
from dualcert.roster import import_roster, import_rosters
from dualcert.roster.columns import certificate_field
from dualcert.roster.kinds import KINDS
from dualcert.roster.reading import pages
from dualcert.roster.sheets import LeftAlone
from dualcert.roster.templates import write_books, write_template
from dualcert.story import play, read
from dualcert.values.terms import SCHEMES
from examples import EXAMPLES

pytestmark = pytest.mark.usefixtures("read_here")

YEAR = EXAMPLES / "shanxi-2023"
DAY = date(2023, 12, 31)


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_is_read_as_an_empty_sheet_of_its_kind(books, tmp_path, kind):
    write_template(kind, tmp_path / "t.xlsx", divisions=china(), province="140000")

    done = import_roster(books, tmp_path / "t.xlsx")

    assert (done.chosen.kind.name, done.chosen.table.rows) == (kind, [])
    assert set(done.chosen.table.columns) == {column.field for column in KINDS[kind].columns.offered}
    assert done.chosen.table.skipped == [(2, "example")]
    assert done.chosen.left_alone[0] == LeftAlone("填表说明", "no table")


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_kind_dates_its_commands_and_fills_its_example_by_fields_of_its_own(kind):
    fields = {column.field for column in kind.columns.columns}
    dated = {
        certificate_field(scheme, field) if issubclass(command, CertificateCommand) else field
        for command, field in kind.dated.items()
        for scheme in SCHEMES
    }

    assert dated <= fields
    assert set(kind.example) <= fields


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_of_a_template_is_a_sound_row(books, tmp_path, kind):
    from test_kinds import People

    write_template("labs", tmp_path / "labs.xlsx")
    for each in dict.fromkeys(["labs", "pairings", kind]):
        write_template(each, tmp_path / "t.xlsx", replace=True)
        made = openpyxl.load_workbook(tmp_path / "t.xlsx")
        page = made[KINDS[each].title]
        page["A2"] = 1
        if each == "labs":
            page.append([2, None, None, "晋城市", "阳城县", "阳城县农产品质量安全检验检测站"])
        if each == "pairings":
            page.append([2, None, "晋城市", "阳城县", "person-1", None, "2023-04-20"])
        made.save(tmp_path / "t.xlsx")
        people = People({"person-1": "张三"})
        done = import_roster(books, tmp_path / "t.xlsx", kind=each, people=people)

        assert done.findings == []


def test_a_template_offers_choices_and_keeps_numbers_as_text(tmp_path):
    write_template("labs", tmp_path / "t.xlsx", divisions=china(), province="140000")

    page = openpyxl.load_workbook(tmp_path / "t.xlsx")["机构台账"]
    columns = {cell.value: cell.column_letter for cell in page[1]}
    offered = {
        rule.sqref.ranges.pop().coord.split(":")[0]: rule.formula1 for rule in page.data_validations.dataValidation
    }
    assert offered[f"{columns['机构级别']}2"] == '"省级,市级,县级"'
    assert "太原市" in offered[f"{columns['市']}2"]
    assert page[f"{columns['CMA证书编号']}2"].number_format == "@"


def test_a_template_is_explained_in_the_readers_language(tmp_path):
    write_template("labs", tmp_path / "t.xlsx", str.upper)

    page = openpyxl.load_workbook(tmp_path / "t.xlsx")["填表说明"]
    assert page["C1"].value == "WHAT BELONGS THERE"


@pytest.fixture(scope="module")
def year():
    """The example's year, with a lab suspended at its end, and a city's lab that serves a county."""
    with play(":memory:", read(YEAR / "shanxi-2023.jsonl"), YEAR) as books:
        books.execute(DesignateLab(county="county-140108", lab="lab-140500-1", on="2023-07-01"))
        books.execute(AmendCertificate(lab="lab-140500-1", scheme="CMA", number="1", reason="r", on="2023-07-01"))
        books.execute(SuspendCertificate(lab="lab-140100-1", scheme="CMA", reason="r", on="2023-12-01"))
        yield books


def sheets(path: Path):
    return {page.name: page.rows for page in pages.read(path).pages}


def test_the_whole_books_go_out_and_come_back_without_loss(year, tmp_path):
    rows = write_books(year.view(), DAY, tmp_path / "out.xlsx")
    assert all(rows[kind] for kind in KINDS), rows

    with Registry.open(":memory:", policy="shanxi-2023", clock=year._clock) as other:
        for done in import_rosters(other, [tmp_path / "out.xlsx"]).tables:
            kind = done.chosen.kind.name
            assert [f.problem for f in done.findings] == [], kind
            assert done.recorded == rows[kind]
        write_books(other.view(), DAY, tmp_path / "back.xlsx")
        total, again = (each.ratio(as_of=DAY).total for each in (year, other))
        places, carried = (_places(each) for each in (year, other))

    assert sheets(tmp_path / "back.xlsx") == sheets(tmp_path / "out.xlsx")
    assert again == total
    assert carried == places


def _places(books):
    """County -> whether it passes, and the labs that carry its place."""
    return {row.county: (row.passes, row.labs) for row in books.status(kind="county", as_of=DAY).rows}


def test_the_books_in_their_own_form_are_nothing_new_to_them(year, tmp_path):
    write_books(year.view(), DAY, tmp_path / "out.xlsx")
    head = year.catch_up()

    for done in import_rosters(year, [tmp_path / "out.xlsx"]).tables:
        assert ([f.problem for f in done.findings], done.recorded) == ([], 0), done.chosen.kind.name
    assert year.catch_up() == head


def test_the_same_books_give_the_same_bytes(year, tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        write_books(year.view(), DAY, tmp_path / name)

    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_empty_books_make_an_empty_workbook(books, tmp_path):
    assert set(write_books(books.view(), DAY, tmp_path / "out.xlsx").values()) == {0}
    made = sheets(tmp_path / "out.xlsx")
    assert {title: len(rows) for title, rows in made.items()} == {kind.title: 1 for kind in KINDS.values()}
    done = import_rosters(books, [tmp_path / "out.xlsx"])
    assert [each.chosen.kind.name for each in done.tables] == list(KINDS)
    assert (done.files_refused, done.to_dict()["total"]["rows"]) == ((), 0)
