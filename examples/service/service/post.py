"""The sender in the background."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

from dualcert import DualcertError, Plugins, Registry, Sender, new_request, plan_dispatches, sender_of

log = logging.getLogger("service")


class PostOffice(threading.Thread):
    """Plans and sends until it is stopped. Any number may run on one store: a message goes out once."""

    def __init__(self, registry: Registry, plugins: Plugins, every: float) -> None:
        super().__init__(name="post-office", daemon=True)
        self.registry, self.plugins, self.every = registry, plugins, every
        self.stopped = threading.Event()

    @property
    def channel(self) -> str | None:
        """The channel by which messages go out; None where the service sends none."""
        return self.plugins.configuration.dispatch.channel

    @property
    def sound(self) -> bool:
        """Whether it does its rounds, if there is anything to send by."""
        return self.channel is None or (self.is_alive() and not self.stopped.is_set())

    def run(self) -> None:
        """Go round; what goes wrong in one round is told, and the next one comes all the same."""
        while (channel := self.channel) and not self.stopped.is_set():
            try:
                with sender_of(self.registry, self.plugins, by="post-office") as sender:
                    for told in self.round(sender, channel):
                        log.info(told)
            except DualcertError as refusal:
                log.warning("%s: %s", refusal.code, refusal)
            except Exception:
                log.exception("a round of the post office failed")
            self.stopped.wait(self.every)

    def round(self, sender: Sender, channel: str) -> Iterator[str]:
        """Plan what has come up today, send what is due, and yield what came of it."""
        request, _views = new_request(self.registry, self.registry.today())
        for planned in plan_dispatches(self.registry, sender.outbox, self.plugins, request, channel, by="post-office"):
            trouble = planned.rendered.trouble
            if trouble:
                yield f"{trouble.code}: {planned.rendered.reporter}: {trouble.detail}"
        for sent in sender.send():
            yield f"{sent.dispatch}: {sent.waits or sent.state.value}"
            if self.stopped.is_set():
                return

    def stop(self) -> None:
        """Finish the message that is under way, and end."""
        self.stopped.set()
        if self.is_alive():
            self.join(timeout=60)
