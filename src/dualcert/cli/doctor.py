"""The command `doctor`, which checks the machine and the store."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from dualcert.cli.language import N_, _
from dualcert.cli.output import print_answer, print_table
from dualcert.cli.shell import Shell, ShellCommand, formatted, option, pass_shell

WRONG = 1
STATES = (N_("ok"), N_("note"), N_("wrong"))
CHECKS = (
    N_("versions"), N_("isolation"), N_("file"), N_("permissions"), N_("journal"), N_("store"), N_("facts"), N_("clock"),
    N_("integrity"), N_("append-only"), N_("people"), N_("rights"), N_("outbox"), N_("sending"),
)  # fmt: skip


@click.command(
    cls=ShellCommand,
    examples=("dualcert doctor",),
    help=N_(
        "Check this machine and the store: versions, durability, integrity, permissions, clocks, isolation, people, "
        "outbox, sending.\n\n"
        "Nothing is changed, but with --fix. Exit status 1 if something is wrong; other things worth knowing are notes. A journal that "
        "was left beside a restored file is found before SQLite applies it: see docs/how-to/restore.md."
    ),
)
@option(
    "--fix",
    is_flag=True,
    help=N_("First mend what costs no fact: permissions, the guard against changing facts, people in plain text."),
)
@formatted
@pass_shell
def doctor(shell: Shell, *, fix: bool, format_: str) -> int:
    """Check, and print what was found."""
    from dualcert.doctor import examine, mend
    from dualcert.reporting.quarantine import Quarantine

    if fix:
        mend(shell.store)
    found = list(examine(shell.store, quarantine=Quarantine.default(), now=datetime.now(UTC)))
    rows = [each.to_dict() for each in found]
    if not print_answer(format_, {"rows": rows}):
        table = [
            [_(row["check"]), _(row["state"]), _detail(each.detail)] for row, each in zip(rows, found, strict=True)
        ]
        print_table((N_("check"), N_("state"), N_("detail")), table)
    return WRONG if any(each.state == "wrong" for each in found) else 0


def _detail(detail: str) -> str:
    """Return a detail in the reader's language."""
    from dualcert.languages import Phrase

    if not isinstance(detail, Phrase):
        return _(detail)
    values = {name: _shown(name, value) for name, value in detail.values.items()}
    return _(detail.template).format(**values)


def _shown(name: str, value: object) -> object:
    """Return a value for the sentence: errors, and texts of `what`, in the reader's language."""
    from dualcert.errors import DualcertError

    if isinstance(value, DualcertError):
        return value.render(_)
    return _(value) if name == "what" and isinstance(value, str) else value
