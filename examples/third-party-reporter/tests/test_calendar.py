"""The calendar keeps the contract of reporters and says what is due."""

from datetime import date

import pytest
from dualcert_calendar import Calendar, Config
from icalendar import Calendar as Ics

from dualcert.testing.books import small_books as made_of
from dualcert.testing.hostile import PAYLOADS
from dualcert.testing.reporters import ReporterContract

PROPERTIES = {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "CATEGORIES"}


class TestContract(ReporterContract):
    reporter = Calendar()


def events(books, config=Config(), **how):
    (document,) = Calendar().render(*books.asked(config, **how))
    return Ics.from_ical(document.content).walk("VEVENT")


def test_a_certificate_that_ends_soon_is_a_day_in_the_calendar(small_books):
    days = {event["summary"]: event["dtstart"].dt for event in events(small_books, language="en")}

    (day,) = {day for said, day in days.items() if "沁水" in said and "renewal" in said}
    assert day == date(2023, 10, 11)


def test_it_looks_as_far_ahead_as_it_is_told(small_books):
    assert len(events(small_books, Config(days=1))) < len(events(small_books))


def test_kinds_and_a_subject_narrow_it_down(small_books):
    assert events(small_books, Config(kinds=("no-such-kind",))) == []
    assert events(small_books, subject="140521")
    assert events(small_books, subject="350200") == []


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hostile_name_is_text_in_an_event(payload):
    found = events(made_of(lambda _: payload))

    assert len(found) == len(events(made_of()))
    assert all(set(event) == PROPERTIES for event in found)
    assert any(payload in str(event["SUMMARY"]) for event in found)
