"""The tree of hashes over a log, as RFC 6962 and RFC 9162 define it: pure functions of bytes.

A leaf is one fact as it is stored, at its position. The root of the first *n* leaves depends on every byte of
them and on their order, and two short lists of hashes prove that a fact is in a tree (inclusion) and that one tree
begins with another (consistency).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

HASH_BYTES = 32
TILE = 256
"""Leaves whose common root is kept, so that no question hashes all leaves again."""
EMPTY = sha256(b"").digest()
"""The root of no leaves."""

LeafPage = Callable[[int], Sequence[bytes]]

_HEAD = "%d %s %d %s\n"  # %d refuses what is not a number


def leaf_bytes(position: int, stream: str, version: int, topic: str, state: bytes) -> bytes:
    """Return the canonical form of a fact: `POSITION STREAM VERSION NAME`, a line break, and the state as it is stored.

    No name of ours has a blank or a line break, so two facts never have the same form. Raises ValueError for
    such a name.
    """
    head = (_HEAD % (position, stream, version, topic)).encode()
    if head.count(b" ") != 3 or head.count(b"\n") != 1:
        raise ValueError("a name has a blank or a line break")
    return head + state


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of a leaf."""
    return sha256(b"\0" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return sha256(b"\1" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Return the root over *hashes* of leaves, or of whole subtrees of one size."""
    if not hashes:
        return EMPTY
    row, hashed = list(hashes), sha256
    while len(row) > 1:
        above = [hashed(b"\1" + row[i] + row[i + 1]).digest() for i in range(0, len(row) - 1, 2)]
        if len(row) % 2:
            above.append(row[-1])  # the last one of an uneven row goes up as it is, which is the RFC's split
        row = above
    return row[0]


class Tree:
    """The hashes of the first `size` facts, in tiles of 256; leaves of whole tiles may be fetched when they are asked for."""

    def __init__(self, tiles: Iterable[bytes] = (), rest: Iterable[bytes] = (), fetch: LeafPage | None = None) -> None:
        self._roots = list(tiles)
        self._rest = list(rest)
        self._whole: dict[int, Sequence[bytes]] = {}
        self._fetch = fetch

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return len(self._roots) * TILE + len(self._rest)

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add the hashes of further leaves."""
        self._rest.extend(leaves)
        while len(self._rest) >= TILE:
            self._whole[len(self._roots)] = self._rest[:TILE]
            self._roots.append(root_of(self._rest[:TILE]))
            del self._rest[:TILE]

    def leaves(self, tile: int) -> Sequence[bytes]:
        """Return the hashes of the leaves in one tile; the last one may have fewer."""
        if tile == len(self._roots):
            return self._rest
        if tile not in self._whole:
            assert self._fetch is not None
            self._whole[tile] = self._fetch(tile)
        return self._whole[tile]

    def check(self, tile: int) -> None:
        """Raise ValueError if the leaves of a tile do not have its root."""
        if tile < len(self._roots) and root_of(self.leaves(tile)) != self._roots[tile]:
            raise ValueError(f"tile {tile} of the tree does not have its root")

    def root(self, size: int | None = None) -> bytes:
        """Return the root of the first *size* leaves, by default of all; raises ValueError if there are fewer."""
        size = self.size if size is None else size
        if not 0 <= size <= self.size:
            raise ValueError(f"there are {self.size} leaves, not {size}")
        return self._between(0, size) if size else EMPTY

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """Return the hashes that lead from leaf *index* (from 0) to the root of the first *size* leaves."""
        size = self.size if size is None else size
        if not 0 <= index < size <= self.size:
            raise ValueError(f"there is no leaf {index} among {size}")
        path, low, high = [], 0, size
        while high - low > 1:
            cut = low + _split(high - low)
            if index < cut:
                path.append(self._between(cut, high))
                high = cut
            else:
                path.append(self._between(low, cut))
                low = cut
        return path[::-1]

    def consistency(self, old: int, size: int | None = None) -> list[bytes]:
        """Return the hashes that prove that the first *size* leaves begin with the first *old* ones."""
        size = self.size if size is None else size
        if not 0 < old <= size <= self.size:
            raise ValueError(f"no tree of {size} leaves begins with one of {old}")
        path, low, high, known = [], 0, size, True
        while old != high:
            cut = low + _split(high - low)
            if old <= cut:
                path.append(self._between(cut, high))
                high = cut
            else:
                path.append(self._between(low, cut))
                low, known = cut, False
        return ([] if known else [self._between(low, high)]) + path[::-1]

    def _between(self, low: int, high: int) -> bytes:
        """Return the root of the leaves from *low* to *high*, which begin where a subtree begins."""
        first, last = low // TILE, high // TILE
        if low % TILE or first == last:  # within one tile
            return root_of(self.leaves(first)[low % TILE : high - first * TILE])
        above = self._roots[first:last]
        if high % TILE:
            above.append(root_of(self.leaves(last)[: high % TILE]))
        return root_of(above)


def _split(size: int) -> int:
    """Return the greatest power of two below *size*."""
    return 1 << (size - 1).bit_length() - 1


def root_of_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root to which leaf hash *leaf* at *index* and *path* lead; None if the path is of no such leaf."""
    climbed = _climbed(index, size - 1, leaf, path) if 0 <= index < size else None
    return climbed[1] if climbed else None


def is_consistent(old: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]) -> bool:
    """Return whether *path* proves that the tree of *size* leaves begins with that of *old*."""
    if not 0 < old < size:
        return old == size and old_root == root and not path
    steps = [*([old_root] if old & (old - 1) == 0 else []), *path]  # the older tree may be a subtree of the newer one
    low = (old & -old).bit_length() - 1
    return bool(steps) and _climbed(old - 1 >> low, size - 1 >> low, steps[0], steps[1:]) == (old_root, root)


def _climbed(index: int, last: int, start: bytes, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Return the roots of the older and the newer tree to which *path* leads (RFC 9162, 2.1.3.2 and 2.1.4.2)."""
    older = newer = start
    for step in path:
        if not last:
            return None
        if index & 1 or index == last:
            older, newer = node_hash(step, older), node_hash(step, newer)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            newer = node_hash(newer, step)
        index, last = index >> 1, last >> 1
    return None if last else (older, newer)
