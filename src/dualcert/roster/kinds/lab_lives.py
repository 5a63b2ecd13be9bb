"""What a row tells of a certificate's life, as facts: suspended, reinstated, cancelled, revoked, each on its day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from attrs import define

from dualcert.domain.certificate import CertificateCancelled, CertificateRevoked, CertificateSuspended
from dualcert.domain.commands import (
    CancelCertificate,
    Command,
    ReinstateCertificate,
    RevokeCertificate,
    SuspendCertificate,
)
from dualcert.domain.timeline import Period, Timeline
from dualcert.errors import ClaimContradicted, LabPerhapsClosed, NeedsDate, SuspendedUntil
from dualcert.roster.columns import certificate_field
from dualcert.roster.kinds.lab_life import CALLED_IN_SHEETS, Life, Told
from dualcert.roster.kinds.lab_rows import LabRow
from dualcert.roster.planning import Planner
from dualcert.values.days import ONE_DAY
from dualcert.values.terms import Scheme, State

STATED = "台账载明"
"""The reason where a sheet gives none."""
_ENDING = {
    Life.CANCELLED: (State.CANCELLED, CancelCertificate, CertificateCancelled),
    Life.REVOKED: (State.REVOKED, RevokeCertificate, CertificateRevoked),
}
_LIFE = {State.CANCELLED: Life.CANCELLED, State.REVOKED: Life.REVOKED}
_OF_THE_LAB = re.compile("撤并|合并|并入|整合|机构改革|机构撤销|机构注销|单位撤销|单位注销|裁撤")


@define
class LifePlanner:
    """Plans what rows tell of certificates that the books know, or that the rows state."""

    planner: Planner

    def commands(
        self, lab: str, row: LabRow, scheme: Scheme, told: Iterable[Told], timeline: Timeline, period: Period | None
    ) -> Iterator[Command]:
        """Yield what is told beside the *timeline* of the books; *period* is what it is told of, if the books know it."""
        for each in sorted(told, key=lambda each: each.on or date.max):
            if each.life in _ENDING:
                yield from self._end(lab, row, scheme, each, timeline, period)
            elif each.life is Life.SUSPENDED:
                yield from self._suspension(lab, row, scheme, each, timeline)
            elif each.life is Life.REINSTATED:
                yield from self._reinstatement(lab, row, scheme, each, timeline)

    def _end(
        self, lab: str, row: LabRow, scheme: Scheme, told: Told, timeline: Timeline, period: Period | None
    ) -> Iterator[Command]:
        state, command, fact = _ENDING[told.life]
        known = _end_of(timeline, period) if period else None
        if known is None:
            on = self._day(lab, row, told, scheme)
            if on:
                self._remark_closing(lab, row, told)
                yield command(lab=lab, scheme=scheme, on=on, **self._why(row, told))
        elif known[1] is not state:
            found = f"{CALLED_IN_SHEETS[_LIFE[known[1]]]} {known[0]}"
            contradicted = ClaimContradicted(stated=CALLED_IN_SHEETS[told.life], found=found)
            self.planner.reader.find(row.row, told.field, contradicted)
        elif told.on and told.on != known[0]:
            version = self.planner.version_of(lab, fact, known[0], scheme=scheme)
            anew = command(lab=lab, scheme=scheme, on=told.on, **self._why(row, told))
            yield from self.planner.dated_otherwise(row.row, self._dated_by(told, scheme), lab, version, anew)

    def _suspension(self, lab: str, row: LabRow, scheme: Scheme, told: Told, timeline: Timeline) -> Iterator[Command]:
        """Suspend a certificate that is not suspended; a suspension since another day is a finding or a correction."""
        since = (timeline.suspended_from(told.on) if told.on else None) or timeline.suspended_since
        if since is not None and told.on in (None, since):
            return
        on = self._day(lab, row, told, scheme)
        if on is None:
            return
        command = SuspendCertificate(lab=lab, scheme=scheme, on=on, **self._why(row, told))
        if since is None:
            if told.until:
                self.planner.reader.remark(row.row, told.field, SuspendedUntil(until=told.until))
            yield command
        else:
            version = self.planner.version_of(lab, CertificateSuspended, since, scheme=scheme)
            yield from self.planner.dated_otherwise(row.row, self._dated_by(told, scheme), lab, version, command)

    def _reinstatement(
        self, lab: str, row: LabRow, scheme: Scheme, told: Told, timeline: Timeline
    ) -> Iterator[Command]:
        """Reinstate a certificate; one that is known to be reinstated on that day, or is not suspended, is left alone."""
        if any(until == told.on for _, until in timeline.suspensions):
            return
        suspended = timeline.suspended_since or any(each.life is Life.SUSPENDED for each in row.told_of(scheme))
        if told.on is None and not suspended:
            self._check_standing(row, scheme, told, timeline)
            return
        on = self._day(lab, row, told, scheme)
        if on:
            yield ReinstateCertificate(lab=lab, scheme=scheme, on=on, **self._why(row, told))

    def _check_standing(self, row: LabRow, scheme: Scheme, told: Told, timeline: Timeline) -> None:
        """Find that a certificate was ended of which the row says that it stands again."""
        ends: list[tuple[date | None, Life]] = [
            (each.on, each.life) for each in row.told_of(scheme) if each.life in _ENDING
        ]
        if not ends and timeline.periods and not timeline.open:
            last, state = timeline.ends[-1]
            ends = [(last, _LIFE[state])]
        for on, life in ends[:1]:
            found = " ".join([scheme.value, CALLED_IN_SHEETS[life], *([on.isoformat()] if on else [])])
            contradicted = ClaimContradicted(stated=CALLED_IN_SHEETS[told.life], found=found)
            self.planner.reader.find(row.row, told.field, contradicted)

    def _day(self, lab: str, row: LabRow, told: Told, scheme: Scheme) -> date | None:
        """Return the day of what is told: the row's, else `on` where the caller gave it; else None with a finding."""
        if told.on or self.planner.day_given:
            return told.on or self.planner.on
        stated = CALLED_IN_SHEETS[told.life]
        state = self.planner.view.find_lab(lab)
        known = _called(state.timeline(scheme)) if state else "—"
        needs = NeedsDate(subject=f"{lab} {scheme.value}", known=known, stated=stated, column=f"{stated}日期")
        self.planner.reader.find(row.row, told.field, needs)
        return None

    def _dated_by(self, told: Told, scheme: Scheme) -> str:
        """Return the column that has the day of what is told."""
        if told.life is Life.SUSPENDED and self.planner.reader.has(certificate_field(scheme, "suspended_on")):
            return certificate_field(scheme, "suspended_on")
        return told.field

    def _why(self, row: LabRow, told: Told) -> dict[str, str]:
        reason = "；".join(dict.fromkeys(filter(None, (row.reason, told.text)))) or STATED
        return {"reason": reason, **self.planner.origin(row.row)}  # type: ignore[dict-item]

    def _remark_closing(self, lab: str, row: LabRow, told: Told) -> None:
        why = f"{row.reason or ''}{told.text}"
        if _OF_THE_LAB.search(why) and not (row.closed or row.merged_into or self.planner.closed(lab)):
            field_ = "reason" if row.reason and _OF_THE_LAB.search(row.reason) else told.field
            self.planner.reader.remark(row.row, field_, LabPerhapsClosed())


def _called(timeline: Timeline) -> str:
    """Return what sheets call the newest certificate of a timeline."""
    if not timeline.periods:
        return "—"
    if not timeline.open:
        return CALLED_IN_SHEETS[_LIFE[timeline.ends[-1][1]]]
    return CALLED_IN_SHEETS[Life.SUSPENDED if timeline.suspended_since else Life.VALID]


def _end_of(timeline: Timeline, period: Period) -> tuple[date, State] | None:
    """Return the day and kind of the end that *period* came to: it cut it short, or came before any later certificate."""
    for on, state in timeline.ends:
        before = [each.first for each in timeline.periods if each.first < on]
        if on > period.first and (period.last == on - ONE_DAY or max(before, default=None) == period.first):
            return on, state
    return None
