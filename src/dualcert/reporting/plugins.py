"""Plugins: found by their distributions, allowed before anything of them is imported, loaded one by one.

If something is wrong with a plugin, it is noted, and only that plugin is left out.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from typing import Any, TypeVar

import attrs
import pluggy
from attrs import define, field, frozen

from dualcert.errors import BadConfiguration, UnknownChannel, UnknownReporter
from dualcert.reporting import hooks
from dualcert.reporting.channels import Channel
from dualcert.reporting.configuration import Configuration
from dualcert.reporting.quiet import Printed, quietly
from dualcert.reporting.reporters import Reporter
from dualcert.reporting.secrets import without_secrets
from dualcert.reporting.timelimit import TooLong, time_limit
from dualcert.values.ids import is_id

T = TypeVar("T")


@frozen
class Trouble:
    """What went wrong with a plugin: a stable code, a sentence, and the traceback for its author."""

    code: str
    detail: str = field(converter=without_secrets)
    traceback: str = field(default="", repr=False, converter=without_secrets)


@define
class Plugin:
    """One installed plugin with its reporters, channels and commands; not `loaded` if it is not allowed, or broken."""

    name: str
    distribution: str
    version: str
    allowed: bool = True
    loaded: bool = False
    reporters: dict[str, Reporter] = field(factory=dict)
    channels: dict[str, Channel] = field(factory=dict)
    commands: dict[str, Any] = field(factory=dict)
    troubles: list[Trouble] = field(factory=list)


@define
class Plugins:
    """The plugins of this installation, in order of distribution and name."""

    plugins: list[Plugin]
    configuration: Configuration

    def reporter(self, name: str) -> tuple[Plugin, Reporter]:
        """Return the reporter *name* and its plugin; raises UnknownReporter."""
        for plugin in self.plugins:
            if name in plugin.reporters:
                return plugin, plugin.reporters[name]
        raise UnknownReporter(reporter=name, known=tuple(self.reporters))

    def channel(self, name: str) -> Channel:
        """Return the channel *name*; raises UnknownChannel."""
        for plugin in self.plugins:
            if name in plugin.channels:
                return plugin.channels[name]
        known = tuple(name for plugin in self.plugins for name in plugin.channels)
        raise UnknownChannel(channel=name, known=known)

    @property
    def reporters(self) -> list[str]:
        """The names of all reporters, in order."""
        return sorted(name for plugin in self.plugins for name in plugin.reporters)

    @property
    def broken(self) -> list[Plugin]:
        """The plugins with something wrong."""
        return [plugin for plugin in self.plugins if plugin.troubles]


def normal(name: str) -> str:
    """Return the name of a distribution in the form in which names are compared (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def load_plugins(configuration: Configuration, found: Iterable[EntryPoint] | None = None) -> Plugins:
    """Return the installed plugins, loaded where the configuration allows them.

    *found* are the entry points to look at, by default those of the group `dualcert`.
    """
    allow, seconds = configuration.plugins.allow, configuration.render.seconds
    allowed = None if allow is None else {normal(name) for name in allow}
    manager = pluggy.PluginManager(hooks.PROJECT)
    manager.add_hookspecs(hooks)
    plugins = []
    points = entry_points(group=hooks.PROJECT) if found is None else found
    for point in sorted(points, key=lambda each: (_distribution(each)[0], each.name)):
        name, version = _distribution(point)
        plugin = Plugin(point.name, name, version, allowed=allowed is None or normal(name) in allowed)
        plugins.append(plugin)
        if plugin.allowed:
            _load(plugin, point, manager, seconds)
    loaded = Plugins(plugins, configuration)
    _refuse_repeated(loaded)
    return loaded


def _distribution(point: EntryPoint) -> tuple[str, str]:
    distribution = point.dist
    return (distribution.name, distribution.version) if distribution else (point.value.partition(":")[0], "?")


def _load(plugin: Plugin, point: EntryPoint, manager: pluggy.PluginManager, seconds: float) -> None:
    """Import the plugin and call each of its hooks, noting what goes wrong."""
    module = _guarded(plugin, "import", point.load, seconds)
    if module is None:
        return
    name = f"{plugin.distribution}:{plugin.name}"
    if _guarded(plugin, "register", lambda: manager.register(module, name), seconds) is None:
        return
    plugin.loaded = True
    _guarded(plugin, "register", manager.check_pending, seconds)  # a hook of an unknown name is a misspelling
    others = [each for each in manager.get_plugins() if each is not module]
    for hook in hooks.HOOKS:
        ask = partial(_listed, manager.subset_hook_caller(hook, others))
        for given in _guarded(plugin, hook, ask, seconds) or ():
            _guarded(plugin, hook, partial(_take, plugin, hook, given), seconds)
    manager.unregister(module)


def _listed(ask: Callable[[], Iterable[Iterable[Any]]]) -> list[Any]:
    """Return what the hook returned as a list; a hook that returns no iterable is refused."""
    return [given for answer in ask() for given in answer]


def _guarded(plugin: Plugin, what: str, call: Callable[[], T], seconds: float) -> T | None:
    """Return what *call* returns; if it raises, exits or takes too long, note it and return None."""
    printed = Printed()
    try:
        with quietly(printed), time_limit(seconds):
            return call()
    except KeyboardInterrupt:
        raise
    except TooLong:
        plugin.troubles.append(Trouble("plugin-too-slow", f"{what}: it took more than {seconds:g} s"))
        return None
    except BaseException as error:  # noqa: BLE001  a plugin may raise anything, SystemExit too
        detail = f"{what}: {type(error).__name__}: {error}"
        plugin.troubles.append(Trouble("plugin-broken", detail, traceback.format_exc()))
        return None
    finally:
        if printed.characters:
            plugin.troubles.append(Trouble("plugin-printed", f"{what}: {printed.characters} characters"))


def _take(plugin: Plugin, hook: str, given: Any) -> None:
    """Keep those results of a hook that fulfil their contract."""
    wanted: Mapping[str, tuple[type[Any], dict[str, Any]]] = {
        "dualcert_reporters": (Reporter, plugin.reporters),
        "dualcert_channels": (Channel, plugin.channels),
    }
    problem = None
    if hook in wanted:
        contract, kept = wanted[hook]
        problem = wrong_about(given, contract)
    else:
        kept = plugin.commands
        problem = None if isinstance(getattr(given, "name", None), str) and callable(given) else "is no click.Command"
    name = getattr(given, "name", None)
    if problem is None and name in kept:
        problem = f"{name} is given twice"
    if problem:
        plugin.troubles.append(Trouble("plugin-contract", f"{hook}: {type(given).__name__} {problem}"))
        return
    kept[str(name)] = given


def wrong_about(given: Any, contract: type[Any]) -> str | None:
    """Return how a reporter or channel breaks its contract, or None."""
    if not isinstance(given, contract):
        return f"is no {contract.__name__}: it lacks one of {', '.join(sorted(_members(contract)))}"
    if not isinstance(given.name, str) or not is_id("item", given.name):
        return "has a name that is not small letters, digits and single hyphens"
    if not isinstance(given.summary, str) or "\n" in given.summary:
        return "has no summary of one line"
    if not isinstance(given.Config, type) or not attrs.has(given.Config):
        return "has a Config that is no attrs class"
    triggers = getattr(given, "triggers", ())
    if not isinstance(triggers, tuple) or not all(isinstance(each, str) for each in triggers):
        return "has triggers that are no tuple of names"
    return None


def _members(contract: type[Any]) -> set[str]:
    return {name for name in vars(contract) if not name.startswith("_")}


def _refuse_repeated(plugins: Plugins) -> None:
    """Keep only the first of several reporters, channels or commands with the same name."""
    for kind in ("reporters", "channels", "commands"):
        owner: dict[str, str] = {}
        for plugin in plugins.plugins:
            given = getattr(plugin, kind)
            for name in [name for name in given if name in owner]:
                del given[name]
                plugin.troubles.append(Trouble("plugin-contract", f"{kind}: {name} is given by {owner[name]} already"))
            owner |= dict.fromkeys(given, plugin.distribution)


def check_configured(plugins: Plugins) -> None:
    """Refuse tables of the configuration that are for no reporter or channel; raises BadConfiguration."""
    known = {"reporter": set(plugins.reporters), "channel": {n for p in plugins.plugins for n in p.channels}}
    for table, names in known.items():
        for name in getattr(plugins.configuration, table).keys() - names:
            raise BadConfiguration(problem=f"{table}.{name}: no such {table} is installed and allowed")
