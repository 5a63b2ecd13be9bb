"""The same facts in `eventsourcing` as it comes: its events, its JSON, its mapper, its recorder.

Given its best: ids as text, which spare it a UUID for each row, pages of 2,000 instead of its 10, and
plain strings where dualcert makes enums.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any

import attrs
from eventsourcing.application import Application
from eventsourcing.domain import CanMutateAggregate
from eventsourcing.persistence import JSONTranscoder, Transcoding
from typing_extensions import override

from dualcert.domain import application, certificate, lab
from dualcert.domain.entry import AnyEntry

PAGE = 2_000
"""Rows in one page, as in dualcert."""

Streams = dict[str, list[Any]]
"""Stream -> its events in order of version."""


@dataclass(frozen=True)
class Fact(CanMutateAggregate[str]):
    """What every event has: the library's three attributes, and those of dualcert's entry."""

    originator_id: str
    originator_version: int
    timestamp: datetime
    on: date
    by: str
    source: str
    command_id: str | None


@dataclass(frozen=True)
class Registered(Fact):
    """As `LabRegistered`."""

    name: str
    level: str
    division: str
    credit_code: str | None
    counted: bool


@dataclass(frozen=True)
class ApplicationAccepted(Fact):
    """As the fact of the same name."""

    scheme: str
    route: str
    purpose: str


@dataclass(frozen=True)
class Granted(Fact):
    """As `CertificateGranted`."""

    scheme: str
    number: str
    granted_on: date
    valid_until: date
    scope_parameters: list[str] | None


@dataclass(frozen=True)
class Renewed(Granted):
    """As `CertificateRenewed`."""


@dataclass(frozen=True)
class Suspended(Fact):
    """As `CertificateSuspended`."""

    scheme: str
    reason: str


@dataclass(frozen=True)
class Reinstated(Fact):
    """As `CertificateReinstated`."""

    scheme: str
    reason: str


KINDS: Mapping[type, type[Fact]] = {
    lab.LabRegistered: Registered,
    application.ApplicationAccepted: ApplicationAccepted,
    certificate.CertificateGranted: Granted,
    certificate.CertificateRenewed: Renewed,
    certificate.CertificateSuspended: Suspended,
    certificate.CertificateReinstated: Reinstated,
}


class DateAsISO(Transcoding):
    """The library has no transcoding of dates; this is the one its documentation shows."""

    type = date
    name = "date_iso"

    @override
    def encode(self, obj: date) -> str:
        return obj.isoformat()

    @override
    def decode(self, data: str) -> date:
        return date.fromisoformat(data)


class Stock(Application[str]):
    """An application of the library over an SQLite file."""

    log_section_size = PAGE

    def __init__(self, path: Path) -> None:
        super().__init__(
            {
                "PERSISTENCE_MODULE": "eventsourcing.sqlite",
                "SQLITE_DBNAME": str(path),
                "ORIGINATOR_ID_TYPE": "text",
            }
        )

    @override
    def register_transcodings(self, transcoder: JSONTranscoder) -> None:
        super().register_transcodings(transcoder)
        transcoder.register(DateAsISO())

    def write(self, entries: Iterable[AnyEntry]) -> None:
        """Write what *entries* say, in one transaction."""
        self.events.put([_event(entry) for entry in entries])

    def fold(self) -> Streams:
        """Return every event of the log by its stream."""
        streams: Streams = {}
        decode, select = self.mapper.to_domain_event, self.notification_log.select
        start = 0
        while notifications := select(start, PAGE, inclusive_of_start=False):
            for notification in notifications:
                event: Any = decode(notification)
                stream = streams.get(event.originator_id)
                if stream is None:
                    streams[event.originator_id] = stream = []
                stream.append(event)
            start = notifications[-1].id
        return streams


def _event(entry: AnyEntry) -> Fact:
    fact: Any = entry.fact
    own = attrs.asdict(fact, value_serializer=lambda _of, _field, value: _plain(value))
    return KINDS[type(entry.fact)](
        originator_id=entry.stream,
        originator_version=entry.version,
        timestamp=entry.recorded_at,
        on=entry.on,
        by=entry.by,
        source=entry.source,
        command_id=entry.command_id,
        **own,
    )


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value
