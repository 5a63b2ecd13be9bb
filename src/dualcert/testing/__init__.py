"""Tools for those who build on dualcert: given/when/then for aggregates, contracts for stores."""

from __future__ import annotations

from dualcert.testing.clocks import Clock
from dualcert.testing.scenario import Scenario, given

__all__ = ["Clock", "Scenario", "given"]
