"""The main job: a province's officer asks how many labs are dual-certified, that day, as known then."""

from __future__ import annotations

import csv
import io
import json
from datetime import date

import pytest

from dualcert import Registry
from dualcert.domain.commands import DesignateLab, GrantCertificate, RegisterLab
from dualcert.testing import Clock
from examples import SHANXI


def row_of(answer, division):
    return next(row for row in answer["rows"] if row["division"] == division)


def test_jincheng_in_february_2023_as_the_newspaper_printed_it(shanxi):
    """Shanxi Daily, 2023-02-16: 83.3 %, Yangcheng lacking."""
    answer = shanxi("ratio", "--by", "city", "--as-of", "2023-02-16", "--format", "json", "--explain").json
    jincheng = row_of(answer, "140500")

    assert (jincheng["labs"], jincheng["dual"], jincheng["percent"], jincheng["met"]) == (6, 5, "83.3", False)
    assert jincheng["lacking"] == [
        {"lab": "lab-140522-1", "name": "阳城县农产品质量安全检验检测站", "cma": "none", "catl": "none"}
    ]


def test_the_json_of_a_ratio_has_its_basis(shanxi):
    answer = shanxi("ratio", "--as-of", "2023-02-16", "--format", "json").json

    assert list(answer) == ["as_of", "known_at", "position", "basis", "target_percent", "rows", "total", "campaign"]
    assert (answer["as_of"], answer["basis"], answer["target_percent"]) == ("2023-02-16", ["city", "county"], 85)
    assert list(answer["rows"][0]) == ["division", "name", "labs", "cma", "catl", "dual", "percent", "met", "missing"]
    assert answer["rows"][0]["labs"] == answer["total"]["labs"] == 122


def test_every_unit_of_the_split_is_listed_in_order_of_code(shanxi):
    by_city = shanxi("ratio", "--by", "city", "--format", "json").json["rows"]
    by_county = shanxi("ratio", "--by", "county", "--as-of", "2023-02-16", "--format", "json").json["rows"]

    assert len(by_city) == 11
    assert len(by_county) == 117 + 11
    assert [row["division"] for row in by_county] == sorted(row["division"] for row in by_county)
    assert row_of({"rows": by_county}, "140502") | {"percent": None, "met": None, "labs": 0} == row_of(
        {"rows": by_county}, "140502"
    )
    assert row_of({"rows": by_county}, "140500")["labs"] == 1


def test_by_level_a_row_has_its_level(shanxi):
    rows = shanxi("ratio", "--by", "level", "--as-of", "2023-02-16", "--format", "json").json["rows"]

    assert [(row["level"], row["labs"]) for row in rows] == [("city", 11), ("county", 111)]


def test_a_series_has_the_figures_of_each_months_end(shanxi):
    answer = shanxi("ratio", "--series", "month", "--from", "2023-01-01", "--to", "2023-03-15", "--format", "json").json

    assert [point["as_of"] for point in answer["points"]] == ["2023-01-31", "2023-02-28", "2023-03-15"]
    assert answer["rows"][0]["points"] == answer["points"]


def test_importing_the_same_file_again_records_nothing_and_says_so(shanxi):
    before = shanxi("replay", "--format", "json").json

    again = shanxi("import", SHANXI / "shanxi-2023.xlsx")

    assert again.status == 0
    assert "nothing was recorded" in again.out
    assert shanxi("replay", "--format", "json").json["digest"] == before["digest"]
    counts = shanxi("import", SHANXI / "shanxi-2023.xlsx", "--format", "json").json
    assert (counts["rows"], counts["recorded"], counts["unchanged"], counts["refused"]) == (122, 0, 122, 0)


@pytest.fixture
def late(tmp_path):
    """Books in which a certificate of 28 September was entered on 12 October."""
    clock, lab = Clock(), "lab-140525-1"
    clock.on("2023-09-01")
    with Registry.open(str(tmp_path / "dualcert.db"), policy="shanxi-2023", clock=clock) as registry:
        registry.execute(RegisterLab(lab=lab, name="泽州县站", level="county", division="140525", on="2019-01-01"))
        registry.execute(DesignateLab(county="county-140525", lab=lab, on="2019-01-01"))
        cma = {"scheme": "CMA", "number": "210404090041", "granted_on": "2021-06-15", "valid_until": "2027-06-14"}
        registry.execute(GrantCertificate(lab=lab, **cma))
        clock.on("2023-10-12")
        catl = {"scheme": "CATL", "number": "[2023]农质检核（晋）字第0041号", "granted_on": "2023-09-28"}
        registry.execute(GrantCertificate(lab=lab, valid_until="2029-09-27", **catl))


@pytest.mark.usefixtures("late")
def test_a_certificate_entered_late_counts_as_of_its_day_and_not_as_known_before(shell):
    def dual(*known_at):
        answer = shell("ratio", "--by", "city", "--as-of", "2023-09-30", *known_at, "--format", "json").json
        return row_of(answer, "140500")["dual"]

    assert dual() == 1
    assert dual("--known-at", "2023-10-08") == 0
    assert dual("--known-at", "2023-10-12") == 1
    assert dual("--known-at", "2023-10-12T11:59") == 0
    assert dual("--known-at", "2023-10-12T12:00") == 1
    assert dual("--known-at", "2023-10-12T12:00:00+08:00") == 1
    assert dual("--known-at", "@5") == 0
    assert dual("--known-at", "@6") == 1


@pytest.mark.usefixtures("late")
def test_what_the_county_passes_is_read_as_known_then(shell):
    def passes(*known_at):
        answer = shell("status", "county-140525", "--as-of", "2023-09-30", *known_at, "--format", "json").json
        return answer["rows"][0]["passes"]

    assert passes() is True
    assert passes("--known-at", "2023-10-08") is False


@pytest.mark.usefixtures("late")
def test_replay_by_month_tells_what_was_known_at_each_end(shell):
    steps = shell("replay", "--step", "month", "--format", "json").json["steps"]

    assert [(step["as_of"], step["labs"], step["dual"]) for step in steps] == [
        ("2023-09-30", 1, 0),
        ("2023-10-12", 1, 1),
    ]


def test_a_lab_of_another_province_counts_in_no_row(shanxi):
    fields = {"lab": "lab-410100-1", "name": "郑州市站", "level": "city", "division": "410100", "on": "2019-01-01"}
    assert shanxi("record", "register-lab", *(f"--{k}={v}" for k, v in fields.items())).status == 0

    assert shanxi("ratio", "--as-of", "2023-02-16", "--format", "json").json["total"]["labs"] == 122


def test_closing_and_not_counting_take_a_lab_out_from_that_day(shanxi):
    shanxi(
        "record", "close-lab", "--lab=lab-140522-1", "--on=2023-03-01", "--reason=并入", "--merged-into=lab-140500-1"
    )
    shanxi("record", "amend-lab", "--lab=lab-140525-1", "--on=2023-03-01", "--no-counted")

    def labs(day):
        return row_of(shanxi("ratio", "--by", "city", "--as-of", day, "--format", "json").json, "140500")["labs"]

    assert (labs("2023-02-28"), labs("2023-03-01")) == (6, 4)


def test_status_of_a_lab_has_its_certificates(shanxi):
    row = shanxi("status", "lab-140525-1", "--as-of", "2023-02-16", "--format", "json").json["rows"][0]

    assert row == {
        "lab": "lab-140525-1",
        "name": "泽州县农产品质量安全检验检测站",
        "level": "county",
        "division": "140525",
        "cma": {
            "state": "valid",
            "number": "210404090041",
            "granted_on": "2021-06-15",
            "valid_until": "2027-06-14",
            "counts": True,
            "by": "valid",
            "application": None,
        },
        "catl": {
            "state": "valid",
            "number": "[2021]农质检核（晋）字第0041号",
            "granted_on": "2021-07-15",
            "valid_until": "2027-07-14",
            "counts": True,
            "by": "valid",
            "application": None,
        },
        "dual": True,
        "dual_since": "2021-07-15",
        "active": True,
        "closed_on": None,
        "counted": True,
    }


def test_status_of_a_division_lists_its_labs(shanxi):
    rows = shanxi("status", "--division", "140500", "--as-of", "2023-02-16", "--format", "json").json["rows"]

    assert [row["lab"] for row in rows] == [
        "lab-140500-1", "lab-140521-1", "lab-140522-1", "lab-140524-1", "lab-140525-1", "lab-140581-1",
    ]  # fmt: skip


def test_history_has_the_facts_with_their_source(shanxi):
    answer = shanxi("history", "lab-140525-1", "--format", "json").json
    rows = answer["rows"]

    assert list(answer) == ["as_of", "known_at", "position", "rows"]
    assert [row["fact"] for row in rows] == ["lab.registered", "lab.certificate-granted", "lab.certificate-granted"]
    assert list(rows[0]) == ["position", "stream", "version", "fact", "on", "recorded_at", "by", "source", "data"]
    assert rows[0]["source"].startswith("sha256:")
    assert rows[0]["source"].endswith("机构台账!42")


def test_tables_come_as_csv_with_a_bom_and_as_json_lines(shanxi):
    out = shanxi("status", "--division", "140500", "--as-of", "2023-02-16", "--format", "csv").out
    lines = shanxi("status", "--division", "140500", "--as-of", "2023-02-16", "--format", "jsonl").out.splitlines()

    assert out.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(out.removeprefix("\ufeff"))))
    assert [row["cma.state"] for row in rows] == [json.loads(line)["cma"]["state"] for line in lines]


def test_no_cell_of_a_csv_is_a_formula(shanxi):
    for n, name in enumerate(["=1+1", "＝1+1", "+1", "-1", "@x"], start=2):
        shanxi("record", "register-lab", f"--lab=lab-140522-{n}", f"--name={name}", "--level=county",
               "--division=140522", "--on=2019-01-01")  # fmt: skip
    out = shanxi("status", "--division", "140522", "--as-of", "2023-02-16", "--format", "csv").out

    names = [row["name"] for row in csv.DictReader(io.StringIO(out.removeprefix("\ufeff")))]
    assert names[1:] == ["'=1+1", "'＝1+1", "'+1", "'-1", "'@x"]


def test_a_replay_reports_facts_rate_and_digest(shanxi):
    answer = shanxi("replay", "--format", "json").json

    assert list(answer) == ["facts", "streams", "seconds", "facts_per_second", "digest", "position"]
    assert answer["facts"] == answer["position"] == 414
    assert len(answer["digest"]) == 64
    earlier = shanxi("replay", "--known-at", "@100", "--format", "json").json
    assert earlier["facts"] == 100
    assert earlier["digest"] != answer["digest"]


def test_demo_prints_the_provinces_and_the_cities_ratios(shell, tmp_path):
    ran = shell("demo", "--out", tmp_path / "kept")

    assert ran.status == 0
    assert "140000  山西省" in ran.out
    assert "晋城市 5/6 = 83.3 %\nlacking in 晋城市: lab-140522-1 阳城县农产品质量安全检验检测站" in ran.out
    with Registry.open(str(tmp_path / "kept" / "demo.db")) as registry:
        assert registry.ratio(as_of=date(2023, 2, 16)).total.labs == 122
    assert shell("--store", tmp_path / "kept" / "demo.db", "ratio", "--by", "city", "--as-of", "2023-09-30").status == 0
