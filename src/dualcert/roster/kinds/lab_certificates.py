"""The certificates that a row states, against those of the books."""

from __future__ import annotations

from collections.abc import Container, Iterator
from datetime import date

import attrs
from attrs import define, evolve, field

from dualcert.domain.certificate import CertificateRenewed
from dualcert.domain.commands import (
    AmendCertificate,
    Command,
    CorrectFact,
    GrantCertificate,
    PeriodCommand,
    RenewCertificate,
)
from dualcert.domain.timeline import Period, Timeline
from dualcert.errors import N_, CertificateDiffers, CertificateOlder, GrantedEarlier, NumberShared, Phrase
from dualcert.roster.columns import certificate_field
from dualcert.roster.kinds.lab_life import EVENTS, Told
from dualcert.roster.kinds.lab_lives import LifePlanner
from dualcert.roster.kinds.lab_matching import LabMatcher
from dualcert.roster.kinds.lab_rows import Certificate, LabRow, miss
from dualcert.roster.planning import Planner
from dualcert.units import plain
from dualcert.values.days import ONE_DAY
from dualcert.values.numbers import canonical_number
from dualcert.values.terms import Scheme

REISSUED = "证书换发，编号和有效期不变"
"""The reason of a certificate's change where a sheet shows only that it was issued anew."""


@define
class CertificatePlanner:
    """Plans the certificates of rows that are matched to labs; `merged` are the labs that the sheet merges away."""

    planner: Planner
    matcher: LabMatcher
    merged: Container[str]
    _lives: LifePlanner = field(init=False)
    _owners: dict[str, str] = field(init=False, factory=dict)
    """Number, as numbers are compared -> the open lab whose certificate bears it."""

    def __attrs_post_init__(self) -> None:
        self._lives = LifePlanner(self.planner)
        for lab, state in self.planner.view.labs():
            if state.closed_on is None:
                for timeline in (state.cma, state.catl):
                    self._owners.update({canonical_number(number): lab for number in timeline.numbers})

    def take(self, lab: str, row: LabRow) -> None:
        """Note that the numbers of a planned row are its lab's, unless the lab is merged away."""
        if lab not in self.merged:
            self._owners.update({canonical_number(c.number): lab for c in row.certificates.values()})

    def commands(self, lab: str, row: LabRow, scheme: Scheme, timeline: Timeline) -> Iterator[Command]:
        """Yield what a row says of a certificate, and of its life, beside the *timeline* of the books."""
        stated, told = row.certificates.get(scheme), row.told_of(scheme)
        if stated:
            if self._belongs_to_another(lab, row, scheme, stated):
                return
            yield from self._certificate(lab, row, scheme, stated, timeline)
            period = next((p for p, borne in _numbered(timeline) if _issued(p, borne, stated)), None)
        elif scheme in row.mentioned:
            period = self._mentioned(row, scheme, told, timeline)
            if period is None:
                return
        else:
            return
        yield from self._lives.commands(lab, row, scheme, told, timeline, period)

    def _mentioned(self, row: LabRow, scheme: Scheme, told: list[Told], timeline: Timeline) -> Period | None:
        """Return the certificate of the books that a row mentions; None with a finding where the books lack it."""
        parts = row.mentioned[scheme]
        known = [p for p, borne in _numbered(timeline)
                 if parts.fits(borne, p.first, p.valid_until) or parts.fits(p.number, p.first, p.valid_until)]  # fmt: skip
        day = max((each.on for each in told if each.on), default=date.max)
        begun = [p for p in known if p.first <= day] or known
        if not begun and (any(attrs.astuple(parts)) or any(each.life in EVENTS for each in told)):
            miss(self.planner.reader, row.row, scheme, parts)
            if self.planner.reader.sound(row.row):
                last = timeline.periods[-1]
                self._find_differs(row, scheme, last, timeline.number_of(last, date.max))
        return begun[-1] if begun else None

    def _certificate(
        self, lab: str, row: LabRow, scheme: Scheme, stated: Certificate, timeline: Timeline
    ) -> Iterator[Command]:
        """Yield what a stated certificate adds.

        An equal certificate, or one issued anew as the books have it, adds nothing. Where none is held it is granted, a
        later one is a renewal, one of the same number and end issued later is a change to the certificate on that day,
        one that ran out before the first of the books is granted before it. Everything else is a finding, or with
        `correct` a correction.
        """
        known = _numbered(timeline)
        if any(_same(period, borne, stated) for period, borne in known):
            return
        like = next(((p, borne) for p, borne in known if _alike(p, borne, stated)), None)
        last, number = known[-1] if known else (None, "")
        if like and like[0].first < stated.granted_on:
            if not _reissued(timeline, stated):
                yield self._reissue(lab, row, scheme, stated.number, stated.granted_on)
        elif like:
            yield from self._granted_earlier(lab, row, scheme, stated, *like)
        elif last is None or _is_later(stated, last, number):
            yield self._period(RenewCertificate if timeline.open else GrantCertificate, lab, row, scheme, stated)
        elif stated.valid_until < known[0][0].first:
            yield self._period(GrantCertificate, lab, row, scheme, stated)
        elif stated.granted_on < known[0][0].first and stated.valid_until < known[0][0].valid_until:
            yield from self._older(lab, row, scheme, stated, *known[0])
        elif self.planner.correct and canonical_number(stated.number) == canonical_number(number):
            yield self._correction(lab, row, scheme, evolve(stated, number=last.number), last)
        elif self.planner.correct and number == last.number:
            yield self._correction(lab, row, scheme, stated, last)
        else:
            self._find_differs(row, scheme, last, number, _differing(stated, number, last))

    def _find_differs(self, row: LabRow, scheme: Scheme, last: Period, number: str, part: str = "number") -> None:
        """Note that the books have another certificate, at the *part* that differs."""
        differs = CertificateDiffers(number=number, granted_on=last.first, valid_until=last.valid_until)
        self.planner.reader.find(row.row, certificate_field(scheme, part), differs)

    def _reissue(self, lab: str, row: LabRow, scheme: Scheme, number: str, on: date) -> AmendCertificate:
        """Return the change to a certificate that was issued anew on a day, under its number and with its end."""
        return AmendCertificate(
            lab=lab, scheme=scheme, number=number, on=on, reason=row.reason or REISSUED, **self.planner.origin(row.row)
        )

    def _granted_earlier(
        self, lab: str, row: LabRow, scheme: Scheme, stated: Certificate, known: Period, number: str
    ) -> Iterator[Command]:
        """The books' day may be that of a re-issue: with `correct` it becomes one, and the grant has the row's day."""
        if self.planner.correct:
            yield self._correction(lab, row, scheme, evolve(stated, number=known.number), known)
            yield self._reissue(lab, row, scheme, number, known.first)
        else:
            earlier = GrantedEarlier(number=number, known=known.first, stated=stated.granted_on)
            self.planner.reader.find(row.row, certificate_field(scheme, "granted_on"), earlier)

    def _older(
        self, lab: str, row: LabRow, scheme: Scheme, stated: Certificate, known: Period, number: str
    ) -> Iterator[Command]:
        """An older certificate that overlaps the first of the books: with `correct` that one becomes its renewal."""
        if self.planner.correct:
            yield self._correction(lab, row, scheme, stated, known)
            later = Certificate(known.number, known.first, known.valid_until)
            yield self._period(RenewCertificate, lab, row, scheme, later)
        else:
            older = CertificateOlder(number=number, granted_on=known.first, valid_until=known.valid_until)
            self.planner.reader.find(row.row, certificate_field(scheme, "number"), older)

    def _belongs_to_another(self, lab: str, row: LabRow, scheme: Scheme, stated: Certificate) -> bool:
        """Return whether a number is that of another open lab, of the books or of this sheet: then it is a finding."""
        owner = self._owners.get(canonical_number(stated.number), lab)
        if owner == lab or lab in self.merged or owner in self.merged or self.planner.closed(lab):
            return False
        moved = owner in self.matcher.names and plain(row.name) in self.matcher.names[owner]
        hint = (
            Phrase(N_("; where it is the same lab, give its id {lab} in a column 机构编号"), lab=owner) if moved else ""
        )
        shared = NumberShared(number=stated.number, elsewhere=self.matcher.where(owner), hint=hint)
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


def _alike(period: Period, number: str, stated: Certificate) -> bool:
    """Return whether a certificate has the number and the end of *period*."""
    return period.valid_until == stated.valid_until and canonical_number(number) == canonical_number(stated.number)


def _issued(period: Period, number: str, stated: Certificate) -> bool:
    return _alike(period, number, stated) and period.first <= stated.granted_on


def _reissued(timeline: Timeline, stated: Certificate) -> bool:
    """Return whether the books have the certificate as issued anew on its day."""
    number = canonical_number(stated.number)
    return any(on == stated.granted_on and canonical_number(borne) == number for on, borne, _ in timeline.renumbered)


def _is_later(stated: Certificate, last: Period, number: str) -> bool:
    """Return whether a certificate follows on *last*: granted later, under another number or with a later end."""
    another = canonical_number(stated.number) not in map(canonical_number, (number, last.number))
    return stated.granted_on > last.first and (another or stated.valid_until > last.valid_until)


def _same(period: Period, number: str, stated: Certificate) -> bool:
    days = (period.first, period.valid_until) == (stated.granted_on, stated.valid_until)
    return days and canonical_number(number) == canonical_number(stated.number)


def _differing(stated: Certificate, number: str, last: Period) -> str:
    """Return the part of a certificate in which a row differs from the last one of the books."""
    if canonical_number(stated.number) != canonical_number(number):
        return "number"
    return "valid_until" if stated.granted_on == last.first else "granted_on"
