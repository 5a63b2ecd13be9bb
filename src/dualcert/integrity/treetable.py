"""The tree of a log, kept beside it, so that a later look at the log can be compared with an earlier one.

It is a copy of what the log's bytes give: it may be removed, and the next seal or backup makes it again. Nothing
that is judged rests on it alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from dualcert.integrity.merkle import HASH_BYTES, TILE, Tree, root_of
from dualcert.store.sidetable import SideTable
from dualcert.store.tables import Execute

TABLE = "dualcert_tree"
KeptTile = tuple[int, bytes, bytes]
"""A tile as it is kept: its number, its root, its leaves."""


class TreeTable(SideTable):
    """The tree that belongs to a store: `STORE.tree`, or a table in PostgreSQL; a row has the leaves of one tile."""

    suffix = "tree"
    table = TABLE
    columns = ("tile", "root", "leaves")
    declared = "tile INTEGER PRIMARY KEY, root BLOB NOT NULL, leaves BLOB NOT NULL"

    def tree(self) -> Tree:
        """Return the tree as far as it is kept, its leaves read when they are asked for; raises StoreDamaged."""
        last = f"CASE WHEN tile = (SELECT max(tile) FROM {TABLE}) THEN leaves END"  # noqa: S608  constants
        select = f"SELECT tile, root, {last} FROM {TABLE} ORDER BY tile"  # noqa: S608  constants
        rows = self._select(select, (), lambda row: (*_numbered(row), row[2]))  # at once: others may keep one meanwhile
        roots = [root for _, root, _ in rows]
        with self._sound():
            if [tile for tile, *_ in rows] != list(range(len(rows))):
                raise ValueError("a tile is missing")
        if not roots:
            return Tree()
        with self._sound():
            rest = _hashes(rows[-1][2:])
        with self._sound():
            if root_of(rest) != roots[-1]:
                raise ValueError("the last tile does not have its root")
        return Tree(roots, fetch=self._leaves) if len(rest) == TILE else Tree(roots[:-1], rest, self._leaves)

    def keep(self, tree: Tree) -> None:
        """Replace what is kept by *tree*, all of whose leaves are known, unless what is kept begins with it.

        All of it is written, or nothing.
        """
        new = [(tile, tree.leaves(tile)) for tile in range(-(-tree.size // TILE))]
        self._write(partial(_replace, [(tile, root_of(leaves), b"".join(leaves)) for tile, leaves in new]))

    def _leaves(self, tile: int) -> Sequence[bytes]:
        found = self._select(f"SELECT leaves FROM {TABLE} WHERE tile = ?", (tile,), _hashes)  # noqa: S608  constants
        with self._sound():
            if not found or not found[0]:
                raise ValueError(f"tile {tile} is missing")
        return found[0]


def _replace(rows: Sequence[KeptTile], execute: Execute) -> None:
    """Write the tiles that are not there yet; nothing where others kept the same tree, or a longer one, meanwhile."""
    known = dict(map(_numbered, execute(f"SELECT tile, root FROM {TABLE}")))  # noqa: S608  constants
    changed = [row for row in rows if known.get(row[0]) != row[1]]
    if not changed or (changed == rows[-1:] and _begins_with(execute, rows[-1])):
        return
    execute(f"DELETE FROM {TABLE} WHERE tile >= ?", (len(rows),))  # noqa: S608  constants
    put = (
        f"INSERT INTO {TABLE} (tile, root, leaves) VALUES (?, ?, ?) "  # noqa: S608  constants
        "ON CONFLICT (tile) DO UPDATE SET root = excluded.root, leaves = excluded.leaves"
    )
    for row in changed:
        execute(put, row)


def _begins_with(execute: Execute, last: KeptTile) -> bool:
    """Return whether the tile that is kept in the place of the *last* one of a tree begins with it."""
    found = execute(f"SELECT leaves FROM {TABLE} WHERE tile = ?", (last[0],))  # noqa: S608  constants
    return bool(found) and bytes(found[0][0]).startswith(last[2])


def _numbered(row: Sequence[Any]) -> tuple[int, bytes]:
    root = bytes(row[1])
    if len(root) != HASH_BYTES:
        raise ValueError(f"tile {row[0]} has no root")
    return row[0], root


def _hashes(row: Sequence[Any]) -> list[bytes]:
    leaves = bytes(row[0])
    if len(leaves) % HASH_BYTES or len(leaves) > TILE * HASH_BYTES:
        raise ValueError("a tile is cut")
    return [leaves[at : at + HASH_BYTES] for at in range(0, len(leaves), HASH_BYTES)]
