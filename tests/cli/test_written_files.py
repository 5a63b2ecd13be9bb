"""What the shell writes is there whole or not at all, and replaces nothing unasked; what it reads is a file."""

from __future__ import annotations

import errno
import os
import socket

import click
import pytest

from dualcert import files
from dualcert.cli.program import _add_commands, dualcert
from examples import ROSTERS, SHANXI

_add_commands()

OUTPUTS = {
    "errors": ("import", ROSTERS / "datong-gb18030.csv", "--errors", "out.xlsx"),
    "template": ("import", "--template", "labs", "out.xlsx"),
    "export": ("export", "out.xlsx", "--as-of", "2023-02-16"),
    "columns": ("import", ROSTERS / "datong-gb18030.csv", "--dry-run", "--write-columns", "out.xlsx"),
}
WRITING = {
    ("import", "errors"), ("import", "files"), ("import", "write_columns"), ("export", "out"), ("report run", "out"),
    ("demo", "out"), ("copy", "target"), ("plugins new", "folder"), ("prove", "checker"), ("seal", "out"), ("backup", "folder"),
    ("restore", "folder"),
}  # fmt: skip
"""The parameters that name what is written: none of them replaces a file without --force, nor ever a store."""
READ = {"config", "keys", "file"}
"""Those that name a file which is read, and whose errors the reader words itself."""


def test_every_parameter_that_names_a_file_to_be_written_is_known():
    def paths(command, words=()):
        if isinstance(command, click.Group):
            for name in command.list_commands(click.Context(command)) if words != ("record",) else ():
                yield from paths(command.get_command(click.Context(command), name), (*words, name))
        for each in command.params:
            written = isinstance(each.type, click.Path) and not each.type.exists and each.name not in READ
            if written or each.name in {"target", "out"}:
                yield " ".join(words), each.name

    assert set(paths(dualcert)) == WRITING


@pytest.mark.parametrize(
    "asked",
    [
        ("copy", "dualcert.db", "out"),
        ("plugins", "new", "out"),
        ("demo", "--out", "."),
        ("report", "run", "ledger", "--out", "."),
    ],
)
def test_a_file_or_store_that_is_there_is_kept(shanxi, tmp_path, stat, asked):
    for name in ("out", "demo.db", "ledger.xlsx", "dualcert-out"):
        (tmp_path / name).write_bytes(b"mine")
    before = {path.name: stat(path.name) for path in tmp_path.iterdir() if path.is_file()}

    ran = shanxi(*asked)

    assert ran.status != 0 or asked[0] == "report"
    assert {name: stat(name) for name in before} == before


@pytest.fixture
def stat(tmp_path):
    """Return what is at a path of the folder: its bytes, and which file it is."""
    return lambda name: ((tmp_path / name).read_bytes(), (tmp_path / name).lstat().st_ino)


@pytest.mark.parametrize("name", OUTPUTS)
def test_what_is_there_is_replaced_with_force_alone(shanxi, tmp_path, stat, name):
    (tmp_path / "out.xlsx").write_bytes(b"mine")
    before = stat("out.xlsx")

    refused = shanxi(*OUTPUTS[name])
    assert (refused.status, refused.error_code, stat("out.xlsx")) == (2, "file-exists", before)

    assert shanxi(*OUTPUTS[name], "--force").status in {0, 3}
    assert stat("out.xlsx")[0].startswith((b"PK", b"[columns]"))


@pytest.mark.parametrize("name", OUTPUTS)
def test_a_store_is_never_replaced_and_a_link_never_followed(shanxi, tmp_path, stat, name):
    before = stat("dualcert.db")
    (tmp_path / "out.xlsx").symlink_to(tmp_path / "dualcert.db")

    assert shanxi(*OUTPUTS[name], "--force").error_code == "file-exists"

    (tmp_path / "kept.txt").write_text("kept")
    (tmp_path / "out.xlsx").unlink()
    (tmp_path / "out.xlsx").symlink_to(tmp_path / "kept.txt")
    assert shanxi(*OUTPUTS[name], "--force").status in {0, 3}
    assert (tmp_path / "kept.txt").read_text() == "kept"
    assert not (tmp_path / "out.xlsx").is_symlink()
    assert stat("dualcert.db")[1] == before[1]


@pytest.mark.parametrize("name", OUTPUTS)
def test_permissions_are_those_that_the_umask_leaves(shanxi, tmp_path, name):
    before = os.umask(0o077)
    try:
        assert shanxi(*OUTPUTS[name]).status in {0, 3}
    finally:
        os.umask(before)

    assert (tmp_path / "out.xlsx").stat().st_mode & 0o777 == 0o600


@pytest.fixture
def started(shell):
    """The shell over a store with an open campaign."""
    assert shell("init").status == 0
    return shell


@pytest.fixture
def full(monkeypatch):
    """From now on a disk that is full as soon as a file is to be brought to it."""

    def fail(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(files, "_sync", fail)


@pytest.mark.parametrize("name", OUTPUTS)
def test_on_a_full_disk_what_was_there_is_there(shanxi, full, tmp_path, name):
    (tmp_path / "out.xlsx").write_bytes(b"mine")

    ran = shanxi(*OUTPUTS[name], "--force")

    assert (ran.status, ran.error_code) == (4, "file-unwritable")
    assert (tmp_path / "out.xlsx").read_bytes() == b"mine"
    assert not list(tmp_path.glob(".*.part"))


def test_where_the_facts_are_recorded_and_the_marked_sheet_is_not_that_is_said(started, full):
    ran = started("import", ROSTERS / "datong-gb18030.csv", "--accept-valid", "--errors", "out.xlsx")

    assert (ran.status, ran.error_code) == (4, "file-unwritable")
    assert "7 facts were recorded before that" in ran.err
    assert started("replay", "--format", "json").json["position"] == 9


def test_a_dry_run_whose_marked_sheet_cannot_be_written_claims_nothing(started, full):
    ran = started("import", ROSTERS / "datong-gb18030.csv", "--accept-valid", "--dry-run", "--errors", "out.xlsx")

    assert (ran.error_code, "recorded before that" in ran.err) == ("file-unwritable", False)


def test_reports_replace_with_force_alone_and_what_was_finished_by_hand_never(shanxi, tmp_path):
    asked = ("report", "run", "dispatch-table", "--as-of", "2023-02-28")
    assert shanxi(*asked).status == 0
    (made,) = (tmp_path / "reports").glob("*.xlsx")
    before = made.read_bytes()
    assert shanxi(*asked).status == 0  # the same bytes are no change
    assert shanxi("record", "close-lab", "--lab=lab-140525-1", "--reason=合并", "--on=2023-02-20").status == 0

    refused = shanxi(*asked)
    assert (refused.status, refused.error_code, made.read_bytes()) == (2, "file-exists", before)
    assert (shanxi(*asked, "--force").status, made.read_bytes() == before) == (0, False)

    made.write_bytes(b"edited")
    for how in ((), ("--force",)):
        refused = shanxi(*asked, *how)
        assert (refused.status, refused.error_code, made.read_bytes()) == (2, "file-changed", b"edited")


def test_the_demo_replaces_nothing(shanxi, tmp_path):
    (tmp_path / "reports").mkdir()

    assert shanxi("demo", "--out", tmp_path).error_code == "file-exists"
    assert not (tmp_path / "demo.db").exists()


def test_a_new_plugin_is_there_whole_or_not_at_all(shell, tmp_path, monkeypatch):
    monkeypatch.setattr("dualcert.reporting.scaffold.README", None)

    assert shell("plugins", "new", "mine").status == 70
    assert not list(tmp_path.iterdir())


@pytest.fixture
def odd(tmp_path):
    """Things that are no files, under the endings of sheets."""
    os.mkfifo(tmp_path / "pipe.csv")
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(tmp_path / "socket.csv"))
    (tmp_path / "zeros.csv").symlink_to("/dev/zero")
    (tmp_path / "folder.csv").mkdir()
    yield
    server.close()


@pytest.mark.parametrize("name", ["pipe.csv", "socket.csv", "zeros.csv", "folder.csv"])
def test_what_is_no_file_is_no_roster_and_no_mapping_and_is_not_waited_for(shanxi, odd, name):
    assert shanxi("import", name).error_code == "bad-roster"
    assert shanxi("import", SHANXI / "shanxi-2023.xlsx", "--columns", name).status == 2


def test_a_sparse_file_is_too_large_whatever_its_ending(shanxi, tmp_path):
    with (tmp_path / "sparse.xlsx").open("wb") as file:
        file.truncate(10 << 30)

    refused = shanxi("import", "sparse.xlsx")

    assert (refused.error_code, "10240 MB, more than 32" in refused.err) == ("roster-too-large", True)
