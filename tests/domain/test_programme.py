from __future__ import annotations

from datetime import date

import pytest

from dualcert.domain.commands import CancelCandidacy, DelistCounty, EnrolCounty, NameCounty, RetractFact
from dualcert.domain.programme import CandidacyCancelled, CountyDelisted, CountyEnrolled, CountyNamed
from dualcert.errors import BadValue
from dualcert.testing import given
from dualcert.values.terms import Programme, Standing

COUNTY = "county-140525"


def enrolled(standing="candidate", programme="provincial", on="2020-01-01", batch=4):
    return EnrolCounty(county=COUNTY, programme=programme, batch=batch, standing=standing, on=on)


def named(on="2021-01-01"):
    return NameCounty(county=COUNTY, programme="provincial", reason="验收合格", on=on)


def delisted(on="2023-10-08", programme="provincial"):
    return DelistCounty(county=COUNTY, programme=programme, reason="未通过", on=on)


def cancelled(on="2023-10-08"):
    return CancelCandidacy(county=COUNTY, programme="provincial", reason="未通过", on=on)


def standings(scenario, day):
    return [(e.programme, e.batch, e.standing) for e in scenario.state.enrolled(day)]


def test_a_county_is_first_a_candidate_then_named():
    scenario = given(enrolled()).when(named()).then(CountyNamed)

    assert standings(scenario, date(2019, 12, 31)) == []
    assert standings(scenario, date(2020, 12, 31)) == [(Programme.PROVINCIAL, 4, Standing.CANDIDATE)]
    assert standings(scenario, date(2021, 1, 1)) == [(Programme.PROVINCIAL, 4, Standing.NAMED)]


def test_the_programmes_are_apart():
    scenario = given(enrolled("named", "national", batch=2)).when(enrolled()).then(CountyEnrolled)

    scenario.when(delisted(programme="national")).then(CountyDelisted)
    assert [s for _, _, s in standings(scenario, date(2023, 12, 1))] == [Standing.DELISTED, Standing.CANDIDATE]


def test_delisting_is_for_named_counties_and_cancelling_for_candidates():
    """摘牌 and 取消创建资格 are two facts."""
    given(enrolled()).when(delisted()).then_refused("wrong-standing")
    given(enrolled("named")).when(cancelled()).then_refused("wrong-standing")
    given(enrolled()).when(cancelled()).then(CandidacyCancelled)
    given(enrolled("named")).when(delisted()).then(CountyDelisted)
    given().when(delisted()).then_refused("wrong-standing")


def test_a_county_is_enrolled_in_a_programme_once_at_a_time_and_again_after_its_loss():
    given(enrolled()).when(enrolled(batch=5, on="2021-01-01")).then_refused("already-enrolled")
    given(enrolled(), cancelled()).when(enrolled(batch=5, on="2024-01-01")).then(CountyEnrolled)


def test_a_late_loss_must_fit_what_is_recorded_for_later():
    given(enrolled(), named()).when(cancelled("2020-06-01")).then_refused("contradicts-later-fact")


def test_a_mistaken_decision_is_retracted_and_the_standing_reads_as_if_it_had_not_been():
    scenario = given(enrolled(), cancelled())
    scenario.when(RetractFact(stream=COUNTY, version=2, reason="证书已颁发", on="2023-10-16"))

    assert scenario.refusal is None
    assert standings(scenario, date(2023, 12, 1)) == [(Programme.PROVINCIAL, 4, Standing.CANDIDATE)]


def test_an_enrolment_that_a_decision_rests_on_stays():
    given(enrolled(), cancelled()).when(
        RetractFact(stream=COUNTY, version=1, reason="x", on="2023-10-16")
    ).then_refused("rested-on")


@pytest.mark.parametrize("standing", ["delisted", "candidacy-cancelled", "lost"])
def test_no_county_is_enrolled_as_one_that_has_lost(standing):
    with pytest.raises(BadValue):
        enrolled(standing)
