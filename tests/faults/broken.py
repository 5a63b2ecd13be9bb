"""Builds with a fault put back: a harness that finds nothing in them finds nothing."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Mapping

import click

from dualcert import Registry, files
from dualcert.domain.receipt import Receipt
from dualcert.people import Directory
from dualcert.reporting import erasing
from dualcert.store import log, sqlite, sqlite_file
from dualcert.store.log import EventLog
from dualcert.store.rows import RowSpan


def facts_one_by_one() -> None:
    """A batch is not one transaction."""
    real = sqlite.LogRecorder.insert_pages

    def insert_pages(self, pages, recorded_at=None, _after=None):
        spans = [real(self, [[event]], recorded_at) for page in pages for event in page]
        return RowSpan(spans[0].before, spans[-1].behind)

    sqlite.LogRecorder.insert_pages = insert_pages


def acknowledged_first() -> None:
    """What is recorded is said before it is."""
    append, echo = EventLog.append, click.echo

    def talkative(self, entries, after=None):
        echo(f"recorded {entries[-1].stream}@{entries[-1].version}")
        append(self, entries, after)

    EventLog.append = talkative
    click.echo = lambda message=None, *a, **k: None if str(message).startswith("recorded ") else echo(message, *a, **k)


def written_in_place() -> None:
    """Files are not written beside their place."""

    def in_place(path, *, replace=False, mode=None):
        yield path

    files.written.__wrapped__.__code__ = in_place.__code__


def erased_too_early() -> None:
    """A person is said to be erased while messages to them are kept."""
    real = erasing.erase_person

    def erase(registry, person, *a, **k):
        click.echo(f"{person} (erased)")
        return real(registry, person, *a, **k)

    erasing.erase_person = erase


def claimed_by_anybody() -> None:
    """Whoever adds people does not look whether the ids were given meanwhile."""

    def claim(self, people):
        for person in people:
            self.add(person)

    Directory.claim = claim


def untyped() -> None:
    """What SQLite raises is passed on as it is."""

    def store_error(store, error):
        raise error

    sqlite_file.store_error.__code__ = store_error.__code__


def unsure() -> None:
    """A commit whose answer was lost counts as failed, and a reading is not asked again."""

    def arrived(self, entries, failure):
        return False

    EventLog._arrived = arrived
    log.READ_AGAIN = 1


def forgetful() -> None:
    """Every third command is acknowledged and forgotten."""
    execute, numbers = Registry.execute, itertools.count(1)

    def sometimes(self, command):
        return execute(self, command) if next(numbers) % 3 else Receipt(command, recorded=True)

    Registry.execute = sometimes


def uncaught() -> None:
    """What goes wrong with the output is not caught."""
    from dualcert.cli import program

    def run(arguments=None, shell=None):
        program._add_commands()
        program.dualcert.main(args=sys.argv[1:], prog_name="dualcert", standalone_mode=False, obj=shell)
        sys.stdout.flush()
        return 0

    program.run = run


def hardly_synced() -> None:
    """Commits are not synced, as SQLite has it by NORMAL in WAL mode."""
    durable = sqlite_file.make_durable

    def made(cursor, url):
        durable(cursor, url)
        cursor.execute("PRAGMA synchronous = NORMAL")

    sqlite_file.make_durable = made


BUILDS: Mapping[str, Callable[[], None]] = {
    build.__name__: build
    for build in (
        facts_one_by_one, acknowledged_first, written_in_place, erased_too_early, claimed_by_anybody, untyped, unsure, forgetful, uncaught,
        hardly_synced,
    )
}  # fmt: skip
