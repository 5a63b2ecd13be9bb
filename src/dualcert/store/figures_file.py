"""The file of kept figures beside an SQLite store: `books.db.figures`, which may be deleted at any time.

It is only a shorter way to an answer, so nothing about it ever fails: what cannot be read is not there, and what
cannot be written is not kept.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from dualcert.errors import FileExists, FileUnwritable
from dualcert.files import open_file, written
from dualcert.store.sqlite_file import beside
from dualcert.store.url import StoreUrl
from dualcert.telemetry import logger

SUFFIX = "figures"
LOG = logger("store")


def place_of(url: StoreUrl) -> Path | None:
    """Return where the figures of the store at *url* are kept; None where it is no file."""
    return beside(url.path, SUFFIX) if url.kind == "sqlite" else None


def read(url: StoreUrl) -> bytes | None:
    """Return what is kept, or None."""
    path = place_of(url)
    with suppress(OSError):
        if path:
            with open_file(path) as file:
                return file.read()
    return None


def write(url: StoreUrl, content: bytes) -> None:
    """Keep *content*, whole, readable by its owner only; several may write at once, and one of them is the last."""
    path = place_of(url)
    if path is None or url.read_only:
        return
    try:
        with written(path, replace=True, mode=0o600) as part:
            part.write_bytes(content)
    except (FileExists, FileUnwritable) as error:
        LOG.debug("figures are not kept: %s", error)
    else:
        LOG.debug("kept figures in %s", path)
