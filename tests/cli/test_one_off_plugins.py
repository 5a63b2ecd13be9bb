"""A plugin that is one file works for the run that names it, and for no other; an installed one is turned off in a line."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest

ONE_OFF = """
from __future__ import annotations
from attrs import frozen
from dualcert.reporting import Document, Message, hookimpl

@frozen
class Config:
    words: tuple[str, ...] = ("ours",)

class Ours:
    name = "ours"
    summary = "a line of ours"
    Config = Config
    triggers = ("daily",)

    def render(self, request, books):
        yield Document("ours.txt", "text/plain", request.config.words[0].encode())
        yield Message(key=str(books.as_of), to="person-1", subject="ours", text="ours")

@hookimpl
def dualcert_reporters():
    return [Ours()]
"""


FOLDER = '[dispatch]\nchannel = "folder"\n[channel.folder]\nfolder = "out"\nsender = "books@example.org"\n'


@pytest.fixture
def configured(tmp_path):
    """Write dualcert.toml here."""
    return lambda text: (tmp_path / "dualcert.toml").write_text(text, encoding="utf-8")


@pytest.fixture
def ours(tmp_path):
    """A file with a plugin."""
    file = tmp_path / "our own.py"
    file.write_text(ONE_OFF, encoding="utf-8")
    return file


def test_a_file_is_listed_with_its_path_only_where_it_is_named(shanxi, ours):
    reporters = shanxi("report", "list", "--plugin", ours, "--format", "json").json["rows"]
    assert [row["plugin"] for row in reporters if row["reporter"] == "ours"] == [str(ours)]
    assert "ours" not in shanxi("report", "list").out.split()
    assert shanxi("report", "run", "ours").error_code == "unknown-reporter"


@pytest.mark.parametrize("how", [(), ("--isolate",)])
def test_a_file_makes_its_documents(shanxi, ours, tmp_path, how):
    ran = shanxi("report", "run", "ours", "--plugin", ours, "--out", tmp_path / "out", *how)

    assert (ran.status, ran.err) == (0, "")
    assert (tmp_path / "out" / "ours.txt").read_bytes() == b"ours"


def test_a_file_plans_its_messages(shanxi, ours, configured):
    configured(FOLDER)
    plan = ("dispatch", "plan", "ours", "--channel", "folder", "--format", "json")
    planned = shanxi(*plan, "--plugin", ours)

    assert planned.status == 0, planned.err
    assert "ours" in planned.out
    assert shanxi(*plan).error["code"] == "unknown-reporter"


CHANNEL = """
from dualcert.reporting import NoConfig, delivered, hookimpl

class Drawer:
    name = "drawer"
    summary = "a drawer of ours"
    Config = NoConfig
    to_groups = False

    def deliver(self, envelope):
        return delivered("in the drawer")

@hookimpl
def dualcert_channels():
    return [Drawer()]
"""


def test_a_files_channel_sends(shanxi, ours, tmp_path):
    """Every command that may come to a channel loads the file."""
    (tmp_path / "drawer.py").write_text(CHANNEL, encoding="utf-8")
    channel = ("--plugin", tmp_path / "drawer.py")
    shanxi("people", "add", "person-1", "--name", "张三", "--email", "zhang@example.org")
    planned = shanxi("dispatch", "plan", "ours", "--channel", "drawer", "--plugin", ours, *channel)
    assert planned.status == 0, planned.err

    assert shanxi("dispatch", "send", "--yes").status == 6  # it waits for the channel
    assert shanxi("dispatch", "check", *channel, "--format", "json").status == 0
    sent = shanxi("dispatch", "send", "--yes", *channel)
    assert sent.status == 0, sent.err
    assert "delivered" in shanxi("dispatch", "list").out


def test_the_doctor_and_show_look_at_a_file(shell, ours):
    assert f"{ours.name} file: loaded" in shell("plugins", "doctor", "--plugin", ours.name).out  # it is in this folder
    assert f"reporter ours ({ours} file)" in shell("plugins", "show", "ours", "--plugin", ours).out
    assert f"{ours}" in shell("plugins", "list", "--plugin", ours).out

    ours.write_text("raise RuntimeError('not today')\n")
    assert f"{ours} file: broken\n  plugin-broken: import: RuntimeError: not today" in shell(
        "plugins", "doctor", "--plugin", ours
    ).out.replace("RuntimeError('not today')", "RuntimeError: not today")
    assert f"plugin-broken: {ours} file: " in shell("report", "list", "--plugin", ours).err


def test_a_file_that_is_not_there_is_a_slip_of_the_command(shell, tmp_path):
    assert shell("report", "list", "--plugin", tmp_path / "none.py").error_code == "bad-usage"


def test_a_file_is_loaded_where_few_distributions_are_allowed(shell, ours, configured):
    configured("[plugins]\nallow = []\n")

    assert [r["reporter"] for r in shell("report", "list", "--plugin", ours, "--format", "json").json["rows"]] == [
        "ours"
    ]


def test_one_plugin_is_turned_off_and_its_tables_may_stay(shell, install, configured, ours):
    install("mine", ONE_OFF.replace('"ours"', '"mine"'))
    tables = '[reporter.mine]\nwords = ["a"]\n'
    configured(f'[plugins]\noff = ["Dualcert_Mine"]\n{tables}')

    rows = shell("report", "list", "--format", "json").json["rows"]
    assert "mine" not in [row["reporter"] for row in rows]
    assert "bulletin" in [row["reporter"] for row in rows]
    assert "dualcert-mine 1.0: off" in shell("plugins", "doctor").out
    states = {row["plugin"]: row["state"] for row in shell("plugins", "list", "--format", "json").json["rows"]}
    assert (states["dualcert-mine"], states["dualcert-notice"]) == ("off", "loaded")


def test_what_is_off_is_off_also_where_it_is_allowed_and_a_slip_is_told(shell, install, configured):
    install("mine", ONE_OFF.replace('"ours"', '"mine"'))
    configured('[plugins]\nallow = ["dualcert-mine"]\noff = ["dualcert-mine", "dualcert-mime"]\n')

    assert shell("report", "list", "--format", "json").json["rows"] == []
    doctor = shell("plugins", "doctor")
    assert (doctor.status, "plugins.off: dualcert-mime is not installed" in doctor.out) == (1, True)


AT_IMPORT = "import os, subprocess, sys\nos.write(1, b'at import')\n"
IN_RENDER = (
    "        os.write(1, b'in render')\n        subprocess.run([sys.executable, '-c', 'print(1)'], check=True)\n"
)
LOUD = ONE_OFF.replace("from attrs", f"{AT_IMPORT}from attrs").replace(
    "        yield Document", f"{IN_RENDER}        yield Document"
)


@pytest.mark.parametrize("command", ["run", "plan"])
def test_what_a_library_or_a_program_writes_on_stdout_does_not_damage_the_answer(imported, ours, tmp_path, command):
    """In a process of its own, because the descriptor is the whole process's."""
    ours.write_text(LOUD, encoding="utf-8")
    shutil.copy(imported, tmp_path / "dualcert.db")
    (tmp_path / "dualcert.toml").write_text(FOLDER)
    asked = {"run": ["report", "run", "ours"], "plan": ["dispatch", "plan", "ours"]}[command]
    ran = subprocess.run(
        [sys.executable, "-c", "from dualcert.cli import main; main()", *asked, "--plugin", ours, "--format", "json"], cwd=tmp_path,
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["rows"]
