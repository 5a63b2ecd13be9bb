"""The check that the rollback journal beside an SQLite file belongs to the file's present state.

SQLite applies a journal as soon as the file is opened. If a backup was copied over a store whose process had
died, the journal belongs to the overwritten state, and applying it ruins the backup
(https://www.sqlite.org/howtocorrupt.html, 1.4). So journal and file are compared before the file is opened.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from dualcert.errors import StoreJournalLeft
from dualcert.files import open_file

MAGIC = bytes.fromhex("d9d505f920a163d7")
HEADER = struct.Struct(">8sIIIII")
"""Magic, records, nonce, pages before, sector size, page size (https://www.sqlite.org/fileformat2.html, 3)."""
LOOK_AGAIN = 0.05
"""Seconds between two readings of journal and file; if another process writes meanwhile, one of them changes."""
COUNTER = 24
"""Where the first page counts the changes of the file."""


def check_journal(path: Path, shown: str) -> None:
    """Raise StoreJournalLeft if the journal beside the file at *path* belongs to another state of the file."""
    left = path.with_name(f"{path.name}-journal")
    seen = None
    while not _belong_together(left, path):
        state = _state(left), _state(path)
        if state == seen:
            raise StoreJournalLeft(store=shown, journal=str(left))
        seen = state
        time.sleep(LOOK_AGAIN)


def _belong_together(left: Path, path: Path) -> bool:
    try:
        with open_file(left) as file, open_file(path) as store:
            return _belongs(file, store.read(COUNTER + 4), path.stat().st_size)
    except OSError:
        return True  # it went meanwhile, or SQLite cannot read it either


def _state(path: Path) -> tuple[int, int] | None:
    """Return values that change when a process writes to the file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def _belongs(journal: IO[bytes], first: bytes, size: int) -> bool:
    """Return whether applying *journal* restores the state before its own transaction.

    The file then counts as many changes as the journal's copy of its first page, or one more; and it is no
    shorter than it was.
    """
    head = journal.read(HEADER.size)
    if len(head) < HEADER.size or not head.startswith(MAGIC):
        return True  # nothing that SQLite would play back
    _, _, _, pages_before, _, page_size = HEADER.unpack(head)
    if size < pages_before * page_size:
        return False
    now = int.from_bytes(first[COUNTER:])
    return all(now - int.from_bytes(page[COUNTER : COUNTER + 4]) in {0, 1} for page in _first_pages(journal))


def _first_pages(journal: IO[bytes]) -> Iterator[bytes]:
    """Yield the copies of page 1 that the journal has."""
    journal.seek(0)
    while (head := journal.read(HEADER.size)).startswith(MAGIC) and len(head) == HEADER.size:
        _, records, _, _, sector, page_size = HEADER.unpack(head)
        if not sector or not page_size:
            return
        journal.seek(sector - HEADER.size, 1)
        for _ in range(records if records != 0xFFFFFFFF else 1 << 62):
            record = journal.read(page_size + 8)
            if len(record) < page_size + 8:
                return
            if int.from_bytes(record[:4]) == 1:
                yield record[4:-4]
        journal.seek(-(-journal.tell() // sector) * sector)
