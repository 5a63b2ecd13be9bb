"""What the shell promises: exit statuses, errors on one line, data on stdout."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from dualcert.cli.program import COMMANDS
from dualcert.domain.commands import by_name
from examples import SHANXI
from tampering import unguarded

SUSPEND = ("record", "suspend-certificate", "--lab=lab-140525-1", "--scheme=CMA", "--on=2024-03-01", "--reason=r")


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [
        (("status", "lab-140525-9"), 3, "unknown-lab"),
        (("status", "county-149999"), 3, "unknown-division"),
        (("status", "--division", "149999"), 3, "unknown-division"),
        (("status", "lab-140525-1", "--as-of", "1990-01-01"), 3, "before-registration"),
        (("history", "lab-140525-9"), 3, "unknown-stream"),
        (("ratio", "--known-at", "@99999"), 3, "unknown-position"),
        (("ratio", "--as-of", "2023-13-01"), 2, "bad-usage"),
        (("ratio", "--known-at", "yesterday"), 2, "bad-usage"),
        (("ratio", "--by", "village"), 2, "bad-usage"),
        (("vote",), 2, "bad-usage"),
        (("record", "vote"), 2, "bad-usage"),
        (("import", "none.xlsx"), 3, "bad-roster"),
        (("init",), 4, "store-exists"),
        (("--store", "none.db", "ratio"), 4, "store-missing"),
        (("--store", "sqlit:///x", "ratio"), 4, "bad-store-url"),
        (("--store", "b.db", "init", "--policy", "shanxi-2032"), 2, "bad-policy"),
        (("record", "retract-fact", "--stream=lab-140525-1", "--version=9", "--on=2024-01-01", "--reason=r"), 3, "unknown-fact"),
    ],
)  # fmt: skip
def test_an_error_is_one_line_on_stderr_and_one_object_under_json(shanxi, arguments, status, code):
    plain = shanxi(*arguments)

    assert (plain.status, plain.out) == (status, "")
    assert plain.err.startswith(f"{code}: ")
    assert plain.err.count("\n") == 1
    if "--format" in str(arguments) or arguments[0] in {"status", "ratio", "history"}:
        assert shanxi(*arguments, "--format", "json").error["code"] == code


def test_the_facts_of_a_refusal_stand_in_its_json(shanxi):
    assert shanxi("status", "lab-140525-9", "--format", "json").error == {
        "code": "unknown-lab",
        "message": "no lab lab-140525-9 is registered",
        "lab": "lab-140525-9",
    }


def test_a_refused_policy_makes_no_store(shell, tmp_path):
    (tmp_path / "p.toml").write_text("name = 'x'", encoding="utf-8")

    assert shell("init", "--policy", tmp_path / "p.toml").status == 2
    assert not (tmp_path / "dualcert.db").exists()


def test_a_command_is_recorded_once_and_then_unchanged(shanxi):
    first, again = shanxi(*SUSPEND, "--format=json").json, shanxi(*SUSPEND, "--format=json").json

    assert (first["recorded"], first["facts"]) == (True, ["lab-140525-1@4"])
    assert again == {**first, "recorded": False}


def test_every_command_of_the_books_can_be_recorded_from_the_shell(shell):
    for name, command in by_name().items():
        out = shell("record", name, "--help").out
        assert " ".join((command.__doc__ or "").split())[:40] in " ".join(out.split())
        for field in ("--on", "--by", "--source"):
            assert field in out


def test_every_command_has_help_that_teaches(shell):
    assert shell("--help").status == 0
    for name in COMMANDS:
        ran = shell(name, "--help")
        assert ran.status == 0
        assert "Usage: dualcert" in ran.out


def test_a_correction_takes_its_replacement_as_json(shanxi):
    anew = {"do": "grant-certificate", "lab": "lab-140525-1", "scheme": "CMA", "number": "210404099999",
            "granted_on": "2021-06-15", "valid_until": "2027-06-14"}  # fmt: skip
    ran = shanxi("record", "correct-fact", "--stream=lab-140525-1", "--version=2", "--on=2024-01-05",
                 "--reason=抄错号码", f"--replacement={json.dumps(anew)}")  # fmt: skip

    assert ran.status == 0
    row = shanxi("status", "lab-140525-1", "--as-of", "2023-02-16", "--format", "json").json["rows"][0]
    assert row["cma"]["number"] == "210404099999"


def test_an_amended_policy_is_in_force_from_its_day(shanxi, tmp_path):
    text = (SHANXI / "shanxi-2023.toml").read_text(encoding="utf-8").replace("percent = 85", "percent = 60")
    (tmp_path / "p.toml").write_text(text, encoding="utf-8")
    shanxi("record", "amend-policy", "--campaign=campaign-shanxi-2023", "--policy=p.toml", "--on=2023-09-01")

    def target(day):
        return shanxi("ratio", "--as-of", day, "--format", "json").json["target_percent"]

    assert (target("2020-01-01"), target("2023-08-31"), target("2023-09-01")) == (85, 85, 60)


def test_who_enters_it_is_said_or_taken_from_the_environment(shanxi, monkeypatch):
    monkeypatch.setenv("DUALCERT_BY", "person-9")
    shanxi(*SUSPEND)
    shanxi(
        "record",
        "reinstate-certificate",
        "--lab=lab-140525-1",
        "--scheme=CMA",
        "--on=2024-04-01",
        "--reason=r",
        "--by=person-8",
    )

    assert [row["by"] for row in shanxi("history", "lab-140525-1", "--format", "json").json["rows"]][2:] == [
        "system", "person-9", "person-8",
    ]  # fmt: skip


def lines(tmp_path, *documents):
    path = tmp_path / "lines.jsonl"
    path.write_text("\n".join(json.dumps(d) if isinstance(d, dict) else d for d in documents) + "\n", encoding="utf-8")
    return path


REGISTER = {"do": "register-lab", "name": "站", "level": "county", "division": "140522", "on": "2019-01-01"}


def test_apply_records_the_sound_lines_and_tells_the_others(shanxi, tmp_path):
    path = lines(tmp_path, {**REGISTER, "lab": "lab-140522-2"}, "", "nonsense", {**REGISTER, "lab": "lab-140522-1"},
                 {**REGISTER, "lab": "lab-140522-2"}, {**REGISTER, "lab": "lab-140522-3", "by": "person-7"})  # fmt: skip

    ran = shanxi("apply", path)

    assert ran.status == 3
    assert ran.json == {"lines": 5, "recorded": 2, "unchanged": 1, "refused": 2, "position": 416}
    told = [json.loads(line) for line in ran.err.splitlines()]
    assert [(t["line"], t["code"]) for t in told] == [(3, "bad-json"), (4, "lab-already-registered")]


def test_apply_atomic_records_all_lines_or_none(shanxi, tmp_path):
    sound = [{**REGISTER, "lab": f"lab-140522-{n}"} for n in (2, 3)]

    broken = shanxi("apply", "--atomic", lines(tmp_path, *sound, "nonsense"))
    assert (broken.status, broken.json["recorded"], broken.json["position"]) == (3, 0, 414)

    whole = shanxi("apply", "--atomic", lines(tmp_path, *sound))
    assert (whole.status, whole.json["recorded"], whole.json["position"]) == (0, 2, 416)


def test_an_odd_number_is_recorded_with_a_remark(shanxi, tmp_path):
    grant = {"do": "grant-certificate", "lab": "lab-140522-1", "scheme": "CMA", "number": "晋-1",
             "granted_on": "2020-01-01", "valid_until": "2024-12-31"}  # fmt: skip

    ran = shanxi("apply", lines(tmp_path, grant))

    assert ran.status == 0
    assert [json.loads(line)["remark"] for line in ran.err.splitlines()] == ["odd-number", "unusual-validity"]


def test_a_store_that_cannot_be_read_is_status_4(shanxi, tmp_path):
    with unguarded(tmp_path / "dualcert.db") as connection:
        connection.execute("UPDATE stored_events SET topic = 'lab.invented' WHERE rowid = 5")

    ran = shanxi("ratio")

    assert ran.status == 4
    assert ran.err.startswith("unknown-fact-name: ")


def test_the_version_is_said(shell):
    assert shell("--version").out.startswith("dualcert 0.")


def test_a_reader_that_has_had_enough_is_no_error(shanxi, tmp_path):
    command = f"{sys.executable} -c 'from dualcert.cli import main; main()' status --format jsonl | head -1; echo ${{PIPESTATUS[0]}}"

    ran = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=True)

    assert ran.stdout.splitlines()[1] == "0"
    assert ran.stderr == ""


def test_an_interrupt_is_status_130(shanxi, monkeypatch):
    def interrupted(*_args, **_kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("dualcert.registry.Registry.open", interrupted)

    assert shanxi("ratio").status == 130


def test_a_fault_of_ours_is_one_line_without_a_traceback(shanxi, monkeypatch):
    def broken(*_args, **_kwargs):
        raise ZeroDivisionError("x")

    monkeypatch.setattr("dualcert.registry.Registry.open", broken)

    ran = shanxi("ratio")
    assert ran.status == 70
    assert ran.err.startswith("internal-error: ")
    assert ran.err.count("\n") == 1
    ran = shanxi("--debug", "ratio")
    assert (ran.status, ran.err.count("Traceback"), ran.error_code) == (70, 1, "internal-error")


def test_debug_shows_the_place_of_a_refusal_and_changes_no_status(shanxi):
    ran = shanxi("--debug", "status", "lab-none")

    assert (ran.status, ran.error_code) == (3, "unknown-lab")
    assert "statuses.py" in ran.err


def test_a_store_is_copied_and_says_what_was_not(shanxi, tmp_path):
    ran = shanxi("copy", "dualcert.db", "copy.db", "--format", "json")

    digest = shanxi("replay", "--format", "json").json["digest"]
    assert (ran.json["digest"], ran.json["facts"]) == (digest, 414)
    assert "not copied" in ran.err
    assert shanxi("--store", "copy.db", "replay", "--format", "json").json["digest"] == digest
    assert (shanxi("copy", "dualcert.db", "copy.db").status, shanxi("copy", "none.db", "x.db").status) == (4, 4)
