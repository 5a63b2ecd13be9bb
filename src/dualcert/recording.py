"""Recording: commands are decided and their facts appended, again after each race that another writer won."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from attrs import define, evolve

from dualcert import errors
from dualcert.collector import paused_collector
from dualcert.domain.entry import AnyEntry
from dualcert.fold import LogFold
from dualcert.projections.view import View
from dualcert.store.rows import AppendRaced, RowSpan
from dualcert.telemetry import logger, span

if TYPE_CHECKING:  # a question imports what it needs: see docs/adr/0059
    from dualcert.domain.commands import Command
    from dualcert.domain.receipt import Receipt

LOG = logger("store")
Clock = Callable[[], datetime]


class Guard(Protocol):
    """Judges who may record what; see `dualcert.rights`."""

    def admit(self, command: Command, view: View) -> Command:
        """Return the command as it is to be recorded in the books of *view*; raises NotPermitted."""


PATIENCE = 60.0
"""Seconds for which a command that loses races is decided again."""
PAUSE, LONGEST_PAUSE, LOSSES = 0.01, 0.5, 8
"""The longest wait in seconds after the first lost race, and after any; it doubles with each one.

Whoever lost that many races waits no longer than after the first: otherwise newcomers would always be faster.
"""
PROGRESS_EVERY = 500
"""Commands between two reports of progress."""
CLOCK_TOLERANCE = timedelta(minutes=2)


@define
class CommandRecorder:
    """Records commands in the log of `fold`; several processes may record in it at once.

    `clock` returns the instants of recording, `guard` admits each command or refuses it, and `recorded` counts the facts
    that were recorded here. With `accept_clock`, it records although the clock is behind the newest fact.
    """

    fold: LogFold
    clock: Clock
    accept_clock: bool = False
    guard: Guard | None = None
    recorded: int = 0

    def record(
        self,
        commands: Sequence[Command],
        progress: Callable[[int], None] | None,
        check: Callable[[View], None] | None,
        *,
        accept_valid: bool,
        dry_run: bool,
    ) -> list[Receipt]:
        """Decide *commands* and record their facts; again after each race that was lost, up to PATIENCE.

        The first time they are decided on what is folded, without a look at the log: what others recorded since shows when
        the facts are appended, or before a refusal is raised. Then they are decided again at once.
        """
        until = time.monotonic() + PATIENCE
        for attempt in itertools.count():
            self.fold.check_process()
            with self.fold.lock, paused_collector(), span("record", commands=len(commands)) as told:
                after = None if attempt else self.fold.row or None
                view = self.fold.head if after else self.fold.glance()
                after = self._checked(view, check, after, attempt) if check else after
                try:
                    receipts = self._decide(view, commands, progress, accept_valid=accept_valid, dry_run=dry_run)
                except errors.Refused:
                    if self.fold.unchanged_since(after):
                        raise
                    continue
                new = [fact for receipt in receipts if receipt.recorded for fact in receipt.facts]
                if dry_run or not new:
                    if self.fold.unchanged_since(after):
                        return receipts
                    continue
                try:
                    rows = self.fold.log.append(new, after)
                except AppendRaced as race:
                    LOG.debug("another writer was first; deciding again")
                    self.fold.newest = max(filter(None, (self.fold.newest, race.newest)), default=None)
                else:
                    self.recorded += len(new)
                    told.set_attribute("dualcert.facts", len(new))
                    LOG.debug("recorded %d facts", len(new))
                    if self._fold_recorded(new, rows):
                        return receipts
                    return [self._as_recorded(receipt) for receipt in receipts]
            self._wait(attempt, until, new[0].stream)
        raise AssertionError  # counting has no end

    def _checked(self, view: View, check: Callable[[View], None], after: int | None, attempt: int) -> int | None:
        """Have the books checked, and return the row that has to be the newest one when facts are appended.

        So what was checked is still true then. After LOSSES lost races that is given up, and the row is *after*, as without a check.
        """
        check(view)
        return after if attempt >= LOSSES else self.fold.row or None

    def _wait(self, lost: int, until: float, stream: str) -> None:
        """Wait after a race; not after the first, which only shows that others record, too. Raises Conflict after *until*."""
        if time.monotonic() > until:
            LOG.warning("gave up after %d lost races", lost + 1)
            raise errors.Conflict(stream=stream, attempts=lost + 1)
        if lost:
            pause = min(PAUSE * 2**lost, LONGEST_PAUSE) if lost < LOSSES else PAUSE
            import random

            time.sleep(random.uniform(0, pause))  # noqa: S311  so that those who race do not meet again

    def _fold_recorded(self, new: list[AnyEntry], span: RowSpan | None) -> bool:
        """Fold the recorded entries, and return whether the fold now has these same objects.

        If they have to be read back and that fails, StoreLostAfterwards is raised: they were recorded all the same.
        """
        try:
            return self.fold.add_own(new, span)
        except errors.StoreUnusable as error:
            problem = error.problem or error.code
            raise errors.StoreLostAfterwards(store=self.fold.log.url.shown, problem=problem) from error

    def _decide(
        self,
        view: View,
        commands: Sequence[Command],
        progress: Callable[[int], None] | None,
        *,
        accept_valid: bool,
        dry_run: bool,
    ) -> list[Receipt]:
        """Decide each command on the recorded facts and on the new facts of the commands before it."""
        from dualcert.batch import Batch
        from dualcert.domain.receipt import Receipt

        now = self.instant(accept_clock=dry_run)
        batch = Batch(view, now)
        receipts = []
        for number, command in enumerate(commands, start=1):
            if progress and number % PROGRESS_EVERY == 0:
                progress(PROGRESS_EVERY)
            try:
                admitted = self.guard.admit(command, batch.view) if self.guard else command
                receipt = batch.decide(admitted)
                receipts.append(receipt if admitted is command else evolve(receipt, command=command))
            except errors.Refused as refusal:
                if not accept_valid:
                    raise
                receipts.append(Receipt(command, refusal=refusal))
        return receipts

    def _as_recorded(self, receipt: Receipt) -> Receipt:
        """Return the receipt with its facts as they are in the log, with their positions."""
        if not receipt.recorded:
            return receipt
        facts = tuple(self.fold.streams.by_id[f.stream][f.version - 1] for f in receipt.facts)
        return evolve(receipt, facts=facts)

    def instant(self, *, accept_clock: bool = False) -> datetime:
        """Return the present instant, or the newest fact's if that is later: instants never decrease along the log."""
        now, newest = self.clock().astimezone(UTC), self.fold.newest
        if newest is None or now >= newest:
            return now
        if newest - now > CLOCK_TOLERANCE and not (accept_clock or self.accept_clock):
            raise errors.ClockBehindLog(now=now, newest=newest)
        return newest
