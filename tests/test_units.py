"""Units that report to the province, county-level units, and what they are called, over the whole country."""

from __future__ import annotations

from collections import Counter
from datetime import date

import msgspec
import pytest

from dualcert import Registry
from dualcert.divisions import china
from dualcert.domain import commands as c
from dualcert.errors import Refused
from dualcert.policy import load_policy, policy_of
from dualcert.roster import import_roster
from dualcert.roster.templates import write_books
from dualcert.testing import Clock
from dualcert.units import Names, everyday, former_units
from dualcert.values.terms import Level

pytestmark = pytest.mark.usefixtures("read_here")

PROVINCES = [d.code for d in china().by_code.values() if d.level == "province"]
DAY = date(2023, 6, 1)
HUBEI, GUANGDONG, CHONGQING, HENAN = "420000", "440000", "500000", "410000"
XIANTAO, DONGGUAN, WANZHOU = "429004", "441900", "500101"


def opened(province):
    """Return books whose campaign is that of Shanxi, in another province."""
    document = msgspec.to_builtins(load_policy("shanxi-2023")) | {"province": province}
    document["target"] = {**document["target"], "basis": ["province", "city", "county"]}
    return Registry.open(":memory:", policy=policy_of(document), clock=Clock())


def lab(code, level, nth=1):
    return c.RegisterLab(lab=f"lab-{code}-{nth}", name=f"{code}{level}", level=level, division=code, on="2020-01-01")


# --- units that report ---------------------------------------------------------------------------------


@pytest.mark.parametrize("province", PROVINCES)
def test_every_county_reports_by_one_unit_and_no_unit_is_a_placeholder(province):
    table = china()
    units = table.units(province)

    assert len({u.code for u in units}) == len(units)
    assert [u for u in units if u.kind not in {"city", "county"}] == []
    for division in table.by_code.values():
        if table.contains(province, division.code) and division.kind in {"city", "county", "zone"}:
            assert table.reporting_unit(division.code) in units, division
    assert table.reporting_unit(province) is None


@pytest.mark.parametrize(
    ("code", "unit"),
    [(XIANTAO, XIANTAO), (WANZHOU, WANZHOU), ("500243", "500243"), ("110105", "110105"), ("140522", "140500"), ("140171", "140100"),
     (DONGGUAN, DONGGUAN), ("310100", None), ("419000", None), ("140000", None), ("999999", None)],
)  # fmt: skip
def test_a_county_under_a_placeholder_reports_itself(code, unit):
    found = china().reporting_unit(code)

    assert (found and found.code) == unit


def test_shanxi_has_its_cities_and_guangdong_two_counties_more_than_the_table():
    assert china().units("140000") == china().within("140000", "city")
    assert china().counties("140000") == china().within("140000", "county")
    more = set(china().counties(GUANGDONG)) - set(china().within(GUANGDONG, "county"))
    assert {d.code for d in more} == {DONGGUAN, "442000"}


@pytest.mark.parametrize("province", PROVINCES)
def test_no_lab_is_lost_from_a_split_or_counted_twice_in_it(province):
    books, table = opened(province), china()
    places = [(d.code, level.value) for level in Level for d in table.by_code.values()
              if table.contains(province, d.code) and table.seats(level, d.code)]  # fmt: skip
    books.execute_many([lab(code, level, 1 + (level == "city")) for code, level in places])

    for by in ("province", "city", "county", "level"):
        figures = books.ratio(by, as_of=DAY)
        assert (figures.total.labs, sum(row.labs for row in figures.rows)) == (len(places), len(places)), by
        assert [name for name, count in Counter(r.division or r.level for r in figures.rows).items() if count > 1] == []
    by_city = {row.division: row.labs for row in books.ratio("city", as_of=DAY).rows}
    assert by_city.keys() == {province, *(unit.code for unit in table.units(province))}
    assert [row.division for row in books.score(as_of=DAY).rows] != []
    assert {row.division for row in books.score(as_of=DAY).rows} == {unit.code for unit in table.units(province)}


def test_a_unit_that_reports_owes_what_a_city_owes_and_has_what_a_city_has():
    books = opened(HUBEI)
    campaign = "campaign-shanxi-2023"

    missing = {f.subject for f in books.due(as_of=DAY).rows if f.kind == "cycle-missing"}
    assert missing == {unit.code for unit in china().units(HUBEI)}
    books.execute_many([
        c.HoldMeeting(campaign=campaign, city=XIANTAO, kind="dispatch", month="2023-05", on="2023-05-20"),
        c.SubmitSummary(campaign=campaign, city=XIANTAO, milestone="mid-year", on="2023-05-20"),
        c.AssignPairing(kind="province-city", supporter="person-1", target=XIANTAO, on="2023-05-20"),
    ])  # fmt: skip
    uncovered = [f.subject for f in books.due(as_of=DAY).rows if f.kind == "uncovered"]
    assert XIANTAO not in uncovered
    assert "422800" in uncovered
    assert books.books(DAY).city_of(XIANTAO) == XIANTAO


@pytest.mark.parametrize("placeholder", ["429000", "500100", "500200"])
def test_a_placeholder_is_nobody(placeholder):
    books = opened(placeholder[:2] + "0000")

    for command in (
        c.HoldMeeting(campaign="campaign-shanxi-2023", city=placeholder, kind="dispatch", month="2023-05", on="2023-05-20"),
        c.AssignPairing(kind="province-city", supporter="person-1", target=placeholder, on="2023-05-20"),
        lab(placeholder, "city"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            books.execute(command)
        assert (refused.value.code, refused.value.level) == ("wrong-level", "placeholder")


def test_a_county_of_a_city_is_no_unit_that_reports():
    with pytest.raises(Refused) as refused:
        opened("140000").execute(
            c.HoldMeeting(campaign="campaign-shanxi-2023", city="140522", kind="dispatch", month="2023-05", on="2023-05-20")
        )  # fmt: skip
    assert refused.value.code == "wrong-level"


def test_a_city_without_counties_is_its_own_county_level_unit_in_every_answer():
    """A14: a named county without a passing lab had no finding and no decision."""
    books, county = opened(GUANGDONG), f"county-{DONGGUAN}"
    books.execute_many([
        lab(DONGGUAN, "county"),
        c.DesignateLab(county=county, lab=f"lab-{DONGGUAN}-1", on="2020-01-01"),
        c.EnrolCounty(county=county, programme="provincial", batch=3, standing="named", on="2020-01-01"),
    ])  # fmt: skip

    kinds = {f.kind for f in books.due(as_of=DAY).rows if f.subject == county}
    assert {"gate", "plan-missing", "uncovered"} <= kinds
    assert books.status(county, as_of=DAY).rows[0].passes is False
    assert county in [row.county for row in books.status(kind="county", as_of=DAY).rows]
    row = next(row for row in books.ratio("county", as_of=DAY).rows if row.division == DONGGUAN)
    assert (row.name, row.labs) == ("东莞市", 1)
    decisions = books.apply_gate("standing", on=date(2023, 10, 8))
    assert [receipt.command.county for receipt in decisions] == [county]
    missing = [f.subject for f in books.due(as_of=DAY).rows if f.kind == "none-designated"]
    assert "county-442000" in missing


# --- names ---------------------------------------------------------------------------------------------

NAMES = Names(china())


def found(text, area):
    """Return the unit that *text* means, or the refusal."""
    try:
        return NAMES.find(text, area)
    except Refused as refusal:
        return refusal


@pytest.mark.parametrize("province", PROVINCES)
def test_every_unit_is_found_by_its_code_and_by_its_name_behind_its_citys(province):
    table, own = china(), china().by_code[province]
    for unit in {*table.units(province), *table.counties(province)}:
        outer = table.reporting_unit(unit.code)
        before = [own.name, *([outer.name] if outer is not unit else [])]
        assert NAMES.find(unit.code, province) is unit
        assert NAMES.find("".join([*before[1:], unit.name]), province) is unit, unit
        assert NAMES.find("".join([*before, unit.name]), province) is unit, unit


@pytest.mark.parametrize("province", PROVINCES)
def test_an_everyday_name_means_its_unit_or_is_refused_with_all_that_it_could_mean(province):
    table = china()
    for unit in {*table.units(province), *table.counties(province)}:
        for name in everyday(unit.name):
            answer = found(name, province)
            units = getattr(answer, "units", None)
            assert unit.code in units if units else answer.name in {unit.name, name}, (name, answer)


@pytest.mark.parametrize(
    ("text", "province", "code"),
    [
        ("凉山州", "510000", "513400"), ("凉山", "510000", "513400"), ("北川县", "510000", "510726"), ("阳城", "140000", "140522"),
        ("晋城市城区", "140000", "140502"), ("晋城城区", "140000", "140502"), ("山西省晋城市泽州", "140000", "140525"),
        ("长垣县", HENAN, "410783"), ("410728", HENAN, "410783"), ("晋中市太谷县", "140000", "140703"), ("襄樊", HUBEI, "420600"),
        ("仙桃", HUBEI, XIANTAO), ("神农架", HUBEI, "429021"), ("东莞", GUANGDONG, DONGGUAN), ("浦东", "310000", "310115"),
        ("鄂伦春旗", "150000", "150723"), ("双江县", "530000", "530925"), ("巴音郭楞州", "650000", "652800"), ("吉林市", "220000", "220200"),
        ("大兴安岭", "230000", "232700"), ("山西省", "140000", "140000"), ("１４０５２２", "140000", "140522"),
    ],
)  # fmt: skip
def test_a_unit_is_found_by_what_people_call_it(text, province, code):
    assert NAMES.find(text, province).code == code


@pytest.mark.parametrize(
    ("text", "province", "code"),
    [
        ("城区", "140000", "ambiguous-unit"), ("大同县", "140000", "former-unit"), ("大同市大同县", "140000", "former-unit"),
        ("140227", "140000", "former-unit"), ("晋阳市", "140000", "unknown-unit"), ("140522", HENAN, "unknown-unit"),
        ("140171", "140000", "wrong-level"), ("省直辖县级行政区划", HENAN, "wrong-level"), ("", "140000", "unknown-unit"),
    ],
)  # fmt: skip
def test_what_means_no_unit_or_several_is_refused(text, province, code):
    assert found(text, province).code == code


def test_a_former_unit_says_until_when_it_was_one():
    refusal = found("大同县", "140000")
    assert (refusal.name, refusal.until) == ("大同县", "2018-01")


def test_former_units_lead_to_units_of_today_or_nowhere():
    table = china()

    assert len(former_units()) == 1030
    for each in former_units():
        assert table.by_code[each.now].level in {"city", "county"} if each.now else True, each
        if each.code not in table.by_code:
            assert found(each.code, each.code[:2] + "0000").code in {each.now, "former-unit"}, each


# --- rosters -------------------------------------------------------------------------------------------

PAIRS = {
    ("city-county", f"county-{XIANTAO}"): HUBEI,
    ("province-city", XIANTAO): HUBEI,
    ("city-county", f"county-{DONGGUAN}"): GUANGDONG,
    ("province-city", DONGGUAN): GUANGDONG,
    ("city-county", f"county-{WANZHOU}"): CHONGQING,
    ("province-city", WANZHOU): CHONGQING,
}


@pytest.mark.parametrize(("kind", "target"), PAIRS)
def test_the_books_of_a_unit_that_reports_are_written_and_taken_in_again(tmp_path, kind, target):
    books, code = opened(PAIRS[kind, target]), target.removeprefix("county-")
    own = [
        lab(code, "county"),
        c.EnrolCounty(county=f"county-{code}", programme="provincial", batch=3, standing="named", on="2020-01-01"),
        c.AssignPairing(kind=kind, supporter="person-1", target=target, on="2023-05-20"),
        c.RecordVisit(pairing=f"pairing-{kind}-person-1-{target}-20230520", note="走访", on="2023-05-21"),
    ]
    books.execute_many(own)
    write_books(books.view(), DAY, tmp_path / "books.xlsx")

    others = opened(PAIRS[kind, target])
    for sheet in ("labs", "counties", "pairings", "visits"):
        outcome = import_roster(others, tmp_path / "books.xlsx", kind=sheet, on=DAY)
        assert (outcome.recorded, outcome.findings) == (1, []), sheet
    row = others.status(kind="pairing", as_of=DAY).rows[0]
    assert (row.kind.value, row.target, row.visits) == (kind, target, 1)
    assert others.status(as_of=DAY).rows[0].division == code


@pytest.mark.parametrize(
    ("city", "county", "meant"),
    [
        ("仙桃市", "", XIANTAO), ("仙桃市", "仙桃市", XIANTAO), ("仙桃", "市本级", XIANTAO), ("省直辖县级行政区划", "仙桃市", XIANTAO),
        ("湖北省", "神农架", "429021"), ("恩施州", "恩施市", "422801"), ("襄樊市", "襄阳区", "420607"), ("阳新县", "", "wrong-level"),
        ("黄石市", "黄石市", "wrong-level"), ("省直辖县级行政区划", "", "wrong-level"),
    ],
)  # fmt: skip
def test_a_sheet_names_units_as_people_do(tmp_path, city, county, meant):
    """F8, F9: 仙桃市 was said not to exist in 湖北省."""
    sheet = tmp_path / "labs.csv"
    sheet.write_text(f"市,县（市、区）,机构名称,机构级别\n{city},{county},检测站,县级\n", encoding="utf-8")

    outcome = import_roster(opened(HUBEI), sheet, kind="labs", on=DAY)

    codes = [finding.problem.code for finding in outcome.findings]
    assert (codes or [outcome.commands[0].division]) == [meant]
