"""Processes of our own run nothing from where the user stands, and end with whoever started them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dualcert import processes
from dualcert.processes import environment, paths, started, strength
from examples import ROSTERS
from hostile_plugins import SOUND

MAIN = "import sys; sys.path.insert(0, {site!r}); from dualcert.cli import main; sys.exit(main())"
"""The shell, which finds a test's plugin as it finds an installed one."""
PARENT = """
import subprocess
from dualcert.processes import started
with started("waiting", seconds=600, stdin=subprocess.DEVNULL) as process:
    print(process.popen.pid, process.output.readline(), flush=True)
    process.status()
"""
WAITING = """
import time
from dualcert.processes import confine
def main():
    confine(memory=1 << 30)
    print("ready", flush=True)
    time.sleep(600)
"""
DUALCERT = Path(sys.executable).with_name("dualcert")


def test_everything_holds_on_this_system():
    assert [each for each in strength() if not each.holds] == []


def test_what_a_library_or_system_cannot_do_is_said(monkeypatch):
    monkeypatch.setattr(
        processes, "START", f"import sys; sys.modules['landlock'] = None; {processes.START.strip()}".replace("\n", "; ")
    )

    assert [(each.what, bool(each.why)) for each in strength() if not each.holds] == [(processes.FILES, True)]


def test_the_environment_is_a_list_of_names():
    ours = {
        "LANG": "C",
        "LC_ALL": "C",
        "TZ": "UTC",
        "SMTP_PASSWORD": "x",
        "PYTHONPATH": ".",
        "PATH": "/bin",
        "HOME": "/root",
    }

    seen = environment(ours, "/own")

    assert seen == {"LANG": "C", "LC_ALL": "C", "TZ": "UTC", **dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP"), "/own")}


def test_the_folder_in_which_the_user_stands_is_no_place_of_modules(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link").symlink_to(tmp_path)
    for each in ("", ".", str(tmp_path), str(tmp_path / "link"), "sub/../.."):
        monkeypatch.syspath_prepend(each)

    assert not [each for each in paths() if not Path(each).is_absolute() or Path(each).resolve() == tmp_path.resolve()]


@pytest.fixture
def trap(tmp_path):
    """A folder with a module of every name that a whole run imports; each says that it was run."""
    folder = tmp_path / "trap"
    folder.mkdir()
    names = {name.partition(".")[0] for name in sys.modules} | set(sys.stdlib_module_names)
    for name in names - {"__main__"}:
        (folder / f"{name}.py").write_text(f"open({str(tmp_path / 'PWNED')!r}, 'a').write({name!r})\n")
    return folder


def test_import_and_isolated_reports_run_nothing_that_lies_beside_a_roster(trap, tmp_path, install):
    install("sound", SOUND)
    shutil.copy(ROSTERS / "jincheng-2023-02.xlsx", trap / "roster.xlsx")
    store = f"sqlite:///{tmp_path / 'books.db'}"
    run = [sys.executable, "-I", "-c", MAIN.format(site=str(tmp_path / "site")), "--store", store]

    for arguments in (["init", "--policy", "shanxi-2023"], ["import", "roster.xlsx", "--accept-valid", "--errors", "back.xlsx"],
                      ["report", "run", "sound", "--isolate", "--out", "made"]):  # fmt: skip
        done = subprocess.run([*run, *arguments], cwd=trap, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode in {0, 3}, done.stderr

    assert (trap / "made" / "sound.txt").read_bytes() == b"sound"
    assert not (tmp_path / "PWNED").exists(), (tmp_path / "PWNED").read_text()


def test_the_program_as_it_is_installed_runs_nothing_of_the_folder(trap, tmp_path):
    (trap / "roster.csv").write_text("市,县,机构名称\n", encoding="utf-8")

    subprocess.run([DUALCERT, "--store", tmp_path / "b.db", "init", "--policy", "shanxi-2023"], cwd=trap, check=True)
    done = subprocess.run(
        [DUALCERT, "--store", tmp_path / "b.db", "import", "roster.csv"], cwd=trap, capture_output=True, check=False
    )

    assert done.returncode in {0, 2}
    assert not (tmp_path / "PWNED").exists(), (tmp_path / "PWNED").read_text()


def test_a_process_ends_when_its_time_is_over_and_says_so():
    with started("this", seconds=0.1, stdin=subprocess.PIPE) as process:
        os.kill(process.popen.pid, signal.SIGSTOP)
        assert (process.status(), process.late) == (-signal.SIGKILL, True)


def test_killing_the_parent_ends_the_process(tmp_path):
    (tmp_path / "waiting.py").write_text(WAITING)
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(tmp_path)}
    )
    child = int(parent.stdout.readline().split()[0])
    parent.kill()
    parent.wait()
    parent.stdout.close()

    until = time.monotonic() + 10
    while _runs(child) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _runs(child)


def _runs(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_limits_that_a_process_has_already_are_kept(monkeypatch):
    lowered = "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (99, 99))"
    monkeypatch.setattr(processes, "START", f"{lowered}\n{processes.START}")

    assert [each for each in strength() if not each.holds] == []


def test_a_working_folder_that_is_gone_is_no_hindrance(tmp_path, monkeypatch):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()

    assert [each for each in strength() if not each.holds] == []
