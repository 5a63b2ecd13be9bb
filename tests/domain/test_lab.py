"""A lab's life: registration, what it is from which day on, closing; retraction and correction."""

from __future__ import annotations

from datetime import UTC, date, datetime

from dualcert.domain import certificate, lab
from dualcert.domain.commands import (
    AmendLab,
    CloseLab,
    CorrectFact,
    GrantCertificate,
    RegisterLab,
    RetractFact,
    SuspendCertificate,
)
from dualcert.domain.entry import FactRetracted
from dualcert.testing import given
from dualcert.values.terms import Level

LAB = "lab-140525-1"


def registered(on="2019-01-01", name="泽州县站", **how):
    return RegisterLab(lab=LAB, name=name, level="county", division="140525", on=on, **how)


def granted(number="1", first="2020-01-01", last="2025-12-31", **how):
    return GrantCertificate(lab=LAB, scheme="CMA", number=number, granted_on=first, valid_until=last, **how)


def test_a_stream_begins_with_the_registration():
    given().when(granted()).then_refused("unknown-lab")
    given().when(registered()).then(lab.LabRegistered)


def test_an_id_is_used_once():
    given(registered()).when(registered(name="另一家")).then_refused("lab-already-registered")


def test_before_its_registration_a_lab_takes_no_fact():
    given(registered()).when(granted(first="2018-12-31")).then_refused("before-registration")
    given(registered()).when(granted(first="2019-01-01")).then(certificate.CertificateGranted)


def test_a_lab_is_in_from_its_registration_and_out_from_its_closing():
    state = given(registered(), CloseLab(lab=LAB, reason="并入", merged_into="lab-140500-1", on="2022-07-01")).state

    assert [state.active(date.fromisoformat(d)) for d in ("2018-12-31", "2019-01-01", "2022-06-30", "2022-07-01")] == [
        False, True, True, False,
    ]  # fmt: skip
    assert state.merged_into == "lab-140500-1"


def test_details_are_read_as_of_the_day_and_fields_amended_apart():
    scenario = given(
        registered(),
        AmendLab(lab=LAB, name="泽州县综合检验检测中心", on="2022-01-01"),
        AmendLab(lab=LAB, level="city", division="140500", on="2021-01-01"),
    )
    state = scenario.state

    assert state.details_on(date(2020, 1, 1)).name == "泽州县站"
    assert state.details_on(date(2021, 1, 1)).level is Level.CITY
    assert state.details_on(date(2021, 12, 31)).name == "泽州县站"
    assert (state.details_on(date(2022, 1, 1)).name, state.details_on(date(2022, 1, 1)).division) == (
        "泽州县综合检验检测中心",
        "140500",
    )
    assert state.details_on(date(2018, 1, 1)) is None


def test_an_amendment_that_changes_nothing_is_refused():
    given(registered()).when(AmendLab(lab=LAB, name="泽州县站", on="2020-01-01")).then_refused("nothing-changes")


def test_a_lab_is_closed_once():
    closing = CloseLab(lab=LAB, reason="并入", on="2022-01-01")

    given(registered(), closing).when(closing).then_unchanged()
    given(registered(), closing).when(CloseLab(lab=LAB, reason="又关", on="2022-02-01")).then_refused("lab-closed")


def test_on_the_day_of_closing_no_grant_is_accepted_however_it_was_entered():
    given(registered(), CloseLab(lab=LAB, reason="并入", on="2020-01-01")).when(granted()).then_refused("lab-closed")
    late = given(registered(), granted()).when(CloseLab(lab=LAB, reason="并入", on="2020-01-01"))

    late.then_refused("contradicts-later-fact")


def test_nothing_becomes_true_after_the_day_on_which_it_is_recorded():
    """Recorded at 23:30 UTC it is the next day in Shanghai."""
    evening = datetime(2020, 6, 30, 23, 30, tzinfo=UTC)

    given(registered(), now=evening).when(granted(first="2020-07-01")).then(certificate.CertificateGranted)
    given(registered(), now=evening).when(granted(first="2020-07-02")).then_refused("in-the-future")


def test_a_retracted_fact_counts_no_more_and_stands_in_the_history():
    scenario = given(registered(), granted())

    scenario.when(RetractFact(stream=LAB, version=2, reason="录入错误", on="2021-01-01")).then(FactRetracted)

    assert not scenario.state.cma.held(date(2021, 6, 1))
    assert len(scenario.entries) == 3


def test_a_retraction_orders_nothing_by_its_date():
    scenario = given(registered(), granted())

    scenario.when(RetractFact(stream=LAB, version=2, reason="录入错误", on="2015-01-01")).then(FactRetracted)

    assert not scenario.state.cma.held(date(2020, 6, 1))


def test_a_retraction_cannot_be_retracted_the_fact_is_entered_again():
    scenario = given(registered(), granted(), RetractFact(stream=LAB, version=2, reason="错", on="2021-01-01"))

    scenario.when(RetractFact(stream=LAB, version=3, reason="错", on="2021-01-02")).then_refused("retraction-is-final")
    scenario.when(granted()).then(certificate.CertificateGranted)


def test_a_fact_is_retracted_once():
    once = RetractFact(stream=LAB, version=2, reason="错", on="2021-01-01")

    given(registered(), granted(), once).when(once).then_unchanged()
    given(registered(), granted(), once).when(
        RetractFact(stream=LAB, version=2, reason="还是错", on="2021-01-01")
    ).then_refused("already-retracted")


def test_what_is_not_there_cannot_be_retracted():
    given(registered()).when(RetractFact(stream=LAB, version=7, reason="错", on="2021-01-01")).then_refused(
        "unknown-fact"
    )
    given().when(RetractFact(stream=LAB, version=1, reason="错", on="2021-01-01")).then_refused("unknown-stream")


def correction(version, replacement, **how):
    return CorrectFact(stream=LAB, version=version, reason="更正", on="2021-06-01", replacement=replacement, **how)


def test_a_correction_retracts_and_enters_anew_in_one_step():
    scenario = given(registered(), granted("1"), SuspendCertificate(lab=LAB, scheme="CMA", reason="r", on="2021-01-01"))

    scenario.when(correction(2, granted("2", first="2020-02-01")))

    scenario.then(FactRetracted, certificate.CertificateGranted)
    assert scenario.entries[3].fact.replaced_by == 5
    assert scenario.state.cma.period_of(date(2020, 6, 1)).number == "2"


def test_a_correction_judges_retraction_and_replacement_together():
    scenario = given(registered(), granted(), SuspendCertificate(lab=LAB, scheme="CMA", reason="r", on="2021-01-01"))

    scenario.when(correction(2, granted("2", first="2021-03-01"))).then_refused("contradicts-later-fact")

    assert scenario.refusal.fact == f"{LAB}@3"


def test_the_registration_itself_can_be_corrected():
    scenario = given(registered(on="2019-05-01"), granted())

    scenario.when(correction(1, registered(on="2019-01-01")))

    assert scenario.state.registered_on == date(2019, 1, 1)
    scenario.when(correction(1, registered(on="2019-02-01"))).then_refused("already-retracted")


def test_the_same_correction_again_is_unchanged():
    scenario = given(registered(), granted("1")).when(correction(2, granted("2")))

    scenario.when(correction(2, granted("2"))).then_unchanged()


def test_a_command_id_answers_as_the_first_time_also_for_a_correction():
    scenario = given(registered(), granted("1")).when(correction(2, granted("2"), command_id="c-9"))

    scenario.when(correction(2, granted("2"), command_id="c-9")).then_unchanged()
    scenario.when(granted("3", command_id="c-9")).then_refused("command-id-reused")


def test_a_replacement_keeps_its_own_clerk_source_and_id():
    own = {"by": "person-2", "source": "更正函", "command_id": "c-2"}
    scenario = given(registered(), granted("1"))

    scenario.when(correction(2, granted("2", **own), by="person-1", source="复核", command_id="c-1"))

    said = [(e.by, e.source, e.command_id) for e in scenario.entries[2:]]
    assert said == [("person-1", "复核", "c-1"), ("person-2", "更正函", "c-2")]
    scenario.when(correction(2, granted("2", **own), by="person-1", source="复核", command_id="c-1")).then_unchanged()
    scenario.when(granted("2", **own)).then_unchanged()


def test_what_a_replacement_leaves_out_is_the_corrections():
    scenario = given(registered(), granted("1"))

    scenario.when(correction(2, granted("2"), by="person-1", source="复核", command_id="c-1"))

    assert {(e.by, e.source, e.command_id) for e in scenario.entries[2:]} == {("person-1", "复核", "c-1")}


def test_a_replacement_takes_no_id_that_another_command_has():
    scenario = given(registered(command_id="c-0"), granted("1", command_id="c-1"))

    scenario.when(correction(2, granted("2", command_id="c-1"))).then_refused("command-id-reused")
    scenario.when(correction(2, granted("2", command_id="c-0"))).then_refused("command-id-reused")


def test_a_correction_that_changes_nothing_is_refused():
    """Who enters it, and from what, is no change; nor is another way to write a number."""
    number = "[2021]农质检核（晋）字第0041号"
    scenario = given(registered(), granted(number, by="person-1"))

    scenario.when(correction(2, granted(number, by="person-2", source="函"))).then_refused("nothing-changes")
    scenario.when(correction(2, granted("〔2021〕农质检核(晋)字第0041号"))).then_refused("nothing-changes")
    scenario.when(correction(2, granted(number, last="2026-12-31"))).then(FactRetracted, certificate.CertificateGranted)


def test_a_rename_that_is_recorded_for_a_later_day_is_completed_by_a_correction():
    """Entered again for an earlier day, it would leave the recorded one with nothing to change; the refusal says how."""
    renamed = AmendLab(lab=LAB, name="中心", on="2020-06-01")
    scenario = given(registered(), renamed)

    scenario.when(AmendLab(lab=LAB, name="中心", on="2020-03-01")).then_refused("leaves-nothing-to-change")
    assert scenario.refusal.fact == f"{LAB}@2"
    scenario.when(correction(2, AmendLab(lab=LAB, name="中心", on="2020-03-01"))).then(FactRetracted, lab.LabAmended)
