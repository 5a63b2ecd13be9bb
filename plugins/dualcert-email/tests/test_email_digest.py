"""Digests: one mail for each recipient and day, each reminder once, to whoever is responsible."""

from __future__ import annotations

import os
import re
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path

import pytest
from attrs import evolve
from dualcert_email import DigestConfig, ReminderDigest
from dualcert_email.words import Words
from email_golden import GOLDEN, texts
from mail_office import Office

from dualcert import Registry
from dualcert.domain import commands as c
from dualcert.errors import BadConfiguration
from dualcert.languages import translator
from dualcert.reporting.configuration import typed
from dualcert.reporting.requests import new_request
from dualcert.story import _record, play, read
from dualcert.testing import Clock
from dualcert.testing.books import CITY
from dualcert.values.dates import end_of

SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
SHANXI = Path(__file__).parents[3] / "examples" / "shanxi-2023"
LEFT = re.compile(r", (\d+ days (ago|from now)|today)(?=\.$|\)$)")


def lines(message):
    """What a digest in English reminds of, without how many days are left."""
    return Counter(LEFT.sub("", line[2:]) for line in message.text.splitlines() if line.startswith("- "))


def days(first, last):
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@pytest.fixture
def books(office, small_books):
    """An office with the small books."""
    return office(registry=small_books.registry, clock=small_books.registry._clock)


def told(books, first, last, text, **how):
    """Plan day by day, and return when whom a line with *text* was told."""
    return [
        (f"{day:%m-%d}", message.to)
        for day in days(first, last)
        for message in books.plan_digests(day, language="en", **how).values()
        for line in lines(message).elements()
        if text in line
    ]


# --- one for each recipient and day ------------------------------------------------------------------


def test_there_is_one_message_for_each_recipient_and_day_never_one_for_each_lab(books):
    messages = books.plan_digests(date(2023, 10, 10), language="en").values()

    assert sorted(message.to for message in messages) == ["person-1", "person-2", "person-3"]
    assert {message.key for message in messages} == {"2023-10-10"}
    city = next(message for message in messages if message.to == "person-1")
    assert sum(lines(city).values()) > 5
    assert "泽州县站" in city.text
    assert "陵川县" in city.text
    assert city.subject == f"Dual certification, reminders of 2023-10-10: {sum(lines(city).values())}"


def test_where_nothing_came_up_there_is_no_message(books):
    assert books.plan_digests(date(2023, 10, 10))
    assert books.plan_digests(date(2023, 10, 10)) == {}


# --- when ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CATL certificate lab-140525-1-CATL of 泽州县站 expire",  # until 19 October; to be applied for by 21 July
         [("04-25", "person-1"), ("05-22", "person-1"), ("06-21", "person-1"), ("07-14", "person-1"), ("07-22", "person-1"),
          ("10-20", "person-1")]),
        ("陵川县 (provincial, batch 3, named)",  # the gate of 30 September; decided on 8 October
         [("07-02", "person-1"), ("08-01", "person-1"), ("08-31", "person-1"), ("09-23", "person-1"), ("10-01", "person-1")]),
        ("陵川县 is not dual-certified and has no tackling plan", [("05-01", "person-1")]),
        ("The tackling plan of 阳城县 was due", [("05-01", "person-2")]),
        ("阳城县: item 1 of the plan", [("07-01", "person-2")]),
        ("晋城市: no consultation, guidance in 2023-04", [("05-01", "person-1")]),
        ("晋城市: no dispatch, consultation, guidance in 2023-09", [("10-01", "person-1")]),
        ("太原市: the summary mid-year was due", [("07-01", "person-3")]),
        ("阳城县 was not visited by you", [("06-10", "person-2")]),
        ("晋城市 has waited for an answer since 2023-05-18", [("05-18", "person-1")]),
        ("晋城市: the summary mid-year was due", []),  # it has
    ],
)  # fmt: skip
def test_each_kind_is_told_once_on_its_day(year_of_small_books, text, expected):
    """Ahead at the policy's leads where there is something to be done by then, else on the day after."""
    assert [(day, to) for day, to, line in year_of_small_books if text in line] == expected


@pytest.fixture(scope="module")
def year_of_small_books(tmp_path_factory):
    """What the small books remind of, day by day: the day, to whom, the line."""
    from dualcert.testing.books import small_books

    registry = small_books().registry
    books = Office(":memory:", tmp_path_factory.mktemp("state"), clock=registry._clock, registry=registry)
    rows = [
        (f"{day:%m-%d}", message.to, line)
        for day in days(date(2023, 4, 25), date(2023, 10, 31))
        for message in books.plan_digests(day, language="en").values()
        for line in lines(message).elements()
    ]
    books.close()
    return rows


@pytest.mark.parametrize("leads", [(45,), (10, 3, 1)])
def test_reminders_come_at_the_policys_leads(office, tmp_path, leads):
    policy = tmp_path / "policy.toml"
    text = (SHANXI / "shanxi-2023.toml").read_text(encoding="utf-8")
    policy.write_text(text.replace("[90, 60, 30, 7]", str(list(leads))), encoding="utf-8")
    clock = Clock(datetime(2023, 12, 1, 4, tzinfo=UTC))
    books = office(registry=Registry.open(":memory:", policy=policy, clock=clock), clock=clock)
    lab(books, "140521")
    certificate(books, "140521", until="2023-10-19")

    apply_by = date(2023, 7, 21)
    came = told(books, date(2023, 5, 30), date(2023, 10, 25), "CMA certificate")
    expected = [apply_by - timedelta(days=n) for n in (*leads, -1)]
    assert came == [(f"{day:%m-%d}", "person-3") for day in (*expected, date(2023, 10, 20))]


def lab(books, code, name="站"):
    books.registry.execute(
        c.RegisterLab(lab=f"lab-{code}-1", name=name, level="county", division=code, on="2017-01-01")
    )
    books.registry.execute(c.DesignateLab(county=f"county-{code}", lab=f"lab-{code}-1", on="2017-01-01"))


def certificate(books, code, until):
    since = date.fromisoformat(until) - timedelta(days=6 * 365)
    books.registry.execute(
        c.GrantCertificate(lab=f"lab-{code}-1", scheme="CMA", number=f"{code}-CMA", granted_on=since, valid_until=until)
    )


# --- to whom ---------------------------------------------------------------------------------------


@pytest.fixture
def empty(office):
    """An office with a lab and nobody responsible."""
    clock = Clock(datetime(2023, 12, 1, 4, tzinfo=UTC))
    books = office(registry=Registry.open(":memory:", policy="shanxi-2023", clock=clock), clock=clock)
    lab(books, "140521")
    return books


def lead(books, supporter, target, on="2023-04-20"):
    kind = "province-city" if target == CITY or not target.startswith("county") else "city-county"
    pairing = f"pairing-{kind}-{supporter}-{target}-1"
    books.registry.execute(c.AssignPairing(kind=kind, supporter=supporter, target=target, pairing=pairing, on=on))
    return pairing


MISSING = "沁水县 is not dual-certified and has no tackling plan"


@pytest.mark.parametrize(
    ("leads", "expected"),
    [
        ({"person-1": CITY, "person-2": "county-140521"}, "person-2"),
        ({"person-1": CITY}, "person-1"),
        ({"person-1": "140100", "person-2": "county-140522"}, "person-3"),
        ({}, "person-3"),
    ],
)
def test_it_goes_to_the_countys_lead_else_the_citys_else_the_fallback(empty, leads, expected):
    for supporter, target in leads.items():
        lead(empty, supporter, target)

    assert told(empty, date(2023, 5, 1), date(2023, 5, 1), MISSING) == [("05-01", expected)]


def test_without_a_fallback_it_is_in_nobodys_digest(empty):
    assert empty.plan_digests(date(2023, 5, 1), fallback=None) == {}


def test_a_visit_is_the_visitors_not_the_leads(empty):
    lead(empty, "person-1", CITY)
    lead(empty, "person-2", "county-140521")

    assert told(empty, date(2023, 5, 21), date(2023, 5, 21), "沁水县 was not visited") == [("05-21", "person-2")]
    assert told(empty, date(2023, 5, 21), date(2023, 5, 21), "晋城市 was not visited") == []


def test_the_visit_of_a_helper_lab_is_the_citys_leads(empty):
    lab(empty, "140522")
    lead(empty, "person-1", CITY)
    empty.registry.execute(
        c.AssignPairing(kind="lab-lab", supporter="lab-140521-1", target="lab-140522-1", on="2023-04-20")
    )

    assert told(empty, date(2023, 5, 21), date(2023, 5, 21), "was not visited by 站") == [("05-21", "person-1")]


def test_of_two_leads_the_one_who_began_last_is_told(empty):
    lead(empty, "person-2", "county-140521", on="2023-04-15")
    lead(empty, "person-1", "county-140521", on="2023-04-20")

    assert told(empty, date(2023, 5, 1), date(2023, 5, 1), MISSING) == [("05-01", "person-1")]


# --- once ------------------------------------------------------------------------------------------


def test_a_day_that_is_skipped_is_caught_up_with(books):
    """Every reminder of the days that were missed is told on the next day, the last step of each."""
    books.plan_digests(date(2023, 7, 20))

    assert told(books, date(2023, 9, 20), date(2023, 9, 30), "lab-140525-1-CATL") == [("09-20", "person-1")]


def test_what_is_entered_late_is_told_the_next_day_once(empty):
    assert told(empty, date(2023, 9, 1), date(2023, 9, 10), "CMA certificate") == []
    certificate(empty, "140521", until="2023-10-05")  # 30 days were left on the 5th, before anybody knew

    assert told(empty, date(2023, 9, 11), date(2023, 9, 20), "CMA certificate") == [("09-11", "person-3")]


def test_what_is_entered_after_the_days_digest_is_told_on_the_next_day(empty):
    day = date(2023, 9, 10)
    empty.plan_digests(day)
    certificate(empty, "140521", until="2023-10-05")

    assert empty.plan_digests(day) == {}, "one mail a day"
    assert told(empty, day + timedelta(days=1), day + timedelta(days=3), "CMA certificate") == [("09-11", "person-3")]


def test_a_day_that_is_gone_back_to_tells_nothing_again(books):
    for day in days(date(2023, 9, 1), date(2023, 10, 15)):
        books.plan_digests(day)

    assert told(books, date(2023, 9, 25), date(2023, 10, 14), "lab-140525-1-CATL") == []


def test_whoever_takes_over_is_told_what_is_open(empty):
    """Also when they had a digest about other things on the very day."""
    lead(empty, "person-1", "140100")
    lead(empty, "person-2", CITY)
    day = date(2023, 5, 21)
    assert {message.to for message in empty.plan_digests(day).values()} == {"person-1", "person-2", "person-3"}
    lead(empty, "person-1", CITY, on="2023-05-22")

    assert told(empty, date(2023, 5, 22), date(2023, 5, 25), MISSING) == [("05-22", "person-1")]


def test_what_had_nobody_is_told_to_whoever_is_responsible_at_last(empty):
    lead(empty, "person-1", "140100")
    assert {m.to for m in empty.plan_digests(date(2023, 5, 21), fallback=None).values()} == {"person-1"}
    lead(empty, "person-1", CITY, on="2023-05-22")

    came = told(empty, date(2023, 5, 22), date(2023, 5, 25), MISSING, fallback=None)
    assert came == [("05-22", "person-1")]


# --- the example's year ----------------------------------------------------------------------------

KINDS = frozenset(
    {"expired", "expiring", "gate", "plan-missing", "plan-late", "measure-late", "cycle-missing", "summary-missing",
     "unvisited", "difficulty-open", "problem-open", "rectification-due", "stalled", "unreported", "highlight-missing"}
)  # fmt: skip
OWN = ("gate", "programme", "scheme", "number", "month", "milestone", "item", "problem")


WORDS = Words("en")


class Memory:
    """Who was told what, by somebody who remembers it all."""

    def __init__(self):
        self.told = defaultdict(set)

    def to_tell(self, registry, day):
        """Return the lines that each recipient is to be told on *day*, and remember that they were."""
        leads = {}
        for pairing in sorted(registry.status(kind="pairing", as_of=day).rows, key=lambda p: (p.since, p.supporter)):
            if pairing.kind.value != "lab-lab":
                leads[pairing.target] = pairing.supporter
        request, books = new_request(registry, day, language="en")
        lines = defaultdict(Counter)
        for finding in registry.due(as_of=day).rows:
            come = [step for step in steps(finding) if step <= day] if finding.kind in KINDS else []
            if come:
                own = tuple(str(finding.more.get(key)) for key in OWN)
                reminder = (finding.kind, finding.subject, finding.due, own, max(come))
                to = responsible(finding, leads)
                if reminder not in self.told[to]:
                    self.told[to].add(reminder)
                    lines[to][LEFT.sub("", WORDS.finding("item", finding, request, books, to=to))] += 1
        return dict(lines)


def steps(finding):
    if finding.due is None:
        return [finding.owed_from]
    ahead = (90, 60, 30, 7, -1) if finding.kind in {"expiring", "gate"} else (-1,)
    return [max(finding.due - timedelta(days=n), finding.owed_from) for n in ahead]


def responsible(finding, leads):
    city = leads.get(f"{finding.division[:4]}00", "person-3")
    if finding.kind in {"unvisited", "unreported", "problem-open"}:
        return finding.responsible if finding.responsible.startswith("person-") else city
    return leads.get(f"county-{finding.division}", city)


@pytest.mark.parametrize(
    ("first", "last", "every"),
    [
        (date(2023, 10, 1), date(2023, 10, 12), 1),  # the gate, a certificate entered late, a decision taken back
        (date(2023, 6, 25), date(2023, 8, 10), 2 if SOAK else 11),
        (date(2023, 4, 20), date(2024, 1, 31), 1 if SOAK else 31),
    ],
)
def test_through_the_year_each_reminder_is_in_exactly_one_digest_of_its_recipient(office, first, last, every):
    """The books grow as they did; every so many days the digests are planned, and tell just what is new."""
    story = read(SHANXI / "shanxi-2023.jsonl")
    registry = play(":memory:", [line for line in story if day_of(line) < first], SHANXI)
    clock = registry._clock
    books, memory, count = office(registry=registry, clock=clock), Memory(), 0
    to_come = groupby((line for line in story if day_of(line) >= first), key=lambda line: line["at"])
    batch = next(to_come, None)
    for day in days(first, last):
        while batch and datetime.fromisoformat(batch[0]).date() <= day:
            clock.now = datetime.fromisoformat(batch[0]).astimezone(UTC)
            _record(registry, list(batch[1]), SHANXI)
            batch = next(to_come, None)
        if (day - first).days % every:
            continue
        clock.now = end_of(day)
        digests = books.plan_digests(day, language="en")
        assert {message.to: lines(message) for message in digests.values()} == memory.to_tell(registry, day)
        assert len({message.to for message in digests.values()}) == len(digests)
        count += len(digests)
    assert count > 30


def day_of(line):
    return datetime.fromisoformat(line["at"]).date()


# --- in which words --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "subject", "beginning", "end"),
    [
        ("zh", "双认证工作提醒（2023年10月10日）：3项", "李四同志：\n\n以下事项需要您办理或督办，请予关注。\n\n【", "或删除您的联系方式。"),
        ("en", "Dual certification, reminders of 2023-10-10: 3", "Dear 李四,\n\nplease see to the following, or have it seen to.\n\n", "erases your address."),
    ],
)  # fmt: skip
def test_it_is_chinese_by_default_and_english_by_request(small_books, language, subject, beginning, end):
    request, views = small_books.asked(DigestConfig(), **({} if language == "zh" else {"language": language}))
    request = evolve(request, translate=translator(language))
    message = next(each for each in ReminderDigest().render(request, views) if each.to == "person-2")

    assert message.subject == subject
    assert message.text.startswith(beginning)
    assert message.text.split("\n\n")[-2].endswith(end)
    assert ("未走访" in message.text) == (language == "zh")


def test_text_and_page_say_until_when_the_data_goes_and_what_is_counted(books):
    for message in books.plan_digests(date(2023, 10, 10)).values():
        assert "数据截至2023年10月10日；统计口径：市级、县级机构。" in message.text
        assert "数据截至2023年10月10日；统计口径：市级、县级机构。" in message.html


def test_a_person_is_spoken_to_never_about(small_books):
    request, views = small_books.asked(DigestConfig())
    told = {each.to: each.text for each in ReminderDigest().render(request, views)}

    assert "您自2023年5月10日起未走访阳城县，已逾期123天。" in told["person-2"]
    assert told["person-2"].count("李四") == 1, "in the greeting"
    assert told["person-1"].startswith("张三同志：")
    unnamed = next(each for each in ReminderDigest().render(evolve(request, names={}), views) if each.to == "person-2")
    assert unnamed.text.startswith("同志：")


def test_what_is_due_is_never_told_as_missing(example_year):
    told = texts(example_year)["digest.txt"]
    ahead = re.findall(r"[^\n]*(?:还有\d+天|今日到期)[^\n]*", told)

    assert ahead
    for sentence in ahead:
        assert not re.search("未报送|未开展|未完成|未走访|逾期", sentence), sentence


def test_the_digests_of_the_year_read_as_they_were_approved(example_year):
    assert {each.name: each.read_text(encoding="utf-8") for each in GOLDEN.iterdir()} == texts(example_year)


def test_every_kind_has_its_words_and_an_office_its_own(small_books):
    assert all(
        {f"heading-{kind}", f"item-{kind}"} <= Words.shipped("zh").keys() == Words.shipped("en").keys()
        for kind in KINDS
    )
    config = typed("reporter.reminder-digest", {"words": {"you": "你"}, "honorific": "主任"}, DigestConfig)
    told = [each.text for each in ReminderDigest().render(*small_books.asked(config)) if each.to == "person-2"]

    assert told[0].startswith("李四主任：")
    assert "你自2023年5月10日起未走访阳城县" in told[0]
    with pytest.raises(BadConfiguration, match="has no field name"):
        typed("reporter.reminder-digest", {"words": {"you": "{name}"}}, DigestConfig)


def test_the_page_says_what_the_text_says(books):
    for message in books.plan_digests(date(2023, 10, 10)).values():
        items = re.findall(r"<li>(.*?)</li>", message.html)
        assert items == [line[2:] for line in message.text.splitlines() if line.startswith("- ")]
