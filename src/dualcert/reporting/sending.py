"""Sending: dispatches that are due are taken and delivered, and the outcome of each is recorded.

The order of the steps prevents a message from being sent twice: the machine remembers the log's head; the
attempt is recorded, which only one sender can do; then the channel opens its connection; then the outcome is
recorded. If a sender dies in between, its lease runs out and the attempt is marked unknown. An unknown
dispatch is never sent again unless a person decides so.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from attrs import define, field, frozen

from dualcert.domain.commands import (
    AbandonDispatch,
    Command,
    RecordDelivery,
    RecordFailure,
    RecordUnknown,
    ResolveDispatch,
    StartSending,
)
from dualcert.domain.dispatch import ALLOWED, Dispatch, DispatchPlanned, DispatchResolved
from dualcert.errors import (
    BadConfiguration,
    Conflict,
    ContentMissing,
    DispatchStandsOtherwise,
    FileUnwritable,
    PersonErased,
    PersonUnreadable,
    SendingOff,
)
from dualcert.people import Directory, Person
from dualcert.projections.dispatches import dispatch_status, in_order, lease_is_over
from dualcert.recording import CLOCK_TOLERANCE
from dualcert.registry import Registry
from dualcert.reporting.artifacts import Message
from dualcert.reporting.channels import GROUP, Channel, DeliveryOutcome, DeliveryReceipt, Envelope, failed, unknown
from dualcert.reporting.configuration import DispatchConfig
from dualcert.reporting.outbox import Outbox, digest_of
from dualcert.reporting.plugins import Plugins, Trouble
from dualcert.reporting.quarantine import Quarantine
from dualcert.reporting.quiet import Printed, quietly
from dualcert.reporting.texts import Discretion, error_name, error_place, one_line
from dualcert.reporting.timelimit import TooLong, limited
from dualcert.telemetry import logger, span
from dualcert.values.terms import DispatchState, Resolution
from dualcert.values.text import NOTE_LIMIT, text_problem

LOG = logger("sender")

DETAIL_LIMIT = NOTE_LIMIT // 4
"""Characters of a channel's detail that are recorded."""

NOT_TOLD = "the sender did not tell what came of it"
"""Why an attempt whose lease is over is unknown; it is stored, so it is not translated."""

NO_ADDRESS, UNREADABLE, NO_CONTENT, NO_CHANNEL, LATER, NO_MORE, NOTHING = (
    "no-address", "unreadable", "no-content", "no-channel", "later", "no-more", "nothing-to-do"
)  # fmt: skip
"""Why a dispatch was not taken: the directory has no address of its recipient, or cannot decrypt it; the outbox lacks its
message; its channel is not set up; it is tried again later; it failed too often; it was named, and its state is one in which nothing is sent."""
UNDECIDED = frozenset({DispatchState.UNKNOWN, DispatchState.REFUSED})
"""The states that wait for a person."""
OF_A_PERSON = frozenset({NO_ADDRESS, UNREADABLE, NO_CONTENT, NO_CHANNEL, NO_MORE})
"""The reasons that a person has to see to."""


@frozen
class Sent:
    """The outcome of one dispatch; `waits` is the reason why it was not taken.

    `trouble` is what went wrong in the channel's code, and `refusal` why the channel or the recipient's entry cannot be had.
    """

    dispatch: str
    state: DispatchState
    detail: str = ""
    waits: str | None = None
    channel: str = ""
    trouble: Trouble | None = field(default=None, repr=False)
    refusal: BadConfiguration | PersonUnreadable | None = field(default=None, repr=False, eq=False)

    @property
    def of_a_person(self) -> bool:
        """Whether a person has to see to it, because nothing more happens by itself."""
        return self.waits in OF_A_PERSON or (self.waits is None and self.state in UNDECIDED)


def due_at(state: Dispatch, config: DispatchConfig) -> datetime | None:
    """Return the instant from which a dispatch may be taken; None if it is not sent automatically.

    After each failure it waits twice as long; after `config.attempts` attempts it waits for a person.
    """
    if state.state is DispatchState.PLANNED:
        return state.changed_at
    if state.state is not DispatchState.FAILED or state.attempts >= config.attempts or state.changed_at is None:
        return None
    seconds = min(config.backoff_seconds * 2 ** (state.attempts - 1), config.backoff_limit_seconds)
    return state.changed_at + timedelta(seconds=seconds)


def is_due(state: Dispatch, config: DispatchConfig, now: datetime) -> bool:
    """Return whether a dispatch may be taken now.

    What changed at an instant that has not come was recorded under a clock that was ahead: nothing waits for that day.
    """
    due = due_at(state, config)
    return due is not None and (due <= now or is_ahead(state, now))


def is_ahead(state: Dispatch, now: datetime) -> bool:
    """Return whether a dispatch changed at an instant that has not come, by more than clocks differ."""
    return state.changed_at is not None and state.changed_at - now > CLOCK_TOLERANCE


@define
class Sender:
    """Sends the dispatches of one store; several senders may run at once, in one process or many.

    `clock` gives instants (UTC). `config` has the number of attempts and the waiting times.
    """

    registry: Registry
    outbox: Outbox
    people: Directory
    plugins: Plugins
    quarantine: Quarantine
    clock: Callable[[], datetime]
    by: str = "system"
    config: DispatchConfig = field(init=False)
    _discretion: Discretion = field(init=False, factory=Discretion)

    def __attrs_post_init__(self) -> None:
        self.config = self.plugins.configuration.dispatch

    def send(self, only: frozenset[str] | None = None) -> Iterator[Sent]:
        """Send every dispatch that is due (of *only*, if given) in the order of planning, and yield the outcome of each.

        Attempts whose lease has run out are recorded as unknown first. A dispatch whose channel is not installed, not
        allowed or not set up waits, and the others are sent. Those of *only* that are not due are yielded with the reason.

        Raises:
            SendingOff: this store may not send from this machine.
            ClockBehindLog: nothing could be recorded, because this machine's clock is behind the newest fact.
            UnknownDispatch: *only* has an id that no dispatch has.
        """
        for id_ in only or ():
            dispatch_status(self.registry.view(), id_)
        self.registry.check_clock()
        self._begin()
        self._discretion = Discretion.about(self.people.all())
        given_up = list(self.give_up())
        yield from given_up
        now, told = self.clock(), {sent.dispatch for sent in given_up}
        for id_, state in in_order(self.registry.view()):
            if (only is not None and id_ not in only) or id_ in told:
                continue
            if is_due(state, self.config, now):
                sent = self._send(id_, state)
            else:
                sent = self._not_due(id_, state) if only else None
            if sent:
                yield sent

    def give_up(self, only: frozenset[str] | None = None) -> Iterator[Sent]:
        """Mark attempts (of *only*, if given) whose lease has expired as unknown, and yield them."""
        now = self.clock()
        for id_, state in in_order(self.registry.view()):
            if only is not None and id_ not in only:
                continue
            ahead = state.state is DispatchState.SENDING and is_ahead(state, now)
            if lease_is_over(state, now) or ahead:
                command = RecordUnknown(dispatch=id_, attempt=state.attempts, reason=NOT_TOLD, **self._entered(id_))
                if self._recorded(command):
                    LOG.warning("%s: the sender did not tell what came of attempt %d", id_, state.attempts)
                    yield Sent(id_, DispatchState.UNKNOWN, NOT_TOLD)

    def waiting(self, only: frozenset[str] | None = None) -> Iterator[Sent]:
        """Yield the dispatches (of *only*, if given) that wait for a person, with the reason; nothing is sent or recorded."""
        now = self.clock()
        for id_, state in in_order(self.registry.view()):
            if only is not None and id_ not in only:
                continue
            if lease_is_over(state, now):
                yield Sent(id_, DispatchState.UNKNOWN, NOT_TOLD)
            elif state.state in UNDECIDED:
                yield Sent(id_, state.state, state.detail)
            elif due_at(state, self.config) is not None:
                stopped = self._stopped(id_, state)
                if stopped:
                    yield stopped
            elif state.state is DispatchState.FAILED:
                yield Sent(id_, state.state, state.detail, waits=NO_MORE)

    def next_try(self) -> datetime | None:
        """Return the instant of the next attempt of a dispatch that failed, or None if none is tried again by itself."""
        failed_ones = (state for _, state in self.registry.view().dispatches() if state.state is DispatchState.FAILED)
        return min((due for state in failed_ones if (due := due_at(state, self.config))), default=None)

    def resolve(self, dispatch: str, outcome: Resolution, reason: str) -> None:
        """Record a person's decision about a dispatch: that it was delivered, or is to be sent again.

        An attempt whose lease is over is marked unknown first. Saying again that it was delivered records nothing.
        Raises UnknownDispatch, DispatchStandsOtherwise, and ContentMissing if the outbox has no message to send.
        """
        state = self._given_up(dispatch)
        if outcome is Resolution.DELIVERED and state.state is DispatchState.DELIVERED:
            return
        again = outcome is Resolution.SEND_AGAIN and state.state in ALLOWED[DispatchResolved]
        message = self.outbox.get(dispatch, state.planned.sha256) if again and state.planned else None
        if again and message is None:
            raise ContentMissing(dispatch=dispatch)
        self.registry.execute(
            ResolveDispatch(dispatch=dispatch, outcome=outcome, reason=reason, **self._entered(dispatch))
        )
        if message:
            self._kept(dispatch, message)
        self._settle(dispatch)

    def _kept(self, dispatch: str, message: Message) -> None:
        """Keep the message of a dispatch that is sent again: whoever gave it up at the same time may have removed it."""
        if self.outbox.get(dispatch, digest_of(message.freeze())) is None:
            with suppress(PersonErased):
                self.outbox.put(dispatch, message)

    def abandon(self, dispatch: str, reason: str) -> None:
        """Record that a dispatch will not be sent any more; raises UnknownDispatch, DispatchStandsOtherwise."""
        self._given_up(dispatch)
        self.registry.execute(AbandonDispatch(dispatch=dispatch, reason=reason, **self._entered(dispatch)))
        self._settle(dispatch)

    def _given_up(self, dispatch: str) -> Dispatch:
        """Return the state of a dispatch, after its attempt was marked unknown if the lease is over."""
        for _ in self.give_up(frozenset({dispatch})):
            pass
        return self.registry.view().dispatch(dispatch)

    def _begin(self) -> None:
        """Refuse to send if sending is off here, and remember the store's place before a dispatch is taken.

        Then another sender on this machine that finds an attempt in the log also finds the mark.
        """
        try:
            self.quarantine.advance(self.registry.store, self.registry.view)
        except FileUnwritable as error:
            raise SendingOff(store=self.registry.store.url.shown, problem=str(error)) from None

    def _send(self, id_: str, state: Dispatch) -> Sent | None:
        """Deliver one dispatch and return the outcome; None if another sender took it."""
        stopped = self._stopped(id_, state)
        if stopped:  # unless another sender changed it meanwhile
            return stopped if self.registry.view().dispatch(id_) == state else None
        planned = state.planned
        assert planned is not None
        channel, config = self._channel(planned.channel)
        attempt = state.attempts + 1
        if not self._taken(id_, attempt):
            return None
        envelope = self._envelope(id_, planned, config)
        with span("send", dispatch=id_, channel=planned.channel) as told:
            done = self._deliver(channel, envelope) if envelope else (failed("the recipient was erased"), None)
            sent = self._record_outcome(id_, attempt, planned.channel, *done)
            told.set_attribute("dualcert.state", sent.state.value)
        level = logging.INFO if sent.state is DispatchState.DELIVERED else logging.WARNING
        LOG.log(level, "%s by %s, attempt %d: %s", id_, planned.channel, attempt, sent.state.value)
        return sent

    def _envelope(self, id_: str, planned: DispatchPlanned, config: Any) -> Envelope | None:
        """Return what is sent, read after the dispatch was taken; None if the recipient was erased meanwhile."""
        message, person = self.outbox.get(id_, planned.sha256), self.people.entry(planned.recipient)
        address = _address(planned.recipient, person)
        if message is None or address is None:
            return None
        name = person.name if person else None
        return Envelope(dispatch=id_, message=message, address=address, name=name, sent_at=self.clock(), config=config)

    def _channel(self, name: str) -> tuple[Channel, Any]:
        """Return a channel and its configuration; raises BadConfiguration."""
        channel = self.plugins.channel(name)
        return channel, self.plugins.configuration.of_channel(name, channel.Config)

    def _stopped(self, id_: str, state: Dispatch) -> Sent | None:
        """Return why a dispatch cannot be sent, or None."""
        planned = state.planned
        assert planned is not None
        try:
            self._channel(planned.channel)
        except BadConfiguration as refusal:
            name = planned.channel
            return Sent(id_, state.state, one_line(str(refusal)), waits=NO_CHANNEL, channel=name, refusal=refusal)
        try:
            person = self.people.find(planned.recipient)
        except PersonUnreadable as problem:
            return Sent(id_, state.state, planned.recipient, waits=UNREADABLE, refusal=problem)
        if self.outbox.get(id_, planned.sha256) is None:
            return Sent(id_, state.state, waits=NO_CONTENT)
        if _address(planned.recipient, person) is None:
            return Sent(id_, state.state, planned.recipient, waits=NO_ADDRESS)
        return None

    def _not_due(self, id_: str, state: Dispatch) -> Sent:
        """Return the reason why a dispatch that was named is not sent now."""
        if state.state is DispatchState.FAILED:
            due = due_at(state, self.config)
            return Sent(
                id_, state.state, due.isoformat(timespec="seconds") if due else "", waits=LATER if due else NO_MORE
            )
        return Sent(id_, state.state, state.detail, waits=None if state.state in UNDECIDED else NOTHING)

    def _taken(self, id_: str, attempt: int) -> bool:
        """Record that this sender has taken the dispatch; return False if another sender has.

        The command's id is random, so that two senders never write the same bytes: an append whose exact bytes
        are in the log already counts as done.
        """
        until = self.clock() + timedelta(seconds=self.config.lease_seconds)
        command = StartSending(
            dispatch=id_, attempt=attempt, until=until, command_id=f"send-{uuid4().hex}", **self._entered(id_)
        )
        return self._recorded(command, alone=True)

    def _deliver(self, channel: Channel, envelope: Envelope) -> tuple[DeliveryReceipt, Trouble | None]:
        """Hand the envelope to the channel; return its receipt as it may be recorded, and what went wrong in its code.

        Of an error only the type is recorded: its text may name people, and the log is permanent.
        """
        try:
            self.quarantine.advance(self.registry.store, self.registry.view)
        except FileUnwritable as error:
            return failed(f"this machine cannot remember it: {error.problem}"), None
        except SendingOff as off:  # since this sender began
            return failed(f"nothing is sent from here any more: {off.problem}"), None
        try:
            with quietly(Printed()):
                receipt = limited(partial(channel.deliver, envelope), self.config.lease_seconds)
        except KeyboardInterrupt:
            raise  # its lease runs out, and then it is marked unknown
        except TooLong:
            trouble = Trouble("plugin-too-slow", f"it took more than {self.config.lease_seconds} s")
            return unknown(trouble.detail), trouble
        except BaseException as error:  # noqa: BLE001  after any error, SystemExit too, the delivery is unknown
            return unknown(error_name(error)), Trouble("plugin-broken", error_name(error), error_place(error))
        return receipt_of(receipt)

    def _record_outcome(
        self, id_: str, attempt: int, channel: str, receipt: DeliveryReceipt, trouble: Trouble | None
    ) -> Sent:
        """Record the outcome of an attempt, and return it."""
        detail = self._discretion(receipt.detail)[:DETAIL_LIMIT].strip()
        detail = detail if text_problem(detail, DETAIL_LIMIT) is None else ""
        fields: dict[str, Any] = {"dispatch": id_, "attempt": attempt, **self._entered(id_)}
        match receipt.outcome:
            case DeliveryOutcome.DELIVERED:
                self._recorded(RecordDelivery(receipt=detail, **fields))
            case DeliveryOutcome.UNKNOWN:
                self._recorded(RecordUnknown(reason=detail or "?", **fields))
            case _:
                final = receipt.outcome is DeliveryOutcome.REFUSED
                self._recorded(RecordFailure(reason=detail or "?", final=final, **fields))
        self._settle(id_)
        about = trouble.about_nobody(self._discretion) if trouble else None
        return Sent(id_, self.registry.view().dispatch(id_).state, detail, channel=channel, trouble=about)

    def _settle(self, id_: str) -> None:
        """Remove the message of a settled dispatch from the outbox."""
        self.outbox.drop(id_, lambda: self.registry.view().dispatch(id_).settled)

    def _recorded(self, command: Command, *, alone: bool = False) -> bool:
        """Record *command*; return False if the dispatch has another state by now.

        With *alone*, also return False if the same fact is recorded already: then another sender wrote it.
        """
        try:
            receipt = self.registry.execute(command)
        except (DispatchStandsOtherwise, Conflict):
            return False
        return receipt.recorded or not alone

    def _entered(self, id_: str) -> dict[str, Any]:
        """Return day and author of a fact; it is not dated before those of its stream, which would come after it then."""
        last = max((entry.on for entry in self.registry.view().entries(id_)), default=None)
        today = self.registry.today()
        return {"on": max(today, last) if last else today, "by": self.by}


def _address(recipient: str, person: Person | None) -> str | None:
    """Return the address of a recipient: a person's e-mail, or empty for a group, which the channel knows; None without one."""
    if recipient.startswith(GROUP):
        return ""
    return (person.email or None) if person else None


def receipt_of(receipt: object) -> tuple[DeliveryReceipt, Trouble | None]:
    """Return the receipt that a channel returned, and how it breaks the contract; for anything else, an unknown outcome."""
    if type(receipt) is not DeliveryReceipt or type(receipt.outcome) is not DeliveryOutcome:
        problem = f"deliver gave {type(receipt).__name__}, no receipt"
        return unknown("the channel gave no receipt"), Trouble("plugin-contract", problem)
    if type(receipt.detail) is not str:
        problem = f"deliver gave a receipt whose detail is {type(receipt.detail).__name__}, no text"
        return DeliveryReceipt(receipt.outcome, ""), Trouble("plugin-contract", problem)
    return receipt, None


@contextmanager
def sender_of(registry: Registry, plugins: Plugins, *, by: str = "system") -> Iterator[Sender]:
    """Yield a sender for the registry's store, with its outbox and directory open."""
    with Outbox.open(registry.store) as outbox, Directory.open(registry.store) as people:
        yield Sender(
            registry=registry,
            outbox=outbox,
            people=people,
            plugins=plugins,
            quarantine=Quarantine.default(),
            clock=lambda: datetime.now(UTC),
            by=by,
        )
