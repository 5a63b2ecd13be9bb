"""The history of one stream as a decider reads it: its entries, the state after them, and what is looked up in them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import date
from functools import cache
from operator import attrgetter
from typing import Generic, Self

import attrs
from attrs import define, field

from dualcert.domain.aggregate import Aggregate, Complaints, S, StreamState
from dualcert.domain.certificate import CertificateAmended, CertificateGranted, CertificateRenewed
from dualcert.domain.entry import AnyEntry, FactRetracted
from dualcert.values.numbers import canonical_number


@define
class Alike:
    """The entries of one class and one day; their contents are compared only where they are asked for."""

    entries: list[AnyEntry] = field(factory=list)
    _by_content: dict[Hashable, list[AnyEntry]] = field(factory=dict)
    _compared: int = 0
    """How many of the entries are in `_by_content`."""

    def equal(self, draft: AnyEntry) -> Sequence[AnyEntry]:
        """Return the entries whose content is that of *draft*."""
        wanted = content(draft)
        if not _is_hashable(wanted):  # a policy has tables
            return [e for e in self.entries if content(e) == wanted]
        for entry in self.entries[self._compared :]:
            self._by_content.setdefault(content(entry), []).append(entry)
        self._compared = len(self.entries)
        return self._by_content.get(wanted, ())


@define
class Lookups(Generic[S]):
    """What a decider looks up in the entries of a stream."""

    aggregate: Aggregate[S]
    retracted: dict[int, AnyEntry] = field(factory=dict)
    """Version of a retracted fact -> its retraction."""
    commanded: dict[str, AnyEntry] = field(factory=dict)
    """Id of a command -> the first entry that was recorded under it."""
    _alike: dict[tuple[type, date], Alike] = field(factory=dict)
    _last: dict[Hashable, tuple[date, int]] = field(factory=dict)
    """Part of the state -> day and rank of the last effective fact about it."""

    def note(self, entries: Sequence[AnyEntry], all_entries: Sequence[AnyEntry]) -> None:
        """Take *entries*, the newest of *all_entries*, into the look-ups."""
        retracted, alike = len(self.retracted), self._alike
        for entry in entries:
            key = type(entry.fact), entry.on
            (alike.get(key) or alike.setdefault(key, Alike())).entries.append(entry)
            if entry.command_id is not None:
                self.commanded.setdefault(entry.command_id, entry)
            if isinstance(entry.fact, FactRetracted):
                self.retracted[entry.fact.version] = entry
        if len(self.retracted) > retracted:
            self._last.clear()
            entries = all_entries
        for entry in entries:
            if type(entry.fact) is not FactRetracted and entry.version not in self.retracted:
                part, when = self._place(entry)
                self._last[part] = max(self._last.get(part, when), when)

    def equal(self, draft: AnyEntry) -> AnyEntry | None:
        """Return the recorded entry that equals *draft* and was not retracted, or None."""
        alike = self._alike.get((type(draft.fact), draft.on))
        found = alike.equal(draft) if alike else ()
        return next((e for e in found if e.version not in self.retracted), None)

    def come_last(self, drafts: Sequence[AnyEntry]) -> bool:
        """Return whether *drafts* retract nothing and come last in time among the facts about their part of the state."""
        places: dict[Hashable, tuple[date, int]] = {}
        for entry in drafts:
            if type(entry.fact) is FactRetracted:
                return False
            part, when = self._place(entry)
            before = places.get(part) or self._last.get(part)
            if before is not None and when < before:
                return False
            places[part] = when
        return True

    def _place(self, entry: AnyEntry) -> tuple[Hashable, tuple[date, int]]:
        return self.aggregate.part_of(entry), (entry.on, self.aggregate.rank[type(entry.fact)])


SHORT = 8
"""Up to how many entries of a stream the look-ups are made anew each time, which takes less memory than keeping them."""


@define
class History(Generic[S]):
    """The entries of one stream in order of version, with the state that replaying them gives.

    It grows by what is decided, so that deciding many commands on one stream looks at each entry once.
    """

    aggregate: Aggregate[S]
    entries: list[AnyEntry]
    replayed: StreamState[S]
    outside: Complaints | None = None
    """The complaints about the state that come from outside the stream, where they are known."""
    _lookups: Lookups[S] | None = field(init=False, default=None)

    @classmethod
    def of(cls, aggregate: Aggregate[S], entries: Sequence[AnyEntry], replayed: StreamState[S] | None = None) -> Self:
        """Return the history of *entries*; *replayed* is what replaying them gives, where the caller has it already."""
        return cls(aggregate, list(entries), replayed or aggregate.replay(entries))

    def lookups(self) -> Lookups[S]:
        """Return the look-ups in the entries as they are now."""
        if self._lookups is not None:
            return self._lookups
        made = Lookups(self.aggregate)
        made.note(self.entries, self.entries)
        if len(self.entries) > SHORT:
            self._lookups = made
        return made

    def after(self, drafts: Sequence[AnyEntry], lookups: Lookups[S]) -> StreamState[S]:
        """Return what replaying the stream with *drafts* gives; where they come last in time, they are folded on."""
        alone = not self.entries and len(drafts) == 1
        if alone or lookups.come_last(drafts):
            return self.aggregate.fold(self.replayed, drafts)
        return self.aggregate.replay([*self.entries, *drafts])

    def extend(self, drafts: Sequence[AnyEntry], replayed: StreamState[S], outside: Complaints) -> None:
        """Add *drafts*, which were decided, with the state after them and the complaints about it from *outside* the stream."""
        self.entries.extend(drafts)
        if self._lookups is not None:
            self._lookups.note(drafts, self.entries)
        self.replayed, self.outside = replayed, outside


def content(entry: AnyEntry) -> tuple[object, ...]:
    """Return class, day and fields of an entry's fact; spellings of a number that mean the same are made equal."""
    fact = entry.fact
    kind: type = type(fact)
    match fact:
        case CertificateGranted() | CertificateRenewed() | CertificateAmended() if fact.number is not None:
            return kind, entry.on, canonical_number(fact.number), _fields(kind, "number")(fact)
        case FactRetracted():
            return kind, entry.on, _fields(kind, "replaced_by")(fact)
    return kind, entry.on, fact


@cache
def _fields(fact: type, without: str) -> Callable[[object], object]:
    """Return what reads all fields of a class of facts but one."""
    return attrgetter(*(a.name for a in attrs.fields(fact) if a.name != without))


def _is_hashable(value: object) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True
