"""Confined processes, in which files and code that are not trusted are handled: rosters and reporters.

The parent starts a process with `started`. The process has neither the user's working folder nor the user's environment
nor the parent's handles, and it ends when its time is over or when its parent ends. Before it reads its input, it gives
up its rights with `confine`, which returns those restrictions that the system does not support. `strength` tries out
which restrictions are in force on this system.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from attrs import define, frozen

from dualcert.errors import N_
from dualcert.files import same_file

ENVIRONMENT = ("LANG", "LANGUAGE", "TZ", "LD_LIBRARY_PATH", "SYSTEMROOT")
"""The variables that a process gets, besides those of the locale (LC_*): they choose language and time zone, or Python
needs them to start. HOME and TMPDIR are the process's own folder. It starts no programs, so it has no PATH."""

START = """
import json, sys
from importlib import import_module
paths = json.loads(sys.argv[2])
sys.path[:] = paths + [each for each in sys.path if each not in paths]
import_module(sys.argv[1]).main()
"""

PART, LOOK = 1 << 20, 1.0
"""The most bytes that are read at once, and how many seconds pass between two checks of a silent process."""
HANDLES = 256
"""The most files that a process may have open at once."""

NETWORK = ("socket", "io_uring_setup", "io_uring_enter", "io_uring_register")
STARTING = ("fork", "vfork", "execve", "execveat", "setsid", "setpgid")
OTHERS = (
    "ptrace", "process_vm_readv", "process_vm_writev", "pidfd_open", "pidfd_getfd", "pidfd_send_signal", "setns",
    "unshare", "mount", "umount2", "pivot_root", "chroot", "open_by_handle_at", "bpf", "perf_event_open",
    "userfaultfd", "keyctl", "add_key", "request_key", "setrlimit", "chmod", "fchmod", "fchmodat", "chown", "fchown",
    "lchown", "fchownat", "setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr", "utime",
    "utimes", "utimensat", "futimesat",
)  # fmt: skip
"""System calls that are refused: those of the network, those that start programs, and those that affect other
processes or files."""
SIGNALS = ("kill", "tkill", "tgkill")
NEW_THREAD = 0x00010000
"""The flag CLONE_THREAD of `clone`: with it the call starts a thread, without it a process."""
DIES_WITH_PARENT, NO_NEW_PRIVILEGES = 1, 38
"""Options of `prctl`."""

SYSTEM_FILES = (
    "/usr",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/fonts",
    "/dev/null",
    "/dev/urandom",
)
"""The files that a process may read besides Python's own: libraries, time zones, fonts."""

CLOCK = N_("is ended when its time is over")
LIMITS = N_("has limits on memory and computing time")
WITH_PARENT = N_("ends with the process that started it, and gains no rights")
CALLS = N_("reaches no network and starts no program")
FILES = N_("reads only Python's and the system's files and writes only to its own folder")


@frozen
class Strength:
    """One restriction, whether it is in force on this system, and if not, the reason."""

    what: str
    holds: bool
    why: str = ""


# --- the parent's side ---------------------------------------------------------------------------------


@define
class Process:
    """A started process; `late` is true if it was ended because its time was over."""

    popen: subprocess.Popen[bytes]
    late: bool = False

    @property
    def output(self) -> IO[bytes]:
        """The process's standard output, to be read."""
        assert self.popen.stdout is not None
        return self.popen.stdout

    @property
    def input(self) -> IO[bytes]:
        """The process's standard input, if it is a pipe."""
        assert self.popen.stdin is not None
        return self.popen.stdin

    def read(self, most: int) -> bytes:
        """Return the process's output until it closes it or its time is over; at most *most* bytes."""
        if os.name == "nt":
            return self.output.read(most)
        parts: list[bytes] = []
        with selectors.DefaultSelector() as waiting:
            waiting.register(self.output, selectors.EVENT_READ)
            while most > 0 and not self.late:  # a child that it left behind may keep the output open for ever
                if waiting.select(LOOK):
                    part = os.read(self.output.fileno(), min(most, PART))
                    if not part:
                        break
                    parts.append(part)
                    most -= len(part)
        return b"".join(parts)

    def status(self) -> int:
        """Wait until the process ends and return its exit status, or the negative number of the signal that ended it."""
        if hasattr(os, "waitid"):  # the process is not reaped yet, so no other process can have its group's number
            with suppress(ChildProcessError):  # its time was over, and ending it has reaped it
                os.waitid(os.P_PID, self.popen.pid, os.WEXITED | os.WNOWAIT)
            self.end()
        return self.popen.wait()

    def end(self) -> None:
        """End the process and every process that it started."""
        if self.popen.returncode is not None:
            return
        if hasattr(os, "killpg"):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.kill()

    def end_late(self) -> None:
        """End the process because its time is over."""
        self.late = True
        self.end()


@contextmanager
def started(module: str, *arguments: str, seconds: float, stdin: int | IO[bytes]) -> Iterator[Process]:
    """Yield a process that runs `main` of *module*; it ends with the block, or after so many *seconds*.

    It imports modules from the same places as this process, except the working folder, and works in an empty folder of
    its own. Raises OSError if no process can be started.
    """
    with tempfile.TemporaryDirectory(prefix="dualcert-", ignore_cleanup_errors=True) as folder:
        process = Process(
            subprocess.Popen(  # noqa: S603  our own module
                [sys.executable, "-I", "-B", "-X", "utf8", "-c", START, module, json.dumps(paths()), *arguments],
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment(os.environ, folder),
                cwd=folder,
                start_new_session=True,
            )
        )
        clock = threading.Timer(seconds, process.end_late)
        clock.daemon = True
        clock.start()
        try:
            yield process
        finally:
            clock.cancel()
            process.end()
            for pipe in (process.popen.stdin, process.popen.stdout):
                with suppress(OSError):
                    if pipe:
                        pipe.close()
            process.popen.wait()


def environment(ours: Mapping[str, str], folder: str) -> dict[str, str]:
    """Return the environment of a process: the listed variables of *ours*, and *folder* for its own files."""
    seen = {name: value for name, value in ours.items() if name in ENVIRONMENT or name.startswith("LC_")}
    return {**seen, "HOME": folder, "TMPDIR": folder, "TEMP": folder, "TMP": folder}


def paths() -> list[str]:
    """Return the places of modules, without relative paths and without the working folder."""
    return [each for each in sys.path if Path(each).is_absolute() and not same_file(Path(each), Path())]


def strength() -> tuple[Strength, ...]:
    """Return which restrictions are in force on this system; they are tried out in a process."""
    try:
        with started(__name__, seconds=30, stdin=subprocess.DEVNULL) as process:
            missing: dict[str, str] = json.loads(process.output.read() or "{}")
            trouble = f"status {status}" if (status := process.status()) else ""
    except (OSError, ValueError) as error:
        missing, trouble = {}, str(error)
    found = {each: trouble or missing.get(each, "") for each in (CLOCK, LIMITS, WITH_PARENT, CALLS, FILES)}
    return tuple(Strength(what, not why, why) for what, why in found.items())


# --- the process's side --------------------------------------------------------------------------------


def main() -> None:
    """Apply all restrictions, and print those that this system does not support."""
    json.dump(confine(memory=512 << 20, seconds=10), sys.stdout)


def confine(*, memory: int, seconds: int | None = None, folder: Path | None = None) -> dict[str, str]:
    """Restrict this process for good; return the restrictions that the system does not support, each with the reason.

    Args:
        memory: the most bytes that the process may have.
        seconds: the most seconds of processor time; None for no limit.
        folder: the folder in which it may write; None if it may write nowhere.
    """
    missing: dict[str, str] = {}
    restrictions: tuple[tuple[str, Callable[[], None]], ...] = (
        (WITH_PARENT, _end_with_parent),
        (LIMITS, lambda: _limit(memory, seconds, writes=folder is not None)),
        (CALLS, _refuse_calls),
        (FILES, lambda: _confine_files(folder)),
    )
    for what, apply in restrictions:
        try:
            apply()
        except Exception as error:  # noqa: BLE001  an unsupported restriction is returned, and the others are applied
            missing[what] = str(error) or type(error).__name__
    return missing


def _end_with_parent() -> None:
    """Have the system end this process with its parent, and never give it the rights of another program."""
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getppid()
    for option, value in ((DIES_WITH_PARENT, int(signal.SIGKILL)), (NO_NEW_PRIVILEGES, 1)):
        if libc.prctl(option, value, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != parent:  # the parent ended before
        os._exit(1)
    ctypes.set_errno(0)


def _limit(memory: int, seconds: int | None, *, writes: bool) -> None:
    import resource

    limits = {"RLIMIT_CORE": 0, "RLIMIT_NOFILE": HANDLES, "RLIMIT_AS": memory}
    if seconds is not None:
        limits["RLIMIT_CPU"] = seconds
    if not writes:
        limits["RLIMIT_FSIZE"] = 0
    for name, most in limits.items():
        which = getattr(resource, name)
        hard = resource.getrlimit(which)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)  # noqa: PLW2901  no process may raise it
        resource.setrlimit(which, (most, most))


def _confine_files(folder: Path | None) -> None:
    from landlock import FSAccess, Ruleset

    rules = Ruleset()
    own = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix, *sys.path, *SYSTEM_FILES}
    for path in map(Path, own):
        if path.is_dir():
            rules.allow(path, rules=FSAccess.READ_FILE | FSAccess.READ_DIR)
        elif path.exists():
            rules.allow(path, rules=FSAccess.READ_FILE)
    if folder is not None:
        rules.allow(folder, rules=FSAccess.all_dir() | FSAccess.READ_FILE | FSAccess.WRITE_FILE | FSAccess.all_file())
    rules.apply()


def _refuse_calls() -> None:
    """Have the system refuse the calls that reach beyond this process."""
    import errno

    import pyseccomp as seccomp

    refused = seccomp.ERRNO(errno.EPERM)
    calls = seccomp.SyscallFilter(seccomp.ALLOW)

    def refuse(name: str, *only: Any, how: int = refused) -> None:
        with suppress(OSError, ValueError):  # this machine has no such call
            calls.add_rule(how, name, *only)

    for name in (*NETWORK, *STARTING, *OTHERS):
        refuse(name)
    for name in SIGNALS:  # the process may signal itself: that is how a crash is reported
        refuse(name, seccomp.Arg(0, seccomp.NE, os.getpid()))
    refuse("clone", seccomp.Arg(0, seccomp.MASKED_EQ, NEW_THREAD, 0))
    refuse("clone3", how=seccomp.ERRNO(errno.ENOSYS))  # libraries then use `clone`, whose flags a filter can check
    refuse("prctl", seccomp.Arg(0, seccomp.EQ, DIES_WITH_PARENT))
    refuse("prlimit64", seccomp.Arg(2, seccomp.NE, 0))
    calls.load()
