"""The registry: the books of one store, opened by URL, written by commands, asked as of and as known at."""

from __future__ import annotations

import gc
import os
import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Self

from attrs import evolve

from dualcert import errors
from dualcert.checks import check, remarks
from dualcert.divisions import Divisions, china
from dualcert.domain.aggregate import StreamState
from dualcert.domain.commands import Command, OpenCampaign
from dualcert.domain.decider import decide
from dualcert.domain.entry import AnyEntry
from dualcert.domain.receipt import Receipt
from dualcert.policy import Policy, load_policy
from dualcert.projections import gates, histories, replays, scores
from dualcert.projections.answers import Table
from dualcert.projections.due import Due, due
from dualcert.projections.ratios import Ratios, Split, ratios
from dualcert.projections.statuses import Kind, Status, status
from dualcert.projections.streams import Streams
from dualcert.projections.view import View
from dualcert.store.digest import Digest
from dualcert.store.log import AppendRaced, Bookmark, EventLog, begin_log, existing_log, open_log, opening_entry
from dualcert.store.url import Store, parse_url
from dualcert.values.dates import civil_day, end_of

Clock = Callable[[], datetime]
KnownAt = datetime | date | int | None
"""An instant, a day (its end in Asia/Shanghai), a position of the log, or None: its head."""

ATTEMPTS = 12
"""How often a lost race is read and decided anew."""
PAUSE, LONGEST_PAUSE = 0.01, 0.5
"""Seconds to wait at most after the first lost race, and after the last; each time it is twice as long."""
BATCH = 1_000
"""Commands recorded in one transaction where others need not wait for them."""
PROGRESS_EVERY = 500
"""Commands after which whoever waits is told."""
CLOCK_TOLERANCE = timedelta(minutes=2)
TICK = 5.0
"""Seconds between two looks at the log while following it."""

_OF_THE_PARENT: list[EventLog] = []
"""Logs whose connections belong to the process that this one was forked from: kept, so that nothing closes them."""


def utc_now() -> datetime:
    """Return the present instant."""
    return datetime.now(UTC)


class Registry:
    """The books of one store. Safe to share between threads; closes as a context manager.

    Answers are frozen values with `to_dict()`. `as_of` is a civil day of Asia/Shanghai, default today;
    `known_at` an instant, a day (its end), a position of the log, or None for its head.
    """

    def __init__(
        self, log: EventLog, *, clock: Clock = utc_now, divisions: Divisions | None = None, accept_clock: bool = False
    ) -> None:
        self._log = log
        self._clock = clock
        self._divisions = divisions or china()
        self._accept_clock = accept_clock
        self._lock = threading.RLock()
        self._process = os.getpid()
        self.recorded = 0
        """How many facts were recorded through this registry."""
        self._streams: Streams
        self._bookmark: Bookmark
        self._newest: datetime | None
        self._head: View
        self._forget()

    @classmethod
    def open(
        cls,
        url: str | Path,
        *,
        policy: Policy | str | Path | None = None,
        by: str = "system",
        clock: Clock = utc_now,
        accept_clock: bool = False,
    ) -> Self:
        """Open the store at *url*: `:memory:`, `sqlite:///PATH`, a path, or `postgresql://…`.

        A missing one is refused; only `:memory:` is always new. With *policy* it is `create`. *clock* gives the
        instants of recording (UTC); *accept_clock* goes on where it is behind the log.

        Raises a subclass of StoreUnusable.
        """
        if policy is not None:
            return cls.create(url, policy=policy, by=by, clock=clock, accept_clock=accept_clock)
        if parse_url(url).kind == "memory":
            return cls(begin_log(url, [opening_entry(clock())]), clock=clock, accept_clock=accept_clock)
        return cls(open_log(url), clock=clock, accept_clock=accept_clock)

    @classmethod
    def create(
        cls,
        url: str | Path,
        *,
        policy: Policy | str | Path,
        by: str = "system",
        clock: Clock = utc_now,
        accept_clock: bool = False,
    ) -> Self:
        """Make a store at *url* with the campaign of *policy* open in it, whole or not at all.

        Raises BadPolicy or UnknownDivision, StoreExists, and other subclasses of StoreUnusable.
        """
        loaded = load_policy(policy) if isinstance(policy, str | Path) else policy
        now = clock().astimezone(UTC)
        on = min(loaded.from_, civil_day(now))
        opening = OpenCampaign(campaign=loaded.campaign, policy=loaded, on=on, by=by)
        empty = View(Streams(), china(), 0, None)
        decision = decide((), opening, now, partial(check, empty, opening))
        log = begin_log(url, [opening_entry(now), *decision.facts])
        return cls(log, clock=clock, accept_clock=accept_clock)

    @property
    def store(self) -> Store:
        """Where the store is, and its id; what lies beside the log is opened by it."""
        return self._log.store

    def close(self) -> None:
        """Close the store's connections."""
        self._log.close()

    def _check_process(self) -> None:
        """Open the store anew in a process that was forked: two processes on one connection break its protocol.

        The parent's connections are left as they are, since closing them here would end them there.
        """
        if self._process == os.getpid() or self._log.url.kind == "memory":
            return
        _OF_THE_PARENT.append(self._log)
        self._lock = threading.RLock()  # the parent's may be held by a thread that is not here
        self._log, self._process = existing_log(self._log.url), os.getpid()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- recording -------------------------------------------------------------------------------

    def execute(self, command: Command) -> Receipt:
        """Record one command; raises a subclass of Refused and then has recorded nothing."""
        return self.execute_many([command])[0]

    def execute_many(
        self,
        commands: Iterable[Command],
        *,
        accept_valid: bool = False,
        dry_run: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> list[Receipt]:
        """Record commands in their order, each seeing those before it.

        All or nothing in one transaction: the first refusal is raised before anything is recorded. With
        *accept_valid* the sound ones are recorded, in transactions of at most 1,000 commands, and a
        refused one has its refusal in its receipt. With *dry_run* nothing is recorded. *progress* is told
        how many more commands were decided.
        """
        asked = list(commands)
        if not accept_valid:
            return self._record(asked, progress, accept_valid=False, dry_run=dry_run)
        if dry_run:
            return self._record(asked, progress, accept_valid=True, dry_run=True)
        batches = (asked[start : start + BATCH] for start in range(0, len(asked), BATCH))
        return [receipt for batch in batches for receipt in self._record(batch, progress, accept_valid=True)]

    def _record(
        self,
        commands: Sequence[Command],
        progress: Callable[[int], None] | None,
        *,
        accept_valid: bool,
        dry_run: bool = False,
    ) -> list[Receipt]:
        for attempt in range(ATTEMPTS):
            self._check_process()
            with self._lock:
                self.catch_up()
                receipts = self._decide(commands, progress, accept_valid=accept_valid)
                new = [fact for receipt in receipts if receipt.recorded for fact in receipt.facts]
                if dry_run or not new:
                    return receipts
                try:
                    self._log.append(new)
                except AppendRaced as race:
                    self._newest = max(filter(None, (self._newest, race.newest)), default=None)
                else:
                    self.recorded += len(new)
                    self._catch_up_recorded()
                    return [self._as_recorded(receipt) for receipt in receipts]
            time.sleep(random.uniform(0, min(PAUSE * 2**attempt, LONGEST_PAUSE)))  # noqa: S311  so that those who race do not meet again
        raise errors.Conflict(stream=new[0].stream, attempts=ATTEMPTS)

    def _catch_up_recorded(self) -> None:
        """Read back what was recorded; where that fails, the error says that it was recorded all the same."""
        try:
            self.catch_up()
        except errors.StoreUnusable as error:
            problem = error.problem or error.code
            raise errors.StoreLostAfterwards(store=self._log.url.shown, problem=problem) from error

    def _decide(
        self, commands: Sequence[Command], progress: Callable[[int], None] | None, *, accept_valid: bool
    ) -> list[Receipt]:
        """Decide every command on what is known and on the drafts of those before it."""
        now = self._recording_instant()
        drafts: dict[str, list[AnyEntry]] = {}
        drafted: dict[str, StreamState[Any]] = {}
        view = View(self._streams, self._divisions, self._bookmark.position, now, self._head.states, drafts)
        receipts = []
        for number, command in enumerate(commands, start=1):
            if progress and number % PROGRESS_EVERY == 0:
                progress(PROGRESS_EVERY)
            try:
                stream = command.stream
                state = drafted.get(stream) or view.state(stream)
                decision = decide(view.entries(stream), command, now, partial(check, view, command), state)
            except errors.Refused as refusal:
                if not accept_valid:
                    raise
                receipts.append(Receipt(command, refusal=refusal))
                continue
            if decision.new:
                drafts.setdefault(stream, []).extend(decision.facts)
                assert decision.state is not None
                drafted[stream] = decision.state
            odd = tuple(remarks(view, command)) if decision.new else ()
            receipts.append(Receipt(command, decision.facts, recorded=decision.new, remarks=odd))
        return receipts

    def _as_recorded(self, receipt: Receipt) -> Receipt:
        """Return the receipt with its facts as they stand in the log, positions included."""
        if not receipt.recorded:
            return receipt
        facts = tuple(self._streams.by_id[f.stream][f.version - 1] for f in receipt.facts)
        return Receipt(receipt.command, facts, recorded=True, remarks=receipt.remarks)

    def apply_gate(
        self, gate: str, *, on: date | None = None, by: str = "system", source: str = "", dry_run: bool = False
    ) -> list[Receipt]:
        """Record the decisions of a gate, dated *on* (default today), each with its evidence.

        The gate is judged as of its own date with all that is known; each decision names the facts that it
        rests on and the position of the log that was read. What is decided already gets no second decision,
        so that a second run records nothing. All or nothing; with *dry_run* nothing. Raises UnknownGate,
        GateNotDue, NoCampaign.
        """
        day = self._day(on)
        for _ in range(ATTEMPTS):
            self._check_process()
            with self._lock:
                commands = gates.decisions(self.view(), gate, day, by=by, source=source)
                try:
                    return self.execute_many(commands, dry_run=dry_run)
                except errors.WrongStanding:  # somebody else decided meanwhile
                    continue
        raise errors.Conflict(stream=commands[0].stream, attempts=ATTEMPTS)

    def _recording_instant(self) -> datetime:
        """Return now, or the newest fact's instant where that is later: the log never goes back."""
        now, newest = self._clock().astimezone(UTC), self._newest
        if newest is None or now >= newest:
            return now
        if newest - now > CLOCK_TOLERANCE and not self._accept_clock:
            raise errors.ClockBehindLog(now=now, newest=newest)
        return newest

    # --- reading ---------------------------------------------------------------------------------

    def catch_up(self, progress: Callable[[int], None] | None = None) -> int:
        """Fold what others recorded meanwhile and return the head's position."""
        self._check_process()
        with self._lock, paused_collector():
            self._fold(progress)
            return self._bookmark.position

    def _fold(
        self, progress: Callable[[int], None] | None, until: int | None = None, digest: Digest | None = None
    ) -> None:
        """Fold the log on; *digest* gets the rows up to position *until*."""
        for behind, rows in self._log.rows(self._bookmark):
            with self._log.placed():
                if digest:
                    digest.add(rows if until is None else rows[: max(0, until - self._bookmark.position)])
                entries = self._log.decoded(rows, behind)
                self._streams.extend(entries)
            self._bookmark, self._newest = behind, entries[-1].recorded_at
            if progress:
                progress(len(entries))
        if self._head.position != self._bookmark.position:
            position, states = self._bookmark.position, self._head.states
            self._head = View(self._streams, self._divisions, position, self._newest, states)

    def view(self, known_at: KnownAt = None, *, policy: Policy | str | Path | None = None) -> View:
        """Return the books as known at an instant, a day's end or a position; default the head.

        With *policy* (a name that ships, a file, or a value) that one is in force on every day, whatever the
        log says: what if. Nothing is recorded. Raises UnknownPosition, BadPolicy.
        """
        self.catch_up()
        view = self._known(self._head, known_at)
        if policy is None:
            return view
        return evolve(view, assumed=load_policy(policy) if isinstance(policy, str | Path) else policy)

    def _known(self, head: View, known_at: KnownAt) -> View:
        if known_at is None:
            return head
        if isinstance(known_at, int):
            if not 0 <= known_at <= head.position:
                raise errors.UnknownPosition(position=known_at, head=head.position)
            position, instant = known_at, head.streams.recorded_at(known_at)
        else:
            instant = _instant(known_at)
            position = min(head.streams.position_at(instant), head.position)
        return View(head.streams, self._divisions, position, instant, head.states)

    def _day(self, as_of: date | None) -> date:
        if as_of is None:
            return self.today()
        if type(as_of) is not date:
            raise errors.BadValue(field="as_of", value=errors.shown(as_of), expected="a date YYYY-MM-DD")
        return as_of

    def today(self) -> date:
        """Return the civil day of the registry's clock."""
        return civil_day(self._clock())

    def status(
        self,
        *ids: str,
        kind: Kind = "lab",
        division: str | None = None,
        as_of: date | None = None,
        known_at: KnownAt = None,
    ) -> Table[Status]:
        """Return where labs, counties, pairings or campaigns stand, by id; without ids all of *kind*.

        Raises UnknownLab, BeforeRegistration, UnknownDivision, UnknownPairing, UnknownCampaign, NoCampaign,
        BadId; see `dualcert.projections.statuses`.
        """
        return status(self.view(known_at), self._day(as_of), ids, kind, division)

    def ratio(
        self,
        by: Split = "province",
        *,
        as_of: date | None = None,
        known_at: KnownAt = None,
        explain: bool = False,
        series: Sequence[date] = (),
        policy: Policy | str | Path | None = None,
    ) -> Ratios:
        """Return the campaign's figures, by another *policy* if one is given; raises NoCampaign, BadPolicy."""
        return ratios(self.view(known_at, policy=policy), self._day(as_of), by, explain=explain, series=series)

    def due(
        self,
        *,
        as_of: date | None = None,
        known_at: KnownAt = None,
        within: int | None = None,
        policy: Policy | str | Path | None = None,
    ) -> Due:
        """Return what needs attention, most urgent first; with *within*, what is due in so many days.

        By another *policy* if one is given. Raises NoCampaign, BadPolicy.
        """
        view, day = self.view(known_at, policy=policy), self._day(as_of)
        with paused_collector():
            return due(view, day, within)

    def score(
        self,
        of: scores.Ranked = "city",
        *,
        as_of: date | None = None,
        known_at: KnownAt = None,
        policy: Policy | str | Path | None = None,
    ) -> Table[scores.Score]:
        """Return the cities, or the counties that pass, ranked by the policy's weights.

        Raises NoCampaign, NoScore, BadPolicy.
        """
        return scores.scores(self.view(known_at, policy=policy), self._day(as_of), of)

    def history(self, stream: str, *, known_at: KnownAt = None) -> tuple[histories.HistoryRow, ...]:
        """Return the facts of one stream, oldest first; raises UnknownStream."""
        return histories.history(self.view(known_at), stream)

    def facts(self) -> int:
        """Return about how many facts the log holds, without reading them: for progress bars."""
        return self._log.length()

    def follow(self, after: int = 0, *, every: float = TICK) -> Iterator[AnyEntry]:
        """Yield the facts after position *after*, then wait for more, looking every *every* seconds."""
        bookmark = Bookmark()
        while True:
            for read, entries in self._log.pages(bookmark):
                bookmark = read
                yield from (entry for entry in entries if entry.position > after)
            time.sleep(every)

    def replay(
        self,
        *,
        known_at: KnownAt = None,
        monthly: bool = False,
        policy: Policy | str | Path | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> replays.Replay:
        """Fold the log anew, read every timeline, and return what was read, how fast, and the digest.

        With *monthly*, also the whole campaign's figures and findings at the end of each month in which facts
        were recorded, as they were known then, by another *policy* if one is given. Sends nothing and writes
        nothing: there is nothing here that could.
        """
        until = known_at if known_at is None or isinstance(known_at, int) else self.view(known_at).position
        started, digest = time.perf_counter(), Digest()
        with self._lock, paused_collector():
            self._forget()
            self._fold(progress, until, digest)
            view = self.view(until, policy=policy)
            streams = view.replay_all()
            seconds = time.perf_counter() - started
            steps = tuple(replays.steps(view)) if monthly else None
            return replays.Replay.of(view.position, streams, seconds, digest.hexdigest(), steps)

    def _forget(self) -> None:
        """Begin with an empty fold; views that were handed out keep theirs."""
        self._streams, self._bookmark, self._newest = Streams(), Bookmark(), None
        self._head = View(self._streams, self._divisions, 0, None)


def _instant(known_at: datetime | date) -> datetime:
    """Return the instant that is meant: a day's end in Asia/Shanghai, or a time that says its offset."""
    if isinstance(known_at, date) and not isinstance(known_at, datetime):
        return end_of(known_at)
    if not isinstance(known_at, datetime) or known_at.tzinfo is None:
        raise errors.BadValue(field="known_at", value=str(known_at), expected="a time with its offset from UTC")
    return known_at.astimezone(UTC)


@contextmanager
def paused_collector() -> Iterator[None]:
    """Pause the cycle collector: folds and findings make many objects and no cycles."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
