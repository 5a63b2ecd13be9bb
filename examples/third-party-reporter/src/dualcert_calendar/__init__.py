"""A calendar of what is due: one all-day event for each finding with a date ahead."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from attrs import field, frozen
from attrs.validators import ge

from dualcert.reporting import Books, Document, Reporter, Request, hookimpl

TITLES = {"zh": "双认证日程", "en": "Dual certification"}


@frozen
class Config:
    """How the calendar is set up, in [reporter.calendar]."""

    days: int = field(default=366, validator=ge(1))
    """How far ahead it looks."""
    kinds: tuple[str, ...] = ()
    """Only these kinds of findings; without any, all that have a date."""


class Calendar:
    """Makes one .ics file."""

    name = "calendar"
    summary = "an iCalendar file of the dates ahead"
    Config = Config
    triggers = ()

    def render(self, request: Request, books: Books) -> Iterable[Document]:
        """Return the calendar; a subject narrows it down to a city or county."""
        from dualcert_calendar.ics import calendar_of

        last = books.as_of + timedelta(days=request.config.days)
        ahead = [
            finding
            for finding in books.due().rows
            if finding.due
            and books.as_of <= finding.due <= last
            and (not request.config.kinds or finding.kind in request.config.kinds)
            and request.subject in {None, finding.division, books.city_of(finding.division)}
        ]
        title = TITLES[request.language]
        content = calendar_of(title, books.basis(request.language), ahead, request, books)
        yield Document(f"{title}-{books.as_of}.ics", "text/calendar", content)


@hookimpl
def dualcert_reporters() -> Iterable[Reporter]:
    """Give the calendar to dualcert."""
    return [Calendar()]
