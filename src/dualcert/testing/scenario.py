"""Given, when, then: an aggregate's rule as a test that reads like the rule.

given(lab).when(grant).then("lab.certificate-granted")
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from attrs import define, field

from dualcert.domain.aggregate import StreamState
from dualcert.domain.commands import Command
from dualcert.domain.decider import Decision, aggregate_of, decide, history_of
from dualcert.domain.entry import AnyEntry
from dualcert.domain.names import stored_name
from dualcert.errors import Refused

NOW = datetime(2024, 1, 15, 4, tzinfo=UTC)
"""The instant at which a scenario's commands are entered by default."""


@define
class Scenario:
    """The facts of one stream so far, and the outcome of the last command."""

    entries: list[AnyEntry] = field(factory=list)
    now: datetime = NOW
    decision: Decision | None = None
    refusal: Refused | None = None

    def when(self, command: Command) -> Scenario:
        """Decide *command*; a refusal is kept for `then_refused`."""
        self.decision = self.refusal = None
        try:
            self.decision = decide(history_of(command.stream, self.entries), command, self.now)
        except Refused as refusal:
            self.refusal = refusal
        else:
            if self.decision.new:
                self.entries.extend(self.decision.facts)
        return self

    def then(self, *kinds: type | str) -> Scenario:
        """Assert that the last command added facts of these stored names (`lab.closed`), or of these classes."""
        assert self.refusal is None, self.refusal
        assert self.decision is not None
        assert self.decision.new, "unchanged"
        facts = [entry.fact for entry in self.decision.facts]
        named = all(isinstance(kind, str) for kind in kinds)
        assert [stored_name(fact) if named else type(fact) for fact in facts] == list(kinds)
        return self

    def then_unchanged(self) -> Scenario:
        """Assert that the fact of the last command was recorded already."""
        assert self.refusal is None, self.refusal
        assert self.decision is not None
        assert not self.decision.new
        return self

    def then_refused(self, code: str) -> Scenario:
        """Assert that the last command was refused with *code*."""
        assert self.refusal is not None, "not refused"
        assert self.refusal.code == code, self.refusal
        return self

    @property
    def stream_state(self) -> StreamState[Any]:
        """The state of the stream with the complaints about its facts."""
        return aggregate_of(self.entries[0].stream).replay(self.entries)

    @property
    def state(self) -> Any:
        """The state of the stream."""
        return self.stream_state.state


def given(*commands: Command, now: datetime = NOW) -> Scenario:
    """Return a scenario in which *commands* for one stream were accepted, at the instant *now*.

    >>> from dualcert import GrantCertificate, RegisterLab
    >>> lab = RegisterLab(lab="lab-140525-1", name="泽州县站", level="county", division="140525", on="2019-01-01")
    >>> early = GrantCertificate(lab=lab.lab, scheme="CMA", number="1", granted_on="2018-01-01", valid_until="2023-12-31")
    >>> given(lab).when(early).then_refused("before-registration").state.registered_on.isoformat()
    '2019-01-01'
    """
    scenario = Scenario(now=now)
    for command in commands:
        scenario.when(command)
        if scenario.refusal is not None:
            raise scenario.refusal
    return scenario
