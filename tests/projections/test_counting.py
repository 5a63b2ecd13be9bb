"""What counts as dual-certified: one function, by the policy's switches, for every question."""

from __future__ import annotations

from datetime import date

import pytest

from campaign import YANGCHENG, policy
from dualcert.domain import commands as c

COUNTY = "county-140522"


@pytest.fixture
def lab(campaign):
    """A lab whose CATL runs on, and whose CMA ends on 2023-06-30."""
    lab = campaign.lab(YANGCHENG)
    campaign.certify(lab, "2022-01-01", "2027-12-31", schemes=("CATL",))
    campaign.certify(lab, "2017-07-01", "2023-06-30", schemes=("CMA",))
    return lab


def apply_for_renewal(lab, on="2023-04-01"):
    return c.AcceptApplication(lab=lab, scheme="CMA", route="joint", purpose="renewal", on=on)


def suspend(lab, on="2023-05-01"):
    return c.SuspendCertificate(lab=lab, scheme="CMA", reason="飞行检查", on=on)


def answers(campaign, lab, day, **target):
    """Return what ratio, county, and status say about the lab on a day under switches."""
    books = campaign.books.books(date.fromisoformat(day), policy=policy(target=target))
    (row,), (county,) = books.status(lab).rows, books.status(COUNTY).rows
    dual = {bool(books.ratio().total.dual), bool(county.passes), row.dual, row.dual_since is not None}
    assert len(dual) == 1, "every question has the same answer"
    return dual.pop(), row.cma.by and row.cma.by.value


@pytest.mark.parametrize(
    ("switches", "day", "answer"),
    [
        ({}, "2023-04-30", (True, "valid")),
        ({}, "2023-05-01", (False, None)),
        ({"suspended_counts": True}, "2023-05-01", (True, "suspended-counts")),
        ({"suspended_counts": True}, "2023-07-01", (False, None)),
        ({"pending_renewal_counts": True}, "2023-06-30", (False, None)),
        ({"pending_renewal_counts": True}, "2023-07-01", (False, None)),
        ({"suspended_counts": True, "pending_renewal_counts": True}, "2023-07-01", (True, "pending-renewal-counts")),
    ],
)
def test_a_suspended_certificate_counts_after_its_end_only_if_both_switches_say_so(
    campaign, lab, switches, day, answer
):
    campaign.do(apply_for_renewal(lab), suspend(lab))

    assert answers(campaign, lab, day, **switches) == answer


def test_a_certificate_whose_renewal_is_undecided_counts_by_the_switch_and_keeps_its_legal_state(campaign, lab):
    campaign.do(apply_for_renewal(lab))
    counted = policy(target={"pending_renewal_counts": True})
    (row,) = campaign.books.books(date(2023, 7, 1), policy=counted).status(lab).rows

    assert (row.cma.state.value, row.cma.counts, row.dual, row.dual_since) == ("expired", True, True, date(2022, 1, 1))
    assert answers(campaign, lab, "2023-07-01") == (False, None)


def test_an_unbroken_run_crosses_a_renewal(campaign, lab):
    campaign.do(
        c.RenewCertificate(lab=lab, scheme="CMA", number="2", granted_on="2023-07-01", valid_until="2029-06-30")
    )

    (row,) = campaign.books.status(lab, as_of=date(2023, 9, 1)).rows
    assert row.dual_since == date(2022, 1, 1)
    (before,) = campaign.books.status(lab, as_of=date(2021, 12, 31)).rows
    assert before.dual_since is None


def test_status_shows_the_application_under_way_beside_a_certificate(campaign, lab):
    """A8: a renewal, or a new application, was not to be seen after a first grant."""
    campaign.do(
        apply_for_renewal(lab, "2023-05-01"),
        c.RecordAssessment(lab=lab, scheme="CMA", outcome="passed", on="2023-07-01"),
        c.RecordApproval(lab=lab, scheme="CMA", on="2023-08-20"),
    )
    (row,) = campaign.books.status(lab, as_of=date(2023, 8, 25)).to_dict()["rows"]

    assert (row["cma"]["state"], row["cma"]["application"]) == (
        "expired",
        {"state": "approved", "purpose": "renewal", "route": "joint", "since": "2023-08-20", "days": 5},
    )
    assert row["catl"]["application"] is None
    campaign.do(
        c.GrantCertificate(lab=lab, scheme="CMA", number="3", granted_on="2023-08-28", valid_until="2029-08-27")
    )
    (row,) = campaign.books.status(lab, as_of=date(2023, 8, 28)).to_dict()["rows"]
    assert row["cma"]["application"] is None


def test_a_closed_lab_is_shown_as_closed(campaign, lab):
    campaign.do(c.CloseLab(lab=lab, reason="并入", on="2023-06-01"))

    shown = {
        day: campaign.books.status(lab, as_of=date.fromisoformat(day)).rows[0] for day in ("2023-05-31", "2023-06-01")
    }
    assert {day: (row.active, row.closed_on) for day, row in shown.items()} == {
        "2023-05-31": (True, None),
        "2023-06-01": (False, date(2023, 6, 1)),
    }
