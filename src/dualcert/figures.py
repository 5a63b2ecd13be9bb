"""Figures of a long log without reading it: they are kept beside it by a question that had to read all of it.

What is kept is only a shorter way to the same answer. It is read where it is of this store, this log and this
program, undamaged, and not later than the question; else the log is folded. `replay`, `verify`, commands and gates
never ask for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256

from attrs import evolve, frozen

import dualcert
from dualcert.domain.entry import AnyEntry
from dualcert.domain.lab import LAB
from dualcert.fold import LogFold
from dualcert.policy import Policy
from dualcert.projections.calendar import (
    KEPT,
    Calendars,
    CountStep,
    Course,
    Joint,
    Seat,
    Seats,
    Sums,
    Switches,
    difference,
    steps_of,
)
from dualcert.projections.kept_figures import PROJECTION, Basis, KeptFigures, SeatFigures
from dualcert.projections.view import View
from dualcert.store import figures_file
from dualcert.store.log import Bookmark
from dualcert.telemetry import logger
from dualcert.values.ids import kind_of

SHARE = 50
"""Where more than this part of the log was recorded since, folding it is as fast as reading the changed labs by name."""
OFTEN = 200
"""Where more than this part of the log was recorded since, figures are kept anew, before there is too much."""

LOG = logger("store")


@frozen
class FiguresKeeper:
    """Keeps the figures of a log as known at its head, at `position`, and finds those that were kept; see `Keeper`."""

    fold: LogFold
    position: int

    def find(self, view: View, switches: Switches, policy: Policy) -> Seats | None:
        """Return the courses as *view* knows them: those that were kept, and what the labs changed since then.

        Where that is much already, they are kept anew, so that nobody has to fold the log again.
        """
        with self.fold.lock:
            try:
                kept = self._kept(view.position)
                courses = kept.courses(switches) if kept else None
                if kept is None or courses is None:
                    return None
                self.fold.named += 1
                since = view.position - kept.basis.position
                if since:
                    courses = self._changed(courses, view, policy, kept.basis.position)
                if view.position == self.position and since * OFTEN > self.position:
                    self._write(switches, courses)
                return Seats(courses)
            except Exception as error:  # noqa: BLE001  whatever is wrong with it, the fold answers
                LOG.debug("kept figures are not used: %s", error)
                return None

    def keep(self, switches: Switches, sums: Sums) -> Seats:
        """Keep the courses of the log's head, whose counts change by *sums*, and return them."""
        courses = {seat: SeatFigures.summed(seat, changes) for seat, changes in sums.items()}
        with self.fold.lock:
            try:
                self._write(switches, courses)
            except Exception as error:  # noqa: BLE001  the question is answered, whether or not figures are kept
                LOG.debug("figures are not kept: %s", error)
        return Seats(courses)

    def _write(self, switches: Switches, courses: Mapping[Seat, Course]) -> None:
        """Write the courses of the log's head, and leave those of other switches there that were kept at this very position."""
        basis = self._basis(self.position)
        if basis is None:
            return
        before = self._stored()
        others = before.parts if before and before.basis == basis else {}
        kept = KeptFigures(basis, others).having(switches, courses, KEPT)
        figures_file.write(self.fold.log.url, kept.to_bytes())

    def _stored(self) -> KeptFigures | None:
        stored = figures_file.read(self.fold.log.url)
        return None if stored is None else KeptFigures.from_bytes(stored)

    def _kept(self, position: int) -> KeptFigures | None:
        """Return what was kept of this very log, at or before *position* and near it."""
        kept = self._stored()
        if kept is None or not 0 < kept.basis.position <= position:
            return None
        near = (position - kept.basis.position) * SHARE <= position
        return kept if near and kept.basis == self._basis(kept.basis.position) else None

    def _basis(self, position: int) -> Basis | None:
        """Return what figures of *position* depend on; None where the log is not guarded against changes of its facts."""
        log = self.fold.log
        guarded = log.guarded()
        rows = next((rows for _, rows in log.rows(Bookmark(position - 1, position - 1), 1)), [])
        if guarded is None or not rows or rows[0][0] != position:
            return None
        row = sha256(repr([bytes(each) if isinstance(each, memoryview) else each for each in rows[0]]).encode())
        return Basis(f"{dualcert.__version__}/{PROJECTION}", log.store.id, guarded, position, row.digest())

    def _changed(
        self, courses: Mapping[Seat, Course], view: View, policy: Policy, kept_at: int
    ) -> Mapping[Seat, Course]:
        """Return the *courses*, each with what the labs that have facts after *kept_at* add to it and take away."""
        before: list[CountStep] = []
        after: list[CountStep] = []
        for lab in sorted(self._labs_between(kept_at, view.position)):
            entries = self.fold.log.stream(lab, view.position)
            before += _steps([entry for entry in entries if entry.position <= kept_at], policy, view)
            after += _steps(entries, policy, view)
        joined = dict(courses)
        for seat, line in difference(before, after).items():
            joined[seat] = Joint((joined[seat], line)) if seat in joined else line
        return joined

    def _labs_between(self, after: int, until: int) -> set[str]:
        log = self.fold.log
        pages = log.rows(Bookmark(after, after)) if after < until else ()
        return {row[1] for _, rows in pages for row in rows if row[0] <= until and kind_of(row[1]) == "lab"}


def keeping(view: View, fold: LogFold, head: int) -> View:
    """Return *view* with a keeper of the figures of its log, whose head is at the position *head*."""
    return evolve(view, kept={Calendars: Calendars(FiguresKeeper(fold, head))})


def _steps(entries: list[AnyEntry], policy: Policy, view: View) -> Iterable[CountStep]:
    lab = LAB.replay(entries).state
    return steps_of(lab, policy, view) if lab.registered_on else ()
