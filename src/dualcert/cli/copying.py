"""Copying a store."""

from __future__ import annotations

import click

from dualcert.cli.language import N_, _
from dualcert.cli.output import note, print_answer
from dualcert.cli.shell import ShellCommand, formatted, progress_bar


@click.command(
    cls=ShellCommand,
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

        def advance(more: int, total: int) -> None:
            bar.length = total
            bar.update(more)

        copied = copy_log(source, target, advance)
    row = {"store": parse_url(target).shown, "facts": copied.facts, "digest": copied.digest}
    if not print_answer(format_, {**row, "rows": [row]}):
        click.echo(_("{store}: {facts} facts, digest {digest}").format(**row))
    note(_("the people and the outbox beside {store} were not copied").format(store=parse_url(source).shown))
