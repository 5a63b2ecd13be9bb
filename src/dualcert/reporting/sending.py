"""Sending: dispatches that are due are taken and delivered, and the outcome of each is recorded.

The order of the steps prevents a message from being sent twice: the machine remembers the log's head; the
attempt is recorded, which only one sender can do; then the channel opens its connection; then the outcome is
recorded. If a sender dies in between, its lease runs out and the attempt is marked unknown. An unknown
dispatch is never sent again unless a person decides so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
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
from dualcert.domain.dispatch import ALLOWED, Dispatch, DispatchResolved
from dualcert.errors import Conflict, ContentMissing, DispatchStandsOtherwise, FileUnwritable, SendingOff
from dualcert.people import Directory
from dualcert.projections.dispatches import dispatch_status
from dualcert.registry import Registry
from dualcert.reporting.artifacts import Message
from dualcert.reporting.channels import Channel, DeliveryOutcome, DeliveryReceipt, Envelope, failed, unknown
from dualcert.reporting.configuration import DispatchConfig
from dualcert.reporting.outbox import Outbox
from dualcert.reporting.plugins import Plugins
from dualcert.reporting.quarantine import Quarantine
from dualcert.reporting.quiet import Printed, quietly
from dualcert.reporting.secrets import without_secrets
from dualcert.values.terms import DispatchState, Resolution
from dualcert.values.text import NOTE_LIMIT

SETTLED = frozenset({DispatchState.DELIVERED, DispatchState.ABANDONED})
"""The states after which the outbox no longer keeps a message."""

NO_ADDRESS, NO_CONTENT = "no-address", "no-content"
"""Why a dispatch waits: the directory has no address of its recipient, or the outbox not its message."""


@frozen
class Sent:
    """The outcome of one dispatch; `waits` is the reason why it was not taken: `no-address` or `no-content`."""

    dispatch: str
    state: DispatchState
    detail: str = ""
    waits: str | None = None


def due_at(read: Dispatch, config: DispatchConfig) -> datetime | None:
    """Return the instant from which a dispatch may be taken; None if it is not sent automatically.

    After each failure it waits twice as long; after `config.attempts` attempts it waits for a person.
    """
    if read.state is DispatchState.PLANNED:
        return read.changed_at
    if read.state is not DispatchState.FAILED or read.attempts >= config.attempts or read.changed_at is None:
        return None
    seconds = min(config.backoff_seconds * 2 ** (read.attempts - 1), config.backoff_limit_seconds)
    return read.changed_at + timedelta(seconds=seconds)


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

    def __attrs_post_init__(self) -> None:
        self.config = self.plugins.configuration.dispatch

    def send(self, only: frozenset[str] | None = None) -> Iterator[Sent]:
        """Send every dispatch that is due (of *only*, if given) and yield the outcome of each.

        Attempts whose lease has run out are recorded as unknown first.

        Raises:
            SendingOff: this store may not send from this machine.
            UnknownDispatch: *only* has an id that no dispatch has.
            UnknownChannel, BadConfiguration: before any dispatch of that channel is taken.
        """
        for id_ in only or ():
            dispatch_status(self.registry.view(), id_)
        self._begin()
        yield from self.give_up()
        now = self.clock()
        for id_, read in list(self.registry.view().dispatches()):
            due = due_at(read, self.config)
            if due is not None and due <= now and (only is None or id_ in only):
                sent = self._send(id_, read)
                if sent:
                    yield sent

    def give_up(self, only: frozenset[str] | None = None) -> Iterator[Sent]:
        """Mark attempts (of *only*, if given) whose lease has expired as unknown, and yield them."""
        now = self.clock()
        for id_, read in list(self.registry.view().dispatches()):
            if only is not None and id_ not in only:
                continue
            if read.state is DispatchState.SENDING and read.until is not None and read.until < now:
                reason = "the sender did not tell what came of it"
                command = RecordUnknown(dispatch=id_, attempt=read.attempts, reason=reason, **self._entered())
                if self._recorded(command):
                    yield Sent(id_, DispatchState.UNKNOWN, reason)

    def resolve(self, dispatch: str, outcome: Resolution, reason: str) -> None:
        """Record a person's decision about a dispatch: that it was delivered, or is to be sent again.

        An attempt whose lease is over is marked unknown first. Saying again that it was delivered records nothing.
        Raises UnknownDispatch, DispatchStandsOtherwise, and ContentMissing if the outbox has no message to send.
        """
        read = self._given_up(dispatch)
        if outcome is Resolution.DELIVERED and read.state is DispatchState.DELIVERED:
            return
        again = outcome is Resolution.SEND_AGAIN and read.state in ALLOWED[DispatchResolved]
        if again and read.planned and self.outbox.get(dispatch, read.planned.sha256) is None:
            raise ContentMissing(dispatch=dispatch)
        self.registry.execute(ResolveDispatch(dispatch=dispatch, outcome=outcome, reason=reason, **self._entered()))
        self._settle(dispatch)

    def abandon(self, dispatch: str, reason: str) -> None:
        """Record that a dispatch will not be sent any more; raises UnknownDispatch, DispatchStandsOtherwise."""
        self._given_up(dispatch)
        self.registry.execute(AbandonDispatch(dispatch=dispatch, reason=reason, **self._entered()))
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
        self.quarantine.check(self.registry.store, self.registry.view)
        try:
            self.quarantine.remember(self.registry.store, self.registry.view())
        except FileUnwritable as error:
            raise SendingOff(store=self.registry.store.url.shown, problem=str(error)) from None

    def _send(self, id_: str, read: Dispatch) -> Sent | None:
        """Deliver one dispatch and return the outcome; None if another sender took it."""
        planned = read.planned
        assert planned is not None
        channel = self.plugins.channel(planned.channel)
        config = self.plugins.configuration.of_channel(planned.channel, channel.Config)
        message, person = self.outbox.get(id_, planned.sha256), self.people.find(planned.recipient)
        if message is None:
            return self._waiting(id_, read, "", NO_CONTENT)
        if person is None or not person.email:
            return self._waiting(id_, read, planned.recipient, NO_ADDRESS)
        attempt = read.attempts + 1
        if not self._taken(id_, attempt):
            return None
        receipt = self._deliver(channel, id_, message, person.email, person.name, config)
        return self._record_outcome(id_, attempt, receipt)

    def _waiting(self, id_: str, read: Dispatch, detail: str, why: str) -> Sent | None:
        """Return the outcome of a dispatch that waits; None if another sender changed it meanwhile."""
        return Sent(id_, read.state, detail, waits=why) if self.registry.view().dispatch(id_) == read else None

    def _taken(self, id_: str, attempt: int) -> bool:
        """Record that this sender has taken the dispatch; return False if another sender has.

        The command's id is random, so that two senders never write the same bytes: an append whose exact bytes
        are in the log already counts as done.
        """
        until = self.clock() + timedelta(seconds=self.config.lease_seconds)
        command = StartSending(
            dispatch=id_, attempt=attempt, until=until, command_id=f"send-{uuid4().hex}", **self._entered()
        )
        return self._recorded(command, alone=True)

    def _deliver(
        self, channel: Channel, id_: str, message: Message, address: str, name: str | None, config: object
    ) -> DeliveryReceipt:
        envelope = Envelope(
            dispatch=id_, message=message, address=address, name=name, sent_at=self.clock(), config=config
        )
        try:
            self.quarantine.remember(self.registry.store, self.registry.view())
        except FileUnwritable as error:
            return failed(f"this machine cannot remember it: {error.problem}")
        try:
            with quietly(Printed()):
                receipt = channel.deliver(envelope)
        except KeyboardInterrupt:
            raise  # its lease runs out, and then it is marked unknown
        except BaseException as error:  # noqa: BLE001  after any error, SystemExit too, the delivery is unknown
            return unknown(type(error).__name__)  # its text may name people, and the log is permanent
        return (
            receipt if isinstance(receipt, DeliveryReceipt) else unknown(f"the channel said {type(receipt).__name__}")
        )

    def _record_outcome(self, id_: str, attempt: int, receipt: DeliveryReceipt) -> Sent:
        """Record the outcome of an attempt, and return it."""
        detail = " ".join(without_secrets(receipt.detail).split())[: NOTE_LIMIT // 4]
        fields: dict[str, Any] = {"dispatch": id_, "attempt": attempt, **self._entered()}
        match receipt.outcome:
            case DeliveryOutcome.DELIVERED:
                self._recorded(RecordDelivery(receipt=detail, **fields))
            case DeliveryOutcome.UNKNOWN:
                self._recorded(RecordUnknown(reason=detail or "?", **fields))
            case _:
                final = receipt.outcome is DeliveryOutcome.REFUSED
                self._recorded(RecordFailure(reason=detail or "?", final=final, **fields))
        self._settle(id_)
        return Sent(id_, self.registry.view().dispatch(id_).state, detail)

    def _settle(self, id_: str) -> None:
        """Remove the message of a settled dispatch from the outbox."""
        read = self.registry.view().dispatch(id_)
        if read.state in SETTLED:
            self.outbox.drop(id_)

    def _recorded(self, command: Command, *, alone: bool = False) -> bool:
        """Record *command*; return False if the dispatch has another state by now.

        With *alone*, also return False if the same fact is recorded already: then another sender wrote it.
        """
        try:
            receipt = self.registry.execute(command)
        except (DispatchStandsOtherwise, Conflict):
            return False
        return receipt.recorded or not alone

    def _entered(self) -> dict[str, Any]:
        return {"on": self.registry.today(), "by": self.by}


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
