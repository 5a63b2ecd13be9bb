"""A program that runs many commands of dualcert: each in a fork of a process that has everything loaded.

It reads a JSON line of runs from its standard input, starts them at one instant, and answers with a JSON line of how
each ended. With `shim.c` loaded (LD_PRELOAD) a run's calls on its own files can be struck.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import io
import json
import os
import pkgutil
import select
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path

FOLDER = Path(tempfile.mkdtemp(prefix="dualcert-launcher-"))
SHIM = ctypes.CDLL(None)
SHIM.faults_arm.argtypes = [ctypes.c_char_p, ctypes.c_int, ctypes.c_long] + [ctypes.c_int] * 3
SHIM.faults_clock.argtypes = [ctypes.c_long]
SHIM.faults_trace.argtypes = [ctypes.c_char_p]
SHIM.faults_seen.restype = SHIM.faults_struck.restype = ctypes.c_long


def load():
    """Import all that a command may need, so that a fork need not."""
    import dualcert
    from dualcert.cli.program import _add_commands

    for package in (
        dualcert,
        *map(
            importlib.import_module, ("dualcert_dashboard", "dualcert_email", "dualcert_notice", "dualcert_spreadsheet")
        ),
    ):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "pytest" not in module.name and "worker" not in module.name and "isolated" not in module.name:
                importlib.import_module(module.name)
    _add_commands()
    gc.collect()
    gc.freeze()


def begin(run, number, gate, opener):
    """Fork a run that waits until *opener* is closed."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        _become(run, number)
        os.close(opener)
        os.read(gate, 1)
        if run.get("after"):
            time.sleep(run["after"])
        _arm(run)
        status = _command(run)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001  as Python does with what nobody catches
        traceback.print_exc()
    finally:
        os._exit(status)


def _become(run, number):
    os.chdir(run["folder"])
    os.environ.update(run["env"])
    for handle, name, how in (
        (0, run["stdin"], os.O_RDONLY),
        (1, FOLDER / f"{number}.out", os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_APPEND),
        (2, FOLDER / f"{number}.err", os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_APPEND),
    ):
        opened = os.open(name, how)
        os.dup2(opened, handle)
        os.close(opened)
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0)), encoding="utf-8")
    sys.argv = ["dualcert", *run["arguments"]]
    if run["broken"]:
        importlib.import_module("faults.broken").BUILDS[run["broken"]]()


def _arm(run):
    if run["instant"]:
        SHIM.faults_clock(run["instant"])
    if run["strike"]:
        strike = run["strike"]
        folder = os.path.realpath(run["folder"]).encode()
        how = (strike["classes"], strike["at"], strike["how"], strike["error"], strike["for_good"])
        SHIM.faults_arm(folder, *how)
    if run["trace"]:
        SHIM.faults_trace(run["trace"].encode())


def _command(run):
    if run["call"]:
        name, *values = run["call"]
        module, _, function = name.partition(":")
        sys.stdout.write(json.dumps(getattr(importlib.import_module(module), function)(*values)))
        sys.stdout.flush()
        return 0
    from dualcert.cli import main

    main()
    return 0


def ended(pids, seconds):
    """Wait for the runs to end, at most so long, and return their statuses; None for one that hung."""
    until, left, statuses = time.monotonic() + seconds, dict(enumerate(pids)), {}
    handles = {os.pidfd_open(pid): number for number, pid in left.items()}
    poll = select.poll()
    for handle in handles:
        poll.register(handle, select.POLLIN)
    while left and time.monotonic() < until:
        for handle, _ in poll.poll(max(0.0, until - time.monotonic()) * 1000):
            number = handles[handle]
            poll.unregister(handle)
            statuses[number] = os.waitstatus_to_exitcode(os.waitpid(left.pop(number), 0)[1])
    for pid in left.values():
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    for handle in handles:
        os.close(handle)
    return [statuses.get(number) for number in range(len(pids))]


def together(runs):
    """Run several at one instant."""
    SHIM.faults_reset()
    gate, opener = os.pipe()
    pids = [begin(run, number, gate, opener) for number, run in enumerate(runs)]
    os.close(opener)
    statuses = ended(pids, max(run["seconds"] for run in runs))
    os.close(gate)
    return [
        {
            "status": status,
            "out": (FOLDER / f"{number}.out").read_text("utf-8", "replace"),
            "err": (FOLDER / f"{number}.err").read_text("utf-8", "replace"),
            "seen": SHIM.faults_seen(),
            "struck": SHIM.faults_struck(),
        }
        for number, status in enumerate(statuses)
    ]


def main():
    """Answer until the input ends."""
    os.environ.pop("LD_PRELOAD", None)
    load()
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    for line in requests:
        answers.write(json.dumps(together(json.loads(line))).encode() + b"\n")
        answers.flush()


if __name__ == "__main__":
    main()
