"""Looking through a whole log: what every row is, that nothing is missing, and that it is what it was at an earlier look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import sha256

from attrs import define, field, frozen

from dualcert import errors
from dualcert.collector import paused_collector
from dualcert.domain.entry import LOG_STREAM, AnyEntry, FactRetracted
from dualcert.errors import N_, Phrase, shown
from dualcert.integrity.merkle import TILE, Tree, leaf_bytes, leaf_hash
from dualcert.store.codec import Decode
from dualcert.store.log import Bookmark, EventLog
from dualcert.store.rows import Row
from dualcert.values.ids import FORMS, is_id, kind_of

LookProgress = Callable[[int], None]

BEGINNING = datetime.min.replace(tzinfo=UTC)


@frozen
class Fault:
    """The first thing that is wrong: at this position of the log, with the fact of this id, if it has one."""

    position: int
    fact: str
    problem: str


@frozen
class Looked:
    """What a look through a log found: the tree of its facts up to the first fault, and that fault, if there is one.

    `compared` is how many facts were compared with the tree that was kept at an earlier look.
    """

    tree: Tree
    compared: int
    fault: Fault | None = None

    def sound(self, store: str) -> Tree:
        """Return the tree; raises NotSound if there is a fault."""
        if self.fault:
            raise errors.NotSound(
                store=store, position=self.fault.position, fact=self.fault.fact, problem=self.fault.problem
            )
        return self.tree


def look_through(log: EventLog, kept: Tree | None = None, progress: LookProgress | None = None) -> Looked:
    """Return what a look through the whole *log* finds, compared with the tree that was *kept* at an earlier one.

    Every row is read as it is stored: its names, its kind, its version, its state, its instant, what it refers to.
    Damaged rows are a fault, not an error.

    Raises:
        StoreUnusable: the store cannot be read.
    """
    look = _Look(log, kept or Tree())
    with paused_collector():
        fault = look.through(progress) or look.end()
    return Looked(look.tree, min(look.tree.size, look.kept.size), fault)


@define
class _Look:
    """How far a look has come: the tree so far, the newest version of each stream, and what was referred to."""

    log: EventLog
    kept: Tree
    tree: Tree = field(factory=Tree)
    versions: defaultdict[str, dict[str, int]] = field(factory=lambda: defaultdict(dict))
    """Kind of stream -> stream -> its newest version."""
    known: dict[str, tuple[Decode, dict[str, int] | None]] = field(factory=dict)
    """Topic -> its decoder, and the versions of the streams that it belongs into; None: into any stream."""
    newest: datetime = BEGINNING
    awaited: list[tuple[int, str, int]] = field(factory=list)
    """Retractions whose replacement comes after them: position, stream, version."""

    def through(self, progress: LookProgress | None) -> Fault | None:
        """Look through the pages of the log, and row by row through one that cannot be read whole; return the first fault."""
        after = Bookmark()
        for limit in (None, 1):
            try:
                for behind, rows in self.log.rows(after, limit):
                    fault = self.at(rows)
                    if fault:
                        return fault
                    after = behind
                    if progress:
                        progress(len(rows))
            except errors.StoreDamaged as damaged:
                if damaged.store != self.log.url.shown:  # the tree beside it
                    raise
                problem = damaged.problem
            else:
                return None
        return Fault(self.tree.size + 1, "", problem)

    def end(self) -> Fault | None:
        """Return what is missing after the last row: facts that were kept, or the replacement of a corrected fact."""
        missing = self.kept.size - self.tree.size
        if missing > 0:
            return Fault(self.tree.size + 1, "", Phrase(N_("{n} facts are missing at the end"), n=missing))
        return self.dangling()

    def at(self, rows: Sequence[Row]) -> Fault | None:
        """Add a page of the log; return its first fault."""
        before = self.tree.size
        hashes, fault = self._hashes(rows)
        same = _same(hashes, before, self.kept)
        if same < len(hashes):
            self.kept.check((before + same) // TILE)  # or the tree was changed, not the log
            _, stream, version, _, _ = rows[same]
            fault = Fault(before + same + 1, f"{stream}@{version}", N_("it is not the fact that was here"))
            del hashes[same:]
        self.tree.extend(hashes)
        return fault

    def _hashes(self, rows: Sequence[Row]) -> tuple[list[bytes], Fault | None]:
        """Return the hashes of the sound rows up to the first that is not, and what is wrong with that one."""
        known, hashed, retracted = self.known, sha256, FactRetracted
        hashes: list[bytes] = []
        add = hashes.append
        position = self.tree.size
        stream, version, topic, newest = "", 0, "", self.newest
        try:
            for _, stream, version, topic, state in rows:
                position += 1
                decode, versions = known.get(topic) or self._known(topic)
                entry = decode(state)
                if versions is None:
                    versions = self.versions[kind_of(stream)]
                before = versions.get(stream, 0)
                if not before:  # so a stream among the versions of a kind is of that kind
                    _check_names(stream, topic, position)
                if version != before + 1:
                    raise ValueError(f"version {version} comes after version {before}")  # noqa: TRY301  the way out of the loop
                recorded = entry.recorded_at
                if recorded < newest:
                    raise ValueError("it was recorded before the fact before it")  # noqa: TRY301  the way out of the loop
                newest = recorded
                if type(entry.fact) is retracted:
                    self._refers(entry, position, stream, version)
                versions[stream] = version
                # as `leaf_hash` of `leaf_bytes`, whose look at the names `_check_names` has done
                add(hashed(f"\0{position} {stream} {version} {topic}\n".encode() + state).digest())
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001  damaged bytes can make a decoder raise any error
            return hashes, Fault(position, shown_id(stream, version), _why(error, topic))
        self.newest = newest
        return hashes, None

    def _known(self, topic: str) -> tuple[Decode, dict[str, int] | None]:
        """Return how a topic is read, and the versions of the streams that it belongs into; raises KeyError."""
        decode, kind = self.log.codec.decoders[topic], topic.partition(".")[0]
        found = self.known[topic] = decode, None if kind == "fact" else self.versions[kind]
        return found

    def _refers(self, entry: AnyEntry, position: int, stream: str, version: int) -> None:
        """Raise ValueError if a retraction refers to no earlier fact; remember the replacement that is to come."""
        fact = entry.fact
        assert isinstance(fact, FactRetracted)
        if not 1 <= fact.version < version:
            raise ValueError(f"it retracts version {fact.version}, which is not before it")
        if fact.replaced_by is not None and fact.replaced_by != version:
            self.awaited.append((position, stream, fact.replaced_by))

    def dangling(self) -> Fault | None:
        """Return the first retraction whose replacement is not in the log."""
        for position, stream, version in self.awaited:
            if not 1 <= version <= self.versions[kind_of(stream)][stream]:
                problem = Phrase(N_("its replacement, version {version}, is missing"), version=version)
                return Fault(position, stream, problem)
        return None


def leaf_hashes(rows: Sequence[Row], before: int) -> list[bytes]:
    """Return the hashes of rows that come after the first *before* ones; raises StoreDamaged if one cannot be a fact."""
    try:
        return [
            leaf_hash(leaf_bytes(position, stream, version, topic, state))
            for position, (_, stream, version, topic, state) in enumerate(rows, before + 1)
        ]
    except (TypeError, ValueError) as error:
        raise errors.StoreDamaged(store="log", problem=str(error)) from error


def _same(hashes: Sequence[bytes], before: int, kept: Tree) -> int:
    """Return how many of the *hashes*, which follow the first *before* ones, are those that were kept."""
    at, end = before, min(before + len(hashes), kept.size)
    while at < end:
        tile, first = divmod(at, TILE)
        upto = min(TILE, first + end - at)
        known, found = kept.leaves(tile)[first:upto], hashes[at - before : at - before + upto - first]
        if list(known) != list(found):
            return at - before + next(n for n, pair in enumerate(zip(known, found, strict=True)) if pair[0] != pair[1])
        at += upto - first
    return len(hashes)


def _check_names(stream: str, topic: str, position: int) -> None:
    """Raise ValueError where a stream has no id of its kind, or a fact is in a stream of another kind."""
    kind, of = topic.partition(".")[0], kind_of(stream)
    if kind not in {"fact", of}:
        raise ValueError(f"{topic} does not belong into this stream")
    first = stream == LOG_STREAM
    if first != (position == 1) or not (first or (of in FORMS and is_id(of, stream))):
        raise ValueError("the name of the stream is none that belongs here")


def _why(error: Exception, topic: object) -> str:
    if isinstance(error, KeyError):
        return Phrase(N_("the unknown name {name}"), name=shown(topic))
    return f"{type(error).__name__}: {error}" if not isinstance(error, ValueError) else str(error)


def shown_id(stream: object, version: object) -> str:
    """Return the id of a fact, or what stands in its place, for a message."""
    return f"{stream}@{version}" if isinstance(stream, str) and stream.isprintable() else shown(stream)
