"""What the policy's switches do to figures and counties, as of a day."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from dualcert import Registry
from dualcert.domain import commands as c
from dualcert.errors import NoCampaign, UnknownLab
from dualcert.policy import load_policy, policy_of
from dualcert.projections.streams import fold
from dualcert.projections.view import View
from dualcert.testing import Clock

LAB, OTHER, COUNTY = "lab-140525-1", "lab-140500-1", "county-140525"
DAY = date(2023, 6, 1)


def opened(**target):
    document = msgspec.to_builtins(load_policy("shanxi-2023"))
    document["target"] |= target
    return Registry.open(":memory:", policy=policy_of(document), clock=Clock())


def register(lab=LAB, level="county", division="140525", on="2019-01-01", **how):
    return c.RegisterLab(lab=lab, name="站", level=level, division=division, on=on, **how)


def certified(lab=LAB, last="2027-06-14"):
    return [
        c.GrantCertificate(lab=lab, scheme=s, number=f"{lab}-{s}", granted_on="2021-06-15", valid_until=last)
        for s in ("CMA", "CATL")
    ]


def suspended():
    return c.SuspendCertificate(lab=LAB, scheme="CMA", on="2023-01-01", reason="r")


def dual(books, day=DAY):
    return books.ratio(as_of=day).total.dual


def test_a_suspended_certificate_does_not_count_unless_the_policy_says_so():
    for counts, expected in ((False, 0), (True, 1)):
        books = opened(suspended_counts=counts)
        books.execute_many([register(), *certified(), suspended()])
        assert dual(books) == expected


def test_a_certificate_past_its_date_does_not_count_while_its_renewal_is_undecided_unless_the_policy_says_so():
    applied = c.AcceptApplication(lab=LAB, scheme="CMA", route="sequential", purpose="renewal", on="2023-04-01")
    for counts, expected in ((False, 0), (True, 1)):
        books = opened(pending_renewal_counts=counts)
        catl = certified()[1]
        cma = c.GrantCertificate(lab=LAB, scheme="CMA", number="1", granted_on="2020-06-01", valid_until="2023-05-31")
        books.execute_many([register(), cma, catl, applied])
        assert dual(books) == expected
        books.execute(c.RefuseApplication(lab=LAB, scheme="CMA", reason="r", on="2023-06-01"))
        assert dual(books) == 0


def test_only_levels_of_the_basis_count():
    books = opened(basis=["county"])
    books.execute_many([register(), register(OTHER, "city", "140500")])

    assert books.ratio(as_of=DAY).total.labs == 1


def test_a_lab_marked_as_not_counted_is_in_no_figure():
    books = opened()
    books.execute_many([register(), register(OTHER, "city", "140500", counted=False)])

    assert books.ratio(as_of=DAY).total.labs == 1


def test_a_province_lab_by_city_stands_in_the_provinces_row():
    books = opened(basis=["province", "city", "county"])
    books.execute(register("lab-140000-1", "province", "140000"))

    rows = {row.division: row.labs for row in books.ratio("city", as_of=DAY).rows}
    assert rows["140000"] == 1
    assert len(rows) == 12


def test_a_lab_is_counted_where_it_is_at_home_on_the_day():
    books = opened()
    books.execute_many([register(), c.AmendLab(lab=LAB, division="140522", on="2023-03-01")])

    def county_of(day):
        return [row.division for row in books.ratio("county", as_of=day).rows if row.labs]

    assert county_of(date(2023, 2, 28)) == ["140525"]
    assert county_of(date(2023, 3, 1)) == ["140522"]


@pytest.mark.parametrize(("switch", "passes"), [("all", False), ("any", True)])
def test_a_county_passes_when_all_or_any_of_its_labs_do(switch, passes):
    books = opened(county_passes=switch)
    books.execute_many([register(), register(OTHER, "city", "140500"), *certified()])
    books.execute_many([c.DesignateLab(county=COUNTY, lab=lab, on="2021-01-01") for lab in (LAB, OTHER)])

    assert books.status(COUNTY, as_of=DAY).rows[0].passes is passes


def test_a_county_without_a_designated_lab_neither_passes_nor_fails():
    books = opened()
    books.execute_many([register(), *certified(), c.DesignateLab(county=COUNTY, lab=LAB, on="2021-01-01")])
    assert books.status("county-140522", as_of=DAY).rows[0].passes is None

    books.execute(c.CloseLab(lab=LAB, reason="并入", on="2023-05-01"))
    row = books.status(COUNTY, as_of=DAY).rows[0]
    assert (row.passes, row.labs) == (None, ())


def test_a_closed_labs_successor_must_be_there():
    books = opened()
    books.execute(register())

    with pytest.raises(UnknownLab):
        books.execute(c.CloseLab(lab=LAB, reason="并入", merged_into=OTHER, on="2023-05-01"))


def test_a_view_of_facts_without_a_campaign_says_so(books):
    view = View(fold([]), books.view().divisions, 0, None)

    with pytest.raises(NoCampaign):
        view.policy(DAY)


def test_the_policy_before_the_first_days_is_the_first():
    books = opened()

    assert books.view().policy(date(1990, 1, 1)).name == "shanxi-2023"
