from __future__ import annotations

from datetime import date

import pytest

from dualcert.domain.commands import (
    AssignPairing,
    EndPairing,
    IdentifyProblem,
    RecordVisit,
    ReportProgress,
    ResolveProblem,
)
from dualcert.domain.pairing import PairingAssigned, PairingEnded, ProblemIdentified, ProblemResolved, VisitRecorded
from dualcert.errors import BadId, BadValue, Refused
from dualcert.testing import given

ID = "pairing-city-county-person-17-county-140525-1"


def assigned(on="2023-04-20", **how):
    fields = {"kind": "city-county", "supporter": "person-17", "target": "county-140525", "pairing": ID}
    return AssignPairing(**{**fields, **how}, on=on)


def visited(on="2023-05-20"):
    return RecordVisit(pairing=ID, note="实地走访", on=on)


def found(on="2023-05-20", problem="reagents"):
    return IdentifyProblem(pairing=ID, problem=problem, note="标准物质储存不规范", on=on)


def solved(on="2023-06-01", problem="reagents"):
    return ResolveProblem(pairing=ID, problem=problem, resolution="已整改", on=on)


def ended(on="2023-08-01"):
    return EndPairing(pairing=ID, reason="包联人员调整", on=on)


def test_a_pairing_has_visits_problems_and_an_end():
    scenario = given(assigned()).when(visited()).then(VisitRecorded).when(found()).then(ProblemIdentified)
    scenario.when(solved()).then(ProblemResolved).when(ended()).then(PairingEnded)

    state = scenario.state
    assert (state.active(date(2023, 4, 19)), state.active(date(2023, 4, 20))) == (False, True)
    assert (state.active(date(2023, 7, 31)), state.active(date(2023, 8, 1))) == (True, False)
    assert state.last_visit(date(2023, 5, 19)) is None
    assert state.last_visit(date(2023, 5, 20)) == (date(2023, 5, 20), 2)


def test_an_id_that_is_left_out_is_made_of_the_commands_own_fields():
    """A second pairing of the same two, on another day, has another id: an adjustment is an end and a new one."""
    command = AssignPairing(kind="lab-lab", supporter="lab-140500-1", target="lab-140522-1", on="2023-04-24")
    assert command.pairing == "pairing-lab-lab-lab-140500-1-lab-140522-1-20230424"

    problem = IdentifyProblem(pairing=ID, note="人员不足", on="2023-05-20").problem
    assert problem == IdentifyProblem(pairing=ID, note="人员不足", on="2023-05-20").problem
    assert problem.startswith("20230520-")


def test_a_pairing_is_never_edited():
    given(assigned()).when(assigned("2023-05-01")).then_refused("pairing-already-assigned")
    given(assigned(), ended()).when(assigned("2023-09-01")).then_refused("pairing-already-assigned")


def test_nothing_happens_before_its_assignment_or_after_its_end():
    given().when(visited()).then_refused("unknown-pairing")
    given(assigned()).when(visited("2023-04-19")).then_refused("pairing-not-open")
    given(assigned(), ended()).when(visited("2023-08-02")).then_refused("pairing-not-open")
    given(assigned(), visited("2023-08-20")).when(ended("2023-08-01")).then_refused("contradicts-later-fact")


def test_a_problem_is_found_once_and_solved_once():
    given(assigned(), found()).when(found("2023-05-21")).then_refused("problem-already-identified")
    given(assigned()).when(solved()).then_refused("problem-not-open")
    given(assigned(), found(), solved()).when(solved("2023-06-02")).then_refused("problem-not-open")


def test_progress_is_reported_as_often_as_there_is_some():
    scenario = given(assigned(), ReportProgress(pairing=ID, note="设备到位", on="2023-05-01"))
    scenario.when(ReportProgress(pairing=ID, note="设备到位", on="2023-06-01"))

    assert [note for _, note, _ in scenario.state.reports] == ["设备到位", "设备到位"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "province-city", "target": "140500", "supporter": "lab-140500-1"},
        {"kind": "province-city", "target": "county-140525"},
        {"kind": "city-county", "target": "140500"},
        {"kind": "lab-lab", "supporter": "person-17", "target": "lab-140525-1"},
    ],
)
def test_who_supports_whom_is_fixed_by_the_kind(wrong):
    with pytest.raises(BadId):
        AssignPairing(**{"supporter": "person-17", **wrong}, on="2023-04-20")


def test_a_kind_that_is_none_and_an_id_that_says_something_else_are_refused():
    with pytest.raises(BadValue):
        AssignPairing(kind="city-city", supporter="person-17", target="140500", on="2023-04-20")
    with pytest.raises(BadValue):
        assigned(pairing="pairing-city-county-person-18-county-140525-1")
    with pytest.raises(BadValue):
        AssignPairing(kind="lab-lab", supporter="lab-140500-1", target="lab-140500-1", on="2023-04-20")


def test_a_pairing_that_was_assigned_says_so_again_unchanged():
    given(assigned()).when(assigned()).then_unchanged()
    given().when(assigned()).then(PairingAssigned)


def test_what_a_supporter_is_is_dated_and_changes(campaign):
    """「主要领导带头包联，班子成员」: role, post and office are facts of the pairing, not of the directory."""
    from dualcert.domain import commands as c

    pairing = c.AssignPairing(kind="city-county", supporter="person-1", target="county-140522", on="2023-04-20").pairing
    campaign.do(
        c.AssignPairing(kind="city-county", supporter="person-1", target="county-140522", on="2023-04-20"),
        c.DescribeSupporter(pairing=pairing, role="leadership", post="副局长", office="质检处", on="2023-04-20"),
        c.DescribeSupporter(pairing=pairing, role="principal", post="局长", office="质检处", on="2023-07-01"),
    )

    def described(day):
        (row,) = campaign.books.status(pairing, as_of=date.fromisoformat(day)).rows
        return row.role and row.role.value, row.post

    assert [described(day) for day in ("2023-06-30", "2023-07-01")] == [("leadership", "副局长"), ("principal", "局长")]
    with pytest.raises(Refused) as refused:
        campaign.do(
            c.DescribeSupporter(pairing=pairing, role="principal", post="局长", office="质检处", on="2023-08-01")
        )
    assert refused.value.code == "nothing-changes"
    with pytest.raises(Refused):
        c.DescribeSupporter(pairing=pairing, on="2023-08-01")
