"""Who may record what: each command needs a right, a principal records as themselves, and somebody can always give rights."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign import LINGCHUAN, QINSHUI, YANGCHENG, ZEZHOU, Campaign
from dualcert import Principal, Right, Rights
from dualcert.domain import commands as c
from dualcert.domain.commands.catalogue import COMMANDS
from dualcert.domain.commands.dispatch import COMMANDS as OF_DISPATCHES
from dualcert.errors import BadId, ByAnother, LastRight, NotPermitted
from dualcert.rights import OF_STREAMS, right_for

CAMPAIGN, CITY = "campaign-shanxi-2023", "140500"
LAB, COUNTY = "lab-140521-1", f"county-{QINSHUI}"
ON = "2023-05-01"
DELISTED = c.DelistCounty(county=f"county-{LINGCHUAN}", programme="provincial", reason="未过关", on="2023-10-08")

NEEDED = [
    (c.RegisterLab(lab="lab-140522-1", name="站", level="county", division="140522", on=ON), Right.LABS),
    (c.AmendLab(lab=LAB, name="新站", on=ON), Right.LABS),
    (c.GrantCertificate(lab=LAB, scheme="CMA", number="1", granted_on=ON, valid_until="2029-04-30"), Right.LABS),
    (c.ReleaseLab(county=COUNTY, lab=LAB, on=ON), Right.COUNTIES),
    (c.EnrolCounty(county=COUNTY, programme="provincial", batch=1, standing="candidate", on=ON), Right.COUNTIES),
    (c.EnrolCounty(county=COUNTY, programme="national", batch=1, standing="named", on=ON), Right.COUNTIES),
    (c.EnrolCounty(county=f"county-{ZEZHOU}", programme="national", batch=3, standing="named", on=ON), Right.GATES),
    (c.EnrolCounty(county=DELISTED.county, programme="national", batch=4, standing="candidate", on="2024-01-02"), Right.COUNTIES),
    (c.EnrolCounty(county=DELISTED.county, programme="provincial", batch=4, standing="candidate", on="2024-01-02"), Right.GATES),
    (c.NameCounty(county=f"county-{ZEZHOU}", programme="national", reason="命名", on=ON), Right.GATES),
    (DELISTED, Right.GATES),
    (c.CancelCandidacy(county=f"county-{ZEZHOU}", programme="national", reason="取消", on=ON), Right.GATES),
    (c.AssignPairing(kind="province-city", supporter="person-1", target=CITY, on=ON), Right.PAIRINGS),
    (c.HoldMeeting(campaign=CAMPAIGN, city=CITY, kind="dispatch", month="2023-05", note="视频", on=ON), Right.CAMPAIGNS),
    (c.CloseCampaign(campaign=CAMPAIGN, on=ON), Right.CAMPAIGNS),
    (c.AbandonDispatch(dispatch=f"dispatch-{'0' * 32}", reason="作废", on=ON), Right.DISPATCHES),
    (c.RetractFact(stream=LAB, version=1, reason="误录", on=ON), Right.LABS),
    (c.RetractFact(stream=f"county-{ZEZHOU}", version=1, reason="误录", on="2023-10-09"), Right.COUNTIES),
    (c.RetractFact(stream=DELISTED.county, version=2, reason="误判", on="2023-10-09"), Right.GATES),
]  # fmt: skip


@pytest.fixture
def small():
    """A county with a lab, a named county, a candidate, and one that was delisted."""
    made = Campaign()
    made.lab(QINSHUI)
    made.lab(YANGCHENG)
    for code, programme, standing in ((LINGCHUAN, "provincial", "named"), (ZEZHOU, "national", "candidate")):
        county = f"county-{code}"
        made.do(c.EnrolCounty(county=county, programme=programme, batch=3, standing=standing, on="2020-01-01"))
    made.do(
        c.EnrolCounty(county=f"county-{YANGCHENG}", programme="provincial", batch=3, standing="named", on="2020-01-01")
    )
    return made.do(DELISTED).books


@pytest.fixture
def rights(small):
    """The rights in these books."""
    with Rights.open(small.store) as opened:
        yield opened


@pytest.mark.parametrize(
    ("command", "right"), NEEDED, ids=lambda each: type(each).__name__ if isinstance(each, c.Command) else str(each)
)
def test_each_kind_of_command_needs_one_right(small, command, right):
    assert right_for(command, small.view()) is right


def test_there_is_a_right_for_every_kind_of_stream():
    assert {each.subject for each in (*COMMANDS, *OF_DISPATCHES) if each.subject != "stream_"} == set(OF_STREAMS)


def test_what_corrects_a_fact_into_a_decision_needs_the_right_to_decide(small):
    county = f"county-{ZEZHOU}"
    anew = c.CancelCandidacy(county=county, programme="national", reason="取消", on=ON)

    assert (
        right_for(c.CorrectFact(stream=county, version=1, reason="更正", on=ON, replacement=anew), small.view())
        is Right.GATES
    )


@given(rights=st.sets(st.sampled_from(Right)), order=st.permutations(range(len(NEEDED))))
def test_a_principal_records_what_they_may_and_nothing_else(rights, order):
    made = Campaign()
    made.lab(QINSHUI)
    books = made.books.acting(Principal("person-7", rights))
    commands = [NEEDED[n] for n in order]

    receipts = books.execute_many([command for command, _ in commands], accept_valid=True, dry_run=True)

    for receipt in receipts:
        lacks = isinstance(receipt.refusal, NotPermitted)
        assert lacks is (right_for(receipt.command, made.books.view()) not in rights)
        assert {fact.by for fact in receipt.facts} <= {"person-7"}


def test_a_principal_records_in_nobody_elses_name(small):
    books = small.acting(Principal("person-7", {Right.LABS}))
    command = c.AmendLab(lab=LAB, name="新站", on=ON, by="person-8")

    with pytest.raises(ByAnother):
        books.execute(command)
    assert books.execute(c.AmendLab(lab=LAB, name="新站", on=ON)).facts[0].by == "person-7"


def test_all_of_a_principals_commands_or_none(small):
    books, before = small.acting(Principal("person-7", {Right.LABS})), small.facts()

    with pytest.raises(NotPermitted):
        books.execute_many([c.AmendLab(lab=LAB, name="新站", on=ON), c.CloseCampaign(campaign=CAMPAIGN, on=ON)])

    assert small.facts() == before


def test_gates_are_decided_by_those_who_may(small):
    with pytest.raises(NotPermitted):
        small.acting(Principal("person-7", set(Right) - {Right.GATES})).apply_gate("standing", on=date(2023, 10, 8))

    decided = small.acting(Principal("person-7", {Right.GATES})).apply_gate("standing", on=date(2023, 10, 8))
    assert {fact.by for receipt in decided for fact in receipt.facts} == {"person-7"}


def test_without_any_right_given_everybody_has_all(rights):
    assert rights.principal("person-1").rights == set(Right)

    rights.allow("person-1", [Right.RIGHTS, Right.LABS], by="system", on=date(2023, 5, 1))

    assert rights.principal("person-1").rights == {Right.RIGHTS, Right.LABS}
    assert rights.principal("system").rights == set()


@given(acts=st.lists(st.tuples(
    st.sampled_from(["allow", "withdraw"]), st.sampled_from(["person-1", "person-2"]), st.sampled_from(["person-1", "person-2"]),
    st.sets(st.sampled_from(Right), min_size=1)), max_size=12))  # fmt: skip
def test_as_long_as_rights_are_on_somebody_can_give_them_and_nobody_else_does(acts):
    with Rights.open(Campaign().books.store) as rights:
        for act, person, by, which in acts:
            before = rights.all()
            try:
                if act == "allow":
                    rights.allow(person, which, by=by, on=date(2023, 5, 1))
                else:
                    rights.withdraw(person, which, by=by)
            except (NotPermitted, LastRight):
                assert rights.all() == before
            else:
                assert not before or (by, Right.RIGHTS) in {(each.person, each.right) for each in before}
            left = rights.all()
            assert not left or Right.RIGHTS in {each.right for each in left}


def test_a_change_whose_answer_was_lost_is_made_once_and_not_refused(rights, monkeypatch):
    """The connection breaks after each commit, so each change runs twice."""
    monkeypatch.setattr(rights._database, "again", lambda statement: (statement(), statement())[1])

    rights.allow("person-1", Right, by="system", on=date(2023, 5, 1))
    rights.allow("person-2", [Right.RIGHTS], by="person-1", on=date(2023, 5, 1))
    rights.withdraw("person-1", [Right.RIGHTS], by="person-1")
    assert rights.principal("person-1").rights == set(Right) - {Right.RIGHTS}

    rights.switch_off(by="person-2")
    assert rights.all() == []


def test_rights_are_given_to_people(rights):
    with pytest.raises(BadId):
        rights.allow("lab-140521-1", Right, by="system", on=date(2023, 5, 1))


def test_whoever_may_give_rights_may_turn_them_off(rights):
    rights.allow("person-1", [Right.RIGHTS], by="system", on=date(2023, 5, 1))
    with pytest.raises(NotPermitted):
        rights.switch_off(by="person-2")

    rights.switch_off(by="person-1")

    assert rights.all() == []
