"""Random histories of a campaign's months, from a seed: late entries, retractions, corrections, amendments, two campaigns.

Facts lie close to each other and to the days on which something begins or ends, so that a few dozen of them meet.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from random import Random

import msgspec

from dualcert import Registry
from dualcert.domain import commands as c
from dualcert.errors import Refused
from dualcert.policy import Policy, load_policy, policy_of
from dualcert.testing import Clock

CITY, PROVINCE = "140500", "140000"
COUNTIES = ("county-140522", "county-140525")
LABS = ("lab-140522-1", "lab-140525-1", "lab-140500-1")
PEOPLE = ("person-1", "person-2")
FIRST, SECOND = "campaign-shanxi-2023", "campaign-shanxi-2024"
EDGES = [
    date.fromisoformat(day)
    for day in (
        "2022-12-01", "2023-04-13", "2023-04-30", "2023-05-20", "2023-06-30", "2023-07-25", "2023-09-30", "2023-10-15",
        "2023-12-01", "2023-12-31", "2024-01-20", "2024-02-29",
    )
]  # fmt: skip
"""The days around which everything happens, and is asked about."""
NOW = datetime(2024, 6, 1, tzinfo=UTC)


def some_day(random: Random) -> date:
    """Return a day near an edge."""
    return random.choice(EDGES) + timedelta(days=random.choice((-1, 0, 1, 7)))


def some_policy(random: Random, *, second: bool = False) -> Policy:
    """Return Shanxi's policy with its switches and optional keys set at random; the *second* campaign's is of 2024."""
    document = msgspec.to_builtins(load_policy("shanxi-2023"))
    document["target"] |= {
        "suspended_counts": random.random() < 0.3,
        "pending_renewal_counts": random.random() < 0.3,
        "county_passes": random.choice(("all", "all", "any")),
        "basis": random.choice((["city", "county"], ["county"])),
    }
    maybe = {
        ("plan", "within_days"): 20,
        ("cycle", "province"): ["dispatch"],
        ("pairing", "within_days"): 15,
        ("pairing", "report_every_days"): 25,
        ("pairing", "resolve_within_days"): 20,
        ("difficulties", "answer_within_days"): 10,
        ("bulletin", "due_day"): 10,
        ("stages", "approved"): 20,
        ("stages", "accepted"): 30,
    }
    for (table, key), value in maybe.items():
        if random.random() < 0.5:
            document.setdefault(table, {})[key] = value
    if second:
        document |= {"name": "shanxi-2024", "from": "2024-01-01", "to": "2024-03-31", "summary": []}
        document["plan"] |= {"due": "2024-02-10"}
        document["gate"] = [
            {"name": "standing", "on": "2024-02-29", "applies": [{}], "consequence": {"named": "delist-county"}},
        ]  # fmt: skip
    return policy_of(document)


def some_command(random: Random) -> c.Command:  # noqa: PLR0911, PLR0912, C901  one of many, in one list
    """Return a random command, sound or not."""
    on, lab, county = some_day(random), random.choice(LABS), random.choice(COUNTIES)
    scheme, campaign = random.choice(("CMA", "CATL")), random.choice((FIRST, FIRST, SECOND))
    kind, supporter, target = random.choice((
        ("city-county", random.choice(PEOPLE), county),
        ("province-city", random.choice(PEOPLE), CITY),
        ("lab-lab", LABS[2], random.choice(LABS[:2])),
    ))  # fmt: skip
    pairing = f"pairing-{kind}-{supporter}-{target}-1"
    match random.randrange(30):
        case 0 | 1 | 2 | 3:
            until = on + timedelta(days=random.choice((40, 120, 250, 900)))
            how = random.choice((c.GrantCertificate, c.GrantCertificate, c.RenewCertificate))
            return how(lab=lab, scheme=scheme, number=f"n{random.randrange(9)}", granted_on=on, valid_until=until)
        case 4:
            return c.SuspendCertificate(lab=lab, scheme=scheme, reason="x", on=on)
        case 5:
            return c.ReinstateCertificate(lab=lab, scheme=scheme, reason="x", on=on)
        case 6:
            return random.choice((c.CancelCertificate, c.RevokeCertificate))(lab=lab, scheme=scheme, reason="x", on=on)
        case 7 | 8:
            purpose = random.choice(("first", "renewal", "renewal", "scope"))
            return c.AcceptApplication(lab=lab, scheme=scheme, route="joint", purpose=purpose, on=on)
        case 9:
            outcome = random.choice(("passed", "failed", "rectify"))
            by = on + timedelta(days=20) if outcome == "rectify" else None
            return c.RecordAssessment(lab=lab, scheme=scheme, outcome=outcome, rectify_by=by, on=on)
        case 10:
            return random.choice((
                c.RecordApproval(lab=lab, scheme=scheme, on=on),
                c.RefuseApplication(lab=lab, scheme=scheme, reason="x", on=on),
            ))  # fmt: skip
        case 11:
            standing = random.choice(("candidate", "named"))
            return c.EnrolCounty(
                county=county, programme="provincial", batch=random.choice((3, 5)), standing=standing, on=on
            )
        case 12:
            return random.choice((c.DesignateLab, c.ReleaseLab))(county=county, lab=lab, on=on)
        case 13 | 14:
            due = [on + timedelta(days=days) for days in (10, 60)]
            items = [
                {"problem": "p", "measure": f"m{n}", "responsible": "person-9", "due": day} for n, day in enumerate(due)
            ]
            return c.IssuePlan(county=county, issuer="county-government", items=items[: random.choice((1, 2))], on=on)
        case 15:
            return c.SubmitPlan(county=county, on=on)
        case 16:
            return c.CompleteMeasure(county=county, item=random.choice((1, 2)), on=on)
        case 17 | 18:
            return c.AssignPairing(kind=kind, supporter=supporter, target=target, pairing=pairing, on=on)
        case 19 | 20:
            return c.RecordVisit(pairing=pairing, note="x", on=on)
        case 21:
            return c.ReportProgress(pairing=pairing, note="x", on=on)
        case 22:
            return random.choice((
                c.IdentifyProblem(pairing=pairing, problem="p", note="x", on=on),
                c.ResolveProblem(pairing=pairing, problem="p", resolution="x", on=on),
                c.EndPairing(pairing=pairing, reason="x", on=on),
            ))  # fmt: skip
        case 23 | 24:
            month = f"{on:%Y-%m}" if random.random() < 0.8 else "2023-05"
            city = random.choice((CITY, CITY, PROVINCE))
            return c.HoldMeeting(
                campaign=campaign, city=city, kind=random.choice(("dispatch", "guidance")), month=month, on=on
            )
        case 25:
            milestone = random.choice(("mid-year", "year-end"))
            return c.SubmitSummary(campaign=campaign, city=CITY, milestone=milestone, on=on)
        case 26:
            return random.choice((
                c.ReportDifficulty(campaign=campaign, city=CITY, note="x", item="d", on=on),
                c.AnswerDifficulty(campaign=campaign, item="d", answer="x", on=on),
                c.IssueBulletin(campaign=campaign, month=random.choice(("2023-05", "2024-01")), issuer="x", on=on),
                c.SelectExemplar(campaign=campaign, county=county, reason="x", on=on),
            ))  # fmt: skip
        case 27:
            second = campaign == SECOND
            return c.AmendPolicy(campaign=campaign, policy=some_policy(random, second=second), on=on)
        case 28:
            return (
                c.CloseLab(lab=lab, reason="x", on=on)
                if random.random() < 0.3
                else c.AmendLab(lab=lab, counted=random.random() < 0.5, on=on)
            )
        case _:
            return c.CloseCampaign(campaign=campaign, on=random.choice(EDGES[-3:]))


def some_mending(random: Random, books: Registry) -> c.Command:
    """Return a retraction, or a correction by a command for the same stream."""
    stream = random.choice([s for s in books.view().streams.by_id if s != "log-1"])
    version = random.randint(1, len(books.view().entries(stream)))
    on = some_day(random)
    for _ in range(40):
        replacement = some_command(random)
        if replacement.stream == stream:
            return c.CorrectFact(stream=stream, version=version, reason="x", on=on, replacement=replacement)
    return c.RetractFact(stream=stream, version=version, reason="x", on=on)


def history(seed: int, length: int = 60, clock: Clock | None = None) -> Registry:
    """Return books with a random history: what is refused is passed over."""
    random = Random(seed)
    books = Registry.open(":memory:", policy=some_policy(random), clock=clock or Clock(NOW))
    for lab in LABS:
        code = lab[4:10]
        level = "city" if code == CITY else "county"
        books.execute(c.RegisterLab(lab=lab, name=f"{code}站", level=level, division=code, on="2022-01-01"))
    for county in COUNTIES:
        books.execute(c.DesignateLab(county=county, lab=f"lab-{county[7:]}-1", on=random.choice(EDGES[:3])))
    if random.random() < 0.6:
        second = some_policy(random, second=True)
        books.execute(c.OpenCampaign(campaign=SECOND, policy=second, on=random.choice(EDGES[8:10])))
    for _ in range(length):
        try:
            books.execute(some_mending(random, books) if random.random() < 0.12 else some_command(random))
        except Refused:
            continue
    if random.random() < 0.5:
        with suppress(Refused):
            books.apply_gate("standing", on=date(2023, 10, 8))
    return books
