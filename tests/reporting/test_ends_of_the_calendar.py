"""The reporters that are ours answer on the calendar's first and last day, too."""

from __future__ import annotations

from datetime import date

import pytest

from dualcert.reporting import Document, Message
from dualcert.testing.books import small_books

OURS = (
    "dashboard",
    "dispute",
    "bulletin",
    "city-reminder",
    "gate-notice",
    "dispatch-table",
    "ledger",
    "reminder-digest",
)


@pytest.fixture(scope="module")
def small():
    return small_books()


@pytest.mark.parametrize("day", [date.min, date.max], ids=str)
@pytest.mark.parametrize("name", OURS)
def test_every_day_of_the_calendar_can_be_asked_about(installed, small, name, day):
    _, reporter = installed.reporter(name)
    request, books = small.asked(reporter.Config(), as_of=day)

    assert {type(each) for each in reporter.render(request, books)} <= {Document, Message}
