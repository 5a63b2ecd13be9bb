"""Reads and marks rosters in this process, for tests of what comes after reading: a process for each takes a quarter of a second."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from msgspec import json

from dualcert.roster.marking import marker
from dualcert.roster.marking import worker as marking
from dualcert.roster.reading import messages, pages, worker


def read_here(path, file, limits, seconds):
    """Return what `pages.read` returns, without the process and its limits of time and memory."""
    answer = worker.answer(Path(path.name), file.read(limits.file + 1), limits)
    sent = json.Decoder(messages.ReaderMessage)
    return pages.collected(path, (sent.decode(json.encode(message)) for message in answer))


def mark_here(given, out, limits, seconds):
    """Do what the marking process does."""
    answer = marking.marked(given)
    if answer is None:
        return None
    notes, _, made = answer.partition(b"\n")
    out.write(made)
    return json.decode(notes)


@contextmanager
def reading_here() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(marker, "_in_process", mark_here)
        patch.setattr(pages, "_read_in_process", read_here)
        yield
