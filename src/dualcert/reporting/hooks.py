"""The hooks of a plugin. Each is called once, without arguments; docs/hooks.md describes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pluggy

from dualcert.reporting.channels import Channel
from dualcert.reporting.reporters import Reporter

PROJECT = "dualcert"
"""The project's name for pluggy, and the group of entry points."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def dualcert_reporters() -> Iterable[Reporter]:
    """Return the plugin's reporters."""
    raise NotImplementedError


@hookspec
def dualcert_channels() -> Iterable[Channel]:
    """Return the plugin's channels."""
    raise NotImplementedError


@hookspec
def dualcert_commands() -> Iterable[Any]:
    """Return the plugin's commands (`click.Command`), run as `dualcert plugins run NAME …`."""
    raise NotImplementedError


HOOKS = ("dualcert_reporters", "dualcert_channels", "dualcert_commands")
"""The names of all hooks."""
