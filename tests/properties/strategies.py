"""Random histories: commands of two labs, a county, pairings and a campaign over a few dates, sound and unsound alike."""

from __future__ import annotations

from datetime import date

import msgspec
from hypothesis import strategies as st

from dualcert.domain import commands as c
from dualcert.policy import load_policy, policy_of
from dualcert.values.terms import Level, Meeting, Outcome, Programme, Purpose, Route, Scheme, Standing

LABS = ("lab-140525-1", "lab-140522-1")
COUNTY = "county-140525"
DAYS = [date(2018 + n // 12, n % 12 + 1, 1 + n % 3) for n in range(0, 72, 3)]

days = st.sampled_from(DAYS)
labs = st.sampled_from(LABS)
schemes = st.sampled_from(Scheme)
numbers = st.sampled_from(["210404090041", "[2021]农质检核（晋）字第0041号", "x-1"])
reasons = st.sampled_from(["飞行检查", "机构申请"])


def _of(command, **fields):
    return st.builds(command, lab=labs, scheme=schemes, **fields)


@st.composite
def periods(draw, command):
    first = draw(days)
    return command(
        lab=draw(labs),
        scheme=draw(schemes),
        number=draw(numbers),
        granted_on=first,
        valid_until=date(first.year + draw(st.integers(0, 3)), 12, 31),
    )


registrations = st.builds(
    c.RegisterLab,
    lab=labs,
    name=st.sampled_from(["泽州县站", "阳城县站"]),
    level=st.just(Level.COUNTY),
    division=st.just("140525"),
    on=st.sampled_from(DAYS[:4]),
)
amendments = st.one_of(
    st.builds(c.AmendLab, lab=labs, name=st.sampled_from(["甲站", "乙站", "丙站"]), on=days),
    st.builds(c.AmendLab, lab=labs, counted=st.booleans(), on=days),
    st.builds(c.AmendCertificate, lab=labs, scheme=schemes, number=numbers, reason=reasons, on=days),
)
others = st.one_of(
    periods(c.GrantCertificate),
    periods(c.GrantCertificate),
    periods(c.RenewCertificate),
    _of(c.SuspendCertificate, reason=reasons, on=days),
    _of(c.ReinstateCertificate, reason=reasons, on=days),
    _of(c.CancelCertificate, reason=reasons, on=days),
    _of(c.RevokeCertificate, reason=reasons, on=days),
    _of(c.AcceptApplication, route=st.sampled_from(Route), purpose=st.sampled_from(Purpose), on=days),
    _of(c.RefuseApplication, reason=reasons, on=days),
    _of(c.RecordAssessment, outcome=st.sampled_from(Outcome), on=days),
    _of(c.RecordApproval, on=days),
    st.builds(c.CloseLab, lab=labs, reason=reasons, on=st.sampled_from(DAYS[-4:])),
    st.builds(c.DesignateLab, county=st.just(COUNTY), lab=labs, on=days),
    st.builds(c.ReleaseLab, county=st.just(COUNTY), lab=labs, on=days),
)

CAMPAIGN, CITY = "campaign-shanxi-2023", "140500"
CAMPAIGN_DAYS = [date(2023, month, day) for month in range(4, 13) for day in (14, 28)]
campaign_days = st.sampled_from(CAMPAIGN_DAYS)
programmes, standings = st.sampled_from(Programme), st.sampled_from([Standing.CANDIDATE, Standing.NAMED])
notes = st.sampled_from(["走访", "整改"])


def _of_county(command, on=campaign_days, **fields):
    return st.builds(command, county=st.just(COUNTY), on=on, **fields)


def _of_campaign(command, **fields):
    return st.builds(command, campaign=st.just(CAMPAIGN), on=campaign_days, **fields)


def _policy(percent):
    document = msgspec.to_builtins(load_policy("shanxi-2023"))
    document["target"]["percent"] = percent
    document["exemplars"]["quota"] = 1
    return policy_of(document)


POLICIES = [_policy(85), _policy(90)]
PAIRS = {
    "province-city": ("person-1", CITY),
    "city-county": ("person-2", COUNTY),
    "lab-lab": LABS,
}
PAIRINGS = [f"pairing-{kind}-{a}-{b}-1" for kind, (a, b) in PAIRS.items()]
pairings = st.sampled_from(PAIRINGS)


@st.composite
def plans(draw):
    due = draw(campaign_days)
    item = {"problem": "仪器不足", "measure": "购置", "responsible": "person-3", "due": due}
    issuer = draw(st.sampled_from(["county-government", "农业农村局"]))
    return c.IssuePlan(county=COUNTY, issuer=issuer, items=[item] * draw(st.integers(1, 2)), on=draw(campaign_days))


@st.composite
def assignments(draw):
    kind = draw(st.sampled_from(sorted(PAIRS)))
    supporter, target = PAIRS[kind]
    named = f"pairing-{kind}-{supporter}-{target}-1"
    return c.AssignPairing(kind=kind, supporter=supporter, target=target, pairing=named, on=draw(campaign_days))


@st.composite
def meetings(draw):
    on = draw(campaign_days)
    month = f"2023-{draw(st.integers(4, on.month)):02d}"
    return c.HoldMeeting(campaign=CAMPAIGN, city=CITY, kind=draw(st.sampled_from(Meeting)), month=month, on=on)


of_counties = st.one_of(
    _of_county(c.EnrolCounty, on=days, programme=programmes, batch=st.integers(4, 5), standing=standings),
    _of_county(c.NameCounty, on=days, programme=programmes, reason=reasons),
    _of_county(c.DelistCounty, programme=programmes, reason=reasons),
    _of_county(c.CancelCandidacy, programme=programmes, reason=reasons),
    plans(),
    _of_county(c.SubmitPlan),
    _of_county(c.CompleteMeasure, item=st.integers(1, 2)),
)
of_pairings = st.one_of(
    assignments(),
    st.builds(c.RecordVisit, pairing=pairings, note=notes, on=campaign_days),
    st.builds(c.IdentifyProblem, pairing=pairings, note=notes, problem=st.just("p"), on=campaign_days),
    st.builds(c.ResolveProblem, pairing=pairings, problem=st.just("p"), resolution=notes, on=campaign_days),
    st.builds(c.ReportProgress, pairing=pairings, note=notes, on=campaign_days),
    st.builds(c.EndPairing, pairing=pairings, reason=notes, on=campaign_days),
)
of_campaigns = st.one_of(
    _of_campaign(c.OpenCampaign, policy=st.sampled_from(POLICIES)),
    _of_campaign(c.AmendPolicy, policy=st.sampled_from(POLICIES)),
    _of_campaign(c.SelectExemplar, county=st.sampled_from([COUNTY, "county-140522"]), reason=reasons),
    _of_campaign(c.WithdrawExemplar, county=st.sampled_from([COUNTY, "county-140522"]), reason=reasons),
    meetings(),
    _of_campaign(c.SubmitSummary, city=st.just(CITY), milestone=st.sampled_from(["mid-year", "year-end"])),
    _of_campaign(c.ReportHighlight, city=st.just(CITY), note=notes),
    _of_campaign(c.ReportDifficulty, city=st.just(CITY), note=notes, item=st.sampled_from(["d1", "d2"])),
    _of_campaign(c.AnswerDifficulty, item=st.sampled_from(["d1", "d2"]), answer=notes),
    _of_campaign(c.IssueBulletin, month=st.just("2023-04"), issuer=st.just("省委农办")),
    st.builds(c.CloseCampaign, campaign=st.just(CAMPAIGN), on=st.just(date(2023, 12, 28))),
)
of_the_campaign = st.one_of(of_counties, of_pairings, of_campaigns)

STREAMS = [*LABS, COUNTY, CAMPAIGN, *PAIRINGS]
retractions = st.builds(
    c.RetractFact, stream=st.sampled_from(STREAMS), version=st.integers(1, 8), reason=reasons, on=campaign_days
)
certificate_corrections = periods(c.GrantCertificate).flatmap(
    lambda grant: st.builds(
        c.CorrectFact,
        stream=st.just(grant.lab),
        version=st.integers(1, 8),
        reason=reasons,
        on=days,
        replacement=st.just(grant),
    )
)

campaign_corrections = of_the_campaign.flatmap(
    lambda command: st.builds(
        c.CorrectFact,
        stream=st.just(command.stream),
        version=st.integers(1, 6),
        reason=reasons,
        on=campaign_days,
        replacement=st.just(command),
    )
)
corrections = st.one_of(certificate_corrections, campaign_corrections)

entries_only = st.lists(st.one_of(registrations, amendments, others, of_the_campaign), min_size=4, max_size=25)
everything = st.lists(
    st.one_of(registrations, amendments, others, others, of_the_campaign, of_the_campaign, retractions, corrections),
    min_size=4,
    max_size=30,
)

REGISTERED = [c.RegisterLab(lab=lab, name="站", level="county", division=lab[4:10], on=DAYS[0]) for lab in LABS]
"""Most histories begin so: what follows is then about certificates."""
