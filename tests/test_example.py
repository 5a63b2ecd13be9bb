"""The example is run as its README says, its copies are those that ship, and its year answers the dispute."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import msgspec
import psycopg
import pytest

from dualcert import Registry
from dualcert.cli.program import run
from dualcert.projections import kept_figures
from dualcert.projections.calendar import Calendar
from dualcert.projections.kept_figures import PROJECTION, Basis, SeatFigures
from dualcert.story import StoryClock, play, read

EXAMPLE = Path(__file__).parents[1] / "examples" / "shanxi-2023"

MISSED = {
    "county-140226": "delist-county",  # 左云县: its CATL came on 20 October
    "county-140423": "delist-county",  # 襄垣县: no certificate at all
    "county-140425": "cancel-candidacy",  # 平顺县: assessed and approved in September, granted on 10 October
    "county-140427": "delist-county",  # 壶关县: named in batch 5, which only spares candidates; CATL expired in May
    "county-140702": "delist-county",  # 榆次区
    "county-140721": "delist-county",  # 榆社县
    "county-140724": "cancel-candidacy",  # 昔阳县
    "county-140827": "cancel-candidacy",  # 垣曲县: CMA only
    "county-140924": "delist-county",  # 繁峙县: CMA only
    "county-140932": "cancel-candidacy",  # 偏关县: suspended from 5 September to 1 November
    "county-141031": "delist-county",  # 隰县
}
"""Who missed 30 September, by hand. Not 夏县: its CATL was granted on the very day. Not 绛县: batch 5."""
DISPUTED = "county-140882"
"""河津市: certified since 27 September, entered on 12 October, decided on 8 October."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def store(request, tmp_path_factory) -> Iterator[str]:
    """The URL of a store that holds the example's year."""
    url = str(tmp_path_factory.mktemp("year") / "year.db")
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres_server")
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute("CREATE DATABASE example_year")
        url = server.replace("/postgres?", "/example_year?")
    play(url, read(EXAMPLE / "shanxi-2023.jsonl"), EXAMPLE).close()
    yield url
    if request.param == "postgresql":
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute("DROP DATABASE example_year WITH (FORCE)")


@pytest.fixture
def ask(store, capsys, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    def asked(*arguments: str):
        assert run(["--store", store, *arguments, "--format", "json"]) == 0
        return json.loads(capsys.readouterr().out)

    return asked


def test_the_officers_script_answers_both_clocks():
    ran = subprocess.run(
        [sys.executable, EXAMPLE / "officer.py"], capture_output=True, text=True, encoding="utf-8", check=True
    )

    assert ran.stdout.splitlines() == [
        "晋城市: 5 of 6 labs, 83.3 %",
        "dual-certified on 2023-09-30, as known on 2023-10-08: False",
        "dual-certified on 2023-09-30, as known on 2023-10-12: True",
        "certificate-already-held: lab-140522-1 holds CMA certificate 230404090099 on 2023-10-01, valid until 2029-09-27",
    ]


def test_roster_policy_and_year_are_those_that_ship():
    data = files("dualcert") / "data"

    for shipped in ("examples/shanxi-2023.xlsx", "examples/shanxi-2023.jsonl", "policies/shanxi-2023.toml"):
        assert (data / shipped).read_bytes() == (EXAMPLE / shipped.partition("/")[2]).read_bytes()


def test_due_on_1_october_lists_exactly_those_who_missed_batch_5_excepted(ask):
    rows = [row for row in ask("due", "--on", "2023-10-01")["rows"] if row["kind"] == "gate"]

    assert {row["subject"]: row["consequence"] for row in rows if row["gate"] == "standing"} == MISSED
    assert [row["subject"] for row in rows if row["gate"] != "standing"] == ["county-140826"]


def test_as_known_when_the_province_decided_the_disputed_county_had_missed_too(ask):
    rows = ask("due", "--on", "2023-10-01", "--known-at", "2023-10-08")["rows"]

    gate = {row["subject"]: row["consequence"] for row in rows if row.get("gate") == "standing"}
    assert gate == {**MISSED, DISPUTED: "cancel-candidacy"}


def test_the_dispute_is_answered_by_three_commands(ask):
    """What we knew, what is true, what the decision rested on; and its evidence leads to the facts."""
    knew = ask("status", DISPUTED, "--as-of", "2023-09-30", "--known-at", "2023-10-08")["rows"][0]
    true = ask("status", DISPUTED, "--as-of", "2023-09-30")["rows"][0]
    decision = next(r for r in ask("history", DISPUTED)["rows"] if r["fact"] == "county.candidacy-cancelled")

    assert (knew["passes"], true["passes"]) == (False, True)
    evidence, position = decision["data"]["evidence"], decision["data"]["position"]
    facts = {}
    for stream in {id_.partition("@")[0] for id_ in evidence}:
        facts |= {f"{stream}@{row['version']}": row for row in ask("history", stream)["rows"]}
    assert all(facts[id_]["position"] <= position < decision["position"] for id_ in evidence)
    assert [facts[id_]["fact"] for id_ in evidence] == [
        "campaign.opened",
        "county.enrolled",
        "county.lab-designated",
        "lab.registered",
    ]  # the CATL that was missing, by what was known of the lab then


def test_the_mended_decision_reads_right_for_every_as_of_and_known_at(ask):
    def standing(as_of: str, known_at: str) -> str:
        return ask("status", DISPUTED, "--as-of", as_of, "--known-at", known_at)["rows"][0]["programmes"][0]["standing"]

    assert standing("2023-10-07", "2023-10-09") == "candidate"
    assert standing("2023-10-08", "2023-10-09") == "candidacy-cancelled"
    assert standing("2023-12-31", "2023-10-15") == "candidacy-cancelled"
    assert standing("2023-12-31", "2023-10-16") == "candidate"
    assert standing("2023-10-08", "2024-01-31") == "candidate"


def test_between_entry_and_mending_the_contradiction_was_a_finding(ask):
    def contradicted(day: str) -> list[str]:
        rows = ask("due", "--on", day, "--known-at", day)["rows"]
        return [row["subject"] for row in rows if row["kind"] == "decision-contradicted"]

    assert [contradicted(f"2023-10-{day}") for day in (11, 12, 15, 16)] == [[], [DISPUTED], [DISPUTED], []]


def test_gate_apply_once_more_records_nothing(store):
    with Registry.open(store) as registry:
        head = registry.catch_up()
        for day in (date(2023, 10, 8), date(2023, 12, 1)):
            assert registry.apply_gate("standing", on=day) == []
        assert registry.catch_up() == head


def test_gate_apply_twice_on_the_year_before_its_decisions_records_them_once():
    lines = [line for line in read(EXAMPLE / "shanxi-2023.jsonl") if line["at"] < "2023-10-08"]
    with play(":memory:", lines, EXAMPLE) as registry:
        assert isinstance(registry._clock, StoryClock)
        registry._clock.now = registry._clock.now.replace(month=10, day=9)
        first = registry.apply_gate("standing", on=date(2023, 10, 8))
        head = registry.catch_up()

        assert {r.command.county for r in first} == {*MISSED, DISPUTED}
        assert registry.apply_gate("standing", on=date(2023, 10, 8)) == []
        assert registry.catch_up() == head


def test_the_31_december_gate_shows_who_missed_it_and_decides_nothing(ask):
    rows = [row for row in ask("due", "--on", "2024-01-05")["rows"] if row["kind"] == "gate"]

    assert [(row["subject"], row["gate"], row["consequence"]) for row in rows] == [("county-140826", "batch-5", None)]


def test_the_story_is_told_month_by_month_as_it_was_known(ask):
    steps = ask("replay", "--step", "month")["steps"]

    told = {step["as_of"]: (step["labs"], step["dual"], step["percent"]) for step in steps}
    assert told["2023-04-30"] == (121, 78, "64.5")
    assert told["2023-12-31"] == (122, 105, "86.1")
    by_month = {step["as_of"]: step["findings"] for step in steps}
    assert by_month["2023-04-30"]["plan-late"] == 3
    assert (by_month["2023-09-30"]["gate"], by_month["2023-10-31"]["gate"]) == (14, 1)
    assert "decision-contradicted" not in by_month["2023-10-31"]


def test_what_if_the_gate_had_been_in_december(ask, tmp_path):
    text = (EXAMPLE / "shanxi-2023.toml").read_text(encoding="utf-8")
    later = tmp_path / "later.toml"
    later.write_text(text.replace("on = 2023-09-30", "on = 2023-10-31"), encoding="utf-8")

    asked = ("due", "--on", "2023-11-01", "--known-at", "2023-10-07", "--policy", str(later))
    missed = {row["subject"] for row in ask(*asked)["rows"] if row.get("gate") == "standing"}
    assert missed == {*MISSED, DISPUTED}, "as known on 7 October nobody had more"
    later_known = {
        row["subject"]
        for row in ask("due", "--on", "2023-10-07", "--policy", str(later))["rows"]
        if row.get("gate") == "standing"
    }
    assert later_known == set(MISSED)


def test_the_year_is_the_same_on_every_store(ask):
    assert ask("replay")["digest"] == "a97cb16e9e9afcf2ce45384e9e134ebda8379c33eb4e8f309b7b5db07ddde025"


COURSES = (1, "ccfa7c55b5e3ff24fba29eaf654a69bdfffee3e312fdefee45de809d2e25486a")
"""The version of the projection, and the digest of the year's courses by it, under each of the switches."""


def test_what_counts_and_the_form_of_kept_figures_are_those_of_the_projections_version(store):
    with Registry.open(store) as registry:
        view = registry.view()
    policy, digest = view.policy(date(2023, 9, 30)), sha256()
    for suspended in (False, True):
        for pending in (False, True):
            target = msgspec.structs.replace(policy.target, suspended_counts=suspended, pending_renewal_counts=pending)
            calendar = Calendar(msgspec.structs.replace(policy, target=target))
            calendar.update(view)
            seats = [SeatFigures.summed(seat, sums) for seat, sums in sorted(calendar.sums.items(), key=str)]
            digest.update(msgspec.msgpack.encode(seats))
    digest.update(repr((Basis.__struct_fields__, kept_figures._Part.__struct_fields__)).encode())

    assert (PROJECTION, digest.hexdigest()) == COURSES, (
        "raise PROJECTION: figures that were kept before are not read then"
    )
