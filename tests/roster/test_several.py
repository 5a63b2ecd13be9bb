"""Several files and sheets in one import: in the order of their kinds, each file whole or not at all, with one outcome."""

from __future__ import annotations

from datetime import date

import pytest
from test_kinds import People

from dualcert import Registry
from dualcert.errors import BadRoster, RosterTooLarge, SheetAmbiguous
from dualcert.roster import How, Limits, import_roster, import_rosters
from dualcert.roster.kinds import KINDS
from dualcert.roster.templates import write_books, write_template

pytestmark = pytest.mark.usefixtures("read_here")

LABS = [["市", "县", "机构名称"], ["晋城市", "泽州县", "泽州站"], ["晋城市", "阳城县", "阳城站"]]
HELPERS = [["被帮扶机构", "帮扶机构", "帮扶日期"], ["泽州站", "阳城站", "2023-04-20"]]
PAIRINGS = [["市", "县", "包联干部", "包联日期"], ["晋城市", "泽州县", "张三", "2023-04-20"]]
VISITS = [["市", "县", "包联干部", "走访日期", "走访情况"], ["晋城市", "泽州县", "张三", "2023-05-10", "察看"]]
WRONG = [["市", "县", "机构名称"], ["晋城市", "没有县", "站"], ["晋城市", "高平市", "高平站"]]


@pytest.fixture
def files(book):
    def make(**sheets):
        return [
            book({name: rows} if isinstance(rows, list) else rows, name=f"{name}.xlsx") for name, rows in sheets.items()
        ]

    return make


def counts(done):
    return {
        each.chosen.kind.name: (each.rows, each.recorded, each.unchanged, each.refused, each.held_back)
        for each in done.tables
    }


@pytest.mark.parametrize("dry_run", [False, True])
def test_files_are_taken_in_the_order_of_their_kinds(books, files, dry_run):
    people = People()
    asked = files(a_visits=VISITS, b_helpers=HELPERS, c_pairings=PAIRINGS, d_labs=LABS)
    position = books.catch_up()

    done = import_rosters(books, asked, people=people, add_people=True, dry_run=dry_run)

    assert list(counts(done)) == ["labs", "pairings", "helpers", "visits"]
    assert set(counts(done).values()) == {(2, 2, 0, 0, 0), (1, 1, 0, 0, 0)}
    assert (books.catch_up() == position, people.names == {}) == (dry_run, dry_run)
    assert [each.added for each in done.tables if each.newcomers] == [not dry_run]
    if not dry_run:
        again = import_rosters(books, asked, people=people)
        assert again.to_dict()["total"] == {
            "rows": 5, "recorded": 0, "facts": 0, "unchanged": 5, "refused": 0, "held_back": 0,
        }  # fmt: skip


def test_a_file_that_is_refused_does_not_keep_the_others_out(books, files, tmp_path):
    (tmp_path / "cut.xlsx").write_bytes(b"PK\x03\x04")

    done = import_rosters(books, [*files(wrong=WRONG, labs=LABS), tmp_path / "cut.xlsx", tmp_path / "none.xlsx"])

    assert sorted((t.rows, t.recorded, t.refused, t.held_back) for t in done.tables) == [(2, 0, 1, 1), (2, 2, 0, 0)]
    assert [(each.file.rpartition("/")[2], each.refusal.code) for each in done.files_refused] == [
        ("cut.xlsx", "roster-damaged"), ("none.xlsx", "bad-roster"),
    ]  # fmt: skip
    assert done.refused == 3


def test_of_a_file_that_is_refused_no_sheet_is_recorded(books, files):
    both = {"机构台账": LABS, "农安县名单": [["市", "县", "农安县类别", "批次"], ["晋城市", "没有县", "省级创建", 5]]}
    asked = files(both=both, helpers=HELPERS)

    done = import_rosters(books, asked)

    assert counts(done)["labs"] == (2, 0, 0, 0, 2)
    assert counts(done)["counties"] == (1, 0, 0, 1, 0)
    assert counts(done)["helpers"] == (1, 0, 0, 1, 0)  # they rest on labs that were not recorded
    assert not list(books.view().labs())
    assert counts(import_rosters(books, asked, accept_valid=True))["labs"] == (2, 2, 0, 0, 0)


def test_a_folder_stands_for_the_spreadsheets_in_it(books, files, tmp_path):
    (tmp_path / "sent").mkdir()
    for file in files(b=LABS, a=HELPERS):
        file.rename(tmp_path / "sent" / file.name)
    for other in ("~$b.xlsx", ".b.xlsx", "readme.txt", "b.docx"):
        (tmp_path / "sent" / other).write_text("x")

    done = import_rosters(books, [tmp_path / "sent", tmp_path / "sent" / "b.xlsx"])

    assert (len(done.tables), done.refused) == (2, 0)
    (tmp_path / "none").mkdir()
    with pytest.raises(BadRoster, match="no spreadsheet"):
        import_rosters(books, [tmp_path / "none"])


def test_an_export_is_taken_whole_and_so_are_templates(books, files, tmp_path):
    import_rosters(
        books, files(a=LABS, b=HELPERS, c=[["市", "县", "农安县类别", "批次"], ["晋城市", "泽州县", "省级创建", 5]])
    )
    rows = write_books(books.view(), date(2023, 12, 31), tmp_path / "out.xlsx")

    with Registry.open(":memory:", policy="shanxi-2023") as other:
        done = import_rosters(other, [tmp_path / "out.xlsx"])
        assert {each.chosen.kind.name: each.recorded for each in done.tables} == {k: n for k, n in rows.items() if n}
    for kind in KINDS:
        write_template(kind, tmp_path / f"{kind}.xlsx")
    done = import_rosters(books, [tmp_path / f"{kind}.xlsx" for kind in reversed(KINDS)])
    assert ([each.chosen.kind.name for each in done.tables], done.refused) == (list(KINDS), 0)


def test_sheets_of_other_names_are_taken_together_only_if_that_is_asked_for(books, files):
    (file,) = files(x={"一": LABS, "二": HELPERS, "说明": [["x"]]})

    done = import_rosters(books, [file])
    assert [each.refusal.code for each in done.files_refused] == ["sheet-ambiguous"]
    assert "--all-sheets" in str(done.files_refused[0].refusal)
    with pytest.raises(SheetAmbiguous):
        import_roster(books, file)
    done = import_rosters(books, [file], all_sheets=True)
    assert counts(done) == {"labs": (2, 2, 0, 0, 0), "helpers": (1, 1, 0, 0, 0)}
    assert [(each.sheet, each.why) for each in done.tables[0].chosen.left_alone] == [("说明", "no table")]


def test_a_sheet_that_is_left_alone_is_named_with_its_reason(books, files):
    (file,) = files(x={"台账": LABS, "包联": PAIRINGS, "空": [LABS[0]], "说明": [["x"]]})

    done = import_roster(books, file, kind="labs")

    assert [(each.sheet, each.why, each.kind) for each in done.chosen.left_alone] == [
        ("包联", "another kind", "pairings"), ("空", "no rows", "labs"), ("说明", "no table", None),
    ]  # fmt: skip


def test_all_files_together_are_no_larger_than_one_may_be(books, files):
    how = How(limits=Limits(rows=5))

    done = import_rosters(books, files(a=LABS, b=HELPERS, c=PAIRINGS), how)

    assert [type(each.refusal) for each in done.files_refused] == [RosterTooLarge]
    assert len(done.tables) == 2


def test_only_people_of_rows_that_are_recorded_are_added(books, files):
    people = People()
    rows = [*PAIRINGS, ["晋城市", "没有县", "李四", "2023-04-20"]]
    (file,) = files(p=rows)

    refused = import_roster(books, file, people=people, add_people=True)
    assert ([p.name for p in refused.newcomers], refused.added, people.names) == (["张三"], False, {})
    taken = import_roster(books, file, people=people, add_people=True, accept_valid=True)
    assert ([p.name for p in taken.newcomers], taken.added, list(people.names.values())) == (["张三"], True, ["张三"])
