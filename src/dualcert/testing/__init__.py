"""Tools for those who build on dualcert: given/when/then for aggregates, contracts for stores, reporters and channels.

Names are loaded when first used: a run of pytest that asks for `dualcert.testing.fixtures` imports this package at its start.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dualcert.testing.clocks import Clock
    from dualcert.testing.scenario import Scenario, given

__all__ = ["Clock", "Scenario", "given"]

_MODULES = {"Clock": "clocks", "Scenario": "scenario", "given": "scenario"}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
