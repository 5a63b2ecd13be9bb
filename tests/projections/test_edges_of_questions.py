"""What a question is answered at its edges: a word that is none, a unit that is none, a lab elsewhere, the time before a lab."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from attrs import evolve

from campaign import ID, QINSHUI, YANGCHENG, ZEZHOU, policy
from dualcert import Registry
from dualcert.divisions import china
from dualcert.domain import commands as c
from dualcert.domain.decider import aggregate_of
from dualcert.domain.lab import Lab
from dualcert.errors import BadPolicy, Refused, UnknownDivision
from dualcert.policy import load_policy
from dualcert.projections.named import NamedStreams
from dualcert.projections.replays import steps
from dualcert.projections.streams import Streams
from dualcert.projections.view import View
from dualcert.testing import Clock
from dualcert.values.days import NO_DAYS
from dualcert.values.terms import FindingKind

DAY = date(2023, 9, 1)
MEETINGS = {FindingKind.CYCLE_MISSING}
PAIRING = "pairing-city-county-person-1-county-140522-1"


@pytest.fixture
def paired(campaign):
    lead = c.AssignPairing(kind="city-county", supporter="person-1", target=f"county-{YANGCHENG}", on="2023-04-20")
    return campaign.do(lead, c.EndPairing(pairing=lead.pairing, reason="调动", on="2023-06-01")), lead.pairing


QUESTIONS = {
    "a kind that is none": (lambda books: books.status(kind="town"), "bad-value"),
    "a day that is none": (lambda books: books.ratio(as_of="yesterday"), "bad-value"),
    "a kind of finding that is none": (lambda books: books.due(kind="unvisitted"), "bad-value"),
    "a split that is none": (lambda books: books.change_days(DAY, DAY, "town"), "bad-value"),
    "fewer days than none": (lambda books: books.due(within=-1), "bad-value"),
    "a lab as a county": (lambda books: books.status(f"lab-{ZEZHOU}-1", kind="county"), "bad-id"),
    "a fact's name that is none": (lambda books: books.facts("lab.voted"), "bad-value"),
    "the state of a campaign that is none": (lambda books: books.status("campaign-none"), "unknown-campaign"),
    "the state of a pairing that is none": (lambda books: books.status(PAIRING), "unknown-pairing"),
    "the state of a lab before its registration": (lambda books: books.earlier(date(2009, 1, 1), 99).status(f"lab-{ZEZHOU}-1"), "before-registration"),
    "labs of a division that is none": (lambda books: books.status(division="149999"), "unknown-division"),
    "findings of a division that is none": (lambda books: books.due(division="149999"), "unknown-division"),
    "the risks of a gate that is none": (lambda books: books.risk("nosuch"), "unknown-gate"),
}  # fmt: skip


@pytest.mark.parametrize(("question", "code"), QUESTIONS.values(), ids=list(QUESTIONS))
def test_a_question_about_what_is_none_is_refused(campaign, question, code):
    campaign.lab(ZEZHOU)

    with pytest.raises(Refused) as refused:
        question(campaign.books.books(DAY))

    assert refused.value.code == code


@pytest.mark.parametrize(
    "late",
    [
        c.SelectExemplar(campaign=ID, county=f"county-{ZEZHOU}", reason="好", on="2023-07-01"),
        c.WithdrawExemplar(campaign=ID, county=f"county-{ZEZHOU}", reason="不再", on="2023-07-01"),
        c.SubmitSummary(campaign=ID, city="140500", milestone="mid-year", on="2023-07-01"),
        c.ReportHighlight(campaign=ID, city="140500", note="好", on="2023-07-01"),
        c.ReportDifficulty(campaign=ID, city="140500", note="难", on="2023-07-01"),
        c.AnswerDifficulty(campaign=ID, item="x", answer="办", on="2023-07-01"),
        c.IssueBulletin(campaign=ID, month="2023-06", issuer="省委农办", on="2023-07-01"),
    ],
    ids=lambda command: type(command).__name__,
)
def test_a_campaign_that_is_closed_takes_nothing_and_asks_for_nothing(campaign, late):
    campaign.lab(ZEZHOU, dual_from="2022-01-01")
    campaign.do(c.CloseCampaign(campaign=ID, on="2023-06-30"))

    with pytest.raises(Refused) as refused:
        campaign.do(late)

    assert refused.value.code == "campaign-not-open"
    assert campaign.books.books(DAY).agenda().rows == ()
    assert campaign.books.books(DAY, campaign=ID).agenda().rows == ()


@pytest.mark.parametrize(
    "fields",
    [
        (c.DescribeSupporter, {"post": "县长"}),
        (c.RecordVisit, {"note": "走访"}),
        (c.IdentifyProblem, {"note": "缺仪器"}),
        (c.ResolveProblem, {"problem": "x", "resolution": "已购"}),
        (c.ReportProgress, {"note": "进展"}),
    ],
    ids=lambda fields: fields[0].__name__,
)
def test_a_pairing_that_ended_takes_nothing(paired, fields):
    campaign, pairing = paired
    command, rest = fields

    with pytest.raises(Refused) as refused:
        campaign.do(command(pairing=pairing, on="2023-07-01", **rest))

    assert refused.value.code == "pairing-not-open"


def test_a_lab_elsewhere_is_in_no_figure(campaign):
    campaign.lab(ZEZHOU)
    campaign.do(c.RegisterLab(lab="lab-110101-1", name="东城站", level="county", division="110101", on="2010-01-01"))
    books = campaign.books.books(DAY)

    assert books.ratio().total.labs == 1
    assert [row.lab for row in books.status(division="140500").rows] == [f"lab-{ZEZHOU}-1"]
    assert books.change_days(date(2023, 1, 1), DAY) == (date(2023, 1, 1),)


def test_a_policy_that_asks_for_no_meetings_has_no_duty_of_one(campaign):
    def kinds(books):
        return {row.kind for row in books.due().rows}

    asked = kinds(campaign.books.books(DAY)) & MEETINGS

    assert asked
    assert not kinds(campaign.books.books(DAY, policy=policy(cycle=None))) & MEETINGS


def test_a_policy_is_an_object():
    with pytest.raises(Refused) as refused:
        c.OpenCampaign(campaign="campaign-x", policy=7, on="2023-01-01")

    assert (refused.value.code, refused.value.field) == ("bad-value", "policy")


def test_a_stream_of_no_kind_has_no_aggregate_and_a_lab_that_is_none_no_days():
    with pytest.raises(Refused) as refused:
        aggregate_of("person-1")

    assert refused.value.code == "unknown-stream"
    assert Lab().active_days() == NO_DAYS


def test_the_ends_of_months_are_those_of_the_calendar_until_the_last_day(campaign):
    books = campaign.books.books(DAY)

    assert books.month_ends(date(2024, 1, 5), date(2024, 3, 7)) == (
        date(2024, 1, 31),
        date(2024, 2, 29),
        date(2024, 3, 7),
    )


def test_what_is_reported_later_is_no_news_on_a_day_before(campaign):
    campaign.do(
        c.ReportHighlight(campaign=ID, city="140500", note="好", on="2023-11-29"),
        c.IssueBulletin(campaign=ID, month="2023-07", issuer="省农业农村厅", on="2023-11-01"),
    )

    bulletin = {
        "source": "通知",
        "due_day": 5,
        "issuer": "省委农办",
        "recipients": ["各市人民政府"],
        "remind_days": [5],
    }
    asking = policy(highlights={"source": "通知", "due": "2023-11-30", "remind_days": [5]}, bulletin=bulletin)

    def highlights(day):
        rows = campaign.books.books(day, policy=asking).agenda().rows
        return {row.subject for row in rows if row.kind is FindingKind.HIGHLIGHT_MISSING}

    assert "140500" in highlights(date(2023, 11, 28))
    assert "140500" not in highlights(date(2023, 11, 29))
    missing = {
        day: {row["month"] for row in campaign.found(day, "bulletin-missing", policy=asking)}
        for day in ("2023-10-31", "2023-11-01")
    }
    assert missing["2023-10-31"] - missing["2023-11-01"] == {"2023-07"}


def test_a_replay_by_months_has_the_figures_as_they_were_known_then(campaign):
    campaign.lab(ZEZHOU, dual_from="2022-01-01")

    (step,) = campaign.books.replay(monthly=True).steps
    assert (step.as_of, step.labs, step.dual) == (date(2024, 3, 1), 1, 1)


def test_there_are_no_dispatches_where_none_was_planned(campaign):
    assert list(campaign.books.books(DAY).dispatches()) == []


def test_a_sound_credit_code_is_taken(campaign):
    lab = c.RegisterLab(
        lab=f"lab-{ZEZHOU}-1",
        name="泽州站",
        level="county",
        division=ZEZHOU,
        credit_code="91140000MA0GTLAY6B",
        on="2019-01-01",
    )

    assert campaign.books.execute(lab).recorded


@pytest.mark.parametrize("made", ["in another encoding", "a folder"])
def test_a_policy_that_cannot_be_read_is_refused_with_its_file(tmp_path, made):
    path = tmp_path / "policy.toml"
    if made == "a folder":
        path.mkdir()
    else:
        path.write_bytes('title = "双认证"'.encode("gb18030"))

    with pytest.raises(BadPolicy) as refused:
        load_policy(path)

    assert refused.value.place == str(path)


def test_a_name_that_no_file_has_names_no_policy():
    with pytest.raises(BadPolicy, match="it names no file"):
        load_policy("a\0b.toml")


def test_a_renewal_decides_the_application_for_it(campaign):
    lab = campaign.lab(ZEZHOU)
    campaign.certify(lab, "2018-03-01", "2024-02-29", schemes=("CMA",))
    campaign.do(
        c.AcceptApplication(lab=lab, scheme="CMA", route="joint", purpose="renewal", on="2023-11-01"),
        c.RenewCertificate(lab=lab, scheme="CMA", number="2", granted_on="2024-01-10", valid_until="2030-01-09"),
    )

    assert campaign.books.view().lab(lab).cma.renewals_undecided == ((date(2023, 11, 1), date(2024, 1, 10)),)


def test_the_findings_of_a_policy_of_another_province_know_no_exemplary_county_here(campaign):
    campaign.lab(YANGCHENG, dual_from="2022-01-01", until="2023-08-31")
    campaign.do(c.SelectExemplar(campaign=ID, county=f"county-{YANGCHENG}", reason="样板", on="2023-08-01"))

    assert campaign.subjects("2023-09-01", "exemplar-unfit") == [f"county-{YANGCHENG}"]
    assert campaign.found("2023-09-01", "exemplar-unfit", policy="jiangsu-2024") == []


def test_a_plan_whose_county_passes_meanwhile_is_not_counted(campaign):
    campaign.certify(campaign.lab(YANGCHENG), "2023-08-31")

    def owed(day):
        return sum(row.owed for row in campaign.books.books(day).plans().rows)

    assert (owed(date(2023, 8, 30)), owed(DAY)) == (1, 0)


def test_without_a_campaign_an_assumed_policy_answers_and_a_replay_has_no_months():
    with Registry.open(":memory:", clock=Clock(datetime(2024, 3, 1, tzinfo=UTC))) as books:
        assert books.ratio(as_of=DAY, policy="shanxi-2023").target_percent == 85
        replayed = books.replay(monthly=True)

    assert (replayed.steps, replayed.to_dict()["steps"]) == ((), [])
    assert "steps" not in evolve(replayed, steps=None).to_dict()


@pytest.mark.parametrize("province", ["990000", "000000"])
@pytest.mark.parametrize("ask", ["ratio", "due", "agenda", "score"])
def test_no_question_assumes_a_policy_of_a_province_that_is_none(campaign, ask, province):
    with pytest.raises(UnknownDivision, match=province):
        getattr(campaign.books, ask)(as_of=DAY, policy=policy(province=province))


def test_of_no_facts_there_is_no_month_and_no_stream():
    nothing = Streams()

    assert list(steps(View(nothing, china(), 0, None))) == []
    assert (nothing.count("lab-140525-1", 5), nothing.position_at(datetime(2024, 3, 1, tzinfo=UTC))) == (0, 0)


def test_steps_of_both_clocks_are_written_with_their_rules(campaign):
    document = campaign.books.books(DAY).figure_steps(DAY, DAY).to_dict()

    assert [(rule["campaign"], rule["target_percent"]) for rule in document["rules"]] == [(ID, 85)]


def test_whoever_asks_for_all_streams_of_a_log_that_is_read_by_name_gets_the_whole_fold(campaign):
    campaign.lab(YANGCHENG)
    whole = campaign.books.view().streams

    class Source:
        def whole(self):
            return whole

    assert NamedStreams(Source(), whole.position).by_id == whole.by_id


def test_facts_of_one_stream_by_several_people_keep_their_own(campaign):
    lab = c.RegisterLab(
        lab="lab-140522-1", name="站", level="county", division=YANGCHENG, by="person-1", on="2010-01-01"
    )
    campaign.do(lab, c.CloseLab(lab="lab-140522-1", reason="撤销", by="person-2", on="2023-06-01"))

    assert [each.by for each in campaign.books.view().entries("lab-140522-1")] == ["person-1", "person-2"]


def test_figures_and_scores_are_written_with_what_they_have(campaign):
    campaign.lab(YANGCHENG, dual_from="2022-01-01")
    books = campaign.books.books(DAY)

    assert "points" not in books.ratio().to_dict()
    (row,) = [row for row in books.score("county").to_dict()["rows"] if row["county"] == f"county-{YANGCHENG}"]
    assert (row["dual_since"], row["selected"]) == ("2022-01-01", False)


@pytest.mark.parametrize("asked", ["find_lab", "county", "campaign", "pairing", "dispatch"])
def test_an_id_of_another_kind_is_an_id_that_nobody_has(paired, asked):
    """Whoever asks for a county where a campaign belongs is answered as for one that was never opened."""
    made, pairing = paired
    made.lab(QINSHUI)
    enrolled = c.EnrolCounty(
        county=f"county-{QINSHUI}", programme="national", batch=3, standing="named", on="2020-01-01"
    )
    view = made.do(enrolled).books.view()
    nothing = getattr(view, asked)("none-1")

    for kind, stream in {
        "lab": f"lab-{QINSHUI}-1",
        "county": enrolled.county,
        "campaign": ID,
        "pairing": pairing,
    }.items():
        found = getattr(view, asked)(stream)
        assert (found != nothing) is (asked.removeprefix("find_") == kind), stream


def test_a_question_about_a_campaign_that_is_something_else_is_refused(paired):
    made, pairing = paired
    made.lab(QINSHUI)
    for stream in (f"lab-{QINSHUI}-1", pairing):
        for ask in (made.books.ratio, made.books.due, made.books.agenda, made.books.score):
            with pytest.raises(Refused) as refused:
                ask(campaign=stream)
            assert refused.value.code == "unknown-campaign"
