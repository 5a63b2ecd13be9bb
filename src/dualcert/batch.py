"""Commands decided one after another, each on the recorded facts and on the new facts of those before it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any

from attrs import define, field

from dualcert import errors
from dualcert.checks import check, complaints, remarks
from dualcert.domain.aggregate import Complaints
from dualcert.domain.commands import Command
from dualcert.domain.commands.campaign import CampaignCommand
from dualcert.domain.decider import decide
from dualcert.domain.history import History
from dualcert.domain.receipt import Receipt
from dualcert.policy import Policy
from dualcert.projections.view import View


@define
class Batch:
    """The commands of one transaction.

    Args:
        known: the books as recorded.
        now: the instant of recording, UTC.
    """

    known: View
    now: datetime
    view: View = field(init=False)
    """The books with the facts that were decided so far."""
    _complain: Callable[[object], Complaints] = field(init=False)
    _histories: dict[str, History[Any]] = field(init=False, factory=dict)
    _policies: dict[date, Policy | None] = field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        self.view = self.known.at(self.known.position, self.now, self._histories)
        self._complain = partial(complaints, self.view.divisions)

    def decide(self, command: Command) -> Receipt:
        """Return the receipt of *command*; raises a subclass of Refused."""
        history = self._history(command.stream)
        decision = decide(history, command, self.now, partial(check, self.view, command), self._complain)
        if not decision.new:
            return Receipt(command, decision.facts)
        assert decision.replayed is not None
        history.extend(decision.facts, decision.replayed, decision.outside)
        if isinstance(command, CampaignCommand):
            self._policies.clear()
        return Receipt(command, decision.facts, recorded=True, remarks=tuple(remarks(self.view, command, self._policy)))

    def _history(self, stream: str) -> History[Any]:
        history = self._histories.get(stream)
        if history is None:
            history = self._histories[stream] = self.known.history(stream)
        return history

    def _policy(self, day: date) -> Policy | None:
        """Return the policy of *day*, or None where no campaign is known; it is looked up once a day."""
        if day not in self._policies:
            try:
                self._policies[day] = self.view.policy(day)
            except errors.NoCampaign:
                self._policies[day] = None
        return self._policies[day]
