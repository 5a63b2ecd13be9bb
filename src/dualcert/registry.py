"""The registry: the books of one store, opened by URL; commands change them, questions read them."""

from __future__ import annotations

import copy
import itertools
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, overload

from attrs import evolve

from dualcert import errors
from dualcert.collector import paused_collector
from dualcert.divisions import Divisions, china
from dualcert.domain.entry import AnyEntry
from dualcert.fold import KnownAt, LogFold
from dualcert.projections.answers import Table, asked_day
from dualcert.projections.books import Books
from dualcert.projections.view import View
from dualcert.recording import PATIENCE, Clock, CommandRecorder, Guard
from dualcert.store.log import Bookmark, EventLog, begin_log, create_log, open_log, opening_entry
from dualcert.store.url import Store, parse_url
from dualcert.telemetry import traced
from dualcert.values.dates import Day, civil_day

if TYPE_CHECKING:  # a question imports what it needs: see docs/adr/0059
    from dualcert.domain.commands import Command
    from dualcert.domain.receipt import Receipt
    from dualcert.integrity.checkpoint import Checkpoint
    from dualcert.policy import Policy
    from dualcert.projections.campaigns import CampaignStatus
    from dualcert.projections.certificates import LabStatus
    from dualcert.projections.counties import CountyStatus
    from dualcert.projections.due import Due
    from dualcert.projections.histories import HistoryRow
    from dualcert.projections.pairings import PairingStatus
    from dualcert.projections.ratios import Ratios, Split
    from dualcert.projections.replays import Replay
    from dualcert.projections.scores import Ranked, Score
    from dualcert.projections.statuses import Status, StatusKind

BATCH = 1_000
"""Commands in one transaction with *accept_valid*, so that other writers need not wait long."""
UNDONE = "撤销整批录入"
"""Why facts are retracted by `undo`, where nobody says it; it is stored, so it is not translated."""
TICK = 5.0
"""Seconds between two reads of the log while following it."""


def _assumed(policy: Policy | str | Path | None, divisions: Divisions) -> Policy | None:
    """Return the policy that a question assumes, if it assumes one; raises BadPolicy, UnknownDivision: it is of no province."""
    from dualcert.policy import load_policy

    if policy is None:
        return None
    assumed = load_policy(policy)
    divisions.of_level("province", assumed.province, "province")
    return assumed


def utc_now() -> datetime:
    """Return the present instant."""
    return datetime.now(UTC)


class Registry:
    """The books of one store. Safe to share between threads; closes as a context manager.

    Answers are frozen values with `to_dict()`. `as_of` is a civil day of Asia/Shanghai, default today: a date, a text
    YYYY-MM-DD, or a datetime. `known_at` is an instant, a day (its end), a position of the log, each also as text
    (`2023-10-08T12:00`, `@15`), or None for the head. The examples of the members go on with this one:

    >>> from dualcert import GrantCertificate, RegisterLab, Registry
    >>> registry = Registry.create(":memory:", policy="shanxi-2023")
    >>> lab = RegisterLab(lab="lab-140525-1", name="泽州县站", level="county", division="140525", on="2019-01-01")
    >>> registry.execute(lab).recorded
    True
    >>> registry.ratio("city", as_of="2023-09-30")["140500"].labs
    1
    """

    def __init__(
        self, log: EventLog, *, clock: Clock = utc_now, divisions: Divisions | None = None, accept_clock: bool = False
    ) -> None:
        self._fold = LogFold(log, divisions or china())
        self._clock = clock
        self._recorder = CommandRecorder(self._fold, clock, accept_clock)
        self.keeps_figures_from: int | None = 20_000
        """From how many facts on the figures of an SQLite store are kept beside it, in `books.db.figures`; None: never."""

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

        Args:
            url: the store; a missing one is refused, and `:memory:` is always new.
            policy: with a policy, a new store is made, as by `create`.
            by: who opens the campaign of a new store, as an opaque id.
            clock: returns the instants of recording (UTC).
            accept_clock: record although *clock* is behind the newest fact.

        Raises:
            StoreUnusable: a subclass of it, with the reason.
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
        """Make a store at *url* and open the campaign of *policy* in it, whole or not at all.

        Raises BadPolicy or UnknownDivision, StoreExists, and other subclasses of StoreUnusable.
        """
        from dualcert.batch import Batch
        from dualcert.domain.commands import OpenCampaign
        from dualcert.policy import load_policy
        from dualcert.projections.streams import Streams

        loaded = load_policy(policy)
        now = clock().astimezone(UTC)
        on = min(loaded.from_, civil_day(now))
        opening = OpenCampaign(campaign=loaded.campaign, policy=loaded, on=on, by=by)
        empty = View(Streams(), china(), 0, None)
        receipt = Batch(empty, now).decide(opening)
        first = [opening_entry(now), *receipt.facts]
        registry = cls(begin_log(url, first), clock=clock, accept_clock=accept_clock)
        registry._recorder.recorded = len(first)
        return registry

    @property
    def store(self) -> Store:
        """The store's place and id, by which its directory of people and its outbox are opened."""
        return self._fold.log.store

    @property
    def recorded(self) -> int:
        """How many facts were recorded through this registry."""
        return self._recorder.recorded

    def __repr__(self) -> str:
        return f"<Registry of {self._fold.log.url.shown} at position {self._fold.position}>"

    def close(self) -> None:
        """Close the store's connections; what is asked of the registry afterwards raises StoreClosed."""
        self._fold.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def acting(self, guard: Guard) -> Self:
        """Return these books as they are recorded for somebody: *guard* admits each command, or refuses it.

        A `Principal` admits what its person may record, and records it as theirs. Both share the store's connections, so
        closing one closes both.
        """
        books = copy.copy(self)
        books._recorder = evolve(self._recorder, guard=guard)  # noqa: SLF001  its own class
        return books

    # --- recording -------------------------------------------------------------------------------

    def execute(self, command: Command) -> Receipt:
        """Record one command; if it is refused, raises a subclass of Refused and records nothing.

        >>> cma = GrantCertificate(
        ...     lab="lab-140525-1", scheme="CMA", number="1", granted_on="2023-05-06", valid_until="2029-05-05"
        ... )
        >>> [fact.id for fact in registry.execute(cma).facts]
        ['lab-140525-1@2']
        >>> registry.execute(cma).unchanged
        True
        """
        return self.execute_many([command])[0]

    @traced
    def execute_many(
        self,
        commands: Iterable[Command],
        *,
        accept_valid: bool = False,
        dry_run: bool = False,
        progress: Callable[[int], None] | None = None,
        check: Callable[[View], None] | None = None,
    ) -> list[Receipt]:
        """Record commands in their order; each is decided on the facts of those before it.

        Args:
            commands: what to record.
            accept_valid: record the accepted commands, in transactions of at most 1,000, and return each refusal in
                its receipt; without it all commands are recorded in one transaction or none.
            dry_run: decide only, and record nothing.
            progress: called with the number of further commands that were decided.
            check: called with the books on which they are decided, in each transaction and again after a lost race; what it
                raises is raised, and nothing is recorded. For commands that were planned on books that may be older.

        Raises:
            Refused: the first refusal, before anything is recorded; not with *accept_valid*.
            BadValue: something is no command, such as a dict that was not parsed; with *accept_valid*, too.

        >>> again = RegisterLab(lab="lab-140525-1", name="别的站", level="county", division="140525", on="2019-01-01")
        >>> receipts = registry.execute_many([lab, again], accept_valid=True)
        >>> [receipt.refusal and receipt.refusal.code for receipt in receipts]
        [None, 'lab-already-registered']
        """
        from dualcert.domain.commands import Command

        asked = list(commands)
        for each in asked:
            if not isinstance(each, Command):
                raise errors.BadValue(field="command", value=errors.shown(each), expected=errors.N_(
                    "a command: dualcert.parse makes one of a dict"))  # fmt: skip
        whole = dry_run or not accept_valid
        batches = [asked] if whole else [asked[start : start + BATCH] for start in range(0, len(asked), BATCH)]
        how = {"accept_valid": accept_valid, "dry_run": dry_run}
        return [receipt for batch in batches for receipt in self._recorder.record(batch, progress, check, **how)]

    @traced
    def apply_gate(
        self,
        gate: str,
        *,
        on: Day | None = None,
        by: str = "system",
        source: str = "",
        dry_run: bool = False,
        campaign: str | None = None,
    ) -> list[Receipt]:
        """Record the decisions of a gate, dated *on* (default today), each with its evidence.

        The gate is judged as of its own date with all that is known; each decision names the facts that it
        depends on and the position of the log that was read. A county with a decision gets no second one, so a
        second run records nothing. All decisions are recorded or none; with *dry_run*, none.

        Raises:
            UnknownGate: no campaign that is open (or that named by *campaign*) has such a gate.
            GateNotDue: the gate's last day is not over.
            NoCampaign: no campaign was opened.
        """
        from dualcert.projections import gates

        day = self._day(on)
        until = time.monotonic() + PATIENCE
        for attempt in itertools.count(1):
            self._fold.check_process()
            with self._fold.lock:
                commands = gates.decisions(self.view(campaign=campaign), gate, day, by=by, source=source)
                try:
                    return self.execute_many(commands, dry_run=dry_run)
                except errors.WrongStanding:  # another writer was faster
                    if time.monotonic() > until:
                        raise errors.Conflict(stream=commands[0].stream, attempts=attempt) from None
        raise AssertionError  # counting has no end

    @traced
    def undo(
        self, source: str, *, on: Day | None = None, by: str = "system", reason: str = "", dry_run: bool = False
    ) -> list[Receipt]:
        """Retract what one import or `apply` recorded, the last fact first, and bring back what it corrected.

        All of it or nothing, as far as nothing rests on it; with *dry_run*, nothing is recorded. What was undone can be
        imported again.

        Args:
            source: the facts' source: a text, the SHA-256 of the file that was imported, or a beginning of it.
            on: the day of the retractions, default today.
            by: who undoes it.
            reason: why.
            dry_run: decide only, and record nothing.

        Raises:
            UnknownSource: no fact has that source.
            SourceAmbiguous: several files have digests that begin like that.
            SourceUndone: nothing of it is in force any more.
            SourceRestedOn: facts of other sources depend on it.
        """
        from dualcert.projections.undoing import undoing

        self._fold.check_process()
        with self._fold.lock:
            undone = undoing(self.view(), source, self._day(on), by=by, reason=reason or UNDONE)
            try:
                return self.execute_many(undone.commands, dry_run=dry_run)
            except errors.RestedOn:
                receipts = self.execute_many(undone.commands, accept_valid=True, dry_run=True)
                own = {fact.id for fact in undone.facts}
                rests = {
                    fact for each in receipts if isinstance(each.refusal, errors.RestedOn) for fact in each.refusal.by
                }
                if rests - own:
                    raise errors.SourceRestedOn(source=undone.source, by=tuple(sorted(rests - own))) from None
                raise

    def rehearsal(self) -> Registry:
        """Return books in memory with the same facts: what is recorded there is thrown away with them."""
        rows = (page for _, page in self._fold.log.rows(Bookmark()))
        log = create_log(parse_url(":memory:"), lambda new: new.fill(rows))
        return Registry(
            log, clock=self._clock, divisions=self._fold.divisions, accept_clock=self._recorder.accept_clock
        )

    def check_clock(self) -> None:
        """Raise ClockBehindLog if nothing can be recorded now, because the clock is behind the newest fact."""
        self.catch_up()
        self._recorder.instant()

    # --- reading ---------------------------------------------------------------------------------

    def catch_up(self, progress: Callable[[int], None] | None = None) -> int:
        """Fold what others recorded meanwhile and return the head's position."""
        return self._fold.catch_up(progress)

    def view(
        self,
        known_at: KnownAt = None,
        *,
        policy: Policy | str | Path | None = None,
        campaign: str | None = None,
    ) -> View:
        """Return the books as known at an instant, a day's end or a position; by default the head.

        With *policy* (a shipped name, a file, or a value) that policy is assumed on every day, instead of the
        recorded ones; with *campaign*, questions are about that one. Nothing is recorded.

        Raises UnknownPosition, BadPolicy, UnknownDivision.
        """
        self.catch_up()
        assumed = _assumed(policy, self._fold.divisions)
        return evolve(self._fold.known(known_at), assumed=assumed, asked=campaign)

    def _day(self, day: Day | None, field: str = "on") -> date:
        return self.today() if day is None else asked_day(day, field)

    def today(self) -> date:
        """Return the civil day of the registry's clock."""
        return civil_day(self._clock())

    @traced
    def books(
        self,
        as_of: Day | None = None,
        known_at: KnownAt = None,
        *,
        policy: Policy | str | Path | None = None,
        campaign: str | None = None,
    ) -> Books:
        """Return the books as of a day and as known at an instant; every question is a method of them.

        Args:
            as_of: the day that the questions are about: a date, a text YYYY-MM-DD, a datetime; by default today.
            known_at: an instant with its offset, a day (its end), a position of the log, or any of them as text (`@15`); by
                default its head.
            policy: a policy that is assumed on every day instead of the recorded ones; a name, a file, or a value.
            campaign: the id of the campaign that the questions are about; by default figures are those of the campaign
                whose days cover *as_of*, and duties those of all that are not closed.

        Raises:
            UnknownPosition: the log has no such position.
            BadPolicy: the policy breaks the rules for policies.
            UnknownDivision: the province of the policy is in no table.
            BadValue: *as_of* is no day, or *known_at* no instant, day or position.

        >>> books = registry.books("2023-09-30", known_at="@3")
        >>> books.lab_name("lab-140525-1"), books.position
        ('泽州县站', 3)
        """
        return Books(self.view(known_at, policy=policy, campaign=campaign), self._day(as_of, "as_of"))

    @traced
    def glance(
        self,
        as_of: Day | None = None,
        known_at: KnownAt = None,
        *,
        policy: Policy | str | Path | None = None,
        campaign: str | None = None,
    ) -> Books:
        """Return books for a question about labs, counties or other streams by their ids: only these are read from the log.

        So the first question costs the same however long the log is. The books are for one thread, and for as long as the
        registry is open. A question about more reads the whole log, as `books` does; so does every one once that was done.
        Figures of a long log are kept beside it by the first question about them, see `keeps_figures_from`. The arguments and
        refusals are those of `books`.

        >>> registry.glance("2023-09-30").lab_name("lab-140525-1")
        '泽州县站'
        """
        assumed = _assumed(policy, self._fold.divisions)
        with self._fold.lock:
            head = self._fold.glance()
            view = evolve(self._fold.known(known_at, head), assumed=assumed, asked=campaign)
            if self._keeps_figures(head.position):
                from dualcert.figures import keeping

                view = keeping(view, self._fold, head.position)
        return Books(view, self._day(as_of, "as_of"))

    def _keeps_figures(self, head: int) -> bool:
        """Return whether figures may be kept: the log is long, was not folded, and its divisions are those of the program."""
        long = self.keeps_figures_from is not None and head >= self.keeps_figures_from
        return long and not self._fold.position and self._fold.divisions is china()

    @overload
    def status(
        self,
        *,
        kind: Literal["lab"] | None = None,
        division: str | None = None,
        as_of: Day | None = None,
        known_at: KnownAt = None,
        campaign: str | None = None,
    ) -> Table[LabStatus]: ...

    @overload
    def status(
        self,
        *ids: str,
        kind: Literal["lab"],
        division: str | None = None,
        as_of: Day | None = None,
        known_at: KnownAt = None,
        campaign: str | None = None,
    ) -> Table[LabStatus]: ...

    @overload
    def status(
        self,
        *ids: str,
        kind: Literal["county"],
        division: str | None = None,
        as_of: Day | None = None,
        known_at: KnownAt = None,
        campaign: str | None = None,
    ) -> Table[CountyStatus]: ...

    @overload
    def status(
        self,
        *ids: str,
        kind: Literal["pairing"],
        division: str | None = None,
        as_of: Day | None = None,
        known_at: KnownAt = None,
        campaign: str | None = None,
    ) -> Table[PairingStatus]: ...

    @overload
    def status(
        self,
        *ids: str,
        kind: Literal["campaign"],
        division: str | None = None,
        as_of: Day | None = None,
        known_at: KnownAt = None,
        campaign: str | None = None,
    ) -> Table[CampaignStatus]: ...

    @overload
    def status(
        self,
        *ids: str,
        kind: StatusKind | None = None,
        division: str | None = None,
        as_of: Day | None = None,
        known_at: KnownAt = None,
        campaign: str | None = None,
    ) -> Table[Status]: ...

    @traced
    def status(
        self,
        *ids: str,
        kind: StatusKind | None = None,
        division: str | None = None,
        as_of: Day | None = None,
        known_at: KnownAt = None,
        campaign: str | None = None,
    ) -> Table[Any]:
        """Return the state of labs, counties, pairings or campaigns, by id; without ids all of *kind*; see `Books.status`.

        >>> registry.status("lab-140525-1", kind="lab", as_of="2023-09-30").rows[0].name
        '泽州县站'
        """
        books = self.glance if ids else self.books
        return books(as_of, known_at, campaign=campaign).status(*ids, kind=kind, division=division)

    @traced
    def ratio(
        self,
        by: Split = "province",
        *,
        as_of: Day | None = None,
        known_at: KnownAt = None,
        explain: bool = False,
        series: Sequence[Day] = (),
        policy: Policy | str | Path | None = None,
        campaign: str | None = None,
    ) -> Ratios:
        """Return a campaign's figures, by another *policy* if one is given; raises NoCampaign, UnknownCampaign, BadPolicy.

        >>> figures = registry.ratio("county", as_of="2023-09-30", explain=True)
        >>> [lab.lab for lab in figures["140525"].lacking]
        ['lab-140525-1']
        """
        return self.glance(as_of, known_at, policy=policy, campaign=campaign).ratio(by, explain=explain, series=series)

    @traced
    def due(
        self,
        *,
        as_of: Day | None = None,
        known_at: KnownAt = None,
        within: int | None = None,
        kind: str | None = None,
        division: str | None = None,
        policy: Policy | str | Path | None = None,
        campaign: str | None = None,
    ) -> Due:
        """Return the findings, most urgent first; with *within*, only those due within that many days.

        With *policy*, computed under that policy. Raises NoCampaign, UnknownCampaign, UnknownDivision, BadPolicy.

        >>> registry.due(as_of="2023-06-30", division="140500", kind="summary-missing").rows[0].message()
        '晋城市 has not handed in the summary mid-year, due on 2023-06-30'
        """
        books = self.books(as_of, known_at, policy=policy, campaign=campaign)
        with paused_collector():
            return books.due(within=within, kind=kind, division=division)

    @traced
    def agenda(
        self,
        *,
        as_of: Day | None = None,
        known_at: KnownAt = None,
        within: int | None = None,
        responsible: str | None = None,
        division: str | None = None,
        policy: Policy | str | Path | None = None,
        campaign: str | None = None,
    ) -> Due:
        """Return every duty that is still to be done, most urgent first; see `Books.agenda`.

        Raises NoCampaign, UnknownCampaign, UnknownDivision, BadPolicy.
        """
        books = self.books(as_of, known_at, policy=policy, campaign=campaign)
        with paused_collector():
            return books.agenda(within=within, responsible=responsible, division=division)

    @traced
    def score(
        self,
        of: Ranked = "city",
        *,
        as_of: Day | None = None,
        known_at: KnownAt = None,
        policy: Policy | str | Path | None = None,
        campaign: str | None = None,
    ) -> Table[Score]:
        """Return the cities, or the counties that pass, ranked by the policy's weights.

        Raises NoCampaign, UnknownCampaign, NoScore, BadPolicy.
        """
        return self.books(as_of, known_at, policy=policy, campaign=campaign).score(of)

    @traced
    def history(self, stream: str, *, known_at: KnownAt = None) -> tuple[HistoryRow, ...]:
        """Return the facts of one stream, oldest first; raises UnknownStream.

        >>> [(row.fact, row.on.isoformat()) for row in registry.history("lab-140525-1")][:1]
        [('lab.registered', '2019-01-01')]
        """
        return self.glance(None, known_at).history(stream)

    @traced
    def checkpoint(self, known_at: KnownAt = None) -> Checkpoint:
        """Return the checkpoint of what was known at an instant, a day's end or a position; its `code` is for paper.

        `dualcert verify --code` finds the code again. The tree of hashes is made on the first call and kept, so further
        calls read only what was recorded meanwhile. Nothing is written. Raises UnknownPosition, StoreDamaged.
        """
        return self._fold.checkpoint(self.view(known_at).position)

    def facts(self) -> int:
        """Return about how many facts the log holds, without reading them: for progress bars."""
        return self._fold.log.length()

    def follow(self, after: int = 0, *, every: float = TICK, stop: threading.Event | None = None) -> Iterator[AnyEntry]:
        """Yield the facts after position *after*, then wait for more, looking every *every* seconds.

        It ends when *stop* is set, or the registry is closed. Raises UnknownPosition if the log has no such position: the
        bookmark is of a newer log, from which this one was restored, and facts would be passed over.

        >>> next(registry.follow(after=2)).id
        'lab-140525-1@1'
        """
        self._check_bookmark(after)
        return self._fold.follow(after, every, stop or threading.Event())

    def _following(self, after: int) -> Iterator[AnyEntry | None]:
        """Return what `follow` yields, and None instead of waiting: for who waits otherwise."""
        self._check_bookmark(after)
        return self._fold.following(after)

    def _check_bookmark(self, after: int) -> None:
        head = self.catch_up()
        if not 0 <= after <= head:
            raise errors.UnknownPosition(position=after, head=head)

    @traced
    def replay(
        self,
        *,
        known_at: KnownAt = None,
        monthly: bool = False,
        policy: Policy | str | Path | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> Replay:
        """Fold the log again from the first fact, read every timeline, and return the counts, the speed and the digest.

        With *monthly*, also the campaign's figures and findings at the end of each month in which facts were
        recorded, as they were known then, and under *policy* if one is given. Nothing is sent or written.
        """
        from dualcert.projections import replays
        from dualcert.store.digest import Digest

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
