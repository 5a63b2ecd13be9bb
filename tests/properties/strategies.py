"""Random histories: commands of two labs and a county over a few dates, sound and unsound alike."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from dualcert.domain import commands as c
from dualcert.values.terms import Level, Outcome, Purpose, Route, Scheme

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
retractions = st.builds(
    c.RetractFact, stream=st.sampled_from([*LABS, COUNTY]), version=st.integers(1, 8), reason=reasons, on=days
)
corrections = periods(c.GrantCertificate).flatmap(
    lambda grant: st.builds(
        c.CorrectFact,
        stream=st.just(grant.lab),
        version=st.integers(1, 8),
        reason=reasons,
        on=days,
        replacement=st.just(grant),
    )
)

entries_only = st.lists(st.one_of(registrations, amendments, others), min_size=4, max_size=25)
everything = st.lists(
    st.one_of(registrations, amendments, others, others, retractions, corrections), min_size=4, max_size=30
)

REGISTERED = [c.RegisterLab(lab=lab, name="站", level="county", division=lab[4:10], on=DAYS[0]) for lab in LABS]
"""Most histories begin so: what follows is then about certificates."""
