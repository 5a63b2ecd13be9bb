from __future__ import annotations

import pytest

from dualcert.divisions import china
from dualcert.values.terms import Level


def test_shanxi_has_11_cities_and_117_counties():
    assert len(china().within("140000", "city")) == 11
    assert len(china().within("140000", "county")) == 117


def test_names_repeat_and_codes_do_not():
    assert china().get("140302").name == china().get("140502").name == "城区"


@pytest.mark.parametrize(
    ("level", "code", "seats"),
    [
        (Level.COUNTY, "140525", True),
        (Level.CITY, "140500", True),
        (Level.PROVINCE, "140000", True),
        (Level.COUNTY, "140500", False),
        (Level.CITY, "140525", False),
        (Level.COUNTY, "140171", False),
        (Level.COUNTY, "441900", True),
        (Level.COUNTY, "460400", True),
        (Level.COUNTY, "140427", True),
        (Level.COUNTY, "999999", False),
    ],
)
def test_a_labs_division_has_the_labs_level_and_a_zone_never_does(level, code, seats):
    assert china().seats(level, code) is seats


def test_a_division_lies_in_those_above_it():
    assert china().above("140525", "city").code == "140500"
    assert china().above("140525", "province").code == "140000"
    assert china().above("140500", "county") is None
    assert not china().contains("140500", "140300")
