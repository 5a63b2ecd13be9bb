"""How a certificate's timeline is read: each test is a rule of the books."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dualcert.domain import certificate as facts
from dualcert.domain.commands import (
    AcceptApplication,
    AmendCertificate,
    CancelCertificate,
    ChangeScope,
    CloseLab,
    GrantCertificate,
    RecordApproval,
    RecordAssessment,
    RefuseApplication,
    RegisterLab,
    ReinstateCertificate,
    RenewCertificate,
    RetractFact,
    RevokeCertificate,
    SuspendCertificate,
)
from dualcert.domain.timeline import Period, Timeline
from dualcert.testing import given
from dualcert.values.days import Days
from dualcert.values.terms import State

LAB = "lab-140525-1"
CMA = {"lab": LAB, "scheme": "CMA"}


def registered():
    return RegisterLab(lab=LAB, name="泽州县站", level="county", division="140525", on="2010-01-01")


def granted(first="2018-03-01", last="2024-02-29", number="180404090041"):
    return GrantCertificate(**CMA, number=number, granted_on=first, valid_until=last)


def renewed(first="2024-01-10", last="2030-01-09", number="240404090041"):
    return RenewCertificate(**CMA, number=number, granted_on=first, valid_until=last)


def suspended(on="2020-05-01"):
    return SuspendCertificate(**CMA, on=on, reason="飞行检查")


def reinstated(on="2020-08-01"):
    return ReinstateCertificate(**CMA, on=on, reason="整改完成")


def cancelled(on="2021-01-01"):
    return CancelCertificate(**CMA, on=on, reason="机构申请")


def revoked(on="2021-01-01"):
    return RevokeCertificate(**CMA, on=on, reason="虚假报告")


def cma(*commands):
    return given(registered(), *commands).state.cma


def days_valid(timeline, first, last):
    day, end = date.fromisoformat(first), date.fromisoformat(last)
    while day <= end:
        yield timeline.valid(day)
        day += timedelta(days=1)


# --- what counts ---------------------------------------------------------------------------------


def test_a_certificate_is_valid_from_its_grant_through_valid_until_inclusive():
    timeline = cma(granted())

    assert not timeline.valid(date(2018, 2, 28))
    assert all(days_valid(timeline, "2018-03-01", "2024-02-29"))
    assert not timeline.valid(date(2024, 3, 1))


def test_a_certificate_of_one_day_is_valid_on_it():
    assert cma(granted(last="2018-03-01")).valid(date(2018, 3, 1))


def test_expiry_is_no_fact_it_is_derived_from_the_day_asked_about():
    timeline = cma(granted())

    assert timeline.state(date(2024, 2, 29)) is State.VALID
    assert timeline.state(date(2024, 3, 1)) is State.EXPIRED


def test_days_covered_by_grant_or_renewal_count_and_a_gap_does_not():
    timeline = cma(granted(last="2020-12-31"), renewed("2021-02-01", "2027-01-31"))

    assert timeline.valid(date(2020, 12, 31))
    assert timeline.state(date(2021, 1, 1)) is State.EXPIRED
    assert timeline.valid(date(2021, 2, 1))


def test_a_renewal_may_come_after_expiry_and_the_gap_stays():
    timeline = cma(granted(first="2015-01-01", last="2020-12-31"), renewed(first="2021-03-01", last="2027-02-28"))

    assert not any(days_valid(timeline, "2021-01-01", "2021-02-28"))
    assert timeline.valid(date(2021, 3, 1))


def test_a_suspended_day_is_out_and_the_day_of_reinstatement_is_in():
    timeline = cma(granted(), suspended("2020-05-01"), reinstated("2020-08-01"))

    assert timeline.valid(date(2020, 4, 30))
    assert not any(days_valid(timeline, "2020-05-01", "2020-07-31"))
    assert timeline.valid(date(2020, 8, 1))
    assert timeline.state(date(2020, 6, 1)) is State.SUSPENDED
    assert timeline.held(date(2020, 6, 1))


def test_a_renewal_does_not_lift_a_suspension():
    timeline = cma(granted(last="2021-12-31"), suspended("2021-06-01"), renewed("2022-01-01", "2027-12-31"))

    assert timeline.state(date(2022, 6, 1)) is State.SUSPENDED


def test_a_new_grant_starts_afresh_and_ends_a_suspension():
    timeline = cma(granted(last="2021-12-31"), suspended("2021-06-01"), granted("2022-03-01", "2028-02-29", "2"))

    assert not timeline.valid(date(2021, 12, 31))
    assert timeline.valid(date(2022, 3, 1))


@pytest.mark.parametrize(("end", "state"), [(cancelled, State.CANCELLED), (revoked, State.REVOKED)])
def test_from_an_end_no_earlier_grant_or_renewal_gives_a_valid_day(end, state):
    timeline = cma(granted(), renewed("2020-01-01", "2026-12-31"), end("2021-01-01"))

    assert timeline.valid(date(2020, 12, 31))
    assert timeline.state(date(2021, 1, 1)) is state
    assert timeline.state(date(2025, 1, 1)) is state


def test_after_an_end_only_a_new_grant_helps():
    given(registered(), granted(), revoked()).when(renewed("2022-01-01", "2027-12-31")).then_refused(
        "certificate-not-granted"
    )
    timeline = cma(granted(), revoked(), granted("2022-01-01", "2027-12-31", "2"))
    assert timeline.valid(date(2022, 1, 1))


def test_on_one_day_an_end_comes_before_a_new_grant_however_they_were_entered():
    one = cma(granted(), cancelled("2021-01-01"), granted("2021-01-01", "2026-12-31", "2"))

    assert one.valid(date(2021, 1, 1))


def test_cancelling_and_revoking_are_two_facts():
    given(registered(), granted()).when(cancelled()).then(facts.CertificateCancelled)
    given(registered(), granted()).when(revoked()).then(facts.CertificateRevoked)


def test_only_a_granted_certificate_counts_assessment_and_approval_do_not():
    scenario = given(
        registered(),
        AcceptApplication(**CMA, route="joint", purpose="first", on="2023-01-01"),
        RecordAssessment(**CMA, outcome="passed", on="2023-02-01"),
        RecordApproval(**CMA, on="2023-03-01"),
    )
    timeline = scenario.state.cma

    assert [timeline.state(date(2023, m, 15)) for m in (1, 2, 3)] == [State.APPLIED, State.ASSESSED, State.APPROVED]
    assert not timeline.valid(date(2023, 4, 1))


def test_a_failed_assessment_and_a_refused_application_leave_nothing():
    accepted = AcceptApplication(**CMA, route="joint", purpose="first", on="2023-01-01")

    failed = cma(accepted, RecordAssessment(**CMA, outcome="failed", on="2023-02-01"))
    refused = cma(accepted, RefuseApplication(**CMA, reason="材料不全", on="2023-02-01"))

    assert failed.state(date(2023, 2, 1)) is refused.state(date(2023, 2, 1)) is State.NONE


def test_a_certificates_state_wins_over_an_applications():
    renewal = AcceptApplication(**CMA, route="joint", purpose="renewal", on="2023-01-01")

    assert cma(granted(), renewal).state(date(2023, 2, 1)) is State.VALID


def test_an_amended_number_is_read_from_its_day():
    timeline = cma(granted(), AmendCertificate(**CMA, number="180404099999", reason="变更", on="2020-01-01"))
    period = timeline.period_of(date(2020, 6, 1))

    assert timeline.number_of(period, date(2019, 12, 31)) == "180404090041"
    assert timeline.number_of(period, date(2020, 1, 1)) == "180404099999"


def test_an_applied_for_renewal_is_undecided_until_it_is_granted_or_refused():
    applied = AcceptApplication(**CMA, route="joint", purpose="renewal", on="2023-12-01")

    waiting = cma(granted(), applied)
    decided = cma(granted(), applied, RefuseApplication(**CMA, reason="r", on="2024-01-05"))

    assert not waiting.awaiting_renewal(date(2024, 1, 5))
    assert given(registered(), granted(last="2023-12-31"), applied).state.cma.awaiting_renewal(date(2024, 1, 10))
    assert not decided.awaiting_renewal(date(2024, 1, 10))


# --- what is refused -----------------------------------------------------------------------------


def test_a_grant_needs_that_none_is_held_suspended_or_not():
    given(registered(), granted(), suspended()).when(granted("2020-06-01", "2026-05-31", "2")).then_refused(
        "certificate-already-held"
    )


def test_a_grant_may_follow_an_expiry():
    given(registered(), granted(last="2020-12-31")).when(granted("2021-01-01", "2026-12-31", "2")).then(
        facts.CertificateGranted
    )


@pytest.mark.parametrize("command", [renewed(), cancelled(), revoked()])
def test_renewing_and_ending_need_a_grant_not_yet_ended_expired_or_not(command):
    given(registered()).when(command).then_refused("certificate-not-granted")
    given(registered(), granted("2010-06-01", "2012-05-31")).when(command).then(type_of(command))


def type_of(command):
    return {
        RenewCertificate: facts.CertificateRenewed,
        CancelCertificate: facts.CertificateCancelled,
        RevokeCertificate: facts.CertificateRevoked,
    }[type(command)]


def test_a_suspension_needs_a_held_certificate_that_is_not_suspended():
    given(registered()).when(suspended()).then_refused("certificate-not-held")
    given(registered(), granted(last="2019-12-31")).when(suspended()).then_refused("certificate-not-held")
    given(registered(), granted(), suspended()).when(suspended("2020-06-01")).then_refused(
        "certificate-already-suspended"
    )


@pytest.mark.parametrize("end", [cancelled, revoked])
def test_a_certificate_suspended_and_ended_on_one_day_is_entered_in_either_order(end):
    """The suspension has no day left, and nothing to reinstate; neither order reads otherwise than the end alone."""
    alone = cma(granted(), end())
    for pair in ((suspended("2021-01-01"), end()), (end(), suspended("2021-01-01"))):
        scenario = given(registered(), granted(), *pair)

        asked = "2020-12-30", "2021-01-03"
        assert list(days_valid(scenario.state.cma, *asked)) == list(days_valid(alone, *asked))
        assert scenario.state.cma.state(date(2021, 1, 1)) == alone.state(date(2021, 1, 1))
        scenario.when(reinstated("2021-02-01")).then_refused("certificate-not-suspended")


def test_what_is_ended_takes_no_suspension_of_a_later_day_nor_a_second_one_of_its_day():
    given(registered(), granted(), revoked()).when(suspended("2021-01-02")).then_refused("certificate-not-held")
    given(registered(), granted(), suspended(), revoked()).when(suspended("2021-01-01")).then_refused(
        "certificate-not-held"
    )
    expired = given(registered(), granted(last="2020-12-30"), revoked())
    expired.when(suspended("2021-01-01")).then_refused("certificate-not-held")


def test_a_reinstatement_needs_a_suspension():
    given(registered(), granted()).when(reinstated()).then_refused("certificate-not-suspended")


def test_a_change_of_scope_that_changes_nothing_is_refused():
    with_scope = GrantCertificate(
        **CMA, number="1", granted_on="2018-03-01", valid_until="2024-02-29", scope_parameters=["毒死蜱"]
    )
    scenario = given(registered(), with_scope)

    scenario.when(ChangeScope(**CMA, extended=["毒死蜱"], on="2019-01-01")).then_refused("nothing-changes")
    scenario.when(ChangeScope(**CMA, extended=["铅"], reduced=["毒死蜱"], on="2019-01-01")).then(facts.ScopeChanged)


# --- late entries --------------------------------------------------------------------------------


def test_a_command_is_judged_against_the_timeline_as_it_stands_on_its_day():
    """A suspension of 2022 may be entered after a revocation of 2023."""
    scenario = given(registered(), granted(), revoked("2023-01-01"))

    scenario.when(suspended("2022-01-01")).then(facts.CertificateSuspended)

    assert scenario.state.cma.state(date(2022, 6, 1)) is State.SUSPENDED
    assert scenario.state.cma.state(date(2023, 6, 1)) is State.REVOKED


def test_a_late_entry_that_contradicts_a_later_fact_names_it():
    scenario = given(registered(), granted())

    scenario.when(granted("2017-06-01", "2018-06-01", "old")).then_refused("contradicts-later-fact")

    assert scenario.refusal.fact == f"{LAB}@2"
    assert scenario.refusal.because.code == "certificate-already-held"


def test_what_is_said_again_is_unchanged_and_brackets_do_not_matter():
    catl = {"lab": LAB, "scheme": "CATL", "granted_on": "2020-01-01", "valid_until": "2025-12-31"}
    scenario = given(registered(), GrantCertificate(**catl, number="[2020]农质检核（晋）字第0021号", source="file 1"))

    scenario.when(GrantCertificate(**catl, number="〔2020〕农质检核(晋)字第0021号", source="file 2", by="other"))

    scenario.then_unchanged()


def test_a_fact_that_others_rest_on_cannot_be_retracted():
    scenario = given(registered(), granted(), suspended())

    scenario.when(RetractFact(stream=LAB, version=2, reason="typo", on="2023-01-01")).then_refused("rested-on")

    assert scenario.refusal.by == (f"{LAB}@3",)


def test_after_closing_only_what_is_taken_from_a_lab_is_accepted():
    closed = given(registered(), granted(), CloseLab(lab=LAB, reason="并入综合中心", on="2022-01-01"))

    closed.when(renewed("2022-01-01", "2027-12-31")).then_refused("lab-closed")
    closed.when(suspended("2022-06-01")).then(facts.CertificateSuspended)
    closed.when(revoked("2023-01-01")).then(facts.CertificateRevoked)
    closed.when(renewed("2021-12-31", "2027-12-30")).then(facts.CertificateRenewed)


def period(first=date(2018, 3, 1), last=date(2024, 2, 29), valid_until=date(2024, 2, 29)):
    return Period(first, last, "1", valid_until, 2)


@pytest.mark.parametrize(
    ("day", "since"),
    [
        (date(2020, 4, 30), None), (date(2020, 5, 1), date(2020, 5, 1)), (date(2020, 7, 31), date(2020, 5, 1)),
        (date(2020, 8, 1), None), (date(2022, 2, 28), None), (date(2022, 3, 1), date(2022, 3, 1)), (date(2023, 1, 1), date(2022, 3, 1)),
    ],
)  # fmt: skip
def test_a_day_has_the_suspension_that_it_lies_in(day, since):
    over, lasting = (date(2020, 5, 1), date(2020, 8, 1)), date(2022, 3, 1)

    assert Timeline(suspensions=(over,), suspended_since=lasting).suspended_from(day) == since


def test_a_renewal_applied_for_on_the_last_day_is_awaited_until_it_is_decided():
    following = period(date(2024, 6, 1), date(2030, 5, 31), date(2030, 5, 31))
    timeline = Timeline(
        periods=(period(), following), renewals_undecided=((date(2024, 2, 29), date(2024, 5, 1)),), open=True
    )

    assert timeline.awaiting_renewal_days() == Days.span(date(2024, 3, 1), date(2024, 4, 30))
    assert [timeline.awaiting_renewal(date(2024, *day)) for day in ((2, 29), (3, 1), (4, 30), (5, 1))] == [
        False, True, True, False,
    ]  # fmt: skip


def test_nothing_is_awaited_of_a_certificate_that_was_ended():
    timeline = Timeline(periods=(period(last=date(2022, 12, 31)),), renewal_since=date(2022, 6, 1))

    assert timeline.awaiting_renewal_days() == Days()
    assert not timeline.awaiting_renewal(date(2024, 3, 1))


def test_a_certificate_that_ended_before_is_not_ended_while_valid():
    ends = ((date(2021, 1, 1), State.CANCELLED), (date(2021, 6, 1), State.REVOKED))

    assert not Timeline(periods=(period(last=date(2020, 12, 31)),), ends=ends).ended_while_valid(date(2021, 6, 1))
