"""What several streams, or a stream and the table of divisions, must agree on, whatever was entered in which order."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign import ID, QINSHUI, YANGCHENG, ZEZHOU, Campaign, policy
from dualcert import Registry
from dualcert.divisions import china
from dualcert.domain import commands as c
from dualcert.errors import Refused
from dualcert.projections.due import findings
from dualcert.testing import Clock
from test_laws import reproduced

LAB = "lab-140522-1"
DAYS = [date(2023, month, 1) for month in range(1, 9)]


def registered(on="2023-01-01", level="county", division=YANGCHENG, lab=LAB, name="阳城县站"):
    return c.RegisterLab(lab=lab, name=name, level=level, division=division, on=on)


def moved(on, **to):
    return c.AmendLab(lab=LAB, on=on, **to)


def refusal(campaign, *commands):
    """Return the refusal of the last of *commands*."""
    campaign.do(*commands[:-1])
    with pytest.raises(Refused) as refused:
        campaign.do(commands[-1])
    return refused.value


# --- a lab's division has the lab's level, on every day ------------------------------------------------


def test_a_late_change_of_level_is_judged_against_the_division_of_later_days(campaign):
    late = refusal(
        campaign, registered(), moved("2023-06-01", division=ZEZHOU), moved("2023-03-01", level="city", division="140500")
    )  # fmt: skip

    assert (late.code, late.because.code, late.fact) == ("contradicts-later-fact", "wrong-level", f"{LAB}@2")


def test_a_change_that_the_division_of_a_later_one_rests_on_is_not_retracted(campaign):
    resting = refusal(
        campaign, registered(), moved("2023-03-01", level="city", division="140500"),
        moved("2023-06-01", division="140100"), c.RetractFact(stream=LAB, version=2, reason="错", on="2023-07-01"),
    )  # fmt: skip

    assert (resting.code, resting.by) == ("rested-on", (f"{LAB}@3",))


def test_a_correction_is_judged_for_the_days_after_it(campaign):
    corrected = registered(level="city", division="140500")
    wrong = refusal(
        campaign, registered(), moved("2023-06-01", division=ZEZHOU),
        c.CorrectFact(stream=LAB, version=1, reason="错", on="2023-07-01", replacement=corrected),
    )  # fmt: skip

    assert (wrong.code, wrong.because.code) == ("contradicts-later-fact", "wrong-level")


def test_a_change_that_is_wrong_itself_says_so(campaign):
    assert refusal(campaign, registered(), moved("2023-06-01", level="city")).code == "wrong-level"
    assert refusal(campaign, moved("2023-06-02", division="149999")).code == "unknown-division"


def test_what_an_older_table_allowed_blocks_nothing(campaign, monkeypatch):
    """Only a complaint that is new refuses a command."""
    with monkeypatch.context() as before:
        before.setattr("dualcert.batch.complaints", lambda *_: {})
        campaign.do(registered(division="140171"))

    campaign.do(moved("2023-02-01", name="另一名"), moved("2023-03-01", division=ZEZHOU))
    assert campaign.books.status(LAB, as_of=date(2023, 3, 1)).rows[0].division == ZEZHOU
    assert refusal(campaign, moved("2023-04-01", division="140171")).code == "wrong-level"


places = st.sampled_from(["140522", "140525", "140500", "140100", "140000", "441900", "140171", "149999", None])
levels = st.sampled_from(["county", "city", "province", None])
changes = st.builds(
    lambda on, level, division: moved(on, level=level, division=division, counted=True if on.month % 2 else None)
    if level or division or on.month % 2 else registered(on),
    st.sampled_from(DAYS), levels, places,
)  # fmt: skip
taken_back = st.builds(
    lambda version, on: c.RetractFact(stream=LAB, version=version, reason="错", on=on),
    st.integers(1, 6), st.sampled_from(DAYS),
)  # fmt: skip
corrected = st.builds(
    lambda version, anew: c.CorrectFact(stream=LAB, version=version, reason="错", on=anew.on, replacement=anew),
    st.integers(1, 6), changes,
)  # fmt: skip


@given(st.lists(st.one_of(changes, changes, taken_back, corrected), max_size=8))
def test_whatever_is_entered_a_labs_level_and_division_agree_on_every_day(commands):
    books = Registry.open(":memory:", policy="shanxi-2023", clock=Clock())
    for command in [registered(), *commands]:
        try:
            books.execute(command)
        except Refused:
            continue
        for day in DAYS:
            for lab in books.status(as_of=day).rows:
                assert china().seats(lab.level, lab.division), (command, day)


# --- labs of one name in one place ---------------------------------------------------------------------


def test_two_open_labs_of_one_name_and_place_are_a_finding(campaign):
    campaign.do(registered(), registered(lab="lab-140522-2", name="阳城县　站"))

    (found,) = campaign.found("2023-06-01", "lab-twice")
    assert (found["labs"], found["severity"]) == ([LAB, "lab-140522-2"], "high")
    assert found["evidence"] == [f"{LAB}@1", "lab-140522-2@1"]


def test_labs_that_are_renamed_moved_or_closed_are_no_longer_twice(campaign):
    campaign.do(registered(), registered(lab="lab-140522-2"), registered(lab="lab-140525-1", division=ZEZHOU))

    campaign.do(moved("2023-06-01", name="阳城县中心"))
    assert campaign.subjects("2023-05-31", "lab-twice") == [LAB]
    assert campaign.subjects("2023-06-01", "lab-twice") == []
    campaign.do(moved("2023-07-01", name="阳城县站"), c.CloseLab(lab="lab-140522-2", reason="并入", on="2023-08-01"))
    assert campaign.found("2023-07-31", "lab-twice")[0]["evidence"] == [f"{LAB}@{v}" for v in (1, 2, 3)] + [
        "lab-140522-2@1"
    ]
    assert campaign.subjects("2023-08-01", "lab-twice") == []


# --- exemplary counties --------------------------------------------------------------------------------


def selected(on, county=f"county-{YANGCHENG}"):
    return c.SelectExemplar(campaign=ID, county=county, reason="示范", on=on)


def test_an_example_passes_when_it_is_selected(campaign):
    campaign.lab(YANGCHENG, dual_from="2022-01-01", until="2023-08-31")

    assert refusal(campaign, selected("2023-09-01")).code == "exemplar-not-passing"
    campaign.do(selected("2023-08-31"))
    assert refusal(campaign, selected("2023-06-01", f"county-{QINSHUI}")).code == "exemplar-not-passing", "no lab"


def test_an_example_passes_by_the_policy_of_the_day(campaign):
    campaign.lab(YANGCHENG, dual_from="2022-01-01")
    campaign.lab(YANGCHENG, nth=2)

    assert refusal(campaign, selected("2023-06-01")).code == "exemplar-not-passing"
    campaign.do(c.AmendPolicy(campaign=ID, policy=policy(target={"county_passes": "any"}), on="2023-06-02"))
    campaign.do(selected("2023-06-02"))


# --- enrolled again too early --------------------------------------------------------------------------


def delisted(campaign, on="2020-10-08"):
    """Enrol a county, and take its name from it."""
    county = campaign.enrol(YANGCHENG)
    return campaign.do(c.DelistCounty(county=county, programme="provincial", reason="未通过", on=on))


def enrolled(on, programme="provincial", standing="candidate"):
    return c.EnrolCounty(county=f"county-{YANGCHENG}", programme=programme, batch=5, standing=standing, on=on)


@pytest.fixture
def barred():
    barred = Campaign()
    return barred.do(c.AmendPolicy(campaign=ID, policy=policy(programme={"bar_years": 3}), on="2023-04-14"))


def policy_fact():
    return f"{ID}@2"


def test_a_delisted_county_that_is_enrolled_again_within_the_bar_is_a_finding(barred):
    delisted(barred).do(enrolled("2023-10-07"))

    (found,) = barred.found("2023-10-07", "enrolled-too-early")
    assert (found["delisted_on"], found["since"], found["allowed_from"]) == ("2020-10-08", "2023-10-07", "2023-10-08")
    assert found["evidence"] == [policy_fact(), *(f"county-{YANGCHENG}@{v}" for v in (1, 2, 3))]
    assert barred.found("2023-10-06", "enrolled-too-early") == []


def test_it_is_none_after_the_bar_in_another_programme_after_a_cancelled_candidacy_or_without_a_bar(barred, campaign):
    delisted(barred).do(enrolled("2023-10-08"), enrolled("2023-05-01", "national"))
    barred.do(c.CancelCandidacy(county=f"county-{YANGCHENG}", programme="national", reason="r", on="2023-06-01"))
    barred.do(enrolled("2023-07-01", "national"))
    delisted(campaign).do(enrolled("2023-10-07"))

    for told in (barred, campaign):
        assert told.found("2023-12-01", "enrolled-too-early") == []


def test_it_ends_when_the_county_loses_its_standing_again(barred):
    delisted(barred).do(enrolled("2023-10-07"))
    barred.do(c.CancelCandidacy(county=f"county-{YANGCHENG}", programme="provincial", reason="r", on="2023-11-01"))

    assert barred.subjects("2023-10-31", "enrolled-too-early") == [f"county-{YANGCHENG}"]
    assert barred.subjects("2023-11-01", "enrolled-too-early") == []


def test_the_evidence_of_both_findings_suffices_to_find_them_again(barred):
    delisted(barred).do(enrolled("2023-10-07"), registered(), registered(lab="lab-140522-2"))
    barred.do(moved("2023-02-01", name="阳城县中心"), moved("2023-03-01", name="阳城县站"))
    view, day = barred.books.view(), date(2023, 10, 7)

    found = [each for each in findings(view, day) if each.kind in {"lab-twice", "enrolled-too-early"}]
    assert len(found) == 2
    assert all(reproduced(view, each, day) for each in found)


# --- pairings by division ------------------------------------------------------------------------------


def test_pairings_are_listed_where_their_target_is_at_home_on_the_day(campaign):
    helper = campaign.lab(ZEZHOU, dual_from="2022-01-01")
    pairing = "pairing-lab-lab-lab-140525-1-lab-999999-1-1"
    campaign.do(
        registered(lab="lab-999999-1"),
        c.AssignPairing(kind="lab-lab", supporter=helper, target="lab-999999-1", pairing=pairing, on="2023-02-01"),
        c.AmendLab(lab="lab-999999-1", division="140105", on="2023-06-01"),
    )

    def listed(division, day):
        rows = campaign.books.status(kind="pairing", division=division, as_of=date.fromisoformat(day)).rows
        return [row.pairing for row in rows]

    assert (listed("140500", "2023-05-31"), listed("140100", "2023-05-31")) == ([pairing], [])
    assert (listed("140500", "2023-06-01"), listed("140100", "2023-06-01")) == ([], [pairing])


def test_a_pairing_whose_target_is_nowhere_is_lost_in_no_division(campaign):
    helper = campaign.lab(ZEZHOU, dual_from="2022-01-01")
    campaign.do(
        registered(lab="lab-999999-1"),
        c.AssignPairing(kind="lab-lab", supporter=helper, target="lab-999999-1", on="2023-02-01"),
        c.RetractFact(stream="lab-999999-1", version=1, reason="错", on="2023-03-01"),
    )

    rows = campaign.books.status(kind="pairing", division="140500", as_of=date(2023, 4, 1)).rows
    assert [row.target for row in rows] == ["lab-999999-1"]
    assert campaign.found("2023-04-01", "lab-gone")[0]["lab"] == "lab-999999-1"
