from __future__ import annotations

from datetime import date

from dualcert.domain.commands import DesignateLab, ReleaseLab
from dualcert.domain.designation import LabDesignated, LabReleased
from dualcert.testing import given

COUNTY, LAB, OTHER = "county-140525", "lab-140525-1", "lab-140500-1"


def designated(lab=LAB, on="2020-01-01"):
    return DesignateLab(county=COUNTY, lab=lab, on=on)


def released(lab=LAB, on="2022-01-01"):
    return ReleaseLab(county=COUNTY, lab=lab, on=on)


def test_a_countys_lab_is_a_dated_relation():
    state = given(designated(), released(), designated(OTHER, "2022-01-01")).state

    assert state.labs(date(2019, 12, 31)) == ()
    assert state.labs(date(2021, 12, 31)) == (LAB,)
    assert state.labs(date(2022, 1, 1)) == (OTHER,)


def test_a_lab_is_designated_once_at_a_time():
    given(designated()).when(designated(on="2021-01-01")).then_refused("lab-already-designated")
    given(designated(), released()).when(designated(on="2023-01-01")).then(LabDesignated)


def test_only_a_designated_lab_is_released():
    given().when(released()).then_refused("lab-not-designated")
    given(designated()).when(released()).then(LabReleased)


def test_a_late_designation_must_fit_the_later_ones():
    given(designated()).when(designated(on="2018-01-01")).then_refused("contradicts-later-fact")
