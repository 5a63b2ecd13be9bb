"""The certificates that a row states, against those of the books."""

from __future__ import annotations

from collections.abc import Container, Iterator
from datetime import date

from attrs import define, evolve, field

from dualcert.domain.certificate import CertificateRenewed, CertificateSuspended
from dualcert.domain.commands import (
    Command,
    CorrectFact,
    GrantCertificate,
    PeriodCommand,
    RenewCertificate,
    SuspendCertificate,
)
from dualcert.domain.timeline import Period, Timeline
from dualcert.errors import CertificateDiffers, NumberShared
from dualcert.roster.columns import certificate_field
from dualcert.roster.kinds.lab_matching import LabMatcher
from dualcert.roster.kinds.lab_rows import Certificate, LabRow
from dualcert.roster.planning import Planner
from dualcert.values.days import ONE_DAY
from dualcert.values.numbers import canonical_number
from dualcert.values.terms import Scheme


@define
class CertificatePlanner:
    """Plans the certificates of rows that are matched to labs; `merged` are the labs that the sheet merges away."""

    planner: Planner
    matcher: LabMatcher
    merged: Container[str]
    _owners: dict[str, str] = field(init=False, factory=dict)
    """Number, as numbers are compared -> the open lab whose certificate bears it."""

    def __attrs_post_init__(self) -> None:
        for lab, state in self.planner.view.labs():
            if state.closed_on is None:
                for timeline in (state.cma, state.catl):
                    numbers = (*(p.number for p in timeline.periods), *(number for _, number, _ in timeline.renumbered))
                    self._owners.update({canonical_number(number): lab for number in numbers})

    def take(self, lab: str, row: LabRow) -> None:
        """Note that the numbers of a planned row are its lab's, unless the lab is merged away."""
        if lab not in self.merged:
            self._owners.update({canonical_number(c.number): lab for c in row.certificates.values()})

    def commands(
        self, lab: str, row: LabRow, scheme: Scheme, stated: Certificate, timeline: Timeline
    ) -> Iterator[Command]:
        """Yield what a stated certificate adds to the *timeline* of the books.

        An equal certificate adds nothing. Where none is held it is granted; a later one is a renewal. Everything else
        is a finding, or with `correct` a correction.
        """
        if self._belongs_to_another(lab, row, scheme, stated):
            return
        known = _numbered(timeline)
        last, number = known[-1] if known else (None, "")
        if any(_same(period, borne, stated) for period, borne in known):
            pass
        elif last is None or (canonical_number(stated.number) not in map(canonical_number, (number, last.number))
                              and stated.granted_on > last.first):  # fmt: skip
            command = RenewCertificate if timeline.open else GrantCertificate
            yield self._period(command, lab, row, scheme, stated)
        elif self.planner.correct and number == last.number:
            yield self._correction(lab, row, scheme, stated, last)
        elif self.planner.correct and canonical_number(stated.number) == canonical_number(number):
            yield self._correction(lab, row, scheme, evolve(stated, number=last.number), last)
        else:
            differs = CertificateDiffers(number=number, granted_on=last.first, valid_until=last.valid_until)
            self.planner.reader.find(row.row, certificate_field(scheme, "number"), differs)
            return
        if stated.suspended_on:
            yield from self._suspension(lab, row, scheme, stated.suspended_on, timeline)

    def _suspension(self, lab: str, row: LabRow, scheme: Scheme, on: date, timeline: Timeline) -> Iterator[Command]:
        """Suspend a certificate that is not suspended; a suspension since another day is a finding or a correction."""
        since = timeline.suspended_from(on) or timeline.suspended_since
        command = SuspendCertificate(lab=lab, scheme=scheme, reason="台账载明", on=on, **self.planner.origin(row.row))
        if since is None:
            yield command
        elif since != on:
            version = self.planner.version_of(lab, CertificateSuspended, since, scheme=scheme)
            field_ = certificate_field(scheme, "suspended_on")
            yield from self.planner.dated_otherwise(row.row, field_, lab, version, command)

    def _belongs_to_another(self, lab: str, row: LabRow, scheme: Scheme, stated: Certificate) -> bool:
        """Return whether a number is that of another open lab, of the books or of this sheet: then it is a finding."""
        owner = self._owners.get(canonical_number(stated.number), lab)
        if owner == lab or lab in self.merged or owner in self.merged or self.planner.closed(lab):
            return False
        shared = NumberShared(number=stated.number, elsewhere=self.matcher.where(owner))
        self.planner.reader.find(row.row, certificate_field(scheme, "number"), shared)
        return True

    def _period(
        self, command: type[PeriodCommand], lab: str, row: LabRow, scheme: Scheme, stated: Certificate
    ) -> PeriodCommand:
        return command(
            lab=lab,
            scheme=scheme,
            number=stated.number,
            granted_on=stated.granted_on,
            valid_until=stated.valid_until,
            **self.planner.origin(row.row),
        )

    def _correction(self, lab: str, row: LabRow, scheme: Scheme, stated: Certificate, last: Period) -> CorrectFact:
        """Return the correction of the newest certificate of the books to the one that the row states."""
        entry = self.planner.view.entries(lab)[last.version - 1]
        command = RenewCertificate if isinstance(entry.fact, CertificateRenewed) else GrantCertificate
        return self.planner.correction(row.row, lab, last.version, self._period(command, lab, row, scheme, stated))


def _numbered(timeline: Timeline) -> list[tuple[Period, str]]:
    """Return the periods, each with the number that its certificate bore at last."""
    ends = [*(p.first - ONE_DAY for p in timeline.periods[1:]), date.max]
    return [(p, timeline.number_of(p, max(p.first, end))) for p, end in zip(timeline.periods, ends, strict=False)]


def _same(period: Period, number: str, stated: Certificate) -> bool:
    days = (period.first, period.valid_until) == (stated.granted_on, stated.valid_until)
    return days and canonical_number(number) == canonical_number(stated.number)
