"""Mending an import in the terminal: headers, units, people and values are asked about, and the answers go in."""

from __future__ import annotations

import os
import pty
import sys
from pathlib import Path

import click
import pytest

from dualcert.roster.kinds import KINDS

pytestmark = pytest.mark.usefixtures("read_here")


@pytest.fixture
def answering(shell, monkeypatch, capsys):
    """Run an import with --ask on a terminal at which these answers are given, in their order."""
    assert shell("init").status == 0

    def run(*arguments, answers):
        given = iter(answers)
        monkeypatch.setattr("dualcert.cli.asking.check_terminal", lambda: None)
        monkeypatch.setattr(click.termui, "visible_prompt_func", lambda _: next(given))
        ran = shell("import", "--ask", *arguments)
        assert list(given) == [], ran.err
        return ran

    return run


@pytest.fixture
def sheet(tmp_path):
    def write(text, name="a.csv"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return name

    return write


def test_without_a_terminal_nobody_can_be_asked(shell, sheet):
    assert shell("init").status == 0

    ran = shell("import", sheet("市,县,机构名称\n晋城市,泽州县,站\n"), "--ask")

    assert (ran.status, ran.error_code, "terminal" in ran.err) == (2, "bad-usage", True)


def test_a_header_that_is_not_known_is_chosen_and_remembered(answering, sheet, tmp_path):
    name = sheet("市,地区县区,全称,证书扫描,面积\n晋城市,泽州县,泽州站,有,1\n")

    ran = answering(
        name,
        "--write-columns",
        "map.toml",
        answers=["1", "2", "4", "99", "x", str(len(KINDS["labs"].columns.offered) + 1), ""],
    )

    assert (ran.status, ran.out) == (0, "csv: 1 rows; 1 recorded (2 facts), 0 unchanged, 0 refused\n"), ran.err
    assert (tmp_path / "map.toml").read_text(encoding="utf-8") == (
        '[columns]\n"市" = "市"\n"地区县区" = "县（市、区）"\n"全称" = "机构名称"\n"证书扫描" = ""\n"面积" = ""\n'
    )


def test_a_unit_that_is_not_known_is_chosen_once_for_all_its_rows(answering, sheet, shell):
    name = sheet("市,县,机构名称\n晋城市,择州县,泽州站\n晋城市,择州县,泽州中心\n晋城市,阳城县,阳城站\n")

    ran = answering(name, answers=["1"])

    assert "晋城市泽州县 140525" in ran.err
    assert (ran.status, ran.out.splitlines()[-1]) == (0, "csv: 3 rows; 3 recorded (6 facts), 0 unchanged, 0 refused")


def test_a_unit_that_can_be_several_is_chosen_for_each_row(answering, sheet, shell):
    name = sheet("县,机构名称\n城区,甲站\n城区,乙站\n")

    ran = answering(name, "--kind", "labs", answers=["1", "2"])

    assert ran.status == 0, ran.err
    assert len({row["division"] for row in shell("status", "--format", "json").json["rows"]}) == 2


def test_people_are_chosen_or_added_and_others_are_left(answering, sheet, shell):
    shell("people", "add", "person-3", "--name", "张三丰")
    name = sheet("市,县,包联干部\n晋城市,阳城县,张三\n晋城市,泽州县,李四\n晋城市,高平市,王五\n")

    ran = answering(name, "--accept-valid", answers=["1", "1", ""])

    assert "张三丰 (person-3)" in ran.err
    assert "added to the directory: 李四 as person-4" in ran.err
    assert [line.split()[2] for line in ran.out.splitlines()[2:3]] == ["nobody-called"]
    assert "3 rows; 2 recorded" in ran.out


def test_dates_that_can_be_read_in_two_ways_and_words_with_choices(answering, sheet):
    name = sheet("市,县,农安县类别,批次,命名日期\n晋城市,泽州县,省级,5,1/2/2023\n")

    ran = answering(name, answers=["1", "3"])

    assert "2023-01-02" in ran.err
    assert (ran.status, "1 recorded" in ran.out) == (0, True), ran.err


def test_the_right_content_may_be_typed(answering, sheet):
    ran = answering(sheet("市,会议类型,4月,5月\n晋城市,调度,,√\n"), answers=["5月12日"])

    assert (ran.status, "1 recorded" in ran.out) == (0, True), ran.err


def test_what_is_left_open_is_refused_as_ever_and_a_dry_run_records_nothing(answering, sheet, shell):
    name = sheet("市,县,机构名称\n晋城市,择州县,泽州站\n")

    assert answering(name, answers=[""]).status == 3
    assert answering(name, "--dry-run", answers=["1"]).status == 0
    assert shell("status", "--format", "json").json["rows"] == []


def test_kind_and_sheet_are_chosen_where_several_are_meant(answering, sheet):
    name = sheet("市,县,机构名称,农安县,批次\n晋城市,泽州县,泽州站,省级创建,5\n")

    assert answering(name, answers=["1"]).status == 0


def test_on_a_terminal_of_its_own(shell, sheet, tmp_path):
    assert shell("init").status == 0
    sheet("市,县,机构名称\n晋城市,择州县,泽州站\n")
    program = str(Path(sys.executable).with_name("dualcert"))
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(program, [program, "import", "a.csv", "--ask"], {**os.environ, "PYTHONSAFEPATH": "1"})
    printed = b""
    answered = False
    try:
        while part := os.read(terminal, 65_536):
            printed += part
            if b"Enter: leave it" in printed and not answered:
                answered = bool(os.write(terminal, b"1\n"))
    except OSError:  # the program has ended
        pass
    os.close(terminal)

    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0, printed.decode()
    assert "1 rows; 1 recorded" in printed.decode()
