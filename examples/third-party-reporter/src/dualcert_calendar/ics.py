"""Findings as iCalendar (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from icalendar import Calendar, Event

from dualcert.reporting import Books, Request


def calendar_of(title: str, basis: str, findings: Iterable[Any], request: Request, books: Books) -> bytes:
    """Return the file. An event keeps its id as long as its finding does, so that a subscriber's copy is updated."""
    calendar = Calendar()
    calendar.add("prodid", "-//dualcert-calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", title)
    calendar.add("x-wr-caldesc", basis)
    # No clock: what was known when says how new the file is.
    stamp = request.known_at or datetime.combine(books.as_of, time(), UTC)
    for finding in findings:
        event = Event()
        about = f"{finding.kind} {finding.subject} {finding.due} {sorted(finding.more.items(), key=str)}"
        event.add("uid", str(uuid5(NAMESPACE_URL, about)))
        event.add("dtstamp", stamp)
        event.add("dtstart", finding.due)
        event.add("dtend", finding.due + timedelta(days=1))
        event.add("summary", request.said(finding, books))
        event.add("description", basis)
        event.add("categories", [request.word(finding.kind)])
        calendar.add_component(event)
    return bytes(calendar.to_ical())
