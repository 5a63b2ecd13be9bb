"""Plugins: found by their distributions, allowed before anything of them is imported, loaded one by one.

If something is wrong with a plugin, it is noted, and only that plugin is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial
from importlib.metadata import Distribution, EntryPoint, entry_points
from typing import Any, TypeVar

import attrs
import pluggy
from attrs import define, evolve, field, frozen

from dualcert.domain.names import NAMES
from dualcert.errors import BadConfiguration, DualcertError, GiverBroken, NameContested, UnknownChannel, UnknownReporter
from dualcert.reporting import hooks
from dualcert.reporting.channels import Channel
from dualcert.reporting.configuration import Configuration, normal
from dualcert.reporting.onefile import VERSION, FilePlugin
from dualcert.reporting.quiet import Printed, quietly
from dualcert.reporting.reporters import Reporter
from dualcert.reporting.texts import Discretion, error_place, error_text, one_line
from dualcert.reporting.timelimit import TooLong, time_limit
from dualcert.telemetry import logger
from dualcert.values.ids import is_id
from dualcert.values.text import text_problem

LOG = logger("plugins")
T = TypeVar("T")
Point = EntryPoint | FilePlugin
"""Where a plugin is loaded from."""
TRIGGERS = frozenset({"daily", "monthly", *NAMES})
"""What a reporter can be asked after: a day, a month, or a fact of one of the stored names."""
KINDS = ("reporter", "channel", "command")
"""What plugins give."""
SUMMARY_LIMIT = 200
"""The most characters of a summary."""
DETAIL_LIMIT = 500
"""The most characters of a sentence about what is wrong."""
SECRETS = Discretion()
"""Takes out of texts what looks like an address, and the secrets of the configuration."""


def _told(text: str) -> str:
    return SECRETS(text)[:DETAIL_LIMIT]


def _kept(text: str) -> str:
    return SECRETS.kept(text)


@frozen
class Trouble:
    """What went wrong with a plugin: a stable code, a sentence, and the traceback for its author."""

    code: str
    detail: str = field(converter=_told)
    traceback: str = field(default="", repr=False, converter=_kept)
    refused: bool = False
    """Whether the books refused the question: no fault of the plugin."""
    refusal: DualcertError | None = field(default=None, repr=False, eq=False)

    def about_nobody(self, discretion: Discretion) -> Trouble:
        """Return the trouble without the people whom *discretion* keeps out of texts."""
        return evolve(self, detail=discretion(self.detail), traceback=discretion.kept(self.traceback))


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
    source: str | None = field(default=None, repr=False)
    """What is in the file, of a plugin that is no distribution."""

    def given(self, kind: str) -> dict[str, Any]:
        """Return what it gives of a kind (reporter, channel, command), by name."""
        found: dict[str, Any] = getattr(self, f"{kind}s")
        return found

    @property
    def may_lack(self) -> bool:
        """Whether something that it gives may be missing, because something is wrong with it; printing costs nothing."""
        return any(trouble.code != "plugin-printed" for trouble in self.troubles)


@define
class Plugins:
    """The plugins of this installation, in order of distribution and name."""

    plugins: list[Plugin]
    configuration: Configuration

    contested: dict[str, tuple[str, ...]] = field(factory=dict)
    """The names that several plugins give (`reporter.bulletin`) -> their distributions; such a name is given by none."""

    def reporter(self, name: str) -> tuple[Plugin, Reporter]:
        """Return the reporter *name* and its plugin; raises UnknownReporter, NameContested, GiverBroken."""
        plugin = self._giver("reporter", name)
        if plugin is None:
            raise UnknownReporter(reporter=name, known=tuple(self.reporters))
        return plugin, plugin.reporters[name]

    def channel(self, name: str) -> Channel:
        """Return the channel *name*; raises UnknownChannel, NameContested, GiverBroken."""
        plugin = self._giver("channel", name)
        if plugin is None:
            raise UnknownChannel(channel=name, known=self.channels)
        return plugin.channels[name]

    def command(self, name: str) -> tuple[Plugin, Any] | None:
        """Return the command *name* and its plugin, or None; raises NameContested, GiverBroken."""
        plugin = self._giver("command", name)
        return (plugin, plugin.commands[name]) if plugin else None

    def _giver(self, kind: str, name: str) -> Plugin | None:
        """Return the plugin that gives that, or None; raises NameContested, GiverBroken."""
        for plugin in self.plugins:
            if name in plugin.given(kind):
                return plugin
        if f"{kind}.{name}" in self.contested:
            raise NameContested(kind=kind, name=name, plugins=self.contested[f"{kind}.{name}"])
        broken = tuple(plugin.distribution for plugin in self.plugins if plugin.may_lack)
        if broken:
            raise GiverBroken(kind=kind, name=name, plugins=broken)
        return None

    @property
    def channels(self) -> tuple[str, ...]:
        """The names of all channels, in order."""
        return tuple(sorted(name for plugin in self.plugins for name in plugin.channels))

    @property
    def reporters(self) -> list[str]:
        """The names of all reporters, in order."""
        return sorted(name for plugin in self.plugins for name in plugin.reporters)

    @property
    def broken(self) -> list[Plugin]:
        """The plugins with something wrong; one that only printed while it was loaded works."""
        return [plugin for plugin in self.plugins if plugin.may_lack]


def load_plugins(configuration: Configuration, found: Iterable[Point] | None = None) -> Plugins:
    """Return the installed plugins, loaded where the configuration allows them.

    *found* are the entry points to look at, by default those of the group `dualcert`; the files that the configuration
    names for this run come after them.
    """
    seconds = configuration.render.seconds
    manager = pluggy.PluginManager(hooks.PROJECT)
    manager.add_hookspecs(hooks)
    plugins = []
    for point in points_of(configuration, found):
        name, version = distribution_of(point)
        plugin = Plugin(point.name, name, version, allowed=is_allowed(point, configuration))
        plugins.append(plugin)
        if plugin.allowed:
            _load(plugin, point, manager, seconds)
    loaded = Plugins(plugins, configuration)
    _settle_contested(loaded)
    for each in plugins:
        for trouble in each.troubles:
            LOG.warning("plugin %s: %s", each.distribution, trouble.code)
    return loaded


def points_of(configuration: Configuration, found: Iterable[Point] | None = None) -> list[Point]:
    """Return the entry points of plugins in order of distribution and name, and the files named for this run after them."""
    points = entry_points(group=hooks.PROJECT) if found is None else found
    ordered = sorted(points, key=lambda each: (distribution_of(each)[0], each.name))
    return [*ordered, *(FilePlugin(file) for file in dict.fromkeys(configuration.files))]


def is_allowed(point: Point, configuration: Configuration) -> bool:
    """Return whether a plugin may be loaded: a file, because it was named; a distribution as the configuration says."""
    return isinstance(point, FilePlugin) or configuration.plugins.standing(distribution_of(point)[0]) == "on"


def distribution_of(point: Point) -> tuple[str, str]:
    """Return the name and version of the distribution of an entry point; of a file its path."""
    if isinstance(point, FilePlugin):
        return point.path, VERSION
    return _name_and_version(point.dist) if point.dist else (point.value.partition(":")[0], "?")


@lru_cache(maxsize=256)
def _name_and_version(distribution: Distribution) -> tuple[str, str]:
    metadata = distribution.metadata  # parsed each time, with the whole description
    return metadata["Name"], metadata["Version"]


def _load(plugin: Plugin, point: Point, manager: pluggy.PluginManager, seconds: float) -> None:
    """Import the plugin and call each of its hooks, noting what goes wrong."""
    if isinstance(point, FilePlugin):
        file = _guarded(plugin, "import", point.read, seconds)
        if file is None:
            return
        point, plugin.source = file, file.source
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
        ask = partial(_listed, hook, manager.subset_hook_caller(hook, others))
        for given in _guarded(plugin, hook, ask, seconds) or ():
            _guarded(plugin, hook, partial(_take, plugin, hook, given), seconds)
    if not any(each.plugin is module for hook in hooks.HOOKS for each in getattr(manager.hook, hook).get_hookimpls()):
        plugin.troubles += _no_hook(plugin)
    manager.unregister(module)


def _no_hook(plugin: Plugin) -> list[Trouble]:
    """Return the trouble of a module that implements no hook, unless something else is wrong with it already."""
    if any(trouble.code != "plugin-printed" for trouble in plugin.troubles):
        return []
    return [Trouble("plugin-contract", f"{plugin.name} implements no hook: is @hookimpl missing?")]


class _ContractError(Exception):
    """What a hook returned is not what hooks return."""


def _listed(hook: str, ask: pluggy.HookCaller) -> list[Any]:
    """Return what the hook returned as a list, an empty one for None; refuse what is not iterable."""
    answers = ask()
    if ask.get_hookimpls() and not answers:
        raise _ContractError(f"{hook} gave None, no list")
    given: list[Any] = []
    for answer in answers:
        if not isinstance(answer, Iterable):
            raise _ContractError(f"{hook} gave {type(answer).__name__}, no list")
        given += answer
    return given


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
    except _ContractError as wrong:
        plugin.troubles.append(Trouble("plugin-contract", str(wrong)))
        return None
    except BaseException as error:  # noqa: BLE001  a plugin may raise anything, SystemExit too
        plugin.troubles.append(Trouble("plugin-broken", f"{what}: {error_text(error)}", error_place(error)))
        return None
    finally:
        if printed.characters:
            plugin.troubles.append(
                Trouble("plugin-printed", f"{what}: {printed.characters} characters: {printed.beginning}")
            )


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
    if isinstance(given, type):
        return f"is a class, and no instance: give {given.__name__}()"
    if not isinstance(given, contract):
        return f"is no {contract.__name__}: it lacks one of {', '.join(sorted(_members(contract)))}"
    if not isinstance(given.name, str) or not is_id("item", given.name):
        return "has a name that is not small letters, digits and single hyphens"
    if not isinstance(given.summary, str) or text_problem(given.summary, SUMMARY_LIMIT):
        return "has no summary of one line"
    if not isinstance(given.Config, type) or not attrs.has(given.Config):
        return "has a Config that is no attrs class"
    return _wrong_triggers(getattr(given, "triggers", ()))


def _wrong_triggers(triggers: object) -> str | None:
    """Return what is wrong with triggers, or None; one that never comes is a slip."""
    if not isinstance(triggers, tuple) or not all(isinstance(each, str) for each in triggers):
        return "has triggers that are no tuple of names"
    unknown = [one_line(each) for each in triggers if each not in TRIGGERS]
    if unknown:
        known = "daily, monthly, and stored names of facts such as county.delisted"
        return f"has triggers that never come: {', '.join(unknown)}; there are {known}"
    return None


def _members(contract: type[Any]) -> set[str]:
    return {name for name in vars(contract) if not name.startswith("_")}


def _settle_contested(plugins: Plugins) -> None:
    """Leave a name that several plugins give to the owner that the configuration names, and otherwise to none.

    A plugin that takes the name of another's reporter could write another office's letters.
    """
    for kind in KINDS:
        givers: dict[str, list[Plugin]] = {}
        for plugin in plugins.plugins:
            for name in plugin.given(kind):
                givers.setdefault(name, []).append(plugin)
        for name, several in givers.items():
            owner = normal((plugins.configuration.plugins.owners or {}).get(f"{kind}.{name}", ""))
            owned = [plugin for plugin in several if normal(plugin.distribution) == owner]
            if len(several) > 1 and len(owned) != 1:
                plugins.contested[f"{kind}.{name}"] = tuple(plugin.distribution for plugin in several)
            for plugin in several if len(several) > 1 else ():
                if owned != [plugin]:
                    del plugin.given(kind)[name]


def check_configured(plugins: Plugins) -> None:
    """Refuse tables of the configuration that are for no reporter or channel; raises BadConfiguration.

    Where an installed plugin is off, what it would have given is not known, so that nothing has to be taken out for it.
    """
    standing = plugins.configuration.plugins.standing
    if any(not plugin.allowed and standing(plugin.distribution) == "off" for plugin in plugins.plugins):
        return
    for kind in ("reporter", "channel"):
        given = {name for plugin in plugins.plugins for name in plugin.given(kind)}
        contested = {each.removeprefix(f"{kind}.") for each in plugins.contested}
        for name in getattr(plugins.configuration, kind).keys() - given - contested:
            raise BadConfiguration(problem=f"{kind}.{name}: no such {kind} is installed and allowed")
