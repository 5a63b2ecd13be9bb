"""Given, when, then: a scenario fails where the books do otherwise than it says."""

from __future__ import annotations

import pytest

from dualcert.domain.commands import CloseLab, RegisterLab
from dualcert.domain.lab import LabClosed, LabRegistered
from dualcert.errors import UnknownLab
from dualcert.testing import Clock, given

LAB = "lab-140525-1"


def registered():
    return RegisterLab(lab=LAB, name="站", level="county", division="140525", on="2019-01-01")


def closed():
    return CloseLab(lab=LAB, reason="并入", on="2022-01-01")


def test_a_scenario_says_what_was_recorded():
    given(registered()).when(closed()).then(LabClosed)
    given(registered()).when(closed()).then("lab.closed")
    given(registered()).when(registered()).then_unchanged()
    given().when(closed()).then_refused("unknown-lab")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: given().when(registered()).then(LabClosed),
        lambda: given().when(registered()).then("lab.closed"),
        lambda: given().when(registered()).then(),
        lambda: given().when(registered()).then_unchanged(),
        lambda: given().when(registered()).then_refused("unknown-lab"),
        lambda: given(registered()).when(registered()).then(LabRegistered),
        lambda: given().when(closed()).then(LabClosed),
        lambda: given().when(closed()).then_unchanged(),
        lambda: given().when(closed()).then_refused("lab-closed"),
    ],
)
def test_a_scenario_that_is_not_so_fails(wrong):
    with pytest.raises(AssertionError):
        wrong()


def test_what_is_given_must_have_been_accepted():
    with pytest.raises(UnknownLab):
        given(closed())


def test_a_clock_stands_until_it_is_moved():
    clock = Clock()
    clock.on("2023-10-08")

    assert clock() == clock()
    assert clock().isoformat() == "2023-10-08T04:00:00+00:00"
    clock.tick(60)
    assert clock().isoformat() == "2023-10-08T04:01:00+00:00"
