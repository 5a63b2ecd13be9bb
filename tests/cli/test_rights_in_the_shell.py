"""Rights in the shell: by `--by`, for every command that records, sends, or reads people."""

from __future__ import annotations

import json

import pytest

from examples import SHANXI

LAB = ("--lab", "lab-140105-1")
CLERK, HEAD, REGISTRAR = "person-91", "person-90", "person-92"
MEETING = ("record", "hold-meeting", "--campaign", "campaign-shanxi-2023", "--city", "140500", "--kind", "dispatch",
           "--month", "2023-05", "--note", "视频", "--on", "2023-05-20")  # fmt: skip


@pytest.fixture
def office(shanxi):
    """Books in which the head gives rights and decides, the clerk records campaigns, and the registrar keeps the people."""
    assert shanxi("people", "allow", HEAD, "rights", "gates").status == 0
    assert shanxi("people", "allow", CLERK, "campaigns", "dispatches", "--by", HEAD).status == 0
    assert shanxi("people", "allow", REGISTRAR, "people", "--by", HEAD).status == 0
    return shanxi


def test_the_first_right_is_that_to_give_rights(shanxi):
    assert shanxi("people", "allow", CLERK, "labs").error_code == "last-right"
    assert "everybody may do everything" in shanxi("people", "rights").out


def test_a_command_is_recorded_for_whoever_may(office, monkeypatch):
    refused = office(*MEETING, "--by", HEAD)
    assert (refused.status, refused.error_code) == (3, "not-permitted")
    assert "campaigns" in refused.err
    assert "--by" in office(*MEETING).err  # nobody is named

    monkeypatch.setenv("DUALCERT_BY", CLERK)
    assert office(*MEETING).status == 0


def test_decisions_are_recorded_for_whoever_may_decide(office):
    enrol = (
        "record",
        "enrol-county",
        "--county",
        "county-140521",
        "--programme",
        "provincial",
        "--batch",
        "3",
        "--standing",
        "named",
    )
    decide = (
        "record",
        "delist-county",
        "--county",
        "county-140521",
        "--programme",
        "provincial",
        "--reason",
        "未过关",
        "--on",
        "2023-10-08",
    )
    assert office("people", "allow", CLERK, "counties", "--by", HEAD).status == 0

    assert office(*enrol, "--on", "2020-01-01", "--by", CLERK).status == 0
    assert office(*decide, "--by", CLERK).error_code == "not-permitted"
    assert office(*decide, "--by", HEAD).status == 0


def test_rows_and_lines_are_recorded_for_whoever_may(office, tmp_path):
    visits = ("import", SHANXI / "shanxi-2023.xlsx")
    assert "not-permitted" not in office(*visits).err  # the books have all of it, so nothing is recorded

    assert office("apply", "--by", CLERK).status == 2
    line = {"command": "amend-lab", "lab": "lab-140105-1", "name": "新站", "on": "2023-05-01", "by": CLERK}
    (tmp_path / "facts.jsonl").write_text(json.dumps(line), encoding="utf-8")
    assert office("apply", "facts.jsonl").status == 3


def test_what_one_decided_another_does_not_take_back_in_the_same_file(office, tmp_path):
    county = {"county": "county-140521"}
    assert office("people", "allow", CLERK, "counties", "--by", HEAD).status == 0
    lines = [
        {
            "do": "enrol-county",
            **county,
            "programme": "provincial",
            "batch": 3,
            "standing": "named",
            "on": "2020-01-01",
            "by": CLERK,
        },
        {
            "do": "delist-county",
            **county,
            "programme": "provincial",
            "reason": "未过关",
            "on": "2023-10-08",
            "by": HEAD,
        },
    ]
    retracted = {"do": "retract-fact", "stream": "county-140521", "reason": "误判", "on": "2023-10-09", "by": CLERK}
    known = len(office("history", "county-140521", "--format", "json").json["rows"])
    lines.append({**retracted, "version": known + 2})
    (tmp_path / "facts.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")

    applied = office("apply", "facts.jsonl", "--atomic")
    assert (applied.status, "not-permitted" in applied.err) == (3, True)
    assert len(office("history", "county-140521", "--format", "json").json["rows"]) == known


def test_the_directory_is_read_and_changed_by_those_who_may(office):
    for command in (
        ("people", "show"),
        ("people", "add", "person-7", "--name", "张三"),
        ("people", "erase", "person-7", "--yes"),
    ):
        assert office(*command, "--by", CLERK).error_code == "not-permitted"
    assert office("people", "add", "person-7", "--name", "张三", "--by", REGISTRAR).status == 0
    assert "张三" in office("people", "show", "--by", REGISTRAR).out
    people = ("import", SHANXI / "shanxi-2023.xlsx", "--add-people")
    assert office(*people, "--by", CLERK).error_code == "not-permitted"


def test_only_who_may_gives_and_takes_rights(office):
    assert office("people", "withdraw", CLERK, "campaigns", "--by", CLERK).error_code == "not-permitted"
    assert office("people", "withdraw", CLERK, "all", "--by", HEAD).status == 0
    assert office(*MEETING, "--by", CLERK).error_code == "not-permitted"
    assert office("people", "withdraw", HEAD, "all", "--by", HEAD).error_code == "last-right"

    rows = office("people", "rights", "--format", "json").json["rows"]
    assert {(row["person"], row["right"]) for row in rows} == {(HEAD, "gates"), (HEAD, "rights"), (REGISTRAR, "people")}
    assert office("people", "rights", "--off", "--by", HEAD).status == 0
    assert office(*MEETING).status == 0


def test_the_doctor_says_whether_rights_are_on(office):
    assert "3 people have rights" in office("doctor").out


def test_rights_are_in_a_backup(office, tmp_path):
    assert office("backup", tmp_path / "saved").status == 0
    assert office("restore", tmp_path / "saved", tmp_path / "again.db").status == 0
    assert office("--store", tmp_path / "again.db", *MEETING).error_code == "not-permitted"
