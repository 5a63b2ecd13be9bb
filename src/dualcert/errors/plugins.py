"""Errors of plugins."""

from __future__ import annotations

from attrs import define

from dualcert.errors.configuration import BadConfiguration
from dualcert.languages import N_


@define(kw_only=True, eq=False)
class UnknownReporter(BadConfiguration):
    """No plugin gives a reporter of that name."""

    code = "unknown-reporter"
    template = N_("there is no reporter {reporter}; there are {known}")
    problem: str = ""
    reporter: str
    known: tuple[str, ...]


@define(kw_only=True, eq=False)
class UnknownChannel(BadConfiguration):
    """No plugin gives a channel of that name."""

    code = "unknown-channel"
    template = N_("there is no channel {channel}; there are {known}")
    problem: str = ""
    channel: str
    known: tuple[str, ...]
