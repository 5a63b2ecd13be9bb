"""What a reporter or channel is, and how it is set up, for those who write dualcert.toml."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import attrs

from dualcert.errors import UnknownReporter
from dualcert.reporting.plugins import Plugins
from dualcert.reporting.secrets import Secret
from dualcert.reporting.texts import one_line


def described(plugins: Plugins, name: str) -> dict[str, Any]:
    """Return a reporter or channel as JSON has it: kind, plugin, summary, triggers and `rows`, one for each key.

    Raises UnknownReporter with the names of all reporters and channels.
    """
    for kind in ("reporter", "channel"):
        for plugin in plugins.plugins:
            given = plugin.given(kind).get(name)
            if given is not None:
                return {
                    "kind": kind, "name": name, "plugin": plugin.distribution, "version": plugin.version,
                    "summary": given.summary, "about": one_line(inspect.getdoc(given.Config) or ""),
                    "triggers": list(getattr(given, "triggers", ())), "rows": list(_keys(given.Config)),
                }  # fmt: skip
    raise UnknownReporter(reporter=name, known=(*plugins.reporters, *plugins.channels))


def _keys(config: type[Any]) -> Iterator[dict[str, Any]]:
    """Yield key, type and default of each field; a default that is a secret is not shown."""
    for attribute in attrs.fields(config):
        kind = attribute.type if isinstance(attribute.type, str) else inspect.formatannotation(attribute.type)
        if attribute.default is attrs.NOTHING:
            default = None
        elif isinstance(attribute.default, attrs.Factory):  # type: ignore[arg-type]  # it is a class at run time
            default = "…"
        else:
            default = "***" if isinstance(attribute.default, Secret) else repr(attribute.default)
        yield {"key": attribute.name, "type": one_line(kind), "default": default and one_line(default)}
