import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from dualcert import files
from dualcert.errors import FileExists, FileUnwritable


def names(folder):
    return sorted(each.name for each in folder.iterdir())


def test_a_file_is_written_whole_and_leaves_nothing_beside_it(tmp_path):
    files.write_whole(tmp_path / "a.txt", b"whole")

    assert (tmp_path / "a.txt").read_bytes() == b"whole"
    assert names(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("replace", [False, True])
def test_a_file_whose_writing_fails_is_as_it_was(tmp_path, replace):
    path = tmp_path / "a.txt"
    if replace:
        path.write_bytes(b"before")

    with pytest.raises(FileUnwritable, match=r"No space left"), files.written(path, replace=replace) as part:
        part.write_bytes(b"hal")
        raise OSError(28, "No space left on device")

    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("a.txt", b"before")] * replace


@pytest.mark.parametrize("there", ["file", "folder", "link", "dangling link"])
def test_nothing_is_overwritten_unless_somebody_says_so(tmp_path, there):
    path, other = tmp_path / "a.txt", tmp_path / "other"
    match there:
        case "file":
            path.write_bytes(b"before")
        case "folder":
            path.mkdir()
        case "link":
            other.write_bytes(b"before")
            path.symlink_to(other)
        case _:
            path.symlink_to(other)
    before = names(tmp_path)

    with pytest.raises(FileExists):
        files.write_whole(path, b"after")

    assert names(tmp_path) == before


def test_what_is_made_meanwhile_is_not_overwritten_either(tmp_path):
    path = tmp_path / "a.txt"

    with pytest.raises(FileExists), files.written(path) as part:
        part.write_bytes(b"after")
        path.write_bytes(b"meanwhile")

    assert path.read_bytes() == b"meanwhile"


def test_a_link_is_replaced_and_not_followed(tmp_path):
    other = tmp_path / "other"
    other.write_bytes(b"theirs")
    (tmp_path / "a.txt").symlink_to(other)

    files.write_whole(tmp_path / "a.txt", b"after", replace=True)

    assert not (tmp_path / "a.txt").is_symlink()
    assert other.read_bytes() == b"theirs"


def test_a_store_is_never_overwritten(tmp_path):
    store = tmp_path / "books.db"
    store.write_bytes(files.STORE + b"all the facts")

    with pytest.raises(FileExists):
        files.write_whole(store, b"report", replace=True)

    assert store.read_bytes().endswith(b"facts")


@pytest.mark.parametrize("there", ["folder", "pipe", "socket", "link to a device"])
def test_what_is_no_file_is_never_replaced(tmp_path, there):
    path = tmp_path / "a.txt"
    match there:
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)  # nobody writes to it, and nobody waits for that
        case "socket":
            with socket.socket(socket.AF_UNIX) as listening:
                listening.bind(str(path))
        case _:
            path.symlink_to(os.devnull)
    before = path.lstat().st_mode

    with pytest.raises(FileExists):
        files.write_whole(path, b"after", replace=True)

    assert path.lstat().st_mode == before


@pytest.mark.parametrize(("mask", "mode", "expected"), [(0o077, None, 0o600), (0o022, None, 0o644), (0, 0o600, 0o600)])
def test_a_file_has_the_permissions_that_the_umask_leaves_or_that_are_asked_for(tmp_path, mask, mode, expected):
    before = os.umask(mask)
    try:
        files.write_whole(tmp_path / "a.txt", b"", mode=mode)
    finally:
        os.umask(before)

    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == expected


def test_what_a_process_left_that_died_is_swept_by_the_next_writing(tmp_path):
    path = tmp_path / "a.txt"
    dying = "import os, sys; from pathlib import Path; from dualcert import files\nwith files.written(Path(sys.argv[1])): os._exit(1)"
    subprocess.run([sys.executable, "-c", dying, path], check=False)
    assert len(files.unfinished(path)) == 1

    files.write_whole(path, b"whole")

    assert names(tmp_path) == ["a.txt"]


def test_what_somebody_is_writing_is_not_swept(tmp_path):
    path = tmp_path / "a.txt"

    with files.written(path) as part:
        files.sweep(path)
        assert part.exists()


def test_a_file_system_without_links_keeps_the_promise(tmp_path, monkeypatch):
    def no_links(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    files.write_whole(tmp_path / "a.txt", b"whole")

    assert (tmp_path / "a.txt").read_bytes() == b"whole"
    with pytest.raises(FileExists), files.written(tmp_path / "b.txt") as part:
        part.write_bytes(b"after")
        (tmp_path / "b.txt").write_bytes(b"meanwhile")


@pytest.mark.skipif("os.name != 'posix'")
def test_who_changes_a_file_by_what_is_in_it_is_alone(tmp_path):
    import fcntl

    def is_free():
        handle = os.open(tmp_path / "new", os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(handle)
        return True

    with files.alone(tmp_path / "new"):
        assert not is_free()
    assert is_free()


def test_a_folder_that_another_process_keeps_is_not_waited_for_forever(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "PATIENCE", 0.02)

    with (
        files.alone(tmp_path),
        pytest.raises(FileUnwritable, match="another process keeps it locked"),
        files.alone(tmp_path),
    ):
        raise AssertionError


def test_a_folder_that_is_swept_before_it_is_locked_is_made_again(tmp_path, monkeypatch):
    really, swept = os.open, []

    def late(path, *how):
        if str(path).endswith(".part") and not swept:
            swept.append(path)
            Path(path).rmdir()
        return really(path, *how)

    monkeypatch.setattr("dualcert.files.os.open", late)
    with files.written_folder(tmp_path / "folder") as part:
        (part / "a.txt").write_bytes(b"a")

    assert (len(swept), names(tmp_path), names(tmp_path / "folder")) == (1, ["folder"], ["a.txt"])
