"""An import of several files from the shell: its report, the sheets handed back, the mapping written; and its undoing."""

from __future__ import annotations

import openpyxl
import pytest

from examples import ROSTERS, SHANXI


@pytest.fixture
def empty(shell):
    assert shell("init").status == 0
    return shell


@pytest.fixture
def sent(tmp_path):
    """Files of a folder: labs, a helper, and a sheet with a wrong row."""
    folder = tmp_path / "sent"
    folder.mkdir()
    for name, text in {
        "c-labs.csv": "市,县,机构名称\n晋城市,泽州县,泽州站\n晋城市,阳城县,阳城站\n",
        "b-help.csv": "被帮扶机构,帮扶机构,帮扶日期\n泽州站,阳城站,2023-04-20\n",
        "a-wrong.csv": "市,县,机构名称\n晋城市,没有县,站\n晋城市,高平市,高平站\n",
    }.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_folder_has_one_report(empty, sent):
    ran = empty("import", "sent")

    assert ran.status == 3
    assert [line for line in ran.out.splitlines() if " rows; " in line] == [
        "sent/a-wrong.csv csv: 2 rows; 0 recorded (0 facts), 0 unchanged, 1 refused, 1 held back by them",
        "sent/c-labs.csv csv: 2 rows; 2 recorded (4 facts), 0 unchanged, 0 refused",
        "sent/b-help.csv csv: 1 rows; 1 recorded (1 facts), 0 unchanged, 0 refused",
        "total: 5 rows; 3 recorded (5 facts), 0 unchanged, 1 refused, 1 held back by them",
    ]
    assert "--accept-valid takes the sound rows, --errors OUT.xlsx" in ran.err


def test_a_folder_has_one_document(empty, sent):
    (sent / "none.xlsx").write_text("x")

    document = empty("import", "sent", "--dry-run", "--format", "json").json

    assert [each["kind"] for each in document["tables"]] == ["labs", "helpers", "labs"]
    assert [(each["file"], each["code"]) for each in document["files_refused"]] == [
        ("sent/none.xlsx", "roster-mislabelled")
    ]
    assert document["total"] == {"rows": 5, "recorded": 3, "facts": 5, "unchanged": 0, "refused": 1, "held_back": 1}
    assert document["position"] == 2


def test_findings_of_several_files_name_their_file(empty, sent):
    assert "sent/a-wrong.csv" in empty("import", "sent", "--format", "csv").out


def test_files_with_findings_are_handed_back_into_a_folder(empty, sent, tmp_path):
    assert empty("import", "sent", "--errors", "back.xlsx").status == 2
    ran = empty("import", "sent", "--errors", "back")

    assert "handed back: back/a-wrong.xlsx" in ran.err
    assert [each.name for each in (tmp_path / "back").iterdir()] == ["a-wrong.xlsx"]
    assert openpyxl.load_workbook(tmp_path / "back" / "a-wrong.xlsx").sheetnames
    assert empty("import", "sent", "--errors", "back").error_code == "file-exists"


@pytest.mark.parametrize(
    ("options", "advised"),
    [((), "nothing was recorded; --accept-valid takes the sound rows, --errors OUT.xlsx hands the sheet back"),
     (("--errors", "back.xlsx"), "nothing was recorded; --accept-valid takes the sound rows"),
     (("--accept-valid",), None)],
)  # fmt: skip
def test_only_options_that_were_not_given_are_advised(empty, options, advised):
    err = empty("import", ROSTERS / "datong-gb18030.csv", *options).err

    assert (advised in err.splitlines()) if advised else "--accept-valid" not in err


def test_accepting_the_sound_rows_is_not_advised_where_there_is_none(empty, tmp_path):
    (tmp_path / "a.csv").write_text("市,县,机构名称\n晋城市,没有县,站\n", encoding="utf-8")

    assert "--accept-valid" not in empty("import", "a.csv").err
    assert "nothing was recorded" in empty("import", "a.csv", "--accept-valid", "--errors", "b.xlsx").err


def test_people_would_be_added_after_a_refusal_as_in_a_dry_run(empty, tmp_path):
    (tmp_path / "a.csv").write_text("市,县,包联干部\n晋城市,阳城县,张三\n晋城市,没有县,李四\n", encoding="utf-8")

    for options in ((), ("--dry-run",)):
        assert (
            "would be added to the directory: 张三 as person-1"
            in empty("import", "a.csv", "--add-people", *options).err
        )
    taken = empty("import", "a.csv", "--add-people", "--accept-valid").err
    assert ("added to the directory: 张三" in taken, "李四 as" in taken) == (True, False)


def test_the_mapping_that_was_used_is_written_and_taken(empty, tmp_path):
    (tmp_path / "a.csv").write_text("序号,地区,区县,全称,面积\n1,晋城市,泽州县,泽州站,x\n", encoding="utf-8")
    (tmp_path / "map.toml").write_text('[columns]\n"地区" = "市"\n"全称" = "机构名称"\n', encoding="utf-8")

    assert empty("import", "a.csv", "--columns", "map.toml", "--write-columns", "used.toml", "--dry-run").status == 0
    assert (tmp_path / "used.toml").read_text(encoding="utf-8") == (
        '[columns]\n"序号" = ""\n"地区" = "市"\n"区县" = "县（市、区）"\n"全称" = "机构名称"\n"面积" = ""\n'
    )
    ran = empty("import", "a.csv", "--columns", "used.toml")
    assert (ran.status, ran.err.count("\n")) == (0, 1)  # only what a text file does not tell


# --- undo ------------------------------------------------------------------------------------------


def test_an_import_is_undone_by_its_file(empty):
    file = ROSTERS / "jincheng-2023-02.xlsx"
    empty("import", file)

    dry = empty("undo", file, "--dry-run")
    assert dry.out.splitlines()[-1] == "21 facts would be retracted, 0 corrected back, 0 entered again"
    document = empty("undo", file, "--reason", "错报", "--format", "json").json
    assert (document["retracted"], document["corrected"], len(document["rows"])) == (21, 0, 21)
    assert empty("status", "--format", "json").json["rows"] == []
    assert empty("undo", file).error_code == "source-undone"
    assert empty("import", file).out.startswith("Sheet1: 6 rows; 6 recorded")


def test_what_cannot_be_undone_says_why(empty):
    empty("import", ROSTERS / "jincheng-2023-02.xlsx")
    empty("record", "close-lab", "--lab", "lab-140525-1", "--reason", "x", "--on", "2023-05-01")

    refused = empty("undo", ROSTERS / "jincheng-2023-02.xlsx", "--format", "json")
    assert (refused.status, refused.error["code"]) == (3, "source-rested-on")
    assert empty("undo", SHANXI / "shanxi-2023.xlsx").error_code == "unknown-source"
    assert empty("undo", "abc").error_code == "unknown-source"
