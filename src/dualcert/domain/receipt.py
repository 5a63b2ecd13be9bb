"""The receipt of one command."""

from __future__ import annotations

from attrs import frozen

from dualcert.domain.commands.base import Command
from dualcert.domain.entry import AnyEntry
from dualcert.errors import Refused, Remark


@frozen
class Receipt:
    """The answer to one command: its facts, or why it was refused.

    `recorded` says whether the facts are new: a command whose facts are recorded already changes nothing.
    `remarks` name what is odd about a command that was accepted.
    """

    command: Command
    facts: tuple[AnyEntry, ...] = ()
    recorded: bool = False
    refusal: Refused | None = None
    remarks: tuple[Remark, ...] = ()

    @property
    def unchanged(self) -> bool:
        """Whether all facts of the command were recorded already."""
        return self.refusal is None and not self.recorded
