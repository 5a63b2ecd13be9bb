"""The registry: the books of one store, opened by URL, written by commands, asked as of and as known at."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
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
from dualcert.fold import KnownAt, LogFold, paused_collector
from dualcert.policy import Policy, load_policy
from dualcert.projections import gates, histories, replays, scores
from dualcert.projections.answers import Table
from dualcert.projections.books import Books
from dualcert.projections.due import Due
from dualcert.projections.ratios import Ratios, Split
from dualcert.projections.statuses import Kind, Status
from dualcert.projections.streams import Streams
from dualcert.projections.view import View
from dualcert.store.digest import Digest
from dualcert.store.log import AppendRaced, EventLog, begin_log, open_log, opening_entry
from dualcert.store.rows import Span
from dualcert.store.url import Store, parse_url
from dualcert.values.dates import civil_day

Clock = Callable[[], datetime]
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
        self._fold = LogFold(log, divisions or china())
        self._clock = clock
        self._accept_clock = accept_clock
        self.recorded = 0
        """How many facts were recorded through this registry."""

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
        first = [opening_entry(now), *decision.facts]
        registry = cls(begin_log(url, first), clock=clock, accept_clock=accept_clock)
        registry.recorded = len(first)
        return registry

    @property
    def store(self) -> Store:
        """Where the store is, and its id; what lies beside the log is opened by it."""
        return self._fold.log.store

    def __repr__(self) -> str:
        return f"<Registry of {self._fold.log.url.shown} at position {self._fold.position}>"

    def close(self) -> None:
        """Close the store's connections."""
        self._fold.log.close()

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
            self._fold.check_process()
            with self._fold.lock:
                self.catch_up()
                receipts = self._decide(commands, progress, accept_valid=accept_valid)
                new = [fact for receipt in receipts if receipt.recorded for fact in receipt.facts]
                if dry_run or not new:
                    return receipts
                try:
                    span = self._fold.log.append(new)
                except AppendRaced as race:
                    self._fold.newest = max(filter(None, (self._fold.newest, race.newest)), default=None)
                else:
                    self.recorded += len(new)
                    if self._fold_recorded(new, span):
                        return receipts
                    return [self._as_recorded(receipt) for receipt in receipts]
            time.sleep(random.uniform(0, min(PAUSE * 2**attempt, LONGEST_PAUSE)))  # noqa: S311  so that those who race do not meet again
        raise errors.Conflict(stream=new[0].stream, attempts=ATTEMPTS)

    def _fold_recorded(self, new: list[AnyEntry], span: Span | None) -> bool:
        """Fold on what was recorded, and return whether these very entries are now the fold's.

        Where it has to be read and that fails, the error says that it was recorded.
        """
        try:
            return self._fold.add_own(new, span)
        except errors.StoreUnusable as error:
            problem = error.problem or error.code
            raise errors.StoreLostAfterwards(store=self._fold.log.url.shown, problem=problem) from error

    def _decide(
        self, commands: Sequence[Command], progress: Callable[[int], None] | None, *, accept_valid: bool
    ) -> list[Receipt]:
        """Decide every command on what is known and on the drafts of those before it."""
        now = self._recording_instant()
        drafts: dict[str, list[AnyEntry]] = {}
        drafted: dict[str, StreamState[Any]] = {}
        view = View(self._fold.streams, self._fold.divisions, self._fold.position, now, self._fold.head.states, drafts)
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
        facts = tuple(self._fold.streams.by_id[f.stream][f.version - 1] for f in receipt.facts)
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
            self._fold.check_process()
            with self._fold.lock:
                commands = gates.decisions(self.view(), gate, day, by=by, source=source)
                try:
                    return self.execute_many(commands, dry_run=dry_run)
                except errors.WrongStanding:  # somebody else decided meanwhile
                    continue
        raise errors.Conflict(stream=commands[0].stream, attempts=ATTEMPTS)

    def _recording_instant(self) -> datetime:
        """Return now, or the newest fact's instant where that is later: the log never goes back."""
        now, newest = self._clock().astimezone(UTC), self._fold.newest
        if newest is None or now >= newest:
            return now
        if newest - now > CLOCK_TOLERANCE and not self._accept_clock:
            raise errors.ClockBehindLog(now=now, newest=newest)
        return newest

    # --- reading ---------------------------------------------------------------------------------

    def catch_up(self, progress: Callable[[int], None] | None = None) -> int:
        """Fold what others recorded meanwhile and return the head's position."""
        return self._fold.catch_up(progress)

    def view(self, known_at: KnownAt = None, *, policy: Policy | str | Path | None = None) -> View:
        """Return the books as known at an instant, a day's end or a position; default the head.

        With *policy* (a name that ships, a file, or a value) that one is in force on every day, whatever the
        log says: what if. Nothing is recorded. Raises UnknownPosition, BadPolicy.
        """
        self.catch_up()
        view = self._fold.known(known_at)
        if policy is None:
            return view
        return evolve(view, assumed=load_policy(policy) if isinstance(policy, str | Path) else policy)

    def _day(self, as_of: date | None) -> date:
        if as_of is None:
            return self.today()
        if type(as_of) is not date:
            raise errors.BadValue(field="as_of", value=errors.shown(as_of), expected="a date YYYY-MM-DD")
        return as_of

    def today(self) -> date:
        """Return the civil day of the registry's clock."""
        return civil_day(self._clock())

    def books(
        self, as_of: date | None = None, known_at: KnownAt = None, *, policy: Policy | str | Path | None = None
    ) -> Books:
        """Return the books of a day (default today) and of an instant, of which every question is a method.

        Args:
            as_of: the day that is asked about.
            known_at: an instant, a day (its end), a position of the log; by default its head.
            policy: a policy that is assumed on every day, whatever the log says; a name, a file, or a value.

        Raises:
            UnknownPosition: the log has no such position.
            BadPolicy: the policy breaks the rules for policies.
            BadValue: a day or an instant is none.
        """
        return Books(self.view(known_at, policy=policy), self._day(as_of))

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
        return self.books(as_of, known_at).status(*ids, kind=kind, division=division)

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
        return self.books(as_of, known_at, policy=policy).ratio(by, explain=explain, series=series)

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
        books = self.books(as_of, known_at, policy=policy)
        with paused_collector():
            return books.due(within=within)

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
        return self.books(as_of, known_at, policy=policy).score(of)

    def history(self, stream: str, *, known_at: KnownAt = None) -> tuple[histories.HistoryRow, ...]:
        """Return the facts of one stream, oldest first; raises UnknownStream."""
        return self.books(None, known_at).history(stream)

    def facts(self) -> int:
        """Return about how many facts the log holds, without reading them: for progress bars."""
        return self._fold.log.length()

    def follow(self, after: int = 0, *, every: float = TICK) -> Iterator[AnyEntry]:
        """Yield the facts after position *after*, then wait for more, looking every *every* seconds."""
        return self._fold.follow(after, every)

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
        with self._fold.lock, paused_collector():
            self._fold.forget()
            self._fold.read_on(progress, until, digest)
            view = self.view(until, policy=policy)
            streams = view.replay_all()
            seconds = time.perf_counter() - started
            steps = tuple(replays.steps(view)) if monthly else None
            return replays.Replay.of(view.position, streams, seconds, digest.hexdigest(), steps)
