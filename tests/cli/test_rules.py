"""The campaign's rules from the shell: due, gate, score, people, status of all kinds, what if."""

from __future__ import annotations

import csv
import io
import json

import pytest

from examples import SHANXI

YANGCHENG = "county-140522"
ITEMS = '[{"problem": "仪器不足", "measure": "购置设备", "responsible": "person-7", "due": "2023-06-30"}]'


@pytest.fixture
def enrolled(shanxi):
    """The roster of Shanxi with Yangcheng a named county."""
    ran = shanxi("record", "enrol-county", f"--county={YANGCHENG}", "--programme=provincial", "--batch=3",
                 "--standing=named", "--on=2020-01-01")  # fmt: skip
    assert ran.status == 0, ran.err
    return shanxi


def test_due_as_json_has_the_documented_keys(enrolled):
    document = enrolled("due", "--on", "2023-10-01", "--format", "json").json

    assert list(document) == ["as_of", "known_at", "position", "rows"]
    row = next(row for row in document["rows"] if row["kind"] == "gate")
    assert list(row) == [
        "kind", "subject", "division", "name", "due", "days_left", "severity", "message", "evidence",
        "campaign", "duty", "owed_from", "state", "responsible",
        "gate", "programme", "batch", "standing", "consequence", "gate_title",
    ]  # fmt: skip
    assert (row["subject"], row["days_left"], row["programme"], row["batch"]) == (YANGCHENG, -1, "provincial", 3)
    assert row["evidence"][0] == "campaign-shanxi-2023@1"


def test_due_says_on_and_as_of_alike_and_filters_by_kind_and_days(enrolled):
    on = enrolled("due", "--on", "2023-09-28", "--kind", "gate", "--format", "json").json
    as_of = enrolled("due", "--as-of", "2023-09-28", "--kind", "gate", "--format", "json").json

    assert on == as_of
    assert {row["kind"] for row in on["rows"]} == {"gate"}
    within = enrolled("due", "--on", "2023-09-28", "--within", "2", "--format", "json").json["rows"]
    assert max(row["days_left"] for row in within if row["days_left"] is not None) == 2


def test_due_speaks_the_readers_language_and_its_codes_stay_english(enrolled):
    zh = enrolled("--lang", "zh", "due", "--on", "2023-10-01", "--kind", "gate", "--format", "json").json["rows"][0]

    assert zh["message"] == "阳城县（省级第 3 批，命名）在 2023-09-30 的农产品质量安全县时限未通过双认证"
    assert (zh["kind"], zh["standing"], zh["severity"]) == ("gate", "named", "high")


def test_due_in_a_table_names_the_facts_where_asked(enrolled):
    out = enrolled("due", "--on", "2023-10-01", "--kind", "gate", "--explain").out

    assert "阳城县 (provincial, batch 3, named) was not dual-certified at gate standing of 2023-09-30" in out
    assert "campaign-shanxi-2023@1 county-140522@2 county-140522@1 lab-140522-1@1" in out
    assert "gate 1" in out


def test_due_as_csv_and_lines(enrolled):
    out = enrolled("due", "--on", "2023-10-01", "--kind", "gate", "--format", "csv").out
    rows = list(csv.DictReader(io.StringIO(out.removeprefix("\ufeff"))))
    line = json.loads(enrolled("due", "--on", "2023-10-01", "--kind", "gate", "--format", "jsonl").out)

    assert rows[0]["subject"] == line["subject"] == YANGCHENG


def test_gate_apply_records_once_and_says_what(enrolled):
    dry = enrolled("gate", "apply", "standing", "--on", "2023-10-08", "--dry-run", "--format", "json").json
    first = enrolled("gate", "apply", "standing", "--on", "2023-10-08", "--by", "person-9", "--format", "json").json
    second = enrolled("gate", "apply", "standing", "--on", "2023-10-08", "--format", "json").json

    assert (dry["recorded"], first["recorded"], second["recorded"]) == (0, 1, 0)
    (row,) = first["rows"]
    assert (row["county"], row["decision"], row["facts"]) == (YANGCHENG, "delist-county", [f"{YANGCHENG}@3"])
    fact = enrolled("history", YANGCHENG, "--format", "json").json["rows"][-1]
    assert (fact["by"], fact["data"]["gate"], fact["data"]["position"]) == ("person-9", "standing", row["position"])
    assert "nothing" in enrolled("gate", "apply", "standing", "--on", "2023-10-08").out


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [
        (("gate", "apply", "standing", "--on", "2023-09-29"), 3, "gate-not-due"),
        (("gate", "apply", "spring", "--on", "2023-10-08"), 3, "unknown-gate"),
        (("gate", "apply", "standing", "--on", "2090-01-01"), 3, "in-the-future"),
        (("due", "--on", "2023-10-01", "--policy", "none.toml"), 2, "bad-policy"),
        (("due", "--within", "-1"), 2, "bad-usage"),
        (("status", "pairing-lab-lab-lab-140500-1-lab-140522-1-1"), 3, "unknown-pairing"),
        (("status", "campaign-x"), 3, "unknown-campaign"),
        (("status", "person-1"), 3, "bad-id"),
        (("people", "show", "person-9"), 3, "unknown-person"),
        (("people", "erase", "person-9", "--yes"), 3, "unknown-person"),
        (("people", "add", "张三"), 3, "bad-id"),
        (("people", "add", "person-9", "--email", "a@b@c"), 3, "bad-value"),
        (("people", "add", "person-9", "--name", "张\n三"), 3, "bad-text"),
        (("record", "issue-plan", f"--county={YANGCHENG}", "--issuer=x", "--on=2023-04-20", "--items=[{}]"), 3, "bad-value"),
        (("record", "issue-plan", f"--county={YANGCHENG}", "--issuer=x", "--on=2023-04-20", "--items=["), 3, "bad-value"),
        (("record", "select-exemplar", "--campaign=campaign-shanxi-2023", "--county=county-320111", "--reason=r", "--on=2023-06-01"), 3, "out-of-province"),
        (("record", "hold-meeting", "--campaign=campaign-shanxi-2023", "--city=140522", "--kind=dispatch", "--month=2023-05", "--on=2023-05-01"), 3, "wrong-level"),
        (("record", "assign-pairing", "--kind=lab-lab", "--supporter=lab-140500-9", "--target=lab-140522-1", "--on=2023-05-01"), 3, "unknown-lab"),
        (("record", "assign-pairing", "--kind=city-county", "--supporter=person-1", "--target=county-140500", "--on=2023-05-01"), 3, "wrong-level"),
    ],
)  # fmt: skip
def test_what_is_refused_says_why(enrolled, arguments, status, code):
    ran = enrolled(*arguments)

    assert (ran.status, ran.err.partition(":")[0]) == (status, code), ran.err
    assert ran.out in {"", "nothing\n"}


def test_a_plan_a_pairing_and_what_happened_in_the_campaign_are_recorded_and_shown(enrolled):
    campaign = "--campaign=campaign-shanxi-2023"
    for arguments in (
        ("issue-plan", f"--county={YANGCHENG}", "--issuer=county-government", "--on=2023-04-20", f"--items={ITEMS}"),
        ("submit-plan", f"--county={YANGCHENG}", "--on=2023-04-28"),
        ("complete-measure", f"--county={YANGCHENG}", "--item=1", "--on=2023-06-01"),
        ("assign-pairing", "--kind=city-county", "--supporter=person-17", f"--target={YANGCHENG}", "--on=2023-04-20"),
        ("record-visit", "--pairing=pairing-city-county-person-17-county-140522-20230420", "--note=走访", "--on=2023-05-01"),
        ("hold-meeting", campaign, "--city=140500", "--kind=dispatch", "--month=2023-05", "--on=2023-05-28"),
        ("submit-summary", campaign, "--city=140500", "--milestone=mid-year", "--on=2023-06-28"),
        ("report-difficulty", campaign, "--city=140500", "--note=编制不足", "--item=staff", "--on=2023-05-18"),
        ("answer-difficulty", campaign, "--item=staff", "--answer=统筹", "--on=2023-06-02"),
        ("report-highlight", campaign, "--city=140500", "--note=一站式", "--on=2023-06-12"),
        ("select-exemplar", campaign, "--county=county-140525", "--reason=示范", "--on=2023-06-12"),
        ("issue-bulletin", campaign, "--month=2023-05", "--issuer=省委农办", "--on=2023-06-05"),
    ):  # fmt: skip
        ran = enrolled("record", *arguments)
        assert ran.status == 0, ran.err

    county = enrolled("status", YANGCHENG, "--as-of", "2023-07-01", "--format", "json").json["rows"][0]
    assert county["plan"] == {
        "issued_on": "2023-04-20", "issuer": "county-government", "submitted_on": "2023-04-28", "items": 1, "open_items": [],
    }  # fmt: skip
    assert county["programmes"] == [{"programme": "provincial", "batch": 3, "standing": "named"}]
    tables = [
        enrolled("status", "--kind", kind, "--as-of", "2023-07-01").out for kind in ("county", "pairing", "campaign")
    ]
    assert "issued 2023-04-20, handed in 2023-04-28, 1 of 1 done" in tables[0]
    assert "person-17" in tables[1]
    assert "county-140525" in tables[2]
    assert "编制不足 (staff, answered 2023-06-02)" in tables[2]
    rows = enrolled(
        "status", "--kind", "pairing", "--division", "140500", "--as-of", "2023-07-01", "--format", "json"
    ).json
    assert [row["visits"] for row in rows["rows"]] == [1]


def test_the_agenda_names_whoever_sees_to_a_duty_with_the_phone_of_the_directory(enrolled):
    enrolled("people", "add", "person-31", "--name", "张三", "--phone", "0356-1")
    enrolled("record", "assign-pairing", "--kind", "city-county", "--supporter", "person-31", "--target", YANGCHENG,
             "--on", "2023-04-20")  # fmt: skip

    rows = enrolled("agenda", "--as-of", "2023-05-15", "--division", "140500", "--format", "json").json["rows"]
    (visit,) = [row for row in rows if row["duty"] == "visit"]
    assert visit["responsible"] == {"id": "person-31", "name": "张三 (person-31)", "phone": "0356-1"}
    meeting = next(row for row in rows if row["duty"] == "meeting")
    assert meeting["responsible"] == {"id": "140500", "name": "晋城市", "phone": None}
    assert "张三 (person-31) 0356-1" in enrolled("agenda", "--as-of", "2023-05-15").out


def test_risk_and_plans_are_asked_in_the_shell(enrolled):
    rows = enrolled("risk", "standing", "--as-of", "2023-09-10", "--format", "json").json["rows"]
    assert [row["county"] for row in rows] == [YANGCHENG]
    assert "阳城县" in enrolled("risk", "standing", "--as-of", "2023-09-10").out
    cities = enrolled("plans", "--as-of", "2023-05-31", "--format", "json").json["rows"]
    assert next(row for row in cities if row["division"] == "140500")["owed"] == 1
    assert "晋城市" in enrolled("plans", "--as-of", "2023-05-31").out


def test_score_ranks_cities_and_candidates_with_each_component(enrolled):
    cities = enrolled("score", "--as-of", "2023-10-01", "--format", "json").json["rows"]
    assert [row["place"] for row in cities][:2] == [1, 2]
    assert [part["name"] for part in cities[0]["components"]] == ["ratio", "plans", "cycle", "visits", "summaries"]
    assert list(cities[0]["components"][0]) == ["name", "weight", "part", "whole", "points"]

    counties = enrolled("score", "--of", "county", "--as-of", "2023-10-01", "--format", "json").json["rows"]
    assert YANGCHENG not in {row["county"] for row in counties}, "it does not pass"
    assert {"county", "dual_since", "selected"} <= counties[0].keys()
    assert "1  140500  晋城市" in enrolled("score", "--as-of", "2023-10-01").out
    assert "county-" not in enrolled("score", "--of", "county", "--as-of", "2023-10-01").out


def test_what_if_by_another_policy_file(enrolled, tmp_path):
    text = (SHANXI / "shanxi-2023.toml").read_text(encoding="utf-8")
    (tmp_path / "city.toml").write_text(text.replace('["city", "county"]', '["city"]'), encoding="utf-8")

    head = enrolled("replay", "--format", "json").json["position"]
    assert (
        enrolled("ratio", "--as-of", "2023-02-16", "--policy", "city.toml", "--format", "json").json["total"]["labs"]
        == 11
    )
    steps = enrolled("replay", "--step", "month", "--policy", "city.toml", "--format", "json").json
    assert steps["steps"][-1]["labs"] == 11
    assert steps["position"] == head


def test_the_story_has_a_bar_with_the_target_and_findings_by_kind(enrolled):
    out = enrolled("replay", "--step", "month").out

    assert "│" in out
    assert "█" in out
    assert "cycle-missing" in out


def test_an_erased_person_is_shown_as_such_everywhere_and_no_fact_changes(enrolled):
    enrolled("people", "add", "person-17", "--name", "张三", "--phone", "0356-0000000", "--email", "z@example.cn")
    enrolled("record", "assign-pairing", "--kind=city-county", "--supporter=person-17", f"--target={YANGCHENG}",
             "--on=2023-04-20", "--by=person-17")  # fmt: skip
    pairing = "pairing-city-county-person-17-county-140522-20230420"
    before = enrolled("replay", "--format", "json").json["digest"]

    def everywhere():
        return [
            enrolled("history", pairing).out,
            enrolled("status", pairing, "--as-of", "2023-10-01").out,
            enrolled("due", "--on", "2023-10-01", "--kind", "unvisited").out,
            enrolled("people", "show").out,
        ]

    assert all("张三" in out for out in everywhere())
    assert enrolled("people", "erase", "person-17", "--yes").out == "person-17 (erased)\n"
    for out in everywhere():
        assert "张三" not in out
        assert "person-17" in out
    assert all("person-17 (erased)" in out for out in everywhere()[:3])
    assert enrolled("replay", "--format", "json").json["digest"] == before
    again = enrolled("people", "add", "person-17", "--name", "李四")
    assert (again.status, again.err.partition(":")[0]) == (3, "person-erased")


def test_names_are_in_no_log_and_no_question_makes_a_directory(enrolled, tmp_path):
    enrolled("due", "--on", "2023-10-01")
    enrolled("people", "show")
    assert not (tmp_path / "dualcert.db.people").exists()

    enrolled("people", "add", "person-17", "--name", "张三")
    assert "张三".encode() not in (tmp_path / "dualcert.db").read_bytes()
    assert (tmp_path / "dualcert.db.people").stat().st_mode & 0o077 == 0
