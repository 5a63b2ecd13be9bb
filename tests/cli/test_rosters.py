"""Import and export from the shell: dry run, hand-back, templates, people, what is told aside."""

from __future__ import annotations

import shutil

import openpyxl
import pytest
import xlsxwriter
import xlwt

from dualcert.roster.kinds import KINDS
from examples import ROSTERS, SHANXI


@pytest.fixture
def empty(shell):
    assert shell("init").status == 0
    return shell


def test_the_shell_knows_every_kind(shell):
    for arguments in (["import", "--help"], ["export", "--help"]):
        shown = "".join(shell(*arguments).out.split())
        assert all(name in shown for name in KINDS)


def test_a_dry_run_shows_the_plan_as_a_table_and_as_json_and_records_nothing(empty):
    table = empty("import", ROSTERS / "jincheng-2023-02.xlsx", "--dry-run")
    document = empty("import", ROSTERS / "jincheng-2023-02.xlsx", "--dry-run", "--format", "json").json

    assert "register-lab" in table.out
    assert "6 would be recorded (21 facts)" in table.out
    assert len(document["plan"]) == 21
    assert document["plan"][0] == {
        "row": 5, "do": "register-lab", "on": "2021-06-15", "lab": "lab-140500-1",
        "name": "晋城市农产品质量安全检验检测中心", "level": "city", "division": "140500",
        "source": document["plan"][0]["source"],
    }  # fmt: skip
    assert document["plan"][0]["source"].endswith("Sheet1!5")
    assert empty("replay", "--format", "json").json["position"] == 2


def test_what_is_left_alone_is_said_aside(empty):
    err = empty("import", ROSTERS / "jincheng-2023-02.xlsx").err

    assert "sheet 填表说明 is left alone: no table" in err
    assert "row 11 is not read: total" in err


def test_defects_hand_back_and_a_mended_copy(empty, tmp_path):
    refused = empty("import", ROSTERS / "datong-gb18030.csv", "--errors", "back.xlsx")
    assert (refused.status, empty("status", "--format", "json").json["rows"]) == (3, [])
    assert [line.split()[0] for line in refused.out.splitlines()[2:7]] == ["H4", "F5", "G6", "C7", "L8"]
    taken = empty("import", ROSTERS / "datong-gb18030.csv", "--accept-valid", "--format", "json")
    assert (taken.status, taken.json["recorded"], taken.json["refused"]) == (3, 2, 5)

    book = openpyxl.load_workbook(tmp_path / "back.xlsx")
    for cell, mended in {
        "H4": "2026-05-02",
        "F5": "200404090204",
        "G6": "2020-02-29",
        "C7": "浑源县",
        "L8": "是",
    }.items():
        book["csv"][cell] = mended
    book.save(tmp_path / "mended.xlsx")
    again = empty("import", "mended.xlsx")
    assert (again.status, again.out) == (0, "csv: 7 rows; 5 recorded (20 facts), 2 unchanged, 0 refused\n")


def test_findings_speak_the_readers_language_and_codes_stay_english(empty):
    ran = empty("--lang", "zh", "import", ROSTERS / "datong-gb18030.csv", "--format", "json")

    assert ran.json["findings"][3]["message"] == "大同市没有左云旗"
    assert ran.json["findings"][3]["code"] == "unknown-unit"


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_findings_in_other_forms(empty, form):
    assert empty("import", ROSTERS / "datong-gb18030.csv", "--format", form).out.count("unknown-unit") == 1


def test_a_template_is_written_and_offers_the_cities_of_the_policy(empty, tmp_path):
    assert empty("import", "--template", "labs", "labs.xlsx").status == 0

    page = openpyxl.load_workbook(tmp_path / "labs.xlsx")["机构台账"]
    assert any("晋城市" in str(rule.formula1) for rule in page.data_validations.dataValidation)
    assert empty("import", "labs.xlsx").out == "机构台账: 0 rows; 0 recorded (0 facts), 0 unchanged, 0 refused\n"


def test_a_template_needs_no_store(shell, tmp_path):
    assert shell("import", "--template", "plans", "plans.xlsx").status == 0
    assert (tmp_path / "plans.xlsx").exists()
    assert not (tmp_path / "dualcert.db").exists()


def test_names_go_to_the_directory_and_ids_to_the_log(empty, tmp_path):
    (tmp_path / "包联.csv").write_text(
        "市,县,包联干部,联系电话\n晋城市,阳城县,张三,0356-1\n晋城市,泽州县,李四,\n", encoding="utf-8"
    )

    refused = empty("import", "包联.csv")
    assert (refused.status, refused.out.count("nobody-called")) == (3, 2)
    assert not (tmp_path / "dualcert.db.people").exists()
    done = empty("import", "包联.csv", "--add-people")

    assert "added to the directory: 张三 as person-1" in done.err
    assert "张三 (person-1)" in empty("status", "--kind", "pairing").out
    assert empty("people", "show", "person-1", "--format", "json").json["rows"][0]["phone"] == "0356-1"
    assert "张三".encode() not in (tmp_path / "dualcert.db").read_bytes()
    assert empty("import", "包联.csv").out.startswith("csv: 2 rows; 0 recorded")


def test_a_mapping_file_names_other_columns(empty, tmp_path):
    (tmp_path / "a.csv").write_text("地区,区县,全称\n晋城市,泽州县,泽州站\n", encoding="gb18030")
    (tmp_path / "map.toml").write_text('[columns]\n"地区" = "city"\n"全称" = "name"\n', encoding="utf-8")

    assert empty("import", "a.csv").error_code == "headers-missing"
    assert empty("import", "a.csv", "--columns", "map.toml").status == 0


def test_the_books_go_out_as_a_workbook_and_come_back(shanxi, tmp_path):
    assert "labs: 122 rows" in shanxi("export", "out.xlsx", "--as-of", "2023-02-16").out
    total = shanxi("ratio", "--as-of", "2023-02-16", "--format", "json").json["total"]

    (tmp_path / "dualcert.db").unlink()
    shanxi("init")
    assert shanxi("import", "out.xlsx").status == 0
    assert shanxi("ratio", "--as-of", "2023-02-16", "--format", "json").json["total"] == total


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [
        (("import", "none.xlsx"), 3, "bad-roster"),
        (("import", "text.xlsx"), 3, "roster-mislabelled"),
        (("import", "cut.xlsx"), 3, "roster-damaged"),
        (("import", "{datong}", "--errors", "out.csv"), 2, "bad-configuration"),
        (("import", "{datong}", "--errors", "{datong}"), 2, "bad-configuration"),
        (("import", "{datong}", "--errors", "none/out.xlsx"), 2, "bad-configuration"),
        (("import", "{datong}", "--kind", "people"), 2, "bad-usage"),
        (("import", "{datong}", "--sheet", "x"), 3, "bad-roster"),
        (("import", "{datong}", "--columns", "none.toml"), 2, "bad-usage"),
        (("export", "none/out.xlsx"), 4, "file-unwritable"),
        (("import", "--template", "labs", "none/out.xlsx"), 4, "file-unwritable"),
        (("import", "--template", "labs", "text.xlsx"), 2, "file-exists"),
        (("import", "{datong}", "--errors", "text.xlsx"), 2, "file-exists"),
        (("export", "text.xlsx"), 2, "file-exists"),
        (("import", "--template", "labs", "labs.csv"), 2, "bad-configuration"),
        (("import", "--template", "labs", "labs.xls"), 2, "bad-configuration"),
    ],
)
def test_what_is_refused_says_why(empty, tmp_path, arguments, status, code):
    (tmp_path / "text.xlsx").write_text("市", encoding="utf-8")
    whole = (SHANXI / "shanxi-2023.xlsx").read_bytes()
    (tmp_path / "cut.xlsx").write_bytes(whole[: len(whole) // 2])
    shutil.copy(ROSTERS / "datong-gb18030.csv", tmp_path / "datong.csv")

    ran = empty(*[each.replace("{datong}", "datong.csv") for each in arguments])

    assert (ran.status, ran.err.splitlines()[-1].partition(":")[0]) == (status, code), ran.err


@pytest.mark.parametrize("out", ["out.xls", "none/out.xlsx"])
def test_nothing_is_recorded_where_the_sheet_cannot_be_handed_back(empty, out):
    ran = empty("import", ROSTERS / "datong-gb18030.csv", "--accept-valid", "--errors", out)

    assert (ran.status, empty("status", "--format", "json").json["rows"]) == (2, [])


def test_a_dry_run_shows_what_a_correction_and_a_plan_say(empty, tmp_path):
    head = "市,县,机构名称,CMA证书编号,CMA发证日期,CMA有效期至\n晋城市,泽州县,泽州站,210404090041,2021-06-15,"
    for name, until in (("a.csv", "2027-06-14"), ("b.csv", "2027-06-13")):
        (tmp_path / name).write_text(f"{head}{until}\n", encoding="utf-8")
    (tmp_path / "p.csv").write_text(
        "市,县,问题短板,攻坚举措,责任人,完成时限\n晋城市,泽州县,仪器不足,购置,person-1,2023-06-30\n", encoding="utf-8"
    )
    empty("import", "a.csv")

    correction = empty("import", "b.csv", "--correct", "--dry-run").out
    plan = empty("import", "p.csv", "--dry-run").out

    assert "number=210404090041, granted_on=2021-06-15, valid_until=2027-06-13" in correction
    assert "items=(due=2023-06-30, measure=购置, problem=仪器不足, responsible=person-1)" in plan
    assert "[" not in plan


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [("none.csv", None, "there is no such file"), ("cut.xlsx", b"PK\x03\x04garbage", "its parts cannot be unpacked"),
     ("bad.csv", "市,县,机构名称\n晋城市,泽州县,站".encode() + b"\xff\xfe\n", "is no text in UTF-8")],
)  # fmt: skip
def test_a_file_that_cannot_be_read_says_why_in_words_of_ours(empty, tmp_path, name, content, said):
    if content:
        (tmp_path / name).write_bytes(content)

    assert said in empty("import", name).err


def test_what_is_hidden_and_what_cannot_be_told_is_said_aside(empty, tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as made:
        page = made.add_worksheet("台账")
        for row, cells in enumerate([["市", "县", "机构名称"], *[["晋城市", "阳城县", f"{n}站"] for n in range(6)]]):
            page.write_row(row, 0, cells)
        for row in (2, 4, 5):
            page.set_row(row, None, None, {"hidden": True})
        page.set_column(1, 1, None, None, {"hidden": True})
    (tmp_path / "a.csv").write_text("市,县,机构名称\n晋城市,阳城县,站\n", encoding="utf-8")

    err = empty("import", "a.xlsx", "--dry-run").err
    assert "hidden rows are read like the others: 3, 5-6\n" in err
    assert "hidden columns are read like the others: 县\n" in err
    assert "a text file does not tell which rows and columns were hidden" in empty("import", "a.csv", "--dry-run").err
    told = empty("import", "a.csv", "--dry-run", "--format", "json").json["untold"]
    assert [each["code"] for each in told] == ["text"]


def test_what_was_not_kept_is_said_and_nothing_is_handed_back_where_nothing_is_wrong(empty, tmp_path):
    (tmp_path / "a.csv").write_text("市,县,机构名称\n晋城市,阳城县,站\n", encoding="utf-8")
    old = xlwt.Workbook()
    page = old.add_sheet("台账")
    for row, cells in enumerate([["市", "县", "机构名称"], ["晋城市", "没有县", "站"]]):
        for column, cell in enumerate(cells):
            page.write(row, column, cell)
    old.save(str(tmp_path / "a.xls"))

    assert "nothing is wrong: back.xlsx was not written" in empty("import", "a.csv", "--errors", "back.xlsx").err
    assert not (tmp_path / "back.xlsx").exists()
    err = empty("import", "a.xls", "--errors", "back.xlsx").err
    assert "handed back: back.xlsx\nonly the values of the sheet were kept" in err
