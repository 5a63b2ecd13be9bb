"""Tables on terminals of any width."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import sys
import termios
from pathlib import Path

import pytest
from wcwidth import wcswidth

from dualcert import Registry


def on_a_terminal(columns, *arguments):
    """Return what the program prints on a terminal so wide."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    program = str(Path(sys.executable).with_name("dualcert"))
    environment = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}}
    pid = os.posix_spawn(
        program, [program, *arguments], {**environment, "PYTHONSAFEPATH": "1"},
        file_actions=[(os.POSIX_SPAWN_DUP2, theirs, each) for each in (0, 1, 2)],
    )  # fmt: skip
    os.close(theirs)
    printed = b""
    try:
        while part := os.read(ours, 65_536):
            printed += part
    except OSError:  # the other side is closed
        pass
    os.close(ours)
    os.waitpid(pid, 0)
    return printed.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("columns", [40, 72, 300])
def test_a_table_fits_the_terminal(tmp_path, columns):
    Registry.create(tmp_path / "books.db", policy="shanxi-2023").close()

    printed = on_a_terminal(columns, "--lang", "zh", "--store", str(tmp_path / "books.db"), "doctor")

    assert "isolation" not in printed
    assert max(wcswidth(line) for line in printed.splitlines()) <= columns
    assert "读取台账" in printed
