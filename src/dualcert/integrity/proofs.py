"""Proofs for somebody who has no store: that a fact is among the sealed ones, and that one seal continues another."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dualcert import errors
from dualcert.documents import json_of
from dualcert.errors import N_, Phrase, SealUnusable
from dualcert.integrity.checkpoint import Checkpoint
from dualcert.integrity.merkle import HASH_BYTES, Tree
from dualcert.integrity.notes import Note
from dualcert.integrity.sealing import text_of
from dualcert.store.log import Bookmark, EventLog
from dualcert.store.rows import Row

INCLUSION, CONSISTENCY = "dualcert-inclusion/1", "dualcert-consistency/1"
_FACT = re.compile(r"(?P<stream>[!-?A-~]+)@(?P<version>[1-9]\d{0,17})|@(?P<position>[1-9]\d{0,17})", re.ASCII)


def prove_fact(log: EventLog, tree: Tree, fact: str, seal: str | None = None) -> dict[str, Any]:
    """Return the proof that *fact* (`stream@version` or `@position`) is among those of *seal*, by default of all.

    Raises UnknownFact, BadId, SealUnusable.
    """
    checkpoint, shown = _checkpoint_of(log, tree, seal)
    position, row = _found(log, fact)
    if position > checkpoint.size:
        problem = Phrase(N_("it is over {size} facts, and this one is at position {position}"), size=checkpoint.size, position=position)  # fmt: skip
        raise SealUnusable(store=fact, problem=problem)
    _, stream, version, topic, state = row
    return {
        "format": INCLUSION,
        "fact": {
            "position": position, "stream": stream, "version": version, "name": topic,
            "state": b64encode(bytes(state)).decode(),
        },
        "path": _hex(tree.inclusion(position - 1, checkpoint.size)),
        "checkpoint": shown,
        "code": checkpoint.code,
    }  # fmt: skip


def prove_since(log: EventLog, tree: Tree, old: str, seal: str | None = None) -> dict[str, Any]:
    """Return the proof that the facts of *seal*, by default all, begin with those of the *old* one; raises SealUnusable."""
    checkpoint, shown = _checkpoint_of(log, tree, seal)
    before, _ = _checkpoint_of(log, tree, old)
    if not 0 < before.size <= checkpoint.size:
        raise SealUnusable(store=log.url.shown, problem=N_("the seal that it is to continue is the newer one"))
    return {
        "format": CONSISTENCY,
        "old": old,
        "path": _hex(tree.consistency(before.size, checkpoint.size)),
        "checkpoint": shown,
        "code": checkpoint.code,
    }


def path_of(text: str) -> list[bytes]:
    """Return the hashes of a proof of consistency; raises ValueError if it is not one."""
    try:
        document = json_of(text, dict[str, Any])
        path = [bytes.fromhex(each) for each in document["path"]]
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError("it is no proof of consistency") from error
    if document.get("format") != CONSISTENCY or any(len(each) != HASH_BYTES for each in path):
        raise ValueError("it is no proof of consistency")
    return path


def seal_at(log: EventLog, tree: Tree, path: Path) -> str:
    """Return the text of the seal at *path*, which is over facts of this store; raises SealUnusable, which names the file."""
    text = text_of(path)
    _checkpoint_of(log, tree, text, str(path))
    return text


def _checkpoint_of(log: EventLog, tree: Tree, seal: str | None, named: str = "") -> tuple[Checkpoint, str]:
    """Return the checkpoint of the text of a seal, or of the whole tree, and the text that shows it; raises SealUnusable."""
    if seal is None:
        checkpoint = Checkpoint.of(log.store.id, tree)
        return checkpoint, checkpoint.text
    try:
        checkpoint = Checkpoint.read(Note.read(seal).text)
        here = Checkpoint.of(log.store.id, tree, checkpoint.size)
    except ValueError as error:
        raise SealUnusable(store=named or log.url.shown, problem=str(error)) from None
    if checkpoint != here:
        raise SealUnusable(store=named or log.url.shown, problem=N_("the seal is not over the facts of this store"))
    return checkpoint, seal


def _found(log: EventLog, fact: str) -> tuple[int, Row]:
    """Return the position and the row of a fact; raises BadId, UnknownStream, UnknownFact, UnknownPosition."""
    asked = _FACT.fullmatch(fact)
    if not asked:
        raise errors.BadId(field="FACT", value=errors.shown(fact), expected=N_("stream@version"))
    newest, head = 0, 0
    for behind, rows in log.rows(Bookmark()):
        first = behind.position - len(rows) + 1
        if asked["position"]:
            if int(asked["position"]) <= behind.position:
                return int(asked["position"]), rows[int(asked["position"]) - first]
        else:
            for position, row in enumerate(rows, first):
                if row[1] == asked["stream"]:
                    newest = row[2]
                    if newest == int(asked["version"]):
                        return position, row
        head = behind.position
    if asked["position"]:
        raise errors.UnknownPosition(position=int(asked["position"]), head=head)
    if not newest:
        raise errors.UnknownStream(stream=asked["stream"])
    raise errors.UnknownFact(stream=asked["stream"], version=int(asked["version"]), newest=newest)


def _hex(path: Sequence[bytes]) -> list[str]:
    return [each.hex() for each in path]
