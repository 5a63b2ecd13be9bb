"""Facts to bytes and back: JSON written once, read by one look-up in the closed list of names."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, partial
from typing import Any

import attrs
import msgspec

from dualcert.domain.entry import AnyEntry, Entry
from dualcert.domain.names import NAMES, Name
from dualcert.errors import DualcertError, StoreDamaged, UnknownFactName, WrittenByNewer

Decode = Callable[[bytes], AnyEntry]

_VERSIONED = re.compile(r"(?P<name>.+)\.v(?P<version>[1-9]\d*)", re.ASCII)


class _Stamp(msgspec.Struct):
    recorded_at: datetime


recorded_at_of: Callable[[bytes], _Stamp] = msgspec.json.Decoder(_Stamp).decode
"""Read only the instant of recording from a stored state."""


@attrs.frozen
class _Earlier:
    """The version of a fact before its newest: its topic, a class as it had, and the fields that it does not have."""

    topic: str
    kind: type
    added: tuple[str, ...]

    @classmethod
    def of(cls, base: str, name: Name) -> _Earlier:
        fields = tuple(each.name for each in attrs.fields(name.fact) if each.name not in name.added)
        # Of a slotted class like the facts, not of a dict: msgspec writes the fields of each in an order of its own.
        kind = attrs.make_class(name.fact.__name__, fields, frozen=True, slots=True)
        return cls(_topic(base, name.version - 1), kind, name.added)

    def holds(self, fact: object) -> bool:
        return all(getattr(fact, name) is None for name in self.added)

    def of_fact(self, fact: object) -> object:
        return self.kind(**{each.name: getattr(fact, each.name) for each in attrs.fields(self.kind)})


class Decoders(dict[str, Decode]):
    """Stored name -> its decoder, which is made when the first fact of that name is read: a question meets few of them."""

    def __init__(self, makers: Mapping[str, Callable[[], Decode]]) -> None:
        super().__init__()
        self.makers = makers

    def __missing__(self, topic: str) -> Decode:
        made = self[topic] = self.makers[topic]()
        return made


@attrs.frozen
class Codec:
    """How the facts of *names* are stored.

    `topics` maps a fact's class to the name it is written under, `decoders` every readable name to its
    decoder. A name that is not there is refused; nothing is imported or guessed from it. `earlier` has the classes
    whose facts are written under the name of the version before where they leave out all that is new.
    """

    names: Mapping[str, Name]
    topics: Mapping[type, str]
    decoders: Decoders
    earlier: Mapping[type, _Earlier]

    @classmethod
    def of(cls, names: Mapping[str, Name]) -> Codec:
        """Return the codec of *names*."""
        makers: dict[str, Callable[[], Decode]] = {}
        for base, name in names.items():
            makers[_topic(base, name.version)] = partial(_newest, name)
            for version in range(1, name.version):
                makers[_topic(base, version)] = partial(_older, name, version)
        topics = {name.fact: _topic(base, name.version) for base, name in names.items()}
        earlier = {name.fact: _Earlier.of(base, name) for base, name in names.items() if name.added}
        return cls(names, topics, Decoders(makers), earlier)

    def encode(self, entry: AnyEntry) -> tuple[str, bytes]:
        """Return the topic and the state bytes of *entry*."""
        kind, fact = type(entry.fact), entry.fact
        topic = self.topics[kind]
        if kind in self.earlier and self.earlier[kind].holds(fact):
            topic, fact = self.earlier[kind].topic, self.earlier[kind].of_fact(fact)
        state = {
            "on": entry.on,
            "by": entry.by,
            "source": entry.source,
            "command_id": entry.command_id,
            "recorded_at": entry.recorded_at,
            "data": fact,
        }
        return topic, msgspec.json.encode(state)

    def decode(self, stream: str, version: int, topic: str, state: bytes, position: int = 0) -> AnyEntry:
        """Return the entry of a stored row; raises the error that `refusal` returns."""
        try:
            entry = self.decoders[topic](state)
        except MemoryError:
            raise
        except Exception as error:  # damaged bytes can make a decoder raise any error
            raise self.refusal(error, "log", f"{stream}@{version}", topic) from error
        entry.stream, entry.version, entry.position = stream, version, position
        return entry

    def refusal(self, error: Exception, store: str, fact: str, topic: str) -> DualcertError:
        """Return why the row of *fact* cannot be read: a newer name, an unknown one, or damaged bytes."""
        if topic in self.decoders.makers or type(topic) is not str:  # in a damaged file it may be anything
            return StoreDamaged(store=store, problem=f"{fact}: {error}")
        versioned = _VERSIONED.fullmatch(topic)
        if versioned and versioned["name"] in self.names:
            return WrittenByNewer(store=store, name=topic)
        return UnknownFactName(store=store, fact=fact, name=topic)


@cache
def codec() -> Codec:
    """Return the codec of this dualcert's names."""
    return Codec.of(NAMES)


def _topic(base: str, version: int) -> str:
    return base if version == 1 else f"{base}.v{version}"


def _newest(name: Name) -> Decode:
    return msgspec.json.Decoder(Entry[name.fact]).decode  # type: ignore[name-defined]


def _older(name: Name, version: int) -> Decode:
    return partial(_upcast, name, version)


def _upcast(name: Name, version: int, state: bytes) -> AnyEntry:
    """Return the entry of an older version; its bytes in the log stay as they are."""
    document: dict[str, Any] = msgspec.json.decode(state)
    for upcaster in name.upcasters[version - 1 :]:
        document["data"] = upcaster(document["data"])
    entry: AnyEntry = msgspec.convert(document, Entry[name.fact])  # type: ignore[name-defined]
    return entry
