"""How a certificate's timeline is read: each test is a rule of the books."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

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
from dualcert.domain.timeline import Application, ApplicationStep, Period, Timeline
from dualcert.testing import given
from dualcert.values.days import Days
from dualcert.values.terms import Outcome, Purpose, Route, State

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


def test_a_change_of_scope_needs_a_grant_but_no_scope_that_was_stated():
    changed = ChangeScope(**CMA, extended=["毒死蜱"], on="2019-01-01")

    given(registered()).when(changed).then_refused("certificate-not-granted")
    given(registered(), granted()).when(changed).then(facts.ScopeChanged)


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
    assert Timeline(suspensions=(over,)).suspended_from(day) == (since if day < lasting else None)


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


# --- the reading of a timeline, day by day ---------------------------------------------------------

MAY = [date(2023, 4, 30) + timedelta(days=n) for n in range(33)]


def may(n):
    """Return a day of May; 0 is the last of April."""
    return MAY[n]


def covering(first, last, valid_until=None, number="1", version=2):
    return Period(may(first), may(last), number, may(valid_until or last), version)


def on_days(timeline, question):
    """Return the days of May for which a question holds."""
    return [n for n, day in enumerate(MAY) if getattr(timeline, question)(day)]


def days_from(*spans):
    return [n for first, last in spans for n in range(first, last + 1)]


TWO = (covering(2, 10), covering(15, 20, number="2", version=5))


@pytest.mark.parametrize(
    ("timeline", "held", "suspended", "awaiting"),
    [
        (Timeline(), [], [], []),
        (Timeline(periods=TWO[:1]), days_from((2, 10)), [], []),
        (Timeline(periods=TWO), days_from((2, 10), (15, 20)), [], []),
        (Timeline(periods=(covering(2, 10), covering(5, 20))), days_from((2, 20)), [], []),
        (Timeline(suspensions=((may(3), may(5)), (may(8), may(9)))), [], [3, 4, 8], []),
        (Timeline(suspensions=((may(3), may(5)),), suspended_since=may(30)), [], [3, 4, 30, 31, 32], []),
        (Timeline(periods=TWO, renewals_undecided=((may(10), may(15)),)), days_from((2, 10), (15, 20)), [], days_from((11, 14))),
        (Timeline(periods=TWO, renewal_since=may(10)), days_from((2, 10), (15, 20)), [], days_from((11, 14), (21, 32))),
        (Timeline(periods=TWO, renewal_since=may(11)), days_from((2, 10), (15, 20)), [], days_from((21, 32))),
        (Timeline(periods=TWO[::-1], renewal_since=may(10)), days_from((2, 10), (15, 20)), [], days_from((11, 14), (21, 32))),
        (Timeline(periods=TWO[:1], renewals_undecided=((may(3), may(13)),)), days_from((2, 10)), [], [11, 12]),
        (Timeline(periods=TWO[:1], renewals_undecided=((may(3), may(6)),), renewal_since=may(9)), days_from((2, 10)), [],
         days_from((11, 32))),
        (Timeline(periods=TWO, renewals_undecided=((may(3), may(13)),), renewal_since=may(20)), days_from((2, 10), (15, 20)), [],
         [11, 12, *days_from((21, 32))]),
        (Timeline(periods=(covering(2, 9, 10),), renewal_since=may(3)), days_from((2, 9)), [], []),
        (Timeline(periods=(covering(2, 5), covering(8, 9, 20)), renewal_since=may(3)), days_from((2, 5), (8, 9)), [], [6, 7]),
        (Timeline(periods=(covering(5, 5),), renewal_since=may(3)), [5], [], days_from((6, 32))),
        (Timeline(periods=(covering(2, 5), covering(8, 9, 20), covering(25, 27)), renewal_since=may(3)),
         days_from((2, 5), (8, 9), (25, 27)), [], [6, 7, *days_from((28, 32))]),
        (Timeline(periods=(replace(covering(2, 10), last=date.max, valid_until=date.max),), renewal_since=may(3)),
         days_from((2, 32)), [], []),
        (Timeline(periods=(covering(2, 9, 10), covering(12, 14)), renewal_since=may(3)), days_from((2, 9), (12, 14)), [],
         days_from((15, 32))),
    ],
)  # fmt: skip
def test_held_suspended_and_awaited_days_are_those_on_which_it_is(timeline, held, suspended, awaiting):
    expected = {"held": held, "suspended": suspended, "awaiting_renewal": awaiting}

    assert {question: on_days(timeline, question) for question in expected} == expected
    assert {question: on_days(timeline, question) for question in expected} == {
        question: [n for n, day in enumerate(MAY) if day in getattr(timeline, f"{question}_days")()]
        for question in expected
    }


def test_what_began_and_has_no_end_lasts_for_ever():
    timeline = Timeline(periods=TWO[:1], suspended_since=may(3), renewal_since=may(3))

    assert timeline.suspended_days() == Days.span(may(3), date.max)
    assert timeline.awaiting_renewal_days() == Days.span(may(11), date.max)


@pytest.mark.parametrize("day", [may(2), may(10), may(12), may(20), may(30)])
def test_only_a_day_that_is_held_and_not_suspended_is_valid(day):
    timeline = Timeline(periods=TWO, suspensions=((may(10), may(13)),), suspended_since=may(20))

    assert timeline.valid(day) is (day == may(2))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, True),
        ({"ends": ()}, False), ({"ends": ((may(10), State.REVOKED), (may(12), State.REVOKED))}, False),
        ({"ends": ((may(8), State.REVOKED), (may(10), State.REVOKED))}, True),
        ({"open": True}, False),
        ({"periods": ()}, False), ({"periods": (covering(2, 9),)}, False), ({"periods": (covering(2, 9, 10),)}, True),
        ({"periods": (covering(2, 8, 20),)}, False), ({"periods": (covering(2, 10, 20),)}, False),
        ({"periods": (covering(1, 3), covering(2, 9, 20))}, True),
        ({"suspensions": ((may(4), may(10)),)}, False), ({"suspensions": ((may(4), may(9)),)}, True),
        ({"suspensions": ((may(4), may(6)), (may(8), may(10)))}, False),
    ],
)  # fmt: skip
def test_a_certificate_is_ended_while_valid_on_the_day_of_an_end_that_cuts_it_short(changed, expected):
    timeline = replace(Timeline(periods=(covering(2, 9, 20),), ends=((may(10), State.REVOKED),)), **changed)

    assert timeline.ended_while_valid(may(10)) is expected
    assert not timeline.ended_while_valid(may(9))


@pytest.mark.parametrize(
    ("periods", "expected"),
    [
        (TWO, {1: None, 2: "1", 10: "1", 14: "1", 15: "2", 20: "2", 31: "2"}),
        ((covering(2, 20), covering(5, 10, number="2")), {4: "1", 5: "2", 10: "2", 11: "1", 21: "2"}),
        ((covering(2, 10, number="2"), covering(2, 9, number="1")), {2: "2", 9: "2", 10: "2", 11: "2"}),
        ((covering(2, 9, number="1"), covering(2, 9, number="2")), {2: "2", 10: "2"}),
    ],
)
def test_the_period_of_a_day_covers_it_or_began_last_before_it(periods, expected):
    found = {n: Timeline(periods=periods).period_of(may(n)) for n in expected}

    assert {n: each and each.number for n, each in found.items()} == expected


def test_the_state_of_a_day_is_decided_by_the_last_period_begun_and_its_last_change():
    timeline = Timeline(periods=TWO, changes=((may(4), 1, 3), (may(6), 1, 4), (may(17), 2, 6)))

    assert {n: timeline.decisive(may(n)) for n in (1, 2, 3, 4, 5, 6, 14, 15, 16, 17)} == {
        1: (), 2: (2,), 3: (2,), 4: (2, 3), 5: (2, 3), 6: (2, 4), 14: (2, 4), 15: (5,), 16: (5,), 17: (5, 6),
    }  # fmt: skip
    assert {n: timeline.deciding(may(n)) for n in (1, 2, 4, 6, 15, 17)} == {
        1: [], 2: [2], 4: [2, 3], 6: [2, 3, 4], 15: [2, 5, 3, 4], 17: [2, 5, 3, 4, 6],
    }  # fmt: skip
    assert Timeline(periods=TWO).deciding(may(15)) == [2, 5]


def test_an_amended_number_is_that_of_the_period_in_which_it_was_amended():
    timeline = Timeline(periods=TWO, renumbered=((may(2), "1a", 3), (may(5), "1b", 4), (may(15), "2a", 6)))

    assert {n: timeline.number_of(TWO[0], may(n)) for n in (1, 2, 4, 5, 14)} == {
        1: "1", 2: "1a", 4: "1a", 5: "1b", 14: "1b",
    }  # fmt: skip
    assert [timeline.number_of(TWO[1], may(n)) for n in (14, 15)] == ["2", "2a"]
    assert timeline.numbers == ("1", "2", "1a", "1b", "2a")


def test_the_state_of_a_day_is_that_of_its_period_and_of_the_end_of_that_period():
    timeline = Timeline(
        periods=(covering(2, 5, 10), covering(6, 9, 20, number="2")), suspensions=((may(8), may(9)),),
        ends=((may(6), State.CANCELLED), (may(10), State.REVOKED)),
    )  # fmt: skip

    assert {n: timeline.state(may(n)).value for n in (1, 2, 5, 6, 7, 8, 9, 10, 11)} == {
        1: "none", 2: "valid", 5: "valid", 6: "valid", 7: "valid", 8: "suspended", 9: "valid", 10: "revoked", 11: "revoked",
    }  # fmt: skip
    others = (may(6), State.CANCELLED), (may(11), State.REVOKED)
    assert [replace(timeline, ends=others).state(may(n)) for n in (10, 11)] == [State.EXPIRED, State.REVOKED]


# --- an application under way ------------------------------------------------------------------------


def step(n, state, rank, version, **more):
    return ApplicationStep(may(n), rank, State(state), version, **more)


ACCEPTED = step(5, "applied", 10, 1, purpose=Purpose.RENEWAL, route=Route.JOINT)
PASSED = step(8, "assessed", 12, 2, outcome=Outcome.PASSED)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, {4: None, 5: 1, 7: 1, 8: 2, 31: 2}),
        ({"stages": ()}, {8: None}),
        ({"periods": (covering(8, 20),)}, {7: 1, 8: None, 9: None}),
        ({"periods": (covering(9, 20),)}, {8: 2, 9: None}),
        ({"periods": (covering(6, 20),)}, {5: 1, 6: None, 8: 2}),
        ({"periods": (covering(2, 3), covering(6, 20))}, {5: 1, 6: None, 8: 2}),
        ({"ends": ((may(6), State.REVOKED),)}, {5: 1, 6: None, 7: None, 8: 2}),
        ({"ends": ((may(9), State.REVOKED),)}, {8: 2, 9: None}),
        ({"stages": (ACCEPTED, PASSED, step(9, "none", 11, 3))}, {8: 2, 9: None}),
        ({"stages": (ACCEPTED, step(8, "none", 12, 3), PASSED)}, {7: 1, 8: 2}),
        ({"stages": (ACCEPTED, PASSED, step(8, "none", 12, 3))}, {7: 1, 8: 2}),
        ({"stages": (ACCEPTED, step(8, "approved", 13, 3), PASSED)}, {8: 3}),
        ({"stages": (PASSED, ACCEPTED)}, {5: 1, 8: 2}),
    ],
)
def test_an_application_has_come_to_its_last_step_since_the_certificate_was_settled(changed, expected):
    timeline = replace(Timeline(stages=(ACCEPTED, PASSED)), **changed)
    found = {n: timeline.application(may(n)) for n in expected}

    assert {n: each and each.step.version for n, each in found.items()} == expected


def test_an_application_says_what_its_last_acceptance_was_for():
    again = step(6, "applied", 10, 3, purpose=Purpose.SCOPE, route=Route.SEQUENTIAL)
    timeline = Timeline(stages=(ACCEPTED, again, PASSED))

    assert timeline.application(may(5)) == Application(Purpose.RENEWAL, Route.JOINT, may(5), ACCEPTED)
    assert timeline.application(may(8)) == Application(Purpose.SCOPE, Route.SEQUENTIAL, may(6), PASSED)
    assert Timeline(stages=(PASSED,)).application(may(8)) == Application(None, None, None, PASSED)


@pytest.mark.parametrize(
    ("n", "state"), [(4, "none"), (5, "applied"), (7, "applied"), (8, "assessed"), (9, "assessed")]
)
def test_before_any_certificate_the_state_is_that_of_the_application(n, state):
    timeline = Timeline(stages=(PASSED, ACCEPTED, step(8, "none", 12, 3)))

    assert timeline.state(may(n)).value == state


def test_what_is_not_suspended_or_applied_for_is_neither_lifted_nor_decided():
    timeline = Timeline(suspensions=((may(1), may(2)),), renewals_undecided=((may(1), may(2)),))
    begun = replace(timeline, suspended_since=may(5), renewal_since=may(6))

    assert timeline.lifted(may(8)) == timeline.renewal_decided(may(8)) == timeline
    assert begun.lifted(may(8)) == replace(
        begun, suspended_since=None, suspensions=((may(1), may(2)), (may(5), may(8)))
    )
    assert begun.renewal_decided(may(8)) == replace(
        begun, renewal_since=None, renewals_undecided=((may(1), may(2)), (may(6), may(8)))
    )
