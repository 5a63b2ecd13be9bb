"""Copying a log to another store, byte for byte."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from attrs import frozen

from dualcert import errors
from dualcert.store.digest import Digest
from dualcert.store.log import Bookmark, EventLog, create_log, open_log
from dualcert.store.rows import Row
from dualcert.store.url import parse_url

CopyProgress = Callable[[int, int], None]


@frozen
class Copied:
    """What a log has, and a copy of it has to have: the number of facts, and the digest of the history."""

    facts: int
    digest: str


def copy_log(source: str | Path, target: str | Path, progress: CopyProgress | None = None) -> Copied:
    """Copy the log at *source* to a new store at *target*, and return the number of facts and the digest.

    The log is written in one transaction, whole or not at all, and then read back and compared. The copy keeps the
    store's id and every position. The people and the outbox beside the log are not copied; `dualcert.backup` does that.

    Args:
        source: the URL or path of the store to copy.
        target: the URL or path of the new store.
        progress: called with the number of further facts that were read, and about how many there are.

    Raises:
        StoreExists: there is something at *target*.
        StoreUnusable: a subclass of it, if either store cannot be used.
    """
    with closing(open_log(source)) as log:
        sent = _Read(log, progress)

        def filled(copy: EventLog) -> None:
            copy.fill(sent.pages())
            try:
                arrived = contents_of(copy)
            except errors.StoreDamaged:
                raise
            except errors.StoreUnusable as error:
                if copy.url.kind == "sqlite":  # it is not at its place yet
                    raise
                raise errors.StoreLostAfterwards(store=copy.url.shown, problem=error.problem or error.code) from error
            if arrived != sent.copied:
                problem = "what arrived is not what was copied"
                raise errors.StoreDamaged(store=copy.url.shown, problem=problem)

        create_log(parse_url(target), filled).close()
        return sent.copied


def contents_of(log: EventLog) -> Copied:
    """Return the number of facts of *log*, and the digest of its history."""
    read = _Read(log)
    for _ in read.pages():
        pass
    return read.copied


class _Read:
    """The pages of a log, counted and digested as they pass."""

    def __init__(self, log: EventLog, progress: CopyProgress | None = None) -> None:
        self._log, self._progress = log, progress
        self._digest, self._facts = Digest(), 0

    def pages(self) -> Iterator[Sequence[Row]]:
        for _, rows in self._log.rows(Bookmark()):
            with self._log.placed():
                self._digest.add(rows)
            self._facts += len(rows)
            if self._progress:
                self._progress(len(rows), self._log.length())
            yield rows

    @property
    def copied(self) -> Copied:
        return Copied(self._facts, self._digest.hexdigest())
