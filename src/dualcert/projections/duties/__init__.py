"""The duties of a campaign: everything that the notice asks somebody to do, as one list.

A module has the duties of one part of the notice, and lists them in its OF_CAMPAIGN and OF_PROVINCE; all of them are collected
here. Findings, the agenda, the score, letters and mails are read from this list and compute nothing of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dualcert.projections.duties import certificate, cycle, gate, plan, support
from dualcert.projections.duties.duty import Duty
from dualcert.projections.situation import Situation

__all__ = ["OF_CAMPAIGN", "OF_PROVINCE", "Duty", "duties"]

DutySource = Callable[[Situation], Iterator[Duty]]

OF_CAMPAIGN: tuple[DutySource, ...] = (*gate.OF_CAMPAIGN, *plan.OF_CAMPAIGN, *cycle.OF_CAMPAIGN)
"""What each campaign asks for; several campaigns may run at once."""
OF_PROVINCE: tuple[DutySource, ...] = (*plan.OF_PROVINCE, *support.OF_PROVINCE, *certificate.OF_PROVINCE)
"""What belongs to no campaign: it is judged by the policy of the one that leads in the province."""


def duties(situation: Situation) -> Iterator[Duty]:
    """Yield the duties of a campaign by its day: those still to be done, those that were done, and those that lapsed.

    A campaign that is closed asks for nothing any more.
    """
    if situation.closed:
        return
    for source in (*OF_CAMPAIGN, *(OF_PROVINCE if situation.leads else ())):
        yield from source(situation)
