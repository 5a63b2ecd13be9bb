"""The letters and mails of the Shanxi year reproach nobody wrongly: each sentence is a duty that the facts alone show.

The naive model reads the rows of facts; the sentences come from the papers and mails themselves.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from functools import cache, partial

import pytest
from attrs import evolve
from dualcert_email import ReminderDigest
from dualcert_email.digest import REMINDED as MAILED
from dualcert_email.digest import digests
from dualcert_email.words import Words
from dualcert_notice import CityReminder
from dualcert_notice.composing import Desk
from dualcert_notice.paper import Paragraph
from dualcert_notice.reminders import REMINDED, city_reminders

from dualcert.projections.books import Books
from dualcert.projections.finding import Finding
from dualcert.reporting.requests import request_of
from dualcert.testing.year import example_year
from test_duties_model import KEYS, naive_of

DAYS = ["2023-05-31", "2023-09-30", "2023-12-31"]
PROVINCE = "140000"
CONTRADICTIONS = {"none-designated", "helper-not-dual", "number-shared", "lab-gone", "plan-issuer"}
"""Findings that are no duty of anybody: the facts contradict each other, or a lab is not designated."""


@pytest.fixture(scope="module")
def year(tmp_path_factory):
    with example_year(tmp_path_factory.mktemp("year")) as year:
        yield year


@pytest.fixture(scope="module")
def owed(year):
    """Return the duties of the naive model that are still to be done on a day, and whom it has as supporters and leads."""

    @cache
    def of(day):
        naive = naive_of(year.registry.view())
        return {duty[:6] for duty in naive.duties(day) if duty[6] in {"open", "overdue"}}, naive

    return of


def as_naive(finding: Finding):
    """Return the duty of a finding as the naive model has it, a tuple for each meeting that it names."""
    if finding.duty == "meeting":
        for kind in finding.more["meetings"]:
            key = (finding.more["month"], kind.value)
            yield ("meeting", finding.campaign, finding.subject, key, finding.owed_from, finding.due)
        return
    key = KEYS[finding.duty](finding.more) if finding.duty in KEYS else None
    yield (finding.duty.value, finding.campaign, finding.subject, key, finding.owed_from, finding.due)


def asked(year, day, reporter):
    books = Books(year.registry.view(), day)
    request = request_of(books, {}, subject=None, language="zh")
    return evolve(request, config=reporter.Config()), books


def findings(books, kinds, sentence_of):
    """Return the findings by the sentence that a paper or a mail has of them; two counties may have one name."""
    found = {}
    for each in books.due().rows:
        if each.kind in kinds:
            found.setdefault(sentence_of(each), []).append(each)
    return found


def check(finding, owed):
    """Assert that the duty behind a sentence is owed, since that day and until that day."""
    duties, _ = owed
    if finding.duty is None:
        assert finding.kind in CONTRADICTIONS
        return
    for duty in as_naive(finding):
        assert duty in duties, finding


@pytest.mark.parametrize("text", DAYS)
def test_each_sentence_of_a_letter_is_owed_by_that_city_since_that_day(year, owed, text):
    request, books = asked(year, date.fromisoformat(text), CityReminder())
    desk = Desk(request, books)
    sentences, said = Counter(), findings(books, REMINDED, partial(desk.told, "item"))
    for name, paper in city_reminders(request, books):
        for block in paper.blocks:
            if isinstance(block, Paragraph) and (found := re.match(r"\d+\.(.*。)$", block.text)):
                (finding,) = [
                    each for each in said[found[1]]
                    if books.division(books.city_of(each.division)).name in name
                ]  # fmt: skip
                assert finding.responsible != PROVINCE, "what the province has to do is no reproach to a city"
                late = re.search(r"已逾期(\d+)天", found[0])
                if late and "{days}" not in finding.template:
                    assert int(late[1]) == (books.as_of - finding.due).days > 0
                check(finding, owed(books.as_of))
                sentences[finding.kind] += 1
    assert sentences.total() > 50


@pytest.mark.parametrize("text", DAYS)
def test_each_line_of_a_mail_is_owed_and_goes_to_whoever_sees_to_it(year, owed, text):
    request, books = asked(year, date.fromisoformat(text), ReminderDigest())
    request = evolve(request, config=evolve(request.config, fallback="person-nobody"))
    _, naive = owed(books.as_of)
    supporters = {rows[0]["data"]["supporter"] for rows in naive.pairings(books.as_of).values()}
    count = 0
    for message in digests("reminder-digest", request, books):
        assert message.to in {*supporters, "person-nobody"}
        told = partial(Words("zh").finding, "item", request=request, books=books, to=message.to)
        said = findings(books, MAILED, told)
        for line in message.text.splitlines():
            if line.startswith("- "):
                for finding in said[line[2:]]:
                    check(finding, owed(books.as_of))
                    if finding.duty == "visit" and finding.responsible.startswith("person-"):
                        assert message.to == finding.responsible
                count += 1
    assert count > 20
