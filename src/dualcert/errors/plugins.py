"""Errors of plugins."""

from __future__ import annotations

from dualcert.errors.base import NotFound, Unavailable
from dualcert.errors.configuration import BadConfiguration
from dualcert.errors.defining import define
from dualcert.languages import N_


@define(kw_only=True, eq=False)
class UnknownReporter(NotFound, BadConfiguration):
    """No plugin gives a reporter of that name."""

    code = "unknown-reporter"
    template = N_("there is no reporter {reporter}; there are {known}")
    problem: str = ""
    reporter: str
    known: tuple[str, ...]


@define(kw_only=True, eq=False)
class UnknownChannel(NotFound, BadConfiguration):
    """No plugin gives a channel of that name."""

    code = "unknown-channel"
    template = N_("there is no channel {channel}; there are {known}")
    problem: str = ""
    channel: str
    known: tuple[str, ...]


@define(kw_only=True, eq=False)
class PluginFailed(Unavailable, BadConfiguration):
    """What was asked for cannot be had because of a plugin."""

    code = "plugin-failed"
    problem: str = ""


@define(kw_only=True, eq=False)
class NameContested(PluginFailed):
    """Several plugins give something of one name, and the configuration does not say whose it is."""

    code = "plugin-contested"
    template = N_("{kind} {name} is given by {plugins}: [plugins] owners of dualcert.toml has to say whose it is")
    kind: str
    name: str
    plugins: tuple[str, ...]


@define(kw_only=True, eq=False)
class GiverBroken(PluginFailed):
    """No plugin that works gives a reporter or channel of that name; a broken one may."""

    code = "plugin-broken"
    template = N_("no plugin that works gives {kind} {name}; {plugins} are broken, see 'dualcert plugins doctor'")
    kind: str
    name: str
    plugins: tuple[str, ...]
