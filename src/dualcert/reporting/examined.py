"""The process in which the doctor loads one plugin: it reads what to load from standard input, and answers what is wrong."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any

import msgspec

from dualcert.errors import BadConfiguration
from dualcert.reporting.configuration import Configuration, RenderConfig, typed
from dualcert.reporting.examining import Found, LoadAnswer, LoadTask
from dualcert.reporting.isolated import kept_apart, points_named
from dualcert.reporting.plugins import Plugin, load_plugins
from dualcert.reporting.secrets import Secret, is_reference


def main() -> None:
    """Read what to load, load it, and write what was found."""
    asked = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=LoadTask)
    answer = kept_apart()
    files = (asked.distribution,) if asked.file else ()
    points = () if asked.file else points_named(asked.plugin, asked.distribution)
    loaded = load_plugins(Configuration(render=RenderConfig(seconds=asked.seconds), files=files), points)
    found = [trouble for plugin in loaded.plugins for trouble in _troubles(plugin, asked)]
    names = {kind: [n for p in loaded.plugins for n in p.given(kind)] for kind in ("reporter", "channel", "command")}
    answer.write(asked.token + msgspec.json.encode(LoadAnswer(troubles=found, names=names)))
    answer.flush()
    os._exit(0)  # threads that the plugin left running end here


def _troubles(plugin: Plugin, asked: LoadTask) -> list[Found]:
    """Return what is wrong with a plugin, and with what it is configured with."""
    found = [Found(each.code, each.detail, each.traceback) for each in plugin.troubles]
    for kind, tables in (("reporter", asked.reporters), ("channel", asked.channels)):
        for name, given in plugin.given(kind).items():
            place, table = f"{kind}.{name}", tables.get(name)
            try:
                typed(place, _with_secrets(table or {}, given.Config, kind), given.Config)
            except BadConfiguration as refusal:
                unused = table is None and place not in asked.used
                found.append(Found("not-set-up" if unused else refusal.code, f"{refusal}"))
    return found


def _with_secrets(table: Mapping[str, Any], config: type[Any], kind: str) -> dict[str, Any]:
    """Return a table with something in the place of secrets, which are looked up elsewhere; without the host's own key."""
    import attrs

    own = {attribute.name for attribute in attrs.fields(config)}
    kept = {key: value for key, value in table.items() if key in own or key != "channel" or kind != "reporter"}
    return {key: Secret("-") if is_reference(value) else value for key, value in kept.items()}


if __name__ == "__main__":
    main()
