"""At the calendar's ends every question answers, and none of them breaks by a policy that was recorded before policies were judged."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from campaign import YANGCHENG, ZEZHOU, Campaign
from dualcert import Registry
from dualcert.cli.program import run
from dualcert.domain import commands as c
from dualcert.domain.commands import campaign as campaign_commands
from dualcert.domain.names import NAMES
from dualcert.policy import Policy, load_policy
from dualcert.projections.answers import Answer
from dualcert.projections.books import Books
from dualcert.values import dates

CAMPAIGN = "campaign-shanxi-2023"
PAIRING = "pairing-city-county-person-2-county-140522-1"
days = st.one_of(st.dates(), st.dates(date(2023, 1, 1), date(2024, 12, 31)), st.sampled_from([date.min, date.max]))

QUESTIONS = {
    "policy": lambda books: books.policy(),
    "basis": lambda books: [books.basis("zh"), books.basis("en")],
    "ratio": lambda books: [
        books.ratio(by, explain=True, series=[date.min, books.as_of, date.max])
        for by in ("province", "city", "county", "level")
    ],
    "status": lambda books: [books.status(kind=kind) for kind in ("lab", "county", "pairing", "campaign")],
    "due": lambda books: [books.due(), books.due(within=30)],
    "agenda": lambda books: [books.agenda(within=30), books.agenda(within=0)],
    "gates": lambda books: books.gates(),
    "gate_of": lambda books: [books.gate_of(each) for each in books.facts("county.delisted", "county.enrolled")],
    "risk": lambda books: [books.risk(gate.name) for gate in books.gates()],
    "plans": lambda books: books.plans(),
    "campaigns": lambda books: list(books.campaigns()),
    "score": lambda books: [books.score("city"), books.score("county")],
    "pairings": lambda books: list(books.pairings()),
    "history": lambda books: books.history(PAIRING),
    "facts": lambda books: books.facts(*NAMES),
    "dispatches": lambda books: list(books.dispatches()),
    "last_planned": lambda books: books.last_planned("bulletin"),
    "divisions": lambda books: list(books.divisions("140000", "city")),
    "division": lambda books: books.division("140522"),
    "city_of": lambda books: books.city_of("140522"),
    "lab_name": lambda books: books.lab_name("lab-140522-1"),
    "earlier": lambda books: books.earlier(books.as_of, 3).due(),
    "change_days": lambda books: [
        books.change_days(books.as_of, books.as_of),
        books.change_days(dates.days_after(books.as_of, -40), books.as_of),
    ],
    "figure_steps": lambda books: [
        books.figure_steps(books.as_of, books.as_of),
        books.figure_steps(dates.days_after(books.as_of, -40), books.as_of),
    ],
    "month_ends": lambda books: [
        books.month_ends(books.as_of, books.as_of),
        books.month_ends(dates.days_after(books.as_of, -400), books.as_of),
    ],
}


def of_a_year():
    """Return books in which everything happened that a question may ask about."""
    told = Campaign()
    lab, other = told.lab(YANGCHENG, dual_from="2020-01-01", until="2025-12-31"), told.lab(ZEZHOU)
    told.enrol(YANGCHENG)
    item = {"problem": "仪器不足", "measure": "购置", "responsible": "person-3", "due": "2023-06-01"}
    return told.do(
        c.SuspendCertificate(lab=lab, scheme="CMA", reason="飞行检查", on="2023-08-01"),
        c.AcceptApplication(lab=lab, scheme="CATL", route="sequential", purpose="renewal", on="2023-08-01"),
        c.AssignPairing(kind="city-county", supporter="person-2", target="county-140522", pairing=PAIRING, on="2023-05-01"),
        c.AssignPairing(kind="lab-lab", supporter=lab, target=other, on="2023-05-01"),
        c.IssuePlan(county=f"county-{ZEZHOU}", issuer="county-government", items=[item], on="2023-05-02"),
        c.HoldMeeting(campaign=CAMPAIGN, city="140500", kind="dispatch", month="2023-05", on="2023-05-20"),
        c.ReportDifficulty(campaign=CAMPAIGN, city="140500", note="编制不足", on="2023-05-18"),
    ).books  # fmt: skip


ODD = {
    "no end": {"to": "9999-12-31"},
    "no end and no meetings": {"to": "9999-12-31", "cycle": None},
    "a gate before the calendar": {"gate": [{"name": "g", "on": "0001-01-01", "inclusive": False, "applies": [{}]}]},
    "a gate behind it": {"gate": [{"name": "g", "on": "9999-12-31", "applies": [{}]}]},
    "visits once in ten thousand years": {"pairing": {"visit_every_days": 10**7}},
    "reminders of ten thousand years": {"reminders": {"expiring_days": [10**7]}},
    "applied for ten thousand years ahead": {
        "certificate_rule": [{"scheme": "CMA", "from": "1985-01-01", "years": [9000], "apply_before_days": 10**7}]
    },
    "plans of ten thousand years": {"plan": {"due": "9999-12-31", "issuer": "x", "within_days": 10**7}},
    "ten thousand years of work": {"sequential": {"months": 10**6}},
    "a summary behind the calendar": {"summary": [{"name": "mid-year", "due": "9999-12-31"}]},
}
"""What a log may hold from before: it is not judged when it is read."""


def with_an_odd_policy(tables):
    books = of_a_year()
    document = {**msgspec.json.decode(msgspec.json.encode(load_policy("shanxi-2023"))), **tables}
    with pytest.MonkeyPatch.context() as before:
        before.setattr(campaign_commands, "judged", lambda policy: policy)
        policy = msgspec.convert(document, Policy)
        books.execute(c.AmendPolicy(campaign=CAMPAIGN, policy=policy, on="2023-04-14"))
    return books


@pytest.fixture(scope="module")
def usual():
    return of_a_year()


@pytest.fixture(scope="module", params=ODD)
def odd(request):
    return with_an_odd_policy(ODD[request.param])


def test_the_table_has_every_question():
    own = {name for name in vars(Books) if not name.startswith("_") and callable(getattr(Books, name))}

    assert own == set(QUESTIONS)


def answered(books):
    for question in QUESTIONS.values():
        found = question(books)
        for answer in found if isinstance(found, list) else [found]:
            if isinstance(answer, Answer):
                json.dumps(answer.to_dict())


@example(date.min)
@example(date.max)
@given(days)
def test_every_question_answers_on_every_day(usual, day):
    answered(usual.books(day))


@pytest.mark.parametrize("day", [date.min, date(2023, 6, 2), date(2023, 10, 1), date(2024, 3, 1), date.max], ids=str)
def test_no_question_breaks_by_a_policy_that_was_never_judged(odd, day):
    books = odd.books(day)
    endless = books.policy().to == date.max and books.policy().cycle

    answered(
        odd.books(date(2026, 1, 1)) if endless and day == date.max else books
    )  # a million meetings are missing then


def test_an_odd_policy_refuses_no_certificate_and_no_application():
    for tables in ODD.values():
        books = with_an_odd_policy(tables)
        grant = c.RenewCertificate(
            lab="lab-140522-1", scheme="CMA", number="210404090041", granted_on="2023-09-01", valid_until="2029-08-31"
        )
        apply = c.AcceptApplication(
            lab="lab-140525-1", scheme="CATL", route="sequential", purpose="first", on="2023-09-01"
        )
        assert [receipt.recorded for receipt in books.execute_many([grant, apply])] == [True, True]


instants = st.datetimes(
    timezones=st.sampled_from([UTC, dates.SHANGHAI, timezone(timedelta(hours=14)), timezone(-timedelta(hours=12))])
)


@example(datetime.min.replace(tzinfo=dates.SHANGHAI))
@example(datetime.max.replace(tzinfo=timezone(-timedelta(hours=5))))
@given(st.one_of(instants, days))
def test_whatever_was_known_at_any_instant_and_day_is_answered(usual, known_at):
    books = usual.books(date(2023, 10, 1), known_at)

    assert dates.parse_moment(dates.on_the_clock(books.known_at)) is not None
    if books.position:
        answered(books)


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["ratio", "--known-at", "9999-12-31"], 0),
        (["ratio", "--known-at", "0001-01-01T00:00:00"], 3),
        (["ratio", "--known-at", "9999-12-31T23:59:59-05:00"], 0),
        (["ratio", "--known-at", "0001-01-01"], 3),
        (["ratio", "--series", "month", "--as-of", "9999-12-31", "--from", "9999-11-01", "--to", "9999-12-31"], 0),
        (["ratio", "--series", "month", "--as-of", "0001-01-31", "--from", "0001-01-01", "--to", "0001-01-31"], 0),
        (["due", "--on", "9999-12-31"], 0),
        (["due", "--on", "0001-01-01"], 0),
        (["score", "--as-of", "9999-12-31"], 0),
        (["status", "--as-of", "0001-01-01"], 0),
        (["replay", "--known-at", "9999-12-31"], 0),
        (["history", CAMPAIGN, "--known-at", "9999-12-31T23:59:59-12:00"], 0),
    ],
    ids=str,
)
def test_the_shell_answers_or_refuses_at_the_calendars_ends(tmp_path, capsys, arguments, status):
    Registry.create(tmp_path / "books.db", policy="shanxi-2023").close()

    assert run(["--store", str(tmp_path / "books.db"), *arguments]) == status
    assert "internal-error" not in capsys.readouterr().err


def test_days_and_months_end_where_the_calendar_does():
    assert (dates.days_after(date.max, 1), dates.days_after(date.min, -1)) == (date.max, date.min)
    assert dates.days_after(date(2023, 1, 1), 10**12) == date.max
    assert (dates.months_after(date.max, 1), dates.months_after(date.min, -1)) == (date.max, date.min)
    assert dates.months_after(date(2023, 1, 31), 1) == date(2023, 2, 28)
    assert dates.month_ends(date(9999, 11, 1), date.max) == (date(9999, 11, 30), date.max)
    assert dates.months_between(date(9999, 12, 1), date.max) == (("9999-12", date.max),)
    assert dates.month_of(date.min) == "0001-01"
    assert dates.end_of(date(2023, 9, 30)) == datetime(2023, 9, 30, 15, 59, 59, 999_999, tzinfo=UTC)
