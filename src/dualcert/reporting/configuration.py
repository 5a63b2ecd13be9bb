"""The configuration `dualcert.toml`: which plugins, how each is set up, how dispatches are sent.

Unknown keys are refused with their place. What a reporter or channel is set up with is its own `Config`
class; secrets are named, never written.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import attrs
import msgspec
from attrs import field, frozen
from attrs.validators import ge, gt, le

from dualcert.documents import toml_of
from dualcert.errors import N_, BadConfiguration, Phrase, shown
from dualcert.files import is_there
from dualcert.reporting.secrets import Secret, is_reference, looked_up

C = TypeVar("C")
Standing = Literal["on", "off", "not allowed"]
"""How the configuration stands to a distribution."""


def normal(name: str) -> str:
    """Return the name of a distribution in the form in which names are compared (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


INSTANT, DAY, YEAR, TERABYTE, MOST_ATTEMPTS = 0.01, 86_400, 366 * 86_400, 1 << 20, 1_000
"""The least and the most that limits may be, in seconds and megabytes: beyond them no clock and no system can count."""
DEFAULT = "dualcert.toml"
VARIABLE = "DUALCERT_CONFIG"


@frozen
class PluginsConfig:
    """Which plugins are loaded: the names of their distributions; without a list, all that are installed.

    Those in `off` are left out, whether they are allowed or not.
    `owners` has the distribution that owns a name which several give: `{"reporter.bulletin" = "dualcert-notice"}`.
    """

    allow: tuple[str, ...] | None = None
    off: tuple[str, ...] | None = None
    owners: Mapping[str, str] | None = None

    def standing(self, distribution: str) -> Standing:
        """Return how a distribution stands: what is off is off, also where it is allowed."""
        name = normal(distribution)
        if name in map(normal, self.off or ()):
            return "off"
        return "on" if self.allow is None or name in map(normal, self.allow) else "not allowed"


@frozen
class RenderConfig:
    """The limits of a reporter: seconds, megabytes of artifacts, and with `--isolate` megabytes of memory."""

    seconds: float = field(default=60.0, validator=[ge(INSTANT), le(DAY)])
    megabytes: int = field(default=64, validator=[gt(0), le(TERABYTE)])
    memory_megabytes: int = field(default=1024, validator=[gt(0), le(TERABYTE)])


@frozen
class DispatchConfig:
    """How dispatches are sent: the channel, the number of attempts, the waits after failures, and the lease of an attempt.

    After a failure the next attempt waits `backoff_seconds`, then twice as long each time, at most
    `backoff_limit_seconds`. An attempt without an outcome after `lease_seconds` is unknown.
    """

    channel: str | None = None
    attempts: int = field(default=6, validator=[gt(0), le(MOST_ATTEMPTS)])
    backoff_seconds: int = field(default=60, validator=[gt(0), le(YEAR)])
    backoff_limit_seconds: int = field(default=6 * 3_600, validator=[gt(0), le(YEAR)])
    lease_seconds: int = field(default=300, validator=[gt(0), le(YEAR)])


@frozen
class Configuration:
    """The values of the file; `place` is its path, or None without a file.

    `files` are plugins named for this run, which no file of configuration turns on.
    """

    place: str | None = None
    files: tuple[str, ...] = ()
    plugins: PluginsConfig = field(factory=PluginsConfig)
    render: RenderConfig = field(factory=RenderConfig)
    dispatch: DispatchConfig = field(factory=DispatchConfig)
    reporter: Mapping[str, Mapping[str, Any]] = field(factory=dict)
    channel: Mapping[str, Mapping[str, Any]] = field(factory=dict)

    def of_reporter(self, name: str, config: type[C]) -> C:
        """Return the configuration of the reporter *name*, as its own class; raises BadConfiguration.

        The key `channel` is the host's, unless the class has a field of that name.
        """
        table = self.reporter.get(name, {})
        own = {attribute.name for attribute in attrs.fields(config)}  # type: ignore[arg-type]
        return typed(f"reporter.{name}", {k: v for k, v in table.items() if k in own or k != "channel"}, config)

    def channel_of(self, reporter: str) -> str | None:
        """Return the channel of a reporter's messages: its own, or that of all; raises BadConfiguration."""
        own = self.reporter.get(reporter, {}).get("channel", self.dispatch.channel)
        if own is not None and not isinstance(own, str):
            raise BadConfiguration(problem=Phrase(N_("{place}: it is no text"), place=f"reporter.{reporter}.channel"))
        return own

    def of_channel(self, name: str, config: type[C]) -> C:
        """Return the configuration of the channel *name*, as its own class; raises BadConfiguration."""
        return typed(f"channel.{name}", self.channel.get(name, {}), config)


_TABLES: Mapping[str, type[Any]] = {
    "plugins": PluginsConfig,
    "render": RenderConfig,
    "dispatch": DispatchConfig,
}


def load_configuration(path: Path | None = None) -> Configuration:
    """Return the configuration in *path*, by default $DUALCERT_CONFIG or `dualcert.toml` here; empty without a file.

    Raises BadConfiguration with the place: a file that is named and not there, an unknown key, a wrong type.
    """
    named = path or (Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None)
    place = named or Path(DEFAULT)
    if named is None and not is_there(place):
        return Configuration()
    try:
        document = toml_of(place.read_bytes())
    except OSError as error:
        raise BadConfiguration(problem=f"{place}: {error.strerror}") from None
    except ValueError as error:
        raise BadConfiguration(problem=f"{place}: {error}") from None
    tables: dict[str, Any] = {}
    for name, table in document.items():
        if name in _TABLES:
            tables[name] = typed(name, table, _TABLES[name])
        elif name in {"reporter", "channel"} and _is_tables(table):
            tables[name] = table
        else:
            raise BadConfiguration(problem=Phrase(N_("{place}: there is no key {key}"), place=str(place), key=name))
    return Configuration(place=str(place), **tables)


def _is_tables(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(each, dict) for each in value.values())


def typed(place: str, table: Any, config: type[C]) -> C:
    """Return *table* as the attrs class *config*; raises BadConfiguration with the place of the mistake.

    Unknown keys are refused, so is a field without a default that is not given. A `Secret` is looked up.
    """
    if not isinstance(table, Mapping):
        raise BadConfiguration(problem=Phrase(N_("{place}: it is no table"), place=place))
    known = {attribute.name: attribute for attribute in attrs.fields(config)}  # type: ignore[arg-type]
    for key in table.keys() - known.keys():
        names = ", ".join(sorted(known)) or "-"
        raise BadConfiguration(problem=Phrase(N_("{place}: there is no key {key}; there are {known}"), place=place,
                                              key=key, known=names))  # fmt: skip
    values = {key: looked_up(f"{place}.{key}", value) if is_reference(value) else value for key, value in table.items()}
    _check_words(place, values, config)
    try:
        return msgspec.convert(values, config, dec_hook=_as_is)
    except (msgspec.ValidationError, TypeError, ValueError) as error:
        raise BadConfiguration(problem=f"{place}: {error}") from None


def _check_words(place: str, values: Mapping[str, Any], config: type[Any]) -> None:
    """Refuse a secret that is written into the file, and a word that its field does not allow; say what may stand there."""
    try:
        hints = get_type_hints(config)
    except NameError:
        return  # a type that only a type checker sees
    for key, value in values.items():
        kinds = _kinds(hints.get(key))
        if Secret in kinds and value is not None and not isinstance(value, Secret):
            looked_up(f"{place}.{key}", None)  # which says what a secret is
        words = [word for kind in kinds for word in _words(kind)]
        if words and isinstance(value, str) and str not in kinds and value not in words:
            raise BadConfiguration(problem=Phrase(N_("{place}: {value} is none of {words}"), place=f"{place}.{key}",
                                                  value=shown(value), words=", ".join(map(str, words))))  # fmt: skip


def _kinds(hint: Any) -> tuple[Any, ...]:
    """Return the types that a field may have, a union's each by itself."""
    return get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)


def _words(kind: Any) -> tuple[Any, ...]:
    """Return the values of an enumeration or a literal type; of any other type none."""
    if isinstance(kind, type) and issubclass(kind, Enum):
        return tuple(each.value for each in kind)
    return get_args(kind) if get_origin(kind) is Literal else ()


def _as_is(kind: type, value: Any) -> Any:
    """Accept a secret that was looked up; a secret written into the configuration is refused."""
    if kind is Secret and not isinstance(value, Secret):
        raise ValueError('a secret is {env = "NAME"} or {file = "PATH"}')
    return value
