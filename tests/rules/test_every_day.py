"""Every day from 1985 to 2050: what the books compute of days is what pandas computes.

The soak takes each day; other runs take every 97th, and all ends of February.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from dualcert.domain.commands import GrantCertificate, RegisterLab, ReinstateCertificate, SuspendCertificate
from dualcert.testing import given
from dualcert.values.dates import civil_day, days_after, end_of, month_end, months_after
from dualcert.values.terms import State

EVERY = [stamp.date() for stamp in pd.date_range("1985-01-01", "2050-12-31")]
SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
LEAP = {(2, 28), (2, 29), (3, 1)}
DAYS = EVERY if SOAK else sorted({*EVERY[::97], *(day for day in EVERY if (day.month, day.day) in LEAP)})
ONE = timedelta(days=1)


@pytest.fixture(scope="module")
def stamps():
    """The days as pandas has them."""
    return pd.DatetimeIndex(DAYS)


@pytest.mark.parametrize("months", [-12, -1, 1, 3, 6, 11, 12, 60, 72])
def test_so_many_months_later_is_the_same_day_or_the_last_of_a_shorter_month(stamps, months):
    expected = [stamp.date() for stamp in stamps + pd.DateOffset(months=months)]

    assert [months_after(day, months) for day in DAYS] == expected


def test_a_month_ends_with_its_last_day(stamps):
    assert [month_end(day.year, day.month) for day in DAYS] == [
        stamp.date() for stamp in stamps + pd.offsets.MonthEnd(0)
    ]


@pytest.mark.parametrize("days", [-90, -1, 0, 1, 30, 90, 365])
def test_so_many_days_later(stamps, days):
    assert [days_after(day, days) for day in DAYS] == [stamp.date() for stamp in stamps + pd.Timedelta(days=days)]


def test_a_day_ends_where_the_next_begins_on_the_clocks_of_china(stamps):
    """Also in the summers of 1986 to 1991, when the clocks were put forward."""
    midnights = (stamps + pd.Timedelta(days=1)).tz_localize("Asia/Shanghai").tz_convert("UTC")
    for day, midnight in zip(DAYS, midnights, strict=True):
        last = end_of(day)
        assert last == (midnight - pd.Timedelta(microseconds=1)).to_pydatetime()
        assert (civil_day(last), civil_day(last + timedelta(microseconds=1))) == (day, day + ONE)


def test_a_certificate_of_six_years_is_valid_suspended_and_expired_to_the_day(stamps):
    until = [stamp.date() - ONE for stamp in stamps + pd.DateOffset(years=6)]
    for day, last in zip(DAYS, until, strict=True):
        suspended, reinstated = day + timedelta(days=400), day + timedelta(days=500)
        lab = "lab-140525-1"
        cma = given(
            RegisterLab(lab=lab, name="站", level="county", division="140525", on="1985-01-01"),
            GrantCertificate(lab=lab, scheme="CMA", number="1", granted_on=day, valid_until=last),
            SuspendCertificate(lab=lab, scheme="CMA", reason="飞行检查", on=suspended),
            ReinstateCertificate(lab=lab, scheme="CMA", reason="整改完成", on=reinstated),
            now=datetime(2060, 1, 1, tzinfo=UTC),
        ).state.cma
        edges = {day: State.VALID, suspended - ONE: State.VALID, suspended: State.SUSPENDED, reinstated - ONE: State.SUSPENDED,
                 reinstated: State.VALID, last: State.VALID, last + ONE: State.EXPIRED}  # fmt: skip
        assert {on: cma.state(on) for on in edges} == edges
        assert cma.state(day - ONE) is State.NONE
        assert [cma.valid(on) for on in edges] == [state is State.VALID for state in edges.values()]
