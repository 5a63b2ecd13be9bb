"""Copying, backing up and restoring a store."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dualcert.cli.language import N_, _
from dualcert.cli.output import note, print_answer
from dualcert.cli.shell import Shell, ShellCommand, formatted, option, pass_shell, progress_bar

if TYPE_CHECKING:
    from dualcert.backup import Saved
    from dualcert.store.copying import CopyProgress

FOLDER = click.Path(path_type=Path)


@click.command(
    cls=ShellCommand,
    examples=("dualcert copy dualcert.db copy.db",),
    help=N_(
        "Copy the log of store SRC to a new store DST, byte for byte, and compare the copy.\n\n"
        "It also copies from SQLite to PostgreSQL and back. An existing DST is refused. The people and the outbox "
        "beside SRC are not copied, and the copy sends nothing until 'dispatch resume'."
    ),
)
@click.argument("source", metavar="SRC")
@click.argument("target", metavar="DST")
@formatted
def copy(source: str, target: str, format_: str) -> None:
    """Copy, and print the digest."""
    from dualcert.store.copying import copy_log
    from dualcert.store.url import parse_url

    with progress_bar(0, _("copying")) as bar:
        copied = copy_log(source, target, _advancing(bar))
    row = {"store": parse_url(target).shown, "facts": copied.facts, "digest": copied.digest}
    if not print_answer(format_, {**row, "rows": [row]}):
        click.echo(_("{store}: {facts} facts, digest {digest}").format(**row))
    note(_("the people and the outbox beside {store} were not copied").format(store=parse_url(source).shown))


@click.command(
    cls=ShellCommand,
    examples=("dualcert backup backup-2023-10-08",),
    help=N_(
        "Back up the store, with its people and its outbox, to the new folder DIR.\n\n"
        "Others may write meanwhile. The copy is verified, and has a manifest with the SHA-256 of every file. People and messages "
        "are encrypted in it; their keys go to one file beside DIR, which every backup there brings up to date. Keep copies of DIR "
        "as long as you like, and of the keys only the newest."
    ),
)
@click.argument("folder", metavar="DIR", type=FOLDER)
@formatted
@pass_shell
def backup(shell: Shell, folder: Path, format_: str) -> None:
    """Back up, and print what the backup has."""
    from dualcert.backup import back_up

    with progress_bar(0, _("copying")) as bar:
        saved = back_up(shell.store, folder, datetime.now(UTC), _advancing(bar))
    _print(saved, format_)
    if saved.keys:
        note(
            _(
                "the keys of the people are in {keys}, apart from the backup: without them it shows nobody, and whoever is erased "
                "is gone from it with the next backup"
            ).format(keys=saved.keys)
        )
    _note_unreadable(saved)


@click.command(
    cls=ShellCommand,
    examples=("dualcert restore backup-2023-10-08 restored.db",),
    help=N_(
        "Restore the backup in DIR to a new store, with its people and its outbox.\n\n"
        "The backup is verified first, and the store afterwards. Nothing that exists is overwritten. The store sends nothing "
        "until 'dispatch resume'. Whom the keys show as erased stays erased; without keys all else is restored."
    ),
)
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.argument("store", metavar="STORE")
@option("--keys", "keys", type=FOLDER, metavar="FILE", help=N_("The keys of the people; by default those beside DIR."))
@formatted
def restore(folder: Path, store: str, keys: Path | None, format_: str) -> None:
    """Restore, and print what the store has."""
    from dualcert.backup import restore as restored
    from dualcert.reporting.quarantine import Quarantine

    with progress_bar(0, _("restoring")) as bar:
        saved = restored(folder, store, Quarantine.default(), _advancing(bar), keys)
    _print(saved, format_)
    note(_("sending is off for {store}, until 'dispatch resume'").format(store=saved.place))
    if saved.keys:
        note(
            _("people are read by {keys}; first erase again whom you erased since it was written").format(
                keys=saved.keys
            )
        )
    _note_unreadable(saved)


def _note_unreadable(saved: Saved) -> None:
    """Say how many people cannot be read, and what to do."""
    if saved.unreadable:
        note(
            _("{n} people cannot be read: 'people keys FILE' takes their keys, when you have them").format(
                n=saved.unreadable
            )
        )


def _advancing(bar: Any) -> CopyProgress:
    def advance(more: int, total: int) -> None:
        bar.length = total
        bar.update(more)

    return advance


def _print(saved: Saved, format_: str) -> None:
    row = saved.to_dict()
    if not print_answer(format_, {**row, "rows": [row]}):
        template = _("{place}: {facts} facts, {people} people, {messages} messages, digest {digest}, code {code}")
        click.echo(template.format(**row))
