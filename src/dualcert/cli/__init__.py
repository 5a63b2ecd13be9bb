"""The shell: it parses commands, hands them over and prints answers. Exit statuses are defined only here."""

from __future__ import annotations


def main() -> None:
    """Run the program and exit with its status.

    A command is over before collecting cycles would pay, and the facts of a whole log need not be freed
    one by one: that is a third of the time of a replay.
    """
    import gc
    import os
    import sys

    gc.disable()
    try:
        from dualcert.cli.program import run
        from dualcert.cli.shell import Shell
        from dualcert.cli.streams import prepare

        prepare()
        status = run(shell=Shell())
    except KeyboardInterrupt:
        status = 130
    sys.stderr.flush()
    os._exit(status)
